"""The submission PDF as programs and rulers find it: PDF/A-3a's structure, page codes, signature fields, and GB/T 9704 counted on the page."""

from __future__ import annotations

import hashlib
import io
import re
from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pdfplumber
import pikepdf
import pypdfium2
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from zcfdocs.loading import Shelf
from zcfdocs.manuscript.compose import compose, dump
from zcfdocs.manuscript.manuscript import Manuscript, Mark
from zcfdocs.pipeline import dossier, examine
from zcfdocs.printing.pdf import PageCode, Paper, print_pdf
from zcfdocs.scorecard import Origin

ROOT = Path(__file__).parent.parent
PLAN = ROOT / "plans/xiqing/jinhe-auto-parts/plan.md"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
MARK = Mark("P", "91120111MA0DEMJH5M", "sha256:" + "5a" * 32, COMMIT, "some-city-2025", "sha256:" + "c3" * 32)
POINT = 25.4 / 72
CLOSING = "，。、；：！？）》”’…】」』％%"
OPENING = "（《“‘【「『"


@pytest.fixture(scope="module")
def manuscript() -> Manuscript:
    found = dossier(examine(PLAN, "plan.md", Shelf(ROOT / "indicators")), Origin(COMMIT))
    assert found is not None
    return compose(found)


@pytest.fixture(scope="module")
def paper(manuscript: Manuscript) -> Paper:
    return print_pdf(manuscript)


@pytest.fixture
def opened(paper: Paper):
    with pikepdf.open(io.BytesIO(paper.data)) as document:
        yield document


def small(body: str, page: str = "main") -> Manuscript:
    html = f'<!DOCTYPE html><html lang="zh-CN"><head><title>小样</title></head><body><section class="leaf" data-page="{page}">{body}</section></body></html>'
    return Manuscript("小样", "小样", "示例", "示例", date(2025, 4, 30), html, mark=MARK)


def packet(document: pikepdf.Pdf) -> etree._Element:
    return etree.fromstring(bytes(document.Root.Metadata.read_bytes()))


def test_the_metadata_names_the_standard_and_the_version(opened, manuscript) -> None:
    told = packet(opened)
    texts = {etree.QName(element).localname: element.text for element in told.iter() if isinstance(element.tag, str) and not len(element)}
    assert manuscript.mark is not None
    assert texts["uscc"] == manuscript.mark.uscc
    assert texts["digest"] == manuscript.mark.digest
    assert texts["commit"] == COMMIT
    assert texts["catalogueDigest"] == manuscript.mark.catalogue_digest
    with opened.open_metadata() as record:
        assert record.pdfa_status == "3A"
        assert record["dc:title"] == manuscript.title == str(opened.docinfo.Title)
        assert record["dc:creator"] == [manuscript.author]
        assert record["xmp:CreateDate"] == manuscript.day.isoformat()
    assert len(told.findall("{*}RDF")) == 1


def test_every_own_property_is_described_by_the_extension_schema(opened) -> None:
    """ISO 19005-3, 6.6.2.3: PDF/A knows only the properties it defines, and those a file defines itself."""
    told = packet(opened)
    described = {element.text for element in told.iter("{http://www.aiim.org/pdfa/ns/property#}name")}
    space = next(told.iter("{http://www.aiim.org/pdfa/ns/schema#}namespaceURI")).text
    used = {
        etree.QName(element).localname
        for element in told.iter()
        if isinstance(element.tag, str) and etree.QName(element).namespace == space
    }
    assert used
    assert used <= described


def test_what_pdf_a_forbids_is_absent(opened) -> None:
    assert not opened.is_encrypted
    assert opened.Root.MarkInfo.Marked
    assert str(opened.Root.Lang) == "zh-CN"
    assert opened.Root.OutputIntents[0].S == "/GTS_PDFA1"
    assert "/OpenAction" not in opened.Root
    assert "/JavaScript" not in opened.Root.Names
    for item in opened.objects:
        if isinstance(item, pikepdf.Stream):
            assert "LZW" not in str(item.get("/Filter"))
            assert "/F" not in item.stream_dict
        elif isinstance(item, pikepdf.Dictionary):
            assert item.get("/S") not in ("/JavaScript", "/Launch", "/URI", "/GoToR", "/SubmitForm")
            if item.get("/Type") == "/Annot":
                assert int(item.F) & 4
                assert item.Subtype == "/Link" or "/N" in item.AP
    assert "/NeedAppearances" not in opened.Root.AcroForm


