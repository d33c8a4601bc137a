"""What a review says of a change: rows and why, figures, evidence, people, stages, what is frozen, what lies outside."""

from __future__ import annotations

import json
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.changing import OTHER, PLACE, PLAN, Plans
from zcfdocs.errors import ZcfError
from zcfdocs.reviewing import model
from zcfdocs.reviewing.asking import asked
from zcfdocs.reviewing.printed import FORMS, NATIVE, printed
from zcfdocs.reviewing.review import review

POWER = "      - {carrier: grid_electricity, amount: 12000, unit: MWh}"
WATER = "    water: 62000"


@pytest.fixture
def plans(tmp_path: Path) -> Plans:
    return Plans(tmp_path / "plans")


def only(made: model.Review) -> model.PlanReview:
    (plan,) = made.plans
    return plan


def codes(made: model.Review, severity: str = "error") -> list[str]:
    return sorted({finding.code for finding in made.brought if finding.severity == severity})


def moved(plan: model.PlanReview) -> dict[tuple[str, str], set[tuple[str, str]]]:
    """(row, phase) → the kinds and names of its causes."""
    return {(row.id, row.phase): {(cause.kind, cause.label.partition("（")[0]) for cause in row.causes} for row in plan.rows}


def test_the_headline_says_the_score_before_and_after_the_difference_the_line_and_the_errors(plans: Plans) -> None:
    plans.edit(
        ("  registered_capital: 5000万元人民币\n", "  registered_capital: 5000万元人民币\n  colour: 红\n"), (WATER, "    water: 70000")
    )
    made = plans.review()
    assert made.headline == "天津示例零部件有限公司：87.09 → 84.09（−3.00），仍过 80 分线；1 个错误"
    assert made.blocking


def test_each_row_that_moves_has_the_change_that_moved_it_and_no_other(plans: Plans) -> None:
    plans.edit((POWER, POWER.replace("12000", "13000")), (WATER, "    water: 70000"), ("{id: 1.2.3, now: 3,", "{id: 1.2.3, now: 4,"))
    found = moved(only(plans.review()))
    assert found["1.2.3", "now"] == {("claim", "指标“1.2.3” · 现状")}
    assert found["5.6.1", "now"] == {("data", "2024 年 · 取水量")}
    assert found["5.2.1", "now"] == {("data", "2024 年 · 外购电力 · 用量")}
    assert {key for key in found if key[0].startswith("1.")} == {("1.2.3", "now")}


def test_a_cause_carries_the_line_and_the_values_of_both_sides(plans: Plans) -> None:
    plans.edit((WATER, "    water: 70000"))
    plan = only(plans.review())
    (cause,) = next(row for row in plan.rows if row.id == "5.6.1").causes
    assert (cause.route, cause.before, cause.after, cause.path) == (("years", 2, "water"), "62000", "70000", PLAN)
    assert (plans.top / PLAN).read_text("utf-8").split("\n")[cause.line - 1] == WATER


def test_rows_that_follow_two_changes_only_together_have_both(plans: Plans) -> None:
    """4.2 of the notice: a claim and its evidence; either alone earns nothing."""
    plans.edit(("{id: 2.3.2, now: 0, target: 1}", "{id: 2.3.2, now: 1, target: 1, evidence: [row-2.3.1]}"))
    assert moved(only(plans.review()))["2.3.2", "now"] == {("claim", "指标“2.3.2” · 现状"), ("claim", "指标“2.3.2” · 佐证")}


def test_evidence_moves_rows_by_its_list_and_by_its_bytes(plans: Plans) -> None:
    plans.edit(
        (
            "file: evidence/row-3.2.2.pdf, issuer: 示例机构, issued: 2024-12-31, expires: 2027-12-31",
            "file: evidence/row-3.2.2.pdf, issuer: 示例机构, issued: 2020-12-31, expires: 2024-12-31",
        )
    )
    (plans.top / PLACE / "evidence" / "row-3.3.1.pdf").write_bytes(b"no pdf at all")
    plans.write(f"{PLACE}/evidence/另一份.pdf", b"%PDF-1.4 new")
    plan = only(plans.review())
    assert {kind for kind, _ in moved(plan)["3.2.2", "now"]} == {kind for kind, _ in moved(plan)["3.3.1", "now"]} == {"evidence"}
    assert plan.evidence.changed == ("row-3.2.2", "row-3.3.1")
    assert plan.evidence.expired == ("row-3.2.2",)
    assert plan.evidence.unused == ("evidence/另一份.pdf",)


