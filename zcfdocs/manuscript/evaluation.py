"""效果评价申请 with 自评报告: what was promised beside what was reached, indicator by indicator and project by project (三（四）效果评价)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from zcfdocs.catalogue import Application
from zcfdocs.dossier import Dossier
from zcfdocs.figure import percent
from zcfdocs.manuscript.annexes import GAINS
from zcfdocs.manuscript.comparison import Metric, metrics
from zcfdocs.manuscript.compose import Heading, Leaf, document, section
from zcfdocs.manuscript.manuscript import Manuscript
from zcfdocs.manuscript.notation import ABSENT, amount, day, month, points
from zcfdocs.manuscript.parts import fill, parts
from zcfdocs.manuscript.table import Cell, Row, Table, centred, heading, text, value
from zcfdocs.plan import Project

NAME = "效果评价申请"
UNTOLD = "未填报"
STATES = {"planned": "拟建", "building": "在建", "done": "已建成"}


def evaluation(dossier: Dossier, draft: bool = False) -> Manuscript | None:
    """None before there is a result, or where the catalogue does not ask for an application."""
    papers = dossier.catalogue.papers
    asked = papers.application if papers else None
    if asked is None or not dossier.score.phases.keys() >= {"now", "target", "result"}:
        return None
    found = parts(dossier)
    factory = dossier.plan.factory
    own = {
        "cover": fill(
            "application-cover.html.j2",
            title=asked.title,
            cover=dossier.catalogue.cover,
            applicant=factory.applicant_name,
            district=dossier.district_name,
        ),
        "instructions": "",
        "form": _application(dossier, asked),
        "commitment": found["commitment"],
    }
    return document(NAME, asked.title, "R", dossier, own, Heading(1, "form", asked.title), tuple(_leaves(dossier, asked, found)), draft)


def _leaves(dossier: Dossier, asked: Application, found: dict[str, str]) -> Iterator[Leaf]:
    promised = fill("table.html.j2", table=promises(dossier))
    done = fill("table.html.j2", table=projects(dossier))
    yield Leaf(
        "main",
        (
            section(1, "report", asked.report),
            section(2, "report-summary", "（一）自评得分", found["summary"], found["chart_points"]),
            section(2, "report-promises", "（二）目标完成情况", f"<p>{_told(dossier)}</p>", promised, found["chart_change"]),
            section(2, "report-projects", "（三）重点项目完成情况", done),
            section(2, "report-energy", "（四）能源消费和碳排放", *(found[name] for name in ENERGY)),
            section(2, "report-basic", "（五）基本要求", found["requirements"]),
        ),
    )
    yield Leaf(
        "wide",
        (
            section(2, "report-scoring", "（六）评价指标打分表", found["scoring"]),
            section(2, "report-reasons", "（七）各项得分理由与佐证材料", found["reasons"]),
        ),
    )
    yield Leaf(
        "main",
        (
            section(2, "report-evidence", "（八）佐证材料清单", found["evidence_list"]),
            section(2, "report-factors", "（九）核算选项与排放因子", found["options"], found["factors"]),
            section(2, "report-readings", "（十）口径说明", found["readings"], found["origin"]),
        ),
    )


ENERGY = ("energy", "chart_energy", "emissions", "chart_emissions", "offsets", "intensities", "chart_intensities")


def _application(dossier: Dossier, asked: Application) -> str:
    plan = dossier.plan
    period = plan.evaluation.period if plan.evaluation else None
    span = f"{day(period.start)}至{day(period.end)}" if period else ""
    score = dossier.score.phases["result"]
    line = dossier.catalogue.pass_line
    reached = f"{points(score.total, line)} 分，{'达到' if score.passed else '未达到'} {amount(line)} 分"
    facts = (
        (("工厂名称", plan.factory.applicant_name),),
        (("统一社会信用代码", plan.factory.uscc or ""), (dossier.catalogue.cover.district, dossier.district_name)),
        (("试点建设期", span), ("结果年", f"{score.phase.account.year}年")),
        (("自评得分", reached), ("评价填报日", day(plan.evaluation.as_of) if plan.evaluation else "")),
        (("联系人", plan.factory.contact or ""), ("联系电话", plan.factory.phone or "")),
    )
    values = {"{district}": dossier.district_name, "{period}": f"（{span}）" if span else ""}
    return fill(
        "application.html.j2",
        recipient=_filled(asked.recipient, values),
        text=[_filled(paragraph, values) for paragraph in asked.text],
        facts=facts,
    )


def _filled(text: str, values: dict[str, str]) -> str:
    for place, told in values.items():
        text = text.replace(place, told)
    return text


def promises(dossier: Dossier) -> Table:
    """Baseline, promise and result of every metric, what is missing to the promise, and the share of the promised change."""
    groups = [
        tuple(map(_promise, run))
        for run in metrics(dossier, tuple(dossier.score.phases[name] for name in ("now", "target", "result")))
        if run
    ]
    titles = ("指标", "单位", "基准", "承诺", "结果", "结果减承诺", "完成程度")
    note = "完成程度=（结果－基准）÷（承诺－基准）；没有承诺变化的不计。比例类指标的差为百分点。差值和完成程度按未取位的数计算。"
    return Table("promises", "承诺目标完成情况", (27, 13, 12, 12, 12, 12, 12), heading(*titles), tuple(groups), note)


def _promise(metric: Metric) -> Row:
    _, promised, reached = metric.values
    gap = reached - promised if reached is not None and promised is not None else None
    shown = ABSENT if gap is None else metric.write(gap)
    share = _share(metric)
    told = (value(metric.write(item)) for item in metric.values)
    done = ABSENT if share is None else percent(share) if share > 0 else "未改善"
    return (text(metric.title), centred(metric.unit), *told, value(shown), value(done))


def _share(metric: Metric) -> Fraction | None:
    before, promised, reached = metric.values
    if before is None or promised is None or reached is None or promised == before:
        return None
    return (reached - before) / (promised - before)


def _told(dossier: Dossier) -> str:
    """How many promised changes were reached in full."""
    runs = metrics(dossier, tuple(dossier.score.phases[name] for name in ("now", "target", "result")))
    shares = [share for run in runs for metric in run if (share := _share(metric)) is not None]
    full = sum(share >= 1 for share in shares)
    return f"承诺改变的指标共{len(shares)}项，全部完成的{full}项，部分完成的{sum(0 < share < 1 for share in shares)}项，没有改善的{sum(share <= 0 for share in shares)}项。"


def projects(dossier: Dossier) -> Table:
    """Three lines a project: promised and reached saving of energy, emissions and water; what is not told stays untold."""
    titles = ("序号", "项目", "建设期限和进度", "效益", "承诺", "实际", "实际减承诺", "完成率")
    groups = [_project(number, project) for number, project in enumerate(dossier.plan.projects, 1)]
    if groups:
        groups.append(_together(dossier.plan.projects))
    return Table("achieved", "重点项目完成情况", (5, 19, 16, 19, 10, 10, 10, 11), heading(*titles), tuple(groups))


def _project(number: int, project: Project) -> tuple[Row, ...]:
    span = f"{month(project.start)}—{month(project.end)}" if project.start and project.end else ""
    lead = (centred(str(number), rows=3), text(project.name, rows=3), text(span, STATES[project.status], rows=3))
    rows: list[Row] = []
    for name, title in GAINS:
        reached = getattr(project.achieved, name) if project.achieved else None
        rows.append((*(() if rows else lead), text(title), *_gain(getattr(project.saves, name), reached)))
    return tuple(rows)


def _together(found: tuple[Project, ...]) -> tuple[Row, ...]:
    """Sums, of what was reached only where every project tells it."""
    told = [project.achieved for project in found if project.achieved]
    lead = (text("合计", rows=3, cols=3),)
    rows: list[Row] = []
    for name, title in GAINS:
        promised = sum((getattr(project.saves, name) for project in found), Fraction(0))
        reached = sum((getattr(item, name) for item in told), Fraction(0)) if len(told) == len(found) else None
        rows.append((*(() if rows else lead), text(title), *_gain(promised, reached, "有项目未填报")))
    return tuple(rows)


def _gain(promised: Fraction, reached: Fraction | None, untold: str = UNTOLD) -> tuple[Cell, ...]:
    if reached is None:
        return value(amount(promised)), text(untold), value(ABSENT), value(ABSENT)
    rate = percent(reached / promised) if promised else ABSENT
    return value(amount(promised)), value(amount(reached)), value(amount(reached - promised)), value(rate)
