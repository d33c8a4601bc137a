"""A change of the catalogue and what it does to every plan that is judged by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from zcfdocs.figure import display
from zcfdocs.finding import Finding, Severity, define
from zcfdocs.loading import Shelf
from zcfdocs.pipeline import Examined, examine
from zcfdocs.reviewing import model
from zcfdocs.reviewing.compared import Compared
from zcfdocs.reviewing.comparison import compare
from zcfdocs.reviewing.differences.books import Edit, causes_of, edits
from zcfdocs.reviewing.people.standing import NOBODY
from zcfdocs.reviewing.sides.changes import Between, Changed, Layout
from zcfdocs.reviewing.sides.side import Room, catalogues, side
from zcfdocs.snapshot import listing

define(
    "R601",
    Severity.WARNING,
    "目录的改动会改变得分",
    why="目录是所有方案评分的依据；本报告按改动前的目录评审，这里另说按新目录的得分。",
    wrong="一次改动既改目录又改方案",
    right="目录单独改，看它对每份方案的影响",
)
define(
    "R602",
    Severity.ERROR,
    "改动后的目录不能使用",
    why="目录本身须自洽，否则所有方案都不能评分。",
    wrong="权重合计 110%",
    right="按所列问题改正",
)


define(
    "R604",
    Severity.WARNING,
    "目录的改动使方案过线与否改变",
    why="合格线、分值、权重或规则一改，有的方案就不再过线。",
    wrong="pass_line: 80 改为 90",
    right="逐家确认",
)
define("R603", Severity.INFO, "目录有改动", why="目录的每处改动都影响所有方案，逐处列出。", wrong="（提示，不是错误）", right="逐处确认")
SHOWN = 40  # changes of a catalogue that are told one by one


def catalogue_effect(
    between: Between, layout: Layout, found: Sequence[Changed], both: tuple[Room, Room], touched: frozenset[str], day: date | None
) -> tuple[list[Finding], list[model.PlanReview]]:
    """Findings, and a review of each plan that only the catalogue moves; plans that change themselves are judged by the base (spec 3, trust)."""
    if not any(change.path.startswith(layout.indicators) for change in found):
        return [], []
    head = catalogues(between.top, between.head, layout, both[1].place)
    base = both[0].shelf if between.trusted == between.base else catalogues(between.top, between.base, layout, both[0].place)
    books = {name: (base.get(name), head.get(name)) for name in base.names()}
    findings = [
        Finding(
            "R602",
            (),
            f"目录 {name} 改动后不能使用：{_first(head, name)}",
            "按所列问题改正目录",
            path=f"{layout.indicators}{name}/catalogue.yaml",
            line=1,
            column=1,
        )
        for name, (old, new) in books.items()
        if old is not None and new is None
    ]
    moved = {
        name: edits(base, head, old, new, layout.indicators)
        for name, (old, new) in books.items()
        if old and new and old.digest != new.digest
    }
    if not moved:
        return findings, []
    findings += [_edited(edit) for found in moved.values() for edit in found[:SHOWN]]
    reviews: list[model.PlanReview] = []
    room = Room(between.head, both[1].place, base)
    for folder in _plans(between, layout):
        before = side(between, room, folder)
        item = before.examined
        if item is None or item.rulebook is None or item.rulebook.id not in moved:
            continue
        judged = examine(item.path, item.reading.source.path, head, between.top, between.trusted)
        if folder in touched:
            findings += _told(item, judged)
            continue
        made = compare(Compared(before, replace(before, examined=judged), NOBODY), day)
        if (crossed := _crossed(item, judged)) is not None:
            findings.append(crossed)
        if made.rows:
            reviews.append(_caused(made, moved[item.rulebook.id]))
    return findings, reviews


def _plans(between: Between, layout: Layout) -> list[str]:
    names = (name for name in listing(between.top, between.head, (layout.plans,)) if name.endswith("/plan.md"))
    return sorted({folder for name in names if (folder := layout.folder_of(name)) is not None and name == f"{folder}/plan.md"})


def _first(shelf: Shelf, name: str) -> str:
    return next((str(finding) for finding in shelf.findings if finding.path.startswith(f"{name}/")), "见 zcfdocs check")


def _told(item: Examined, judged: Examined) -> list[Finding]:
    if item.score is None or judged.score is None or item.rulebook is None:
        return []
    line = item.rulebook.catalogue.pass_line
    shown = [
        f"{phase.phase.label} {display(phase.total, 2, line)} → {display(judged.score.phases[name].total, 2, line)}"
        for name, phase in item.score.phases.items()
        if name in judged.score.phases and judged.score.phases[name].total != phase.total
    ]
    if not shown:
        return []
    place = ("catalogue",)
    source = item.reading.source
    message = f"目录也有改动，按改动后的目录得分为：{'，'.join(shown)}"
    return [Finding("R601", place, message, "目录与方案分开提交").at(source.path, source.line_of(place), 1)]


def _crossed(item: Examined, judged: Examined) -> Finding | None:
    """Where the new catalogue passes a plan that the old one failed, or the other way round, for whatever reason."""
    if item.score is None or judged.score is None:
        return None
    phases = [(phase, judged.score.phases[name]) for name, phase in item.score.phases.items() if name in judged.score.phases]
    told = [f"{old.phase.label}{'过线变为不过线' if old.passed else '不过线变为过线'}" for old, new in phases if old.passed != new.passed]
    plan, source = item.reading.plan, item.reading.source
    if not told or plan is None:
        return None
    return Finding("R604", ("catalogue",), f"{plan.factory.name}：{'，'.join(told)}", "确认这是目录改动的本意").at(source.path, 1, 1)


def _edited(edit: Edit) -> Finding:
    told = f"{edit.label}：{(edit.change.before or '（无）')[:200]} → {(edit.change.after or '（删去）')[:200]}"
    return Finding("R603", edit.change.route, told, "确认这是有意的改动", path=edit.file, line=edit.line, column=1)


def _caused(made: model.PlanReview, found: Sequence[Edit]) -> model.PlanReview:
    """Of the plan itself nothing changed: what is left is which rows move and by which lines of the catalogue."""
    rows = tuple(row.model_copy(update={"causes": tuple(causes_of(row.id, found))}) for row in made.rows)
    return made.model_copy(
        update={"rows": rows, "change": "catalogue", "evidence": model.Evidence(), "private": (), "findings": model.Findings()}
    )
