"""Units of measure: which of them measure the same thing, and by what exact ratio."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

# unit: (dimension, size in the dimension's base unit). 1 kWh = 3.6 MJ by definition.
UNITS: dict[str, tuple[str, Fraction]] = {
    "kJ": ("energy", Fraction(1)),
    "MJ": ("energy", Fraction(10**3)),
    "GJ": ("energy", Fraction(10**6)),
    "kWh": ("energy", Fraction(3600)),
    "MWh": ("energy", Fraction(3600 * 10**3)),
    "万kWh": ("energy", Fraction(3600 * 10**4)),
    "g": ("mass", Fraction(1, 1000)),
    "kg": ("mass", Fraction(1)),
    "t": ("mass", Fraction(1000)),
    "m3": ("volume", Fraction(1)),
    "万m3": ("volume", Fraction(10**4)),
    "kgce": ("coal", Fraction(1)),
    "tce": ("coal", Fraction(1000)),
    "kgCO2": ("carbon", Fraction(1)),
    "kgCO2e": ("carbon", Fraction(1)),
    "tCO2": ("carbon", Fraction(1000)),
    "tCO2e": ("carbon", Fraction(1000)),
    "元": ("money", Fraction(1)),
    "万元": ("money", Fraction(10**4)),
    "亿元": ("money", Fraction(10**8)),
}
ELECTRICITY = ("kWh", "MWh", "万kWh")


def dimension(unit: str) -> str | None:
    known = UNITS.get(unit)
    return known[0] if known else None


@cache
def ratio(unit: str, other: str) -> Fraction | None:
    """How many `other` make one `unit`; None where they measure different things. Any unit equals itself."""
    if unit == other:
        return Fraction(1)
    if dimension(unit) is None or dimension(unit) != dimension(other):
        return None
    return UNITS[unit][1] / UNITS[other][1]


@cache
def compound_ratio(unit: str, other: str) -> Fraction | None:
    """The same for quotients such as kgce/套 and tce/万m3."""
    above, _, below = unit.partition("/")
    other_above, _, other_below = other.partition("/")
    upper, lower = ratio(above, other_above), ratio(below, other_below)
    return None if upper is None or lower is None else upper / lower
