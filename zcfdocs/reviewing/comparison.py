"""One plan before and after: what moves, why, what is wrong with it, and who may do it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from zcfdocs.catalogue import Catalogue, Rulebook
from zcfdocs.figure import exact
from zcfdocs.finding import Finding, Route
from zcfdocs.pipeline import Examined, card, ordered
from zcfdocs.plan import EvidenceItem
from zcfdocs.reading import Source
from zcfdocs.reviewing import model
from zcfdocs.reviewing.differences.align import Change, differences
from zcfdocs.reviewing.differences.causes import Kind, Unit, causes, kind_of
from zcfdocs.reviewing.differences.figures import changed_figures, changed_results
from zcfdocs.reviewing.differences.privacy import revealed, told, will_be_public
from zcfdocs.reviewing.differences.prose import blocks, changed_paragraphs
from zcfdocs.reviewing.differences.transplant import State
from zcfdocs.reviewing.naming.labels import label_of
from zcfdocs.reviewing.people.stages import judge_frozen, judge_transition, transition
from zcfdocs.reviewing.people.standing import Standing
from zcfdocs.reviewing.people.territory import LARGE
from zcfdocs.reviewing.sides.changes import visible
from zcfdocs.reviewing.sides.side import Side
from zcfdocs.scorecard import Json, Origin
from zcfdocs.scoring import RowScore
from zcfdocs.snapshot import Blob

NO_FILES: Mapping[str, Blob] = {}
PHASES = ("now", "target", "result")


@dataclass(frozen=True)
class Compared:
    """Both sides of a plan; one of them is None where it comes or goes. `extra` are findings from around it, of the side after."""

    before: Side | None
    after: Side | None
    standing: Standing
    extra: tuple[Finding, ...] = ()
    shared: tuple[tuple[Finding, ...], tuple[Finding, ...]] = ((), ())

    @property
    def examined(self) -> tuple[Examined | None, Examined | None]:
        return (self.before.examined if self.before else None, self.after.examined if self.after else None)

    @cached_property
    def changed_files(self) -> Mapping[str, tuple[str, str]]:
        """Within the plan's folder, with the blobs of both sides; "" where there is none."""
        old, new = (side.files if side else NO_FILES for side in (self.before, self.after))
        blobs = {name: (old[name].sha if name in old else "", new[name].sha if name in new else "") for name in sorted({*old, *new})}
        return {name: shas for name, shas in blobs.items() if shas[0] != shas[1]}


def compare(pair: Compared, day: date | None = None) -> model.PlanReview:
    """`day`: on which evidence is judged to have expired, by default the plan's own `as_of`."""
    old, new = pair.examined
    side = new or old
    assert side is not None
    changes = tuple(_changes(old, new))
    rulebook = next((item.rulebook for item in (new, old) if item is not None and item.rulebook), None)
    catalogue = rulebook.catalogue if rulebook else None
    stage, findings = _stage_and_findings(pair, changes, catalogue)
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
        stage=stage,
        rows=tuple(_rows(pair, changes)),
        figures=numbers,
        results=tuple(changed_results(*cards)) if all(cards) else (),
        values=tuple(_values(changes, numbers, (old, new))),
        prose=tuple(
            changed_paragraphs(*(blocks(item.reading.source.body, item.reading.source.body_line) if item else () for item in (old, new)))
        ),
        evidence=_evidence(pair, day),
        private=_private(pair, rulebook),
        findings=findings,
    )


def _changes(old: Examined | None, new: Examined | None) -> Iterator[Change]:
    if old is not None and new is not None:
        yield from differences(old.reading.source.root, new.reading.source.root)


def _stage(item: Examined | None) -> str | None:
    return item.reading.plan.stage if item is not None and item.reading.plan is not None else None


def _totals(cards: Sequence[Json | None]) -> model.Total:
    def pair(phase: str) -> model.Pair | None:
        values = [item["phases"][phase]["total"] if item and phase in item["phases"] else None for item in cards]
        return model.Pair(before=values[0], after=values[1]) if any(values) else None

    return model.Total(**{phase: pair(phase) for phase in PHASES})


