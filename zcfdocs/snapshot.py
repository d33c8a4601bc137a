"""A commit's files, read as git objects and written to a folder: nothing is checked out, no filter, hook or link of the repository acts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import git
from gitdb.exc import BadName, BadObject

from zcfdocs.errors import ZcfError
from zcfdocs.provenance import SAFE

FULL = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
PLAIN = ("100644", "100755")
LARGEST = 500 << 20  # bytes of one file


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

    Raises ZcfError where the repository does not have it.
    """
    if not FULL.fullmatch(commit):
        raise ZcfError(f"“{commit[:80]}”不是完整的提交号", hint="提交号是 40 位十六进制数")
    with _opened(top) as repository:
        try:
            told = repository.git.ls_tree("-r", "-l", "-z", "--full-tree", f"{commit}^{{commit}}", "--", *below)
        except git.GitCommandError as error:
            raise ZcfError(
                f"仓库 {top} 里没有提交 {commit[:12]}", hint="先取回完整的历史：git fetch --unshallow 或 git fetch --all"
            ) from error
    found = {}
    for entry in told.split("\0"):
        head, _, name = entry.partition("\t")
        if name and _is_safe(name):
            mode, kind, sha, size = head.split()
            found[name] = Blob(mode, sha, int(size) if kind == "blob" else 0)
    return found


def write_out(top: Path, blobs: Mapping[str, Blob], names: Iterable[str], room: Path) -> None:
    """The named plain files below `room`, by their paths; what is no plain file is left out, as if it were missing."""
    with _opened(top) as repository:
        for name in names:
            blob = blobs[name]
            if not blob.is_plain:
                continue
            if blob.size > LARGEST:
                raise ZcfError(f"{name} 过大（{blob.size >> 20} MB）", hint=f"一个文件不超过 {LARGEST >> 20} MB")
            path = room / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_content(repository, blob))


def read(top: Path, blob: Blob) -> bytes:
    with _opened(top) as repository:
        return _content(repository, blob)


def _content(repository: git.Repo, blob: Blob) -> bytes:
    try:
        return bytes(repository.odb.stream(bytes.fromhex(blob.sha)).read())
    except (BadName, BadObject, ValueError) as error:
        raise ZcfError(f"仓库缺少对象 {blob.sha[:12]}", hint="用 git fsck 检查仓库") from error


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
