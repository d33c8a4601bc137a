"""review.yaml as bureaus write it: what is read, and how a mistake is told."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from zcfdocs.finding import CODES
from zcfdocs.loading import Shelf
from zcfdocs.pipeline import Examined, examine
from zcfdocs.places import INDICATORS
from zcfdocs.reviews import ReadReviews, judged, read_bytes, read_reviews

ORACLE = Path(__file__).parent / "cases" / "oracle"
DIGEST = f"sha256:{'0123456789abcdef' * 4}"

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


def test_aliases_are_refused(tmp_path: Path) -> None:
    aliased = read_reviews(write(tmp_path, "format: &a zcf-reviews/1\nreviews: [*a]\n"), "review.yaml")
    assert {finding.code for finding in aliased.findings} == {"Z006"}
    assert aliased.reviews.reviews == ()


def test_what_could_not_be_read_does_not_count_as_nought(tmp_path: Path) -> None:
    """Points that are no number leave their row out; a review of an unknown role is nobody's."""
    found = read_reviews(write(tmp_path, GOOD.replace("points: 4.5", "points: 好")), "review.yaml")
    assert [len(review.rows) for review in found.reviews.reviews] == [0, 0]
    assert found.reviews.reviews[1].basic[0].met
    found = read_reviews(write(tmp_path, GOOD.replace("role: district, reviewer: 甲", "role: mayor, reviewer: 甲")), "review.yaml")
    assert [review.reviewer for review in found.reviews.reviews] == ["乙"]
    other = read_reviews(write(tmp_path, GOOD.replace("zcf-reviews/1", "zcf-reviews/9")), "review.yaml")
    assert other.reviews.reviews == ()


def links(folder: Path) -> None:
    (folder / "other.yaml").write_text(GOOD, "utf-8")
    (folder / "review.yaml").symlink_to(folder / "other.yaml")


def dangles(folder: Path) -> None:
    (folder / "review.yaml").symlink_to(folder / "nowhere")


def pipes(folder: Path) -> None:
    os.mkfifo(folder / "review.yaml")


def nests(folder: Path) -> None:
    (folder / "review.yaml").mkdir()


def swells(folder: Path) -> None:
    (folder / "review.yaml").write_text(GOOD + "#" * (1 << 20), "utf-8")


def garbles(folder: Path) -> None:
    (folder / "review.yaml").write_bytes(GOOD.encode("gbk"))


@pytest.mark.parametrize("spoil", [links, dangles, pipes, nests, swells, garbles])
def test_no_link_pipe_or_huge_file_is_read(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    """One finding, so that one folder of an outsider does not keep the others from being checked."""
    spoil(tmp_path)
    found = read_reviews(tmp_path, "plans/x/review.yaml")
    assert [str(finding).partition("：")[0] for finding in found.findings] == ["plans/x/review.yaml:1:1 R400 错误"]
    assert found.reviews.reviews == ()


def test_what_git_holds_is_read_alike(tmp_path: Path) -> None:
    held = read_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode(), "x")
    assert (held.reviews, held.findings) == (read_reviews(write(tmp_path, GOOD), "x").reviews, ())
    assert {finding.code for finding in read_bytes(b"#" * (1 << 20) + b"#", "x").findings} == {"R400"}


# Against the plan and the catalogue ---------------------------------------------------------

SIGNED = 'reviewer: 甲, date: 2025-05-01, digest: "DIGEST"'
# What is wrong, with the place that is told marked by §, and what is said of it.
WRONG = [
    ("R401", f"role: district, {SIGNED}, rows: [{{id: §1.1.9, phase: now, points: 1}}]", "没有指标 1.1.9"),
    ("R401", f"role: district, {SIGNED}, requests: [{{row: §9.9.9, text: 补}}]", "没有指标 9.9.9"),
    ("R402", f"role: expert, {SIGNED}, rows: [{{id: 1.1.1, phase: now, points: §5.01}}]", "满分 5 分，现为 5.01 分"),
    ("R402", f"role: expert, {SIGNED}, rows: [{{id: 1.1.1, phase: now, points: §-0.5}}]", "满分 5 分，现为 -0.5 分"),
    ("R403", f"role: expert, {SIGNED}, rows: [{{id: 1.1.1, phase: §result, points: 5}}]", "方案没有结果（result）这一阶段"),
    (
        "R404",
        f"role: expert, {SIGNED}, rows: [{{id: 1.1.1, phase: now, points: 5}}, {{id: §1.1.1, phase: now, points: 4}}]",
        "专家 甲 对指标 1.1.1（现状）已经评过",
    ),
    ("R404", f"role: district, {SIGNED}, basic: [{{id: 1, met: true}}, {{id: §1, met: false}}]", "区 甲 对基本要求 1 已经评过"),
    ("R405", f"role: expert, {SIGNED}, decision: §recommend", "“同意推荐”由区决定，不由专家"),
    ("R405", f"role: district, {SIGNED}, decision: §select", "“列为培育对象”由市决定，不由区"),
    ("R405", f"role: district, {SIGNED}, decision: §confirm", "“确定为试点企业”由市决定，不由区"),
    ("R405", f"role: city, {SIGNED}, decision: §recommend", "“同意推荐”由区决定，不由市"),
    ("R406", f"role: city, {SIGNED}, requests: [{{text: 补, due: §2025-04-30}}]", "期限 2025-04-30 早于评审日期 2025-05-01"),
    ("R407", f"role: city, {SIGNED}, basic: [{{id: §99, met: true}}]", "没有基本要求 99"),
    ("R408", "§role: city, reviewer: 甲, date: 2025-05-01", "市 甲 的评审没有写 digest"),
    ("R408", "role: city, reviewer: 甲, date: 2025-05-01, digest: §第二稿", "digest“第二稿”不是数据摘要"),
    ("R409", f"role: city, reviewer: 甲, date: 2025-05-01, digest: §{'0' * 64}", "市 甲 评的是方案较早的版本"),
    ("R410", '§role: city, digest: "DIGEST"', "第 1 次评审没有写评审人（reviewer）、日期（date）"),
]


