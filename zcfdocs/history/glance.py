"""Where a plan.md belongs in history: read as `check` reads it, or told at a glance where its front-matter is plain beyond doubt."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from pydantic import ConfigDict

from zcfdocs.fields import Flag, Noun, Text
from zcfdocs.reading import FENCE, MAX_FRONT, MAX_LINE, split
from zcfdocs.tree import NULLS, parse

OPENING, CLOSING = f"{FENCE}\n".encode(), f"\n{FENCE}\n".encode()
USCC = re.compile(r"[0-9A-Z]{18}")
DEEPEST = 8  # blocks within blocks; with the three of a flow still far from what is refused
FEW = 200  # texts that are read in full before it is worth half a second to learn to glance
MOST_LINES, MOST_SHAPES = 60_000, 4_000  # remembered at a time: those of one plan come together

# What stands for itself in any context of YAML: no indicator, no line break, nothing unprintable.
WIDE = "·×°²³–—‘’“”…℃₂①-⑳、-】〔-〕一-鿿！-～"
PLAIN = rf"-?[0-9A-Za-z_.+/({WIDE}][0-9A-Za-z_./%+()=@{WIDE}-]*+(?: ++[0-9A-Za-z_./%+()=@{WIDE}-]++)*+"
PRINTED = rf" -!#-&(-\[\]-~{WIDE}"  # without quotes and the backslash
QUOTED = rf'"[{PRINTED}\']*+"|\'[{PRINTED}"\\\\]*+\''
KEY = "[a-z_][a-z0-9_]{0,60}"
SCALAR = rf"(?:{QUOTED}|{PLAIN})"


def _flow(item: str) -> str:
    """A list or mapping on one line, of such items."""
    return rf"(?:\{{(?:{KEY}: {item}(?:, {KEY}: {item})*+)?\}}|\[(?:{item}(?:, {item})*+)?\])"


FLOW = _flow(rf"(?:{SCALAR}|{_flow(f'(?:{SCALAR}|{_flow(SCALAR)})')})")
COMMENT = rf"#[{PRINTED}\"'\\]*+"
LINE = (
    rf"(?P<indent> *+)(?:(?P<dash>- )?(?:(?P<key>{KEY}):(?: (?:(?P<block>[|>]-?)|(?P<flow>{FLOW})|(?P<value>{SCALAR})))?"
    rf"|(?P<item>{FLOW}|{SCALAR}))(?: ++{COMMENT})?|(?P<comment>{COMMENT}))"
)
TEXT = re.compile(rf"( *+)(?! )[{PRINTED}\"'\\]++")
ASKED = ("catalogue", "stage", "publish", "factory", "uscc", "site")


@cache
def _line() -> re.Pattern[str]:
    """Compiled where it is needed: that takes longer than most commands."""
    return re.compile(LINE)


class _Factory(Noun):
    model_config = ConfigDict(frozen=True, extra="ignore")
    uscc: Text
    site: Text | None = None


class _Head(Noun):
    """What of a plan's front-matter places it in history."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    catalogue: Text
    stage: Text
    factory: _Factory
    publish: Flag = False


@dataclass(frozen=True, slots=True)
class Told:
    """What a plan.md says of that."""

    uscc: str
    site: str | None
    catalogue: str
    stage: str
    publish: bool


