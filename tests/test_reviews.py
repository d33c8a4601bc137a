"""review.yaml as bureaus write it: what is read, and how a mistake is told."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from zcfdocs.errors import ZcfError
from zcfdocs.reviews import read_reviews

GOOD = """format: zcf-reviews/1
reviews:
  - {role: district, reviewer: 甲, date: 2025-04-20, digest: "sha256:aa", decision: return}
  - role: district
    reviewer: 乙
    date: 2025-04-26
    decision: recommend
    basic: [{id: 1, met: true, reason: 已核对原件}]
    rows: [{id: 1.1.1, phase: now, points: 4.5, reason: 缺签名}]
    requests: [{row: 1.2.1, text: 补充职责分工, due: 2025-04-25}]
    visit: {date: 2025-04-22, people: [丙, 丁], notes: 台账齐全}
"""


def write(folder: Path, text: str) -> Path:
    (folder / "review.yaml").write_text(text, "utf-8")
    return folder


def test_the_last_review_of_a_role_counts(tmp_path: Path) -> None:
    found = read_reviews(write(tmp_path, GOOD), "plans/x/review.yaml")
    assert found.findings == ()
    last = found.reviews.last("district")
    assert last is not None
    assert (last.reviewer, last.date, last.decision) == ("乙", date(2025, 4, 26), "recommend")
    assert last.basic[0].met
    assert last.rows[0].points == Fraction(9, 2)
    assert last.requests[0].text == "补充职责分工"
    assert last.visit is not None
    assert last.visit.people == ("丙", "丁")
    assert found.reviews.last("expert") is None


def test_a_plan_without_the_file_has_no_reviews(tmp_path: Path) -> None:
    assert read_reviews(tmp_path, "review.yaml").reviews.reviews == ()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("decision: recommend", "decision: recomend", "plans/x/review.yaml:7:15 Z111"),
        ("points: 4.5", "points: 好", "plans/x/review.yaml:9:44 Z106"),
        ("reviewer: 乙", "reviwer: 乙", "plans/x/review.yaml:5:5 Z102"),
        ("zcf-reviews/1", "zcf-reviews/9", "plans/x/review.yaml:1:9 Z111"),
        ("role: district\n", "role: [\n", "plans/x/review.yaml:"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in GOOD
    found = read_reviews(write(tmp_path, GOOD.replace(old, new)), "plans/x/review.yaml")
    assert any(str(finding).startswith(told) for finding in found.findings), [str(finding) for finding in found.findings]


def test_aliases_and_links_are_refused(tmp_path: Path) -> None:
    aliased = read_reviews(write(tmp_path, "format: &a zcf-reviews/1\nreviews: [*a]\n"), "review.yaml")
    assert aliased.findings
    (tmp_path / "review.yaml").rename(tmp_path / "other.yaml")
    (tmp_path / "review.yaml").symlink_to(tmp_path / "other.yaml")
    with pytest.raises(ZcfError, match="不是普通文件"):
        read_reviews(tmp_path, "review.yaml")
