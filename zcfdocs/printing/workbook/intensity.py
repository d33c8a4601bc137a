"""The sheets on intensities: 能耗强度, 碳强度, 原材料, 取水, with the comparison against benchmarks and over the years."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

from zcfdocs.accounting.intensity import NAMES, VALUE_NAMES
from zcfdocs.catalogue import Row
from zcfdocs.dossier import Dossier
from zcfdocs.figure import Figure
from zcfdocs.printing.workbook.factors import KINDS
from zcfdocs.printing.workbook.formula import Places, conversion
from zcfdocs.printing.workbook.inputs import numeral, places_of
from zcfdocs.printing.workbook.outline import Column, outline
from zcfdocs.printing.workbook.sheet import FIRST, GAP, Ref, Sheet, Style
from zcfdocs.printing.workbook.topics import year_sheet
from zcfdocs.scoring.metrics import BetterThan, benchmark_of, limit_in
from zcfdocs.scoring.phase import Phase
from zcfdocs.units import compound_ratio

TITLES = {
    "energy": ("能耗强度", "单位产品综合能耗计算表"),
    "carbon": ("碳强度", "单位产品碳排放量计算表"),
    "material": ("原材料", "单位产品原材料使用量计算表"),
    "water": ("取水", "单位产品取水量计算表"),
}
# Two values closer than this to each other may change places in a spreadsheet's arithmetic.
FLOAT = Fraction(1, 10**12)


@dataclass(slots=True)
class Verdicts:
    """For a row and a phase the cells with 1 for each subject that meets it, and how many subjects there are."""

    cells: dict[tuple[str, str], list[Ref]] = field(default_factory=dict)
    subjects: dict[tuple[str, str], int] = field(default_factory=dict)
    met: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, key: tuple[str, str], cell: Ref, met: bool) -> None:
        self.cells.setdefault(key, []).append(cell)
        self.met[key] = self.met.get(key, 0) + met


def intensity(
    metric: str, dossier: Dossier, heads: Sequence[str], note: str, places: Places, benchmarks: dict[int, Ref], verdicts: Verdicts
) -> Sheet:
    name, title = TITLES[metric]
    sheet = year_sheet(name, title, note, heads)
    number = 0
    for product, figures in _products(metric, dossier):
        number += 1
        sheet.section(f"{numeral(number)}、{product}")
        _worked(sheet, places, figures, metric)
    for basis, figures in _factory(metric, dossier):
        number += 1
        sheet.section(f"{numeral(number)}、全厂：{basis}")
        outline(sheet, places, figures)
    for row in dossier.catalogue.rows():
        if row.rule.get("of") != metric or row.rule["name"] not in ("better_than", "declining"):
            continue
        number += 1
        sheet.section(f"{numeral(number)}、{row.id} {row.title}")
        for phase in dossier.score.phases.values():
            if row.rule["name"] == "better_than":
                _against(sheet, row, phase.phase, places, benchmarks, verdicts)
            else:
                _falling(sheet, row, phase.phase, places, verdicts)
    return sheet


def _worked(sheet: Sheet, places: Places, figures: Column, metric: str) -> None:
    if any(figures):
        outline(sheet, places, figures)
        return
    sheet.remark(f"{NAMES[metric]}：无数据（方案未填写所需的产量、分摊比例或用量）。")


def _products(metric: str, dossier: Dossier) -> list[tuple[str, list[Figure | None]]]:
    """Every product with its figure a year; the second of the same name in one year is another."""
    found: dict[tuple[str, int], list[Figure | None]] = {}
    for at, account in enumerate(dossier.accounts):
        met: Counter[str] = Counter()
        for item in account.products:
            figure = item.bases["product"][metric] if metric in ("energy", "carbon") else item.metric(metric)
            found.setdefault((item.product, met[item.product]), [None] * len(dossier.accounts))[at] = figure
            met[item.product] += 1
    return [(product, figures) for (product, _), figures in found.items()]


def _factory(metric: str, dossier: Dossier) -> list[tuple[str, list[Figure | None]]]:
    if metric not in ("energy", "carbon"):
        return []
    found = []
    for basis, name in VALUE_NAMES.items():
        figures = [account.products[0].bases[basis][metric] if account.products else None for account in dossier.accounts]
        if any(figures):
            found.append((NAMES[metric].replace("单位产品", f"单位{name}"), figures))
    return found


def _against(sheet: Sheet, row: Row, phase: Phase, places: Places, benchmarks: dict[int, Ref], verdicts: Verdicts) -> None:
    """Benchmark, value, verdict: 1 for a subject that beats its benchmark and has the proof of it."""
    parameters: BetterThan = phase.rulebook.parameters[row.id]
    col = FIRST + phase.account.index
    subjects = phase.subjects(parameters.of)
    verdicts.subjects[row.id, phase.name] = max(len(subjects), 1)
    for subject, figure in subjects.items():
        found = benchmark_of(phase, parameters, subject)
        value = places.found(figure, sheet.name, col) if figure else None
        if figure is None or found is None or value is None:
            _single(sheet, phase, f"{subject}：{'缺数据' if figure is None else '未填标杆值'}，不计分")
            continue
        index, benchmark = found
        limit = limit_in(benchmark, figure)
        if limit is None or benchmark.kind not in parameters.kinds:
            _single(sheet, phase, f"{subject}：标杆值的{'单位' if limit is None else '类别'}不能用于本项，不计分")
            continue
        text = benchmarks[index].absolute
        if compound_ratio(benchmark.unit, figure.unit) != 1:
            text = f"{text}*{places.factors[conversion(benchmark.unit, figure.unit)].absolute}"
        inclusive = benchmark.kind in parameters.inclusive
        label = f"{phase.label}：{subject}"
        bench = _cell(
            sheet,
            phase,
            f"{label}标杆值",
            figure.unit,
            limit,
            Style("link", places_of(limit)),
            text,
            f"{KINDS[benchmark.kind]}，{benchmark.source}",
        )
        beats = figure.value <= limit if inclusive else figure.value < limit
        proven = phase.supported(benchmark.evidence)
        proof = _cell(sheet, phase, "标杆值佐证可用", "", Fraction(proven), Style("yes"), "", "" if proven else "标杆值的佐证不可用")
        sign = "<=" if inclusive else "<"
        own = value.text(sheet.name)
        formula = f"IF({own}{sign}{bench.text(sheet.name)},1,0)*{proof.text(sheet.name)}" if tellable(figure.value, limit) else ""
        told = f"{'不高于' if inclusive else '低于'}标杆值且佐证可用为“是”"
        met = beats and proven
        verdicts.add(
            (row.id, phase.name), _cell(sheet, phase, f"{label}是否计分", "", Fraction(met), Style("yes_total"), formula, told), met
        )
    if not subjects:
        _single(sheet, phase, "无产品数据")


def _falling(sheet: Sheet, row: Row, phase: Phase, places: Places, verdicts: Verdicts) -> None:
    """1 for a subject whose figure falls strictly over the phase's year and the two actual years before it."""
    trend = phase.trend
    years = "、".join(str(account.year) for account in trend)
    if len(trend) < 3:
        _single(sheet, phase, f"只有 {len(trend)} 年数据（{years}），不足三年，不计分")
        return
    series = [phase.subjects(row.rule["of"], account) for account in trend]
    verdicts.subjects[row.id, phase.name] = len(series[-1])
    for subject in series[-1]:
        figures = [year.get(subject) for year in series]
        refs = [
            places.found(figure, sheet.name, FIRST + account.index) if figure else None
            for figure, account in zip(figures, trend, strict=True)
        ]
        known = [figure for figure in figures if figure is not None]
        label = f"{phase.label}：{subject}逐年下降"
        if len(known) < len(figures) or any(ref is None for ref in refs):
            told = f"{years} 年：有的年份缺数据，不计分"
            verdicts.add((row.id, phase.name), _cell(sheet, phase, label, "", Fraction(0), Style("yes_total"), "", told), False)
            continue
        texts = [ref.text(sheet.name) for ref in refs if ref]
        fell = all(later.value < earlier.value for earlier, later in pairwise(known))
        formula = f"IF(AND({','.join(f'{later}<{earlier}' for earlier, later in pairwise(texts))}),1,0)"
        sure = all(tellable(earlier.value, later.value) for earlier, later in pairwise(known))
        told = f"{years} 年，每年低于上一年为“是”"
        ref = _cell(sheet, phase, label, "", Fraction(fell), Style("yes_total"), formula if sure else "", told)
        verdicts.add((row.id, phase.name), ref, fell)
    if not series[-1]:
        _single(sheet, phase, "无产品数据")


