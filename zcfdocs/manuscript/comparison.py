"""建设前后各项指标对比: baseline beside target, at evaluation the result too, with change and rate (三（一）组织申报)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from zcfdocs.accounting import YearAccount
from zcfdocs.accounting.intensity import NAMES, UNITS, VALUE_NAMES
from zcfdocs.dossier import Dossier
from zcfdocs.figure import rounded
from zcfdocs.manuscript.accounts import absent, by_product
from zcfdocs.manuscript.notation import ABSENT, amount, number, points, precision, ratio
from zcfdocs.manuscript.table import Row, Table, broken, centred, head, text, value
from zcfdocs.plan import METRICS
from zcfdocs.scoring import PhaseScore

Write = Callable[[Fraction | None], str]


@dataclass(frozen=True, slots=True)
class Metric:
    """One line: a value a phase; `write` sets it, `is_ratio` makes its change one of percentage points."""

    title: str
    unit: str
    values: tuple[Fraction | None, ...]
    write: Write
    is_ratio: bool = False


def comparison(dossier: Dossier) -> Table | None:
    phases = tuple(dossier.score.phases.values())
    if not phases:
        return None
    groups = [tuple(_row(metric, absent(dossier)) for metric in run) for run in metrics(dossier, phases) if run]
    titles = [f"{phase.phase.account.year}年{phase.phase.label}" for phase in phases]
    later = [phase.phase.label for phase in phases[1:]]
    changes = [head(f"{label}较{phases[0].phase.label}", cols=2) for label in later]
    first = (head("指标", rows=2), head("单位", rows=2), *(head(title, rows=2) for title in titles), *changes)
    second = tuple(head(*broken(title)) for _ in later for title in ("变化量", "变化率（%）"))
    widths = (26, 13, *[12] * len(phases), *[11] * 2 * len(later))
    return Table(
        "comparison",
        "试点建设前后各项指标对比",
        widths,
        (first, second) if later else (first,),
        tuple(groups),
        "比例类指标的变化量为百分点。",
    )


def _row(metric: Metric, gone: str) -> Row:
    base = metric.values[0]
    cells = [value(metric.write(item)) for item in metric.values]
    for item in metric.values[1:]:
        if base is None or item is None:
            cells += [value(gone), value(gone)]
            continue
        cells.append(value(rounded((item - base) * 100, 2) if metric.is_ratio else metric.write(item - base)))
        cells.append(value(ABSENT if metric.is_ratio or not base else rounded((item - base) / base * 100, 2)))
    return (text(metric.title), centred(metric.unit), *cells)


def metrics(dossier: Dossier, phases: tuple[PhaseScore, ...]) -> Iterator[list[Metric]]:
    """Total points, the factory's amounts and shares, each product's intensities, the intensities of values; a run stays together."""
    accounts = [phase.phase.account for phase in phases]
    gone = absent(dossier)
    line = dossier.catalogue.pass_line
    years = [dossier.plan.years[account.index] for account in accounts]
    yield [Metric("评价得分", "分", tuple(phase.total for phase in phases), lambda item: gone if item is None else points(item, line))]
    yield [
        _whole(accounts, "综合能耗", "tce", lambda account: account.tce.value),
        _whole(accounts, "温室气体排放总量", "tCO2e", lambda account: account.emissions.value),
        _whole(accounts, "其中：范围1", "tCO2e", lambda account: account.scope1.value),
        _whole(accounts, "其中：范围2", "tCO2e", lambda account: account.scope2.value),
        _whole(accounts, "碳抵消量", "tCO2e", lambda account: account.offsets.value),
        _ratio(accounts, "抵消比例", lambda account: account.offset_ratio.value),
        _ratio(accounts, "可再生电力占比", lambda account: account.renewable_share.value),
        Metric("取水量", "m3", tuple(year.water for year in years), lambda item: amount(item, gone)),
    ]
    for product in dict.fromkeys(item.product for account in accounts for item in account.products):
        yield list(_product(accounts, product, gone))
    yield list(_factory(accounts, gone))


def _whole(accounts: list[YearAccount], title: str, unit: str, read: Callable[[YearAccount], Fraction]) -> Metric:
    return Metric(title, unit, tuple(map(read, accounts)), lambda item: number(item, 2))


def _ratio(accounts: list[YearAccount], title: str, read: Callable[[YearAccount], Fraction]) -> Metric:
    return Metric(title, "%", tuple(map(read, accounts)), lambda item: ratio(item).removesuffix("%"), is_ratio=True)


def _set(title: str, unit: str, values: tuple[Fraction | None, ...], gone: str) -> Metric:
    digits = precision(values)
    return Metric(title, unit, values, lambda item: number(item, digits, gone))


def _product(accounts: list[YearAccount], product: str, gone: str) -> Iterator[Metric]:
    items = [account.product(product) for account in accounts]
    output = next((item.unit for item in items if item), "")
    for metric in METRICS:
        values = tuple(figure.value if figure else None for figure in (by_product(item, metric) for item in items))
        yield _set(f"{product}：{NAMES[metric]}", f"{UNITS[metric]}/{output}", values, gone)


def _factory(accounts: list[YearAccount], gone: str) -> Iterator[Metric]:
    for basis, name in VALUE_NAMES.items():
        for metric in ("energy", "carbon"):
            found = [account.products[0].bases[basis][metric] if account.products else None for account in accounts]
            values = tuple(figure.value if figure else None for figure in found)
            yield _set(NAMES[metric].replace("单位产品", f"单位{name}"), f"{UNITS[metric]}/万元", values, gone)
