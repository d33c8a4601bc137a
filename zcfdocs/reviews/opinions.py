"""What bureaus and experts gave each row, beside the points computed from the plan and never merged into them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from zcfdocs.catalogue import Catalogue, Row
from zcfdocs.figure import exact
from zcfdocs.reviews.review import ROLES, Review, ReviewedRow, Reviews, is_of
from zcfdocs.scorecard import Json
from zcfdocs.scoring import PhaseScore, RowScore, Score

AGES = {True: "较早的版本", None: "未注明所审版本", False: ""}


@dataclass(frozen=True, slots=True)
class Voice:
    """An office, which speaks with one voice, or one expert; `place` tells experts without a name apart."""

    role: str
    name: str = ""
    place: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """Points for a row; `older`: given to another version of the plan, None where the review does not say to which."""

    voice: Voice
    reviewer: str
    date: date | None
    points: Fraction
    reason: str
    older: bool | None


@dataclass(frozen=True, slots=True)
class Spread:
    """Of several experts: exact, as the notice names no rounding."""

    count: int
    mean: Fraction
    lowest: Fraction
    highest: Fraction


@dataclass(frozen=True, slots=True)
class Beside:
    """A row in one phase: the points computed from the plan, and who gave it what."""

    own: RowScore
    marks: tuple[Mark, ...] = ()

    @property
    def row(self) -> Row:
        return self.own.row

    @property
    def experts(self) -> Spread | None:
        return spread(mark.points for mark in self.marks if mark.voice.role == "expert")

    @property
    def differs(self) -> bool:
        return any(mark.points != self.own.points for mark in self.marks)

    def of(self, voice: Voice) -> Mark | None:
        return next((mark for mark in self.marks if mark.voice == voice), None)


@dataclass(frozen=True, slots=True)
class Sum:
    """What one voice gave in one phase: points of the groups it scored whole, and the weighted total if that is all of them.

    `older` as of its marks: of one older at least, else of one unknown at least.
    """

    voice: Voice
    scored: int
    rows: int
    groups: tuple[Fraction | None, ...]
    total: Fraction | None
    older: bool | None


@dataclass(frozen=True, slots=True)
class PhaseOpinions:
    own: PhaseScore
    rows: tuple[Beside, ...]
    sums: tuple[Sum, ...]

    @property
    def voices(self) -> tuple[Voice, ...]:
        return tuple(item.voice for item in self.sums)

    @property
    def experts(self) -> Spread | None:
        """Of the totals of those experts who scored every row."""
        return spread(item.total for item in self.sums if item.voice.role == "expert" and item.total is not None)


@dataclass(frozen=True, slots=True)
class Heard:
    """A review of the file, whose voice it is, whether it is of an older version, and the rows of it that count."""

    review: Review
    voice: Voice
    older: bool | None
    rows: tuple[ReviewedRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Opinions:
    """`heard` as the reviews stand in the file; `voices` offices first; `phases` by the names of the score's."""

    heard: tuple[Heard, ...] = ()
    voices: tuple[Voice, ...] = ()
    phases: Mapping[str, PhaseOpinions] = field(default_factory=dict)


def spread(values: Iterable[Fraction]) -> Spread | None:
    given = list(values)
    return Spread(len(given), sum(given, Fraction(0)) / len(given), min(given), max(given)) if given else None


def opinions(score: Score, catalogue: Catalogue, digest: str, reviews: Reviews) -> Opinions:
    """Of one voice the newest points for a row count; what does not fit the catalogue or the plan (R401–R403) is left out."""
    heard = tuple(
        Heard(review, _voice(review, place), _older(review, digest), tuple(item for item in review.rows if _fits(item, score, catalogue)))
        for place, review in enumerate(reviews.reviews, 1)
    )
    marks: dict[tuple[str, str], dict[Voice, Mark]] = {}
    for each in heard:
        review = each.review
        for item in each.rows:
            given = Mark(each.voice, review.reviewer or "", review.date, item.points, item.reason or "", each.older)
            marks.setdefault((item.phase, item.id), {})[each.voice] = given
    order = tuple(sorted(dict.fromkeys(each.voice for each in heard), key=lambda voice: list(ROLES).index(voice.role)))
    phases = {
        name: _phase(phase, order, catalogue, {key: given for (of, key), given in marks.items() if of == name})
        for name, phase in score.phases.items()
    }
    return Opinions(heard, order, phases)


def _older(review: Review, digest: str) -> bool | None:
    same = is_of(review, digest)
    return None if same is None else not same


def _voice(review: Review, place: int) -> Voice:
    if review.role != "expert":
        return Voice(review.role)
    return Voice(review.role, review.reviewer) if review.reviewer else Voice(review.role, place=place)


def _fits(item: ReviewedRow, score: Score, catalogue: Catalogue) -> bool:
    row = catalogue.row(item.id)
    return row is not None and item.phase in score.phases and 0 <= item.points <= row.points


def _phase(phase: PhaseScore, order: tuple[Voice, ...], catalogue: Catalogue, marks: Mapping[str, Mapping[Voice, Mark]]) -> PhaseOpinions:
    rows = tuple(
        Beside(own, tuple(given[voice] for voice in order if voice in given))
        for own in phase.rows
        for given in (marks.get(own.row.id, {}),)
    )
    speaking = {voice for given in marks.values() for voice in given}
    return PhaseOpinions(phase, rows, tuple(_sum(voice, phase, catalogue, marks) for voice in order if voice in speaking))


def _sum(voice: Voice, phase: PhaseScore, catalogue: Catalogue, marks: Mapping[str, Mapping[Voice, Mark]]) -> Sum:
    """By the catalogue's weights; rows that do not apply are out of the sum where its reading says so, as in the score."""
    renormalised = catalogue.reading("not_applicable") == "renormalise"
    groups: list[Fraction | None] = []
    for group in phase.groups:
        counted = [row.row for row in group.rows if not (renormalised and row.status == "not_applicable")]
        given = [marks[row.id][voice].points for row in counted if voice in marks.get(row.id, {})]
        within = sum((row.points for row in counted), Fraction(0))
        earned = sum(given, Fraction(0))
        whole = earned * group.group.points / within if within else group.group.points
        groups.append(whole if len(given) == len(counted) else None)
    ages = [given[voice].older for given in marks.values() if voice in given]
    older = True if True in ages else None if None in ages else False
    parts = [points * group.group.weight for points, group in zip(groups, phase.groups, strict=True) if points is not None]
    total = sum(parts, Fraction(0)) if len(parts) == len(groups) else None
    return Sum(voice, len(ages), len(phase.rows), tuple(groups), total, older)


def with_reviews(card: Json, found: Opinions) -> Json:
    """The card for the bureau's own eyes: `reviews` of its rows filled. No copy of the factory's is made of it."""
    phases = {}
    for name, phase in card["phases"].items():
        beside = found.phases.get(name)
        marks = {item.row.id: item.marks for item in beside.rows} if beside else {}
        phases[name] = {**phase, "rows": [{**row, "reviews": [_told(mark) for mark in marks.get(row["id"], ())]} for row in phase["rows"]]}
    return {**card, "phases": phases}


def _told(mark: Mark) -> Json:
    return {
        "role": mark.voice.role,
        "reviewer": mark.reviewer or None,
        "date": mark.date.isoformat() if mark.date else None,
        "points": exact(mark.points),
        "reason": mark.reason or None,
        "older": mark.older,
    }
