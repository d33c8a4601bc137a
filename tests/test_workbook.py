"""计算表.xlsx as a spreadsheet program sees it: recalculated from the inputs alone it gives the scorecard's figures."""

from __future__ import annotations

import io
import math
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook.workbook import Workbook

from tests import extreme, generated
from tests.ooxml import validator
from tests.workbooks import (
    EXAMPLES,
    HERE,
    HOSTILE,
    INDICATORS,
    LINK,
    Made,
    after_pilot,
    all_cells,
    close,
    find,
    formula_cells,
    frozen,
    hostile,
    make,
    named,
    poisoned,
    recalculated,
    with_gaps,
    without_change,
)
from zcfdocs.accounting import account
from zcfdocs.figure import Figure, rounded
from zcfdocs.loading import load
from zcfdocs.printing.workbook import print_workbook
from zcfdocs.printing.workbook.formula import operands
from zcfdocs.reading import read_plan

SEEDS = (3, 21, 34)
MORE = 900  # MWh
NUMBER = re.compile(r"(?<![A-Za-z$\d])\d+(?:\.\d+)?(?![\d!])")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Made]:
    """Both examples, the other city, the extreme plan and some made from seeds."""
    folder = tmp_path_factory.mktemp("plans")
    found = {name: make(path) for name, path in EXAMPLES.items()}
    found["oracle"] = make(HERE / "cases/oracle/plan.md")
    found["river"] = make(HERE / "river/plans/upper/mill/plan.md", HERE / "river/indicators")
    found["extreme"] = make(extreme.write(folder / "extreme"))
    found["hostile"] = make(hostile(folder / "hostile"))
    found["gaps"] = make(with_gaps(folder / "gaps"))
    found["result"] = make(after_pilot(folder / "result"))
    found["unchanged"] = make(without_change(folder / "unchanged"))
    found |= {f"seed{seed}": make(generated.generate(seed, folder / f"seed{seed}", INDICATORS)) for seed in SEEDS}
    return found


@dataclass(frozen=True)
class Changed:
    """An example with one input cell changed, and the plan in which that number is changed."""

    name: str
    old: str
    new: str
    value: float
    title: str
    year: str


CHANGES = (
    Changed("grid", "amount: 10600, unit: MWh", "amount: 20600, unit: MWh", 20600, "外购电力", "2024"),
    Changed("output", "总成, amount: 360000", "总成, amount: 310000", 310000, "铝合金副车架总成产量", "2024"),
    Changed("water", "water: 68400", "water: 88400", 88400, "取水量", "2026"),
    Changed("offset", "amount: 1600, unit: tCO2e", "amount: 100, unit: tCO2e", 100, "3b CCER", "2024"),
)


@pytest.fixture(scope="module")
def worked(made: dict[str, Made], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Workbook]:
    """All workbooks with poisoned results, and the changed ones, after a hard recalculation."""
    books = {name: poisoned(item.data) for name, item in made.items()}
    for change in CHANGES:
        book = openpyxl.load_workbook(io.BytesIO(poisoned(made["jinhe"].data)))
        cell = find(book, "基础数据", change.title, change.year)
        assert isinstance(cell.value, int | float)
        cell.value = change.value
        books[f"changed-{change.name}"] = saved(book)
    books["frozen"] = poisoned(frozen(made["result"], made["unchanged"]).data)
    book = openpyxl.load_workbook(io.BytesIO(poisoned(made["result"].data)))
    find(book, "基础数据", "外购电力", "2026年\n（结果）").value += MORE
    for cell in (cell for row in book["节能量和减排量"].iter_rows() for cell in row if cell.value == "未填报"):
        cell.value = 7
    for row in ("1.3.1", "2.3.2"):
        book["得分计算"].cell(scored(book, row, "现状")[0].row, 5).value = 0.5
    books["reported"] = saved(book)
    return recalculated(books, tmp_path_factory.mktemp("office"))


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def scored(book: Workbook, row: str, phase: str) -> tuple[Any, ...]:
    """The cells of a row of the catalogue in a phase: 编号, 指标, 阶段, 计算规则, 取值, 基准, 佐证, 分值, 得分, 理由."""
    return next(cells for cells in book["得分计算"].iter_rows() if (cells[0].value, cells[2].value) == (row, phase))


