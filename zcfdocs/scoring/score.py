"""Rows, groups, totals and gates of every phase; points are clamped here and nowhere else."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from fractions import Fraction

from zcfdocs.accounting import YearAccount
from zcfdocs.catalogue import BasicRequirement, Group, Row, Rulebook
from zcfdocs.evidence import Evidence
from zcfdocs.figure import Figure
from zcfdocs.finding import Route
from zcfdocs.plan import Answer, Plan
from zcfdocs.scoring.award import RULES, ZERO, Award, Reason, said
from zcfdocs.scoring.phase import Phase, phases

STATUS_NAMES = {
    "met": "满足",
    "partial": "部分满足",
    "unmet": "未满足",
    "not_applicable": "不适用",
    "unevidenced": "缺佐证",
    "provisional": "暂定",
}


@dataclass(frozen=True, slots=True)
class RowScore:
    row: Row
    points: Fraction
    claimed: Fraction
    status: str
    reason: Reason
    places: tuple[Route, ...]
    figures: tuple[Figure, ...]

    @property
    def because(self) -> str:
        """The Chinese sentence with the numbers."""
        return said(self.reason)

    @property
    def used(self) -> tuple[Route, ...]:
        """Places in the plan the points rest on: those the rule names, then those its figures were computed from."""
        return tuple(dict.fromkeys((*self.places, *(route for figure in self.figures for route in figure.routes()))))

    @property
    def status_name(self) -> str:
        return STATUS_NAMES[self.status]


@dataclass(frozen=True, slots=True)
class GroupScore:
    group: Group
    points: Fraction
    rows: tuple[RowScore, ...]

    @property
    def weighted(self) -> Fraction:
        return self.points * self.group.weight


@dataclass(frozen=True, slots=True)
class PhaseScore:
    """`passed`: the unrounded total reaches the pass line; `eligible`: and no basic requirement vetoes it."""

    phase: Phase
    groups: tuple[GroupScore, ...]
    total: Fraction
    passed: bool
    eligible: bool

    @property
    def rows(self) -> tuple[RowScore, ...]:
        return tuple(row for group in self.groups for row in group.rows)

    @property
    def unmet_required(self) -> tuple[str, ...]:
        """必选 rows that earn nothing: flagged, no veto (附件1-1 一)."""
        return tuple(row.row.id for row in self.rows if row.row.required and row.status in ("unmet", "unevidenced"))


@dataclass(frozen=True, slots=True)
class Score:
    phases: dict[str, PhaseScore]
    requirements: dict[str, tuple[bool, str]]

    @property
    def basic_requirements(self) -> bool:
        return all(held for held, _ in self.requirements.values())


def score(
    plan: Plan, rulebook: Rulebook, evidence: Evidence, accounts: tuple[YearAccount, ...], promise: tuple[YearAccount, ...] | None = None
) -> Score:
    """Judge every phase. `promise` is the frozen account of `candidate`, where history has one."""
    requirements = {item.id: _requirement(item, plan, evidence, plan.as_of) for item in rulebook.catalogue.basic_requirements}
    judged = {phase.name: _phase(phase) for phase in phases(plan, rulebook, evidence, accounts, promise)}
    return Score(judged, requirements)


def _phase(phase: Phase) -> PhaseScore:
    groups = tuple(_group(group, phase) for group in phase.rulebook.catalogue.groups)
    total = sum((group.weighted for group in groups), ZERO)
    passed = total >= phase.rulebook.catalogue.pass_line
    requirements = phase.rulebook.catalogue.basic_requirements
    held = all(_requirement(item, phase.plan, phase.evidence, phase.on)[0] for item in requirements)
    return PhaseScore(phase, groups, total, passed, passed and held)


def _group(group: Group, phase: Phase) -> GroupScore:
    rows = tuple(_row(row, phase) for row in group.rows())
    if phase.rulebook.catalogue.reading("not_applicable") != "renormalise":
        return GroupScore(group, sum((row.points for row in rows), ZERO), rows)
    counted = [row for row in rows if row.status != "not_applicable"]
    within = sum((row.row.points for row in counted), ZERO)
    earned = sum((row.points for row in counted), ZERO)
    return GroupScore(group, earned * group.points / within if within else group.points, rows)


def _row(row: Row, phase: Phase) -> RowScore:
    found = phase.plan.answer(row.id)
    if found and found[1].not_applicable and row.not_applicable:
        return _not_applicable(row, found, phase)
    award = RULES[row.rule["name"]][1](row, phase.rulebook.parameters[row.id], phase)
    claimed, counted = _clamp(award.claimed, row), _clamp(award.counted, row)
    return RowScore(row, counted, claimed, _status(award, claimed, counted, row), award.because, award.used, award.figures)


def _not_applicable(row: Row, found: tuple[int, Answer], phase: Phase) -> RowScore:
    """Full points, or out of the sum, by the catalogue's reading; like any claim, only with valid evidence."""
    index, answer = found
    because, place = f"本项不适用{'：' + answer.note if answer.note else ''}", (("indicators", index),)
    if not phase.supported(answer.evidence):
        return RowScore(row, ZERO, row.points, "unevidenced", f"{because}；没有在 {phase.on} 可用的佐证，不计分", place, ())
    whole = row.points if phase.rulebook.catalogue.reading("not_applicable") != "renormalise" else ZERO
    return RowScore(row, whole, whole, "not_applicable", because, place, ())


def _clamp(value: Fraction, row: Row) -> Fraction:
    if value is row.points or not value:
        return value
    return max(ZERO, min(value, row.points))


def _status(award: Award, claimed: Fraction, counted: Fraction, row: Row) -> str:
    if not counted:
        return "unevidenced" if claimed else "unmet"
    if award.provisional:
        return "provisional"
    return "met" if counted is row.points or counted == row.points else "partial"


def _requirement(asked: BasicRequirement, plan: Plan, evidence: Evidence, on: datetime.date) -> tuple[bool, str]:
    """A basic requirement is a veto: met needs evidence valid that day, not applicable needs leave and a basis (spec 2)."""
    answer = next((item for item in plan.basic_requirements if item.id == asked.id), None)
    if answer is None:
        return False, "方案未填写"
    if answer.met == "met":
        valid = evidence.supports(answer.evidence, on)
        return valid, "符合" if valid else f"填为符合，但没有在 {on} 有效的佐证"
    if answer.met == "not_applicable":
        if not asked.not_applicable:
            return False, "此项不可填不适用"
        return bool(answer.basis), "不适用" if answer.basis else "填为不适用，但没有说明依据"
    return False, "不符合"
