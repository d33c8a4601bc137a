"""The way of one plan: read, account, score, check; then, where it is wanted, whole as a dossier."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from zcfdocs.accounting import YearAccount, account
from zcfdocs.catalogue import Rulebook
from zcfdocs.checks import Case, across, judge
from zcfdocs.collector import at_rest
from zcfdocs.dossier import Dossier
from zcfdocs.finding import Finding, Route, Severity, count, define, suggest
from zcfdocs.loading import Shelf
from zcfdocs.outline import outline
from zcfdocs.reading import Reading, digest, read_plan
from zcfdocs.scorecard import Json, Origin, scorecard
from zcfdocs.scoring import Score, score

if TYPE_CHECKING:
    from zcfdocs.history import Moment  # git is needed for few plans only

define(
    "Z200", Severity.ERROR, "没有这个目录", why="方案按哪一份通知评分，由 catalogue 指明。", wrong="catalogue: tianjin-2052", right="catalogue: tianjin-2025"
)  # fmt: skip
define("Z860", Severity.ERROR, "入选后改动了承诺的数据", why="入选为试点培育对象时，基准年和目标年的数据即为承诺，自此固定；效果评价按它计算落实程度。",
       wrong="入选时目标年 amount: 10500，评价时改为 11500", right="基准年、目标年保持入选时的数据，实际结果写在 kind: result 的年份")  # fmt: skip
define("Z861", Severity.INFO, "没有核对入选时的承诺", why="入选时的版本在提交历史里；找不到它时，落实程度按方案现在的基准年和目标年计算。",
       wrong="只取了最近一次提交的浅克隆", right="git fetch --unshallow 取回全部历史")  # fmt: skip
# Without these nothing can be computed; everything else has a hole that only hurts its own figure.
FRAME = ("as_of", "accounting", "catalogue")


@dataclass(frozen=True, slots=True)
class Examined:
    """A plan and what is known of it before anything is printed; `score` is None where its frame could not be read."""

    path: Path
    slug: str
    reading: Reading
    rulebook: Rulebook | None = None
    accounts: tuple[YearAccount, ...] = ()
    score: Score | None = None
    findings: tuple[Finding, ...] = field(default=())

    @property
    def has_errors(self) -> bool:
        return count(self.findings, Severity.ERROR) > 0


def examine(
    path: Path,
    shown: str,
    shelf: Shelf,
    history: Path | None = None,
    at: str | None = None,
    moments: tuple[Moment, ...] | None = None,
) -> Examined:
    """Read and judge one plan.md; `shown` is the path findings print.

    `history` is the repository of its commits where it lies elsewhere, `at` the commit (a full hash) it is read as of, by default HEAD;
    `moments` its versions in the same round where they are known already.
    """
    reading = _proved(read_plan(path, shown), history)
    slug = path.resolve().parent.name
    plan = reading.plan
    if plan is None:
        return Examined(path, slug, reading, findings=reading.findings)
    rulebook = None if ("catalogue",) in reading.holes else shelf.get(plan.catalogue)
    if rulebook is None:
        return Examined(path, slug, reading, findings=(*reading.findings, *_no_catalogue(reading, plan.catalogue, shelf)))
    accounts: tuple[YearAccount, ...] = ()
    scored: Score | None = None
    promise: tuple[Finding, ...] = ()
    if plan.years and not any(_is_frame(route) for route in reading.holes):
        accounts = account(plan, rulebook, reading.evidence)
        frozen, promise = _promised(reading, rulebook, accounts, (path, history, at, moments))
        judged = score(plan, rulebook, reading.evidence, accounts, frozen)
        scored = judged if judged.phases.keys() >= {"now"} else None  # without its baseline there is nothing to score
    headings = outline(reading.source.body, reading.source.body_line, rulebook.catalogue)
    case = Case(reading, plan, rulebook, reading.evidence, headings, accounts, scored)
    return Examined(path, slug, reading, rulebook, accounts, scored, ordered((*reading.findings, *judge(case), *promise)))


def _promised(
    reading: Reading,
    rulebook: Rulebook,
    accounts: tuple[YearAccount, ...],
    where: tuple[Path, Path | None, str | None, tuple[Moment, ...] | None],
) -> tuple[tuple[YearAccount, ...] | None, tuple[Finding, ...]]:
    """What was promised at `candidate` where that differs from the plan's own figures, with its findings; asked at evaluation only (5.1.1)."""
    if not any(account.kind == "result" for account in accounts):
        return None, ()
    from zcfdocs.promise import Place, promised  # git is needed for few plans only

    found = promised(reading, rulebook, accounts, Place(*where))
    return found.accounts, found.findings


