"""The other generated tables: projects, basic requirements, conditions, evidence list, readings, options and factors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from zcfdocs.catalogue import Annex
from zcfdocs.dossier import Dossier
from zcfdocs.figure import Figure
from zcfdocs.manuscript.accounts import absent
from zcfdocs.manuscript.citing import places
from zcfdocs.manuscript.notation import ABSENT, amount, day, month
from zcfdocs.manuscript.table import Cell, Row, Table, broken, centred, head, heading, spans, text, value
from zcfdocs.plan import Project, Requirement

VERDICTS = {"met": "符合", "not_met": "不符合", "not_applicable": "不适用"}
GAINS = (("energy", "节能量（tce/年）"), ("co2", "减碳量（tCO2/年）"), ("water", "节水量（m3/年）"))
BASES = {"product": "单位产品", "output_value": "单位产值", "added_value": "单位工业增加值"}
STATES = {
    "unknown": "未列入清单",
    "unsafe": "文件名不合规",
    "missing": "文件缺失",
    "link": "是链接，不是文件",
    "irregular": "不是普通文件",
    "empty": "文件为空",
    "type": "文件类型不支持",
    "unlike": "内容与扩展名不符",
    "early": "填报日尚未出具",
    "expired": "填报日已过有效期",
}


def projects(dossier: Dossier) -> Table:
    """附件2 四, six columns; the last in its three parts, each with its unit."""
    columns, gone = dossier.catalogue.project_table.columns, absent(dossier)
    plan = dossier.plan
    titles = (*columns[:4], f"{columns[4]}（万元）")
    first = (*(head(*broken(title), rows=2) for title in titles), head(columns[-1], cols=len(GAINS)))
    second = tuple(head(*broken(title)) for _, title in GAINS)
    rows = [_project(index, project, gone) for index, project in enumerate(plan.projects, 1)]
    if not rows:
        rows = [tuple(text("") for _ in range(len(columns) - 1 + len(GAINS)))]
    else:
        rows.append(_together(plan.projects, gone))
    note = "括号内为试点建设后的实际效益。" if any(project.achieved for project in plan.projects) else ""
    return Table("projects", dossier.catalogue.project_table.title, (7, 25, 59, 27, 24, 20, 20, 18), (first, second), (tuple(rows),), note)


def _project(index: int, project: Project, gone: str) -> Row:
    period = f"{month(project.start)}—{month(project.end)}" if project.start and project.end else ""
    gains = [_gain(project, name, gone) for name, _ in GAINS]
    content = text(project.content, f"作用：{project.role}" if project.role else "")
    return (centred(str(index)), text(project.name), content, text(period), value(amount(project.investment, gone)), *gains)


def _gain(project: Project, name: str, gone: str) -> Cell:
    planned = amount(getattr(project.saves, name, None), gone)
    return value(planned, f"（{amount(getattr(project.achieved, name), gone)}）") if project.achieved else value(planned)


def _together(found: tuple[Project, ...], gone: str) -> Row:
    gains = [value(amount(_sum(getattr(project.saves, name, None) for project in found), gone)) for name, _ in GAINS]
    return (text("合计", cols=4), value(amount(_sum(project.investment for project in found), gone)), *gains)


def _sum(parts: Iterable[Fraction | None]) -> Fraction | None:
    """The sum, None as soon as one part is withheld."""
    whole: Fraction | None = Fraction(0)
    for part in parts:
        whole = None if whole is None or part is None else whole + part
    return whole


def titled(annex: Annex) -> str:
    """An annex by the name it stands under and, as chapter 六 of the template calls it, its alias: 附件1-2，附表1—1."""
    return f"{annex.title}（{annex.label}{f'，{annex.alias}' if annex.alias else ''}）"


def requirements(dossier: Dossier) -> Table:
    """附件1-2 filled in; the notice's evidence cell stays merged, the factory's own basis and evidence stand beside it."""
    catalogue = dossier.catalogue
    proofs = spans(item.inherits or item.id for item in catalogue.basic_requirements)
    texts = {item.id: item.evidence or "" for item in catalogue.basic_requirements}
    answers = {item.id: item for item in dossier.plan.basic_requirements}
    groups: list[list[Row]] = []
    for item, size in zip(catalogue.basic_requirements, proofs, strict=True):
        held, why = dossier.score.requirements[item.id]
        answer = answers.get(item.id)
        verdict = VERDICTS[answer.met] if answer and held else why
        proof = (text(texts[item.inherits or item.id], rows=size),) if size else ()
        if size:
            groups.append([])
        groups[-1].append((text(item.text), centred(verdict), *proof, _basis(answer, dossier)))
    titles = (*catalogue.basic_columns, "企业说明与佐证材料")
    return Table("requirements", titled(catalogue.annexes.basic), (38, 11, 25, 26), heading(*titles), tuple(map(tuple, groups)))


def conditions(dossier: Dossier) -> Table | None:
    """申报基本条件 of the notice, where the factory speaks of them: a checklist for reviewers, no veto."""
    answers = {item.id: item for item in dossier.plan.conditions}
    if not answers:
        return None
    rows = [
        (text(f"{item.label}{item.text}"), centred(VERDICTS[answers[item.id].met]), _basis(answers[item.id], dossier))
        for item in dossier.catalogue.conditions
        if item.id in answers
    ]
    return Table("conditions", "申报基本条件对照", (50, 12, 38), heading("申报基本条件", "是否符合", "企业说明与佐证材料"), (tuple(rows),))


def _basis(answer: Requirement | None, dossier: Dossier) -> Cell:
    if answer is None:
        return text(ABSENT)
    titles = {item.id: item.title for item in dossier.plan.evidence}
    named = "、".join(titles[key] for key in answer.evidence if key in titles)
    return text(answer.basis or "", f"佐证：{named}" if named else "")


def evidence_list(dossier: Dossier) -> Table:
    """Every item with issuer, dates, the entries it supports and its pages in the evidence volume; what is wrong with it on `as_of` is said."""
    where = places(dossier)
    bound = {found.id: (found.span or "未装订").removeprefix("第").removesuffix("页") for found in dossier.bound}
    rows = []
    for index, item in enumerate(dossier.plan.evidence, 1):
        state = "ok" if dossier.public else dossier.evidence.state(item.id, dossier.plan.as_of)
        title = text(item.title, "" if state == "ok" else f"（{STATES.get(state, state)}）")
        until = day(item.expires, ABSENT)
        rows.append(
            (
                centred(str(index)),
                title,
                text(item.issuer or ABSENT),
                text(day(item.issued, ABSENT)),
                text(until),
                text(_used(where.get(item.id))),
                *([text(bound.get(item.id, ABSENT))] if bound else []),
            )
        )
    titles = ("序号", "材料名称", "出具单位", "出具日期", "有效期至", "对应条目")
    groups = (tuple(rows),) if rows else ()
    if not bound:
        return Table("evidence_list", "佐证材料清单", (12, 48, 38, 37, 37, 28), heading(*titles), groups)
    note = "册内页码指《佐证材料》分册中自隔页起的页码。"
    return Table("evidence_list", "佐证材料清单", (10, 42, 31, 37, 37, 23, 20), heading(*titles, "册内页码"), groups, note)


def _used(names: tuple[str, ...] | None) -> str:
    return "、".join(names) if names else ABSENT


def readings(dossier: Dossier) -> Table:
    """Where the notice can be read in two ways, which way was taken and why; then its gaps and misprints."""
    catalogue = dossier.catalogue
    own = {"scope2": dossier.plan.accounting.scope2}
    chosen = []
    for name, reading in catalogue.readings.items():
        option = next((item for item in reading.options if item.key == own.get(name)), reading.option)
        chosen.append((text(reading.clause), text(reading.question), text(f"{option.name}：{option.text}"), text(reading.reason)))
    noted = [
        (text(note.where), text(f"原文：{note.text}", note.problem), text(note.reading), text(note.reason)) for note in catalogue.notes
    ]
    return Table("readings", "口径说明", (17, 33, 31, 19), heading("条款", "问题", "本方案采用", "理由"), (tuple(chosen), tuple(noted)))


def options(dossier: Dossier) -> Table:
    """What the factory chose for its accounts."""
    accounting, rulebook = dossier.plan.accounting, dossier.rulebook
    fuels = rulebook.fuels.get(accounting.fuel_factors)
    gwp = rulebook.gwp.get(accounting.gwp)
    area = next((item.name for item in rulebook.grid.areas if item.key == accounting.grid_area), accounting.grid_area)
    pairs = (
        ("填报日", day(dossier.plan.as_of)),
        ("基准年、目标年", f"{accounting.baseline}年、{accounting.target}年"),
        ("电网排放因子", f"{area}，{'各年用同一因子' if accounting.grid_factor == 'fixed' else '各年用对应年份的因子'}"),
        ("化石燃料排放因子", fuels.title if fuels else accounting.fuel_factors),
        ("全球增温潜势", gwp.title if gwp else accounting.gwp),
        ("范围2", "基于位置" if accounting.scope2 == "location" else "基于市场"),
        ("能耗和碳排放强度的基准", BASES[accounting.intensity_basis]),
        ("产值、工业增加值", "现价" if accounting.price_basis == "current" else "可比价"),
    )
    return Table("options", "核算选项", (34, 66), heading("项目", "本方案采用"), (tuple((text(name), text(told)) for name, told in pairs),))


def factors(dossier: Dossier) -> Table:
    """Every factor the accounts rest on, once, with the sources it is used for; unverified values say so."""
    used: dict[Figure, dict[str, None]] = {}
    for account in dossier.accounts:
        for figure in (account.tce, account.scope1, account.biogenic, account.scope2, account.offsets):
            for owner, factor in _factors(figure, ""):
                used.setdefault(factor._replace(route=None), {})[owner] = None
    rows = []
    for factor, owners in used.items():
        doubt = "（未核实）" if factor.unverified else ""
        source = factor.source or "企业提供，见佐证材料"
        rows.append(
            (
                text("、".join(filter(None, owners))),
                text(factor.title),
                value(amount(factor.value)),
                centred(factor.unit),
                text(f"{source}{doubt}"),
            )
        )
    note = "标“未核实”的数值未能与标准原文核对，使用前请以原文为准。" if any(factor.unverified for factor in used) else ""
    return Table(
        "factors", "排放因子和折算系数", (22, 22, 12, 14, 30), heading("用于", "因子", "数值", "单位", "来源"), (tuple(rows),), note
    )


def _factors(figure: Figure, owner: str) -> Iterator[tuple[str, Figure]]:
    """Factors and the factory's own measured ones, each with the title of the outermost product it stands in."""
    if figure.source or (figure.route and figure.route[-2:-1] in (("ncv",), ("factor",), ("enthalpy",))):
        yield owner, figure
    for arg in figure.args:
        yield from _factors(arg, owner or (figure.title if figure.op == "product" else ""))
