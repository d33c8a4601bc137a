"""区级初审意见表 and 现场调研记录表: what the plan says beside what the bureau found, or room to write it."""

from __future__ import annotations

from collections.abc import Iterator

from zcfdocs.bureau.paper import about, beside, older, table, version
from zcfdocs.catalogue import Papers
from zcfdocs.dossier import Dossier
from zcfdocs.finding import Severity
from zcfdocs.manuscript.annexes import VERDICTS
from zcfdocs.manuscript.manuscript import Manuscript
from zcfdocs.manuscript.notation import amount, day, month, points
from zcfdocs.manuscript.parts import fill
from zcfdocs.manuscript.table import Row, Table, centred, heading, text, value
from zcfdocs.plan import Plan, Year
from zcfdocs.reviews import NO_REVIEWS, Beside, Mark, Review, Reviews
from zcfdocs.scoring.phase import PHASES

OPINION, VISIT = "区级初审意见表", "现场调研记录表"
CHOICES = (("recommend", "同意推荐"), ("return", "退回修改"), ("reject", "不予推荐"))
STATES = {"planned": "拟建", "building": "在建", "done": "已建成"}
MOST_FINDINGS = 12


def opinion(dossier: Dossier, reviews: Reviews) -> Manuscript:
    """The district's first look: conditions and requirements, points, what the check found, the decision."""
    review = reviews.last("district")
    content = fill(
        "opinion.html.j2",
        title=OPINION,
        facts=(*_facts(dossier), (("自评得分", _totals(dossier)),), (("检查结果", _found(dossier)),)),
        tables=[table(_requirements(dossier, review)), table(_conditions(dossier)), *map(table, _rows(dossier, review))],
        closing=[
            ("补正要求", _requests(review), "large"),
            ("初审意见", [_decision(review), older(review, dossier)], "small"),
        ],
        signed=[f"初审人：{review.reviewer if review and review.reviewer else ''}", "（公章）", _dated(review)],
    )
    return about(OPINION, OPINION, dossier, [("form", content)])


def visit(dossier: Dossier, reviews: Reviews, papers: Papers) -> Manuscript:
    """A record to be filled in on the spot: topics of the notice's review, energy and projects as the plan has them."""
    notes = next((review.visit for review in reversed(reviews.reviews) if review.visit), None)
    place = dossier.plan.factory.address
    content = fill(
        "opinion.html.j2",
        title=VISIT,
        facts=(
            *_facts(dossier),
            (("厂区地址", place or ""),),
            (("调研日期", day(notes.date) if notes else ""), ("调研人员", "、".join(notes.people) if notes else "")),
        ),
        tables=[table(found) for found in _visited(dossier, papers)],
        closing=[("调研记录", (notes.notes or "").splitlines() if notes else [], "large"), ("存在问题和建议", [], "large")],
        signed=["调研人员（签字）：", "企业负责人（签字）：", "日期："],
    )
    return about(VISIT, VISIT, dossier, [("form", content)])


def _facts(dossier: Dossier) -> tuple[tuple[tuple[str, str], ...], ...]:
    factory = dossier.plan.factory
    return (
        (("企业名称", factory.applicant_name),),
        (("统一社会信用代码", factory.uscc or ""), ("所在区", dossier.district_name)),
        (("所属行业", factory.industry.name or ""),),
        (("方案版本", version(dossier)),),
    )


def _totals(dossier: Dossier) -> str:
    line = dossier.catalogue.pass_line
    return "；".join(f"{found.phase.label} {points(found.total, line)} 分" for found in dossier.score.phases.values())


def _found(dossier: Dossier) -> str:
    counts = dossier.card["findings"]
    told = [finding for finding in dossier.findings if finding.severity is not Severity.INFO]
    codes = "、".join(dict.fromkeys(finding.code for finding in told[:MOST_FINDINGS]))
    return f"错误 {counts['error']} 处，警告 {counts['warning']} 处" + (f"（{codes}）" if codes else "")


