"""After the pilot: the application and its report say what the scorecard's result says, and nothing where nothing was told."""

from __future__ import annotations

import hashlib
import re
import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from tests import results
from zcfdocs.binding import paginate
from zcfdocs.build import build
from zcfdocs.dossier import Dossier
from zcfdocs.figure import percent, trimmed
from zcfdocs.jobs import Options
from zcfdocs.loading import Shelf
from zcfdocs.manuscript.evaluation import evaluation, projects, promises
from zcfdocs.pipeline import dossier, examine
from zcfdocs.printing.parity import compare, read_html
from zcfdocs.printing.pdf import print_pdf
from zcfdocs.printing.word import print_word
from zcfdocs.scorecard import Origin

ROOT = Path(__file__).parent.parent


def opened(path: Path) -> Dossier:
    examined = examine(path, "plan.md", Shelf(ROOT / "indicators"))
    assert not examined.has_errors, [str(finding) for finding in examined.findings]
    found = dossier(examined, Origin("0123456789abcdef"))
    assert found is not None
    return replace(found, bound=paginate(found.plan.evidence, found.evidence, path.parent))


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Dossier:
    return opened(results.write(tmp_path_factory.mktemp("done") / "plan"))


def lines(table) -> dict[str, list[str]]:
    """Rows of one line each by their first cell."""
    return {row[0].lines[0]: ["\n".join(cell.lines) for cell in row[1:]] for group in table.groups for row in group}


def test_without_a_result_there_is_no_application() -> None:
    assert evaluation(opened(ROOT / "plans/xiqing/jinhe-auto-parts/plan.md")) is None


def test_the_points_are_the_scorecards(done: Dossier) -> None:
    found = lines(promises(done))["评价得分"]
    shown = [done.card["phases"][phase]["display"] for phase in ("now", "target", "result")]
    assert found[1:4] == shown
    now, target, result = (Fraction(done.card["phases"][phase]["total"]) for phase in ("now", "target", "result"))
    assert float(found[4]) == pytest.approx(float(result - target), abs=0.011)
    share = (result - now) / (target - now)
    assert found[5] == (percent(share) if share > 0 else "未改善")
    made = evaluation(done)
    assert made is not None
    told = " ".join(block.text for block in read_html(made.html).blocks)
    assert f"{shown[2]} 分" in told
    for row in done.card["phases"]["result"]["rows"]:
        assert row["id"] in told


def test_energy_and_emissions_are_the_result_years(done: Dossier) -> None:
    year = next(item for item in done.accounts if item.kind == "result")
    target = next(item for item in done.accounts if item.kind == "target" and item.year == year.year)
    found = lines(promises(done))
    assert Fraction(found["综合能耗"][3]) == round(year.tce.value, 2)
    assert Fraction(found["综合能耗"][4]) == round(year.tce.value - target.tce.value, 2) > 0
    assert Fraction(found["温室气体排放总量"][3]) == round(year.emissions.value, 2)


def test_each_project_shows_promise_result_and_difference(done: Dossier) -> None:
    groups = projects(done).groups
    assert len(groups) == len(done.plan.projects) + 1
    for number, (project, rows) in enumerate(zip(done.plan.projects, groups, strict=False), 1):
        assert rows[0][0].lines == (str(number),)
        for name, row in zip(("energy", "co2", "water"), rows, strict=True):
            promised, reached, gap, rate = ("".join(cell.lines) for cell in row[-4:])
            planned = getattr(project.saves, name)
            assert promised == trimmed(planned, 6)
            if project.achieved is None:
                assert (reached, gap, rate) == ("未填报", "—", "—")
            else:
                actual = getattr(project.achieved, name)
                assert (reached, gap) == (trimmed(actual, 6), trimmed(actual - planned, 6))
                assert rate == (percent(actual / planned) if planned else "—")


def test_shortfall_is_negative_and_surplus_positive(done: Dossier) -> None:
    first, second = projects(done).groups[0][1], projects(done).groups[1][1]
    assert "".join(first[-2].lines).startswith("-")
    assert Fraction("".join(second[-2].lines)) == 2


def test_sums_wait_for_every_project(done: Dossier) -> None:
    assert ["".join(row[-3].lines) for row in projects(done).groups[-1]] == ["有项目未填报"] * 3
    told = tuple(project.model_copy(update={"achieved": project.saves}) for project in done.plan.projects)
    whole = replace(done, plan=done.plan.model_copy(update={"projects": told}))
    for row in projects(whole).groups[-1]:
        assert "".join(row[-4].lines) == "".join(row[-3].lines)
        assert "".join(row[-2].lines) == "0"


def test_a_row_without_a_result_says_that_it_stands_as_now(tmp_path: Path) -> None:
    path = results.write(tmp_path / "plan")
    text = path.read_text("utf-8")
    silent = re.sub(r"(id: 1\.1\.1,[^}]*?), result: \d+", r"\1", text)
    assert silent != text
    path.write_text(silent, "utf-8")
    made = evaluation(opened(path))
    assert made is not None
    assert "（未填结果，按现状）" in made.html


def test_pdf_and_word_say_the_same_with_places_to_sign(done: Dossier) -> None:
    made = evaluation(done)
    assert made is not None
    assert made.mark is not None
    assert made.mark.kind == "R"
    paper = print_pdf(made)
    assert compare(made.html, paper.data, print_word(made, paper.paging)) == []
    assert {"form", "report", "report-projects"} <= paper.paging.labels.keys()
    assert paper.paging.labels["form"] == "1"
    for name in (b"sign-company", b"sign-legal", b"sign-responsible"):
        assert name in paper.data or made.html.count(f'data-role="{name.decode()[5:]}"') == 1
    assert print_pdf(made).data == paper.data


def test_the_build_adds_the_application_once_there_is_a_result(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "indicators", tmp_path / "indicators")
    results.write(tmp_path / "plans/xiqing/done")
    whole = Options((tmp_path / "plans",), tmp_path, tmp_path / "dist", ("pdf", "word"), jobs=1)
    assert build(whole, lambda text: None).printed == ("xiqing/done",)
    folder = tmp_path / "dist/submission/xiqing/done"
    assert sorted(path.name for path in folder.iterdir()) == ["效果评价申请.docx", "效果评价申请.pdf", "试点方案.docx", "试点方案.pdf"]
    before = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    shutil.rmtree(tmp_path / ".zcf-cache")
    assert build(whole, lambda text: None).printed == ("xiqing/done",)
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()} == before
    assert build(whole, lambda text: None).kept == ("xiqing/done",)
