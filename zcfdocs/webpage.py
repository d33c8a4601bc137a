"""The work of one worker process: everything the site has of one plan, packed into one file, and its public PDF beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from zcfdocs.bundle import packed
from zcfdocs.history import Moment
from zcfdocs.past import versions
from zcfdocs.site.downloads import public_pdf
from zcfdocs.site.record import told
from zcfdocs.site.staging import PDF, View, stage_plan
from zcfdocs.task import Task, reopened

STAGED = "staged.zip"


@dataclass(frozen=True, slots=True)
class Showing:
    """`top` is the repository the versions' commits are in."""

    task: Task
    view: View
    top: Path | None = None
    moments: tuple[Moment, ...] = ()


def make_pages(showing: Showing, room: Path) -> None:
    whole = reopened(showing.task)
    catalogue, view = whole.catalogue, showing.view
    past = tuple(versions(showing.top, showing.moments, catalogue)) if showing.top else ()
    public = whole.for_public()
    files = stage_plan(public, told(past, catalogue, view.preview), view)
    if view.pdf and not public.is_withdrawn:
        (room / PDF).write_bytes(public_pdf(public))
    (room / STAGED).write_bytes(packed(files))
