"""Laws of exact figures: what JSON carries, what people read, what a figure remembers."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, strategies

from zcfdocs import figure, units

rationals = strategies.fractions(min_value=-(10**9), max_value=10**9, max_denominator=10**6)
positives = strategies.fractions(min_value=0, max_value=10**6, max_denominator=10**6)


@given(strategies.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=9))
def test_a_finite_decimal_is_written_exactly(value: Decimal) -> None:
    assert Fraction(figure.exact(Fraction(value))) == Fraction(value)


@given(rationals)
def test_an_endless_decimal_keeps_28_digits(value: Fraction) -> None:
    written = Fraction(figure.exact(value))
    assert abs(written - value) <= abs(value) / 10**27


@given(rationals, strategies.integers(min_value=0, max_value=6))
def test_rounding_is_half_up_and_within_half_a_step(value: Fraction, digits: int) -> None:
    assert abs(Fraction(figure.rounded(value, digits)) - value) <= Fraction(1, 2 * 10**digits)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [("0.005", 2, "0.01"), ("-0.005", 2, "-0.01"), ("2.675", 2, "2.68"), ("0.5", 0, "1"), ("-0.001", 2, "0.00")],
)
def test_halves_go_up(value: str, digits: int, text: str) -> None:
    assert figure.rounded(Fraction(value), digits) == text


@given(positives, positives, strategies.integers(min_value=0, max_value=4))
def test_what_is_below_a_line_never_looks_as_if_it_had_reached_it(value: Fraction, line: Fraction, digits: int) -> None:
    text = figure.display(value, digits, line)
    assert (Fraction(text) < line) or value >= line


@pytest.mark.parametrize(
    ("value", "line", "text"), [("79.996", "80", "79.996"), ("80", "80", "80.00"), ("79.99", "80", "79.99"), ("14.9999", "15", "14.9999")]
)
def test_79_996_is_not_80(value: str, line: str, text: str) -> None:
    assert figure.display(Fraction(value), 2, Fraction(line)) == text


def test_99_998_percent_is_not_100() -> None:
    assert figure.percent(Fraction("0.99998")) == "99.998%"
    assert figure.percent(Fraction(1)) == "100.00%"


def test_a_figure_remembers_its_places_and_sources() -> None:
    amount = figure.given(Fraction(60), "万m3", "天然气", ("years", 0, "energy", 2, "amount"))
    factor = figure.constant(Fraction("13.3"), "tce/万m3", "折标准煤系数", "GB/T 2589-2020")
    energy = figure.total("综合能耗", "tce", [figure.product("天然气", "tce", amount, factor)])
    assert energy.value == 798
    assert energy.routes() == (("years", 0, "energy", 2, "amount"),)
    assert energy.factors() == (factor,)
    assert energy.worked() == "天然气 60 万m3 × 13.3 tce/万m3 = 798 tce"


@given(strategies.sampled_from(sorted(units.UNITS)), strategies.sampled_from(sorted(units.UNITS)))
def test_units_convert_there_and_back(unit: str, other: str) -> None:
    there, back = units.ratio(unit, other), units.ratio(other, unit)
    assert (there is None) == (back is None)
    assert there is None or back is None or there * back == 1
