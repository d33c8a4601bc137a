"""What districts, the city and experts decide about a plan, as they write it."""

from __future__ import annotations

import re
from typing import Annotated

from zcfdocs.fields import Day, Flag, Noun, Number, Prose, Text, choice

ROLES = {"district": "区", "city": "市", "expert": "专家"}
DECISIONS = {
    "none": "",
    "return": "退回修改",
    "recommend": "同意推荐",
    "reject": "不予通过",
    "select": "列为培育对象",
    "confirm": "确定为试点企业",
}
# The papers print the first 16 digits of a digest; as many tell versions apart.
DIGEST = re.compile(r"(?:sha256:)?([0-9a-f]{16,64})")


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

    role: Annotated[str, choice(*ROLES)]
    reviewer: Text | None = None
    date: Day | None = None
    digest: Text | None = None
    decision: Annotated[str, choice(*DECISIONS)] = "none"
    basic: tuple[ReviewedRequirement, ...] = ()
    rows: tuple[ReviewedRow, ...] = ()
    requests: tuple[Request, ...] = ()
    visit: VisitNotes | None = None

    @property
    def who(self) -> str:
        """`专家 某某`; the role alone where nobody signed."""
        return f"{ROLES[self.role]} {self.reviewer}" if self.reviewer else ROLES[self.role]

    @property
    def decided(self) -> str:
        """The decision in words, empty where there is none; a district that rejects does not recommend."""
        return "不予推荐" if (self.role, self.decision) == ("district", "reject") else DECISIONS[self.decision]


class Reviews(Noun):
    format: Annotated[str, choice("zcf-reviews/1")]
    reviews: tuple[Review, ...] = ()

    def last(self, role: str) -> Review | None:
        """The newest review of a role, as they stand in the file."""
        return next((review for review in reversed(self.reviews) if review.role == role), None)


NO_REVIEWS = Reviews(format="zcf-reviews/1")


def is_of(review: Review, digest: str) -> bool | None:
    """Whether a review judged the version with this digest; None where it does not say which it judged."""
    found = DIGEST.fullmatch(review.digest or "")
    return None if found is None else digest.removeprefix("sha256:").startswith(found[1])
