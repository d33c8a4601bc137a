"""Checks of the four basic requirements (附件1-2, vetoes), the application conditions and the diagnosis."""

from __future__ import annotations

from collections.abc import Iterator

from zcfdocs.checks.registry import Case, Problem, check
from zcfdocs.evidence import Evidence
from zcfdocs.finding import Severity, suggest
from zcfdocs.plan import Requirement

E, W, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
VETO = "附件1-2：基本要求必须全部满足，任一条不满足即不合格。"
STATES = {
    "unknown": "清单中没有",
    "unsafe": "路径不合规",
    "missing": "文件不存在",
    "link": "是链接",
    "irregular": "不是普通文件",
    "empty": "文件是空的",
    "type": "不是认可的文件类型",
    "unlike": "内容与扩展名不符",
    "early": "签发日期晚于判定日",
    "expired": "已过有效期",
}


def why_invalid(evidence: Evidence, keys: tuple[str, ...], case: Case) -> str:
    """Each named evidence with the reason it does not count at `as_of`; 未列佐证 where none is named."""
    reasons = [f"{key} {STATES[state]}" for key in keys if (state := evidence.state(key, case.plan.as_of)) != "ok"]
    return "；".join(reasons) if keys else "未列佐证"


def _answers(case: Case) -> Iterator[tuple[str, int, Requirement]]:
    for name in ("basic_requirements", "conditions"):
        for index, answer in enumerate(getattr(case.plan, name)):
            yield name, index, answer


@check("Z221", E, why="附件1-2：四条基本要求都须逐条说明和判定。", wrong="basic_requirements 只有 1、2、3", right="再写上 {id: 4, …}")
def every_basic_requirement_is_answered(case: Case) -> Iterator[Problem]:
    """缺少一条基本要求。"""
    given = {answer.id for answer in case.plan.basic_requirements}
    for item in case.rulebook.catalogue.basic_requirements:
        if item.id not in given:
            hint = f"加上 - {{id: {item.id}, met: met, basis: …, evidence: […]}}"
            yield Problem(("basic_requirements",), f"缺少基本要求 {item.id}（{item.title}）", hint, (("basic_requirements",),))


@check("Z222", E, why="附件1-2 和申报基本条件的编号由目录规定。", wrong="basic_requirements: [{id: 5, …}]",
       right="basic_requirements: [{id: 4, …}]")  # fmt: skip
def requirement_ids_are_known(case: Case) -> Iterator[Problem]:
    """没有这一条基本要求或申报条件。"""
    catalogue = case.rulebook.catalogue
    known = {
        "basic_requirements": [item.id for item in catalogue.basic_requirements],
        "conditions": [item.id for item in catalogue.conditions],
    }
    names = {"basic_requirements": "基本要求", "conditions": "申报条件"}
    for name, index, answer in _answers(case):
        if answer.id not in known[name]:
            yield Problem(
                (name, index, "id"), f"没有{names[name]} {answer.id}。{suggest(answer.id, known[name])}", f"可取：{'、'.join(known[name])}"
            )


@check("Z223", E, why="一条只能有一个判定。", wrong="两处都写 id: 1", right="各写 id: 1、id: 2")
def requirements_are_answered_once(case: Case) -> Iterator[Problem]:
    """同一条基本要求或申报条件写了两次。"""
    seen: dict[tuple[str, str], int] = {}
    for name, index, answer in _answers(case):
        first = seen.setdefault((name, answer.id), index)
        if first != index:
            line = case.reading.source.line_of((name, first))
            yield Problem((name, index, "id"), f"第 {line} 行已写过第 {answer.id} 条", "删去其中一处，或改正编号")


@check("Z224", E, why="附件1-2：只有目录注明可不适用的条目（如没有新、改、扩建项目时）才能填不适用。", wrong="{id: 1, met: not_applicable}",
       right="{id: 1, met: met, …}")  # fmt: skip
def not_applicable_only_where_allowed(case: Case) -> Iterator[Problem]:
    """此条不能填不适用。"""
    allowed = [item.id for item in case.rulebook.catalogue.basic_requirements if item.not_applicable]
    for name, index, answer in _answers(case):
        if answer.met == "not_applicable" and not (name == "basic_requirements" and answer.id in allowed):
            hint = f"填 met 或 not_met；可填不适用的只有基本要求 {'、'.join(allowed)}" if allowed else "填 met 或 not_met"
            yield Problem((name, index, "met"), f"第 {answer.id} 条不能填 not_applicable", hint, ((name, index, "id"),))


