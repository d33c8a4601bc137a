"""What a Word copy says and with which letters: notes, code, fonts, properties, nothing from outside; LibreOffice sets it as the PDF is set."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import zipfile
from collections import Counter
from pathlib import Path

import lxml.etree
import pdfplumber
import pytest
from docx.oxml.ns import nsmap, qn
from pdfplumber.pdf import PDF

from tests import extreme
from tests.wordcopy import AUTHORED, HAIHENG, JINHE, Word, composed, jinhe_copy, leaves, shown, squeezed, text, word
from tools.make_reference_docx import FONTS, TARGET, made
from zcfdocs.manuscript.manuscript import Mark
from zcfdocs.places import THEME
from zcfdocs.printing.pdf import print_pdf
from zcfdocs.printing.word import print_word

OFFICE = {"仿宋_GB2312", "楷体_GB2312", "黑体", "方正小标宋简体", "宋体", "Times New Roman"}
LINE = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏"
# LibreOffice sees the fonts of the theme under the names of the office's.
ALIASES = {
    "仿宋_GB2312": "FandolFang", "Times New Roman": "FandolFang", "宋体": "FandolFang", "楷体_GB2312": "FandolKai",
    "黑体": "FandolHei", "方正小标宋简体": "FandolSong",
}  # fmt: skip


@pytest.fixture(scope="module")
def jinhe() -> Word:
    return jinhe_copy()


@pytest.fixture(scope="module")
def authored() -> Word:
    return word(leaves(("main", AUTHORED)))


# Text ---------------------------------------------------------------------------------


def test_notes_are_real_notes(jinhe: Word) -> None:
    wanted = [squeezed(text(span)) for span in jinhe.html.xpath('//span[@class="footnote"]')]
    assert len(wanted) > 1
    notes = [note for note in jinhe.part("word/footnotes.xml") if note.get(qn("w:type")) is None]
    assert [shown(note) for note in notes] == wanted
    called = [mark.get(qn("w:id")) for mark in jinhe.document.element.body.iter(qn("w:footnoteReference"))]
    assert called == [note.get(qn("w:id")) for note in notes]
    assert not jinhe.document.element.body.xpath("//w:numRestart")


def test_code_keeps_its_lines(authored: Word) -> None:
    code = next(paragraph for paragraph in authored.document.paragraphs if paragraph.style and paragraph.style.name == "Source Code")
    assert [line.rstrip() for line in code.text.splitlines()] == ["第一行  a<b", "    第二行"]


def test_small_figures_and_stress_are_kept_without_bold(authored: Word) -> None:
    runs = [run for paragraph in authored.document.paragraphs for run in paragraph.runs]
    assert [run.text for run in runs if run.font.superscript] == ["2"]
    assert [run.text for run in runs if run.font.subscript] == ["2"]
    assert [(run.text, run.style.name) for run in runs if run.style and run.style.name in {"Strong", "Emphasis"}] == [
        ("重点", "Strong"),
        ("强调", "Emphasis"),
    ]
    fonts = {style.name: style.element.xpath("string(w:rPr/w:rFonts/@w:eastAsia)") for style in authored.document.styles}
    assert (fonts["Strong"], fonts["Emphasis"]) == ("黑体", "楷体_GB2312")
    assert not authored.document.element.xpath("//w:b | //w:i")


def test_numbered_lists_begin_where_the_author_began(authored: Word) -> None:
    starts = authored.part("word/numbering.xml").xpath("//w:startOverride/@w:val", namespaces={"w": nsmap["w"]})
    assert "3" in starts


def test_quotation_marks_and_dashes_stand_in_the_chinese_font(jinhe: Word, authored: Word) -> None:
    for copy in (jinhe, authored):
        shared = [run for run in copy.document.element.body.iter(qn("w:r")) if re.search(r"[“”—…·]", shown(run))]
        assert shared
        assert {run.xpath("string(w:rPr/w:rFonts/@w:hint)") for run in shared} == {"eastAsia"}


# Fonts ----------------------------------------------------------------------------------


def test_fonts_are_those_of_chinese_offices_with_names_to_fall_back_on(jinhe: Word) -> None:
    named = set()
    with zipfile.ZipFile(io.BytesIO(jinhe.data)) as parts:
        for name in parts.namelist():
            if name.startswith("word/") and name.endswith(".xml") and "theme" not in name and "fontTable" not in name:
                for fonts in lxml.etree.fromstring(parts.read(name)).iter(qn("w:rFonts")):
                    named |= {value for key, value in fonts.attrib.items() if not str(key).endswith("}hint")}
                    assert not [key for key in fonts.attrib if str(key).lower().endswith("theme")]
    assert named == OFFICE
    table = {font.get(qn("w:name")): font for font in jinhe.part("word/fontTable.xml")}
    assert set(table) == OFFICE == {font.name for font in FONTS}
    assert all(font.find(qn("w:altName")) is not None and font.find(qn("w:panose1")) is not None for font in table.values())


def test_the_reference_document_is_what_its_script_makes() -> None:
    assert made() == TARGET.read_bytes()


# What the file says of itself -------------------------------------------------------------


def test_the_properties_name_plan_version_and_catalogue(jinhe: Word) -> None:
    core, mark = jinhe.document.core_properties, jinhe.manuscript.mark
    assert isinstance(mark, Mark)
    assert (core.title, core.author, core.subject) == (jinhe.manuscript.title, jinhe.manuscript.author, jinhe.manuscript.subject)
    assert (core.language, core.version, core.created) == ("zh-CN", mark.commit, core.modified)
    assert core.created is not None
    assert core.created.date() == jinhe.manuscript.day
    custom = {str(entry.get("name")): text(entry) for entry in jinhe.part("docProps/custom.xml")}
    assert custom == {
        "统一社会信用代码": mark.uscc,
        "方案数据摘要": mark.digest,
        "版本": mark.commit,
        "指标目录": mark.catalogue,
        "指标目录摘要": mark.catalogue_digest,
    }


def test_the_file_knows_no_hour_no_session_and_no_other_program(jinhe: Word) -> None:
    with zipfile.ZipFile(io.BytesIO(jinhe.data)) as parts:
        assert {info.date_time for info in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        everything = b"".join(parts.read(name) for name in parts.namelist() if name.endswith((".xml", ".rels"))).decode()
    assert not re.search(r"rsid|TotalTime|Template|pandoc", everything)
    settings = jinhe.part("word/settings.xml")
    modes = [entry.get(qn("w:val")) for entry in settings.iter(qn("w:compatSetting")) if entry.get(qn("w:name")) == "compatibilityMode"]
    assert modes == ["15"]
    assert [entry.get(qn("w:eastAsia")) for entry in settings.iter(qn("w:themeFontLang"))] == ["zh-CN"]
    assert jinhe.part("word/styles.xml").xpath("string(//w:docDefaults//w:lang/@w:eastAsia)", namespaces={"w": nsmap["w"]}) == "zh-CN"


def test_nothing_is_fetched_when_it_opens(jinhe: Word, authored: Word) -> None:
    """A link is followed by a reader's hand alone; whatever loads by itself lies in the file."""
    for copy in (jinhe, authored):
        with zipfile.ZipFile(io.BytesIO(copy.data)) as parts:
            relations = [
                relation for name in parts.namelist() if name.endswith(".rels") for relation in lxml.etree.fromstring(parts.read(name))
            ]
        outside = [relation for relation in relations if relation.get("TargetMode") == "External"]
        assert {str(relation.get("Type")).rpartition("/")[2] for relation in outside} <= {"hyperlink"}
    assert {relation.get("Target") for relation in outside} == {"https://example.com/"}


