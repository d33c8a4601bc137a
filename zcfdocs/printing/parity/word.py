"""A Word file as blocks: the paragraphs and cells of its body and its footnotes. A foreign file is bounded in all it may cost."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field

from lxml import etree

from zcfdocs.errors import ZcfError
from zcfdocs.printing.parity.block import CALL, Block, Copy

MOST_BYTES = 100 << 20
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
HEADINGS = ("Heading", "FormTitle")
OWN_NOTES = ("separator", "continuationSeparator", "continuationNotice")


def read_word(data: bytes) -> Copy:
    """Raises ZcfError where the file is no Word file or is beyond all measure."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            body = _part(parts, "word/document.xml").find(f"{W}body")
            notes = _notes(_part(parts, "word/footnotes.xml")) if "word/footnotes.xml" in parts.namelist() else {}
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError, etree.XMLSyntaxError) as error:
        raise ZcfError(f"这个 Word 文件读不出来（{type(error).__name__}）", "文件可能已损坏；请重新生成或另取一份") from error
    reader = _Reader()
    if body is not None:
        reader.blocks_of(body)
    called = [Block("note", notes.pop(key, ""), f"脚注{number}") for number, key in enumerate(reader.called, 1)]
    return Copy("Word", tuple(reader.blocks), (*called, *(Block("note", text, "没有引用处的脚注") for text in notes.values())))


def _part(parts: zipfile.ZipFile, name: str) -> etree._Element:
    if parts.getinfo(name).file_size > MOST_BYTES:
        raise ZcfError(f"Word 文件中的 {name} 超过 {MOST_BYTES >> 20} MiB，不读", "请另取一份")
    with parts.open(name) as file:
        data = file.read(MOST_BYTES + 1)
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def _notes(root: etree._Element) -> dict[str, str]:
    found = {}
    for note in root.findall(f"{W}footnote"):
        if note.get(f"{W}type") not in OWN_NOTES:
            found[note.get(f"{W}id") or ""] = "".join(_Text().of(note))
    return found


@dataclass
class _Text:
    """The text of a piece of Word, field by field: what a field shows counts, what it asks for does not."""

    fields: list[list[str]] = field(default_factory=list)
    label: list[str] = field(default_factory=list)
    called: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)

    def of(self, element: etree._Element) -> list[str]:
        shown: list[str] = []
        for item in element.iter():
            if item.tag == f"{W}t":
                (self.label if self._is_page() else shown).append(item.text or "")
            elif item.tag == f"{W}instrText" and self.fields:
                self.fields[-1][0] += item.text or ""
            elif item.tag == f"{W}fldChar":
                self._field(item.get(f"{W}fldCharType"))
            elif item.tag == f"{W}footnoteReference":
                self.called.append(item.get(f"{W}id") or "")
                shown.append(CALL)
            elif item.tag == f"{W}noBreakHyphen":
                shown.append("-")
            elif item.tag == f"{W}sym":
                shown.append("\ufffd")
            elif item.tag == DRAWN:
                self.pictures.append(item.get("descr") or "")
        return shown

    def _field(self, kind: str | None) -> None:
        if kind == "begin":
            self.fields.append([""])
        elif kind == "end" and self.fields:
            self.fields.pop()

    def _is_page(self) -> bool:
        return bool(self.fields) and self.fields[-1][0].split()[:1] == ["PAGEREF"]


class _Reader:
    """Goes through the body; only top-level tables are tables, one within a cell is the cell's text."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.called: list[str] = []
        self.text = _Text()  # a contents field opens in its first entry and ends in its last
        self.near = "开头"

    def blocks_of(self, element: etree._Element) -> None:
        for child in element:
            if child.tag == f"{W}p":
                self.paragraph(child)
            elif child.tag == f"{W}tbl":
                self.table(child)
            elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml"):
                self.blocks_of(child)

    def paragraph(self, element: etree._Element) -> None:
        shown = "".join(self._read(element))
        label = "".join(self.text.label)
        style = element.find(f"{W}pPr/{W}pStyle")
        name = style.get(f"{W}val") or "" if style is not None else ""
        if name.startswith(HEADINGS) and shown.strip():
            self.near = shown.strip()
        if shown.strip():
            kind = "heading" if name.startswith(HEADINGS) else "entry" if name.startswith("TOC") else "paragraph"
            self.blocks.append(Block(kind, shown, self.near, label=label))
        self.blocks += [Block("picture", told, self.near) for told in self.text.pictures]

    def table(self, element: etree._Element) -> None:
        for row in element.iterfind(f".//{W}tr"):
            for cell in row.iterfind(f".//{W}tc"):
                merged = cell.find(f"{W}tcPr/{W}vMerge")
                if merged is None or merged.get(f"{W}val") == "restart":
                    self.blocks.append(Block("cell", "".join(self._read(cell)), f"{self.near}／表"))

    def _read(self, element: etree._Element) -> list[str]:
        self.text.label, self.text.called, self.text.pictures = [], [], []
        shown = self.text.of(element)
        self.called += self.text.called
        return shown
