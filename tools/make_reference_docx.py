"""Writes theme/word/reference.docx, the styles Word copies are made with, from pandoc's own; run by hand, the same bytes every time.

.venv/bin/python tools/make_reference_docx.py
"""

import io
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pypandoc
from docx import Document
from docx.document import Document as Doc
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from docx.styles.style import ParagraphStyle

from zcfdocs.printing.word import repacked

TARGET = Path(__file__).resolve().parent.parent / "theme" / "word" / "reference.docx"
LATIN = "Times New Roman"
FANG, HEI, KAI, SONG = "仿宋_GB2312", "黑体", "楷体_GB2312", "方正小标宋简体"  # what Chinese offices have


@dataclass(frozen=True)
class Look:
    """A paragraph style: font, size and line in points; indents in characters or points; `level` for the outline, 0 is the highest."""

    name: str
    font: str = FANG
    size: float = 16
    line: float | None = 28.95
    align: str = "left"
    first: float = 0
    left: float = 0
    before: float = 0
    after: float = 0
    level: int | None = None
    keep: bool = False


LOOKS = (
    Look("Normal"),
    Look("Body Text", first=2),
    Look("First Paragraph", first=2),
    Look("Compact"),
    Look("Block Text", left=32),
    Look("Heading 1", HEI, first=2, level=0, keep=True),
    Look("Heading 2", KAI, first=2, level=1, keep=True),
    Look("Heading 3", HEI, 15, first=2, keep=True),
    Look("Heading 4", first=2, keep=True),
    Look("Heading 5", first=2, keep=True),
    Look("Heading 6", first=2, keep=True),
    Look("Cover Attachment", HEI),
    Look("Cover Title", SONG, 30, 46, "center", before=150, after=180),
    Look("Cover Line", left=20, after=22),
    Look("Front Title", SONG, 20, 34, "center", after=10),
    Look("Form Title", SONG, 20, 34, "center", after=6, level=0, keep=True),
    Look("Commitment Title", HEI, 14, 24, first=2, before=8, keep=True),
    Look("Commitment Text", size=14, line=24, first=2, keep=True),
    Look("Signature", size=14, line=24, left=176, keep=True),
    Look("Seal", size=14, line=24, left=260, keep=True),
    Look("Table Text", size=10.5, line=14.5),
    Look("Table Text Head", HEI, 10.5, 14.5, "center"),
    Look("Small Text", size=8.5, line=11.5),
    Look("Small Text Head", HEI, 8.5, 11.5, "center"),
    Look("Form Text", size=12, line=18),
    Look("Form Text Head", HEI, 12, 18, "center"),
    Look("Table Note", size=10.5, line=15, after=8),
    Look("Table Caption", HEI, 12, 18, "center", before=6, keep=True),
    Look("Image Caption", HEI, 12, 18, "center", after=8),
    Look("Captioned Figure", line=None, align="center", before=6, keep=True),
    Look("Figure", line=None, align="center"),
    Look("Footnote Text", size=10.5, line=15),
    Look("Footnote Block Text", size=10.5, line=15),
    Look("Source Code", size=12, line=18),
    Look("TOC 1", HEI, 14, 23),
    Look("TOC 2", FANG, 14, 23, left=28),
    Look("Header", HEI, 16, None, "center"),
    Look("Footer", "宋体", 14, None),
    Look("Section End", size=1, line=1),
)


def main() -> None:
    pandoc = pypandoc.get_pandoc_path()
    stock = subprocess.run([pandoc, "--print-default-data-file", "reference.docx"], check=True, capture_output=True).stdout
    document = Document(io.BytesIO(stock))
    for look in LOOKS:
        dress(document, look)
    _table(document)
    _hyperlink(document)
    out = io.BytesIO()
    document.save(out)
    TARGET.write_bytes(repacked(out.getvalue()))
    print(f"{TARGET} {TARGET.stat().st_size} bytes")


def dress(document: Doc, look: Look) -> None:
    style = _style(document, look.name)
    fonts(style, look.font)
    style.font.size, style.font.bold, style.font.italic = Pt(look.size), False, False
    style.font.color.rgb = RGBColor(0, 0, 0)
    form = style.paragraph_format
    form.space_before, form.space_after = Pt(look.before), Pt(look.after)
    form.left_indent, form.first_line_indent = Pt(look.left), Pt(0)
    form.alignment = {"left": 0, "center": 1, "right": 2}[look.align]
    form.keep_with_next = form.keep_together = look.keep
    form.line_spacing_rule = WD_LINE_SPACING.EXACTLY if look.line else WD_LINE_SPACING.SINGLE
    if look.line:
        form.line_spacing = Pt(look.line)
    properties = style.element.get_or_add_pPr()
    if look.first:
        properties.find(qn("w:ind")).set(qn("w:firstLineChars"), str(int(look.first * 100)))
        properties.find(qn("w:ind")).set(qn("w:firstLine"), str(int(look.first * look.size * 20)))
    for old in properties.findall(qn("w:outlineLvl")):
        properties.remove(old)
    if look.level is not None:
        level = OxmlElement("w:outlineLvl")
        level.set(qn("w:val"), str(look.level))
        properties.append(level)
    if look.name.startswith("TOC"):
        form.tab_stops.add_tab_stop(Pt(442), 2, 1)  # right, dots: the width of the text


def _style(document: Doc, name: str) -> ParagraphStyle:
    known = {style.name: style for style in document.styles}
    found = known.get(name) or document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    if not isinstance(found, ParagraphStyle):
        raise TypeError(f"{name} is no paragraph style")
    if name not in known:
        found.base_style = document.styles["Normal"]
    return found


def fonts(style: ParagraphStyle, east: str) -> None:
    properties = style.element.get_or_add_rPr()
    old = properties.find(qn("w:rFonts"))
    if old is not None:
        properties.remove(old)
    style.font.name = LATIN
    new = properties.find(qn("w:rFonts"))
    new.set(qn("w:eastAsia"), east)
    new.set(qn("w:cs"), LATIN)


def _table(document: Doc) -> None:
    """Pandoc gives every table the style "Table": single lines around all cells."""
    style = document.styles["Table"].element
    properties = style.find(qn("w:tblPr"))
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        for key, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "000000")):
            line.set(qn(f"w:{key}"), value)
        borders.append(line)
    properties.insert_element_before(borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
    margins = properties.find(qn("w:tblCellMar"))
    for side, width in (("top", "30"), ("left", "57"), ("bottom", "30"), ("right", "57")):
        margins.find(qn(f"w:{side}")).set(qn("w:w"), width)
    for condition in style.findall(qn("w:tblStylePr")):
        style.remove(condition)


def _hyperlink(document: Doc) -> None:
    """Links of the contents are black as on paper."""
    style = document.styles["Hyperlink"]
    style.font.color.rgb = RGBColor(0, 0, 0)
    style.font.underline = False


if __name__ == "__main__":
    main()
