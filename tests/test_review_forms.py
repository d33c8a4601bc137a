"""A review in its forms: what an officer reads, what a forge reads, and nothing of a plan's text coming alive in either."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from lxml import etree
from markdown_it import MarkdownIt
from sarif_pydantic import Sarif

import zcfdocs.checks  # noqa: F401  # registers the codes that a review names
from tests import reviewed
from tests.reviewed import ATTACKS, HOSTILE, INVISIBLE, told
from zcfdocs.finding import CODES
from zcfdocs.reviewing import model
from zcfdocs.reviewing.forms import github
from zcfdocs.reviewing.forms.difference import differences
from zcfdocs.reviewing.forms.findings import fingerprints, worst_first
from zcfdocs.reviewing.forms.gitlab import code_quality
from zcfdocs.reviewing.forms.html import page
from zcfdocs.reviewing.forms.junit import junit
from zcfdocs.reviewing.forms.markdown import markdown
from zcfdocs.reviewing.forms.rdjson import rdjson
from zcfdocs.reviewing.forms.sarif import sarif
from zcfdocs.reviewing.forms.sides import Sides, chapters
from zcfdocs.reviewing.forms.text import text
from zcfdocs.reviewing.model import Review, Told

SCHEMAS = Path(__file__).parent / "schemas"
REVIEW = reviewed.review()
FREE = reviewed.free_texts(REVIEW)
MANY = [
    told(line=number, route=("years", number), severity=severity) for severity in ("error", "warning", "info") for number in range(1, 14)
]
FOUND: dict[str, list[Told]] = {
    "none": [],
    "one of everything": list(REVIEW.brought),
    "many": MANY,
    "without a place": [told(path="", line=0, column=0, route=())],
    "odd places": [told(path="plans/x y/计划:1,%0A.md", message="a\nb::error::c", hint="100%\r\n"), told("R999", route=("a b", 0))],
}


def html(document: str) -> Any:
    return lxml.html.document_fromstring(document)


def suites(document: str) -> Any:
    """JUnit's tree, once it is seen to have its format's shape."""
    root = etree.fromstring(document.encode())
    etree.XMLSchema(etree.parse(SCHEMAS / "junit.xsd")).assertValid(root)
    return root


def validated(schema: str, document: str) -> Any:
    """The document, once it is seen to have its format's shape."""
    data = json.loads(document)
    Draft202012Validator(json.loads((SCHEMAS / schema).read_text("utf-8"))).validate(data)
    return data


# --- The other readable forms ----------------------------------------------------------------------------------------


def test_page_needs_nothing_else_and_runs_nothing() -> None:
    made = page(REVIEW, {})
    tree = html(made)
    assert not tree.xpath("//script|//link|//img|//iframe|//*[@style]|//@*[starts-with(name(), 'on')]")
    assert tree.xpath("string(//meta[@http-equiv='Content-Security-Policy']/@content)").startswith("default-src 'none'; style-src 'sha256-")
    assert "url(" not in made
    assert "不对外公开" in made


def test_page_and_text_say_what_the_comment_says() -> None:
    parser = MarkdownIt().enable("table")
    said = [
        " ".join(token.content.split())
        for token in parser.parse(markdown(REVIEW))
        if token.type == "inline"
        for token in token.children or ()
        if token.type == "text"
    ]
    shown = "".join(html(page(REVIEW, {})).itertext())
    written = re.sub(r"[\s│┃]|\[-|-\]|\{\+|\+\}", "", text(REVIEW, 400))
    for words_said in filter(None, said):
        assert words_said.strip("：|⛔✅ ").removeprefix("方案评审：") in shown
        assert re.sub(r"\s", "", words_said.strip("：|⛔✅ ").removeprefix("方案评审：")) in written


def test_text_marks_changes_without_colour() -> None:
    assert "绿电 [-3000-]{+11600+} MWh" in text(REVIEW)


