"""A commit's files, read as git objects and written to a folder: nothing is checked out, no filter, hook or link of the repository acts."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import git

from zcfdocs.errors import ZcfError
from zcfdocs.provenance import SAFE

FULL = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
PLAIN = ("100644", "100755")
LARGEST = 500 << 20  # bytes of one file
PIECE = 1 << 16
WHOLE = "取回全部内容：git fetch --refetch --no-filter"


@dataclass(frozen=True, slots=True)
class Blob:
    """An entry of a commit's tree: `mode` as git writes it, so that links and submodules can be told."""

    mode: str
    sha: str
    size: int

    @property
    def is_plain(self) -> bool:
        return self.mode in PLAIN


def listing(top: Path, commit: str, below: Sequence[str] = ()) -> Mapping[str, Blob]:
    """Every file of the commit, or those below some folders, by its path; `commit` must be a full hash.

    Raises ZcfError where the repository does not have it, where a partial clone lacks a file, and where two entries have one path.
    """
    if not FULL.fullmatch(commit):
        raise ZcfError(f"“{commit[:80]}”不是完整的提交号", hint="提交号是 40 位十六进制数")
    with _opened(top) as repository:
        try:
            told = repository.git.ls_tree("-r", "-t", "-l", "-z", "--full-tree", f"{commit}^{{commit}}", "--", *below)
        except git.GitCommandError as error:
            raise _unlisted(repository, top, commit) from error
    found = {}
    seen: set[str] = set()  # folders too: one that stands twice has two contents
    for entry in told.split("\0"):
        head, _, name = entry.partition("\t")
        if not name:
            continue
        if name in seen:
            raise ZcfError(f"提交 {commit[:12]} 的目录里有两个“{name[:200]}”", hint="这个提交是坏的（git fsck 可见），请重新提交")
        seen.add(name)
        mode, kind, sha, size = head.split()
        if size == "BAD":  # as git tells of an object that is not here
            raise _unlisted(repository, top, commit)
        if kind != "tree" and _is_safe(name):
            found[name] = Blob(mode, sha, int(size) if kind == "blob" else 0)
    return found


def _unlisted(repository: git.Repo, top: Path, commit: str) -> ZcfError:
    """Why a commit cannot be listed: it may be here, and some of its objects not."""
    if repository.git.cat_file("-t", commit, with_exceptions=False) != "commit":
        return ZcfError(f"仓库 {top} 里没有提交 {commit[:12]}", hint="先取回完整的历史：git fetch --unshallow 或 git fetch --all")
    if is_partial(repository):
        return ZcfError(f"仓库 {top} 是部分克隆，缺提交 {commit[:12]} 里的文件", hint=WHOLE)
    return ZcfError(f"仓库 {top} 缺提交 {commit[:12]} 里的对象", hint="用 git fsck 检查仓库")


def write_out(top: Path, blobs: Mapping[str, Blob], names: Iterable[str], room: Path) -> None:
    """The named plain files below `room`, by their paths; what is no plain file is left out, as if it were missing."""
    places: dict[str, list[Path]] = {}
    for name in names:
        blob = blobs[name]
        if not blob.is_plain:
            continue
        if blob.size > LARGEST:
            raise ZcfError(f"{name} 过大（{blob.size >> 20} MB）", hint=f"一个文件不超过 {LARGEST >> 20} MB")
        places.setdefault(blob.sha, []).append(room / name)
    with _opened(top) as repository:
        for sha, content in contents(repository, list(places)):
            for path in places.pop(sha):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        if places:
            raise _lacking(repository, next(iter(places)))


def read(top: Path, blob: Blob) -> bytes:
    with _opened(top) as repository:
        content = next((content for _, content in contents(repository, (blob.sha,))), None)
        if content is None:
            raise _lacking(repository, blob.sha)
        return content


def _lacking(repository: git.Repo, sha: str) -> ZcfError:
    if is_partial(repository):
        return ZcfError(f"这是部分克隆，缺对象 {sha[:12]}", hint=WHOLE)
    return ZcfError(f"仓库缺少对象 {sha[:12]}", hint="用 git fsck 检查仓库")


def contents(repository: git.Repo, wanted: Iterable[str], most: int = LARGEST) -> Iterator[tuple[str, bytes]]:
    """Each blob with its content in one stream, empty where it has more bytes than `most`; those that are not here are left out.

    Raises ZcfError where git breaks off.
    """
    asked = list(wanted)
    if asked and is_partial(repository):
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
                        raise _broken(blob)
                    if head[1] != b"missing":
                        yield blob, _content(out, blob, int(head[2]), most)
        finally:
            process.proc.stdout.close()
            process.proc.terminate()
            process.proc.wait()


def _content(out: BinaryIO, blob: str, size: int, most: int) -> bytes:
    if size <= most:
        found = out.read(size + 1)
        if len(found) <= size:
            raise _broken(blob)
        return bytes(found[:-1])
    left = size + 1
    while left:
        piece = out.read(min(left, PIECE))
        if not piece:
            raise _broken(blob)
        left -= len(piece)
    return b""


def _broken(blob: str) -> ZcfError:
    return ZcfError(f"git 不能读取对象 {blob[:12]}", hint="用 git fsck 检查仓库")


def is_partial(repository: git.Repo) -> bool:
    """Whether some objects were never brought here: a clone made with --filter."""
    pattern = r"^(extensions\.partialclone|remote\..*\.promisor)$"
    return bool(repository.git.config("--get-regexp", pattern, with_exceptions=False))


def _opened(top: Path) -> git.Repo:
    try:
        repository = git.Repo(top, search_parent_directories=True)
    except (git.InvalidGitRepositoryError, git.NoSuchPathError) as error:
        raise ZcfError(f"{top} 不是 git 仓库", hint="--repo 指定方案仓库所在的文件夹") from error
    repository.git.update_environment(**SAFE)
    return repository


def _is_safe(name: str) -> bool:
    """Whether the path means the same on every system and stays below where it is written; trees made by hand may say anything."""
    return all(part not in ("", ".", "..") and "\\" not in part and ":" not in part and part.lower() != ".git" for part in name.split("/"))
