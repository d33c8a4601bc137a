"""PDF and Word as a reader's program finds them: the same text, the same figures, whole structure, and nothing of the plan run or fetched."""

from __future__ import annotations

import base64
import io
import json
import re
import shutil
import subprocess
import unicodedata
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import docx
import lxml.html
import pdfplumber
import pypandoc
import pypdfium2
import pytest
import weasyprint
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.table import Table
from lxml.etree import _Element as Element

from zcfdocs.dossier import Dossier
from zcfdocs.errors import ZcfError
from zcfdocs.loading import Shelf
from zcfdocs.manuscript.compose import compose, dump
from zcfdocs.manuscript.manuscript import Manuscript
from zcfdocs.pipeline import dossier, examine
from zcfdocs.printing.pagination import Paging
from zcfdocs.printing.pdf import Paper, print_pdf, printer
from zcfdocs.printing.word import print_word
from zcfdocs.scorecard import Origin

HERE = Path(__file__).parent
ORACLE = HERE / "cases" / "oracle"
# A body that tries everything: each line must come out as plain text or not at all.
HOSTILE = """
脚注在此[^1]，[链接](file:///etc/passwd)，![图](https://example.invalid/a.png)，{{7*7}}，{% include "/etc/passwd" %}，&lt;b&gt;，x < y & z。

<script>alert(1)</script><iframe src="file:///etc/passwd"></iframe>

| 年份 | 措施 |
|---|---:|
| 2024 | <img src="file:///etc/passwd"> 甲乙丙 |

[^1]: 脚注文字，含 tCO2e 与 12.5%。
"""
GAP = "\ue000"
NAME = "天津<script>甲</script>公司"
PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==")


@dataclass(frozen=True)
class Printed:
    dossier: Dossier
    manuscript: Manuscript
    paper: Paper
    word: bytes
    pages: tuple[str, ...]
    document: Document


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    """The worked plan with a hostile body and name, printed once for all tests."""
    folder = tmp_path_factory.mktemp("hostile")
    text = (ORACLE / "plan.md").read_text(encoding="utf-8")
    assert "完成屋顶光伏一期" in text
    text = text.replace("## （四）节能降碳难点分析", f"{HOSTILE}\n## （四）节能降碳难点分析")
    text = text.replace("name: 天津示例零部件有限公司", f'name: "{NAME}"')
    shutil.copytree(ORACLE / "evidence", folder / "evidence")
    (folder / "plan.md").write_text(text, encoding="utf-8")
    found = dossier(examine(folder / "plan.md", "plan.md", Shelf(HERE.parent / "indicators")), Origin("0123456789abcdef"))
    assert found is not None
    manuscript = compose(found)
    paper = print_pdf(manuscript)
    word = print_word(manuscript, paper.paging)
    opened = pypdfium2.PdfDocument(paper.data)
    pages = tuple(page.get_textpage().get_text_bounded() for page in opened)
    return Printed(found, manuscript, paper, word, pages, docx.Document(io.BytesIO(word)))


def content(element: Element) -> str:
    """All text of an element."""
    return "".join(str(piece) for piece in element.itertext())


def plain(text: str) -> str:
    """Text without what only layout decides: spaces, line breaks, compatibility forms."""
    return re.sub(r"[\s\u200b\u2060\ufffe\xad]+", "", unicodedata.normalize("NFKC", text))


def blocks(html: str) -> list[str]:
    """Every block of the manuscript's text; one with a footnote in its pieces around the note."""
    root = lxml.html.fromstring(html)
    found: list[str] = []
    for element in root.iter("p", "li", "td", "th", "h1", "h2", "h3", "caption", "figcaption"):
        if next(element.iterdescendants("p", "ul", "ol", "table"), None) is not None:
            continue
        for note in [span for span in element.iter("span") if span.get("class") == "footnote"]:
            found.append(content(note))
            tail = note.tail
            note.clear()
            note.text, note.tail = GAP, tail
        found += content(element).split(GAP)
    return [text for text in map(plain, found) if text]


