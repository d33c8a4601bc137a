"""Writes theme/word/reference.docx, the styles Word copies are made with, from pandoc's own; run by hand, the same bytes every time.

.venv/bin/python tools/make_reference_docx.py
"""

import io
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypandoc
from docx import Document
from docx.document import Document as Doc
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_LINE_SPACING, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import nsmap, qn
from docx.shared import Length, Mm, Pt, RGBColor
from docx.styles.style import CharacterStyle, ParagraphStyle

from zcfdocs.printing.word import repacked

TARGET = Path(__file__).resolve().parent.parent / "theme" / "word" / "reference.docx"
LATIN = "Times New Roman"
Element = Any  # lxml elements, which python-docx leaves untyped
FANG, HEI, KAI, SONG = "仿宋_GB2312", "黑体", "楷体_GB2312", "方正小标宋简体"  # what Chinese offices have
BODY = 16  # 3号
TIGHT = Pt(-0.25)  # 28 characters of 3号 are 448 points, the text is 442 wide
# LibreOffice sets a fifth of a character between Chinese and Latin; in cells this much nearer, it breaks lines where the PDF does.
CELL = Pt(-0.2)
RULE_LEFT, RULE_RIGHT = -22.68, -17.01  # red lines of 170 mm in the middle of the page: 8 and 6 mm more than the text


@dataclass(frozen=True)
class Font:
    """What a program may take where a font is missing: other names, then a face of the same kind (panose)."""

    name: str
    others: str
    panose: str
    family: str = "modern"
    charset: str = "86"
    signature: tuple[str, str, str, str] = ("00000003", "288F0000", "00000006", "00040001")


FONTS = (
    Font(FANG, "FangSong_GB2312,仿宋,FangSong,STFangsong", "02010609030101010101"),
    Font(KAI, "KaiTi_GB2312,楷体,KaiTi,STKaiti", "02010609030101010101"),
    Font(HEI, "SimHei,STHeiti,Microsoft YaHei,Noto Sans CJK SC", "02010609060101010101"),
    Font(SONG, "FZXiaoBiaoSong-B05S,华文中宋,STZhongsong,宋体,SimSun", "02010600030101010101", "auto"),
    Font("宋体", "SimSun,STSong,Noto Serif CJK SC", "02010600030101010101", "auto"),
    Font(LATIN, "Times,Liberation Serif", "02020603050405020304", "roman", "00", ("E0002EFF", "C000785B", "00000009", "000001FF")),
)


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
    hang: float = 0
    latin: str = LATIN
    color: str = "000000"
    right: float = 0


LOOKS = (
    Look("Normal"),
    Look("Body Text", first=2),
    Look("First Paragraph", first=2),
    Look("Compact"),
    Look("Block Text", first=2, left=32),
    Look("Heading 1", HEI, first=2, level=0, keep=True),
    Look("Heading 2", KAI, first=2, level=1, keep=True),
    Look("Heading 3", HEI, 14.5, first=2, level=2, keep=True),
    Look("Heading 4", first=2, level=3, keep=True),
    Look("Heading 5", first=2, level=4, keep=True),
    Look("Heading 6", first=2, level=5, keep=True),
    Look("Cover Attachment", HEI),
    Look("Cover Title", SONG, 30, 46, "center", before=147, after=175),
    Look("Cover Line", left=97, hang=80, after=22),
    Look("Front Title", SONG, 20, 34, "center", after=10),
    Look("Form Title", SONG, 22, 34, "center", after=6, level=0, keep=True),
    Look("Commitment Title", HEI, 14, 24, first=2, before=8, keep=True),
    Look("Commitment Text", size=14, line=24, first=2, keep=True),
    Look("Sign", size=14, line=24, left=136, before=20, keep=True),
    Look("Seal", size=14, line=24, left=198, before=34, keep=True),
    Look("Letter Head", SONG, 32, 36, "center", left=RULE_LEFT, right=RULE_RIGHT, color="D00000"),
    Look("Letter Rule", size=2, line=2, left=RULE_LEFT, right=RULE_RIGHT, before=9),
    Look("Letter Foot", size=2, line=2, left=RULE_LEFT, right=RULE_RIGHT),
    Look("Letter Number", align="right", before=14, after=36),
    Look("Letter Plain"),
    Look("Letter Enclosed", first=2, before=28.95, keep=True),
    Look("Letter Signer", align="center", before=29, keep=True),
    Look("Letter Date", align="center", keep=True),
    Look("Seal Line", after=6),
    Look("Table Text", size=10.5, line=14.5),
    Look("Table Text Head", HEI, 10.5, 14.5, "center"),
    Look("Data Text", size=9.5, line=13),
    Look("Data Text Head", HEI, 9.5, 13, "center"),
    Look("Small Text", size=8.5, line=11.5),
    Look("Small Text Head", HEI, 8.5, 11.5, "center"),
    Look("Form Text", size=12, line=18),
    Look("Form Text Head", HEI, 12, 18, "center"),
    Look("Table Note", size=10.5, line=15, after=8),
    Look("Table Caption", HEI, 12, 18, "center", before=6, after=3, keep=True),
    Look("Table Gap", size=10.5, line=14),
    Look("Image Caption", HEI, 12, 18, "center", after=8),
    Look("Captioned Figure", line=None, align="center", before=8, keep=True),
    Look("Figure", line=None, align="center"),
    Look("Footnote Text", size=10.5, line=15),
    Look("Footnote Block Text", size=10.5, line=15),
    Look("Source Code"),
    Look("Rule", size=6, line=12),
    Look("TOC 1", HEI, 14, 23),
    Look("TOC 2", FANG, 14, 23, left=28),
    Look("Header", HEI, 16, None, "center", color="B00020"),
    Look("Footer", "宋体", 14, None, latin="宋体"),
    Look("Section End", size=1, line=1),
)
# GB/T 9704-2012, 10.1: thick above thin at a letter's head, thin above thick at its foot.
RED_LINES = {"Letter Rule": (12, 4), "Letter Foot": (4, 12)}
CELLS = re.compile(r"^(Table|Data|Small|Form) Text")
# Tables: cell margins above, as the style sheet of the PDF has them, and beside, a little less than there (CELL), in points.
TABLES = (("Table", 2, 1.8), ("Running Table", 2, 1.8), ("Form Table", 4, 3), ("Small Table", 1.5, 1.2))

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def main() -> None:
    TARGET.write_bytes(made())
    print(f"{TARGET} {TARGET.stat().st_size} bytes")


