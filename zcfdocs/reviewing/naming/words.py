"""The Chinese names of what a review speaks of: fields of the plan, phases, kinds of cause and change, computed figures."""

from __future__ import annotations

from typing import Any, Final

from zcfdocs.accounting.intensity import NAMES, UNITS
from zcfdocs.finding import Route
from zcfdocs.plan import Plan
from zcfdocs.reviewing.model import Cause, Figure, Private, Value
from zcfdocs.reviewing.naming.fieldnames import STEPS, step_name
from zcfdocs.scoring.phase import PHASES
from zcfdocs.site.schemas import YEAR_KINDS, YEAR_TITLES

SEVERITIES: Final = {"error": "错误", "warning": "警告", "info": "提示"}
CHANGES: Final = {"new": "新方案", "changed": "有改动", "deleted": "整份删除", "catalogue": "方案没有改，目录改了"}
CAUSES: Final = {"data": "数据", "claim": "自评", "evidence": "佐证", "catalogue": "目录", "rule": "评分规则"}
ROLES: Final = {"factory": "企业", "district": "区级主管部门", "city": "市级主管部门", "expert": "专家"}
# What the format writes as a word of its own.
CHOICES: Final = {
    "true": "是",
    "false": "否",
    "met": "符合",
    "not_met": "不符合",
    "not_applicable": "不适用",
    "planned": "计划",
    "building": "建设中",
    "done": "已完成",
    "location": "基于位置",
    "market": "基于市场",
    "fixed": "各年用同一因子",
    "by_year": "各年用对应年份的因子",
    "standard": "标准先进值",
    "industry": "行业先进水平",
    "quota": "取水定额",
    "self": "自有",
    "third_party": "第三方",
    "current": "现价",
    "constant": "可比价",
    "product": "单位产品",
    "output_value": "产值",
    "added_value": "工业增加值",
    **YEAR_KINDS,
}
CHOSEN: Final = frozenset(("attribute_retained", "grid_factor", "intensity_basis", "kind", "met", "not_applicable", "owner")) | frozenset(
    ("price_basis", "public", "publish", "retired", "scope2", "status")
)
# By which of its values people know an item of a list, the first that it has.
KNOWN_BY: Final = ("year", "carrier", "name", "title", "gas", "source", "method", "metric", "id")


def named(route: Route) -> str:
    """年度数据第 3 项 · 能源第 1 项 · 用量: the route in words, where only the route is known."""
    if not route:
        return STEPS[""]
    shown: list[str] = []
    for length, step in enumerate(route, 1):
        if isinstance(step, int) and shown:
            shown[-1] += f"第 {step + 1} 项"
        else:
            shown.append(step_name(route[:length]))
    return " · ".join(shown)


def located(route: Route, plan: Plan, carriers: dict[str, str]) -> str:
    """2024 年 · 外购电力 · 用量: items of lists by what people call them; `carriers` maps keys to names."""
    shown: list[str] = []
    here: Any = plan
    for length, step in enumerate(route, 1):
        here = _within(here, step)
        called = _called(here, carriers) if isinstance(step, int) else ""
        if isinstance(step, str):
            shown.append(step_name(route[:length]))
        elif called:
            shown[-1:] = [called if route[:1] == ("years",) or len(shown) != 1 else f"{shown[-1]}“{called}”"]
        elif shown:
            shown[-1] += f"第 {step + 1} 项"
    return " · ".join(shown) or STEPS[""]


def _within(here: Any, step: str | int) -> Any:
    """What stands at a step; None where the plan has no such place."""
    if isinstance(step, int):
        return here[step] if isinstance(here, tuple) and 0 <= step < len(here) else None
    if isinstance(here, dict):
        return here.get(step)
    names = {field.alias or name: name for name, field in getattr(type(here), "model_fields", {}).items()}
    return getattr(here, names[step]) if step in names else None


def _called(item: Any, carriers: dict[str, str]) -> str:
    for key in KNOWN_BY:
        value = getattr(item, key, None)
        if value is None:
            continue
        if key == "year":
            return f"{value} 年{YEAR_KINDS[item.kind] if item.kind != 'actual' else ''}"
        meter = getattr(item, "meter", None)
        return f"{carriers.get(value, value) if key == 'carrier' else value}{f'（{meter}）' if meter else ''}"
    return ""


def where(entry: Cause | Figure | Value | Private) -> str:
    """The entry's own label where whoever made the review knew the plan, else its route in words."""
    return entry.label or named(entry.route)


def value(route: Route, text: str) -> str:
    """A word of the format as people say it, the names of fields that are kept; any other text as it is."""
    if route[:1] == ("confidential",):
        return named(tuple(text.split(".")))
    return CHOICES.get(text, text) if route and route[-1] in CHOSEN else text


def phase(name: str) -> str:
    return PHASES.get(name, name)


def result(name: str) -> tuple[str, str]:
    """A computed figure's name and unit."""
    if name in YEAR_TITLES:
        return YEAR_TITLES[name]
    metric = name.removeprefix("intensity.")
    return NAMES.get(metric, name), UNITS.get(metric, "")


def year(number: int, kind: str) -> str:
    return f"{number}（{YEAR_KINDS.get(kind, kind)}）"
