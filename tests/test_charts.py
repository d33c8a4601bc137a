"""Charts: true to the data, drawn once, told in words, readable on a black-and-white printer."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image

from tests import extreme, results
from zcfdocs.charts import Chart, change_chart, chart_svg, emissions_chart, energy_chart, intensities_chart, points_chart, svg_png
from zcfdocs.charts.drawing import INKS
from zcfdocs.charts.figures import MOST_CARRIERS
from zcfdocs.dossier import Dossier
from zcfdocs.figure import display, percent
from zcfdocs.loading import Shelf
from zcfdocs.manuscript.parts import parts
from zcfdocs.pipeline import dossier, examine
from zcfdocs.scorecard import Origin

ROOT = Path(__file__).parent.parent
MAKERS = (energy_chart, emissions_chart, intensities_chart, change_chart, points_chart)


def opened(path: Path) -> Dossier:
    found = dossier(examine(path, "plan.md", Shelf(ROOT / "indicators")), Origin("0123456789abcdef"))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def jinhe() -> Dossier:
    return opened(ROOT / "plans/xiqing/jinhe-auto-parts/plan.md")


@pytest.fixture(scope="module")
def charts(jinhe: Dossier) -> dict[str, Chart]:
    found = [make(jinhe) for make in MAKERS]
    return {chart.name: chart for chart in found if chart is not None}


def records(chart: Chart) -> list[dict]:
    """All data of a specification, whatever its panels."""
    spec = json.loads(chart.spec)
    return [record for panel in (spec, *spec.get("hconcat", ())) for record in panel.get("data", {}).get("values", ())]


def test_all_five_are_there_each_with_words_for_who_cannot_see_it(charts: dict[str, Chart]) -> None:
    assert list(charts) == ["energy", "emissions", "intensities", "change", "points"]
    for chart in charts.values():
        assert len(chart.alternative) > 30
        assert re.search(r"\d", chart.alternative)


def test_the_pictures_show_the_accounts(jinhe: Dossier, charts: dict[str, Chart]) -> None:
    for account in jinhe.accounts:
        label = f"{account.year}年{ {'actual': '', 'target': '目标'}[account.kind] }"
        stacked = sum(record["y"] for record in records(charts["energy"]) if record["x"] == label)
        assert stacked == pytest.approx(float(account.tce.value))
        scopes = {record["series"]: record["y"] for record in records(charts["emissions"]) if record["x"] == label}
        assert scopes["范围1"] + scopes["范围2"] == pytest.approx(float(account.emissions.value))
        assert scopes["碳抵消量"] == pytest.approx(-float(account.offsets.value))
        lines = {record["label"] for record in records(charts["intensities"]) if record["x"] == label}
        assert lines == {display(item.metric(metric).value, 2) for item in account.products for metric in ("energy", "carbon")}


def test_before_and_after_is_the_share_of_the_baseline(jinhe: Dossier, charts: dict[str, Chart]) -> None:
    now, target = (jinhe.score.phases[name].phase.account for name in ("now", "target"))
    shown = {record["x"]: record["label"] for record in records(charts["change"])}
    assert shown["综合能耗"] == percent(target.tce.value / now.tce.value)
    assert shown["温室气体排放总量"] == percent(target.emissions.value / now.emissions.value)
    assert len(shown) == 6


def test_the_result_stands_beside_the_target(tmp_path: Path) -> None:
    chart = change_chart(opened(results.write(tmp_path / "plan")))
    assert chart is not None
    assert {record["series"] for record in records(chart)} == {"目标", "结果"}


def test_equal_data_is_drawn_once_and_alike(charts: dict[str, Chart]) -> None:
    chart_svg.cache_clear()
    first = {name: chart_svg(chart.spec) for name, chart in charts.items()}
    assert chart_svg.cache_info().misses == 5
    assert {name: chart_svg(chart.spec) for name, chart in charts.items()} == first
    assert chart_svg.cache_info().misses == 5
    chart_svg.cache_clear()
    assert {name: chart_svg(chart.spec) for name, chart in reversed(charts.items())} == first


def test_text_stays_text_in_the_fonts_of_the_theme(charts: dict[str, Chart]) -> None:
    for chart in charts.values():
        svg = chart_svg(chart.spec)
        assert "<text" in svg
        assert set(re.findall(r'font-family="([^"]+)"', svg)) == {"FandolHei, ZCF Fallback, ZCF Signs, sans-serif"}
        assert "http" not in svg.replace("http://www.w3.org", "")


def luminance(ink: str) -> float:
    red, green, blue = (int(ink[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def test_neighbours_differ_in_black_and_white() -> None:
    """A fifth of the way from black to white at least, so that a grey copy keeps them apart."""
    for one, other in pairwise((*INKS, INKS[0])):
        assert abs(luminance(one) - luminance(other)) > 0.2, (one, other)


def test_a_grey_print_keeps_the_series_apart(charts: dict[str, Chart]) -> None:
    for name, wanted in (("emissions", 3), ("points", 2)):
        picture = Image.open(io.BytesIO(svg_png(chart_svg(charts[name].spec)))).convert("L")
        share = picture.width * picture.height / 100
        tones = [tone for tone, count in enumerate(picture.histogram()) if count > share and tone < 245]
        assert len(tones) >= wanted, name
        assert all(b - a > 20 for a, b in pairwise(tones) if b - a > 2)


def test_what_is_not_known_is_not_drawn(jinhe: Dossier) -> None:
    bare = replace(jinhe, accounts=tuple(replace(account, products=()) for account in jinhe.accounts))
    assert intensities_chart(bare) is None
    assert parts(bare)["chart_intensities"] == ""
    alone = replace(jinhe, score=replace(jinhe.score, phases={"now": jinhe.score.phases["now"]}))
    assert change_chart(alone) is None


def test_many_carriers_are_gathered_and_the_sum_is_kept(tmp_path: Path) -> None:
    path = extreme.write(tmp_path / "plan")
    text = path.read_text("utf-8")
    more = "".join(
        f"      - {{carrier: {key}, amount: 1, unit: t}}\n" for key in ("raw_coal", "coke", "gasoline", "kerosene", "fuel_oil", "lpg")
    )
    assert "    energy:\n" in text
    path.write_text(text.replace("    energy:\n", f"    energy:\n{more}"), "utf-8")
    found = opened(path)
    chart = energy_chart(found)
    series = {record["series"] for record in records(chart)}
    assert len(series) <= MOST_CARRIERS
    assert "其他" in series
    for account in found.accounts:
        drawn = sum(record["y"] for record in records(chart) if record["x"].startswith(str(account.year)))
        assert drawn == pytest.approx(float(account.tce.value))
