"""Indicators: every row of every catalogue with its requirement, how it is scored, and how the plans stand in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from zcfdocs.catalogue import Catalogue, Group, Note, Reading, Row, Rulebook
from zcfdocs.figure import exact, percent, trimmed
from zcfdocs.scorecard import Json
from zcfdocs.scoring.award import METRIC_NAMES
from zcfdocs.scoring.score import STATUS_NAMES
from zcfdocs.site.page import page
from zcfdocs.site.round import Round

PHASES = ("now", "target")
# Of a row's plans all are listed up to so many; of more the first, so that the page does not grow with the round.
MOST, FIRST = 200, 50
QUARTERS = 4
LACKING = Fraction(-1)
BENCHMARKS = {"standard": "国家、省、行业标准中的先进值", "industry": "行业先进水平", "quota": "取水定额"}
EVIDENCED = {
    "named": "现状和结果须至少有一份在填报日有效的佐证，否则该项计 0 分并标为“缺佐证”；目标是承诺，不要求佐证。",
    "plan": "试点方案本身即佐证。",
    "computed": "由填报的能源、产量和抵消数据计算，佐证随这些数据提供。",
    "benchmark": "标杆值须有有效的佐证，否则不计分；目标是承诺，不要求佐证。",
    "publication": "以公开发布证明为佐证。",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One plan in one row; the phases it lacks are absent."""

    plan: Json
    points: Mapping[str, Fraction]
    status: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Share:
    """How many plans stand somewhere in each phase, and how long their bar is on 0 to 100."""

    name: str
    plans: tuple[int, ...]
    at: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """How the plans stand in a row: how many are judged, the mean of their points and the part at full marks, by phase."""

    plans: dict[str, int]
    mean: dict[str, str | None]
    full: dict[str, str | None]


def pages(round_: Round) -> dict[str, str]:
    staged: dict[str, str] = {}
    listed = []
    for book in round_.books:
        found = entries(round_.of(book.catalogue), book.catalogue)
        standings = {row.id: standing(row, found[row.id]) for row in book.catalogue.rows()}
        listed.append({"book": book, "catalogue": book.catalogue, "standings": standings, "plans": len(round_.of(book.catalogue))})
        for group in book.catalogue.groups:
            for row in group.rows():
                values = _values(book, group, row, found[row.id], standings[row.id])
                told = f"{book.catalogue.title}指标 {row.id} {row.title}：要求、评分办法和各方案的得分"
                staged[f"indicators/{book.id}/{row.id}.md"] = page("indicator.html", f"{row.id} {row.title}", round_.preview, values, told)
    told = "各项指标的要求、分值和各方案达到的程度"
    return {"indicators/index.md": page("indicators.html", "指标", round_.preview, {"listed": listed}, told), **staged}


def entries(plans: Sequence[Json], catalogue: Catalogue) -> dict[str, list[Entry]]:
    """The plans of each row, in one pass over their facts."""
    found: dict[str, list[Entry]] = {row.id: [] for row in catalogue.rows()}
    for plan in plans:
        for row in plan["rows"]:
            if row["id"] in found:
                found[row["id"]].append(Entry(plan, {phase: Fraction(points) for phase, points in row["points"].items()}, row["status"]))
    return found


def standing(row: Row, found: Sequence[Entry]) -> Standing:
    points = {phase: [entry.points[phase] for entry in found if phase in entry.points] for phase in PHASES}
    return Standing(
        {phase: len(earned) for phase, earned in points.items()},
        {phase: exact(sum(earned, Fraction(0)) / len(earned)) if earned else None for phase, earned in points.items()},
        {phase: exact(Fraction(earned.count(row.points), len(earned))) if earned else None for phase, earned in points.items()},
    )


def _values(book: Rulebook, group: Group, row: Row, found: Sequence[Entry], stands: Standing) -> dict[str, Any]:
    ranked = sorted(found, key=_rank, reverse=True)
    readings, notes = concerning(book.catalogue, row)
    return {
        "book": book,
        "catalogue": book.catalogue,
        "group": group,
        "row": row,
        "weight": percent(group.weight, 0),
        "weighted": trimmed(row.points * group.weight, 4),
        "evidence": book.catalogue.evidence_text(row),
        "how": list(how(book, row)),
        "readings": readings,
        "notes": notes,
        "standing": stands,
        "statuses": shares(STATUS_NAMES, found, lambda entry, phase: entry.status[phase]),
        "spread": shares(bands(row), found, lambda entry, phase: band(entry.points[phase], row)),
        "ranked": ranked if len(ranked) <= MOST else ranked[:FIRST],
        "plans": len(ranked),
        "names": STATUS_NAMES,
    }


def _rank(entry: Entry) -> tuple[Fraction, ...]:
    """Points now, then as a target; a phase the plan lacks comes last."""
    return tuple(entry.points.get(phase, LACKING) for phase in PHASES)


def shares(names: Mapping[Any, str], found: Sequence[Entry], told: Callable[[Entry, str], Any]) -> list[Share]:
    """How many plans stand under each name; `told` says under which an entry stands in a phase."""
    numbers = [Counter(told(entry, phase) for entry in found if phase in entry.points) for phase in PHASES]
    return [
        Share(name, tuple(number[key] for number in numbers), tuple(_part(number[key], number.total()) for number in numbers))
        for key, name in names.items()
    ]


