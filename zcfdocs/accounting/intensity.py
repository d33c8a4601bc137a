"""Energy, carbon, material and water per unit of product, output value and added value: 附件1-3 5.2, 5.3, 5.5, 5.6."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from zcfdocs.figure import Figure, constant, given, product, quotient, total
from zcfdocs.finding import Route
from zcfdocs.plan import Plan, Product, Year
from zcfdocs.units import ratio

ONE = Fraction(1)
VALUE_NAMES = {"output_value": "产值", "added_value": "工业增加值"}
NAMES = {"energy": "单位产品综合能耗", "carbon": "单位产品碳排放量", "material": "单位产品原材料使用量", "water": "单位产品取水量"}
UNITS = {"energy": "kgce", "carbon": "kgCO2e", "material": "kg", "water": "m3"}
SCALE = {"energy": Fraction(1000), "carbon": Fraction(1000), "material": ONE, "water": ONE}


@dataclass(frozen=True, slots=True)
class ProductIntensity:
    """One product's intensities by the scored basis; `bases` holds energy and carbon by every basis."""

    product: str
    unit: str
    energy: Figure | None
    carbon: Figure | None
    material: Figure | None
    water: Figure | None
    bases: dict[str, dict[str, Figure | None]]

    def metric(self, name: str) -> Figure | None:
        figure: Figure | None = getattr(self, name)
        return figure


def intensities(plan: Plan, index: int, tce: Figure, emissions: Figure) -> tuple[ProductIntensity, ...]:
    """One entry a product, in the plan's order; a figure is None where its data is missing."""
    year = plan.years[index]
    here: Route = ("years", index)
    found = []
    for position, item in enumerate(year.products):
        route = (*here, "products", position)
        output = given(item.amount, item.unit, f"{item.name}产量", (*route, "amount"))
        by_product = {
            "energy": _per_product("energy", tce, item, "energy", year, route, output),
            "carbon": _per_product("carbon", emissions, item, "emissions", year, route, output),
        }
        bases: dict[str, dict[str, Figure | None]] = {"product": by_product}
        for basis, name in VALUE_NAMES.items():
            bases[basis] = {
                metric: _per_value(metric, whole, year, basis, name, here) for metric, whole in (("energy", tce), ("carbon", emissions))
            }
        chosen = bases[plan.accounting.intensity_basis]
        mass = _mass(year, item, here, route)
        water = given(year.water, "m3", "取水量", (*here, "water")) if year.water is not None else None
        found.append(
            ProductIntensity(
                item.name,
                item.unit,
                chosen["energy"],
                chosen["carbon"],
                _quotient("material", mass, output) if mass else None,
                _per_product("water", water, item, "water", year, route, output) if water else None,
                bases,
            )
        )
    return tuple(found)


def _share(whole: Figure, item: Product, part: str, year: Year, route: Route) -> Figure | None:
    """The product's part of the factory's figure; a sole product takes all of it."""
    if item.share is None:
        return whole if len(year.products) == 1 else None
    value: Fraction = getattr(item.share, part)
    if value == 1:
        return whole
    return product(f"{item.name}分摊的{whole.title}", whole.unit, whole, given(value, "", "分摊比例", (*route, "share")))


def _per_product(metric: str, whole: Figure, item: Product, part: str, year: Year, route: Route, output: Figure) -> Figure | None:
    own = _share(whole, item, part, year, route)
    return _quotient(metric, own, output) if own else None


def _quotient(metric: str, above: Figure, output: Figure) -> Figure:
    return quotient(NAMES[metric], f"{UNITS[metric]}/{output.unit}", above, output, SCALE[metric])


def _per_value(metric: str, whole: Figure, year: Year, basis: str, name: str, here: Route) -> Figure | None:
    value: Fraction | None = getattr(year, basis)
    if not value:
        return None
    title = NAMES[metric].replace("单位产品", f"单位{name}")
    return quotient(title, f"{UNITS[metric]}/万元", whole, given(value, "万元", name, (*here, basis)), SCALE[metric])


def _mass(year: Year, item: Product, here: Route, route: Route) -> Figure | None:
    """kg of material: the product's own lines whole, the common ones by its share."""
    own: list[Figure] = []
    common: list[Figure] = []
    for index, line in enumerate(year.materials):
        scale = ratio(line.unit, "kg")
        if scale is None or line.product not in (None, item.name):
            continue
        amount = given(line.amount, line.unit, line.name, (*here, "materials", index, "amount"))
        kilograms = product(line.name, "kg", amount, constant(scale, f"kg/{line.unit}", "换算", "单位换算"))
        (own if line.product else common).append(kilograms)
    if common:
        shared = _share(total("共用原材料", "kg", common), item, "material", year, route)
        if shared is None:
            return None
        own.append(shared)
    return total("原材料使用量", "kg", own) if own else None
