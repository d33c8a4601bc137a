"""Checks of what changes a line's standing: measured values and their proof, ownership of renewable attributes, gases and processes."""

from __future__ import annotations

from collections.abc import Iterator

from zcfdocs.checks.energy import HEATS, OWN
from zcfdocs.checks.registry import Case, Problem, check
from zcfdocs.figure import trimmed
from zcfdocs.finding import Route, Severity, suggest
from zcfdocs.units import compound_ratio, dimension, ratio

E, W, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
# Enthalpy of industrial steam, kJ/kg: saturated at 1 bar 2675, superheated at 500 °C 3480 (steam tables).
STEAM = (2500, 3600)
NEAR = 3


def _valid(case: Case, route: Route, keys: tuple[str, ...]) -> bool:
    """Whether the line's evidence counts; a target year is a promise and asked for none."""
    year = case.plan.years[int(route[1])]
    return year.kind == "target" or case.evidence.supports(keys, case.plan.judged_on(year))


def _rests(route: Route) -> tuple[Route, ...]:
    return (route, ("as_of",), ("evidence",), ("years", route[1], "kind"))


@check("Z347", W, why="GB/T 2589-2020：实测低位发热量须有化验报告；实际年份没有有效佐证的，按缺省值计算。",
       wrong="ncv: {value: 36.2, unit: GJ/t}", right="ncv: {value: 36.2, unit: GJ/t, evidence: [lab-report]}")  # fmt: skip
def measured_heat_values_are_evidenced(case: Case) -> Iterator[Problem]:
    """实测低位发热量没有有效佐证，未采用。"""
    for route, line, carrier in case.lines:
        if line.ncv is not None and carrier.role == "fuel" and not _valid(case, route, line.ncv.evidence):
            message = f"{carrier.name}的实测低位发热量没有有效佐证，未采用，按缺省值计算"
            yield Problem((*route, "ncv"), message, "在 ncv.evidence 中列出化验报告", _rests(route))


@check("Z348", W, why="供热单位的排放因子、绿色热力按零计算，都须有供热方的证明。",
       wrong="factor: {value: 0.06, unit: tCO2/GJ, source: 某热电厂}",
       right="factor: {value: 0.06, unit: tCO2/GJ, source: 某热电厂, evidence: [heat-factor]}")  # fmt: skip
def heat_factors_are_evidenced(case: Case) -> Iterator[Problem]:
    """供热因子没有有效佐证。"""
    for route, line, carrier in case.lines:
        if carrier.role not in HEATS or not (line.factor or carrier.role == "green_heat"):
            continue
        named = (*line.evidence, *(line.factor.evidence if line.factor else ()))
        if not _valid(case, route, named):
            what = f"供热因子 {trimmed(line.factor.value, 6)} {line.factor.unit}" if line.factor else "排放按 0 计"
            place = (*route, "factor") if line.factor else route
            message = f"{carrier.name}的{what}，没有有效佐证"
            yield Problem(place, message, "在 evidence 中列出供热单位的证明", _rests(route))


@check("Z349", E, why="附件1-3 5.4：第三方投资的光伏、风电，其环境属性归谁须写明，归他人的不算可再生能源电力。",
       wrong="{carrier: solar_self_use, …, owner: third_party}",
       right="{carrier: solar_self_use, …, owner: third_party, attribute_retained: false}")  # fmt: skip
def third_party_attributes_are_said(case: Case) -> Iterator[Problem]:
    """第三方投资的可再生电力没有说明环境属性归属。"""
    for route, line, carrier in case.lines:
        if line.owner == "third_party" and carrier.role in OWN and line.attribute_retained is None:
            hint = "环境属性（绿证）归本企业写 attribute_retained: true，归第三方写 false"
            yield Problem(
                (*route, "owner"), f"{carrier.name}由第三方投资，没有 attribute_retained", hint, ((*route, "attribute_retained"),)
            )


@check("Z350", W, why="附件1-1 二（4）1b：只计环境属性仍归企业的上网电量；没有写明的按 0 计。",
       wrong="{carrier: solar_exported, amount: 200, unit: MWh}",
       right="{carrier: solar_exported, amount: 200, unit: MWh, attribute_retained: true}")  # fmt: skip
def exported_attributes_are_said(case: Case) -> Iterator[Problem]:
    """上网电量没有说明环境属性归属，按 0 计。"""
    for route, line, carrier in case.lines:
        if carrier.role == "exported" and line.attribute_retained is None and line.owner != "third_party":
            message = f"{carrier.name} {trimmed(line.amount, 4)} {line.unit} 没有 attribute_retained，不计入抵消"
            yield Problem(route, message, "绿证未出售的写 attribute_retained: true，已出售的写 false", ((*route, "attribute_retained"),))


@check("Z351", W, why="附件1-1 二（4）1b：抵消量应有上网电量结算和环境属性归属的凭证。",
       wrong="{carrier: solar_exported, …, attribute_retained: true}", right="再写 evidence: [pv-export]")  # fmt: skip
def exported_power_is_evidenced(case: Case) -> Iterator[Problem]:
    """计入抵消的上网电量没有有效佐证。"""
    for route, line, carrier in case.lines:
        if carrier.role == "exported" and line.attribute_retained and line.amount and not _valid(case, route, line.evidence):
            message = f"{carrier.name} {trimmed(line.amount, 4)} {line.unit} 计入抵消，没有有效佐证"
            yield Problem(route, message, "在 evidence 中列出结算单和绿证未出售的证明", _rests(route))


@check("Z354", E, why="附件1-1 二（3）：温室气体指 CO2、CH4、N2O、HFCs、PFCs、SF6、NF3；名称以所选的全球增温潜势表为准。",
       wrong="gas: R410", right="gas: R410A")  # fmt: skip
