"""Which evidence is named where: from each item to the places that name it, and from a scoring row to its items."""

from __future__ import annotations

from collections.abc import Iterable

from zcfdocs.catalogue import Row
from zcfdocs.dossier import Dossier
from zcfdocs.finding import Route
from zcfdocs.plan import Plan
from zcfdocs.scoring.score import RowScore

COMPUTED = "本方案核算数据及各计算表"
OWN = "本试点方案"


def keys_for(row: Row, scores: Iterable[RowScore], dossier: Dossier) -> tuple[str, ...]:
    """Ids of the evidence a row rests on: what its answer names and what the data it uses names."""
    used = {route for score in scores for route in score.used}
    if (found := dossier.plan.answer(row.id)) is not None:
        used.add(("indicators", found[0]))
    return tuple(dict.fromkeys(key for route, key in dossier.plan.citations if any(_meets(route, place) for place in used)))


def named_for(row: Row, scores: Iterable[RowScore], dossier: Dossier) -> tuple[str, ...]:
    """Titles of that evidence, after what the plan itself proves."""
    titles = {item.id: item.title for item in dossier.plan.evidence}
    lead = {"plan": (OWN,), "computed": (COMPUTED,)}.get(row.evidenced_by, ())
    return (*lead, *(titles[key] for key in keys_for(row, scores, dossier) if key in titles))


def _meets(first: Route, second: Route) -> bool:
    shared = min(len(first), len(second))
    return bool(shared) and first[:shared] == second[:shared]


def places(dossier: Dossier) -> dict[str, tuple[str, ...]]:
    """For each evidence id the entries that name it, as a reader finds them in the document."""
    found: dict[str, dict[str, None]] = {}
    for route, key in dossier.plan.citations:
        found.setdefault(key, {})[_place(route, dossier.plan)] = None
    return {key: tuple(names) for key, names in found.items()}


def _place(route: Route, plan: Plan) -> str:
    area, index = route[0], route[1] if len(route) > 1 else 0
    if not isinstance(index, int):
        return str(area)
    if area == "indicators":
        return str(plan.indicators[index].id)
    if area == "years":
        return f"{plan.years[index].year}年{YEAR_PARTS.get(str(route[2]), '数据')}"
    if area == "projects":
        return f"重点项目{index + 1}"
    if area == "basic_requirements":
        return f"基本要求{plan.basic_requirements[index].id}"
    if area == "conditions":
        return f"申报基本条件{plan.conditions[index].id}"
    return AREAS.get(str(area), str(area))


YEAR_PARTS = {"offsets": "碳抵消", "energy": "能源", "process": "过程排放"}
AREAS = {"benchmarks": "对标值", "diagnosis": "节能降碳诊断", "publication": "公开发布"}
