"""The plan, whole: every field of the front-matter, typed (spec 1)."""

from __future__ import annotations

import datetime
from functools import cached_property
from typing import Annotated

from zcfdocs.fields import Day, Flag, Noun, Slug, Text, choice, leaves
from zcfdocs.finding import Route
from zcfdocs.plan.applicant import Diagnosis, Factory, Requirement
from zcfdocs.plan.claim import Answer, Benchmark, EvidenceItem, Project, Publication
from zcfdocs.plan.year import Accounting, Evaluation, Year


class Plan(Noun):
    format: Annotated[str, choice("zcf-plan/1")]
    catalogue: Slug
    stage: Text
    as_of: Day
    factory: Factory
    basic_requirements: tuple[Requirement, ...]
    conditions: tuple[Requirement, ...] = ()
    diagnosis: Diagnosis | None = None
    accounting: Accounting
    evaluation: Evaluation | None = None
    confidential: tuple[Text, ...] = ()
    years: tuple[Year, ...]
    benchmarks: tuple[Benchmark, ...] = ()
    projects: tuple[Project, ...] = ()
    indicators: tuple[Answer, ...]
    evidence: tuple[EvidenceItem, ...] = ()
    publish: Flag = False
    publication: Publication | None = None

    def year(self, number: int, kind: str) -> int | None:
        """Where in `years` the year of this kind stands."""
        return next((index for index, year in enumerate(self.years) if year.year == number and year.kind == kind), None)

    @cached_property
    def _answers(self) -> dict[str, tuple[int, Answer]]:
        return {answer.id: (index, answer) for index, answer in reversed(list(enumerate(self.indicators)))}

    def answer(self, row: str) -> tuple[int, Answer] | None:
        """The factory's answer to a row (the first, where it answers twice), with its place in the list."""
        return self._answers.get(row)

    @cached_property
    def citations(self) -> tuple[tuple[Route, str], ...]:
        """Every mention of an evidence id: the route of the noun that names it, and the id."""
        found = [
            (route[: len(route) - 1 - route[::-1].index("evidence")], text)
            for route, text in leaves(self)
            if "evidence" in route[1:] and isinstance(text, str)
        ]
        return (*found, *([(("publication",), self.publication.proof)] if self.publication is not None and self.publication.proof else ()))

    def judged_on(self, year: Year) -> datetime.date:
        """The day a year's evidence must be valid: `as_of`; for what came after the baseline `evaluation.as_of` (spec 2)."""
        late = year.kind != "target" and year.year > self.accounting.baseline
        return self.evaluation.as_of if late and self.evaluation else self.as_of
