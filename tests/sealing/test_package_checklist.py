"""The printed checklist: the notice's words, every file with its digest, boxes to tick, the same in print and in its HTML."""

from __future__ import annotations

import io

import pypdfium2
import pytest

from tests.test_bureau import opened
from zcfdocs.dossier import Dossier
from zcfdocs.manuscript.manuscript import Manuscript
from zcfdocs.printing.parity import compare, read_html
from zcfdocs.printing.pdf import print_pdf
from zcfdocs.printing.word import print_word
from zcfdocs.sealing.package.checklist import Item, checklist, district_checklist

FORM = "申报材料/试点方案.pdf"
ITEMS = (
    Item(FORM, "a1b2c3d4e5f60718" + "0" * 48, 48, ("单位公章",), ("法定代表人签字",)),
    Item("申报材料/试点方案.docx", "1" * 64, None, ("单位公章",)),
    Item("申报材料/佐证材料.pdf", "2" * 64, 31),
    Item("方案原件/plan.md", "3" * 64),
    Item("方案原件/evidence/绿电交易凭证.pdf", "4" * 64, 2),
    Item("readme.txt", "5" * 64),
)
MISSING = ("试点方案.pdf 没有法定代表人签字或单位负责人签字",)


@pytest.fixture(scope="module")
def jinhe() -> Dossier:
    return opened()


@pytest.fixture(scope="module")
def made(jinhe: Dossier) -> Manuscript:
    return checklist(jinhe, ITEMS, (FORM, "申报材料/佐证材料.pdf"), MISSING)


def words(manuscript: Manuscript) -> str:
    return "\n".join(block.text for block in read_html(manuscript.html).blocks)


def test_it_says_what_the_notice_says(jinhe: Dossier, made: Manuscript) -> None:
    asked, told = jinhe.catalogue.submission, words(made)
    for word in (asked.recipients, asked.media, *asked.documents, *asked.formats, f"一式{asked.paper_copies}份"):
        assert word in told
    assert "2025年4月30日" in told


def test_every_file_stands_with_its_digest(made: Manuscript) -> None:
    told = words(made)
    for item in ITEMS:
        assert item.name in told
        assert item.sha256[:16] in told
        assert item.sha256[:17] not in told
    assert MISSING[0] in told
    assert "□法定代表人签字" in told
    assert told.count("方案原件/") == 1


def test_print_and_word_say_the_same(made: Manuscript, jinhe: Dossier) -> None:
    for one in (made, checklist(jinhe, ITEMS, (FORM,), draft=True), district_checklist([jinhe], ITEMS, (FORM,))):
        paper = print_pdf(one)
        assert not compare(one.html, paper.data, print_word(one, paper.paging))


def test_it_is_the_same_whatever_the_order(jinhe: Dossier, made: Manuscript) -> None:
    again = checklist(jinhe, ITEMS, (FORM, "申报材料/佐证材料.pdf"), MISSING)
    assert print_pdf(again).data == print_pdf(made).data


def test_many_files_run_over_pages_and_nothing_missing_is_said(jinhe: Dossier) -> None:
    items = [Item(f"方案原件/evidence/{at:03}.pdf", f"{at:064x}", 1) for at in range(150)]
    one = checklist(jinhe, items, ())
    assert "无" in words(one)
    with pypdfium2.PdfDocument(io.BytesIO(print_pdf(one).data)) as document:
        assert 3 <= len(document) <= 8


def test_a_draft_says_so_on_every_page(jinhe: Dossier) -> None:
    with pypdfium2.PdfDocument(io.BytesIO(print_pdf(checklist(jinhe, ITEMS, (FORM,), draft=True)).data)) as document:
        for page in document:
            assert "草稿" in page.get_textpage().get_text_bounded().replace(" ", "").replace("\u3000", "")
