"""Signs that both scripts use (“ ” … — ·) stand in the Chinese font, full width, as on paper."""

from __future__ import annotations

import re

from docx.document import Document
from docx.oxml.ns import qn

SHARED = re.compile(r"[\u00a1-\u2e7f]")


def set_runs(document: Document) -> None:
    """Word takes such a sign from the Latin font unless its run says otherwise; letters and digits of the run stay Latin."""
    for run in document.element.body.iter(qn("w:r")):
        if SHARED.search(run.text):
            fonts = run.get_or_add_rPr()._add_rFonts() if run.rPr is None or run.rPr.rFonts is None else run.rPr.rFonts
            fonts.set(qn("w:hint"), "eastAsia")
