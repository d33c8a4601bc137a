"""What a plan's earlier versions earned: each read from its commit's objects and judged by the catalogue of that commit."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from zcfdocs.catalogue import Catalogue
from zcfdocs.dossier import is_public
from zcfdocs.errors import ZcfError
from zcfdocs.history import Moment
from zcfdocs.loading import Shelf
from zcfdocs.pipeline import card, examine
from zcfdocs.scorecard import Json, Origin
from zcfdocs.snapshot import listing, write_out

PLANS, INDICATORS, PLAN = "plans", "indicators", "plan.md"


@dataclass(frozen=True, slots=True)
class Version:
    """`card` is None where its text cannot be scored any more."""

    moment: Moment
    public: bool
    card: Json | None


def versions(top: Path, moments: Sequence[Moment], catalogue: Catalogue) -> Iterator[Version]:
    """Oldest first; whether the public saw one is judged by today's catalogue and the consent of that day."""
    for moment in moments:
        yield Version(moment, is_public(moment.stage, moment.publish, catalogue), _card(top, moment))


def _card(top: Path, moment: Moment) -> Json | None:
    above = moment.folder.rsplit("/", 2)[0].removesuffix(PLANS)
    try:
        blobs = listing(top, moment.commit, (f"{moment.folder}/", f"{above}{INDICATORS}/"))
        with tempfile.TemporaryDirectory(prefix="zcf-version-") as folder:
            room = Path(folder)
            write_out(top, blobs, blobs, room)
            shelf = Shelf(room / above / INDICATORS)
            found = card(examine(room / moment.folder / PLAN, PLAN, shelf, top), Origin(moment.commit, False))
            return found if found is not None and found["plan"]["stage"] == moment.stage else None
    except (ZcfError, OSError):
        return None  # objects that a shallow or partial clone lacks
