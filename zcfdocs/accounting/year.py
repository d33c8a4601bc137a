"""A year's account: comprehensive energy, scope 1 and 2, renewable share, offsets and intensities as traced figures."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from fractions import Fraction

from zcfdocs.accounting.intensity import ProductIntensity, intensities
from zcfdocs.accounting.lines import Line, Setting
from zcfdocs.accounting.offsets import OffsetLine, emissions_of, judge
from zcfdocs.catalogue import Rulebook
from zcfdocs.certificates import Ledger
from zcfdocs.evidence import Evidence
from zcfdocs.figure import Figure, constant, difference, given, least, product, quotient, total
from zcfdocs.plan import Plan
from zcfdocs.units import ratio

ONE = constant(1, "", "上限", "占比不超过 1")
NOTHING_LEFT = constant(1, "", "抵消比例", "没有剩余排放，无需抵消（口径说明）")
NO_ELECTRICITY = constant(0, "", "可再生电力占比", "没有用电")


@dataclass(frozen=True, slots=True)
class YearAccount:
    """All figures of one year; tce, tCO2, tCO2e and MWh as each figure's unit says."""

    index: int
    year: int
    kind: str
    energy_lines: tuple[tuple[Line, Figure], ...]
    tce: Figure
    tce_without_renewables: Figure
    scope1: Figure
    biogenic: Figure
    grid_factor: Figure | None
    scope2_location: Figure
    scope2: Figure
    emissions: Figure
    renewable_share: Figure
    offset_lines: tuple[OffsetLine, ...]
    offsets: Figure
    offset_ratio: Figure
    products: tuple[ProductIntensity, ...] = field(default=())

    def metric(self, name: str) -> Figure:
        """A factory-wide metric by the name rules use: offset_ratio, renewable_share, tce, emissions …"""
        figure: Figure = getattr(self, name)
        return figure

    def product(self, name: str) -> ProductIntensity | None:
        return next((item for item in self.products if item.product == name), None)


def account(plan: Plan, rulebook: Rulebook, evidence: Evidence, grid_policy: str | None = None) -> tuple[YearAccount, ...]:
    """Every year of the plan, in its order; `grid_policy` overrides the plan's for the comparison of both.

    Lines whose carrier, unit or factor is unknown are left out: checks report them, and such a plan is not printed.
    """
    policy = grid_policy or plan.accounting.grid_factor
    retired = Ledger()
    accounts: dict[int, YearAccount] = {}
    for index in sorted(range(len(plan.years)), key=lambda index: _turn(plan, index)):
        # A promise uses no number that is retired already, and takes none from what will be retired.
        ledger = retired.copy() if plan.years[index].kind == "target" else retired
        accounts[index] = _year(plan, index, rulebook, evidence, ledger, policy)
    return tuple(accounts[index] for index in range(len(plan.years)))


def _turn(plan: Plan, index: int) -> int:
    """Certificates are counted in the years up to the baseline first, then in each promise, then in the years since."""
    year = plan.years[index]
    return 1 if year.kind == "target" else 0 if year.year <= plan.accounting.baseline else 2


def _year(plan: Plan, index: int, rulebook: Rulebook, evidence: Evidence, ledger: Ledger, policy: str) -> YearAccount:
    year, here = plan.years[index], ("years", index)
    judged_on = plan.judged_on(year)
    fuels = rulebook.fuels.get(plan.accounting.fuel_factors)
    setting = Setting(rulebook, fuels, evidence, judged_on)
    lines = tuple(
        Line(source, carrier, (*here, "energy", position), setting)
        for position, source in enumerate(year.energy)
        if (carrier := rulebook.carriers.get(source.carrier)) is not None
    )
    grid = rulebook.grid.factor(plan.accounting.grid_area, policy, plan.as_of, year.year)
    tce, tce_own, used = _energy(lines)
    scope1, biogenic = _scope1(plan, index, lines, rulebook)
    location = _scope2(lines, grid)
    green, offset_lines = _green(plan, index, rulebook, evidence, ledger, None if year.kind == "target" else judged_on)
    bought = total("外购电量", "MWh", [line.mwh for line in lines if line.carrier.role == "grid"])
    covered = product("绿电抵扣用电排放", "tCO2e", least("可抵扣电量", green, bought), grid) if grid else None
    market = plan.accounting.scope2 == "market"
    scope2 = difference("范围2排放（基于市场）", location, covered) if market and covered else location
    emissions = total("温室气体排放总量（范围1+范围2）", "tCO2e", [scope1, scope2])
    offsets = _offsets(lines, offset_lines, grid, None if market else covered)
    return YearAccount(
        index=index,
        year=year.year,
        kind=year.kind,
        energy_lines=used,
        tce=tce,
        tce_without_renewables=difference("扣除自发自用可再生能源后的综合能耗", tce, tce_own),
        scope1=scope1,
        biogenic=biogenic,
        grid_factor=grid,
        scope2_location=location,
        scope2=scope2,
        emissions=emissions,
        renewable_share=_renewable_share(lines, green),
        offset_lines=offset_lines,
        offsets=offsets,
        offset_ratio=_offset_ratio(offsets, emissions),
        products=intensities(plan, index, tce, emissions),
    )


