"""Words of a plan side by side: values that are no numbers, paragraphs of the body, the evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zcfdocs.reviewing.forms.difference import Piece, differences
from zcfdocs.reviewing.forms.numbers import OPEN
from zcfdocs.reviewing.forms.telling import Points, Section, Span, Spans, lines
from zcfdocs.reviewing.model import Paragraph, PlanReview, Value
from zcfdocs.reviewing.naming import words

OPEN_TEXTS = 4
TOGETHER = 15  # files told in one line
EVIDENCE = {
    "added": "新增",
    "removed": "删去",
    "changed": "换了文件或改了说明",
    "expired": "已过期",
    "unused": "文件夹里有、没有条目用到",
    "large": "文件太大",
}


def evidence(plan: PlanReview) -> Iterator[Section]:
    """By what happened to it; of a plan that came or went whole, its evidence came or went with it."""
    own = {"new": "added", "deleted": "removed"}.get(plan.change, "")
    found = {key: getattr(plan.evidence, key) for key in EVIDENCE if key != own}
    told = tuple(_listed(key, items[first : first + TOGETHER]) for key, items in found.items() for first in range(0, len(items), TOGETHER))
    if told:
        yield Section(f"佐证（{sum(map(len, found.values()))} 处）", Points(told), len(told) > OPEN)


def _listed(key: str, items: Sequence[str]) -> Spans:
    return (Span(f"{EVIDENCE[key]}："), *[span for item in items for span in (Span("、"), Span(item, "code"))][1:])


def changed_values(plan: PlanReview) -> Iterator[Section]:
    if plan.values and plan.change not in ("new", "deleted"):
        sides = [(_read(value, value.before), _read(value, value.after)) for value in plan.values]
        told = tuple(map(_value, plan.values, differences(sides)))
        yield Section(f"改动的其他内容（{len(told)} 处）", Points(told), len(told) > OPEN)


def _read(value: Value, side: str | None) -> str | None:
    return None if side is None else words.value(value.route, side)


def _value(value: Value, pieces: tuple[Piece, ...]) -> Spans:
    return lines((Span(words.where(value)), Span(f"（第 {value.line} 行）" if value.line else "", "faint")), _marked(pieces))


def prose(plan: PlanReview) -> Iterator[Section]:
    if plan.prose and plan.change not in ("new", "deleted"):
        told = tuple(map(_paragraph, plan.prose, differences([(item.before, item.after) for item in plan.prose])))
        yield Section(f"改动的正文（{len(told)} 段）", Points(told), len(told) > OPEN_TEXTS)


def _paragraph(found: Paragraph, pieces: tuple[Piece, ...]) -> Spans:
    word = "新增" if found.before is None else "删去" if found.after is None else "改动"
    place = f"第 {found.line} 行，" if found.line else ""
    return lines((Span(found.section or "正文", "strong"), Span(f"（{place}{word}）", "faint")), _marked(pieces))


def _marked(pieces: tuple[Piece, ...]) -> Spans:
    return tuple(Span(text, kind) for kind, text in pieces)
