"""基础数据: every amount the plan states, a row each with the years side by side; all other sheets refer to these cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from zcfdocs.accounting.intensity import VALUE_NAMES
from zcfdocs.catalogue import Catalogue
from zcfdocs.dossier import Dossier
from zcfdocs.figure import trimmed
from zcfdocs.finding import Route
from zcfdocs.plan import EnergyLine, Offset, Year
from zcfdocs.printing.workbook.formula import Places
from zcfdocs.printing.workbook.sheet import FIRST, GAP, Sheet, Style

NAME = "基础数据"
# The unit of what a share shares out, by the share's name; see formula.input_key.
SHARED = {"energy": ("tce", "能耗"), "emissions": ("tCO2e", "碳排放"), "material": ("kg", "原材料"), "water": ("m3", "取水")}
SECTIONS = (
    "产量与产值",
    "能源消费量",
    "实测值与供应方参数",
    "制冷剂等逸散",
    "过程排放",
    "原材料",
    "取水量",
    "产品分摊比例",
    "碳抵消",
    "企业自报",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A value of one year as the plan states it; `part` tells apart values that share a route."""

    section: str
    title: str
    unit: str
    year: int
    route: Route
    value: Fraction
    evidence: tuple[str, ...] = ()
    part: str = ""


def inputs(dossier: Dossier, heads: tuple[str, ...], note: str, places: Places) -> Sheet:
    """The sheet, its cells entered in `places`."""
    years = len(heads)
    sheet = Sheet(NAME, "基础数据表", note, ("项目", "单位", *heads, "来源"), (34, 12, *[13] * years, 40))
    rows = aligned(entries(dossier))
    places.names |= dict(_offset_names(dossier))
    proofs = Proofs(dossier)
    for number, section in enumerate(filter(lambda name: any(key[0] == name for key in rows), SECTIONS), 1):
        sheet.section(f"{numeral(number)}、{section}")
        for (_, title, unit, _), found in ((key, value) for key, value in rows.items() if key[0] == section):
            sheet.put(0, title, Style("name", indent=1))
            sheet.put(1, unit, Style("unit"))
            for year in range(years):
                entry = found.get(year)
                if entry is None:
                    sheet.put(FIRST + year, GAP, Style("gap"))
                    continue
                ref = sheet.put(FIRST + year, entry.value, Style("input", places_of(entry.value)))
                places.inputs[entry.route, entry.part] = (ref, entry.unit)
            sheet.put(FIRST + years, proofs.told(found.values()), Style("text"))
            sheet.advance()
    return sheet


def numeral(number: int) -> str:
    return "零一二三四五六七八九十"[number] if number <= 10 else f"十{numeral(number - 10)}" if number < 20 else str(number)


def places_of(value: Fraction) -> int:
    """Decimals of an amount as it was given, six at most."""
    return len(trimmed(value, 6).partition(".")[2])


def aligned(found: Iterable[Entry]) -> dict[tuple[str, str, str, int], dict[int, Entry]]:
    """Rows by section, title and unit; the second line of the same name in one year is a row of its own."""
    rows: dict[tuple[str, str, str, int], dict[int, Entry]] = {}
    met: Counter[tuple[str, str, str, int]] = Counter()
    for entry in found:
        name = (entry.section, entry.title, entry.unit, entry.year)
        rows.setdefault((*name[:3], met[name]), {})[entry.year] = entry
        met[name] += 1
    return rows


@dataclass(frozen=True, slots=True)
class Proofs:
    """What a row says of its source: the evidence by title and its pages in 佐证材料.pdf."""

    dossier: Dossier

    def told(self, entries: Iterable[Entry]) -> str:
        return self.titles(key for entry in entries for key in entry.evidence) or "方案填报"

    def titles(self, keys: Iterable[str]) -> str:
        titles = {item.id: item.title for item in self.dossier.plan.evidence}
        spans = {item.id: item.span for item in self.dossier.bound}
        named = dict.fromkeys(key for key in keys if key in titles)
        return "；".join(f"{titles[key]}（佐证材料{spans[key]}）" if spans.get(key) else titles[key] for key in named)


