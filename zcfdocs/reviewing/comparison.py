"""One plan before and after: what moves, why, what is wrong with it, and who may do it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from zcfdocs.catalogue import Catalogue, Rulebook
from zcfdocs.figure import exact
from zcfdocs.finding import Finding, Route, Severity, count
from zcfdocs.pipeline import Examined, card
from zcfdocs.plan import EvidenceItem
from zcfdocs.reviewing import model
from zcfdocs.reviewing.compared import NO_FILES, Compared
from zcfdocs.reviewing.differences.align import Change, differences
from zcfdocs.reviewing.differences.figures import changed_figures, changed_results
from zcfdocs.reviewing.differences.privacy import revealed, told, will_be_public
from zcfdocs.reviewing.differences.prose import blocks, changed_paragraphs
from zcfdocs.reviewing.differences.verdicts import sorted_out
from zcfdocs.reviewing.naming.labels import label_of
from zcfdocs.reviewing.people.stages import judge_frozen, judge_steps, judge_unreadable, transition, way
from zcfdocs.reviewing.people.steps import stage_in
from zcfdocs.reviewing.people.territory import LARGE
from zcfdocs.reviewing.rows import moved_rows, place_of
from zcfdocs.reviewing.sides.changes import visible
from zcfdocs.scorecard import Json, Origin

PHASES = ("now", "target", "result")


def compare(pair: Compared, day: date | None = None) -> model.PlanReview:
    """`day`: on which evidence is judged to have expired, by default the plan's own `as_of`."""
    old, new = pair.examined
    side = new or old
    assert side is not None
    changes = tuple(_changes(old, new))
    rulebook = next((item.rulebook for item in (new, old) if item is not None and item.rulebook), None)
    catalogue = rulebook.catalogue if rulebook else None
    public = tuple(_revealed(pair, catalogue))
    stage, findings = _stage_and_findings(pair, changes, catalogue, public)
    sources = (old.reading.source if old else None, new.reading.source if new else None)
    numbers: tuple[model.Figure, ...] = ()
    if rulebook is not None:
        plans = (old.reading.plan if old else None, new.reading.plan if new else None)
        numbers = tuple(changed_figures(*plans, sources, changes, rulebook, _stage(old) or ""))
    cards = [card(item, Origin()) if item is not None else None for item in (old, new)]
    plan = side.reading.plan
    return model.PlanReview(
        uscc=(plan.factory.uscc if plan else "")[:40],
        name=(plan.factory.name if plan else "") or side.slug,
        path=side.reading.source.path,
        former=old.reading.source.path if old and new and old.reading.source.path != new.reading.source.path else None,
        change="new" if old is None else "deleted" if new is None else "changed",
        pass_line=exact(catalogue.pass_line) if catalogue else None,
        total=_totals(cards),
        unmet=model.Unmet(before=_unmet(old), after=_unmet(new)),
        stage=stage,
        rows=tuple(moved_rows(pair, changes)),
        figures=numbers,
        results=tuple(changed_results(*cards)) if all(cards) else (),
        values=tuple(_values(changes, numbers, (old, new))),
        prose=tuple(
            changed_paragraphs(*(blocks(item.reading.source.body, item.reading.source.body_line) if item else () for item in (old, new)))
        ),
        evidence=_evidence(pair, day),
        private=_private(pair, rulebook, public),
        findings=findings,
    )


def _changes(old: Examined | None, new: Examined | None) -> Iterator[Change]:
    if old is not None and new is not None and old.reading.source.root is not None and new.reading.source.root is not None:
        yield from differences(old.reading.source.root, new.reading.source.root)


def _stage(item: Examined | None) -> str | None:
    if item is None:
        return None
    return item.reading.plan.stage if item.reading.plan is not None else stage_in(item.reading.source.text)


def _unmet(item: Examined | None) -> tuple[str, ...]:
    score = item.score if item is not None else None
    return tuple(key for key, (held, _) in score.requirements.items() if not held) if score is not None else ()


def _totals(cards: Sequence[Json | None]) -> model.Total:
    def pair(phase: str) -> model.Pair | None:
        values = [item["phases"][phase]["total"] if item and phase in item["phases"] else None for item in cards]
        return model.Pair(before=values[0], after=values[1]) if any(values) else None

    return model.Total(**{phase: pair(phase) for phase in PHASES})


