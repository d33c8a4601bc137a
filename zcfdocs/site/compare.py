"""The page that sets two to four plans side by side; the browser loads their facts, here is only who can be chosen."""

from __future__ import annotations

import json
from collections import Counter

from zcfdocs.scoring.score import STATUS_NAMES
from zcfdocs.site.page import page
from zcfdocs.site.round import Round


def pages(round_: Round) -> dict[str, str]:
    values = {"choices": choices(round_), "statuses": json.dumps(STATUS_NAMES, ensure_ascii=False)}
    return {
        "compare.md": page(
            "compare.html", "方案对比", round_.preview, values, "两至四份方案的得分、能耗、碳排放和各项指标并列", ("zcf", "compare")
        )
    }


def choices(round_: Round) -> list[tuple[str, str]]:
    """(key, label) of every living plan; plans of one name are told apart by their keys."""
    numbers = Counter(plan["name"] for plan in round_.living)
    return [(plan["key"], f"{plan['name']}（{plan['key']}）" if numbers[plan["name"]] > 1 else plan["name"]) for plan in round_.living]
