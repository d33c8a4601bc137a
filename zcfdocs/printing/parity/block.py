"""The noun that three formats share: a block of text in reading order, and what counts as the same text."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Where a line ends is layout; so is the space that stood there, and what tells a program where a line may end.
LAYOUT = re.compile("[\\s\u00ad\u200b\u2060\ufeff]+")
# Stands in a text where a note is called: its number is the medium's, its text is a block of its own.
CALL = "\ue000"
NUMBER = re.compile(r"[-−–]?\d+(?:[.,]\d+)*[%％‰]?")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, cell, caption, list item, note or the alternative text of a picture.

    `place` says where it stands for a reader: 第3页, 表2 第4行. `head` marks cells of a table's head, which a page break repeats;
    `page` is counted from 1 and `row` names the row of a cell where the format has pages, which can part them; `label` is the page
    number that an entry of the contents shows.
    """

    kind: str
    text: str
    place: str = ""
    page: int = 0
    row: int = 0
    head: bool = False
    label: str = ""

    @property
    def plain(self) -> str:
        return plain(self.text)


@dataclass(frozen=True, slots=True)
class Copy:
    """A document as blocks in reading order; notes stand apart, because a page sets them at its foot and Word in a part of their own."""

    name: str
    blocks: tuple[Block, ...]
    notes: tuple[Block, ...]
    paged: bool = False


def plain(text: str) -> str:
    """The text without what only layout decides."""
    return LAYOUT.sub("", text)


def numbers(text: str) -> list[str]:
    """Every number with its sign, decimals and percent, in order."""
    return NUMBER.findall(text)