def _stage_and_findings(pair: Compared, changes: Sequence[Change], catalogue: Catalogue | None) -> tuple[model.Stage, model.Findings]:
    old, new = pair.examined
    before, after = _stage(old), _stage(new)
    if catalogue is None:
        stage = model.Stage(before=before, after=after, allowed=True, who=())
        return stage, _sorted_out(pair, ())
    stage = transition(catalogue, before, after, pair.standing)
    fresh: list[Finding] = []
    if new is not None:
        fresh += judge_transition(catalogue, stage, pair.standing, new.has_errors)
        if old is not None and old.reading.plan is not None and old.rulebook is not None:
            fresh += judge_frozen(old.rulebook, before or "", old.reading.plan, changes)
        fresh += revealed(old.reading if old else None, new.reading, pair.changed_files, catalogue)
        fresh = [new.reading.source.locate(finding) for finding in fresh]
    return stage, _sorted_out(pair, fresh)


def _sorted_out(pair: Compared, fresh: Sequence[Finding]) -> model.Findings:
    """Findings of both sides held against each other by what they say of what, wherever it stands now."""
    old, new = pair.examined
    olds, news = (Counter(_key(finding, item) for finding in _all(item, more)) for item, more in zip((old, new), pair.shared, strict=True))
    brought: list[Finding] = []
    kept: list[Finding] = []
    for finding in _all(new, pair.shared[1]):
        key = _key(finding, new)
        (kept if olds[key] > 0 else brought).append(finding)
        olds[key] -= 1
    mended = []
    # Where the figures are gone, so are the doubts about them: that mends nothing.
    silent = new is None or (new.score is None and old is not None and old.score is not None)
    for finding in _all(old, pair.shared[0]) if not silent else ():
        key = _key(finding, old)
        if news[key] <= 0:
            mended.append(finding)
        news[key] -= 1
    groups = (ordered((*fresh, *pair.extra, *brought)), ordered(mended), ordered(kept))
    return model.Findings(**dict(zip(("new", "fixed", "kept"), (tuple(map(model.Told.of, group)) for group in groups), strict=True)))


def _all(item: Examined | None, more: Sequence[Finding]) -> tuple[Finding, ...]:
    return (*item.findings, *more) if item is not None else ()


def _key(finding: Finding, item: Examined | None) -> tuple[str, ...]:
    """The code with the names of what it stands at; of the body the text of its line."""
    source = item.reading.source if item is not None else None
    if finding.route and source is not None:
        return (finding.code, *_named(finding.route, source))
    lines = source.text.split("\n") if source is not None else []
    return (finding.code, lines[finding.line - 1].strip() if 0 < finding.line <= len(lines) else "", finding.message if not lines else "")


def _named(route: Route, source: Source) -> Iterator[str]:
    """A route whose list positions are replaced by what stands there."""
    from zcfdocs.reviewing.differences.align import name_of

    node = source.root
    for step in route:
        node = node.child(step) if node is not None else None
        yield "/".join(name_of(node)) if isinstance(step, int) and node is not None else str(step)


def _rows(pair: Compared, changes: Sequence[Change]) -> Iterator[model.Row]:
    old, new = pair.examined
    olds, news = _scored(old), _scored(new)
    if new is None or (old is not None and not (olds and news)):
        return  # where a plan goes or cannot be scored no row has moved: the total says so
    moved = [place for place in dict.fromkeys((*news, *olds)) if _points(olds.get(place)) != _points(news.get(place))]
    why = _causes(pair, changes, moved)
    for place in moved:
        known = news.get(place) or olds[place]
        yield model.Row(
            id=place[0],
            title=known.row.title,
            phase=place[1],  # type: ignore[arg-type]  # a phase of the score
            before=_points(olds.get(place)),
            after=_points(news.get(place)),
            max=exact(known.row.points),
            causes=tuple(_told(why.get(place, ()), old, new, pair.changed_files)),
        )


