"""PDF, Word and manuscript say the same; whatever is changed in one of them is found and named."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import extreme
from zcfdocs.errors import ZcfError
from zcfdocs.loading import Shelf
from zcfdocs.manuscript.compose import compose
from zcfdocs.manuscript.manuscript import Manuscript
from zcfdocs.pipeline import dossier, examine
from zcfdocs.printing.parity import compare, read_html, read_pdf, read_word, require_parity
from zcfdocs.printing.pdf import print_pdf
from zcfdocs.printing.word import print_word
from zcfdocs.scorecard import Origin

ROOT = Path(__file__).parent.parent
PLANS = (ROOT / "plans/xiqing/jinhe-auto-parts/plan.md", ROOT / "plans/binhai/haiheng-biopharma/plan.md")
DIGIT = re.compile(r"(<w:t(?: [^>]*)?>[^<]*?)(\d)")


@dataclass(frozen=True)
class Made:
    manuscript: Manuscript
    pdf: bytes
    word: bytes

    def told(self, pdf: bytes | None = None, word: bytes | None = None) -> list[str]:
        return [str(item) for item in compare(self.manuscript.html, pdf or self.pdf, word or self.word)]


def make(path: Path) -> Made:
    found = dossier(examine(path, "plan.md", Shelf(ROOT / "indicators")), Origin("0123456789abcdef"))
    assert found is not None
    manuscript = compose(found)
    paper = print_pdf(manuscript)
    return Made(manuscript, paper.data, print_word(manuscript, paper.paging))


@pytest.fixture(scope="module")
def made() -> Made:
    return make(PLANS[0])


def small(body: str) -> Made:
    page = f'<section class="leaf" data-page="main">{body}</section>'
    html = f'<!DOCTYPE html><html lang="zh-CN"><head><title>小样</title></head><body><div class="main">{page}</div></body></html>'
    manuscript = Manuscript("小样", "小样", "示例", "示例", date(2025, 4, 30), html)
    paper = print_pdf(manuscript)
    return Made(manuscript, paper.data, print_word(manuscript, paper.paging))


def test_copies_of_the_examples_and_of_an_extreme_plan_agree(made: Made, tmp_path: Path) -> None:
    assert made.told() == []
    for path in (PLANS[1], extreme.write(tmp_path / "plan")):
        assert make(path).told() == []


def test_every_block_of_the_manuscript_is_met_in_both(made: Made) -> None:
    """The readers see what there is: cells, notes, captions, pictures, contents."""
    truth, paper, word = read_html(made.manuscript.html), read_pdf(made.pdf), read_word(made.word)
    kinds = {block.kind for block in truth.blocks}
    assert kinds == {"paragraph", "heading", "cell", "caption", "item", "entry", "picture"}
    assert len(truth.blocks) == len(word.blocks)
    assert len(truth.blocks) < len(paper.blocks)
    assert len(truth.notes) == len(paper.notes) == len(word.notes) == 2
    cells = re.findall(r"<t[dh][ >]", made.manuscript.html)
    assert sum(block.kind == "cell" for block in truth.blocks) == len(cells) == sum(block.kind == "cell" for block in word.blocks)


# The PDF ---------------------------------------------------------------------------------


def with_page(data: bytes, number: int, change: Callable[[pikepdf.Pdf, pikepdf.Page], None]) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        change(document, document.pages[number])
        document.save(out)
    return out.getvalue()


def codes(page: pikepdf.Page) -> dict[str, dict[str, bytes]]:
    """Of each font of a page the code of every digit it holds."""
    found: dict[str, dict[str, bytes]] = {}
    for name, font in page.resources.Font.items():
        pairs = re.findall(rb"<([0-9A-Fa-f]{4})>\s*<00(3[0-9])>", font.ToUnicode.read_bytes())
        found[name] = {chr(int(value, 16)): bytes.fromhex(code.decode()) for code, value in pairs}
    return found


def change_digit(document: pikepdf.Pdf, page: pikepdf.Page, nth: int = 0, only: str = "0123456789") -> None:
    """Draw the nth digit of tagged text as another one."""
    known, font, met, inside = codes(page), "", 0, 0
    instructions = list(pikepdf.parse_content_stream(page))
    for item in instructions:
        operator = str(item.operator)
        if operator in ("BDC", "BMC"):
            inside += 1 if item.operands[0] != "/Artifact" else 100
        elif operator == "EMC":
            inside = 0
        elif operator == "Tf":
            font = str(item.operands[0])
        elif operator == "TJ" and inside == 1:
            for index, part in enumerate(item.operands[0]):
                raw = bytes(part) if isinstance(part, pikepdf.String) else b""
                for digit, code in known[font].items():
                    if digit in only and code in [raw[at : at + 2] for at in range(0, len(raw), 2)]:
                        met += 1
                        other = next(value for key, value in known[font].items() if key != digit)
                        if met > nth:
                            at = next(at for at in range(0, len(raw), 2) if raw[at : at + 2] == code)
                            item.operands[0][index] = pikepdf.String(raw[:at] + other + raw[at + 2 :])
                            page.Contents = document.make_stream(pikepdf.unparse_content_stream(instructions))
                            return
    raise AssertionError("no digit")


@pytest.mark.parametrize(("number", "nth"), [(7, 0), (10, 20), (20, 3), (30, 8), (40, 5)])
def test_a_digit_drawn_differently_on_a_page_is_found(made: Made, number: int, nth: int) -> None:
    told = made.told(pdf=with_page(made.pdf, number, lambda document, page: change_digit(document, page, nth)))
    assert told
    assert all(line.startswith("PDF") for line in told)
    assert "数字" in told[0]
    with pytest.raises(ZcfError, match="不一致"):
        require_parity(made.manuscript, with_page(made.pdf, number, lambda document, page: change_digit(document, page, nth)), made.word)


def test_a_digit_of_a_note_on_paper_is_found() -> None:
    noted = small('<p>正文<span class="footnote">见2589号文</span>完</p>')
    assert noted.told() == []
    for digit in "589":
        told = noted.told(pdf=with_page(noted.pdf, 0, lambda document, page, digit=digit: change_digit(document, page, only=digit)))
        assert len(told) == 1
        assert "脚注" in told[0]


def test_text_drawn_outside_the_tags_is_found(made: Made) -> None:
    def add(document: pikepdf.Pdf, page: pikepdf.Page) -> None:
        name, letters = next((name, letters) for name, letters in codes(page).items() if letters)
        code = next(iter(letters.values())).hex()
        page.contents_add(document.make_stream(f"q BT {name} 12 Tf 1 0 0 1 100 100 Tm <{code}> Tj ET Q".encode()))

    with pytest.raises(ZcfError, match=r"第10页.*标签内"):
        made.told(pdf=with_page(made.pdf, 9, add))


def test_another_description_of_a_picture_is_found(made: Made) -> None:
    def change(document: pikepdf.Pdf, page: pikepdf.Page) -> None:
        figure = next(item for item in document.objects if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure")
        figure.Alt = pikepdf.String(str(figure.Alt).replace("2", "3", 1))

    told = made.told(pdf=with_page(made.pdf, 0, change))
    assert len(told) == 1
    assert "图片说明" in told[0]


def test_a_page_taken_out_is_found(made: Made) -> None:
    with pikepdf.open(io.BytesIO(made.pdf)) as document:
        del document.pages[12]
        out = io.BytesIO()
        document.save(out)
    with pytest.raises(ZcfError, match="读不出来"):  # its text is in the structure, its page is not in the file
        made.told(pdf=out.getvalue())


def test_a_tree_that_bites_its_tail_ends(made: Made) -> None:
    def bite(document: pikepdf.Pdf, page: pikepdf.Page) -> None:
        root = document.Root.StructTreeRoot.K[0]
        root.K[0].K.append(root)

    with pytest.raises(ZcfError, match="读不出来"):
        read_pdf(with_page(made.pdf, 0, bite))


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"PK\x03\x04", b"\x00" * 1000])
def test_rubbish_is_told(data: bytes) -> None:
    with pytest.raises(ZcfError, match="读不出来"):
        read_pdf(data)
    with pytest.raises(ZcfError, match="读不出来"):
        read_word(data)


# Word --------------------------------------------------------------------------------------


def with_part(data: bytes, name: str, change: Callable[[str], str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for item in source.namelist():
            content = source.read(item)
            if item == name:
                changed = change(content.decode())
                assert changed != content.decode(), "nothing was changed"
                content = changed.encode()
            target.writestr(item, content)
    return out.getvalue()


@given(st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_changed_digit_in_word_is_found(made: Made, data: st.DataObject) -> None:
    with zipfile.ZipFile(io.BytesIO(made.word)) as parts:
        places = [match.start(2) for match in DIGIT.finditer(parts.read("word/document.xml").decode())]
    at = data.draw(st.sampled_from(places))
    new = data.draw(st.sampled_from("0123456789"))

    def change(text: str) -> str:
        digit = new if new != text[at] else str((int(new) + 1) % 10)
        return text[:at] + digit + text[at + 1 :]

    told = made.told(word=with_part(made.word, "word/document.xml", change))
    assert len(told) == 1
    assert told[0].startswith("Word")


CHANGES: dict[str, tuple[str, Callable[[str], str]]] = {
    "a digit of a note": ("word/footnotes.xml", lambda text: text.replace("2589", "2588", 1)),
    "a row less": ("word/document.xml", lambda text: re.sub(r"<w:tr>(?:(?!</w:tr>).)*</w:tr>", "", text[::-1][::-1], count=1, flags=re.DOTALL)),
    "a picture described otherwise": ("word/document.xml", lambda text: re.sub(r'(descr="[^"]*?)\d', r"\g<1>x", text, count=1)),
    "a paragraph more": ("word/document.xml", lambda text: text.replace("<w:body>", "<w:body><w:p><w:r><w:t>另加一句</w:t></w:r></w:p>", 1)),
    "a minus less": ("word/document.xml", lambda text: re.sub(r">-(\d)", r">\1", text, count=1)),
    "a page number of the contents": ("word/document.xml", lambda text: re.sub(r"(PAGEREF section_targets.*?<w:t>)\d+", r"\g<1>99", text, count=1, flags=re.DOTALL)),
}  # fmt: skip


@pytest.mark.parametrize("name", list(CHANGES))
def test_a_change_in_word_is_found(made: Made, name: str) -> None:
    part, change = CHANGES[name]
    told = made.told(word=with_part(made.word, part, change))
    assert told
    assert all(line.startswith("Word") for line in told)


def test_two_cells_exchanged_are_found(made: Made) -> None:
    def swap(text: str) -> str:
        found = list(re.finditer(r"<w:t[^>]*>(\d[\d.]+)</w:t>", text))
        one = found[200]
        other = next(match for match in found[201:] if match[1] != one[1])
        return text[: one.start(1)] + other[1] + text[one.end(1) : other.start(1)] + one[1] + text[other.end(1) :]

    assert len(made.told(word=with_part(made.word, "word/document.xml", swap))) == 2


# Layout ----------------------------------------------------------------------------------------


def test_a_row_taller_than_a_page_is_put_together() -> None:
    long = "长文字" * 900
    assert (
        small(f"<table><tr><td>{long}甲</td><td>{long[:-30]}乙</td><td>1</td></tr><tr><td>2</td><td>3</td><td></td></tr></table>").told()
        == []
    )


def test_paragraphs_over_pages_repeated_heads_lists_notes_and_code_are_put_together() -> None:
    rows = "".join(f"<tr><td>{number}</td><td>行{number}</td></tr>" for number in range(90))
    note = '<span class="footnote">注文一</span>'
    made = small(
        f"<p>{'很长的一段话' * 400}{note}</p><table class='author long'><thead><tr><th>序</th><th>名</th></tr></thead><tbody>{rows}</tbody></table>"
        f"<ul><li>甲<sub>2</sub>乙<ol start='3'><li>丙</li><li><p>丁</p><p>戊</p></li></ol></li></ul><p>己{note}</p><pre>a  b\nc</pre><p>庚</p>"
    )
    assert made.told() == []
    assert len(read_pdf(made.pdf).notes) == 2


# Lists within lists, code, notes anywhere, tables, odd spaces, lines that look like the contents.
AUTHORED = """
- 甲
    - 乙
        1. 丙
        2. 丁

            段落