def test_many_changes_at_once_still_name_the_right_ones(plans: Plans) -> None:
    """More changes than are tried one by one: they are tried by the place they stand in."""
    text = (plans.top / PLAN).read_text("utf-8").replace("issuer: 示例机构", "issuer: 另一机构").replace("2027-12-31", "2028-12-31")
    plans.write(PLAN, text.replace(WATER, "    water: 70000"))
    plan = only(plans.review())
    assert moved(plan)["5.6.1", "now"] == {("data", "2024 年 · 取水量")}
    assert len(plan.values) > 60


def test_a_number_written_in_another_way_is_no_change(plans: Plans) -> None:
    plans.edit((WATER, "    water: 62000.00"), ("name: 天津示例零部件有限公司\n  address", 'name: "天津示例零部件有限公司"\n  address'))
    plan = only(plans.review())
    assert (plan.rows, plan.figures, plan.values, plan.results) == ((), (), (), ())


def test_items_are_matched_by_what_they_are_and_not_by_where_they_stand(plans: Plans) -> None:
    text = (plans.top / PLAN).read_text("utf-8")
    diesel, heat = "      - {carrier: diesel, amount: 20, unit: t}\n", "      - {carrier: heat, amount: 5000, unit: GJ}\n"
    assert text.count(diesel + heat) == 1
    plans.write(PLAN, text.replace(diesel + heat, heat + diesel.replace("20", "21")))
    (figure,) = only(plans.review()).figures
    assert (figure.label, figure.before, figure.after, figure.unit) == ("2024 年 · 柴油 · 用量", "20", "21", "t")


def test_suspicious_figures_are_marked(plans: Plans) -> None:
    plans.edit(("stage: draft", "stage: city_review"))
    plans.settle()
    plans.edit((POWER, POWER.replace("12000", "12")), ("    output_value: 52000", "    output_value: 53000"))
    marks = {figure.label.partition("（")[0]: set(figure.marks) for figure in only(plans.review()).figures}
    assert marks == {"2024 年 · 外购电力 · 用量": {"historic_year", "unit_jump", "over_30_percent"}, "2024 年 · 产值": {"historic_year"}}


def test_findings_are_new_mended_or_old_wherever_they_stand_now(plans: Plans) -> None:
    plans.edit(("  registered_capital", "  colour: 红\n  registered_capital"), (WATER, "    water: 62,000"))
    plans.settle()
    plans.edit(("  colour: 红\n", ""), ("  uscc: ", "  taste: 甜\n  uscc: "))
    found = only(plans.review()).findings
    assert [(told.code, told.route[-1]) for told in found.new if told.severity == "error"] == [("Z102", "taste")]
    assert [(told.code, told.route[-1]) for told in found.fixed if told.severity == "error"] == [("Z102", "colour")]
    assert [(told.code, told.route[-1]) for told in found.kept if told.severity == "error"] == [("Z106", "water")]


def test_old_errors_do_not_block_a_change_that_brings_none(plans: Plans) -> None:
    plans.edit(("  registered_capital", "  colour: 红\n  registered_capital"))
    plans.settle()
    plans.edit(("完成屋顶光伏一期", "建成屋顶光伏一期"))
    made = plans.review()
    assert not made.blocking
    assert [told.code for told in only(made).findings.kept if told.severity == "error"] == ["Z102"]


def test_but_they_block_its_way_to_the_next_stage(plans: Plans) -> None:
    plans.edit(("  registered_capital", "  colour: 红\n  registered_capital"))
    plans.settle()
    plans.edit(("stage: draft", "stage: submitted"))
    assert codes(plans.review()) == ["R104"]


