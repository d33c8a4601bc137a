"""A staged page: front matter that the frame of the theme reads, then a template of ours filled with values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zcfdocs.site.markup import fill, front_matter


def page(
    template: str,
    title: str,
    preview: bool,
    values: Mapping[str, Any],
    description: str = "",
    scripts: Sequence[str] = (),
    contents: bool = True,
) -> str:
    """`scripts` are names of files in theme/site/assets that the page needs.

    A page without sections, or that has a table of contents of its own (not `contents`), uses the whole width.
    """
    body = fill(template, {"preview": preview, **values})
    hidden = () if contents and "\n## " in body else ("toc",)
    return front_matter(title, description, marks(preview, *hidden, scripts=scripts)) + body


def marks(preview: bool, *hidden: str, scripts: Sequence[str] = ()) -> dict[str, bool | list[str]]:
    return {"preview": preview, "noindex": preview, "hide": ["navigation", *hidden], "scripts": list(scripts)}
