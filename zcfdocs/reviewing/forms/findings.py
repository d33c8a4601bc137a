"""Findings as the forges' own formats take them: the worst first, each with a fingerprint and what is known of its code."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence

from zcfdocs.finding import CODES, dotted
from zcfdocs.reviewing.model import Told

ORDER = {"error": 0, "warning": 1, "info": 2}


def worst_first(told: Iterable[Told]) -> tuple[Told, ...]:
    """By severity, then as they stand in the files."""
    return tuple(sorted(told, key=lambda item: (ORDER[item.severity], item.path, item.line, item.column, item.code, item.message)))


def fingerprints(told: Sequence[Told]) -> tuple[str, ...]:
    """One a finding, in order, each different; of code and place, not of line numbers, so that lines added above change none."""
    met: Counter[tuple[str, ...]] = Counter()
    found = []
    for item in told:
        key = (item.path, item.code, dotted(item.route))
        met[key] += 1
        text = "\0".join((*key, *((str(met[key]),) if met[key] > 1 else ())))
        found.append(hashlib.sha256(text.encode()).hexdigest())
    return tuple(found)


def title(code: str) -> str:
    """What the code checks; empty for a code that this version does not know."""
    return CODES[code].title.rstrip("。") if code in CODES else ""


def reason(code: str) -> str:
    return CODES[code].why if code in CODES else ""


def advice(item: Told) -> str:
    """The message and, on a line of its own, how to mend it."""
    return f"{item.message}\n{item.hint}" if item.hint else item.message
