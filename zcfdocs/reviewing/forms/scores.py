"""Points of a plan's rows: which moved and why, what a bureau or an expert gave instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from zcfdocs.figure import rounded
from zcfdocs.reviewing.forms.numbers import CHANGED, NONE, OPEN, shown, signed, unitless
from zcfdocs.reviewing.forms.telling import Section, Span, Spans, Table, lines, plain
from zcfdocs.reviewing.model import Cause, Opinion, PlanReview, Row
from zcfdocs.reviewing.naming import words
from zcfdocs.scoring.phase import PHASES

OLDER = {True: "（按旧版方案）", None: "（没有写所审版本）", False: ""}


def moved_rows(plan: PlanReview) -> Iterator[Section]:
    """Of a new plan the points of every row; of a deleted one its totals say it all."""
    if not plan.rows or plan.change == "deleted":
        return
    if plan.change == "new":
        yield _points(plan.rows)
        return
    units = {figure.route: figure.unit for figure in plan.figures}
    ordered = sorted(plan.rows, key=lambda row: (_move(row), row.id, row.phase))
    heads = ("指标", "名称", "时点", "满分", "改动前", "改动后", "变化", "原因")
    told = tuple(_row(row, units, plan.path) for row in ordered)
    title = f"得分变化的指标（{len(told)} 项；各组满分 100，乘以组的权重后计入总分）"
    yield Section(title, Table(heads, told, frozenset((3, 4, 5, 6))), len(told) > OPEN)


def _points(rows: Sequence[Row]) -> Section:
    """A line a row, its phases side by side."""
    phases = [name for name in PHASES if any(row.phase == name for row in rows)]
    lines_of = {row.id: row for row in rows}
    points: dict[tuple[str, str], str] = {(row.id, row.phase): shown(row.after, row.after, 2)[0] for row in rows}
    told = tuple(
        tuple(map(plain, (key, row.title, shown(row.max, row.max, 2)[0], *(points.get((key, name), NONE) for name in phases))))
        for key, row in lines_of.items()
    )
    heads = ("指标", "名称", "满分", *map(words.phase, phases))
    return Section(f"各指标得分（{len(told)} 项）", Table(heads, told, frozenset(range(2, len(heads)))), folded=True)


def _move(row: Row) -> Fraction:
    return Fraction(row.after or 0) - Fraction(row.before or 0)


def _row(row: Row, units: dict[tuple[str | int, ...], str], path: str) -> tuple[Spans, ...]:
    before, after = shown(row.before, row.after, 2)
    causes = tuple(_cause(cause, units.get(cause.route, ""), path) for cause in row.causes)
    most = shown(row.max, row.max, 2)[0]
    cells = (plain(row.id), plain(row.title), plain(words.phase(row.phase)), plain(most), plain(before), plain(after))
    return (*cells, (Span(signed(_move(row)), "strong"),), lines(*causes) or plain("没有找到单独的原因"))


def _cause(cause: Cause, unit: str, path: str) -> Spans:
    """`数据：2024 年 · 绿电 · 用量 3000 → 11600 MWh（第 88 行）`; the file only where it is another than the plan."""
    told = [f"{words.CAUSES[cause.kind]}："]
    if cause.route:
        told.append(unitless(words.where(cause), unit))
    if (cause.before, cause.after) != (None, None):
        old, _, new = unit.partition(CHANGED)
        before = f"{_short(cause.before)} {old}" if new else _short(cause.before)
        told.append(f" {before} → {_short(cause.after)} {new or old}".rstrip())
    place = " ".join((*((cause.path,) if cause.path != path else ()), *((f"第 {cause.line} 行",) if cause.line else ())))
    return (Span("".join(told)), *((Span(f"（{place}）", "faint"),) if place else ()))


def _short(text: str | None) -> str:
    if text is None:
        return "（没有）"
    return text if len(text) <= 40 else f"{text[:40]}…"


def opinions(plan: PlanReview) -> Iterator[Section]:
    if plan.opinions:
        heads = ("指标", "时点", "评审", "评审分", "核算分", "差", "理由")
        told = tuple(map(_opinion, plan.opinions))
        yield Section(f"评审意见（{len(told)} 条，不计入上面的得分）", Table(heads, told, frozenset((3, 4, 5))), len(told) > OPEN)


def _opinion(item: Opinion) -> tuple[Spans, ...]:
    # An officer gives the points that were printed: 5.95 beside 5.9459 is no difference.
    points, own = rounded(Fraction(item.points), 2), None if item.own is None else rounded(Fraction(item.own), 2)
    gap = NONE if own is None else signed(Fraction(points) - Fraction(own))
    by = f"{words.ROLES[item.role]} {item.reviewer} {item.date}{OLDER[item.older]}"
    return tuple(map(plain, (item.row, words.phase(item.phase), by, points, own or NONE, gap, item.reason)))