def test_all_fonts_are_embedded_with_their_unicode(opened) -> None:
    fonts = [
        item
        for item in opened.objects
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font" and "/DescendantFonts" in item
    ]
    assert len(fonts) >= 4
    for font in fonts:
        assert "/ToUnicode" in font
        assert {"/FontFile2", "/FontFile3"} & set(font.DescendantFonts[0].FontDescriptor.keys())
        assert re.fullmatch(r"/[A-Z]{6}\+.+", str(font.BaseFont))


def test_the_plan_and_its_figures_travel_inside(opened, manuscript) -> None:
    source = PLAN.read_bytes()
    found = {str(name): spec for name, spec in zip(*[iter(opened.Root.Names.EmbeddedFiles.Names)] * 2, strict=True)}
    assert sorted(found) == ["plan.md", "scorecard.json"]
    assert bytes(found["plan.md"].EF.F.read_bytes()) == source
    assert bytes(found["scorecard.json"].EF.F.read_bytes()) == next(
        item.data for item in manuscript.enclosures if item.name == "scorecard.json"
    )
    assert {name: str(spec.AFRelationship) for name, spec in found.items()} == {"plan.md": "/Source", "scorecard.json": "/Data"}
    assert {spec.objgen for spec in opened.Root.AF} == {spec.objgen for spec in found.values()}
    assert found["plan.md"].EF.F.Subtype == "/text/markdown"


def test_the_public_copy_does_not_carry_the_plan() -> None:
    found = dossier(examine(PLAN, "plan.md", Shelf(ROOT / "indicators")), Origin(COMMIT))
    assert found is not None
    public = found.for_public()
    carried = compose(public).enclosures
    assert [item.name for item in carried] == ["scorecard.json"]
    assert carried[0].data == dump(public.card)


def test_seal_and_signatures_have_empty_fields_where_they_belong(paper, opened) -> None:
    fields = {str(field.T): field for field in opened.Root.AcroForm.Fields}
    assert {name: str(field.TU) for name, field in fields.items()} == {
        "sign-legal": "法定代表人签字",
        "sign-responsible": "单位负责人签字",
        "sign-company": "单位公章",
        "sign-archive": "归档时间戳",
    }
    assert all(field.FT == "/Sig" and "/V" not in field for field in fields.values())
    number = next(
        index for index, page in enumerate(opened.pages) if "/Annots" in page and any(a.get("/FT") == "/Sig" for a in page.Annots)
    )
    with pdfplumber.open(io.BytesIO(paper.data)) as document:
        page = document.pages[number]
        seal = page.search("（公章）")[-1]
        signatory = page.search("签字：")[-1]
    height = float(opened.pages[number].mediabox[3])
    left, bottom, right, top = map(float, fields["sign-company"].Rect)
    assert left < seal["x0"] < seal["x1"] < right
    assert bottom < height - seal["bottom"] < height - seal["top"] < top
    assert 38 <= (right - left) * POINT <= 45
    for name in ("sign-legal", "sign-responsible"):
        x0, y0, x1, y1 = map(float, fields[name].Rect)
        assert x0 >= signatory["x1"] - 1
        assert x1 * POINT < 210 - 20
        assert y0 < height - signatory["bottom"] < height - signatory["top"] < y1
    assert overlaps(list(fields.values())) == []


def test_each_page_names_the_pictures_it_draws_and_objects_lie_in_small_streams(opened) -> None:
    """Both decide whether a signature on a plan of fifty pages is checked in seconds or in minutes."""
    drawn = 0
    for page in opened.pages:
        used = {name.decode() for name in re.findall(rb"(/x\d+) Do", page.Contents.read_bytes())}
        assert set(page.Resources.XObject.keys()) == used
        drawn += len(used)
    assert drawn > 20
    assert all(int(item.N) <= 100 for item in opened.objects if isinstance(item, pikepdf.Stream) and item.get("/Type") == "/ObjStm")


