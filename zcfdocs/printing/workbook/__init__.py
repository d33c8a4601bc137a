"""计算表.xlsx: the figures of the plan with live formulas, units, factors and sources."""

from __future__ import annotations

from collections.abc import Iterator

from zcfdocs.dossier import Dossier
from zcfdocs.manuscript.notation import day
from zcfdocs.plan import METRICS
from zcfdocs.printing.workbook.factors import factors
from zcfdocs.printing.workbook.formula import Places
from zcfdocs.printing.workbook.front import front
from zcfdocs.printing.workbook.inputs import inputs
from zcfdocs.printing.workbook.intensity import Verdicts, intensity
from zcfdocs.printing.workbook.projects import projects
from zcfdocs.printing.workbook.promises import promises
from zcfdocs.printing.workbook.savings import replaced, savings
from zcfdocs.printing.workbook.scores import Elsewhere, working
from zcfdocs.printing.workbook.scoresheet import scoresheet
from zcfdocs.printing.workbook.sheet import FIRST, Ref, Sheet
from zcfdocs.printing.workbook.topics import emissions, energy, offsets
from zcfdocs.printing.workbook.writing import About, write

__all__ = ["print_workbook"]

NAMED = {"tce": "综合能耗", "emissions": "排放总量", "offsets": "碳抵消量", "offset_ratio": "抵消比例", "renewable_share": "可再生电力占比"}
YEARS = {"actual": "实际", "target": "目标", "result": "结果"}
KINDS = {"actual": "", "target": "_目标", "result": "_结果"}


def print_workbook(dossier: Dossier) -> bytes:
    """The same bytes for the same dossier."""
    plan, card = dossier.plan, dossier.card
    about = About(
        f"{plan.factory.applicant_name}计算表",
        plan.factory.applicant_name,
        dossier.catalogue.title,
        f"方案 {card['plan']['digest']}；提交 {card['source']['commit'] or '无'}；目录 {card['catalogue']['digest']}",
        plan.as_of,
    )
    return write(sheets(dossier), about)


def sheets(dossier: Dossier) -> tuple[Sheet, ...]:
    """Inputs and factors first, as all others refer to them; a reader finds the result first."""
    places, verdicts = Places(), Verdicts()
    note = f"{dossier.plan.factory.applicant_name}　填报日：{day(dossier.plan.as_of)}"
    heads = _heads(dossier)
    given = inputs(dossier, heads, note, places)
    replacing = replaced(dossier)
    sourced, benchmarks = factors(dossier, note, places, [figure for item in replacing for figure in item.figures])
    topics = [energy(dossier, heads, note, places), emissions(dossier, heads, note, places)]
    topics += [intensity(metric, dossier, heads, note, places, benchmarks, verdicts) for metric in METRICS]
    topics.append(offsets(dossier, heads, note, places))
    table, promised = projects(dossier, note)
    topics.append(table)
    if replacing:
        topics.append(savings(dossier, note, replacing, places, promised))
    reached, kept = promises(dossier, note, places)
    if reached:
        topics.append(reached)
    steps, rows = working(dossier, note, Elsewhere(places, verdicts, kept))
    result = scoresheet(dossier, note, rows)
    result.names |= dict(_names(dossier, places, result.names))
    after = (result, given, sourced, *topics, steps)
    return (front(dossier, after), *after)


def _heads(dossier: Dossier) -> tuple[str, ...]:
    """The years, each with what it is in the plan."""
    now = dossier.account("now")
    return tuple(f"{account.year}年\n（{'基准年' if account is now else YEARS[account.kind]}）" for account in dossier.accounts)


def _names(dossier: Dossier, places: Places, taken: dict[str, Ref]) -> Iterator[tuple[str, Ref]]:
    """Names for the figures a reader looks for, by year; the first of two years of one kind has it."""
    met = set(taken)
    for account in dossier.accounts:
        for key, title in NAMED.items():
            name = f"{title}_{account.year}{KINDS[account.kind]}"
            ref = places.results.get((FIRST + account.index, account.metric(key)))
            if ref is not None and name not in met:
                met.add(name)
                yield name, ref
