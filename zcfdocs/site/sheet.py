"""A table as CSV that spreadsheets open as it is, and compute nothing of."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from zcfdocs.figure import PLAIN_NUMBER

# A spreadsheet takes these for the beginning of a formula; those of full width too, in some languages (OWASP, CSV Injection).
FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")


def sheet(lines: Iterable[Sequence[Any]]) -> bytes:
    """RFC 4180 in UTF-8 with the byte order mark that Excel wants."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([cell(value) for value in line] for line in lines)
    return out.getvalue().encode("utf-8-sig")


def cell(value: Any) -> str:
    """Empty for None; a text that a spreadsheet would compute gets a leading ', a plain number never."""
    text = "" if value is None else str(value)
    return f"'{text}" if FORMULA.match(text) and not PLAIN_NUMBER.fullmatch(text) else text