def overlaps(fields: list[pikepdf.Object]) -> list[tuple[str, str]]:
    found = []
    for index, one in enumerate(fields):
        for other in fields[index + 1 :]:
            a, b = [float(x) for x in one.Rect], [float(x) for x in other.Rect]
            if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]:
                found.append((str(one.T), str(other.T)))
    return found


def test_the_fields_are_in_the_structure_as_forms(opened) -> None:
    forms = [
        item
        for item in opened.objects
        if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Form" and item.get("/Type") == "/StructElem"
    ]
    assert len(forms) == 4
    assert {str(item.K.Obj.T) for item in forms} == {"sign-legal", "sign-responsible", "sign-company", "sign-archive"}
    parents = dict(zip(*[iter(opened.Root.StructTreeRoot.ParentTree.Nums)] * 2, strict=True))
    for item in forms:
        assert parents[int(item.K.Obj.StructParent)].objgen == item.objgen


def test_the_body_of_a_plan_makes_no_field() -> None:
    text = PLAN.read_text("utf-8")
    inputs = '<input type="checkbox" name="sign-company"><span class="place" data-role="district" title="x"></span>'
    assert "## （四）" in text
    hostile = examine_text(text.replace("## （四）", f"{inputs}\n\n## （四）", 1))
    with pikepdf.open(io.BytesIO(print_pdf(hostile).data)) as document:
        assert len(document.Root.AcroForm.Fields) == 4


def examine_text(text: str, folder: Path = PLAN.parent) -> Manuscript:
    import tempfile

    with tempfile.TemporaryDirectory() as room:
        path = Path(room) / "plan.md"
        path.write_text(text, "utf-8")
        (Path(room) / "evidence").mkdir()
        found = dossier(examine(path, "plan.md", Shelf(ROOT / "indicators")), Origin(COMMIT))
    assert found is not None
    return compose(found)


def test_a_scan_of_any_page_tells_document_version_and_page(paper, manuscript) -> None:
    document = pypdfium2.PdfDocument(paper.data)
    assert manuscript.mark is not None
    digest = manuscript.mark.digest.removeprefix("sha256:")[:32].upper()
    for number in {1, 2, 5, 6, len(document) // 2, len(document) - 8, len(document)}:
        picture = document[number - 1].render(scale=150 / 72, grayscale=True).to_pil()
        codes = [PageCode.read(found.text) for found in zxingcpp.read_barcodes(picture)]
        assert codes == [PageCode("P", manuscript.mark.uscc, digest, number, len(document))]


def test_page_codes_stand_outside_the_tags_and_the_text(opened) -> None:
    for page in opened.pages:
        first = [str(item.operator) for item in pikepdf.parse_content_stream(page)][:4]
        assert first[0] == "BDC"
        assert next(iter(pikepdf.parse_content_stream(page))).operands[0] == "/Artifact"


def test_all_that_is_not_in_the_structure_is_an_artifact(opened) -> None:
    """Page numbers, rules and codes; and every piece of marked content is held by the structure tree."""
    held: dict[tuple[int, int], set[int]] = {}

    def walk(element: pikepdf.Object, page: pikepdf.Object | None) -> None:
        page = element.get("/Pg", page)
        kids = element.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, int):
                assert page is not None
                held.setdefault(page.objgen, set()).add(kid)
            elif "/S" in kid:
                walk(kid, page)

    walk(opened.Root.StructTreeRoot, None)
    artifacts = 0
    for page in opened.pages:
        marked = set()
        for item in pikepdf.parse_content_stream(page, "BDC BMC"):
            if item.operands[0] == "/Artifact":
                artifacts += 1
            else:
                marked.add(int(item.operands[1].MCID))
        assert marked == held.get(page.obj.objgen, set())
    assert artifacts >= 2 * len(opened.pages) - 6, "a code on each page, a number on all but the first four and the blank one"


