"""The bureaus' papers: what they say is the plans', what only a bureau knows is blank, and nothing of them is elsewhere."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby, pairwise
from pathlib import Path

import docx
import lxml.html
import openpyxl
import pdfplumber
import pypdfium2
import pytest
from docx.document import Document
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.oxml.ns import qn
from docx.shared import Pt
from pdfplumber.page import Page

from tests import results
from tests.test_word_text import in_libreoffice
from zcfdocs.binding import paginate
from zcfdocs.build import Built, build
from zcfdocs.bureau import forms, letter, scores, summary
from zcfdocs.catalogue import Papers
from zcfdocs.dossier import Dossier
from zcfdocs.errors import ZcfError
from zcfdocs.fields import uscc_check
from zcfdocs.figure import exact
from zcfdocs.jobs import Options
from zcfdocs.loading import Shelf
from zcfdocs.manuscript.evaluation import evaluation
from zcfdocs.manuscript.manuscript import Manuscript
from zcfdocs.manuscript.notation import amount, points
from zcfdocs.office import FORM_FILES, LETTER_FILES
from zcfdocs.pipeline import dossier, examine
from zcfdocs.printing.pagination import Paging
from zcfdocs.printing.parity import compare, read_html
from zcfdocs.printing.pdf import print_pdf
from zcfdocs.printing.word import print_word
from zcfdocs.reviews import NO_REVIEWS, Reviews, read_reviews
from zcfdocs.scorecard import Origin

ROOT = Path(__file__).parent.parent
PLAN = ROOT / "plans/xiqing/jinhe-auto-parts/plan.md"
ORACLE = ROOT / "tests/cases/oracle"


def opened(path: Path = PLAN, **changes: str) -> Dossier:
    found = dossier(examine(path, "plan.md", Shelf(ROOT / "indicators")), Origin("0123456789abcdef"))
    assert found is not None
    return replace(found, bound=paginate(found.plan.evidence, found.evidence, path.parent))


@pytest.fixture(scope="module")
def jinhe() -> Dossier:
    return opened()


@pytest.fixture(scope="module")
def haiheng() -> Dossier:
    return opened(ROOT / "plans/binhai/haiheng-biopharma/plan.md")


def texts(html: str) -> list[str]:
    return [" ".join(block.text.split()) for block in read_html(html).blocks]


def test_every_paper_is_the_same_on_paper_and_in_word(jinhe: Dossier, haiheng: Dossier) -> None:
    papers = jinhe.catalogue.papers
    assert papers is not None
    made = (
        letter.letter([haiheng, jinhe], papers),
        letter.listing([haiheng, jinhe], papers),
        forms.opinion(jinhe, NO_REVIEWS),
        forms.visit(jinhe, NO_REVIEWS, papers),
        scores.sheet(haiheng, filled=False),
        scores.sheet(jinhe, filled=True),
        summary.summary(jinhe, NO_REVIEWS),
    )
    for manuscript in made:
        paper = print_pdf(manuscript)
        assert compare(manuscript.html, paper.data, print_word(manuscript, paper.paging)) == []
    assert [f"{manuscript.name}.pdf" for manuscript in made[2:]] == [name for name in FORM_FILES if name.endswith(".pdf")]


def test_the_letter_names_the_plans_and_leaves_number_date_and_contact_blank(jinhe: Dossier, haiheng: Dossier) -> None:
    papers = jinhe.catalogue.papers
    assert papers is not None
    made = letter.letter([haiheng, jinhe], papers)
    told = texts(made.html)
    body = next(text for text in told if "现推荐" in text)
    assert f"{haiheng.plan.factory.applicant_name}、{jinhe.plan.factory.applicant_name}等2家企业" in body
    assert jinhe.catalogue.notice.title in body
    assert papers.letter.recipient + "：" in told
    assert re.search(r"〔\s*〕\s*号", " ".join(told))
    assert not re.search(r"\d{4}年\d|\d+月\d", " ".join(told).replace(jinhe.catalogue.notice.title, ""))
    alone = next(text for text in texts(letter.letter([jinhe], papers).html) if "现推荐" in text)
    assert f"现推荐{jinhe.plan.factory.applicant_name}1家企业" in alone


def test_the_letter_form_has_its_measures(jinhe: Dossier) -> None:
    """GB/T 9704-2012, 10.1: red lines of 170 mm, 20 mm above the foot; no number on the first page; all on one page."""
    papers = jinhe.catalogue.papers
    assert papers is not None
    pages = pypdfium2.PdfDocument(print_pdf(letter.letter([jinhe], papers)).data)
    assert len(pages) == 1
    assert "— 1 —" not in pages[0].get_textpage().get_text_bounded()
    picture = pages[0].render(scale=4).to_pil().convert("RGB")
    scale = picture.height / 297
    red = [sum(1 for x in range(picture.width) if is_red(picture.getpixel((x, y)))) for y in range(picture.height)]
    lines = [(y / scale, count / scale) for y, count in enumerate(red) if count / scale > 160]
    assert lines
    assert all(abs(length - 170) < 1.5 for _, length in lines)
    assert 276 < max(y for y, _ in lines) < 278.5


def is_red(pixel: tuple[int, int, int]) -> bool:
    return pixel[0] > 150 and pixel[1] < 90 and pixel[2] < 90


@dataclass(frozen=True)
class Line:
    """A red line in millimetres: from the left edge of the page to its right end, from the upper edge downwards."""

    left: float
    right: float
    top: float
    thick: float


def red_lines(page: pypdfium2.PdfPage) -> tuple[float, list[Line]]:
    """Where the ink of a letter begins and its red lines."""
    picture = page.render(scale=8).to_pil().convert("RGB")
    scale, width = picture.height / 297, picture.width
    red, green, _ = (channel.tobytes() for channel in picture.split())
    marks = bytes(strong > 150 and weak < 90 for strong, weak in zip(red, green, strict=True))
    rows = [marks[at : at + width] for at in range(0, len(marks), width)]
    begin = next(y for y, row in enumerate(rows) if 1 in row) / scale
    lines = []
    for full, run in groupby(enumerate(rows), key=lambda item: item[1].count(1) / scale > 150):
        if full:
            found = list(run)
            top, first = found[0]
            lines.append(Line(first.find(1) / scale, (first.rfind(1) + 1) / scale, top / scale, len(found) / scale))
    return begin, lines


def is_a_letter(page: pypdfium2.PdfPage) -> None:
    """GB/T 9704-2012, 10.1: lines of 170 mm in the middle, thick above thin, at the foot thin above thick and 20 mm from the edge."""
    begin, lines = red_lines(page)
    assert begin == pytest.approx(30, abs=0.4)
    assert len(lines) == 4
    for line in lines:
        assert (line.left, line.right) == (pytest.approx(20, abs=0.5), pytest.approx(190, abs=0.5))
    thick, thin, upper, lower = lines
    assert thick.thick > thin.thick
    assert upper.thick < lower.thick
    assert lower.top + lower.thick == pytest.approx(277, abs=0.4)


def test_the_letter_is_a_letter_on_paper_and_in_word(jinhe: Dossier, tmp_path: Path) -> None:
    papers = jinhe.catalogue.papers
    assert papers is not None
    made = letter.letter([jinhe], papers)
    is_a_letter(pypdfium2.PdfDocument(print_pdf(made).data)[0])
    for opened_pdf in in_libreoffice(tmp_path, letter=print_word(made, Paging())):
        opened_pdf.close()
    pages = pypdfium2.PdfDocument(tmp_path / "letter.pdf")
    assert len(pages) == 1
    is_a_letter(pages[0])


CHARACTER, RIGHT = 15.79, (210 - 26) / 25.4 * 72  # points: a character of 3号 and where its line ends
LONG = "某某市滨海新区某某生物制药科技发展集团有限责任公司第一分公司原料药制造中心总厂区"


def named(found: Dossier, name: str) -> Dossier:
    factory = found.plan.factory.model_copy(update={"name": name, "applicant": None})
    return replace(found, plan=found.plan.model_copy(update={"factory": factory}))


def lines_of(page: Page) -> list[tuple[str, float, float, float]]:
    """Text, left, right and top of each line, in points."""
    found = page.extract_text_lines(return_chars=False)
    return [(str(line["text"]).replace(" ", ""), line["x0"], line["x1"], line["top"]) for line in found]


def test_the_letter_of_two_firms_keeps_its_contact_and_stands_alike_on_paper_and_in_word(
    jinhe: Dossier, haiheng: Dossier, tmp_path: Path
) -> None:
    """附件 after a whole line, the contact two characters in, the date below the middle of the name (GB/T 9704-2012, 7.3.4, 7.3.5, 7.3.7)."""
    papers = jinhe.catalogue.papers
    assert papers is not None
    made = letter.letter([named(haiheng, LONG), jinhe], papers)
    paper = pdfplumber.open(io.BytesIO(print_pdf(made).data))
    (word,) = in_libreoffice(tmp_path, letter=print_word(made, Paging()))
    for copy in (paper, word):
        assert len(copy.pages) == 1
        lines = lines_of(copy.pages[0])
        left = next(line for line in lines if line[0].startswith("市工业"))[1]
        said, listed = next((one, two) for one, two in pairwise(lines) if two[0].startswith("附件"))
        assert (said[0], listed[3] - said[3]) == ("专此致函。", pytest.approx(2 * 29, abs=2))
        contact = next(line for line in copy.pages[0].chars if line["text"] == "（" and line["top"] > listed[3])
        assert contact["x0"] - left == pytest.approx(2 * CHARACTER, abs=8), "a bracket fills half its square"
        copy.close()


# Name, width of the box it shares with the date, distance of that from the edge: a longer name moves the date.
SENDERS = (("西青区工信局", 11, 4), ("西青区工业和信息化局及", 11, 4), ("西青区工业和信息化局发展部", 13, 2))


def test_name_and_date_stand_in_the_middle_of_each_other(jinhe: Dossier, tmp_path: Path) -> None:
    """The date four characters from the edge; a name longer than it two (GB/T 9704-2012, 7.3.5.1)."""
    made = [letter.letter([of_bureau(jinhe, sender)], papers_of(jinhe)) for sender, _, _ in SENDERS]
    words = in_libreoffice(tmp_path, **{f"l{number}": print_word(one, Paging()) for number, one in enumerate(made)})
    for (sender, width, edge), one, word in zip(SENDERS, made, words, strict=True):
        assert f'style="width: {width}em; margin-right: {edge}em"' in one.html
        for copy in (pdfplumber.open(io.BytesIO(print_pdf(one).data)), word):
            characters = copy.pages[0].chars
            day = max((item for item in characters if item["text"] == "日"), key=lambda item: item["top"])
            name = [item for item in characters if item["text"] in sender and 25 < day["top"] - item["top"] < 33]
            assert "".join(item["text"] for item in name) == sender
            date_middle = day["x1"] - 11 / 2 * CHARACTER
            assert (name[0]["x0"] + name[-1]["x1"]) / 2 == pytest.approx(date_middle, abs=2)
            assert RIGHT - max(name[-1]["x1"], day["x1"]) == pytest.approx(edge * CHARACTER, abs=4)
            copy.close()


def test_a_name_longer_than_the_line_takes_two(jinhe: Dossier) -> None:
    made = letter.letter([of_bureau(jinhe, "局" * 40)], papers_of(jinhe))
    assert 'style="width: 26em; margin-right: 2em"' in made.html
    paper = print_pdf(made)
    assert compare(made.html, paper.data, print_word(made, paper.paging)) == []


def papers_of(found: Dossier) -> Papers:
    assert found.catalogue.papers is not None
    return found.catalogue.papers


def of_bureau(found: Dossier, name: str | None) -> Dossier:
    districts = tuple(district.model_copy(update={"bureau": name}) for district in found.catalogue.districts)
    catalogue = found.catalogue.model_copy(update={"districts": districts})
    return replace(found, rulebook=replace(found.rulebook, catalogue=catalogue))


def test_a_bureau_that_the_catalogue_names_sends_the_letter(jinhe: Dossier) -> None:
    told = texts(letter.letter([of_bureau(jinhe, "某区工业和信息化局")], papers_of(jinhe)).html)
    assert told.count("某区工业和信息化局") == 2
    assert texts(letter.letter([jinhe], papers_of(jinhe)).html).count("西青区工业和信息化主管部门") == 2


def test_the_seal_of_the_list_is_asked_for_at_the_edge_and_titles_are_of_22_points(jinhe: Dossier) -> None:
    document = docx.Document(io.BytesIO(print_word(letter.listing([jinhe], papers_of(jinhe)), Paging())))
    line = next(paragraph for paragraph in document.paragraphs if "盖章" in paragraph.text)
    assert line.style is not None
    assert line.style.name == "Seal Line"
    assert not line.style.paragraph_format.first_line_indent
    assert document.styles["Form Title"].font.size == Pt(22)
    (page,) = pdfplumber.open(io.BytesIO(print_pdf(letter.letter([jinhe], papers_of(jinhe))).data)).pages
    assert 22 in {round(one["size"], 1) for one in page.chars if one["text"] == "函"}


def test_the_list_is_the_notices_word_for_word(jinhe: Dossier, haiheng: Dossier) -> None:
    papers = jinhe.catalogue.papers
    assert papers is not None
    told = texts(letter.listing([haiheng, jinhe], papers).html)
    assert told[:7] == ["附件3", "“零碳”工厂试点工作推荐汇总表", "推荐单位（盖章）：", "序号", "企业名称", "所属行业", "所在区"]
    assert told[7:11] == ["1", haiheng.plan.factory.applicant_name, told[9], haiheng.district_name]
    assert len(told) == 15


def test_names_in_the_letter_are_text_and_no_place_of_the_template(jinhe: Dossier) -> None:
    papers = jinhe.catalogue.papers
    assert papers is not None
    factory = jinhe.plan.factory.model_copy(update={"name": "甲{count}{district}<b>乙</b>{{7*7}}", "applicant": None})
    hostile = replace(jinhe, plan=jinhe.plan.model_copy(update={"factory": factory}))
    body = next(text for text in texts(letter.letter([hostile], papers).html) if "现推荐" in text)
    assert "现推荐甲{count}{district}<b>乙</b>{{7*7}}1家企业" in body


def test_the_filled_score_sheet_has_the_cards_points_and_the_volumes_pages(jinhe: Dossier) -> None:
    html = scores.sheet(jinhe, filled=True).html
    told = texts(html)
    now = jinhe.card["phases"]["now"]
    for row in now["rows"]:
        assert any(text.startswith(jinhe.catalogue.row(row["id"]).title[:0]) for text in told)
    cells = [block.text for block in read_html(html).blocks if block.kind == "cell"]
    assert now["display"] in cells
    assert jinhe.card["phases"]["target"]["display"] in cells
    spans = {found.id: found.span for found in jinhe.bound}
    assert f"营业执照（{spans['licence']}）" not in " ".join(told), "the licence proves no row"
    assert f"（{spans['iso9001']}）" in " ".join(told)
    assert sum(text in ("必选", "可选") for text in cells) == 42


def test_the_blank_score_sheet_shows_no_points_of_the_factory(jinhe: Dossier) -> None:
    blank = " ".join(texts(scores.sheet(jinhe, filled=False).html))
    for phase in jinhe.card["phases"].values():
        assert phase["display"] not in blank
    assert sum(text in ("必选", "可选") for text in texts(scores.sheet(jinhe, filled=False).html)) == 42
    assert "自评" not in blank


def cells(html: str) -> list[list[str]]:
    """The rows of all tables, cell by cell."""
    root = lxml.html.fromstring(html)
    return [["".join(cell.itertext()).strip() for cell in row.xpath("th|td")] for row in root.iter("tr")]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Dossier:
    """The example with a year after its pilot."""
    return opened(results.write(tmp_path_factory.mktemp("done") / "plan"))


def test_an_expert_finds_each_row_by_its_number_and_the_phase_to_judge(jinhe: Dossier, done: Dossier) -> None:
    for filled in (False, True):
        rows = cells(scores.sheet(jinhe, filled).html)
        numbers = [cell for row in rows for cell in row if re.fullmatch(r"\d\.\d\.\d", cell)]
        assert numbers == [row.id for row in jinhe.catalogue.rows()]
        assert ["".join(cell.split("\u2060")) for cell in rows[0]][:3] == ["二级指标", "编号", "指标要求"]
        assert "专家评分（现状）" in [cell.replace("\u2060", "") for cell in rows[0]]
        after = cells(scores.sheet(done, filled).html)[0]
        assert "专家评分（结果）" in [cell.replace("\u2060", "") for cell in after]


def test_a_visit_after_the_pilot_checks_the_year_that_was_reached(jinhe: Dossier, done: Dossier) -> None:
    before, after = forms.visit(jinhe, NO_REVIEWS, papers_of(jinhe)).html, forms.visit(done, NO_REVIEWS, papers_of(done)).html
    assert f"{jinhe.plan.accounting.baseline}年能源消费核对" in "".join(texts(before)).replace("\u2060", "")
    reached = next(year for year in done.plan.years if year.kind == "result")
    assert f"{reached.year}年能源消费核对" in "".join(texts(after)).replace("\u2060", "")
    told = [row[1].replace("\u2060", "") for row in cells(after)]
    assert all(f"{amount(line.amount)} {line.unit}" in told for line in reached.energy)


def test_the_title_of_the_application_ends_its_line_after_a_word(done: Dossier) -> None:
    made = evaluation(done)
    assert made is not None
    paper = print_pdf(made)
    title = [line[0] for line in lines_of(pdfplumber.open(io.BytesIO(paper.data)).pages[0]) if "“" in line[0] or "申请" in line[0]]
    assert title[:2] == ["“零碳”工厂试点建设", "效果评价申请"]
    document = docx.Document(io.BytesIO(print_word(made, paper.paging)))
    assert "“零碳”工厂试点建设\n效果评价申请" in [paragraph.text for paragraph in document.paragraphs]


def heights(document: Document) -> dict[str, int]:
    """The least height of rows in points, by the text of their first cell."""
    found = {}
    for row in (row for table in document.tables for row in table.rows):
        if row.height is not None:
            assert row.height_rule == WD_ROW_HEIGHT_RULE.AT_LEAST
            found[row.cells[0].text] = round(row.height.pt)
    return found


def test_there_is_room_to_write_by_hand(jinhe: Dossier) -> None:
    papers = papers_of(jinhe)
    opinion, visit = forms.opinion(jinhe, NO_REVIEWS), forms.visit(jinhe, NO_REVIEWS, papers)
    first, second = (docx.Document(io.BytesIO(print_word(made, Paging()))) for made in (opinion, visit))
    assert heights(first) == {"补正要求": 104, "初审意见": 52}
    rooms = heights(second)
    assert (rooms.pop("调研记录"), rooms.pop("存在问题和建议")) == (104, 104)
    asked = [str(number) for number in range(1, len(papers.visit.topics) + 1)]
    assert set(rooms) > {*asked, *(project.name for project in jinhe.plan.projects)}
    assert set(rooms.values()) == {34}
    for document in (first, second):
        assert not [paragraph for paragraph in document.element.body.iter(qn("w:p")) if (paragraph.style or "").startswith("Room")]
    for page in pdfplumber.open(io.BytesIO(print_pdf(visit).data)).pages:
        for table in page.find_tables():
            if "现场情况" in page.crop(table.bbox).extract_text():
                assert all(row.bbox[3] - row.bbox[1] >= 33.5 for row in table.rows[1:])


def test_every_box_to_tick_is_of_the_chinese_font(jinhe: Dossier) -> None:
    """LibreOffice sets signs that begin a paragraph in the Latin font, whatever their hint."""
    document = docx.Document(io.BytesIO(print_word(forms.opinion(jinhe, NO_REVIEWS), Paging())))
    boxes = next(p for p in document.element.body.iter(qn("w:p")) if p.xpath("string(.)").startswith("□同意推荐"))
    first = boxes.r_lst[0]
    assert (first.text, first.rPr.rFonts.get(qn("w:ascii")), first.rPr.rFonts.get(qn("w:hint"))) == ("□", "仿宋_GB2312", "eastAsia")


ROWS = """format: zcf-reviews/1
reviews:
  - {role: district, rows: [{id: 1.3.1, phase: now, points: 30, reason: 路径<b>不全</b>}, {id: 1.3.1, phase: target, points: 40}]}
  - {role: expert, reviewer: 甲, rows: [{id: 1.1.1, phase: now, points: 4, reason: 承诺书不全}, {id: 1.1.1, phase: target, points: 5}]}
