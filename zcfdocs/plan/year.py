"""How and what the plan accounts: the choices made and the amounts of a year."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from zcfdocs.fields import Amount, Day, Flag, Noun, Positive, Share, Text, YearNumber, choice
from zcfdocs.plan.words import BASES, Ids


class Accounting(Noun):
    grid_factor: Annotated[str, choice("fixed", "by_year")] = "fixed"
    grid_area: Text
    fuel_factors: Text
    gwp: Text
    scope2: Annotated[str, choice("location", "market")] = "location"
    intensity_basis: Annotated[str, choice(*BASES)] = "product"
    price_basis: Annotated[str, choice("current", "constant")] = "current"
    baseline: YearNumber = Field(title="基准年")
    target: YearNumber = Field(title="目标年")


class Period(Noun):
    start: Day
    end: Day


class Evaluation(Noun):
    as_of: Day
    period: Period | None = None


class MeasuredHeat(Noun):
    """A measured net calorific value, with its report."""

    value: Positive
    unit: Text
    evidence: Ids = ()


class HeatFactor(Noun):
    """A supplier's emission factor of heat, tCO2/GJ."""

    value: Amount
    unit: Text
    source: Text
    evidence: Ids = ()


class Enthalpy(Noun):
    value: Positive
    unit: Text


class EnergyLine(Noun):
    carrier: Text
    amount: Amount
    unit: Text
    meter: Text | None = None
    owner: Annotated[str, choice("self", "third_party")] | None = None
    attribute_retained: Flag | None = None
    ncv: MeasuredHeat | None = None
    factor: HeatFactor | None = None
    enthalpy: Enthalpy | None = None
    evidence: Ids = ()
    note: Text | None = None


class Fugitive(Noun):
    gas: Text
    amount: Amount
    unit: Text
    note: Text | None = None


class Process(Noun):
    source: Text
    amount: Amount
    unit: Text
    evidence: Ids = ()


def _shares(value: Any) -> Any:
    return dict.fromkeys(("energy", "emissions", "material", "water"), value) if isinstance(value, str) else value


class Shares(Noun):
    """A product's part of the factory, 0 to 1; over the products of a year each sums to 1."""

    energy: Share
    emissions: Share
    material: Share
    water: Share


class Product(Noun):
    name: Text
    amount: Positive
    unit: Text
    share: Annotated[Shares, BeforeValidator(_shares)] | None = None


class Material(Noun):
    name: Text
    amount: Amount
    unit: Text
    product: Text | None = None


class Reported(Noun):
    """What the factory's own reports say: tCO2e and tce."""

    emissions: Amount | None = None
    energy: Amount | None = None


class Certificates(Noun):
    """A run of certificate numbers, both ends included; one certificate is 1 MWh."""

    first: Text = Field(alias="from")
    last: Text = Field(alias="to")


class Offset(Noun):
    method: Text
    kind: Text | None = None
    amount: Amount
    unit: Text
    retired: Flag = False
    certificates: tuple[Certificates, ...] = ()
    evidence: Ids = ()
    project: Text | None = None
    registry: Text | None = None
    vintage: Text | None = None
    location: Text | None = None
    recognised_by: Text | None = None
    holder: Text | None = None


class Year(Noun):
    year: YearNumber
    kind: Annotated[str, choice("actual", "target", "result")]
    output_value: Amount | None = Field(None, title="产值（万元）")
    added_value: Amount | None = Field(None, title="工业增加值（万元）")
    energy: tuple[EnergyLine, ...]
    fugitive: tuple[Fugitive, ...] = ()
    process: tuple[Process, ...] = ()
    scope3: Amount | None = Field(None, title="范围3排放（tCO2e）")
    products: tuple[Product, ...]
    materials: tuple[Material, ...] = ()
    water: Amount | None = Field(None, title="取水量（m3）")
    reported: Reported | None = None
    offsets: tuple[Offset, ...] = ()