@check("Z225", W, why=VETO + "填不适用须说明依据，否则按不符合处理。", wrong="{id: 4, met: not_applicable}",
       right="{id: 4, met: not_applicable, basis: 近三年无新、改、扩建项目}")  # fmt: skip
def not_applicable_has_a_basis(case: Case) -> Iterator[Problem]:
    """基本要求填不适用而没有说明依据。"""
    for index, answer in enumerate(case.plan.basic_requirements):
        if answer.met == "not_applicable" and not answer.basis:
            rests = (("basic_requirements", index),)
            yield Problem(("basic_requirements", index), f"基本要求 {answer.id} 填为不适用，没有 basis", "写明为什么不适用", rests)


@check("Z226", W, why=VETO, wrong="{id: 2, met: not_met}", right="整改后填 met 并附佐证")
def basic_requirement_is_met(case: Case) -> Iterator[Problem]:
    """基本要求不符合，一票否决。"""
    for index, answer in enumerate(case.plan.basic_requirements):
        if answer.met == "not_met":
            yield Problem(("basic_requirements", index, "met"), f"基本要求 {answer.id} 填为不符合，方案因此不合格", "整改后再申报")


@check("Z227", W, why=VETO + "填为符合须有有效佐证。", wrong="{id: 1, met: met, evidence: []}",
       right="{id: 1, met: met, evidence: [licence]}")  # fmt: skip
def basic_requirement_is_evidenced(case: Case) -> Iterator[Problem]:
    """基本要求填为符合而没有有效佐证，一票否决。"""
    for index, answer in enumerate(case.plan.basic_requirements):
        if answer.met == "met" and not case.evidence.supports(answer.evidence, case.plan.as_of):
            reason = why_invalid(case.evidence, answer.evidence, case)
            message = f"基本要求 {answer.id} 填为符合，但没有在 {case.plan.as_of} 有效的佐证（{reason}）"
            rests = (("basic_requirements", index), ("as_of",), ("evidence",))
            yield Problem(("basic_requirements", index), message, "在 evidence 中列出有效的佐证标识", rests)


@check("Z228", INFO, why="通知 一、申报基本条件：供审核时逐条核对。", wrong="没有 conditions",
       right="conditions: [{id: 1, met: met, basis: …}, …]")  # fmt: skip
def conditions_are_answered(case: Case) -> Iterator[Problem]:
    """申报基本条件没有逐条填写。"""
    given = {answer.id for answer in case.plan.conditions}
    lacking = [item.label for item in case.rulebook.catalogue.conditions if not item.answered_by and item.id not in given]
    if lacking:
        yield Problem(
            ("conditions",), f"申报基本条件未填：{'、'.join(lacking)}", "可在 conditions 中逐条说明，供审核核对", (("conditions",),)
        )


@check("Z229", W, why="通知 一、申报基本条件：申报企业应当符合。", wrong="conditions: [{id: 4, met: not_met}]", right="整改后填 met")
def condition_is_met(case: Case) -> Iterator[Problem]:
    """申报基本条件不符合。"""
    labels = {item.id: item.label for item in case.rulebook.catalogue.conditions}
    for index, answer in enumerate(case.plan.conditions):
        if answer.met == "not_met" and answer.id in labels:
            yield Problem(("conditions", index, "met"), f"申报基本条件{labels[answer.id]}填为不符合", "整改后再申报，或在 basis 中说明")


@check("Z230", W, why="通知 二、主要目标：先开展节能降碳诊断，再定措施。", wrong="diagnosis: {by: …, date: 2026-01-10}（as_of 2025-04-30）",
       right="diagnosis: {by: …, date: 2024-10-18}")  # fmt: skip
def diagnosis_is_done(case: Case) -> Iterator[Problem]:
    """节能降碳诊断日期晚于填报日。"""
    diagnosis = case.plan.diagnosis
    if diagnosis is not None and diagnosis.date > case.plan.as_of:
        message = f"诊断日期 {diagnosis.date} 晚于填报日 {case.plan.as_of}"
        yield Problem(("diagnosis", "date"), message, "尚未完成的诊断可整段删去", (("as_of",),))


@check("Z231", INFO, why="通知 二、主要目标：试点企业通过开展节能降碳诊断，实施节能降碳改造项目。", wrong="没有 diagnosis",
       right="diagnosis: {by: 某节能中心, date: 2024-10-18, evidence: [diagnosis]}")  # fmt: skip
def diagnosis_is_named(case: Case) -> Iterator[Problem]:
    """没有写节能降碳诊断。"""
    if case.plan.diagnosis is None:
        yield Problem(("diagnosis",), "没有写节能降碳诊断", "已开展的，写明机构、日期和报告", (("diagnosis",),))
