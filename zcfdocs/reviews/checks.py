"""Checks of review.yaml against the plan and the catalogue: what a bureau mistyped, said before it stands in a paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import PurePosixPath

from zcfdocs.catalogue import Catalogue
from zcfdocs.figure import trimmed
from zcfdocs.finding import Finding, Route, Severity, define, parents, suggest
from zcfdocs.plan import Plan
from zcfdocs.reading import Reading, digest
from zcfdocs.reviews.reading import MOST, NAME, ReadReviews, read_reviews
from zcfdocs.reviews.review import ROLES, Review, ReviewedRow, Reviews, is_of
from zcfdocs.scoring.phase import PHASES

E, W, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
# The stages a decision leads to: who may decide so follows from the catalogue's transitions.
LEADS_TO = {
    "return": ("returned",),
    "recommend": ("recommended",),
    "reject": ("rejected", "not_selected", "failed"),
    "select": ("candidate",),
    "confirm": ("confirmed",),
}


@dataclass(frozen=True, slots=True)
class Before:
    """Reviews before the checks, with the plan they speak of: its catalogue, the phases it has, its digest."""

    reviews: Reviews
    catalogue: Catalogue
    phases: frozenset[str]
    digest: str

    def rows(self) -> Iterator[tuple[Route, ReviewedRow]]:
        for index, review in enumerate(self.reviews.reviews):
            for place, row in enumerate(review.rows):
                yield ("reviews", index, "rows", place), row


Check = Callable[[Before], Iterator[tuple[Route, str, str]]]
CHECKS: list[tuple[str, Check]] = []


def check(code: str, severity: Severity, *, why: str, wrong: str, right: str) -> Callable[[Check], Check]:
    """Register a check, which yields place, message and mend; its docstring is the title that `explain` prints."""

    def register(function: Check) -> Check:
        define(code, severity, (function.__doc__ or "").strip().rstrip("。"), why=why, wrong=wrong, right=right)
        CHECKS.append((code, function))
        return function

    return register


def beside(reading: Reading, catalogue: Catalogue | None) -> ReadReviews:
    """review.yaml beside a plan, read and judged; without a plan or its catalogue only what could not be read is told."""
    shown = PurePosixPath(reading.source.path).with_name(NAME)
    found = read_reviews(reading.source.folder, str(shown))
    if reading.plan is None or catalogue is None or not found.written.reviews:
        return found
    return judged(found, reading.plan, catalogue, digest(reading.source, reading.evidence))


def judged(read: ReadReviews, plan: Plan, catalogue: Catalogue, digest: str) -> ReadReviews:
    """With the findings of all checks, of each the first hundred, and without decisions that were not the reviewer's to make.

    Nothing is said of a value already reported as unreadable.
    """
    phases = frozenset({"now", *(year.kind for year in plan.years if year.kind != "actual")})
    case = Before(read.written, catalogue, phases, digest)
    found = [
        read.locate(Finding(code, route, message, hint))
        for code, function in CHECKS
        for route, message, hint in islice(function(case), MOST)
        if read.holes.isdisjoint(parents(route))
    ]
    found.sort(key=lambda finding: (finding.line, finding.column))
    kept = tuple(review if _may_decide(review, catalogue) else _undecided(review) for review in read.reviews.reviews)
    return replace(read, findings=(*read.findings, *found), reviews=read.reviews.model_copy(update={"reviews": kept}))


@check("R401", E, why="得分和要求记在通知的指标上，编号写错就不知道说的是哪一项。",
       wrong="rows: [{id: 1.1.9, …}]", right="rows: [{id: 1.1.1, …}]")  # fmt: skip
def each_row_is_of_the_catalogue(case: Before) -> Iterator[tuple[Route, str, str]]:
    """评审意见中的指标不在目录中。"""
    known = case.catalogue.rows_by_id
    named = [((*route, "id"), row.id) for route, row in case.rows()]
    for index, review in enumerate(case.reviews.reviews):
        named += [(("reviews", index, "requests", place, "row"), item.row) for place, item in enumerate(review.requests) if item.row]
    for route, key in named:
        if key not in known:
            yield route, f"没有指标 {key}。{suggest(key, known)}", f"共 {len(known)} 项，见 zcfdocs score 打印的编号"


@check("R402", E, why="附件1-3：每项得分在 0 和满分之间；超出的不采用。", wrong="满分 5 分的指标写 points: 6", right="points: 5")
def points_lie_between_nought_and_the_maximum(case: Before) -> Iterator[tuple[Route, str, str]]:
    """评分为负或超过满分。"""
    for route, item in case.rows():
        row = case.catalogue.row(item.id)
        if row is not None and not 0 <= item.points <= row.points:
            most = trimmed(row.points, 4)
            yield (
                (*route, "points"),
                f"{row.id} {row.title}：满分 {most} 分，现为 {trimmed(item.points, 6)} 分",
                f"写 0 到 {most} 之间的分数",
            )


@check("R403", E, why="得分按阶段评定：方案没有结果年就没有结果得分。", wrong="方案没有结果年，写 phase: result", right="phase: now")
def each_phase_is_one_of_the_plan(case: Before) -> Iterator[tuple[Route, str, str]]:
    """评了方案没有的阶段。"""
    has = [key for key in PHASES if key in case.phases]
    for route, item in case.rows():
        if item.phase not in case.phases:
            yield (
                (*route, "phase"),
                f"方案没有{PHASES[item.phase]}（{item.phase}）这一阶段",
                f"可写：{'、'.join(f'{key}（{PHASES[key]}）' for key in has)}",
            )


@check("R404", E, why="同一人对同一项有两个分数，不知以哪个为准。", wrong="rows: [{id: 1.1.1, phase: now, points: 4}, {id: 1.1.1, phase: now, points: 5}]",
       right="删去其中一个；改了意见的另写一次评审，写上新的日期")  # fmt: skip
def nobody_judges_a_row_twice(case: Before) -> Iterator[tuple[Route, str, str]]:
    """同一评审对同一项评了两次。"""
    first: dict[tuple[object, ...], Route] = {}
    for index, review in enumerate(case.reviews.reviews):
        whose = (review.role, review.reviewer, review.date, review.digest) if review.reviewer else (index,)
        at = ("reviews", index)
        named = [((*at, "rows", place), row.id, row.phase) for place, row in enumerate(review.rows)]
        named += [((*at, "basic", place), item.id, "") for place, item in enumerate(review.basic)]
        for route, key, phase in named:
            before = first.setdefault((*whose, route[2], key, phase), route)
            if before != route:
                what = f"指标 {key}（{PHASES[phase]}）" if phase else f"基本要求 {key} "
                yield (*route, "id"), f"{review.who} 对{what}已经评过（{_place(before)}）", "删去其中一个；改了意见的另写一次评审，日期不同"


def _place(route: Route) -> str:
    return f"第 {int(route[1]) + 1} 次评审的第 {int(route[3]) + 1} 条"


@check("R405", E, why="三、工作程序：推荐由区作出，遴选和确定由市作出；专家评分，不作决定。",
       wrong="{role: expert, decision: select}", right="{role: city, decision: select}")  # fmt: skip
def each_decision_is_for_its_role(case: Before) -> Iterator[tuple[Route, str, str]]:
    """决定不由这一角色作出。"""
    for index, review in enumerate(case.reviews.reviews):
        if not _may_decide(review, case.catalogue):
            names = "、".join(ROLES.get(role, role) for role in sorted(_deciders(review, case.catalogue)))
            yield (
                ("reviews", index, "decision"),
                f"“{review.decided}”由{names}决定，不由{ROLES[review.role]}",
                "改写 role，或写 decision: none",
            )


def _may_decide(review: Review, catalogue: Catalogue) -> bool:
    """Whoever may where there is nothing to decide, or the catalogue knows no stage that the decision leads to."""
    deciders = _deciders(review, catalogue)
    return not deciders or review.role in deciders


def _deciders(review: Review, catalogue: Catalogue) -> set[str]:
    leads = LEADS_TO.get(review.decision, ())
    return {role for way in catalogue.transitions if way.to in leads for role in way.by}


def _undecided(review: Review) -> Review:
    return review.model_copy(update={"decision": "none"})


@check("R406", E, why="补正期限在提出要求之后，企业才做得到。",
       wrong="{date: 2025-04-26, requests: [{text: …, due: 2025-04-25}]}", right="due: 2025-05-10")  # fmt: skip
def each_request_is_due_after_it_is_made(case: Before) -> Iterator[tuple[Route, str, str]]:
    """要求的期限早于评审日期。"""
    for index, review in enumerate(case.reviews.reviews):
        for place, item in enumerate(review.requests):
            if review.date and item.due and item.due < review.date:
                yield ("reviews", index, "requests", place, "due"), f"期限 {item.due} 早于评审日期 {review.date}", "核对两个日期"


@check("R407", E, why="附件1-2 的基本要求逐项判断，编号须是其中一项。",
       wrong="basic: [{id: 99, met: true}]", right="basic: [{id: 1, met: true}]")  # fmt: skip
def each_requirement_is_of_the_catalogue(case: Before) -> Iterator[tuple[Route, str, str]]:
    """评审意见中的基本要求不在目录中。"""
    known = [item.id for item in case.catalogue.basic_requirements]
    for index, review in enumerate(case.reviews.reviews):
        for place, item in enumerate(review.basic):
            if item.id not in known:
                yield (
                    ("reviews", index, "basic", place, "id"),
                    f"没有基本要求 {item.id}。{suggest(item.id, known)}",
                    f"可写：{'、'.join(known)}",
                )


@check("R408", W, why="方案改了以后，只有数据摘要能说明意见是对哪一版提的。", wrong="不写 digest，或写 digest: 第二稿",
       right="digest: \"sha256:…\"，照抄所审方案末页或 scorecard.json 的数据摘要")  # fmt: skip
def each_review_says_what_it_judged(case: Before) -> Iterator[tuple[Route, str, str]]:
    """评审没有写明所审的版本。"""
    for index, review in enumerate(case.reviews.reviews):
        if is_of(review, case.digest) is None:
            message = f"digest“{review.digest}”不是数据摘要" if review.digest else f"{review.who} 的评审没有写 digest"
            yield ("reviews", index, "digest"), message, f"写所审方案的数据摘要；现在这一版是 {case.digest}"


@check("R409", INFO, why="方案在评审之后又改过，意见照样显示，注明是对较早的版本提的。",
       wrong="方案改过，评审仍是原来的 digest", right="对新的一版再评一次，写上新的 digest")  # fmt: skip
def a_review_of_another_version_is_named(case: Before) -> Iterator[tuple[Route, str, str]]:
    """评审针对方案较早的版本。"""
    for index, review in enumerate(case.reviews.reviews):
        if is_of(review, case.digest) is False:
            yield ("reviews", index, "digest"), f"{review.who} 评的是方案较早的版本", f"现在这一版是 {case.digest}"


@check("R410", W, why="意见要能追到人和日期。",
       wrong="{role: expert, rows: […]}", right="{role: expert, reviewer: 某某, date: 2025-05-01, rows: […]}")  # fmt: skip
def each_review_is_signed_and_dated(case: Before) -> Iterator[tuple[Route, str, str]]:
    """评审没有写评审人或日期。"""
    for index, review in enumerate(case.reviews.reviews):
        missing = [name for name, value in (("评审人（reviewer）", review.reviewer), ("日期（date）", review.date)) if value is None]
        if missing:
            yield ("reviews", index), f"第 {index + 1} 次评审没有写{'、'.join(missing)}", "补上"
