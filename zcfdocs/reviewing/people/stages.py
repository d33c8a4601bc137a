"""Whether a plan may move on as it does, who may move it, and what no longer changes (spec 3; the catalogue's transitions and freezes)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
KEPT_YEARS = ("actual", "target")


def transition(catalogue: Catalogue, before: str | None, after: str | None, standing: Standing) -> model.Stage:
    """A new plan begins at the first stage or where that one leads; a deleted one has no stage after."""
    by = _role(catalogue, before, after, standing)
    titles = {item.key: item.name for item in catalogue.stages}
    names = (titles.get(before or "", before or ""), titles.get(after or "", after or ""))
    if before == after or after is None:
        return model.Stage(before=before, after=after, allowed=True, who=(), by=by, names=names)
    who = ways(catalogue, before, after)
    allowed = bool(who) and (not standing.is_known or bool(standing.roles & set(who)))
    if before is None and allowed:
        who = ()  # nobody moves a plan to where it begins
    return model.Stage(before=before, after=after, allowed=allowed, who=who, by=by, names=names)


def ways(catalogue: Catalogue, before: str | None, after: str) -> tuple[str, ...]:
    """The roles that may take a plan from one stage to the other; empty where no way leads there."""
    if before is None:
        first = catalogue.stages[0].key
        begins = after == first or any((step.start, step.to) == (first, after) for step in catalogue.transitions)
        return tuple(role.key for role in catalogue.roles) if begins else ()
    steps = [step.by for step in catalogue.transitions if (step.start, step.to) == (before, after)]
    steps += [step.by for step in catalogue.from_any if step.to == after]
    return tuple(dict.fromkeys(role for by in steps for role in by))


def _role(catalogue: Catalogue, before: str | None, after: str | None, standing: Standing) -> str | None:
    """The role that is told of somebody with several: one that may make this transition, else the highest."""
    able = ways(catalogue, before, after) if after is not None and before != after else ()
    order = [role.key for role in catalogue.roles]
    held = sorted(standing.roles, key=lambda role: (role not in able, -(order.index(role) if role in order else -1)))
    return held[0] if standing.is_known and held else None


def judge_transition(catalogue: Catalogue, stage: model.Stage, standing: Standing, has_errors: bool) -> Iterator[Finding]:
    route = ("stage",)
    if stage.after is None or stage.before == stage.after:
        return
    names = {item.key: item.name for item in catalogue.stages}
    roles = {role.key: role.name for role in catalogue.roles}
    old, new = (f"{names.get(key or '', '')}（{key}）" for key in (stage.before, stage.after))
    if stage.allowed and stage.before is None:
        return
    if not stage.who:
        if stage.before is None:
            yield Finding("R105", route, f"新方案不能从{new}开始", f"新方案写 stage: {catalogue.stages[0].key}")
            return
        open_ways = [step.to for step in catalogue.transitions if step.start == stage.before]
        hint = "、".join(f"{names.get(key, key)}（{key}）" for key in open_ways)
        yield Finding("R101", route, f"阶段不能从{old}直接变为{new}", f"下一步可以是：{hint}" if hint else "这一阶段之后没有下一步")
    elif not stage.allowed:
        who = "或".join(roles.get(role, role) for role in stage.who)
        mine = "、".join(roles.get(role, role) for role in sorted(standing.roles)) or "与这份方案无关的人"
        yield Finding(
            "R102", route, f"从{old}到{new}只能由{who}来改，提交者 {standing.who} 是{mine}", "撤回对 stage 的改动，请有权的人来改"
        )
    if has_errors and _is_forward(catalogue, stage.after):
        yield Finding("R104", route, f"方案有错误，不能改为{new}", "先按检查结果改正错误")


def _is_forward(catalogue: Catalogue, stage: str) -> bool:
    """Whether the plan is put forward by it: a later stage follows, which none does where it is given back, turned down or taken out."""
    order = [item.key for item in catalogue.stages]
    later = [step for step in catalogue.transitions if step.start == stage and order.index(step.to) > order.index(stage)]
    return bool(later) and stage != order[0]


def judge_frozen(rulebook: Rulebook, reached: str, before: Plan, changes: Sequence[Change]) -> Iterator[Finding]:
    """Each change of what is frozen at the stage the plan had before; years may be added, none that was there may change."""
    catalogue = rulebook.catalogue
    order = [item.key for item in catalogue.stages]
    if reached not in order:
        return
    names = {item.key: item.name for item in catalogue.stages}
    for freeze in catalogue.freezes:
        if freeze.start not in order or order.index(reached) < order.index(freeze.start) or _is_out(catalogue, reached):
            continue
        for change in changes:
            if _touches(freeze.fields, change, before):
                told = f"{_shown(change.before)} → {_shown(change.after)}"
                what = label_of(change.at(0), before, rulebook)
                message = f"{what}自{names[freeze.start]}（{freeze.start}）起不再改动，却被改动：{told}"
                yield Finding("R103", change.route, message, "恢复原值；确需更正的，由主管部门退回后处理，或另加年度")


def _is_out(catalogue: Catalogue, stage: str) -> bool:
    """A stage reached from any other says nothing of how far the plan had come."""
    return any(step.to == stage for step in catalogue.from_any)


def _touches(fields: Sequence[str], change: Change, before: Plan) -> bool:
    """A year that was there keeps its figures, none of them goes; another may come (the catalogue's freezes)."""
    path, within = field_path(change.route), change.within[0]
    if change.route[0] != "years" or len(change.route) == 1:
        return _covered(fields, path)
    if change.is_item and within == ("years",):
        return change.routes[0] is not None and _is_kept(before, change.routes[0])
    return _is_kept(before, change.at(0)[:2]) and _covered(fields, path)


def _is_kept(before: Plan, year: Route) -> bool:
    return getattr(value_at(before, year), "kind", "") in KEPT_YEARS


def _covered(fields: Sequence[str], path: str) -> bool:
    return any(path == field or path.startswith(f"{field}.") or field.startswith(f"{path}.") for field in fields)


def _shown(text: str | None) -> str:
    return "（无）" if text is None else f"“{text[:60]}”"
