"""方法与口径: what a rulebook's calculations and points rest on, every factor with its source and whether it was verified."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from zcfdocs.catalogue import Rulebook
from zcfdocs.factors import FactorSet, Fuel, FuelSet, Sourced
from zcfdocs.figure import exact, percent, trimmed


@dataclass(frozen=True, slots=True)
class FactorTable:
    """One factor set: its own words, then rows of name, value and what each value stands on."""

    title: str
    source: str
    published: str
    remark: str
    columns: tuple[str, ...]
    rows: tuple[FactorRow, ...]


@dataclass(frozen=True, slots=True)
class FactorRow:
    cells: tuple[str, ...]
    source: str
    note: str
    unverified: bool


def methods(book: Rulebook) -> dict[str, Any]:
    """What the template of the methods page needs for one catalogue."""
    catalogue = book.catalogue
    return {
        "id": book.id,
        "catalogue": catalogue,
        "digest": book.digest,
        "pass_line": trimmed(catalogue.pass_line, 2),
        "weights": [(group.title, percent(group.weight, 0), sum(1 for _ in group.rows())) for group in catalogue.groups],
        "rows": sum(1 for _ in catalogue.rows()),
        "points": {kind: _weighted(book, kind) for kind in catalogue.kinds},
        "tables": list(factor_tables(book)),
    }


def _weighted(book: Rulebook, kind: str) -> str:
    """What all rows of a kind at full marks amount to in the total."""
    groups = book.catalogue.groups
    return trimmed(sum((row.points * group.weight for group in groups for row in group.rows() if row.kind == kind), Fraction(0)), 2)


def factor_tables(book: Rulebook) -> Iterator[FactorTable]:
    """Every set the catalogue names, in the order the calculation uses them."""
    names = {carrier.key: carrier.name for carrier in book.carriers.carriers}
    energy, heat, grid = book.energy, book.heat, book.grid
    coefficients = [
        _row((name, exact(item.value), item.unit), item)
        for name, item in (("标准煤热值", energy.kgce), ("电力（当量值）", energy.electricity), ("热力（当量值）", energy.heat))
    ]
    coefficients += [_row((names.get(item.carrier, item.carrier), exact(item.value), item.unit), item) for item in energy.values]
    yield _table(energy, ("能源品种", "系数", "单位"), coefficients)
    areas = {area.key: area.name for area in grid.areas}
    yield _table(
        grid,
        ("范围", "数据年份", "因子", "单位", "发布日期"),
        [
            _row((areas.get(item.area, item.area), str(item.year), exact(item.value), item.unit, item.published.isoformat()), item)
            for item in grid.values
        ],
    )
    for fuel in book.fuels.values():
        yield _fuels(fuel, names)
    yield _table(
        heat,
        ("项目", "数值", "单位"),
        [
            _row((name, exact(item.value), item.unit), item)
            for name, item in (("外购热力排放因子", heat.factor), ("给水焓", heat.feed_water))
        ],
    )
    for gases in book.gwp.values():
        rows = [_row((item.gas, exact(item.value)), item, gases) for item in gases.values]
        rows += [
            _row((item.gas, "、".join(f"{part.gas} {percent(part.share, 1)}" for part in item.parts)), item, gases)
            for item in gases.mixtures
        ]
        yield _table(gases, ("气体", "GWP100 或组成"), rows)


def _fuels(fuels: FuelSet, names: dict[str, str]) -> FactorTable:
    def cells(item: Fuel) -> tuple[str, ...]:
        name = names.get(item.carrier, item.carrier) + ("（生物成因）" if item.biogenic else "")
        return (name, exact(item.ncv), item.ncv_unit, exact(item.carbon), exact(item.oxidation))

    return _table(
        fuels, ("燃料", "低位发热量", "单位", "单位热值含碳量 tC/GJ", "碳氧化率"), [_row(cells(item), item) for item in fuels.values]
    )


def _row(cells: tuple[str, ...], item: Sourced, within: FactorSet | None = None) -> FactorRow:
    source = item.source or (within.title if within else "")
    return FactorRow(cells, source, item.note or "", item.unverified)


def _table(of: FactorSet, columns: tuple[str, ...], rows: list[FactorRow]) -> FactorTable:
    published = of.published.isoformat() if of.published else ""
    return FactorTable(of.title, of.source, published, of.remark or "", columns, tuple(rows))
