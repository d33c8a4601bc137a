"""Every code has a broken copy of the worked plan beside it, with the report it must give; the worked plan itself has no error.

`tests/cases_broken/<code>-<what>/change.yaml` says how the copy differs from `tests/cases/oracle`, `expected.txt` what `check` then says
of that code, and which other codes come with it. Where it has `commits`, the copy lies in a repository: each is a change of its own, made
and committed before. `ZCF_GOLDEN=write pytest tests/test_checks.py` writes the reports anew, to be read
in the diff.
"""

from __future__ import annotations

import copy
import json
import os
import random
import re
import shutil
import time
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies
from ruamel.yaml import YAML

from tests.repository import Repository
from zcfdocs.finding import CODES, Finding, Severity
from zcfdocs.loading import Shelf
from zcfdocs.pipeline import Examined, examine, examine_all
from zcfdocs.reading import read_plan

HERE = Path(__file__).parent
ORACLE = HERE / "cases" / "oracle"
BROKEN = HERE / "cases_broken"
INDICATORS = HERE.parent / "indicators"
PLACE = "plans/xiqing/shili-parts"
COMMIT = re.compile(r"\b[0-9a-f]{12}\b")  # changes with every word of the worked plan
CASES = sorted(path.parent for path in BROKEN.glob("*/change.yaml"))


@cache
def shelf() -> Shelf:
    return Shelf(INDICATORS)


@cache
def sound_codes() -> Counter[str]:
    """What the worked plan itself gives, so that a case need not list it."""
    return Counter(finding.code for finding in examine(ORACLE / "plan.md", f"{PLACE}/plan.md", shelf()).findings)


def mended(text: str, replacements: list[dict[str, Any]]) -> str:
    for change in replacements:
        count = text.count(change["old"])
        assert count == 1 or (count and change.get("all")), f"{change['old']!r} stands {count} times"
        text = text.replace(change["old"], change["new"] * change.get("times", 1))
    return text


def build(change: dict[str, Any], root: Path) -> Path:
    """One broken copy under `root`; returns its plan.md."""
    folder = root / str(change.get("at", PLACE))
    shutil.copytree(ORACLE, folder, ignore=shutil.ignore_patterns("expected*"))
    plan = folder / "plan.md"
    text = change.get("text", plan.read_text(encoding="utf-8"))
    plan.write_text(mended(text, change.get("replace", [])), encoding=change.get("encoding", "utf-8"))
    for name, what in change.get("files", {}).items():
        path = folder / name
        if path.exists() and not path.is_dir():
            path.rename(folder / f".{path.name}") if what == "link" else path.unlink()
        path.parent.mkdir(parents=True, exist_ok=True)
        if what == "link":
            path.symlink_to(folder / f".{path.name}")
        elif what == "folder":
            path.mkdir()
        elif what is not None:
            path.write_text(what, encoding="utf-8")
    return plan


def committed(change: dict[str, Any], root: Path) -> Path:
    """The repository in which each of the commits stood once."""
    repository = Repository(root / "repository")
    for step in change["commits"]:
        plan = build(step, repository.top)
        repository.commit()
        shutil.rmtree(plan.parent)
    return repository.top


def examined(change: dict[str, Any], root: Path) -> list[Examined]:
    shown = change.get("at", PLACE)
    if "commits" in change:
        root = committed(change, root)
    plans = [(build(change, root), f"{shown}/plan.md")]
    if "other" in change:
        plans.append((build(change["other"], root), f"{change['other']['at']}/plan.md"))
    if "indicators" not in change:
        return examine_all(plans, shelf())
    shutil.copytree(INDICATORS, root / "indicators")
    for name, replacements in change["indicators"].items():
        path = root / "indicators" / name
        path.write_text(mended(path.read_text(encoding="utf-8"), replacements), encoding="utf-8")
    own = Shelf(root / "indicators")
    found = examine_all(plans, own)
    assert own.findings == []
    return found


def report(code: str, findings: list[Finding], plans: int) -> str:
    """The findings of the code in full, then how often others come that the worked plan does not give."""
    lines = [COMMIT.sub("<提交>", str(finding)) for finding in findings if finding.code == code]
    usual = Counter({usual: times * plans for usual, times in sound_codes().items()})
    others = Counter(finding.code for finding in findings if finding.code != code) - usual
    lines += [f"另有：{'、'.join(f'{other} {CODES[other].title} ×{times}' for other, times in sorted(others.items()))}"] if others else []
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_a_broken_plan_is_reported_where_it_is_broken(folder: Path, tmp_path: Path) -> None:
    change = YAML(typ="safe").load((folder / "change.yaml").read_text(encoding="utf-8"))
    code = folder.name.partition("-")[0]
    plans = examined(change, tmp_path)
    findings = [finding for item in plans for finding in item.findings]
    assert any(finding.code == code and finding.line and finding.column for finding in findings)
    said, expected = report(code, findings, len(plans)), folder / "expected.txt"
    if os.environ.get("ZCF_GOLDEN") == "write":
        expected.write_text(said, encoding="utf-8")
    assert said == expected.read_text(encoding="utf-8")


def test_every_code_has_a_broken_case() -> None:
    """Codes of the catalogue itself (Z9xx) are broken in test_catalogue.py, those of review.yaml (R) in test_reviews.py."""
    assert {folder.name.partition("-")[0] for folder in CASES} == {code for code in CODES if code[0] == "Z" and not code.startswith("Z9")}


