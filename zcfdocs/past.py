"""What a plan's earlier versions earned: each read from its commit's objects and judged by the catalogue of that commit."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from zcfdocs.catalogue import Catalogue
from zcfdocs.dossier import is_public
from zcfdocs.errors import ZcfError
from zcfdocs.history import Moment
from zcfdocs.loading import Shelf
from zcfdocs.pipeline import card, examine
from zcfdocs.reading import digest
from zcfdocs.scorecard import Json, Origin
from zcfdocs.snapshot import listing, write_out

PLANS, INDICATORS, PLAN = "plans", "indicators", "plan.md"


@dataclass(frozen=True, slots=True)
class Version:
    """`card` is None where its text cannot be scored any more."""

    moment: Moment
    public: bool
    card: Json | None


@dataclass(frozen=True, slots=True)
class Seen:
    """A plan as a commit has it: its digest (spec 3), its card where it can be scored, the catalogue's names of its stage and rows."""

    name: str
    uscc: str
    site: str | None
    stage: str
    stage_name: str
    digest: str
    card: Json | None
    titles: Mapping[str, str]


def versions(top: Path, moments: Sequence[Moment], catalogue: Catalogue) -> Iterator[Version]:
    """Oldest first; whether the public saw one is judged by today's catalogue and the consent of that day."""
    for moment in moments:
        known = tuple(one for one in moments if one.number <= moment.number)
        found = seen(top, moment.commit, moment.folder, known)
        card = found.card if found is not None and found.stage == moment.stage else None
        yield Version(moment, is_public(moment.stage, moment.publish, catalogue), card)


def seen(top: Path, commit: str, folder: str, known: tuple[Moment, ...], indicators: Path | None = None) -> Seen | None:
    """`known` are the versions of the same round up to this commit, `indicators` the catalogues where the commit has none of its own.

    None where a shallow or partial clone lacks it, or it cannot be read.
    """
    above = folder.rsplit("/", 2)[0].removesuffix(PLANS)
    try:
        blobs = listing(top, commit, (f"{folder}/", f"{above}{INDICATORS}/"))
        with tempfile.TemporaryDirectory(prefix="zcf-version-") as made:
            room = Path(made)
            write_out(top, blobs, blobs, room)
            own = room / above / INDICATORS
            shelf = Shelf(own if own.is_dir() or indicators is None else indicators)
            examined = examine(room / folder / PLAN, PLAN, shelf, top, commit, known)
            plan = examined.reading.plan
            if plan is None:
                return None
            catalogue = examined.rulebook.catalogue if examined.rulebook else None
            titles = {row.id: row.title for row in catalogue.rows()} if catalogue else {}
            stage = catalogue.stage(plan.stage) if catalogue else None
            mark = digest(examined.reading.source, examined.reading.evidence)
            whole = card(examined, Origin(commit, False))
            return Seen(
                plan.factory.name, plan.factory.uscc, plan.factory.site, plan.stage, stage.name if stage else "", mark, whole, titles
            )
    except (ZcfError, OSError):
        return None
