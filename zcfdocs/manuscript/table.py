"""A table as data: cells with spans and alignment, rows in groups that stay together, widths in shares of the line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Cell:
    """Lines of text; `align` is "", n (numbers, right) or c (centred)."""

    lines: tuple[str, ...]
    align: str = ""
    rows: int = 1
    cols: int = 1
    head: bool = False


Row = tuple[Cell, ...]
# Millimetres of a line on an upright page and across, of a cell's padding, and of a digit by the size of the type.
UPRIGHT, ACROSS, PADDING = 156.0, 237.0, 2.4
SIZES = (("", 1.85), ("dense", 1.45), ("tiny", 1.25))
WIDE = ("scoring", "reasons", "expert")


@dataclass(frozen=True, slots=True)
class Table:
    """`widths` are relative; `groups` are runs of rows that a page break should not part."""

    name: str
    caption: str
    widths: tuple[int, ...]
    head: tuple[Row, ...]
    groups: tuple[tuple[Row, ...], ...]
    note: str = ""

    @property
    def density(self) -> str:
        """How small its type must be so that no number is broken in its cell: "", dense or tiny, classes of the style sheet."""
        line = ACROSS if self.name in WIDE else UPRIGHT
        room = [line * width / sum(self.widths) - PADDING for width in self.widths]
        need = [0] * len(self.widths)
        for group in self.groups:
            for at, cell in _placed(group, len(self.widths)):
                if cell.align == "n" and cell.cols == 1:
                    need[at] = max(need[at], *map(len, cell.lines), 0)
        return next((name for name, size in SIZES if all(count * size <= space for count, space in zip(need, room, strict=True))), "tiny")

    @property
    def percents(self) -> tuple[str, ...]:
        whole = sum(self.widths)
        return tuple(f"{100 * width / whole:.2f}" for width in self.widths)


def _placed(group: tuple[Row, ...], columns: int) -> Iterator[tuple[int, Cell]]:
    """Each cell with the column it begins in; cells above may reach down into its row."""
    reach = [0] * columns
    for row in group:
        free = iter([at for at in range(columns) if not reach[at]])
        reach = [max(0, rows - 1) for rows in reach]
        for cell in row:
            places = [next(free) for _ in range(cell.cols)]
            yield places[0], cell
            for at in places:
                reach[at] = cell.rows - 1


def text(*lines: str, rows: int = 1, cols: int = 1) -> Cell:
    return Cell(tuple(line for line in lines if line), "", rows, cols)


def centred(line: str, rows: int = 1, cols: int = 1) -> Cell:
    return Cell((line,), "c", rows, cols)


def value(*lines: str, rows: int = 1, cols: int = 1) -> Cell:
    """A number; also the sign that stands for a missing one."""
    return Cell(lines, "n", rows, cols)


def head(*lines: str, rows: int = 1, cols: int = 1) -> Cell:
    return Cell(lines, "c", rows, cols, head=True)


def broken(title: str) -> tuple[str, ...]:
    """A title's unit or remark in brackets on a line of its own: 节能量 / （tce/年）."""
    before, bracket, remark = title.partition("（")
    return (before, bracket + remark) if before and remark.endswith("）") else (title,)


def heading(*titles: str) -> tuple[Row, ...]:
    """A single head row."""
    return (tuple(head(*broken(title)) for title in titles),)


def spans(keys: Iterable[object]) -> list[int]:
    """For a column of keys the rows its merged cell covers, 0 where the cell above covers it."""
    return [size if not index else 0 for _, run in groupby(keys) for size in [sum(1 for _ in run)] for index in range(size)]
