"""A review in each of its forms, by the name the command line gives it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from zcfdocs.reviewing.forms import github
from zcfdocs.reviewing.forms.gitlab import code_quality
from zcfdocs.reviewing.forms.html import page
from zcfdocs.reviewing.forms.junit import junit
from zcfdocs.reviewing.forms.markdown import markdown, summary
from zcfdocs.reviewing.forms.rdjson import rdjson
from zcfdocs.reviewing.forms.sarif import sarif
from zcfdocs.reviewing.forms.sides import Sides
from zcfdocs.reviewing.forms.text import text
from zcfdocs.reviewing.model import Review, Told

# Findings alone, in the forges' own formats: told of a change, or by `check` of plans as they lie there.
NATIVE: Mapping[str, Callable[[Sequence[Told], Sequence[str]], str]] = {
    "github": lambda told, _: github.annotations(told),
    "gitlab": lambda told, _: code_quality(told),
    "junit": junit,
    "sarif": lambda told, _: sarif(told),
    "rdjson": lambda told, _: rdjson(told),
}
FORMS: Mapping[str, Callable[[Review], str]] = {
    "text": text,
    "json": lambda review: review.model_dump_json(indent=2) + "\n",
    "markdown": markdown,
    "summary": summary,
}


def printed(review: Review, form: str, sides: Mapping[str, Sides]) -> str:
    """`sides` are the bodies that a page lays beside each other; a review that was read back has none."""
    if form == "html":
        return page(review, sides)
    if form in NATIVE:
        return NATIVE[form](review.brought, [plan.path for plan in review.plans])
    return FORMS[form](review)
