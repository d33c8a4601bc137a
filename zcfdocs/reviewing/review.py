"""From a range of commits to its review: which plans it touches, each compared, and what else it touches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import git

from zcfdocs import __version__
from zcfdocs.collector import at_rest
from zcfdocs.finding import Finding, Severity, define
from zcfdocs.history import identity
from zcfdocs.pipeline import Examined, ordered
from zcfdocs.reviewing import model
from zcfdocs.reviewing.compared import Compared
from zcfdocs.reviewing.comparison import compare
from zcfdocs.reviewing.effect import catalogue_effect
from zcfdocs.reviewing.forms.sides import Sides
from zcfdocs.reviewing.headline import headline
from zcfdocs.reviewing.opinions import heard
from zcfdocs.reviewing.people.owners import NOBODY as NOBODYS
from zcfdocs.reviewing.people.owners import Owners
from zcfdocs.reviewing.people.roles import roles
from zcfdocs.reviewing.people.standing import NOBODY, Standing
from zcfdocs.reviewing.people.steps import steps
from zcfdocs.reviewing.people.territory import (
    judge_clashes,
    judge_files,
    judge_move,
    judge_number,
    judge_outside,
    judge_owner,
    judge_protected,
    judge_reviews,
    judge_sizes,
)
from zcfdocs.reviewing.sides.bodies import sides_of
from zcfdocs.reviewing.sides.changes import Between, Changed, Layout, by_folder, changed, opened, visible
from zcfdocs.reviewing.sides.neighbours import shared
from zcfdocs.reviewing.sides.side import Room, Side, plan_folders, rooms, side
from zcfdocs.reviews import NAME as REVIEW
from zcfdocs.reviews import beside

define(
    "R214",
    Severity.ERROR,
    "删除了方案",
    why="方案不删除：撤回的方案写 stage: withdrawn，公开页面留撤回说明。",
    wrong="git rm -r plans/xiqing/示例",
    right="stage: withdrawn",
)
define(
    "R215",
    Severity.ERROR,
    "一次改动涉及的方案太多",
    why="太多的方案无法在一次评审里看完。",
    wrong="一次提交改 500 份方案",
    right="分批提交",
)
MOST = 200  # plans of one change that are compared


@dataclass(frozen=True, slots=True)
class Asked:
    """A review as asked for: the range, where plans lie, who makes the change and what the base says of who may."""

    between: Between
    layout: Layout
    owners: Owners = NOBODYS
    who: str | None = None
    day: date | None = None
    findings: tuple[Finding, ...] = ()  # what was found out about `who`
    onto_protected: bool = False  # the change arrives on the protected branch itself, whose bureau merges what factories wrote


@dataclass(frozen=True, slots=True)
class Outcome:
    """The review, and of each plan the bodies on both sides where they were asked for."""

    review: model.Review
    sides: Mapping[str, Sides] = field(default_factory=dict)


def review(asked: Asked, with_bodies: bool = False) -> Outcome:
    """Raises ZcfError where a side cannot be read."""
    with opened(asked.between.top) as repository, rooms(asked.between, asked.layout) as both, at_rest():
        found = changed(repository, asked.between.base, asked.between.head)
        folders = by_folder(found, asked.layout)
        pairs, elsewhere = _pairs(asked, folders, both)
        pairs = _with_neighbours(asked, pairs, repository)
        plans = [compare(_judged(asked, pair, folders, repository), asked.day) for pair in pairs[:MOST]]
        plans = [_with_opinions(plan, pair) for plan, pair in zip(plans, pairs, strict=False)]
        touched = frozenset(side.folder for pair in pairs for side in (pair.before, pair.after) if side is not None)
        outside = sorted(change.path for change in elsewhere)
        city = _city(asked)
        # What somebody who may not change the catalogue would do to thousands of plans is not worked out.
        wanted = found if not city.is_known or "city" in city.roles else []
        more, effects = catalogue_effect(asked.between, asked.layout, wanted, both, touched, asked.day)
        findings = [*asked.findings, *_of_none(asked, pairs, outside, elsewhere), *more]
        bodies = {plan.path: sides_of(*pair.examined) for plan, pair in zip(plans, pairs, strict=False)} if with_bodies else {}
        return Outcome(_made(asked, [*plans, *effects], outside, findings, both[0]), bodies)


def _made(asked: Asked, plans: Sequence[model.PlanReview], outside: Sequence[str], findings: Sequence[Finding], room: Room) -> model.Review:
    told = tuple(model.Told.of(finding) for finding in ordered(findings))
    shown = [visible(path) for path in outside]
    brought = [*told, *(finding for plan in plans for finding in plan.findings.new)]
    return model.Review(
        base=asked.between.base,
        head=asked.between.head,
        headline=headline(plans, told, shown),
        blocking=any(finding.is_error for finding in brought),
        plans=tuple(sorted(plans, key=lambda plan: plan.path)),
        outside=tuple(shown),
        findings=told,
        shallow=asked.between.shallow,
        tool=f"zcfdocs {__version__}",
        catalogues={name: book.digest for name in room.shelf.names() if (book := room.shelf.get(name)) is not None},
    )


def _pairs(asked: Asked, folders: Mapping[str, Sequence[Changed]], both: tuple[Room, Room]) -> tuple[list[Compared], list[Changed]]:
    """Plans before and after, a moved one with itself; changes that belong to no plan that can be read on either side."""
    names = frozenset(folder for folder in folders if folder)
    olds, news = (plan_folders(asked.between, room.commit, asked.layout) & names for room in both)
    gone = {folder: side(asked.between, both[0], folder) for folder in sorted(olds - news)[: MOST + 1]}
    fresh = {folder: side(asked.between, both[1], folder) for folder in sorted(news - olds)[: MOST + 1]}
    moved = _moved(gone, fresh)
    pairs = [_pair(asked, gone.pop(moved[folder]) if folder in moved else None, after) for folder, after in fresh.items()]
    for folder in sorted(olds & news)[: MOST + 1]:
        before = side(asked.between, both[0], folder)
        pairs.append(_pair(asked, before, side(asked.between, both[1], folder, before)))
    pairs += [_pair(asked, before, None) for before in gone.values()]
    pairs = [pair for pair in pairs if any(pair.examined)]
    judged = {side.folder for pair in pairs for side in (pair.before, pair.after) if side is not None}
    return pairs, [change for folder, inside in folders.items() if folder not in judged for change in inside]


def _pair(asked: Asked, before: Side | None, after: Side | None) -> Compared:
    """Who somebody is to a plan is told by where it stood before, so that nobody moves it to where they may."""
    before, after = (side if side is not None and side.examined is not None else None for side in (before, after))
    place = before or after
    standing = roles(asked.owners, asked.who, asked.layout.root, place.folder) if asked.who and place is not None else NOBODY
    return Compared(before, after, standing)


def _moved(gone: Mapping[str, Side], fresh: Mapping[str, Side]) -> dict[str, str]:
    """New folder → old folder of the same factory's plan; of several new ones, that which took most files along."""
    found: dict[str, str] = {}
    for old, before in gone.items():
        mine = _identity(before.examined)
        heirs = [folder for folder, after in fresh.items() if mine and folder not in found and _identity(after.examined) == mine]
        if heirs:
            found[max(heirs, key=lambda folder: len({*_shas(before)} & {*_shas(fresh[folder])}))] = old
    return found


