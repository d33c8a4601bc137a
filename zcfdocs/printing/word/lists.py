"""Lists of Word as on paper: text three characters in, numbers as figures, bullets that need no font of symbols."""

from __future__ import annotations

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

CHARACTER = 320  # 3号, in twips
BULLETS = "•◦▪"


def set_lists(document: Document) -> None:
    for level in document.part.numbering_part.element.iter(qn("w:lvl")):
        depth = int(level.get(qn("w:ilvl")))
        indent = level.find(f"{qn('w:pPr')}/{qn('w:ind')}")
        indent.set(qn("w:left"), str(3 * CHARACTER * (depth + 1)))
        indent.set(qn("w:hanging"), str(CHARACTER * 3 // 2))
        mark = level.find(qn("w:lvlText"))
        if level.find(qn("w:numFmt")).get(qn("w:val")) == "bullet" and mark.get(qn("w:val")).strip():
            mark.set(qn("w:val"), BULLETS[depth % len(BULLETS)])
            for old in level.findall(qn("w:rPr")):
                level.remove(old)
            fonts = OxmlElement("w:rFonts")
            for script in ("ascii", "hAnsi"):
                fonts.set(qn(f"w:{script}"), "Times New Roman")
            properties = OxmlElement("w:rPr")
            properties.append(fonts)
            level.append(properties)
