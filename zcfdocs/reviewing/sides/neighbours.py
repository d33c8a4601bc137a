"""What a changed plan shares with the other plans of the repository: the same factory twice, a certificate counted twice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import git
from gitdb.exc import BadName, BadObject

from zcfdocs.certificates import NUMBER, Run, run
from zcfdocs.checks import across
from zcfdocs.finding import Finding
from zcfdocs.plan import Plan
from zcfdocs.reading import MAX_FILE, Reading, read_text
from zcfdocs.reviewing.sides.changes import Layout
from zcfdocs.snapshot import Blob, listing

END = re.compile(r"\b(from|to): *[\"']?([^\s,\"'}\]#]{1,80})")


def shared(repository: git.Repo, top: Path, commit: str, layout: Layout, own: Sequence[Reading]) -> list[Finding]:
    """Findings of `own`, readings of plans at this commit, that rest on another plan of it. Only plans that may share something are read."""
    places = {reading.source.path for reading in own}
    wanted = [found for reading in own if reading.plan is not None for found in _runs(reading.plan)]
    codes = {reading.plan.factory.uscc.encode() for reading in own if reading.plan is not None and reading.plan.factory.uscc}
    others = []
    for name, blob in listing(top, commit, (layout.plans,)).items():
        if not name.endswith("/plan.md") or layout.folder_of(name) is None or name in places or not blob.is_plain or blob.size > MAX_FILE:
            continue
        raw = _raw(repository, blob)
        if _may_share(raw, codes, wanted):
            text = raw.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
            others.append(read_text(text, top / ".git" / "none", name))
    return [finding for finding in across([*own, *others]) if finding.path in places]


def _raw(repository: git.Repo, blob: Blob) -> bytes:
    """Empty where a partial clone lacks it."""
    try:
        return bytes(repository.odb.stream(bytes.fromhex(blob.sha)).read())
    except (BadName, BadObject, ValueError):
        return b""


def _runs(plan: Plan) -> Iterator[Run]:
    for year in plan.years:
        for offset in year.offsets:
            yield from (found for item in offset.certificates if (found := run(item)) is not None)


def _may_share(raw: bytes, codes: set[bytes], wanted: Sequence[Run]) -> bool:
    """False only where the text can neither name one of these factories nor count one of their certificates."""
    if any(code in raw for code in codes):
        return True
    if not wanted or not any(run.prefix.encode() in raw for run in wanted):
        return False
    text = raw.decode("utf-8", "replace")
    if "\\" in text.split("\n---", 1)[0]:  # an escape may spell a number in another way
        return True
    ends = [(match[1], found) for match in END.finditer(text) if (found := NUMBER.fullmatch(match[2])) is not None]
    return any(_meets(run, ends) for run in wanted)


def _meets(run: Run, ends: Sequence[tuple[str, re.Match[str]]]) -> bool:
    of = {
        name: [int(end[2]) for key, end in ends if key == name and end[1] == run.prefix and len(end[2]) == run.width]
        for name in ("from", "to")
    }
    return any(first <= run.last for first in of["from"]) and any(last >= run.first for last in of["to"])