def entries(dossier: Dossier) -> Iterator[Entry]:
    for index, year in enumerate(dossier.plan.years):
        here: Route = ("years", index)
        yield from _output(year, index, here)
        for position, line in enumerate(year.energy):
            yield from _energy(line, index, (*here, "energy", position), dossier)
        for position, leak in enumerate(year.fugitive):
            yield Entry(SECTIONS[3], f"{leak.gas} 逸散", leak.unit, index, (*here, "fugitive", position, "amount"), leak.amount)
        for position, source in enumerate(year.process):
            route = (*here, "process", position, "amount")
            yield Entry(SECTIONS[4], source.source, source.unit, index, route, source.amount, source.evidence)
        for position, material in enumerate(year.materials):
            title = f"{material.name}（{material.product}）" if material.product else material.name
            yield Entry(SECTIONS[5], title, material.unit, index, (*here, "materials", position, "amount"), material.amount)
        if year.water is not None:
            yield Entry(SECTIONS[6], "取水量", "m3", index, (*here, "water"), year.water)
        yield from _shares(year, index, here)
        yield from _offsets(dossier, index, here)
        yield from _reported(year, index, here)


def _output(year: Year, index: int, here: Route) -> Iterator[Entry]:
    for position, item in enumerate(year.products):
        yield Entry(SECTIONS[0], f"{item.name}产量", item.unit, index, (*here, "products", position, "amount"), item.amount)
    for basis, title in VALUE_NAMES.items():
        if (value := getattr(year, basis)) is not None:
            yield Entry(SECTIONS[0], title, "万元", index, (*here, basis), value)


def _energy(line: EnergyLine, index: int, route: Route, dossier: Dossier) -> Iterator[Entry]:
    carrier = dossier.rulebook.carriers.get(line.carrier)
    name = f"{carrier.name if carrier else line.carrier}{f'（{line.meter}）' if line.meter else ''}"
    yield Entry(SECTIONS[1], name, line.unit, index, (*route, "amount"), line.amount, line.evidence)
    if line.ncv:
        place = (*route, "ncv", "value")
        yield Entry(SECTIONS[2], f"{name}：实测低位发热量", line.ncv.unit, index, place, line.ncv.value, line.ncv.evidence)
    if line.factor:
        place = (*route, "factor", "value")
        yield Entry(
            SECTIONS[2],
            f"{name}：供热单位排放因子（{line.factor.source}）",
            line.factor.unit,
            index,
            place,
            line.factor.value,
            line.factor.evidence,
        )
    if line.enthalpy:
        yield Entry(SECTIONS[2], f"{name}：蒸汽焓", line.enthalpy.unit, index, (*route, "enthalpy", "value"), line.enthalpy.value)


def _shares(year: Year, index: int, here: Route) -> Iterator[Entry]:
    for position, item in enumerate(year.products):
        for name in SHARED if item.share else ():
            unit, part = SHARED[name]
            route = (*here, "products", position, "share")
            yield Entry(SECTIONS[7], f"{item.name}：{part}分摊比例", "", index, route, getattr(item.share, name), part=unit)


def _offsets(dossier: Dossier, index: int, here: Route) -> Iterator[Entry]:
    for position, offset in enumerate(dossier.plan.years[index].offsets):
        title = f"{offset.method} {offset_name(offset, dossier.catalogue)}".strip()
        route = (*here, "offsets", position, "amount")
        yield Entry(SECTIONS[8], title, offset.unit, index, route, offset.amount, offset.evidence)


def _offset_names(dossier: Dossier) -> Iterator[tuple[Route, str]]:
    for index, year in enumerate(dossier.plan.years):
        for position, offset in enumerate(year.offsets):
            yield ("years", index, "offsets", position, "amount"), offset_name(offset, dossier.catalogue)


def offset_name(offset: Offset, catalogue: Catalogue) -> str:
    """The method, with the kind where the method has more than one."""
    method = catalogue.method(offset.method)
    if method is None or not offset.kind:
        return method.title if method else ""
    kinds = {kind.key: kind.name for kind in catalogue.offset_kinds}
    return method.title if method.kinds == (offset.kind,) else f"{method.title}（{kinds.get(offset.kind, offset.kind)}）"


def _reported(year: Year, index: int, here: Route) -> Iterator[Entry]:
    stated = year.reported
    pairs = (
        ("范围3排放（自报，不计入）", "tCO2e", year.scope3, ("scope3",)),
        ("排放量（企业核算报告，供核对）", "tCO2e", stated.emissions if stated else None, ("reported", "emissions")),
        ("综合能耗（企业统计，供核对）", "tce", stated.energy if stated else None, ("reported", "energy")),
    )
    for title, unit, value, place in pairs:
        if value is not None:
            yield Entry(SECTIONS[9], title, unit, index, (*here, *place), value)
