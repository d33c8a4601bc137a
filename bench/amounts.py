"""What an invented factory makes, uses and emits in each year."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

BASELINE = 2024
# tce and tCO2e a unit, near enough for projects that save no more than the totals fall.
TCE = {"power": 0.1229, "gas": 13.28, "heat": 0.03412, "diesel": 1.4553}
CO2 = {"grid": 0.7041, "gas": 21.65, "heat": 0.11, "diesel": 3.1}
# What a sector uses for 万元 of output is written in kWh, m3, MJ, kg and L; a year's sums are in MWh, 万m3, GJ, t and m3.
SUMS = {"power": 1000, "gas": 10_000, "heat": 1000, "mass": 1000, "water": 1000}
Amounts = dict[str, float]


def tidy(value: float) -> str:
    """Four significant digits, as meters and reports give them; whole numbers from a thousand on."""
    return str(round(value)) if value >= 1000 else f"{value:.4g}"


class Years:
    """`of[year]`: output (万元), power, grid and solar (MWh), gas, heat, diesel, mass, water, green power bought (MWh), emissions, tce, credits (tCO2e)."""

    def __init__(self, chance: Random, sector: Mapping[str, str], target: int, good: float) -> None:
        self.sector, self.target = sector, target
        self.size, self.rate = min(chance.lognormvariate(10.1, 0.9), 400_000), chance.uniform(0.75, 1.3)
        self.growth, self.fall, self.promise = chance.uniform(0.98, 1.07), chance.uniform(0.005, 0.05), chance.uniform(0.03, 0.07)
        self.bump = chance.uniform(0.02, 0.06) if chance.random() < 0.35 else 0.0
        self.sun, self.green = chance.uniform(0, 0.3) + good * 0.1, chance.uniform(0, 0.3) + good * 0.6
        self.offset = chance.uniform(0.1, 0.4) + good * 0.6
        self.of = {year: self._year(year - BASELINE) for year in (2022, 2023, 2024, 2025, target)}

    def _year(self, later: int) -> Amounts:
        """The year so many after the baseline: before it as it went, after it as promised."""
        before, after = min(later, 0), max(later, 0)
        use = self.rate * (1 - self.fall * before - self.promise * after + self.bump * (later == -1))
        of = {"output": self.size * self.growth**before * 1.01**after, "diesel": 6 + self.size / 6000}
        of |= {key: of["output"] * use * float(self.sector[key]) / size for key, size in SUMS.items()}
        of["solar"] = of["power"] * max(0.0, self.sun * (1 + 0.5 * before) + 0.06 * after)
        of["grid"] = of["power"] - of["solar"]
        of["tce"] = sum(of[key] * factor for key, factor in TCE.items())
        of["emissions"] = sum(of[key] * factor for key, factor in CO2.items())
        if later < 0:
            return of | {"green": 0.0, "credits": 0.0}
        of["green"] = of["grid"] * min(1, self.green + 0.2 * after)
        wanted = of["emissions"] * min(1.05, self.offset + 0.2 * after)
        return of | {"credits": max(0.0, wanted - of["green"] * CO2["grid"])}

    def drop(self, key: str) -> float:
        """By how much a sum falls from the baseline to the target year."""
        return self.of[BASELINE][key] - self.of[self.target][key]
