"""The stages a plan goes through between two commits, one by one: a range that only shows its ends would hide what lay between."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import dropwhile

import git

from zcfdocs.history.glance import told
from zcfdocs.history.walk import blobs, changes
from zcfdocs.reviewing.sides.changes import PLAIN, Between

WRITTEN = re.compile(r"^stage: *[\"']?([a-z_]{1,40})[\"']? *(?:#.*)?$", re.MULTILINE)
MOST = 500  # changes of one plan.md in a range that are looked at


@dataclass(frozen=True, slots=True)
class Steps:
    """`passed`: stages of the commits between, in order; `merged`: those that a merged branch brought, so that another wrote them;
    `present`: the stage on the base that was named, where the head left it earlier."""

    passed: tuple[str, ...] = ()
    merged: frozenset[str] = field(default=frozenset())
    present: str | None = None

    def way(self, before: str | None, after: str) -> tuple[str | None, ...]:
        """From where the plan stands to where the change takes it, without repetitions; what the change does not touch stays."""
        passed = list(dropwhile(lambda stage: stage == before, self.passed))
        if before == after and not passed:
            return (after,)
        start = self.present if self.present is not None else before
        chain = [start, *passed, after]
        return tuple(stage for at, stage in enumerate(chain) if at == 0 or stage != chain[at - 1])


NO_STEPS = Steps()


def steps(repository: git.Repo, between: Between, paths: Sequence[str]) -> Steps:
    """Of a plan.md by its paths before and after; only commits that come after the base count, of merges the first parent."""
    span = f"{between.base}..{between.head}"
    after_base = set(repository.git.rev_list("--ancestry-path", span, "--").split())
    specs = tuple(f":(top,literal){path}" for path in dict.fromkeys(paths))
    found = [change for change in changes(repository, span, specs) if change.commit in after_base and change.mode in PLAIN][:MOST]
    texts = dict(blobs(repository, dict.fromkeys(change.blob for change in found)))
    passed = [stage for change in found if (stage := stage_of(texts.get(change.blob, b""))) is not None]
    merged = frozenset(_stages(repository, _merged(repository, span), paths))
    present = next(_stages(repository, [between.trusted], paths), None) if between.trusted != between.base else None
    return Steps(tuple(passed), merged, present)


def stage_of(raw: bytes) -> str | None:
    """As `check` reads it; where the file cannot be read, as it is written at the beginning of a line."""
    known = told(raw)
    return known.stage if known is not None else stage_in(raw.decode("utf-8", "replace"))


def stage_in(text: str) -> str | None:
    found = WRITTEN.search(text.partition("\n---\n")[0])
    return found[1] if found else None


def _merged(repository: git.Repo, span: str) -> list[str]:
    """The tips that merges of the range brought in."""
    told = repository.git.rev_list("--first-parent", "--merges", "--parents", f"--max-count={MOST}", span, "--").splitlines()
    return [tip for line in told for tip in line.split()[2:]]


def _stages(repository: git.Repo, commits: Sequence[str], paths: Sequence[str]) -> Iterator[str]:
    for commit in commits:
        for path in reversed(paths):
            try:
                blob = str(repository.git.rev_parse("--verify", "--quiet", "--end-of-options", f"{commit}:{path}"))
            except git.GitCommandError:
                continue
            for _, raw in blobs(repository, [blob]):
                if (stage := stage_of(raw)) is not None:
                    yield stage
            break