BEFORE = {
    "一、企业概况": "<p>占地 9.4 万平方米。</p><p>没有变。</p>",
    "二、能源": '<table class="author"><colgroup><col style="width:50.00%"><col style="width:50.00%"></colgroup><tr><td>绿电</td><td>3000</td></tr></table>',
    "四、旧章": "<p>删去的话</p>",
}
AFTER = {
    "一、企业概况": "<p>占地 <strong>9.6</strong> 万平方米。</p><p>没有变。</p><p>新的话</p>",
    "二、能源": '<table class="author"><colgroup><col style="width:50.00%"><col style="width:50.00%"></colgroup><tr><td>绿电</td><td>11600</td></tr></table>',
    "三、新章": "<p>没有旧文</p>",
}


def test_sides_stand_paragraph_beside_paragraph_with_changes_marked() -> None:
    first, second, third, fourth = chapters(Sides(BEFORE, AFTER))
    assert [chapter.title for chapter in (first, second, third, fourth)] == ["一、企业概况", "二、能源", "三、新章", "四、旧章"]
    assert [(block.before, block.after) for block in first.blocks] == [
        ("<p>占地 <del>9.4</del> 万平方米。</p>", "<p>占地 <strong><ins>9.6</ins></strong> 万平方米。</p>"),
        ("<p>没有变。</p>", "<p>没有变。</p>"),
        ("", "<p><ins>新的话</ins></p>"),
    ]
    assert "<td><del>3000</del></td>" in second.blocks[0].before
    assert "<td><ins>11600</ins></td>" in second.blocks[0].after
    assert 'width="50.00%"' in second.blocks[0].after
    assert fourth.blocks[0].before == "<p><del>删去的话</del></p>"
    assert (first.changed, third.changed, fourth.changed) == (2, 1, 1)


def test_chapters_without_changes_are_closed() -> None:
    tree: Any = html(page(REVIEW, {reviewed.PATH: Sides({"甲": "<p>同</p>", "乙": "<p>旧</p>"}, {"甲": "<p>同</p>", "乙": "<p>新</p>"})}))
    assert ["open" in chapter.attrib for chapter in tree.xpath("//section[contains(@class, 'sides')]/details")] == [False, True]


PARAGRAPH = st.lists(
    st.tuples(st.sampled_from(["p", "ul/li", "table/tr/td", "p/strong", "p/em/sub"]), st.text("字句段a1 &<。", min_size=1, max_size=12)),
    max_size=5,
)


def as_html(paragraphs: list[tuple[str, str]]) -> str:
    root = lxml.html.Element("div")
    for path, said in paragraphs:
        inner = root
        for tag in path.split("/"):
            inner = etree.SubElement(inner, tag)
        inner.text = said
    return "".join(str(lxml.html.tostring(child, encoding="unicode")) for child in root)


@given(PARAGRAPH, PARAGRAPH)
@settings(max_examples=80, deadline=None)
def test_each_side_reads_as_it_was_written(before: list[tuple[str, str]], after: list[tuple[str, str]]) -> None:
    (chapter,) = chapters(Sides({"章": as_html(before)}, {"章": as_html(after)}))
    for side, paragraphs in (("before", before), ("after", after)):
        shown = "".join(getattr(block, side) for block in chapter.blocks)
        assert re.sub(r"</?(ins|del)>", "", shown) == as_html(paragraphs)


@given(HOSTILE)
@settings(max_examples=30, deadline=None)
def test_no_text_in_any_field_becomes_markup_of_the_page(attack: str) -> None:
    tree = html(page(reviewed.poisoned(REVIEW, FREE, attack), {}))
    quiet = html(page(REVIEW, {}))
    assert {element.tag for element in tree.iter()} <= {element.tag for element in quiet.iter()}
    assert {name for element in tree.iter() for name in element.attrib} <= {name for element in quiet.iter() for name in element.attrib}
    assert not INVISIBLE.search("".join(tree.itertext()))


