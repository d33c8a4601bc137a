"""Word: pandoc turns the manuscript into Word, then pages, contents, tables and what a file says of itself are set."""

from __future__ import annotations

import io

from docx import Document

from zcfdocs.manuscript.manuscript import Manuscript
from zcfdocs.printing.pagination import Paging
from zcfdocs.printing.word.contents import fill_contents
from zcfdocs.printing.word.convert import convert
from zcfdocs.printing.word.lists import set_lists
from zcfdocs.printing.word.pages import set_pages
from zcfdocs.printing.word.paging import page
from zcfdocs.printing.word.properties import declare, descriptions
from zcfdocs.printing.word.repack import repacked
from zcfdocs.printing.word.runs import set_runs
from zcfdocs.printing.word.tables import set_tables

__all__ = ["print_word", "repacked"]


def print_word(manuscript: Manuscript, paging: Paging) -> bytes:
    """The same bytes for the same HTML and the same pages of its PDF, whose pages these are and whose page numbers the contents show.

    Raises ZcfError where pandoc is missing or fails.
    """
    document = Document(io.BytesIO(convert(manuscript, paging.starts)))
    set_pages(document, manuscript)
    set_tables(document)
    set_lists(document)
    set_runs(document)
    page(document, manuscript.html, paging)
    fill_contents(document, paging.labels)
    declare(document, manuscript)
    out = io.BytesIO()
    document.save(out)
    return repacked(out.getvalue(), descriptions(manuscript))
