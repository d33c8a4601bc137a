"""How values, units, dates and formulas are written: the last step from figures to the text of every copy."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from markupsafe import Markup, escape

from zcfdocs.figure import display, percent, rounded, trimmed

ABSENT = "—"
SIGNIFICANT = 4
# Units and gases as the data writes them (tCO2e, 万m3, CH4), set with sub- and superscripts; the text itself stays as it was.
LOW = re.compile(r"(?<![A-Z])(CO|CH|N|SF|NF)([2346])(?=[Oe]?(?![0-9A-Za-z]))")
HIGH = re.compile(r"(?<![A-Za-z])(c?m|km)([23])(?![0-9A-Za-z])")
TEXT = re.compile(r"<[^>]*>|[^<]+")
CODE = re.compile(r"<(/?)(?:code|pre)\b")


def mark(text: object) -> Markup:
    """Escaped text in which CO2 reads CO₂ and m3 reads m³."""
    return Markup(_marked(str(escape(text))))  # noqa: S704  # escaped one call deeper


def mark_html(html: str) -> str:
    """The same between the tags of clean HTML; code stays as written."""
    depth = 0
    pieces = []
    for piece in TEXT.findall(html):
        if tag := CODE.match(piece):
            depth += -1 if tag[1] else 1
        pieces.append(piece if piece.startswith("<") or depth else _marked(piece))
    return "".join(pieces)


def _marked(text: str) -> str:
    return HIGH.sub(r"\1<sup>\2</sup>", LOW.sub(r"\1<sub>\2</sub>", text))


def precision(values: Iterable[Fraction | None]) -> int:
    """Decimals that leave the smallest value that is not zero its four significant digits; two at least, eight at most."""
    smallest = min((abs(value) for value in values if value), default=Fraction(10**SIGNIFICANT))
    digits = 2
    while digits < 8 and smallest * 10**digits < 10 ** (SIGNIFICANT - 1):
        digits += 1
    return digits


def number(value: Fraction | None, digits: int, absent: str = ABSENT) -> str:
    return absent if value is None else rounded(value, digits)


def amount(value: Fraction | None, absent: str = ABSENT) -> str:
    """A quantity as it was given: no digits added, at most six decimals shown."""
    return absent if value is None else trimmed(value, 6)


def ratio(value: Fraction | None, absent: str = ABSENT) -> str:
    return absent if value is None else percent(value)


def points(value: Fraction, most: Fraction | None = None) -> str:
    """Two decimals; a value below its maximum or the pass line never looks as if it had reached it."""
    return display(value, 2, most)


def day(value: date | None, absent: str = "") -> str:
    """2025年4月30日; the day that stands for one that could not be read stays blank."""
    return absent if value is None or value == date.min else f"{value.year}年{value.month}月{value.day}日"


def month(text: str) -> str:
    """2025年6月 of `2025-06`."""
    parts = text.split("-")
    return f"{parts[0]}年{int(parts[1])}月" if len(parts) > 1 else text
