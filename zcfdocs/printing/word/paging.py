"""The pages of Word are those of the PDF: the same blocks begin them, rows are as high. Left to itself it fills pages by its own rules."""

from __future__ import annotations

from typing import Any

from docx.document import Document
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.oxml.ns import qn
from docx.shared import Pt

from zcfdocs.printing.pagination import MARK, Paging, rows

Element = Any  # lxml elements, which python-docx leaves untyped
SPARE = 0.3  # points a row: room for a line more on a page where another font needs it, too little for a row to move up


def page(document: Document, html: str, paging: Paging) -> None:
    """`html` is the manuscript that both were made from."""
    _heights(document, html, paging)
    _starts(document)


def _heights(document: Document, html: str, paging: Paging) -> None:
    """At least: a program that breaks lines elsewhere may need more, and loses nothing."""
    for row, number in zip(list(document.element.body.iter(qn("w:tr"))), rows(html), strict=True):
        if number in paging.heights and row.trHeight_val is None:
            row.trHeight_val = Pt(paging.heights[number] - SPARE)
            row.trHeight_hRule = WD_ROW_HEIGHT_RULE.AT_LEAST


def _starts(document: Document) -> None:
    """The bookmarks that `convert` set become breaks before their paragraphs; within a row, before the row."""
    body = document.element.body
    ends = {end.get(qn("w:id")): end for end in body.iter(qn("w:bookmarkEnd"))}
    for mark in [start for start in body.iter(qn("w:bookmarkStart")) if start.get(qn("w:name")).startswith(MARK)]:
        paragraph = next(mark.iterancestors(qn("w:p")), None)
        if paragraph is None:  # of a figure
            paragraph = next(mark.itersiblings(qn("w:p")))
        if not _begins_section(paragraph):
            paragraph.get_or_add_pPr().get_or_add_pageBreakBefore()
        for bookmark in (mark, ends[mark.get(qn("w:id"))]):
            bookmark.getparent().remove(bookmark)


def _begins_section(paragraph: Element) -> bool:
    """The section begins a page already."""
    block = next(element for element in (paragraph, *paragraph.iterancestors()) if element.getparent().tag == qn("w:body"))
    before = next((other for other in block.itersiblings(preceding=True) if other.tag in {qn("w:p"), qn("w:tbl")}), None)
    return before is None or before.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None
