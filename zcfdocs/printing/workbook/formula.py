"""From a figure's tree to a formula: every part is a cell where it has one, and worked in place where it has none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from zcfdocs.figure import Figure, constant
from zcfdocs.finding import Route
from zcfdocs.printing.workbook.sheet import MISSING, Ref
from zcfdocs.units import compound_ratio, ratio

# Excel takes at most 255 arguments and 8192 characters.
ARGUMENTS, LENGTH = 200, 8000
CONVERSION = "单位换算"


@dataclass(slots=True)
class Places:
    """Where things stand: what was written in the plan, factors, and the results of each year's column.

    `names` says more of an input than its title, where several share one.
    """

    inputs: dict[tuple[Route, str], tuple[Ref, str]] = field(default_factory=dict)
    factors: dict[Figure, Ref] = field(default_factory=dict)
    results: dict[tuple[int, Figure], Ref] = field(default_factory=dict)
    shown: dict[tuple[str, int, Figure], Ref] = field(default_factory=dict)
    names: dict[Route, str] = field(default_factory=dict)

    def found(self, figure: Figure, sheet: str, col: int) -> Ref | None:
        """A figure's own cell: on this sheet if it is shown here, else where it is worked out."""
        return self.shown.get((sheet, col, figure)) or self.results.get((col, figure))

    def title(self, figure: Figure) -> str:
        """What a row calls a figure; what only carries on an input keeps the input's name."""
        if not figure.args:
            return self.names.get(figure.route or (), figure.title)
        return self.title(figure.args[0]) if figure.args[0].title == figure.title else figure.title

    def keep(self, figure: Figure, ref: Ref, final: bool = False) -> None:
        """`final`: a figure that is itself the aim of its sheet, even where nothing had to be worked out."""
        self.shown[ref.sheet, ref.col, figure] = ref
        if figure.args or final:
            self.results.setdefault((ref.col, figure), ref)


def conversion(unit: str, other: str) -> Figure:
    """A pure change of unit as a factor of its own, so that it stands in a cell with a name."""
    scale = compound_ratio(unit, other)
    above, _, below = unit.partition("/")
    whole = f"{other}÷{unit}" if below else f"{other}/{above}"
    return constant(Fraction(1) if scale is None else scale, whole, f"{CONVERSION}（{unit} → {other}）", CONVERSION)


def operands(figure: Figure) -> tuple[Figure, ...]:
    """The args, and the change of unit that a product or quotient makes with them."""
    if figure.op == "product" and len(figure.args) == 1:
        return (*figure.args, *_changed(figure.args[0].unit, figure.unit))
    if figure.op == "product":
        return (*figure.args, *_changed(figure.args[0].unit, figure.args[1].unit.partition("/")[2]))
    if figure.op == "quotient":
        return (*figure.args, *_changed(figure.args[0].unit, figure.unit.partition("/")[0]))
    return figure.args


def _changed(unit: str, other: str) -> tuple[Figure, ...]:
    scale = ratio(unit, other)
    return () if scale is None or scale == 1 else (conversion(unit, other),)


def input_key(leaf: Figure, whole: str) -> tuple[Route, str]:
    """A bare share is known by the unit of what it shares out: one place in the plan may hold four."""
    return (leaf.route or (), "" if leaf.unit else whole)


def leaves(figure: Figure, whole: str = "", owner: str = "") -> Iterator[tuple[Figure, str, str]]:
    """Every leaf with the unit of the node it stands in and the title of what it is multiplied or divided for."""
    if not figure.args and figure.op != "sum":
        yield figure, whole, owner
    for arg in operands(figure):
        yield from leaves(arg, figure.unit, figure.title if figure.op in ("product", "quotient") else owner)


def written(figure: Figure, places: Places, sheet: str, col: int, whole: str = "") -> str:
    """A figure as an operand: its cell, or its parts in brackets."""
    if (ref := places.found(figure, sheet, col)) is not None:
        return ref.text(sheet)
    if figure.op == "sum" and not figure.args:
        return "0"
    if not figure.args:
        return source_of(figure, places, sheet, whole)
    text = worked(figure, places, sheet, col)
    return f"({text})" if figure.op in ("difference", "product", "quotient") else text


def source_of(leaf: Figure, places: Places, sheet: str, whole: str) -> str:
    """A leaf's cell among the inputs or the factors; an input in another unit with its conversion."""
    if (found := places.inputs.get(input_key(leaf, whole))) is not None:
        ref, unit = found
        if unit == leaf.unit:
            return ref.text(sheet)
        return f"{ref.text(sheet)}*{places.factors[conversion(unit, leaf.unit)].absolute}"
    ref = places.factors[leaf]
    return ref.absolute


def worked(figure: Figure, places: Places, sheet: str, col: int) -> str:
    """The formula of a node, without the sign before it."""
    parts = [written(arg, places, sheet, col, figure.unit) for arg in operands(figure)]
    if figure.op == "sum":
        return added(parts)
    if figure.op == "difference":
        return "-".join(parts)
    if figure.op == "least":
        return f"MIN({','.join(parts)})"
    if figure.op == "most":
        return f"MAX({','.join(parts)})"
    if figure.op == "product":
        return "*".join(parts)
    above, below, *scale = parts
    divided = "*".join([f"{above}/{below}", *scale])
    if figure.args[1].source:
        return divided
    nothing = f'"{MISSING}"' if figure.unit else "0"
    return f"IF({below}=0,{nothing},{divided})"


def added(parts: Iterable[str]) -> str:
    """SUM of any number of parts."""
    terms = list(parts)
    while len(terms) > ARGUMENTS:
        terms = [f"SUM({','.join(terms[start : start + ARGUMENTS])})" for start in range(0, len(terms), ARGUMENTS)]
    return f"SUM({','.join(terms)})" if terms else "0"


def explained(figure: Figure, places: Places) -> str:
    """How a row is worked out, in words."""
    if not figure.args:
        return ""
    names = [_name(arg, figure, places) for arg in operands(figure)]
    if figure.op == "sum":
        return "各项之和" if len(names) > 3 or len(set(names)) < len(names) else " + ".join(names)
    if figure.op in ("least", "most"):
        return f"{'、'.join(names)}，取{'小' if figure.op == 'least' else '大'}者"
    if figure.op == "quotient":
        return " × ".join([f"{names[0]} ÷ {names[1]}", *names[2:]])
    return {"difference": " − ", "product": " × "}[figure.op].join(names)


def _name(figure: Figure, within: Figure, places: Places) -> str:
    title = places.title(figure)
    return f"{title}（{figure.unit}）" if figure.title == within.title and figure.unit != within.unit else title