@given(HOSTILE)
@settings(max_examples=30, deadline=None)
def test_no_escape_sequence_reaches_a_terminal(attack: str) -> None:
    assert not INVISIBLE.search(text(reviewed.poisoned(REVIEW, FREE, attack)))


# --- Differences -----------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.text("的是字。 a1,", max_size=40) | st.none(), st.text("的是字。 a1,", max_size=40) | st.none()), max_size=6))
@settings(deadline=None)
def test_a_difference_holds_both_texts_whole(pairs: list[tuple[str | None, str | None]]) -> None:
    for (before, after), found in zip(pairs, differences(pairs), strict=True):
        assert "".join(said for kind, said in found if kind != "ins") == (before or "")
        assert "".join(said for kind, said in found if kind != "del") == (after or "")


def test_numbers_and_words_change_whole() -> None:
    (found,) = differences([("用电 1,500.5 MWh，占 16%", "用电 1,600.5 kWh，占 60%")])
    assert [piece for piece in found if piece[0] != "same"] == [
        ("del", "1,500.5"), ("ins", "1,600.5"), ("del", "MWh"), ("ins", "kWh"), ("del", "16%"), ("ins", "60%"),
    ]  # fmt: skip


def test_long_texts_are_told_sentence_by_sentence_and_endless_ones_as_a_whole() -> None:
    sentences = [f"第{number}句" + "的" * 400 + "。" for number in range(40)]
    (found,) = differences([("".join(sentences), "".join([*sentences[:20], "新句。", *sentences[21:]]))])
    assert [kind for kind, _ in found] == ["same", "del", "ins", "same"]
    assert found[2] == ("ins", "新句。")
    assert differences([("的" * 50_000, "的" * 49_999 + "了")]) == ((("del", "的" * 50_000), ("ins", "的" * 49_999 + "了")),)


# --- GitHub ----------------------------------------------------------------------------------------------------------


def test_annotation_names_place_code_and_how_to_mend() -> None:
    assert github.annotations([told()]) == (
        f"::error file={reviewed.PATH},line=88,col=20,title=Z106 不是普通小数::“11,600”不是普通小数%0A只写普通小数，如 1234.5\n"
    )


def test_annotations_escape_what_would_end_them() -> None:
    (line, _) = github.annotations(FOUND["odd places"]).strip().split("\n")
    assert line == "::error file=plans/x y/计划%3A1%2C%250A.md,line=88,col=20,title=Z106 不是普通小数::a%0Ab::error::c%0A100%25%0D%0A"


@given(HOSTILE)
@settings(deadline=None)
def test_no_text_becomes_a_command(attack: str) -> None:
    written = github.annotations([told(path=attack[:2000], message=attack, hint=attack)])
    assert written.count("\n") == 1
    assert not INVISIBLE.search(written)
    assert re.fullmatch(r"::error (file=[^,:\n]*,)?line=88,col=20,title=[^,:\n]*::.*\n", written)


def test_annotations_keep_to_ten_a_level_and_say_how_many_more() -> None:
    lines = github.annotations(MANY[::-1]).strip().split("\n")
    assert [line[2:].split(" ")[0] for line in lines] == ["error"] * 10 + ["warning"] * 10 + ["notice"] * 10
    assert lines[0].startswith(f"::error file={reviewed.PATH},line=1,")
    assert [line for line in lines if "还有 4 条" in line] == [lines[9], lines[19], lines[29]]
    assert len(github.annotations(MANY[:10]).strip().split("\n")) == 10


# --- Formats of the forges, against their published shapes -----------------------------------------------------------


@pytest.mark.parametrize("found", FOUND.values(), ids=FOUND)
def test_code_quality_has_gitlabs_shape(found: list[Told]) -> None:
    entries = validated("code-quality.json", code_quality(found))
    assert len({entry["fingerprint"] for entry in entries}) == len(found)
    assert all(entry["description"].startswith(entry["check_name"]) for entry in entries)


def test_code_quality_of_nothing_is_an_empty_list() -> None:
    assert code_quality([]) == "[]\n"