"""
SECOND = "  - {role: expert, reviewer: 乙, rows: [{id: 1.1.1, phase: now, points: 3.5}]}\n"


def reviewed(folder: Path, text: str) -> Reviews:
    (folder / "review.yaml").write_text(text, "utf-8")
    read = read_reviews(folder, "review.yaml")
    assert read.findings == ()
    return read.reviews


def test_points_of_the_district_and_of_experts_stand_in_their_papers(jinhe: Dossier, tmp_path: Path) -> None:
    reviews = reviewed(tmp_path, ROWS)
    opinion = forms.opinion(jinhe, reviews)
    own = {phase: next(row for row in jinhe.score.phases[phase].rows if row.row.id == "1.3.1").points for phase in ("now", "target")}
    title = jinhe.catalogue.row("1.3.1").title  # type: ignore[union-attr]  # a row of the catalogue
    told = cells(opinion.html)
    assert ["1.3.1", title, "现状", points(own["now"], Fraction(40)), "30.00", "路径<b>不全</b>"] in told
    assert ["1.3.1", title, "目标", points(own["target"], Fraction(40)), "40.00", ""] in told
    sheet = scores.sheet(jinhe, filled=True, reviews=reviews)
    row = next(row for row in cells(sheet.html) if "1.1.1" in row)
    assert row[-2:] == ["4.00", "承诺书不全目标 5.00 分"]
    two = next(row for row in cells(scores.sheet(jinhe, True, reviewed(tmp_path, ROWS + SECOND)).html) if "1.1.1" in row)
    assert two[-2:] == ["甲：4.00乙：3.50平均 3.75（3.50—4.00）", "甲：承诺书不全甲：目标 5.00 分"]
    assert "注：专家 甲的评分未注明所审版本。" in texts(sheet.html)
    blank = next(row for row in cells(scores.sheet(jinhe, False, reviews).html) if "1.1.1" in row)
    assert blank[-2:] == ["", ""]
    for made in (opinion, sheet):
        paper = print_pdf(made)
        assert compare(made.html, paper.data, print_word(made, paper.paging)) == []


ALL = """format: zcf-reviews/1
reviews:
  - role: district
    reviewer: 王审核
    date: 2025-04-26
    digest: "DIGEST"
    decision: recommend
    basic: [{id: 1, met: false, reason: 原件未见}]
    rows: [{id: 1.1.1, phase: now, points: 4.5, reason: 缺<b>签名</b>}]
    requests: [{row: 1.2.1, text: 补充职责分工, due: 2025-05-10}]
  - {role: city, date: 2025-05-20, digest: 0000000000000000ffff, decision: select, rows: [{id: 1.1.1, phase: now, points: 4}], requests: [{text: 说明边界}]}