- 戊

3. 三
4. 四
    ```
    code  x
    ```
5. 五

> 引用一
>
> > 引用二
> > - 列
>
> 引用三

***

甲 \x20
乙
丙

    缩进代码 1
      更多

```python
print('a')

# 注释
```

行内 `a  b` 和 ``x`y``。

甲[^a]乙[^b]再引[^a]。

| 表 | 头[^c] |
|---|---|
| 一[^d] | 二 |

[^a]: 注一第一段。

    注一第二段。

[^b]: 注二 `code` **粗**。
[^c]: 表头注。
[^d]: 格内注 12.5%。

### 小标题[^h] **粗**

#### 四级

##### 五级

###### 六级

正文

[^h]: 标题注

**粗** *斜* ***粗斜*** ~~删~~ H~2~O x^2^ <https://example.com> [链](https://e.com/a?b=1&c=2 "题") &lt;b&gt; &amp; © \\* 转义 ==标记==

| a | b |
|:-:|--:|
| 1 | 2 |
| **粗** | `c\\|d` |
|  |  |

| 一列 |
|---|
| x<br>y |

术语
:   释义一

    释义二

*[HTML]: 超文本

HTML 缩写

!!! note "题"
    内容

??? tip
    内容二

- [ ] 未办
- [x] 已办

<div>块</div>

<p>段</p> 文 <br> <b>x</b> <table><tr><td>1</td></tr></table>

<details><summary>概</summary>内</details>

三、重点任务 5

（一）单位概况2024

一、工作基础....... 3

基本信息表 1

甲\u3000乙\u00a0丙\u2003丁\u200b戊\ufeff己\u00ad庚

1 000 000 与 12 345.6

Ａ１（２）

LONG

WORD

- ITEM

1. 2024. 年

2\\. 文

-5 与 −5 与 –5 ± 3；3:2；1/2；1e-3；50％

- - 甲
- * 乙

+ 丙

1) 丁

(1) 戊

① 己
"""


def test_whatever_an_author_writes_comes_out_alike(tmp_path: Path) -> None:
    body = AUTHORED.replace("LONG", "一段很长的话" * 400).replace("WORD", "x" * 300).replace("ITEM", "一项很长的内容" * 250)
    text = (ROOT / "tests/cases/oracle/plan.md").read_text("utf-8").replace("# 五、保障措施\n", f"# 五、保障措施\n{body}\n", 1)
    (tmp_path / "plan.md").write_text(text, "utf-8")
    made = make(tmp_path / "plan.md")
    assert "缩进代码" in made.manuscript.html
    assert made.told() == []


def test_a_changed_digit_in_a_repeated_head_is_found() -> None:
    rows = "".join(f"<tr><td>{number}</td></tr>" for number in range(90))
    made = small(f"<table class='author long'><thead><tr><th>2024年</th></tr></thead><tbody>{rows}</tbody></table>")
    assert made.told() == []
    assert made.told(pdf=with_page(made.pdf, 1, change_digit))


def test_another_manuscript_fails_both(made: Made) -> None:
    wrong = replace(made.manuscript, html=made.manuscript.html.replace("3195.39", "3195.38", 1))
    with pytest.raises(ZcfError, match=r"3195\.38.*3195\.39.*程序的错误|不一致") as caught:
        require_parity(wrong, made.pdf, made.word)
    assert "PDF" in caught.value.message
    assert "Word" in caught.value.message
