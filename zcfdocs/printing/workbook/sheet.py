"""A sheet as data: where every cell stands, what it holds and how it looks, before a library writes it."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass, field
from fractions import Fraction

NAME, UNIT, FIRST = 0, 1, 2
HEAD = 2  # title, note, column heads
GAP = "—"
MISSING = "无数据"
LINE = 15.0


@dataclass(frozen=True, slots=True)
class Ref:
    """The address of a cell, rows and columns counted from 0."""

    sheet: str
    row: int
    col: int

    def text(self, within: str) -> str:
        """As a formula on the sheet `within` writes it."""
        local = f"{letters(self.col)}{self.row + 1}"
        return local if self.sheet == within else f"'{self.sheet}'!{local}"

    @property
    def absolute(self) -> str:
        return f"'{self.sheet}'!${letters(self.col)}${self.row + 1}"


def letters(col: int) -> str:
    """A, B … Z, AA …"""
    text = ""
    while col >= 0:
        text = chr(65 + col % 26) + text
        col = col // 26 - 1
    return text


@dataclass(frozen=True, slots=True)
class Style:
    """`look` names a set of fonts and colours; `digits` None leaves a number as general."""

    look: str
    digits: int | None = None
    percent: bool = False
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """A formula carries its exact value, which is stored beside it."""

    value: str | Fraction
    style: Style
    formula: str = ""


@dataclass(slots=True)
class Sheet:
    """Filled from the top. `frozen` columns stay in view; `pages` is how many it may print on, 0 as many as it takes."""

    name: str
    title: str
    note: str
    heads: tuple[str, ...]
    widths: tuple[float, ...]
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    heights: dict[int, float] = field(default_factory=dict)
    levels: dict[int, int] = field(default_factory=dict)
    names: dict[str, Ref] = field(default_factory=dict)
    row: int = HEAD + 1
    frozen: int = FIRST
    pages: int = 0

    def __post_init__(self) -> None:
        self.wide(0, self.title, "title")
        self.wide(1, self.note, "note")
        for col, head in enumerate(self.heads):
            self.cells[HEAD, col] = Cell(head, Style("head"))
        self.heights[0] = 30.0
        self.heights[HEAD] = 1.3 * LINE * max(lines(head, width) for head, width in zip(self.heads, self.widths, strict=True))

    @property
    def last(self) -> int:
        return len(self.heads) - 1

    def wide(self, row: int, text: str, look: str) -> None:
        """One text across the whole sheet."""
        self.cells[row, 0] = Cell(text, Style(look))
        if self.last:
            self.merged.append((row, 0, row, self.last))
        self.heights[row] = max(LINE * 1.25, LINE * lines(text, sum(self.widths)))

    def section(self, text: str) -> None:
        self.wide(self.row, text, "section")
        self.heights[self.row] = 1.4 * LINE
        self.row += 1

    def remark(self, text: str) -> None:
        self.wide(self.row, text, "note")
        self.row += 1

    def put(self, col: int, value: str | Fraction, style: Style, formula: str = "") -> Ref:
        """A cell of the current row."""
        self.cells[self.row, col] = Cell(value, style, formula)
        if isinstance(value, str):
            width = self.widths[col] - 1.5 * (style.indent + (style.look == "text"))
            self.heights[self.row] = max(self.heights.get(self.row, 1.2 * LINE), LINE * lines(value, width) + 3)
        return Ref(self.name, self.row, col)

    def advance(self, level: int = 0) -> None:
        """On to the next row; `level` folds this one."""
        for col in range(len(self.heads)):
            self.cells.setdefault((self.row, col), Cell("", Style("text")))
        if level:
            self.levels[self.row] = min(level, 7)
        self.row += 1


def lines(text: str, width: float) -> int:
    """How many lines a text takes; a Chinese character is two wide."""
    room = max(width, 2)
    return sum(
        max(1, math.ceil(sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in part) / room)) for part in text.split("\n")
    )
