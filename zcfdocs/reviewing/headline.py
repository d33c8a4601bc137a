"""The one sentence: `示例机械：87.09 → 81.07（−6.02），仍过 80 分线；1 个错误`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from zcfdocs.figure import display, rounded, trimmed
from zcfdocs.reviewing import model

PHASES = {"now": "现状", "target": "目标", "result": "结果"}
NAMED = 3


def headline(plans: Sequence[model.PlanReview], findings: Sequence[model.Told], outside: Sequence[str]) -> str:
    """What happens to each plan's total, then how many errors the change brings and what it touches besides."""
    worst = sorted((plan for plan in plans if plan.change != "catalogue"), key=lambda plan: (-_errors(plan.findings.new), plan.path))
    told = [sentence(plan) for plan in worst[:NAMED]]
    if len(worst) > NAMED:
        told.append(f"另有 {len(worst) - NAMED} 份方案")
    moved = [plan for plan in plans if plan.change == "catalogue"]
    if moved:
        told.append(f"目录的改动使 {len(moved)} 份方案得分变化，如{sentence(moved[0])}")
    errors = _errors(findings) + sum(_errors(plan.findings.new) for plan in plans)
    if not plans:
        told.append("没有改动方案" if not outside else f"改动了 {len(outside)} 个方案以外的文件")
    elif outside:
        told.append(f"另改动 {len(outside)} 个方案以外的文件")
    if errors:
        told.append(f"{errors} 个错误")
    return "；".join(told)


def sentence(plan: model.PlanReview) -> str:
    if plan.change == "deleted":
        return f"{plan.name}：方案被删除"
    lead = f"{plan.name}：" + ("新方案，" if plan.change == "new" else "")
    line = Fraction(plan.pass_line) if plan.pass_line else None
    pairs = {name: pair for name in PHASES if (pair := getattr(plan.total, name)) is not None}
    told = [*_totals(plan, pairs, line), *_vetoes(plan), *_stage(plan)]
    return lead + "，".join(told or ["不能算分"]) + ("，只改了写法" if _says_nothing(plan) else "")


def _totals(plan: model.PlanReview, pairs: Mapping[str, model.Pair], line: Fraction | None) -> Iterator[str]:
    """The phase now where it moves, else the first that does; then each other that crosses the line."""
    if not pairs:
        yield from ["不能算分"]
        return
    first = next((name for name, pair in pairs.items() if pair.before != pair.after), next(iter(pairs)))
    began = any(pair.before is not None for pair in pairs.values())
    yield _moved(plan, first, pairs[first], line, began)
    for name, pair in pairs.items():
        if name != first and pair.before is not None and pair.after is not None and _crosses(pair, line):
            yield _moved(plan, name, pair, line, began)


def _crosses(pair: model.Pair, line: Fraction | None) -> bool:
    return line is not None and (Fraction(pair.before or 0) >= line) != (Fraction(pair.after or 0) >= line)


def _vetoes(plan: model.PlanReview) -> Iterator[str]:
    fresh = [key for key in plan.unmet.after if key not in plan.unmet.before]
    if fresh and plan.change != "new":
        yield f"基本要求 {'、'.join(fresh)} 不再满足，一票否决"
    elif plan.unmet.after:
        yield f"基本要求 {'、'.join(plan.unmet.after)} 不满足，一票否决"


def _stage(plan: model.PlanReview) -> Iterator[str]:
    if plan.change != "new" and plan.stage.before != plan.stage.after:
        yield f"{plan.stage.names[0] or '（读不出）'} → {plan.stage.names[1] or '（读不出）'}"


def _says_nothing(plan: model.PlanReview) -> bool:
    """Comments, order and ways of writing changed, and nothing that anybody reads."""
    parts = (plan.rows, plan.figures, plan.values, plan.prose, plan.private, plan.findings.new, plan.findings.fixed, plan.former)
    files = (plan.evidence.added, plan.evidence.removed, plan.evidence.changed)
    return plan.change == "changed" and plan.stage.before == plan.stage.after and not any((*parts, *files)) and not plan.opinions


def _moved(plan: model.PlanReview, name: str, pair: model.Pair, line: Fraction | None, began: bool) -> str:
    """`began`: whether the plan could be scored before at all."""
    label = "" if name == "now" else f"{PHASES[name]} "
    if pair.before is None or pair.after is None or pair.before == pair.after:
        only = pair.after or pair.before
        assert only is not None
        if pair.after is None:
            return f"{label}原为 {display(Fraction(only), 2, line)} 分，改动后不能算分"
        lead = "得分不变，" if pair.before == pair.after else "" if plan.change == "new" else "首次 " if began else "原来不能算分，现为 "
        return f"{label}{lead}{display(Fraction(only), 2, line)} 分{_line(None, only, line)}"
    old, new = (display(Fraction(value), 2, line) for value in (pair.before, pair.after))
    # The difference of what is printed, so that the reader's own sum agrees with it.
    change = Fraction(new) - Fraction(old) or Fraction(pair.after) - Fraction(pair.before)
    return f"{label}{old} → {new}（{signed(change)}）{_line(pair.before, pair.after, line)}"


def signed(value: Fraction) -> str:
    """With two decimals, more where it would look like nothing."""
    digits = 2
    while value and digits < 12 and Fraction(rounded(value, digits)) == 0:
        digits += 2
    text = rounded(abs(value), digits)
    return f"{'−' if value < 0 else '+'}{text}"


def _line(before: str | None, after: str, line: Fraction | None) -> str:
    if line is None:
        return ""
    passes, passed = Fraction(after) >= line, before is not None and Fraction(before) >= line
    word = ("仍过" if passed or before is None else "已过") if passes else ("跌破" if passed else "未过" if before is None else "仍未过")
    word = "过" if before is None and passes else word
    return f"，{word} {trimmed(line, 2)} 分线"


def _errors(findings: Sequence[model.Told]) -> int:
    return sum(finding.is_error for finding in findings)
