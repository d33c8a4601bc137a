"""The figures of a plan as charts: energy by carrier, emissions by scope, intensities, before and after, points by group."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from zcfdocs.accounting import YearAccount
from zcfdocs.accounting.intensity import NAMES
from zcfdocs.charts.drawing import Chart, Record, chart, grouped, lines, shares, stacked
from zcfdocs.dossier import Dossier
from zcfdocs.figure import Figure, display, percent
from zcfdocs.plan import METRICS

KINDS = {"actual": "", "target": "目标", "result": "结果"}
SOLD = ("electricity_sold", "heat_sold")
MOST_CARRIERS, MOST_PRODUCTS, MOST_BARS = 8, 4, 12
REST = "其他"


def energy_chart(dossier: Dossier) -> Chart:
    """tce by carrier and year, stacked; energy sold is left out of the picture, the smallest carriers of many stand together."""
    records: list[Record] = []
    told = []
    names = _carriers(dossier)
    for account in dossier.accounts:
        parts: dict[str, Fraction] = {}
        for line, figure in account.energy_lines:
            if line.carrier.role not in SOLD:
                name = line.carrier.name if line.carrier.name in names else REST
                parts[name] = parts.get(name, Fraction(0)) + figure.value
        records += [_record(_year(account), name, value, names.index(name)) for name, value in parts.items()]
        told.append(f"{_year(account)}{display(account.tce.value)} tce")
    spec = stacked(records, "综合能耗（tce）", [_year(account) for account in dossier.accounts])
    return chart("energy", "能源消费结构（折标准煤）", f"各年综合能耗按能源品种堆叠的柱形图：{'；'.join(told)}。", spec)


def _carriers(dossier: Dossier) -> list[str]:
    """In the plan's order; of many the largest over all years, and the rest last."""
    sums: dict[str, Fraction] = {}
    for account in dossier.accounts:
        for line, figure in account.energy_lines:
            sums[line.carrier.name] = sums.get(line.carrier.name, Fraction(0)) + figure.value
    if len(sums) <= MOST_CARRIERS:
        return list(sums)
    kept = sorted(sums, key=lambda name: sums[name], reverse=True)[: MOST_CARRIERS - 1]
    return [*(name for name in sums if name in kept), REST]


def emissions_chart(dossier: Dossier) -> Chart:
    """Scope 1 and 2 upwards, offsets downwards, by year."""
    records: list[Record] = []
    told = []
    for account in dossier.accounts:
        series = (("范围1", account.scope1.value), ("范围2", account.scope2.value), ("碳抵消量", -account.offsets.value))
        records += [_record(_year(account), name, value, index) for index, (name, value) in enumerate(series)]
        totals = f"排放 {display(account.emissions.value)} tCO2e，抵消 {display(account.offsets.value)} tCO2e"
        told.append(f"{_year(account)}{totals}，抵消比例 {percent(account.offset_ratio.value)}")
    spec = stacked(records, "排放量与抵消量（tCO₂e）", [_year(account) for account in dossier.accounts])
    return chart("emissions", "温室气体排放与碳抵消", f"各年范围1、范围2排放和碳抵消量的柱形图：{'；'.join(told)}。", spec)


def intensities_chart(dossier: Dossier) -> Chart | None:
    """Energy and carbon per unit by year, a line a product; None where nothing of them is known or may be shown."""
    panels, told = [], []
    years = [_year(account) for account in dossier.accounts]
    for metric in ("energy", "carbon"):
        records: list[Record] = []
        units: set[str] = set()
        for account in dossier.accounts:
            for item in account.products[:MOST_PRODUCTS]:
                if (figure := item.metric(metric)) is not None:
                    label = display(figure.value, 2)
                    records.append({"x": _year(account), "series": item.product, "y": float(figure.value), "label": label})
                    told.append(f"{_year(account)}{item.product}{figure.title} {label} {figure.unit}")
                    title, units = figure.title, {*units, figure.unit}
        if records:
            shown = f"{title}（{units.pop()}）" if len(units) == 1 else title
            panels.append((shown.replace("CO2", "CO₂"), records))
    if not panels:
        return None
    return chart("intensities", "能耗强度与碳排放强度", f"各年能耗强度和碳排放强度的折线图：{'；'.join(told)}。", lines(panels, years))


def change_chart(dossier: Dossier) -> Chart | None:
    """Each amount and intensity in the target year, and the result's, as a share of the baseline; None without a target."""
    phases = list(dossier.score.phases.values())
    if len(phases) < 2:
        return None
    records: list[Record] = []
    told = []
    names = []
    for name, figures in list(_compared([phase.phase.account for phase in phases]))[:MOST_BARS]:
        before = figures[0]
        if before is None or before.value <= 0:
            continue
        names.append(name)
        for phase, figure in zip(phases[1:], figures[1:], strict=True):
            if figure is not None:
                share = figure.value / before.value
                records.append({"x": name, "series": phase.phase.label, "y": float(share * 100), "label": percent(share)})
                told.append(f"{name}{phase.phase.label}为现状的 {percent(share)}")
    if not records:
        return None
    spec = shares(records, names, [phase.phase.label for phase in phases[1:]], "现状为100（%）")
    return chart("change", "建设前后主要指标变化（现状为100）", f"目标与现状之比的条形图：{'；'.join(told)}。", spec)


def _compared(accounts: list[YearAccount]) -> Iterator[tuple[str, list[Figure | None]]]:
    yield "综合能耗", [account.tce for account in accounts]
    yield "温室气体排放总量", [account.emissions for account in accounts]
    products = list(dict.fromkeys(item.product for account in accounts for item in account.products))
    for product in products[:MOST_PRODUCTS]:
        items = [account.product(product) for account in accounts]
        for metric in METRICS:
            name = NAMES[metric] if len(products) == 1 else f"{product}：{NAMES[metric]}"
            yield name, [item.metric(metric) if item else None for item in items]


def points_chart(dossier: Dossier) -> Chart:
    """Points of each group out of 100, phase beside phase, the figure written above each bar."""
    records: list[Record] = []
    told = []
    phases = [phase.phase.label for phase in dossier.score.phases.values()]
    for phase in dossier.score.phases.values():
        for group in phase.groups:
            label = display(group.points, 2, group.group.points)
            records.append({"x": group.group.title, "series": phase.phase.label, "y": float(group.points), "label": label})
        told.append(f"{phase.phase.label}总分 {display(phase.total, 2, dossier.catalogue.pass_line)}")
    return chart("points", "各一级指标得分", f"五组一级指标得分的分组柱形图：{'，'.join(told)}。", grouped(records, phases))


def _year(account: YearAccount) -> str:
    return f"{account.year}年{KINDS[account.kind]}"


def _record(year: str, series: str, value: Fraction, order: int) -> Record:
    return {"x": year, "series": series, "y": float(value), "order": order}
