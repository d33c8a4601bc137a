"""What bureaus say of a plan stands beside its score where bureaus look, and leaves no trace in anything of the factory's or the public's."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import docx
import pypdfium2
import pytest

from tests.test_cli import run
from tests.test_website import ORACLE, Round, stage, tree
from zcfdocs.build import build
from zcfdocs.dossier import Dossier
from zcfdocs.figure import exact
from zcfdocs.jobs import Options
from zcfdocs.loading import Shelf
from zcfdocs.manuscript.compose import dump
from zcfdocs.pipeline import dossier, examine
from zcfdocs.places import INDICATORS
from zcfdocs.provenance import origins
from zcfdocs.report import opinion_lines
from zcfdocs.reviewing.opinions import told
from zcfdocs.reviews import NO_REVIEWS, Opinions, Review, ReviewedRow, Voice, opinions, read_bytes, with_reviews
from zcfdocs.scorecard import Origin
from zcfdocs.sealing.packing import gather
from zcfdocs.task import COPIES

CANARY = "评审人隐名甲乙丙"


@pytest.fixture(scope="module")
def plan() -> Dossier:
    found = dossier(examine(ORACLE / "plan.md", "plan.md", Shelf(INDICATORS)), Origin())
    assert found is not None
    return found


@pytest.fixture
def heard(plan: Dossier) -> Callable[..., Opinions]:
    """The opinions of reviews written as in the file; DIGEST is that of the plan."""

    def hear(*reviews: str) -> Opinions:
        text = "format: zcf-reviews/1\nreviews:\n" + "".join(f"  - {{{review}}}\n" for review in reviews)
        read = read_bytes(text.replace("DIGEST", plan.card["plan"]["digest"]).encode(), "review.yaml")
        assert read.findings == ()
        return opinions(plan.score, plan.catalogue, plan.card["plan"]["digest"], read.reviews)

    return hear


def every(plan: Dossier, share: Callable[[str], Fraction | int], reviewer: str) -> Review:
    """An expert who gives each row of the present a share of its points."""
    rows = tuple(ReviewedRow(id=row.id, phase="now", points=exact(row.points * share(row.id))) for row in plan.catalogue.rows())
    return Review(role="expert", reviewer=reviewer, rows=rows)


def of(plan: Dossier, *reviews: Review) -> Opinions:
    return opinions(plan.score, plan.catalogue, plan.card["plan"]["digest"], NO_REVIEWS.model_copy(update={"reviews": reviews}))


# 附件1-3: 一级指标 with their weights; each is of 100 points.
WEIGHTS = {"1": 20, "2": 10, "3": 10, "4": 40, "5": 20}


@pytest.mark.parametrize("full", [(), ("1",), ("4", "5"), tuple(WEIGHTS)])
def test_who_scored_every_row_has_a_total_by_the_weights_of_the_notice(plan: Dossier, full: tuple[str, ...]) -> None:
    found = of(plan, every(plan, lambda row: int(row[0] in full), "甲")).phases["now"]
    (total,) = found.sums
    assert total.total == sum(WEIGHTS[group] for group in full)
    assert (total.scored, total.rows) == (42, 42)
    assert [points == 100 for points in total.groups] == [group in full for group in WEIGHTS]


def test_who_left_a_row_out_has_no_total_but_the_groups_scored_whole(plan: Dossier) -> None:
    review = every(plan, lambda _: 1, "甲")
    less = review.model_copy(update={"rows": tuple(row for row in review.rows if row.id != "4.1.1")})
    (total,) = of(plan, less).phases["now"].sums
    assert (total.total, total.scored) == (None, 41)
    assert total.groups == (100, 100, 100, None, 100)


def test_the_mean_of_experts_is_exact_and_tells_the_lowest_and_highest(plan: Dossier, heard: Callable[..., Opinions]) -> None:
    rows = [f'role: expert, reviewer: {name}, digest: "DIGEST", rows: [{{id: 1.1.1, phase: now, points: {points}}}]'
            for name, points in (("甲", "5"), ("乙", "4"), ("丙", "4"))]  # fmt: skip
    found = heard(*rows, 'role: district, digest: "DIGEST", rows: [{id: 1.1.1, phase: now, points: 0}]')
    spread = found.phases["now"].rows[0].experts
    assert spread is not None
    assert (spread.count, spread.mean, spread.lowest, spread.highest) == (3, Fraction(13, 3), 4, 5)
    assert found.phases["target"].rows[0].experts is None
    totals = of(plan, every(plan, lambda _: 1, "甲"), every(plan, lambda _: 0, "乙"), every(plan, lambda _: Fraction(1, 2), "丙"))
    whole = totals.phases["now"].experts
    assert whole is not None
    assert (whole.mean, whole.lowest, whole.highest) == (50, 0, 100)


def test_rows_that_do_not_apply_are_out_of_the_sum_where_the_catalogue_says_so(plan: Dossier) -> None:
    """As in the plan's own score: the rest of the group is scaled to the whole."""
    reading = plan.catalogue.readings["not_applicable"].model_copy(update={"chosen": "renormalise"})
    catalogue = plan.catalogue.model_copy(update={"readings": {**plan.catalogue.readings, "not_applicable": reading}})
    now = plan.score.phases["now"]
    first = now.groups[0]
    rows = (replace(first.rows[0], status="not_applicable"), *first.rows[1:])
    score = replace(plan.score, phases={"now": replace(now, groups=(replace(first, rows=rows), *now.groups[1:]))})
    review = every(plan, lambda row: Fraction(1, 2), "甲")
    less = review.model_copy(update={"rows": review.rows[1:]})
    (found,) = opinions(score, catalogue, "", NO_REVIEWS.model_copy(update={"reviews": (less,)})).phases["now"].sums
    assert (found.groups[0], found.total) == (50, 50)