def told(raw: bytes) -> Told | None:
    """Read as `check` reads it; None for what is no plan."""
    try:
        front, _, _, problem = split(raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n"))
        root = None if problem else parse(front)[0]
        head = _Head.model_validate(root.data) if root is not None else None
    except (ValueError, RecursionError):
        return None
    if head is None or not USCC.fullmatch(head.factory.uscc):
        return None
    return Told(head.factory.uscc, head.factory.site, head.catalogue, head.stage, head.publish)


class Shape(NamedTuple):
    """What a line is: its indent; `kind` is key, open (a key with nothing behind it), block, item, blank, comment or text.

    `name` is the key where it is one of those asked for.
    """

    indent: int
    dash: bool
    kind: str
    name: str


BLANK = Shape(0, False, "blank", "")


class Glance:
    """Remembers lines and sequences of lines it has seen: versions of a plan share nearly all of them."""

    def __init__(self) -> None:
        self._shapes: list[Shape | None] = []
        self._numbers: dict[Shape | None, int] = {}
        self._lines: dict[bytes, int] = {}
        self._found: dict[tuple[int, ...], Mapping[str, int] | None] = {}
        self._body = b""
        self._count = 0

    def told(self, raw: bytes) -> Told | None:
        self._count += 1
        return told(raw) if self._count <= FEW else self.scanned(raw) or told(raw)

    def scanned(self, raw: bytes) -> Told | None:
        """None wherever the text is not plain beyond doubt, whether it is a plan or not."""
        closing = raw.find(CLOSING)
        if len(raw) > MAX_FRONT or closing < 0 or b"\r" in raw or not raw.startswith(OPENING) or not self._is_text(raw[closing:]):
            return None
        front = raw[len(OPENING) : closing].split(b"\n")
        places = self._places(front)
        return None if places is None else _said({name: front[at].decode() for name, at in places.items()})

    def _is_text(self, body: bytes) -> bool:
        """UTF-8 with lines that are not too long; what was so of the version before need not be looked at again."""
        if body == self._body:
            return True
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return False
        if len(text) > MAX_LINE and max(map(len, text.split("\n"))) > MAX_LINE:
            return False
        self._body = body
        return True

    def _places(self, front: list[bytes]) -> Mapping[str, int] | None:
        try:
            numbers = tuple(map(self._lines.__getitem__, front))
        except KeyError:
            self._learn(front)
            numbers = tuple(map(self._lines.__getitem__, front))
        if numbers not in self._found:
            if len(self._found) > MOST_SHAPES:
                self._found.clear()
            self._found[numbers] = _places([self._shapes[number] for number in numbers])
        return self._found[numbers]

    def _learn(self, front: list[bytes]) -> None:
        if len(self._lines) > MOST_LINES:
            self._lines.clear()
        for line in set(front).difference(self._lines):
            shape = _shape(line)
            number = self._lines[line] = self._numbers.setdefault(shape, len(self._shapes))
            if number == len(self._shapes):
                self._shapes.append(shape)


def _shape(raw: bytes) -> Shape | None:
    """None for what no plain front-matter has."""
    if not raw:
        return BLANK
    try:
        line = raw.decode()
    except UnicodeDecodeError:
        return None
    if len(line) > MAX_LINE:
        return None
    found = _line().fullmatch(line)
    if found is None:
        text = TEXT.fullmatch(line)
        return Shape(text.end(1), False, "text", "") if text else None
    indent, dash, key, block, flow, value, _, comment = found.groups()
    if comment is not None:
        return Shape(len(indent), False, "comment", "")
    if key is None:
        return Shape(len(indent), dash is not None, "item" if dash else "text", "")
    kind = "key" if value or flow else "block" if block else "open"
    return Shape(len(indent), dash is not None, kind, key if key in ASKED else "")


def _places(shapes: Sequence[Shape | None]) -> Mapping[str, int] | None:
    """The lines of the keys asked for; None where the blocks do not plainly fit or such a key stands twice."""
    if None in shapes:
        return None
    outline = _Outline()
    return outline.places if all(outline.take(at, shape) for at, shape in enumerate(shapes) if shape is not None) else None


class _Outline:
    """Blocks within blocks, line by line."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}
        self._blocks: list[tuple[int, str]] = []  # column and map or list, the outermost first
        self._open: int | None = None  # the column of a key that has nothing behind it yet
        self._text: tuple[int, int] | None = None  # of block text: the column it must be beyond, and its own, 0 before it begins
        self._factory = False  # whether the lines belong to `factory`

    def take(self, at: int, shape: Shape) -> bool:
        if shape.kind == "blank" or self._is_text(shape):
            return True
        self._text = None
        if shape.kind == "comment":
            return True
        if shape.kind == "text" or not self._placed(shape.indent, "list" if shape.dash else "map"):
            return False
        column = shape.indent
        if shape.dash and shape.kind != "item":
            column += 2
            self._blocks.append((column, "map"))
        self._open = column if shape.kind == "open" else None
        self._text = (column, 0) if shape.kind == "block" else None
        return len(self._blocks) <= DEEPEST and (shape.kind == "item" or self._note(at, shape))

    def _is_text(self, shape: Shape) -> bool:
        if self._text is None:
            return False
        beyond, own = self._text
        if not own and shape.indent > beyond:
            self._text = (beyond, shape.indent)
            return True
        return bool(own) and shape.indent >= own

    def _placed(self, column: int, kind: str) -> bool:
        """Whether a block of this kind goes on in this column or may begin there."""
        opened, self._open = self._open, None
        begins = not self._blocks if opened is None else column > opened or (column == opened and kind == "list")
        if begins:
            self._blocks.append((column, kind))
            return bool(opened is not None or (column, kind) == (0, "map"))
        while self._blocks and self._blocks[-1][0] > column:
            self._blocks.pop()
        if kind == "map" and self._blocks[-1:] == [(column, "list")]:
            self._blocks.pop()  # a list in the column of its key is over
        return self._blocks[-1:] == [(column, kind)]

    def _note(self, at: int, shape: Shape) -> bool:
        depth = len(self._blocks)
        if depth == 1:
            self._factory = shape.name == "factory"
        own = (depth == 1 and shape.name not in ("", "uscc", "site")) or (depth == 2 and self._factory and shape.name in ("uscc", "site"))
        if own and shape.name in self.places:
            return False
        if own:
            self.places[shape.name] = at
        return True


def _said(lines: Mapping[str, str]) -> Told | None:
    values = {name: _value(line) for name, line in lines.items() if name != "factory"}
    catalogue, stage, uscc = (values.get(name) for name in ("catalogue", "stage", "uscc"))
    publish, site = values.get("publish", "false"), values.get("site")
    if not (catalogue and stage and uscc and USCC.fullmatch(uscc)) or publish not in ("true", "false") or ("site" in values and not site):
        return None
    return Told(uscc, site, catalogue, stage, publish == "true")


@lru_cache(maxsize=MOST_SHAPES)
def _value(line: str) -> str:
    """Empty where it is not plainly a short text."""
    found = _line().fullmatch(line)
    text = found["value"] if found else None
    if not text or len(text) > 200 or text in NULLS:
        return ""
    text = text[1:-1] if text[0] in "\"'" else text
    return text if text == text.strip() else ""
