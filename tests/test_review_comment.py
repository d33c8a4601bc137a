"""The comment on a pull request: what an officer reads at a glance, within the limit, and nothing of a plan's text coming alive in it."""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby

import lxml.html
import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt

from tests import reviewed
from tests.reviewed import ATTACKS, HOSTILE, INVISIBLE, told
from zcfdocs.reviewing import model
from zcfdocs.reviewing.forms.markdown import MARKER, markdown, summary
from zcfdocs.reviewing.model import Figure, Findings, Paragraph

REVIEW = reviewed.review()
FREE = reviewed.free_texts(REVIEW)
# What GitHub, GitLab and Gitea look for in rendered text.
LIVE = re.compile(
    r"@[A-Za-z0-9_]|[a-z]+://|www\.[A-Za-z0-9]|mailto:[A-Za-z0-9]|#[0-9]|GH-[0-9]|[!&$][0-9]+\b|~[A-Za-z0-9\"]|%[0-9\"]|\$|:[a-z0-9_+-]+:|\[[a-z_]+:[0-9]",
    re.IGNORECASE,
)
OWN_TAGS = re.compile(r"</?(?:strong|code|ins|del|sub|details|summary)>|<br>|<!-- zcfdocs:(?:review|commits) -->")


def test_comment_tells_the_worst_first() -> None:
    order = [
        MARKER, "不能合并", "跌破 80 分线；1 个错误", "这次改动带来的错误", "“11,600”不是普通小数", "怎样改：只写普通小数", "plan.md</code>:88", "天津示例机械有限公司</strong>",
        "不允许，这一步只能由区级主管部门作出", "得分变化的指标（2 项；", "改动的数值（3 个）", "随之变化的核算结果", "佐证（4 处）", "会公开出去的内容", "改动的其他内容",
        "改动的正文（3 段）", "评审意见（1 条，不计入上面的得分）", "新出现的警告和提示", "改好了的问题", "安静机械", "方案文件夹以外的文件", "a1a1a1a1a1a1",
    ]  # fmt: skip
    written = markdown(REVIEW)
    places = [written.find(words) for words in order]
    assert -1 not in places
    assert places == sorted(places)
    assert written.startswith(f"{MARKER}\n")


def test_comment_says_it_in_words_and_not_in_routes() -> None:
    written = markdown(REVIEW)
    assert "数据：2024 年 · 绿电 · 用量 3000 → 11600 MWh<sub>（第 88 行）</sub>" in written
    assert "年度数据第 3 项 · 能源第 2 项 · 用量 | MWh |" in written
    assert "推荐之后改动了历史年度" in written
    assert not re.search(r"years|energy|amount|unit_jump|historic_year|expert\b|error\b", written)


def test_a_row_that_lost_points_stands_above_one_that_gained() -> None:
    assert markdown(REVIEW).index("| 2.3.1 |") < markdown(REVIEW).index("| 5.4 |")


def test_a_plan_with_nothing_to_say_is_one_line() -> None:
    (line,) = (line for line in markdown(REVIEW).split("\n") if "安静机械" in line)
    assert line.endswith("没有影响得分和内容的改动")


def test_changed_prose_is_marked_within_the_sentence() -> None:
    assert (
        "2024年绿电 <del>3000</del><ins>11600</ins> MWh，占用电量的 <del>16%</del><ins>62%</ins>，其余为外购电力<ins>和自备机组</ins>。"
        in markdown(REVIEW)
    )


def test_a_shallow_clone_is_said() -> None:
    assert "不是完整的克隆" in markdown(reviewed.review(shallow=True))
    assert "不是完整的克隆" not in markdown(REVIEW)


def test_without_a_blocking_finding_the_comment_says_so() -> None:
    assert "没有阻止合并的问题" in markdown(reviewed.review(reviewed.quiet(), blocking=False))


@pytest.mark.parametrize(("before", "after", "said"), [("79.99", "80", "跨过了 80 分线"), ("80", "79.999", "79.999（−0.0010）</strong>，跌破了"), ("81", "82", "仍过"), ("70", "71", "仍未到"), (None, "80", "达到 80 分线"), ("60", None, "改动后不能算分"), (None, "60", "改动前不能算分")])  # fmt: skip
def test_totals_say_on_which_side_of_the_line_they_stand(before: str | None, after: str | None, said: str) -> None:
    total = model.Total(now=model.Pair(before=before, after=after), target=None)
    assert said in markdown(reviewed.review(reviewed.quiet().model_copy(update={"total": total})))


@pytest.mark.parametrize(
    ("change", "said", "unsaid"),
    [
        ("new", "各指标得分（2 项）", ("改动的正文", "gec-2025", "不能算分")),
        ("deleted", "整份删除", ("指标得分", "得分变化", "old-licence", "核算结果")),
    ],
)
def test_a_plan_that_comes_or_goes_is_not_told_value_by_value(change: str, said: str, unsaid: tuple[str, ...]) -> None:
    whole = reviewed.full().model_copy(update={"change": change})
    written = markdown(reviewed.review(whole))
    assert said in written
    assert not [text for text in unsaid if text in written]


