"""What the terminal shows of findings and scores: tables and sentences, no decisions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from zcfdocs.catalogue import Rulebook
from zcfdocs.derivation import Gap, gap
from zcfdocs.figure import apart, display, percent, trimmed
from zcfdocs.finding import CODES, Finding, Severity, count
from zcfdocs.pipeline import Examined
from zcfdocs.reviews import AGES, ROLES, Beside, Mark, Opinions, PhaseOpinions, Sum
from zcfdocs.scoring import PhaseScore, Score

STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
MARKS = {"met": "●", "partial": "◐", "unmet": "○", "not_applicable": "—", "unevidenced": "✗", "provisional": "◇"}


def show_findings(console: Console, findings: Iterable[Finding]) -> None:
    for finding in findings:
        style = STYLES[finding.severity]
        head = f"{escape(finding.path)}:{finding.line}:{finding.column} [{style}]{finding.code} {finding.severity.label}[/]"
        console.print(f"{head}：{escape(finding.message)}", soft_wrap=True, highlight=False)
        if finding.hint:
            console.print(f"    {escape(finding.hint)}", soft_wrap=True, highlight=False, style="dim")


def summary(findings: Sequence[Finding], plans: int) -> str:
    numbers = "，".join(f"{count(findings, severity)} 个{severity.label}" for severity in Severity)
    return f"检查了 {plans} 份方案：{numbers}。" + ("用 zcfdocs explain <代码> 查看每个代码的说明。" if findings else "")


def explain(code: str) -> Iterator[str]:
    """What a code checks, why, a wrong and a right example."""
    known = CODES[code]
    yield f"{known.code}（{known.severity.label}）{known.title}"
    yield f"为什么：{known.why}"
    for name, text in (("不对的写法", known.wrong), ("正确的写法", known.right)):
        yield f"{name}："
        yield from (f"    {line}" for line in text.split("\n"))


def score_table(rulebook: Rulebook, score: Score) -> Table:
    """Groups and rows with the phases side by side."""
    table = Table(title=None, show_lines=False, header_style="bold")
    table.add_column("指标", no_wrap=True)
    table.add_column("名称")
    table.add_column("类型", no_wrap=True)
    table.add_column("满分", justify="right", no_wrap=True)
    for phase in score.phases.values():
        table.add_column(f"{phase.phase.label} {phase.phase.account.year}", justify="right", no_wrap=True)
    table.add_column("理由（现状）", ratio=1, overflow="fold")
    phases = list(score.phases.values())
    for index, group in enumerate(rulebook.catalogue.groups):
        sums = [display(phase.groups[index].points, 2, group.points) for phase in phases]
        weighted = "，".join(
            f"{phase.phase.label}加权 {display(phase.groups[index].weighted, 2, group.weight * group.points)}" for phase in phases
        )
        table.add_row(
            f"[bold]{group.id}",
            f"[bold]{group.title}（权重 {percent(group.weight, 0)}）",
            "",
            trimmed(group.points, 2),
            *sums,
            weighted,
            style="bold",
        )
        for row in group.rows():
            cells = []
            for phase in phases:
                found = next(item for item in phase.groups[index].rows if item.row.id == row.id)
                cells.append(f"{display(found.points, 2, row.points)} {MARKS[found.status]}")
            because = next((item.because for item in phases[0].groups[index].rows if item.row.id == row.id), "")
            table.add_row(row.id, row.title, rulebook.catalogue.kinds[row.kind], trimmed(row.points, 2), *cells, escape(because))
        table.add_section()
    line = rulebook.catalogue.pass_line
    table.add_row("", "总分", "", trimmed(line, 2) + " 分线", *[display(phase.total, 2, line) for phase in phases], "", style="bold")
    return table


def show_score(console: Console, examined: Examined) -> None:
    """The whole score of one plan: table, gates, what is missing."""
    plan, rulebook, score = examined.reading.plan, examined.rulebook, examined.score
    assert plan is not None
    assert rulebook is not None
    assert score is not None
    console.print(f"\n[bold]{escape(plan.factory.name)}[/]（{escape(examined.reading.source.path)}）", highlight=False)
    console.print(score_table(rulebook, score), highlight=False)
    console.print("● 满足  ◐ 部分满足  ○ 未满足  ✗ 缺佐证  ◇ 暂定  — 不适用", style="dim", highlight=False)
    for line in headline(rulebook, score):
        console.print(line, highlight=False, soft_wrap=True)


def headline(rulebook: Rulebook, score: Score) -> Iterator[str]:
    line = rulebook.catalogue.pass_line
    for phase in score.phases.values():
        verdict = "达到" if phase.passed else "未达到"
        unmet = f"；未满足的必选指标：{'、'.join(phase.unmet_required)}" if phase.unmet_required else ""
        name = f"{phase.phase.label}（{phase.phase.account.year}）"
        level = rulebook.catalogue.level(phase.total)
        yield f"{name}：{display(phase.total, 2, line)} 分，{verdict} {trimmed(line, 2)} 分线{f'，{level}' if level else ''}{unmet}"
    titles = {item.id: item.title for item in rulebook.catalogue.basic_requirements}
    for key, (held, reason) in score.requirements.items():
        if not held:
            yield f"基本要求 {key}（{titles[key]}）：{reason}——一票否决"
    if score.basic_requirements:
        yield f"基本要求 {len(score.requirements)} 项全部满足"
    for name in ("now", "target"):
        if name in score.phases:
            yield from gap_lines(score.phases[name], gap(score.phases[name], rulebook), rulebook)


def gap_lines(phase: PhaseScore, found: Gap, rulebook: Rulebook) -> Iterator[str]:
    """离 80 分: what is missing and what would earn most."""
    line = trimmed(rulebook.catalogue.pass_line, 2)
    yield ""
    if found.missing:
        yield f"离 {line} 分（{phase.phase.label}）：还差 {apart([found.missing, Fraction(0)], 4)[0]} 分"
        yield (
            f"  全部必选指标满分也只有 {trimmed(found.required_alone, 2)} 分，其余须由可选指标补足"
            if found.required_alone < rulebook.catalogue.pass_line
            else ""
        )
        if found.shortest:
            yield f"  最少做到 {len(found.shortest)} 项即可过线：{'、'.join(gain.row.row.id for gain in found.shortest)}"
    else:
        yield f"{phase.phase.label}已过 {line} 分线，还可提升："
    for gain in found.gains[:8]:
        row = gain.row.row
        yield f"  +{display(gain.total, 2)}  {row.id} {row.title}（{rulebook.catalogue.kinds[row.kind]}，现 {display(gain.row.points, 2)}/{trimmed(row.points, 2)}）{row.advice or ''}"


def opinion_lines(found: Opinions, rulebook: Rulebook) -> Iterator[str]:
    """评审意见 under the score: who judged what version, sums, rows where somebody differs from the computed points, requests."""
    if not found.heard:
        return
    yield ""
    yield "评审意见（主管部门内部，与以上得分并列，不改变得分；企业的文件和网站里没有）"
    for each in found.heard:
        said = (each.review.who, str(each.review.date or ""), each.review.decided, AGES[each.older])
        yield f"  {'  '.join(part for part in said if part)}"
    line = rulebook.catalogue.pass_line
    for phase in found.phases.values():
        label = phase.own.phase.label
        yield from (f"  {label}  {_summed(item, phase, line)}" for item in phase.sums)
        if phase.experts and phase.experts.count > 1:
            spread = phase.experts
            told = [display(value, 2, line) for value in (spread.mean, spread.lowest, spread.highest)]
            yield f"  {label}  {spread.count} 位专家总分平均 {told[0]}，最低 {told[1]}，最高 {told[2]}"
        apart = [item for item in phase.rows if item.differs]
        yield from (f"    {_beside(item)}" for item in apart)
    for each in found.heard:
        for item in each.review.requests:
            due = f"（{item.due} 前）" if item.due else ""
            yield f"  {each.review.who} 要求：{f'{item.row} ' if item.row else ''}{_one_line(item.text)}{due}"


def _summed(item: Sum, phase: PhaseOpinions, line: Fraction) -> str:
    name = f"{ROLES[item.voice.role]} {item.voice.name}".strip()
    own = display(phase.own.total, 2, line)
    if item.total is None:
        return f"{name}：评了 {item.scored} 项，共 {item.rows} 项"
    told = f"{name}：{item.rows} 项全评，总分 {display(item.total, 2, line)}（计算 {own}）"
    return f"{told}，{AGES[item.older]}" if AGES[item.older] else told


def _beside(item: Beside) -> str:
    most = item.row.points
    told = [f"计算 {display(item.own.points, 2, most)}", *(_mark(mark, most) for mark in item.marks)]
    if item.experts and item.experts.count > 1:
        spread = item.experts
        told.append(
            f"专家平均 {display(spread.mean, 2, most)}（{display(spread.lowest, 2, most)}—{display(spread.highest, 2, most)}，{spread.count} 人）"
        )
    return f"{item.row.id} {item.row.title}：{'；'.join(told)}"


def _mark(mark: Mark, most: Fraction) -> str:
    name = f"{ROLES[mark.voice.role]} {mark.reviewer}".strip()
    remarks = "，".join(part for part in (_one_line(mark.reason), AGES[mark.older]) if part)
    return f"{name} {display(mark.points, 2, most)}{f'（{remarks}）' if remarks else ''}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
