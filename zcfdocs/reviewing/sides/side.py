"""Both sides of a change as they would lie in a work tree, written from git objects into rooms that go away again."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from zcfdocs.loading import Shelf
from zcfdocs.pipeline import Examined, examine
from zcfdocs.places import INDICATORS
from zcfdocs.reviewing.sides.changes import Between, Layout
from zcfdocs.snapshot import Blob, listing, write_out

PLAN = "plan.md"
LARGEST = 100 << 20  # bytes of one file that is looked into
MOST = 1 << 30  # bytes of a plan's folder
DEEPEST = 10  # folders below a plan's


@dataclass(frozen=True, slots=True)
class Side:
    """A plan's folder at one commit: its files by their paths within, and the plan examined, None where there is no plan.md."""

    folder: str
    files: Mapping[str, Blob]
    examined: Examined | None

    @property
    def path(self) -> str:
        return f"{self.folder}/{PLAN}"


@dataclass(frozen=True, slots=True)
class Room:
    """Where one commit's files are written to; `shelf` holds the catalogues it is judged by."""

    commit: str
    place: Path
    shelf: Shelf


@contextmanager
def rooms(between: Between, layout: Layout) -> Iterator[tuple[Room, Room]]:
    """Both sides are judged by the catalogues of the base; where it has none, by the tool's own (spec 3, trust)."""
    with tempfile.TemporaryDirectory(prefix="zcf-review-") as folder:
        base, head = Path(folder) / "base", Path(folder) / "head"
        shelf = catalogues(between.top, between.trusted, layout, Path(folder) / "trusted")
        for room in (base, head):
            room.mkdir()
        yield Room(between.base, base, shelf), Room(between.head, head, shelf)


def catalogues(top: Path, commit: str, layout: Layout, room: Path) -> Shelf:
    """The catalogues of a commit, written below the room."""
    room.mkdir(parents=True, exist_ok=True)
    blobs = listing(top, commit, (layout.indicators,))
    small = [name for name, blob in blobs.items() if blob.is_plain and blob.size <= LARGEST]
    if not small:
        return Shelf(INDICATORS)
    write_out(top, blobs, small, room)
    return Shelf(room / layout.indicators)


def side(between: Between, room: Room, folder: str, other: Side | None = None) -> Side:
    """A plan's folder written out and examined; files that `other` has with the same bytes are not read from git again."""
    blobs = listing(between.top, room.commit, (f"{folder}/",))
    files = {name.removeprefix(f"{folder}/"): blob for name, blob in blobs.items()}
    _write(between.top, room, folder, files, other)
    path = room.place / folder / PLAN
    if not path.is_file():
        return Side(folder, files, None)
    return Side(folder, files, examine(path, f"{folder}/{PLAN}", room.shelf, between.top, between.trusted))


def _write(top: Path, room: Room, folder: str, files: Mapping[str, Blob], other: Side | None) -> None:
    wanted = [name for name, blob in files.items() if _is_read(name, blob)]
    if sum(files[name].size for name in wanted) > MOST:
        wanted = [PLAN] if PLAN in wanted else []
    known = {blob.sha: name for name, blob in other.files.items()} if other and other.examined else {}
    fresh: list[str] = []
    for name in wanted:
        source = other.examined.path.parent / known[files[name].sha] if other and other.examined and files[name].sha in known else None
        target = room.place / folder / name
        if source is not None and source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
        else:
            fresh.append(name)
    write_out(top, {f"{folder}/{name}": files[name] for name in fresh}, [f"{folder}/{name}" for name in fresh], room.place)


def _is_read(name: str, blob: Blob) -> bool:
    return blob.is_plain and blob.size <= LARGEST and name.count("/") <= DEEPEST


def plan_folders(folders: Sequence[str], between: Between, commit: str) -> frozenset[str]:
    """Those of the folders that hold a plan.md at the commit."""
    if not folders:
        return frozenset()
    found = listing(between.top, commit, tuple(f"{folder}/{PLAN}" for folder in folders))
    return frozenset(name.removesuffix(f"/{PLAN}") for name in found)
