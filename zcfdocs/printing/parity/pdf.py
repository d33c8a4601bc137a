"""A tagged PDF as blocks, read from its structure tree as a screen reader does (ISO 32000-1, 14.7). A foreign file is bounded in all it may cost."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf

from zcfdocs.binding.looking import bounded
from zcfdocs.errors import ZcfError
from zcfdocs.printing.parity.block import Block, Copy

MOST_ELEMENTS, MOST_DEPTH, MOST_PAGES = 500_000, 200, 3000
INLINE = frozenset(("/Span", "/NonStruct", "/Link", "/Code", "/Quote", "/Em", "/Strong", "/Form", "/Annot", "/Reference", "/Sub"))
KINDS = {
    **{f"/H{level}": "heading" for level in range(1, 7)},
    "/H": "heading", "/TD": "cell", "/TH": "cell", "/Caption": "caption", "/LBody": "item", "/LI": "item", "/Figure": "picture",
}  # fmt: skip
SHOWN = "BDC BMC EMC Tf Tj TJ ' \""
PAIRS = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
RANGES = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
GROUPING = frozenset(("/Document", "/Part", "/Art", "/Sect", "/Div", "/BlockQuote"))
MARKER = re.compile(r"^\s*\d+\s*\.\s*")
UNTAGGED = -1
Letters = dict[tuple[int, int], dict[int, str]]  # of each font, codes to text
NOTES_DEPTH = 2  # below the document itself stand its body and, page by page, its notes


def read_pdf(data: bytes) -> Copy:
    """Raises ZcfError where the file is no tagged PDF or is beyond all measure."""
    try:
        with bounded(), pikepdf.open(io.BytesIO(data)) as document:
            if "/StructTreeRoot" not in document.Root:
                raise ZcfError("这个 PDF 没有标签，无法逐段比较", "请用 zcfdocs build 重新生成")
            if len(document.pages) > MOST_PAGES:
                raise ZcfError(f"这个 PDF 超过 {MOST_PAGES} 页，不比较")
            letters: Letters = {}
            pages = [_Page(page, number, letters) for number, page in enumerate(document.pages, 1)]
            reader = _Reader({page.key: page for page in pages})
            reader.children(document.Root.StructTreeRoot, None, _Scope("paragraph"), 0)
            reader.flush(None)
            stray = [f"第{page.number}页" for page in pages if page.texts.get(UNTAGGED, "").strip()]
    except (pikepdf.PikepdfError, ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError) as error:
        raise ZcfError(f"这个 PDF 的结构读不出来（{type(error).__name__}）", "文件可能已损坏；请重新生成或另取一份") from error
    if stray:
        raise ZcfError(f"PDF {'、'.join(stray[:5])}有不在标签内的文字", "生成的 PDF 不会这样；文件可能被改过")
    return Copy("PDF", tuple(reader.blocks), tuple(reader.notes), paged=True)


class _Page:
    """The text of a page by the number of its marked content; pages are decoded when the tree first asks for them."""

    def __init__(self, page: pikepdf.Page, number: int, letters: Letters) -> None:
        self.page, self.number, self.letters = page, number, letters
        self.key: tuple[int, int] = page.obj.objgen
        self._texts: dict[int, str] | None = None

    @property
    def texts(self) -> dict[int, str]:
        if self._texts is None:
            self._texts = _marked(self.page, self.letters)
        return self._texts


def _marked(page: pikepdf.Page, known: Letters) -> dict[int, str]:
    found: dict[int, list[str]] = {}
    fonts: Any = page.resources.get("/Font", {}) if "/Resources" in page.obj else {}
    stack: list[int | None] = []
    letters: dict[int, str] = {}
    for item in pikepdf.parse_content_stream(page, SHOWN):
        operator, operands = str(item.operator), item.operands
        if operator in ("BDC", "BMC"):
            stack.append(_content(operands))
        elif operator == "EMC":
            del stack[-1:]
        elif operator == "Tf":
            font = fonts.get(operands[0])
            key = font.objgen if font is not None else (0, 0)
            if key not in known or key == (0, 0):
                known[key] = _unicode(font)
            letters = known[key]
        else:
            inside = next((mark for mark in reversed(stack) if mark != UNTAGGED), UNTAGGED)
            if inside is not None:
                found.setdefault(inside, []).extend(_shown(operands[-1], letters))
    return {key: "".join(texts) for key, texts in found.items()}


def _content(operands: Any) -> int | None:
    """The number of marked content, None for an artifact, UNTAGGED for anything else."""
    if operands[0] == "/Artifact":
        return None
    properties = operands[1] if len(operands) > 1 else None
    number = properties.get("/MCID") if isinstance(properties, pikepdf.Dictionary) else None
    return UNTAGGED if number is None else int(number)


def _shown(operand: Any, letters: dict[int, str]) -> Iterator[str]:
    for part in operand if isinstance(operand, (pikepdf.Array, list)) else [operand]:
        if isinstance(part, pikepdf.String):
            codes = bytes(part)
            for at in range(0, len(codes), 2):
                yield letters.get(int.from_bytes(codes[at : at + 2], "big"), "\ufffd")


def _unicode(font: Any) -> dict[int, str]:
    """Two-byte codes to text by the font's ToUnicode map."""
    found: dict[int, str] = {}
    if font is None or "/ToUnicode" not in font:
        return found
    text = font.ToUnicode.read_bytes()
    for section in re.findall(rb"beginbfchar(.*?)endbfchar", text, re.DOTALL):
        for code, value in PAIRS.findall(section):
            found[int(code, 16)] = _letter(value)
    for section in re.findall(rb"beginbfrange(.*?)endbfrange", text, re.DOTALL):
        for first, last, value in RANGES.findall(section):
            start, end = int(first, 16), min(int(last, 16), int(first, 16) + 0xFFFF)
            for code in range(start, end + 1):
                found[code] = chr(min(ord(_letter(value)[-1]) + code - start, 0x10FFFF))
    return found


