"""Prose cites figures by name and by nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from zcfdocs.accounting import account
from zcfdocs.citations import fill, find, resolve
from zcfdocs.loading import load
from zcfdocs.reading import read_plan
from zcfdocs.scorecard import figures, names
from zcfdocs.scoring import score

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def cards() -> tuple[dict[str, Any], dict[str, Any]]:
    rulebook = load(HERE.parent / "indicators", "tianjin-2025")
    reading = read_plan(HERE / "cases/oracle/plan.md", "plan.md")
    assert reading.plan is not None
    accounts = account(reading.plan, rulebook, reading.evidence)
    scored = score(reading.plan, rulebook, reading.evidence, accounts)
    return figures(rulebook, accounts, scored), names(rulebook, accounts, scored)


@pytest.mark.parametrize(("text", "shown"), [
    ("{{ years.2024.emissions|digits(2) }}", "10397.89"),
    ("{{years.2024.tce}}", "2816.662"),
    ("{{ years.2024.offset_ratio }}", "80.45%"),
    ("{{ years.2024.renewable_share | digits(0) }}", "59%"),
    ("{{ phases.now.total }}", "87.09"),
    ("{{ phases.target.total|digits(1) }}", "95.8"),
    ("{{ phases.now.rows.5.4.1.points|digits(4) }}", "5.9459"),
    ("{{ years.2024.intensity.energy|digits(2) }}", "14.08"),
    ("{{ years.2024.intensities.座椅总成.water }}", "0.31"),
])  # fmt: skip
def test_a_figure_reads_as_in_the_tables(cards: tuple[dict[str, Any], dict[str, Any]], text: str, shown: str) -> None:
    assert fill(text, cards[0]) == shown


@pytest.mark.parametrize("text", [
    "{{ 7*7 }}", "{{ years.2024.tce + 1 }}", "{{ ''.__class__ }}", "{{ cycler.__init__.__globals__ }}", "{{ years.2042.tce }}", "{{ years }}",
    "{{ years.2024 }}", "{{ phases.now.rows }}", "{{ years.2024.tce|upper }}", "{{ years.2024.tce|digits(99) }}", "{% for x in years %}", "{{ }}",
])  # fmt: skip
def test_nothing_else_is_evaluated(cards: tuple[dict[str, Any], dict[str, Any]], text: str) -> None:
    assert fill(text, cards[0]) == text


def leaves(node: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if isinstance(node, dict):
        return [leaf for key, value in node.items() for leaf in leaves(value, (*path, key))]
    if isinstance(node, list):
        return [
            leaf
            for item in node
            if isinstance(item, dict)
            for leaf in leaves(item, (*path, str(item.get("year", item.get("id", item.get("product"))))))
        ]
    return [path] if isinstance(node, str) else []


def test_the_names_a_check_knows_are_the_names_of_the_card(cards: tuple[dict[str, Any], dict[str, Any]]) -> None:
    card, known = cards
    both = {path: "{{ " + ".".join(path) + " }}" for path in {*leaves(card), *leaves(known)}}
    for path, text in both.items():
        (citation,) = find(text)
        assert (resolve(card, citation) is None) == (resolve(known, citation) is None), path
