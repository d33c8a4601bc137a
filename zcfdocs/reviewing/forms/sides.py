"""The body of a plan before and after, paragraph beside paragraph, with what went and what came marked."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

import lxml.html
from lxml import etree

from zcfdocs.reviewing.forms.difference import Piece, differences

Element = Any  # lxml's stubs cannot say what an HTML tree holds
MOST = 400  # blocks of a chapter that are laid beside each other; of longer ones the whole chapters are


@dataclass(frozen=True, slots=True)
class Sides:
    """Clean HTML of one plan by the titles of its chapters, as `body.render` makes it; a new plan has no before, a deleted one no after."""

    before: Mapping[str, str]
    after: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Beside:
    """A block of either side; an empty text where that side has none."""

    before: str
    after: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Chapter:
    title: str
    blocks: tuple[Beside, ...]

    @property
    def changed(self) -> int:
        return sum(block.changed for block in self.blocks)


def chapters(sides: Sides) -> tuple[Chapter, ...]:
    """In the order of the newer side; those that are gone come last."""
    titles = dict.fromkeys((*sides.after, *sides.before))
    return tuple(Chapter(title, tuple(_aligned(sides.before.get(title, ""), sides.after.get(title, "")))) for title in titles)


def _aligned(before: str, after: str) -> Iterator[Beside]:
    olds, news = _blocks(before), _blocks(after)
    for tag, first, last, start, end in SequenceMatcher(None, olds, news, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from (Beside(text, text, False) for text in news[start:end])
            continue
        pairs = list(zip_longest(olds[first:last], news[start:end], fillvalue=""))
        roots = [(_root(old), _root(new)) for old, new in pairs]
        told = differences([(_words(old), _words(new)) for old, new in roots])
        for (old, new), pieces in zip(roots, told, strict=True):
            yield Beside(_marked(old, pieces, "del"), _marked(new, pieces, "ins"), True)


def _blocks(html: str) -> list[str]:
    """The paragraphs, tables and lists of a chapter, each as HTML that no policy objects to."""
    root = _root(html)
    for element in root.iter():
        if (style := element.attrib.pop("style", "")).startswith("width:"):
            element.set("width", style.removeprefix("width:").rstrip(";"))
    found = [lxml.html.tostring(element, encoding="unicode").strip() for element in root]
    return found if len(found) <= MOST else ["".join(found)]


def _root(html: str) -> Element:
    return lxml.html.fragment_fromstring(html, create_parent="div")


def _words(root: Element) -> str:
    return "".join(text for _, _, text in _runs(root))


def _runs(root: Element) -> Iterator[tuple[Element, str, str]]:
    """The runs of text in reading order, by the element that holds them and how; blanks alone, as between a table's rows, are none."""
    for event, element in etree.iterwalk(root, events=("start", "end")):
        where = "text" if event == "start" else "tail"
        text = getattr(element, where)
        if text and text.strip():
            yield element, where, text


def _marked(root: Element, pieces: Sequence[Piece], kind: str) -> str:
    """The same HTML, with the runs of this kind within <ins> or <del>."""
    spans = deque(piece for piece in pieces if piece[0] in ("same", kind))
    for element, where, text in list(_runs(root)):
        _put(element, where, _taken(spans, len(text)), kind)
    return "".join((root.text or "", *(lxml.html.tostring(child, encoding="unicode") for child in root)))


def _taken(spans: deque[Piece], length: int) -> list[Piece]:
    """As many pieces as make so many characters; of the last one the rest goes back."""
    taken: list[Piece] = []
    while length and spans:
        kind, text = spans.popleft()
        taken.append((kind, text[:length]))
        if len(text) > length:
            spans.appendleft((kind, text[length:]))
        length -= len(taken[-1][1])
    return taken


def _put(element: Element, where: str, parts: Sequence[Piece], kind: str) -> None:
    """In place of a run, text and marks."""
    last: Element | None = None
    parent, index = (element, 0) if where == "text" else (element.getparent(), element.getparent().index(element) + 1)
    setattr(element, where, "")
    for piece, text in parts:
        if piece == kind:
            mark = lxml.html.Element(kind)
            mark.text = text
            parent.insert(index, mark)
            last, index = mark, index + 1
        elif last is None:
            setattr(element, where, getattr(element, where) + text)
        else:
            last.tail = (last.tail or "") + text
