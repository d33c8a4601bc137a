"""The bodies of a plan on both sides as clean HTML, chapter by chapter, to be laid beside each other."""

from __future__ import annotations

from collections.abc import Mapping

from zcfdocs.body import render
from zcfdocs.pipeline import Examined, card
from zcfdocs.reviewing.forms.sides import Sides
from zcfdocs.scorecard import Origin


def sides_of(before: Examined | None, after: Examined | None) -> Sides:
    return Sides(_chapters(before), _chapters(after))


def _chapters(item: Examined | None) -> Mapping[str, str]:
    """By their titles; empty where the plan cannot be scored, since its text may cite figures."""
    whole = card(item, Origin()) if item is not None else None
    if item is None or whole is None or item.rulebook is None:
        return {}
    catalogue = item.rulebook.catalogue
    titles = {part.id: part.title for chapter in catalogue.chapters for part in (chapter, *chapter.sections)}
    body = render(item.reading.source.body, catalogue, whole)
    return {titles.get(section, section): html for section, html in body.sections.items() if html}
