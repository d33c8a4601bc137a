"""The three figures of a plan as Vega-Lite specifications, drawn to SVG (text stays text) and PNG without network or clock."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import vl_convert

from zcfdocs.accounting import YearAccount
from zcfdocs.dossier import Dossier
from zcfdocs.figure import display, percent
from zcfdocs.places import THEME

VERSION = "5.20"
FAMILIES = "FandolHei, ZCF Fallback, ZCF Signs, sans-serif"
# Light and dark take turns, so that the parts stay apart in black and white.
INKS = ("#1f5f4a", "#8fc7a9", "#3b6ea5", "#c9d8e8", "#7a5c3e", "#e3cfa4", "#5a5a5a", "#bdbdbd", "#274060", "#a7b8a8")
KINDS = {"actual": "", "target": "目标", "result": "结果"}
SOLD = ("electricity_sold", "heat_sold")
CLIP = re.compile(r"\b(clip|gradient)(\d+)\b")
WIDTH, HEIGHT = 510, 220
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Chart:
    """`spec` is canonical JSON, so that equal data is drawn once; `alternative` says what the picture shows."""

    name: str
    caption: str
    alternative: str
    spec: str


def energy_chart(dossier: Dossier) -> Chart:
    """tce by carrier and year, stacked; energy sold is left out of the picture."""
    records: list[Record] = []
    told = []
    names = list(dict.fromkeys(line.carrier.name for account in dossier.accounts for line, _ in account.energy_lines))
    for account in dossier.accounts:
        parts: dict[str, Fraction] = {}
        for line, figure in account.energy_lines:
            if line.carrier.role not in SOLD:
                parts[line.carrier.name] = parts.get(line.carrier.name, Fraction(0)) + figure.value
        records += [_record(_year(account), name, value, names.index(name)) for name, value in parts.items()]
        told.append(f"{_year(account)}{display(account.tce.value)} tce")
    spec = _stacked(records, "综合能耗（tce）", [_year(account) for account in dossier.accounts])
    return _chart("energy", "能源消费结构（折标准煤）", f"各年综合能耗按能源品种堆叠的柱形图：{'；'.join(told)}。", spec)


def emissions_chart(dossier: Dossier) -> Chart:
    """Scope 1 and 2 upwards, offsets downwards, by year."""
    records: list[Record] = []
    told = []
    for account in dossier.accounts:
        series = (("范围1", account.scope1.value), ("范围2", account.scope2.value), ("碳抵消量", -account.offsets.value))
        records += [_record(_year(account), name, value, index) for index, (name, value) in enumerate(series)]
        totals = f"排放 {display(account.emissions.value)} tCO2e，抵消 {display(account.offsets.value)} tCO2e"
        told.append(f"{_year(account)}{totals}，抵消比例 {percent(account.offset_ratio.value)}")
    spec = _stacked(records, "排放量与抵消量（tCO₂e）", [_year(account) for account in dossier.accounts])
    return _chart("emissions", "温室气体排放与碳抵消", f"各年范围1、范围2排放和碳抵消量的柱形图：{'；'.join(told)}。", spec)


def points_chart(dossier: Dossier) -> Chart:
    """Points of each group out of 100, phase beside phase, the figure written above each bar."""
    records: list[Record] = []
    told = []
    phases = [phase.phase.label for phase in dossier.score.phases.values()]
    for phase in dossier.score.phases.values():
        for group in phase.groups:
            label = display(group.points, 2, group.group.points)
            records.append({"x": group.group.title, "series": phase.phase.label, "y": float(group.points), "label": label})
        told.append(f"{phase.phase.label}总分 {display(phase.total, 2, dossier.catalogue.pass_line)}")
    return _chart("points", "各一级指标得分", f"五组一级指标得分的分组柱形图：{'，'.join(told)}。", _grouped(records, phases))


def _year(account: YearAccount) -> str:
    return f"{account.year}年{KINDS[account.kind]}"


def _record(year: str, series: str, value: Fraction, order: int) -> Record:
    return {"x": year, "series": series, "y": float(value), "order": order}


def _chart(name: str, caption: str, alternative: str, spec: Record) -> Chart:
    return Chart(name, caption, alternative, json.dumps(spec, ensure_ascii=False, sort_keys=True))


def _stacked(records: list[Record], title: str, years: Sequence[str]) -> Record:
    series = list(dict.fromkeys(record["series"] for record in sorted(records, key=lambda record: record["order"])))
    return _base(records) | {
        "mark": {"type": "bar", "stroke": "#ffffff", "strokeWidth": 0.5},
        "encoding": {
            "x": {
                "field": "x",
                "type": "nominal",
                "sort": list(years),
                "title": None,
                "scale": {"paddingInner": 0.45, "paddingOuter": 0.3},
            },
            "y": {"field": "y", "type": "quantitative", "title": title, "stack": "zero"},
            "order": {"field": "order", "type": "quantitative"},
            "color": _colours(series),
        },
    }


def _grouped(records: list[Record], phases: Sequence[str]) -> Record:
    x = {"field": "x", "type": "nominal", "sort": None, "title": None, "scale": {"paddingInner": 0.25}}
    y = {
        "field": "y",
        "type": "quantitative",
        "title": "得分（满分100）",
        "scale": {"domain": [0, 110], "nice": False},
        "axis": {"values": [0, 20, 40, 60, 80, 100]},
    }
    offset = {"field": "series", "sort": list(phases)}
    label = {"type": "text", "dy": -6, "fontSize": 8.5}
    return _base(records) | {
        "encoding": {"x": x, "y": y, "xOffset": offset},
        "layer": [
            {"mark": {"type": "bar"}, "encoding": {"color": _colours(phases)}},
            {"mark": label, "encoding": {"text": {"field": "label"}}},
        ],
    }


def _colours(series: Sequence[str]) -> Record:
    return {
        "field": "series",
        "type": "nominal",
        "scale": {"domain": list(series), "range": [INKS[index % len(INKS)] for index in range(len(series))]},
        "legend": {"title": None, "orient": "top", "labelLimit": 160},
    }


def _base(records: list[Record]) -> Record:
    return {
        "$schema": f"https://vega.github.io/schema/vega-lite/v{VERSION}.json",
        "width": WIDTH,
        "height": HEIGHT,
        "background": "white",
        "data": {"values": records},
        "config": {
            "font": FAMILIES,
            "axis": {"labelFontSize": 10.5, "titleFontSize": 10.5, "titleFontWeight": "normal", "labelAngle": 0, "gridColor": "#e0e0e0"},
            "legend": {"labelFontSize": 10.5},
            "view": {"stroke": None},
        },
    }


@lru_cache(maxsize=256)
def chart_svg(spec: str) -> str:
    """The drawing; names of clip paths are counted anew in each, so that equal specifications give equal bytes."""
    _register_fonts()
    svg: str = vl_convert.vegalite_to_svg(spec, vl_version=VERSION, allowed_base_urls=[])
    names: dict[str, str] = {}
    return CLIP.sub(lambda match: names.setdefault(match[0], f"{match[1]}{len(names)}"), svg)


@lru_cache(maxsize=256)
def svg_png(svg: str) -> bytes:
    """A picture for programs that draw no SVG, three pixels to the point."""
    _register_fonts()
    png: bytes = vl_convert.svg_to_png(svg, scale=3, ppi=96)
    return png


@lru_cache(maxsize=1)
def _register_fonts() -> None:
    vl_convert.register_font_directory(str(THEME / "fonts"))
