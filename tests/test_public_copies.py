"""The public PDF, the public tables and the QR code of a plan: what they carry, what they must not tell, and that nobody takes them for a submission."""

from __future__ import annotations

import csv
import hashlib
import html
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import lxml.etree
import pikepdf
import pypdfium2
import pytest
import vl_convert
import zxingcpp
from PIL import Image

from zcfdocs.dossier import WITHHELD, Dossier, private_values
from zcfdocs.loading import Shelf
from zcfdocs.manuscript.compose import dump
from zcfdocs.manuscript.manuscript import Enclosure, Manuscript
from zcfdocs.manuscript.public import public_copy
from zcfdocs.pipeline import dossier, examine
from zcfdocs.places import INDICATORS
from zcfdocs.printing.parity import compare
from zcfdocs.printing.pdf import PageCode, print_pdf
from zcfdocs.scorecard import Origin
from zcfdocs.sealing.trust import Trust
from zcfdocs.sealing.verdict import Verdict, together
from zcfdocs.sealing.verify.document import Grounds, judge_document
from zcfdocs.site.downloads import address_code, public_pdf, rows_csv, years_csv

ORACLE = Path(__file__).parent / "cases" / "oracle"
EXAMPLE = Path(__file__).parent.parent / "plans/xiqing/jinhe-auto-parts/plan.md"
PERSONS = ("zhaoliu@secret.example", "022-87654321", "欧阳示例", "司马<示例>")
OUTPUTS = ("203119", "191117", "182113", "207127")
# As the worked plan says them, in the order of PERSONS and OUTPUTS.
SAID = ("zcf@example.com", "022-00000000", "李四", "张三", *(f"amount: {amount}, unit: 套" for amount in (200000, 190000, 180000, 205000)))
TELLING = "\n\n".join(
    (*(f"请联系{value.replace('<', '&lt;')}。" for value in (*PERSONS, *OUTPUTS)), "欧**阳**示例，产量为203,119套，电话（022）8765 4321。")
)


