"""Two trees of a front-matter, matched by what their items are rather than by where they stand, and what differs between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, get_args

from zcfdocs.fields import Noun
from zcfdocs.figure import PLAIN_NUMBER
from zcfdocs.finding import Route, field_path
from zcfdocs.plan import Plan
from zcfdocs.tree import Node

# What tells one item of a list from another: the first set of keys that the item has.
NAMES: tuple[tuple[str, ...], ...] = (
    ("id",),
    ("year", "kind"),
    ("carrier", "owner", "meter"),
    ("gas",),
    ("metric", "product", "kind"),
    ("method", "kind", "project"),
    ("from",),
    ("name",),
    ("source",),
)
SHOWN = 2_000  # characters of a value that are kept
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A value, or a whole item of a list, that one side has and the other has not or says differently.

    Each side's route is None where it has no such value; `within` are the routes of what holds it, on both sides. Texts are as
    written, of an item a short telling.
    """

    routes: tuple[Route | None, Route | None]
    within: tuple[Route, Route]
    before: str | None
    after: str | None

    @property
    def route(self) -> Route:
        """Of the file after the change, of the file before where it is gone."""
        return next(route for route in reversed(self.routes) if route is not None)

    @property
    def is_item(self) -> bool:
        """Whether a list gains or loses an item by it."""
        return None in self.routes and isinstance(self.route[-1], int)

    def at(self, side: int) -> Route:
        """Where the value stands on one side, or would stand."""
        return self.routes[side] or (*self.within[side], self.route[-1])


def differences(before: Node | None, after: Node | None, routes: tuple[Route, Route] = ((), ())) -> Iterator[Change]:
    """Every change between two values that stand for the same thing; none where a field of numbers has the same one written differently."""
    if before is None or after is None or type(before.value) is not type(after.value) or isinstance(before.value, (str, type(None))):
        if not _same(before, after, routes[1]):
            here = tuple(route if _told(node) is not None else None for node, route in zip((before, after), routes, strict=True))
            yield Change((here[0], here[1]), (routes[0][:-1], routes[1][:-1]), _told(before), _told(after))
        return
    if isinstance(before.value, dict) and isinstance(after.value, dict):
        for key in dict.fromkeys((*before.value, *after.value)):
            yield from differences(before.value.get(key), after.value.get(key), ((*routes[0], key), (*routes[1], key)))
        return
    yield from _lists(before, after, routes)


def _lists(before: Node, after: Node, routes: tuple[Route, Route]) -> Iterator[Change]:
    olds, news = _items(before), _items(after)
    if not any(isinstance(item.value, (dict, list)) for item in (*olds, *news)):
        if [item.data for item in olds] != [item.data for item in news]:
            yield Change(routes, (routes[0][:-1], routes[1][:-1]), _told(before), _told(after))
        return
    for old, new in matched(olds, news):
        if old is not None and new is not None:
            yield from differences(olds[old], news[new], ((*routes[0], old), (*routes[1], new)))
        elif old is not None:
            yield Change(((*routes[0], old), None), routes, _told(olds[old]), None)
        elif new is not None:
            yield Change((None, (*routes[1], new)), routes, None, _told(news[new]))


def matched(olds: Sequence[Node], news: Sequence[Node]) -> Iterator[tuple[int | None, int | None]]:
    """Positions of the same item in both lists: by name, then, where as many are left on both sides, in their order."""
    names = {name: index for index, name in reversed(list(enumerate(_numbered(news))))}
    pairs: dict[int, int] = {}
    for index, name in enumerate(_numbered(olds)):
        if name in names:
            pairs[index] = names.pop(name)
    left = [index for index in range(len(olds)) if index not in pairs]
    taken = set(pairs.values())
    right = [index for index in range(len(news)) if index not in taken]
    if len(left) == len(right):
        pairs |= dict(zip(left, right, strict=True))
        right = []
    yield from ((index, pairs.get(index)) for index in range(len(olds)))
    yield from ((None, index) for index in right)


def _numbered(items: Sequence[Node]) -> list[tuple[Key, int]]:
    """Each item's name, with how often it came before."""
    seen: dict[Key, int] = {}
    found = []
    for item in items:
        name = name_of(item)
        seen[name] = seen.get(name, -1) + 1
        found.append((name, seen[name]))
    return found


def name_of(item: Node) -> Key:
    if not isinstance(item.value, dict):
        return ("", str(item.data))
    for keys in NAMES:
        if keys[0] in item.value:
            return (keys[0], *(str(node.data) if (node := item.value.get(key)) else "" for key in keys))
    return ()


def _items(node: Node) -> Sequence[Node]:
    return node.value if isinstance(node.value, list) else ()


def _same(before: Node | None, after: Node | None, route: Route) -> bool:
    """A site "1" and a site "1.0" are two names: only what the plan reads as a number is compared as one."""
    old, new = (None if node is None else node.data for node in (before, after))
    if old == new or (not old and not new):
        return True
    numbers = [text for text in (old, new) if isinstance(text, str) and PLAIN_NUMBER.fullmatch(text) and len(text) <= 40]
    return len(numbers) == 2 and field_path(route) in _number_fields() and Fraction(numbers[0]) == Fraction(numbers[1])


@cache
def _number_fields() -> frozenset[str]:
    """Paths of the plan's fields that hold an exact number; a product's share is one, though it may be written out in four."""
    return frozenset(_numbers_of(Plan, ""))


def _numbers_of(annotation: Any, path: str) -> Iterator[str]:
    if annotation is Fraction:
        yield path
    elif isinstance(annotation, type) and issubclass(annotation, Noun):
        fields = annotation.model_fields
        if all(field.annotation is Fraction for field in fields.values()):
            yield path
        for name, field in fields.items():
            yield from _numbers_of(field.annotation, f"{path}.{field.alias or name}".lstrip("."))
    else:
        for part in get_args(annotation):
            yield from _numbers_of(part, path)


def _told(node: Node | None) -> str | None:
    """A value in a line: a list by its items, a mapping by its simple values."""
    if node is None or node.value is None:
        return None
    return _line(node)[:SHOWN]


def _line(node: Node, depth: int = 0) -> str:
    if isinstance(node.value, list):
        return "、".join(_line(item, depth + 1) for item in node.value[:40])
    if isinstance(node.value, dict):
        parts = ((key, below) for key, below in list(node.value.items())[:40] if below.value is not None)
        return "，".join(f"{key}: {_line(below, depth + 1)}" for key, below in parts)
    return str(node.value or "")
