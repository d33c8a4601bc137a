"""A plan with some of its changes undone, or with only some of them made: what tells the cause of a moved row from what merely changed too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from zcfdocs.accounting import account
from zcfdocs.catalogue import Rulebook
from zcfdocs.evidence import Evidence, FileFact
from zcfdocs.fields import Noun
from zcfdocs.finding import Route
from zcfdocs.plan import Plan
from zcfdocs.reviewing.differences.align import Change
from zcfdocs.reviewing.differences.walking import field_of, value_at
from zcfdocs.scoring import score

Points = dict[tuple[str, str], Any]


@dataclass(frozen=True, slots=True)
class State:
    """A plan with the facts of its evidence files."""

    plan: Plan
    evidence: Evidence


def points(state: State, rulebook: Rulebook) -> Points:
    """(row, phase) → points; empty where nothing can be scored."""
    accounts = account(state.plan, rulebook, state.evidence)
    judged = score(state.plan, rulebook, state.evidence, accounts)
    return {(row.row.id, name): row.points for name, phase in judged.phases.items() for row in phase.rows}


def with_changes(host: State, donor: State, changes: Sequence[Change], files: Iterable[str], side: int) -> State:
    """The host with the donor's values for these changes and these files; `side` is the host's, 0 before and 1 after."""
    plan = host.plan
    for change in changes:
        if not change.is_item:
            plan = _replaced(plan, donor.plan, change, side)
        elif (route := change.routes[1 - side]) is not None:
            plan = _appended(plan, change.within[side], value_at(donor.plan, route))
    # Last, the deepest and the later first: what goes moves the positions of what follows it.
    gone = [route for change in changes if change.is_item and (route := change.routes[side]) is not None]
    for route in sorted(gone, key=lambda route: (-len(route), -int(route[-1]))):
        plan = _put(plan, route[:-1], lambda items, at=int(route[-1]): (*items[:at], *items[at + 1 :]))
    return State(plan, _evidence(plan, host, donor, frozenset(files)))


def _replaced(plan: Plan, donor: Plan, change: Change, side: int) -> Plan:
    """A value that one side lacks stands at the same field of what both have, empty there."""
    value = value_at(donor, change.at(1 - side))
    made: Plan = _put(plan, change.at(side), lambda _: value)
    return made


def _appended(plan: Plan, route: Route, item: Any) -> Plan:
    made: Plan = _put(plan, route, lambda items: (*(items or ()), item))
    return made


def _put(noun: Any, route: Route, change: Any) -> Any:
    """A copy whose value at the route is changed; the noun itself where the route does not lead anywhere in it."""
    if not route:
        return change(noun)
    step, rest = route[0], route[1:]
    if isinstance(noun, Noun) and isinstance(step, str):
        name = field_of(noun, step)
        return noun if name is None else _copied(noun, name, _put(getattr(noun, name), rest, change))
    if isinstance(noun, tuple) and isinstance(step, int) and step < len(noun):
        return (*noun[:step], _put(noun[step], rest, change), *noun[step + 1 :])
    if isinstance(noun, dict) and isinstance(step, str):
        return {**noun, step: _put(noun.get(step), rest, change)}
    return noun


def _copied(noun: Noun, name: str, value: Any) -> Noun:
    copy = noun.model_copy(update={name: value})
    for cached in copy.__dict__.keys() - type(noun).model_fields.keys():
        del copy.__dict__[cached]  # what was looked up in the other one
    return copy


def _evidence(plan: Plan, host: State, donor: State, files: frozenset[str]) -> Evidence:
    """The facts of each listed file, from the side its item is of; those of `files` from the donor."""
    facts: dict[str, FileFact] = {}
    items = {item.id: item for item in reversed(plan.evidence)}
    for key, item in items.items():
        own, other = (host, donor) if item.file not in files else (donor, host)
        known = {fact.path: fact for fact in other.evidence.facts.values()} | {fact.path: fact for fact in own.evidence.facts.values()}
        facts[key] = known.get(item.file, FileFact(item.file, "missing"))
    source = donor if files else host
    return replace(host.evidence, items=items, facts=facts, proofs=source.evidence.proofs)