@pytest.mark.parametrize(
    ("before", "after", "who", "code"),
    [
        ("draft", "submitted", "@shili", None),
        ("draft", "submitted", "@xiqing-bureau", "R102"),
        ("submitted", "district_review", "@xiqing-bureau", None),
        ("submitted", "district_review", "@shili", "R102"),
        ("district_review", "recommended", "@XIQING-bureau", None),
        ("district_review", "recommended", "@binhai-bureau", "R102"),
        ("draft", "recommended", "@xiqing-bureau", "R101"),
        ("candidate", "withdrawn", "@shili", None),
        ("candidate", "removed", "@shili", "R102"),
        ("candidate", "removed", "@tj-city", None),
        ("draft", "nonsense", None, "R101"),
    ],
)
def test_a_plan_moves_on_as_the_catalogue_says_and_by_whom_it_says(
    plans: Plans, before: str, after: str, who: str | None, code: str | None
) -> None:
    if before != "draft":
        plans.edit(("stage: draft", f"stage: {before}"))
        plans.settle()
    plans.edit((f"stage: {before}", f"stage: {after}"))
    made = plans.review(who)
    stage = only(made).stage
    assert (stage.before, stage.after, stage.allowed) == (before, after, code is None)
    assert [told for told in codes(made) if told in ("R101", "R102")] == ([code] if code else [])


def test_a_new_plan_begins_as_a_draft_and_has_nothing_before(plans: Plans) -> None:
    text = (plans.top / PLAN).read_text("utf-8").replace("91120111MA0EXAMP1P", "91120111MA0X0001XM").replace("MA0EXAMP", "MA0X0001")
    plans.write("plans/xiqing/neu/plan.md", text.replace("stage: draft", "stage: candidate"))
    made = plans.review("@somebody")
    plan = only(made)
    assert (plan.change, plan.path, plan.stage.before, plan.total.now and plan.total.now.before) == (
        "new",
        "plans/xiqing/neu/plan.md",
        None,
        None,
    )
    assert "R105" in codes(made)
    assert {row.before for row in plan.rows} == {None}


def test_a_new_plan_in_a_folder_that_is_promised_to_another_is_none_of_ones_business(plans: Plans) -> None:
    plans.edit(
        ("/plans/xiqing/shili/ @shili", "/plans/xiqing/neu/ @neu @xiqing-bureau\n/plans/xiqing/shili/ @shili"), name=".github/CODEOWNERS"
    )
    plans.settle()
    text = (plans.top / PLAN).read_text("utf-8").replace("91120111MA0EXAMP1P", "91120111MA0X0001XE").replace("MA0EXAMP", "MA0X0001")
    for who, wanted in (("@stranger", ["R202"]), ("@neu", []), ("@xiqing-bureau", [])):
        plans.write("plans/xiqing/neu/plan.md", text)
        assert [code for code in codes(plans.review(who)) if code.startswith("R")] == wanted


def test_a_plan_that_moves_is_compared_with_itself(plans: Plans) -> None:
    plans.git("mv", PLACE, "plans/xiqing/neu")
    plan = only(plans.review("@xiqing-bureau"))
    assert (plan.change, plan.former, plan.path, plan.rows, plan.findings.new) == ("changed", PLAN, "plans/xiqing/neu/plan.md", (), ())


def test_a_deleted_plan_is_an_error_and_has_nothing_after(plans: Plans) -> None:
    plans.git("rm", "-rq", PLACE)
    made = plans.review("@shili")
    plan = only(made)
    assert (plan.change, plan.path, plan.total.now and plan.total.now.after, codes(made)) == ("deleted", PLAN, None, ["R214"])


