"""Checks of what the factory claims row by row: 附件1-3, front-matter `indicators`."""

from __future__ import annotations

from collections.abc import Iterator

from zcfdocs.catalogue import Row
from zcfdocs.checks.registry import Case, Problem, check
from zcfdocs.checks.requirements import why_invalid
from zcfdocs.figure import trimmed
from zcfdocs.finding import Route, Severity, suggest

E, W, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
DEGREE = "附件1-1 一：按照满足程度在 0 分到满分中取值。"
# Rules whose points come from what the factory says (`achieved` does before the evaluation); all others are computed.
ATTESTED, LISTED = ("attested", "achieved"), ("per_item",)
PHASES = {"now": "现状", "target": "目标", "result": "结果"}


def _rule(row: Row) -> str:
    return str(row.rule["name"])


def named(row: Row) -> str:
    return f"{row.id} {row.title}"


@check("Z240", E, why="附件1-3：指标编号由目录规定。", wrong="{id: 1.1.2, now: 1}", right="{id: 1.1.1, now: 1}")
def rows_are_known(case: Case) -> Iterator[Problem]:
    """没有这一项指标。"""
    known = case.rulebook.catalogue.rows_by_id
    for index, answer in enumerate(case.plan.indicators):
        if answer.id not in known:
            hint = "编号形如 1.2.3，见附件1-3；zcfdocs new 生成的空白方案列出全部"
            yield Problem(("indicators", index, "id"), f"没有指标 {answer.id}。{suggest(answer.id, known)}", hint)


@check("Z241", E, why="一项指标只能有一个自评。", wrong="两处都写 id: 1.1.1", right="只写一处")
def rows_are_answered_once(case: Case) -> Iterator[Problem]:
    """同一项指标写了两次。"""
    seen: dict[str, int] = {}
    for index, answer in enumerate(case.plan.indicators):
        first = seen.setdefault(answer.id, index)
        if first != index:
            line = case.reading.source.line_of(("indicators", first))
            yield Problem(("indicators", index, "id"), f"指标 {answer.id} 在第 {line} 行已写过", "删去其中一处，或改正编号")


@check("Z242", W, why="附件2 六：逐项梳理工厂目前的指标符合情况。不填的按 0 分计。", wrong="没有 1.5.1 一行",
       right="- {id: 1.5.1, now: 1, target: 1, evidence: […]}")  # fmt: skip
def every_attested_row_is_answered(case: Case) -> Iterator[Problem]:
    """缺少须由企业填写的指标。"""
    given = {answer.id for answer in case.plan.indicators}
    for row in case.rulebook.catalogue.rows():
        if row.id not in given and _rule(row) in (*ATTESTED, *LISTED):
            kind = case.rulebook.catalogue.kinds.get(row.kind, row.kind)
            message = f"没有填指标 {named(row)}（{kind}，{trimmed(row.points, 2)} 分），按 0 分计"
            yield Problem(("indicators",), message, f"加上 - {{id: {row.id}, now: …, target: …, evidence: […]}}", (("indicators",),))


@check("Z243", W, why="可计算的指标由程序按数据计分，自评不起作用。", wrong="{id: 5.4.1, now: 1}", right="{id: 5.4.1, note: …}")
def computed_rows_take_no_claim(case: Case) -> Iterator[Problem]:
    """由数据计算的指标填了自评值。"""
    for route, answer, row in case.answers:
        if _rule(row) not in (*ATTESTED, *LISTED):
            for phase in PHASES:
                if getattr(answer, phase) is not None:
                    message = f"{named(row)}由数据计算，{phase} 的值不起作用"
                    yield Problem((*route, phase), message, "删去自评值；可以写 note 和补充佐证", ((*route, "id"),))


@check("Z244", E, why=DEGREE, wrong="{id: 1.2.3, now: 5, of: 4}", right="{id: 1.2.3, now: 4, of: 4}")
def degree_lies_between_0_and_1(case: Case) -> Iterator[Problem]:
    """满足程度须在 0 到 1 之间。"""
    for route, answer, row in case.answers:
        for phase, label in PHASES.items():
            value = getattr(answer, phase)
            if value is not None and _rule(row) in ATTESTED and value > answer.of:
                message = f"{named(row)}的{label} {trimmed(value, 6)} 大于 of {trimmed(answer.of, 6)}"
                hint = "满足程度 = 值 ÷ of；of 不写时为 1，按项数填写时写上 of"
                yield Problem((*route, phase), message, hint, ((*route, "of"), (*route, "id")))


