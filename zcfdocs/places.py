"""Where the tool's own data lies: in a checkout beside the package, in an installed wheel inside it."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _home() -> Path:
    checkout = _PACKAGE.parent
    return checkout if (checkout / "indicators").is_dir() and (checkout / "theme").is_dir() else _PACKAGE / "data"


HOME = _home()
INDICATORS = HOME / "indicators"
THEME = HOME / "theme"
DOCS = HOME / "docs"
MKDOCS = HOME / "mkdocs.yml"


def indicators(home: Path) -> Path:
    """The catalogues of a repository: its own where it has them, else the tool's."""
    return home / "indicators" if (home / "indicators").is_dir() else INDICATORS


def project(start: Path) -> Path:
    """The repository of plans a command runs in: the nearest folder above `start` that holds plans/ or indicators/."""
    for folder in (start, *start.parents):
        if (folder / "plans").is_dir() or (folder / "indicators").is_dir():
            return folder
    return start
