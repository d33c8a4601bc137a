"""Dated, named, sourced factor sets: carriers, tce coefficients, fuels, grid, heat and warming potentials, as data."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from fractions import Fraction
from functools import cached_property
from typing import Annotated

from zcfdocs.fields import Day, Flag, Noun, Number, Positive, Ratio, Text, YearNumber, choice
from zcfdocs.figure import Figure, constant
from zcfdocs.units import compound_ratio, ratio


class Remembering(Noun):
    """A noun that keeps the figures made from it: thousands of lines ask for the same few."""

    @cached_property
    def _made(self) -> dict[tuple[object, ...], Figure | None]:
        return {}

    def _once(self, key: tuple[object, ...], make: Callable[[], Figure | None]) -> Figure | None:
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]


class Sourced(Remembering):
    """A value with where it was seen; `unverified` where the standard itself was not read."""

    source: Text
    unverified: Flag = False
    note: Text | None = None


class Valued(Sourced):
    value: Number
    unit: Text

    def per(self, title: str, unit: str) -> Figure | None:
        """The factor in another unit of the same kind, e.g. kgce/m3 as tce/万m3; None where the kinds differ."""
        scale = compound_ratio(self.unit, unit)
        if scale is None:
            return None
        return self._once((title, unit), lambda: constant(self.value * scale, unit, title, self.source, self.unverified))


class Range(Noun):
    min: Number
    max: Number
    unit: Text


class Carrier(Noun):
    key: Text
    name: Text
    role: Annotated[
        str,
        choice("grid", "self_use", "cogeneration", "electricity_sold", "exported", "heat", "green_heat", "heat_sold", "fuel"),
    ]
    renewable: Flag = False
    biogenic: Flag = False
    units: tuple[Text, ...]
    range: Range | None = None
    note: Text | None = None


class FactorSet(Remembering):
    """What every set says of itself."""

    format: Annotated[str, choice("zcf-factors/1")]
    id: Text
    title: Text
    source: Text
    published: Day | None = None
    remark: Text | None = None


class Carriers(FactorSet):
    kind: Annotated[str, choice("carriers")]
    carriers: tuple[Carrier, ...]

    @cached_property
    def by_key(self) -> dict[str, Carrier]:
        return {carrier.key: carrier for carrier in self.carriers}

    def get(self, key: str) -> Carrier | None:
        return self.by_key.get(key)


class Coefficient(Valued):
    carrier: Text


class EnergySet(FactorSet):
    """tce coefficients; `kgce` is the heat of one kilogram of standard coal."""

    kind: Annotated[str, choice("energy")]
    kgce: Valued
    electricity: Valued
    heat: Valued
    values: tuple[Coefficient, ...]

    def coefficient(self, carrier: str, unit: str) -> Figure | None:
        """tce per unit of a fuel."""
        found = (item.per("折标准煤系数", f"tce/{unit}") for item in self.values if item.carrier == carrier)
        return next((figure for figure in found if figure), None)


class Fuel(Sourced):
    """Net calorific value, carbon content (tC/GJ) and oxidation rate."""

    carrier: Text
    ncv: Number
    ncv_unit: Text
    carbon: Number
    oxidation: Number
    biogenic: Flag = False

    def figures(self, unit: str) -> tuple[Figure, Figure, Figure]:
        """Heat value (GJ per unit), carbon content (tC/GJ) and oxidation rate."""
        if unit not in self._figures:
            scale = compound_ratio(self.ncv_unit, f"GJ/{unit}") or Fraction(0)
            self._figures[unit] = (
                constant(self.ncv * scale, f"GJ/{unit}", "低位发热量", self.source, self.unverified),
                constant(self.carbon, "tC/GJ", "单位热值含碳量", self.source, self.unverified),
                constant(self.oxidation, "", "碳氧化率", self.source, self.unverified),
            )
        return self._figures[unit]

    @cached_property
    def _figures(self) -> dict[str, tuple[Figure, Figure, Figure]]:
        return {}


class FuelSet(FactorSet):
    kind: Annotated[str, choice("fuel")]
    values: tuple[Fuel, ...]

    def get(self, carrier: str, unit: str) -> Fuel | None:
        return next((fuel for fuel in self.values if fuel.carrier == carrier and compound_ratio(fuel.ncv_unit, f"GJ/{unit}")), None)


class Area(Noun):
    key: Text
    name: Text


class GridFactor(Sourced):
    """tCO2/MWh of one area and data year, seen from its day of publication."""

    area: Text
    year: YearNumber
    value: Positive
    unit: Text
    published: Day


class GridSet(FactorSet):
    kind: Annotated[str, choice("grid")]
    areas: tuple[Area, ...]
    values: tuple[GridFactor, ...]

    def pick(self, area: str, policy: str, as_of: datetime.date, year: int) -> GridFactor | None:
        """`fixed`: the newest data year published by `as_of`; `by_year`: the year's own, else the newest earlier, else the oldest."""
        seen = sorted((item for item in self.values if item.area == area and item.published <= as_of), key=lambda item: item.year)
        if not seen:
            return None
        if policy == "fixed":
            return seen[-1]
        earlier = [item for item in seen if item.year <= year]
        return earlier[-1] if earlier else seen[0]

    def factor(self, area: str, policy: str, as_of: datetime.date, year: int) -> Figure | None:
        """tCO2/MWh."""
        return self._once((area, policy, as_of, year), lambda: self._factor(self.pick(area, policy, as_of, year)))

    def _factor(self, item: GridFactor | None) -> Figure | None:
        if item is None:
            return None
        name = next((known.name for known in self.areas if known.key == item.area), item.area)
        return constant(item.value, "tCO2/MWh", f"{name}{item.year}年电力排放因子", item.source, item.unverified)


