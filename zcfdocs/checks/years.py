"""Checks of the run of years: which are there, in what order, with what beside the energy (front-matter `years`)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from zcfdocs.checks.registry import Case, Problem, check
from zcfdocs.figure import trimmed
from zcfdocs.finding import Route, Severity

E, W = Severity.ERROR, Severity.WARNING
YEARS: tuple[Route, ...] = (("years",), ("accounting",))
THREE = "附件1-3：近 3 年的核算和逐年下降须有基准年及其前各年的完整数据。"
# A slip of unit moves a decimal point by 10³ or 10⁴; no factory's water, output or material changes fivefold in a year unnoticed.
LEAP = 5


def slip(times: Fraction) -> str:
    """What a leap of so many times probably is."""
    times = max(times, 1 / times) if times else Fraction(1)
    if 300 <= times < 3000:
        return "，约差一千倍，像是 kWh 与 MWh、kg 与 t 一类的单位混淆"
    if 3000 <= times <= 30000:
        return "，约差一万倍，像是漏写或多写了“万”"
    return ""


@check("Z311", W, why="表格按填写顺序排列年份；逐年比较须由早到晚。", wrong="years: 2024、2023、2022", right="years: 2022、2023、2024")
def years_rise(case: Case) -> Iterator[Problem]:
    """年份没有由早到晚排列。"""
    newest: dict[bool, int] = {}
    for index, year in enumerate(case.plan.years):
        promised = year.kind == "target"
        if year.year < newest.get(promised, 0):
            yield Problem(
                ("years", index, "year"), f"{year.year} 年排在 {newest[promised]} 年之后", "由早到晚排列，先实际年、后目标年", (("years",),)
            )
        newest[promised] = max(year.year, newest.get(promised, 0))


@check("Z312", E, why="同一年同一类数据只能有一份，否则不知以哪份为准。", wrong="两处 year: 2024, kind: actual",
       right="year: 2023 与 year: 2024")  # fmt: skip
def years_stand_once(case: Case) -> Iterator[Problem]:
    """同一年份写了两次。"""
    seen: dict[tuple[int, str], int] = {}
    for index, year in enumerate(case.plan.years):
        first = seen.setdefault((year.year, year.kind), index)
        if first != index:
            line = case.reading.source.line_of(("years", first))
            hint = "删去其中一份，或改正年份"
            yield Problem(("years", index, "year"), f"{year.year} 年（{year.kind}）在第 {line} 行已写过", hint, (("years", index, "kind"),))


def _actual(case: Case) -> list[int]:
    return sorted({year.year for year in case.plan.years if year.kind == "actual" and year.year <= case.plan.accounting.baseline})


@check("Z313", W, why=THREE + "新建工厂可少于三年，下降类指标因此不得分。", wrong="只有 2023、2024 两年", right="2022、2023、2024 三年")
def three_full_years_are_there(case: Case) -> Iterator[Problem]:
    """基准年及以前的实际年份不足三年。"""
    have, baseline, count = _actual(case), case.plan.accounting.baseline, int(case.rulebook.catalogue.years.before)
    if have and len(have) < count:
        lacking = [year for year in range(baseline - count + 1, baseline + 1) if year not in have and year < have[0]]
        if lacking:
            named = "、".join(map(str, lacking))
            message = f"只有 {len(have)} 个实际年份，缺少 {named} 年（企业 {case.plan.factory.founded.year} 年成立）"
            yield Problem(("years",), message, "成立较晚的可不补；下降类指标按不足三年计 0 分", YEARS)


@check("Z314", E, why=THREE, wrong="2022、2024 两年，缺 2023", right="2022、2023、2024 三年")
def no_year_is_skipped(case: Case) -> Iterator[Problem]:
    """实际年份不连续。"""
    have = _actual(case)
    if have:
        lacking = [str(year) for year in range(have[0], case.plan.accounting.baseline) if year not in have]
        if lacking:
            yield Problem(("years",), f"实际年份缺少 {'、'.join(lacking)} 年，不能逐年比较", "补上该年的数据", YEARS)


@check("Z315", E, why="附件2 六：现状以基准年的实际数据计分。", wrong="baseline: 2024，而 years 没有 2024 年的 actual",
       right="- {year: 2024, kind: actual, …}")  # fmt: skip
def the_baseline_is_there(case: Case) -> Iterator[Problem]:
    """没有基准年的实际数据。"""
    baseline = case.plan.accounting.baseline
    if case.plan.year(baseline, "actual") is None:
        other = next((index for index, year in enumerate(case.plan.years) if year.year == baseline), None)
        place: Route = ("years",) if other is None else ("years", other, "kind")
        found = "" if other is None else f"，该年现为 {case.plan.years[other].kind}"
        yield Problem(
            place, f"years 中没有基准年 {baseline} 的实际数据（kind: actual）{found}", "补上该年，或改正 accounting.baseline", YEARS
        )


@check("Z316", E, why="附件1-3 1.3：方案须明确年度目标及指标。", wrong="target: 2026，而 years 没有 2026 年的 target",
       right="- {year: 2026, kind: target, …}")  # fmt: skip
def the_target_is_there(case: Case) -> Iterator[Problem]:
    """没有目标年的数据。"""
    target = case.plan.accounting.target
    if case.plan.year(target, "target") is None:
        yield Problem(("years",), f"years 中没有目标年 {target} 的数据（kind: target）", "补上该年的目标，或改正 accounting.target", YEARS)


@check("Z317", E, why="年度目标在基准年之后，最后一个就是目标年。", wrong="target: 2026，years 中还有 2027 年的 target",
       right="target: 2027")  # fmt: skip
def the_target_is_the_last(case: Case) -> Iterator[Problem]:
    """年度目标不在基准年与目标年之间。"""
    accounting = case.plan.accounting
    for index, year in enumerate(case.plan.years):
        if year.kind == "target" and not accounting.baseline < year.year <= accounting.target:
            message = f"{year.year} 年的目标不在基准年 {accounting.baseline} 之后、目标年 {accounting.target} 以内"
            yield Problem(
                ("years", index, "year"), message, "改正年份，或改正 accounting.target", (("accounting",), ("years", index, "kind"))
            )


@check("Z318", W, why="实际年份须是已经过完的年度。", wrong="as_of: 2025-04-30，year: 2025, kind: actual", right="year: 2025, kind: target")
def actual_years_are_over(case: Case) -> Iterator[Problem]:
    """实际年份尚未过完。"""
    day = case.plan.evaluation.as_of if case.plan.evaluation else case.plan.as_of
    for index, year in enumerate(case.plan.years):
        if year.kind == "actual" and year.year >= day.year:
            message = f"{year.year} 年填为实际，到 {day} 尚未过完"
            yield Problem(
                ("years", index, "kind"), message, "写 target，或待年度结束后填写", (("as_of",), ("evaluation",), ("years", index, "year"))
            )


@check("Z320", E, why="附件1-3 5.2、5.3：选用的强度基准各年都须有数。", wrong="intensity_basis: output_value，而该年没有 output_value",
       right="output_value: 52000")  # fmt: skip
def the_basis_is_given(case: Case) -> Iterator[Problem]:
    """缺少强度基准所需的产值或工业增加值。"""
    basis = case.plan.accounting.intensity_basis
    names = {"output_value": "产值", "added_value": "工业增加值"}
    for index, year in enumerate(case.plan.years):
        if basis in names and not getattr(year, basis):
            message = f"{year.year} 年没有{names[basis]}（{basis}），无法计算单位{names[basis]}的强度"
            yield Problem(("years", index, basis), message, f"填写 {basis}（万元）", (("accounting", "intensity_basis"),))


@check("Z321", W, why="工业增加值是产值的一部分，大于产值多半是单位或位置填错。", wrong="output_value: 5200, added_value: 13000",
       right="output_value: 52000, added_value: 13000")  # fmt: skip
def added_value_is_part_of_output(case: Case) -> Iterator[Problem]:
    """工业增加值大于产值。"""
    for index, year in enumerate(case.plan.years):
        if year.output_value is not None and year.added_value is not None and year.added_value > year.output_value:
            message = f"{year.year} 年工业增加值 {trimmed(year.added_value, 4)} 万元大于产值 {trimmed(year.output_value, 4)} 万元"
            yield Problem(("years", index, "added_value"), message, "核对两个数及单位（万元）", (("years", index, "output_value"),))


@check("Z322", W, why="附件1-3 5.5、5.6：单位产品原材料使用量和取水量须逐年计算，缺数的按 0 分计。", wrong="该年没有 water",
       right="water: 62000")  # fmt: skip
def water_and_materials_are_given(case: Case) -> Iterator[Problem]:
    """缺少取水量或原材料。"""
    for index, year in enumerate(case.plan.years):
        if year.water is None:
            yield Problem(("years", index, "water"), f"{year.year} 年没有取水量", "填写 water（立方米）")
        if not year.materials:
            yield Problem(("years", index, "materials"), f"{year.year} 年没有原材料", "填写 materials: [{name: …, amount: …, unit: t}]")


@check("Z331", W, why="没有能源的年份算出的排放为零，抵消比例会被当作 100%。", wrong="energy: []",
       right="energy: [{carrier: grid_electricity, …}]")  # fmt: skip
def energy_is_given(case: Case) -> Iterator[Problem]:
    """没有填能源。"""
    for index, year in enumerate(case.plan.years):
        if not any(line.amount for line in year.energy):
            yield Problem(("years", index, "energy"), f"{year.year} 年没有能源消费量", "填写 energy", (("years", index, "energy"),))


@check("Z333", W, why="取水量、产值和增加值一年之内很少成倍变化，多半是单位或小数点的差错。", wrong="water: 62（上年 62700）",
       right="water: 62000")  # fmt: skip
def totals_do_not_leap(case: Case) -> Iterator[Problem]:
    """取水量、产值或工业增加值与上年相差悬殊。"""
    names = {"water": ("取水量", "m3"), "output_value": ("产值", "万元"), "added_value": ("工业增加值", "万元")}
    told: set[tuple[int, str]] = set()
    for earlier, later in pairs(case):
        for key, (name, unit) in names.items():
            before, after = getattr(case.plan.years[earlier], key), getattr(case.plan.years[later], key)
            if before and after and (earlier, key) not in told and not before / LEAP < after < before * LEAP:
                told.add((later, key))
                was = case.plan.years[earlier].year
                message = f"{name} {trimmed(after, 4)} {unit}，{was} 年为 {trimmed(before, 4)} {unit}{slip(after / before)}"
                yield Problem(("years", later, key), message, "核对单位和小数点", (("years", earlier, key),))


def pairs(case: Case) -> Iterator[tuple[int, int]]:
    """Places of neighbouring years in time: actual and result years, and from the baseline through the targets.

    A slip in the middle leaps twice; checks that compare neighbours speak of it once, where it leaps away.
    """
    baseline = case.plan.accounting.baseline
    real = [index for index, year in enumerate(case.plan.years) if year.kind != "target"]
    promised = [
        index for index, year in enumerate(case.plan.years) if year.kind == "target" or (year.kind == "actual" and year.year == baseline)
    ]
    for run in (real, promised):
        run.sort(key=lambda index: case.plan.years[index].year)
        yield from pairwise(run)
