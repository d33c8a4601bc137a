"""What a change of the catalogue does: the same plan judged by the catalogue before and after, row by row, with the lines that cause it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from zcfdocs.catalogue import Rulebook
from zcfdocs.finding import Route
from zcfdocs.loading import Shelf
from zcfdocs.reviewing import model
from zcfdocs.reviewing.differences.align import Change, differences
from zcfdocs.reviewing.naming.fieldnames import step_name
from zcfdocs.tree import Node, parse

LARGEST = 4 << 20
TOLD = 12  # causes that are told of a row which nothing of its own moved


@dataclass(frozen=True, slots=True)
class Edit:
    """A change in a file of the catalogue; `row` is the indicator it stands in, "" where it concerns all."""

    file: str
    change: Change
    line: int
    row: str

    @property
    def cause(self) -> model.Cause:
        rule = "rule" in self.change.route[6:7] or self.change.route[:1] == ("readings",)
        return model.Cause(
            kind="rule" if rule else "catalogue",
            route=self.change.route,
            line=self.line,
            before=self.change.before,
            after=self.change.after,
            path=self.file,
            label=self.label,
        )

    @property
    def label(self) -> str:
        """The indicator or the key at the top, then what of it."""
        route = self.change.route
        start = 6 if self.row else 0
        steps = [
            f"第 {step + 1} 项" if isinstance(step, int) else step_name(route[: start + at + 1]) for at, step in enumerate(route[start:])
        ]
        return " · ".join(([f"指标 {self.row}"] if self.row else []) + steps)[:300]


def edits(before: Shelf, after: Shelf, old: Rulebook, new: Rulebook, shown: str) -> tuple[Edit, ...]:
    """Every change between two states of one catalogue; `shown` is the folder that paths are told with."""
    found: list[Edit] = []
    for name in sorted({*old.files, *new.files}):
        first, second = (_parsed(shelf.root / name) for shelf in (before, after))
        for change in differences(first, second):
            node = second if change.routes[1] is not None else first
            line = node.place(change.route)[0] if node is not None else 0
            found.append(Edit(f"{shown}{name}", change, line, _row(change.route, node)))
    return tuple(found)


def causes_of(row: str, found: Sequence[Edit]) -> Iterator[model.Cause]:
    """What changed in the row itself; else what concerns all rows."""
    own = [edit for edit in found if edit.row == row]
    yield from (edit.cause for edit in own or [edit for edit in found if not edit.row][:TOLD])


def _parsed(path: Path) -> Node | None:
    try:
        return parse(path.read_text("utf-8").replace("\r\n", "\n"))[0] if path.stat().st_size <= LARGEST else None
    except (OSError, UnicodeDecodeError):
        return None


def _row(route: Route, root: Node | None) -> str:
    """groups[i].subs[j].rows[k] names its indicator."""
    if route[::2][:3] != ("groups", "subs", "rows") or len(route) < 6:
        return ""
    node = root
    for step in (*route[:6], "id"):
        node = node.child(step) if node is not None else None
    return str(node.value) if node is not None else ""
