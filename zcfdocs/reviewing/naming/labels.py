"""What people call a place of a plan, told while the plan is at hand: a review that is read back has its routes only."""

from __future__ import annotations

from zcfdocs.catalogue import Rulebook
from zcfdocs.finding import Route
from zcfdocs.plan import Plan
from zcfdocs.reviewing.naming.words import located

LONGEST = 300


def label_of(route: Route, plan: Plan | None, rulebook: Rulebook | None) -> str:
    """`2024 年 · 电网电力 · 用量`; "" where there is no plan to look into."""
    if plan is None or rulebook is None:
        return ""
    return located(route, plan, {key: carrier.name for key, carrier in rulebook.carriers.by_key.items()})[:LONGEST]
