"""Numbers of a plan that changed, with their units, and what makes one suspicious."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from zcfdocs.catalogue import Rulebook
from zcfdocs.fields import Noun, leaves
from zcfdocs.figure import exact
from zcfdocs.finding import Route
from zcfdocs.plan import Plan
from zcfdocs.reading import Source
from zcfdocs.reviewing import model
from zcfdocs.reviewing.differences.align import Change
from zcfdocs.reviewing.differences.walking import field_of, value_at
from zcfdocs.reviewing.naming.labels import label_of
from zcfdocs.scorecard import YEAR_FIGURES, Json
from zcfdocs.units import compound_ratio

MARKS = {
    "historic_year": "推荐之后改动了历史年度",
    "unit_jump": "相差约 1000 倍或 10000 倍，可能是单位写错",
    "over_30_percent": "与上一年相差超过 30%",
}
RECOMMENDED = "recommended"
JUMPS, SLIP = (Fraction(1000), Fraction(10_000)), Fraction(1, 20)
LEAP = Fraction(3, 10)
TITLED = re.compile(r"（([^（）]+)）$")
UNITS = {"energy": "tce", "co2": "tCO2", "water": "m3", "emissions": "tCO2e"}
INTENSITIES = ("energy", "carbon", "material", "water")


def changed_figures(
    before: Plan | None,
    after: Plan | None,
    sources: tuple[Source | None, Source | None],
    changes: Sequence[Change],
    rulebook: Rulebook,
    stage: str,
) -> Iterator[model.Figure]:
    """Each number once; of an item that came or went, each number in it. `stage` is the one before the change."""
    order = [item.key for item in rulebook.catalogue.stages]
    late = stage in order and RECOMMENDED in order and order.index(stage) >= order.index(RECOMMENDED)
    for change in changes:
        for routes in _leaves(before, after, change):
            old, new = _number(before, routes[0]), _number(after, routes[1])
            if (old is None and new is None) or old == new:
                continue
            side = 1 if routes[1] is not None else 0
            route = routes[side]
            plan, source = (before, after)[side], sources[side]
            assert route is not None
            units = tuple(_unit(of, at) if at is not None else "" for of, at in zip((before, after), routes, strict=True))
            same = _in_unit(old, *units) if _measured(before, routes[0]) == _measured(after, routes[1]) else None
            yield model.Figure(
                route=route,
                line=source.line_of(route) if source else 0,
                unit=" → ".join(dict.fromkeys(filter(None, units))),
                before=_exact(old),
                after=_exact(new),
                marks=tuple(_marks(plan, route, same, new, late)),
                label=label_of(route, plan, rulebook),
            )


def _exact(value: Fraction | None) -> str | None:
    return None if value is None else exact(value)


def _leaves(before: Plan | None, after: Plan | None, change: Change) -> Iterator[tuple[Route | None, Route | None]]:
    """The routes of both sides for each leaf of a change."""
    tails: dict[Route, None] = {}
    for plan, route in zip((before, after), change.routes, strict=True):
        if plan is not None and route is not None:
            tails |= dict.fromkeys(tail for tail, _ in leaves(value_at(plan, route)))
    for tail in tails or {(): None}:
        yield tuple(None if route is None else (*route, *tail) for route in change.routes)  # type: ignore[misc]  # two of them


def _number(plan: Plan | None, route: Route | None) -> Fraction | None:
    value = value_at(plan, route) if plan is not None and route is not None else None
    return value if isinstance(value, Fraction) else None


def _unit(plan: Plan | None, route: Route) -> str:
    """Written beside the number, or fixed by the field."""
    parent = value_at(plan, route[:-1])
    unit = getattr(parent, "unit", None)
    if isinstance(unit, str):
        return unit
    if isinstance(parent, Noun):
        name = field_of(parent, str(route[-1]))
        title = type(parent).model_fields[name].title if name is not None else None
        if title and (found := TITLED.search(title)):
            return found[1]
    return UNITS.get(str(route[-1]), "") if len(route) > 1 and route[-2] in ("saves", "achieved", "reported") else ""


def _in_unit(value: Fraction | None, unit: str, other: str) -> Fraction | None:
    """The quantity in the other unit; None where the two measure different things."""
    size = compound_ratio(unit, other)
    return None if value is None or size is None else value * size


def _measured(plan: Plan | None, route: Route | None) -> tuple[Any, ...]:
    """Of what the number is an amount; another carrier's is no slip of the first."""
    parent = value_at(plan, route[:-1]) if route is not None else None
    return tuple(getattr(parent, name, None) for name in ("carrier", "gas", "metric"))


def _marks(plan: Plan | None, route: Route, old: Fraction | None, new: Fraction | None, late: bool) -> Iterator[str]:
    """`old` in the unit of `new`, None where nothing of the kind stood there."""
    year = value_at(plan, route[:2]) if route[0] == "years" and len(route) > 2 else None
    if late and year is not None and year.kind == "actual":
        yield "historic_year"
    if old and new and any(abs(max(old, new) / min(old, new) / jump - 1) <= SLIP for jump in JUMPS):
        yield "unit_jump"
    last = _year_before(plan, route) if year is not None and plan is not None else None
    if new is not None and last and abs(new / last - 1) > LEAP:
        yield "over_30_percent"


def _year_before(plan: Plan, route: Route) -> Fraction | None:
    """The same number of the year before, in the same unit: of the same carrier, gas, source, product, material or method."""
    own = plan.years[int(route[1])]
    past = next((index for index, year in enumerate(plan.years) if year.year == own.year - 1 and year.kind == "actual"), None)
    if past is None or own.kind not in ("actual", "result"):
        return None
    if len(route) == 3:
        return _number(plan, ("years", past, route[2]))
    if len(route) != 5 or route[4] != "amount":
        return None
    item = value_at(plan, route[:4])
    others = value_at(plan, ("years", past, route[2]))
    name = _same_thing(item)
    return next((other.amount for other in others or () if _same_thing(other) == name), None)


def _same_thing(item: Any) -> tuple[Any, ...]:
    return tuple(getattr(item, name, None) for name in ("carrier", "owner", "gas", "source", "name", "method", "kind", "unit"))


def changed_results(before: Json | None, after: Json | None) -> Iterator[model.Result]:
    """Computed figures of each year that are not what they were, of the first product the intensities."""
    olds, news = _years(before), _years(after)
    for key in dict.fromkeys((*olds, *news)):
        for name in (*YEAR_FIGURES, *(f"intensity.{metric}" for metric in INTENSITIES)):
            old, new = (_figure(side.get(key), name) for side in (olds, news))
            if old != new:
                yield model.Result(year=key[0], kind=key[1], name=name, before=old, after=new)


def _years(card: Json | None) -> dict[tuple[int, Any], Json]:
    return {(year["year"], year["kind"]): year for year in (card["years"] if card else ())}


def _figure(year: Json | None, name: str) -> str | None:
    if year is None:
        return None
    value = year["intensity"].get(name.partition(".")[2]) if name.startswith("intensity.") else year[name]
    return None if value is None else str(value)
