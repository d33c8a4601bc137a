"""The catalogue of one notice, whole."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from typing import Annotated

from zcfdocs.catalogue.forms import Annexes, Chapter, Commitment, Cover, Form, Instructions, ProjectTable
from zcfdocs.catalogue.notice import FactorNames, Industries, Level, Named, Notice, Plausible, Profile, Submission, YearsAsked
from zcfdocs.catalogue.papers import Papers
from zcfdocs.catalogue.rows import (
    BasicRequirement,
    Condition,
    Definition,
    Group,
    Note,
    OffsetGroup,
    OffsetKind,
    OffsetMethod,
    Reading,
    Row,
    Title,
    TotalRow,
)
from zcfdocs.catalogue.workflow import Anytime, District, Freeze, Keepable, Stage, SubAreas, Transition
from zcfdocs.fields import Day, Noun, Positive, Prose, Text, YearNumber, choice


class Catalogue(Noun):
    """Everything a notice fixes, and the factor sets it names."""

    format: Annotated[str, choice("zcf-catalogue/1")]
    id: Text
    title: Text
    place: Text
    year: YearNumber
    notice: Notice
    pass_line: Positive
    levels: tuple[Level, ...] = ()
    deadline: Day
    submission: Submission
    factors: FactorNames
    classification: Text
    industries: Industries
    registration_prefix: Text | None = None
    chains: tuple[Text, ...] = ()
    ownership: tuple[Named, ...]
    project_areas: tuple[Named, ...]
    profile: Profile
    years: YearsAsked
    plausible: Plausible
    groups: tuple[Group, ...]
    total: TotalRow
    columns: tuple[Text, ...]
    kinds: dict[str, Text]
    basic_requirements: tuple[BasicRequirement, ...]
    basic_columns: tuple[Text, ...]
    conditions: tuple[Condition, ...] = ()
    objectives: Prose | None = None
    references: tuple[Text, ...] = ()
    definitions: tuple[Definition, ...] = ()
    offset_groups: tuple[OffsetGroup, ...] = ()
    offsets: tuple[OffsetMethod, ...] = ()
    offset_kinds: tuple[OffsetKind, ...] = ()
    districts: tuple[District, ...]
    sub_areas: tuple[SubAreas, ...] = ()
    stages: tuple[Stage, ...]
    transitions: tuple[Transition, ...] = ()
    from_any: tuple[Anytime, ...] = ()
    freezes: tuple[Freeze, ...] = ()
    roles: tuple[Named, ...] = ()
    audiences: dict[str, Annotated[str, choice("public", "bureau")]]
    may_keep: tuple[Keepable, ...] = ()
    titles: tuple[Title, ...] = ()
    cover: Cover
    instructions: Instructions
    form: Form
    commitment: Commitment
    chapters: tuple[Chapter, ...]
    project_table: ProjectTable
    annexes: Annexes
    placeholders: tuple[Text, ...] = ()
    papers: Papers | None = None
    readings: dict[str, Reading]
    notes: tuple[Note, ...] = ()

    def rows(self) -> Iterator[Row]:
        for group in self.groups:
            yield from group.rows()

    @cached_property
    def rows_by_id(self) -> dict[str, Row]:
        return {row.id: row for row in self.rows()}

    def row(self, key: str) -> Row | None:
        return self.rows_by_id.get(key)

    def evidence_text(self, row: Row) -> str:
        """The evidence cell, looked up through the notice's merged cells."""
        source = self.row(row.inherits) if row.inherits else row
        return str(source.evidence or "") if source else ""

    def method(self, key: str) -> OffsetMethod | None:
        return next((method for method in self.offsets if method.id == key), None)

    def district(self, key: str) -> District | None:
        return next((district for district in self.districts if district.key == key), None)

    def stage(self, key: str) -> Stage | None:
        return next((stage for stage in self.stages if stage.key == key), None)

    def level(self, total: Fraction) -> str:
        """The highest grade reached; empty where the catalogue has none or none is reached."""
        reached = [level for level in self.levels if total >= level.at_least]
        return max(reached, key=lambda level: level.at_least).name if reached else ""

    def reading(self, key: str) -> str:
        """The option chosen for a named reading."""
        return str(self.readings[key].chosen) if key in self.readings else ""

    def audience(self, path: str) -> str:
        """`public` or `bureau` of a field path; what is not listed is the bureau's alone. A branch is as public as any of it."""
        if path not in self.audiences and any(key.startswith(f"{path}.") and said == "public" for key, said in self.audiences.items()):
            return "public"
        while path:
            if path in self.audiences:
                return str(self.audiences[path])
            path = path.rpartition(".")[0]
        return "bureau"