def test_two_plans_of_one_factory_are_found_beside_the_change(plans: Plans) -> None:
    """The other one does not change, and is found all the same (Z850, Z851)."""
    text = (plans.top / PLAN).read_text("utf-8")
    plans.write("plans/xiqing/copied/plan.md", text)
    plans.write("plans/xiqing/certificates/plan.md", text.replace("91120111MA0EXAMP1P", "91120111MA0X0001XM"))
    made = plans.review()
    found = {plan.path: {told.code for told in plan.findings.new if told.is_error} for plan in made.plans}
    assert found["plans/xiqing/copied/plan.md"] >= {"Z850", "Z851"}
    assert "Z851" in found["plans/xiqing/certificates/plan.md"]


FROZEN = [
    ((POWER, POWER.replace("12000", "11000")), True),
    ((WATER, "    water: 61000"), True),
    (("{metric: water, value: 0.35,", "{metric: water, value: 0.45,"), True),
    (("  target: 2026\n", "  target: 2027\n"), True),
    (("      - {carrier: diesel, amount: 20, unit: t}\n", ""), True),
    (("as_of: 2025-04-30", "as_of: 2025-05-30"), True),
    (("  contact: 李四", "  contact: 王五"), False),
    (("    status: planned\nindicators", "    status: building\nindicators"), False),
    (
        (
            "benchmarks:\n",
            "  - year: 2025\n    kind: actual\n    energy: [{carrier: grid_electricity, amount: 11000, unit: MWh}]\n    products: [{name: 座椅总成, amount: 200000, unit: 套}]\nbenchmarks:\n",
        ),
        False,
    ),
]


@pytest.mark.parametrize(("change", "frozen"), FROZEN, ids=lambda value: str(value)[:40])
def test_from_candidate_on_what_was_promised_stands_and_later_years_may_come(plans: Plans, change: tuple[str, str], frozen: bool) -> None:
    plans.edit(("stage: draft", "stage: candidate"))
    plans.settle()
    plans.edit(change)
    assert ("R103" in codes(plans.review("@shili"))) is frozen


def test_before_that_a_returned_plan_may_be_mended_but_stays_the_same_factorys(plans: Plans) -> None:
    plans.edit(("stage: draft", "stage: returned"))
    plans.settle()
    plans.edit((WATER, "    water: 61000"))
    assert "R103" not in codes(plans.review("@shili"))
    plans.edit(("  uscc: 91120111MA0EXAMP1P", "  uscc: 91120111MA0X0001XM"))
    assert "R103" in codes(plans.review("@shili"))


def test_what_lies_outside_is_the_citys(plans: Plans) -> None:
    for who, wanted in ((None, ["R201"]), ("@shili", ["R201"]), ("@xiqing-bureau", ["R201"]), ("@tj-city", [])):
        plans.write("indicators/README.md", "x")
        plans.write(".github/workflows/x.yml", "on: push")
        made = plans.review(who)
        assert (made.outside, codes(made), made.blocking) == ((".github/workflows/x.yml", "indicators/README.md"), wanted, bool(wanted))


def test_a_factory_touches_its_own_plan_only(plans: Plans) -> None:
    plans.edit(("# 二、试点目标", "# 二、试点目标\n\n另加一段。"), name=f"{OTHER}/plan.md")
    assert codes(plans.review("@shili")) == ["R202"]
    plans.edit(("# 二、试点目标", "# 二、试点目标\n\n另加一段。"), name=f"{OTHER}/plan.md")
    assert codes(plans.review("@haiheng")) == []


def test_review_yaml_is_the_bureaus_and_stands_beside_the_points(plans: Plans) -> None:
    text = "format: zcf-reviews/1\nreviews:\n  - {role: district, reviewer: 甲, date: 2025-05-01, decision: none, rows: [{id: 1.2.3, phase: now, points: 3, reason: 缺记录}]}\n"
    for who, wanted in (("@shili", ["R203"]), (None, ["R203"]), ("@xiqing-bureau", [])):
        plans.write(f"{PLACE}/review.yaml", text)
        made = plans.review(who)
        assert codes(made) == wanted
        (opinion,) = only(made).opinions
        assert (opinion.row, opinion.points, opinion.own, opinion.reason) == ("1.2.3", "3", "3.75", "缺记录")
        assert only(made).total.now == model.Pair(before=only(made).total.now.before, after=only(made).total.now.before)  # type: ignore[union-attr]


