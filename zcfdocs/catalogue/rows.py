"""The scoring table, the basic requirements, the offset methods and the readings of a notice: 附件1-1 to 1-3."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Any

from zcfdocs.fields import Flag, Noun, Positive, Prose, Ratio, Text, choice


class Row(Noun):
    """One scoring row of 附件1-3; `rule` is a name with parameters, checked against the rule's own."""

    id: Text
    title: Text
    kind: Annotated[str, choice("required", "optional")]
    points: Positive
    text: Prose
    evidence: Prose | None = None
    inherits: Text | None = None
    display: Prose | None = None
    evidence_kinds: tuple[Text, ...] = ()
    not_applicable: Flag = False
    evidenced_by: Annotated[str, choice("named", "plan", "computed", "benchmark", "publication")] = "named"
    rule: dict[str, Any]
    advice: Text | None = None

    @property
    def required(self) -> bool:
        return self.kind == "required"


class Sub(Noun):
    id: Text
    label: Text
    rows: tuple[Row, ...]


class Group(Noun):
    id: Text
    title: Text
    label: Text
    weight: Ratio
    subs: tuple[Sub, ...]

    def rows(self) -> Iterator[Row]:
        for sub in self.subs:
            yield from sub.rows

    @property
    def points(self) -> Fraction:
        return sum((row.points for row in self.rows()), Fraction(0))


class TotalRow(Noun):
    label: Text
    weight: Text


class BasicRequirement(Noun):
    id: Text
    title: Text
    text: Prose
    evidence: Prose | None = None
    inherits: Text | None = None
    not_applicable: Flag = False


class Condition(Noun):
    """An application condition of the notice's body; `answered_by` names the part of the plan that answers it already."""

    id: Text
    label: Text
    text: Prose
    answered_by: Text | None = None


class Definition(Noun):
    title: Text
    text: Prose


class OffsetGroup(Noun):
    id: Text
    text: Text


class OffsetMethod(Noun):
    """`counts`: tCO2e as given | electricity exported | electricity displaced × factor | only against grid electricity."""

    id: Text
    text: Text
    title: Text
    group: Text
    counts: Annotated[str, choice("emissions", "exported", "displaced", "grid_electricity")]
    kinds: tuple[Text, ...] = ()
    prefer: Text | None = None
    limit: Text | None = None


class OffsetKind(Noun):
    key: Text
    name: Text
    unit: Text | None = None


class Title(Noun):
    name: Text
    aliases: tuple[Text, ...] = ()


class Option(Noun):
    key: Text
    name: Text
    text: Prose


class Reading(Noun):
    """A named interpretation where the notice is ambiguous, with its reason."""

    chosen: Text
    options: tuple[Option, ...]
    question: Prose
    reason: Prose
    clause: Text

    @property
    def option(self) -> Option:
        return next(option for option in self.options if option.key == self.chosen)


class Note(Noun):
    id: Text
    where: Text
    text: Prose
    problem: Prose
    reading: Prose
    reason: Prose
