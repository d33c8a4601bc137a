"""试点方案.docx as Word reads it: valid, with real headings, contents, sections, tables and pictures."""

from __future__ import annotations

import dataclasses
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from PIL import Image

from tests import extreme
from tests.ooxml import validator
from tests.wordcopy import AUTHORED, HAIHENG, Element, Word, composed, jinhe_copy, leaves, shown, squeezed, text, word
from zcfdocs.places import THEME
from zcfdocs.printing.pagination import Paging
from zcfdocs.printing.pdf import print_pdf
from zcfdocs.printing.word import print_word

TWIPS = 1440 / 25.4
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


@pytest.fixture(scope="module")
def jinhe() -> Word:
    return jinhe_copy()


# Valid ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["jinhe", "haiheng", "draft", "extreme", "authored"])
def test_the_schemas_find_no_error(name: str, jinhe: Word, tmp_path: Path) -> None:
    package = validator.installed()
    copies = {
        "jinhe": lambda: jinhe.data,
        "haiheng": lambda: word(composed(HAIHENG)).data,
        "draft": lambda: word(dataclasses.replace(jinhe.manuscript, draft=True)).data,
        "extreme": lambda: word(composed(extreme.write(tmp_path / "plan"))).data,
        "authored": lambda: word(leaves(("letter", AUTHORED), ("wide", AUTHORED))).data,
    }
    copy = tmp_path / "copy.docx"
    copy.write_bytes(copies[name]())
    assert validator.errors(package, copy) == []


def test_the_schema_check_is_able_to_fail(tmp_path: Path) -> None:
    package = validator.installed()
    document = docx.Document(io.BytesIO(word(leaves(("main", AUTHORED))).data))
    for cell in document.element.body.iter(qn("w:tcPr")):
        cell.insert(0, cell[-1])  # the schema wants the width first
    document.save(str(tmp_path / "copy.docx"))
    assert validator.errors(package, tmp_path / "copy.docx")


# Headings and contents --------------------------------------------------------------


def test_headings_are_real_headings(jinhe: Word) -> None:
    found = [(style, paragraph.text) for paragraph in jinhe.document.paragraphs if (style := paragraph.style and paragraph.style.name)]
    headings = [(style, said) for style, said in found if re.fullmatch(r"Heading \d|Form Title", style)]
    wanted = [
        ("Form Title" if element.get("class") == "form-title" else f"Heading {element.tag[1]}", text(element))
        for element in jinhe.html.iter("h1", "h2", "h3", "h4", "h5", "h6")
    ]
    assert headings == wanted
    levels = {style.name: style.element.xpath("w:pPr/w:outlineLvl/@w:val") for style in jinhe.document.styles}
    assert [levels[name] for name in ("Form Title", "Heading 1", "Heading 2", "Heading 3")] == [["0"], ["0"], ["1"], ["2"]]


def test_the_contents_are_a_field_with_the_page_numbers_it_was_given(jinhe: Word) -> None:
    body = jinhe.document.element.body
    entries = [paragraph for paragraph in body.iter(qn("w:p")) if (paragraph.style or "").startswith("TOC")]
    links = jinhe.html.xpath('//div[@class="contents"]//a')
    assert [shown(entry) for entry in entries] == [squeezed(text(link)) + jinhe.labels[link.get("href", "")[1:]] for link in links]
    assert [entry.style for entry in entries] == [f"TOC{link.getparent().getparent().get('class')[-1]}" for link in links]
    names = [str(name) for name in body.xpath(".//w:bookmarkStart/@w:name")]
    instructions = [[(code.text or "").strip() for code in entry.iter(qn("w:instrText"))] for entry in entries]
    assert instructions[0].pop(0) == r'TOC \o "1-2" \h \z \u'
    anchors = [entry.find(qn("w:hyperlink")).get(qn("w:anchor")) for entry in entries]
    assert instructions == [[rf"PAGEREF {anchor} \h"] for anchor in anchors]
    assert set(anchors) <= set(names)
    assert all(re.fullmatch(r"\w{1,40}", name) for name in names)
    assert len(set(names)) == len(names)


