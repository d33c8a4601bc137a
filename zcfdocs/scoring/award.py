"""An award with its reason, and the registry of the rules a catalogue may name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeVar

from zcfdocs.catalogue import Row
from zcfdocs.fields import Noun, Text
from zcfdocs.figure import Figure, display, trimmed
from zcfdocs.finding import Route
from zcfdocs.scoring.phase import Phase

ZERO, ONE = Fraction(0), Fraction(1)
METRIC_NAMES = {"energy": "能耗强度", "carbon": "碳强度", "material": "单位产品原材料使用量", "water": "单位产品取水量"}
METRIC_NAMES |= {"renewable_share": "可再生电力占比", "offset_ratio": "抵消比例"}
FIGURE_CHOICES = ("offset_ratio", "renewable_share")


# A sentence, or how to say it: most plans are scored far oftener than they are explained.
Reason = str | Callable[[], str]


@dataclass(frozen=True, slots=True)
class Award:
    """`claimed` is what the rule gives, `counted` what valid evidence leaves of it; both in points, not yet clamped.

    `used` names places of claims; the places behind `figures` are theirs to tell.
    """

    claimed: Fraction
    counted: Fraction
    because: Reason
    used: tuple[Route, ...] = ()
    figures: tuple[Figure, ...] = field(default=())
    provisional: bool = False


class Named(Noun):
    """Parameters of a rule that takes none."""

    name: Text


P = TypeVar("P", bound=Named)
Judge = Callable[[Row, Any, Phase], Award]
RULES: dict[str, tuple[type[Named], Judge]] = {}


def rule(name: str, parameters: type[P]) -> Callable[[Callable[[Row, P, Phase], Award]], Callable[[Row, P, Phase], Award]]:
    """Register a rule under the name the catalogue uses."""

    def register(function: Callable[[Row, P, Phase], Award]) -> Callable[[Row, P, Phase], Award]:
        RULES[name] = (parameters, function)
        return function

    return register


def points(value: Fraction, row: Row | None = None) -> str:
    """For a row's own points: never shown as its maximum while below it."""
    shown = trimmed(value, 4) if row is None or value >= row.points else display(value, 4, row.points)
    return f"{shown.rstrip('0').rstrip('.') if '.' in shown else shown} 分"


def said(reason: Reason) -> str:
    return reason if isinstance(reason, str) else reason()
