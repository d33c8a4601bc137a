"""Extreme content still makes orderly pages: nothing leaves the type area, no row is cut, nothing is lost."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pytest

from tests import extreme
from zcfdocs.dossier import Dossier
from zcfdocs.finding import Severity, count
from zcfdocs.loading import Shelf
from zcfdocs.manuscript.compose import compose
from zcfdocs.pipeline import dossier, examine
from zcfdocs.printing.parity import require_parity
from zcfdocs.printing.pdf import print_pdf
from zcfdocs.printing.word import print_word
from zcfdocs.scorecard import Origin

POINTS = 72 / 25.4


@dataclass(frozen=True)
class Made:
    dossier: Dossier
    pages: tuple[pypdfium2.PdfPage, ...]
    texts: tuple[str, ...]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    path = extreme.write(tmp_path_factory.mktemp("extreme") / "plan")
    examined = examine(path, "plan.md", Shelf(Path(__file__).parent.parent / "indicators"))
    assert count(examined.findings, Severity.ERROR) == 0, examined.findings
    whole = dossier(examined, Origin("0123456789abcdef"))
    assert whole is not None
    manuscript = compose(whole)
    paper = print_pdf(manuscript)
    require_parity(manuscript, paper.data, print_word(manuscript, paper.paging))
    pages = tuple(pypdfium2.PdfDocument(paper.data))
    return Made(whole, pages, tuple(plain(page.get_textpage().get_text_bounded()) for page in pages))


def plain(text: str) -> str:
    return re.sub(r"[\s\u200b\ufffe\xad]+", "", unicodedata.normalize("NFKC", text))


def test_nothing_leaves_the_sides_of_the_type_area(made: Made) -> None:
    for number, page in enumerate(made.pages, 1):
        width, height = page.get_size()
        left, right = (28, 26) if height > width else (30, 30)
        text = page.get_textpage()
        for index in range(text.count_chars()):
            x0, bottom, x1, top = text.get_charbox(index)
            assert x1 - x0 < 1 or (x0 >= left * POINTS - 1.5 and x1 <= width - right * POINTS + 1.5), (
                number,
                text.get_text_range(index, 1),
            )
            assert bottom >= 5 * POINTS, number
            assert top <= height - 5 * POINTS, number


def test_every_row_of_a_long_table_stands_whole_on_one_page(made: Made) -> None:
    for number in range(1, extreme.ROWS + 1):
        row = plain(f"{number}设备{number}号{'，附属管线与控制系统' * (number % 3)}{number * 1234.5:.1f}{'是' if number % 2 else '否'}")
        assert sum(row in text for text in made.texts) == 1, row


def test_the_head_of_a_long_table_is_repeated(made: Made) -> None:
    pages = [text for text in made.texts if "附属管线与控制系统" in text]
    assert len(pages) >= 2
    assert all("年用电量(kWh)" in text for text in pages)


def test_all_projects_and_the_whole_name_are_there(made: Made) -> None:
    whole = "".join(made.texts)
    assert all(f"第{number}期" in whole for number in range(1, extreme.PROJECTS + 1))
    assert plain(extreme.NAME) in made.texts[0]
    assert all(plain(person) in whole for person in extreme.PEOPLE)


def test_no_page_is_nearly_empty_but_those_that_must_be(made: Made) -> None:
    """A break that pushes everything away would leave pages with a line or two."""
    thin = [number for number, text in enumerate(made.texts, 1) if 0 < len(text) < 60]
    assert len(thin) <= 2, thin
