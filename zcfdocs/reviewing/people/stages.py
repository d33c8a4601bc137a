"""Whether a plan may move on as it does, who may move it, and what no longer changes (spec 3; the catalogue's transitions and freezes)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from zcfdocs.catalogue import Catalogue, Rulebook
from zcfdocs.finding import Finding, Route, Severity, define, field_path
from zcfdocs.plan import Plan
from zcfdocs.reviewing import model
from zcfdocs.reviewing.differences.align import Change
from zcfdocs.reviewing.differences.walking import value_at
from zcfdocs.reviewing.naming.labels import label_of
from zcfdocs.reviewing.people.standing import Standing

E = Severity.ERROR
define("R101", E, "阶段不能这样变", why="阶段按目录 transitions 所列的路走（通知 三、工作程序），不能跳过。",
       wrong="stage: draft 改为 recommended", right="stage: draft 改为 submitted")  # fmt: skip
define(
    "R102",
    E,
    "阶段不由此人改",
    why="每一步由谁来走，目录 transitions 的 by 有规定。",
    wrong="企业把 stage 改为 recommended",
    right="由辖区主管部门改",
)
define("R103", E, "改动了已固定的内容", why="提交后企业与目录不变；列为培育对象后，承诺和历史数据不变（目录 freezes）。",
       wrong="列为培育对象后改小 2024 年用电量", right="保留原值；建设期间的数据另加年度")  # fmt: skip
define(
    "R104",
    E,
    "带着错误往前走",
    why="有错误的方案不能申请、推荐或评审。",
    wrong="stage: submitted，但 check 有错误",
    right="先改正错误再改 stage",
)
define("R105", E, "新方案的阶段不对", why="新方案从编制或申请开始。", wrong="新方案 stage: candidate", right="stage: draft")
define(
    "R106",
    E,
    "改动前的方案读不出，不能核对已固定的内容",
    why="提交之后的方案，改动时要与原来的逐项核对。",
    wrong="主分支上的数据区是坏的，企业一并改了别处",
    right="由主管部门改正这份方案",
)
KEPT_YEARS = ("actual", "target")


@dataclass(frozen=True, slots=True)
class Step:
    """From one stage to the next; `who` may take it, `allowed` whether this person may."""

    before: str | None
    after: str
    who: tuple[str, ...]
    allowed: bool


def way(catalogue: Catalogue, stages: Sequence[str | None], standing: Standing, merged: Collection[str] = ()) -> tuple[Step, ...]:
    """Each step of the stages a plan goes through. What a merge brings, a bureau takes over from whoever wrote it."""
    found = []
    for before, after in pairwise(stages):
        if after is None:
            break
        who = ways(catalogue, before, after)
        mine = before is None or not standing.is_known or bool(standing.roles & set(who)) or (standing.is_bureau and after in merged)
        found.append(Step(before, after, () if before is None and who else who, bool(who) and mine))
    return tuple(found)


def transition(catalogue: Catalogue, before: str | None, after: str | None, taken: Sequence[Step], standing: Standing) -> model.Stage:
    """A new plan begins at the first stage or where that one leads; a deleted one has no stage after."""
    titles = {item.key: item.name for item in catalogue.stages}
    names = (titles.get(before or "", before or ""), titles.get(after or "", after or ""))
    told = next((step for step in taken if not step.allowed), taken[-1] if taken else None)
    by = _role(told, catalogue, standing)
    return model.Stage(
        before=before, after=after, allowed=all(step.allowed for step in taken), who=told.who if told else (), by=by, names=names
    )


def ways(catalogue: Catalogue, before: str | None, after: str) -> tuple[str, ...]:
    """The roles that may take a plan from one stage to the other; empty where no way leads there."""
    if before is None:
        first = catalogue.stages[0].key
        begins = after == first or any((step.start, step.to) == (first, after) for step in catalogue.transitions)
        return tuple(role.key for role in catalogue.roles) if begins else ()
    steps = [step.by for step in catalogue.transitions if (step.start, step.to) == (before, after)]
    steps += [step.by for step in catalogue.from_any if step.to == after]
    return tuple(dict.fromkeys(role for by in steps for role in by))


def _role(step: Step | None, catalogue: Catalogue, standing: Standing) -> str | None:
    """The role that is told of somebody with several: one that may take this step, else the highest."""
    able = step.who if step is not None else ()
    order = [role.key for role in catalogue.roles]
    held = sorted(standing.roles, key=lambda role: (role not in able, -(order.index(role) if role in order else -1)))
    return held[0] if standing.is_known and held else None


def judge_steps(catalogue: Catalogue, taken: Sequence[Step], standing: Standing, has_errors: bool) -> Iterator[Finding]:
    names = {item.key: f"{item.name}（{item.key}）" for item in catalogue.stages}
    roles = {role.key: role.name for role in catalogue.roles}
    for step in taken:
        yield from _judged(catalogue, step, names, roles, standing)
    if has_errors and taken and _is_forward(catalogue, taken[-1].after):
        yield Finding("R104", ("stage",), f"方案有错误，不能改为{names.get(taken[-1].after, taken[-1].after)}", "先按检查结果改正错误")


def _judged(catalogue: Catalogue, step: Step, names: Mapping[str, str], roles: Mapping[str, str], standing: Standing) -> Iterator[Finding]:
    new = names.get(step.after, step.after)
    if step.before is None:
        if not step.allowed:
            yield Finding("R105", ("stage",), f"新方案不能从{new}开始", f"新方案写 stage: {catalogue.stages[0].key}")
        return
    old = names.get(step.before, step.before)
    if not step.who:
        hint = "、".join(names.get(other.to, other.to) for other in catalogue.transitions if other.start == step.before)
        told = f"下一步可以是：{hint}" if hint else "这一阶段之后没有下一步"
        yield Finding("R101", ("stage",), f"阶段不能从{old}直接变为{new}", told)
    elif not step.allowed:
        who = "或".join(roles.get(role, role) for role in step.who)
        mine = "、".join(roles.get(role, role) for role in sorted(standing.roles)) or "与这份方案无关的人"
        message = f"从{old}到{new}只能由{who}来改，提交者 {standing.who} 是{mine}"
        yield Finding("R102", ("stage",), message, "撤回对 stage 的改动，请有权的人来改")


def _is_forward(catalogue: Catalogue, stage: str) -> bool:
    """Whether the plan is put forward by it: a later stage follows, which none does where it is given back, turned down or taken out."""
    order = [item.key for item in catalogue.stages]
    later = [step for step in catalogue.transitions if step.start == stage and order.index(step.to) > order.index(stage)]
    return bool(later) and stage != order[0]


def judge_frozen(rulebook: Rulebook, reached: str, before: Plan, after: Plan, changes: Sequence[Change]) -> Iterator[Finding]:
    """Each change of what is frozen at the stage the plan had come to; later years may be added, none that was there may change."""
    catalogue = rulebook.catalogue
    order = [item.key for item in catalogue.stages]
    if reached not in order:
        return
    names = {item.key: item.name for item in catalogue.stages}
    for freeze in catalogue.freezes:
        if freeze.start not in order or order.index(reached) < order.index(freeze.start):
            continue
        for change in changes:
            if _touches(freeze.fields, change, before, after):
                told = f"{_shown(change.before)} → {_shown(change.after)}"
                what = label_of(change.at(0), before, rulebook)
                message = f"{what}自{names[freeze.start]}（{freeze.start}）起不再改动，却被改动：{told}"
                yield Finding("R103", change.route, message, "恢复原值；确需更正的，由主管部门退回后处理，或另加年度")


def judge_unreadable(catalogue: Catalogue, reached: str | None, standing: Standing) -> Iterator[Finding]:
    """Where the plan before the change cannot be read, nothing can be held against it: from the first freeze on that is the bureau's to mend."""
    order = [item.key for item in catalogue.stages]
    first = min((order.index(freeze.start) for freeze in catalogue.freezes if freeze.start in order), default=len(order))
    if reached in order and order.index(reached) >= first and not standing.is_bureau:
        yield Finding("R106", ("stage",), "主分支上的这份方案读不出，不能核对哪些已固定的内容被改动", "请主管部门先改正主分支上的方案")


