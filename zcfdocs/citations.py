"""Figures cited in prose by name, `{{ years.2024.emissions|digits(2) }}`: a lookup in plain data, nothing is evaluated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from zcfdocs.figure import PLAIN_NUMBER, display, percent, trimmed

BRACES = re.compile(r"\{\{(.{0,200}?)\}\}")
GRAMMAR = re.compile(r"\s*([\w一-鿿]+(?:\.[\w一-鿿]+)*)\s*(?:\|\s*digits\(\s*([0-9])\s*\)\s*)?")
RATIOS = ("renewable_share", "offset_ratio", "weight")
KEYS = {"years": "year", "groups": "id", "rows": "id", "intensities": "product"}


@dataclass(frozen=True, slots=True)
class Citation:
    """A pair of braces in the prose; `path` is empty where the text between them does not parse."""

    line: int
    column: int
    text: str
    path: tuple[str, ...]
    digits: int | None


def find(text: str, first_line: int = 1) -> Iterator[Citation]:
    for number, line in enumerate(text.split("\n"), first_line):
        for match in BRACES.finditer(line):
            yield _citation(match, number)


def _citation(match: re.Match[str], line: int = 0) -> Citation:
    parsed = GRAMMAR.fullmatch(match[1])
    path = tuple(parsed[1].split(".")) if parsed else ()
    digits = int(parsed[2]) if parsed and parsed[2] else None
    return Citation(line, match.start() + 1, match[0], path, digits)


def resolve(card: dict[str, Any], citation: Citation) -> str | None:
    """The figure as it reads in prose, or None where the name means no single figure of the scorecard."""
    node: Any = card
    steps = list(citation.path)
    key, name = "", ""
    within: Any = card
    while steps:
        if isinstance(node, list):
            step, steps = _longest(node, steps, KEYS.get(key, ""))
            node = step
            continue
        name = steps.pop(0)
        if not isinstance(node, dict) or name not in node:
            return None
        within, key, node = node, name, node[name]
    if not isinstance(node, str) or not citation.path:
        return None
    return _shown(node, name, citation.digits, _line(name, within, card)) if PLAIN_NUMBER.fullmatch(node) else node


def _longest(items: list[Any], steps: list[str], key: str) -> tuple[Any, list[str]]:
    """The item whose key equals as many of the next steps as possible: row ids hold dots."""
    for length in range(min(len(steps), 4), 0, -1):
        wanted = ".".join(steps[:length])
        for item in items:
            if str(item.get(key)) == wanted:
                return item, steps[length:]
    return None, []


def _line(name: str, within: dict[str, Any], card: dict[str, Any]) -> Fraction | None:
    """What a figure below it must never look as if it had reached: the pass line, a row's maximum, a group's 100."""
    if name in ("total", "display"):
        return Fraction(card["gates"]["pass_line"])
    if name in ("points", "claimed"):
        return Fraction(within.get("max", 100))
    return None


def _shown(text: str, name: str, digits: int | None, line: Fraction | None) -> str:
    value = Fraction(text)
    if name in RATIOS:
        return percent(value, 2 if digits is None else digits)
    if name in ("total", "display"):
        return display(value, 2 if digits is None else digits, line)
    if digits is None and (line is None or value >= line):
        return trimmed(value, 4)
    return display(value, 4 if digits is None else digits, line)


def fill(text: str, card: dict[str, Any] | None, absent: str = "") -> str:
    """The prose with every citation replaced; one that names nothing reads `absent`, or stays as written (checks report it)."""

    def replacement(match: re.Match[str]) -> str:
        return (resolve(card, _citation(match)) if card else None) or absent or match[0]

    return BRACES.sub(replacement, text)
