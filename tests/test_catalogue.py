"""The notice's catalogue holds together, a broken one says where, and another city needs no Python."""

from __future__ import annotations

import re
import shutil
from fractions import Fraction
from pathlib import Path

import pytest

from zcfdocs.accounting import account
from zcfdocs.loading import Shelf
from zcfdocs.plan import Plan
from zcfdocs.reading import read_plan
from zcfdocs.scoring import score
from zcfdocs.typed import fields_at

ROOT = Path(__file__).parent.parent
RIVER = Path(__file__).parent / "river"


@pytest.fixture(scope="module")
def tianjin():
    shelf = Shelf(ROOT / "indicators")
    rulebook = shelf.get("tianjin-2025")
    assert shelf.findings == []
    assert rulebook is not None
    return rulebook


def test_all_42_rows_sum_to_the_notices_weights(tianjin):
    catalogue = tianjin.catalogue
    assert len(list(catalogue.rows())) == 42
    assert [group.weight for group in catalogue.groups] == [Fraction(n, 100) for n in (20, 10, 10, 40, 20)]
    assert all(group.points == 100 for group in catalogue.groups)
    required = sum(row.points * group.weight for group in catalogue.groups for row in group.rows() if row.required)
    assert required == Fraction("72.5")


def test_every_field_of_a_plan_has_an_audience(tianjin):
    def paths(prefix: str, route: tuple[str, ...]):
        names = fields_at(Plan, route)
        for name in names:
            below = list(paths(f"{prefix}{name}.", (*route, name)))
            yield from below or [f"{prefix}{name}"]

    listed = tianjin.catalogue.audiences
    missing = [path for path in paths("", ()) if not any(path == key or path.startswith(f"{key}.") for key in listed)]
    assert missing == []


def test_persons_are_never_public(tianjin):
    for field in ("factory.contact", "factory.phone", "factory.email", "factory.legal_representative"):
        assert tianjin.catalogue.audience(field) == "bureau"
    assert tianjin.catalogue.audience("something.new") == "bureau"


@pytest.fixture
def broken(tmp_path):
    """A copy of the small catalogue and a way to break one file of it."""
    shutil.copytree(RIVER / "indicators", tmp_path / "indicators")

    def change(name: str, old: str, new: str) -> list[str]:
        path = tmp_path / "indicators" / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        shelf = Shelf(tmp_path / "indicators")
        assert shelf.get("river-2030") is None
        return [f"{finding.path}:{finding.line} {finding.code} {finding.message}" for finding in shelf.findings]

    return change


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("weight: 70%", "weight: 60%", "indicators/river-2030/catalogue.yaml:28 Z901 各组权重合计 90%，应为 100%"),
        ("points: 60, text: 作出", "points: 50, text: 作出", ":29 Z901 一、管理 的分值合计 90，应为 100"),
        ("rule: {name: published}", "rule: {name: publish}", ":38 Z902 没有规则 publish。是不是想写 published？"),
        ("above: 30%", "abov: 30%", ":49 Z102 没有字段 abov。是不是想写 above？"),
        ("of: renewable_share", "of: renewable", ":49 Z111 “renewable”不在允许的取值之内"),
        ("id: 2.1.2, title: 绿电", "id: 2.1.1, title: 绿电", "Z903 指标 2.1.1 出现 2 次"),
        ("inherits: 2.1.1", "inherits: 9.9.9", "Z904 没有指标 9.9.9"),
        ("evidence: 承诺书。", "evidence: null", "Z906 指标 1.1.1 没有佐证材料的原文"),
        ("text: 公布方案。", 'text: ""', "Z112 文字为空"),
        ("{from: draft, to: listed", "{from: draft, to: lsited", "Z904 没有阶段 lsited。是不是想写 listed？"),
        ("heat: river-heat", "heat: river-hot", "Z905 没有因子集 river-hot"),
        ("heat: river-heat", "heat: river-grid", "Z902 factors/river-grid.yaml 不是所要的因子种类"),
        ("chosen: renormalise", "chosen: renormalize", "Z904 口径 not_applicable 没有选项 renormalize"),
        ("key: lower, name", "key: upper, name", "Z903 upper 出现 2 次"),
        ("pass_line: 60", "pass_line: sixty", ":8 Z106 “sixty”不是普通小数"),
    ],
)
def test_a_broken_catalogue_says_where(broken, old, new, expected):
    assert any(expected in line for line in broken("river-2030/catalogue.yaml", old, new))


def test_a_broken_factor_set_says_where(broken):
    assert any("factors/river-grid.yaml:7 Z106" in line for line in broken("factors/river-grid.yaml", "year: 2028", "year: 28"))


def test_another_city_is_another_folder():
    rulebook = Shelf(RIVER / "indicators").get("river-2030")
    assert rulebook is not None
    reading = read_plan(RIVER / "plans/upper/mill/plan.md", "plan.md")
    assert reading.plan is not None
    assert reading.findings == ()
    accounts = account(reading.plan, rulebook, reading.evidence)
    assert accounts[2].tce.value == Fraction(35) * Fraction("0.2") + Fraction(65) * Fraction("0.2") + 15
    assert accounts[2].emissions.value == Fraction(35) / 4 + Fraction(10 * 40 * 3, 100) * Fraction(44, 12)
    now = score(reading.plan, rulebook, reading.evidence, accounts).phases["now"]
    rows = {row.row.id: row for row in now.rows}
    assert rows["1.1.1"].points == 45
    assert rows["1.1.3"].points == 10  # the alias and the name are one title
    assert rows["2.1.1"].points == 40
    assert rows["2.1.2"].points == Fraction(40) * (Fraction("0.65") - Fraction("0.3")) / Fraction("0.7")
    assert rows["2.1.3"].status == "not_applicable"
    # renormalise: the row leaves the 100 points of its group
    assert now.groups[1].points == (40 + 20) * Fraction(100, 80)
    assert now.total == Fraction(55) * Fraction("0.3") + 75 * Fraction("0.7")
    assert now.passed
    assert rulebook.catalogue.level(now.total) == "铜级"


def test_nothing_about_a_city_is_in_code(tianjin):
    catalogue = tianjin.catalogue
    words = {catalogue.id, catalogue.place, "天津", "tianjin", catalogue.notice.title}
    words |= {district.key for district in catalogue.districts} | {district.name for district in catalogue.districts}
    words |= {title.name for title in catalogue.titles} | {row.text for row in catalogue.rows()}
    # district keys and row ids stand in examples of `explain` and in docstrings; code must not compare with them
    for path in sorted((ROOT / "zcfdocs").rglob("*.py")):
        code = re.sub(r'"""(?s:.*?)"""|\b(?:wrong|right|why|help|hint)=(?:f?"[^"\n]*"\s*)+|#.*', "", path.read_text(encoding="utf-8"))
        found = [word for word in words if re.search(rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word), code)]
        assert found == [], path
        assert [row.id for row in catalogue.rows() if re.search(rf"""["']{re.escape(row.id)}["']""", code)] == [], path
