"""The work of one worker process: a plan's copies as bytes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from zcfdocs.errors import ZcfError
from zcfdocs.finding import Finding
from zcfdocs.loading import Shelf
from zcfdocs.pipeline import dossier, examine
from zcfdocs.scorecard import Origin

# Target of `--to` and the file it makes; 计算表 and 佐证材料 follow with the submission issue.
COPIES = {"pdf": "试点方案.pdf", "word": "试点方案.docx", "data": "scorecard.json"}


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


def print_copies(task: Task) -> dict[str, bytes]:
    """File name → bytes for every target asked for."""
    from zcfdocs.manuscript.compose import compose  # the printing libraries take half a second to import: only where printing
    from zcfdocs.printing.data import print_data
    from zcfdocs.printing.pdf import print_pdf
    from zcfdocs.printing.word import print_word

    examined = replace(examine(task.path, task.shown, Shelf(task.indicators)), findings=task.findings)
    whole = dossier(examined, task.origin)
    if whole is None or hashlib.sha256(examined.reading.source.text.encode()).hexdigest() != task.text_digest:
        raise ZcfError(f"{task.shown} 在生成过程中被改动", hint="请等编辑保存完再生成一次")
    artifacts = {}
    if "data" in task.targets:
        artifacts["data"] = print_data(whole)
    if "pdf" in task.targets or "word" in task.targets:
        manuscript = compose(whole, task.draft)
        printers = {"pdf": print_pdf, "word": print_word}
        artifacts |= {target: printers[target](manuscript) for target in printers if target in task.targets}
    return {artifact.name: artifact.data for artifact in artifacts.values()}