def test_nothing_of_the_head_decides_about_itself(plans: Plans) -> None:
    """The change names its author an owner and lowers the line; both are read from the base."""
    plans.edit(("* @tj-city", "* @stranger"), name=".github/CODEOWNERS")
    plans.edit(("pass_line: 80", "pass_line: 60"), name="indicators/tianjin-2025/catalogue.yaml")
    plans.edit((WATER, "    water: 70000"))
    made = plans.review("@stranger")
    plan = next(plan for plan in made.plans if plan.path == PLAN)
    assert codes(made) == ["R201", "R202"]
    assert plan.pass_line == "80"


HOSTILE: list[tuple[str, Any, str]] = [
    (f"{PLACE}/evidence/x.pdf", "/etc/passwd", "R204"),
    (f"{PLACE}/.gitattributes", b"* filter=x", "R207"),
    (f"{PLACE}/run.sh", b"#!/bin/sh", "R207"),
    (f"{PLACE}/evidence/a\u202efdp.pdf", b"%PDF-1.4", "R206"),
    (f"{PLACE}/evidence/a\nb.pdf", b"%PDF-1.4", "R206"),
    (f"{PLACE}/evidence/CON.pdf", b"%PDF-1.4", "R206"),
    (f"{PLACE}/evidence/.git-x/a.pdf", b"%PDF-1.4", "R207"),
    (f"{PLACE}/evidence/ROW-1.1.1.pdf", b"%PDF-1.4", "R209"),
    ("plans/西青/x/plan.md", b"---\n---\n", "R206"),
]


@pytest.mark.parametrize(("name", "what", "code"), HOSTILE, ids=lambda value: ascii(value)[:40])
def test_links_odd_names_and_strange_files_are_findings(plans: Plans, name: str, what: Any, code: str) -> None:
    if isinstance(what, bytes):
        plans.write(name, what)
    else:
        (plans.top / name).symlink_to(what)
    made = plans.review()
    assert code in codes(made)
    assert "root:" not in made.model_dump_json()


def test_names_and_keys_that_no_report_could_carry_are_told_all_the_same(plans: Plans) -> None:
    """A file name that is no UTF-8, a path and a key longer than any, a name of a thousand marks."""
    blob = plans.git("hash-object", "-w", f"{PLACE}/evidence/row-1.1.1.pdf")
    folder = f"{PLACE}/evidence/" + "/".join(["深" * 80] * 20)
    entries = b"".join(
        f"100644 {blob}\t".encode() + name + b"\0" for name in (f"{PLACE}/evidence/".encode() + b"\xff\xfe.pdf", f"{folder}/a.pdf".encode())
    )
    subprocess.run(["git", "update-index", "-z", "--index-info"], cwd=plans.top, input=entries, check=True)
    plans.edit(("  registered_capital", f"  {'k' * 900}: 红\n  registered_capital"))
    plans.git("add", PLAN)
    plans.git("checkout", "-q", "-b", "work")
    plans.git("commit", "-q", "-m", "x")
    made = review(asked(plans.top, f"{plans.base}..work")).review
    assert {"R206", "Z102"} <= set(codes(made))
    assert model.Review.model_validate_json(made.model_dump_json()) == made
    for form in (*FORMS, *NATIVE):
        assert printed(made, form, {}).encode("utf-8")


def test_a_plan_that_is_a_link_is_not_followed(plans: Plans) -> None:
    (plans.top / PLAN).unlink()
    (plans.top / PLAN).symlink_to(plans.top / OTHER / "plan.md")
    made = plans.review()
    assert {"R204", "R214"} <= set(codes(made))
    assert "海衡" not in made.model_dump_json()


def test_a_submodule_is_a_finding(plans: Plans) -> None:
    plans.git("update-index", "--add", "--cacheinfo", f"160000,{plans.base},{PLACE}/evidence/sub")
    plans.git("checkout", "-q", "-B", "work")
    plans.git("commit", "-q", "-m", "x")
    made = review(asked(plans.top, f"{plans.base}..work")).review
    assert "R205" in codes(made)


