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
    all_cells,
    close,
    find,
    formula_cells,
    hostile,
    make,
    named,
    poisoned,
    recalculated,
    with_gaps,
)
from zcfdocs.accounting import account
from zcfdocs.figure import Figure, rounded
from zcfdocs.loading import load
from zcfdocs.printing.workbook import print_workbook
from zcfdocs.printing.workbook.formula import operands
from zcfdocs.reading import read_plan

SEEDS = (3, 21, 34)
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
        out = io.BytesIO()
        book.save(out)
        books[f"changed-{change.name}"] = out.getvalue()
    return recalculated(books, tmp_path_factory.mktemp("office"))


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
