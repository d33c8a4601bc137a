"""附件1-3 filled in: the notice's merged table with points, subtotals and total, and beside it the reason of every row."""

from __future__ import annotations

from fractions import Fraction

from zcfdocs.catalogue import Catalogue, Group
from zcfdocs.catalogue import Row as Indicator
from zcfdocs.dossier import Dossier
from zcfdocs.figure import trimmed
from zcfdocs.manuscript.annexes import titled
from zcfdocs.manuscript.citing import named_for
from zcfdocs.manuscript.notation import ABSENT, points
from zcfdocs.manuscript.table import Cell, Row, Table, centred, head, heading, spans, text, value
from zcfdocs.scoring import PhaseScore
from zcfdocs.scoring.score import GroupScore, RowScore

Phases = tuple[PhaseScore, ...]


def summary(dossier: Dossier) -> Table:
    """Points by group and the total with its verdict."""
    catalogue, phases = dossier.catalogue, _phases(dossier)
    rows: list[Row] = []
    for index, group in enumerate(catalogue.groups):
        own = [phase.groups[index] for phase in phases]
        cells = [cell for item in own for cell in (value(points(item.points, group.points)), value(points(item.weighted)))]
        rows.append((text(group.label), value(percent_of(group.weight)), *cells))
    totals = [value(_total(phase, catalogue), cols=2) for phase in phases]
    verdicts = [centred(_verdict(phase, dossier), cols=2) for phase in phases]
    first = (head("一级指标", rows=2), head("权重", rows=2), *(head(phase.phase.label, cols=2) for phase in phases))
    second = tuple(head(title) for _ in phases for title in ("得分", "加权"))
    widths = (28, 12, *[60 // (2 * max(len(phases), 1))] * 2 * len(phases))
    closing = ((text(catalogue.total.label), value(catalogue.total.weight), *totals), (text("结论", cols=2), *verdicts))
    return Table("summary", "自评得分汇总", widths, (first, second), (tuple(rows), closing), _missing(phases))


def _phases(dossier: Dossier) -> Phases:
    return tuple(dossier.score.phases.values())


def percent_of(weight: Fraction) -> str:
    return f"{trimmed(weight * 100, 4)}%"


def _total(phase: PhaseScore, catalogue: Catalogue) -> str:
    return points(phase.total, catalogue.pass_line)


def _verdict(phase: PhaseScore, dossier: Dossier) -> str:
    line = trimmed(dossier.catalogue.pass_line, 4)
    reached = f"达到 {line} 分" if phase.passed else f"未达到 {line} 分"
    return f"{reached}，基本要求{'全部符合' if dossier.score.basic_requirements else '未全部符合'}"


def _missing(phases: Phases) -> str:
    told = [f"{phase.phase.label}：{'、'.join(phase.unmet_required)}" for phase in phases if phase.unmet_required]
    return f"未得分的必选指标——{'；'.join(told)}。" if told else ""


def scoring(dossier: Dossier) -> Table:
    """The eight columns of the notice, 得分 split by phase; merged as there: 一级指标, 二级指标, 权重, 符合性依据."""
    catalogue, phases = dossier.catalogue, _phases(dossier)
    groups = [_group(group, [phase.groups[index] for phase in phases], dossier) for index, group in enumerate(catalogue.groups)]
    columns = catalogue.columns
    first = tuple(
        head(title, cols=max(len(phases), 1)) if index == 6 else head(title, rows=2 if phases else 1) for index, title in enumerate(columns)
    )
    second = tuple(head(phase.phase.label) for phase in phases)
    widths = (8, 9, 38, 5, 5, 6, *[6] * len(phases), 30) if len(phases) < 3 else (7, 8, 41, 4, 4, 5, *[5] * len(phases), 26)
    whole = [value(_total(phase, catalogue)) for phase in phases]
    total = (text(catalogue.total.label, cols=5), centred(catalogue.total.weight), *whole, text("=各组得分×权重之和"))
    return Table("scoring", titled(catalogue.annexes.scoring), widths, (first, second) if phases else (first,), (*groups, (total,)))


def _group(group: Group, scores: list[GroupScore], dossier: Dossier) -> tuple[Row, ...]:
    indicators = [(sub.label, row) for sub in group.subs for row in sub.rows]
    whole = len(indicators)
    subs = spans(label for label, _ in indicators)
    proofs = spans(row.inherits or row.id for _, row in indicators)
    rows: list[Row] = []
    for index, (label, row) in enumerate(indicators):
        cells: list[Cell] = [] if index else [text(group.label, rows=whole + 1)]
        if subs[index]:
            cells.append(text(label, rows=subs[index]))
        cells += [text(row.display or row.text), centred(_kind(row, dossier.catalogue)), value(trimmed(row.points, 4))]
        if not index:
            cells.append(centred(percent_of(group.weight), rows=whole + 1))
        cells += [value(points(item.rows[index].points, row.points)) for item in scores]
        if proofs[index]:
            cells.append(text(dossier.catalogue.evidence_text(row), rows=proofs[index]))
        rows.append(tuple(cells))
    earned = [value(points(item.points, group.points)) for item in scores]
    weighted = "，".join(f"{phase.phase.label} {points(item.weighted)}" for phase, item in zip(_phases(dossier), scores, strict=True))
    rows.append((text("小计", cols=3), value(trimmed(group.points, 4)), *earned, text(f"加权得分：{weighted or ABSENT}")))
    return tuple(rows)


def _kind(row: Indicator, catalogue: Catalogue) -> str:
    return str(catalogue.kinds.get(row.kind, row.kind))


def reasons(dossier: Dossier) -> Table:
    """Row by row what it earns in each phase, why, and which evidence is named for it."""
    phases = _phases(dossier)
    groups = []
    for index, group in enumerate(dossier.catalogue.groups):
        rows = [_reason(row, [phase.groups[index].rows[place] for phase in phases], dossier) for place, row in enumerate(group.rows())]
        groups.append(tuple(rows))
    titles = [f"{phase.phase.label}得分及理由" for phase in phases]
    widths = (6, 15, *[54 // max(len(phases), 1)] * len(phases), 25)
    return Table("reasons", "各项得分理由与佐证材料", widths, heading("编号", "指标", *titles, "佐证材料"), tuple(groups))


def _reason(row: Indicator, scores: list[RowScore], dossier: Dossier) -> Row:
    told: list[Cell] = []
    for item in scores:
        why = item.because if item is scores[0] or item.because != scores[0].because else f"理由同{_phases(dossier)[0].phase.label}"
        told.append(text(f"{points(item.points, row.points)}/{trimmed(row.points, 4)}（{item.status_name}）", why))
    found = dossier.plan.answer(row.id)
    note = f"说明：{found[1].note}" if found and found[1].note else ""
    named = named_for(row, scores, dossier)
    return (centred(row.id), text(row.title), *told, text(*(named or (ABSENT,)), note))
