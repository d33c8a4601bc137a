"""The work of one worker process for a bureau: forms on one plan, or the letter and list of a district, written into a room."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from zcfdocs.catalogue import Papers
from zcfdocs.dossier import Dossier
from zcfdocs.errors import ZcfError
from zcfdocs.manuscript.manuscript import Manuscript
from zcfdocs.reviews import judged, read_reviews
from zcfdocs.task import Task, opened

LETTER_FILES = ("推荐函.docx", "推荐函.pdf", "推荐汇总表.docx", "推荐汇总表.pdf", "推荐汇总表.xlsx")
FORMS = ("区级初审意见表", "现场调研记录表", "专家打分表（空白）", "专家打分表（附自评）", "评审汇总表")
FORM_FILES = tuple(f"{name}.{ending}" for name in FORMS for ending in ("docx", "pdf"))


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The recommended plans of one district, in the order of their folders."""

    tasks: tuple[Task, ...]


def print_forms(task: Task, room: Path) -> None:
    """The forms of review, filled with what the plan and review.yaml say, blank where they say nothing."""
    from zcfdocs.bureau import forms, scores, summary

    dossier = opened(task)
    papers = _papers(dossier)
    read = read_reviews(task.path.parent, task.shown)
    reviews = judged(read, dossier.plan, dossier.catalogue, dossier.card["plan"]["digest"]).reviews
    for made in (
        forms.opinion(dossier, reviews),
        forms.visit(dossier, reviews, papers),
        scores.sheet(dossier, filled=False),
        scores.sheet(dossier, filled=True, reviews=reviews),
        summary.summary(dossier, reviews),
    ):
        _print(made, room)


def print_letters(task: Recommendation, room: Path) -> None:
    """推荐函 and 推荐汇总表."""
    from zcfdocs.bureau import letter
    from zcfdocs.printing.listing import print_listing

    dossiers = [opened(each) for each in task.tasks]
    papers, summary = _papers(dossiers[0]), dossiers[0].catalogue.submission.summary
    listing = letter.listing(dossiers, papers)
    _print(letter.letter(dossiers, papers), room)
    _print(listing, room)
    sheet = print_listing(listing, papers.attachment, summary.by, summary.columns, letter.lines(dossiers))
    (room / f"{listing.name}.xlsx").write_bytes(sheet)


def _papers(dossier: Dossier) -> Papers:
    if dossier.catalogue.papers is None:
        raise ZcfError(f"目录 {dossier.catalogue.id} 没有 papers，不能生成主管部门用表", "在目录中补上 papers.yaml")
    return dossier.catalogue.papers


def _print(manuscript: Manuscript, room: Path) -> None:
    from zcfdocs.printing.parity import require_parity
    from zcfdocs.printing.pdf import print_pdf
    from zcfdocs.printing.word import print_word

    paper = print_pdf(manuscript)
    word = print_word(manuscript, paper.paging)
    require_parity(manuscript, paper.data, word)
    (room / f"{manuscript.name}.pdf").write_bytes(paper.data)
    (room / f"{manuscript.name}.docx").write_bytes(word)
