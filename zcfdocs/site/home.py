"""The home page: how the round stands, what changed last, what the scoring rests on, how a plan is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zcfdocs.scorecard import Json
from zcfdocs.site.listing import (
    Total,
    districts,
    industries,
    promised,
    reached,
    stages,
    table,
    yearly,
    years,
)
from zcfdocs.site.page import page
from zcfdocs.site.round import Round

# The list of plans stands on the home page too while it is short.
FEW = 20
NEWEST = 5
# Of the industries those with the most plans; the list has all of them.
FOREMOST = 10


@dataclass(frozen=True, slots=True)
class Sum:
    """One line of what the plans amount to together; a promise has no present value."""

    title: str
    unit: str
    now: Total | None
    target: Total


def pages(round_: Round) -> dict[str, str]:
    plans = round_.living
    trades = sorted(industries(round_, plans), key=lambda choice: (-choice.plans, choice.key))
    values = table(round_, plans) | {
        "few": FEW,
        "reached": {phase: reached(plans, phase) for phase in ("now", "target")},
        "withdrawn": len(round_.withdrawn),
        "stages": stages(round_, plans),
        "districts": districts(round_, plans),
        "foremost": trades[:FOREMOST],
        "other_trades": (len(trades[FOREMOST:]), sum(choice.plans for choice in trades[FOREMOST:])),
        "years": years(plans),
        "sums": sums(plans),
        "newest": newest(round_.plans),
        "books": round_.books,
    }
    return {"index.md": page("home.html", "首页", round_.preview, values, "")}


def sums(plans: Sequence[Json]) -> tuple[Sum, ...]:
    return (
        Sum("综合能源消费量", "tce", yearly(plans, "now", "tce"), yearly(plans, "target", "tce")),
        Sum("碳排放量（范围1 + 范围2）", "tCO2e", yearly(plans, "now", "emissions"), yearly(plans, "target", "emissions")),
        Sum("项目承诺的年节能量", "tce", None, promised(plans, "energy")),
        Sum("项目承诺的年降碳量", "tCO2", None, promised(plans, "co2")),
    )


def newest(plans: Sequence[Json]) -> list[Json]:
    """Those that changed last, also by being withdrawn; of one day in the order of their keys."""
    return sorted(sorted(plans, key=lambda plan: str(plan["key"])), key=lambda plan: str(plan["changed"]), reverse=True)[:NEWEST]