def _scored(item: Examined | None) -> dict[tuple[str, str], RowScore]:
    if item is None or item.score is None:
        return {}
    return {(row.row.id, name): row for name, phase in item.score.phases.items() for row in phase.rows}


def _points(row: RowScore | None) -> str | None:
    return exact(row.points) if row is not None else None


def _causes(pair: Compared, changes: Sequence[Change], moved: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], tuple[Unit, ...]]:
    old, new = pair.examined
    if old is None or new is None or not old.reading.plan or not new.reading.plan or old.score is None or new.score is None:
        return {}
    if _same_book(old.rulebook, new.rulebook) is None:
        named = [change for change in changes if change.route == ("catalogue",)]
        return {place: (Unit(tuple(named)),) for place in moved}
    states = [State(item.reading.plan, item.reading.evidence) for item in (old, new) if item.reading.plan is not None]
    named_files = {item.file for state in states for item in state.plan.evidence}
    files = [name for name in pair.changed_files if name in named_files]
    assert new.rulebook is not None
    return causes(states[0], states[1], changes, files, new.rulebook, moved)


def _same_book(old: Rulebook | None, new: Rulebook | None) -> Rulebook | None:
    return new if old is not None and new is not None and old.digest == new.digest else None


def _told(units: Sequence[Unit], old: Examined | None, new: Examined | None, files: Mapping[str, tuple[str, str]]) -> Iterator[model.Cause]:
    """`files`: the blobs of each changed file on both sides."""
    for unit in units[:40]:
        for change in unit.changes[:20]:
            item = new if change.routes[1] is not None else old
            yield _cause(kind_of(change), change.route, (change.before, change.after), item)
        for name in sorted(unit.files):
            item = new or old
            plan = item.reading.plan if item is not None else None
            at = next((index for index, entry in enumerate(plan.evidence if plan else ()) if entry.file == name), None)
            told = tuple(f"{name}（{sha[:8]}）" if sha else None for sha in files.get(name, ("", "")))
            yield _cause("evidence", ("evidence",) if at is None else ("evidence", at, "file"), told, item)  # type: ignore[arg-type]  # two of them


def _cause(kind: Kind, route: Route, texts: tuple[str | None, str | None], item: Examined | None) -> model.Cause:
    line, label = _place(item, route)
    path = item.reading.source.path if item is not None else ""
    return model.Cause(kind=kind, route=route, line=line, before=texts[0], after=texts[1], path=path, label=label)


def _values(changes: Sequence[Change], numbers: Sequence[model.Figure], items: Sequence[Examined | None]) -> Iterator[model.Value]:
    """Changed values that are no numbers; an item that came or went whole is one of them though it holds numbers."""
    told = {figure.route for figure in numbers}
    for change in changes:
        if change.route in told or change.route == ("stage",):
            continue
        line, label = _place(items[1 if change.routes[1] is not None else 0], change.route)
        yield model.Value(route=change.route, line=line, before=change.before, after=change.after, label=label)


def _place(item: Examined | None, route: Route) -> tuple[int, str]:
    """Line and name of a place."""
    if item is None:
        return 0, ""
    return item.reading.source.line_of(route), label_of(route, item.reading.plan, item.rulebook)


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


def _private(pair: Compared, rulebook: Rulebook | None) -> tuple[model.Private, ...]:
    old, new = pair.examined
    if rulebook is None or new is None or new.reading.plan is None:
        return ()
    plan, source, catalogue = new.reading.plan, new.reading.source, rulebook.catalogue
    found = [source.locate(item) for item in revealed(old.reading if old else None, new.reading, pair.changed_files, catalogue)]
    page: tuple[model.Private, ...] = ()
    if will_be_public(old.reading.plan if old else None, plan, catalogue):
        route: Route = ("publish",) if plan.publish else ("stage",)
        message = "合并后这份方案会出现在公开网站上"
        page = (
            model.Private(kind="page", route=route, line=source.line_of(route), message=message, label=label_of(route, plan, rulebook)),
        )
    return (*page, *told(found, rulebook, plan))