def tellable(first: Fraction, second: Fraction) -> bool:
    """Whether a spreadsheet, which keeps 15 digits, orders the two values as they are."""
    return first == second or abs(first - second) > FLOAT * max(abs(first), abs(second))


def _cell(sheet: Sheet, phase: Phase, title: str, unit: str, value: Fraction, style: Style, formula: str, told: str) -> Ref:
    """A row with a single value, in the column of the phase's year."""
    count = len(sheet.heads) - 1 - FIRST
    sheet.put(0, title, Style("name", indent=1))
    sheet.put(1, unit, Style("unit"))
    for at in range(count):
        if at != phase.account.index:
            sheet.put(FIRST + at, "", Style("gap"))
    sheet.put(FIRST + count, told, Style("text"))
    ref = sheet.put(FIRST + phase.account.index, value, style, formula)
    sheet.advance()
    return ref


def _single(sheet: Sheet, phase: Phase, text: str) -> None:
    """A row that only says why there is nothing to compute."""
    count = len(sheet.heads) - 1 - FIRST
    sheet.put(0, phase.label, Style("name", indent=1))
    sheet.put(1, "", Style("unit"))
    for at in range(count):
        sheet.put(FIRST + at, GAP if at == phase.account.index else "", Style("gap"))
    sheet.put(FIRST + count, text, Style("text"))
    sheet.advance()
