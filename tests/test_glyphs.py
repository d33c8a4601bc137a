"""Characters without a glyph are told before anything is printed, with every line they stand on."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from zcfdocs.checks.glyphs import has_glyph
from zcfdocs.finding import Finding
from zcfdocs.loading import Shelf
from zcfdocs.pipeline import examine

ROOT = Path(__file__).parent.parent
FONTS = sorted((ROOT / "theme/fonts").glob("*.[ot]tf"))
COVERED = frozenset().union(*(TTFont(path).getBestCmap() for path in FONTS))
ORACLE = ROOT / "tests/cases/oracle"


def told(folder: Path, change) -> list[Finding]:
    text = change((ORACLE / "plan.md").read_text("utf-8"))
    (folder / "plan.md").write_text(text, "utf-8")
    return [finding for finding in examine(folder / "plan.md", "plan.md", Shelf(ROOT / "indicators")).findings if finding.code == "Z720"]


def part(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found is not None
    return found[1]


def test_the_committed_ranges_are_those_of_the_fonts() -> None:
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        import make_fonts
    finally:
        sys.path.remove(str(ROOT / "tools"))
    assert (ROOT / "theme/fonts/coverage.txt").read_text("ascii") == make_fonts.coverage(FONTS)


@given(st.characters(blacklist_categories=("Cs",)))
def test_a_character_is_known_where_a_font_has_it(letter: str) -> None:
    unseen = re.match("[\t\n\r\u00ad\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]", letter) is not None
    assert has_glyph(letter) == (ord(letter) in COVERED or unseen)


def test_rare_characters_of_names_are_there() -> None:
    assert [letter for letter in "喆堃奡媖䶮㑇𬭎𫖮翀珺玥赟昉彧祎烜淼犇焱骉甡龘𠮷𫍯𬘡𬳶𦈡" if not has_glyph(letter)] == []


def test_each_character_is_named_once_with_its_lines_and_the_mend(tmp_path: Path) -> None:
    def change(text: str) -> str:
        text = text.replace("  legal_representative: ", "  legal_representative: 张\U00020000 # ", 1)
        return text.replace("# 五、保障措施", "# 五、保障措施\n\n甲😀乙😀\n\n丙😀、\U00020000", 1)

    found = told(tmp_path, change)
    assert len(found) == 2
    by_letter = {part(r"U\+([0-9A-F]+)", finding.message): finding for finding in found}
    lines = (tmp_path / "plan.md").read_text("utf-8").split("\n")
    smile, rare = by_letter["1F600"], by_letter["20000"]
    assert "删去表情符号" in smile.hint
    assert "theme/fonts" in rare.hint
    assert lines[smile.line - 1][smile.column - 1] == "😀"
    assert lines[rare.line - 1][rare.column - 1] == "\U00020000"
    named = [int(number) for number in part(r"第 ([\d、]+) 行", smile.message).split("、")]
    assert named == [number for number, line in enumerate(lines, 1) if "😀" in line]


def test_comments_are_not_printed_and_may_hold_anything(tmp_path: Path) -> None:
    def change(text: str) -> str:
        text = text.replace("as_of:", "# 😀 记一笔\nas_of:", 1)
        return text.replace("# 五、保障措施", "# 五、保障措施\n\n<!-- 😀\n😀 -->\n", 1)

    assert told(tmp_path, change) == []


def test_a_hash_within_quotes_begins_no_comment(tmp_path: Path) -> None:
    found = told(
        tmp_path,
        lambda text: re.sub(r"^  legal_representative: .*$", '  legal_representative: "张 #😀"', text, count=1, flags=re.MULTILINE),
    )
    assert len(found) == 1
