"""The Markdown body → clean HTML, section by section of the template; rendered once, sanitised after rendering."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from unicodedata import east_asian_width

import lxml.html
import markdown
import nh3
from markdown.inlinepatterns import HTML_RE, InlineProcessor

from zcfdocs.catalogue import Catalogue
from zcfdocs.citations import fill
from zcfdocs.outline import plain_title, sections
from zcfdocs.tree import FORBIDDEN

Element = Any  # lxml's stubs cannot say what an HTML tree holds
# attr_list, md_in_html, snippets and raw HTML have no place in a plan: it is hostile text (git-and-web 3.4).
EXTENSIONS = ["tables", "footnotes", "sane_lists", "pymdownx.caret", "pymdownx.tilde"]
SCRIPTS = re.compile(r"(?is)<(script|style)\b[^<>]*>.*?</\1\s*>")
TAGS = {
    "h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "ul", "ol", "li", "blockquote", "pre", "code",
    "strong", "em", "sub", "sup", "del", "ins", "table", "thead", "tbody", "tr", "th", "td", "a", "div",
}  # fmt: skip
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "th": {"style"}, "td": {"style"}, "li": {"id"}, "sup": {"id"}, "div": {"class"}}
ALIGN = re.compile(r"text-align:\s*(left|right|center)")
CJK = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]"
WORD = re.compile(r"[!-~]+")
# A table of more rows may run over the page; no column asks for more than a line of twenty hanzi.
SHORT_TABLE, WIDEST = 12, 40
TITLE = "表："
SOFT_BREAK = re.compile(rf"({CJK})\n[ \t]*(?={CJK})")


@dataclass(frozen=True, slots=True)
class Body:
    """Clean HTML under each template section id; headings of the template itself are not repeated in it."""

    sections: dict[str, str]

    def get(self, section: str) -> str:
        return self.sections.get(section, "")


def render(text: str, catalogue: Catalogue, card: dict[str, Any] | None, absent: str = "") -> Body:
    """Cite, convert, sanitise, normalise and split at the template's headings; text before the first one is kept with it."""
    converter = markdown.Markdown(extensions=EXTENSIONS, output_format="html")
    converter.preprocessors.deregister("html_block")
    converter.inlinePatterns.register(_Dropped(HTML_RE, converter), "html", 90)
    html = nh3.clean(
        converter.convert(SCRIPTS.sub("", fill(text, card, absent))),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
        strip_comments=True,
    )
    # &#2; and its like become characters that no document may hold.
    root = lxml.html.fragment_fromstring(FORBIDDEN.sub("", html), create_parent="div", parser=lxml.html.HTMLParser(huge_tree=True))
    _footnotes(root)
    _tables(root)
    _soft_breaks(root)
    return Body(_split(root, sections(catalogue)))


class _Dropped(InlineProcessor):
    """Raw HTML in the prose is removed; its text stays (spec 3)."""

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[str, int, int]:  # type: ignore[override]  # noqa: N802  # the library's name
        return "", m.start(0), m.end(0)


def _footnotes(root: Element) -> None:
    """Python-Markdown's end notes → `<span class="footnote">` at the reference, which every printer knows."""
    notes: dict[str, str] = {}
    for block in root.xpath('//div[@class="footnote"]'):
        for item in block.iter("li"):
            for back in item.xpath('.//a[contains(@href, "#fnref")]'):
                back.drop_tree()
            notes[item.get("id", "")] = " ".join(item.text_content().split())
        block.drop_tree()
    for mark in root.xpath('//sup[starts-with(@id, "fnref")]'):
        link = next(iter(mark), None)
        key = (link.get("href", "") if link is not None else "").removeprefix("#")
        note = lxml.html.Element("span")
        note.set("class", "footnote")
        note.text, note.tail = notes.get(key, ""), mark.tail
        mark.getparent().replace(mark, note)
    for element in root.iter("a", "li", "sup", "div"):
        element.attrib.pop("id", None)
        if (element.get("href") or "").startswith("#"):
            element.attrib.pop("href")


def _tables(root: Element) -> None:
    """Alignment as a class (no inline style survives), column widths by content so that layout needs no guessing.

    A paragraph `表：…` right above is the table's caption, which the document numbers with the generated ones.
    """
    for cell in root.iter("th", "td"):
        align = ALIGN.search(cell.attrib.pop("style", ""))
        if align:
            cell.set("class", f"align-{align[1]}")
    for table in root.iter("table"):
        above = table.getprevious()
        wants = [max(map(_want, column)) for column in zip(*table.iter("tr"), strict=False)]
        group = lxml.html.Element("colgroup")
        for want in wants:
            column = lxml.html.Element("col")
            column.set("style", f"width:{100 * want / sum(wants):.2f}%")
            group.append(column)
        table.insert(0, group)
        if above is not None and above.tag == "p" and (title := " ".join(above.text_content().split())).startswith(TITLE):
            caption = lxml.html.Element("caption")
            caption.text = title.removeprefix(TITLE).strip()
            table.insert(0, caption)
            above.drop_tree()
        table.set("class", "author" if len(table.xpath(".//tr")) <= SHORT_TABLE else "author long")


def _want(cell: Element) -> int:
    """The breadth a cell asks for in half-width characters: its text up to a line's worth, but no number or word broken."""
    text = cell.text_content().strip()
    words = max((len(word) for word in WORD.findall(text)), default=0)
    return max(min(_breadth(text), WIDEST), min(words, WIDEST), 4) + 2


def _breadth(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _soft_breaks(root: Element) -> None:
    """A line break between two hanzi is no space."""
    for element in root.iter():
        if element.tag in ("pre", "code"):
            continue
        if element.text:
            element.text = SOFT_BREAK.sub(r"\1", element.text)
        if element.tail:
            element.tail = SOFT_BREAK.sub(r"\1", element.tail)


def _split(root: Element, known: dict[str, str]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    current = next(iter(known.values()), "")
    for element in root:
        section = known.get(plain_title(element.text_content())) if element.tag in ("h1", "h2") else None
        if section:
            current = section
            found.setdefault(current, [])
            continue
        if element.tag in ("h1", "h2"):
            element.tag = "h3"
        found.setdefault(current, []).append(lxml.html.tostring(element, encoding="unicode"))
    return {section: "".join(parts).strip() for section, parts in found.items()}
