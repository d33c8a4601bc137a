"""The pages of Word after GB/T 9704-2012: formats by the manuscript's `data-page`, page numbers outside at the foot, the word 草稿 above."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section, _BaseHeaderFooter
from docx.shared import Mm, Pt, Twips
from docx.text.paragraph import Paragraph

from zcfdocs.manuscript.manuscript import Manuscript

Element = Any  # lxml elements, which python-docx leaves untyped
LEAVES = re.compile(r'<section class="leaf" data-page="([a-z-]+)">')
SIGNED = re.compile(r'<div class="letter-signed" style="width: (\d+)em; margin-right: (\d+)em">')
LINE = 579  # twentieths of a point: 22 lines fill 225 mm
BODY, TEXT = 315, 8844  # a character of 3号 and the line of 28 of them, in twips
ROOM = BODY // 2  # on either side of a name, which else fills its line to the last twip
INK = 28.5  # the ink of a letter's head begins lower than its line: 30 mm from the edge of the page
CHARACTER = Pt(14)  # 4号, the size of page numbers, which keep one character from the edge


@dataclass(frozen=True, slots=True)
class Format:
    """How the pages of a section look; `first` restarts the numbers on a right-hand page.

    The first page of a `letter` begins higher, ends with a double line and has no number (GB/T 9704-2012, 10.1).
    """

    wide: bool = False
    numbered: bool = True
    first: int | None = None
    letter: bool = False


UPRIGHT = Format()
BARE = Format(numbered=False)
FORMATS = {
    "listing": BARE,
    "findings": BARE,
    "cover": BARE,
    "front": BARE,
    "contents": BARE,
    "opening": Format(first=1),
    "wide": Format(wide=True),
    "letter": Format(letter=True),
}


def set_pages(document: Document, manuscript: Manuscript) -> None:
    """One section for each leaf of the manuscript."""
    _join_ends(document)
    numbered = False
    for section, page in zip(document.sections, LEAVES.findall(manuscript.html), strict=True):
        look = FORMATS.get(page, UPRIGHT)
        _size(section, look)
        if look.numbered != numbered:
            _foot(section, look.numbered)
            numbered = look.numbered
        if look.letter:
            _letter(section)
    _sign(document, manuscript)
    if manuscript.draft:
        _draft(document.sections[0])


def _join_ends(document: Document) -> None:
    """A section ends with its last paragraph; only after a table the break needs a paragraph of its own."""
    for end in document.element.body.findall(qn("w:p")):
        properties = end.pPr
        section = None if properties is None else properties.find(qn("w:sectPr"))
        before = end.getprevious()
        if section is not None and before is not None and before.tag == qn("w:p"):
            before.get_or_add_pPr().append(section)
            end.getparent().remove(end)


def _size(section: Section, look: Format) -> None:
    """A4 with the margins of GB/T 9704, or across for wide tables."""
    section.orientation = WD_ORIENT.LANDSCAPE if look.wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Mm(297), Mm(210)) if look.wide else (Mm(210), Mm(297))
    margins = (26, 30, 24, 30) if look.wide else (37, 26, 35, 28)
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = map(Mm, margins)
    section.header_distance, section.footer_distance = Mm(15), Mm(14 if look.wide else 22)
    section.start_type = WD_SECTION.NEW_PAGE if look.first is None else WD_SECTION.ODD_PAGE
    properties = section._sectPr
    for name in ("w:footnotePr", "w:pgNumType", "w:docGrid"):
        for old in properties.findall(qn(name)):
            properties.remove(old)
    if look.first is not None:
        edges = properties.find(qn("w:pgMar"))
        assert edges is not None  # made by the margins above
        edges.addnext(_element("w:pgNumType", start=str(look.first)))
    properties.append(_element("w:docGrid", type="lines", linePitch=str(LINE)))


def _foot(section: Section, numbered: bool) -> None:
    """“— 1 —” from here on, right on odd pages and left on even ones, or no more."""
    for footer, right in ((section.footer, True), (section.even_page_footer, False)):
        footer.is_linked_to_previous = False
        if numbered:
            _number(footer, right)


def _number(footer: _BaseHeaderFooter, right: bool) -> None:
    paragraph = footer.paragraphs[0]
    form = paragraph.paragraph_format
    form.alignment = 2 if right else 0
    form.left_indent, form.right_indent = (None, CHARACTER) if right else (CHARACTER, None)
    paragraph.add_run("— ")
    _field(paragraph, "PAGE")
    paragraph.add_run(" —")


def _field(paragraph: Paragraph, instruction: str) -> None:
    for kind in ("begin", instruction, "separate", "1", "end"):
        run = paragraph.add_run()._r
        if kind == instruction:
            text = OxmlElement("w:instrText")
            text.set(qn("xml:space"), "preserve")
            text.text = f" {instruction} "
            run.append(text)
        elif kind == "1":
            run.text = kind
        else:
            run.append(_element("w:fldChar", fldCharType=kind))


def _letter(section: Section) -> None:
    section.top_margin, section.bottom_margin, section.footer_distance = Mm(INK), Mm(30), Mm(20)
    for grid in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(grid)  # LibreOffice puts what is left over of a grid above the first line
    section.different_first_page_header_footer = True
    section.first_page_footer.paragraphs[0].style = "Letter Foot"


def _sign(document: Document, manuscript: Manuscript) -> None:
    """Name and date in the middle of a box as wide and as far from the edge as the manuscript says, in characters."""
    boxes = iter(SIGNED.findall(manuscript.html))
    for paragraph, date in pairwise(document.paragraphs):
        if paragraph.style and paragraph.style.name == "Letter Signer":
            width, edge = (int(found) * BODY for found in next(boxes))
            for form in (paragraph.paragraph_format, date.paragraph_format):
                form.left_indent, form.right_indent = Twips(TEXT - width - edge - ROOM), Twips(edge - ROOM)


def _draft(section: Section) -> None:
    for header in (section.header, section.even_page_header):
        header.is_linked_to_previous = False
        header.paragraphs[0].text = "草\u3000稿"


def _element(name: str, **attributes: str) -> Element:
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element
