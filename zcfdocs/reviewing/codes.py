"""The codes of reviews (R…), wherever they are defined: for `explain` and the site's page of codes."""

from __future__ import annotations

from zcfdocs.finding import CODES, Code
from zcfdocs.reviewing import asking, review  # noqa: F401  # with what they import they define theirs
from zcfdocs.reviewing.setups import meanings  # noqa: F401  # so do the checks of a set-up


def codes() -> tuple[Code, ...]:
    return tuple(CODES[name] for name in sorted(CODES) if name.startswith("R"))
