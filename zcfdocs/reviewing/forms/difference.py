"""Two texts as one that shows what went and what came: by hanzi, by whole words and numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import accumulate, groupby
from typing import Literal

Piece = tuple[Literal["same", "del", "ins"], str]
Pair = tuple[str | None, str | None]
# A number or a Latin word changes as a whole: 3000 → 11600 is no “<del>300</del><ins>116</ins>00”.
TOKEN = re.compile(r"[0-9A-Za-z]+(?:[.,_-][0-9A-Za-z]+)*%?|\s+|.", re.DOTALL)
SENTENCE = re.compile(r"[^。！？；\n]+[。！？；\n]*|[。！？；\n]+")
# Comparing two texts takes as many steps as their tokens meet; whoever writes a plan must not decide how long a review takes.
MOST_STEPS, MOST_TOGETHER = 500_000, 5_000_000
SHORT = 1  # a shared word or hanzi alone between two changes only makes confetti


def differences(pairs: Sequence[Pair]) -> tuple[tuple[Piece, ...], ...]:
    """For each pair its runs in order: same and del make the old text, same and ins the new; finer where there is time for it."""
    cut = [tuple(_tokens(side or "") for side in pair) for pair in pairs]
    spent = accumulate(min(_steps(*sides), MOST_STEPS) for sides in cut)
    return tuple(
        tuple(_calm(_compared(*sides)) if total <= MOST_TOGETHER and _steps(*sides) <= MOST_STEPS else _whole(*sides))
        for sides, total in zip(cut, spent, strict=True)
    )


def _tokens(text: str) -> list[str]:
    return TOKEN.findall(text)


def _steps(olds: Sequence[str], news: Sequence[str]) -> int:
    met = Counter(news)
    return sum(met[token] for token in olds)


def _whole(olds: Sequence[str], news: Sequence[str]) -> Iterator[Piece]:
    """By sentences where that is quick, else the one text for the other."""
    old, new = SENTENCE.findall("".join(olds)), SENTENCE.findall("".join(news))
    if _steps(old, new) <= MOST_STEPS // 10:
        yield from _compared(old, new)
        return
    yield "del", "".join(olds)
    yield "ins", "".join(news)


def _compared(olds: Sequence[str], news: Sequence[str]) -> Iterator[Piece]:
    for tag, first, last, start, end in SequenceMatcher(None, olds, news, autojunk=False).get_opcodes():
        if tag == "equal":
            yield "same", "".join(olds[first:last])
            continue
        if last > first:
            yield "del", "".join(olds[first:last])
        if end > start:
            yield "ins", "".join(news[start:end])


def _calm(found: Iterator[Piece]) -> Iterator[Piece]:
    """Changes with a single character between them are one change: first what went, then what came."""
    runs = list(found)
    joined: list[Piece] = []
    for index, (kind, text) in enumerate(runs):
        confetti = kind == "same" and 0 < index < len(runs) - 1 and len(text) <= SHORT and text.isalnum()
        joined += [("del", text), ("ins", text)] if confetti else [(kind, text)]
    for same, run in groupby(joined, key=lambda piece: piece[0] == "same"):
        members = list(run)
        if same:
            yield "same", "".join(text for _, text in members)
            continue
        gone, come = ("".join(text for other, text in members if other == kind) for kind in ("del", "ins"))
        if gone:
            yield "del", gone
        if come:
            yield "ins", come
