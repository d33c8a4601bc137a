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
