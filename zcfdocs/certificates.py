"""Runs of certificate numbers: how many they hold, and which of them were already counted."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass, field

from zcfdocs.plan import Certificates

NUMBER = re.compile(r"(.*?)([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class Run:
    """Numbers first…last of one prefix, both included."""

    prefix: str
    width: int
    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first + 1

    def __str__(self) -> str:
        return f"{self.prefix}{self.first:0{self.width}}—{self.prefix}{self.last:0{self.width}}"


def run(certificates: Certificates) -> Run | None:
    """The run, or None where the two ends do not belong to one series in rising order."""
    first, last = NUMBER.fullmatch(certificates.first), NUMBER.fullmatch(certificates.last)
    if not first or not last or first[1] != last[1] or len(first[2]) != len(last[2]) or int(first[2]) > int(last[2]):
        return None
    return Run(first[1], len(first[2]), int(first[2]), int(last[2]))


@dataclass(slots=True)
class Ledger:
    """What has been counted so far, as sorted runs that do not touch; a number counts once."""

    taken: dict[tuple[str, int], list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))

    def copy(self) -> Ledger:
        return Ledger(defaultdict(list, {key: list(runs) for key, runs in self.taken.items()}))

    def take(self, new: Run) -> int:
        """Count the run; returns how many of its numbers had been counted before."""
        runs = self.taken[new.prefix, new.width]
        first = bisect_left(runs, new.first, key=lambda known: known[1])
        last = bisect_right(runs, new.last, key=lambda known: known[0])
        met = runs[first:last]
        repeated = sum(min(high, new.last) - max(low, new.first) + 1 for low, high in met)
        runs[first:last] = [(min([new.first, *(low for low, _ in met)]), max([new.last, *(high for _, high in met)]))]
        return repeated