def _requirements(dossier: Dossier, review: Review | None) -> Table:
    judged = {item.id: item for item in review.basic} if review else {}
    answers = {item.id: item for item in dossier.plan.basic_requirements}
    rows: list[Row] = []
    for item in dossier.catalogue.basic_requirements:
        held, why = dossier.score.requirements[item.id]
        answer, seen = answers.get(item.id), judged.get(item.id)
        own = VERDICTS[answer.met] if answer and held else why
        verdict = text("符合" if seen.met else "不符合", seen.reason or "") if seen else text("")
        rows.append((text(item.text), centred(own), verdict))
    return Table("judged", "基本要求初审", (58, 14, 28), heading("基本要求", "企业自评", "初审意见"), (tuple(rows),))


def _conditions(dossier: Dossier) -> Table:
    answers = {item.id: item for item in dossier.plan.conditions}
    rows = [
        (text(f"{item.label}{item.text}"), centred(VERDICTS[answers[item.id].met] if item.id in answers else "未说明"), text(""))
        for item in dossier.catalogue.conditions
    ]
    return Table("judged", "申报基本条件初审", (58, 14, 28), heading("申报基本条件", "企业自评", "初审意见"), (tuple(rows),))


def _rows(dossier: Dossier, review: Review | None) -> Iterator[Table]:
    """What the district says of single indicators, beside the factory's own points; none where it says nothing."""
    found = beside(dossier, NO_REVIEWS.model_copy(update={"reviews": (review,)}) if review else NO_REVIEWS)
    rows = tuple(_row(item, mark, PHASES[name]) for name, phase in found.phases.items() for item in phase.rows for mark in item.marks)
    if rows:
        titles = heading("编号", "指标", "阶段", "企业自评", "初审得分", "初审意见")
        yield Table("judged", "评价指标初审", (10, 26, 8, 13, 13, 30), titles, (rows,))


def _row(item: Beside, mark: Mark, phase: str) -> Row:
    most = item.row.points
    return (
        centred(item.row.id),
        text(item.row.title),
        centred(phase),
        value(points(item.own.points, most)),
        value(points(mark.points, most)),
        text(mark.reason),
    )


def _requests(review: Review | None) -> list[str]:
    return [
        f"{number}. {f'{item.row}：' if item.row else ''}{item.text}{f'（{day(item.due)}前）' if item.due else ''}"
        for number, item in enumerate(review.requests if review else (), 1)
    ]


def _decision(review: Review | None) -> str:
    chosen = review.decision if review else "none"
    return "　".join(f"{'■' if key == chosen else '□'}{name}" for key, name in CHOICES)


def _dated(review: Review | None) -> str:
    return f"日期：{day(review.date) if review and review.date else '　　　　年　　月　　日'}"


def _visited(dossier: Dossier, papers: Papers) -> Iterator[Table]:
    topics = tuple((centred(str(number)), text(topic), text("")) for number, topic in enumerate(papers.visit.topics, 1))
    yield Table("visited", "核实内容", (8, 46, 46), heading("序号", "核实内容", "现场情况"), (topics,))
    year = _checked(dossier.plan)
    if year and year.energy:
        titles = heading("能源品种", "方案所填", "台账和计量器具")
        yield Table("visited", f"{year.year}年能源消费核对", (34, 20, 46), titles, (tuple(_energy(year, dossier)),))
    projects = tuple(
        (
            text(item.name),
            text(f"{month(item.start)}—{month(item.end)}" if item.start and item.end else ""),
            centred(STATES[item.status]),
            text(""),
        )
        for item in dossier.plan.projects
    )
    if projects:
        yield Table("visited", "重点项目核对", (34, 20, 10, 36), heading("项目", "建设期限", "方案所填", "现场情况"), (projects,))


def _checked(plan: Plan) -> Year | None:
    """The year whose meters are looked at: what was reached, once the plan tells it; before that the baseline."""
    reached = [year for year in plan.years if year.kind == "result"]
    return next(iter(reached or [year for year in plan.years if year.kind == "actual" and year.year == plan.accounting.baseline]), None)


def _energy(year: Year, dossier: Dossier) -> Iterator[Row]:
    names = {carrier.key: carrier.name for carrier in dossier.rulebook.carriers.carriers}
    for line in year.energy:
        yield text(names.get(line.carrier, line.carrier)), text(f"{amount(line.amount)} {line.unit}"), text("")
