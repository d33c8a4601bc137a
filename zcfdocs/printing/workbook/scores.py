"""得分计算: every row of every phase, the points worked out of what the rule looks at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from zcfdocs.catalogue import Row
from zcfdocs.dossier import Dossier
from zcfdocs.figure import Figure, display
from zcfdocs.printing.workbook.formula import Places, added
from zcfdocs.printing.workbook.inputs import places_of
from zcfdocs.printing.workbook.intensity import Verdicts, tellable
from zcfdocs.printing.workbook.promises import Kept
from zcfdocs.printing.workbook.sheet import FIRST, GAP, Ref, Sheet, Style
from zcfdocs.printing.workbook.support import Support, support
from zcfdocs.scoring import PhaseScore
from zcfdocs.scoring.claims import degree
from zcfdocs.scoring.score import RowScore

NAME = "得分计算"
RULES = {
    "attested": "分值 × 取值 ÷ 基准",
    "achieved": "分值 × 取值 ÷ 基准",
    "share": "达到基准的，分值 × 取值",
    "declining": "各项均逐年下降的，得满分",
    "better_than": "分值 × 取值 ÷ 基准",
    "per_item": "取值 × 基准（不超过分值）",
    "published": "分值",
}
KEPT = "分值 × 取值（平均落实程度）"
REASON = "理由（报送数据下的说明，不随试算变化）"
PROOFS = "“佐证”为“是”计 1、为“否”计 0，“—”为没有列出佐证，计 0；计算规则中没有“佐证”的，是目标阶段的承诺，或以方案、本表计算过程为佐证，标杆值的佐证见各强度表。"
VALUE, BASIS, PROOF, MOST, POINTS = 4, 5, 6, 7, 8
ONE, ZERO = Fraction(1), Fraction(0)


@dataclass(frozen=True, slots=True)
class Term:
    """What stands in 取值 or 基准: a value of its own, or a formula that fetches it; None where there is nothing to name."""

    value: Fraction | None
    formula: str = ""
    percent: bool = False
    look: str = "input"


@dataclass(frozen=True, slots=True)
class Working:
    """How a row comes to its points: `{value}` … in the formula are its cells, `points` what it should then give.

    `{proof}` is the factor of the evidence where any is asked for; `rule` says it in words where the rule's own words do not.
    """

    value: Term
    basis: Term
    formula: str
    points: Fraction
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What other sheets have worked out."""

    places: Places
    verdicts: Verdicts
    kept: dict[str, Kept]


def working(dossier: Dossier, note: str, elsewhere: Elsewhere) -> tuple[Sheet, dict[tuple[str, str], Ref]]:
    """The sheet, and where the points of each row and phase stand."""
    heads = ("编号", "指标", "阶段", "计算规则", "取值", "基准", "佐证", "分值", "得分", REASON)
    sheet = Sheet(NAME, "评价得分计算过程", note, heads, (8, 24, 7, 32, 12, 10, 7, 8, 10, 62))
    refs = {}
    for group in dossier.catalogue.groups:
        sheet.section(group.label)
        for row in group.rows():
            for phase in dossier.score.phases.values():
                found = next(item for item in phase.rows if item.row.id == row.id)
                refs[row.id, phase.phase.name] = _row(sheet, found, phase, dossier, elsewhere)
    sheet.remark("“取值”“基准”为方案填报值、目录规定值或取自其他表的计算值。")
    sheet.remark(PROOFS)
    return sheet, refs


def _row(sheet: Sheet, found: RowScore, phase: PhaseScore, dossier: Dossier, elsewhere: Elsewhere) -> Ref:
    row, held = found.row, support(found, phase.phase)
    how = _how(found, phase, dossier, elsewhere, held) or Working(Term(None), Term(None), "", found.points)
    at = {name: f"{letter}{sheet.row + 1}" for name, letter in zip(("value", "basis", "most"), "EFH", strict=True)}
    proof = f"*N(G{sheet.row + 1})" if held.asked else ""
    formula = how.formula.format(**at, proof=proof) if how.points == found.points else ""
    sheet.put(0, row.id, Style("centred"))
    sheet.put(1, row.title, Style("text"))
    sheet.put(2, phase.phase.label, Style("centred"))
    sheet.put(3, _rule(found, how, held, bool(formula)), Style("text"))
    _term(sheet, VALUE, how.value)
    _term(sheet, BASIS, how.basis)
    sheet.put(PROOF, held.shown, Style("yes" if held.asked else "gap"))
    sheet.put(MOST, row.points, Style("factor", places_of(row.points)))
    digits = len(display(found.points, 2, row.points).partition(".")[2])
    ref = sheet.put(POINTS, found.points, Style("result", digits), formula)
    sheet.put(POINTS + 1, f"{found.because}（{found.status_name}）", Style("text"))
    sheet.advance()
    return ref


