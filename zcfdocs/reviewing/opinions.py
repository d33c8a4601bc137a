"""The bureau's opinions as a review reports them."""

from __future__ import annotations

from zcfdocs.figure import exact
from zcfdocs.pipeline import Examined
from zcfdocs.reading import digest
from zcfdocs.reviewing.model import Opinion
from zcfdocs.reviews import Opinions, beside, opinions


def heard(item: Examined) -> tuple[Opinion, ...]:
    """What stands in the review.yaml beside the plan; nothing where the plan cannot be scored."""
    if item.rulebook is None or item.score is None:
        return ()
    read = beside(item.reading, item.rulebook.catalogue)
    return told(opinions(item.score, item.rulebook.catalogue, digest(item.reading.source, item.reading.evidence), read.reviews))


def told(found: Opinions) -> tuple[Opinion, ...]:
    """By phase and row."""
    return tuple(
        Opinion(
            role=mark.voice.role,  # type: ignore[arg-type]  # one of the roles of review.yaml
            reviewer=mark.reviewer,
            date=mark.date.isoformat() if mark.date else "",
            row=beside.row.id,
            phase=name,  # type: ignore[arg-type]  # one of the score's phases
            points=exact(mark.points),
            own=exact(beside.own.points),
            reason=mark.reason,
            older=mark.older,
        )
        for name, phase in found.phases.items()
        for beside in phase.rows
        for mark in beside.marks
    )