EXPERTS
"""


def by_experts(found: Dossier, *shares: Fraction) -> str:
    """Experts who give every row of the present the same share of its points."""
    lines = []
    for number, share in enumerate(shares, 1):
        rows = ", ".join(f"{{id: {row.id}, phase: now, points: {exact(row.points * share)}}}" for row in found.catalogue.rows())
        lines.append(f'  - {{role: expert, reviewer: 专家名{number}, digest: "DIGEST", rows: [{rows}]}}')
    return "\n".join(lines)


def summed(found: Dossier, folder: Path, experts: str) -> Manuscript:
    text = ALL.replace("EXPERTS", experts).replace("DIGEST", found.card["plan"]["digest"])
    return summary.summary(found, reviewed(folder, text))


def test_the_summary_puts_all_points_of_a_row_side_by_side(jinhe: Dossier, tmp_path: Path) -> None:
    made = summed(jinhe, tmp_path, by_experts(jinhe, Fraction(1), Fraction(1, 2)))
    told = [[cell.replace("\u2060", "") for cell in row] for row in cells(made.html)]
    head = next(row for row in told if row[0] == "编号")
    assert head == ["编号", "指标", "满分", "自评", "区", "市", "专家1", "专家2", "平均", "最低", "最高", "评分理由"]
    title = jinhe.catalogue.row("1.1.1").title  # type: ignore[union-attr]  # a row of the catalogue
    own = points(jinhe.score.phases["now"].rows[0].points, Fraction(5))
    assert ["1.1.1", title, "5", own, "4.50", "4.00*", "5.00", "2.50", "3.75", "2.50", "5.00", "区：缺<b>签名</b>"] in told
    assert [row[0] for row in told if re.fullmatch(r"\d\.\d\.\d", row[0])] == [row.id for row in jinhe.catalogue.rows()]
    display = jinhe.card["phases"]["now"]["display"]
    total = next(row for row in told if row[0].startswith("总分"))
    assert total[1:] == [display, "1/42项", "1/42项", "100.00", "50.00", "75.00", "50.00", "100.00", ""]
    assert [row[5:8] for row in told if row[0] == "小计"] == [["100.00", "50.00", "75.00"]] * 5, "offices scored no group whole"
    said = " ".join(texts(made.html))
    for wanted in ("王审核", "2025年4月26日", "同意推荐", "列为培育对象", "较早的版本（0000000000000000）", "本版", "补充职责分工", "2025年5月10日前",
                   "说明边界", "原件未见", "专家名2", "内部资料，不对外", "带 * 的得分针对方案较早的版本"):  # fmt: skip
        assert wanted in said, wanted
    paper = print_pdf(made)
    assert compare(made.html, paper.data, print_word(made, paper.paging)) == []


def test_more_experts_than_columns_stand_among_the_reasons(jinhe: Dossier, tmp_path: Path) -> None:
    made = summed(jinhe, tmp_path, by_experts(jinhe, *[Fraction(number, 10) for number in range(1, 7)]))
    told = [[cell.replace("\u2060", "") for cell in row] for row in cells(made.html)]
    assert next(row for row in told if row[0] == "编号")[4:] == ["区", "市", "平均", "最低", "最高", "评分理由"]
    row = next(row for row in told if row[0] == "1.1.1")
    assert row[6:] == ["1.75", "0.50", "3.00", "专家1 0.50，专家2 1.00，专家3 1.50，专家4 2.00，专家5 2.50，专家6 3.00区：缺<b>签名</b>"]
    five = summed(jinhe, tmp_path, by_experts(jinhe, *[Fraction(1)] * 5))
    assert "专家5" in [cell.replace("\u2060", "") for cell in next(row for row in cells(five.html) if "编号" in row[0])]
    for sheet in (made, five):
        paper = print_pdf(sheet)
        assert compare(sheet.html, paper.data, print_word(sheet, paper.paging)) == []


def test_a_summary_without_reviews_is_a_form_to_be_filled_in(jinhe: Dossier, done: Dossier) -> None:
    told = cells(summary.summary(jinhe, NO_REVIEWS).html)
    rows = [row for row in told if re.fullmatch(r"\d\.\d\.\d", row[0])]
    assert len(rows) == 42
    assert {cell for row in rows for cell in row[4:]} == {""}
    assert "评审情况" not in " ".join(texts(summary.summary(jinhe, NO_REVIEWS).html))
    assert "评分汇总（结果" in " ".join(texts(summary.summary(done, NO_REVIEWS).html)).replace("\u2060", "")


REVIEW = """format: zcf-reviews/1
reviews:
  - role: district
    reviewer: 王审核
    date: 2025-04-26
    digest: {digest}
    decision: recommend
    basic: [{{id: 1, met: true, reason: 已核对}}, {{id: 2, met: false, reason: =cmd}}]
    requests: [{{row: 1.2.1, text: 补充<b>职责</b>, due: 2025-04-25}}]
    visit: {{date: 2025-04-22, people: [李调研], notes: 台账齐全}}