def test_the_weight_of_a_group_and_the_percent_of_a_ratio_are_said() -> None:
    ratio = model.Result(year=2024, kind="actual", name="renewable_share", before="0.5946", after="0.557")
    written = markdown(reviewed.review(reviewed.full().model_copy(update={"results": (ratio,)})))
    assert "| 可再生电力占比 | % | 59.46% | 55.70% | −3.76 个百分点 |" in written
    assert "乘以组的权重后计入总分" in written


def test_what_is_told_as_going_public_is_not_told_twice() -> None:
    leak = told("Z707", "warning", message=reviewed.full().private[0].message)
    written = markdown(reviewed.review(reviewed.full().model_copy(update={"findings": Findings(new=(leak,))})))
    assert written.count(leak.message) == 1


# --- The limit -------------------------------------------------------------------------------------------------------


def units(written: str) -> int:
    return len(written.encode("utf-16-le")) // 2


def crowded() -> model.PlanReview:
    """A plan of which nothing fits whole."""
    plan = reviewed.full()
    figures = tuple(
        Figure(route=("projects", number, "investment"), line=number, unit="万元", before="1", after="2", marks=())
        for number in range(3_000)
    )
    prose = tuple(Paragraph(section="<节>" * 60, line=number, before="旧" * 900, after="@新" * 900) for number in range(300))
    news = tuple(told(line=number, message="|" * 900) for number in range(500))
    return plan.model_copy(update={"figures": figures, "prose": prose, "findings": Findings(new=news)})


@pytest.mark.parametrize(
    "plans", [(crowded(),), (crowded(), reviewed.quiet(), crowded()), tuple(reviewed.quiet(f"企业{number}") for number in range(4_000))]
)
def test_what_does_not_fit_is_counted_and_nothing_is_half_cut(plans: tuple[model.PlanReview, ...]) -> None:
    crowd = reviewed.review(*plans)
    written = markdown(crowd)
    assert 50_000 < units(written) <= 65_536
    assert re.search(r"另有 \d+ (项|份方案)", written)
    assert "b2b2b2b2b2b2" in written
    sound(written)
    longer = summary(crowd)
    assert len(longer.encode()) <= 1 << 20
    assert units(longer) > 65_536


def test_each_plan_keeps_its_share() -> None:
    written = markdown(reviewed.review(crowded(), reviewed.full().model_copy(update={"name": "后面的企业"})))
    assert "后面的企业" in written
    assert "| 2.3.1 |" in written.split("后面的企业")[1]


def test_entries_shown_and_entries_counted_make_them_all() -> None:
    written = markdown(reviewed.review(reviewed.full().model_copy(update={"figures": crowded().figures})))
    part = written.split("改动的数值（3000 个）")[1].split("</details>")[0]
    left = re.search(r"另有 (\d+) 项", part)
    assert left
    assert part.count("\n| 重点项目") + int(left[1]) == 3_000


# --- Hostile text ----------------------------------------------------------------------------------------------------


def sound(written: str) -> None:
    """Valid Markdown with our own tags only, nothing alive in its text, its tables whole."""
    assert written.startswith(f"{MARKER}\n")
    assert not INVISIBLE.search(written)
    assert Counter(OWN_TAGS.findall(written))["<details>"] == Counter(OWN_TAGS.findall(written))["</details>"]
    tokens = [
        inner
        for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(written)
        for inner in (token, *(token.children or ()))
    ]
    assert not {
        "link_open",
        "image",
        "fence",
        "code_block",
        "code_inline",
        "hr",
        "em_open",
        "s_open",
        "blockquote_open",
        "ordered_list_open",
    } & {token.type for token in tokens}
    for token in tokens:
        if token.type in ("html_block", "html_inline"):
            assert not re.search(r"<|>", OWN_TAGS.sub("", token.content))
    rendered = lxml.html.fragment_fromstring(MarkdownIt("commonmark", {"html": True}).enable("table").render(written), create_parent="div")
    for said in rendered.itertext():
        assert not LIVE.search(said), said
    for table, lines in groupby(written.split("\n"), key=lambda line: line.startswith("|")):
        assert not table or len({line.count("|") for line in lines}) == 1


@given(HOSTILE)
@settings(max_examples=25, deadline=None)
def test_no_text_in_any_field_comes_alive_in_the_comment(attack: str) -> None:
    written = markdown(reviewed.poisoned(REVIEW, FREE, attack))
    assert units(written) <= 65_536
    sound(written)


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_attack_comes_alive_in_the_comment(attack: str) -> None:
    for written in (attack, f"字{attack}字", f"a{attack}1 b", attack * 2):
        sound(markdown(reviewed.poisoned(REVIEW, FREE, written)))


def test_every_text_of_a_review_is_tried() -> None:
    """The names of the fields that hold what people write; the rest are numbers, codes and words of a list."""
    assert {route[-1] for route, _ in FREE if isinstance(route[-1], str)} >= {
        "headline", "name", "path", "former", "message", "hint", "section", "before", "after", "reviewer", "reason", "unit", "title", "uscc", "tool",
    }  # fmt: skip
