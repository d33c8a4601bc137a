"""专家打分表: the notice's rows with an empty column for the expert; filled, the self-score and the evidence's pages stand beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zcfdocs.bureau.paper import about, table, version
from zcfdocs.catalogue import Group
from zcfdocs.catalogue import Row as Indicator
from zcfdocs.dossier import Dossier
from zcfdocs.figure import trimmed
from zcfdocs.manuscript.citing import COMPUTED, OWN, keys_for
from zcfdocs.manuscript.manuscript import Manuscript
from zcfdocs.manuscript.notation import points
from zcfdocs.manuscript.parts import fill
from zcfdocs.manuscript.scoresheet import percent_of
from zcfdocs.manuscript.table import Cell, Row, Table, centred, head, text, value
from zcfdocs.scoring.score import GroupScore, RowScore

BLANK, FILLED = "专家打分表（空白）", "专家打分表（附自评）"
PRINTED = {"plan": OWN, "computed": COMPUTED}


def sheet(dossier: Dossier, filled: bool) -> Manuscript:
    """Landscape, in the order of 附件1-3, with a total and a line to sign."""
    name = FILLED if filled else BLANK
    content = fill(
        "scores.html.j2",
        title="专家打分表",
        lead=f"企业名称：{dossier.plan.factory.applicant_name}　　所在区：{dossier.district_name}　　{version(dossier)}",
        table=table(_table(dossier, filled)),
    )
    return about(name, "专家打分表", dossier, [("wide", content)])


def _table(dossier: Dossier, filled: bool) -> Table:
    phases = list(dossier.score.phases.values()) if filled else []
    columns = dossier.catalogue.columns
    own = [head(f"自评（{phase.phase.label}）") for phase in phases]
    titles = (
        *(head(title) for title in columns[1:5]),
        *own,
        *([head("佐证材料（册内页码）")] if filled else []),
        head("专家评分"),
        head("评分理由"),
    )
    widths = (11, 36, 5, 5, *[6] * len(phases), 22, 7, 12) if filled else (12, 52, 6, 6, 8, 16)
    groups = [
        part
        for index, group in enumerate(dossier.catalogue.groups)
        for part in _group(group, [phase.groups[index] for phase in phases], dossier, filled, len(widths))
    ]
    totals = [value(points(phase.total, dossier.catalogue.pass_line)) for phase in phases]
    total = (text(f"{dossier.catalogue.total.label}（各组得分乘以权重之和）", cols=4), *totals, *_blank(filled))
    return Table("expert", "", widths, (titles,), (*groups, (total,)))


def _group(group: Group, scores: Sequence[GroupScore], dossier: Dossier, filled: bool, width: int) -> Iterator[tuple[Row, ...]]:
    """A line with the group's name before its rows, which stay together by 二级指标, and its sum after them."""
    title = text(f"{group.label}（{trimmed(group.points, 4)} 分，权重 {percent_of(group.weight)}）", cols=width)
    place = 0
    for number, sub in enumerate(group.subs):
        rows: list[Row] = [] if number else [(title,)]
        for index, row in enumerate(sub.rows):
            label = () if index else (text(sub.label, rows=len(sub.rows)),)
            own = [score.rows[place] for score in scores]
            kind = dossier.catalogue.kinds.get(row.kind, row.kind)
            cells = (*label, text(row.display or row.text), centred(kind), value(trimmed(row.points, 4)))
            earned = [value(points(item.points, row.points)) for item in own]
            named = [text("；".join(_evidence(row, own, dossier)))] if filled else []
            rows.append((*cells, *earned, *named, text(""), text("")))
            place += 1
        yield tuple(rows)
    sums = [value(points(score.points, group.points)) for score in scores]
    yield ((text("小计", cols=3), value(trimmed(group.points, 4)), *sums, *_blank(filled)),)


def _blank(filled: bool) -> list[Cell]:
    """Room for the expert, and nothing in the column of evidence."""
    return [text("")] * (3 if filled else 2)


def _evidence(row: Indicator, scores: Sequence[RowScore], dossier: Dossier) -> list[str]:
    """Each piece of evidence with its pages in the volume."""
    titles = {item.id: item.title for item in dossier.plan.evidence}
    pages = {found.id: found.span or "未装订" for found in dossier.bound}
    lead = [PRINTED[row.evidenced_by]] if row.evidenced_by in PRINTED else []
    return lead + [f"{titles[key]}（{pages.get(key, '未装订')}）" for key in keys_for(row, scores, dossier) if key in titles]
