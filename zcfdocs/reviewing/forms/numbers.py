"""Numbers side by side: those the plan states, those computed from them, and how a change of one is told."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from zcfdocs.figure import apart, percent
from zcfdocs.reviewing.differences.figures import MARKS
from zcfdocs.reviewing.forms.telling import Section, Span, Spans, Table, plain
from zcfdocs.reviewing.model import Figure, PlanReview, Result
from zcfdocs.reviewing.naming import words

OPEN = 12  # more than these are folded
NONE = "—"


def numbers(plan: PlanReview) -> Iterator[Section]:
    """Of a plan that came or went every number did; then only those with a mark are told."""
    whole = plan.change in ("new", "deleted")
    ordered = sorted((figure for figure in plan.figures if figure.marks or not whole), key=lambda figure: not figure.marks)
    if ordered:
        heads = ("字段", "单位", "改动前", "改动后", "变化", "行", "注意")
        told = tuple(map(_figure, ordered))
        title = f"{'要注意的数值' if whole else '改动的数值'}（{len(told)} 个）"
        yield Section(title, Table(heads, told, frozenset((2, 3, 4, 5))), len(told) > OPEN)


CHANGED = " → "  # between two units


def _figure(figure: Figure) -> tuple[Spans, ...]:
    before, after = shown(figure.before, figure.after, 6)
    marks = "；".join(MARKS.get(mark, mark) for mark in figure.marks)
    cells = (
        unitless(words.where(figure), figure.unit),
        figure.unit or NONE,
        before,
        after,
        NONE if CHANGED in figure.unit else _share(figure.before, figure.after),
        str(figure.line) if figure.line else NONE,
    )
    return (*map(plain, cells), (Span(f"⚠ {marks}", "strong"),) if marks else plain(""))


def computed(plan: PlanReview) -> Iterator[Section]:
    if plan.results and plan.change != "deleted":
        heads = ("年份", "核算结果", "单位", "改动前", "改动后", "变化")
        told = tuple(map(_result, plan.results))
        title = f"{'核算结果' if plan.change == 'new' else '随之变化的核算结果'}（{len(told)} 个）"
        yield Section(title, Table(heads, told, frozenset((3, 4, 5))), folded=True)


def _result(item: Result) -> tuple[Spans, ...]:
    """A ratio in percent, its change in points of a percent."""
    name, unit = words.result(item.name)
    year = words.year(item.year, item.kind)
    if unit:
        return tuple(map(plain, (year, name, unit, *shown(item.before, item.after, 4), _share(item.before, item.after))))
    sides = [None if side is None else Fraction(side) for side in (item.before, item.after)]
    told = [NONE if side is None else percent(side, 2) for side in sides]
    move = NONE if sides[0] is None or sides[1] is None else f"{signed((sides[1] - sides[0]) * 100)} 个百分点"
    return tuple(map(plain, (year, name, "%", *told, move)))


def shown(before: str | None, after: str | None, digits: int) -> tuple[str, str]:
    """Rounded, with as many more digits as it takes to tell the two apart."""
    values = [Fraction(side) for side in (before, after) if side is not None]
    told = iter(apart(values, digits))
    return (NONE if before is None else next(told), NONE if after is None else next(told))


def _share(before: str | None, after: str | None) -> str:
    if before is None or after is None or not Fraction(before):
        return "新增" if before is None else "删去" if after is None else NONE
    old, new = Fraction(before), Fraction(after)
    ratio = (new - old) / abs(old)
    if abs(ratio) >= 10:
        return f"{apart([new / old], 1)[0]} 倍"
    return f"{'+' if ratio > 0 else ''}{percent(ratio, 1)}".replace("-", "−")


def signed(value: Fraction) -> str:
    return f"{'+' if value > 0 else ''}{apart([value, Fraction(0)], 2)[0]}".replace("-", "−")


def unitless(name: str, unit: str) -> str:
    """A field's name without the unit that stands beside it."""
    return name.removesuffix(f"（{unit}）")
