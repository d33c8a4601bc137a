"""What a check reads: of a working folder its files, of a server's repository the commit its main branch stands at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import git

from zcfdocs.provenance import SAFE
from zcfdocs.reviewing.setups.checking import Kept, wanted
from zcfdocs.reviewing.setups.files import HOOK
from zcfdocs.reviewing.setups.setup import SETTINGS, Setup, remembered
from zcfdocs.reviewing.setups.writing import require_bare
from zcfdocs.snapshot import listing, read

MOST_BYTES = 4_000_000  # of a file; what is larger is read as if it ended there


def in_folder(setup: Setup, home: Path) -> tuple[Setup, Kept]:
    """With the set-up as it was written, where that is known. Raises ZcfError where it is another forge's."""
    files = {name: _start(home / name) for name in (*wanted(setup), SETTINGS) if _is_plain(home, name)}
    if SETTINGS in files:
        setup = remembered(files[SETTINGS], setup.forge)
    return setup, Kept(files, _folders(path.relative_to(home).as_posix() for path in home.glob("plans/*/*/plan.md")))


def in_server(setup: Setup, repository: Path) -> tuple[Setup, Kept]:
    """Raises ZcfError for what is no repository of a server."""
    require_bare(repository)
    files: dict[str, bytes] = {}
    plans: tuple[str, ...] = ()
    with git.Repo(repository) as opened:
        opened.git.update_environment(**SAFE)
        commit = opened.head.commit.hexsha if opened.head.is_valid() else None
    if commit is not None:
        tree = listing(repository, commit)
        plans = _folders(name for name in tree if name.startswith("plans/") and name.endswith("/plan.md"))
        files = {
            name: read(repository, tree[name])
            for name in wanted(setup)
            if name in tree and tree[name].is_plain and tree[name].size <= MOST_BYTES
        }
    if _is_plain(repository, HOOK):
        files[HOOK] = _start(repository / HOOK)
    return replace(setup, signed=b"--hook --signed" in files.get(HOOK, b"")), Kept(files, plans)


def _folders(paths: Iterable[str]) -> tuple[str, ...]:
    """`plans/<district>/<slug>` of each plan.md."""
    return tuple(sorted(path.rpartition("/")[0] for path in paths if path.count("/") == 3))


def _is_plain(top: Path, name: str) -> bool:
    path = top / name
    return path.is_file() and not any(part.is_symlink() for part in (path, *path.parents) if part != top and part.is_relative_to(top))


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES)
