"""review.yaml of the bureaus: what districts, the city and experts decided about a plan (zcf-reviews/1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from zcfdocs.errors import ZcfError
from zcfdocs.fields import Day, Flag, Noun, Number, Prose, Text, choice
from zcfdocs.finding import Finding
from zcfdocs.tree import parse
from zcfdocs.typed import read

NAME = "review.yaml"
MOST_BYTES = 1 << 20


class ReviewedRequirement(Noun):
    id: Text
    met: Flag
    reason: Prose | None = None


class ReviewedRow(Noun):
    id: Text
    phase: Annotated[str, choice("now", "target", "result")]
    points: Number
    reason: Prose | None = None


class Request(Noun):
    row: Text | None = None
    text: Prose
    due: Day | None = None


class VisitNotes(Noun):
    date: Day | None = None
    people: tuple[Text, ...] = ()
    notes: Prose | None = None


class Review(Noun):
    """`digest` is that of the plan that was judged: a review of another version is shown as of an older one."""

    role: Annotated[str, choice("district", "city", "expert")]
    reviewer: Text | None = None
    date: Day | None = None
    digest: Text | None = None
    decision: Annotated[str, choice("none", "return", "recommend", "reject", "select", "confirm")] = "none"
    basic: tuple[ReviewedRequirement, ...] = ()
    rows: tuple[ReviewedRow, ...] = ()
    requests: tuple[Request, ...] = ()
    visit: VisitNotes | None = None


class Reviews(Noun):
    format: Annotated[str, choice("zcf-reviews/1")]
    reviews: tuple[Review, ...] = ()

    def last(self, role: str) -> Review | None:
        """The newest review of a role, as they stand in the file."""
        return next((review for review in reversed(self.reviews) if review.role == role), None)


NO_REVIEWS = Reviews(format="zcf-reviews/1")


@dataclass(frozen=True, slots=True)
class ReadReviews:
    """What could be read and what could not; a plan without the file has no reviews and no findings."""

    reviews: Reviews = NO_REVIEWS
    findings: tuple[Finding, ...] = ()


def read_reviews(folder: Path, shown: str) -> ReadReviews:
    """`folder` is the plan's; `shown` is the path findings print."""
    path = folder / NAME
    if not path.exists() and not path.is_symlink():
        return ReadReviews()
    if path.is_symlink() or not path.is_file() or path.stat().st_size > MOST_BYTES:
        raise ZcfError(f"{shown} 不是普通文件，或超过 {MOST_BYTES >> 20} MiB", "检查这个文件，或把它移走")
    try:
        text = path.read_text("utf-8").replace("\r\n", "\n").removeprefix("\ufeff")
    except (OSError, UnicodeDecodeError) as error:
        raise ZcfError(f"{shown} 不能读取：{error}", "检查这个文件，或把它移走") from error
    root, found = parse(text)
    findings = [replace(finding, path=shown) for finding in found]
    if root is None or findings:
        return ReadReviews(NO_REVIEWS, tuple(findings))
    typed = read(Reviews, root.data)
    for finding in typed.findings:
        line, column = root.key_place(finding.route) if finding.code == "Z102" else root.place(finding.route)
        findings.append(finding.at(shown, line, column))
    return ReadReviews(typed.noun or NO_REVIEWS, tuple(findings))
