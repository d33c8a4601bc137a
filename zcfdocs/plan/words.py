"""The words that run through a plan."""

from __future__ import annotations

from zcfdocs.fields import Slug

METRICS = ("energy", "carbon", "material", "water")
BASES = ("product", "output_value", "added_value")
Ids = tuple[Slug, ...]