def test_nothing_is_checked_out_and_no_filter_runs(plans: Plans, tmp_path: Path) -> None:
    plans.git("config", "filter.evil.smudge", f"touch {tmp_path}/ran")
    plans.git("config", "filter.evil.clean", f"touch {tmp_path}/ran")
    plans.git("config", "core.fsmonitor", f"touch {tmp_path}/ran")
    plans.git("config", "diff.evil.textconv", f"touch {tmp_path}/ran")
    plans.git("config", "diff.external", f"touch {tmp_path}/ran")
    plans.write(f"{PLACE}/.gitattributes", "* diff=evil\n")
    plans.edit((WATER, "    water: 70000"))
    head = plans.git("-c", "core.fsmonitor=false", "commit", "-q", "-a", "-m", "x") or plans.git("rev-parse", "HEAD")
    before = plans.git("-c", "core.fsmonitor=false", "status", "--porcelain")
    (tmp_path / "ran").unlink(missing_ok=True)
    review(asked(plans.top, f"{plans.base}..{head}"))
    assert not (tmp_path / "ran").exists()
    assert plans.git("-c", "core.fsmonitor=false", "status", "--porcelain") == before


def test_what_becomes_public_is_told_once(plans: Plans) -> None:
    plans.edit(("benchmarks:\n", "confidential: [years.output_value]\nbenchmarks:\n"), ("现有职工612人", "现有职工612人，电话13900001111"))
    plans.settle()
    plans.edit(
        ("confidential: [years.output_value]\n", "publish: true\n"),
        ("建筑面积3.1万平方米", "建筑面积3.1万平方米，请电13812345678或写信给li.si@example.org"),
    )
    plan = only(plans.review())
    assert [item.kind for item in plan.private] == ["page", "personal", "personal", "personal", "kept"]
    told = json.dumps([item.model_dump() for item in plan.private], ensure_ascii=False)
    assert "13812345678" not in told
    assert "13900001111" not in told


def test_prose_is_told_by_paragraphs(plans: Plans) -> None:
    plans.edit(
        ("部分供应商碳数据质量不高；专业人才不足。", "部分供应商碳数据质量不高；缺少专业人才。"),
        ("# 五、保障措施\n", "# 五、保障措施\n\n新加的一段。\n"),
    )
    found = [(item.section, item.before is None, item.after is None) for item in only(plans.review()).prose]
    assert found == [("（四）节能降碳难点分析", False, False), ("五、保障措施", True, False)]


@pytest.mark.parametrize(
    "text", ["main", "main..", "..work", "main....work", "--output=x..main", "main..nothing", "main..-x", "a..b..c", ""]
)
def test_a_range_that_is_none_is_refused(plans: Plans, text: str) -> None:
    with pytest.raises(ZcfError):
        asked(plans.top, text)


def test_three_dots_begin_at_the_common_ancestor(plans: Plans) -> None:
    plans.git("checkout", "-q", "-b", "work")
    plans.edit((WATER, "    water: 70000"))
    plans.commit()
    plans.git("checkout", "-q", "main")
    plans.edit(("# 二、试点目标", "# 二、试点目标\n\n另加一段。"), name=f"{OTHER}/plan.md")
    plans.commit()
    assert [plan.path for plan in review(asked(plans.top, "main...work")).review.plans] == [PLAN]
    assert len(review(asked(plans.top, "main..work")).review.plans) == 2


def test_a_shallow_clone_is_said(plans: Plans, tmp_path: Path) -> None:
    plans.edit((WATER, "    water: 70000"))
    plans.commit()
    plans.git("clone", "-q", "--depth", "2", plans.top.as_uri(), str(tmp_path / "shallow"))
    assert review(asked(tmp_path / "shallow", "HEAD~1..HEAD")).review.shallow
    plans.git("clone", "-q", "--depth", "1", plans.top.as_uri(), str(tmp_path / "one"))
    with pytest.raises(ZcfError) as caught:
        asked(tmp_path / "one", "HEAD~1..HEAD")
    assert "浅克隆" in caught.value.hint


