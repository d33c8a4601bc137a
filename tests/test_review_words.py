"""Places of a plan in the words of whoever fills it in."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from zcfdocs.plan import Plan
from zcfdocs.reading import read_plan
from zcfdocs.reviewing.naming import words

PLAN = Path(__file__).parent.parent / "plans/binhai/haiheng-biopharma/plan.md"


def _fields(schema: dict[str, Any], part: dict[str, Any], route: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every route of a plan's format, lists walked through once."""
    if "$ref" in part:
        return _fields(schema, schema["$defs"][part["$ref"].rpartition("/")[2]], route)
    inner = [found for option in (*part.get("anyOf", ()), *part.get("prefixItems", ())) for found in _fields(schema, option, route)]
    inner += _fields(schema, part["items"], (*route, 0)) if isinstance(part.get("items"), dict) else []
    return [
        *([route] if route else []),
        *inner,
        *(found for name, below in part.get("properties", {}).items() for found in _fields(schema, below, (*route, name))),
    ]


def test_every_field_of_a_plan_has_a_chinese_name() -> None:
    schema = Plan.model_json_schema()
    routes = {route for route in _fields(schema, schema) if isinstance(route[-1], str)}
    assert len(routes) > 150
    for route in routes:
        assert not re.search(r"[a-z]{4,}", words.named(route).replace("tCO2e", "")), route


def test_a_place_is_named_as_people_call_it() -> None:
    plan = read_plan(PLAN, "plan.md").plan
    assert plan is not None
    carriers = {"grid_electricity": "外购电力", "solar_self_use": "自发自用光伏电力"}
    assert words.located(("years", 2, "energy", 0, "amount"), plan, carriers) == "2024 年 · 外购电力（一号进线（生产区）） · 用量"
    assert words.located(("years", 3, "water"), plan, carriers) == "2026 年目标 · 取水量（m3）"
    assert words.located(("projects", 0, "saves", "energy"), plan, carriers).endswith("” · 年节约量 · 节能（tce）")
    assert words.located(("indicators", 0, "now"), plan, carriers) == f"指标“{plan.indicators[0].id}” · 现状"
    assert words.located(("factory", "name"), plan, carriers) == "企业信息 · 工厂名称"
    assert words.located(("years", 99, "energy", 7, "amount"), plan, carriers) == "年度数据第 100 项 · 能源第 8 项 · 用量"