# LibreOffice ------------------------------------------------------------------------------


def in_libreoffice(folder: Path, **copies: bytes) -> list[PDF]:
    """PDFs that LibreOffice makes with the fonts of the theme; skips where there is none."""
    office = shutil.which("soffice")
    if not office:
        pytest.skip("no LibreOffice on this machine")
    rules = "".join(
        f'<match target="pattern"><test name="family"><string>{name}</string></test>'
        f'<edit name="family" mode="assign" binding="same"><string>{font}</string></edit></match>'
        for name, font in ALIASES.items()
    )
    configuration = f"<dir>{THEME / 'fonts'}</dir><cachedir>{folder / 'cache'}</cachedir>{rules}"
    (folder / "fonts.conf").write_text(f'<?xml version="1.0"?><fontconfig>{configuration}</fontconfig>', encoding="utf-8")
    for name, data in copies.items():
        (folder / f"{name}.docx").write_bytes(data)
    command = [office, f"-env:UserInstallation={(folder / 'user').as_uri()}", "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    command += [str(folder / f"{name}.docx") for name in copies]
    environment = {**os.environ, "FONTCONFIG_FILE": str(folder / "fonts.conf")}
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=180)
    return [pdfplumber.open(folder / f"{name}.pdf") for name in copies]


def test_libreoffice_sets_22_lines_of_28_characters(tmp_path: Path) -> None:
    (grid,) = in_libreoffice(tmp_path, grid=word(leaves(("main", f"<p>{LINE * 60}</p>"))).data)
    lines = Counter(round(letter["top"]) for letter in grid.pages[1].chars if letter["text"] in LINE)
    assert list(lines.values()) == [28] * 22
    grid.close()


def test_what_the_contents_say_is_the_page_libreoffice_sets_a_heading_on(tmp_path: Path) -> None:
    """Both example plans and the extreme one; the numbers are those of the PDF, so its pages are those of Word."""
    plans = {"jinhe": composed(JINHE), "haiheng": composed(HAIHENG), "extreme": composed(extreme.write(tmp_path / "plan"))}
    papers = {name: print_pdf(manuscript) for name, manuscript in plans.items()}
    copies = {name: print_word(manuscript, papers[name].paging) for name, manuscript in plans.items()}
    for (name, manuscript), opened in zip(plans.items(), in_libreoffice(tmp_path, **copies), strict=True):
        html = lxml.html.fromstring(manuscript.html)
        keys = [link.get("href")[1:] for link in html.xpath('//div[@class="contents"]//a')]
        wanted = {squeezed(text(html.get_element_by_id(key))): papers[name].paging.labels[key] for key in keys}
        assert len(wanted) == 23
        found: dict[str, str] = {}
        said: dict[str, str] = {}
        for page in opened.pages:
            lines = [squeezed(line) for line in page.extract_text().splitlines()]
            if number := next((match[1] for line in reversed(lines) if (match := re.fullmatch(r"—(\d+)—", line))), None):
                found.update({line: number for line in lines if line in wanted and line not in found})
            else:
                said.update(match.groups() for line in lines if (match := re.fullmatch(r"(.+?)[·.…]{3,}(\d+)", line)))
        assert found == wanted, name
        assert said == wanted, name
        opened.close()