def _shas(side: Side) -> Iterator[str]:
    return (blob.sha for blob in side.files.values())


def _identity(item: Examined | None) -> str | None:
    plan = item.reading.plan if item is not None else None
    return identity(plan.factory.uscc, plan.factory.site) if plan is not None and plan.factory.uscc else None


def _with_neighbours(asked: Asked, pairs: Sequence[Compared], repository: git.Repo) -> list[Compared]:
    """The findings that only show beside the other plans of each commit."""
    readings = [[item.reading for pair in pairs[:MOST] if (item := pair.examined[number]) is not None] for number in (0, 1)]
    told: list[dict[str, list[Finding]]] = []
    for findings in shared(repository, (asked.between.base, asked.between.head), asked.layout, (readings[0], readings[1])):
        by_path: dict[str, list[Finding]] = {}
        for finding in findings:
            by_path.setdefault(finding.path, []).append(finding)
        told.append(by_path)
    old, new = told
    return [replace(pair, shared=(_of(pair.before, old), _of(pair.after, new))) for pair in pairs]


def _of(side: Side | None, told: Mapping[str, Sequence[Finding]]) -> tuple[Finding, ...]:
    """Of the plan and of the bureau's file beside it."""
    if side is None or side.examined is None:
        return ()
    book = side.examined.rulebook
    beside_it = beside(side.examined.reading, book.catalogue if book else None).findings
    return (*told.get(side.path, ()), *beside_it)