def _part(number: int, of: int) -> str:
    return trimmed(Fraction(100 * number, of), 1) if of else "0"


def bands(row: Row) -> dict[int, str]:
    """Nothing, the quarters between, full marks."""
    ends = [trimmed(row.points * quarter / QUARTERS, 4) for quarter in range(QUARTERS + 1)]
    between = {quarter + 1: f"{ends[quarter]} 分至不到 {ends[quarter + 1]} 分" for quarter in range(1, QUARTERS)}
    return {0: "0 分", 1: f"0 分以上至不到 {ends[1]} 分", **between, QUARTERS + 1: f"{ends[QUARTERS]} 分（满分）"}


def band(points: Fraction, row: Row) -> int:
    return 1 + int(QUARTERS * points / row.points) if points else 0


def concerning(catalogue: Catalogue, row: Row) -> tuple[list[Reading], list[Note]]:
    """The readings and notes whose clause names the row, or the heading it stands under."""
    heads = [sub.id for group in catalogue.groups for sub in group.subs if row in sub.rows]
    named = re.compile("|".join(rf"(?<![\w.]){re.escape(head)}(?![\w.])" for head in (row.id, *heads)))
    return (
        [reading for reading in catalogue.readings.values() if named.search(reading.clause)],
        [note for note in catalogue.notes if named.search(note.where)],
    )


def how(book: Rulebook, row: Row) -> Iterator[str]:
    """The row's rule and its numbers in words, then what is asked for evidence."""
    yield from RULES_TOLD[row.rule["name"]](book, row, book.parameters[row.id])
    yield EVIDENCED[row.evidenced_by]
    if row.not_applicable:
        full = book.catalogue.reading("not_applicable") != "renormalise"
        yield f"确实不适用的可填不适用，须说明理由并有佐证，{'按满分计' if full else '该项从本组满分中剔除，其余各项折算'}。"


def _attested(_: Rulebook, row: Row, __: Any) -> Iterator[str]:
    yield f"按满足程度得分：{_points(row)} × 已满足的数量 ÷ 应满足的数量，数量由企业在方案中逐项填写；目标没有另填的按现状。"


def _per_item(_: Rulebook, row: Row, parameters: Any) -> Iterator[str]:
    yield f"每取得一个目录所列的称号得 {trimmed(parameters.step, 4)} 分，同一称号只计一次，最多 {_points(row)}；自己附有佐证的称号按自己的佐证认定。"


def _published(_: Rulebook, row: Row, __: Any) -> Iterator[str]:
    yield f"方案已对外发布并有有效的发布证明，得 {_points(row)}，否则不得分；目标一律按对外发布计。"


def _share(book: Rulebook, row: Row, parameters: Any) -> Iterator[str]:
    name, floor = METRIC_NAMES[parameters.of], parameters.at_least if parameters.at_least is not None else parameters.above or Fraction(0)
    start = percent(floor, 2, short=True)
    least = f"不低于 {start}" if parameters.at_least is not None else f"高于 {start}"
    if book.catalogue.reading("prorata") == "linear_from_floor":
        yield f"{name}{least}的，得分 = {_points(row)} ×（{name} − {start}）÷（100% − {start}），100% 得满分；否则不得分。"
    else:
        yield f"{name}{least}的，得分 = {_points(row)} × {name}，100% 得满分；否则不得分。"


def _declining(_: Rulebook, row: Row, parameters: Any) -> Iterator[str]:
    yield f"比较该年和此前最近两个实际年份：每种产品的{METRIC_NAMES[parameters.of]}都逐年下降，得 {_points(row)}，否则不得分。"
    yield "按没有取位的数比较，持平不算下降；不足三年的不得分。"


def _better_than(_: Rulebook, row: Row, parameters: Any) -> Iterator[str]:
    name = METRIC_NAMES[parameters.of]
    words = [f"{BENCHMARKS[kind]}（{'达到即可，≤' if kind in parameters.inclusive else '须优于，<'}）" for kind in parameters.kinds]
    yield f"{name}与方案所填的标杆值比较，标杆值可用：{'、'.join(words)}。"
    yield f"有几种产品的，得分 = {_points(row)} × 达到的产品数 ÷ 产品数；没有标杆值的产品按没有达到计。"


def _achieved(_: Rulebook, row: Row, parameters: Any) -> Iterator[str]:
    names = "、".join(METRIC_NAMES[name] for name in parameters.of)
    yield f"效果评价时，得分 = {_points(row)} × 各项承诺指标落实程度的平均值；指标为{names}，没有承诺变化的不计。"
    yield "落实程度 =（基准年 − 结果）÷（基准年 − 目标），限于 0 到 100%。效果评价前按企业自评的满足程度计，标为“暂定”。"


RULES_TOLD: dict[str, Callable[[Rulebook, Row, Any], Iterator[str]]] = {
    "attested": _attested,
    "per_item": _per_item,
    "published": _published,
    "share": _share,
    "declining": _declining,
    "better_than": _better_than,
    "achieved": _achieved,
}


def _points(row: Row) -> str:
    return f"{trimmed(row.points, 4)} 分"
