"""From sheets to an xlsx file: formats, print set-up, names; the same bytes for the same sheets."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from zcfdocs.printing.word import repacked
from zcfdocs.printing.workbook.sheet import HEAD, Cell, Sheet, Style

if TYPE_CHECKING:
    from xlsxwriter.format import Format  # type: ignore[import-untyped]
    from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

SONG, HEI, FANG = "宋体", "黑体", "仿宋"
LONGEST = 32767
CUT = "……（过长，已截断）"
OPTIONS = {
    "in_memory": True,
    "strings_to_numbers": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "nan_inf_to_errors": False,
}
BASE: dict[str, Any] = {"font_name": SONG, "font_size": 10, "valign": "vcenter", "text_wrap": True, "border": 1, "border_color": "#808080"}
NUMBER = BASE | {"align": "right", "text_wrap": False}
CENTRED = BASE | {"align": "center"}
BLUE, GREEN = "#FFF8E1", "#E8F3E8"
LOOKS: dict[str, dict[str, Any]] = {
    "title": {"font_name": HEI, "font_size": 16, "align": "center", "valign": "vcenter"},
    "note": {"font_name": FANG, "font_size": 10, "align": "left", "valign": "vcenter", "text_wrap": True},
    "head": CENTRED | {"font_name": HEI, "bg_color": "#D9E2EC"},
    "section": BASE | {"font_name": HEI, "bg_color": "#EEF2F6", "text_wrap": False},
    "name": BASE,
    "total_name": BASE | {"font_name": HEI, "bg_color": "#F2F2F2"},
    "unit": CENTRED,
    "centred": CENTRED,
    "text": BASE | {"indent": 1},
    "gap": CENTRED | {"font_color": "#808080"},
    "doubt": CENTRED | {"font_color": "#B00020"},
    "input": NUMBER | {"font_color": "#0B3D91", "bg_color": BLUE},
    "factor": NUMBER | {"font_color": "#14532D", "bg_color": GREEN},
    "weight": NUMBER | {"font_color": "#14532D", "bg_color": GREEN, "align": "center"},
    "link": NUMBER | {"font_color": "#505050"},
    "result": NUMBER,
    "total": NUMBER | {"bold": True, "bg_color": "#F2F2F2"},
    "total_text": CENTRED | {"bold": True, "bg_color": "#F2F2F2"},
    "total_head": CENTRED | {"font_name": HEI, "bg_color": "#F2F2F2"},
    "grand": NUMBER | {"bold": True, "font_size": 12, "bg_color": "#E0E0E0"},
    "yes": CENTRED | {"font_color": "#0B3D91", "bg_color": BLUE},
    "yes_total": CENTRED | {"bold": True, "bg_color": "#F2F2F2"},
}
LOOKS |= {f"{look}_sample": LOOKS[look] | {"align": "center"} for look in ("input", "factor", "link", "result", "total")}
YES = '[=1]"是";[=0]"否";General'


@dataclass(frozen=True, slots=True)
class About:
    """What the file says of itself."""

    title: str
    author: str
    subject: str
    comments: str
    day: date


def write(sheets: Sequence[Sheet], about: About) -> bytes:
    from xlsxwriter import Workbook  # type: ignore[import-untyped]  # only where a workbook is written

    out = io.BytesIO()
    book = Workbook(out, OPTIONS)
    moment = datetime.combine(about.day, time(), UTC).replace(tzinfo=None)
    told = {"title": about.title, "author": about.author, "subject": about.subject, "comments": about.comments}
    book.set_properties({**{name: _clipped(text, 255) for name, text in told.items()}, "created": moment})
    formats: dict[Style, Format] = {}
    for sheet in sheets:
        _sheet(book, sheet, formats)
        for name, ref in sheet.names.items():
            book.define_name(name, f"={ref.absolute}")
    book.close()
    return repacked(out.getvalue())


def _sheet(book: Workbook, sheet: Sheet, formats: dict[Style, Format]) -> None:
    page: Worksheet = book.add_worksheet(sheet.name)
    for col, width in enumerate(sheet.widths):
        page.set_column(col, col, width)
    for row in range(sheet.row):
        page.set_row(row, min(sheet.heights.get(row, 18.0), 400.0), None, {"level": sheet.levels.get(row, 0)})
    covered = set()
    for first, left, last, right in sheet.merged:
        style = sheet.cells[first, left].style
        page.merge_range(first, left, last, right, "", _format(book, style, formats))
        covered |= {(row, col) for row in range(first, last + 1) for col in range(left, right + 1)} - {(first, left)}
    for (row, col), cell in sorted(sheet.cells.items()):
        if (row, col) not in covered:
            _cell(page, row, col, cell, _format(book, cell.style, formats))
    _page(page, sheet)


def _cell(page: Worksheet, row: int, col: int, cell: Cell, look: Format) -> None:
    """Text is written as text, whatever it begins with."""
    if cell.formula:
        page.write_formula(row, col, f"={cell.formula}", look, _number(cell.value))
    elif isinstance(cell.value, Fraction):
        page.write_number(row, col, float(cell.value), look)
    elif cell.value:
        page.write_string(row, col, _clipped(cell.value, LONGEST), look)
    else:
        page.write_blank(row, col, None, look)


def _number(value: str | Fraction) -> str | float:
    return value if isinstance(value, str) else float(value)


def _clipped(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - len(CUT)] + CUT


def _format(book: Workbook, style: Style, formats: dict[Style, Format]) -> Format:
    if style not in formats:
        properties = dict(LOOKS[style.look])
        if style.indent:
            properties["indent"] = style.indent
        if style.look.startswith("yes"):
            properties["num_format"] = YES
        elif style.digits is not None:
            decimals = f"0.{'0' * style.digits}" if style.digits else "0"
            properties["num_format"] = f"{decimals}%" if style.percent else decimals
        formats[style] = book.add_format(properties)
    return formats[style]


def _page(page: Worksheet, sheet: Sheet) -> None:
    """A4 across, as wide as the paper, the heads on every page, page numbers below."""
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, sheet.pages)
    page.set_margins(left=0.59, right=0.59, top=0.71, bottom=0.71)
    page.center_horizontally()
    page.repeat_rows(HEAD)
    page.freeze_panes(HEAD + 1, sheet.frozen)
    page.hide_gridlines(2)
    page.outline_settings(symbols_below=True)
    page.set_footer(f'&C&"{SONG}"&9{sheet.name}　第 &P 页，共 &N 页')