def _judged(asked: Asked, pair: Compared, folders: Mapping[str, Sequence[Changed]], repository: git.Repo) -> Compared:
    """With what is said of its files and of who changes it, and of the stages it went through."""
    place = pair.after or pair.before
    assert place is not None
    sides = {side.folder: side for side in (pair.before, pair.after) if side is not None}
    inside = [change for folder in sides for change in folders.get(folder, ())]
    extra = list(judge_files(inside, asked.layout))
    if any(not change.path.endswith(f"/{REVIEW}") for change in inside):
        extra += judge_owner(place.path, pair.standing, pair.before is None)
    if _review_of(pair.before) != _review_of(pair.after) and pair.after is not None:
        extra += judge_reviews(f"{place.folder}/{REVIEW}", pair.standing)
    if pair.before is not None and pair.after is not None:
        there = roles(asked.owners, asked.who, asked.layout.root, pair.after.folder) if asked.who else NOBODY
        extra += judge_move(pair.before.folder, pair.after.folder, _begun(pair), (pair.standing, there))
    if pair.after is not None:
        extra += judge_sizes(place.folder, pair.after.files, inside)
        extra += judge_clashes({place.folder: pair.after.files})
    elif pair.before is not None:
        extra.append(
            Finding("R214", (), "这次改动删除了方案", "撤回的方案改为 stage: withdrawn，不要删除文件夹", path=place.path, line=1, column=1)
        )
    taken = steps(repository, asked.between, [side.path for side in (pair.before, pair.after) if side is not None])
    return replace(pair, extra=(*pair.extra, *extra), steps=taken)


def _review_of(side: Side | None) -> str | None:
    """The bureau's own file beside a plan."""
    return side.files[REVIEW].sha if side is not None and REVIEW in side.files else None


def _begun(pair: Compared) -> bool:
    """Whether the plan was handed in before this change."""
    item = pair.examined[0]
    plan = item.reading.plan if item is not None else None
    book = item.rulebook if item is not None else None
    return plan is None or book is None or plan.stage != book.catalogue.stages[0].key


def _city(asked: Asked) -> Standing:
    """As what somebody stands towards that which belongs to no plan."""
    return roles(asked.owners, asked.who, asked.layout.root, asked.layout.indicators.rstrip("/")) if asked.who else NOBODY


def _of_none(asked: Asked, pairs: Sequence[Compared], outside: Sequence[str], elsewhere: Sequence[Changed]) -> Iterator[Finding]:
    yield from judge_files(elsewhere, asked.layout)
    if asked.onto_protected:
        yield from judge_protected(pair.standing for pair in pairs)
    yield from judge_outside(outside, [_city(asked)], bool(pairs))
    yield from judge_number(
        [side.path for pair in pairs if (side := pair.after or pair.before) is not None], [pair.standing for pair in pairs]
    )
    if len(pairs) > MOST:
        yield Finding(
            "R215", (), f"这次改动涉及 {len(pairs)} 份以上的方案，只评审了前 {MOST} 份", "分批提交", path="plans", line=1, column=1
        )


def _with_opinions(plan: model.PlanReview, pair: Compared) -> model.PlanReview:
    """What the bureaus think of the plan as it will be."""
    item = pair.after.examined if pair.after is not None else None
    return plan.model_copy(update={"opinions": heard(item)}) if item is not None else plan
