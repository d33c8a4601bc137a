"""Word copies for tests: of real plans, of small pages, and of everything an author may write."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import docx
import lxml.etree
import lxml.html
from docx.document import Document
from docx.oxml.ns import qn

from zcfdocs.loading import Shelf
from zcfdocs.manuscript.breaking import JOINER
from zcfdocs.manuscript.compose import compose
from zcfdocs.manuscript.manuscript import Manuscript
from zcfdocs.pipeline import dossier, examine
from zcfdocs.printing.pagination import Paging
from zcfdocs.printing.word import print_word
from zcfdocs.scorecard import Origin

Element = Any  # lxml elements
ROOT = Path(__file__).parent.parent
JINHE = ROOT / "plans/xiqing/jinhe-auto-parts/plan.md"
HAIHENG = ROOT / "plans/binhai/haiheng-biopharma/plan.md"
AUTHORED = """
<h1 id="一">一、标题</h1><h3>小节</h3><h4>更小</h4><h5>再小</h5><h6>最小</h6>
<ul><li>甲<ul><li>乙<ul><li>丙</li></ul></li></ul></li></ul><ol start="3"><li>子<ol><li>丑</li></ol></li><li><p>寅</p><p>卯</p></li></ol><hr>
<pre><code>第一行  a&lt;b
    第二行
</code></pre><blockquote><p>引文</p></blockquote>
<p>“引号”——<code>y</code><del>删</del><ins>增</ins><a href="https://example.com/">址</a><strong>重点</strong><em>强调</em>m<sup>2</sup>CO<sub>2</sub>
<span class="footnote">注文，含<strong>重点</strong>。</span></p>
<table class="author"><colgroup><col style="width:30%"><col style="width:70%"></colgroup><thead><tr><th>a</th><th>b</th></tr></thead>
<tbody><tr><td>x</td><td class="align-right"></td></tr></tbody></table>
<table class="author"><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>x</td><td>y</td></tr></tbody></table>
"""


@dataclass(frozen=True)
class Word:
    """A copy, its manuscript as a tree, and the page numbers its contents were given."""

    manuscript: Manuscript
    html: Element
    labels: dict[str, str]
    data: bytes
    document: Document

    def part(self, name: str) -> Element:
        with zipfile.ZipFile(io.BytesIO(self.data)) as parts:
            return lxml.etree.fromstring(parts.read(name))


def word(manuscript: Manuscript) -> Word:
    html: Element = lxml.html.fromstring(manuscript.html)
    keys = [link.get("href", "")[1:] for link in html.xpath('//div[@class="contents"]//a')]
    labels = {key: str(7 * number) for number, key in enumerate(keys, 1)}
    data = print_word(manuscript, Paging(labels))
    return Word(manuscript, html, labels, data, docx.Document(io.BytesIO(data)))


@cache
def jinhe_copy() -> Word:
    """The larger example plan, printed once for all tests of a run."""
    return word(composed(JINHE))


def composed(path: Path, draft: bool = False) -> Manuscript:
    found = dossier(examine(path, "plan.md", Shelf(ROOT / "indicators")), Origin("0123456789abcdef"))
    assert found is not None
    return compose(found, draft=draft)


def leaves(*pages: tuple[str, str]) -> Manuscript:
    body = "".join(f'<section class="leaf" data-page="{page}">{content}</section>' for page, content in pages)
    html = f'<!DOCTYPE html><html lang="zh-CN"><head><title>小样</title></head><body><div class="main">{body}</div></body></html>'
    return Manuscript("小样", "小样", "示例", "示例", date(2025, 4, 30), html)


def text(element: Element) -> str:
    return "".join(str(piece) for piece in element.itertext()).replace(JOINER, "")


def squeezed(value: str) -> str:
    return re.sub(r"\s+", "", value)


def shown(element: Element) -> str:
    return squeezed("".join(run.text or "" for run in element.iter(qn("w:t"))))