@given(
    st.text(max_size=20),
    st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
    st.integers(1, 99999),
    st.integers(1, 99999),
)
def test_a_code_reads_back_what_was_written(uscc: str, digest: str, page: int, pages: int) -> None:
    code = PageCode.of(replace(MARK, uscc=uscc, digest=f"sha256:{digest}"), page, pages)
    assert PageCode.read(code.payload) == code
    assert re.fullmatch(r"[0-9A-Z $%*+\-./:]+", code.payload), "alphanumeric mode"


def test_other_codes_are_not_taken_for_page_codes() -> None:
    for payload in (
        "https://example.invalid",
        "ZCF2/P/-/" + "A" * 32 + "/1/2",
        "ZCF1/P/-/" + "A" * 31 + "/1/2",
        "ZCF1/P/-/" + "A" * 32 + "/0/2",
    ):
        assert PageCode.read(payload) is None


def test_the_contents_show_the_pages_where_the_headings_stand(paper, manuscript) -> None:
    pages = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(paper.data)]
    start = next(index for index, text in enumerate(pages) if text.strip().startswith("目录"))
    listed = re.findall(r"^(.+?)[\s·]*?[·\s]{3,}(\d+)$", pages[start].replace("\r", ""), re.MULTILINE)
    entries = re.findall(r'<a href="#([^"]+)">([^<]+)</a>', manuscript.html)
    assert len(entries) > 20
    told = {re.sub(r"\s", "", title): number for title, number in listed}
    for key, title in entries:
        plain = re.sub(r"\s", "", title.replace("&#34;", '"'))
        assert told[plain] == paper.paging.labels[key], title
        holder = [text for text in pages[start + 1 :] if plain in re.sub(r"\s", "", text)]
        assert any(re.search(rf"— {paper.paging.labels[key]} —", text) for text in holder), title


def test_a_full_page_has_22_lines_of_28_characters() -> None:
    body = f"<p>{'碳' * 28 * 60}</p>"
    with pdfplumber.open(io.BytesIO(print_pdf(small(body)).data)) as document:
        page = document.pages[1]
        rows = Counter(round(char["top"]) for char in page.chars if char["text"] == "碳")
        xs = [char["x0"] for char in page.chars if char["text"] == "碳"] + [char["x1"] for char in page.chars if char["text"] == "碳"]
    assert list(rows.values()) == [28] * 22
    assert min(xs) * POINT == pytest.approx(28, abs=0.3)
    assert max(xs) * POINT == pytest.approx(210 - 26, abs=0.8)


def test_the_example_fills_its_pages_as_the_standard_says(paper) -> None:
    """GB/T 9704-2012, 5.2: 22 lines of 28 characters, here on the pages with nothing but prose."""
    with pdfplumber.open(io.BytesIO(paper.data)) as document:
        full = 0
        for whole in document.pages:
            page = whole.crop((0, 0, whole.width, whole.height - 35 / POINT))
            body = [char for char in page.chars if abs(char["size"] - 15.79) < 0.01 and whole.height == pytest.approx(841.89, abs=0.1)]
            lines = sorted({round(char["bottom"], 1) for char in body})
            if page.find_tables() or page.images or len(lines) < 14:
                continue
            steps = {round(b - a) for a, b in pairwise(lines) if b - a > 8}
            assert steps <= {29, 58}, page.page_number
            full += 1
    assert full >= 3


def test_no_line_begins_with_closing_punctuation_or_ends_with_opening() -> None:
    words = "能源，消费（折标）结构、优化；降碳：措施。“零碳”工厂《方案》达到100%！是否？共1,234.5吨（“甲”、乙）……完"
    starts = [index for index, letter in enumerate(words) if letter not in CLOSING]
    body = "".join(f"<p>{words[start:] + words * 6}</p>" for start in starts)
    cells = "".join(f"<tr><td>{words[start:] + words}</td><td>{words}</td></tr>" for start in starts[::3])
    with pdfplumber.open(io.BytesIO(print_pdf(small(f"{body}<table>{cells}</table>")).data)) as document:
        wrong = [line for page in document.pages for line in lines_of(page) if line[0] in CLOSING or line[-1] in OPENING]
    assert wrong == []


