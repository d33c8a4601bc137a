"""Vega-Lite specifications of the house: inks, type, marks; drawn to SVG (text stays text) and PNG without network or clock."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import vl_convert

from zcfdocs.places import THEME

VERSION = "5.20"
FAMILIES = "FandolHei, ZCF Fallback, ZCF Signs, sans-serif"
# Light and dark take turns, so that the parts stay apart in black and white.
INKS = ("#14523d", "#a5d8bd", "#5e8fc0", "#e3ecf6", "#7d4a1e", "#dcbf86", "#2f2f2f", "#bdbdbd", "#6b7f2a", "#f3ead2")
DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3])
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross")
CLIP = re.compile(r"\b(clip|gradient)(\d+)\b")
WIDTH, HEIGHT = 510, 185
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Chart:
    """`spec` is canonical JSON, so that equal data is drawn once; `alternative` says what the picture shows."""

    name: str
    caption: str
    alternative: str
    spec: str


def chart(name: str, caption: str, alternative: str, spec: Record) -> Chart:
    return Chart(name, caption, alternative, json.dumps(spec, ensure_ascii=False, sort_keys=True))


def stacked(records: list[Record], title: str, years: Sequence[str]) -> Record:
    series = list(dict.fromkeys(record["series"] for record in sorted(records, key=lambda record: record["order"])))
    return base(records) | {
        "mark": {"type": "bar", "stroke": "#333333", "strokeWidth": 0.5},
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
            "color": colours(series),
        },
    }


def grouped(records: list[Record], phases: Sequence[str]) -> Record:
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
    return base(records) | {
        "encoding": {"x": x, "y": y, "xOffset": offset},
        "layer": [
            {"mark": {"type": "bar"}, "encoding": {"color": colours(phases)}},
            {"mark": label, "encoding": {"text": {"field": "label"}}},
        ],
    }


def lines(panels: Sequence[tuple[str, list[Record]]], years: Sequence[str]) -> Record:
    """Panels beside each other, each with its title and records; series differ in ink, dash and mark, every point says its value."""
    series = list(dict.fromkeys(record["series"] for _, records in panels for record in records))
    whole = base([])
    del whole["width"], whole["height"], whole["data"]
    return whole | {"hconcat": [_panel(title, records, series, years) for title, records in panels]}


def _panel(title: str, records: list[Record], series: Sequence[str], years: Sequence[str]) -> Record:
    x = {"field": "x", "type": "nominal", "sort": list(years), "title": None, "axis": {"labelAngle": -30}}
    y = {"field": "y", "type": "quantitative", "title": title, "scale": {"zero": True}}
    told = {"type": "text", "dy": -9, "fontSize": 8.5}
    several = len(series) > 1
    look = {"color": colours(series)} | (
        {"strokeDash": _told_apart(series, DASHES), "shape": _told_apart(series, SHAPES)} if several else {}
    )
    if not several:
        look["color"]["legend"] = None
    marks = [
        {"mark": {"type": "line", "strokeWidth": 1.6}, "encoding": {key: value for key, value in look.items() if key != "shape"}},
        {
            "mark": {"type": "point", "filled": True, "size": 45},
            "encoding": {key: value for key, value in look.items() if key != "strokeDash"},
        },
        {"mark": told, "encoding": {"text": {"field": "label"}}},
    ]
    return {"width": 230, "height": 165, "data": {"values": records}, "encoding": {"x": x, "y": y}, "layer": marks}


def _told_apart(series: Sequence[str], looks: Sequence[Any]) -> Record:
    chosen = [looks[index % len(looks)] for index in range(len(series))]
    return {"field": "series", "type": "nominal", "scale": {"domain": list(series), "range": chosen}}


def shares(records: list[Record], names: Sequence[str], series: Sequence[str], title: str) -> Record:
    """Bars lying beside each other by name, one a series, with a rule at 100 and their values in a column at the right."""
    top = max(100.0, *(record["y"] for record in records))
    y = {"field": "x", "type": "nominal", "sort": list(names), "title": None, "axis": {"labelLimit": 230}, "scale": {"paddingInner": 0.3}}
    x = {"field": "y", "type": "quantitative", "title": title, "scale": {"domain": [0, top * 1.2], "nice": False}}
    offset = {"field": "series", "sort": list(series)}
    label = {"type": "text", "align": "right", "fontSize": 9}
    return base(records) | {
        "width": 620,
        "autosize": {"type": "fit", "contains": "padding"},
        "height": 75 + 20 * len(series) * len(names),
        "layer": [
            {"mark": {"type": "bar"}, "encoding": {"x": x, "y": y, "yOffset": offset, "color": colours(series)}},
            {"mark": label, "encoding": {"x": {"datum": top * 1.19}, "y": y, "yOffset": offset, "text": {"field": "label"}}},
            {"mark": {"type": "rule", "strokeDash": [3, 3]}, "encoding": {"x": {"datum": 100}}},
        ],
    }


def colours(series: Sequence[str]) -> Record:
    return {
        "field": "series",
        "type": "nominal",
        "scale": {"domain": list(series), "range": [INKS[index % len(INKS)] for index in range(len(series))]},
        "legend": {"title": None, "orient": "top", "labelLimit": 160},
    }


def base(records: list[Record]) -> Record:
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