@check("Z245", E, why=DEGREE, wrong="{id: 1.1.1, target: 1}", right="{id: 1.1.1, now: 0, target: 1}")
def attested_rows_say_how_far(case: Case) -> Iterator[Problem]:
    """自评指标没有填现状。"""
    for route, answer, row in case.answers:
        if _rule(row) in ATTESTED and answer.now is None and not answer.not_applicable:
            leave = "，不适用的写 not_applicable: true 和 note" if row.not_applicable else ""
            yield Problem(route, f"{named(row)}没有填 now（现状满足程度）", f"写 now: 0 到 1，或 now 与 of{leave}", ((*route, "now"),))


@check("Z246", E, why="只有按项计分的指标才逐项列举。", wrong="{id: 1.1.1, items: [承诺书]}", right="{id: 1.1.1, now: 1}")
def items_only_where_counted(case: Case) -> Iterator[Problem]:
    """此指标不按项计分，不能写 items。"""
    counted = [row.id for row in case.rulebook.catalogue.rows() if _rule(row) in LISTED]
    for route, answer, row in case.answers:
        if answer.items is not None and row.id not in counted:
            yield Problem((*route, "items"), f"{named(row)}不按项计分", f"按项计分的指标：{'、'.join(counted) or '无'}", ((*route, "id"),))


@check("Z247", W, why="附件1-3 1.4：每取得 1 个称号得 2 分，须逐个列出。", wrong="{id: 1.4.1, now: 4}",
       right="{id: 1.4.1, items: [绿色工厂, 高新技术企业]}")  # fmt: skip
def counted_rows_list_items(case: Case) -> Iterator[Problem]:
    """按项计分的指标没有列出各项。"""
    for route, answer, row in case.answers:
        if _rule(row) in LISTED and answer.items is None and not answer.not_applicable:
            said = f"（now: {trimmed(answer.now, 4)} 不计分）" if answer.now else ""
            yield Problem(route, f"{named(row)}没有 items，现状按 0 分计{said}", "写 items: […]；没有的写 items: []", ((*route, "items"),))


@check("Z248", W, why="附件1-3 1.4：称号以目录所列为准；未列的能否计入由评审确认，暂不计分。", wrong="items: [文明单位]",
       right="items: [绿色工厂]")  # fmt: skip
def titles_are_listed(case: Case) -> Iterator[Problem]:
    """称号不在目录所列之内。"""
    names = [alias for title in case.rulebook.catalogue.titles for alias in (title.name, *title.aliases)]
    for route, answer, row in case.answers:
        for position, item in enumerate(answer.items or ()):
            if _rule(row) in LISTED and item.name not in names:
                place = (*route, "items", position)
                listed = "、".join(title.name for title in case.rulebook.catalogue.titles)
                yield Problem(place, f"目录没有列“{item.name}”，不计分。{suggest(item.name, names)}", f"所列：{listed}", (place,))


@check("Z249", W, why="附件1-3 1.4：同一称号不论级别、年份只计一次。", wrong="items: [绿色工厂, 国家绿色工厂]", right="items: [绿色工厂]")
def titles_are_counted_once(case: Case) -> Iterator[Problem]:
    """同一称号列了两次。"""
    same = {alias: title.name for title in case.rulebook.catalogue.titles for alias in (title.name, *title.aliases)}
    for route, answer, _ in case.answers:
        seen: dict[str, str] = {}
        for position, item in enumerate(answer.items or ()):
            key = same.get(item.name, item.name)
            if key in seen:
                yield Problem((*route, "items", position), f"“{item.name}”与“{seen[key]}”是同一称号，只计一次", "删去其中一个")
            seen.setdefault(key, item.name)


@check("Z250", E, why="附件1-3：只有注明“如适用”“工艺适用时”一类的指标可填不适用。", wrong="{id: 1.1.1, not_applicable: true}",
       right="{id: 1.1.1, now: 0}")  # fmt: skip
def row_may_be_not_applicable(case: Case) -> Iterator[Problem]:
    """此指标不能填不适用。"""
    allowed = [row.id for row in case.rulebook.catalogue.rows() if row.not_applicable]
    for route, answer, row in case.answers:
        if answer.not_applicable and not row.not_applicable:
            hint = f"可填不适用的指标：{'、'.join(allowed) or '无'}"
            yield Problem((*route, "not_applicable"), f"{named(row)}不能填不适用", hint, ((*route, "id"),))


@check("Z251", W, why="附件1-3：不适用的须说明理由、有佐证，供评审确认。", wrong="{id: 3.2.1, not_applicable: true}",
       right="{id: 3.2.1, not_applicable: true, note: 无落后机电设备, evidence: [obsolete-statement]}")  # fmt: skip