def _touches(fields: Sequence[str], change: Change, before: Plan, after: Plan) -> bool:
    """A year that was there keeps its figures, none of them goes; a later one may come (the catalogue's freezes)."""
    if not change.route:
        return False
    path, within = field_path(change.route), change.within[0]
    if change.route[0] != "years" or len(change.route) == 1:
        return _covered(fields, path)
    if change.is_item and within == ("years",):
        return _frozen_year(before, after, change) and any(field.startswith("years.") for field in fields)
    return _is_kept(before, change.at(0)[:2]) and _covered(fields, path)


def _frozen_year(before: Plan, after: Plan, change: Change) -> bool:
    """A year that goes, another promise, or one that would stand before or beside the baseline."""
    if change.routes[0] is not None:
        return _is_kept(before, change.routes[0])
    year = value_at(after, change.at(1))
    kind = getattr(year, "kind", "")
    return kind == "target" or (kind == "actual" and year.year <= before.accounting.baseline)


def _is_kept(before: Plan, year: Route) -> bool:
    return getattr(value_at(before, year), "kind", "") in KEPT_YEARS


def _covered(fields: Sequence[str], path: str) -> bool:
    return any(path == field or path.startswith(f"{field}.") or field.startswith(f"{path}.") for field in fields)


def _shown(text: str | None) -> str:
    return "（无）" if text is None else f"“{text[:60]}”"