"""


def test_what_the_district_wrote_stands_in_the_forms(jinhe: Dossier, tmp_path: Path) -> None:
    (tmp_path / "review.yaml").write_text(REVIEW.format(digest=f'"{jinhe.card["plan"]["digest"]}"'), "utf-8")
    read = read_reviews(tmp_path, "review.yaml")
    assert read.findings == ()
    told = " ".join(texts(forms.opinion(jinhe, read.reviews).html))
    for wanted in (
        "王审核",
        "■同意推荐 □退回修改",
        "符合已核对",
        "不符合=cmd",
        "1.2.1：补充<b>职责</b>（2025年4月25日前）",
        "日期：2025年4月26日",
    ):
        assert wanted in told, wanted
    assert "较早的版本" not in told
    assert jinhe.card["phases"]["now"]["display"] in told
    papers = jinhe.catalogue.papers
    assert papers is not None
    seen = " ".join(texts(forms.visit(jinhe, read.reviews, papers).html))
    assert all(wanted in seen for wanted in ("2025年4月22日", "李调研", "台账齐全", jinhe.plan.projects[0].name))


def test_a_review_of_another_version_says_so(jinhe: Dossier, tmp_path: Path) -> None:
    (tmp_path / "review.yaml").write_text(REVIEW.format(digest='"sha256:0123456789abcdef0123"'), "utf-8")
    told = " ".join(texts(forms.opinion(jinhe, read_reviews(tmp_path, "review.yaml").reviews).html))
    assert "意见针对较早的版本，数据摘要 0123456789abcdef）" in told


def test_without_a_review_nothing_is_decided(jinhe: Dossier) -> None:
    told = " ".join(texts(forms.opinion(jinhe, NO_REVIEWS).html))
    assert "■" not in told
    assert "□同意推荐 □退回修改 □不予推荐" in told


# As a build ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A district with one recommended plan, one submitted and one still being written; and a plan of another district."""
    home = tmp_path_factory.mktemp("home")
    shutil.copytree(ROOT / "indicators", home / "indicators")
    for number, (name, stage) in enumerate((("one", "recommended"), ("two", "submitted"), ("three", "draft"))):
        folder = home / "plans/xiqing" / name
        shutil.copytree(ORACLE / "evidence", folder / "evidence")
        base = f"91120111MA0EXAMP{number + 2}"
        text = (ORACLE / "plan.md").read_text("utf-8").replace("91120111MA0EXAMP1P", base + uscc_check(base))
        text = text.replace("GEC-2024-MA0EXAMP-", f"GEC-2024-{number:05d}-")
        (folder / "plan.md").write_text(re.sub(r"^stage: .*$", f"stage: {stage}", text, flags=re.MULTILINE), "utf-8")
    assert run(home).districts == ("xiqing",)
    return home


