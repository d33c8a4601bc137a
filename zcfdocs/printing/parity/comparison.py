"""Two documents held against each other, block by block and number by number."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import groupby, takewhile, zip_longest

from zcfdocs.printing.parity.block import CALL, Block, Copy, numbers, plain

# After the title of an entry of the contents, on paper: dots, then the page number.
LEADER = re.compile(r"[·.…\s]*(\d*)$")


@dataclass(frozen=True, slots=True)
class Difference:
    """What the manuscript says at a place, and what a copy says there; None where one of them says nothing."""

    copy: str
    place: str
    wanted: str | None
    found: str | None

    def __str__(self) -> str:
        if self.wanted is None:
            return f"{self.copy} {self.place}：多出“{_short(self.found)}”"
        if self.found is None:
            return f"{self.copy} {self.place}：缺少“{_short(self.wanted)}”"
        pairs = zip_longest(numbers(plain(self.wanted)), numbers(plain(self.found)), fillvalue="无")
        changed = "、".join(f"{one} 变为 {other}" for one, other in pairs if one != other)
        return f"{self.copy} {self.place}：应为“{_short(self.wanted)}”，却是“{_short(self.found)}”" + (
            f"（数字 {changed}）" if changed else ""
        )


def _short(text: str | None) -> str:
    told = " ".join((text or "").replace(CALL, "").split())
    return told if len(told) <= 60 else f"{told[:57]}…"


def differences(truth: Copy, copy: Copy) -> Iterator[Difference]:
    """Everything in which a copy departs from the manuscript. On paper a page break may part a block and repeats the head of a table."""
    wanted = _called(truth.blocks) if copy.paged else list(truth.blocks)
    entries = {block.plain for block in wanted if block.kind == "entry"}
    found = _with_entries(copy.blocks, entries)
    yield from _compared(copy.name, wanted, _joined(found, wanted) if copy.paged else found)
    yield from _compared(copy.name, truth.notes, copy.notes)


def labels(truth: Copy, copy: Copy) -> dict[str, str]:
    """The page numbers a copy's contents show, by title."""
    entries = {block.plain for block in truth.blocks if block.kind == "entry"}
    return {block.plain: block.label for block in _with_entries(copy.blocks, entries) if block.label}


def _with_entries(blocks: Sequence[Block], entries: Collection[str]) -> list[Block]:
    """The contents with title and page number apart: the longest run of blocks that are titles, since elsewhere a title comes alone."""
    first = last = at = 0
    for is_title, run in groupby(blocks, key=lambda block: _title(block) in entries):
        size = len(list(run))
        if is_title and size > last - first:
            first, last = at, at + size
        at += size
    return [*blocks[:first], *map(_entry, blocks[first:last]), *blocks[last:]]


def _title(block: Block) -> str:
    return plain(LEADER.sub("", block.text)) if block.kind in ("paragraph", "entry") else ""


def _entry(block: Block) -> Block:
    if block.label or (found := LEADER.search(block.text)) is None:
        return block
    return replace(block, text=block.text[: found.start()], label=found[1])


def _called(blocks: Sequence[Block]) -> list[Block]:
    """The manuscript's blocks with the numbers by which paper calls its notes."""
    number, told = 0, []
    for block in blocks:
        text = block.text
        while CALL in text:
            number += 1
            text = text.replace(CALL, str(number), 1)
        told.append(replace(block, text=text) if text is not block.text else block)
    return told


def _compared(name: str, wanted: Sequence[Block], found: Sequence[Block]) -> Iterator[Difference]:
    texts, others = [block.plain for block in wanted], [block.plain for block in found]
    if texts == others:
        return
    for kind, a0, a1, b0, b1 in SequenceMatcher(None, texts, others, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        for one, other in zip_longest(wanted[a0:a1], found[b0:b1]):
            place = " ".join(filter(None, (one.place if one else "", f"（{other.place}）" if other else "")))
            yield Difference(name, place, one.text if one else None, other.text if other else None)


def _joined(found: Sequence[Block], wanted: Sequence[Block]) -> list[Block]:
    """Blocks as they were before pages parted them: fragments put together, repeated heads of tables taken out."""
    whole: list[Block] = []
    texts = [block.plain for block in wanted]
    at = 0
    while at < len(found):
        block, want = found[at], texts[len(whole)] if len(whole) < len(texts) else ""
        if block.plain == want:
            whole.append(block)
            at += 1
        elif (size := _repeated(found, at, wanted, len(whole))) > 0:
            at += size
        elif row := _row(found, at, texts, len(whole)):
            whole += row[0]
            at = row[1]
        elif fragments := _fragments(found, at, want):
            whole.append(replace(block, text="".join(item.text for item in found[at : at + fragments])))
            at += fragments
        else:
            whole.append(block)
            at += 1
    return whole


def _repeated(found: Sequence[Block], at: int, wanted: Sequence[Block], done: int) -> int:
    """How many blocks from `at` are the head of the table that is being read, set again at the top of a page; 0 where they are not."""
    if not found[at].head or at == 0 or found[at].page <= found[at - 1].page:
        return 0
    last = min(done, len(wanted)) - 1
    while last >= 0 and not wanted[last].head:
        if wanted[last].kind != "cell":
            return 0
        last -= 1
    first = last
    while first > 0 and wanted[first - 1].head:
        first -= 1
    size = last - first + 1
    run = found[at : at + size]
    same = all(one.head and one.plain == other.plain for one, other in zip(run, wanted[first : last + 1], strict=False))
    return size if last >= 0 and len(run) == size and same else 0


def _fragments(found: Sequence[Block], at: int, want: str) -> int:
    """How many blocks from `at`, each on a later page than the one before, make up the wanted text."""
    text, size = found[at].plain, 1
    while want.startswith(text) and at + size < len(found) and found[at + size].page > found[at + size - 1].page:
        text += found[at + size].plain
        size += 1
        if text == want:
            return size
    return 0


def _row(found: Sequence[Block], at: int, texts: Sequence[str], done: int) -> tuple[list[Block], int] | None:
    """A row taller than its page: its cells begin on one page and go on, all together, on the next ones."""
    if not found[at].row:
        return None
    first = list(takewhile(lambda block: block.row == found[at].row, found[at:]))
    merged, end = list(first), at + len(first)
    wants = texts[done : done + len(first)]
    while end < len(found) and [block.plain for block in merged] != wants:
        while end < len(found) and found[end].head:
            end += 1
        if end >= len(found) or not found[end].row or found[end].page <= found[end - 1].page:
            return None
        following = [block for block in found[end : end + len(first)] if block.row == found[end].row]
        if len(following) != len(first):
            return None
        merged = [replace(one, text=one.text + other.text) for one, other in zip(merged, following, strict=True)]
        end += len(following)
    return (merged, end) if [block.plain for block in merged] == wants else None
