"""A factory's package laid out: its plan and evidence in a folder, its copies read from the archive as they are wanted."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from zcfdocs.plan import Plan
from zcfdocs.reading import read_plan
from zcfdocs.sealing.layout import PROVENANCE, SOURCE_AT
from zcfdocs.sealing.package.archive import Archive
from zcfdocs.sealing.package.provenance import Provenance, read_provenance
from zcfdocs.sealing.rebuild import PLAN


@dataclass(frozen=True, slots=True)
class Inside:
    """A factory's package laid out: `folder` holds its plan and evidence for as long as it is looked at."""

    archive: Archive
    top: str
    folder: Path
    plan: Plan | None
    provenance: Provenance | None

    def names(self, place: str) -> dict[str, str]:
        """File names below a folder of the payload, each with its entry."""
        prefix = f"{self.top}/data/{place}/"
        return {name.removeprefix(prefix): name for name in self.archive.names if name.startswith(prefix)}


@contextmanager
def laid_out(archive: Archive, top: str) -> Iterator[Inside]:
    """The plan and its evidence written to a folder of their own; names and sizes were judged when the archive was opened."""
    prefix = f"{top}/data/{SOURCE_AT}/"
    with tempfile.TemporaryDirectory(prefix="zcf-package-") as room:
        folder = Path(room) / "plan"
        folder.mkdir()
        for name in archive.names:
            if name.startswith(prefix):
                path = folder / name.removeprefix(prefix)
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("wb") as file:
                    for block in archive.chunks(name):
                        file.write(block)
        plan = read_plan(folder / PLAN, PLAN).plan if (folder / PLAN).is_file() else None
        told = f"{top}/data/{PROVENANCE}"
        provenance = read_provenance(archive.read(told, 1 << 20)) if told in archive.names else None
        yield Inside(archive, top, folder, plan, provenance)