def _revealed(pair: Compared, catalogue: Catalogue | None) -> Iterator[Finding]:
    old, new = pair.examined
    if catalogue is not None and new is not None:
        found = revealed(old.reading if old else None, new.reading, pair.changed_files, catalogue)
        yield from map(new.reading.source.locate, found)


def _stage_and_findings(
    pair: Compared, changes: Sequence[Change], catalogue: Catalogue | None, public: Sequence[Finding]
) -> tuple[model.Stage, model.Findings]:
    old, new = pair.examined
    before, after = _stage(old), _stage(new)
    if catalogue is None:
        stage = model.Stage(before=before, after=after, allowed=True, who=())
        return stage, _findings(pair, ())
    stages = pair.steps.way(before, after) if after is not None and (before is not None or old is None) else ()
    taken = way(catalogue, stages, pair.standing, pair.steps.merged)
    stage = transition(catalogue, before, after, taken, pair.standing)
    fresh: list[Finding] = []
    if new is not None:
        has_errors = new.has_errors or count(pair.shared[1], Severity.ERROR) > 0
        fresh += judge_steps(catalogue, taken, pair.standing, has_errors)
        fresh += _kept_as_it_was(pair, changes, catalogue)
        fresh = [new.reading.source.locate(finding) for finding in fresh]
    return stage, _findings(pair, (*fresh, *public))


def _findings(pair: Compared, fresh: Sequence[Finding]) -> model.Findings:
    old, new = pair.examined
    return sorted_out((old, pair.shared[0]), (new, pair.shared[1]), (*fresh, *pair.extra))


def _kept_as_it_was(pair: Compared, changes: Sequence[Change], catalogue: Catalogue) -> Iterator[Finding]:
    """What is frozen, by the later of the stages at the start of the change and on the base as it is now."""
    old, new = pair.examined
    if old is None or new is None:
        return
    reached = pair.steps.present or _stage(old)
    if old.reading.plan is None or old.rulebook is None:
        yield from judge_unreadable(catalogue, reached, pair.standing)
    elif new.reading.plan is not None:
        yield from judge_frozen(old.rulebook, reached or "", old.reading.plan, new.reading.plan, changes)


def _values(changes: Sequence[Change], numbers: Sequence[model.Figure], items: Sequence[Examined | None]) -> Iterator[model.Value]:
    """Changed values that are no numbers; an item that came or went whole is one of them though it holds numbers."""
    told = {figure.route for figure in numbers}
    for change in changes:
        if change.route in told or change.route == ("stage",):
            continue
        line, label = place_of(items[1 if change.routes[1] is not None else 0], change.route)
        yield model.Value(route=change.route, line=line, before=change.before, after=change.after, label=label)


def _evidence(pair: Compared, day: date | None) -> model.Evidence:
    old, new = pair.examined
    olds, news = _listed(old), _listed(new)
    files = pair.changed_files
    plan = new.reading.plan if new is not None else None
    on = day or (plan.as_of if plan is not None else date.min)
    large = sorted(name for name, blob in (pair.after.files if pair.after else NO_FILES).items() if blob.size > LARGE)
    return model.Evidence(
        added=tuple(key for key in news if key not in olds),
        removed=tuple(key for key in olds if key not in news),
        changed=tuple(key for key in news if key in olds and (news[key] != olds[key] or news[key][1] in files)),
        expired=tuple(item.id for item in (plan.evidence if plan else ()) if item.expires is not None and item.expires < on),
        unused=tuple(map(visible, new.reading.evidence.unnamed if new else ())),
        large=tuple(map(visible, large)),
    )


def _listed(item: Examined | None) -> dict[str, tuple[EvidenceItem, str]]:
    """id → what the list says of it, and its file."""
    plan = item.reading.plan if item is not None else None
    return {entry.id: (entry, entry.file) for entry in (plan.evidence if plan else ())}


def _private(pair: Compared, rulebook: Rulebook | None, public: Sequence[Finding]) -> tuple[model.Private, ...]:
    old, new = pair.examined
    if rulebook is None or new is None or new.reading.plan is None:
        return ()
    plan, source, catalogue = new.reading.plan, new.reading.source, rulebook.catalogue
    page: tuple[model.Private, ...] = ()
    if will_be_public(old.reading.plan if old else None, plan, catalogue):
        route: Route = ("publish",) if plan.publish else ("stage",)
        message = "合并后这份方案会出现在公开网站上"
        page = (
            model.Private(kind="page", route=route, line=source.line_of(route), message=message, label=label_of(route, plan, rulebook)),
        )
    return (*page, *told(public, rulebook, plan))
