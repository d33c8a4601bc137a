"""What the factory claims and promises: benchmarks, projects, rows, evidence, publication."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from zcfdocs.fields import Amount, Day, Flag, Month, Noun, Number, Positive, Slug, Text, Url, choice
from zcfdocs.plan.words import METRICS, Ids


class Benchmark(Noun):
    metric: Annotated[str, choice(*METRICS)]
    value: Positive
    unit: Text
    kind: Annotated[str, choice("standard", "industry", "quota")]
    source: Text
    product: Text | None = None
    evidence: Ids = ()


class Saves(Noun):
    """Yearly fall of energy (tce), emissions (tCO2) and water (m3)."""

    energy: Number = Fraction(0)
    co2: Number = Fraction(0)
    water: Number = Fraction(0)


class Project(Noun):
    name: Text
    area: Text
    content: Text
    start: Month
    end: Month
    investment: Amount = Field(title="投资估算（万元）")
    saves: Saves
    supports: tuple[Text, ...] = ()
    role: Text
    status: Annotated[str, choice("planned", "building", "done")]
    method: Text | None = None
    replaces: dict[str, Text] | None = None
    funding: Text | None = None
    evidence: Ids = ()
    achieved: Saves | None = None


def _item(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


class Item(Noun):
    name: Text
    evidence: Ids | None = None


class Answer(Noun):
    """What the factory says of one row: degree = now / of, 附件1-1 一."""

    id: Text
    now: Amount | None = None
    of: Positive = Fraction(1)
    target: Amount | None = None
    result: Amount | None = None
    items: tuple[Annotated[Item, BeforeValidator(_item)], ...] | None = None
    not_applicable: Flag = False
    note: Text | None = None
    evidence: Ids = ()


class EvidenceItem(Noun):
    id: Slug
    title: Text
    file: Text
    issuer: Text | None = None
    holder: Text | None = None
    issued: Day | None = None
    expires: Day | None = None
    public: Flag = False


class Publication(Noun):
    url: Url
    date: Day
    proof: Slug | None = None
