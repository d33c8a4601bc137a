"""Personal data in a text: telephone numbers, addresses of mail, identity numbers, in whatever characters a page would show them."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, repeat

DASH = "[-\u2010-\u2015\u2212]"
GAP = f"(?: ?{DASH} ?| )?"
COUNTRY = rf"(?:\(?(?:\+|00)?86\)?{GAP})?"
MOBILE = re.compile(
    rf"(?<![0-9A-Za-z.]){COUNTRY}(?:1[3-9][0-9]{GAP}[0-9]{{4}}{GAP}[0-9]{{4}}|1[3-9][0-9]([.·])[0-9]{{4}}\1[0-9]{{4}}"
    rf"|1[3-9][0-9]{{2}}{DASH}[0-9]{{3}}{DASH}[0-9]{{4}})(?![0-9A-Za-z])"
)
AREA = rf"(?:\(0[1-9][0-9]{{1,2}}\){GAP}|0[1-9][0-9]{{1,2}}(?: ?{DASH} ?| )|\+86{GAP}[1-9][0-9]{{1,2}}(?: ?{DASH} ?| ))"
LANDLINE = re.compile(rf"(?<![0-9A-Za-z.]){AREA}[2-9][0-9]{{2,3}}{GAP}[0-9]{{4}}(?![0-9])")
EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}")
IDENTITY = re.compile(
    r"(?<![0-9A-Za-z])[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx](?![0-9A-Za-z])"
)
NAMES = {"手机号码": MOBILE, "电话号码": LANDLINE, "电子邮箱": EMAIL, "身份证号码": IDENTITY}
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
PIECE = re.compile(rf"{ENTITY.pattern}|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Seen:
    """What it is, and where in the text it begins; it is told by its beginning, never whole."""

    name: str
    text: str
    start: int

    def __str__(self) -> str:
        return f"{self.name} {self.text[:3]}…{self.text[-2:]}"


def personal(text: str) -> Iterator[Seen]:
    """Each in half-width figures without HTML entities; of identity numbers those whose check digit is right (GB 11643)."""
    shown = plain(text)
    places: list[int] = []
    for name, pattern in NAMES.items():
        for match in pattern.finditer(shown):
            if name == "身份证号码" and not _is_identity(match[0]):
                continue
            places = places or _places(text)
            yield Seen(name, match[0], places[min(match.start(), len(places) - 1)])


def plain(text: str) -> str:
    """As a reader sees it: entities and full-width characters resolved, what has no width left out."""
    resolved = ENTITY.sub(lambda match: html.unescape(match[0]), text) if "&" in text else text
    if resolved.isascii():
        return resolved
    return "".join(character for character in unicodedata.normalize("NFKC", resolved) if unicodedata.category(character) != "Cf")


def _places(text: str) -> list[int]:
    """For each character of the plain text, where it stands in what was written; an accent set apart may shift those after it."""
    pieces = ((match.start(), len(plain(match[0]))) for match in PIECE.finditer(text))
    return list(chain.from_iterable(repeat(start, length) for start, length in pieces))


def _is_identity(text: str) -> bool:
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, text, strict=False))
    return "10X98765432"[total % 11] == text[-1].upper()