def made() -> bytes:
    pandoc = pypandoc.get_pandoc_path()
    stock = subprocess.run([pandoc, "--print-default-data-file", "reference.docx"], check=True, capture_output=True).stdout
    document = Document(io.BytesIO(stock))
    for look in LOOKS:
        dress(document, look)
    for name, above, beside in TABLES:
        _table(document, name, above, beside)
    _characters(document)
    _defaults(document)
    _page(document)
    out = io.BytesIO()
    document.save(out)
    return repacked(out.getvalue(), {"word/fontTable.xml": font_table().encode()})


def dress(document: Doc, look: Look) -> None:
    style = _style(document, look.name)
    fonts(style, look.font, look.latin)
    style.font.size, style.font.bold, style.font.italic = Pt(look.size), False, False
    style.font.color.rgb = RGBColor.from_string(look.color)
    _spaced(style, TIGHT if look.size == BODY and look.line == Look.line else CELL if CELLS.search(look.name) else Pt(0))
    form = style.paragraph_format
    form.space_before, form.space_after = Pt(look.before), Pt(look.after)
    form.left_indent, form.right_indent, form.first_line_indent = Pt(look.left), Pt(look.right), Pt(-look.hang)
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
        properties.append(element("w:outlineLvl", val=str(look.level)))
    if look.name.startswith("TOC"):
        form.tab_stops.add_tab_stop(Pt(442), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.MIDDLE_DOT)  # at the edge of the text
    if look.name == "Rule":
        properties.find(qn("w:spacing")).addprevious(borders("w:pBdr", ("top",)))
    if look.name in RED_LINES:
        properties.find(qn("w:spacing")).addprevious(_red_lines(*RED_LINES[look.name]))
    if look.name == "Letter Enclosed":
        properties.find(qn("w:ind")).addnext(element("w:contextualSpacing"))  # a line before the first alone


def _style(document: Doc, name: str) -> ParagraphStyle:
    known = {style.name: style for style in document.styles}
    found = known.get(name) or document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    if not isinstance(found, ParagraphStyle):
        raise TypeError(f"{name} is no paragraph style")
    if name not in known:
        found.base_style = document.styles["Normal"]
    return found


def fonts(style: ParagraphStyle | CharacterStyle, east: str, latin: str = LATIN) -> None:
    properties = style.element.get_or_add_rPr()
    for old in (*properties.findall(qn("w:rFonts")), *properties.findall(qn("w:lang"))):
        properties.remove(old)
    style.font.name = latin
    new = properties.find(qn("w:rFonts"))
    new.set(qn("w:eastAsia"), east)
    new.set(qn("w:cs"), latin)


def _spaced(style: ParagraphStyle, by: Length) -> None:
    """Characters nearer to each other, in twips."""
    properties = style.element.get_or_add_rPr()
    for old in properties.findall(qn("w:spacing")):
        properties.remove(old)
    properties.insert_element_before(element("w:spacing", val=str(round(by.pt * 20))), "w:w", "w:kern", "w:position", "w:sz", "w:szCs")