def test_fingerprints_do_not_know_lines_and_are_each_different() -> None:
    moved = [item.model_copy(update={"line": item.line + 40}) for item in MANY]
    assert fingerprints(MANY) == fingerprints(moved)
    assert len(set(fingerprints([told(), told(message="又一处"), told()]))) == 3


@pytest.mark.parametrize("found", FOUND.values(), ids=FOUND)
def test_sarif_has_its_published_shape(found: list[Told]) -> None:
    (run,) = validated("sarif.json", sarif(found))["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == [item.code for item in worst_first(found)]
    assert [rule["id"] for rule in rules] == sorted({item.code for item in found})


@pytest.mark.parametrize("found", FOUND.values(), ids=FOUND)
def test_sarif_is_read_by_an_outside_model_of_the_standard(found: list[Told]) -> None:
    log = Sarif.model_validate_json(sarif(found))
    assert [result.rule_id for result in log.runs[0].results or ()] == [item.code for item in worst_first(found)]


@pytest.mark.parametrize("found", FOUND.values(), ids=FOUND)
def test_junit_is_what_jenkins_reads(found: list[Told]) -> None:
    """Its own schema, as it comes with pytest's sources."""
    root = suites(junit(found, [reviewed.PATH, "plans/clean/plan.md"]))
    etree.XMLSchema(etree.parse(SCHEMAS / "jenkins-junit-10.xsd")).assertValid(root)


def test_sarif_carries_place_reason_and_advice() -> None:
    (run,) = json.loads(sarif([told()]))["runs"]
    (result,), (rule,) = run["results"], run["tool"]["driver"]["rules"]
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": reviewed.PATH, "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 88, "startColumn": 20},
    }  # fmt: skip
    assert "只写普通小数" in result["message"]["text"]
    assert rule["fullDescription"]["text"] == CODES["Z106"].why


@pytest.mark.parametrize("found", FOUND.values(), ids=FOUND)
def test_rdjson_has_its_published_shape(found: list[Told]) -> None:
    result = validated("rdjson.json", rdjson(found))
    assert [item["code"]["value"] for item in result["diagnostics"]] == [item.code for item in worst_first(found)]


@pytest.mark.parametrize(
    "found", [*FOUND.values(), [told(message=attack, path=attack[:2000], hint=attack) for attack in ATTACKS]], ids=[*FOUND, "attacks"]
)
def test_junit_has_its_published_shape(found: list[Told]) -> None:
    root = suites(junit(found, [reviewed.PATH, "plans/clean/plan.md"]))
    assert int(root.get("failures")) == len(root.xpath("//failure")) == len({(item.path, item.code) for item in found if item.is_error})
    assert int(root.get("tests")) == len(root.xpath("//testcase"))


def test_junit_shows_a_clean_plan_as_checked() -> None:
    root = suites(junit([told()], [reviewed.PATH, "plans/clean/plan.md"]))
    clean = root.xpath("testsuite[@name='plans/clean/plan.md']/testcase")
    assert len(clean) >= len(CODES)
    assert not root.xpath("testsuite[@name='plans/clean/plan.md']//failure")
    (failure,) = root.xpath("//failure")
    assert failure.text.startswith(f"{reviewed.PATH}:88:20 ")
    assert failure.getparent().get("name") == "Z106 不是普通小数"


def test_junit_does_not_fail_for_a_warning() -> None:
    root = suites(junit([told("Z611", "warning")], []))
    assert root.get("failures") == "0"
    assert len(root.xpath("//system-out")) == 1


# --- zcf-review/1 ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("made", [REVIEW, reviewed.review(reviewed.quiet(), blocking=False)])
def test_review_has_its_own_published_shape(made: Review) -> None:
    Draft202012Validator.check_schema(model.schema())
    Draft202012Validator(model.schema()).validate(json.loads(made.model_dump_json()))
    assert Review.model_validate_json(made.model_dump_json()) == made