def test_every_formula_has_its_value_stored_beside_it(made: dict[str, Made]) -> None:
    for name, item in made.items():
        values, cells = item.values, formula_cells(item.formulas)
        assert len(cells) > 60, name
        assert not [(name, *cell) for cell in cells if values[cell[0]][cell[1]].value is None]


def test_recalculated_every_cell_is_what_our_own_accounting_says(made: dict[str, Made], worked: dict[str, Workbook]) -> None:
    """The stored results are wrong on purpose, so every number found was worked out by LibreOffice."""
    wrong = []
    for name, item in made.items():
        values = item.values
        for sheet, place, formula in formula_cells(item.formulas):
            wanted, found = values[sheet][place].value, worked[name][sheet][place].value
            same = close(found, wanted) if isinstance(wanted, int | float) else found == wanted
            if not same:
                wrong.append((name, sheet, place, formula, wanted, found))
    assert not wrong, wrong[:10]


YEARS = {"tce": "综合能耗", "emissions": "排放总量", "offsets": "碳抵消量", "offset_ratio": "抵消比例", "renewable_share": "可再生电力占比"}
KINDS = {"actual": "", "target": "_目标", "result": "_结果"}
PHASES = {"now": "现状", "target": "目标", "result": "结果"}


def test_recalculated_the_figures_are_the_scorecards(made: dict[str, Made], worked: dict[str, Workbook]) -> None:
    compared = 0
    for name, item in made.items():
        for year in item.dossier.card["years"]:
            for key, title in YEARS.items():
                found = named(worked[name], f"{title}_{year['year']}{KINDS[year['kind']]}")
                assert close(found, float(year[key])), (name, year["year"], key, found, year[key])
                compared += 1
        for phase, card in item.dossier.card["phases"].items():
            assert close(named(worked[name], f"总分_{PHASES[phase]}"), float(card["total"])), (name, phase)
    assert compared > 100


def test_recalculated_the_scores_are_the_scorecards_row_by_row(made: dict[str, Made], worked: dict[str, Workbook]) -> None:
    for name, item in made.items():
        page = worked[name]["得分"]
        rows = {str(row[2].value): row for row in page.iter_rows(min_row=4) if row[2].value}
        for at, (phase, card) in enumerate(item.dossier.card["phases"].items()):
            for row in card["rows"]:
                assert close(rows[row["id"]][7 + at].value, float(row["points"])), (name, phase, row["id"])
            told = [row[7 + at].value for row in page.iter_rows(min_row=4) if row[0].value == "是否达到"]
            assert told == ["达到" if card["passed"] else "未达到"], (name, phase)


def test_recalculated_the_intensities_are_the_scorecards(made: dict[str, Made], worked: dict[str, Workbook]) -> None:
    sheets = {"energy": "能耗强度", "carbon": "碳强度", "material": "原材料", "water": "取水"}
    for name in (*EXAMPLES, "oracle", "river"):
        for year in made[name].dossier.card["years"]:
            (first, *_) = year["intensities"]
            for metric, sheet in sheets.items():
                unit = made[name].dossier.accounts[0].products[0].metric(metric)
                assert unit is not None
                found = find(worked[name], sheet, unit.title, str(year["year"])).value
                assert close(found, float(first[metric])), (name, year["year"], metric)


