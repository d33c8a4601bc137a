"""The review as one page that needs nothing else: no script, no font, no picture; for a browser, an archive, a printer."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from zcfdocs.places import THEME
from zcfdocs.reviewing.forms.compose import tell
from zcfdocs.reviewing.forms.sides import Chapter, Sides, chapters
from zcfdocs.reviewing.forms.telling import Part
from zcfdocs.reviewing.model import Review
from zcfdocs.site.markup import plain

FOLDER = THEME / "review"
TAGS = {"strong": "strong", "code": "code", "ins": "ins", "del": "del"}


def page(review: Review, sides: Mapping[str, Sides]) -> str:
    """The same as the comment, whole, and of each plan in `sides` (by its path) the text before beside the text after."""
    told = tell(review)
    style = (FOLDER / "page.css").read_text("utf-8")
    values = {
        "told": told,
        "parts": [(part, _chapters(part, sides)) for part in told.parts],
        "style": Markup(style),  # noqa: S704  # our own file
        "policy": f"default-src 'none'; style-src 'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'; base-uri 'none'; form-action 'none'",
    }
    return _environment().get_template("page.html.j2").render(values)


def _chapters(part: Part, sides: Mapping[str, Sides]) -> tuple[Chapter, ...]:
    return chapters(sides[part.path]) if part.path in sides else ()


@cache
def _environment() -> Environment:
    """Our own template; what a plan says enters as escaped data, its rendered body as the clean HTML it is."""
    made = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters["plain"] = _plain
    made.filters["clean"] = Markup
    made.globals["tags"] = TAGS
    return made


def _plain(text: str) -> str:
    """In one line without control and direction characters, with the blanks at its ends."""
    shown = plain(text)
    return f"{' ' if text[:1].isspace() else ''}{shown}{' ' if text[-1:].isspace() and shown else ''}"