def not_applicable_row_is_explained(case: Case) -> Iterator[Problem]:
    """填为不适用而没有说明或佐证。"""
    for route, answer, row in case.answers:
        if answer.not_applicable and row.not_applicable:
            lacking = [] if answer.note else ["note（理由）"]
            lacking += [] if case.evidence.supports(answer.evidence, case.plan.as_of) else ["有效佐证"]
            if lacking:
                yield Problem(
                    (*route, "not_applicable"),
                    f"{named(row)}填为不适用，缺少 {'和'.join(lacking)}",
                    "写明理由并附证明",
                    (route, ("as_of",)),
                )


@check("Z252", W, why="附件1-3 符合性依据：现状得分须有至少一份在填报日有效的佐证，否则计 0 分。", wrong="{id: 1.1.1, now: 1}",
       right="{id: 1.1.1, now: 1, evidence: [commitment]}")  # fmt: skip
def claims_are_evidenced(case: Case) -> Iterator[Problem]:
    """自评有得分而没有有效佐证，计 0 分。"""
    for route, answer, row in case.answers:
        if not answer.now or _rule(row) not in ATTESTED or row.evidenced_by != "named" or answer.not_applicable:
            continue
        if not case.evidence.supports(answer.evidence, case.plan.as_of):
            reason = why_invalid(case.evidence, answer.evidence, case)
            message = f"{named(row)}没有在 {case.plan.as_of} 有效的佐证（{reason}），现状计 0 分"
            yield Problem(route, message, f"所需佐证：{case.rulebook.catalogue.evidence_text(row)}", (route, ("as_of",), ("evidence",)))


@check("Z253", W, why="附件1-3 1.4：称号须有在填报日有效的证书或公告，否则该项不计分。",
       wrong="items: [{name: 高新技术企业, evidence: [expired]}]",
       right="items: [{name: 高新技术企业, evidence: [high-tech-2024]}]")  # fmt: skip
def items_are_evidenced(case: Case) -> Iterator[Problem]:
    """所列称号没有有效佐证，该项不计分。"""
    for route, answer, row in case.answers:
        for position, item in enumerate(answer.items or ()) if _rule(row) in LISTED else ():
            keys = answer.evidence if item.evidence is None else item.evidence
            if not case.evidence.supports(keys, case.plan.as_of):
                message = f"“{item.name}”没有在 {case.plan.as_of} 有效的佐证（{why_invalid(case.evidence, keys, case)}），不计分"
                yield Problem((*route, "items", position), message, "更新证书后填写新的有效期", (route, ("as_of",), ("evidence",)))


@check("Z254", INFO, why="附件2 六：方案应体现试点前后的变化；目标低于现状多半是笔误。", wrong="{id: 1.5.2, now: 0.8, target: 0.6}",
       right="{id: 1.5.2, now: 0.8, target: 1}")  # fmt: skip
def targets_are_not_lower(case: Case) -> Iterator[Problem]:
    """目标低于现状。"""
    for route, answer, row in case.answers:
        if _rule(row) in ATTESTED and answer.now is not None and answer.target is not None and answer.target < answer.now:
            message = f"{named(row)}的目标 {trimmed(answer.target, 6)} 低于现状 {trimmed(answer.now, 6)}"
            yield Problem((*route, "target"), message, "如确实如此，请在 note 中说明", (route,))


@check("Z255", W, why="结果值只在效果评价时填写，与 evaluation 和结果年一起给出。",
       wrong="{id: 1.1.1, now: 1, result: 1}（没有 evaluation）", right="效果评价前不写 result")  # fmt: skip
def results_only_at_evaluation(case: Case) -> Iterator[Problem]:
    """没有效果评价却填了结果值。"""
    for route, answer, row in case.answers:
        if answer.result is not None and case.plan.evaluation is None:
            yield Problem((*route, "result"), f"{named(row)}填了 result，但没有 evaluation", "删去，或填写 evaluation", (("evaluation",),))


@check("Z256", W, why="附件1-3 符合性依据：效果评价的得分须有在评价填报日有效的佐证，过期的证书应先换证。",
       wrong="evaluation.as_of: 2026-12-31，佐证 expires: 2026-06-30", right="佐证换证后填写新的文件和有效期", figures=True)  # fmt: skip
def results_are_evidenced(case: Case) -> Iterator[Problem]:
    """结果有得分而没有在评价填报日有效的佐证，不计分。"""
    result = case.score.phases.get("result") if case.score else None
    places = {answer.id: index for index, answer in enumerate(case.plan.indicators)}
    for row in result.rows if result else ():
        if row.points < row.claimed:
            place: Route = ("indicators", places[row.row.id]) if row.row.id in places else ("indicators",)
            message = f"{named(row.row)}的结果没有充分的有效佐证：{row.because}"
            yield Problem(place, message, "更新证书后填写新的文件和有效期", (place, ("evaluation",), ("evidence",)))
