"""Tables of the accounts, year beside year: energy, emissions, offsets and intensities (附件2 一（二）)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from zcfdocs.accounting import ProductIntensity, YearAccount
from zcfdocs.accounting.intensity import NAMES, UNITS, VALUE_NAMES
from zcfdocs.dossier import WITHHELD, Dossier
from zcfdocs.figure import Figure
from zcfdocs.manuscript.notation import ABSENT, amount, number, precision, ratio
from zcfdocs.manuscript.table import Cell, Row, Table, broken, centred, heading, text, value
from zcfdocs.plan import METRICS, Year

KINDS = {"actual": "", "target": "（目标）", "result": "（结果）"}
ROLES_SOLD = ("electricity_sold", "heat_sold")
ZERO = Fraction(0)
Values = dict[int, Fraction]


def absent(dossier: Dossier) -> str:
    """What stands for a missing value: in the public copy it may also have been withheld."""
    return WITHHELD if dossier.public else ABSENT


def year_titles(dossier: Dossier) -> tuple[str, ...]:
    return tuple(f"{account.year}年{KINDS[account.kind]}" for account in dossier.accounts)


def _widths(dossier: Dossier, *first: int) -> tuple[int, ...]:
    """The leading columns as asked, the years even over the rest of 100."""
    count = len(dossier.accounts)
    return (*first, *[max(9, (100 - sum(first)) // max(count, 1))] * count)


def energy(dossier: Dossier) -> Table:
    """Physical amounts, tce and shares of every carrier and year; sold energy with a minus, as it is taken off."""
    physical: dict[tuple[str, str, str], Values] = {}
    coal: dict[str, Values] = {}
    for account in dossier.accounts:
        for line in dossier.plan.years[account.index].energy:
            if carrier := dossier.rulebook.carriers.get(line.carrier):
                _add(physical.setdefault((carrier.key, carrier.name, line.unit), {}), account.index, line.amount)
        for used, figure in account.energy_lines:
            sign = -1 if used.carrier.role in ROLES_SOLD else 1
            _add(coal.setdefault(used.carrier.name, {}), account.index, sign * figure.value)
    totals = {account.index: account.tce.value for account in dossier.accounts}
    own = {account.index: account.tce_without_renewables.value for account in dossier.accounts}
    bought = [
        (name, unit, [amount(years.get(account.index)) for account in dossier.accounts]) for (_, name, unit), years in physical.items()
    ]
    burnt = [(name, "tce", _numbers(years, dossier)) for name, years in coal.items()]
    burnt.append(("综合能耗合计", "tce", _numbers(totals, dossier)))
    burnt.append(("其中：扣除自发自用可再生能源后", "tce", _numbers(own, dossier)))
    shares = [(name, "%", [_share(years.get(index), whole) for index, whole in totals.items()]) for name, years in coal.items()]
    groups = (("实物量", bought), ("折标准煤", burnt), ("占比", shares))
    return Table(
        "energy",
        "能源消费量与消费结构",
        _widths(dossier, 9, 22, 9),
        heading("类别", "能源品种", "单位", *year_titles(dossier)),
        tuple(_group(label, rows) for label, rows in groups if rows),
        "电力、热力按当量值折算；上网电量和自备燃料发电量只列实物量，不重复计入综合能耗；外销能源以负数列示。",
    )


def _add(values: Values, index: int, more: Fraction | None) -> None:
    """Add up a year; a withheld amount leaves it as it is."""
    if more is not None:
        values[index] = values.get(index, ZERO) + more


def _numbers(values: Values, dossier: Dossier) -> list[str]:
    return [number(values.get(account.index), 2) for account in dossier.accounts]


def _share(part: Fraction | None, whole: Fraction) -> str:
    return ABSENT if part is None or whole <= 0 else ratio(part / whole).removesuffix("%")


def _group(label: str, rows: Iterable[tuple[str, str, list[str]]]) -> tuple[Row, ...]:
    """Rows under one merged label; name, unit, then a number a year."""
    found = list(rows)
    lead = (centred(label, rows=len(found)),)
    return tuple(
        (*(lead if not index else ()), text(name), centred(unit), *map(value, cells)) for index, (name, unit, cells) in enumerate(found)
    )


def terms(figure: Figure, sign: int = 1) -> Iterable[tuple[str, Fraction]]:
    """The named addends of a sum, what is taken off with a minus."""
    if figure.op == "sum":
        for arg in figure.args:
            yield from terms(arg, sign)
    elif figure.op == "difference":
        yield from terms(figure.args[0], sign)
        yield from terms(figure.args[1], -sign)
    else:
        yield figure.title, sign * figure.value


def emissions(dossier: Dossier) -> Table:
    """Scope 1 and 2 with their sources, offsets, what is left, and the two ratios the notice scores."""
    accounts = dossier.accounts
    scopes = [("范围1", _sources(dossier, lambda account: account.scope1)), ("范围2", _sources(dossier, lambda account: account.scope2))]
    whole: list[tuple[str, str, list[str]]] = [
        ("排放总量（范围1+范围2）", "tCO2e", [number(account.emissions.value, 2) for account in accounts]),
        ("碳抵消量", "tCO2e", [number(account.offsets.value, 2) for account in accounts]),
        ("抵消后剩余排放量", "tCO2e", [number(max(ZERO, account.emissions.value - account.offsets.value), 2) for account in accounts]),
        ("抵消比例", "%", [ratio(account.offset_ratio.value).removesuffix("%") for account in accounts]),
        ("可再生电力占比", "%", [ratio(account.renewable_share.value).removesuffix("%") for account in accounts]),
    ]
    apart: list[tuple[str, str, list[str]]] = []
    if any(account.biogenic.value for account in accounts):
        apart.append(("生物源二氧化碳", "tCO2", [number(account.biogenic.value, 2) for account in accounts]))
    scope3 = [dossier.plan.years[account.index].scope3 for account in accounts]
    if any(item is not None for item in scope3):
        apart.append(("范围3（自报）", "tCO2e", [number(item, 2) for item in scope3]))
    return Table(
        "emissions",
        "温室气体排放与碳抵消情况",
        _widths(dossier, 9, 24, 9),
        heading("类别", "项目", "单位", *year_titles(dossier)),
        tuple(_group(label, rows) for label, rows in (*scopes, ("合计", whole), ("单列", apart)) if rows),
        "单列各项不计入排放总量。" if apart else "",
    )


def _sources(dossier: Dossier, scope: Callable[[YearAccount], Figure]) -> list[tuple[str, str, list[str]]]:
    """A row for each source met in any year, then the scope's own total."""
    found: dict[str, Values] = {}
    totals: Values = {}
    for account in dossier.accounts:
        totals[account.index] = scope(account).value
        for title, part in terms(scope(account)):
            _add(found.setdefault(title, {}), account.index, part)
    rows = [(title, "tCO2e", _numbers(years, dossier)) for title, years in found.items()]
    return [*rows, ("小计", "tCO2e", _numbers(totals, dossier))]


