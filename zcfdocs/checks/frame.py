"""Checks of the frame of the accounts: options, baseline and target, evaluation (front-matter `accounting`, `evaluation`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from zcfdocs.checks.registry import Case, Problem, check
from zcfdocs.finding import Severity, suggest

E, W, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
SETS = "排放因子取自有名称、有日期、有来源的因子集，由目录列出可用的几套；一份方案只用一套。"
BASES = {"product": "产品", "output_value": "产值", "added_value": "工业增加值"}


def _unknown(field: str, what: str, found: str, known: Iterable[str]) -> Iterator[Problem]:
    keys = list(known)
    if found not in keys:
        near = suggest(found, keys) or next((f"是不是想写 {key}？" for key in keys if key.lower() == found.lower()), "")
        yield Problem(("accounting", field), f"没有{what} {found}。{near}", f"可取：{'、'.join(keys)}")


@check("Z301", E, why=SETS, wrong="grid_area: 天津", right="grid_area: tianjin")
def grid_area_is_known(case: Case) -> Iterator[Problem]:
    """没有这个电网区域的排放因子。"""
    areas, found = {area.key: area.name for area in case.rulebook.grid.areas}, case.plan.accounting.grid_area
    if found not in areas:
        near = next((f"是不是想写 {key}？" for key, name in areas.items() if name == found), suggest(found, areas))
        listed = "、".join(f"{key}（{name}）" for key, name in areas.items())
        yield Problem(("accounting", "grid_area"), f"没有电网区域 {found}。{near}", f"可取：{listed}")


@check("Z302", E, why=SETS, wrong="fuel_factors: ndrc", right="fuel_factors: ndrc-other-industry")
def fuel_factors_are_known(case: Case) -> Iterator[Problem]:
    """没有这套燃料排放因子。"""
    yield from _unknown("fuel_factors", "燃料因子集", case.plan.accounting.fuel_factors, case.rulebook.fuels)


@check("Z303", E, why="附件1-1 二（3）温室气体范围；三年须用同一套全球增温潜势。", wrong="gwp: ar5", right="gwp: AR5")
def gwp_is_known(case: Case) -> Iterator[Problem]:
    """没有这套全球增温潜势。"""
    yield from _unknown("gwp", "全球增温潜势", case.plan.accounting.gwp, case.rulebook.gwp)


@check("Z304", W, why="附件1-3：近 3 年指填报日之前三个完整日历年，基准年是其中最新一年。", wrong="as_of: 2025-04-30, baseline: 2023",
       right="as_of: 2025-04-30, baseline: 2024")  # fmt: skip
def baseline_is_the_newest_full_year(case: Case) -> Iterator[Problem]:
    """基准年不是填报日之前最新的完整年。"""
    baseline, newest = case.plan.accounting.baseline, case.plan.as_of.year - 1
    if baseline != newest:
        message = f"基准年为 {baseline}，填报日 {case.plan.as_of} 之前最新的完整年是 {newest}"
        yield Problem(("accounting", "baseline"), message, f"一般写 baseline: {newest}", (("as_of",),))


@check("Z305", E, why="通知 二、主要目标：目标在现状之后，经一年左右建设期达到。", wrong="baseline: 2024, target: 2024",
       right="baseline: 2024, target: 2026")  # fmt: skip
def target_follows_the_baseline(case: Case) -> Iterator[Problem]:
    """目标年不晚于基准年。"""
    accounting = case.plan.accounting
    if accounting.target <= accounting.baseline:
        message = f"目标年 {accounting.target} 不晚于基准年 {accounting.baseline}"
        yield Problem(("accounting", "target"), message, "目标年应在基准年之后", (("accounting", "baseline"),))


@check("Z306", W, why="附件1-3 5.2、5.3：装备、电子、电器等离散制造业可采用单位产值或单位工业增加值指标，其余按单位产品。",
       wrong="code: C2710 而 intensity_basis: output_value", right="intensity_basis: product")  # fmt: skip
def value_basis_suits_the_industry(case: Case) -> Iterator[Problem]:
    """此行业一般不用产值或工业增加值作强度基准。"""
    basis, code, discrete = (
        case.plan.accounting.intensity_basis,
        case.plan.factory.industry.code,
        case.rulebook.catalogue.industries.discrete,
    )
    if basis != "product" and code[1:3] not in discrete:
        message = f"行业 {code} 不在可按产值、增加值计强度的大类（{'、'.join(discrete)}）之内，现按{BASES[basis]}"
        rests = (("factory", "industry", "code"),)
        yield Problem(("accounting", "intensity_basis"), message, "改为 product，或在正文说明理由供评审确认", rests)


@check("Z307", INFO, why="产值按现价时含价格涨落，强度的升降不全是节能降碳的结果。",
       wrong="intensity_basis: output_value, price_basis: current", right="price_basis: constant")  # fmt: skip
def prices_are_comparable(case: Case) -> Iterator[Problem]:
    """按现价产值计算强度。"""
    accounting = case.plan.accounting
    if accounting.intensity_basis != "product" and accounting.price_basis == "current":
        route = ("accounting", "price_basis")
        yield Problem(
            route, f"强度按现价{BASES[accounting.intensity_basis]}计算，含价格变化", "有可比价数据的，改用可比价并写 price_basis: constant"
        )


@check("Z308", E, why="只能采用填报日以前已公布的电网排放因子；没有就无法核算范围2。", wrong="as_of: 2020-04-30", right="as_of: 2025-04-30")
def a_grid_factor_was_published(case: Case) -> Iterator[Problem]:
    """填报日之前没有公布过所选区域的电网排放因子。"""
    grid, area = case.rulebook.grid, case.plan.accounting.grid_area
    published = [item.published for item in grid.values if item.area == area]
    if published and min(published) > case.plan.as_of:
        message = f"填报日 {case.plan.as_of} 之前没有公布过 {area} 的电网排放因子，最早一次是 {min(published)}"
        yield Problem(("accounting", "grid_area"), message, "核对 as_of，或换一个区域", (("as_of",),))


@check("Z309", E, why="通知 三（四）效果评价：评价时同时给出 evaluation 和一个结果年。", wrong="有 evaluation，没有 kind: result 的年份",
       right="years 中加上 - {year: 2026, kind: result, …}")  # fmt: skip
def evaluation_has_its_result(case: Case) -> Iterator[Problem]:
    """效果评价与结果年不配套。"""
    results = [index for index, year in enumerate(case.plan.years) if year.kind == "result"]
    if case.plan.evaluation is not None and not results:
        yield Problem(
            ("evaluation",),
            "有 evaluation，但 years 中没有 kind: result 的年份",
            "加上结果年的数据，或将 evaluation 写为 null",
            (("years",),),
        )
    if case.plan.evaluation is None and results:
        hint = "加上 evaluation: {as_of: …, period: {start: …, end: …}}，或改为 actual、target"
        yield Problem(("years", results[0], "kind"), "有结果年，但没有 evaluation", hint, (("evaluation",),))
    for index in results[1:]:
        yield Problem(("years", index, "kind"), "结果年只能有一个", "其余年份写 actual")


@check("Z310", E, why="通知 三（四）：建设期满后评价，评价日在填报日之后，评价期先始后终。",
       wrong="evaluation: {as_of: 2024-11-30}（as_of: 2025-04-30）", right="evaluation: {as_of: 2026-11-30}")  # fmt: skip
def evaluation_dates_run_forward(case: Case) -> Iterator[Problem]:
    """效果评价的日期先后不对。"""
    evaluation = case.plan.evaluation
    if evaluation is None:
        return
    if evaluation.as_of <= case.plan.as_of:
        yield Problem(
            ("evaluation", "as_of"),
            f"评价日 {evaluation.as_of} 不晚于填报日 {case.plan.as_of}",
            "核对两个日期；as_of 入选后不再改动",
            (("as_of",),),
        )
    period = evaluation.period
    if period is not None and period.end < period.start:
        message = f"评价期止于 {period.end}，早于开始 {period.start}"
        yield Problem(("evaluation", "period", "end"), message, "核对起止日期", (("evaluation", "period", "start"),))
