"""What a notice says of itself: who, by when, to whom, for which industries."""

from __future__ import annotations

from zcfdocs.fields import Day, Noun, Positive, Ratio, Text


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
