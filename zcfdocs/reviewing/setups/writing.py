"""Puts the files of a set-up in place: nothing that is there is replaced unasked, and no link is followed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import git

from zcfdocs.errors import ZcfError
from zcfdocs.reviewing.setups.files import HOOK, hook
from zcfdocs.reviewing.setups.setup import Setup
from zcfdocs.store import write_whole

Outcome = Literal["written", "replaced", "same", "kept"]
TOLD: Mapping[Outcome, str] = {"written": "已写入", "replaced": "已替换", "same": "没有变化", "kept": "已存在且内容不同，没有改动"}


@dataclass(frozen=True, slots=True)
class Placed:
    """A file of the set-up, and what became of it."""

    path: str
    outcome: Outcome

    def __str__(self) -> str:
        return f"{TOLD[self.outcome]}：{self.path}"


def place(top: Path, files: Mapping[str, str], *, force: bool) -> list[Placed]:
    """Below `top`, in the order of their paths. Raises ZcfError before anything is written where a link or folder is in the way."""
    for name in files:
        _require_plain(top, name)
    return [Placed(name, _write(top / name, files[name].encode(), force)) for name in sorted(files)]


def place_hook(repository: Path, setup: Setup, *, force: bool) -> Placed:
    """The pre-receive hook of a bare repository, executable."""
    require_bare(repository)
    _require_plain(repository, HOOK)
    path = repository / HOOK
    outcome = _write(path, hook(setup).encode(), force)
    if outcome != "kept":
        path.chmod(0o755)
    return Placed(str(path), outcome)


def require_bare(path: Path) -> None:
    """Raises ZcfError for what is no repository of a server."""
    try:
        with git.Repo(path) as repository:
            bare = bool(repository.bare)
    except (git.InvalidGitRepositoryError, git.NoSuchPathError) as error:
        raise ZcfError(f"{path} 不是 git 仓库", hint=f"先在服务器上建一个：git init --bare {path}") from error
    if not bare:
        raise ZcfError(f"{path} 带有工作目录，不是服务器上的仓库", hint="服务器上的仓库用 git init --bare 建立，例如 /srv/plans.git")


def _require_plain(top: Path, name: str) -> None:
    path = top / name
    for part in (path, *path.parents):
        if part == top:
            break
        if part.is_symlink():
            raise ZcfError(f"{part} 是链接，不写入", hint="移走这个链接再试")
    if path.is_dir():
        raise ZcfError(f"{path} 是文件夹，不能写成文件", hint="移走这个文件夹再试")


def _write(path: Path, data: bytes, force: bool) -> Outcome:
    there = path.exists()
    if there and path.read_bytes() == data:
        return "same"
    if there and not force:
        return "kept"
    write_whole(path, data)
    return "replaced" if there else "written"