def made(folder: Path, *changes: tuple[str, str]) -> Dossier:
    """The worked plan with pieces of its text replaced, as a dossier that lies in `folder`."""
    text = (ORACLE / "plan.md").read_text("utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    folder.mkdir()
    (folder / "plan.md").write_text(text, "utf-8")
    shutil.copytree(ORACLE / "evidence", folder / "evidence")
    return opened(folder / "plan.md")


def opened(path: Path) -> Dossier:
    whole = dossier(examine(path, "plan.md", Shelf(INDICATORS)), Origin())
    assert whole is not None
    return whole


@pytest.fixture(scope="module")
def secretive(tmp_path_factory: pytest.TempPathFactory) -> Dossier:
    """With persons, how to reach them, and an output that it keeps; its prose tells all of it."""
    new = (*PERSONS, *(f"amount: {amount}, unit: 套" for amount in OUTPUTS))
    keeps = ("years:\n", "confidential: [years.products.amount]\nyears:\n")
    prose = ("# 二、试点目标\n", f"# 二、试点目标\n\n{TELLING}\n")
    return made(tmp_path_factory.mktemp("public") / "beta", *zip(SAID, new, strict=True), keeps, prose)


@pytest.fixture(scope="module")
def pdf(secretive: Dossier) -> bytes:
    return public_pdf(secretive.for_public())


@pytest.fixture(scope="module")
def example() -> Dossier:
    return opened(EXAMPLE)


@pytest.fixture(scope="module")
def copy(example: Dossier) -> bytes:
    return public_pdf(example.for_public())


def private(of: Dossier) -> tuple[str, ...]:
    values = private_values(of.plan, of.catalogue)
    assert len(values) > 20
    return values


# --- privacy ---------------------------------------------------------------------------------------------------------


def told(data: bytes) -> dict[str, str]:
    """What a PDF says, by the place it says it in."""
    pages = pypdfium2.PdfDocument(data)
    with pikepdf.open(io.BytesIO(data)) as document:
        streams = [item.read_bytes() for item in document.objects if isinstance(item, pikepdf.Stream) and is_text(item)]
        return {
            "pages": "\n".join(page.get_textpage().get_text_bounded() for page in pages),
            "info": "\n".join(map(str, document.docinfo.values())),
            "xmp": html.unescape(document.Root.Metadata.read_bytes().decode()),
            "attachments": "\n".join(found.get_file().read_bytes().decode() for found in document.attachments.values()),
            "strings": "\n".join(said for item in document.objects for said in strings(item)),
            "streams": "\n".join(stream.decode(code, "replace") for stream in streams for code in ("utf-8", "utf-16-be")),
        }


def is_text(item: pikepdf.Stream) -> bool:
    """Not a picture's dots, which only pikepdf's own codecs unpack."""
    return item.get("/Subtype") != "/Image"


def strings(item: pikepdf.Object) -> Iterator[str]:
    """Every string of an object and of what lies in it directly: titles, alternative texts, names of files, bookmarks, tool tips."""
    if isinstance(item, pikepdf.String):
        yield str(item)
    elif isinstance(item, pikepdf.Array):
        for part in item:
            yield from _below(part)
    elif isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        for part in dict(item.items()).values():
            yield from _below(part)


def _below(part: object) -> Iterator[str]:
    if isinstance(part, pikepdf.Object) and not part.is_indirect:
        yield from strings(part)


def leaks(data: bytes, values: tuple[str, ...]) -> set[tuple[str, str]]:
    """(place, value) for each private value found; line ends count for nothing, a number counts only whole."""
    return {(place, value) for place, text in told(data).items() for value in values if shape(value).search(text)}


def shape(value: str) -> re.Pattern[str]:
    if re.fullmatch(r"[\d.]+", value):
        return re.compile(rf"(?<![\dA-Za-z.]){value}(?![\dA-Za-z.])")
    return re.compile(r"[\s\ufffe]*".join(map(re.escape, re.sub(r"\s", "", value))))


def test_the_public_pdf_tells_no_private_value(secretive: Dossier, pdf: bytes) -> None:
    assert {*PERSONS, *OUTPUTS} <= set(private(secretive))
    assert leaks(pdf, private(secretive)) == set()
    assert WITHHELD in told(pdf)["pages"]


def test_figures_and_telephones_are_not_told_in_another_spelling(pdf: bytes) -> None:
    spoken = re.sub(r"\s", "", told(pdf)["pages"])
    assert "203,119" not in spoken
    assert not re.search(r"022\D{0,2}8765-?4321", spoken)


def test_the_search_would_find_what_a_plan_tells_unprojected(secretive: Dossier) -> None:
    found = leaks(public_pdf(replace(secretive, public=True)), private(secretive))
    assert {value for place, value in found if place == "pages"} >= {*PERSONS, *OUTPUTS}


def test_the_search_looks_into_every_place() -> None:
    name = PERSONS[2]
    body = f'<h1 id="a">一、{name}</h1><p>{name}</p><img alt="{name}" src="data:image/svg+xml;utf8,<svg xmlns=\'http://www.w3.org/2000/svg\'/>">'
    page = f'<section class="leaf" data-page="main">{body}</section>'
    head = f'<head><title>{name}</title><meta name="author" content="{name}"></head>'
    whole = f'<!DOCTYPE html><html lang="zh-CN">{head}<body>{page}</body></html>'
    enclosure = Enclosure("a.json", "application/json", "Data", "数据", name.encode())
    data = print_pdf(Manuscript("小样", name, name, "示例", date(2025, 4, 30), whole, enclosures=(enclosure,))).data
    assert {place for place, _ in leaks(data, (name,))} == set(told(data))
    spoken = told(data)["strings"].split("\n")
    assert spoken.count(name) >= 2, "title and alternative text"


def test_no_example_plan_leaks(example: Dossier, copy: bytes) -> None:
    """Texts only: short figures of a real plan stand by chance in others."""
    values = tuple(value for value in private(example) if not re.fullmatch(r"[\d.]+", value))
    assert leaks(copy, values) == set()
    assert any(value in example.source for value in values)


def test_only_projections_have_public_copies(secretive: Dossier) -> None:
    for make in (public_copy, public_pdf, rows_csv, years_csv):
        with pytest.raises(ValueError, match="projection"):
            make(secretive)


# --- the PDF ---------------------------------------------------------------------------------------------------------


def test_the_public_pdf_carries_the_public_data_and_nothing_else(secretive: Dossier, pdf: bytes) -> None:
    card = secretive.for_public().card
    with pikepdf.open(io.BytesIO(pdf)) as document:
        found = {name: spec.get_file().read_bytes() for name, spec in document.attachments.items()}
        assert found == {"data.json": dump(card)}
        assert {str(spec.AFRelationship) for spec in document.Root.AF} == {"/Data"}
        assert sum(item.get("/Type") == "/EmbeddedFile" for item in document.objects if isinstance(item, pikepdf.Stream)) == 1
    assert json.loads(found["data.json"]) == card != secretive.card


def test_nothing_in_it_is_to_be_signed(copy: bytes) -> None:
    with pikepdf.open(io.BytesIO(copy)) as document:
        assert "/AcroForm" not in document.Root
        found = [item for item in document.objects if isinstance(item, pikepdf.Dictionary)]
        assert not [item for item in found if item.get("/FT") == "/Sig" or item.get("/Subtype") == "/Widget"]
    text = told(copy)["pages"]
    assert "签字：" not in text
    assert "（公章）" not in text


def test_it_says_on_its_cover_and_on_every_page_that_it_is_public(example: Dossier, copy: bytes) -> None:
    texts = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(copy)]
    assert len(texts) > 30
    assert "公开版，不作申报、签章用" in texts[0]
    assert [number for number, text in enumerate(texts, 1) if text.strip() and "公开版" not in text.splitlines()] == []
    with pikepdf.open(io.BytesIO(copy)) as document:
        assert str(document.docinfo.Title) == f"{example.catalogue.cover.title}（公开版）（{example.plan.factory.applicant_name}）"
        with document.open_metadata() as record:
            assert record.pdfa_status == "3A"


