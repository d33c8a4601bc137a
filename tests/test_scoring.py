"""The rules as the notice words them, at their edges; the worked plan to its last printed digit."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from zcfdocs.accounting import account
from zcfdocs.catalogue import Rulebook
from zcfdocs.derivation import derivation, gap
from zcfdocs.figure import exact
from zcfdocs.loading import load
from zcfdocs.reading import read_text
from zcfdocs.scoring import Score, score

HERE = Path(__file__).parent
ORACLE = HERE / "cases" / "oracle"
TEXT = (ORACLE / "plan.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return load(HERE.parent / "indicators", "tianjin-2025")


def scored(rulebook: Rulebook, *changes: tuple[str, str]) -> Score:
    """The worked plan with pieces of its text replaced, each of which must be there."""
    text = TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    reading = read_text(text, ORACLE, "plan.md")
    assert reading.plan is not None
    assert reading.findings == ()
    return score(reading.plan, rulebook, reading.evidence, account(reading.plan, rulebook, reading.evidence))


def points(result: Score, row: str, phase: str = "now") -> Fraction:
    return next(item.points for item in result.phases[phase].rows if item.row.id == row)


def status(result: Score, row: str, phase: str = "now") -> str:
    return next(item.status for item in result.phases[phase].rows if item.row.id == row)


def test_the_worked_plan_agrees_on_every_figure(rulebook: Rulebook) -> None:
    expected = json.loads((ORACLE / "expected.json").read_text(encoding="utf-8"))
    result = scored(rulebook)
    for name, phase in expected["phases"].items():
        got = result.phases[name]
        assert got.passed is phase["passed"]
        for row, want in phase["rows"].items():
            assert abs(Decimal(exact(points(result, row, name))) - Decimal(want)) < Decimal("1e-9"), row
        for group in got.groups:
            assert abs(Decimal(exact(group.points)) - Decimal(phase["groups"][group.group.id])) < Decimal("1e-9")
        assert abs(Decimal(exact(got.total)) - Decimal(phase["total"])) < Decimal("1e-9")
    years = {account.year: account for account in (item.phase.account for item in result.phases.values())}
    for want in expected["years"]:
        if want["year"] in years:
            got = years[want["year"]]
            for key in ("tce", "scope1", "scope2", "emissions", "renewable_share", "offsets", "offset_ratio"):
                assert abs(Decimal(exact(getattr(got, key).value)) - Decimal(want[key])) < Decimal("1e-9"), key


OFFSETS = """      - {method: 3a, kind: green_power, amount: 4000, unit: MWh, retired: true, evidence: [offset-green]}
      - {method: 3a, kind: green_certificate, amount: 2000, unit: MWh, retired: true, certificates: [{from: GEC-2024-MA0EXAMP-000001, to: GEC-2024-MA0EXAMP-002000}], evidence: [offset-gec]}
      - {method: 3b, kind: ccer, amount: 4000, unit: tCO2e, retired: true, evidence: [offset-ccer]}