def test_of_one_voice_the_newest_points_count(heard: Callable[..., Opinions]) -> None:
    """An office speaks with one voice; each expert with their own, those without a name apart."""
    found = heard(
        'role: district, reviewer: 甲, digest: "DIGEST", rows: [{id: 1.1.1, phase: now, points: 1}, {id: 1.2.1, phase: now, points: 2}]',
        'role: district, reviewer: 乙, date: 2025-05-02, digest: "DIGEST", rows: [{id: 1.1.1, phase: now, points: 3, reason: 改}]',
        "role: expert, rows: [{id: 1.1.1, phase: now, points: 4}]",
        "role: expert, rows: [{id: 1.1.1, phase: now, points: 5}]",
        'role: city, digest: "DIGEST", rows: [{id: 1.1.1, phase: target, points: 2}]',
    )
    assert [voice.role for voice in found.voices] == ["district", "city", "expert", "expert"]
    marks = found.phases["now"].rows[0].marks
    assert [(mark.voice.role, mark.reviewer, mark.date, mark.points, mark.reason) for mark in marks] == [
        ("district", "乙", date(2025, 5, 2), 3, "改"),
        ("expert", "", None, 4, ""),
        ("expert", "", None, 5, ""),
    ]
    assert [item.row.id for item in found.phases["now"].rows if Voice("district") in [mark.voice for mark in item.marks]] == [
        "1.1.1",
        "1.2.1",
    ]
    assert [mark.points for mark in found.phases["target"].rows[0].marks] == [2]


@pytest.mark.parametrize(
    ("digest", "older"), [('digest: "DIGEST", ', False), (f"digest: {'0' * 64}, ", True), ("", None), ("digest: 初稿, ", None)]
)
def test_a_review_of_another_version_is_marked(heard: Callable[..., Opinions], digest: str, older: bool | None) -> None:
    found = heard(f"role: city, {digest}rows: [{{id: 1.1.1, phase: now, points: 1}}]")
    assert [mark.older for mark in found.phases["now"].rows[0].marks] == [older]
    assert [total.older for total in found.phases["now"].sums] == [older]


