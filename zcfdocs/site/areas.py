"""Districts: how the plans of each stand together, and a page for each that has any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zcfdocs.scorecard import Json
from zcfdocs.site.listing import Choice, Total, districts, promised, reached, stages, table, yearly
from zcfdocs.site.page import page
from zcfdocs.site.round import Round


@dataclass(frozen=True, slots=True)
class Area:
    """`named`: the catalogue knows the district, so it has a page; a draft may name one that does not exist."""

    district: Choice
    named: bool
    now: int
    target: int
    emissions: Total
    emissions_then: Total
    energy: Total
    co2: Total


def pages(round_: Round) -> dict[str, str]:
    known = {district.key for district in round_.districts}
    found = {
        choice.key: [plan for plan in round_.living if plan["district"]["key"] == choice.key] for choice in districts(round_, round_.living)
    }
    areas = [_area(choice, choice.key in known, found[choice.key]) for choice in districts(round_, round_.living)]
    without = [district.name for district in round_.districts if district.key not in found]
    told = "各辖区的试点方案数、达线情况、碳排放和承诺的节能降碳量"
    staged = {"districts/index.md": page("districts.html", "各辖区", round_.preview, {"areas": areas, "without": without}, told)}
    for area in areas:
        if area.named:
            values = {"area": area, "stages": stages(round_, found[area.district.key])} | table(round_, found[area.district.key])
            told = f"{area.district.name}的 {area.district.plans} 份“零碳”工厂试点方案"
            staged[f"districts/{area.district.key}.md"] = page("district.html", area.district.name, round_.preview, values, told)
    return staged


def _area(district: Choice, named: bool, plans: Sequence[Json]) -> Area:
    return Area(
        district,
        named,
        reached(plans, "now"),
        reached(plans, "target"),
        yearly(plans, "now", "emissions"),
        yearly(plans, "target", "emissions"),
        promised(plans, "energy"),
        promised(plans, "co2"),
    )
