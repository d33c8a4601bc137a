"""Findings of both sides of a plan, held against each other by what they say of what, wherever it stands now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from zcfdocs.finding import Finding, Route, Severity
from zcfdocs.pipeline import Examined, ordered
from zcfdocs.reading import Source
from zcfdocs.reviewing import model
from zcfdocs.reviewing.differences.align import name_of

Judged = tuple[Examined | None, Sequence[Finding]]  # a side, and what is found around it


def sorted_out(before: Judged, after: Judged, fresh: Sequence[Finding]) -> model.Findings:
    """`fresh` are findings of the change itself, which nothing before can equal."""
    old, new = before[0], after[0]
    olds, news = (Counter(_key(finding, side[0]) for finding in _all(side)) for side in (before, after))
    brought: list[Finding] = []
    kept: list[Finding] = []
    for finding in _all(after):
        key = _key(finding, new)
        (kept if olds[key] > 0 else brought).append(finding)
        olds[key] -= 1
    mended = []
    # Where the figures are gone, so are the doubts about them: that mends nothing.
    silent = new is None or (new.score is None and old is not None and old.score is not None)
    for finding in _all(before) if not silent else ():
        key = _key(finding, old)
        if news[key] <= 0:
            mended.append(finding)
        news[key] -= 1
    return model.Findings(new=_told((*fresh, *brought)), fixed=_told(mended), kept=_told(kept))


def _told(findings: Sequence[Finding]) -> tuple[model.Told, ...]:
    return tuple(map(model.Told.of, ordered(findings)))


def _all(side: Judged) -> tuple[Finding, ...]:
    return (*side[0].findings, *side[1]) if side[0] is not None else ()


def _key(finding: Finding, item: Examined | None) -> tuple[str, ...]:
    """The code with the names of what it stands at, of an error with the value met; of the body the text of its line."""
    source = item.reading.source if item is not None else None
    if finding.route and source is not None:
        met = _met(finding.route, source) if finding.severity is Severity.ERROR else ""
        return (finding.code, *_named(finding.route, source), met)
    lines = source.text.split("\n") if source is not None else []
    return (finding.code, lines[finding.line - 1].strip() if 0 < finding.line <= len(lines) else "", finding.message if not lines else "")


def _met(route: Route, source: Source) -> str:
    node = source.root
    for step in route:
        node = node.child(step) if node is not None else None
    return node.value if node is not None and isinstance(node.value, str) else ""


def _named(route: Route, source: Source) -> Iterator[str]:
    """A route whose list positions are replaced by what stands there."""
    node = source.root
    for step in route:
        node = node.child(step) if node is not None else None
        yield "/".join(name_of(node)) if isinstance(step, int) and node is not None else str(step)
