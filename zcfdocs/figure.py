"""Exact figures that keep how they came about: a small algebra over rationals with places and sources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import NamedTuple

from zcfdocs.finding import Route

PLAIN_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
SIGNS = {"sum": " + ", "difference": " − ", "product": " × ", "quotient": " ÷ "}


class Figure(NamedTuple):
    """A value with unit and title; a leaf is an input (route) or a factor (source), a node an operation on its args."""

    value: Fraction
    unit: str
    title: str
    op: str = "input"
    args: tuple[Figure, ...] = ()
    route: Route | None = None
    source: str = ""
    unverified: bool = False

    def leaves(self) -> Iterator[Figure]:
        if not self.args:
            yield self
        for arg in self.args:
            yield from arg.leaves()

    def routes(self) -> tuple[Route, ...]:
        """Places in the plan this figure rests on, each once, in order."""
        return tuple(dict.fromkeys(leaf.route for leaf in self.leaves() if leaf.route))

    def factors(self) -> tuple[Figure, ...]:
        """The factors used, each once."""
        return tuple(dict.fromkeys(leaf for leaf in self.leaves() if leaf.source))

    @property
    def doubtful(self) -> bool:
        """Whether an unverified value takes part."""
        return any(leaf.unverified for leaf in self.leaves())

    def titled(self, title: str) -> Figure:
        return self._replace(title=title)

    def quantity(self, digits: int = 4) -> str:
        """Value and unit; a leaf as it was given, a result rounded."""
        mark = "（未核实）" if self.unverified else ""
        text = trimmed(self.value, digits) if self.args or _endless(self.value) else exact(self.value)
        return f"{text} {self.unit}".rstrip() + mark

    def worked(self, digits: int = 4) -> str:
        """One line: `电网电力 12000 MWh × 0.1229 tce/MWh + … = 2816.662 tce`."""
        if not self.args:
            return f"{self.title} {self.quantity(digits)}"
        return f"{self._expression(digits)} = {self.quantity(digits)}"

    def _expression(self, digits: int) -> str:
        if self.op == "least":
            return f"min({'，'.join(f'{arg.title} {arg.quantity(digits)}' for arg in self.args)})"
        if self.op == "most":
            return f"max({'，'.join(f'{arg.title} {arg.quantity(digits)}' for arg in self.args)})"
        return SIGNS[self.op].join(arg._operand(digits, self.op) for arg in self.args)

    def _operand(self, digits: int, within: str) -> str:
        if within in ("sum", "difference") and self.op == "product":
            name = "" if self.args[0].title == self.title else f"{self.title} "
            return f"{name}{self._expression(digits)}"
        if self.source and within == "product":
            return self.title if _endless(self.value) else self.quantity(digits)
        return f"{self.title} {self.quantity(digits)}"


def given(value: Fraction, unit: str, title: str, route: Route) -> Figure:
    return Figure(value, unit, title, "input", (), route)


def constant(value: Fraction | int, unit: str, title: str, source: str, unverified: bool = False) -> Figure:
    return Figure(Fraction(value), unit, title, "factor", (), None, source, unverified)


def total(title: str, unit: str, parts: Iterable[Figure]) -> Figure:
    args = tuple(parts)
    return Figure(sum((arg.value for arg in args), Fraction(0)), unit, title, "sum", args)


def difference(title: str, first: Figure, second: Figure) -> Figure:
    return Figure(first.value - second.value, first.unit, title, "difference", (first, second))


def product(title: str, unit: str, *args: Figure, scale: Fraction = Fraction(1)) -> Figure:
    """Product of the args; `scale` is the pure change of unit (kg to t) that the unit's name already tells."""
    value = scale
    for arg in args:
        value *= arg.value
    return Figure(value, unit, title, "product", args)


def quotient(title: str, unit: str, above: Figure, below: Figure, scale: Fraction = Fraction(1)) -> Figure:
    """`below` must not be zero; callers guard with the clause that says what an empty denominator means."""
    return Figure(above.value / below.value * scale, unit, title, "quotient", (above, below))


def least(title: str, *args: Figure) -> Figure:
    return Figure(min(arg.value for arg in args), args[0].unit, title, "least", args)


def most(title: str, *args: Figure) -> Figure:
    return Figure(max(arg.value for arg in args), args[0].unit, title, "most", args)


def exact(value: Fraction) -> str:
    """The decimal as JSON carries it: exact where it ends, else 28 significant digits."""
    if not _endless(value):
        return trimmed(value, _places(value.denominator))
    with localcontext() as context:
        context.prec, context.rounding = 28, ROUND_HALF_UP
        return format(Decimal(value.numerator) / Decimal(value.denominator), "f")


def _endless(value: Fraction) -> bool:
    """Whether the decimal does not end: the denominator has a prime other than 2 and 5."""
    below = value.denominator
    while below % 2 == 0:
        below //= 2
    while below % 5 == 0:
        below //= 5
    return below != 1


def _places(denominator: int) -> int:
    places = 0
    while 10**places % denominator:
        places += 1
    return places


def rounded(value: Fraction, digits: int) -> str:
    """Half up (away from zero at the half), with exactly `digits` decimals. GB/T 8170 is not asked for; see readings.rounding."""
    above, below = abs(value.numerator) * 10**digits, value.denominator
    whole = (2 * above + below) // (2 * below)
    text = str(whole).rjust(digits + 1, "0")
    text = f"{text[:-digits]}.{text[-digits:]}" if digits else text
    return f"-{text}" if value < 0 and whole else text


def trimmed(value: Fraction, digits: int) -> str:
    """Rounded, without trailing zeros."""
    if value.denominator == 1:
        return str(value.numerator)
    text = rounded(value, digits)
    return text.rstrip("0").rstrip(".") if "." in text else text


def display(value: Fraction, digits: int = 2, below: Fraction | None = None) -> str:
    """Rounded for reading; a value under the line `below` never looks as if it had reached it: 79.996, not 80.00."""
    text = rounded(value, digits)
    while below is not None and value < below <= Fraction(text):
        digits += 1
        text = rounded(value, digits)
    return text


def apart(values: Sequence[Fraction], digits: int) -> tuple[str, ...]:
    """Rounded and trimmed, with as many more digits as it takes that different values look different."""
    while True:
        texts = tuple(trimmed(value, digits) for value in values)
        if len(set(texts)) == len(set(values)) or digits >= 30:
            return texts
        digits += 2


def percent(value: Fraction, digits: int = 2, short: bool = False) -> str:
    """A ratio as 59.46%, never 100% while below it; `short` without trailing zeros."""
    text = display(value * 100, digits, Fraction(100))
    return (text.rstrip("0").rstrip(".") if short and "." in text else text) + "%"
