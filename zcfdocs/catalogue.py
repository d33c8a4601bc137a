"""The catalogue as a noun: the notice's requirements, rows, weights, stages, audiences and texts, all of it data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Any

from pydantic import Field

from zcfdocs.factors import Carriers, EnergySet, FuelSet, GridSet, GwpSet, HeatSet
from zcfdocs.fields import Day, Flag, Noun, Positive, Prose, Ratio, Text, YearNumber, choice


class Level(Noun):
    """A grade some catalogues give from a total on."""

    name: Text
    at_least: Positive


class Notice(Noun):
    title: Text
    issuer: Text
    number: Text | None = None
    issued: Day | None = None
    remark: Text | None = None


class Summary(Noun):
    title: Text
    by: Text
    columns: tuple[Text, ...]


class Submission(Noun):
    recipients: Text
    paper_copies: Positive
    formats: tuple[Text, ...]
    media: Text
    documents: tuple[Text, ...]
    summary: Summary


class FactorNames(Noun):
    carriers: Text
    energy: Text
    grid: Text
    heat: Text
    fuels: tuple[Text, ...]
    gwp: tuple[Text, ...]


class Industries(Noun):
    """The section a factory must belong to, and the divisions that may use value-based intensities."""

    section: Text
    discrete: tuple[Text, ...] = ()


class Named(Noun):
    key: Text
    name: Text
    group: Text | None = None


class Topic(Noun):
    name: Text
    words: tuple[Text, ...]


class Profile(Noun):
    limit: Positive
    topics: tuple[Topic, ...] = ()


class YearsAsked(Noun):
    before: Positive


class Plausible(Noun):
    jump: Ratio
    tolerance: Ratio


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


class District(Noun):
    key: Text
    name: Text
    code: Text


class SubAreas(Noun):
    district: Text
    names: tuple[Text, ...]


class Stage(Noun):
    key: Text
    name: Text
    public: Flag = False
    note: Text | None = None


class Transition(Noun):
    start: Text = Field(alias="from")
    to: Text
    by: tuple[Text, ...]


class Anytime(Noun):
    to: Text
    by: tuple[Text, ...]


class Freeze(Noun):
    start: Text = Field(alias="from")
    fields: tuple[Text, ...]


class Keepable(Noun):
    field: Text
    name: Text


class Title(Noun):
    name: Text
    aliases: tuple[Text, ...] = ()


class Cover(Noun):
    attachment: Text
    title: Text
    suffix: Text | None = None
    applicant: Text
    district: Text


class Instructions(Noun):
    title: Text
    items: tuple[Prose, ...]


class FormCell(Noun):
    field: Text
    label: Text
    wide: Flag = False


class Form(Noun):
    title: Text
    rows: tuple[tuple[FormCell, ...], ...]
    profile_label: Text
    profile_note: Text


class Commitment(Noun):
    title: Text
    text: Prose
    signatory: Text
    seal: Text
    date: Text


class Section(Noun):
    id: Text
    title: Text
    guide: Prose | None = None
    original: Text | None = None


class Chapter(Section):
    sections: tuple[Section, ...] = ()


class ProjectTable(Noun):
    title: Text
    columns: tuple[Text, ...]


class Annex(Noun):
    title: Text
    label: Text
    alias: Text | None = None


class Annexes(Noun):
    basic: Annex
    scoring: Annex


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
        """`public` or `bureau` of a field path; what is not listed is the bureau's alone."""
        while path:
            if path in self.audiences:
                return str(self.audiences[path])
            path = path.rpartition(".")[0]
        return "bureau"


class IndustryName(Noun):
    code: Text
    name: Text


class ClassificationSection(IndustryName):
    divisions: tuple[IndustryName, ...]


class Classification(Noun):
    format: Annotated[str, choice("zcf-classification/1")]
    id: Text
    title: Text
    source: Text
    remark: Text | None = None
    sections: tuple[ClassificationSection, ...]
    classes: tuple[IndustryName, ...] = ()

    @cached_property
    def names(self) -> dict[str, str]:
        """The name of each class by its code."""
        return {item.code: item.name for item in self.classes}


@dataclass(frozen=True, slots=True)
class Rulebook:
    """A catalogue with the factor sets and the classification it reads, and the digest over all their files."""

    catalogue: Catalogue
    carriers: Carriers
    energy: EnergySet
    grid: GridSet
    heat: HeatSet
    fuels: dict[str, FuelSet]
    gwp: dict[str, GwpSet]
    classification: Classification
    parameters: dict[str, Any]
    digest: str
    files: tuple[str, ...]

    @property
    def id(self) -> str:
        return self.catalogue.id
