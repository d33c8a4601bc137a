"""Review → Telling: what an officer reads first stands first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction

from zcfdocs.figure import display, trimmed
from zcfdocs.reviewing.forms.findings import worst_first
from zcfdocs.reviewing.forms.numbers import computed, numbers
from zcfdocs.reviewing.forms.scores import moved_rows, opinions
from zcfdocs.reviewing.forms.telling import Part, Points, Section, Span, Spans, Telling, lines, plain
from zcfdocs.reviewing.forms.texts import changed_values, evidence, prose
from zcfdocs.reviewing.headline import signed
from zcfdocs.reviewing.model import Pair, PlanReview, Review, Told
from zcfdocs.reviewing.naming import words
from zcfdocs.scoring.phase import PHASES

OPEN = 6  # findings shown without folding them away
SHOWN_ID = 12  # characters of a commit


def tell(review: Review) -> Telling:
    """Everything; what does not fit a form is cut by the form."""
    errors = [item for item in review.brought if item.is_error]
    blocking = review.blocking or bool(errors)  # a review that is read back may contradict itself
    rest = [item for item in review.findings if not item.is_error]
    notes = (
        (plain("本地仓库不是完整的克隆，历史不全：阶段和承诺可能判断不了。先取回完整历史（git fetch --unshallow）再评审。"),)
        if review.shallow
        else ()
    )
    return Telling(
        verdict="不能合并" if blocking else "没有阻止合并的问题",
        blocking=blocking,
        headline=review.headline,
        notes=notes,
        first=tuple(_findings("这次改动带来的错误，改好才能合并", errors, folded=False)),
        parts=tuple(map(_part, sorted(review.plans, key=_rank))),
        last=(*_findings("其他提醒", rest, folded=len(rest) > OPEN), *_outside(review)),
        foot=_foot(review),
    )


def _rank(plan: PlanReview) -> tuple[int, Fraction]:
    """Plans with errors first, then those that lose most."""
    now = plan.total.now
    moved = Fraction(now.after) - Fraction(now.before) if now and now.before and now.after else Fraction(0)
    return -sum(item.is_error for item in plan.findings.new), moved


def _findings(name: str, found: Iterable[Told], folded: bool) -> Iterator[Section]:
    if listed := worst_first(found):
        yield Section(f"{name}（{len(listed)} 项）", Points(tuple(map(_finding, listed))), folded)


def _finding(item: Told) -> Spans:
    """What is wrong, how to mend it, where."""
    return lines(
        (Span(item.message, "strong"), Span(f"（{words.SEVERITIES[item.severity]} {item.code}）")),
        plain(f"怎样改：{item.hint}") if item.hint else (),
        _place(item),
    )


def _place(item: Told) -> Spans:
    if not item.path:
        return ()
    line = (Span(f":{item.line}"),) if item.line else ()
    return (Span(item.path, "code"), *line, *((Span(f" {words.named(item.route)}", "faint"),) if item.route else ()))


def _outside(review: Review) -> Iterator[Section]:
    if review.outside:
        name = f"方案文件夹以外的文件也改了（{len(review.outside)} 个），须由有权的人看过"
        yield Section(name, Points(tuple((Span(path, "code"),) for path in review.outside)), len(review.outside) > OPEN)


def _foot(review: Review) -> Spans:
    books = "、".join(f"{name}（{digest.removeprefix('sha256:')[:SHOWN_ID]}）" for name, digest in review.catalogues.items())
    commits = (Span("提交 "), Span(review.base[:SHOWN_ID], "code"), Span(" → "), Span(review.head[:SHOWN_ID], "code"))
    return (*commits, Span(f"；{review.tool}{f'；评审用基准提交的目录 {books}' if books else ''}"))


def _part(plan: PlanReview) -> Part:
    moved = f"，原在 {plan.former}" if plan.former else ""
    head = (Span(plan.name or plan.path, "strong"), Span(f"（{plan.uscc or '没有信用代码'}，{words.CHANGES[plan.change]}{moved}）"))
    sections = tuple(_sections(plan))
    told = (*_stage(plan), *_totals(plan), *_counted(plan))
    if not sections and not told:
        return Part(plan.path, (*head, Span("：没有影响得分和内容的改动")), (), ())
    return Part(plan.path, head, told, sections)


def _sections(plan: PlanReview) -> Iterator[Section]:
    yield from moved_rows(plan)
    yield from numbers(plan)
    yield from computed(plan)
    yield from evidence(plan)
    if plan.private:
        told = (lines(plain(item.message), (Span(f"{words.where(item)}{_at(item.line)}", "faint"),)) for item in plan.private)
        yield Section(f"会公开出去的内容（{len(plan.private)} 处），请确认", Points(tuple(told)))
    yield from changed_values(plan)
    yield from prose(plan)
    yield from opinions(plan)
    told_already = {item.message for item in plan.private}
    rest = [item for item in plan.findings.new if not item.is_error and item.message not in told_already]
    yield from _findings("新出现的警告和提示", rest, folded=len(rest) > OPEN)
    if fixed := worst_first(plan.findings.fixed):
        told = (
            (Span(item.message), Span(f"（{item.code}，原第 {item.line} 行）" if item.line else f"（{item.code}）", "faint"))
            for item in fixed
        )
        yield Section(f"改好了的问题（{len(fixed)} 项）", Points(tuple(told)), folded=True)


def _at(line: int) -> str:
    return f"（第 {line} 行）" if line else ""


def _stage(plan: PlanReview) -> Iterator[Spans]:
    stage = plan.stage
    if stage.before == stage.after:
        return
    before, after = (name or key or "（没有）" for name, key in zip(stage.names, (stage.before, stage.after), strict=True))
    who = "、".join(words.ROLES.get(role, role) for role in stage.who)
    by = f"，这次由{words.ROLES.get(stage.by, stage.by)}提出" if stage.by else ""
    way = {"new": after, "deleted": before}.get(plan.change, f"{before} → {after}")
    if stage.allowed:
        yield plain(f"阶段：{way}{f'（由{who}决定）' if who else ''}{by}")
        return
    may = f"这一步只能由{who}作出{by}" if who else "没有这样的程序"
    yield (Span(f"阶段：{way}"), Span(f"：不允许，{may}", "strong"))


def _totals(plan: PlanReview) -> Iterator[Spans]:
    for name in PHASES:
        pair: Pair | None = getattr(plan.total, name)
        if pair is not None and (pair.before, pair.after) != (None, None):
            yield _total(words.phase(name), pair, plan)


def _total(name: str, pair: Pair, plan: PlanReview) -> Spans:
    line = Fraction(plan.pass_line) if plan.pass_line else None
    before, after = (Fraction(side) if side is not None else None for side in (pair.before, pair.after))
    if before is None or after is None or before == after:
        shown = after if after is not None else before
        assert shown is not None
        known = (
            ""
            if plan.change in ("new", "deleted")
            else "，没有变"
            if before == after
            else "（改动前不能算分）"
            if before is None
            else "，改动后不能算分"
        )
        return plain(f"{name}总分 {display(shown, 2, line)}{known}{_crossed(None, after, line)}")
    old, new = display(before, 2, line), display(after, 2, line)
    # The difference of what is printed, as in the headline.
    move = signed(Fraction(new) - Fraction(old) or after - before)
    return (Span(f"{name}总分"), Span(f" {old} → {new}（{move}）", "strong"), Span(_crossed(before, after, line)))


def _crossed(before: Fraction | None, after: Fraction | None, line: Fraction | None) -> str:
    """On which side of the line it stands, and whether it crossed."""
    if after is None or line is None:
        return ""
    named = f"{trimmed(line, 2)} 分线"
    if after >= line:
        return f"，达到 {named}" if before is None else f"，{'仍过' if before >= line else '跨过了'} {named}"
    return f"，未到 {named}" if before is None else f"，{'跌破了' if before >= line else '仍未到'} {named}"


def _counted(plan: PlanReview) -> Iterator[Spans]:
    """What was there before is only counted."""
    if kept := plan.findings.kept:
        counts = Counter[str](item.severity for item in kept)
        told = "、".join(f"{counts[key]} 个{label}" for key, label in words.SEVERITIES.items() if counts[key])
        yield plain(f"改动前后都有的问题：{told}，不在这里列出")
