"""What a changed plan shares with the other plans of the repository: the same factory twice, a certificate counted twice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import git

from zcfdocs.certificates import NUMBER, Run, run
from zcfdocs.checks import across
from zcfdocs.finding import Finding
from zcfdocs.history.walk import blobs
from zcfdocs.plan import Plan
from zcfdocs.reading import Reading, read_text
from zcfdocs.reviewing.sides.changes import PLAIN, Layout, plan_texts

END = re.compile(r"\b(from|to): *[\"']?([^\s,\"'}\]#]{1,80})(?=[\s,\"'}\]#])")
FRONT_END = re.compile(rb"[\r\n]---[ \t]*[\r\n]")
FOLDED = re.compile(r"[\s'\"]+")  # YAML may break a text at a space, and doubles its quotes
NOWHERE = Path("/nonexistent")  # evidence of the others is not looked at


def shared(
    repository: git.Repo, commits: tuple[str, str], layout: Layout, own: tuple[Sequence[Reading], Sequence[Reading]]
) -> Iterator[list[Finding]]:
    """For each commit the findings of `own`, readings of plans there, that rest on another plan of it.

    Each text is looked at once for both; only those that may share something are read.
    """
    plans = [plan for readings in own for reading in readings if (plan := reading.plan) is not None]
    wanted = _by_prefix({found for plan in plans for found in _runs(plan)})
    codes = {plan.factory.uscc.encode() for plan in plans if plan.factory.uscc}
    places = [{reading.source.path for reading in readings} for readings in own]
    listed = [
        {text.path: text.blobs[1] for text in plan_texts(repository, commit, layout) if text.modes[1] in PLAIN and text.path not in mine}
        if mine
        else {}
        for commit, mine in zip(commits, places, strict=True)
    ]
    texts = dict.fromkeys(blob for names in listed for blob in names.values())
    likely = {blob: raw for blob, raw in blobs(repository, texts) if _may_share(raw, codes, wanted)}
    for names, mine, readings in zip(listed, places, own, strict=True):
        others = [_read(name, likely[blob]) for name, blob in names.items() if blob in likely]
        yield [finding for finding in across([*readings, *others]) if finding.path in mine]


def _read(name: str, raw: bytes) -> Reading:
    return read_text(raw.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n"), NOWHERE, name)


def _runs(plan: Plan) -> Iterator[Run]:
    for year in plan.years:
        for offset in year.offsets:
            yield from (found for item in offset.certificates if (found := run(item)) is not None)


def _by_prefix(runs: set[Run]) -> dict[str, list[Run]]:
    prefix = attrgetter("prefix")
    return {name: list(found) for name, found in groupby(sorted(runs, key=prefix), key=prefix)}


def _may_share(raw: bytes, codes: set[bytes], wanted: Mapping[str, Sequence[Run]]) -> bool:
    """False only where the text can neither name one of these factories nor count one of their certificates."""
    front = FRONT_END.split(raw, maxsplit=1)[0]
    if b"\\" in front or any(code in front for code in codes):  # an escape may spell a code or a number in another way
        return True
    named = [prefix for prefix in wanted if _whole(prefix).encode() in front]
    if not named:
        return False
    text = f"{front.decode('utf-8', 'replace')}\n"
    ends = _ends(text)
    return any(_is_odd(text, prefix, ends) or any(_meets(run, ends[prefix]) for run in wanted[prefix]) for prefix in named)


def _whole(prefix: str) -> str:
    """Its longest part that stands in the text as it is, however YAML writes it."""
    return max(FOLDED.split(prefix), key=len)


Ends = dict[tuple[str, int], list[int]]  # of each key, `from` and `to`, and width: lowest, highest, how many


def _ends(text: str) -> dict[str, Ends]:
    """Plainly written ends of runs by prefix."""
    found: dict[str, Ends] = {}
    for match in END.finditer(text):
        if (end := NUMBER.fullmatch(match[2])) is not None:
            value = int(end[2])
            bounds = found.setdefault(end[1], {}).setdefault((match[1], len(end[2])), [value, value, 0])
            bounds[:] = min(bounds[0], value), max(bounds[1], value), bounds[2] + 1
    return found


def _is_odd(text: str, prefix: str, ends: Mapping[str, Ends]) -> bool:
    """Whether the prefix stands anywhere but in a plainly written end: only reading tells what is counted there."""
    return not prefix or prefix != _whole(prefix) or text.count(prefix) != sum(bounds[2] for bounds in ends.get(prefix, {}).values())


def _meets(run: Run, ends: Ends) -> bool:
    low, high = ends.get(("from", run.width)), ends.get(("to", run.width))
    return low is not None and high is not None and low[0] <= run.last and high[1] >= run.first
