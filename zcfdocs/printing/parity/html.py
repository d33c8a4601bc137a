"""The manuscript's HTML as blocks: what PDF and Word are measured by."""

from __future__ import annotations

from collections.abc import Iterator

import lxml.html
from lxml.html import HtmlElement

from zcfdocs.manuscript.breaking import JOINER
from zcfdocs.printing.parity.block import CALL, Block, Copy

KINDS = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    **dict.fromkeys(("td", "th"), "cell"),
    **dict.fromkeys(("caption", "figcaption"), "caption"),
    "li": "item",
}
# Boundaries of a block: what begins here ends the text before it.
BREAKING = frozenset(
    (*KINDS, "p", "div", "section", "table", "thead", "tbody", "tr", "ul", "ol", "dl", "dt", "dd", "figure", "pre", "blockquote", "hr")
)
NAMES = {
    "heading": "标题",
    "cell": "单元格",
    "caption": "题名",
    "item": "列项",
    "paragraph": "段落",
    "entry": "目录",
    "note": "脚注",
    "picture": "图片说明",
}


def read_html(html: str) -> Copy:
    """`html` is our own: a whole document whose body is read in order."""
    body = lxml.html.document_fromstring(html.replace(JOINER, "")).find("body")
    reader = _Reader()
    if body is not None:
        reader.element(body, "paragraph")
        reader.flush()
    return Copy("原稿", tuple(reader.blocks), tuple(reader.notes))


class _Reader:
    """Collects text until a boundary; a cell is one block whatever it holds."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.notes: list[Block] = []
        self.text: list[str] = []
        self.kind = "paragraph"
        self.near = ""

    def flush(self) -> None:
        text = "".join(self.text)
        self.text.clear()
        if text.strip():
            self.add(self.kind, text)

    def add(self, kind: str, text: str, head: bool = False) -> None:
        if kind in ("heading", "caption"):
            self.near = " ".join(text.split())
        self.blocks.append(Block(kind, text, f"{self.near or '开头'}／{NAMES[kind]}", head=head))

    def element(self, element: HtmlElement, kind: str) -> None:
        tag = element.tag if isinstance(element.tag, str) else ""
        if element.get("class") == "footnote":
            self.notes.append(Block("note", str(element.text_content()), f"{self.near}／脚注"))
            self.text.append(CALL)
        elif tag in ("td", "th"):
            self.flush()
            self.add("cell", "".join(_texts(element, self.notes)), head=any(above.tag == "thead" for above in element.iterancestors()))
        elif tag == "img":
            self.flush()
            self.add("picture", element.get("alt") or "")
        elif tag == "a" and (element.getparent() is not None) and _is_entry(element):
            self.flush()
            self.add("entry", str(element.text_content()))
        elif tag:
            breaking = tag in BREAKING
            inner = KINDS.get(tag, kind if tag != "p" or kind == "item" else "paragraph")
            if breaking:
                self.flush()
                self.kind = inner
            self.piece(element.text)
            for child in element:
                self.element(child, inner)
                self.piece(child.tail)
            if breaking:
                self.flush()
                self.kind = kind

    def piece(self, text: str | None) -> None:
        if text:
            self.text.append(text)


def _texts(element: HtmlElement, notes: list[Block]) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.get("class") == "footnote":
            notes.append(Block("note", str(child.text_content()), "表中脚注"))
            yield CALL
        elif isinstance(child.tag, str):
            yield from _texts(child, notes)
        yield child.tail or ""


def _is_entry(element: HtmlElement) -> bool:
    return any("contents" in (above.get("class") or "").split() for above in element.iterancestors("div"))
