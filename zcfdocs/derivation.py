"""From a row's points back to the plan's lines: the whole derivation as text, and what would earn most."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from zcfdocs.catalogue import Rulebook
from zcfdocs.figure import Figure, display, exact, trimmed
from zcfdocs.finding import dotted
from zcfdocs.reading import Source
from zcfdocs.scoring import PhaseScore, RowScore, Score

KINDS = {"required": "必选", "optional": "可选"}


def derivation(row_id: str, score: Score, rulebook: Rulebook, source: Source) -> Iterator[str]:
    """Every step of a row in every phase, each leaf with its line in the plan or its source."""
    row = rulebook.catalogue.rows_by_id[row_id]
    yield f"{row.id} {row.title}（{KINDS[row.kind]}，满分 {trimmed(row.points, 2)} 分，规则 {row.rule['name']}）"
    yield f"  指标要求：{row.display or row.text}"
    yield f"  佐证材料：{rulebook.catalogue.evidence_text(row)}"
    for phase in score.phases.values():
        found = next(item for item in phase.rows if item.row.id == row_id)
        yield ""
        yield f"【{phase.phase.label}】{phase.phase.account.year} 年：{display(found.points, 4, row.points)} 分（{found.status_name}）"
        yield f"  理由：{found.because}"
        if found.points != found.claimed:
            yield f"  按规则可得 {display(found.claimed, 4, row.points)} 分，计入 {display(found.points, 4, row.points)} 分"
        yield from _places(found, source)
        seen: set[int] = set()
        for figure in found.figures:
            yield from _figure(figure, source, 1, seen)
    weight = next(group.weight for group in rulebook.catalogue.groups if any(item.id == row_id for item in group.rows()))
    yield ""
    yield f"本行 1 分折合总分 {trimmed(weight, 4)} 分；满分折合 {trimmed(row.points * weight, 4)} 分。"


def _places(row: RowScore, source: Source) -> Iterator[str]:
    if not row.figures:
        for route in row.used:
            yield f"  依据：{source.path}:{source.line_of(route)}  {dotted(route)}"


def _figure(figure: Figure, source: Source, depth: int, seen: set[int]) -> Iterator[str]:
    """A node as a worked line, then its parts, each part once."""
    indent = "  " * depth
    if id(figure) in seen:
        return
    seen.add(id(figure))
    if not figure.args:
        doubt = "（未核实）" if figure.unverified else ""
        where = f"{source.path}:{source.line_of(figure.route)}  {dotted(figure.route)}" if figure.route else f"来源：{figure.source}{doubt}"
        yield f"{indent}{figure.title} = {exact(figure.value)} {figure.unit}".rstrip() + f"  ← {where}"
        return
    yield f"{indent}{figure.title} = {figure.worked()}"
    for arg in figure.args:
        yield from _figure(arg, source, depth + 1, seen)


@dataclass(frozen=True, slots=True)
class Gain:
    """What a row could still add to the total, in points of the total."""

    row: RowScore
    weight: Fraction

    @property
    def total(self) -> Fraction:
        return (self.row.row.points - self.row.points) * self.weight


@dataclass(frozen=True, slots=True)
class Gap:
    """How far the total is from the pass line, and the rows that could close it, largest first."""

    missing: Fraction
    required_alone: Fraction
    gains: tuple[Gain, ...]

    @property
    def shortest(self) -> tuple[Gain, ...]:
        """The fewest rows that would reach the line together; empty where it is reached."""
        sum_, chosen = Fraction(0), []
        for gain in self.gains:
            if sum_ >= self.missing:
                break
            chosen.append(gain)
            sum_ += gain.total
        return tuple(chosen) if sum_ >= self.missing else ()


def gap(phase: PhaseScore, rulebook: Rulebook) -> Gap:
    """`required_alone` is what all 必选 rows at full marks would give: 72.5 in the notice of 2025, below the line."""
    gains = [
        Gain(row, group.group.weight)
        for group in phase.groups
        for row in group.rows
        if row.points < row.row.points and row.status != "not_applicable"
    ]
    required = sum((row.points * group.weight for group in rulebook.catalogue.groups for row in group.rows() if row.required), Fraction(0))
    missing = max(Fraction(0), rulebook.catalogue.pass_line - phase.total)
    return Gap(missing, required, tuple(sorted(gains, key=lambda gain: (-gain.total, gain.row.row.id))))