def test_fields_are_whole_and_ask_nothing_when_opened(jinhe: Word) -> None:
    kinds = [mark.get(qn("w:fldCharType")) for mark in jinhe.document.element.body.iter(qn("w:fldChar"))]
    assert kinds.count("begin") == kinds.count("separate") == kinds.count("end") == 1 + len(jinhe.labels)
    assert not jinhe.document.element.body.xpath("//@w:dirty")
    assert jinhe.part("word/settings.xml").find(qn("w:updateFields")) is None


def test_an_entry_without_a_number_shows_none() -> None:
    entry = '<div class="contents-1"><p><a href="#eins">一、标题</a></p></div>'
    manuscript = leaves(("contents", f'<div class="contents">{entry}</div>'), ("main", '<h1 id="eins">一、标题</h1>'))
    for labels, wanted in (({}, "一、标题\t"), ({"eins": "9"}, "一、标题\t9")):
        document = docx.Document(io.BytesIO(print_word(manuscript, Paging(labels))))
        assert [paragraph.text for paragraph in document.paragraphs] == [wanted, "一、标题"]


# Pages ------------------------------------------------------------------------------


def test_pages_begin_where_they_begin_in_the_pdf_and_rows_are_as_high() -> None:
    table = '<table class="author long"><thead><tr><th>甲</th></tr></thead><tbody>' + "<tr><td>乙<br>丙</td></tr>" * 60 + "</tbody></table>"
    figure = f'<figure><img src="data:image/png;base64,{DOT}" alt="图" width="100" height="700"><figcaption>图1</figcaption></figure>'
    made = leaves(("main", f"<p>{'字' * 28 * 20}</p><h1>一、题</h1><p>文</p>{table}<p>末</p>{figure}"))
    paper = print_pdf(made)
    document = docx.Document(io.BytesIO(print_word(made, paper.paging)))
    broken = [shown(mark.getparent().getparent()) for mark in document.element.body.iter(qn("w:pageBreakBefore"))]
    assert broken[0] == "一、题"  # two lines were left, but a heading stays with its text
    assert set(broken[1:-1]) == {"乙丙"}
    assert len(broken) > 3
    assert broken[-1] == ""  # the picture, before its caption
    assert not any("page-start" in name for name in document.element.body.xpath(".//w:bookmarkStart/@w:name"))
    heights = {int(height) for height in document.element.body.xpath(".//w:trHeight/@w:val")}
    assert all(14.5 * 20 <= height <= 35 * 20 for height in heights)


def sections(document: Document) -> list[dict[str, str | None]]:
    """Of each section: how it starts, which way it lies, where its numbers begin, what stands at its foot."""
    found = []
    for section in document.element.body.iter(qn("w:sectPr")):
        feet = section.findall(qn("w:footerReference"))
        parts = [document.part.related_parts[foot.get(qn("r:id"))].element for foot in feet]
        found.append(
            {
                "type": next(iter(section.xpath("w:type/@w:val")), None),
                "orient": next(iter(section.xpath("w:pgSz/@w:orient")), None),
                "start": next(iter(section.xpath("w:pgNumType/@w:start")), None),
                "feet": "|".join(shown(part) + part[0].xpath("string(w:pPr/w:jc/@w:val)") for part in parts),
            }
        )
    return found