"""


def with_offsets(*lines: str) -> tuple[str, str]:
    return OFFSETS, "".join(f"      - {line}\n" for line in lines)


# 12000 MWh of grid electricity and nothing else: 8449.2 t to offset, and simple ratios.
ELECTRIC = (
    (
        "      - {carrier: solar_self_use, amount: 2800, unit: MWh}\n      - {carrier: solar_exported, amount: 200, unit: MWh, attribute_retained: true}\n"
        "      - {carrier: natural_gas, amount: 60, unit: 万m3}\n      - {carrier: diesel, amount: 20, unit: t}\n      - {carrier: heat, amount: 5000, unit: GJ}\n"
        "    fugitive:\n      - {gas: R410A, amount: 0.020, unit: t}\n"
    ),
    "",
)


@pytest.mark.parametrize(("tonnes", "earned"), [("5069.52", "9"), ("5069.519999", "0"), ("8449.2", "15"), ("20000", "15"), ("0", "0")])
def test_offset_earns_nothing_below_60_percent(rulebook: Rulebook, tonnes: str, earned: str) -> None:
    """附件1-3 4.5: 60 % itself scores; more than everything is everything."""
    line = f"{{method: 3b, amount: {tonnes}, unit: tCO2e, retired: true, evidence: [offset-ccer]}}"
    assert points(scored(rulebook, ELECTRIC, with_offsets(line)), "4.5.1") == Fraction(earned)


@pytest.mark.parametrize(("green", "earned"), [("6000", "0"), ("6000.012", "5.00001"), ("12000", "10"), ("13000", "10")])
def test_renewable_share_scores_only_above_50_percent(rulebook: Rulebook, green: str, earned: str) -> None:
    """附件1-3 5.4: ≤50 % scores nothing."""
    line = f"{{method: 3a, kind: green_power, amount: {green}, unit: MWh, retired: true, evidence: [offset-green]}}"
    assert points(scored(rulebook, ELECTRIC, with_offsets(line)), "5.4.1") == Fraction(earned)


def test_green_power_offsets_bought_electricity_and_nothing_else(rulebook: Rulebook) -> None:
    line = "{method: 3a, kind: green_power, amount: 13000, unit: MWh, retired: true, evidence: [offset-green]}"
    account = scored(rulebook, with_offsets(line)).phases["now"].phase.account
    assert account.offsets.value == Fraction("8449.2") + Fraction("140.82")


def test_nothing_left_to_offset_is_a_full_offset(rulebook: Rulebook) -> None:
    nothing = (ELECTRIC[0], "    fugitive: []\n")
    none_bought = (
        "      - {carrier: grid_electricity, amount: 12000, unit: MWh}\n",
        "      - {carrier: solar_self_use, amount: 12000, unit: MWh}\n",
    )
    assert points(scored(rulebook, nothing, none_bought, with_offsets()), "4.5.1") == 15


@pytest.mark.parametrize(
    "flaw",
    ["retired: false, evidence: [offset-ccer]", "retired: true", "retired: true, evidence: [nowhere]", "retired: true, evidence: [late]"],
)
def test_an_offset_counts_only_retired_and_with_valid_evidence(rulebook: Rulebook, flaw: str) -> None:
    late = (
        "evidence:\n  - {id: basic-1",
        "evidence:\n  - {id: late, title: 晚, file: evidence/basic-1.pdf, issued: 2025-05-01}\n  - {id: basic-1",
    )
    line = f"{{method: 3b, amount: 9000, unit: tCO2e, {flaw}}}"
    assert points(scored(rulebook, late, ELECTRIC, with_offsets(line)), "4.5.1") == 0


def test_a_certificate_counts_once(rulebook: Rulebook) -> None:
    line = "{{method: 3a, kind: green_certificate, amount: 2000, unit: MWh, retired: true, certificates: [{{from: G-0001, to: G-{}}}], evidence: [offset-gec]}}"
    account = scored(rulebook, with_offsets(line.format("2000"), line.format("2000"))).phases["now"].phase.account
    assert account.offsets.value == 2000 * Fraction("0.7041") + Fraction("140.82")


@pytest.mark.parametrize(("amount", "earned"), [("10600", 5), ("10800", 0), ("10799.9999", 5)])
def test_two_equal_years_are_no_decline(rulebook: Rulebook, amount: str, earned: int) -> None:
    """近三年逐年下降: 54 kg in 2023, so 54 kg in 2024 is not falling."""
    assert points(scored(rulebook, ("amount: 10600, unit: t}", f"amount: {amount}, unit: t}}")), "5.5.2") == earned


@pytest.mark.parametrize(("row", "old", "new", "earned"), [
    ("5.2.1", "value: 14.5,", "value: 14.08331,", 15),  # 达到先进值: equal is reached
    ("5.2.1", "value: 14.5,", "value: 14.08330999,", 0),
    ("5.6.1", "value: 0.35,", "value: 0.31,", 0),  # 优于: equal is not better
    ("5.6.1", "value: 0.35,", "value: 0.310001,", 10),
    ("5.5.1", "value: 54, unit: kg/套", "value: 0.054, unit: t/套", 10),
    ("5.2.1", "kind: standard, source: 示例标准, evidence: [bench-energy]", "kind: standard, source: 示例标准", 0),
])  # fmt: skip
def test_benchmarks_are_reached_or_beaten_as_worded(rulebook: Rulebook, row: str, old: str, new: str, earned: int) -> None:
    assert points(scored(rulebook, (old, new)), row) == earned


def test_a_claim_without_valid_evidence_earns_nothing_now_and_all_as_a_target(rulebook: Rulebook) -> None:
    result = scored(rulebook, ("{id: 1.1.1, now: 1, target: 1, evidence: [row-1.1.1]}", "{id: 1.1.1, now: 1, target: 1}"))
    assert (points(result, "1.1.1"), status(result, "1.1.1")) == (0, "unevidenced")
    assert points(result, "1.1.1", "target") == 5
    assert "1.1.1" in result.phases["now"].unmet_required


def test_titles_with_their_own_evidence_are_judged_singly(rulebook: Rulebook) -> None:
    items = (
        "items: [绿色工厂, 高新技术企业, {name: 制造业单项冠军, evidence: [nowhere]}, {name: 绿色工厂, evidence: [row-1.4.1]}, 街道先进]"
    )
    old = "items: [绿色工厂, 高新技术企业, 专精特新“小巨人”企业, 智能制造示范工程]"
    result = scored(rulebook, (old, items))
    assert points(result, "1.4.1") == 4


@pytest.mark.parametrize(
    ("reached", "shared", "earned"),
    [(5, "", 2), (5, ", evidence: [row-1.4.1]", 8), (1, ", evidence: [row-1.4.1]", 2)],
    ids=["three without evidence", "the others share theirs", "no more than reached"],
)
def test_a_number_of_titles_counts_items_with_their_own_evidence_singly(rulebook: Rulebook, reached: int, shared: str, earned: int) -> None:
    """At evaluation as now: of two items with their own evidence one is valid."""
    old = "items: [绿色工厂, 高新技术企业, 专精特新“小巨人”企业, 智能制造示范工程], target: 5, evidence: [row-1.4.1]"
    assert old in TEXT
    items = f"items: [{{name: 绿色工厂, evidence: [row-1.4.1]}}, {{name: 高新技术企业, evidence: [nowhere]}}], result: {reached}, target: 5{shared}"
    year = TEXT[TEXT.index("  - year: 2026") : TEXT.index("benchmarks:")]
    result = scored(
        rulebook,
        (old, items),
        ("benchmarks:\n", year.replace("kind: target", "kind: result") + "benchmarks:\n"),
        ("indicators:\n", "evaluation: {as_of: 2027-03-31}\nindicators:\n"),
    )
    assert points(result, "1.4.1", "result") == earned


def test_publication_earns_only_with_proof_and_not_before_its_day(rulebook: Rulebook) -> None:
    assert points(scored(rulebook), "1.3.2") == 5
    assert points(scored(rulebook, ("date: 2025-04-20, proof: publication", "date: 2025-05-01, proof: publication")), "1.3.2") == 0
    unproven = scored(rulebook, (", proof: publication}", "}"))
    assert (points(unproven, "1.3.2"), points(unproven, "1.3.2", "target")) == (0, 5)


def test_a_missing_basic_requirement_vetoes_whatever_the_total(rulebook: Rulebook) -> None:
    result = scored(rulebook, ("{id: 2, met: met,", "{id: 2, met: not_met,"))
    assert result.phases["now"].passed
    assert not result.phases["now"].eligible


def test_market_based_scope_2_takes_green_power_out_of_the_offsets(rulebook: Rulebook) -> None:
    result = scored(rulebook, ("scope2: location", "scope2: market"))
    account = result.phases["now"].phase.account
    assert account.offsets.value == Fraction("4140.82")
    assert exact(account.offset_ratio.value).startswith("0.67076435")


def test_at_evaluation_promises_are_held_to_what_was_reached(rulebook: Rulebook) -> None:
    """5.1: the mean of (baseline − result) ÷ (baseline − target); half of every promise kept earns half."""
    year = TEXT[TEXT.index("  - year: 2026") : TEXT.index("benchmarks:")]
    result_year = year.replace("kind: target", "kind: result")
    evaluated = scored(
        rulebook,
        ("evidence: [offset-green]}\n      - {method: 3b, kind: ccer, amount: 1600, unit: tCO2e, retired: true, evidence: [offset-ccer]}\nbenchmarks:",
         "evidence: [offset-green]}\n      - {method: 3b, kind: ccer, amount: 1600, unit: tCO2e, retired: true, evidence: [offset-ccer]}\n" + result_year + "benchmarks:"),
        ("indicators:\n", "evaluation: {as_of: 2027-03-31}\nindicators:\n"),
    )  # fmt: skip
    assert points(evaluated, "5.1.1", "result") == 15
    assert status(evaluated, "5.1.1", "now") == "provisional"


def test_a_row_that_does_not_apply_is_evidenced_like_any_claim(rulebook: Rulebook) -> None:
    said = ("{id: 3.2.1, now: 1, target: 1, evidence: [row-3.2.1]}", "{id: 3.2.1, not_applicable: true, note: 无, evidence: [row-3.2.1]}")
    result = scored(rulebook, said)
    assert (points(result, "3.2.1"), status(result, "3.2.1")) == (40, "not_applicable")
    bare = scored(rulebook, (said[0], "{id: 3.2.1, not_applicable: true, note: 无}"))
    assert (points(bare, "3.2.1"), status(bare, "3.2.1")) == (0, "unevidenced")
    assert points(bare, "3.2.1", "target") == 40


@pytest.mark.parametrize(("evidence", "coal"), [("[bench-energy]", 60 * Fraction(320) / Fraction("29.3076")), ("[]", Fraction(798))])
def test_a_measured_heat_value_replaces_the_default_only_with_its_report(rulebook: Rulebook, evidence: str, coal: Fraction) -> None:
    line = "{carrier: natural_gas, amount: 60, unit: 万m3}"
    measured = line.replace("}", f", ncv: {{value: 32, unit: MJ/m3, evidence: {evidence}}}}}")
    account = scored(rulebook, (line, measured)).phases["now"].phase.account
    tce = next(figure for line, figure in account.energy_lines if line.carrier.key == "natural_gas")
    assert tce.value == coal


def test_a_promise_takes_no_certificate_from_what_is_retired_later(rulebook: Rulebook) -> None:
    promised = "{method: 3a, kind: green_power, amount: 10500, unit: MWh, retired: true, evidence: [offset-green]}"
    numbered = promised.replace("}", ", certificates: [{from: P-00001, to: P-10500}]}")
    year = TEXT[TEXT.index("  - year: 2026") : TEXT.index("benchmarks:")].replace(promised, numbered)
    evaluated = scored(
        rulebook,
        (promised, numbered),
        ("benchmarks:\n  - {metric: energy", year.replace("kind: target", "kind: result") + "benchmarks:\n  - {metric: energy"),
        ("indicators:\n", "evaluation: {as_of: 2027-03-31}\nindicators:\n"),
    )
    for name in ("target", "result"):
        assert evaluated.phases[name].phase.account.renewable_share.value == 1


def test_a_standard_comes_before_the_level_of_the_industry(rulebook: Rulebook) -> None:
    """5.2: the industry's level counts only 未制定相关标准的."""
    lax = "benchmarks:\n  - {metric: energy, value: 20, unit: kgce/套, kind: industry, source: 行业, evidence: [bench-energy]}\n"
    result = scored(rulebook, ("benchmarks:\n", lax), ("value: 14.5,", "value: 10,"))
    assert points(result, "5.2.1") == 0