def lines_of(page) -> list[str]:
    """The lines of body and cells as they stand; the foot of the page is none."""
    found = []
    cells = [cell for table in page.find_tables() for cell in table.cells]
    areas = [page.crop(cell) for cell in cells] or [page]
    for area in areas:
        inner = [char for char in area.chars if char["bottom"] < page.height - 35 / POINT + 2]
        rows: dict[int, list[dict]] = {}
        for char in inner:
            rows.setdefault(round(char["top"] / 4), []).append(char)
        found += ["".join(char["text"] for char in sorted(row, key=lambda item: item["x0"])).strip() for row in rows.values()]
    return [line for line in found if line]


def test_the_score_table_is_closed_on_every_page_and_no_row_is_cut(paper, manuscript) -> None:
    with pdfplumber.open(io.BytesIO(paper.data)) as document:
        wide = [page for page in document.pages if page.width > page.height]
        rows = 0
        for page in wide:
            for table in page.find_tables():
                titles = table.extract()[0]
                if "指标要求" not in (titles[2] or ""):
                    continue
                x0, top, x1, bottom = table.bbox
                for y in (top, bottom):
                    assert covered(page, y, x0, x1), (page.page_number, y)
                for x in (x0, x1):
                    assert sides(page, x, top, bottom), (page.page_number, x)
                rows += sum(bool(re.search(r"必选|可选", " ".join(cell or "" for cell in row))) for row in table.extract()[1:])
        assert len(wide) >= 4
    assert rows == 42


def covered(page, y: float, x0: float, x1: float) -> bool:
    """Whether rules at height `y` reach from end to end without a gap."""
    return reaches(
        sorted((edge["x0"], edge["x1"]) for edge in page.edges if edge["orientation"] == "h" and abs(edge["top"] - y) < 1), x0, x1
    )


def sides(page, x: float, top: float, bottom: float) -> bool:
    return reaches(
        sorted((edge["top"], edge["bottom"]) for edge in page.edges if edge["orientation"] == "v" and abs(edge["x0"] - x) < 1), top, bottom
    )


def reaches(pieces: list[tuple[float, float]], start: float, end: float) -> bool:
    at = start + 1.5
    for a, b in pieces:
        if at >= end - 1.5 or a > at + 1.5:
            break
        at = max(at, b)
    return at >= end - 1.5


def test_what_no_page_can_hold_together_is_parted() -> None:
    tall = "<br>".join("行" * 70)
    rows = f"<tbody><tr><td>甲</td></tr></tbody><tbody><tr><td>{tall}</td></tr><tr><td>{tall}</td></tr></tbody>"
    table = f'<table class="generated table-offsets"><thead><tr><th>种类</th></tr></thead>{rows}</table>'
    with pdfplumber.open(io.BytesIO(print_pdf(small(f"<h1>一</h1><h2>（一）</h2>{table}")).data)) as document:
        text = "".join(page.extract_text() for page in document.pages)
    assert text.count("行") == 140


def test_blank_fields_stay_blank() -> None:
    text = PLAN.read_text("utf-8")
    assert re.search(r"^  registered_capital: .*$", text, re.MULTILINE)
    shown = examine_text(re.sub(r"^  registered_capital: .*$", "", text, flags=re.MULTILINE)).html
    assert re.search(r"注册资本</th><td[^>]*></td>", shown)
    assert not re.search(r"\b(None|null|nan)\b", re.sub(r"base64,[^\"]+", "", shown))


def test_outside_judges_find_nothing_wrong(paper, tmp_path: Path) -> None:
    target = tmp_path / "plan.pdf"
    target.write_bytes(paper.data)
    with pikepdf.open(target) as document:
        assert document.check_pdf_syntax() == []
    for page in pypdfium2.PdfDocument(paper.data):
        page.get_textpage()


def test_the_file_identifier_is_of_the_text() -> None:
    one, same, other = (print_pdf(small(f"<p>{text}</p>")).data for text in ("甲", "甲", "乙"))
    assert hashlib.sha256(one).digest() == hashlib.sha256(same).digest()
    assert one != other
