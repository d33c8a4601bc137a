"""A list of a bureau as a workbook: a title, a line above the table, its columns and rows."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime, time
from math import ceil
from unicodedata import east_asian_width

from zcfdocs.manuscript.manuscript import Manuscript
from zcfdocs.printing.word import repacked

WIDTHS = (8, 44, 34, 16)
CENTRED = (0, 3)
SIZE = 12  # points
CHARACTER = 2.4  # what one of Chinese takes of a column's width, which counts digits of 11 points
LINE, ROOM = 18, 6  # points: a line of a cell, and what a row has above and below its lines


def print_listing(of: Manuscript, attachment: str, by: str, columns: Sequence[str], lines: Sequence[Sequence[str | int]]) -> bytes:
    """The same bytes for the same list; what is text stays text, whatever it begins with."""
    import xlsxwriter  # type: ignore[import-untyped]  # only where a list is made

    out = io.BytesIO()
    with xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    ) as book:
        moment = datetime.combine(of.day, time(), UTC).replace(tzinfo=None)
        book.set_properties({"title": of.title, "author": of.author, "created": moment})
        sheet = book.add_worksheet(of.name)
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.center_horizontally()
        sheet.repeat_rows(3)
        title = book.add_format({"font_name": "方正小标宋简体", "font_size": 20, "align": "center", "valign": "vcenter"})
        plain = book.add_format({"font_name": "仿宋_GB2312", "font_size": 14, "valign": "vcenter"})
        head = book.add_format({"font_name": "黑体", "font_size": 12, "align": "center", "valign": "vcenter", "border": 1})
        own = {"font_name": "仿宋_GB2312", "font_size": SIZE, "valign": "vcenter", "text_wrap": True, "border": 1}
        cell, middle = book.add_format(own), book.add_format({**own, "align": "center"})
        sheet.write_string(0, 0, attachment, plain)
        sheet.merge_range(1, 0, 1, len(columns) - 1, "", title)
        sheet.write_string(1, 0, of.title, title)
        sheet.set_row(1, 36)
        sheet.write_string(2, 0, by, plain)
        sheet.set_row(2, LINE + ROOM)
        sheet.set_row(3, LINE + ROOM)
        for column, (name, width) in enumerate(zip(columns, WIDTHS, strict=False)):
            sheet.set_column(column, column, width)
            sheet.write_string(3, column, name, head)
        for row, line in enumerate(lines, 4):
            sheet.set_row(row, _height(line))
            for column, value in enumerate(line):
                write = sheet.write_number if isinstance(value, int) else sheet.write_string
                write(row, column, value, middle if column in CENTRED else cell)
    return repacked(out.getvalue())


def _height(line: Sequence[str | int]) -> int:
    """In points: programs do not all make a row as high as its wrapped text asks."""
    return LINE * max(ceil(_wide(str(value)) * CHARACTER / width) for value, width in zip(line, WIDTHS, strict=False)) + ROOM


def _wide(text: str) -> float:
    """In characters of Chinese, others half as wide."""
    return sum(1 if east_asian_width(letter) in "WFA" else 0.5 for letter in text)