def run(home: Path, **options: object) -> Built:
    whole = Options((home / "plans",), home, home / "dist", **{"to": ("bureau",), **options})  # type: ignore[arg-type]
    return build(whole, lambda text: None)


def files(folder: Path) -> dict[str, str]:
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def test_a_district_gets_its_letter_and_each_plan_before_it_its_forms(home: Path) -> None:
    made = set(files(home / "dist/bureau"))
    assert made == {
        *(f"xiqing/{name}" for name in LETTER_FILES),
        *(f"xiqing/{plan}/{name}" for plan in ("one", "two") for name in FORM_FILES),
    }
    assert not (home / "dist/submission").exists()
    assert not (home / "dist/site").exists()


def test_word_and_excel_of_the_list_say_the_same(home: Path) -> None:
    folder = home / "dist/bureau/xiqing"
    word = docx.Document(folder / "推荐汇总表.docx").tables[0]
    sheet = openpyxl.load_workbook(folder / "推荐汇总表.xlsx").active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    assert [[str(value) for value in row] for row in rows] == [[cell.text for cell in row.cells] for row in word.rows]
    assert len(rows) == 2
    assert sheet["A2"].value == "“零碳”工厂试点工作推荐汇总表"


def test_again_and_elsewhere_the_bytes_are_the_same(home: Path, tmp_path: Path) -> None:
    before = files(home / "dist/bureau")
    times = {path: path.stat().st_mtime_ns for path in (home / "dist/bureau").rglob("*")}
    run(home)
    assert times == {path: path.stat().st_mtime_ns for path in (home / "dist/bureau").rglob("*")}
    shutil.copytree(home, tmp_path / "other", ignore=shutil.ignore_patterns("dist", ".zcf-cache"))
    run(tmp_path / "other", jobs=1)
    assert files(tmp_path / "other/dist/bureau") == before