def gases_are_known(case: Case) -> Iterator[Problem]:
    """全球增温潜势表中没有这种气体。"""
    gwp = case.rulebook.gwp.get(case.plan.accounting.gwp)
    names = gwp.names() if gwp else []
    proper = [*(gas.gas for gas in gwp.values), *(mixture.gas for mixture in gwp.mixtures)] if gwp else []
    for index, year in enumerate(case.plan.years):
        for position, leak in enumerate(year.fugitive):
            if gwp and leak.gas not in names:
                near = suggest(leak.gas, proper) or suggest(leak.gas, names)
                hint = f"可取：{'、'.join(names[:40])} 等；HCFCs（如 R22）不在所列温室气体之内，不填"
                yield Problem(
                    ("years", index, "fugitive", position, "gas"), f"{gwp.title}中没有 {leak.gas}。{near}", hint, (("accounting", "gwp"),)
                )


@check("Z355", E, why="逸散量按补充或泄漏的质量计。", wrong="{gas: R410A, amount: 3, unit: 瓶}", right="{gas: R410A, amount: 30, unit: kg}")
def gases_are_weighed(case: Case) -> Iterator[Problem]:
    """逸散气体的单位不是质量单位。"""
    for index, year in enumerate(case.plan.years):
        for position, leak in enumerate(year.fugitive):
            if dimension(leak.unit) != "mass":
                yield Problem(("years", index, "fugitive", position, "unit"), f"{leak.gas} 的单位为 {leak.unit}", "可取：kg、t")


@check("Z356", E, why="工业过程排放以二氧化碳当量填报。", wrong="{source: 污水厌氧处理, amount: 128, unit: t}",
       right="{source: 污水厌氧处理, amount: 128, unit: tCO2e}")  # fmt: skip
def processes_are_in_co2e(case: Case) -> Iterator[Problem]:
    """过程排放的单位不是二氧化碳当量。"""
    for index, year in enumerate(case.plan.years):
        for position, item in enumerate(year.process):
            if ratio(item.unit, "tCO2e") is None:
                place = ("years", index, "process", position, "unit")
                yield Problem(place, f"{item.source} 的单位为 {item.unit}", "写 tCO2e；其他气体先乘以全球增温潜势")


@check("Z358", INFO, why="生物质燃烧的二氧化碳来自近期大气，按 0 计、单独列示；种植和加工的排放不在此内。",
       wrong="把生物质燃料当作没有排放", right="表中单列生物源二氧化碳")  # fmt: skip
def biogenic_is_shown_apart(case: Case) -> Iterator[Problem]:
    """生物质燃料的二氧化碳单列，不计入排放总量。"""
    told: set[str] = set()
    for route, line, carrier in case.lines:
        if carrier.biogenic and line.amount and carrier.key not in told:
            told.add(carrier.key)
            yield Problem(route, f"{carrier.name}燃烧的二氧化碳单列，不计入排放总量", "应有燃料来源的证明")


@check("Z360", W, why="工业蒸汽的焓约在 2500—3600 kJ/kg 之间，差得远的多半是单位或抄录的差错。",
       wrong="enthalpy: {value: 277.6, unit: kJ/kg}", right="enthalpy: {value: 2776, unit: kJ/kg}")  # fmt: skip
def enthalpies_are_plausible(case: Case) -> Iterator[Problem]:
    """蒸汽焓不在常见范围之内。"""
    for route, line, carrier in case.lines:
        scale = compound_ratio(line.enthalpy.unit, "kJ/kg") if line.enthalpy else None
        if line.enthalpy and scale and not STEAM[0] <= line.enthalpy.value * scale <= STEAM[1]:
            message = f"{carrier.name}的焓 {trimmed(line.enthalpy.value, 4)} {line.enthalpy.unit}，常见为 {STEAM[0]}—{STEAM[1]} kJ/kg"
            yield Problem((*route, "enthalpy", "value"), message, "按压力、温度查蒸汽表核对", ((*route, "enthalpy", "unit"),))


@check("Z361", W, why="实测热值、供热因子与缺省值相差几倍，多半是单位或小数点的差错。", wrong="ncv: {value: 42.9, unit: MJ/t}",
       right="ncv: {value: 42.9, unit: GJ/t}")  # fmt: skip
def measured_values_are_near_the_default(case: Case) -> Iterator[Problem]:
    """实测热值或供热因子与缺省值相差悬殊。"""
    fuels = case.rulebook.fuels.get(case.plan.accounting.fuel_factors)
    for route, line, carrier in case.lines:
        fuel = fuels.get(carrier.key, line.unit) if fuels and line.ncv else None
        if line.ncv and fuel:
            scale = compound_ratio(line.ncv.unit, fuel.ncv_unit)
            if scale and not fuel.ncv / NEAR < line.ncv.value * scale < fuel.ncv * NEAR:
                usual = f"{trimmed(fuel.ncv, 4)} {fuel.ncv_unit}"
                message = f"{carrier.name}的实测热值 {trimmed(line.ncv.value, 6)} {line.ncv.unit}，缺省值为 {usual}"
                yield Problem(
                    (*route, "ncv", "value"), message, "核对数值和单位", ((*route, "ncv", "unit"), ("accounting", "fuel_factors"))
                )
        default = case.rulebook.heat.factor
        scale = compound_ratio(line.factor.unit, default.unit) if line.factor else None
        if line.factor and scale and line.factor.value * scale > default.value * NEAR:
            usual = f"{trimmed(default.value, 4)} {default.unit}"
            message = f"{carrier.name}的供热因子 {trimmed(line.factor.value, 6)} {line.factor.unit}，缺省值为 {usual}"
            yield Problem((*route, "factor", "value"), message, "核对数值和单位", ((*route, "factor", "unit"),))