def test_the_same_range_gives_the_same_review(plans: Plans) -> None:
    plans.edit((POWER, POWER.replace("12000", "13000")))
    plans.git("checkout", "-q", "-B", "work")
    plans.commit()
    first, second = (review(asked(plans.top, f"{plans.base}..work")).review for _ in range(2))
    assert first == second
    assert model.Review.model_validate_json(first.model_dump_json()) == first


def test_a_head_that_left_the_base_long_ago_is_judged_by_the_base_of_today(plans: Plans) -> None:
    """Who owns what is read where the base stands, not where the head chose to leave it."""
    old = plans.base
    plans.git("rm", "-q", ".github/CODEOWNERS")
    plans.git("commit", "-q", "-m", "x")
    start = plans.git("rev-parse", "HEAD")
    plans.git("checkout", "-q", old, "--", ".github")
    plans.git("commit", "-q", "-m", "x")
    plans.git("checkout", "-q", "-b", "work", start)
    plans.edit((WATER, "    water: 70000"))
    plans.commit()
    assert codes(review(asked(plans.top, "main...work", "@stranger")).review) == ["R202"]


def committed(plans: Plans, *changes: tuple[str, str]) -> str:
    plans.edit(*changes)
    return plans.commit()


def test_every_step_between_the_ends_is_judged(plans: Plans) -> None:
    """A branch that was `candidate` for one commit would promise something by it."""
    plans.git("checkout", "-q", "-b", "work")
    committed(plans, ("stage: draft", "stage: candidate"), (WATER, "    water: 99000"))
    committed(plans, ("stage: candidate", "stage: draft"), ("    water: 99000", WATER))
    plans.edit(("现有职工612人", "现有职工613人"))
    head = plans.commit()
    made = review(asked(plans.top, f"{plans.base}..{head}", "@shili")).review
    assert codes(made) == ["R101"]
    assert len([told for told in made.brought if told.code == "R101"]) == 2


def test_several_legal_steps_in_one_range_are_legal(plans: Plans) -> None:
    plans.git("checkout", "-q", "-b", "work")
    for before, after in (("draft", "submitted"), ("submitted", "district_review"), ("district_review", "returned")):
        head = committed(plans, (f"stage: {before}", f"stage: {after}"))
    made = review(asked(plans.top, f"{plans.base}..{head}")).review
    assert (codes(made), only(made).stage.allowed) == ([], True)


def test_a_branch_that_was_left_behind_is_held_to_where_the_plan_is_now(plans: Plans) -> None:
    """Merged, its figures would change those of a candidate."""
    plans.git("checkout", "-q", "-b", "work")
    committed(plans, (WATER, "    water: 55000"))
    plans.git("checkout", "-q", "main")
    for before, after in pairwise(("draft", "submitted", "district_review", "recommended", "city_review", "site_visit", "candidate")):
        committed(plans, (f"stage: {before}", f"stage: {after}"))
    assert codes(review(asked(plans.top, "main...work", "@shili")).review) == ["R103"]


@pytest.mark.parametrize("stage", ["submitted", "candidate", "withdrawn"])
def test_a_plan_that_no_longer_reads_is_told_at_any_stage(plans: Plans, stage: str) -> None:
    plans.edit(("stage: draft", f"stage: {stage}"))
    plans.settle()
    plans.edit(("factory:\n", "factory: [\n"))
    assert "Z005" in codes(plans.review("@shili"))


def test_what_was_unreadable_is_mended_by_the_bureau(plans: Plans) -> None:
    plans.edit(("stage: draft", "stage: candidate"), ("factory:\n", "factory: [\n"))
    plans.settle()
    plans.edit(("factory: [\n", "factory:\n"), (WATER, "    water: 1000"))
    assert codes(plans.review("@shili")) == ["R106"]
    plans.edit(("factory: [\n", "factory:\n"))
    assert codes(plans.review("@xiqing-bureau")) == []


