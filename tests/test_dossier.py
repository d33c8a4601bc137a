"""The public projection: persons and kept amounts are gone from it, however they were written."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from zcfdocs.dossier import Dossier
from zcfdocs.loading import Shelf
from zcfdocs.manuscript.parts import parts
from zcfdocs.pipeline import dossier, examine
from zcfdocs.scorecard import Origin

HERE = Path(__file__).parent
ORACLE = HERE / "cases" / "oracle"


def made(folder: Path, *changes: tuple[str, str]) -> Dossier:
    shutil.copytree(ORACLE, folder / "shili")
    path = folder / "shili" / "plan.md"
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    whole = dossier(examine(path, "plan.md", Shelf(HERE.parent / "indicators")), Origin())
    assert whole is not None
    return whole


def shown(whole: Dossier) -> str:
    """All that a public page is made of."""
    return json.dumps(whole.card, ensure_ascii=False) + "".join(whole.body.sections.values()) + "".join(parts(whole).values())


@pytest.mark.parametrize("written", [
    "李四", "李**四**", "&#26446;四", "李*四*和张三", "022-00000000", "022 0000 0000", "（022）00000000", "０２２－００００００００", "ZCF@Example.com", "<b>李四</b>",
])  # fmt: skip
def test_persons_do_not_reach_the_public_however_they_are_written(tmp_path: Path, written: str) -> None:
    whole = made(tmp_path, ("企业已建立能源管理体系", f"企业由{written}负责，已建立能源管理体系"))
    page = shown(whole.for_public())
    for private in ("李四", "四</", "张三", "00000000", "0000 0000", "００００", "xample.com"):
        assert private not in page.replace("https://example.com", "")
    assert "已建立能源管理体系" in page


def test_kept_amounts_take_the_figures_with_them_that_would_reveal_them(tmp_path: Path) -> None:
    kept = ("publication: {url", "confidential: [years.products.amount, years.output_value]\npublication: {url")
    public = made(tmp_path, kept).for_public()
    assert public.accounts[2].products[0].energy is None
    assert public.accounts[2].products[0].bases["output_value"]["carbon"] is None
    assert public.card["years"][2]["intensity"]["energy"] is None
    assert public.card["years"][2]["emissions"].startswith("10397.88")
    page = shown(public)
    for number in ("200000", "200,000", "180000", "52000", "14.08", "51.98"):
        assert number not in page
    row = next(row for row in public.card["phases"]["now"]["rows"] if row["id"] == "5.2.1")
    assert (row["points"], row["because"]) == ("15", "所依据的数据由企业保留，不公开")


def test_what_nobody_keeps_is_unchanged(tmp_path: Path) -> None:
    whole = made(tmp_path)
    public = whole.for_public()
    assert public.card["phases"]["now"]["rows"][32]["because"] == whole.card["phases"]["now"]["rows"][32]["because"]
    assert public.plan.factory.name == whole.plan.factory.name
    assert public.plan.factory.phone is None


def test_a_private_text_in_any_field_of_the_plan_is_masked(tmp_path: Path) -> None:
    said = "李四022-00000000"
    changes = (
        ("{id: 1.1.1, now: 1,", f"{{id: 1.1.1, note: 联系{said}, now: 1,"),
        ("{method: 3b, kind: ccer, amount: 4000,", f"{{method: 3b, project: {said}林场, recognised_by: {said}, kind: ccer, amount: 4000,"),
        ("{carrier: diesel, amount: 20, unit: t}", f"{{carrier: diesel, amount: 20, unit: t, meter: {said}}}"),
        (
            "    process: []\n    products:\n      - {name: 座椅总成, amount: 200000",
            f"    process: [{{source: {said}, amount: 1, unit: tCO2e}}]\n    products:\n      - {{name: 座椅总成, amount: 200000",
        ),
        ("title: 荣誉证书", f"title: {said}证书"),
        ("content: 新增屋顶光伏1.2兆瓦，配套储能", f"content: 由{said}负责"),
        ("source: 示例标准, evidence: [bench-energy]", f"source: {said}, evidence: [bench-energy]"),
    )
    page = shown(made(tmp_path, *changes).for_public())
    assert "李四" not in page
    assert "00000000" not in page


def test_prose_does_not_tell_what_a_kept_amount_follows_from(tmp_path: Path) -> None:
    public = made(
        tmp_path,
        ("publication: {url", "confidential: [years.products.amount]\npublication: {url"),
        ("企业已建立能源管理体系", "单耗降至{{ years.2024.intensity.energy|digits(2) }}，即14.0833，企业已建立能源管理体系"),
    ).for_public()
    assert "14.08" not in shown(public)
    assert "单耗降至不公开" in shown(public)


def test_a_quote_within_hundreds_of_quotes_loses_no_chapter(tmp_path: Path) -> None:
    """libxml2 drops what stands after its 256th level, unless told otherwise."""
    plain = made(tmp_path / "plain")
    deep = made(tmp_path / "deep", ("# 二、试点目标\n", f"{'> ' * 300}深处的话\n\n# 二、试点目标\n"))
    assert deep.body.sections.keys() == plain.body.sections.keys()
    assert "深处的话" in "".join(deep.for_public().body.sections.values())