def test_points_out_of_place_are_not_taken_up(heard: Callable[..., Opinions]) -> None:
    """R401 to R403 tell them."""
    found = heard(
        "role: city, rows: [{id: 9.9.9, phase: now, points: 1}, {id: 1.1.1, phase: now, points: 5.5}, {id: 1.2.1, phase: result, points: 1}]"
    )
    assert [mark for phase in found.phases.values() for item in phase.rows for mark in item.marks] == []
    assert all(phase.sums == () for phase in found.phases.values())


SAID = ('role: district, reviewer: 王审核, date: 2025-04-26, digest: "DIGEST", decision: recommend, '
        "rows: [{id: 1.1.1, phase: now, points: 4.5, reason: 缺 签名}], requests: [{row: 1.2.1, text: 补充职责分工, due: 2025-05-10}]")  # fmt: skip
EXPERTS = (
    "role: expert, reviewer: '[red]甲', rows: [{id: 1.1.1, phase: now, points: 4}]",
    f"role: expert, reviewer: 乙, digest: {'0' * 64}, rows: [{{id: 1.1.1, phase: now, points: 5}}, {{id: 1.1.1, phase: target, points: 5}}]",
)


def test_the_card_for_the_bureau_has_the_reviews_of_each_row_and_the_same_points(plan: Dossier, heard: Callable[..., Opinions]) -> None:
    before = dump(plan.card)
    card = with_reviews(plan.card, heard(SAID, *EXPERTS))
    assert card["phases"]["now"]["rows"][0]["reviews"] == [
        {"role": "district", "reviewer": "王审核", "date": "2025-04-26", "points": "4.5", "reason": "缺 签名", "older": False},
        {"role": "expert", "reviewer": "[red]甲", "date": None, "points": "4", "reason": None, "older": None},
        {"role": "expert", "reviewer": "乙", "date": None, "points": "5", "reason": None, "older": True},
    ]
    emptied = {
        **card,
        "phases": {name: {**phase, "rows": [{**row, "reviews": []} for row in phase["rows"]]} for name, phase in card["phases"].items()},
    }
    assert dump(emptied) == before == dump(plan.card), "nothing else of the card changes, nor the card itself"


def test_the_report_of_a_review_gets_each_opinion_beside_the_computed_points(heard: Callable[..., Opinions]) -> None:
    first, second, *_ = told(heard(SAID, *EXPERTS))
    assert (first.row, first.phase, first.points, first.own, first.reason, first.older) == ("1.1.1", "now", "4.5", "5", "缺 签名", False)
    assert (second.role, second.date, second.older) == ("expert", "", None)


def test_points_that_are_not_taken_up_are_not_counted_either(heard: Callable[..., Opinions]) -> None:
    """Points beyond the maximum and rows of no catalogue (R401, R402) stand in the file and nowhere else."""
    said = "role: expert, reviewer: 丙, rows: [{id: 1.2.3, phase: now, points: 9}, {id: 9.9.9, phase: now, points: 1}, {id: 1.1.1, phase: now, points: 5}]"
    (only,) = heard(said).heard
    assert [item.id for item in only.rows] == ["1.1.1"]


def test_the_block_under_the_score_reads_as_an_officer_would(plan: Dossier, heard: Callable[..., Opinions]) -> None:
    experts = "专家 [red]甲 4.00（未注明所审版本）；专家 乙 5.00（较早的版本）；专家平均 4.50（4.00—5.00，2 人）"
    assert list(opinion_lines(heard(SAID, *EXPERTS), plan.rulebook)) == [
        "",
        "评审意见（主管部门内部，与以上得分并列，不改变得分；企业的文件和网站里没有）",
        "  区 王审核  2025-04-26  同意推荐",
        "  专家 [red]甲  未注明所审版本",
        "  专家 乙  较早的版本",
        "  现状  区：评了 1 项，共 42 项",
        "  现状  专家 [red]甲：评了 1 项，共 42 项",
        "  现状  专家 乙：评了 1 项，共 42 项",
        f"    1.1.1 最高管理者承诺：计算 5.00；区 王审核 4.50（缺 签名）；{experts}",
        "  目标  专家 乙：评了 1 项，共 42 项",
        "  区 王审核 要求：1.2.1 补充职责分工（2025-05-10 前）",
    ]
    assert list(opinion_lines(heard(), plan.rulebook)) == []
    whole = list(opinion_lines(of(plan, every(plan, lambda _: 1, "甲"), every(plan, lambda _: 0, "乙")), plan.rulebook))
    assert "  现状  专家 甲：42 项全评，总分 100.00（计算 87.09），未注明所审版本" in whole
    assert "  现状  2 位专家总分平均 50.00，最低 0.00，最高 100.00" in whole


