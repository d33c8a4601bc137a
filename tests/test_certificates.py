"""A certificate number counts once, however its runs overlap."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies

from zcfdocs.certificates import Ledger, Run, run
from zcfdocs.plan import Certificates

runs = strategies.lists(strategies.tuples(strategies.integers(0, 60), strategies.integers(0, 20)), max_size=12)


@given(runs)
def test_repeated_numbers_are_counted_as_a_set_would(pairs: list[tuple[int, int]]) -> None:
    ledger, seen = Ledger(), set[int]()
    for first, length in pairs:
        numbers = set(range(first, first + length + 1))
        assert ledger.take(Run("G-", 3, first, first + length)) == len(numbers & seen)
        seen |= numbers


@pytest.mark.parametrize(("first", "last", "length"), [
    ("GEC-2024-000001", "GEC-2024-002000", 2000), ("G7", "G7", 1), ("GEC-01", "GEC-1", None), ("A-1", "B-2", None), ("G-9", "G-1", None), ("甲", "乙", None),
])  # fmt: skip
def test_a_run_is_one_series_in_rising_order(first: str, last: str, length: int | None) -> None:
    found = run(Certificates.model_validate({"from": first, "to": last}))
    assert (len(found) if found else None) == length