class HeatSet(FactorSet):
    kind: Annotated[str, choice("heat")]
    factor: Valued
    feed_water: Valued


class Gas(Sourced):
    source: Text = ""
    gas: Text
    value: Positive


class Part(Noun):
    gas: Text
    share: Ratio


class Mixture(Sourced):
    gas: Text
    parts: tuple[Part, ...]


class Alias(Noun):
    name: Text
    gas: Text


class GwpSet(FactorSet):
    """GWP100, tCO2e per t."""

    kind: Annotated[str, choice("gwp")]
    values: tuple[Gas, ...]
    mixtures: tuple[Mixture, ...] = ()
    aliases: tuple[Alias, ...] = ()

    def names(self) -> list[str]:
        return [*(gas.gas for gas in self.values), *(mixture.gas for mixture in self.mixtures), *(alias.name for alias in self.aliases)]

    def factor(self, name: str, unit: str) -> Figure | None:
        """tCO2e per unit of mass of a gas; a mixture weighs its parts."""
        return self._once((name, unit), lambda: self._factor(name, unit))

    def _factor(self, name: str, unit: str) -> Figure | None:
        scale = ratio(unit, "t")
        if scale is None:
            return None
        name = next((alias.gas for alias in self.aliases if alias.name == name), name)
        values = {gas.gas: gas for gas in self.values}
        if name in values:
            gas = values[name]
            return constant(gas.value * scale, f"tCO2e/{unit}", f"{name} 的 GWP100", gas.source or self.title, gas.unverified)
        mixture = next((item for item in self.mixtures if item.gas == name), None)
        if mixture is None:
            return None
        value = sum((part.share * values[part.gas].value for part in mixture.parts), Fraction(0))
        parts = "、".join(f"{part.gas} {part.share * 100}%" for part in mixture.parts)
        return constant(value * scale, f"tCO2e/{unit}", f"{name} 的 GWP100（{parts}）", self.title, mixture.unverified)


KINDS: dict[str, type[FactorSet]] = {
    "carriers": Carriers,
    "energy": EnergySet,
    "fuel": FuelSet,
    "grid": GridSet,
    "heat": HeatSet,
    "gwp": GwpSet,
}
