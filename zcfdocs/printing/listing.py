"""A list of a bureau as a workbook: a title, a line above the table, its columns and rows."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime, time

from zcfdocs.manuscript.manuscript import Manuscript
from zcfdocs.printing.word import repacked

WIDTHS = (8, 44, 34, 16)


def print_listing(of: Manuscript, attachment: str, by: str, columns: Sequence[str], lines: Sequence[Sequence[str]]) -> bytes:
    """The same bytes for the same list; every cell is text, whatever it begins with."""
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
        sheet.repeat_rows(3)
        title = book.add_format({"font_name": "方正小标宋简体", "font_size": 20, "align": "center", "valign": "vcenter"})
        plain = book.add_format({"font_name": "仿宋_GB2312", "font_size": 14})
        head = book.add_format({"font_name": "黑体", "font_size": 12, "align": "center", "valign": "vcenter", "border": 1})
        cell = book.add_format({"font_name": "仿宋_GB2312", "font_size": 12, "valign": "vcenter", "text_wrap": True, "border": 1})
        sheet.write_string(0, 0, attachment, plain)
        sheet.merge_range(1, 0, 1, len(columns) - 1, "", title)
        sheet.write_string(1, 0, of.title, title)
        sheet.set_row(1, 36)
        sheet.write_string(2, 0, by, plain)
        for column, (name, width) in enumerate(zip(columns, WIDTHS, strict=False)):
            sheet.set_column(column, column, width)
            sheet.write_string(3, column, name, head)
        for row, line in enumerate(lines, 4):
            for column, text in enumerate(line):
                sheet.write_string(row, column, text, cell)
    return repacked(out.getvalue())
