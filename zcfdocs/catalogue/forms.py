"""The texts of the application form and the template: 附件2."""

from __future__ import annotations

from zcfdocs.fields import Flag, Noun, Prose, Text


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
