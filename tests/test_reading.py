"""A plan.md from anybody: every way a text can be wrong is a finding at its place, never a traceback, never a hang."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies

from zcfdocs.reading import digest, read_plan, read_text

ORACLE = Path(__file__).parent / "cases" / "oracle"
TEXT = (ORACLE / "plan.md").read_text(encoding="utf-8")


def codes(text: str) -> list[tuple[str, int, int]]:
    return [(finding.code, finding.line, finding.column) for finding in read_text(text, ORACLE, "plan.md").findings]


def changed(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new, 1)


def test_the_worked_plan_reads_without_a_finding() -> None:
    assert codes(TEXT) == []


@pytest.mark.parametrize(
    "twist", [lambda text: "\ufeff" + text, lambda text: text.replace("\n", "\r\n"), lambda text: text.replace("\n", "\r")]
)
def test_byte_order_marks_and_line_ends_are_accepted(tmp_path: Path, twist) -> None:
    path = tmp_path / "plan.md"
    path.write_bytes(twist(TEXT).encode())
    reading = read_plan(path, "plan.md")
    assert reading.findings == ()
    assert reading.source.text == TEXT


def test_three_dashes_in_the_body_are_a_line_of_the_body() -> None:
    text = TEXT.replace("# 二、试点目标", "---\n\n# 二、试点目标")
    assert codes(text) == []
    assert "\n---\n" in read_text(text, ORACLE, "plan.md").source.body


@pytest.mark.parametrize(
    ("text", "code"), [("", "Z013"), ("\n\n", "Z013"), ("# 正文", "Z003"), ("---\nformat: zcf-plan/1\n", "Z004"), ("---\n---\n", "Z017")]
)
def test_a_file_without_data_says_so(text: str, code: str) -> None:
    assert [found[0] for found in codes(text)] == [code]


# ‸ marks the place where the finding must stand.
@pytest.mark.parametrize(("old", "new", "code"), [
    ("water: 63000", "water: ‸&w 63000", "Z006"),
    ("water: 62700", "water: ‸*w", "Z006"),
    ("water: 63000", "water: ‸!!int 63000", "Z007"),
    ("    water: 63000\n", "    water: 63000\n    ‸water: 1\n", "Z008"),
    ("water: 63000", "water: " + "[" * 18 + "‸" + "[" * 82 + "]" * 100, "Z009"),
    ("water: 63000", "water: ‸.nan", "Z106"),
    ("water: 63000", "water: ‸6.3e4", "Z106"),
    ("water: 63000", "water: ‸0xF618", "Z106"),
    ("water: 63000", "water: ‸63_000", "Z106"),
    ("water: 63000", "water: ‸６３０００", "Z106"),
    ("water: 63000", "water: ‸-1", "Z107"),
    ("water: 63000", "‸wator: 63000", "Z102"),
    ("water: 63000", "‸wator:", "Z102"),
    ("    water: 63000", "‸\twater: 63000", "Z005"),
    ("main_products: [座椅总成]", "main_products: ‸[座椅总成", "Z005"),
    ("name: 天津示例零部件有限公司", "name: 天津‸\u202e示例", "Z010"),
    ("name: 天津示例零部件有限公司", 'name: ‸"天津\\u202e示例"', "Z010"),
    ("name: 天津示例零部件有限公司\n", "‸name:\n", "Z101"),
    ("factory:\n  name: 天津示例零部件有限公司\n", "‸factory:\n", "Z101"),
    ("uscc: 91120111MA0EXAMP1P", "uscc: ‸911201127000000E12", "Z114"),
    ("founded: 2008-05-20", "founded: ‸2008-02-30", "Z108"),
    ("as_of: 2025-04-30", "as_of: ‸2025年4月30日", "Z108"),
    ("main_products: [座椅总成]", "main_products: ‸座椅总成", "Z104"),
    ("email: zcf@example.com", "email: ‸zcf＠example.com", "Z115"),
    ('url: "https://example.com/plans/shili-parts/"', "url: ‸www.example.com", "Z118"),
    ("now: 3, of: 4, target: 4, evidence: [row-1.2.3]}", "now: ‸three, of: 4, target: 4, evidence: [row-1.2.3]}", "Z106"),
    ("## （一）单位概况", "## （一）单位‸\u200b概况", "Z011"),
])  # fmt: skip
def test_a_mistake_is_found_where_it_stands(old: str, new: str, code: str) -> None:
    marked = changed(old, new)
    before = marked[: marked.index("‸")]
    place = (before.count("\n") + 1, len(before) - before.rfind("\n"))
    assert (code, *place) in codes(marked.replace("‸", ""))


def test_a_code_that_looks_like_a_number_stays_a_text() -> None:
    reading = read_text(changed("phone: 022-00000000", "phone: 02200000000"), ORACLE, "plan.md")
    assert reading.plan is not None
    assert reading.plan.factory.phone == "02200000000"


def test_all_mistakes_come_at_once_and_the_rest_is_still_read() -> None:
    text = (
        changed("water: 63000", "water: viel").replace("as_of: 2025-04-30", "as_of: morgen").replace("email: zcf@example.com", "email: x")
    )
    reading = read_text(text, ORACLE, "plan.md")
    assert sorted(finding.code for finding in reading.findings) == ["Z106", "Z108", "Z115"]
    assert reading.plan is not None
    assert reading.plan.factory.name == "天津示例零部件有限公司"


def test_a_large_front_matter_is_refused_quickly() -> None:
    text = TEXT.replace("profile: |", "profile: |\n" + "    很长的简介。\n" * 20_000)
    started = time.process_time()
    assert [found[0] for found in codes(text)] == ["Z002"]
    assert time.process_time() - started < 5  # a bound on hanging, no measure of speed


def test_a_very_long_line_is_refused() -> None:
    line = TEXT[: TEXT.index("## （一）单位概况")].count("\n") + 1
    assert codes(TEXT.replace("## （一）单位概况", "[" * 8000)) == [("Z002", line, 5001)]


@pytest.mark.parametrize("raw", [b"---\nname: \xb9\xab\xcb\xbe\n---\n", b"\xff\xfe-\x00", b"---\na: \x80\n---\n"])
def test_other_encodings_are_named_with_their_place(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "plan.md"
    path.write_bytes(raw)
    assert [finding.code for finding in read_plan(path, "plan.md").findings] == ["Z001"]


def test_links_and_folders_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(TEXT, encoding="utf-8")
    (tmp_path / "plan.md").symlink_to(tmp_path / "secret")
    assert [finding.code for finding in read_plan(tmp_path / "plan.md", "plan.md").findings] == ["Z012"]
    os.mkfifo(tmp_path / "pipe")
    assert [finding.code for finding in read_plan(tmp_path / "pipe", "pipe").findings] == ["Z012"]


def _digest(text: str) -> str:
    reading = read_text(text, ORACLE, "plan.md")
    return digest(reading.source, reading.evidence)


def test_stage_and_publication_do_not_change_the_digest_and_everything_else_does() -> None:
    own = _digest(TEXT)
    assert _digest(changed("stage: draft", "stage: submitted")) == own
    flow = 'publication: {url: "https://example.com/plans/shili-parts/", date: 2025-04-20, proof: publication}'
    assert _digest(changed(flow, 'publication: {url: "https://example.com/x", date: 2025-04-21}')) == own
    assert _digest(changed(flow, "publication:\n  url: https://example.com/x\n  date: 2025-04-21")) == own
    assert _digest(changed("water: 63000", "water: 63001")) != own
    assert _digest(TEXT + " ") != own


@settings(max_examples=300, deadline=None)
@given(strategies.data())
def test_no_edit_of_the_text_raises(data: strategies.DataObject) -> None:
    """Cut, doubled or replaced pieces of a real plan read to findings or to a plan."""
    start = data.draw(strategies.integers(0, len(TEXT) - 1))
    length = data.draw(strategies.integers(0, 60))
    piece = data.draw(
        strategies.sampled_from(
            ["", " ", "\n", ":", "- ", "{", "[", "&a", "*a", "!x ", "\t", "'", '"', "|\n", "\u202e", "０", "null", "---\n", "#", "%"]
        )
    )
    text = TEXT[:start] + piece + TEXT[start + length :]
    for finding in read_text(text, ORACLE, "plan.md").findings:
        assert finding.line >= 1
        assert finding.column >= 1
        assert finding.message


def test_an_unreadable_optional_value_is_absent_not_zero() -> None:
    reading = read_text(changed("water: 62000", "water: 62o00"), ORACLE, "plan.md")
    assert reading.plan is not None
    assert reading.plan.years[2].water is None
    assert ("years", 2, "water") in reading.holes


@pytest.mark.parametrize(("old", "new", "code"), [
    ("{name: 座椅总成, amount: 180000, unit: 套}", "{name: 座椅总成, amount: 180000, unit: 套, share: 60%}", "Z106"),
    ("items: [绿色工厂, 高新技术企业,", 'items: ["", 高新技术企业,', "Z112"),
])  # fmt: skip
def test_a_mistake_in_a_short_form_is_one_finding(old: str, new: str, code: str) -> None:
    assert [found[0] for found in codes(changed(old, new))] == [code]


def test_thousands_of_mistakes_are_still_read() -> None:
    lines = "".join(f"  - {{gas: R410A, amount: x{number}, unit: t}}\n" for number in range(3000))
    text = changed("    fugitive:\n", "    fugitive:\n" + lines.replace("  - ", "      - "))
    started = time.process_time()
    assert len(codes(text)) == 3000
    assert time.process_time() - started < 10  # a bound on hanging, no measure of speed
