"""The way of one plan: read, account, score, check; then, where it is wanted, whole as a dossier."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

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

define(
    "Z200", Severity.ERROR, "没有这个目录", why="方案按哪一份通知评分，由 catalogue 指明。", wrong="catalogue: tianjin-2052", right="catalogue: tianjin-2025"
)  # fmt: skip
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


def examine(path: Path, shown: str, shelf: Shelf, history: Path | None = None) -> Examined:
    """Read and judge one plan.md; `shown` is the path findings print, `history` the repository of its commits where it lies elsewhere."""
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
    if plan.years and not any(_is_frame(route) for route in reading.holes):
        accounts = account(plan, rulebook, reading.evidence)
        judged = score(plan, rulebook, reading.evidence, accounts)
        scored = judged if judged.phases.keys() >= {"now"} else None  # without its baseline there is nothing to score
    headings = outline(reading.source.body, reading.source.body_line, rulebook.catalogue)
    case = Case(reading, plan, rulebook, reading.evidence, headings, accounts, scored)
    return Examined(path, slug, reading, rulebook, accounts, scored, ordered((*reading.findings, *judge(case))))


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


def examine_all(paths: Sequence[tuple[Path, str]], shelf: Shelf, keep_figures: bool = True, history: Path | None = None) -> list[Examined]:
    """Every plan, then what only shows across the repository: identities and certificates used twice.

    Without `keep_figures` accounts and scores are let go once they have been judged: thousands of plans fit in memory.
    """
    with at_rest(keep=True):  # looking for garbage would cost a third of the time
        examined = []
        for path, shown in paths:
            item = examine(path, shown, shelf, history)
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
