"""A repository's commits along the first parents and what each changed, read in one pass; and many blobs in one stream."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import git

from zcfdocs.errors import ZcfError
from zcfdocs.provenance import SAFE
from zcfdocs.snapshot import FULL

# Nothing is fetched for us either: what a partial clone lacks is said, and no transport its configuration names is run.
# Thousands of commits come in large pieces, not one by one.
LOCAL = {**SAFE, "GIT_NO_REPLACE_OBJECTS": "1", "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none", "GIT_FLUSH": "0"}
ENTRY = re.compile(r":\d+ (\d+) [0-9a-f]+ ([0-9a-f]+) [A-Z]\d*")
HEAD = re.compile(r"\x01([0-9a-f]{40,64}) (\d{4}-\d\d-\d\d)\n*")
LARGEST = 2 << 20  # bytes of a plan.md that is looked into
PIECE = 1 << 16
PLANS = "plans"


@dataclass(frozen=True, slots=True)
class Change:
    """A file that a commit changed; `mode` and `blob` as it left it, of zeros where it went."""

    commit: str
    day: str
    mode: str
    blob: str
    name: str


@dataclass(frozen=True, slots=True)
class State:
    """Where HEAD (or the commit asked for) stands; `edges` are the commits whose parents a shallow clone lacks."""

    commit: str
    edges: frozenset[str] = frozenset()


@contextmanager
def opened(top: Path) -> Iterator[git.Repo]:
    """A work tree or a bare repository. Raises ZcfError where git cannot read it."""
    try:
        with git.Repo(top, search_parent_directories=True) as repository:
            repository.git.update_environment(**LOCAL)
            yield repository
    except (git.InvalidGitRepositoryError, git.NoSuchPathError) as error:
        raise ZcfError(f"{top} 不是 git 仓库", hint="在方案仓库里运行") from error
    except git.GitCommandNotFound as error:
        raise ZcfError("找不到 git，无法读取历史", hint="Debian/Ubuntu：sudo apt-get install git") from error
    except git.GitCommandError as error:
        lacks = "promisor remote" in str(error.stderr) or "not allowed" in str(error.stderr)  # as git's versions refuse to fetch
        hint = "这是缺少目录的部分克隆：重新完整克隆" if lacks else "用 git status 查看仓库是否损坏"
        raise ZcfError(f"git 不能读取 {top} 的历史：{str(error.stderr).strip()[:200]}", hint) from error


def state(repository: git.Repo, at: str | None = None) -> State | None:
    """None before the first commit. Raises ZcfError where `at` is no full hash."""
    if at is not None and not FULL.fullmatch(at):
        raise ZcfError(f"“{at[:80]}”不是完整的提交号", hint="提交号是 40 位十六进制数")
    if at is None and not repository.head.is_valid():
        return None
    shallow, commit = repository.git.rev_parse("--is-shallow-repository", f"{at or 'HEAD'}^{{commit}}").split()
    if shallow != "true":
        return State(commit)
    place = Path(repository.working_dir or repository.git_dir, repository.git.rev_parse("--git-path", "shallow"))
    return State(commit, frozenset(place.read_text("ascii").split()))


def roots(repository: git.Repo, commit: str) -> list[str]:
    """Every folder of a commit that is called plans, as its path."""
    told = repository.git.ls_tree("-d", "-r", "-z", "--name-only", "--full-tree", commit, "--")
    return [name for name in told.split("\0") if name.rpartition("/")[2] == PLANS]


def follows(repository: git.Repo, old: str, new: str) -> bool:
    """Whether `old` is `new` or comes before it along the first parents."""
    if old == new:
        return True
    try:
        told = repository.git.rev_list("--first-parent", "--parents", f"{old}..{new}", "--").split("\n")
    except git.GitCommandError:
        return False  # the old commit is not here any more
    return bool(told[-1].split()[1:2] == [old])


def changes(repository: git.Repo, span: str) -> Iterator[Change]:
    """Of the commits of `span` (full hashes), the oldest first."""
    told = repository.git.log(
        "-z",
        "--no-show-signature",
        "--first-parent",
        "--reverse",
        "--raw",
        "--no-abbrev",
        "--no-renames",
        "--format=%x01%H %cs",
        span,
        "--",
    )
    commit = day = ""
    pending: re.Match[str] | None = None
    for piece in told.split("\0"):
        if pending is not None:  # after its entry a piece is a path, whatever it looks like
            yield Change(commit, day, pending[1], pending[2], piece)
            pending = None
            continue
        part = piece.lstrip("\n")
        while head := HEAD.match(part):  # one that changed nothing is followed by the next without its NUL
            commit, day, part = head[1], head[2], part[head.end() :]
        pending = ENTRY.fullmatch(part)


def blobs(repository: git.Repo, wanted: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Each blob with its content, empty where it is too large for a plan; those that a partial clone lacks are left out."""
    asked = list(wanted)
    if asked and _is_partial(repository):
        here = set(repository.git.cat_file("--batch-all-objects", "--unordered", "--batch-check=%(objectname)").split("\n"))
        asked = [blob for blob in asked if blob in here]
    if not asked:
        return
    with tempfile.TemporaryFile() as file:
        file.write("".join(f"{blob}\n" for blob in asked).encode())
        file.seek(0)
        process = repository.git.cat_file("--batch", "--buffer", istream=file, as_process=True)
        try:
            with os.fdopen(os.dup(process.proc.stdout.fileno()), "rb", PIECE) as out:  # GitPython's own reads 8 KiB at a time
                for blob in asked:
                    head = out.readline().split()
                    if len(head) < 2:
                        raise ZcfError(f"git 不能读取对象 {blob[:12]}", hint="用 git fsck 检查仓库")
                    if head[1] != b"missing":
                        yield blob, _content(out, int(head[2]))
        finally:
            process.proc.stdout.close()
            process.proc.terminate()
            process.proc.wait()


def _content(out: BinaryIO, size: int) -> bytes:
    if size <= LARGEST:
        return bytes(out.read(size + 1)[:-1])
    left = size + 1
    while left:
        left -= len(out.read(min(left, PIECE)))
    return b""


def _is_partial(repository: git.Repo) -> bool:
    pattern = r"^(extensions\.partialclone|remote\..*\.promisor)$"
    return bool(repository.git.config("--get-regexp", pattern, with_exceptions=False))
