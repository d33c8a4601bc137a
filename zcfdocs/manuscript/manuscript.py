"""A document ready for the printers: one semantic HTML, and what a file says of itself."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from itertools import count

from zcfdocs.manuscript.breaking import unbroken

CAPTION = re.compile(r"<(caption|figcaption)>")


@dataclass(frozen=True, slots=True)
class Mark:
    """Which version a document shows: it stands in the page codes and in the metadata. `kind` is one letter a document."""

    kind: str
    uscc: str
    digest: str
    commit: str | None
    catalogue: str
    catalogue_digest: str


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that travels inside the PDF; `relationship` is PDF/A-3's AFRelationship: Source, Data …"""

    name: str
    media_type: str
    relationship: str
    description: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Manuscript:
    """`name` is the file's without its ending, `style` the style sheet of the theme it is printed with."""

    name: str
    title: str
    author: str
    subject: str
    day: date
    html: str
    draft: bool = False
    style: str = "print"
    mark: Mark | None = None
    enclosures: tuple[Enclosure, ...] = ()

    @property
    def digest(self) -> str:
        """sha256 of the HTML, which holds all text, figures and pictures."""
        return hashlib.sha256(self.html.encode()).hexdigest()


def finished(html: str) -> str:
    """The document's HTML with its captions counted and its numbers held to their units."""
    return unbroken(numbered(html))


def numbered(html: str) -> str:
    """表1, 表2 … and 图1, 图2 … in the order of the document."""
    numbers = {"caption": count(1), "figcaption": count(1)}
    names = {"caption": "表", "figcaption": "图"}
    return CAPTION.sub(lambda match: f"{match[0]}{names[match[1]]}{next(numbers[match[1]])}\u3000", html)
