"""Districts, stages, who may move a plan on, and who may see what."""

from __future__ import annotations

from pydantic import Field

from zcfdocs.fields import Flag, Noun, Text


class District(Noun):
    """`bureau` is the office that recommends, where its name is known; it signs the letter."""

    key: Text
    name: Text
    code: Text
    bureau: Text | None = None


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
