"""From a route to the value of a noun that stands there."""

from __future__ import annotations

from typing import Any

from zcfdocs.fields import Noun
from zcfdocs.finding import Route


def field_of(noun: Noun, step: str) -> str | None:
    """The name of the field that the text calls `step`."""
    return next((name for name, field in type(noun).model_fields.items() if step in (name, field.alias)), None)


def value_at(noun: Any, route: Route) -> Any:
    """The value; None where the route leads nowhere, as where the value is absent."""
    for step in route:
        if isinstance(noun, Noun) and isinstance(step, str):
            name = field_of(noun, step)
            noun = getattr(noun, name) if name is not None else None
        elif isinstance(noun, tuple) and isinstance(step, int):
            noun = noun[step] if step < len(noun) else None
        elif isinstance(noun, dict) and isinstance(step, str):
            noun = noun.get(step)
        else:
            return None
    return noun
