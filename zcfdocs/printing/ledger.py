"""台账 of a bureau as a workbook: sheets of a title, a warning, columns and rows; the same bytes for the same rows."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from math import ceil
from unicodedata import east_asian_width

from zcfdocs.printing.word import repacked

Cell = str | int | float | date | None
TITLE, HEAD, FIRST = 0, 2, 3
MOST = 32_767  # characters a cell can hold
LINE, ROOM = 15, 5  # points: a line of a cell, and what a row has above and below its lines
TALLEST = 400  # points: no program shows more than 409
BASE = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}


@dataclass(frozen=True, slots=True)
class Column:
    """`width` in digits of the sheet's font; `style` is text, middle, score (two decimals, more where two would round it up to the line), whole or day."""

    name: str
    width: int
    style: str = "text"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One sheet; a row that `alarms` is printed in red."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    alarms: frozenset[int] = frozenset()


def print_ledger(title: str, warning: str, on: date, leaves: Sequence[Leaf]) -> bytes:
    """What is text stays text, whatever it begins with; `warning` stands above every table and in every page's header."""
    import xlsxwriter  # type: ignore[import-untyped]  # only where a ledger is made

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": title, "comments": warning, "created": datetime.combine(on, time(), UTC).replace(tzinfo=None)})
        made = {
            "title": book.add_format({**BASE, "font_name": "黑体", "font_size": 16}),
            "warning": book.add_format({**BASE, "font_color": "#C00000"}),
            "head": book.add_format({**BASE, "bold": True, "align": "center", "text_wrap": True, "border": 1, "bg_color": "#F2F2F2"}),
        }
        for alarm in (False, True):
            own = {**BASE, "border": 1, **({"font_color": "#C00000"} if alarm else {})}
            made |= {
                f"text{alarm}": book.add_format({**own, "text_wrap": True}),
                f"middle{alarm}": book.add_format({**own, "align": "center", "text_wrap": True}),
                f"score{alarm}": book.add_format({**own, "align": "right", "num_format": "0.00######"}),
                f"whole{alarm}": book.add_format({**own, "align": "right", "num_format": "0"}),
                f"day{alarm}": book.add_format({**own, "align": "center", "num_format": "yyyy-mm-dd"}),
            }
        for leaf in leaves:
            _write(book.add_worksheet(leaf.name), leaf, warning, made)
    return repacked(out.getvalue())


def _write(sheet: object, leaf: Leaf, warning: str, made: dict[str, object]) -> None:
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

    assert isinstance(sheet, Worksheet)
    sheet.set_landscape()
    sheet.set_paper(8)  # A3
    sheet.fit_to_pages(1, 0)
    sheet.set_header(f"&R{warning}")
    sheet.set_footer("&C&P / &N")
    sheet.repeat_rows(HEAD)
    sheet.freeze_panes(FIRST, 1)
    sheet.write_string(TITLE, 0, leaf.title, made["title"])
    sheet.set_row(TITLE, 26)
    sheet.write_string(TITLE + 1, 0, warning, made["warning"])
    for column, told in enumerate(leaf.columns):
        sheet.set_column(column, column, told.width)
        sheet.write_string(HEAD, column, told.name, made["head"])
    sheet.set_row(HEAD, 2 * LINE + ROOM)
    for at, row in enumerate(leaf.rows):
        sheet.set_row(FIRST + at, _height(row, leaf.columns))
        for column, (value, told) in enumerate(zip(row, leaf.columns, strict=True)):
            style = made[f"{told.style}{at in leaf.alarms}"]
            if value is None or value == "":
                sheet.write_blank(FIRST + at, column, None, style)
            elif isinstance(value, date):
                sheet.write_datetime(FIRST + at, column, datetime.combine(value, time()), style)  # a day has no zone
            elif isinstance(value, str):
                sheet.write_string(FIRST + at, column, value[:MOST], style)
            else:
                sheet.write_number(FIRST + at, column, value, style)
    if leaf.rows:
        sheet.autofilter(HEAD, 0, FIRST + len(leaf.rows) - 1, len(leaf.columns) - 1)


def _height(row: Sequence[Cell], columns: Sequence[Column]) -> int:
    """In points: programs do not all make a row as high as its wrapped text asks."""
    lines = [
        sum(max(1, ceil(_wide(part) / column.width)) for part in value.split("\n"))
        for value, column in zip(row, columns, strict=True)
        if isinstance(value, str)
    ]
    return min(TALLEST, LINE * max(lines, default=1) + ROOM)


def _wide(text: str) -> float:
    """In digits: a Chinese character takes the room of two."""
    return sum(2.1 if east_asian_width(letter) in "WFA" else 1.1 for letter in text)
