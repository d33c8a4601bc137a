"""The few shapes that our JSON Schemas are built of; each has a Chinese title."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zcfdocs.scorecard import Json
from zcfdocs.scoring.phase import PHASES

DECIMAL = r"^-?[0-9]+(\.[0-9]+)?$"


def text(title: str, about: str = "", **more: Any) -> Json:
    return {"title": title, **({"description": about} if about else {}), "type": "string", **more}


def decimal(title: str, unit: str = "", about: str = "") -> Json:
    said = "；".join(part for part in (f"单位：{unit}" if unit else "", about, "十进制数写作文本，除不尽时取 28 位有效数字") if part)
    return text(title, said, pattern=DECIMAL)


def maybe(schema: Json) -> Json:
    return {**schema, "type": [schema["type"], "null"]}


def flag(title: str) -> Json:
    return {"title": title, "type": "boolean"}


def integer(title: str, least: int = 0) -> Json:
    return {"title": title, "type": "integer", "minimum": least}


def listing(title: str, items: Json) -> Json:
    return {"title": title, "type": "array", "items": items}


def record(title: str, properties: Mapping[str, Json]) -> Json:
    """Every property is there, and no other."""
    return {
        "title": title,
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def by_phase(title: str, of: Json) -> Json:
    """A phase the plan has no year for is left out."""
    return {
        "title": title,
        "type": "object",
        "properties": {phase: {**of, "title": label} for phase, label in PHASES.items()},
        "additionalProperties": False,
    }


def chosen(title: str, names: Mapping[str, str]) -> Json:
    return text(title, "；".join(f"{key} {name}" for key, name in names.items()), enum=list(names))


def named(title: str, key: str = "key") -> Json:
    return record(title, {key: text("代号"), "name": text("名称")})
