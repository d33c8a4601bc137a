"""评审汇总表: points computed from the plan, those of district, city and each expert, side by side; then what is asked of the factory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from zcfdocs.bureau.paper import about, beside, short, table, version
from zcfdocs.bureau.scores import judged
from zcfdocs.dossier import Dossier
from zcfdocs.figure import trimmed
from zcfdocs.manuscript.annexes import VERDICTS
from zcfdocs.manuscript.manuscript import Manuscript
from zcfdocs.manuscript.notation import day, points
from zcfdocs.manuscript.parts import fill
from zcfdocs.manuscript.scoresheet import percent_of
from zcfdocs.manuscript.table import Cell, Row, Table, centred, heading, text, value
from zcfdocs.reviews import AGES, ROLES, Beside, Heard, Mark, Opinions, PhaseOpinions, Reviews, Spread, Sum, Voice, spread
from zcfdocs.scoring.phase import PHASES
from zcfdocs.scoring.score import GroupScore

NAME = "评审汇总表"
OFFICES = (Voice("district"), Voice("city"))
MOST_EXPERTS = 5  # more have no column of their own: their points stand among the reasons
SIGNS = {True: "*", None: "?", False: ""}
SAID = "带 * 的得分针对方案较早的版本，带 ? 的没有注明所审版本。"
APART = "评审意见与自评得分并列，不改变自评得分；平均、最低、最高只计专家；没有评完全部指标的，总分处写已评的项数。"


@dataclass(frozen=True, slots=True)
class Columns:
    """What each voice is called, and which have a column of their own."""

    names: Mapping[Voice, str]
    shown: tuple[Voice, ...]


def summary(dossier: Dossier, reviews: Reviews) -> Manuscript:
    """Landscape; the phase to be judged and every other that somebody gave points to. Blank where nobody said anything yet."""
    found = beside(dossier, reviews)
    experts = [voice for voice in found.voices if voice.role == "expert"]
    names = {voice: ROLES[voice.role] for voice in OFFICES} | {voice: f"专家{number}" for number, voice in enumerate(experts, 1)}
    phases = [phase for name, phase in found.phases.items() if name == judged(dossier) or phase.sums]
    tables = (
        _reviews(found, names),
        *(_points(phase, names, dossier) for phase in phases),
        _basic(found, names, dossier),
        _requests(found, names),
    )
    content = fill(
        "summary.html.j2",
        title=NAME,
        lead=f"企业名称：{dossier.plan.factory.applicant_name}　　所在区：{dossier.district_name}　　{version(dossier)}　　内部资料，不对外",
        tables=[table(made) for made in tables if made is not None],
    )
    return about(NAME, NAME, dossier, [("wide", content)])


def _reviews(found: Opinions, names: Mapping[Voice, str]) -> Table | None:
    """Who judged what version, when, and what was decided."""
    rows: tuple[Row, ...] = tuple(
        (
            centred(names[each.voice]),
            text(each.review.reviewer or ""),
            centred(day(each.review.date)),
            text(each.review.decided),
            text(_version(each)),
            text(_counts(each)),
        )
        for each in found.heard
    )
    titles = heading("评审方", "评审人", "日期", "意见", "所审版本", "评分")
    return Table("judged", "评审情况", (9, 18, 14, 16, 25, 18), titles, (rows,)) if rows else None


def _version(each: Heard) -> str:
    return f"{AGES[True]}（{short(each.review.digest or '')}）" if each.older else AGES[each.older] or "本版"


def _counts(each: Heard) -> str:
    counts = {name: sum(row.phase == key for row in each.rows) for key, name in PHASES.items()}
    return "，".join(f"{name} {count} 项" for name, count in counts.items() if count)


def _points(phase: PhaseOpinions, names: Mapping[Voice, str], dossier: Dossier) -> Table:
    """All rows of one phase with subtotals and total."""
    experts = [voice for voice in phase.voices if voice.role == "expert"]
    columns = Columns(names, (*OFFICES, *(experts if len(experts) <= MOST_EXPERTS else ())))
    own = [names[voice] for voice in columns.shown]
    titles = heading("编号", "指标", "满分", "自评", *own, "平均", "最低", "最高", "评分理由")
    lead = (6, 17, 5, *[6] * (len(own) + 4)) if len(own) < 5 else (5, 15, 4, *[5] * (len(own) + 4))
    groups = [part for index, group in enumerate(phase.own.groups) for part in _group(index, group, phase, columns)]
    line = dossier.catalogue.pass_line
    total = (
        text(f"{dossier.catalogue.total.label}（各组得分乘以权重之和）", cols=3),
        value(points(phase.own.total, line)),
        *_sums(phase, columns, lambda item: item.total, line, counted=True),
        *_spread(phase.experts, line),
        text(""),
    )
    caption = f"评分汇总（{phase.own.phase.label} {phase.own.phase.account.year} 年）"
    aged = any(item.older is not False for item in phase.sums)
    note = f"{APART}{SAID if aged else ''}"
    return Table("expert", caption, (*lead, 100 - sum(lead)), titles, (*groups, (total,)), note)


def _group(index: int, group: GroupScore, phase: PhaseOpinions, columns: Columns) -> Iterator[tuple[Row, ...]]:
    """A line with the group's name before its rows, which stay together by 二级指标, and its sum after them."""
    said = {item.row.id: item for item in phase.rows}
    most = group.group.points
    label = f"{group.group.label}（{trimmed(most, 4)} 分，权重 {percent_of(group.group.weight)}）"
    for number, sub in enumerate(group.group.subs):
        title = () if number else ((text(label, cols=len(columns.shown) + 8),),)
        yield (*title, *(_row(said[row.id], columns) for row in sub.rows))
    whole = spread(given for item in phase.sums if item.voice.role == "expert" and (given := item.groups[index]) is not None)
    sums = _sums(phase, columns, lambda item: item.groups[index], most)
    yield ((text("小计", cols=2), value(trimmed(most, 4)), value(points(group.points, most)), *sums, *_spread(whole, most), text("")),)


