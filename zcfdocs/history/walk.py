"""A repository's commits along the first parents and what each changed, read in one pass; and many blobs in one stream."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import git

from zcfdocs.errors import ZcfError
from zcfdocs.provenance import SAFE, STEADY
from zcfdocs.snapshot import FULL, contents

LOCAL = {**SAFE, "GIT_FLUSH": "0"}  # thousands of commits come in large pieces, not one by one
ENTRY = re.compile(r":\d+ (\d+) [0-9a-f]+ ([0-9a-f]+) [A-Z]\d*")
HEAD = re.compile(r"\x01([0-9a-f]{40,64}) (\d{4}-\d\d-\d\d)\n*")
LARGEST = 2 << 20  # bytes of a plan.md that is looked into
PLANS = "plans"
GLOB = re.compile(r"[*?\[\\]")


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
    if at is None and _head(repository) is None:
        return None
    shallow, commit = repository.git.rev_parse("--is-shallow-repository", f"{at or 'HEAD'}^{{commit}}").split()
    if shallow != "true":
        return State(commit)
    place = Path(repository.working_dir or repository.git_dir, repository.git.rev_parse("--git-path", "shallow"))
    return State(commit, frozenset(place.read_text("ascii").split()))


def _head(repository: git.Repo) -> str | None:
    """What HEAD names, None before the first commit. Raises ZcfError where that object is not here."""
    named = str(repository.git.rev_parse("--verify", "--quiet", "HEAD", with_exceptions=False))
    if named and not repository.git.cat_file("-t", named, with_exceptions=False):
        hint = "对象可能借自另一个已移走的仓库（.git/objects/info/alternates）；放回原处，或重新克隆"
        raise ZcfError(f"仓库 {repository.working_dir or repository.git_dir} 读不到当前的提交 {named[:12]}", hint)
    return named or None


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


def each_plan(prefix: str) -> str:
    """The pathspec of every plan.md below a folder, whose path ends in a slash: git itself passes over the evidence."""
    above = GLOB.sub(r"\\\g<0>", prefix)
    return f":(top,glob){above}*/*/plan.md"


def changes(repository: git.Repo, span: str, below: Sequence[str] = ()) -> Iterator[Change]:
    """Of the commits of `span` (full hashes), the oldest first; where there are any, of the pathspecs `below` only."""
    told = repository.git.log(*STEADY, "--first-parent", "--reverse", "--raw", "--no-abbrev", "--format=%x01%H %cs", span, "--", *below)
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
    return contents(repository, wanted, LARGEST)
