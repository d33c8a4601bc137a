"""`zcfdocs review` as people and pipelines call it: forms, files, exit codes, a report read back, a preview."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lxml import etree
from typer.testing import CliRunner, Result

from tests.changing import PLACE, PLAN, Plans
from zcfdocs.cli import app
from zcfdocs.reviewing.model import Review

WATER = "    water: 62000"


@pytest.fixture
def plans(tmp_path: Path) -> Plans:
    """One change on the branch work: the score falls, nothing is wrong."""
    made = Plans(tmp_path / "plans")
    made.git("checkout", "-q", "-b", "work")
    made.edit((WATER, "    water: 70000"))
    made.commit()
    return made


def call(plans: Plans, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["review", "--repo", str(plans.top), *arguments])


def test_the_text_begins_with_the_verdict_and_the_headline(plans: Plans) -> None:
    done = call(plans, "main..work")
    assert done.exit_code == 0
    assert done.stdout.startswith("没有阻止合并的问题\n天津示例零部件有限公司：87.09 → 84.09（−3.00），仍过 80 分线")


def test_json_is_one_object_of_the_published_shape(plans: Plans) -> None:
    told = json.loads(call(plans, "main..work", "--format", "json").stdout)
    assert told["format"] == "zcf-review/1"
    assert {"base", "head", "headline", "blocking", "plans", "outside"} <= told.keys()
    (plan,) = told["plans"]
    keys = {"uscc", "name", "path", "total", "rows", "figures", "evidence", "private", "stage", "findings"}
    assert keys <= plan.keys()
    assert plan["total"]["now"].keys() == {"before", "after"}
    assert plan["rows"][0].keys() >= {"id", "phase", "before", "after", "causes"}
    assert plan["rows"][0]["causes"][0].keys() >= {"kind", "route", "line", "before", "after"}
    assert plan["figures"][0].keys() >= {"route", "unit", "before", "after", "marks"}
    assert plan["evidence"].keys() >= {"added", "removed", "changed", "expired", "unused"}
    assert plan["stage"].keys() >= {"before", "after", "allowed", "who"}
    assert plan["findings"].keys() == {"new", "fixed", "kept"}


def test_errors_end_with_1_and_warnings_where_they_are_asked_to(plans: Plans) -> None:
    assert call(plans, "main..work", "--fail-on", "warning").exit_code == 1
    plans.edit(("water: 70000", "water: 70,000"))
    plans.commit()
    assert call(plans, "main..work").exit_code == 1
    assert call(plans, "main..nothing").exit_code == 2


@pytest.mark.parametrize("form", ["text", "json", "markdown", "summary", "github", "gitlab", "junit", "sarif", "rdjson", "html"])
def test_each_form_is_written_to_a_file_and_comes_from_a_report_read_back(plans: Plans, tmp_path: Path, form: str) -> None:
    first, second, kept = tmp_path / "first", tmp_path / "second", tmp_path / "out" / "review.json"
    assert call(plans, "main..work", "--format", "json", "--out", str(kept)).exit_code == 0
    assert call(plans, "main..work", "--format", form, "--out", str(first)).exit_code == 0
    assert CliRunner().invoke(app, ["review", "--from", str(kept), "--format", form, "--out", str(second)]).exit_code == 0
    assert first.stat().st_size > 0
    if form != "html":  # a report has no bodies to lay beside each other
        assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told | {"format": "zcf-review/2"},
        lambda told: told | {"head": "--output=/tmp/x"},
        lambda told: told | {"more": 1},
        lambda told: told | {"headline": "长" * 60_000},
        lambda told: told | {"plans": [told["plans"][0] | {"total": {"now": {"before": "1e999", "after": "1"}, "target": None}}]},
        lambda told: [told],
    ],
)
def test_a_report_that_is_none_is_refused(plans: Plans, tmp_path: Path, change) -> None:
    told = json.loads(call(plans, "main..work", "--format", "json").stdout)
    path = tmp_path / "review.json"
    path.write_text(json.dumps(change(told)), "utf-8")
    done = CliRunner().invoke(app, ["review", "--from", str(path)])
    assert done.exit_code == 2
    assert "不是评审报告" in done.stderr


def test_a_preview_is_built_of_the_changed_plans_with_the_catalogue_of_the_base(plans: Plans, tmp_path: Path) -> None:
    """The head lowers the pass line and adds a page; neither gets into the preview."""
    plans.edit(("pass_line: 80", "pass_line: 10"), name="indicators/tianjin-2025/catalogue.yaml")
    plans.write("theme/evil.html", "<script>alert(1)</script>")
    plans.commit()
    out = tmp_path / "preview"
    assert call(plans, "main..work", "--preview", str(out)).exit_code == 1
    card = json.loads((out / "site" / "plans" / "xiqing" / "shili" / "data.json").read_bytes())
    assert card["gates"]["pass_line"] == "80"
    assert sorted(path.name for path in (out / "submission" / "xiqing").iterdir()) == ["shili"]
    assert not list(out.rglob("evil*"))


def test_check_speaks_the_forges_languages_too(plans: Plans) -> None:
    runner = CliRunner()
    place = str(plans.top / PLACE)
    assert json.loads(runner.invoke(app, ["check", place, "--format", "sarif"]).stdout)["version"] == "2.1.0"
    assert json.loads(runner.invoke(app, ["check", place, "--format", "rdjson"]).stdout)["diagnostics"]
    assert json.loads(runner.invoke(app, ["check", place, "--format", "gitlab"]).stdout)
    assert etree.fromstring(runner.invoke(app, ["check", place, "--format", "junit"]).stdout.encode()).tag == "testsuites"
    assert runner.invoke(app, ["check", place, "--format", "github"]).stdout.startswith("::warning file=")


@pytest.mark.parametrize("name", ["review", "history", "ledger", "scorecard", "plans"])
def test_each_shape_is_printed(name: str) -> None:
    told = json.loads(CliRunner().invoke(app, ["schema", name]).stdout)
    assert told["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_a_review_holds_to_its_own_schema(plans: Plans) -> None:
    from jsonschema import Draft202012Validator

    told = json.loads(call(plans, "main..work", "--format", "json").stdout)
    schema = json.loads(CliRunner().invoke(app, ["schema", "review"]).stdout)
    Draft202012Validator.check_schema(schema)
    assert list(Draft202012Validator(schema).iter_errors(told)) == []
    assert Review.model_validate(told).plans[0].path == PLAN