def test_a_review_with_a_mistake_is_told_and_a_plan_taken_back_leaves_the_papers(home: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(home, other)
    (other / "plans/xiqing/two/review.yaml").write_text("format: zcf-reviews/1\nreviews: [{role: nobody}]\n", "utf-8")
    plan = other / "plans/xiqing/one/plan.md"
    plan.write_text(plan.read_text("utf-8").replace("stage: recommended", "stage: withdrawn"), "utf-8")
    found = run(other)
    assert [finding.path.rpartition("/")[2] for finding in found.findings if finding.code == "Z111"] == ["review.yaml"]
    assert {name.split("/")[1] for name in files(other / "dist/bureau")} == {"two"}


def test_a_folder_of_others_is_left_alone(home: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(home, other)
    (other / "dist/bureau/xiqing/备忘.txt").write_text("我的", "utf-8")
    with pytest.raises(ZcfError, match="不是本工具生成的文件"):
        run(other)
    assert (other / "dist/bureau/xiqing/备忘.txt").read_text("utf-8") == "我的"


def test_a_city_whose_catalogue_knows_no_papers_gets_none(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "tests/river", tmp_path, dirs_exist_ok=True)
    assert run(tmp_path).districts == ()
    assert not (tmp_path / "dist/bureau").exists()


def test_text_that_begins_like_a_formula_stays_text(jinhe: Dossier) -> None:
    from zcfdocs.printing.listing import print_listing

    papers = jinhe.catalogue.papers
    assert papers is not None
    data = print_listing(letter.listing([jinhe], papers), "附件3", "推荐单位：", ["序号", "企业名称"], [["1", '=HYPERLINK("http://x")']])
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    assert (sheet["B5"].value, sheet["B5"].data_type) == ('=HYPERLINK("http://x")', "s")


def test_the_workbook_is_fit_to_be_printed(jinhe: Dossier, haiheng: Dossier) -> None:
    """Names have the lines they need, whatever program prints them; numbers and districts stand in the middle, the table too."""
    from zcfdocs.printing.listing import print_listing

    found = [named(haiheng, LONG), jinhe]
    columns = jinhe.catalogue.submission.summary.columns
    data = print_listing(letter.listing(found, papers_of(jinhe)), "附件3", "推荐单位：", columns, letter.lines(found))
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    assert [sheet[place].value for place in ("A5", "A6")] == [1, 2]
    assert {sheet[place].alignment.horizontal for place in ("A5", "D5", "A6", "D6")} == {"center"}
    assert sheet.row_dimensions[5].height >= 3 * 16 > len(LONG) / 19 * 16, "a column of 44 holds 19 characters of 12 points"
    assert sheet.print_options.horizontalCentered
