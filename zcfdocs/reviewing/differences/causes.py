"""Why a row moved: each change is undone alone and made alone, and is a cause where the points follow it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from zcfdocs.catalogue import Rulebook
from zcfdocs.finding import Route
from zcfdocs.reviewing.differences.align import Change
from zcfdocs.reviewing.differences.transplant import Points, State, points, with_changes

Kind = Literal["data", "claim", "evidence", "catalogue", "rule"]
CLAIMS = ("basic_requirements", "indicators", "publication", "conditions")
MOST = 40  # changes that are tried one by one; more are tried in groups


@dataclass(frozen=True, slots=True)
class Unit:
    """What is tried together: changes of one place, or the bytes of a file."""

    changes: tuple[Change, ...] = ()
    files: frozenset[str] = field(default=frozenset())


def kind_of(change: Change) -> Kind:
    """data, claim or evidence (spec 3, review)."""
    top = change.route[0]
    if top == "evidence":
        return "evidence"
    return "claim" if top in CLAIMS else "catalogue" if top == "catalogue" else "data"


def causes(
    before: State, after: State, changes: Sequence[Change], files: Sequence[str], rulebook: Rulebook, moved: Sequence[tuple[str, str]]
) -> Mapping[tuple[str, str], tuple[Unit, ...]]:
    """For each moved (row, phase) the units it followed; all of them where it only followed several together."""
    if not moved:
        return {}
    units = list(_units(changes, files))
    old, new = points(before, rulebook), points(after, rulebook)
    found: dict[tuple[str, str], list[Unit]] = {place: [] for place in moved}
    for unit in units:
        alone = points(with_changes(before, after, unit.changes, unit.files, 0), rulebook)
        without = points(with_changes(after, before, unit.changes, unit.files, 1), rulebook)
        for place in moved:
            if _differs(alone, old, place) or _differs(without, new, place):
                found[place].append(unit)
    return {place: tuple(followed or units) for place, followed in found.items()}


def _differs(one: Points, other: Points, place: tuple[str, str]) -> bool:
    return bool(one.get(place) != other.get(place))


def _units(changes: Sequence[Change], files: Sequence[str]) -> Iterator[Unit]:
    yield from (Unit(files=frozenset((name,))) for name in files)
    if len(changes) <= MOST:
        yield from (Unit((change,)) for change in changes)
        return
    for length in (5, 4, 3, 2, 1):
        groups: dict[Route, list[Change]] = {}
        for change in changes:
            groups.setdefault(change.route[:length], []).append(change)
        if len(groups) <= MOST or length == 1:
            yield from (Unit(tuple(group)) for group in groups.values())
            return
