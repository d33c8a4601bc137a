"""Checks of the benchmarks against which intensities are judged (附件1-3 5.2, 5.3, 5.5, 5.6)."""

from __future__ import annotations

from collections.abc import Iterator

from zcfdocs.accounting.intensity import UNITS
from zcfdocs.catalogue import Row
from zcfdocs.checks.registry import Case, Problem, check
from zcfdocs.figure import trimmed
from zcfdocs.finding import Route, Severity, suggest
from zcfdocs.plan import Product
from zcfdocs.scoring import METRIC_NAMES, BetterThan, limit_in
from zcfdocs.units import compound_ratio

E, W = Severity.ERROR, Severity.WARNING
BASIS: tuple[Route, ...] = (("accounting",), ("years",))
# Further from the benchmark than this a figure is not better or worse but in another unit.
FAR = 30


def _rows(case: Case) -> dict[str, list[tuple[Row, BetterThan]]]:
    """Per metric the rows that judge it against a benchmark."""
    found: dict[str, list[tuple[Row, BetterThan]]] = {}
    for row in case.rulebook.catalogue.rows():
        parameters = case.rulebook.parameters.get(row.id)
        if isinstance(parameters, BetterThan):
            found.setdefault(parameters.of, []).append((row, parameters))
    return found


def _by_value(case: Case, metric: str) -> bool:
    """Whether the metric is judged per output or added value, for the whole factory."""
    return metric in ("energy", "carbon") and case.plan.accounting.intensity_basis != "product"


def _products(case: Case) -> tuple[Product, ...]:
    index = case.plan.year(case.plan.accounting.baseline, "actual")
    return () if index is None else case.plan.years[index].products


@check("Z430", E, why="附件1-3：能耗可用标准先进值或行业先进水平，碳排放和原材料用行业先进水平，取水用取水定额或行业先进水平。",
       wrong="{metric: carbon, kind: standard, …}", right="{metric: carbon, kind: industry, …}")  # fmt: skip
def kinds_suit_the_metric(case: Case) -> Iterator[Problem]:
    """此指标不能用这一类标杆值。"""
    rows = _rows(case)
    for index, item in enumerate(case.plan.benchmarks):
        allowed = list(dict.fromkeys(kind for _, parameters in rows.get(item.metric, ()) for kind in parameters.kinds))
        if allowed and item.kind not in allowed:
            message = f"{METRIC_NAMES[item.metric]}的标杆值不能是 {item.kind}"
            yield Problem(("benchmarks", index, "kind"), message, f"可取：{'、'.join(allowed)}", (("benchmarks", index, "metric"),))


@check("Z431", E, why="标杆值须与本厂的单位产品指标同一单位，才能比较。", wrong="{metric: water, unit: t/套, …}",
       right="{metric: water, unit: m3/套, …}")  # fmt: skip
def units_suit_the_metric(case: Case) -> Iterator[Problem]:
    """标杆值的单位与指标不符。"""
    units = {product.name: product.unit for product in _products(case)}
    for index, item in enumerate(case.plan.benchmarks):
        made = dict.fromkeys(units.values()) if item.product is None else [units[item.product]] if item.product in units else []
        below = ["万元"] if _by_value(case, item.metric) else list(made)
        wanted = [f"{UNITS[item.metric]}/{unit}" for unit in below]
        if wanted and any(compound_ratio(item.unit, unit) is None for unit in wanted):
            message = f"{METRIC_NAMES[item.metric]}标杆值的单位为 {item.unit}，应为 {'、'.join(wanted)}"
            hint = "各产品单位不同时，分别填写并写明 product" if len(wanted) > 1 else "单位中的产品单位须与 years.products 一致"
            yield Problem(("benchmarks", index, "unit"), message, hint, (("benchmarks", index), *BASIS))


@check("Z432", E, why="标杆值写明产品时，须是 years 中的产品。", wrong="product: 座椅", right="product: 座椅总成")
def products_are_declared(case: Case) -> Iterator[Problem]:
    """标杆值所指的产品不在产品之列。"""
    made = list(dict.fromkeys(product.name for year in case.plan.years for product in year.products))
    for index, item in enumerate(case.plan.benchmarks):
        if item.product is not None and item.product not in made:
            message = f"没有产品 {item.product}。{suggest(item.product, made)}"
            yield Problem(("benchmarks", index, "product"), message, f"years 中的产品：{'、'.join(made)}", (("years",),))


@check("Z433", W, why="附件1-3 5.2—5.6 按产品比较；同一个标杆值很少适用于不同产品。按产值、增加值的指标则以全厂比较。",
       wrong="两种产品，{metric: energy, …} 没有 product", right="每种产品各写一条，写明 product")  # fmt: skip
