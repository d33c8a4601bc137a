"""专家打分表: the notice's rows with an empty column for the expert; filled, the self-score and the evidence's pages stand beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zcfdocs.bureau.paper import about, beside, between, table, version
from zcfdocs.catalogue import Group
from zcfdocs.catalogue import Row as Indicator
from zcfdocs.dossier import Dossier
from zcfdocs.figure import trimmed
from zcfdocs.manuscript.citing import COMPUTED, OWN, keys_for
from zcfdocs.manuscript.manuscript import Manuscript
from zcfdocs.manuscript.notation import points
from zcfdocs.manuscript.parts import fill
from zcfdocs.manuscript.scoresheet import percent_of
from zcfdocs.manuscript.table import Cell, Row, Table, broken, centred, head, text, value
from zcfdocs.reviews import AGES, NO_REVIEWS, Opinions, Reviews, Voice
from zcfdocs.scoring.phase import PHASES
from zcfdocs.scoring.score import GroupScore, RowScore

BLANK, FILLED = "专家打分表（空白）", "专家打分表（附自评）"
PRINTED = {"plan": OWN, "computed": COMPUTED}


def sheet(dossier: Dossier, filled: bool, reviews: Reviews = NO_REVIEWS) -> Manuscript:
    """Landscape, in the order of 附件1-3, with a total and a line to sign; filled, with what experts have already said."""
    name = FILLED if filled else BLANK
    content = fill(
        "scores.html.j2",
        title="专家打分表",
        lead=f"企业名称：{dossier.plan.factory.applicant_name}　　所在区：{dossier.district_name}　　{version(dossier)}",
        table=table(_table(dossier, filled, reviews)),
    )
    return about(name, "专家打分表", dossier, [("wide", content)])


def judged(dossier: Dossier) -> str:
    """The phase an expert gives points to: what there is, and once the pilot is over what was reached."""
    return "result" if "result" in dossier.score.phases else "now"


def _table(dossier: Dossier, filled: bool, reviews: Reviews) -> Table:
    phases = list(dossier.score.phases.values()) if filled else []
    found = beside(dossier, reviews if filled else NO_REVIEWS)
    sub, *asked = dossier.catalogue.columns[1:5]
    own = [head(*broken(f"自评（{phase.phase.label}）")) for phase in phases]
    titles = (
        head(sub),
        head("编号"),
        *map(head, asked),
        *own,
        *([head("佐证材料（册内页码）")] if filled else []),
        head(*broken(f"专家评分（{PHASES[judged(dossier)]}）")),
        head("评分理由"),
    )
    widths = _widths(len(phases), len(_experts(found)) > 1) if filled else (12, 6, 47, 6, 6, 8, 15)
    groups = [
        part
        for index, group in enumerate(dossier.catalogue.groups)
        for part in _group(group, [phase.groups[index] for phase in phases], dossier, filled, found, len(widths))
    ]
    totals = [value(points(phase.total, dossier.catalogue.pass_line)) for phase in phases]
    total = (text(f"{dossier.catalogue.total.label}（各组得分乘以权重之和）", cols=5), *totals, *_blank(filled))
    return Table("expert", "", widths, (titles,), (*groups, (total,)), _ages(found))


def _widths(phases: int, several: bool) -> tuple[int, ...]:
    """`several` experts have their names beside their points."""
    lead, closing = ((10, 6, 31, 5, 5), (20, 8, 12)) if phases < 3 else ((9, 6, 27, 4, 4), (17, 8, 12))
    if several:
        lead, closing = (*lead[:2], lead[2] - 3, *lead[3:]), (closing[0] - 5, closing[1] + 5, closing[2] + 3)
    return (*lead, *[7] * phases, *closing)


def _group(
    group: Group, scores: Sequence[GroupScore], dossier: Dossier, filled: bool, found: Opinions, width: int
) -> Iterator[tuple[Row, ...]]:
    """A line with the group's name before its rows, which stay together by 二级指标, and its sum after them."""
    title = text(f"{group.label}（{trimmed(group.points, 4)} 分，权重 {percent_of(group.weight)}）", cols=width)
    place = 0
    for number, sub in enumerate(group.subs):
        rows: list[Row] = [] if number else [(title,)]
        for index, row in enumerate(sub.rows):
            label = () if index else (text(sub.label, rows=len(sub.rows)),)
            own = [score.rows[place] for score in scores]
            kind = dossier.catalogue.kinds.get(row.kind, row.kind)
            cells = (*label, centred(row.id), text(row.display or row.text), centred(kind), value(trimmed(row.points, 4)))
            earned = [value(points(item.points, row.points)) for item in own]
            named = [text("；".join(_evidence(row, own, dossier)))] if filled else []
            rows.append((*cells, *earned, *named, *_said(row, found, judged(dossier))))
            place += 1
        yield tuple(rows)
    sums = [value(points(score.points, group.points)) for score in scores]
    yield ((text("小计", cols=4), value(trimmed(group.points, 4)), *sums, *_blank(filled)),)


def _said(row: Indicator, found: Opinions, phase: str) -> tuple[Cell, Cell]:
    """Points and reasons of the experts, each with its name where there are several; points for another phase name it."""
    several = len(_experts(found)) > 1
    given: list[str] = []
    reasons: list[str] = []
    for key, judged_in in sorted(found.phases.items(), key=lambda item: item[0] != phase):
        said = next(item for item in judged_in.rows if item.row.id == row.id)
        for mark in (mark for mark in said.marks if mark.voice.role == "expert"):
            name = f"{mark.reviewer}：" if mark.reviewer and several else ""
            told = points(mark.points, row.points)
            if key == phase:
                given.append(f"{name}{told}")
                reasons += [f"{name}{mark.reason}"] if mark.reason else []
            else:
                reasons.append(f"{name}{PHASES[key]} {told} 分{f'，{mark.reason}' if mark.reason else ''}")
        if key == phase and said.experts and said.experts.count > 1:
            given += broken(between(said.experts, row.points))
    return text(*given) if several else value(*given), text(*reasons)


def _experts(found: Opinions) -> list[Voice]:
    return [voice for voice in found.voices if voice.role == "expert"]


def _ages(found: Opinions) -> str:
    """Whose points are not of this version, or do not say of which."""
    aged = [each for each in found.heard if each.voice.role == "expert" and each.older is not False]
    told = [f"{each.review.who}的评分{'针对方案' if each.older else ''}{AGES[each.older]}" for each in aged]
    return f"{'；'.join(dict.fromkeys(told))}。" if told else ""


def _blank(filled: bool) -> list[Cell]:
    """Room for the expert, and nothing in the column of evidence."""
    return [text("")] * (3 if filled else 2)


def _evidence(row: Indicator, scores: Sequence[RowScore], dossier: Dossier) -> list[str]:
    """Each piece of evidence with its pages in the volume."""
    titles = {item.id: item.title for item in dossier.plan.evidence}
    pages = {found.id: found.span or "未装订" for found in dossier.bound}
    lead = [PRINTED[row.evidenced_by]] if row.evidenced_by in PRINTED else []
    return lead + [f"{titles[key]}（{pages.get(key, '未装订')}）" for key in keys_for(row, scores, dossier) if key in titles]
