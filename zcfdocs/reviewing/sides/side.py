"""Both sides of a change as they would lie in a work tree, written from git objects into rooms that go away again."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from zcfdocs.errors import ZcfError
from zcfdocs.loading import Shelf
from zcfdocs.pipeline import Examined, examine
from zcfdocs.places import INDICATORS
from zcfdocs.reviewing.sides.changes import Between, Layout, opened, plan_texts
from zcfdocs.snapshot import Blob, listing, write_out

PLAN = "plan.md"
LARGEST = 100 << 20  # bytes of one file that is looked into
MOST = 300 << 20  # bytes that are written for one side of one plan
BUDGET = 2 << 30  # bytes that are written for one side of a review
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
    """Where one commit's files are written to; `shelf` holds the catalogues it is judged by, `spent` counts the bytes written."""

    commit: str
    place: Path
    shelf: Shelf
    spent: list[int] = field(default_factory=list)


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
    """Each content once: what `other` has, or another name of this folder, is linked to."""
    wanted = [name for name, blob in files.items() if _is_read(name, blob)]
    first = {files[name].sha: name for name in reversed(wanted)}
    size = sum(files[name].size for name in first.values())
    if size > MOST or sum(room.spent) + size > BUDGET:
        raise ZcfError(f"{folder} 的文件太大或太多，不能评审", hint=f"一份方案的佐证合计不超过 {MOST >> 20} MB；压缩扫描件，或分批提交")
    known = {blob.sha: other.examined.path.parent / name for name, blob in other.files.items()} if other and other.examined else {}
    place = room.place / folder
    fresh = [name for sha, name in first.items() if not (sha in known and known[sha].is_file())]
    write_out(top, {f"{folder}/{name}": files[name] for name in fresh}, [f"{folder}/{name}" for name in fresh], room.place)
    room.spent.append(sum(files[name].size for name in fresh))
    for name in wanted:
        source, target = known.get(files[name].sha, place / first[files[name].sha]), place / name
        if not target.exists() and source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            os.link(source, target)


def _is_read(name: str, blob: Blob) -> bool:
    return blob.is_plain and blob.size <= LARGEST and name.count("/") <= DEEPEST


def plan_folders(between: Between, commit: str, layout: Layout) -> frozenset[str]:
    """Every folder that holds a plan.md at the commit, whatever that is."""
    with opened(between.top) as repository:
        return frozenset(text.path.removesuffix(f"/{PLAN}") for text in plan_texts(repository, commit, layout))
