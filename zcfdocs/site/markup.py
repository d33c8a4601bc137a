"""What a staged page is made of: front matter, headings, and raw HTML blocks that no Markdown reading can change."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from zcfdocs.figure import display, percent
from zcfdocs.places import THEME

TOKEN = re.compile(r"""<!--.*?-->|(?P<tag></?[A-Za-z](?:"[^"]*"|'[^']*'|[^'">])*>)|(?P<text>[^<]+|<)""", re.DOTALL)
ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}
MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!])")
SCROLL = '<div class="zcf-scroll" role="group" aria-label="表格，可左右滚动" tabindex="0">'


def plain(text: str) -> str:
    """One line without control and direction characters, which front matter and titles cannot carry."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def escaped(text: str) -> str:
    return html.escape(plain(text), quote=True)


def front_matter(title: str, description: str, marks: Mapping[str, bool | list[str]]) -> str:
    """YAML of JSON-quoted, HTML-escaped texts: the theme prints titles as they are (git-and-web 0.4)."""
    texts = {"title": escaped(title)} | ({"description": escaped(description)} if description else {})
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in (*texts.items(), *marks.items()) if value]
    return "\n".join(("---", *lines, "---", "", ""))


def heading(title: str, level: int, anchor: str) -> Markup:
    """A Markdown heading with a fixed id; the title's own Markdown and HTML signs mean nothing."""
    shown = MARKDOWN.sub(r"\\\1", html.escape(plain(title), quote=False))
    return Markup(f"\n{'#' * level} {shown} {{#{anchor}}}\n")  # noqa: S704  # escaped above


def block(content: str, kind: str) -> Markup:
    """Clean HTML as one raw block on one line: no line of it can be taken for Markdown, a fence or an end of the block."""
    return Markup(f'\n<div class="{kind}">{one_line(scrolling(str(content)))}</div>\n')  # noqa: S704  # HTML in, HTML out


def one_line(content: str) -> str:
    """The same HTML without line feeds: in text they become references, in tags spaces; comments are dropped."""
    pieces, preformatted = [], 0
    for token in TOKEN.finditer(re.sub(r"\r\n?", "\n", content)):
        tag, text = token["tag"], token["text"]
        if tag:
            preformatted += tag[:5].lower().startswith("<pre") - tag[:6].lower().startswith("</pre")
            pieces.append(" ".join(tag.split("\n")))
        elif text and not text.strip() and not preformatted:
            pieces.append(" ")
        elif text:
            pieces.append(text.replace("\n", "&#10;"))
    return "".join(pieces).strip()


def scrolling(content: str) -> str:
    """Each table in a box of its own that scrolls sideways, also by keyboard; Material would box a table without a class again."""
    classed = re.sub(r"<table\b(?![^>]*\sclass=)", '<table class="zcf-table"', content)
    return re.sub(r"</table\s*>", "</table></div>", re.sub(r"(?=<table\b)", SCROLL, classed))


def in_script(data: Any) -> str:
    """JSON whose own escapes stand for every sign that could end a script or begin another element."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)


def number(value: str | None, digits: int = 2, below: str | None = None) -> str:
    """An exact decimal as it is shown (`figure.display`); — where it is not told."""
    return "—" if value is None else display(Fraction(value), digits, Fraction(below) if below is not None else None)


def share(value: str | None, digits: int = 2) -> str:
    """A part of 1 in percent."""
    return "—" if value is None else percent(Fraction(value), digits)


@cache
def environment() -> Environment:
    """Our own page templates; values of plans enter as escaped data, never as template text."""
    made = Environment(
        loader=FileSystemLoader(THEME / "site" / "pages"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters |= {"block": block, "heading": heading, "number": number, "share": share}
    return made


def fill(template: str, values: Mapping[str, Any]) -> str:
    return environment().get_template(template).render(values)