@pytest.fixture(scope="module")
def oracle() -> Examined:
    return examine(ORACLE / "plan.md", "plans/x/plan.md", Shelf(INDICATORS))


@pytest.fixture
def against(oracle: Examined) -> Callable[..., ReadReviews]:
    """Reviews judged as if they lay beside the worked plan."""
    assert oracle.reading.plan is not None
    assert oracle.rulebook is not None
    plan, catalogue = oracle.reading.plan, oracle.rulebook.catalogue

    def judge(*reviews: str) -> ReadReviews:
        listed = "".join(f"  - {{{review}}}\n" for review in reviews).replace("DIGEST", DIGEST)
        return judged(read_bytes(f"format: zcf-reviews/1\nreviews:\n{listed}".encode(), "plans/x/review.yaml"), plan, catalogue, DIGEST)

    return judge


@pytest.mark.parametrize(("code", "marked", "said"), WRONG)
def test_a_mistake_against_plan_or_notice_is_told_with_its_place(
    against: Callable[..., ReadReviews], code: str, marked: str, said: str
) -> None:
    (finding,) = against(marked.replace("§", "")).findings
    column = f"  - {{{marked.replace('DIGEST', DIGEST)}".index("§") + 1
    assert (finding.code, finding.path, finding.line) == (code, "plans/x/review.yaml", 3)
    assert said in finding.message
    # A review as a whole, and what it lacks, is told where it begins.
    assert finding.column == (5 if column == 6 else column)


def test_every_code_of_reviews_is_among_these_mistakes() -> None:
    assert {code for code, _, _ in WRONG} | {"R400"} == {code for code in CODES if code.startswith("R4")}


SOUND = [
    f"role: district, {SIGNED}, decision: recommend, rows: [{{id: 1.1.1, phase: now, points: 5}}, {{id: 1.1.1, phase: target, points: 0}}]",
    f"role: district, {SIGNED}, decision: reject, requests: [{{row: 1.2.1, text: 补, due: 2025-05-01}}]",
    f"role: city, {SIGNED}, decision: select, basic: [{{id: 1, met: true}}]",
    f"role: city, {SIGNED}, decision: return",
    f"role: expert, {SIGNED}, rows: [{{id: 1.1.1, phase: now, points: 4}}]",
    f"role: expert, {SIGNED.replace('05-01', '05-02')}, rows: [{{id: 1.1.1, phase: now, points: 3}}]",
]


def test_reviews_as_they_should_be_have_no_findings(against: Callable[..., ReadReviews]) -> None:
    """The same expert on another day speaks anew; the short digest that papers print will do."""
    found = against(*SOUND, f"role: city, reviewer: 丁, date: 2025-05-01, digest: {DIGEST.removeprefix('sha256:')[:16]}")
    assert found.findings == ()


def test_a_decision_that_is_not_the_reviewers_counts_for_nothing(against: Callable[..., ReadReviews]) -> None:
    found = against(f"role: expert, {SIGNED}, decision: confirm", f"role: city, {SIGNED}, decision: confirm")
    assert [(review.role, review.decision) for review in found.reviews.reviews] == [("expert", "none"), ("city", "confirm")]


def test_nothing_is_said_of_a_value_that_could_not_be_read(against: Callable[..., ReadReviews]) -> None:
    found = against(f"role: city, {SIGNED}, rows: [{{id: 1.1.1, phase: sometime, points: -1x}}]")
    assert [finding.code for finding in found.findings] == ["Z111", "Z106"]


def test_a_file_full_of_mistakes_is_told_by_its_first(against: Callable[..., ReadReviews]) -> None:
    rows = ", ".join(["{id: 9.9.9, phase: now, points: -1}"] * 20_000)
    found = against(f"role: city, {SIGNED}, rows: [{rows}]")
    assert Counter(finding.code for finding in found.findings) == Counter({"R401": 100, "R404": 100})


def test_a_city_without_these_stages_judges_no_decision(oracle: Examined) -> None:
    assert oracle.reading.plan is not None
    river = Shelf(Path(__file__).parent / "river" / "indicators").get("river-2030")
    assert river is not None
    read = read_bytes(
        f"format: zcf-reviews/1\nreviews: [{{role: expert, {SIGNED}, decision: select}}]".replace("DIGEST", DIGEST).encode(), "x"
    )
    assert judged(read, oracle.reading.plan, river.catalogue, DIGEST).findings == ()