@pytest.mark.parametrize(("row", "changes", "said"), [
    ("4.5.1", (ELECTRIC, with_offsets("{method: 3b, amount: 8449.1999999, unit: tCO2e, retired: true, evidence: [offset-ccer]}")), "= 14.9999999998 分"),
    ("4.5.1", (ELECTRIC, with_offsets("{method: 3b, amount: 5069.519999, unit: tCO2e, retired: true, evidence: [offset-ccer]}")), "抵消比例 59.99999999%，低于 60%"),
    ("5.2.1", (("value: 14.5,", "value: 14.08330999,"),), "14.08331 kgce/套 > 标杆值 14.08330999"),
])  # fmt: skip
def test_no_reason_looks_as_if_a_line_had_been_reached(
    rulebook: Rulebook, row: str, changes: tuple[tuple[str, str], ...], said: str
) -> None:
    result = scored(rulebook, *changes)
    assert said in next(item.because for item in result.phases["now"].rows if item.row.id == row)


def test_points_are_never_negative_nor_above_the_maximum(rulebook: Rulebook) -> None:
    for phase in scored(rulebook).phases.values():
        for row in phase.rows:
            assert 0 <= row.points <= row.claimed <= row.row.points


def test_a_derivation_ends_at_lines_and_sources(rulebook: Rulebook) -> None:
    reading = read_text(TEXT, ORACLE, "plan.md")
    assert reading.plan is not None
    result = score(reading.plan, rulebook, reading.evidence, account(reading.plan, rulebook, reading.evidence))
    lines = list(derivation("5.2.1", result, rulebook, reading.source))
    text = "\n".join(lines)
    assert "plan.md:75:" not in text
    gas = TEXT.split("\n").index("      - {carrier: natural_gas, amount: 60, unit: 万m3}") + 1
    assert f"天然气 = 60 万m3  ← plan.md:{gas}  years[2].energy[3].amount" in text
    assert "折标准煤系数 = 13.3 tce/万m3  ← 来源：" in text


def test_required_rows_alone_do_not_reach_the_line(rulebook: Rulebook) -> None:
    found = gap(scored(rulebook).phases["now"], rulebook)
    assert found.required_alone == Fraction("72.5")
    assert found.missing == 0
    assert found.gains[0].total >= found.gains[-1].total
