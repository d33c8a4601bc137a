"""A round of plans as the site tells it: the facts of all that are shown, and the rulebooks they are judged by."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from zcfdocs.catalogue import Catalogue, District, Row, Rulebook
from zcfdocs.scorecard import Json


@dataclass(frozen=True)
class Round:
    """`plans` are the facts (`site.facts`) of every plan with a page, by key; `address` is the site's own, "" where it is not known."""

    plans: tuple[Json, ...]
    books: tuple[Rulebook, ...]
    preview: bool = False
    address: str = ""

    @cached_property
    def living(self) -> tuple[Json, ...]:
        return tuple(plan for plan in self.plans if not plan["withdrawn"])

    @cached_property
    def withdrawn(self) -> tuple[Json, ...]:
        return tuple(plan for plan in self.plans if plan["withdrawn"])

    def of(self, catalogue: Catalogue) -> tuple[Json, ...]:
        """The living plans that are judged by it."""
        return tuple(plan for plan in self.living if plan["catalogue"]["id"] == catalogue.id)

    @cached_property
    def rows(self) -> tuple[tuple[Catalogue, Row], ...]:
        return tuple((book.catalogue, row) for book in self.books for row in book.catalogue.rows())

    @cached_property
    def districts(self) -> tuple[District, ...]:
        """Those of all catalogues, each once, in their order."""
        found = {district.key: district for book in self.books for district in book.catalogue.districts}
        return tuple(found.values())