def test_pages_are_numbered_from_the_form_on_and_the_score_lies_across(jinhe: Word) -> None:
    pages = re.findall(r'data-page="(\w+)"', jinhe.manuscript.html)
    assert pages == ["cover", "front", "contents", "opening", "main", "wide", "main"]
    found = dict(zip(range(len(pages)), sections(jinhe.document), strict=True))
    assert [section["feet"] for section in found.values()] == ["", "", "", "—1—right|—1—left", "", "", ""]
    assert [section["start"] for section in found.values()] == [None, None, None, "1", None, None, None]
    assert [section["type"] for section in found.values()] == [None, None, None, "oddPage", None, None, None]
    assert [section["orient"] for section in found.values()] == [None, None, None, None, None, "landscape", None]
    assert jinhe.part("word/settings.xml").find(qn("w:evenAndOddHeaders")) is not None
    fields = [name for name in zipfile.ZipFile(io.BytesIO(jinhe.data)).namelist() if "footer" in name]
    assert all([code.text for code in jinhe.part(name).iter(qn("w:instrText"))] == [" PAGE "] for name in fields)


def test_the_type_area_is_that_of_the_standard(jinhe: Word) -> None:
    for section, page in zip(jinhe.document.sections, re.findall(r'data-page="(\w+)"', jinhe.manuscript.html), strict=True):
        margins = [section.top_margin, section.right_margin, section.bottom_margin, section.left_margin]
        wanted = [26, 30, 24, 30] if page == "wide" else [37, 26, 35, 28]
        assert [round(margin.mm) for margin in margins if margin is not None] == wanted


def test_a_page_of_another_kind_is_upright_and_numbered() -> None:
    letter = word(
        leaves(("annex", "<p>甲</p>"), ("cover", "<p>乙</p>"), ("annex-list", "<table><tbody><tr><td>丙</td></tr></tbody></table>"))
    )
    number = "—1—right|—1—left"
    assert [section["feet"] for section in sections(letter.document)] == [number, "|", number]
    assert {section["orient"] for section in sections(letter.document)} == {None}
    assert "TOC" not in letter.document.element.xml
    assert [paragraph.text for paragraph in letter.document.paragraphs if paragraph.text] == ["甲", "乙"]


def test_a_section_ends_with_its_last_paragraph(jinhe: Word) -> None:
    """An empty line after a full page would make an empty page."""
    ends = [paragraph for paragraph in jinhe.document.element.body.iter(qn("w:p")) if paragraph.style == "SectionEnd"]
    assert all(not shown(end) and end.getprevious().tag in {qn("w:tbl"), qn("w:bookmarkEnd")} for end in ends)
    assert len(ends) < len(jinhe.document.sections) - 1


# Tables and pictures ----------------------------------------------------------------


def tables(word: Word) -> Iterator[tuple[Element, Element]]:
    """Each table beside its HTML."""
    yield from zip(word.html.iter("table"), word.document.element.body.iter(qn("w:tbl")), strict=True)


def test_every_cell_says_what_the_manuscript_says(jinhe: Word) -> None:
    """Merged and blank cells too: what the form leaves open stays open."""
    blanks = 0
    for html, table in tables(jinhe):
        own = [cell for cell in table.iter(qn("w:tc")) if not cell.xpath("w:tcPr/w:vMerge[not(@w:val) or @w:val='continue']")]
        cells = [squeezed(text(cell)) for cell in html.iter("th", "td")]
        assert [shown(cell) for cell in own] == cells
        spans = [cell.get("colspan", "1") for cell in html.iter("th", "td")]
        assert [next(iter(cell.xpath("w:tcPr/w:gridSpan/@w:val")), "1") for cell in own] == spans
        blanks += cells.count("")
    assert blanks


def test_head_rows_repeat_and_no_row_is_cut(jinhe: Word) -> None:
    for html, table in tables(jinhe):
        heads = [row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in table.iter(qn("w:tr"))]
        assert heads == [True] * len(html.xpath("thead/tr")) + [False] * len(html.xpath("tbody/tr"))
        assert all(row.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for row in table.iter(qn("w:tr")))


