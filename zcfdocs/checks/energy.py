"""Checks of the energy lines: carrier, unit, plausible size, and what steam, heat and generation must say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from zcfdocs.checks.registry import Case, Problem, check
from zcfdocs.checks.years import LEAP, pairs, slip
from zcfdocs.figure import trimmed
from zcfdocs.finding import Route, Severity, suggest
from zcfdocs.units import compound_ratio, dimension, ratio

E, W, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
UNIT_WHY = "GB/T 2589-2020：折标准煤系数按能源种类和单位给出，单位错则能耗和排放都错。"
# New plants start and fuels are given up within a year; between promises, or of a renewable, only a slip of unit is that large.
FAR_LEAP = 100
HEATS, OWN = ("heat", "green_heat", "heat_sold"), ("self_use", "exported")


@check("Z340", E, why="能源品种以目录的能源品种表为准，每种有自己的系数和核算方法。", wrong="carrier: electricity",
       right="carrier: grid_electricity")  # fmt: skip
def carriers_are_known(case: Case) -> Iterator[Problem]:
    """没有这种能源。"""
    names = {carrier.key: carrier.name for carrier in case.rulebook.carriers.carriers}
    for index, year in enumerate(case.plan.years):
        for position, line in enumerate(year.energy):
            if line.carrier not in names:
                near = next((f"是不是想写 {key}？" for key, name in names.items() if name == line.carrier), "")
                near = near or suggest(line.carrier, names) or next((f"是不是想写 {key}？" for key in names if line.carrier in key), "")
                listed = "、".join(f"{key}（{name}）" for key, name in names.items())
                yield Problem(("years", index, "energy", position, "carrier"), f"没有能源品种 {line.carrier}。{near}", f"可取：{listed}")


@check("Z341", E, why=UNIT_WHY, wrong="{carrier: natural_gas, amount: 60, unit: t}", right="{carrier: natural_gas, amount: 60, unit: 万m3}")
def units_belong_to_the_carrier(case: Case) -> Iterator[Problem]:
    """单位不是这种能源可用的单位。"""
    for route, line, carrier in case.lines:
        if line.unit not in carrier.units:
            message = f"{carrier.name}的单位不能写 {line.unit}。{suggest(line.unit, carrier.units)}"
            yield Problem((*route, "unit"), message, f"可取：{'、'.join(carrier.units)}", ((*route, "carrier"),))


@check("Z342", E, why=UNIT_WHY + "没有系数就不能计入，方案的总量会少算。", wrong="所选因子集中没有这种燃料",
       right="换一套燃料因子，或折算成另一种单位")  # fmt: skip
def factors_exist(case: Case) -> Iterator[Problem]:
    """所选因子集中没有这种能源的系数。"""
    fuels = case.rulebook.fuels.get(case.plan.accounting.fuel_factors)
    known: dict[tuple[str, str], tuple[bool, bool]] = {}
    for route, line, carrier in case.lines:
        if carrier.role != "fuel" or line.unit not in carrier.units:
            continue
        key = (carrier.key, line.unit)
        if key not in known:
            known[key] = (case.rulebook.energy.coefficient(*key) is not None, fuels is None or fuels.get(*key) is not None)
        lacking = [] if line.ncv or known[key][0] else [case.rulebook.energy.title]
        lacking += [fuels.title] if fuels and not known[key][1] else []
        if lacking:
            message = f"{'、'.join(lacking)}中没有 {carrier.name}（{line.unit}）的数值"
            yield Problem(route, message, "换一套 fuel_factors，或换一种单位", (("accounting", "fuel_factors"),))


@check("Z343", W, why="单位差 10³ 或 10⁴ 是最常见的填报差错（kWh 与 MWh、m3 与 万m3、kg 与 t）。",
       wrong="{carrier: grid_electricity, amount: 12000000, unit: MWh}",
       right="{carrier: grid_electricity, amount: 12000000, unit: kWh}")  # fmt: skip
def amounts_are_plausible(case: Case) -> Iterator[Problem]:
    """用量不像一个工厂一年的用量。"""
    for route, line, carrier in case.lines:
        scope = carrier.range
        scale = ratio(line.unit, scope.unit) if scope else None
        if scope is None or scale is None or not line.amount or scope.min <= (amount := line.amount * scale) <= scope.max:
            continue
        fitting = [unit for unit in carrier.units if (other := ratio(unit, scope.unit)) and scope.min <= line.amount * other <= scope.max]
        side = "大于" if amount > scope.max else "小于"
        limit = scope.max if side == "大于" else scope.min
        message = f"{carrier.name} {trimmed(line.amount, 4)} {line.unit}，{side}一般工厂一年的用量（{trimmed(limit, 4)} {scope.unit}）"
        hint = f"单位是不是 {'、'.join(fitting)}？" if fitting else "核对数量和单位"
        yield Problem((*route, "amount"), message, hint, ((*route, "unit"), (*route, "carrier")))


def _sums(case: Case, index: int) -> dict[str, tuple[Fraction, str, int]]:
    """Per carrier the year's amount in the unit of its range, and the place of its first line."""
    found: dict[str, tuple[Fraction, str, int]] = {}
    for position, line in enumerate(case.plan.years[index].energy):
        carrier = case.rulebook.carriers.get(line.carrier)
        if carrier is None:
            continue
        unit = carrier.range.unit if carrier.range else carrier.units[0]
        scale = ratio(line.unit, unit)
        if scale is not None:
            amount = line.amount * scale
            before = found.get(carrier.key)
            found[carrier.key] = (before[0] + amount, unit, before[2]) if before else (amount, unit, position)
    return found


