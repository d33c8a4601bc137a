"""Runs of certificate numbers: how many they hold, and which of them were already counted."""

from __future__ import annotations

import re
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
    """What has been counted so far; a number counts once."""

    taken: dict[tuple[str, int], list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))

    def take(self, new: Run) -> int:
        """Count the run; returns how many of its numbers had been counted before."""
        fresh = [(new.first, new.last)]
        for low, high in self.taken[new.prefix, new.width]:
            fresh = [
                piece
                for first, last in fresh
                for piece in ((first, min(last, low - 1)), (max(first, high + 1), last))
                if piece[0] <= piece[1]
            ]
        self.taken[new.prefix, new.width] += fresh
        return len(new) - sum(last - first + 1 for first, last in fresh)
