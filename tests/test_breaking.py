"""Lines do not end inside a quantity, a standard's number or a remark; nothing of the text changes but that."""

from __future__ import annotations

import io
from datetime import date

import pdfplumber
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zcfdocs.manuscript.breaking import JOINER, unbroken
from zcfdocs.manuscript.manuscript import Manuscript
from zcfdocs.printing.pdf import print_pdf


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("由8.88 kgce/套降至", "由8.88 |kgce/|套降至"),
        ("31200万元", "31200|万|元"),
        ("2026年（目标）", "2026|年（|目标|）"),
        ("按GB/T 13234计算", "按GB/|T |13234计算"),
        ("见附表1—1", "见附表1|—|1"),
        ("12316.83 kgCO<sub>2</sub>e/t", "12316.83 |kgCO<sub>2</sub>e/|t"),
        ('<a href="https://example.com/a/b 1 kg">甲/乙</a>', '<a href="https://example.com/a/b 1 kg">甲/乙</a>'),
    ],
)
def test_what_belongs_together_is_joined(text: str, joined: str) -> None:
    assert unbroken(text) == joined.replace("|", JOINER)


@given(st.text(alphabet="0123456789 kgMWhtCO/年万元吨（目标）GBT附表—-<>abc", max_size=60))
def test_without_the_joiners_the_text_is_as_it_was(text: str) -> None:
    assert unbroken(text).replace(JOINER, "") == text


def test_no_line_on_paper_ends_between_number_and_unit() -> None:
    sentence = "".join(f"第{'甲' * fill}综合能耗降至3549.32 kgce/套，产值31200万元。" for fill in range(28))
    html = unbroken(
        f'<!DOCTYPE html><html lang="zh-CN"><body><section class="leaf" data-page="main"><p>{sentence}</p></section></body></html>'
    )
    with pdfplumber.open(io.BytesIO(print_pdf(Manuscript("小样", "小样", "示例", "示例", date(2025, 4, 30), html)).data)) as document:
        lines = [line["text"].replace(JOINER, "") for page in document.pages for line in page.extract_text_lines()]
    assert len(lines) > 28
    assert not [line for line in lines if line.rstrip().endswith(("3549.32", "kgce/", "31200", "31200万"))]
