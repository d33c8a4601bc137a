"""One energy line at a time: its heat, its tce, its CO2, with measured values where they count."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from zcfdocs.catalogue import Rulebook
from zcfdocs.evidence import Evidence
from zcfdocs.factors import Carrier, FuelSet
from zcfdocs.figure import Figure, constant, difference, given, product, quotient
from zcfdocs.finding import Route
from zcfdocs.plan import EnergyLine
from zcfdocs.units import compound_ratio, ratio

CARBON_TO_CO2 = constant(Fraction(44, 12), "tCO2/tC", "44/12", "二氧化碳与碳的分子量之比")


@dataclass(frozen=True, slots=True)
class Setting:
    """What every line of a year is read with; evidence is judged on `judged_on`."""

    rulebook: Rulebook
    fuels: FuelSet | None
    evidence: Evidence
    judged_on: datetime.date


@dataclass(frozen=True)
class Line:
    """An energy line with its carrier and its place."""

    source: EnergyLine
    carrier: Carrier
    route: Route
    setting: Setting

    @cached_property
    def amount(self) -> Figure:
        meter = f"（{self.source.meter}）" if self.source.meter else ""
        return given(self.source.amount, self.source.unit, f"{self.carrier.name}{meter}", (*self.route, "amount"))

    @property
    def retained(self) -> bool:
        """Whether the renewable attribute is still the factory's: as said; for its own plant's self-use, where nothing is said."""
        if self.source.attribute_retained is not None:
            return self.source.attribute_retained
        return self.carrier.role == "self_use" and self.source.owner != "third_party"

    @cached_property
    def mwh(self) -> Figure:
        scale = ratio(self.source.unit, "MWh") or Fraction(0)
        return self.amount if scale == 1 else product(self.amount.title, "MWh", self.amount, scale=scale)

    @cached_property
    def heat(self) -> Figure:
        """GJ; steam by mass carries its enthalpy less that of the feed water."""
        scale = ratio(self.source.unit, "GJ")
        if scale is not None:
            return self.amount if scale == 1 else product(self.amount.title, "GJ", self.amount, scale=scale)
        enthalpy = self.source.enthalpy
        tonnes = ratio(self.source.unit, "t") or Fraction(0)
        per_tonne = compound_ratio(enthalpy.unit, "GJ/t") if enthalpy else None
        if enthalpy is None or per_tonne is None:
            return given(Fraction(0), "GJ", self.carrier.name, self.route)
        water = self.setting.rulebook.heat.feed_water.per("给水焓", "GJ/t")
        steam = given(enthalpy.value * per_tonne, "GJ/t", "蒸汽焓", (*self.route, "enthalpy", "value"))
        content = difference("每吨蒸汽的热量", steam, water) if water else steam
        return product(self.amount.title, "GJ", self.amount, content, scale=tonnes)

    def measured_ncv(self) -> Figure | None:
        """GJ per unit of the line; replaces the default only with a valid report, a promised year's too (spec 2)."""
        ncv = self.source.ncv
        if ncv is None:
            return None
        scale = compound_ratio(ncv.unit, f"GJ/{self.source.unit}")
        if scale is None or not self.setting.evidence.supports(ncv.evidence, self.setting.judged_on):
            return None
        return given(ncv.value * scale, f"GJ/{self.source.unit}", "实测低位发热量", (*self.route, "ncv", "value"))

    def tce(self) -> Figure | None:
        """Standard coal of the line, GB/T 2589-2020; None for what is not consumed energy."""
        energy = self.setting.rulebook.energy
        role = self.carrier.role
        title = self.amount.title
        if role in ("grid", "self_use", "electricity_sold"):
            return _times(title, "tce", self.mwh, energy.electricity.per("电力当量值", "tce/MWh"))
        if role in ("heat", "green_heat", "heat_sold"):
            return _times(title, "tce", self.heat, energy.heat.per("热力当量值", "tce/GJ"))
        if role != "fuel":
            return None
        ncv = self.measured_ncv()
        if ncv is None:
            return _times(title, "tce", self.amount, energy.coefficient(self.carrier.key, self.source.unit))
        coal = energy.kgce.per("标准煤热值", "GJ/tce")
        unit = f"tce/{self.source.unit}"
        return _times(title, "tce", self.amount, quotient("实测折标准煤系数", unit, ncv, coal) if coal else None)

    def co2(self) -> Figure | None:
        """tCO2 of burning the line: amount × heat value × carbon content × oxidation × 44/12."""
        if self.carrier.role != "fuel":
            return None
        fuels = self.setting.fuels
        fuel = fuels.get(self.carrier.key, self.source.unit) if fuels else None
        if fuel is None:
            return None
        default, carbon, oxidation = fuel.figures(self.source.unit)
        return product(self.amount.title, "tCO2", self.amount, self.measured_ncv() or default, carbon, oxidation, CARBON_TO_CO2)

    def heat_factor(self) -> Figure | None:
        """tCO2/GJ: the supplier's where given, else the default; bought renewable or waste heat is 0."""
        own = self.source.factor
        if own is not None and (scale := compound_ratio(own.unit, "tCO2/GJ")) is not None:
            return given(own.value * scale, "tCO2/GJ", f"供热单位因子（{own.source}）", (*self.route, "factor", "value"))
        return None if self.carrier.role == "green_heat" else self.setting.rulebook.heat.factor.per("热力排放因子", "tCO2/GJ")

    def heat_co2(self) -> Figure | None:
        return _times(self.amount.title, "tCO2", self.heat, self.heat_factor())


def _times(title: str, unit: str, amount: Figure, factor: Figure | None) -> Figure | None:
    return product(title, unit, amount, factor) if factor else None