def test_a_plan_with_errors_is_marked_as_draft_too(example: Dossier) -> None:
    projected = example.for_public()
    broken = replace(projected, card=projected.card | {"findings": {"error": 2, "warning": 0}})
    assert "公开版　草稿" in public_copy(broken).html
    assert "草稿" not in public_copy(projected).html


def test_it_says_what_its_manuscript_says(example: Dossier, copy: bytes) -> None:
    written = public_copy(example.for_public()).html
    assert compare(written, copy, None) == []
    for row in example.catalogue.rows():
        assert row.id in written
    assert written.count('<figure class="chart">') >= 4


def test_another_process_makes_the_same_bytes(example: Dossier, copy: bytes) -> None:
    script = (
        "import hashlib, sys; from pathlib import Path; from tests.test_public_copies import opened, public_pdf;"
        "print(hashlib.sha256(public_pdf(opened(Path(sys.argv[1])).for_public())).hexdigest())"
    )
    again = subprocess.run(
        [sys.executable, "-c", script, str(EXAMPLE)],
        cwd=EXAMPLE.parents[3],
        env=os.environ | {"PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert again.stdout.strip() == hashlib.sha256(copy).hexdigest()


# --- no submission ---------------------------------------------------------------------------------------------------


def test_no_page_carries_a_page_code(copy: bytes) -> None:
    """A stamped scan is taken for the submission's by its page codes, whatever their letter."""
    document = pypdfium2.PdfDocument(copy)
    for number in (1, 5, 7, len(document)):
        picture = document[number - 1].render(scale=150 / 72, grayscale=True).to_pil()
        assert [found for found in zxingcpp.read_barcodes(picture) if PageCode.read(found.text)] == []


def test_verification_never_takes_it_for_a_submission(copy: bytes) -> None:
    checks = judge_document(copy, "public.pdf", Grounds(Trust(offline=True), INDICATORS))
    assert together(checks) is Verdict.INVALID
    assert any("公开版，不是申报件" in check.message for check in checks)


# --- the tables ------------------------------------------------------------------------------------------------------


def table(data: bytes) -> list[dict[str, str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    lines = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert data.count(b"\r\n") == len(lines) + 1
    return lines


def test_the_rows_say_what_the_public_scorecard_says(example: Dossier) -> None:
    public = example.for_public()
    lines = table(rows_csv(public))
    assert len(lines) == 42
    assert [line["指标"] for line in lines] == [row.id for row in public.catalogue.rows()]
    for label, phase in (("现状", "now"), ("目标", "target")):
        rows = public.card["phases"][phase]["rows"]
        assert [(line[f"{label}得分"], line["满分"], line[f"{label}理由"]) for line in lines] == [
            (row["points"], row["max"], row["because"]) for row in rows
        ]
    assert {line["类别"] for line in lines} == {"必选", "可选"}
    assert {line["现状状态"] for line in lines} <= {"满足", "部分满足", "未满足", "不适用", "缺佐证", "暂定"}


def test_the_years_say_what_the_public_scorecard_says(example: Dossier) -> None:
    public = example.for_public()
    lines = table(years_csv(public))
    told = {(line["年份"], line["类型"], line["产品"], line["数值名称"]): (line["数值"], line["单位"]) for line in lines}
    assert len(told) == len(lines) == sum(7 + 4 * len(year["intensities"]) for year in public.card["years"])
    first = public.card["years"][0]
    assert told[str(first["year"]), "实际", "", "综合能耗"] == (first["tce"], "tce")
    assert told[str(first["year"]), "实际", "", "抵消比例"] == (first["offset_ratio"], "比值")
    product = first["intensities"][0]
    assert told[str(first["year"]), "实际", product["product"], "单位产品综合能耗"][0] == product["energy"]
    assert {line["类型"] for line in lines} >= {"实际", "目标"}


def test_what_is_kept_has_no_number_in_the_tables(secretive: Dossier) -> None:
    public, whole = secretive.for_public(), replace(secretive, public=True)
    text = f"{rows_csv(public).decode()}{years_csv(public).decode()}"
    assert [value for value in private(secretive) if shape(value).search(text)] == []
    kept = [line["数值"] for line in table(years_csv(public)) if line["产品"] and line["数值名称"] == "单位产品综合能耗"]
    assert set(kept) == {""}
    assert all(line["数值"] for line in table(years_csv(whole)) if line["数值名称"] == "单位产品综合能耗")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "＝1", '=HYPERLINK("https://evil.example","x")'])
def test_no_cell_is_a_formula(example: Dossier, cell: str) -> None:
    projected = example.for_public()
    first, *others = projected.card["years"]
    product = first["intensities"][0] | {"product": cell}
    lines = table(years_csv(replace(projected, card=projected.card | {"years": [first | {"intensities": [product]}, *others]})))
    assert f"'{cell}" in {line["产品"] for line in lines}
    assert cell not in {line["产品"] for line in lines}


def test_negative_numbers_stay_numbers(example: Dossier) -> None:
    projected = example.for_public()
    first, *others = projected.card["years"]
    lines = table(years_csv(replace(projected, card=projected.card | {"years": [first | {"scope2": "-12.5"}, *others]})))
    assert "-12.5" in {line["数值"] for line in lines}


# --- the QR code -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["https://zcf.example/plans/91120111MA0DEMJH5M/", 'http://zcf.example/a?b=1&c="><script>alert(1)</script>'])
def test_the_code_is_read_as_the_address_it_names(url: str) -> None:
    drawn = str(address_code(url))
    root = lxml.etree.fromstring(drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))
    assert root.get("role") == "img"
    assert root.get("aria-label") == f"网址的二维码：{url}"
    assert {lxml.etree.QName(item).localname for item in root.iter()} == {"svg", "path"}
    assert "style" not in {name for item in root.iter() for name in item.attrib}
    picture = Image.open(io.BytesIO(vl_convert.svg_to_png(lxml.etree.tostring(root, encoding="unicode"), scale=8)))
    assert [found.text for found in zxingcpp.read_barcodes(picture.convert("L"))] == [url]


@pytest.mark.parametrize("url", ["", "plans/a/", "javascript:alert(1)", "https://a.example/ b", "file:///a", "https://例.example/"])
def test_what_a_telephone_cannot_open_has_no_code(url: str) -> None:
    assert address_code(url) == ""