def offsets(dossier: Dossier) -> Table | None:
    """Every line of offsets with its verdict, 附件1-1 二（4）."""
    groups = []
    kinds = {kind.key: kind.name for kind in dossier.catalogue.offset_kinds}
    for account, title in zip(dossier.accounts, year_titles(dossier), strict=True):
        rows: list[tuple[Cell, ...]] = []
        for line in account.offset_lines:
            verdict = "计入" if line.counts else f"不计入：{line.refused}"
            source = line.source
            told = (source.project, source.registry, source.vintage, source.location, source.recognised_by)
            about = "，".join(part for part in told if part)
            rows.append(
                (
                    text(f"{line.method.id} {line.method.title}"),
                    text(kinds.get(source.kind or "", source.kind or ""), about),
                    value(amount(source.amount)),
                    centred(source.unit),
                    text(verdict),
                )
            )
        if rows:
            groups.append(((Cell(broken(title), "c", rows=len(rows)), *rows[0]), *rows[1:]))
    if not groups:
        return None
    return Table(
        "offsets", "碳抵消明细", (13, 20, 31, 12, 10, 14), heading("年份", "抵消方式", "种类", "数量", "单位", "是否计入"), tuple(groups)
    )


def intensities(dossier: Dossier) -> Table:
    """What the intensities rest on, then every product's and the factory's by all three bases."""
    chosen = dossier.plan.accounting.intensity_basis
    products = dict.fromkeys(item.product for account in dossier.accounts for item in account.products)
    groups = [
        ("基础数据", _basis_rows(dossier)),
        *((product, _product_rows(dossier, product, chosen)) for product in products),
        ("全厂", _factory_rows(dossier, chosen)),
    ]
    return Table(
        "intensities",
        "资源消耗与能耗、碳排放强度",
        _widths(dossier, 11, 25, 14),
        heading("类别", "指标", "单位", *year_titles(dossier)),
        tuple(_group(label, rows) for label, rows in groups if rows),
        "带“*”的能耗和碳排放强度用于评分。",
    )