def _proved(reading: Reading, history: Path | None) -> Reading:
    if reading.plan is None or reading.plan.publication is None:
        return reading
    from zcfdocs.proving import proofs  # git and PDF are needed for few plans only

    found = proofs(reading, history)
    return replace(reading, evidence=replace(reading.evidence, proofs=found)) if found else reading


def _is_frame(route: Route) -> bool:
    return bool(route) and (route[0] in FRAME or route == ("years",) or (route[0] == "years" and route[-1] in ("year", "kind")))


def _no_catalogue(reading: Reading, name: str, shelf: Shelf) -> Iterable[Finding]:
    if ("catalogue",) not in reading.holes:
        names = shelf.names()
        message = f"没有目录 {name}。{suggest(name, names)}" if name not in names else f"目录 {name} 本身有错误，无法使用"
        yield reading.source.locate(Finding("Z200", ("catalogue",), message, f"现有目录：{'、'.join(names)}"))


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """By file, line and column; at one place errors first."""
    rank = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
    return tuple(sorted(findings, key=lambda finding: (finding.path, finding.line, finding.column, rank[finding.severity], finding.code)))


def examine_all(
    paths: Sequence[tuple[Path, str]], shelf: Shelf, keep_figures: bool = True, history: Path | None = None, at: str | None = None
) -> list[Examined]:
    """Every plan, then what only shows across the repository: identities and certificates used twice.

    Without `keep_figures` accounts and scores are let go once they have been judged: thousands of plans fit in memory.
    """
    with at_rest(keep=True):  # looking for garbage would cost a third of the time
        examined = []
        for path, shown in paths:
            item = examine(path, shown, shelf, history, at)
            examined.append(item if keep_figures else replace(item, accounts=(), score=None))
    common: dict[str, list[Finding]] = {}
    for finding in across([item.reading for item in examined]):
        common.setdefault(finding.path, []).append(finding)
    return [
        replace(item, findings=ordered((*item.findings, *common[item.reading.source.path]))) if item.reading.source.path in common else item
        for item in examined
    ]


def card(examined: Examined, origin: Origin) -> Json | None:
    """The scorecard of a plan that could be scored."""
    plan = examined.reading.plan
    if plan is None or examined.rulebook is None or examined.score is None:
        return None
    counts = {severity: count(examined.findings, severity) for severity in Severity}
    mark = digest(examined.reading.source, examined.reading.evidence)
    return scorecard(plan, examined.rulebook, examined.accounts, examined.score, mark, origin, counts)


def dossier(examined: Examined, origin: Origin) -> Dossier | None:
    """Everything of a plan that could be scored, its body rendered."""
    from zcfdocs.body import render  # Markdown and its sanitiser: not for check and score

    plan, whole = examined.reading.plan, card(examined, origin)
    if plan is None or whole is None or examined.rulebook is None or examined.score is None:
        return None
    body = render(examined.reading.source.body, examined.rulebook.catalogue, whole)
    return Dossier(
        examined.slug,
        plan,
        examined.rulebook,
        examined.reading.evidence,
        examined.accounts,
        examined.score,
        whole,
        examined.reading.source.body,
        examined.reading.source.text,
        body,
        examined.findings,
    )