@pytest.mark.parametrize(("stage", "to", "who", "wanted"), [
    ("draft", "plans/xiqing/neu", "@shili", []),
    ("draft", "plans/binhai/neu", "@shili", []),
    ("draft", "plans/binhai/haiheng-biopharma-2", "@shili", []),
    ("submitted", "plans/xiqing/neu", "@shili", ["R218"]),
    ("submitted", "plans/xiqing/neu", "@xiqing-bureau", []),
    ("submitted", "plans/binhai/neu", "@xiqing-bureau", ["R218"]),
    ("submitted", "plans/binhai/neu", "@tj-city", []),
])  # fmt: skip
def test_what_was_handed_in_is_moved_by_its_bureaus_only(plans: Plans, stage: str, to: str, who: str, wanted: list[str]) -> None:
    if stage != "draft":
        plans.edit(("stage: draft", f"stage: {stage}"))
        plans.settle()
    (plans.top / to).parent.mkdir(parents=True, exist_ok=True)
    plans.git("mv", PLACE, to)
    assert [code for code in codes(plans.review(who)) if code.startswith("R")] == wanted


def test_moving_away_from_the_bureaus_file_is_touching_it(plans: Plans) -> None:
    plans.write(f"{PLACE}/review.yaml", "format: zcf-reviews/1\nreviews: []\n")
    plans.settle()
    (plans.top / "plans/xiqing/neu").mkdir()
    plans.git("mv", f"{PLACE}/plan.md", f"{PLACE}/evidence", "plans/xiqing/neu")
    assert codes(plans.review("@shili")) == ["R203"]
    plans.git("mv", PLACE, "plans/xiqing/neu")
    assert codes(plans.review("@shili")) == []


def test_a_folder_without_a_plan_that_can_be_read_is_no_place_to_hide(plans: Plans) -> None:
    folder = plans.top / "plans/xiqing/evil"
    (folder / "evidence").mkdir(parents=True)
    (folder / "plan.md").symlink_to("../shili/plan.md")
    (folder / "run.sh").write_text("#!/bin/sh\n")
    (folder / "review.yaml").write_text("format: zcf-reviews/1\nreviews: []\n")
    made = plans.review("@shili")
    assert {"R201", "R204", "R207"} <= set(codes(made))
    assert len(made.outside) == 3


def test_errors_around_a_plan_hold_it_back_too(plans: Plans) -> None:
    """Z851: its certificates are counted by another one."""
    text = (plans.top / PLAN).read_text("utf-8").replace("91120111MA0EXAMP1P", "91120111MA0X0001XM")
    plans.write("plans/xiqing/certificates/plan.md", text)
    plans.settle()
    plans.edit(("stage: draft", "stage: submitted"))
    assert codes(plans.review("@shili")) == ["R104"]


def test_an_error_that_became_another_error_is_new(plans: Plans) -> None:
    plans.edit((WATER, "    water: 62,000"))
    plans.settle()
    plans.edit(("    water: 62,000", "    water: 1/2 杯"))
    found = only(plans.review()).findings
    assert [told.code for told in found.new if told.is_error] == [told.code for told in found.fixed if told.is_error] == ["Z106"]


@pytest.mark.parametrize(("changes", "told"), [
    ([("{id: 1, met: met, basis: 材料齐全, evidence: [basic-1]}", "{id: 1, met: not_met, basis: 材料齐全}")], "，得分不变，87.09 分，过 80 分线，基本要求 1 不再满足，一票否决"),
    ([("      - {carrier: grid_electricity, amount: 10500, unit: MWh}", "      - {carrier: grid_electricity, amount: 105000, unit: MWh}"),
      ("{id: 1.2.3, now: 3,", "{id: 1.2.3, now: 4,")], "跌破 80 分线"),
    ([("# 二、试点目标", "# 二、试点目标\n")], "得分不变，87.09 分，过 80 分线，只改了写法"),
])  # fmt: skip
def test_the_headline_tells_of_vetoes_other_phases_and_mere_writing(plans: Plans, changes: list[tuple[str, str]], told: str) -> None:
    plans.edit(*changes)
    assert told.lstrip("，") in plans.review("@shili").headline