@check("Z344", W, why="同一种能源的用量很少一年之内成倍变化，多半是单位或小数点的差错。", wrong="amount: 12（上年 13000 MWh）",
       right="amount: 12000")  # fmt: skip
def amounts_do_not_leap(case: Case) -> Iterator[Problem]:
    """用量与上年相差悬殊。"""
    sums = [_sums(case, index) for index in range(len(case.plan.years))]
    told: set[tuple[int, str]] = set()
    for earlier, later in pairs(case):
        promised = case.plan.years[later].kind == "target"
        for key, (after, unit, position) in sums[later].items():
            before = sums[earlier].get(key, (Fraction(0), "", 0))[0]
            carrier = case.rulebook.carriers.by_key[key]
            leap = FAR_LEAP if promised or carrier.renewable else LEAP
            if before and after and (earlier, key) not in told and not before / leap < after < before * leap:
                told.add((later, key))
                was, line = case.plan.years[earlier].year, case.plan.years[later].energy[position]
                scale = ratio(unit, line.unit) or Fraction(1)
                shown = f"{trimmed(after * scale, 4)} {line.unit}，{was} 年为 {trimmed(before * scale, 4)} {line.unit}"
                place = ("years", later, "energy", position, "amount")
                rests = (("years", later, "energy"), ("years", earlier, "energy"))
                yield Problem(place, f"{carrier.name} {shown}{slip(after / before)}", "核对数量和单位；属实的请在 note 中说明", rests)


@check("Z345", E, why="蒸汽按质量填写时，热量 = 质量 ×（蒸汽焓 − 给水焓），没有焓值无法折算。",
       wrong="{carrier: steam, amount: 46000, unit: t}",
       right="{carrier: steam, amount: 46000, unit: t, enthalpy: {value: 2776, unit: kJ/kg}}")  # fmt: skip
def steam_has_its_enthalpy(case: Case) -> Iterator[Problem]:
    """按质量填写的蒸汽没有焓值。"""
    for route, line, carrier in case.lines:
        if carrier.role in HEATS and dimension(line.unit) == "mass" and line.enthalpy is None:
            message = f"{carrier.name}按 {line.unit} 填写，没有 enthalpy"
            hint = "按压力、温度查蒸汽表，写 enthalpy: {value: …, unit: kJ/kg}；或换算成 GJ 填写"
            yield Problem(route, message, hint, ((*route, "enthalpy"), (*route, "unit")))


@check("Z346", E, why="实测热值、供热因子和蒸汽焓须能换算成核算所用的单位。", wrong="factor: {value: 0.1, unit: tCO2/t}",
       right="factor: {value: 0.1, unit: tCO2/GJ}")  # fmt: skip
def measured_units_fit(case: Case) -> Iterator[Problem]:
    """实测热值、供热因子或蒸汽焓的单位不对。"""
    for route, line, carrier in case.lines:
        wanted = {"enthalpy": "kJ/kg", "factor": "tCO2/GJ", "ncv": f"GJ/{line.unit}"}
        for key, unit in wanted.items():
            given = getattr(line, key)
            if given is not None and line.unit in carrier.units and compound_ratio(given.unit, unit) is None:
                message = f"{carrier.name}的 {key} 单位为 {given.unit}，不能换算成 {unit}"
                yield Problem((*route, key, "unit"), message, f"写 {unit}，或同类单位", ((*route, "unit"),))