def _basis_rows(dossier: Dossier) -> list[tuple[str, str, list[str]]]:
    gone = absent(dossier)
    years = [dossier.plan.years[account.index] for account in dossier.accounts]
    rows: dict[tuple[str, str], list[str]] = {}

    def put(title: str, unit: str, position: int, shown: str) -> None:
        rows.setdefault((title, unit), [ABSENT] * len(years))[position] = shown

    for position, year in enumerate(years):
        for item in year.products:
            put(f"{item.name}产量", item.unit, position, amount(item.amount, gone))
        put("产值", "万元", position, amount(year.output_value, gone))
        put("工业增加值", "万元", position, amount(year.added_value, gone))
        for (name, unit), whole in _materials(year, gone).items():
            put(name, unit, position, amount(whole, gone))
        put("取水量", "m3", position, amount(year.water, gone))
    return [(title, unit, cells) for (title, unit), cells in rows.items()]


def _materials(year: Year, gone: str) -> dict[tuple[str, str], Fraction | None]:
    found: dict[tuple[str, str], Fraction | None] = {}
    for item in year.materials:
        key = (item.name or f"原材料（名称{gone}）", item.unit)
        known = found.get(key, ZERO)
        found[key] = None if item.amount is None or known is None else known + item.amount
    return found


def _product_rows(dossier: Dossier, product: str, chosen: str) -> list[tuple[str, str, list[str]]]:
    items = [account.product(product) for account in dossier.accounts]
    output = next((item.unit for item in items if item), "")
    rows = []
    for metric in METRICS:
        mark = "*" if metric in ("energy", "carbon") and chosen == "product" else ""
        figures = [by_product(item, metric) for item in items]
        rows.append((f"{NAMES[metric]}{mark}", f"{UNITS[metric]}/{output}", _figures(figures, dossier)))
    return rows


def by_product(item: ProductIntensity | None, metric: str) -> Figure | None:
    if item is None:
        return None
    return item.bases["product"][metric] if metric in ("energy", "carbon") else item.metric(metric)


def _factory_rows(dossier: Dossier, chosen: str) -> list[tuple[str, str, list[str]]]:
    rows = []
    for basis, name in VALUE_NAMES.items():
        for metric in ("energy", "carbon"):
            title = NAMES[metric].replace("单位产品", f"单位{name}") + ("*" if basis == chosen else "")
            figures = [account.products[0].bases[basis][metric] if account.products else None for account in dossier.accounts]
            rows.append((title, f"{UNITS[metric]}/万元", _figures(figures, dossier)))
    return rows


def _figures(figures: list[Figure | None], dossier: Dossier) -> list[str]:
    values = [figure.value if figure else None for figure in figures]
    return [number(item, precision(values), absent(dossier)) for item in values]
