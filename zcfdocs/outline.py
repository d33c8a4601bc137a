"""The headings of a plan's body and the text under each, read as text: no Markdown is rendered here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from zcfdocs.catalogue import Catalogue

HEADING = re.compile(r"(#{1,6})[ \t]+(.+?)[ \t]*#*[ \t]*")
FENCED = re.compile(r"\s{0,3}(```+|~~~+)")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading with the lines under it, up to the next heading of any level; line 0 before the first heading."""

    level: int
    title: str
    line: int
    text: str
    section: str = ""

    @property
    def known(self) -> bool:
        return bool(self.section)


def plain_title(title: str) -> str:
    """A title as it is compared: full-width forms folded, white space and emphasis gone."""
    return re.sub(r"[\s*_`]", "", unicodedata.normalize("NFKC", title))


def sections(catalogue: Catalogue) -> dict[str, str]:
    """Each template title, as compared, with the id of its chapter or section (附件2)."""
    found = {}
    for chapter in catalogue.chapters:
        for part in (chapter, *chapter.sections):
            found[plain_title(part.title)] = part.id
            if part.original:
                found[plain_title(part.original)] = part.id
    return found


def outline(body: str, first_line: int, catalogue: Catalogue) -> tuple[Heading, ...]:
    """All headings outside code blocks, each with its template section where it has one."""
    known = sections(catalogue)
    return tuple(
        Heading(level, title, line, text, known.get(plain_title(title), "") if level <= 2 else "")
        for level, title, line, text in _split(body, first_line)
    )


def _split(body: str, first_line: int) -> Iterator[tuple[int, str, int, str]]:
    level, title, at, fence = 0, "", 0, ""
    under: list[str] = []
    for number, line in enumerate(body.split("\n"), first_line):
        if mark := FENCED.match(line):
            fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
        match = None if fence else HEADING.fullmatch(line)
        if match is None:
            under.append(line)
            continue
        yield level, title, at, "\n".join(under)
        level, title, at, under = len(match[1]), match[2], number, []
    yield level, title, at, "\n".join(under)
