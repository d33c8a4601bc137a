"""A table as data: cells with spans and alignment, rows in groups that stay together, widths in shares of the line."""

from __future__ import annotations

from collections.abc import Iterable
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
    def percents(self) -> tuple[str, ...]:
        whole = sum(self.widths)
        return tuple(f"{100 * width / whole:.2f}" for width in self.widths)


def text(*lines: str, rows: int = 1, cols: int = 1) -> Cell:
    return Cell(tuple(line for line in lines if line), "", rows, cols)


def centred(line: str, rows: int = 1, cols: int = 1) -> Cell:
    return Cell((line,), "c", rows, cols)


def value(*lines: str, rows: int = 1, cols: int = 1) -> Cell:
    """A number; also the sign that stands for a missing one."""
    return Cell(lines, "n", rows, cols)


def head(line: str, rows: int = 1, cols: int = 1) -> Cell:
    return Cell((line,), "c", rows, cols, head=True)


def heading(*titles: str) -> tuple[Row, ...]:
    """A single head row."""
    return (tuple(head(title) for title in titles),)


def spans(keys: Iterable[object]) -> list[int]:
    """For a column of keys the rows its merged cell covers, 0 where the cell above covers it."""
    return [size if not index else 0 for _, run in groupby(keys) for size in [sum(1 for _ in run)] for index in range(size)]
