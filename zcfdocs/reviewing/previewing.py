"""The changed plans as they will be, in a folder of their own beside the catalogues of the base, for `build` to print."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zcfdocs.places import INDICATORS
from zcfdocs.reviewing.asking import layout
from zcfdocs.reviewing.sides.changes import between, by_folder, changed, opened
from zcfdocs.reviewing.sides.side import Room as Place
from zcfdocs.reviewing.sides.side import catalogues, plan_folders, side


@contextmanager
def laid_out(home: Path, range_: str) -> Iterator[Path | None]:
    """None where no plan is left to show. Only plain files of the changed plans are written; nothing else of the head is."""
    found = between(home, range_)
    where = layout(found.top, home)
    with opened(found.top) as repository, tempfile.TemporaryDirectory(prefix="zcf-preview-") as folder:
        room = Path(folder)
        names = [name for name in by_folder(changed(repository, found.base, found.head), where) if name]
        shelf = catalogues(found.top, found.trusted, where, room / "base")
        shutil.copytree(shelf.root if shelf.root.is_dir() else INDICATORS, room / "home" / "indicators")
        for name in sorted(plan_folders(found, found.head, where).intersection(names)):
            side(found, Place(found.head, room / "head", shelf), name)
        plans = room / "head" / where.plans
        if not plans.is_dir():
            yield None
            return
        shutil.move(plans, room / "home" / "plans")
        yield room / "home"
