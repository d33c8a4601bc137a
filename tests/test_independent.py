"""The program's figures and points against a second implementation, on the worked plan and on many made from seeds."""

import json
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests import generated, independent
from zcfdocs.accounting import account
from zcfdocs.figure import display, exact, percent
from zcfdocs.finding import Severity
from zcfdocs.loading import load
from zcfdocs.reading import read_plan
from zcfdocs.scorecard import Origin, scorecard
from zcfdocs.scoring import score

ROOT = Path(__file__).parent.parent / "indicators"
ORACLE = Path(__file__).parent / "cases" / "oracle"
WHOLE = ("tce", "scope1", "scope2", "emissions", "renewable_share", "offsets", "offset_ratio")
SEEDS = range(80)


@pytest.fixture(scope="module")
def rulebook():
    return load(ROOT, "tianjin-2025")


def pairs(path: Path, rulebook) -> Iterator[tuple[str, Any, Any]]:
    """What it is, the program's value, the independent one."""
    mine, reading = independent.work(path, ROOT), read_plan(path, "plan.md")
    plan, evidence = reading.plan, reading.evidence
    assert plan is not None
    assert not reading.findings
    accounts = account(plan, rulebook, evidence)
    scored = score(plan, rulebook, evidence, accounts)
    card = scorecard(plan, rulebook, accounts, scored, "", Origin(), dict.fromkeys(Severity, 0))
    for own, shown in zip(accounts, card["years"], strict=True):
        year, name = mine["years"][own.year, own.kind], f"{own.year} {own.kind}"
        for key in (*WHOLE, "biogenic"):
            yield f"{name} {key}", getattr(own, key).value, year[key]
        yield f"{name} without self-used renewables", own.tce_without_renewables.value, year["without"]
        yield from ((f"{name} {key} printed", shown[key], independent.printed(year[key])) for key in WHOLE)
        for product, printed in zip(own.products, shown["intensities"], strict=True):
            found = year["products"][product.product]
            for metric in ("energy", "carbon", "material", "water"):
                scored_by = plan.accounting.intensity_basis if metric in ("energy", "carbon") else "product"
                yield f"{name} {product.product} {metric}", value(product.metric(metric)), found[metric, scored_by]
                wanted = found[metric, scored_by]
                yield f"{name} {product.product} {metric} printed", printed[metric], None if wanted is None else independent.printed(wanted)
            for basis, figures in product.bases.items():
                yield from ((f"{name} {product.product} {key} {basis}", value(one), found[key, basis]) for key, one in figures.items())
    yield "phases", set(scored.phases), set(mine["phases"])
    for name, phase in scored.phases.items():
        wanted = mine["phases"][name]
        for row in phase.rows:
            claimed, counted = wanted["rows"][row.row.id]
            if counted is not None:
                yield f"{name} {row.row.id}", (row.claimed, row.points), (claimed, counted)
        yield from ((f"{name} group {group.group.id}", group.points, wanted["groups"][group.group.id]) for group in phase.groups)
        yield from ((f"{name} {key}", getattr(phase, key), wanted[key]) for key in ("total", "passed", "eligible"))
        yield f"{name} total printed", card["phases"][name]["total"], independent.printed(wanted["total"])
        yield f"{name} looks passed", Decimal(card["phases"][name]["display"]) >= rulebook.catalogue.pass_line, wanted["passed"]


def value(figure):
    return None if figure is None else figure.value


def differences(path: Path, rulebook) -> list[str]:
    return [f"{what}: {ours}, independently {theirs}" for what, ours, theirs in pairs(path, rulebook) if ours != theirs]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_made_plan_comes_out_the_same(seed, tmp_path, rulebook):
    assert not differences(generated.generate(seed, tmp_path, ROOT), rulebook)


def test_the_worked_plan_comes_out_the_same(rulebook):
    assert not differences(ORACLE / "plan.md", rulebook)


def test_the_second_implementation_gives_the_figures_worked_by_hand():
    expected = json.loads((ORACLE / "expected.json").read_text(encoding="utf-8"))
    mine = independent.work(ORACLE / "plan.md", ROOT)
    for year in expected["years"]:
        found = mine["years"][year["year"], year["kind"]]
        (product,) = found["products"].values()
        figures = {key: found[key] for key in WHOLE} | {key: product[key, "product"] for key in year["intensity"]}
        for key, wanted in ({key: year[key] for key in WHOLE} | year["intensity"]).items():
            assert abs(figures[key] - Fraction(wanted)) < Fraction(1, 10**10), (year["year"], key)
    for name, phase in expected["phases"].items():
        found = mine["phases"][name]
        figures = {key: counted for key, (_, counted) in found["rows"].items()} | found["groups"] | {"total": found["total"]}
        for key, wanted in (phase["rows"] | phase["groups"] | {"total": phase["total"]}).items():
            assert abs(figures[key] - Fraction(wanted)) < Fraction(1, 10**10), (name, key)
        assert found["passed"] is phase["passed"]


@pytest.mark.parametrize(
    ("number", "line"), [("79.996", 80), ("79.99999999", 80), ("14.9975", 15), ("14.995", 15), ("99.995", 100), ("9.9999999999", 10)]
)
def test_what_is_below_a_line_looks_below_it(number, line):
    assert Decimal(display(Fraction(number), 2, Fraction(line))) < line
    assert Decimal(percent(Fraction(number) / line).removesuffix("%")) < 100


@pytest.mark.parametrize(
    "fraction", [Fraction(1, 3), Fraction(2, 7), Fraction(10**30, 7), Fraction(-44, 12), Fraction(1, 2**70), Fraction(80), Fraction(0)]
)
def test_numbers_are_printed_exactly_or_with_28_digits(fraction):
    assert exact(fraction) == independent.printed(fraction)
