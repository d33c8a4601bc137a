"""The rule of what was promised: how much of each promised change was reached at evaluation."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

from zcfdocs.catalogue import Row
from zcfdocs.fields import choice
from zcfdocs.figure import Figure, percent
from zcfdocs.plan import METRICS
from zcfdocs.scoring.award import FIGURE_CHOICES, METRIC_NAMES, ONE, ZERO, Award, Named, points, rule, said
from zcfdocs.scoring.claims import attested, with_named_evidence
from zcfdocs.scoring.phase import Phase


class Achieved(Named):
    of: tuple[Annotated[str, choice(*METRICS, *FIGURE_CHOICES)], ...]


@rule("achieved", Achieved)
def achieved(row: Row, parameters: Achieved, phase: Phase) -> Award:
    """At evaluation max × mean of (baseline − result) ÷ (baseline − target); before that attested and provisional."""
    parts = _achievements(parameters, phase) if phase.name == "result" and phase.promise else []
    if not parts:
        award = attested(row, Named(name="attested"), phase)
        why = "没有可比的承诺指标，按自评" if phase.name == "result" else "效果评价前为自评"
        return Award(award.claimed, award.counted, lambda: f"{said(award.because)}（{why}，暂定）", award.used, (), provisional=True)
    mean = sum((value for _, value, _ in parts), ZERO) / len(parts)
    claimed = row.points * mean
    shown = "、".join(f"{METRIC_NAMES[name]} {percent(value)}" for name, value, _ in parts)
    figures = tuple(figure for _, _, figures in parts for figure in figures)
    because = f"承诺指标落实程度：{shown}，平均 {percent(mean)}，{points(row.points)} × {percent(mean)} = {points(claimed, row)}"
    found = phase.plan.answer(row.id)
    award = with_named_evidence(row, claimed, because, (), found[1].evidence if found else (), phase)
    return Award(award.claimed, award.counted, award.because, award.used, figures)


def _achievements(parameters: Achieved, phase: Phase) -> list[tuple[str, Fraction, tuple[Figure, ...]]]:
    """Per metric the mean over its products, 0…1; a metric without a promised change is left out."""
    baseline, target = phase.promise or (phase.account, phase.account)
    found = []
    for name in parameters.of:
        if name in FIGURE_CHOICES:
            triples = [(baseline.metric(name), target.metric(name), phase.account.metric(name))]
        else:
            first, last, reached = (phase.subjects(name, account) for account in (baseline, target, phase.account))
            triples = [(first[key], last.get(key), reached.get(key)) for key in first]  # type: ignore[misc]
        shares = [_share_reached(*triple) for triple in triples]
        known = [value for value in shares if value is not None]
        if known:
            figures = tuple(figure for triple in triples for figure in triple if figure is not None)
            found.append((name, sum(known, ZERO) / len(known), figures))
    return found


def _share_reached(baseline: Figure | None, target: Figure | None, result: Figure | None) -> Fraction | None:
    if baseline is None or target is None or baseline.value == target.value:
        return None
    if result is None:
        return ZERO
    return max(ZERO, min(ONE, (baseline.value - result.value) / (baseline.value - target.value)))