def test_recalculated_what_a_project_replaces_is_worked_out_with_the_factors(worked: dict[str, Workbook]) -> None:
    """1600 MWh of grid electricity a year at 0.7041 tCO2/MWh and 0.1229 tce/MWh."""
    assert close(find(worked["jinhe"], "节能量核算", "替代能源对应的排放量", "数值").value, 1126.56)
    assert close(find(worked["jinhe"], "节能量核算", "替代能源折标准煤", "数值").value, 196.64)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_a_changed_input_changes_the_results_as_our_own_accounting_says(
    change: Changed, made: dict[str, Made], worked: dict[str, Workbook], tmp_path: Path
) -> None:
    text = EXAMPLES["jinhe"].read_text(encoding="utf-8")
    whole, _, rest = text.partition(f"- year: {change.year}")
    assert change.old in rest
    shutil.copytree(EXAMPLES["jinhe"].parent / "evidence", tmp_path / "evidence")
    (tmp_path / "plan.md").write_text(f"{whole}- year: {change.year}{rest.replace(change.old, change.new, 1)}", encoding="utf-8")
    wanted, book = make(tmp_path / "plan.md").dossier.card, worked[f"changed-{change.name}"]
    assert wanted["years"] != made["jinhe"].dossier.card["years"]
    for year in wanted["years"]:
        for key, title in YEARS.items():
            assert close(named(book, f"{title}_{year['year']}{KINDS[year['kind']]}"), float(year[key])), (year["year"], key)
    for phase, card in wanted["phases"].items():
        assert close(named(book, f"总分_{PHASES[phase]}"), float(card["total"])), phase


def test_what_projects_reached_is_added_over_all_of_them_and_said_to_be_a_part(made: dict[str, Made], worked: dict[str, Workbook]) -> None:
    """Two of seven projects have reported; what the others report later is added, and the mark goes."""
    told = made["result"].dossier.plan.projects
    reported = [project.achieved for project in told if project.achieved]
    assert len(reported) == 2 < len(told)
    for book in (made["result"].values, worked["result"]):
        assert close(total_of(book, 9), float(sum(item.energy for item in reported)))
        assert total_of(book, 12).startswith("有项目未填报")
        assert [row[9].value for row in book["节能量和减排量"].iter_rows(min_row=4)].count("未填报") == len(told) - 2
    assert close(total_of(worked["reported"], 9), float(sum(item.energy for item in reported)) + 7 * (len(told) - 2))
    assert total_of(worked["reported"], 12) == "各项目均已填报"


def total_of(book: Workbook, col: int) -> Any:
    return next(row[col].value for row in book["节能量和减排量"].iter_rows() if row[1].value == "合计")


def test_what_was_kept_of_the_promises_follows_the_result(made: dict[str, Made], worked: dict[str, Workbook], tmp_path: Path) -> None:
    """5.1.1 at evaluation: more electricity than promised takes points, as our own accounting says."""
    shares = [made["result"].formulas["目标落实"].cell(row, 7).value for row in range(5, 11)]
    assert all(str(share).startswith("=IF(") for share in shares)
    wanted = make(after_pilot(tmp_path / "more", MORE)).dossier.score.phases["result"]
    first = scored(worked["result"], "5.1.1", "结果")[8].value
    found = scored(worked["reported"], "5.1.1", "结果")[8].value
    assert close(found, float(next(row.points for row in wanted.rows if row.row.id == "5.1.1")))
    assert found < first - 1


def test_without_a_promised_change_the_factorys_own_statement_counts(made: dict[str, Made], worked: dict[str, Workbook]) -> None:
    shares = [cell.value for cell in worked["unchanged"]["目标落实"]["G"][4:10]]
    assert shares == ["—"] * 6
    row = next(row for row in made["unchanged"].dossier.score.phases["result"].rows if row.row.id == "5.1.1")
    assert (row.status, float(row.points)) == ("provisional", scored(worked["unchanged"], "5.1.1", "结果")[8].value)


def test_a_frozen_promise_is_an_input_and_the_sheet_says_why(made: dict[str, Made], worked: dict[str, Workbook]) -> None:
    item = frozen(made["result"], made["unchanged"])
    page = item.formulas["目标落实"]
    assert [page.cell(5, col).data_type for col in (4, 5, 6, 7)] == ["n", "n", "f", "f"]
    assert any("冻结" in str(row[0].value) for row in page.iter_rows())
    assert not any("冻结" in str(row[0].value) for row in made["result"].formulas["目标落实"].iter_rows())
    assert close(named(worked["frozen"], "总分_结果"), float(item.dossier.score.phases["result"].total))