def _letter(value: bytes) -> str:
    return bytes.fromhex(value.decode()).decode("utf-16-be", "replace")


@dataclass(slots=True)
class _Scope:
    """What an element stands in; `grouping` where the parts of its parent are blocks even without a kind of their own."""

    kind: str
    in_cell: bool = False
    head: bool = False
    grouping: bool = False


@dataclass
class _Reader:
    pages: dict[tuple[int, int], _Page]
    blocks: list[Block] = field(default_factory=list)
    notes: list[Block] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    page: int = 0
    row: int = 0
    kind: str = "paragraph"
    met: set[tuple[int, int]] = field(default_factory=set)

    def flush(self, scope: _Scope | None) -> None:
        text = "".join(self.text)
        self.text.clear()
        if text.strip():
            self.add(self.kind, text, scope)

    def add(self, kind: str, text: str, scope: _Scope | None) -> None:
        row = self.row if kind == "cell" else 0
        self.blocks.append(Block(kind, text, f"第{self.page}页", self.page, row, scope is not None and scope.head))

    def children(self, element: Any, page: _Page | None, scope: _Scope, depth: int) -> None:
        if depth > MOST_DEPTH:
            raise ValueError("depth")
        kids = element.get("/K", [])
        for kid in kids if isinstance(kids, (pikepdf.Array, list)) else [kids]:
            if isinstance(kid, int):
                self.content(page, kid)
            elif "/S" in kid:
                self.element(kid, page, scope, depth + 1)
            elif "/MCID" in kid:
                self.content(self.pages[kid.Pg.objgen] if "/Pg" in kid else page, int(kid.MCID))

    def content(self, page: _Page | None, number: int) -> None:
        if page is not None:
            self.page = page.number
            self.text.append(page.texts.pop(number, ""))

    def element(self, element: Any, page: _Page | None, scope: _Scope, depth: int) -> None:
        if element.objgen != (0, 0):
            if element.objgen in self.met or len(self.met) > MOST_ELEMENTS:
                raise ValueError("tree")
            self.met.add(element.objgen)
        if "/Pg" in element:
            page = self.pages[element.Pg.objgen]
        tag = str(element.S)
        if tag == "/Lbl":
            self.forget(element, page, depth)
        elif tag == "/Figure":
            self.flush(scope)
            self.forget(element, page, depth)
            self.add("picture", str(element.get("/Alt", "")), scope)
        elif tag == "/NonStruct" and depth == NOTES_DEPTH:
            self.flush(scope)
            self.foot(element, page, depth)
        elif scope.in_cell or (tag in INLINE and not (tag == "/NonStruct" and scope.grouping)):
            self.children(element, page, scope, depth)
        else:
            self.block(element, page, tag, scope, depth)

    def block(self, element: Any, page: _Page | None, tag: str, scope: _Scope, depth: int) -> None:
        self.flush(scope)
        cell, self.row = tag in ("/TD", "/TH"), self.row + (tag == "/TR")
        outer, self.kind = self.kind, KINDS.get(tag, "paragraph" if tag == "/P" and scope.kind != "item" else scope.kind)
        inner = _Scope(self.kind, cell, scope.head or tag == "/THead", tag in GROUPING)
        self.children(element, page, inner, depth)
        if cell:
            self.page = page.number if page is not None else self.page
            self.add("cell", "".join(self.text), scope)
            self.text.clear()
        self.flush(inner)
        self.kind = outer

    def foot(self, element: Any, page: _Page | None, depth: int) -> None:
        """The notes at the foot of a page, each with its number before it."""
        for kid in element.get("/K", []):
            self.children(kid, page, _Scope("note", True), depth + 1)
            self.notes.append(Block("note", MARKER.sub("", "".join(self.text)), f"第{self.page}页", self.page))
            self.text.clear()

    def forget(self, element: Any, page: _Page | None, depth: int) -> None:
        """Content that other formats do not hold as text: a list's marker, the letters within a picture."""
        kept, self.text = self.text, []
        self.children(element, page, _Scope("paragraph", True), depth)
        self.text = kept