# As commands ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository whose one plan was reviewed."""
    top = tmp_path_factory.mktemp("desk")
    shutil.copytree(ORACLE, top / "plans/xiqing/shili-parts")
    (top / "plans/xiqing/shili-parts/review.yaml").write_text(
        f"format: zcf-reviews/1\nreviews:\n  - {{{SAID.replace('DIGEST', '0' * 64)}}}\n", "utf-8"
    )
    return top


def test_score_shows_the_reviews_and_keeps_its_points(desk: Path) -> None:
    done = run("score", where=desk)
    assert done.returncode == 0, done.stderr
    assert "区 王审核 4.50（缺 签名，较早的版本）" in done.stdout
    (card,) = json.loads(run("score", "--format", "json", where=desk).stdout)
    assert card["phases"]["now"]["display"] == "87.09"
    assert [row["id"] for row in card["phases"]["now"]["rows"] if row["reviews"]] == ["1.1.1"]


def test_check_tells_what_is_wrong_with_a_review_and_score_too(desk: Path, tmp_path: Path) -> None:
    shutil.copytree(desk / "plans", tmp_path / "plans")
    path = tmp_path / "plans/xiqing/shili-parts/review.yaml"
    path.write_text(path.read_text("utf-8").replace("points: 4.5", "points: 6"), "utf-8")
    done = run("check", where=tmp_path)
    assert done.returncode == 1
    assert "plans/xiqing/shili-parts/review.yaml:3:" in done.stdout
    assert "R402 错误：1.1.1 最高管理者承诺：满分 5 分，现为 6 分" in done.stdout
    scored = run("score", "--format", "json", where=tmp_path)
    assert scored.returncode == 1
    assert "R402" in scored.stderr
    (card,) = json.loads(scored.stdout)
    assert card["findings"]["error"] == 0, "the factory's card does not count the bureau's mistakes"
    assert run("check", "--format", "json", where=desk / "plans/xiqing/shili-parts").returncode == 0
    told = run("explain", "r402")
    assert told.stdout.startswith("R402（错误）评分为负或超过满分\n")


# No trace --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same published plan, once alone and once reviewed by everybody, each with all copies, its site and a preview of it."""
    room = tmp_path_factory.mktemp("twins")
    alone = Round(room / "alone")
    alone.write("xiqing/beta", ORACLE, stage("publicised"))
    alone.commit()
    shutil.copytree(room / "alone", room / "reviewed")
    other = Round.__new__(Round)
    other.top = other.home = room / "reviewed"
    other.days = alone.days
    rows = ", ".join(f"{{id: {key}, phase: now, points: 1, reason: {CANARY}}}" for key in ("1.1.1", "1.2.1"))
    said = [
        f"{{role: {role}, reviewer: {CANARY}, date: 2025-05-01, decision: {decision}, rows: [{rows}], basic: [{{id: 1, met: false, reason: {CANARY}}}], "
        f"requests: [{{row: 1.2.1, text: {CANARY}, due: 2025-06-01}}], visit: {{people: [{CANARY}], notes: {CANARY}}}}}"
        for role, decision in (("district", "recommend"), ("city", "confirm"), ("expert", "none"))
    ]
    (other.home / "plans/xiqing/beta/review.yaml").write_text(f"format: zcf-reviews/1\nreviews: [{', '.join(said)}]\n", "utf-8")
    other.commit()
    for home in (alone.home, other.home):
        for out, to, public in (("dist", ("site", *COPIES), True), ("preview", ("site",), False)):
            built = build(Options((home / "plans",), home, home / out, to, public=public, address="https://zcf.example/x/"), lambda _: None)
            assert (built.failed, built.refused) == ({}, ())
    return alone.home, other.home


