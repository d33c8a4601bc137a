"""The versions of a plan as the public may know them: when, at which stage, from which commit, how many points, and what moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zcfdocs.catalogue import Catalogue
from zcfdocs.past import Version
from zcfdocs.scorecard import Json


def told(versions: Sequence[Version], catalogue: Catalogue, everything: bool) -> tuple[Json, ...]:
    """Oldest first: those that were public, in a preview all (`everything`); what moved is told against the one told before.

    Points and totals alone: what else an old text said may have been withheld since.
    """
    shown = [version for version in versions if version.public or everything]
    before: Json | None = None
    found = []
    for version in shown:
        found.append(_told(version, before, catalogue))
        before = version.card or before
    return tuple(found)


def _told(version: Version, before: Json | None, catalogue: Catalogue) -> Json:
    card, moment = version.card, version.moment
    stage = catalogue.stage(moment.stage)
    return {
        "number": moment.number,
        "date": moment.day,
        "stage": {"key": moment.stage, "name": stage.name if stage else moment.stage},
        "commit": moment.commit,
        "digest": card["plan"]["digest"] if card else None,
        "scores": {name: {key: phase[key] for key in ("total", "display", "eligible")} for name, phase in card["phases"].items()}
        if card
        else {},
        "changes": list(_changes(before, card)) if before and card else [],
    }


def _changes(before: Json, after: Json) -> Iterator[Json]:
    """Rows whose points differ, by phase."""
    for phase, scored in after["phases"].items():
        was = {row["id"]: row["points"] for row in before["phases"].get(phase, {"rows": ()})["rows"]}
        for row in scored["rows"]:
            if row["id"] in was and was[row["id"]] != row["points"]:
                yield {"row": row["id"], "phase": phase, "before": was[row["id"]], "after": row["points"]}
