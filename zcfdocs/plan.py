"""The plan as a noun: every field of the front-matter, typed. Units and places in spec 1; the form in 附件2."""

from __future__ import annotations

import datetime
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from zcfdocs.fields import (
    Amount,
    Day,
    Email,
    Flag,
    IndustryCode,
    Month,
    Noun,
    Number,
    Positive,
    Prose,
    Share,
    Slug,
    Text,
    Url,
    Uscc,
    YearNumber,
    choice,
)

METRICS = ("energy", "carbon", "material", "water")
BASES = ("product", "output_value", "added_value")
Ids = tuple[Slug, ...]


class Industry(Noun):
    code: IndustryCode = Field(title="行业代码")
    name: Text = Field(title="行业名称")


class Factory(Noun):
    """基本信息表, 附件2."""

    name: Text = Field(title="工厂名称")
    address: Text = Field(title="通讯地址")
    district: Text = Field(title="所在辖区")
    industry: Industry = Field(title="所属行业")
    main_products: tuple[Text, ...] = Field(title="主要产品")
    applicant: Text | None = Field(None, title="申报单位")
    site: Text | None = Field(None, title="厂区")
    sub_area: Text | None = Field(None, title="功能区")
    chain: Text | None = Field(None, title="重点产业链")
    former_names: tuple[Text, ...] = Field((), title="曾用名")
    licence_type: Text | None = Field(None, title="营业执照类型")
    ownership: Text = Field(title="单位性质")
    uscc: Uscc = Field(title="统一社会信用代码")
    legal_representative: Text = Field(title="法定代表人")
    registration_authority: Text = Field(title="注册机关")
    registered_capital: Text = Field(title="注册资本")
    founded: Day = Field(title="成立日期")
    valid_until: Text = Field(title="有效期")
    department: Text = Field(title="申报工作联系部门")
    contact: Text = Field(title="联系人")
    phone: Text = Field(title="联系电话")
    email: Email = Field(title="电子邮箱")
    profile: Prose = Field(title="工厂简介")

    @property
    def applicant_name(self) -> str:
        return str(self.applicant or self.name)


class Requirement(Noun):
    """One of the basic requirements (附件1-2) or application conditions."""

    id: Text
    met: Annotated[str, choice("met", "not_met", "not_applicable")]
    basis: Text | None = Field(None, title="符合性依据")
    evidence: Ids = ()


class Diagnosis(Noun):
    by: Text
    date: Day
    evidence: Ids = ()


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


class Plan(Noun):
    format: Annotated[str, choice("zcf-plan/1")]
    catalogue: Slug
    stage: Text
    as_of: Day
    factory: Factory
    basic_requirements: tuple[Requirement, ...]
    conditions: tuple[Requirement, ...] = ()
    diagnosis: Diagnosis | None = None
    accounting: Accounting
    evaluation: Evaluation | None = None
    confidential: tuple[Text, ...] = ()
    years: tuple[Year, ...]
    benchmarks: tuple[Benchmark, ...] = ()
    projects: tuple[Project, ...] = ()
    indicators: tuple[Answer, ...]
    evidence: tuple[EvidenceItem, ...] = ()
    publish: Flag = False
    publication: Publication | None = None

    def year(self, number: int, kind: str) -> int | None:
        """Where in `years` the year of this kind stands."""
        return next((index for index, year in enumerate(self.years) if year.year == number and year.kind == kind), None)

    @cached_property
    def _answers(self) -> dict[str, tuple[int, Answer]]:
        return {answer.id: (index, answer) for index, answer in reversed(list(enumerate(self.indicators)))}

    def answer(self, row: str) -> tuple[int, Answer] | None:
        """The factory's answer to a row (the first, where it answers twice), with its place in the list."""
        return self._answers.get(row)

    def judged_on(self, year: Year) -> datetime.date:
        """The day a year's evidence must be valid: `as_of`; for what came after the baseline `evaluation.as_of` (spec 2)."""
        late = year.kind != "target" and year.year > self.accounting.baseline
        return self.evaluation.as_of if late and self.evaluation else self.as_of
