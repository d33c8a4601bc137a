"""The work of one worker process: a plan's copies, written into a room of their own."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from zcfdocs.dossier import Dossier
from zcfdocs.errors import ZcfError
from zcfdocs.finding import Finding
from zcfdocs.loading import Shelf
from zcfdocs.manuscript.manuscript import Manuscript
from zcfdocs.pipeline import dossier, examine
from zcfdocs.scorecard import Origin

# Target of `--to` and the file it makes.
COPIES = {"pdf": "试点方案.pdf", "word": "试点方案.docx", "workbook": "计算表.xlsx", "evidence": "佐证材料.pdf", "data": "scorecard.json"}
# What the same targets make besides, once there is a result (三（四）效果评价).
EVALUATION = {"pdf": "效果评价申请.pdf", "word": "效果评价申请.docx"}
# Those that claim to be PDF/A; the evidence volume holds foreign pages and claims nothing.
PDF_A = (COPIES["pdf"], EVALUATION["pdf"])


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker needs; the findings are the parent's, which has seen the other plans too."""

    path: Path
    shown: str
    indicators: Path
    origin: Origin
    findings: tuple[Finding, ...]
    targets: tuple[str, ...]
    draft: bool
    text_digest: str
    history: Path | None = None  # the repository of its commits, where the plan lies elsewhere


def print_copies(task: Task, room: Path) -> None:
    """Write every target asked for into the room. What goes to the bureau is compared before it counts as made."""
    from zcfdocs.manuscript.compose import compose, dump  # the printing libraries take half a second to import: only where printing
    from zcfdocs.manuscript.evaluation import evaluation
    from zcfdocs.printing.binder import bind
    from zcfdocs.printing.workbook import print_workbook

    whole = opened(task)
    places = {target: room / COPIES[target] for target in task.targets}
    if "data" in places:
        places["data"].write_bytes(dump(whole.card))
    if "workbook" in places:
        places["workbook"].write_bytes(print_workbook(whole))
    if "evidence" in places:
        bind(whole, task.path.parent, places["evidence"])
    if "pdf" in places or "word" in places:
        _print(compose(whole, task.draft), COPIES, task.targets, room)
        if (asked := evaluation(whole, task.draft)) is not None:
            _print(asked, EVALUATION, task.targets, room)


def _print(manuscript: Manuscript, names: Mapping[str, str], targets: Collection[str], room: Path) -> None:
    """PDF and, whose contents take their page numbers from it, Word; both compared before either is written."""
    from zcfdocs.printing.parity import require_parity
    from zcfdocs.printing.pdf import print_pdf
    from zcfdocs.printing.word import print_word

    paper = print_pdf(manuscript)
    word = print_word(manuscript, paper.paging) if "word" in targets else None
    require_parity(manuscript, paper.data, word)
    if "pdf" in targets:
        (room / names["pdf"]).write_bytes(paper.data)
    if word is not None:
        (room / names["word"]).write_bytes(word)


def opened(task: Task) -> Dossier:
    """The plan read again in this process, its evidence placed in the volume."""
    from zcfdocs.binding import paginate

    whole = reopened(task)
    return replace(whole, bound=paginate(whole.plan.evidence, whole.evidence, task.path.resolve().parent))


def reopened(task: Task) -> Dossier:
    """The plan read again in this process, as the parent has judged it."""
    at = task.origin.commit if task.history else None
    examined = replace(examine(task.path, task.shown, Shelf(task.indicators), task.history, at), findings=task.findings)
    whole = dossier(examined, task.origin)
    if whole is None or hashlib.sha256(examined.reading.source.text.encode()).hexdigest() != task.text_digest:
        raise ZcfError(f"{task.shown} 在生成过程中被改动", hint="请等编辑保存完再生成一次")
    return whole