def _table(document: Doc, name: str, above: float, beside: float) -> None:
    """Single lines around all cells."""
    known = {style.name for style in document.styles}
    style = (document.styles[name] if name in known else document.styles.add_style(name, WD_STYLE_TYPE.TABLE)).element
    for old in (*style.findall(qn("w:tblPr")), *style.findall(qn("w:tblStylePr"))):
        style.remove(old)
    margins = element("w:tblCellMar")
    for side, width in (("top", above), ("left", beside), ("bottom", above), ("right", beside)):
        margins.append(element(f"w:{side}", w=str(round(width * 20)), type="dxa"))
    properties = element("w:tblPr")
    properties.append(element("w:tblInd", w="0", type="dxa"))
    properties.append(borders("w:tblBorders", ("top", "left", "bottom", "right", "insideH", "insideV")))
    properties.append(margins)
    style.append(properties)


def _characters(document: Doc) -> None:
    """Chinese is never bold or slanted; links and code are black as on paper."""
    for name, east in (("Strong", HEI), ("Emphasis", KAI)):
        style = document.styles.add_style(name, WD_STYLE_TYPE.CHARACTER)
        fonts(style, east)
        style.font.bold = style.font.italic = False
    link = document.styles["Hyperlink"]
    link.font.color.rgb = RGBColor(0, 0, 0)
    link.font.underline = False
    code = document.styles["Verbatim Char"]
    fonts(code, FANG)
    code.font.size = None


def _defaults(document: Doc) -> None:
    """Chinese text in the fonts named here, no space of the program's own between words of two scripts, no sign beyond the edge."""
    defaults = document.styles.element.find(qn("w:docDefaults"))
    run = defaults.find(f"{qn('w:rPrDefault')}/{qn('w:rPr')}")
    run.find(qn("w:rFonts")).attrib.clear()
    run.find(qn("w:rFonts")).attrib.update({qn(f"w:{key}"): LATIN for key in ("ascii", "hAnsi", "cs")} | {qn("w:eastAsia"): FANG})
    run.find(qn("w:lang")).attrib.update({qn("w:val"): "en-US", qn("w:eastAsia"): "zh-CN"})
    defaults.find(f"{qn('w:pPrDefault')}/{qn('w:pPr')}").clear()
    spacing = document.styles["Normal"].element.pPr.find(qn("w:spacing"))
    for name in ("overflowPunct", "autoSpaceDE", "autoSpaceDN", "adjustRightInd", "snapToGrid"):
        spacing.addprevious(element(f"w:{name}", val="0"))
    for old in list(document.styles.element.iter(qn("w:rsid"))):
        old.getparent().remove(old)
    for style in document.styles:
        if isinstance(style, ParagraphStyle | CharacterStyle):
            for old in style.element.iter(qn("w:rFonts")):
                for key in [key for key in old.attrib if key.lower().endswith("theme")]:
                    del old.attrib[key]


def _page(document: Doc) -> None:
    """Pandoc makes no picture wider than the text of this page."""
    section = document.sections[0]
    section.page_width, section.left_margin, section.right_margin = Mm(210), Mm(28), Mm(26)


def borders(name: str, sides: tuple[str, ...]) -> Element:
    """Lines of half a point."""
    lines = element(name)
    for side in sides:
        lines.append(element(f"w:{side}", val="single", sz="4", space="0", color="000000"))
    return lines


def _red_lines(above: int, below: int) -> Element:
    """Two lines around an empty paragraph, in eighths of a point: programs disagree on which line of a double border is the thick one."""
    lines = element("w:pBdr")
    for side, size in (("top", above), ("bottom", below)):
        lines.append(element(f"w:{side}", val="single", sz=str(size), space="0", color="D00000"))
    return lines


def element(name: str, **attributes: str) -> Element:
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def font_table() -> str:
    return f'{HEAD}<w:fonts xmlns:w="{nsmap["w"]}">{"".join(map(_font, FONTS))}</w:fonts>'


def _font(font: Font) -> str:
    usb0, usb1, usb2, csb0 = font.signature
    return (
        f'<w:font w:name="{font.name}"><w:altName w:val="{font.others}"/><w:panose1 w:val="{font.panose}"/>'
        f'<w:charset w:val="{font.charset}"/><w:family w:val="{font.family}"/><w:pitch w:val="variable"/>'
        f'<w:sig w:usb0="{usb0}" w:usb1="{usb1}" w:usb2="{usb2}" w:usb3="00000000" w:csb0="{csb0}" w:csb1="00000000"/></w:font>'
    )


if __name__ == "__main__":
    main()