def test_no_byte_of_the_factorys_copies_and_of_any_site_tells_of_a_review(twins: tuple[Path, Path]) -> None:
    """Not after 公示 either, not in a preview, not by a commit: two builds of which one never knew the file are the same."""
    for out in ("dist", "preview"):
        alone, reviewed = tree(twins[0] / out), tree(twins[1] / out)
        assert alone.keys() == reviewed.keys()
        assert [name for name in alone if alone[name] != reviewed[name]] == []
    names = {Path(name).name for name in tree(twins[0] / "dist/submission")}
    assert names == set(COPIES.values())
    assert any(name.startswith("site/p/") for name in tree(twins[0] / "dist"))
    assert not [name for name in tree(twins[1] / "dist") if "review.yaml" in name]


def test_the_bureaus_papers_do_tell(twins: tuple[Path, Path]) -> None:
    """So that the test before looks for something that is read."""
    home = twins[1]
    built = build(Options((home / "plans",), home, home / "desk", ("bureau",)), lambda _: None)
    assert built.failed == {}
    assert {finding.code for finding in built.findings if finding.path.endswith("review.yaml")} == {"R408"}, "no digest was given"
    folder = home / "desk/bureau/xiqing/beta"
    word = docx.Document(io.BytesIO((folder / "评审汇总表.docx").read_bytes()))
    assert CANARY in "\n".join(cell.text for table in word.tables for row in table.rows for cell in row.cells)
    pages = pypdfium2.PdfDocument(folder / "评审汇总表.pdf")
    text = "".join(pages[number].get_textpage().get_text_bounded() for number in range(len(pages)))
    assert CANARY in "".join(text.split())


def test_a_package_holds_no_review(twins: tuple[Path, Path]) -> None:
    """Every file of it is one that the plan without reviews has too."""
    home = twins[1]
    path = home / "plans/xiqing/beta/plan.md"
    found = examine(path, "plans/xiqing/beta/plan.md", Shelf(home / "indicators"))
    origin = origins({path.parent: ()})[path.parent]
    payload = gather(found, origin, home / "indicators", home / "dist", None, draft=True).payload
    own = [*(twins[0] / "plans/xiqing/beta").rglob("*"), *(twins[0] / "dist/submission/xiqing/beta").iterdir()]
    known = {path.name: path.read_bytes() for path in own if path.is_file()}
    packed = {Path(name).name: data if isinstance(data, bytes) else data.read_bytes() for name, data in payload.items()}
    assert packed.keys() >= {"plan.md", *COPIES.values()}
    assert packed == {name: known[name] for name in packed}


def test_a_review_is_no_change_of_the_plan(twins: tuple[Path, Path], tmp_path: Path) -> None:
    """Neither its commit nor an uncommitted one stands in a copy."""
    home = tmp_path / "home"
    shutil.copytree(twins[1], home, ignore=shutil.ignore_patterns("dist", "preview", "desk", ".zcf-cache"))
    folder = home / "plans/xiqing/beta"
    first = origins({twins[0] / "plans/xiqing/beta": ()})[twins[0] / "plans/xiqing/beta"]
    assert first.commit
    assert not first.dirty
    assert origins({folder: ()})[folder] == first
    (folder / "review.yaml").write_text("format: zcf-reviews/1\n", "utf-8")
    assert origins({folder: ()})[folder] == first
    (folder / "evidence/new.pdf").write_bytes(b"%PDF-")
    assert origins({folder: ()})[folder].dirty
