"""A plan on both sides of a change, and what is known around it: its files, who changes it, the stages it goes through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from zcfdocs.finding import Finding
from zcfdocs.pipeline import Examined
from zcfdocs.reviewing.people.standing import Standing
from zcfdocs.reviewing.people.steps import NO_STEPS, Steps
from zcfdocs.reviewing.sides.side import Side
from zcfdocs.snapshot import Blob

NO_FILES: Mapping[str, Blob] = {}


@dataclass(frozen=True)
class Compared:
    """Both sides of a plan; one of them is None where it comes or goes. `extra` are findings from around it, of the side after."""

    before: Side | None
    after: Side | None
    standing: Standing
    extra: tuple[Finding, ...] = ()
    steps: Steps = NO_STEPS
    shared: tuple[tuple[Finding, ...], tuple[Finding, ...]] = ((), ())

    @property
    def examined(self) -> tuple[Examined | None, Examined | None]:
        return (self.before.examined if self.before else None, self.after.examined if self.after else None)

    @cached_property
    def changed_files(self) -> Mapping[str, tuple[str, str]]:
        """Within the plan's folder, with the blobs of both sides; "" where there is none."""
        old, new = (side.files if side else NO_FILES for side in (self.before, self.after))
        blobs = {name: (old[name].sha if name in old else "", new[name].sha if name in new else "") for name in sorted({*old, *new})}
        return {name: shas for name, shas in blobs.items() if shas[0] != shas[1]}
