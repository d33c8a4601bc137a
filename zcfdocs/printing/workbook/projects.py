"""节能量和减排量: the projects with what each saves, added up, and what the energy it replaces amounts to."""

from __future__ import annotations

from fractions import Fraction

from zcfdocs.dossier import Dossier
from zcfdocs.manuscript.notation import month
from zcfdocs.plan import Project
from zcfdocs.printing.workbook.formula import added
from zcfdocs.printing.workbook.inputs import Proofs, places_of
from zcfdocs.printing.workbook.sheet import GAP, Ref, Sheet, Style

NAME = "节能量和减排量"
GAINS = (("energy", "节能量\n（tce/年）"), ("co2", "减碳量\n（tCO2/年）"), ("water", "节水量\n（m3/年）"))
UNTOLD = "未填报"
PARTLY = "有项目未填报，“实际”各栏合计只含已填报的项目，不能与承诺合计相比"
WHOLLY = "各项目均已填报"
STATES = {"planned": "拟建", "building": "在建", "done": "已完成"}
FIRST_GAIN = 6


def projects(dossier: Dossier, note: str) -> tuple[Sheet, dict[tuple[int, str], Ref]]:
    """Promised savings, and beside them what was reached where the factory says so; and where each promise stands."""
    done = any(project.achieved for project in dossier.plan.projects)
    reached = tuple(f"实际{title}" for _, title in GAINS) if done else ()
    heads = ("序号", "项目", "建设期限", "状态", "核算方法", "支撑指标", *(title for _, title in GAINS), *reached, "替代的能源与佐证")
    sheet = Sheet(NAME, "重点项目节能量和减排量计算表", note, heads, (6, 34, 20, 8, 14, 16, *[12] * (len(heads) - 7), 34))
    found = dossier.plan.projects
    if not found:
        sheet.remark("方案没有列出重点项目。")
        return sheet, {}
    columns: dict[int, list[Ref]] = {}
    for index, project in enumerate(found, 1):
        _project(sheet, index, project, dossier, done, columns)
    sheet.put(0, "", Style("unit"))
    sheet.put(1, "合计", Style("total_name"))
    names = [name for name, _ in GAINS]
    for col, refs in sorted(columns.items()):
        name, achieved = names[(col - FIRST_GAIN) % len(names)], col >= FIRST_GAIN + len(names)
        saves = [project.achieved if achieved else project.saves for project in found]
        values = [getattr(item, name) for item in saves if item]
        whole = sum(values, Fraction(0))
        digits = max(map(places_of, values), default=0)
        sheet.put(col, whole, Style("total", digits), added([_span(refs[0], refs[-1])]))
    if done:
        _untold(sheet, found, _span(columns[FIRST_GAIN + len(GAINS)][0], columns[FIRST_GAIN + 2 * len(GAINS) - 1][-1]))
    sheet.advance()
    promised = {
        (at, name): refs[at] for col, (name, _) in enumerate(GAINS, FIRST_GAIN) for refs in (columns[col],) for at in range(len(found))
    }
    return sheet, promised


def _span(first: Ref, last: Ref) -> str:
    return f"{first.text(NAME)}:{last.text(NAME)}"


def _untold(sheet: Sheet, found: tuple[Project, ...], span: str) -> None:
    """Beside the totals: whether what was reached is that of all projects; a value typed later is seen."""
    missing = any(project.achieved is None for project in found)
    formula = f'IF(COUNT({span})<ROWS({span})*COLUMNS({span}),"{PARTLY}","{WHOLLY}")'
    sheet.put(FIRST_GAIN + 2 * len(GAINS), PARTLY if missing else WHOLLY, Style("text"), formula)


def _project(sheet: Sheet, index: int, project: Project, dossier: Dossier, done: bool, columns: dict[int, list[Ref]]) -> None:
    texts = (project.name, f"{month(project.start)}—{month(project.end)}" if project.start and project.end else "")
    sheet.put(0, str(index), Style("centred"))
    sheet.put(1, texts[0], Style("text"))
    sheet.put(2, texts[1], Style("centred"))
    sheet.put(3, STATES.get(project.status, project.status), Style("centred"))
    sheet.put(4, project.method or GAP, Style("centred"))
    sheet.put(5, "、".join(project.supports) or GAP, Style("centred"))
    col = FIRST_GAIN
    for saves in (project.saves, *((project.achieved,) if done else ())):
        for name, _ in GAINS:
            value: Fraction | None = getattr(saves, name) if saves else None
            ref = sheet.put(col, UNTOLD if value is None else value, Style("input", None if value is None else places_of(value)))
            columns.setdefault(col, []).append(ref)
            col += 1
    proof = Proofs(dossier).titles(project.evidence)
    told = [_replaced(project, dossier), f"佐证：{proof}" if proof else ""]
    sheet.put(col, "；".join(filter(None, told)) or GAP, Style("text"))
    sheet.advance()


def _replaced(project: Project, dossier: Dossier) -> str:
    replaced = dict(project.replaces or {})
    unit = replaced.pop("unit", "")
    names = {key: carrier.name for key, carrier in dossier.rulebook.carriers.by_key.items()}
    return "、".join(f"替代{names.get(key, key)} {amount} {unit}".rstrip() for key, amount in replaced.items())
