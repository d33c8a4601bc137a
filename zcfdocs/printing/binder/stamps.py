"""The label below each bound page: title, running number and the page within its item, put together from glyphs printed once."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pikepdf
from pikepdf import Dictionary, Name

from zcfdocs.manuscript.manuscript import Manuscript
from zcfdocs.manuscript.parts import fill
from zcfdocs.printing.binder.sheet import SIDE
from zcfdocs.printing.pdf import print_pdf

# Widths in points as theme/volume.css sets them; the glyphs' names are those of the pages' XObjects.
GLYPHS = {"Lead": ("佐证", 24.0), "Dash": ("—", 12.0), "Slash": ("/", 6.0), **{f"N{digit}": (str(digit), 6.0) for digit in range(10)}}
BASELINE, GAP = 10.0, 4.0
STRIP = "Strip"
STRUCTURE = {"BDC", "BMC", "EMC", "MP", "DP"}


def stamp(width: float, number: int, place: tuple[int, int]) -> str:
    """The operators that draw the label on a sheet of this width; `place` is the page and the pages of its item."""
    middle = ["Lead", "Dash", *_digits(number), "Dash"]
    gaps = [GAP if name in ("Lead", "Dash") else 0.0 for name in middle[:-1]]
    gaps[len(middle) - 2] = GAP
    x = (width - sum(GLYPHS[name][1] for name in middle) - sum(gaps)) / 2
    drawn = [_put(STRIP, SIDE)]
    for name, gap in zip(middle, [*gaps, 0.0], strict=True):
        drawn.append(_put(name, x))
        x += GLYPHS[name][1] + gap
    right = [*_digits(place[0]), "Slash", *_digits(place[1])]
    x = width - SIDE - sum(GLYPHS[name][1] for name in right)
    for name in right:
        drawn.append(_put(name, x))
        x += GLYPHS[name][1]
    return "/Artifact <</Type /Pagination>> BDC\n" + "\n".join(drawn) + "\nEMC\n"


def _digits(number: int) -> list[str]:
    return [f"N{digit}" for digit in str(number)]


def _put(name: str, x: float) -> str:
    return f"q 1 0 0 1 {x:.2f} {BASELINE} cm /{name} Do Q"


def print_stamps(titles: Sequence[str], like: Manuscript) -> tuple[dict[str, Any], list[Any], pikepdf.Pdf]:
    """The glyphs by name and a strip for each title, as form XObjects of the document that is returned with them."""
    html = fill("volume-stamps.html.j2", glyphs=[(name.rstrip("0123456789"), text) for name, (text, _) in GLYPHS.items()], titles=titles)
    printed = print_pdf(Manuscript("stamps", like.title, like.author, like.subject, like.day, html, style=like.style))
    document = pikepdf.open(io.BytesIO(printed.data))
    forms = [_form(page, document) for page in document.pages]
    return dict(zip(GLYPHS, forms, strict=False)), forms[len(GLYPHS) :], document


def _form(page: pikepdf.Page, document: pikepdf.Pdf) -> Any:
    """A page as a form without marks of structure: the same drawing stands on many pages."""
    plain = [item for item in pikepdf.parse_content_stream(page) if str(item.operator) not in STRUCTURE]
    form = document.make_stream(pikepdf.unparse_content_stream(plain))
    for key, value in {"/Type": Name.XObject, "/Subtype": Name.Form, "/BBox": page.mediabox, "/Resources": page.resources}.items():
        form[key] = value
    return form


def add_stamps(page: pikepdf.Page, glyphs: dict[str, Any], strip: Any) -> None:
    drawings: Any = page.obj.Resources.get("/XObject", Dictionary())
    for name, form in {**glyphs, STRIP: strip}.items():
        drawings[f"/{name}"] = form
