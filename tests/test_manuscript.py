"""The parts and the whole document: every figure in its place, every table a full grid, nothing of the plan taken for markup."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import lxml.html
import pytest
from lxml.etree import _Element as Element

from zcfdocs.body import render
from zcfdocs.charts import chart_svg, emissions_chart, energy_chart, points_chart, svg_png
from zcfdocs.dossier import Dossier
from zcfdocs.figure import display, rounded
from zcfdocs.loading import Shelf
from zcfdocs.manuscript.compose import compose
from zcfdocs.manuscript.notation import mark, mark_html, points, precision
from zcfdocs.manuscript.parts import CHARTS, TABLES, parts
from zcfdocs.pipeline import dossier, examine
from zcfdocs.scorecard import Origin

HERE = Path(__file__).parent
ORACLE = HERE / "cases" / "oracle"
EXAMPLES = sorted((HERE.parent / "plans").glob("*/*/plan.md"))
SHELF = Shelf(HERE.parent / "indicators")
NAME = "天津<script>alert(1)</script>{{7*7}}&甲公司"


def whole(path: Path) -> Dossier:
    found = dossier(examine(path, "plan.md", SHELF), Origin("0123456789abcdef", True))
    assert found is not None
    return found


def changed(folder: Path, *changes: tuple[str, str]) -> Dossier:
    """The worked plan with pieces of its text replaced, each of which must be there."""
    text = (ORACLE / "plan.md").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    shutil.copytree(ORACLE / "evidence", folder / "evidence")
    (folder / "plan.md").write_text(text, encoding="utf-8")
    return whole(folder / "plan.md")


@pytest.fixture(scope="module")
def oracle() -> Dossier:
    return whole(ORACLE / "plan.md")


@pytest.fixture(scope="module")
def found(oracle: Dossier) -> dict[str, str]:
    return parts(oracle)


def content(element: Element) -> str:
    """All text of an element."""
    return "".join(str(piece) for piece in element.itertext())


def tables(html: str) -> Iterator[Element]:
    yield from lxml.html.fromstring(f"<div>{html}</div>").iter("table")


def grid(table: Element) -> list[list[str]]:
    """The cells as a reader sees them, merged ones repeated; fails where two overlap or one is missing."""
    width = len(list(table.iter("col")))
    rows: list[list[str]] = []
    for body in (child for child in table if child.tag in ("thead", "tbody")):
        carried: dict[tuple[int, int], str] = {}
        count = len(list(body))
        for index, line in enumerate(body):
            cells = {column: text for (row, column), text in carried.items() if row == index}
            column = 0
            for cell in line:
                while column in cells:
                    column += 1
                text = content(cell)
                for across in range(int(cell.get("colspan", 1))):
                    assert column not in cells, f"{table.get('class')}: cells overlap in row {index}"
                    cells[column] = text
                    for down in range(1, int(cell.get("rowspan", 1))):
                        assert index + down < count, f"{table.get('class')}: a span leaves its group ({across})"
                        carried[index + down, column] = text
                    column += 1
            assert sorted(cells) == list(range(width)), f"{table.get('class')}: row {index} has {sorted(cells)} of {width} columns"
            rows.append([cells[column] for column in range(width)])
    return rows


def rows_of(html: str) -> list[list[str]]:
    return grid(next(tables(html)))


@pytest.mark.parametrize("path", [ORACLE / "plan.md", *EXAMPLES], ids=lambda path: path.parent.name)
def test_every_table_is_a_full_grid_with_widths(path: Path) -> None:
    bureau = whole(path)
    for view in (bureau, bureau.for_public()):
        for name, html in parts(view).items():
            assert "None" not in html, name
            for table in tables(html):
                assert grid(table), name
                widths = [float(re.sub(r"[^0-9.]", "", column.get("style", "0"))) for column in table.iter("col")]
                assert abs(sum(widths) - 100) < 0.1, name


def test_all_parts_are_there(found: dict[str, str]) -> None:
    own = {"cover", "instructions", "form", "commitment", "origin", "charts"}
    assert set(found) == own | set(TABLES) | set(CHARTS)
    assert [name for name, html in found.items() if not html] == ["conditions"]


def test_the_scoring_table_is_the_notice_s_with_points(oracle: Dossier, found: dict[str, str]) -> None:
    rows = [row for row in rows_of(found["scoring"]) if row[3] in oracle.catalogue.kinds.values()]
    assert len(rows) == 42
    now, target = oracle.score.phases["now"], oracle.score.phases["target"]
    for row, first, second in zip(rows, now.rows, target.rows, strict=True):
        assert row[2] == first.row.display or row[2] == first.row.text
        assert row[7] == oracle.catalogue.evidence_text(first.row) or row[8] == oracle.catalogue.evidence_text(first.row)
        assert (row[6], row[7]) == (points(first.points, first.row.points), points(second.points, second.row.points))
    merged = [cell for table in tables(found["scoring"]) for cell in table.iter("td") if cell.get("rowspan")]
    first_group = oracle.catalogue.groups[0]
    assert merged[0].get("rowspan") == str(len(list(first_group.rows())) + 1)
    last = rows_of(found["scoring"])[-1]
    assert last[0] == oracle.catalogue.total.label
    assert last[6] == oracle.card["phases"]["now"]["display"]


def test_points_just_below_a_line_never_look_as_if_they_had_reached_it() -> None:
    assert points(Fraction("79.996"), Fraction(80)) == "79.996"
    assert points(Fraction("14.9999"), Fraction(15)) == "14.9999"
    assert points(Fraction(15), Fraction(15)) == "15.00"


def test_reasons_name_their_evidence(oracle: Dossier, found: dict[str, str]) -> None:
    rows = {row[0]: row for row in rows_of(found["reasons"])}
    assert "荣誉证书" in rows["1.4.1"][4]
    assert "energy先进值证明" in rows["5.2.1"][4]
    assert {"绿电交易凭证", "绿证", "CCER注销凭证"} <= set(re.split("(?=绿电)|(?=绿证)|(?=CCER)", rows["4.5.1"][4]))
    now = {item.row.id: item for item in oracle.score.phases["now"].rows}
    assert all(now[key].because in row[2] for key, row in rows.items() if key in now)


def test_energy_and_emissions_add_up_to_the_scorecard(oracle: Dossier, found: dict[str, str]) -> None:
    energy, emissions = rows_of(found["energy"]), rows_of(found["emissions"])
    whole_energy = next(row for row in energy if row[1] == "综合能耗合计")
    whole_emissions = next(row for row in emissions if row[1].startswith("排放总量"))
    for index, year in enumerate(oracle.card["years"]):
        assert whole_energy[3 + index] == rounded(Fraction(year["tce"]), 2)
        assert whole_emissions[3 + index] == rounded(Fraction(year["emissions"]), 2)
        parts_of = [row[3 + index] for row in emissions if row[0] == "范围1" and row[1] != "小计"]
        total = next(row[3 + index] for row in emissions if row[0] == "范围1" and row[1] == "小计")
        assert abs(sum(Fraction(part) for part in parts_of if part != "—") - Fraction(total)) <= Fraction("0.02")
    assert next(row[3] for row in energy if row[1] == "自发自用光伏电力") == "—"


def test_comparison_says_before_after_and_change(oracle: Dossier, found: dict[str, str]) -> None:
    rows = {row[0]: row for row in rows_of(found["comparison"])}
    now, target = (oracle.card["years"][index] for index in (2, 3))
    change = Fraction(target["emissions"]) - Fraction(now["emissions"])
    expected = [Fraction(now["emissions"]), Fraction(target["emissions"]), change, change / Fraction(now["emissions"]) * 100]
    assert rows["温室气体排放总量"][2:] == [rounded(value, 2) for value in expected]
    assert rows["可再生电力占比"][4:] == ["40.54", "—"]
    assert rows["评价得分"][2] == oracle.card["phases"]["now"]["display"]


def test_intensities_of_all_bases_are_tabled(found: dict[str, str]) -> None:
    rows = {(row[0], row[1]): row for row in rows_of(found["intensities"])}
    assert rows["座椅总成", "单位产品综合能耗*"][5] == display(Fraction("14.08331"))
    assert {"单位产值综合能耗", "单位工业增加值综合能耗", "单位产值碳排放量", "单位工业增加值碳排放量"} <= {key[1] for key in rows}
    assert rows["基础数据", "取水量"][5] == "62000"


def test_projects_keep_the_six_columns_and_add_up(oracle: Dossier, found: dict[str, str]) -> None:
    rows = rows_of(found["projects"])
    assert [title.removesuffix("（万元）") for title in rows[0][:5]] + [rows[0][5]] == list(oracle.catalogue.project_table.columns)
    assert rows[-1][4:] == ["940", "133", "1061", "0"]


def test_unverified_factors_say_so(oracle: Dossier, found: dict[str, str]) -> None:
    used = {
        factor for account in oracle.accounts for figure in (account.tce, account.scope1, account.scope2) for factor in figure.factors()
    }
    rows = rows_of(found["factors"])[1:]
    for factor in used:
        assert any(row[1] == factor.title and ("未核实" in row[4]) is factor.unverified for row in rows), factor.title


def test_the_form_keeps_blanks_blank_and_marks_the_box(oracle: Dossier) -> None:
    bare = oracle.plan.model_copy(update={"factory": oracle.plan.factory.model_copy(update={"phone": ""})})
    html = parts(replace(oracle, plan=bare))["form"]
    assert "内资（□国有 □集体 ■民营） □中外合资 □港澳台 □外商独资" in html
    assert re.search(r"联系电话</th><td></td>", html)


def test_the_public_form_withholds(oracle: Dossier) -> None:
    public = parts(oracle.for_public())
    assert public["form"].count("不公开") == 4
    assert "李四" not in "".join(public.values())


def test_text_of_the_plan_is_never_markup(tmp_path: Path) -> None:
    pairs = (("name: 天津示例零部件有限公司", "name"), ("name: 屋顶分布式光伏二期", "name"), ("title: 荣誉证书", "title"))
    hostile = changed(tmp_path, *((old, f'{key}: "{NAME}"') for old, key in pairs))
    html = compose(hostile).html
    assert "<script" not in html
    assert html.count("{{7*7}}") > 3
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}&amp;甲公司" in html


def test_the_document_follows_the_template(oracle: Dossier) -> None:
    html = compose(oracle).html
    root = lxml.html.fromstring(html)
    assert next(root.iter("main"), None) is None
    titles = [content(element) for element in root.iter("h1")]
    assert titles == [oracle.catalogue.form.title, *(chapter.title for chapter in oracle.catalogue.chapters)]
    sections = [content(element) for element in root.iter("h2")]
    assert [title for chapter in oracle.catalogue.chapters for title in (part.title for part in chapter.sections)] == sections[:9]
    for kind, name in (("caption", "表"), ("figcaption", "图")):
        captions = [content(element) for element in root.iter(kind)]
        assert [caption.split("\u3000")[0] for caption in captions] == [f"{name}{index + 1}" for index in range(len(captions))]
    listed = next(element for element in root.iter("div") if element.get("class") == "contents")
    targets = [(link.get("href") or "").removeprefix("#") for link in listed.iter("a")]
    assert targets == [element.get("id") for element in root.iter("h1", "h2")]
    assert oracle.catalogue.commitment.text in html
    assert all(image.get("src", "").startswith("data:image/svg+xml;base64,") and image.get("alt") for image in root.iter("img"))


def test_a_draft_opens_with_the_errors(tmp_path: Path) -> None:
    wrong = changed(tmp_path, ("    water: 62700", "    water: 六万"))
    draft = compose(wrong, draft=True)
    root = lxml.html.fromstring(draft.html)
    pages = [section.get("data-page") for section in root.iter("section")]
    assert pages[:2] == ["findings", "cover"]
    assert "Z106" in content(next(root.iter("section")))
    assert draft.digest != compose(wrong).digest


def test_the_same_dossier_makes_the_same_manuscript(oracle: Dossier) -> None:
    assert compose(oracle) == compose(whole(ORACLE / "plan.md"))


def test_charts_are_drawn_from_their_data_alone(oracle: Dossier) -> None:
    chart_svg.cache_clear()
    first = [chart_svg(draw(oracle).spec) for draw in (energy_chart, emissions_chart, points_chart)]
    chart_svg.cache_clear()
    second = [chart_svg(draw(oracle).spec) for draw in (points_chart, emissions_chart, energy_chart)]
    assert first == second[::-1]
    assert "自发自用光伏电力" in first[0]
    assert display(oracle.score.phases["now"].groups[0].points) in first[2]
    assert svg_png(first[0]).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("kgCO2e/套", "kgCO<sub>2</sub>e/套"),
        ("CH4、N2O和SF6", "CH<sub>4</sub>、N<sub>2</sub>O和SF<sub>6</sub>"),
        ("62000万m3，m2", "62000万m<sup>3</sup>，m<sup>2</sup>"),
        ("PAS 2050 MCO2X am3 <b>", "PAS 2050 MCO2X am3 &lt;b&gt;"),
    ],
)
def test_formulas_are_set_with_small_digits(text: str, html: str) -> None:
    assert mark(text) == html


def test_code_and_addresses_stay_as_written() -> None:
    html = '<p>CO2 <a href="https://a/CO2">m3</a></p><pre><code>CO2</code></pre>CO2'
    assert mark_html(html) == ('<p>CO<sub>2</sub> <a href="https://a/CO2">m<sup>3</sup></a></p><pre><code>CO2</code></pre>CO<sub>2</sub>')


def test_small_values_keep_four_digits() -> None:
    assert precision([Fraction("14.08"), None]) == 2
    assert precision([Fraction("0.31"), Fraction(0)]) == 4
    assert precision([Fraction("0.00000031")]) == 8


def test_a_paragraph_that_names_the_table_below_becomes_its_caption(oracle: Dossier) -> None:
    text = "# 二、试点目标\n\n表：年度 **目标**\n\n| 年 | 值 |\n|---|---:|\n| 2025 | 1 |\n\n表：没有表格\n\n正文"
    body = render(text, oracle.catalogue, None).get("targets")
    assert "<caption>年度 目标</caption><colgroup>" in body
    assert "<p>表：没有表格</p>" in body
