"""A user's mistake as a value, the codes it may carry, and the route that says where it stands."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

Route = tuple[str | int, ...]


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def label(self) -> str:
        return {"error": "错误", "warning": "警告", "info": "提示"}[self.value]


@dataclass(frozen=True, slots=True)
class Code:
    """What `zcfdocs explain` prints: the check, the clause behind it, a wrong and a right example."""

    code: str
    severity: Severity
    title: str
    why: str
    wrong: str
    right: str


@dataclass(frozen=True, slots=True)
class Meaning:
    """What `zcfdocs explain` prints of a check of `verify`: what is looked at, why, and what to do where it fails."""

    code: str
    title: str
    why: str
    mend: str


CODES: dict[str, Code] = {}


def define(code: str, severity: Severity, title: str, *, why: str, wrong: str, right: str) -> Code:
    """Register a code once; a code is never used for a second thing."""
    if code in CODES:
        raise ValueError(f"{code} is defined twice")
    CODES[code] = Code(code, severity, title, why, wrong, right)
    return CODES[code]


@dataclass(frozen=True, slots=True)
class Finding:
    """A coded, located mistake; line and column count from 1, 0 while not yet looked up."""

    code: str
    route: Route
    message: str
    hint: str = ""
    path: str = ""
    line: int = 0
    column: int = 0

    @property
    def severity(self) -> Severity:
        return CODES[self.code].severity

    def at(self, path: str, line: int, column: int) -> Finding:
        return replace(self, path=path, line=line, column=column)

    def as_json(self) -> dict[str, object]:
        """The shape fixed for `check --format json`."""
        return {
            "path": self.path,
            "line": self.line,
            "column": self.column,
            "code": self.code,
            "severity": self.severity.value,
            "message": self.message,
            "hint": self.hint,
            "route": list(self.route),
        }

    def __str__(self) -> str:
        head = f"{self.path}:{self.line}:{self.column} {self.code} {self.severity.label}：{self.message}"
        return head if not self.hint else f"{head}\n    {self.hint}"


def count(findings: Iterable[Finding], severity: Severity) -> int:
    return sum(finding.severity is severity for finding in findings)


def suggest(word: str, allowed: Iterable[str]) -> str:
    """“是不是想写 …？” where one allowed word is close, else an empty text."""
    near = difflib.get_close_matches(word, list(allowed), n=1, cutoff=0.6)
    return f"是不是想写 {near[0]}？" if near else ""


def dotted(route: Route) -> str:
    """`years[2].energy[0].amount`, as people write a route."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in route).removeprefix(".")


def field_path(route: Route) -> str:
    """The route without its list positions: `years.energy.amount`, as the catalogue names fields."""
    return ".".join(step for step in route if isinstance(step, str))


def parents(route: Route) -> Iterator[Route]:
    """The route itself, then each shorter one down to the root."""
    for length in range(len(route), -1, -1):
        yield route[:length]
