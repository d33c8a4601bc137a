"""Signs that both scripts use (“ ” … — ·) stand in the Chinese font, full width, as on paper."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from docx.document import Document
from docx.oxml.ns import qn
from docx.styles.style import ParagraphStyle

Element = Any  # lxml elements, which python-docx leaves untyped
SHARED = re.compile(r"[\u00a1-\u2e7f]")
LEADING = re.compile(f"{SHARED.pattern}+")


def set_runs(document: Document) -> None:
    """Word takes such a sign from the Latin font unless its run says otherwise; letters and digits of the run stay Latin."""
    for run in document.element.body.iter(qn("w:r")):
        if SHARED.search(run.text):
            _fonts(run).set(qn("w:hint"), "eastAsia")
    faces = {style.style_id: _face(style) for style in document.styles if isinstance(style, ParagraphStyle)}
    for paragraph in document.element.body.iter(qn("w:p")):
        _lead(paragraph, faces)


def _fonts(run: Element) -> Element:
    properties = run.get_or_add_rPr()
    return properties.rFonts if properties.rFonts is not None else properties._add_rFonts()


def _face(style: ParagraphStyle | None) -> str | None:
    """The Chinese font of a style, its own or that of the style it is based on."""
    while style is not None:
        own = style.element.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
        if own is not None and own.get(qn("w:eastAsia")):
            return str(own.get(qn("w:eastAsia")))
        style = style.base_style
    return None


def _lead(paragraph: Element, faces: Mapping[str, str | None]) -> None:
    """LibreOffice knows no hint: signs that begin a paragraph it sets in the Latin font, unless that is the Chinese one."""
    run: Element = next(iter(paragraph.r_lst), None)
    face = faces.get(paragraph.style or "Normal")
    if run is None or face is None or run.style is not None or len(run.findall(qn("w:t"))) != 1:
        return
    found = LEADING.match(run.text)
    if found is None:
        return
    signs = deepcopy(run)
    signs.text, run.text = found[0], run.text[found.end() :]
    for script in ("ascii", "hAnsi"):
        _fonts(signs).set(qn(f"w:{script}"), face)
    run.addprevious(signs)
    if not run.text:
        paragraph.remove(run)
