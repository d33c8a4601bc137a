"""Checks of the key projects: area, time, what they support and what they promise to save (附件2 四)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from zcfdocs.checks.registry import Case, Problem, check
from zcfdocs.figure import PLAIN_NUMBER, trimmed
from zcfdocs.finding import Severity, suggest
from zcfdocs.plan import Project

E, W, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
SAVINGS = {"energy": ("节能量", "tce"), "co2": ("减碳量", "tCO2"), "water": ("节水量", "m3")}
# Promised savings and the fall of totals rest on different base years and outputs; a tenth between them says nothing.
SLACK = Fraction(11, 10)


@check("Z501", E, why="附件2 四：基础设施建设、节能降碳改造、生产工艺优化、能源结构优化等领域。", wrong="area: 光伏",
       right="area: energy_structure")  # fmt: skip
def areas_are_known(case: Case) -> Iterator[Problem]:
    """没有这个项目领域。"""
    names = {area.key: area.name for area in case.rulebook.catalogue.project_areas}
    for index, project in enumerate(case.plan.projects):
        if project.area not in names:
            near = next((f"是不是想写 {key}？" for key, name in names.items() if name == project.area), suggest(project.area, names))
            listed = "、".join(f"{key}（{name}）" for key, name in names.items())
            yield Problem(("projects", index, "area"), f"没有项目领域 {project.area}。{near}", f"可取：{listed}")


@check("Z502", E, why="附件2 四 重点项目汇总表：建设期限。", wrong="start: 2026-03, end: 2025-06", right="start: 2025-06, end: 2026-03")
def projects_end_after_they_start(case: Case) -> Iterator[Problem]:
    """项目完工早于开工。"""
    for index, project in enumerate(case.plan.projects):
        if project.end[:7] < project.start[:7]:
            message = f"{project.name}完工 {project.end} 早于开工 {project.start}"
            yield Problem(("projects", index, "end"), message, "核对建设期限", (("projects", index, "start"),))


@check("Z503", INFO, why="基准年以前完工的项目，其成效已含在现状之中，不是试点的新增成效。", wrong="baseline: 2024，end: 2023-06",
       right="end: 2026-03")  # fmt: skip
def projects_are_still_to_save(case: Case) -> Iterator[Problem]:
    """项目在基准年以前已完工，成效已含在现状中。"""
    baseline = case.plan.accounting.baseline
    for index, project in enumerate(case.plan.projects):
        if project.end and project.end[:4] < str(baseline):
            message = f"{project.name} {project.end} 完工，成效已含在基准年 {baseline} 的现状中"
            yield Problem(("projects", index, "end"), message, "可移到正文的工作基础部分叙述", (("accounting", "baseline"),))


@check("Z504", E, why="附件2 四：项目须说明对试点工作的作用；所支撑的指标以附件1-3 的编号为准。", wrong="supports: [4.2]",
       right="supports: [4.2.1]")  # fmt: skip
def supported_rows_are_known(case: Case) -> Iterator[Problem]:
    """项目所支撑的指标不存在。"""
    known = case.rulebook.catalogue.rows_by_id
    for index, project in enumerate(case.plan.projects):
        for position, row in enumerate(project.supports):
            if row not in known:
                below = [key for key in known if key.startswith(f"{row}.")]
                near = f"是不是想写 {below[0]}？" if below else suggest(row, known)
                yield Problem(("projects", index, "supports", position), f"没有指标 {row}。{near}", "编号形如 4.2.1，见附件1-3")


def _counted(case: Case) -> list[Project]:
    """Projects whose savings fall between the baseline and the target year."""
    accounting = case.plan.accounting
    return [project for project in case.plan.projects if str(accounting.baseline) <= project.end[:4] <= str(accounting.target)]


@check("Z505", W, why="附件2 四：预期的节能量、减碳量、节水量，应与基准年到目标年总量的变化相称。",
       wrong="各项目共节能 500 tce，而总量只降 200 tce", right="核减节能量，或在正文说明增产的影响", figures=True)  # fmt: skip
def savings_agree_with_the_totals(case: Case) -> Iterator[Problem]:
    """项目的预期成效大于总量的下降。"""
    phases = case.score.phases if case.score else {}
    if "now" not in phases or "target" not in phases:
        return
    now, target = phases["now"].phase.account, phases["target"].phase.account
    water = [case.plan.years[account.index].water for account in (now, target)]
    falls = {"energy": now.tce.value - target.tce.value, "co2": now.emissions.value - target.emissions.value}
    if water[0] is not None and water[1] is not None:
        falls["water"] = water[0] - water[1]
    for key, fall in falls.items():
        promised = sum((getattr(project.saves, key) for project in _counted(case)), Fraction(0))
        if promised > 0 and promised > fall * SLACK:
            name, unit = SAVINGS[key]
            change = f"只下降 {trimmed(fall, 2)}" if fall > 0 else f"反而上升 {trimmed(-fall, 2)}" if fall < 0 else "没有变化"
            change = f"{change} {unit}" if fall else change
            message = f"各项目{name}合计 {trimmed(promised, 2)} {unit}，而 {now.year}—{target.year} 年总量{change}"
            yield Problem(("projects",), message, "核对项目成效和目标年数据；因增产抵去的请在正文说明", (("projects",),))


@check("Z506", INFO, why="附件2 三（三）：已完成的项目应有实际成效和计算过程。", wrong="status: done，没有 achieved",
       right="achieved: {energy: 120, co2: 190, water: 0}")  # fmt: skip
def finished_projects_say_what_they_achieved(case: Case) -> Iterator[Problem]:
    """已完成的项目没有写实际成效。"""
    for index, project in enumerate(case.plan.projects):
        if project.status == "done" and project.achieved is None:
            yield Problem(
                ("projects", index, "achieved"), f"{project.name}已完成，没有 achieved", "写 achieved: {energy: …, co2: …, water: …}"
            )


@check("Z507", W, why="目标年以后才完工的项目，不能支撑目标年的数据。", wrong="target: 2026，end: 2027-03", right="end: 2026-03")
def projects_end_by_the_target(case: Case) -> Iterator[Problem]:
    """项目在目标年以后才完工。"""
    target = case.plan.accounting.target
    for index, project in enumerate(case.plan.projects):
        if project.end[:4] > str(target):
            message = f"{project.name} {project.end} 完工，晚于目标年 {target}"
            yield Problem(
                ("projects", index, "end"), message, "调整建设期限或目标年", (("accounting", "target"), ("projects", index, "start"))
            )


@check("Z508", W, why="附件2 四：提出拟开展的重点项目，支撑试点目标。", wrong="projects: []", right="至少列出一个重点项目")
def there_are_projects(case: Case) -> Iterator[Problem]:
    """没有重点项目。"""
    if not case.plan.projects:
        yield Problem(("projects",), "没有列出重点项目", "在 projects 中写明拟开展的项目及其节能量、减碳量、节水量", (("projects",),))


@check("Z509", W, why="附件2 四：项目须写明预期的节能量、减碳量、节水量。", wrong="saves: {energy: 0, co2: 0, water: 0}",
       right="saves: {energy: 133, co2: 216, water: 0}")  # fmt: skip
def projects_save_something(case: Case) -> Iterator[Problem]:
    """项目没有任何预期成效。"""
    for index, project in enumerate(case.plan.projects):
        if not any(getattr(project.saves, key) > 0 for key in SAVINGS):
            place = ("projects", index, "saves")
            yield Problem(place, f"{project.name}的节能量、减碳量、节水量都不大于 0", "按 GB/T 13234 或 GB/T 33760 计算后填写", (place,))


@check("Z511", E, why="替代的能源以能源品种表的名称和单位填写。", wrong="replaces: {电: 1600, unit: MWh}",
       right="replaces: {grid_electricity: 1600, unit: MWh}")  # fmt: skip
def replaced_energy_is_known(case: Case) -> Iterator[Problem]:
    """项目替代的能源写法不对。"""
    carriers = case.rulebook.carriers.by_key
    for index, project in enumerate(case.plan.projects):
        given = dict(project.replaces or {})
        unit = given.pop("unit", "")
        for key, amount in given.items():
            place = ("projects", index, "replaces", key)
            if key not in carriers:
                near = next((f"是不是想写 {item.key}？" for item in carriers.values() if key in item.name), suggest(key, carriers))
                yield Problem(place, f"没有能源品种 {key}。{near}", "写成 {品种: 数量, unit: 单位}，如 {grid_electricity: 1600, unit: MWh}")
            elif not PLAIN_NUMBER.fullmatch(str(amount)):
                yield Problem(place, f"{carriers[key].name}的数量“{amount}”不是普通小数", "只写数字，单位写在 unit")
            elif unit not in carriers[key].units:
                yield Problem(
                    ("projects", index, "replaces", "unit"),
                    f"{carriers[key].name}的单位不能写“{unit}”",
                    f"可取：{'、'.join(carriers[key].units)}",
                )
