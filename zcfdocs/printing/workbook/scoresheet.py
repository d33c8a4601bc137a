"""得分: the scoring table of the notice with the points of every phase, subtotals, weights and total."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from zcfdocs.catalogue import Group
from zcfdocs.dossier import Dossier
from zcfdocs.figure import display
from zcfdocs.manuscript.scoresheet import percent_of
from zcfdocs.printing.workbook.formula import added
from zcfdocs.printing.workbook.inputs import places_of
from zcfdocs.printing.workbook.intensity import tellable
from zcfdocs.printing.workbook.scores import joined
from zcfdocs.printing.workbook.sheet import Ref, Sheet, Style
from zcfdocs.scoring import PhaseScore

NAME = "得分"
MOST, WEIGHT, POINTS = 5, 6, 7
TOLD = {"基本要求": "报送数据下的结论，不随试算变化"}
Rows = dict[tuple[str, str], Ref]


def scoresheet(dossier: Dossier, note: str, rows: Rows) -> Sheet:
    phases = list(dossier.score.phases.values())
    columns = dossier.catalogue.columns
    points = [f"{phase.phase.label}\n得分" for phase in phases]
    heads = (columns[0], columns[1], "编号", "指标", columns[3], columns[4], columns[5], *points, columns[7])
    sheet = Sheet(NAME, dossier.catalogue.annexes.scoring.title, note, heads, (14, 16, 8, 26, 7, 8, 8, *[11] * len(phases), 48), frozen=4)
    weighted: list[list[Ref]] = [[] for _ in phases]
    for index, group in enumerate(dossier.catalogue.groups):
        _group(sheet, index, group, phases, rows, weighted, dossier)
    _totals(sheet, phases, weighted, dossier)
    return sheet


def _group(
    sheet: Sheet, index: int, group: Group, phases: Sequence[PhaseScore], rows: Rows, weighted: list[list[Ref]], dossier: Dossier
) -> None:
    first = sheet.row
    most: list[Ref] = []
    earned: list[list[Ref]] = [[] for _ in phases]
    place = 0
    for sub in group.subs:
        start = sheet.row
        for row in sub.rows:
            sheet.put(0, group.label if sheet.row == first else "", Style("text"))
            sheet.put(1, sub.label if sheet.row == start else "", Style("text"))
            sheet.put(2, row.id, Style("centred"))
            sheet.put(3, row.title, Style("text"))
            sheet.put(4, str(dossier.catalogue.kinds.get(row.kind, row.kind)), Style("centred"))
            most.append(sheet.put(MOST, row.points, Style("factor", places_of(row.points))))
            sheet.put(WEIGHT, "", Style("centred"))
            for at, phase in enumerate(phases):
                found = phase.groups[index].rows[place]
                digits = _digits(found.points, row.points)
                source = rows[row.id, phase.phase.name]
                earned[at].append(sheet.put(POINTS + at, found.points, Style("link", digits), source.text(NAME)))
            sheet.put(POINTS + len(phases), dossier.catalogue.evidence_text(row), Style("text"))
            sheet.advance()
            place += 1
        _merge(sheet, start, 1)
    _merge(sheet, first, 0)
    _subtotal(sheet, index, group, phases, most, earned, weighted, dossier)


def _lead(sheet: Sheet, title: str, cols: int) -> None:
    """What a closing row is called, over the columns before its numbers."""
    sheet.put(0, title, Style("total_head"))
    for col in range(1, cols):
        sheet.put(col, "", Style("total_head"))
    sheet.merged.append((sheet.row, 0, sheet.row, cols - 1))


def _merge(sheet: Sheet, first: int, col: int) -> None:
    if sheet.row - first > 1:
        sheet.merged.append((first, col, sheet.row - 1, col))


def _subtotal(
    sheet: Sheet,
    index: int,
    group: Group,
    phases: Sequence[PhaseScore],
    most: list[Ref],
    earned: list[list[Ref]],
    weighted: list[list[Ref]],
    dossier: Dossier,
) -> None:
    """小计 and 加权得分 of a group."""
    _lead(sheet, "小计", MOST)
    whole = sheet.put(MOST, group.points, Style("total", places_of(group.points)), joined(most, NAME))
    weight = sheet.put(WEIGHT, group.weight, Style("weight", places_of(group.weight * 100), percent=True))
    sums = []
    for at, phase in enumerate(phases):
        own = phase.groups[index]
        formula = _subtotal_formula(
            own.points, [row.points for row in own.rows], [row.status for row in own.rows], earned[at], most, whole, dossier
        )
        sums.append(sheet.put(POINTS + at, own.points, Style("total", _digits(own.points, group.points)), formula))
    sheet.put(POINTS + len(phases), "各项得分之和", Style("text"))
    sheet.advance()
    _lead(sheet, "加权得分", POINTS)
    for at, phase in enumerate(phases):
        own = phase.groups[index]
        formula = f"{sums[at].text(NAME)}*{weight.text(NAME)}"
        weighted[at].append(sheet.put(POINTS + at, own.weighted, Style("total", 2), formula))
    sheet.put(POINTS + len(phases), f"小计 × 权重 {percent_of(group.weight)}", Style("text"))
    sheet.advance()


def _subtotal_formula(
    points: Fraction, each: list[Fraction], states: list[str], earned: list[Ref], most: list[Ref], whole: Ref, dossier: Dossier
) -> str:
    """The sum; by the reading `renormalise` scaled up to the group's points over the rows that apply."""
    if dossier.catalogue.reading("not_applicable") != "renormalise" or "not_applicable" not in states:
        return joined(earned, NAME)
    applying = [ref.text(NAME) for ref, state in zip(most, states, strict=True) if state != "not_applicable"]
    if not applying:
        return whole.text(NAME)
    return f"{joined(earned, NAME)}*{whole.text(NAME)}/{added(applying)}"


def _digits(value: Fraction, most: Fraction) -> int:
    """Two decimals, more where the value would look as if it had reached its line."""
    return len(display(value, 2, most).partition(".")[2])


def _totals(sheet: Sheet, phases: Sequence[PhaseScore], weighted: list[list[Ref]], dossier: Dossier) -> None:
    catalogue, line = dossier.catalogue, dossier.catalogue.pass_line
    titles = (catalogue.total.label, "达标分数", "是否达到", "基本要求")
    rows = {title: sheet.row + at for at, title in enumerate(titles)}
    for title in titles:
        _lead(sheet, title, POINTS)
        for at, phase in enumerate(phases):
            total = Ref(NAME, rows[titles[0]], POINTS + at).text(NAME)
            floor = Ref(NAME, rows["达标分数"], POINTS + at).text(NAME)
            told = "达到" if phase.passed else "未达到"
            if title == titles[0]:
                ref = sheet.put(POINTS + at, phase.total, Style("grand", _digits(phase.total, line)), joined(weighted[at], NAME))
                sheet.names[f"总分_{phase.phase.label}"] = ref
            elif title == "达标分数":
                sheet.put(POINTS + at, line, Style("factor", places_of(line)))
            elif title == "是否达到":
                sure = tellable(phase.total, line)
                sheet.put(POINTS + at, told, Style("total_text"), f'IF({total}>={floor},"达到","未达到")' if sure else "")
            else:
                sheet.put(POINTS + at, "全部符合" if dossier.score.basic_requirements else "未全部符合", Style("total_text"))
        sheet.put(POINTS + len(phases), TOLD.get(title, "各组加权得分之和" if title == titles[0] else ""), Style("text"))
        sheet.advance()
