"""Characters that none of the theme's fonts has: they would print as empty boxes."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache

from zcfdocs.checks.registry import Case, Problem, check, uncommented
from zcfdocs.finding import Severity
from zcfdocs.places import THEME

COVERAGE = THEME / "fonts" / "coverage.txt"
# Programs that set text ask no font for these: line ends, joiners, soft hyphens, selectors of a variant.
UNSEEN = re.compile("[\t\n\r\u00ad\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]")
MOST_LINES = 5
PICTURED = re.compile("[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]")
Place = tuple[int, int]


@lru_cache(maxsize=1)
def _ranges() -> tuple[list[int], list[int]]:
    """First and last code points of the ranges the fonts have, as tools/make_fonts.py wrote them."""
    pairs = [line.split("-") for line in COVERAGE.read_text("ascii").split()]
    return [int(first, 16) for first, _ in pairs], [int(last, 16) for _, last in pairs]


@lru_cache(maxsize=100_000)
def has_glyph(letter: str) -> bool:
    """Whether a font of the theme can draw the character, or nothing has to be drawn for it."""
    firsts, lasts = _ranges()
    at = bisect_right(firsts, ord(letter)) - 1
    return (at >= 0 and ord(letter) <= lasts[at]) or UNSEEN.match(letter) is not None


@check("Z720", Severity.ERROR, why="没有字形的字会印成空框，人名、企业名尤其不能缺字；字库随本工具提供，各台电脑印出来才一样。",
       wrong="方案里有表情符号，或字库没有收的字", right="删去表情符号；人名用字用通行的写法，或先把含有该字的字体加进 theme/fonts")  # fmt: skip
def every_character_has_a_glyph(case: Case) -> Iterator[Problem]:
    """字库里没有这个字，印不出来。"""
    for letter, places in _found(case).items():
        line, column = places[0]
        told = "、".join(str(number) for number in list(dict.fromkeys(number for number, _ in places))[:MOST_LINES])
        name = f"“{letter}”（U+{ord(letter):04X}）" if letter.isprintable() else f"U+{ord(letter):04X}"
        yield Problem((), f"字库里没有 {name}，在第 {told} 行", _mend(letter), line=line, column=column)


def _found(case: Case) -> dict[str, list[Place]]:
    """Each such character with its lines and columns, in order; what stands only in comments is not printed."""
    source = case.reading.source
    lost = "".join(letter for letter in sorted(set(source.text)) if not has_glyph(letter))
    if not lost:
        return {}
    wanted = re.compile(f"[{re.escape(lost)}]")
    lines = source.text.split("\n")
    front, body = lines[: source.body_line - 1], uncommented(source.body).split("\n")
    found: dict[str, list[Place]] = {}
    for number, line in enumerate(front, 1):
        for match in wanted.finditer(_uncommented(line)):
            found.setdefault(match[0], []).append((number, match.start() + 1))
    for number, line in enumerate(body, source.body_line):
        for match in wanted.finditer(line):
            found.setdefault(match[0], []).append((number, match.start() + 1))
    return found


def _uncommented(line: str) -> str:
    """A line of data up to its comment: a `#` at its start or after a space, outside quotes."""
    quote = ""
    for at, letter in enumerate(line):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter == "#" and (at == 0 or line[at - 1] in " \t"):
            return line[:at]
    return line


def _mend(letter: str) -> str:
    if PICTURED.match(letter):
        return "删去表情符号和图形符号"
    if unicodedata.category(letter).startswith("C"):
        return "删去这个看不见的字符"
    return "改用通行的写法；确须使用的，把含有该字的字体加进 theme/fonts（办法见其中的 README.md）"
