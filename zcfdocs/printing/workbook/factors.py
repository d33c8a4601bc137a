"""因子: every factor, change of unit and benchmark the workbook rests on, once, with its source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from zcfdocs.dossier import Dossier
from zcfdocs.figure import Figure
from zcfdocs.plan import Benchmark
from zcfdocs.printing.workbook.formula import CONVERSION, Places, conversion, input_key, leaves
from zcfdocs.printing.workbook.inputs import Proofs, numeral, places_of
from zcfdocs.printing.workbook.sheet import Ref, Sheet, Style
from zcfdocs.scoring.metrics import limit_in
from zcfdocs.units import compound_ratio

NAME = "因子"
VALUE = 2
KINDS = {"standard": "标准先进值", "industry": "行业先进水平", "quota": "取水定额"}
TOPICS = {"energy": "能耗强度", "carbon": "碳强度", "material": "原材料", "water": "取水"}


def factors(dossier: Dossier, note: str, places: Places, more: Iterable[Figure]) -> tuple[Sheet, dict[int, Ref]]:
    """The sheet, its cells entered in `places`, and where each benchmark of the plan stands; `more` figures than the accounts hold."""
    heads = ("因子", "单位", "数值", "用于", "来源", "核实情况")
    sheet = Sheet(NAME, "排放因子、折算系数与标杆值", note, heads, (34, 16, 15, 34, 46, 11), frozen=1)
    used = collected(dossier, places, more)
    groups = (
        ("排放因子和折算系数", {factor: owners for factor, owners in used.items() if factor.source != CONVERSION}),
        (CONVERSION, {factor: owners for factor, owners in used.items() if factor.source == CONVERSION}),
    )
    number = 0
    for title, group in groups:
        if group:
            number += 1
            sheet.section(f"{numeral(number)}、{title}")
        for factor, owners in group.items():
            _factor(sheet, factor, owners, places)
    benchmarks = {}
    if dossier.plan.benchmarks:
        sheet.section(f"{numeral(number + 1)}、标杆值（方案填报）")
        for index, benchmark in enumerate(dossier.plan.benchmarks):
            benchmarks[index] = _benchmark(sheet, benchmark, Proofs(dossier))
    if any(factor.unverified for factor in used):
        sheet.remark("标“未核实”的数值未能与标准原文核对，使用前请以原文为准。")
    return sheet, benchmarks


def _factor(sheet: Sheet, factor: Figure, owners: Iterable[str], places: Places) -> None:
    sheet.put(0, factor.title, Style("name", indent=1))
    sheet.put(1, factor.unit, Style("unit"))
    places.factors[factor] = sheet.put(VALUE, factor.value, Style("factor", places_of(factor.value)))
    sheet.put(3, "、".join(filter(None, owners)), Style("text"))
    sheet.put(4, factor.source or "方案填报", Style("text"))
    sheet.put(5, "未核实" if factor.unverified else "", Style("doubt" if factor.unverified else "centred"))
    sheet.advance()


def _benchmark(sheet: Sheet, benchmark: Benchmark, proofs: Proofs) -> Ref:
    title = f"{TOPICS.get(benchmark.metric, benchmark.metric)}：{KINDS.get(benchmark.kind, benchmark.kind)}"
    sheet.put(0, title, Style("name", indent=1))
    sheet.put(1, benchmark.unit, Style("unit"))
    ref = sheet.put(VALUE, benchmark.value, Style("input", places_of(benchmark.value)))
    sheet.put(3, benchmark.product or "未写产品的均适用", Style("text"))
    named = proofs.titles(benchmark.evidence)
    sheet.put(4, f"{benchmark.source}{f'；佐证：{named}' if named else ''}", Style("text"))
    sheet.put(5, "", Style("centred"))
    sheet.advance()
    return ref


def collected(dossier: Dossier, places: Places, more: Iterable[Figure]) -> dict[Figure, dict[str, None]]:
    """Factors in the order they are met, with the titles of what they are used for."""
    found: dict[Figure, dict[str, None]] = {}
    for figure in chain(_figures(dossier), more):
        for leaf, whole, owner in leaves(figure):
            known = places.inputs.get(input_key(leaf, whole))
            if known is None and (leaf.route or ())[:1] == ("projects",):
                continue  # stated on the sheet of the projects, laid out later
            if known is None:
                found.setdefault(leaf, {})[owner] = None
            elif known[1] != leaf.unit and leaf.unit:
                found.setdefault(conversion(known[1], leaf.unit), {})[owner or leaf.title] = None
    for benchmark, unit in _limits(dossier):
        found.setdefault(conversion(benchmark.unit, unit), {})["标杆值"] = None
    return found


def _figures(dossier: Dossier) -> Iterator[Figure]:
    for account in dossier.accounts:
        yield from (account.tce, account.tce_without_renewables, account.scope1, account.biogenic, account.scope2_location)
        yield from (account.scope2, account.emissions, account.renewable_share, account.offsets, account.offset_ratio)
        yield from (line.amount for line in account.offset_lines if line.counts)
        for item in account.products:
            for basis in item.bases.values():
                yield from filter(None, basis.values())
            yield from filter(None, (item.material, item.water))


def _limits(dossier: Dossier) -> Iterator[tuple[Benchmark, str]]:
    """Benchmarks in another unit than the figures they are held against."""
    for phase in dossier.score.phases.values():
        for benchmark in dossier.plan.benchmarks:
            for figure in phase.phase.subjects(benchmark.metric).values():
                if figure and limit_in(benchmark, figure) is not None and compound_ratio(benchmark.unit, figure.unit) != 1:
                    yield benchmark, figure.unit
