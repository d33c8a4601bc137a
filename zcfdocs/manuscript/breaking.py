"""Where a line must not end: between a number and its unit, inside a unit, in a standard's number, in a remark like （目标）."""

from __future__ import annotations

import re

# U+2060 forbids a line end where it stands; it has no width, counts for nothing where texts are compared, and is not sent to Word.
JOINER = "\u2060"
PIECE = re.compile(r"<style\b.*?</style>|<title>.*?</title>|<[^>]*>|[^<]+", re.DOTALL)
COUNTED = "年月日元万亿千百吨套台件项个家人分户辆座条次页米立平度倍小天批种份升瓶公组"
RULES = (
    (re.compile(rf"(?<=\d)(?=[{COUNTED}])"), JOINER),
    (re.compile(r"(?<=[万亿千百])(?=[元吨套台件千立平标])"), JOINER),
    (re.compile(r"(?<=\d) (?=[A-Za-z万])"), f" {JOINER}"),
    # kgCO2e/套, tCO2/年, GB/T: what follows the stroke is short
    (re.compile(r"(?<=[A-Za-z0-9])/(?=[\u4e00-\u9fff]|(?:[A-Za-z]{1,3}|MWh|kWh)(?![A-Za-z]))"), f"/{JOINER}"),
    (re.compile(r"(?<![A-Za-z])((?:GB|DB|HJ|JB|QB|DL|ISO)(?:/\u2060?T)?) (?=\d)"), f"\\1 {JOINER}"),
    (re.compile(r"(?<=附[表件]\d)([—–-])(?=\d)"), f"{JOINER}\\1{JOINER}"),
    (re.compile(r"（(目标|结果|现状)）"), f"（{JOINER}\\1{JOINER}）"),
)


def unbroken(html: str) -> str:
    """The HTML with word joiners in its text; tags, style and title stay as they are."""
    return PIECE.sub(lambda piece: piece[0] if piece[0].startswith("<") else _joined(piece[0]), html)


def _joined(text: str) -> str:
    for pattern, joined in RULES:
        text = pattern.sub(joined, text)
    return text
