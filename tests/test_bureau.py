"""The bureaus' papers: what they say is the plans', what only a bureau knows is blank, and nothing of them is elsewhere."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
import pypdfium2
import pytest

from zcfdocs.binding import paginate
from zcfdocs.build import Built, build
from zcfdocs.bureau import forms, letter, scores
from zcfdocs.dossier import Dossier
from zcfdocs.errors import ZcfError
from zcfdocs.fields import uscc_check
from zcfdocs.jobs import Options
from zcfdocs.loading import Shelf
from zcfdocs.office import FORM_FILES, LETTER_FILES
from zcfdocs.pipeline import dossier, examine
from zcfdocs.printing.parity import compare, read_html
from zcfdocs.printing.pdf import print_pdf
from zcfdocs.printing.word import print_word
from zcfdocs.reviews import NO_REVIEWS, read_reviews
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
    )
    for manuscript in made:
        paper = print_pdf(manuscript)
        assert compare(manuscript.html, paper.data, print_word(manuscript, paper.labels)) == []
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
    head = [y / scale for y, count in enumerate(red) if count and y / scale < 60]
    assert 29 < min(head) < 33


def is_red(pixel: tuple[int, int, int]) -> bool:
    return pixel[0] > 150 and pixel[1] < 90 and pixel[2] < 90


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
    assert rows == [[cell.text for cell in row.cells] for row in word.rows]
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