def _row(item: Beside, columns: Columns) -> Row:
    most = item.row.points
    marks = {mark.voice: mark for mark in item.marks}
    given = [value(_given(marks[voice], most)) if voice in marks else text("") for voice in columns.shown]
    unseen = [f"{columns.names[mark.voice]} {_given(mark, most)}" for mark in item.marks if mark.voice not in columns.shown]
    told = [f"{columns.names[mark.voice]}：{mark.reason}" for mark in item.marks if mark.reason]
    lead = (centred(item.row.id), text(item.row.title), value(trimmed(most, 4)), value(points(item.own.points, most)))
    return (*lead, *given, *_spread(item.experts, most), text("，".join(unseen), *told))


def _given(mark: Mark, most: Fraction) -> str:
    return points(mark.points, most) + SIGNS[mark.older]


def _sums(
    phase: PhaseOpinions, columns: Columns, pick: Callable[[Sum], Fraction | None], most: Fraction, counted: bool = False
) -> list[Cell]:
    """A sum where all of its rows were scored: a part of one would be read as the whole. `counted`: else how many were."""
    found = {item.voice: item for item in phase.sums}
    return [_sum(found[voice], pick(found[voice]), most, counted) if voice in found else text("") for voice in columns.shown]


def _sum(found: Sum, whole: Fraction | None, most: Fraction, counted: bool) -> Cell:
    if whole is None:
        return centred(f"{found.scored}/{found.rows}项") if counted else text("")
    return value(points(whole, most) + SIGNS[found.older])


def _spread(found: Spread | None, most: Fraction) -> tuple[Cell, Cell, Cell]:
    if found is None:
        return text(""), text(""), text("")
    return value(points(found.mean, most)), value(points(found.lowest, most)), value(points(found.highest, most))


def _basic(found: Opinions, names: Mapping[Voice, str], dossier: Dossier) -> Table | None:
    """基本要求 as far as anybody judged them."""
    answers = {item.id: item for item in dossier.plan.basic_requirements}
    rows: list[Row] = []
    for asked in dossier.catalogue.basic_requirements:
        held, why = dossier.score.requirements[asked.id]
        own = VERDICTS[answers[asked.id].met] if asked.id in answers and held else why
        rows += [
            (text(asked.text), centred(own), centred(names[each.voice]), centred("符合" if item.met else "不符合"), text(item.reason or ""))
            for each in found.heard
            for item in each.review.basic
            if item.id == asked.id
        ]
    titles = heading("基本要求", "企业自评", "评审方", "意见", "理由")
    return Table("judged", "基本要求评审意见", (44, 12, 10, 10, 24), titles, (tuple(rows),)) if rows else None


def _requests(found: Opinions, names: Mapping[Voice, str]) -> Table | None:
    """What the factory is asked to mend, and until when."""
    asked = [(names[each.voice], item) for each in found.heard for item in each.review.requests]
    rows: tuple[Row, ...] = tuple(
        (centred(str(number)), centred(name), centred(item.row or ""), text(item.text), centred(f"{day(item.due)}前" if item.due else ""))
        for number, (name, item) in enumerate(asked, 1)
    )
    titles = heading("序号", "评审方", "指标", "要求", "期限")
    return Table("judged", "补正要求", (7, 11, 10, 54, 18), titles, (rows,)) if rows else None
