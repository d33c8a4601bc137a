"""台账: every plan of a district with its stage, score, gaps, evidence that runs out, requests and days left; the bureau's own."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.test_chronicle import run
from tests.test_promise import PLACE, SELECTED, TEXT, USCC, Plans, text
from zcfdocs.figure import rounded
from zcfdocs.history import history
from zcfdocs.loading import Shelf
from zcfdocs.pipeline import Examined, examine_all
from zcfdocs.places import INDICATORS
from zcfdocs.reviewing.record.ledger import WARNING, Entry, Ledger, gap, ledger, passing, schema
from zcfdocs.reviewing.record.register import runs_out, workbook

DAY = date(2025, 4, 20)
OTHER = "91120116MA0DEMHH2Y"
FORMULA = "=HYPERLINK(CONCATENATE(A1))"
REVIEW = """format: zcf-reviews/1
reviews:
  - role: district
    reviewer: 甲
    date: 2025-04-15
    digest: "sha256:%s"
    decision: return
    requests: [{row: 1.2.1, text: 补充职责分工, due: 2025-04-18}, {text: "=1+1"}]
"""


@pytest.fixture
def plans(tmp_path: Path) -> Plans:
    return Plans(tmp_path / "repository")


def entries(plans: Plans, on: date = DAY, district: str = "xiqing") -> tuple[Entry, ...]:
    return whole(plans, on, district).plans


def whole(plans: Plans, on: date = DAY, district: str = "xiqing") -> Ledger:
    return ledger(examined(plans), history(plans.top / "plans"), district, on)


def examined(plans: Plans) -> list[Examined]:
    paths = sorted(plans.top.glob("plans/*/*/plan.md"))
    return examine_all([(path, path.relative_to(plans.top).as_posix()) for path in paths], Shelf(INDICATORS))


def sheets(data: bytes) -> list[Worksheet]:
    book = load_workbook(io.BytesIO(data))
    return [sheet for sheet in book.worksheets if isinstance(sheet, Worksheet)]


def lines(sheet: Worksheet) -> list[dict[str, object]]:
    """Each row below the heads, by the name of its column."""
    heads = [cell.value for cell in sheet[3]]
    return [dict(zip(map(str, heads), (cell.value for cell in row), strict=True)) for row in sheet.iter_rows(min_row=4)]


def test_a_plan_stands_with_its_stage_score_and_days(plans: Plans) -> None:
    plans.put(text("draft"))
    plans.put(text("submitted"))
    plans.put(text("submitted") + "\n又一句。\n")
    (entry,) = entries(plans)
    (item,) = examined(plans)
    assert item.score is not None
    assert (entry.path, entry.uscc, entry.stage_name, entry.since, entry.touched) == (
        f"{PLACE}/plan.md",
        USCC,
        "已申请",
        "2025-05-03",
        "2025-05-04",
    )
    assert [one.phase for one in entry.standings] == ["now", "target"]
    assert [one.display for one in entry.standings] == [rounded(phase.total, 2) for phase in item.score.phases.values()]
    assert (entry.deadline, entry.left) == (date(2025, 4, 30), 10)
    assert entries(plans, date(2025, 5, 2))[0].left == -2
    assert passing(entry) == "现状已过，目标已过"
    assert entry.errors == 0
    assert entry.warnings > 0


def test_what_is_missing_to_the_line_never_prints_as_nothing(plans: Plans) -> None:
    """2.2.1 and 1.1.1 unmet, the offsets gone: 必选 rows that earn nothing are named, and the gap is told exactly."""
    weak = TEXT.replace("{id: 1.1.1, now: 1,", "{id: 1.1.1, now: 0,").replace("{id: 2.2.1, now: 3,", "{id: 2.2.1, now: 0,")
    weak = weak.replace("retired: true", "retired: false").replace("{id: 3, met: met", "{id: 3, met: not_met")
    plans.put(weak)
    (entry,) = entries(plans)
    (item,) = examined(plans)
    assert item.score is not None
    now, standing = item.score.phases["now"], entry.standing("now")
    assert standing is not None
    assert not standing.passed
    assert standing.unmet == now.unmet_required
    assert {"1.1.1", "2.2.1"} <= set(standing.unmet)
    assert gap(standing) == rounded(80 - now.total, 2)
    assert gap(standing.model_copy(update={"missing": "0.0004"})) == "0.0004"
    assert passing(entry).startswith("现状未过")
    assert passing(entry).endswith("基本要求 3 一票否决")


def test_evidence_that_runs_out_within_90_days_is_listed_the_first_first(plans: Plans) -> None:
    dates = {"offset-gec": "2025-07-19", "offset-ccer": "2025-07-20", "bench-energy": "2025-04-19"}
    changed = TEXT
    for key, day in dates.items():
        head, _, tail = changed.partition(f"{{id: {key}, title")
        changed = f"{head}{{id: {key}, title" + tail.replace("expires: 2027-12-31", f"expires: {day}", 1)
    plans.put(changed)
    (entry,) = entries(plans)
    assert [(item.id, item.left) for item in entry.expiring] == [("bench-energy", -1), ("offset-gec", 90)]
    assert runs_out(entry) == "energy先进值证明 2025-04-19（已过期）\n绿证 2025-07-19"
    (row, other) = lines(sheets(workbook(whole(plans)))[1])
    assert (row["佐证编号"], row["状态"], row["剩余天数"], row["方案文件"]) == ("bench-energy", "已过期", -1, f"{PLACE}/plan.md")
    assert (other["佐证编号"], other["状态"]) == ("offset-gec", "将到期")


def test_what_bureaus_asked_for_stands_with_its_day_and_whether_it_was_of_an_older_version(plans: Plans) -> None:
    plans.put(text("district_review"))
    (plans.top / PLACE / "review.yaml").write_text(REVIEW % ("0" * 64), encoding="utf-8")
    plans.commit()
    (row,) = lines(sheets(workbook(whole(plans)))[0])
    assert row["待办（评审要求）"] == "区 甲：补充职责分工（1.2.1；2025-04-18 前；旧版）\n区 甲：=1+1（旧版）"


def test_a_district_has_its_own_plans_and_those_in_its_folder_that_cannot_be_read(plans: Plans) -> None:
    plans.put(text("draft"))
    plans.put(
        text("draft").replace(USCC, OTHER).replace("GEC-2024-MA0EXAMP", "GEC-2024-OTHER").replace("district: xiqing", "district: binhai"),
        "plans/binhai/other",
    )
    plans.put("---\nfactory: {\n---\n", "plans/xiqing/broken")
    assert [(entry.path, entry.errors > 0) for entry in entries(plans)] == [
        ("plans/xiqing/broken/plan.md", True),
        (f"{PLACE}/plan.md", False),
    ]
    assert [entry.uscc for entry in entries(plans, district="binhai")] == [OTHER]
    assert entries(plans, district="jinnan") == ()


def test_the_workbook_says_what_json_says(plans: Plans) -> None:
    plans.put(SELECTED)
    done = run(plans.top, "--district", "xiqing", "--on", "2025-04-20", "--format", "json")
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    Draft202012Validator(schema()).validate(told)
    made = run(plans.top, "--district", "xiqing", "--on", "2025-04-20", "--format", "xlsx")
    place = plans.top / "dist/bureau/xiqing-台账.xlsx"
    assert made.stdout.strip() == str(place)
    first, evidence, notes = sheets(place.read_bytes())
    assert [sheet.title for sheet in (first, evidence, notes)] == ["台账", "佐证到期", "说明"]
    (row,) = lines(first)
    (plan,) = told["plans"]
    assert (row["企业"], row["信用代码"], row["阶段"], row["距截止日（天）"]) == (
        plan["name"],
        plan["uscc"],
        plan["stage_name"],
        plan["left"],
    )
    assert row["现状得分"] == float(plan["standings"][0]["display"])
    assert (row["错误"], row["警告"]) == (plan["errors"], plan["warnings"])
    assert lines(evidence) == []
    assert all(sheet["A2"].value == WARNING and sheet.oddHeader is not None for sheet in (first, evidence, notes))
    assert {str(sheet.oddHeader.right.text) for sheet in (first, evidence, notes) if sheet.oddHeader} == {WARNING}
    assert WARNING in run(plans.top, "--district", "xiqing").stdout


def test_the_same_plans_on_the_same_day_give_the_same_bytes(plans: Plans) -> None:
    plans.put(SELECTED)
    assert workbook(whole(plans)) == workbook(whole(plans))
    assert workbook(whole(plans)) != workbook(whole(plans, date(2025, 4, 21)))


def test_text_of_a_plan_never_becomes_a_formula(plans: Plans) -> None:
    hostile = text("draft").replace("name: 天津示例零部件有限公司", f'name: "{FORMULA}"').replace("title: 绿证", f"title: '{FORMULA}'")
    plans.put(hostile.replace("2027-12-31", "2025-04-30"))
    (plans.top / PLACE / "review.yaml").write_text(REVIEW % ("0" * 64), encoding="utf-8")
    data = workbook(whole(plans))
    cells = [cell for sheet in sheets(data) for row in sheet.iter_rows() for cell in row]
    assert sum(cell.value == FORMULA for cell in cells) > 2
    assert all(cell.data_type != "f" for cell in cells)
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert not any(b"<f>" in parts.read(name) or b"<hyperlink" in parts.read(name) for name in parts.namelist())


@pytest.mark.parametrize(
    "place", ["dist/site/x.xlsx", "dist/site/plans/../x.xlsx", "stage/x.xlsx", "docs/x.xlsx", "link/x.xlsx", "published/x.xlsx"]
)
def test_it_never_lands_where_the_public_reads(plans: Plans, place: str) -> None:
    plans.put(text("draft"))
    for folder in ("dist/site/plans", "published"):
        (plans.top / folder).mkdir(parents=True)
    (plans.top / "published/integrity.json").write_text("{}", encoding="utf-8")
    (plans.top / "link").symlink_to(plans.top / "dist/site")
    done = run(plans.top, "--district", "xiqing", "--format", "xlsx", "--out", str(plans.top / place))
    assert done.exit_code == 2
    assert "公开网站" in done.stderr
    assert list(plans.top.rglob("*.xlsx")) == []


def test_a_shallow_clone_says_that_days_may_be_wrong(plans: Plans, tmp_path: Path) -> None:
    plans.put(text("draft"))
    plans.put(text("submitted"))
    plans.git("clone", "-q", "--depth", "1", plans.top.as_uri(), str(tmp_path / "clone"))
    found = ledger(examined(plans), history(tmp_path / "clone/plans"), "xiqing", DAY)
    assert found.shallow
    assert any("浅克隆" in str(row[0].value) for row in sheets(workbook(found))[2].iter_rows())
