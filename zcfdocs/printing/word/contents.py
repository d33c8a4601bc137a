"""The contents: page numbers as printed in the PDF until Word counts for itself, and names of places that Word's fields can read."""

from __future__ import annotations

import re
from collections.abc import Mapping

from docx.document import Document
from docx.oxml.ns import qn

FIELD = "PAGEREF"
ILLEGAL = re.compile(r"\W")


def fill_contents(document: Document, labels: Mapping[str, str]) -> None:
    """`labels` by the heading's id in the manuscript; an entry without one shows no number until the field is updated."""
    body = document.element.body
    for link in body.iter(qn("w:hyperlink")):
        anchor = link.get(qn("w:anchor"))
        for instruction in link.iter(qn("w:instrText")):
            if instruction.text.strip() == FIELD:
                instruction.text = f" {FIELD} {place(anchor)} \\h "
                shown = list(link.iter(qn("w:t")))[-1]
                shown.text = labels.get(anchor, "")
        if anchor is not None:
            link.set(qn("w:anchor"), place(anchor))
    for start in body.iter(qn("w:bookmarkStart")):
        start.set(qn("w:name"), place(start.get(qn("w:name"))))


def place(name: str) -> str:
    """A bookmark's name holds letters, digits and low lines; a hyphen ends it in a field."""
    return ILLEGAL.sub("_", name)
