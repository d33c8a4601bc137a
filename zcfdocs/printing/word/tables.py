"""Tables and pictures of Word: widths in twips that every program reads alike, rows that stay whole, head rows that repeat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise, takewhile
from typing import Any

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section

Element = Any  # lxml elements, which python-docx leaves untyped
WHOLE = "Table"  # the style of tables that must not run over a page
FEW = 4  # rows that a merged cell keeps together; more could not stay on what is left of a page
TWIP = 635  # EMU
TEXT, NOTE = "TableText", "TableNote"
ABOVE, BELOW = 120, 160  # twips between a table and the text around it
ROOMS = {"RoomLarge": 2080, "RoomSmall": 1040, "RoomLine": 680}  # twips: rows as high as those of the PDF, by the filter's marks
BOOKMARKS = (qn("w:bookmarkStart"), qn("w:bookmarkEnd"))


def set_tables(document: Document) -> None:
    for table, width in _placed(document):
        _widths(table, width)
        _rows(table)
        _rooms(table)
        _blanks(table)
        _apart(table)
    for picture in document.element.body.iter(qn("pic:cNvPr")):
        picture.set("descr", "")  # pandoc repeats the picture's whole address here; its text stands in docPr


def _placed(document: Document) -> Iterator[tuple[Element, int]]:
    """Each table with the width of the text around it."""
    sections = iter(document.sections)
    section = next(sections)
    for element in document.element.body:
        if element.tag == qn("w:tbl"):
            yield element, _text_width(section)
        elif _ends_section(element):
            section = next(sections)


def _text_width(section: Section) -> int:
    edges = (section.page_width, section.left_margin, section.right_margin)
    page, left, right = (edge or 0 for edge in edges)
    return (page - left - right) // TWIP


def _widths(table: Element, width: int) -> None:
    """Columns in the manuscript's proportions fill the text; each cell says its width, since not every program reads the grid."""
    columns = table.tblGrid.findall(qn("w:gridCol"))
    given = [int(column.get(qn("w:w"))) for column in columns]
    edges = [width * sum(given[:index]) // sum(given) for index in range(len(given) + 1)]
    for column, (left, right) in zip(columns, pairwise(edges), strict=True):
        column.set(qn("w:w"), str(right - left))
    properties = table.tblPr
    properties.find(qn("w:tblW")).attrib.update({qn("w:type"): "dxa", qn("w:w"): str(width)})
    if properties.find(qn("w:tblLayout")) is None:
        layout = _element("w:tblLayout", type="fixed")
        properties.find(qn("w:tblW")).addnext(layout)
    for row in table.tr_lst:
        at = 0
        for cell in row.tc_lst:
            span = cell.grid_span
            cell.width = (edges[min(at + span, len(given))] - edges[at]) * TWIP
            at += span


def _rows(table: Element) -> None:
    """No row is cut by a page, text stands in the middle of its cell; rows that belong to each other stay together."""
    rows = table.tr_lst
    whole = table.tblPr.find(qn("w:tblStyle")).get(qn("w:val")) == WHOLE
    together = set(range(len(rows) - 1)) if whole else _joined(rows)
    after = _neighbour(table, preceding=False)
    if after is not None and after.tag == qn("w:p") and after.style == NOTE:
        together.add(len(rows) - 1)
    for index, row in enumerate(rows):
        row.get_or_add_trPr().insert(0, OxmlElement("w:cantSplit"))
        for cell in row.tc_lst:
            cell.get_or_add_tcPr().append(_element("w:vAlign", val="center"))
        if index in together:
            for paragraph in row.iter(qn("w:p")):
                paragraph.get_or_add_pPr().get_or_add_keepNext()


def _rooms(table: Element) -> None:
    """Rows to write in are high, empty or not; large ones are written in from above."""
    for row in table.tr_lst:
        marks = [paragraph for paragraph in row.iter(qn("w:p")) if paragraph.style in ROOMS]
        if marks:
            height = max(ROOMS[mark.style] for mark in marks)
            row.get_or_add_trPr().append(_element("w:trHeight", val=str(height), hRule="atLeast"))
        for mark in marks:
            cell = mark.getparent()
            if mark.style == "RoomLarge":
                cell.tcPr.find(qn("w:vAlign")).set(qn("w:val"), "top")
            if len(cell.p_lst) > 1:
                cell.remove(mark)
            else:
                mark.style = None


def _joined(rows: Sequence[Element]) -> set[int]:
    """Rows that a merged cell joins to the next: over few rows a page would tear its text, over many a single one would be left behind."""
    merges = [dict(_merges(row)) for row in rows]
    joined: set[int] = set()
    for index, row in enumerate(merges):
        for at in (at for at, merge in row.items() if merge == "restart"):
            below = list(takewhile(lambda one, at=at: one.get(at) == "continue", merges[index + 1 :]))  # type: ignore[misc]
            last = index + len(below) - 1
            joined |= set(range(index, last + 1)) if len(below) < FEW else {index, last}
    return joined


def _merges(row: Element) -> Iterator[tuple[int, str | None]]:
    """How each cell is merged downwards, by its column."""
    at = 0
    for cell in row.tc_lst:
        yield at, cell.vMerge
        at += cell.grid_span


def _blanks(table: Element) -> None:
    """A blank cell, or one merged into that above, is no higher than a line of its table."""
    styles = [paragraph.style for paragraph in table.iter(qn("w:p")) if paragraph.style]
    text = next((style for style in styles if not style.endswith("Head")), TEXT)
    for paragraph in table.iter(qn("w:p")):
        if not paragraph.style:
            paragraph.style = text


def _apart(table: Element) -> None:
    """Room above and below, which Word gives a table only through its neighbours; a caption has its own above."""
    before, after = _neighbour(table, preceding=True), _neighbour(table, preceding=False)
    if before is not None and before.tag == qn("w:p") and before.style != "TableCaption":
        _space(before, "after", ABOVE)
    if after is None or after.tag != qn("w:p") or after.style == "SectionEnd":
        return
    if after.pPr is None:
        after.style = "TableGap"  # pandoc's empty line between two tables
        return
    _space(after, "before", BELOW + ABOVE if after.style == "TableCaption" else BELOW)


def _ends_section(element: Element) -> bool:
    return element.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None


def _neighbour(table: Element, preceding: bool) -> Element | None:
    return next((other for other in table.itersiblings(preceding=preceding) if other.tag not in BOOKMARKS), None)


def _space(paragraph: Element, side: str, twips: int) -> None:
    paragraph.get_or_add_pPr().get_or_add_spacing().set(qn(f"w:{side}"), str(twips))


def _element(name: str, **attributes: str) -> Element:
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element
