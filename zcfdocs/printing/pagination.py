"""One pagination for two copies: how the PDF of a manuscript was laid out in pages, for whoever prints it again."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import count

# Elements a page can begin with; their numbers go by the order of their tags in the manuscript.
BLOCK = re.compile(r"<(p|h[1-6]|tr|li|pre|figure|caption)(?=[\s>])([^>]*)>")
CELL = re.compile(r"<t[dh](?=[\s>])[^>]*>")
NUMBER = "data-block"
MARK = "page-start-"


@dataclass(frozen=True, slots=True)
class Paging:
    """Of each heading in the contents, by its id, the number printed on its page; the numbers of the blocks that begin a page;
    of each row of a table, by its number, the height in points."""

    labels: Mapping[str, str] = field(default_factory=dict)
    starts: Collection[int] = frozenset()
    heights: Mapping[int, float] = field(default_factory=dict)


def numbered(html: str) -> str:
    """The manuscript with each block's number as an attribute; unquoted, so that within an attribute's text it does no harm."""
    numbers = count()
    return BLOCK.sub(lambda block: f"<{block[1]} {NUMBER}={next(numbers)}{block[2]}>", html)


def marked(html: str, starts: Collection[int]) -> str:
    """The manuscript with an anchor `page-start-N` where each block in `starts` begins: within its text, a row's in its first cell;
    a figure has it itself, since pandoc makes a table of one that holds more than its picture."""
    parts, at = [], 0
    for number, block in enumerate(BLOCK.finditer(html)):
        begin = CELL.search(html, block.end()) if block[1] == "tr" else block
        if number in starts and begin is not None:
            figure = block[1] == "figure"
            end = block.end(1) if figure else begin.end()
            parts += [html[at:end], f' id="{MARK}{number}"' if figure else f'<span id="{MARK}{number}"></span>']
            at = end
    return "".join((*parts, html[at:]))


def rows(html: str) -> list[int]:
    """The numbers of the rows of tables, in their order."""
    return [number for number, block in enumerate(BLOCK.finditer(html)) if block[1] == "tr"]