def test_every_code_is_explained_in_full() -> None:
    for code in CODES.values():
        assert all(text.strip() for text in (code.title, code.why, code.wrong, code.right)), code.code
        assert code.wrong != code.right, code.code


def test_the_worked_plan_has_no_error() -> None:
    found = examine(ORACLE / "plan.md", f"{PLACE}/plan.md", shelf()).findings
    assert [finding for finding in found if finding.severity is Severity.ERROR] == []


@pytest.mark.parametrize("path", sorted((HERE.parent / "plans").glob("*/*/plan.md")), ids=lambda path: path.parent.name)
def test_the_examples_have_no_error(path: Path) -> None:
    shown = path.relative_to(HERE.parent).as_posix()
    assert [finding for finding in examine(path, shown, shelf()).findings if finding.severity is Severity.ERROR] == []


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the worked plan that may be written over."""
    folder = tmp_path_factory.mktemp("desk") / "shili-parts"
    shutil.copytree(ORACLE, folder)
    return folder


def findings_of(text: str, desk: Path) -> tuple[Finding, ...]:
    path = desk / "plan.md"
    path.write_text(text, encoding="utf-8")
    return examine(path, f"{PLACE}/plan.md", shelf()).findings


def test_a_consequence_is_not_reported_beside_its_cause(desk: Path) -> None:
    """A wrong unit is one finding: neither its size nor the verdicts on figures speak of it again."""
    text = (ORACLE / "plan.md").read_text(encoding="utf-8").replace("amount: 12000, unit: MWh", "amount: 12000, unit: MWH")
    codes = Counter(finding.code for finding in findings_of(text, desk))
    assert codes - sound_codes() == Counter({"Z341": 1})
    assert "Z811" not in codes


FRAGMENTS = ["", "0", "-1", "1e9", "{", "}", "[", "]", "null", "true", "2024", "9999-99-99", "长期", "tce", "万m3", "1b", "💥", "{{"]
BREAKS = [": ", "- ", "\n", "\n  ", "```", "<b>", "target", "0" * 50]
MUTATIONS = strategies.lists(
    strategies.tuples(strategies.integers(0, 17_000), strategies.integers(0, 40), strategies.sampled_from([*FRAGMENTS, *BREAKS])),
    min_size=1,
    max_size=6,
)


def judged_in_time(text: str, desk: Path) -> None:
    began = time.process_time()
    assert all(finding.line and finding.column for finding in findings_of(text, desk))
    assert time.process_time() - began < 5


@settings(max_examples=60, deadline=None, derandomize=True)
@given(mutations=MUTATIONS)
def test_no_change_of_the_text_raises_or_hangs(desk: Path, mutations: list[tuple[int, int, str]]) -> None:
    text = (ORACLE / "plan.md").read_text(encoding="utf-8")
    for start, length, word in mutations:
        text = text[:start] + word + text[start + length :]
    judged_in_time(text, desk)


VALUES: list[Any] = [None, "", "0", "-1", "1", "0.5", "1000000000000", "2023", "2024", "2026", "2020-01-01", "2030-01-01", "true", "false"]
VALUES += [
    "t",
    "GJ",
    "m3",
    "market",
    "by_year",
    "output_value",
    "result",
    "actual",
    "target",
    "steam",
    "heat",
    "chp_self_use",
    "solar_exported",
]
VALUES += [
    "third_party",
    "3a",
    "2c",
    "1b",
    "座椅总成",
    "basic-1",
    "5.2.1",
    "1.4.1",
    "not_applicable",
    "not_met",
    [],
    {},
    ["x"],
    {"value": "1", "unit": "t"},
]


def places(data: Any) -> list[tuple[Any, Any]]:
    """Every holder and key in the tree."""
    keys = list(data) if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else []
    return [(data, key) for key in keys] + [place for key in keys for place in places(data[key])]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(chance=strategies.randoms(use_true_random=False))
def test_no_change_of_the_data_raises_or_hangs(desk: Path, chance: random.Random) -> None:
    """Other values, values gone and values twice, in a front-matter that stays readable YAML (JSON is)."""
    reading = read_plan(ORACLE / "plan.md", "plan.md")
    data = copy.deepcopy(reading.source.root.data) if reading.source.root else {}
    for _ in range(chance.randint(1, 5)):
        holder, key = chance.choice(places(data))
        what = chance.random()
        if what < 0.2:
            del holder[key]
        elif what < 0.35 and isinstance(holder, list):
            holder.insert(key, copy.deepcopy(holder[key]))
        else:
            holder[key] = copy.deepcopy(chance.choice(VALUES))
    judged_in_time(f"---\n{json.dumps(data, ensure_ascii=False, indent=1)}\n---\n{reading.source.body}", desk)


@pytest.mark.parametrize(
    "line",
    [
        "      - {carrier: wind_self_usee, amount: 1, unit: MWH, owner: third_party}\n",
        "      - {carrier: grid_electricity, amount: 1, unit: kWh, evidence: [a, b, c, d, e, f, g]}\n",
        "      - {carrier: solar_self_use, amount: 1x, unit: kWh, owner: nobody, attribute_retained: maybe}\n",
    ],
)
def test_a_hostile_plan_ends_in_findings(desk: Path, line: str) -> None:
    text = (ORACLE / "plan.md").read_text(encoding="utf-8")
    began = time.process_time()
    assert findings_of(text.replace("    fugitive:\n", line * 700 + "    fugitive:\n"), desk)
    assert time.process_time() - began < 20
