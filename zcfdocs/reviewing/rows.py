"""Rows whose points a change moves, and what of it moves them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from zcfdocs.catalogue import Rulebook
from zcfdocs.figure import exact
from zcfdocs.finding import Route
from zcfdocs.pipeline import Examined
from zcfdocs.reviewing import model
from zcfdocs.reviewing.compared import Compared
from zcfdocs.reviewing.differences.align import Change
from zcfdocs.reviewing.differences.causes import Kind, Unit, causes, kind_of
from zcfdocs.reviewing.differences.transplant import State
from zcfdocs.reviewing.naming.labels import label_of
from zcfdocs.scoring import RowScore


def moved_rows(pair: Compared, changes: Sequence[Change]) -> Iterator[model.Row]:
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
    line, label = place_of(item, route)
    path = item.reading.source.path if item is not None else ""
    return model.Cause(kind=kind, route=route, line=line, before=texts[0], after=texts[1], path=path, label=label)


def place_of(item: Examined | None, route: Route) -> tuple[int, str]:
    """Line and name of a place."""
    if item is None:
        return 0, ""
    return item.reading.source.line_of(route), label_of(route, item.reading.plan, item.rulebook)