def test_reasons_are_said_to_be_those_of_the_data_submitted(made: dict[str, Made]) -> None:
    book = made["jinhe"].values
    assert book["得分计算"].cell(3, 10).value == "理由（报送数据下的说明，不随试算变化）"
    assert any("不随试算变化" in str(row[1].value) for row in book["说明"].iter_rows())


def test_proof_is_told_only_where_some_is_named(made: dict[str, Made], worked: dict[str, Workbook]) -> None:
    """“—” counts nothing where proof is asked for, and holds nothing back where none is."""
    for name in EXAMPLES:
        plan = made[name].dossier.plan
        for row in ("1.3.1", "2.3.2", "3.1.2", "4.3.1"):
            found = plan.answer(row)
            assert found
            assert not found[1].evidence
            assert scored(made[name].values, row, "现状")[6].value == "—", (name, row)
        assert scored(made[name].values, "1.1.1", "现状")[6].value == 1
    assert scored(worked["reported"], "1.3.1", "现状")[8].value == 20
    assert scored(worked["reported"], "2.3.2", "现状")[8].value == 0


def test_lines_of_offsets_are_told_apart_by_their_kind(made: dict[str, Made]) -> None:
    page = made["haiheng"].values["抵消"]
    names = [str(row[0].value) for row in page.iter_rows(min_row=4)]
    assert {"绿电或绿证（绿电交易）", "绿电或绿证（绿证）", "3b CCER"} <= set(names)
    methods = [str(row[page.max_column - 1].value) for row in page.iter_rows(min_row=4)]
    assert "绿电或绿证（绿电交易） + 绿电或绿证（绿证）" in methods
    for year, kind in ((2024, "green_power"), (2026, "green_power"), (2024, "green_certificate"), (2026, "green_certificate")):
        title = "绿电或绿证（绿电交易）" if kind == "green_power" else "绿电或绿证（绿证）"
        (line,) = (line for item in made["haiheng"].dossier.plan.years if item.year == year for line in item.offsets if line.kind == kind)
        assert find(made["haiheng"].values, "抵消", title, str(year)).value == line.amount


def test_no_formula_holds_a_figure_of_the_plan(made: dict[str, Made]) -> None:
    """What a formula writes out is 0, 1, or the address of a cell."""
    for name, item in made.items():
        for sheet, place, formula in formula_cells(item.formulas):
            bare = re.sub(r"'[^']*'!|\"[^\"]*\"", "", formula)
            assert set(NUMBER.findall(bare)) <= {"0", "1"}, (name, sheet, place, formula)


def test_no_cell_is_an_error(made: dict[str, Made], worked: dict[str, Workbook]) -> None:
    for name in made:
        errors = [(page.title, cell.coordinate, cell.value) for page, cell in all_cells(worked[name]) if cell.data_type == "e"]
        assert not errors, (name, errors[:5])


def test_what_is_missing_is_said_and_never_zero(made: dict[str, Made]) -> None:
    book = made["gaps"].values
    for sheet in ("原材料", "取水"):
        texts = [str(cell.value) for row in book[sheet].iter_rows() for cell in row if cell.value is not None]
        assert any("无数据" in text for text in texts), sheet
    assert "取水量" not in [cell.value for cell in book["基础数据"]["A"]]


def test_text_of_the_plan_never_becomes_a_formula_or_a_link(made: dict[str, Made], worked: dict[str, Workbook]) -> None:
    """Neither as it is written nor after a spreadsheet program has worked it out and saved it."""
    item = made["hostile"]
    assert item.dossier.plan.factory.name == HOSTILE
    for book in (item.formulas, worked["hostile"]):
        cells = [cell for _, cell in all_cells(book) if isinstance(cell.value, str)]
        assert [cell for cell in cells if cell.value == HOSTILE and cell.data_type == "s"]
        assert [cell for cell in cells if cell.value.startswith(f"{LINK}产量") and cell.data_type == "s"]
        assert not [cell for cell in cells if cell.data_type == "f" and re.search("HYPERLINK|cmd", cell.value)]
        assert not [cell for cell in cells if cell.hyperlink]
    with zipfile.ZipFile(io.BytesIO(item.data)) as parts:
        assert not [name for name in parts.namelist() if "externalLink" in name or "/_rels/sheet" in name]


