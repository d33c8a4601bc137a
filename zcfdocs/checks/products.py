"""Checks of a year's products, their shares and materials: what the intensities divide by (附件1-3 5.2–5.6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from zcfdocs.checks.registry import Case, Problem, check
from zcfdocs.checks.years import LEAP, pairs, slip
from zcfdocs.figure import trimmed
from zcfdocs.finding import Severity, suggest
from zcfdocs.units import dimension

E, W = Severity.ERROR, Severity.WARNING
PARTS = {"energy": "能耗", "emissions": "排放", "material": "原材料", "water": "取水"}


@check("Z330", E, why="附件1-3 5.2—5.6：单位产品指标须有产量。", wrong="products: []",
       right="products: [{name: 座椅总成, amount: 200000, unit: 套}]")  # fmt: skip
def products_are_given(case: Case) -> Iterator[Problem]:
    """没有填产品。"""
    for index, year in enumerate(case.plan.years):
        if not year.products:
            yield Problem(
                ("years", index, "products"),
                f"{year.year} 年没有产品",
                "至少填一种主要产品的名称、产量和单位",
                (("years", index, "products"),),
            )


@check("Z323", E, why="多种产品时，全厂的能耗、排放、原材料和取水须分摊到各产品。", wrong="两种产品都没有 share",
       right="share: {energy: 0.6, emissions: 0.6, material: 0.7, water: 0.5}")  # fmt: skip
def several_products_have_shares(case: Case) -> Iterator[Problem]:
    """多种产品中有的没有写分摊比例。"""
    for index, year in enumerate(case.plan.years):
        for position, product in enumerate(year.products):
            if len(year.products) > 1 and product.share is None:
                message = f"{year.year} 年有 {len(year.products)} 种产品，{product.name} 没有 share"
                hint = "写 share: {energy: …, emissions: …, material: …, water: …}，四项相同时写一个数"
                yield Problem(("years", index, "products", position, "share"), message, hint)


@check("Z324", E, why="各产品的分摊比例之和须为 1，否则全厂总量被多算或漏算。", wrong="share: 0.6 与 share: 0.3",
       right="share: 0.6 与 share: 0.4")  # fmt: skip
def shares_sum_to_one(case: Case) -> Iterator[Problem]:
    """各产品的分摊比例之和不是 1。"""
    for index, year in enumerate(case.plan.years):
        shares = [product.share for product in year.products if product.share is not None]
        if not shares or len(shares) < len(year.products):
            continue
        wrong = {
            name: total for part, name in PARTS.items() if (total := sum((getattr(share, part) for share in shares), Fraction(0))) != 1
        }
        if wrong:
            shown = "、".join(f"{name} {trimmed(total, 6)}" for name, total in wrong.items())
            place = ("years", index, "products")
            yield Problem(place, f"{year.year} 年各产品分摊比例之和应为 1，现为：{shown}", "调整 share，使每一项合计恰为 1", (place,))


@check("Z325", E, why="同名产品无法分开计算强度。", wrong="两种产品都叫 座椅总成", right="座椅总成（前排）、座椅总成（后排）")
def product_names_differ(case: Case) -> Iterator[Problem]:
    """同一年里产品重名。"""
    for index, year in enumerate(case.plan.years):
        seen: set[str] = set()
        for position, product in enumerate(year.products):
            if product.name in seen:
                yield Problem(
                    ("years", index, "products", position, "name"), f"{year.year} 年有两种产品都叫 {product.name}", "合并产量，或用不同名称"
                )
            seen.add(product.name)


@check("Z326", W, why="附件1-3 5.3：主要产品碳强度逐年下降；名称前后不一，就不能逐年比较。", wrong="2023 年写 座椅，2024 年写 座椅总成",
       right="各年都写 座椅总成")  # fmt: skip
def product_names_stay(case: Case) -> Iterator[Problem]:
    """产品名称与基准年不一致。"""
    baseline = case.plan.year(case.plan.accounting.baseline, "actual")
    if baseline is None:
        return
    kept = dict.fromkeys(product.name for product in case.plan.years[baseline].products)
    rests = (("accounting", "baseline"), ("years", baseline, "products"))
    for index, year in enumerate(case.plan.years):
        own = dict.fromkeys(product.name for product in year.products)
        for position, name in enumerate(own):
            if name not in kept:
                message = f"基准年 {case.plan.accounting.baseline} 没有产品 {name}。{suggest(name, kept)}"
                yield Problem(
                    ("years", index, "products", position, "name"),
                    message,
                    f"基准年的产品：{'、'.join(kept)}；同一产品各年名称须一致",
                    rests,
                )
        lost = [name for name in kept if name not in own]
        if lost and all(name in kept for name in own):
            place = ("years", index, "products")
            yield Problem(place, f"{year.year} 年没有产品 {'、'.join(lost)}，不能逐年比较", "当年没有生产的，请在正文说明", (*rests, place))


@check("Z327", E, why="同一产品各年单位不同，单位产品指标不能比较。", wrong="2023 年 unit: 套，2024 年 unit: 件", right="各年 unit: 套")
def product_units_stay(case: Case) -> Iterator[Problem]:
    """同一产品各年的单位不一致。"""
    units: dict[str, tuple[str, int]] = {}
    for index, year in enumerate(case.plan.years):
        for position, product in enumerate(year.products):
            first, was = units.setdefault(product.name, (product.unit, year.year))
            if first != product.unit:
                place = ("years", index, "products", position, "unit")
                yield Problem(place, f"{product.name} 的单位为 {product.unit}，{was} 年为 {first}", "各年用同一单位，产量按该单位换算")


@check("Z328", E, why="附件1-3 5.5：单位产品原材料使用量按质量计。", wrong="unit: 张", right="unit: t")
def materials_are_weighed(case: Case) -> Iterator[Problem]:
    """原材料的单位不是质量单位。"""
    for index, year in enumerate(case.plan.years):
        for position, material in enumerate(year.materials):
            if dimension(material.unit) != "mass":
                place = ("years", index, "materials", position, "unit")
                yield Problem(place, f"原材料 {material.name} 的单位为 {material.unit}", "可取：kg、t；件、张、米等请折算为质量")


@check("Z329", E, why="专用原材料须归到该年的某一产品。", wrong="{name: 铝锭, product: 轮毂}（该年没有轮毂）",
       right="{name: 铝锭, product: 座椅总成}")  # fmt: skip
def materials_belong_to_products(case: Case) -> Iterator[Problem]:
    """原材料所属的产品不在该年的产品之列。"""
    for index, year in enumerate(case.plan.years):
        made = dict.fromkeys(product.name for product in year.products)
        for position, material in enumerate(year.materials):
            if material.product is not None and material.product not in made:
                message = f"{year.year} 年没有产品 {material.product}。{suggest(material.product, made)}"
                place = ("years", index, "materials", position, "product")
                yield Problem(place, message, f"该年的产品：{'、'.join(made)}；共用的原材料不写 product", (("years", index, "products"),))


@check("Z334", W, why="产量、原材料一年之内很少成倍变化，多半是单位或小数点的差错。", wrong="amount: 200（上年 190000）",
       right="amount: 200000")  # fmt: skip
def outputs_do_not_leap(case: Case) -> Iterator[Problem]:
    """产量或原材料用量与上年相差悬殊。"""
    told: set[tuple[int, str]] = set()
    for earlier, later in pairs(case):
        was = case.plan.years[earlier].year
        for kind in ("products", "materials"):
            old, new = getattr(case.plan.years[earlier], kind), getattr(case.plan.years[later], kind)
            twice = {name for name, times in Counter(item.name for item in (*old, *new)).items() if times > 2}
            before = {(item.name, item.unit): (place, item.amount) for place, item in enumerate(old) if item.name not in twice}
            for position, item in enumerate(new):
                place, amount = before.get((item.name, item.unit), (0, Fraction(0)))
                if amount and item.amount and (earlier, item.name) not in told and not amount / LEAP < item.amount < amount * LEAP:
                    told.add((later, item.name))
                    shown = f"{trimmed(item.amount, 4)} {item.unit}，{was} 年为 {trimmed(amount, 4)} {item.unit}"
                    message = f"{item.name} {shown}{slip(item.amount / amount)}"
                    rests = (("years", earlier, kind, place, "amount"),)
                    yield Problem(("years", later, kind, position, "amount"), message, "核对单位和小数点", rests)