def benchmarks_name_their_product(case: Case) -> Iterator[Problem]:
    """标杆值与产品的对应不清。"""
    made = _products(case)
    for index, item in enumerate(case.plan.benchmarks):
        name = METRIC_NAMES[item.metric]
        if item.product is None and len(made) > 1 and not _by_value(case, item.metric):
            message = f"有 {len(made)} 种产品，{name}标杆值没有写 product，将用于没有单列标杆的各产品"
            yield Problem(("benchmarks", index), message, "为每种产品各写一条", (("benchmarks", index), *BASIS))
        if item.product is not None and _by_value(case, item.metric):
            place = ("benchmarks", index, "product")
            yield Problem(place, f"{name}以全厂比较，写明产品的标杆值不采用", "删去 product", (place, ("accounting", "intensity_basis")))


@check("Z434", W, why="一种产品的一项指标只用一个标杆值，取最先列出的。", wrong="两条 {metric: energy, …}", right="只留一条")
def benchmarks_are_given_once(case: Case) -> Iterator[Problem]:
    """同一指标的标杆值写了两次。"""
    seen: dict[tuple[str, str | None], int] = {}
    for index, item in enumerate(case.plan.benchmarks):
        first = seen.setdefault((item.metric, item.product), index)
        if first != index:
            line = case.reading.source.line_of(("benchmarks", first))
            yield Problem(
                ("benchmarks", index),
                f"{METRIC_NAMES[item.metric]}标杆值在第 {line} 行已写过，只用那一个",
                "删去其中一条",
                (("benchmarks", index),),
            )


@check("Z435", W, why="附件1-3 5.2、5.3、5.5、5.6：须与先进值、行业先进水平或取水定额比较；没有标杆值按 0 分计。",
       wrong="benchmarks 中没有 metric: water", right="- {metric: water, value: 0.35, unit: m3/套, kind: quota, …}")  # fmt: skip
def every_metric_has_its_benchmark(case: Case) -> Iterator[Problem]:
    """缺少标杆值。"""
    for metric, rows in _rows(case).items():
        own = {item.product for item in case.plan.benchmarks if item.metric == metric}
        subjects = [None] if _by_value(case, metric) else [product.name for product in _products(case)]
        lacking = [name for name in subjects if None not in own and name not in own]
        if lacking:
            whose = "、".join(name for name in lacking if name and len(subjects) > 1)
            listed = "、".join(f"{row.id}（{trimmed(row.points, 2)} 分）" for row, _ in rows)
            message = f"没有{f' {whose} 的' if whose else ''}{METRIC_NAMES[metric]}标杆值，指标 {listed}不得分"
            yield Problem(
                ("benchmarks",), message, f"加上 - {{metric: {metric}, value: …, unit: …, kind: …, source: …}}", (("benchmarks",), *BASIS)
            )


@check("Z436", W, why="附件1-3 符合性依据：相关行业证明。没有有效佐证的标杆值不计分。", wrong="{metric: energy, …, evidence: []}",
       right="{metric: energy, …, evidence: [bench-energy]}")  # fmt: skip
def benchmarks_are_evidenced(case: Case) -> Iterator[Problem]:
    """标杆值没有有效佐证，不计分。"""
    for index, item in enumerate(case.plan.benchmarks):
        if not case.evidence.supports(item.evidence, case.plan.as_of):
            message = f"{METRIC_NAMES[item.metric]}标杆值没有在 {case.plan.as_of} 有效的佐证"
            yield Problem(
                ("benchmarks", index), message, "在 evidence 中列出标准文本或行业证明", (("benchmarks", index), ("as_of",), ("evidence",))
            )


@check("Z437", W, why="本厂指标与先进值相差几十倍，多半是单位或数量级的差错。", wrong="value: 14500, unit: kgce/套",
       right="value: 14.5, unit: kgce/套", figures=True)  # fmt: skip
def benchmarks_are_of_the_same_size(case: Case) -> Iterator[Problem]:
    """本厂指标与标杆值相差悬殊。"""
    now = case.score.phases.get("now") if case.score else None
    made = {item.product: item for item in now.phase.account.products} if now else {}
    for index, item in enumerate(case.plan.benchmarks):
        product = made.get(item.product) if item.product else next(iter(made.values()), None)
        figure = product.metric(item.metric) if product else None
        limit = limit_in(item, figure) if figure else None
        if product and figure and limit and not limit / FAR < figure.value < limit * FAR:
            name, size = METRIC_NAMES[item.metric], trimmed(item.value, 6)
            message = f"{name}标杆值 {size} {item.unit}，{product.product}现为 {figure.quantity()}，相差悬殊"
            yield Problem(("benchmarks", index, "value"), message, "核对标杆值和产量、用量的单位", (("benchmarks", index),))