def _energy(lines: tuple[Line, ...]) -> tuple[Figure, Figure, tuple[tuple[Line, Figure], ...]]:
    """Comprehensive energy, the self-used renewables in it, and each line's tce. Sold energy is subtracted; GB/T 2589-2020."""
    counted = [(line, figure) for line in lines if (figure := line.tce()) is not None]
    bought = [figure for line, figure in counted if line.carrier.role not in ("electricity_sold", "heat_sold")]
    sold = [figure for line, figure in counted if line.carrier.role in ("electricity_sold", "heat_sold")]
    used = total("综合能耗", "tce", bought)
    own = total(
        "自发自用可再生能源", "tce", [figure for line, figure in counted if line.carrier.role == "self_use" and line.carrier.renewable]
    )
    return _less("综合能耗", used, sold), own, tuple(counted)


def _less(title: str, whole: Figure, sold: list[Figure]) -> Figure:
    return difference(title, whole, total("对外供出", whole.unit, sold)) if sold else whole


def _scope1(plan: Plan, index: int, lines: tuple[Line, ...], rulebook: Rulebook) -> tuple[Figure, Figure]:
    """Fuel, refrigerants × GWP100 and process emissions; biogenic CO2 is 0 and shown apart."""
    year, here = plan.years[index], ("years", index)
    parts: list[Figure] = []
    biogenic: list[Figure] = []
    for line in lines:
        if (figure := line.co2()) is not None:
            (biogenic if line.carrier.biogenic else parts).append(figure)
    gwp = rulebook.gwp.get(plan.accounting.gwp)
    for position, leak in enumerate(year.fugitive):
        factor = gwp.factor(leak.gas, leak.unit) if gwp else None
        if factor is not None:
            amount = given(leak.amount, leak.unit, f"{leak.gas} 逸散", (*here, "fugitive", position, "amount"))
            parts.append(product(amount.title, "tCO2e", amount, factor))
    for position, item in enumerate(year.process):
        scale = ratio(item.unit, "tCO2e") or Fraction(0)
        parts.append(given(item.amount * scale, "tCO2e", item.source, (*here, "process", position, "amount")))
    return total("范围1排放", "tCO2e", parts), total("生物源二氧化碳（单列，不计入）", "tCO2", biogenic)


def _scope2(lines: tuple[Line, ...], grid: Figure | None) -> Figure:
    """Location-based: bought electricity and heat less what is sold on, at the same factors."""
    bought: list[Figure] = []
    sold: list[Figure] = []
    for line in lines:
        role = line.carrier.role
        figure: Figure | None = None
        if role in ("grid", "electricity_sold") and grid is not None:
            figure = product(line.amount.title, "tCO2e", line.mwh, grid)
        elif role in ("heat", "green_heat", "heat_sold"):
            figure = line.heat_co2()
        if figure is not None:
            (sold if role.endswith("_sold") else bought).append(figure)
    return _less("范围2排放（基于位置）", total("范围2排放（基于位置）", "tCO2e", bought), sold)


def _green(
    plan: Plan, index: int, rulebook: Rulebook, evidence: Evidence, ledger: Ledger, judged_on: datetime.date | None
) -> tuple[Figure, tuple[OffsetLine, ...]]:
    """Green power and certificates that count, MWh, and every offset line with its verdict."""
    lines = tuple(
        judge(offset, method, ("years", index, "offsets", position), evidence, judged_on, ledger)
        for position, offset in enumerate(plan.years[index].offsets)
        if (method := rulebook.catalogue.method(offset.method)) is not None
    )
    return total("绿电、绿证电量", "MWh", [line.amount for line in lines if line.counts and line.is_green]), lines


def _renewable_share(lines: tuple[Line, ...], green: Figure) -> Figure:
    """附件1-3 5.4: renewable electricity ÷ electricity used. Power whose attribute was sold is used, but not renewable here."""
    own = [line for line in lines if line.carrier.role == "self_use" and line.carrier.renewable]
    electric = [line.mwh for line in lines if line.carrier.role in ("grid", "self_use", "cogeneration")]
    used = total("用电量", "MWh", electric)
    if used.value == 0:
        return NO_ELECTRICITY
    renewable = total("可再生电量", "MWh", [*(line.mwh for line in own if line.retained), *green.args])
    return least("可再生电力占比", quotient("可再生电力占比", "", renewable, used), ONE)


def _offsets(lines: tuple[Line, ...], offset_lines: tuple[OffsetLine, ...], grid: Figure | None, covered: Figure | None) -> Figure:
    """附件1-1 二（4）: 1b exported power with its attribute, 3a capped at bought electricity, all others as given."""
    parts = [covered] if covered and covered.value else []
    for line in lines:
        if line.carrier.role == "exported" and line.retained and grid is not None:
            title = f"{line.carrier.name}（1b）"
            parts.append(product(title, "tCO2e", line.mwh.titled(title), grid))
    parts += [figure for line in offset_lines if line.counts and (figure := emissions_of(line, grid)) is not None]
    return total("碳抵消量", "tCO2e", parts)


def _offset_ratio(offsets: Figure, emissions: Figure) -> Figure:
    if emissions.value <= 0:
        return NOTHING_LEFT
    return least("抵消比例", quotient("抵消比例", "", offsets, emissions), ONE)