def _rule(found: RowScore, how: Working, held: Support, worked: bool) -> str:
    if found.status == "not_applicable":
        return "不适用"
    name = found.row.rule["name"]
    rule = f"{how.rule or RULES.get(name, name)}{' × 佐证' if held.asked else ''}"
    return rule if worked else f"{rule}（直接取值）"


def _term(sheet: Sheet, col: int, term: Term) -> None:
    if term.value is None:
        sheet.put(col, GAP, Style("gap"))
        return
    style = Style(term.look, 2 if term.percent else places_of(term.value), term.percent)
    sheet.put(col, term.value, style, term.formula)


def _how(found: RowScore, phase: PhaseScore, dossier: Dossier, elsewhere: Elsewhere, held: Support) -> Working | None:
    """The working of a row by its rule; None where the points are a matter of judgement."""
    row = found.row
    answer = dossier.plan.answer(row.id)
    if answer and answer[1].not_applicable and row.not_applicable:
        # Full points, or left out of the group's sum: then nothing is worked out here.
        return Working(Term(None), Term(None), "{most}{proof}", row.points * held.factor)
    name = row.rule["name"]
    if name == "share":
        return _share(row, phase, dossier, elsewhere.places)
    if name in ("declining", "better_than"):
        return _counted(found, phase, elsewhere.verdicts)
    if name == "per_item":
        step = Fraction(str(row.rule["step"]))
        count = (found.points or found.claimed) / step
        earned = min(row.points, count * step) * held.factor
        return Working(Term(count), Term(step, look="factor"), "MIN({most},{value}*{basis}){proof}", earned)
    if name == "published":
        return Working(Term(None), Term(None), "{most}{proof}", row.points * held.factor)
    if name == "achieved" and phase.phase.name == "result" and row.id in elsewhere.kept:
        return _achieved(found, elsewhere.kept[row.id], held)
    return _attested(found, phase, dossier, held)


def _attested(found: RowScore, phase: PhaseScore, dossier: Dossier, held: Support) -> Working | None:
    answer = dossier.plan.answer(found.row.id)
    value = degree(answer[1], phase.phase)[0] if answer else None
    if answer is None or value is None:
        return None
    earned = max(ZERO, min(found.row.points, found.row.points * value / answer[1].of)) * held.factor
    return Working(Term(value), Term(answer[1].of), "MAX(0,MIN({most},{most}*{value}/{basis})){proof}", earned)


def _achieved(found: RowScore, kept: Kept, held: Support) -> Working:
    """The mean degree to which the promises were kept, worked out on a sheet of its own."""
    value = Term(kept.mean, kept.ref.text(NAME), percent=True, look="link")
    earned = max(ZERO, min(found.row.points, found.row.points * kept.mean)) * held.factor
    return Working(value, Term(None), "MAX(0,MIN({most},{most}*{value})){proof}", earned, KEPT)


def _share(row: Row, phase: PhaseScore, dossier: Dossier, places: Places) -> Working | None:
    parameters = dossier.rulebook.parameters[row.id]
    figure: Figure = phase.phase.account.metric(parameters.of)
    floor = parameters.at_least if parameters.at_least is not None else parameters.above or ZERO
    ref = places.found(figure, NAME, FIRST + phase.phase.account.index)
    if ref is None or not tellable(figure.value, floor):
        return None
    inclusive = parameters.at_least is not None
    reached = figure.value >= floor if inclusive else figure.value > floor
    linear = dossier.catalogue.reading("prorata") == "linear_from_floor" and floor < 1
    formula = "{most}*({value}-{basis})/(1-{basis})" if linear else "{most}*{value}"
    earned = row.points * ((figure.value - floor) / (ONE - floor) if linear else figure.value)
    sign = ">=" if inclusive else ">"
    return Working(
        Term(figure.value, ref.text(NAME), percent=True, look="link"),
        Term(floor, percent=True, look="factor"),
        f"IF({{value}}{sign}{{basis}},MAX(0,MIN({{most}},{formula})),0)",
        max(ZERO, min(row.points, earned)) if reached else ZERO,
    )


def _counted(found: RowScore, phase: PhaseScore, verdicts: Verdicts) -> Working | None:
    """How many subjects meet the row, of how many."""
    key = (found.row.id, phase.phase.name)
    cells = verdicts.cells.get(key)
    if not cells:
        return None
    count = Fraction(verdicts.subjects[key])
    met = Fraction(verdicts.met[key])
    value = Term(met, added(ref.text(NAME) for ref in cells), look="link")
    if found.row.rule["name"] == "declining":
        earned = found.row.points if met == count else ZERO
        return Working(value, Term(count, look="factor"), "IF(AND({basis}>0,{value}={basis}),{most},0)", earned)
    return Working(value, Term(count, look="factor"), "{most}*{value}/{basis}", found.row.points * met / count)


def joined(refs: Sequence[Ref], within: str) -> str:
    """Neighbours in one column as a range."""
    if len(refs) > 1 and refs[-1].row - refs[0].row == len(refs) - 1:
        return f"SUM({refs[0].text(within)}:{refs[-1].text(within)})"
    return added(ref.text(within) for ref in refs)
