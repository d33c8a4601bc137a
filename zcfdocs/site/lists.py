"""What lists of plans show of each, and the counts over all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from zcfdocs.dossier import Dossier
from zcfdocs.figure import trimmed


def summary(dossier: Dossier) -> dict[str, Any]:
    """One line of the list: who, where, which industry, which stage, the scores against the pass line."""
    factory, stage = dossier.plan.factory, dossier.catalogue.stage(dossier.plan.stage)
    return {
        "key": dossier.key,
        "name": factory.name,
        "district": dossier.district_name,
        "industry": factory.industry,
        "stage": stage.name if stage else dossier.plan.stage,
        "errors": dossier.card["findings"]["error"],
        "pass_line": trimmed(dossier.catalogue.pass_line, 2),
        "scores": {name: verdict(dossier, name) for name in dossier.card["phases"]},
    }


def verdict(dossier: Dossier, phase: str) -> dict[str, Any]:
    """A phase's score as it is shown; `word` says the same as the colour does."""
    card = dossier.card["phases"][phase]
    word = "达线" if card["eligible"] else "基本要求不符合" if card["passed"] else "未达线"
    return {"display": card["display"], "eligible": card["eligible"], "word": word, "unmet": card["unmet_required"]}


def counted(dossiers: Sequence[Dossier]) -> dict[str, Any]:
    """How many plans there are, reach the pass line, and stand in each stage and district, in the catalogue's order."""
    lines = [summary(dossier) for dossier in dossiers]
    stages = Counter(line["stage"] for line in lines)
    districts = Counter(line["district"] for line in lines)
    order = {name: place for dossier in dossiers for place, name in enumerate([item.name for item in dossier.catalogue.stages])}
    areas = {name: place for dossier in dossiers for place, name in enumerate([item.name for item in dossier.catalogue.districts])}
    return {
        "plans": len(lines),
        "eligible": {
            phase: sum(line["scores"][phase]["eligible"] for line in lines if phase in line["scores"]) for phase in ("now", "target")
        },
        "stages": sorted(stages.items(), key=lambda item: order.get(item[0], len(order))),
        "districts": sorted(districts.items(), key=lambda item: areas.get(item[0], len(areas))),
    }
