"""How a check is registered, what it may look at, and how its problems become findings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from zcfdocs.accounting import YearAccount
from zcfdocs.catalogue import OffsetMethod, Row, Rulebook
from zcfdocs.evidence import Evidence
from zcfdocs.factors import Carrier
from zcfdocs.finding import Finding, Route, Severity, define, parents
from zcfdocs.outline import FENCED, Heading
from zcfdocs.plan import Answer, EnergyLine, Offset, Plan
from zcfdocs.reading import Reading
from zcfdocs.scoring import Score

# What every figure rests on; where one of them is in error, a verdict on figures would only repeat it.
FRAME: tuple[Route, ...] = (("as_of",), ("accounting",), ("years",))
# Nobody mends more at once, and a hostile file must not cost more than an honest one.
MOST = 100
COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
CODE = re.compile(r"`[^`]{1,300}`")


def uncommented(text: str) -> str:
    """The text without HTML comments, its lines where they were."""
    return COMMENT.sub(lambda match: "\n" * match[0].count("\n"), text) if "<!--" in text else text


@dataclass(frozen=True)
class Case:
    """A plan before the checks; `accounts` and `score` are empty where the plan's frame could not be read."""

    reading: Reading
    plan: Plan
    rulebook: Rulebook
    evidence: Evidence
    headings: tuple[Heading, ...]
    accounts: tuple[YearAccount, ...] = ()
    score: Score | None = None

    @cached_property
    def answers(self) -> tuple[tuple[Route, Answer, Row], ...]:
        """Each answer to a row of the catalogue, with its place."""
        rows = self.rulebook.catalogue.rows_by_id
        return tuple(
            (("indicators", index), answer, rows[answer.id]) for index, answer in enumerate(self.plan.indicators) if answer.id in rows
        )

    @cached_property
    def lines(self) -> tuple[tuple[Route, EnergyLine, Carrier], ...]:
        """Every energy line of a known carrier, with its place."""
        carriers = self.rulebook.carriers.by_key
        return tuple(
            (("years", index, "energy", position), line, carriers[line.carrier])
            for index, year in enumerate(self.plan.years)
            for position, line in enumerate(year.energy)
            if line.carrier in carriers
        )

    @cached_property
    def offsets(self) -> tuple[tuple[Route, Offset, OffsetMethod], ...]:
        """Every offset of a known method, with its place."""
        methods = {method.id: method for method in self.rulebook.catalogue.offsets}
        return tuple(
            (("years", index, "offsets", position), offset, methods[offset.method])
            for index, year in enumerate(self.plan.years)
            for position, offset in enumerate(year.offsets)
            if offset.method in methods
        )

    @cached_property
    def prose(self) -> tuple[tuple[int, str], ...]:
        """The body's lines outside code blocks and comments, code spans blanked, with their numbers."""
        fence, found = "", []
        for number, line in enumerate(uncommented(self.reading.source.body).split("\n"), self.reading.source.body_line):
            mark = FENCED.match(line)
            if mark:
                fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
            elif not fence:
                found.append((number, CODE.sub(lambda match: " " * len(match[0]), line) if "`" in line else line))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Problem:
    """What a check yields: the place, the message, the mend; body problems bring their own line and column.

    `rests` names the other places the judgement rests on: where one of them is unreadable, or in error, the problem is only a consequence.
    """

    route: Route
    message: str
    hint: str = ""
    rests: tuple[Route, ...] = ()
    line: int = 0
    column: int = 0


Check = Callable[[Case], Iterator[Problem]]


@dataclass(frozen=True, slots=True)
class Registered:
    code: str
    severity: Severity
    function: Check
    needs_figures: bool


CHECKS: list[Registered] = []


def check(code: str, severity: Severity, *, why: str, wrong: str, right: str, figures: bool = False) -> Callable[[Check], Check]:
    """Register a check; its docstring is the title that `explain` prints.

    `figures`: it judges computed figures, is asked only where there are any, and rests on the whole frame.
    """

    def register(function: Check) -> Check:
        define(code, severity, (function.__doc__ or "").strip().rstrip("。"), why=why, wrong=wrong, right=right)
        CHECKS.append(Registered(code, severity, function, figures))
        return function

    return register


class Places:
    """Routes that are not to be trusted, asked in constant time."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes = frozenset(routes)
        self._above = frozenset(above for route in self._routes for above in parents(route))

    def hold(self, route: Route) -> bool:
        """Whether the route is, or lies below, one of them."""
        return any(above in self._routes for above in parents(route))

    def touch(self, routes: Iterable[Route]) -> bool:
        """Whether one of the routes is, lies below or contains one of them."""
        return bool(self._routes) and any(route in self._above or self.hold(route) for route in routes)


def judge(case: Case) -> Iterator[Finding]:
    """All findings of all checks, causes before consequences; of one check the first hundred.

    Nothing is said of a value already reported as unreadable, nor of what rests on it; a doubt that rests on an error
    waits until that is mended.
    """
    holes = Places(case.reading.holes)
    ready = [item for item in CHECKS if case.score is not None or not item.needs_figures]
    found = [(item, problem) for item in ready for problem in islice(item.function(case), MOST)]
    found = [(item, problem) for item, problem in found if not holes.hold(problem.route) and not holes.touch(_rests(item, problem))]
    errors = Places(problem.route for item, problem in found if item.severity is Severity.ERROR and problem.route)
    for item, problem in found:
        if item.severity is Severity.ERROR or not errors.touch(_rests(item, problem)):
            finding = Finding(item.code, problem.route, problem.message, problem.hint, line=problem.line, column=problem.column)
            yield case.reading.source.locate(finding)


def _rests(item: Registered, problem: Problem) -> tuple[Route, ...]:
    return (*FRAME, *problem.rests) if item.needs_figures else problem.rests
