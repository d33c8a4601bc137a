"""The body's paragraphs before and after, matched like text and not like lines."""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from zcfdocs.outline import FENCED, HEADING
from zcfdocs.reviewing import model

MOST, LONGEST = 1_000, 50_000  # paragraphs of a body, characters of one
LIKE = 0.3  # how alike two paragraphs must be to be one that was changed


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list, table or code block; `line` counts in the file, `section` is the heading it stands under."""

    text: str
    line: int
    section: str


def blocks(body: str, first_line: int) -> tuple[Block, ...]:
    """In order; headings are blocks of their own."""
    found: list[Block] = []
    lines: list[str] = []
    start, section, fence = first_line, "", ""

    def close() -> None:
        if text := "\n".join(lines).strip("\n"):
            found.append(Block(text[:LONGEST], start, section))
        lines.clear()

    for number, line in enumerate(body.split("\n"), first_line):
        if mark := FENCED.match(line):
            fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
        heading = None if fence else HEADING.fullmatch(line)
        if heading or (not line.strip() and not fence):
            close()
        if heading:
            section = heading[2][:200]
            found.append(Block(line[:LONGEST], number, section))
            continue
        if line.strip() or fence:
            if not lines:
                start = number
            lines.append(line)
    close()
    return tuple(found[:MOST])


def changed_paragraphs(before: Sequence[Block], after: Sequence[Block]) -> Iterator[model.Paragraph]:
    """Paragraphs that came, went or changed, in the order of the newer text."""
    matcher = difflib.SequenceMatcher(None, [block.text for block in before], [block.text for block in after], autojunk=False)
    for tag, first, last, start, end in matcher.get_opcodes():
        if tag != "equal":
            yield from _replaced(before[first:last], after[start:end])


def _replaced(olds: Sequence[Block], news: Sequence[Block]) -> Iterator[model.Paragraph]:
    """Each new paragraph beside the first old one it is made from; what is left over came or went."""
    left = list(olds)
    for new in news:
        old = next((block for block in left[:20] if _alike(block.text, new.text)), None)
        while old is not None and left and left[0] is not old:
            yield _gone(left.pop(0))
        if old is not None:
            left.pop(0)
        yield model.Paragraph(section=new.section, line=new.line, before=old.text if old else None, after=new.text)
    yield from map(_gone, left)


def _gone(block: Block) -> model.Paragraph:
    return model.Paragraph(section=block.section, line=block.line, before=block.text, after=None)


def _alike(old: str, new: str) -> bool:
    """By the pairs of characters both have, which costs no more than reading them."""
    first, second = (set(itertools.pairwise(text[:4_000])) for text in (old, new))
    return old == new or len(first & second) > LIKE * len(first | second)