@check("Z352", W, why="写在不相干的品种上的说明不起作用。", wrong="{carrier: diesel, …, owner: self}",
       right="{carrier: solar_self_use, …, owner: self}")  # fmt: skip
def keys_apply_to_the_carrier(case: Case) -> Iterator[Problem]:
    """此字段对这种能源不起作用。"""
    for route, line, carrier in case.lines:
        heavy = carrier.role in HEATS and dimension(line.unit) == "mass"
        fits = {
            "owner": (carrier.role in (*OWN, "cogeneration"), "自发自用、上网和自备发电的电力"),
            "attribute_retained": (carrier.role in OWN, "自发自用和上网的可再生电力"),
            "ncv": (carrier.role == "fuel", "燃料"),
            "factor": (carrier.role in HEATS, "热力和蒸汽"),
            "enthalpy": (heavy, "按质量填写的蒸汽"),
        }
        for key, (fit, where) in fits.items():
            if getattr(line, key) is not None and not fit:
                yield Problem(
                    (*route, key),
                    f"{carrier.name}（{line.unit}）不用 {key}，此值不起作用",
                    f"删去；{key} 只用于{where}",
                    ((*route, "carrier"),),
                )


@check("Z353", W, why="自备燃料发电的排放在所用燃料上计；没有燃料，排放就漏算了。", wrong="只有 chp_self_use，没有 natural_gas",
       right="同时列出 natural_gas")  # fmt: skip
def cogeneration_has_its_fuel(case: Case) -> Iterator[Problem]:
    """有自备燃料发电而没有燃料。"""
    fuelled = {route[1] for route, line, carrier in case.lines if carrier.role == "fuel" and line.amount}
    for route, line, carrier in case.lines:
        if carrier.role == "cogeneration" and line.amount and route[1] not in fuelled:
            message = f"{carrier.name} {trimmed(line.amount, 4)} {line.unit}，该年却没有燃料"
            yield Problem(route, message, "列出发电所用的燃料", (route[:3],))


@check("Z357", W, why="几条同一品种的用量相加（多块表计）；完全相同的两条多半是重复粘贴。",
       wrong="两条 {carrier: diesel, amount: 20, unit: t}", right="各写 meter，或删去重复的一条")  # fmt: skip
def lines_are_not_repeated(case: Case) -> Iterator[Problem]:
    """两条能源数据完全相同。"""
    seen: dict[tuple[object, ...], Route] = {}
    for route, line, carrier in case.lines:
        key = (route[1], line.carrier, line.amount, line.unit, line.meter, line.owner)
        first = seen.setdefault(key, route)
        if first != route and line.amount:
            at = case.reading.source.line_of(first)
            yield Problem(
                route,
                f"{carrier.name} {trimmed(line.amount, 4)} {line.unit} 与第 {at} 行完全相同，会相加两次",
                "删去重复的，或写 meter 区分",
                (route,),
            )


@check("Z359", W, why="外销电力从能耗和范围2中扣除，不会多于外购与自发之和。", wrong="electricity_sold 20000 MWh 而外购 12000 MWh",
       right="electricity_sold 200 MWh")  # fmt: skip
def sold_power_was_there(case: Case) -> Iterator[Problem]:
    """外销电力多于外购和自发的电力。"""
    had: dict[str | int, Fraction] = defaultdict(Fraction)
    sold: dict[str | int, Fraction] = defaultdict(Fraction)
    places: dict[str | int, Route] = {}
    for route, line, carrier in case.lines:
        year, amount = route[1], line.amount * (ratio(line.unit, "MWh") or 0)
        if carrier.role == "electricity_sold":
            sold[year] += amount
            places[year] = route
        elif carrier.role in ("grid", "self_use", "cogeneration"):
            had[year] += amount
    for year, place in places.items():
        if sold[year] > had[year]:
            message = f"外销电力 {trimmed(sold[year], 4)} MWh，多于外购和自发自用的 {trimmed(had[year], 4)} MWh"
            hint = "核对数量和单位；光伏、风电上网电量应写 solar_exported、wind_exported"
            yield Problem((*place, "amount"), message, hint, (("years", year, "energy"),))
