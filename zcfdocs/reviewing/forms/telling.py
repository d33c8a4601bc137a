"""What a review says, as nouns that every readable form prints: worst first, in words, nothing of YAML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["plain", "same", "strong", "faint", "code", "ins", "del", "break"]


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text, escaped by whatever prints it; `same` is what a change leaves as it was, of which only the ends matter."""

    text: str
    kind: Kind = "plain"


Spans = tuple[Span, ...]
BREAK = Span("", "break")


@dataclass(frozen=True, slots=True)
class Table:
    """`right` are the columns of numbers."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Spans, ...], ...]
    right: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Points:
    items: tuple[Spans, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """`folded`: closed at first where the form can fold."""

    title: str
    body: Table | Points
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One plan: who, where, its scores in sentences, what changed. Without sections and scores it is its title alone."""

    path: str
    title: Spans
    lines: tuple[Spans, ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Telling:
    verdict: str
    blocking: bool
    headline: str
    notes: tuple[Spans, ...]
    first: tuple[Section, ...]
    parts: tuple[Part, ...]
    last: tuple[Section, ...]
    foot: Spans


def plain(text: str) -> Spans:
    return (Span(text),)


def lines(*spans: Spans) -> Spans:
    """Joined with a line break between those that say something."""
    joined: Spans = ()
    for run in filter(None, spans):
        joined = (*joined, BREAK, *run) if joined else run
    return joined
