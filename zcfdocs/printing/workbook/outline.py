"""Rows that work a figure out, year beside year: first its parts, then the figure, as its tree says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from zcfdocs.figure import Figure, percent
from zcfdocs.manuscript.notation import precision
from zcfdocs.printing.workbook.formula import LENGTH, Places, explained, input_key, operands, worked, written
from zcfdocs.printing.workbook.inputs import places_of
from zcfdocs.printing.workbook.sheet import FIRST, GAP, MISSING, NAME, UNIT, Sheet, Style

Column = Sequence[Figure | None]
TOTALS = ("tce", "tCO2", "tCO2e")
LOOKS = ("total", "result")


def outline(sheet: Sheet, places: Places, figures: Column, depth: int = 0, absent: str = MISSING) -> None:
    """`figures` holds one a year; what is on this sheet already is referred to, what another sheet works out is linked."""
    for part in aligned(figures, places):
        if _stated_here(sheet, places, part):
            continue
        if _ends(part) or _worked_elsewhere(sheet, places, part):
            link(sheet, places, part, depth + 1, wholes=[figure.unit if figure else "" for figure in figures])
        elif not _placed(sheet, places, part):
            outline(sheet, places, part, depth + 1, GAP)
    formulas = [worked(figure, places, sheet.name, FIRST + at) if figure and figure.args else "" for at, figure in enumerate(figures)]
    _row(sheet, places, figures, formulas, depth, absent)


def link(
    sheet: Sheet, places: Places, figures: Column, depth: int, wholes: Sequence[str] = (), look: str = "link", absent: str = GAP
) -> None:
    """A row that shows what stands elsewhere, so that a formula below it refers to its neighbour."""
    units = wholes or [""] * len(figures)
    formulas = [
        written(figure, places, sheet.name, FIRST + at, units[at]) if figure and (figure.args or figure.route or figure.source) else ""
        for at, figure in enumerate(figures)
    ]
    _row(sheet, places, figures, formulas, depth, absent, look)


def _row(sheet: Sheet, places: Places, figures: Column, formulas: Sequence[str], depth: int, absent: str, look: str = "") -> None:
    known = [figure for figure in figures if figure is not None]
    if not known:
        return
    look = look or LOOKS[min(depth, 1)]
    style = number_style(known, look)
    sheet.put(NAME, places.title(known[-1]), Style("total_name" if look == "total" else "name", indent=min(depth, 6)))
    sheet.put(UNIT, known[-1].unit, Style("unit"))
    method = "" if look == "link" else explained(known[-1], places)
    if any(len(formula) > LENGTH for formula in formulas):
        method = f"{method}（项数过多，只列数值）"
    for at, (figure, formula) in enumerate(zip(figures, formulas, strict=True)):
        if figure is None:
            sheet.put(FIRST + at, absent, Style("gap"))
            continue
        ref = sheet.put(FIRST + at, figure.value, shown(figure.value, style), formula if len(formula) <= LENGTH else "")
        places.keep(figure, ref, final=not depth)
    sheet.put(FIRST + len(figures), method, Style("text"))
    sheet.advance(level=0 if look != "link" or not depth else 1)


def number_style(figures: Sequence[Figure], look: str) -> Style:
    """Totals with two decimals, intensities with as many as the smallest needs, what was given as it was given."""
    unit = figures[-1].unit
    if look == "link" and all(not figure.args for figure in figures):
        return Style(look, max(places_of(figure.value) for figure in figures))
    if not unit:
        return Style(look, 2, percent=True)
    values = [figure.value for figure in figures]
    needed = 2 if unit in TOTALS else precision(values)
    # On the way to a result a round number needs no zeros after it.
    return Style(look, needed if look == "total" or unit in TOTALS else min(needed, max(map(places_of, values))))


def shown(value: Fraction, style: Style) -> Style:
    """A share below 100 % never looks like 100 %."""
    if not style.percent:
        return style
    return Style(style.look, len(percent(value)[:-1].partition(".")[2]), True, style.indent)


def aligned(figures: Column, places: Places) -> list[list[Figure | None]]:
    """The parts of every year's figure, the same part of each year in one list."""
    rows: dict[tuple[str, str, int], list[Figure | None]] = {}
    taken_off = any(figure is not None and figure.op == "difference" for figure in figures)
    for at, figure in enumerate(figures):
        met: Counter[tuple[str, str]] = Counter()
        parts = () if figure is None else operands(figure)
        if taken_off and figure is not None and figure.op == "sum":
            parts = (figure,)  # years without anything taken off: the whole stands beside the other years' first part
        for part in parts:
            key = (places.title(part), part.unit)
            rows.setdefault((*key, met[key]), [None] * len(figures))[at] = part
            met[key] += 1
    return list(rows.values())


def _ends(figures: Column) -> bool:
    return all(figure is None or not figure.args for figure in figures)


def _stated_here(sheet: Sheet, places: Places, figures: Column) -> bool:
    """Whether the parts are inputs of this very sheet, which need no second row."""
    found = [places.inputs.get(input_key(figure, "")) for figure in figures if figure is not None]
    return all(place is not None and place[0].sheet == sheet.name for place in found)


def _placed(sheet: Sheet, places: Places, figures: Column) -> bool:
    return all(figure is None or (sheet.name, FIRST + at, figure) in places.shown for at, figure in enumerate(figures))


def _worked_elsewhere(sheet: Sheet, places: Places, figures: Column) -> bool:
    refs = [places.results.get((FIRST + at, figure)) for at, figure in enumerate(figures) if figure is not None]
    return all(ref is not None and ref.sheet != sheet.name for ref in refs)
