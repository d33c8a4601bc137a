"""The text of a built page as it reads: runs of text, below the headings they stand under."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import lxml.html
from lxml import etree

from zcfdocs.errors import ZcfError

PATH = "zcf-path"  # of the paragraph that says where a page belongs
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
# No text of the page: code, pictures, what one operates, the sign that links to a heading.
SILENT = frozenset(("script", "style", "template", "noscript", "svg", "button", "select", "datalist", "textarea", "iframe", "object"))
INLINE = re.compile(
    "a|abbr|b|bdi|bdo|big|br|cite|code|data|del|dfn|em|font|i|img|input|ins|kbd|label|mark|nobr|q|s|samp|small|span|strike|strong|sub|sup"
    "|time|tt|u|var|wbr"
)


@dataclass(frozen=True, slots=True)
class Section:
    """What stands below a heading with an id; `blocks` are runs of text (paragraphs, cells), its heading the first."""

    anchor: str
    blocks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Article:
    """`address` is the page's below the site's root; `path` says in words where the page belongs, "" where it does not say."""

    address: str
    title: str
    path: str
    sections: tuple[Section, ...]

    @property
    def blocks(self) -> Iterator[str]:
        return (block for section in self.sections for block in section.blocks)


def article(address: str, content: bytes) -> Article:
    """Without navigation, header and footer. A page without an article is a ValueError: nobody would notice that it cannot be found."""
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    document = lxml.html.document_fromstring(content, parser=parser)
    if any(told.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for told in parser.error_log):
        raise ZcfError(f"网页 {address} 的标记嵌套过深，不能读全，无法编入搜索", hint="减少正文里列表、引用的嵌套层数")
    outer = [part for part in document.iter("article") if next(part.iterancestors("article"), None) is None]
    if not outer:
        raise ValueError(f"no article in {address}")
    titles = [part for whole in outer for part in whole.iter("h1")]
    paths = [part for whole in outer for part in whole.iter("p") if part.get("class") == PATH]
    return Article(address, _first(titles), _first(paths), tuple(section for whole in outer for section in _sections(whole)))


def _first(elements: list[etree._Element]) -> str:
    return next(("".join(section.blocks) for element in elements for section in _sections(element) if section.blocks), "")


def _sections(article: etree._Element) -> Iterator[Section]:
    anchor, blocks, run = "", list[str](), list[str]()
    for piece, opened in _pieces(article):
        if piece is not None:
            run.append(piece)
            continue
        if text := _tidy("".join(run)):
            blocks.append(text)
        run.clear()
        if opened:
            yield Section(anchor, tuple(blocks))
            anchor, blocks = opened, []
    yield Section(anchor, tuple(blocks))


def _pieces(article: etree._Element) -> Iterator[tuple[str | None, str]]:
    """Text as it reads; `None` where a run of text ends, with the id of the heading that begins there."""
    walker = etree.iterwalk(article, events=("start", "end"))
    for event, element in walker:
        tag = str(element.tag)
        if event == "start" and _is_silent(element):
            walker.skip_subtree()
        elif event == "start":
            if not INLINE.fullmatch(tag):
                yield None, element.get("id", "") if tag in HEADINGS else ""
            yield ("\n" if tag == "br" else element.text or ""), ""
        else:
            if not INLINE.fullmatch(tag):
                yield None, ""
            if element is not article:
                yield element.tail or "", ""


def _is_silent(element: etree._Element) -> bool:
    ignored = element.get("data-pagefind-ignore") is not None
    return ignored or element.tag in SILENT or "headerlink" in element.get("class", "").split()


def _tidy(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
