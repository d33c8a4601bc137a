"""What verification says: checks with a verdict each, and what they amount to together."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from zcfdocs.finding import Meaning

BEIJING = datetime.timezone(datetime.timedelta(hours=8))


class Verdict(StrEnum):
    VALID = "valid"
    INVALID = "invalid"
    INDETERMINATE = "indeterminate"

    @property
    def label(self) -> str:
        return {"valid": "有效", "invalid": "无效", "indeterminate": "不确定"}[self.value]


MEANINGS: dict[str, Meaning] = {}


def define(code: str, title: str, *, why: str, mend: str) -> str:
    """Register a code once, and give it back for use; a code never means a second thing."""
    if code in MEANINGS:
        raise ValueError(f"{code} is defined twice")
    MEANINGS[code] = Meaning(code, title, why, mend)
    return code


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: `subject` is the file or the field, `message` a Chinese sentence with what was found."""

    code: str
    subject: str
    verdict: Verdict
    message: str

    def as_json(self) -> dict[str, str]:
        """The shape fixed for `verify --format json`."""
        return {"code": self.code, "subject": self.subject, "verdict": self.verdict.value, "message": self.message}


def beijing(moment: datetime.datetime) -> str:
    """A moment as it is told, wherever the verifier's clock is."""
    return f"北京时间 {moment.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"


def valid(code: str, subject: str, message: str) -> Check:
    return Check(code, subject, Verdict.VALID, message)


def invalid(code: str, subject: str, message: str) -> Check:
    return Check(code, subject, Verdict.INVALID, message)


def unsure(code: str, subject: str, message: str) -> Check:
    """What is missing to decide stands in the message: 不确定 is not 无效."""
    return Check(code, subject, Verdict.INDETERMINATE, message)


def together(checks: Iterable[Check]) -> Verdict:
    """Invalid as soon as one is; else unsure as soon as one is; nothing looked at proves nothing."""
    found = {check.verdict for check in checks}
    if Verdict.INVALID in found or not found:
        return Verdict.INVALID
    return Verdict.INDETERMINATE if Verdict.INDETERMINATE in found else Verdict.VALID