def test_columns_fill_the_text_in_the_proportions_of_the_manuscript(jinhe: Word) -> None:
    for html, table in tables(jinhe):
        percents = [float(re.findall(r"[\d.]+", col.get("style", ""))[0]) for col in html.iter("col")]
        widths = [int(width) for width in table.xpath("w:tblGrid/w:gridCol/@w:w")]
        leaf = next(element for element in html.iterancestors("section"))
        total = (237 if leaf.get("data-page") == "wide" else 156) * TWIPS
        assert sum(widths) == pytest.approx(total, abs=2)
        assert [100 * width / sum(widths) for width in widths] == pytest.approx([100 * part / sum(percents) for part in percents], abs=0.1)
        assert table.xpath("w:tblPr/w:tblLayout/@w:type") == ["fixed"]
        for row in table.iter(qn("w:tr")):
            assert sum(int(width) for width in row.xpath("w:tc/w:tcPr/w:tcW/@w:w")) == pytest.approx(sum(widths), abs=len(widths))


def test_a_merged_cell_is_not_torn_and_leaves_no_single_row_behind() -> None:
    def joined(height: int) -> list[bool]:
        rows = "".join(f"<tr>{f'<td rowspan={height}>甲</td>' * (row == 1)}<td>乙</td></tr>" for row in range(1, height + 1))
        table = f'<table class="long"><thead><tr><th>丙</th><th>丁</th></tr></thead><tbody>{rows}</tbody></table>'
        copy = word(leaves(("main", table)))
        return [bool(row.xpath(".//w:keepNext")) for row in copy.document.element.body.iter(qn("w:tr"))]

    assert joined(1) == [False, False]
    assert joined(2) == [False, True, False]
    assert joined(4) == [False, True, True, True, False]
    assert joined(6) == [False, True, False, False, False, True, False]


def test_blank_cells_are_no_higher_than_a_line_of_their_table(jinhe: Word) -> None:
    for _, table in tables(jinhe):
        styles = {paragraph.style for paragraph in table.iter(qn("w:p"))}
        assert len(styles) <= 3
        assert all(re.fullmatch(r"(Table|Form|Data|Small)Text(Head)?", style or "") for style in styles)


def test_the_same_tables_may_run_over_a_page_as_on_paper() -> None:
    style = re.sub(r"/\*.*?\*/", "", (THEME / "print.css").read_text(encoding="utf-8"))
    broken = [selector.strip() for rule in re.findall(r"([^{}]+)\{ break-inside: auto; \}", style) for selector in rule.split(",")]
    assert len(broken) > 5
    for selector in (*broken, ".author"):
        rows = "<tr><td>甲</td></tr>" * 2
        table = f'<table class="{selector.replace(".", " ")}"><thead><tr><th>乙</th></tr></thead><tbody>{rows}</tbody></table>'
        copy = word(leaves(("main", f"<p>前</p>{table}<p>后</p>")))
        kept = [bool(row.xpath(".//w:keepNext")) for row in copy.document.element.body.iter(qn("w:tr"))]
        assert kept == ([True, True, False] if selector == ".author" else [False] * 3), selector


def test_pictures_are_sharp_and_described(jinhe: Word) -> None:
    pictures = jinhe.document.element.body.findall(f".//{qn('wp:inline')}")
    assert [picture.find(qn("wp:docPr")).get("descr") for picture in pictures] == [image.get("alt") for image in jinhe.html.iter("img")]
    for picture in pictures:
        blip = picture.find(f".//{qn('a:blip')}").get(qn("r:embed"))
        inches = int(picture.find(qn("wp:extent")).get("cx")) / 914400
        assert inches == pytest.approx(150 / 25.4, rel=0.01)
        with Image.open(io.BytesIO(jinhe.document.part.related_parts[blip].blob)) as image:
            assert image.width / inches >= 300
    captions = [paragraph.text for paragraph in jinhe.document.paragraphs if paragraph.style and paragraph.style.name == "Image Caption"]
    assert captions == [text(caption) for caption in jinhe.html.iter("figcaption")]
    assert "base64" not in jinhe.document.element.xml
