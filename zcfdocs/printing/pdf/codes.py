"""The page code: a QR code at the foot of each page that names the document, its version and the page, so that a scan can be matched."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

import segno

from zcfdocs.manuscript.manuscript import Mark

# Upper-case letters, digits and "/" only: QR's alphanumeric mode then needs a fifth less room than bytes.
PAYLOAD = re.compile(r"ZCF1/([A-Z])/([0-9A-Z]{1,18}|-)/([0-9A-F]{32})/([1-9][0-9]{0,4})/([1-9][0-9]{0,4})")
SUBJECT = re.compile(r"[0-9A-Z]{1,18}")
QUIET = 4  # modules that stay white around the code (ISO/IEC 18004)
MASK = 2  # any of the eight is right; choosing the best by trial costs five times the drawing


@dataclass(frozen=True, slots=True)
class PageCode:
    """`kind` is the document's letter, `subject` the USCC, or "-" where the plan has no proper one; `digest` 32 hex digits of the plan's."""

    kind: str
    subject: str
    digest: str
    page: int
    pages: int

    @classmethod
    def of(cls, mark: Mark, page: int, pages: int) -> Self:
        return cls(
            mark.kind, mark.uscc if SUBJECT.fullmatch(mark.uscc) else "-", mark.digest.removeprefix("sha256:")[:32].upper(), page, pages
        )

    @classmethod
    def read(cls, payload: str) -> Self | None:
        """From a scan; None for any other code."""
        found = PAYLOAD.fullmatch(payload)
        return cls(found[1], found[2], found[3], int(found[4]), int(found[5])) if found else None

    @property
    def payload(self) -> str:
        return f"ZCF1/{self.kind}/{self.subject}/{self.digest}/{self.page}/{self.pages}"


def drawing(code: PageCode, x: float, y: float, size: float) -> bytes:
    """PDF operators for the code in a square of `size` points with its lower left corner at `x`, `y`; an artifact, outside the tags."""
    rows = [list(row) for row in segno.make(code.payload, error="q", mask=MASK, boost_error=False, micro=False).matrix]
    unit = size / (len(rows) + 2 * QUIET)
    runs = [f"{start} {len(rows) - 1 - row} {length} 1 re" for row, line in enumerate(rows) for start, length in _runs(line)]
    place = f"{unit:.4f} 0 0 {unit:.4f} {x + QUIET * unit:.3f} {y + QUIET * unit:.3f} cm"
    return f"/Artifact <</Type /Pagination>> BDC q 0 g {place} {' '.join(runs)} f Q EMC".encode("ascii")


def _runs(line: list[int]) -> list[tuple[int, int]]:
    """Where dark modules stand beside each other: (first, how many)."""
    return [(found.start(), len(found[0])) for found in re.finditer(b"\x01+", bytes(line))]
