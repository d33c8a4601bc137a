"""The review as Markdown: the comment on a pull request and the summary of a job, cut by whole entries to what the forge takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from zcfdocs.reviewing.forms.compose import tell
from zcfdocs.reviewing.forms.markup import escaped, inline, line
from zcfdocs.reviewing.forms.telling import Part, Section, Table, Telling
from zcfdocs.reviewing.model import Review

MARKER = "<!-- zcfdocs:review -->"
# GitHub counts what a comment stores; some room is left for what a forge or a form adds.
COMMENT, SUMMARY = 65_536 - 1_536, (1 << 20) - (16 << 10)
FOOT = re.compile(r"^<!-- zcfdocs:commits -->.*$", re.MULTILINE)
GAP = "\n\n"
NOTE = 60  # room for a sentence on what was left out
Measure = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Written:
    """A section as text: what stands around its entries, and these, of which the last may be left out."""

    opening: str
    entries: tuple[str, ...]
    closing: str

    def first(self, count: int) -> str:
        left = len(self.entries) - count
        more = f"{GAP}另有 {left} 项，见完整报告。" if left else ""
        return "".join((self.opening, "\n".join(self.entries[:count]), more, self.closing))


def markdown(review: Review) -> str:
    """At most 65,536 characters, those beyond the basic plane counted twice."""
    return _printed(tell(review), COMMENT, lambda text: len(text.encode("utf-16-le")) // 2)


def summary(review: Review) -> str:
    """For $GITHUB_STEP_SUMMARY: at most 1 MiB."""
    return _printed(tell(review), SUMMARY, lambda text: len(text.encode()))


def says_something_new(old: str, new: str) -> bool:
    """Whether more than the commits differ; forges give a comment back with other line ends."""
    return _said(old) != _said(new)


def _said(comment: str) -> str:
    return "\n".join(text.rstrip() for text in FOOT.sub("", comment.replace("\r\n", "\n")).strip().split("\n"))


def _printed(told: Telling, most: int, measure: Measure) -> str:
    """First what blocks, in half of the room at most; the plans share what is left evenly."""
    head = GAP.join((f"{MARKER}\n### {'⛔' if told.blocking else '✅'} 方案评审：{told.verdict}", *_lead(told)))
    foot = f"<!-- zcfdocs:commits --><sub>{inline(told.foot)}</sub>\n"
    room = most - measure(head) - measure(foot) - NOTE
    rest = bool(told.parts or told.last)
    first = _fitting(list(map(_written, told.first)), room // 2 if rest else room, measure)
    room -= _size(first, measure)
    last = _fitting(list(map(_written, told.last)), room // 10 if told.parts else room, measure)
    parts = _parts(told.parts, room - _size(last, measure), measure)
    return GAP.join((head, *first, *parts, *last, foot))


def _lead(told: Telling) -> Iterator[str]:
    yield f"<strong>{escaped(told.headline)}</strong>"
    yield from (f"⚠ {inline(note)}" for note in told.notes)


def _size(texts: Sequence[str], measure: Measure) -> int:
    return sum(measure(text) + len(GAP) for text in texts)


def _parts(parts: Sequence[Part], room: int, measure: Measure) -> list[str]:
    """The head of each plan, as far as they fit; then their sections, in an even share of the rest."""
    heads = list(map(_head, parts))
    spent = list(accumulate((measure(head) + len(GAP) for head in heads), initial=0))
    count = sum(1 for total in spent[1:] if total <= room)
    sections = [list(map(_written, part.sections)) for part in parts[:count]]
    sizes = [_size([section.first(len(section.entries)) for section in own], measure) for own in sections]
    shares = _shares(sizes, room - spent[count])
    shown = [GAP.join((head, *_fitting(own, share, measure))) for head, own, share in zip(heads, sections, shares, strict=False)]
    return [*shown, *([f"另有 {len(parts) - count} 份方案没有列出，见完整报告。"] if count < len(parts) else [])]


def _fitting(sections: Sequence[Written], room: int, measure: Measure) -> list[str]:
    """In an even share of the room; sections of which no entry fits are counted."""
    sizes = [measure(section.first(len(section.entries))) + len(GAP) for section in sections]
    shares = _shares(sizes, room if sum(sizes) <= room else room - NOTE)
    shown = [text for section, share in zip(sections, shares, strict=True) if (text := _cut(section, share - len(GAP), measure))]
    left = len(sections) - len(shown)
    return [*shown, *([f"另有 {left} 类内容没有列出，见完整报告。"] if left and room >= NOTE else [])]


def _shares(sizes: Sequence[int], room: int) -> list[int]:
    """What is small gets all it asks for, the rest share evenly what remains."""
    given, left = [0] * len(sizes), max(room, 0)
    for count, (size, index) in enumerate(sorted((size, index) for index, size in enumerate(sizes))):
        given[index] = min(size, left // (len(sizes) - count))
        left -= given[index]
    return given


def _cut(section: Written, room: int, measure: Measure) -> str:
    """The section with as many entries as fit, from the first; nothing where none fits."""
    if measure(whole := section.first(len(section.entries))) <= room:
        return whole
    sizes = accumulate((measure(entry) + 1 for entry in section.entries), initial=measure(section.first(0)))
    count = sum(1 for size in sizes if size <= room) - 1
    return section.first(count) if count > 0 else ""


def _head(part: Part) -> str:
    return GAP.join((f"#### {inline(part.title)}", *(["\n".join(f"- {line(told)}" for told in part.lines)] if part.lines else [])))


def _written(section: Section) -> Written:
    body, title = section.body, escaped(section.title)
    if isinstance(body, Table):
        lead = f"{_row(tuple(map(escaped, body.heads)))}\n{_row(_rule(body))}\n"
        entries = tuple(_row(tuple(map(inline, row))) for row in body.rows)
    else:
        lead, entries = "", tuple(f"- {line(item)}" for item in body.items)
    if section.folded:
        return Written(f"<details><summary>{title}</summary>{GAP}{lead}", entries, f"{GAP}</details>")
    return Written(f"<strong>{title}</strong>{GAP}{lead}", entries, "")


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _rule(table: Table) -> tuple[str, ...]:
    return tuple("---:" if index in table.right else "---" for index in range(len(table.heads)))