@pytest.mark.parametrize("name", ["jinhe", "extreme", "hostile"])
def test_the_schemas_find_no_error(name: str, made: dict[str, Made], tmp_path: Path) -> None:
    package = validator.installed()
    (tmp_path / "copy.xlsx").write_bytes(made[name].data)
    assert validator.errors(package, tmp_path / "copy.xlsx") == []


@pytest.mark.parametrize("seed", range(100, 115))
def test_every_change_of_unit_is_an_operand_with_a_name(seed: int, tmp_path: Path) -> None:
    """A product or quotient is exactly that of its operands: no number hides in the working of a figure."""
    reading = read_plan(generated.generate(seed, tmp_path, INDICATORS), "plan.md")
    assert reading.plan is not None
    accounts = account(reading.plan, load(INDICATORS, "tianjin-2025"), reading.evidence)
    roots = [figure for item in accounts for figure in (item.tce, item.emissions, item.offsets, item.renewable_share)]
    roots += [figure for item in accounts for one in item.products for basis in one.bases.values() for figure in basis.values() if figure]
    roots += [figure for item in accounts for one in item.products for figure in (one.material, one.water) if figure]
    for node in nodes(roots):
        values = [operand.value for operand in operands(node)]
        if node.op == "product":
            assert math.prod(values) == node.value, node.worked()
        if node.op == "quotient":
            assert values[0] / values[1] * math.prod(values[2:]) == node.value, node.worked()


def nodes(figures: Iterable[Figure]) -> Iterator[Figure]:
    for figure in figures:
        yield figure
        yield from nodes(figure.args)


def test_the_same_plan_gives_the_same_bytes(made: dict[str, Made]) -> None:
    for name in (*EXAMPLES, "river"):
        assert print_workbook(made[name].dossier) == made[name].data


def test_the_file_says_whose_it_is_and_which_version(made: dict[str, Made]) -> None:
    item = made["jinhe"]
    told = item.formulas.properties
    assert told.creator == item.dossier.plan.factory.name
    assert told.created is not None
    assert told.created.date() == item.dossier.plan.as_of
    front = [str(row[1].value) for row in item.values["说明"].iter_rows()]
    for wanted in (item.dossier.card["plan"]["digest"], "0123456789abcdef", item.dossier.card["catalogue"]["digest"]):
        assert any(wanted in text for text in front), wanted


def test_unverified_factors_are_marked(made: dict[str, Made]) -> None:
    page = made["jinhe"].values["因子"]
    marked = {str(row[0].value) for row in page.iter_rows(min_row=4) if row[5].value == "未核实"}
    wanted = {leaf.title for year in made["jinhe"].dossier.accounts for leaf in year.emissions.factors() if leaf.unverified}
    assert wanted
    assert wanted <= marked


def test_numbers_look_as_in_the_document(made: dict[str, Made]) -> None:
    """The format rounds for the eye, the cell keeps the whole value."""
    book = made["oracle"].values
    cell = find(book, "能源消费结构", "综合能耗", "2024")
    assert cell.number_format == "0.00"
    year = next(item for item in made["oracle"].dossier.accounts if item.year == 2024)
    assert cell.value == float(year.tce.value) != float(rounded(year.tce.value, 2))


def test_every_sheet_prints_across_with_its_heads_repeated(made: dict[str, Made]) -> None:
    for page in made["jinhe"].formulas:
        assert page.page_setup.orientation == "landscape", page.title
        assert str(page.page_setup.paperSize) == "9", page.title
        assert page.sheet_properties.pageSetUpPr is not None
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert page.print_title_rows == "$3:$3", page.title
        assert page.freeze_panes, page.title