def word_text(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        pieces = [parts.read(name) for name in ("word/document.xml", "word/footnotes.xml")]
    paragraphs = [paragraph for piece in pieces for paragraph in lxml.etree.fromstring(piece).iter(qn("w:p"))]
    return "\n".join(plain("".join(run.text or "" for run in paragraph.iter(qn("w:t")))) for paragraph in paragraphs)


def test_all_three_say_the_same(printed: Printed) -> None:
    numbered = [re.sub(r"—\s*\d+\s*—\s*$", "", page.strip()) for page in printed.pages]
    paper, word = plain("".join(numbered)), word_text(printed.word).replace("\n", "")
    wanted = blocks(printed.manuscript.html)
    assert len(wanted) > 900
    assert [text for text in wanted if text not in word] == []
    assert [text for text in wanted if text not in paper] == []


def test_totals_of_the_scorecard_are_in_both(printed: Printed) -> None:
    paper, word = "".join(printed.pages), word_text(printed.word)
    for phase in printed.dossier.card["phases"].values():
        assert phase["display"] in paper
        assert phase["display"] in word


def test_one_changed_digit_is_seen(printed: Printed) -> None:
    """The comparison above is able to fail."""
    total = printed.dossier.card["phases"]["now"]["display"]
    wrong = printed.manuscript.html.replace(total, total[:-1] + str((int(total[-1]) + 1) % 10))
    word = word_text(printed.word)
    assert [text for text in blocks(wrong) if text not in word]


def test_the_pdf_is_tagged_chinese_and_titled(printed: Printed) -> None:
    with pdfplumber.open(io.BytesIO(printed.paper.data)) as document:
        catalog = document.doc.catalog
        metadata = pdfplumber.utils.pdfinternals.resolve(catalog["Metadata"]).get_data().decode()
        assert catalog["Lang"] == b"zh-CN"
        assert catalog["MarkInfo"]["Marked"] is True
        assert {"StructTreeRoot", "Outlines", "OutputIntents"} <= set(catalog)
        assert pdfplumber.utils.pdfinternals.resolve(catalog["ViewerPreferences"])["DisplayDocTitle"] is True
        assert re.search(r"part[>=\"]+3", metadata)
        assert re.search(r"conformance[>=\"]+A", metadata)
        assert document.metadata["Title"] == printed.manuscript.title
        assert NAME in document.metadata["Title"]
        kinds = {element["type"] for page in document.pages[4:9] for element in walk(page.structure_tree)}
        assert {"H1", "H2", "Table", "TR", "TD", "TH", "Caption", "Figure"} <= kinds


def walk(nodes: list[dict[str, object]]) -> list[dict[str, object]]:
    found = []
    for node in nodes:
        children = node.get("children")
        found += [node, *walk(children if isinstance(children, list) else [])]
    return found


def test_the_outline_is_the_headings(printed: Printed) -> None:
    titles = [bookmark.get_title() for bookmark in pypdfium2.PdfDocument(printed.paper.data).get_toc()]
    headings = [content(element) for element in lxml.html.fromstring(printed.manuscript.html).iter("h1", "h2")]
    assert titles == headings


def test_only_the_fonts_of_the_theme_are_used_and_embedded(printed: Printed) -> None:
    fonts = set()
    with pdfplumber.open(io.BytesIO(printed.paper.data)) as document:
        for page in document.pages:
            resources = pdfplumber.utils.pdfinternals.resolve(page.page_obj.resources)
            for font in pdfplumber.utils.pdfinternals.resolve(resources.get("Font", {})).values():
                known = pdfplumber.utils.pdfinternals.resolve(font)
                below = pdfplumber.utils.pdfinternals.resolve(known["DescendantFonts"])[0]
                descriptor = pdfplumber.utils.pdfinternals.resolve(pdfplumber.utils.pdfinternals.resolve(below)["FontDescriptor"])
                assert {"FontFile2", "FontFile3"} & set(descriptor)
                fonts.add(known["BaseFont"].name.partition("+")[2])
    assert fonts <= {"FandolFang", "FandolHei", "FandolKai", "FandolSong", "ZCF-Fallback", "ZCF-Signs"}
    assert {"FandolFang", "FandolHei", "FandolKai", "FandolSong"} <= fonts


def test_pages_are_numbered_outside_from_the_form_on(printed: Printed) -> None:
    opened = pypdfium2.PdfDocument(printed.paper.data)
    form = next(index for index, page in enumerate(printed.pages) if page.strip().startswith(printed.dossier.catalogue.form.title))
    assert form % 2 == 0
    assert not any(re.search(r"— \d+ —", page) for page in printed.pages[:form])
    for number, (page, text) in enumerate(zip(list(opened)[form:], printed.pages[form:], strict=True), 1):
        assert f"— {number} —" in text
        width, _ = page.get_size()
        place = page.get_textpage()
        search = place.search(f"— {number} —")
        last = None
        while match := search.get_next():
            last = match
        assert last is not None
        left = place.get_charbox(last[0])[0]
        assert (left > width / 2) == (number % 2 == 1)
    sizes = {tuple(round(side) for side in page.get_size()) for page in opened}
    assert sizes == {(595, 842), (842, 595)}


def test_word_has_the_42_rows_with_their_merged_cells(printed: Printed) -> None:
    table = scoring_table(printed.document)
    rows = [row for row in table.rows if row.cells[3].text in ("必选", "可选")]
    assert len(rows) == 42
    assert table.rows[2].cells[0]._tc is table.rows[4].cells[0]._tc
    assert table.rows[2].cells[0].text == printed.dossier.catalogue.groups[0].label
    assert all(row._tr.find(qn("w:trPr")).find(qn("w:cantSplit")) is not None for row in table.rows)
    assert [row._tr.find(qn("w:trPr")).find(qn("w:tblHeader")) is not None for row in table.rows][:3] == [True, True, False]
    assert "CO" in printed.document.element.xml
    assert printed.document.element.xml.count('w:vertAlign w:val="subscript"') > 20


def scoring_table(document: Document) -> Table:
    return next(table for table in document.tables if len(table.rows) > 45 and "指标要求" in table.rows[0].cells[2].text)


def test_word_has_real_headings_notes_fields_and_sections(printed: Printed) -> None:
    document = printed.document
    headings = [
        (paragraph.style.name, paragraph.text) for paragraph in document.paragraphs if paragraph.style and "Heading" in paragraph.style.name
    ]
    wanted = [
        (f"Heading {element.tag[1]}", content(element)) for element in lxml.html.fromstring(printed.manuscript.html).iter("h1", "h2", "h3")
    ]
    assert headings == [pair for pair in wanted if pair[1] != printed.dossier.catalogue.form.title]
    assert [section.orientation for section in document.sections].count(WD_ORIENT.LANDSCAPE) == 1
    assert document.sections[0].footer.paragraphs[0].text == ""
    assert " PAGE " in document.sections[-1].footer._element.xml
    assert 'TOC \\o "1-2"' in document.element.xml
    assert document.core_properties.title == printed.manuscript.title
    assert document.core_properties.author == NAME
    with zipfile.ZipFile(io.BytesIO(printed.word)) as parts:
        assert "脚注文字" in parts.read("word/footnotes.xml").decode()
        assert sum(name.endswith(".png") for name in parts.namelist()) == 5
        assert "file:" not in parts.read("word/_rels/document.xml.rels").decode()


def test_nothing_of_a_hostile_body_lives_on(printed: Printed) -> None:
    paper = "".join(printed.pages)
    for text in (paper, word_text(printed.word)):
        assert "{{7*7}}" in text
        assert "root:" not in text
        assert "alert(1)" not in text
    assert b"example.invalid" not in printed.paper.data
    assert b"file:" not in printed.paper.data


def test_twice_the_same_bytes(printed: Printed) -> None:
    assert print_pdf(printed.manuscript).data == printed.paper.data
    assert print_word(printed.manuscript, printed.paper.paging) == printed.word


def test_the_card_is_written_as_it_was_built(printed: Printed) -> None:
    data = dump(printed.dossier.card)
    assert data.endswith(b"}\n")
    assert json.loads(data) == printed.dossier.card
    assert NAME in data.decode()


def small(body: str, draft: bool = False) -> Manuscript:
    page = f'<section class="leaf" data-page="main">{body}</section>'
    html = f'<!DOCTYPE html><html lang="zh-CN"><head><title>小样</title></head><body><div class="main{" draft" * draft}">{page}</div></body></html>'
    return Manuscript("小样", "小样", "示例", "示例", date(2025, 4, 30), html, draft)


def pictures(data: bytes) -> int:
    return sum(item.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE for page in pypdfium2.PdfDocument(data) for item in page.get_objects())


def test_the_pdf_fetches_only_what_it_carries(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(PIXEL)
    outside = f'<p>甲</p><img src="{(tmp_path / "secret.png").as_uri()}">'
    within = f'<p>甲</p><img src="data:image/png;base64,{base64.b64encode(PIXEL).decode()}">'
    stock = weasyprint.HTML(string=small(outside).html).write_pdf()
    assert pictures(stock) == 1
    assert pictures(print_pdf(small(within)).data) == 1
    assert pictures(print_pdf(small(outside)).data) == 0


def test_word_fetches_only_what_it_carries(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(PIXEL)
    outside = f'<p>甲</p><p><img src="{tmp_path / "secret.png"}"></p>'
    within = f'<p>甲</p><p><img src="data:image/png;base64,{base64.b64encode(PIXEL).decode()}"></p>'
    stock = tmp_path / "stock.docx"
    subprocess.run([pypandoc.get_pandoc_path(), "-f", "html", "-o", stock], input=outside.encode(), check=True, capture_output=True)
    assert media(stock.read_bytes()) == 1
    assert media(print_word(small(within), Paging())) == 1
    assert media(print_word(small(outside), Paging())) == 0


def media(data: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        return sum(name.startswith("word/media/") for name in parts.namelist())


def test_a_draft_says_so_on_every_page() -> None:
    manuscript = small("<h1>一</h1><p style='break-after: page'>甲</p><p>乙</p>", draft=True)
    pages = list(pypdfium2.PdfDocument(print_pdf(manuscript).data))
    assert len(pages) == 2
    assert all("草稿" in plain(page.get_textpage().get_text_bounded()) for page in pages)
    section = docx.Document(io.BytesIO(print_word(manuscript, Paging()))).sections[0]
    assert plain(section.header.paragraphs[0].text) == plain(section.even_page_header.paragraphs[0].text) == "草稿"
    assert "草稿" not in plain(next(iter(pypdfium2.PdfDocument(print_pdf(small("<p>甲</p>")).data))).get_textpage().get_text_bounded())


def test_rare_characters_of_names_are_set() -> None:
    print_pdf(small("<p>喆 堃 奡 媖 ≤ ₂ ☑ ㎡ 张喆</p>"))


def test_a_character_no_font_has_is_named() -> None:
    """Fonts of the machine don't help out, so that every machine says the same."""
    with pytest.raises(ZcfError) as caught:
        print_pdf(small("<p>甲\U0001f600乙ا</p>"))
    assert "U+1F600" in caught.value.message
    assert "U+0627" in caught.value.message


def test_a_missing_subset_library_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printer, "harfbuzz_subset", None)
    with pytest.raises(ZcfError, match="HarfBuzz") as caught:
        print_pdf(small("<p>甲</p>"))
    assert "libharfbuzz-subset0" in caught.value.hint


def test_a_missing_pandoc_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pypandoc, "get_pandoc_path", lambda: "/nonexistent/pandoc")
    with pytest.raises(ZcfError, match="pandoc"):
        print_word(small("<p>甲</p>"), Paging())
