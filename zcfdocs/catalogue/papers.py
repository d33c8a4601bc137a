"""What the bureaus write around the plans: the letter of recommendation, its list, the forms of review."""

from __future__ import annotations

from zcfdocs.fields import Noun, Prose, Text


class Letter(Noun):
    """`{…}` in the texts stand for the district, the notice, the names and their number."""

    sender: Text
    recipient: Text
    title: Text
    text: tuple[Prose, ...]
    enclosed: tuple[Text, ...]


class Visit(Noun):
    """What is looked at on the spot, beside what the plan itself names."""

    topics: tuple[Text, ...]


class Application(Noun):
    """What a factory hands in when its pilot is over; `{…}` stand for the district and the period."""

    title: Text
    recipient: Text
    text: tuple[Prose, ...]
    report: Text


class Papers(Noun):
    """`recommended`: the stages of a plan that a district has recommended; `reviewed`: those in which it lies with a bureau at all."""

    attachment: Text
    recommended: tuple[Text, ...]
    reviewed: tuple[Text, ...]
    letter: Letter
    visit: Visit
    application: Application | None = None
