"""Where along the first parents each plan came to each stage, and by which folder: read whole, or from what is known on."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from itertools import groupby
from pathlib import Path

import git

from zcfdocs.collector import at_rest
from zcfdocs.errors import ZcfError
from zcfdocs.history.glance import Glance, Told
from zcfdocs.history.recall import Kept, recall, record
from zcfdocs.history.walk import Change, State, blobs, changes, each_plan, follows, opened, state
from zcfdocs.provenance import top_of
from zcfdocs.reviews import NAME as REVIEW
from zcfdocs.store import Store

PLACE = re.compile(r"([a-z0-9-]+/[a-z0-9-]+)/(.+)", re.DOTALL)
PLAN, PLAIN = "plan.md", ("100644", "100755")


@dataclass(frozen=True, slots=True)
class Moment:
    """A version begins: the first-parent commit, its day (ISO, the committer's), and the plan's stage and folder from then on (spec 3).

    `number` counts the versions of one factory from 1, over all rounds it took part in. Where the factory consents to publication only
    later in the same stage (`publish`), `commit` and `day` are those of the consent; `began`, `since` and `home` are those of the stage.
    """

    number: int
    commit: str
    day: str
    stage: str
    publish: bool
    catalogue: str
    folder: str
    began: str = ""
    since: str = ""
    home: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """Versions by `identity`, so that a plan that moved keeps its own, oldest first; the newest day of each folder.

    `edges` are the commits before which a shallow clone has nothing; `missing` counts texts of plans that a partial clone lacks.
    """

    top: Path | None = None
    moments: Mapping[str, tuple[Moment, ...]] = field(default_factory=dict)
    touched: Mapping[str, str] = field(default_factory=dict)
    edges: frozenset[str] = frozenset()
    missing: int = 0
    commit: str = ""

    @property
    def shallow(self) -> bool:
        """Whether commits are missing."""
        return bool(self.edges)

    def of(self, uscc: str, site: str | None, catalogue: str) -> tuple[Moment, ...]:
        """The versions of a factory's plan in one round."""
        return tuple(moment for moment in self.moments.get(identity(uscc, site), ()) if moment.catalogue == catalogue)

    def day(self, folder: Path) -> str:
        """The day of the newest commit that touched the folder, "" where there is none."""
        place = folder.resolve()
        return self.touched.get(place.relative_to(self.top).as_posix(), "") if self.top and place.is_relative_to(self.top) else ""


def identity(uscc: str, site: str | None) -> str:
    """A factory in an address: its USCC, with a mark of its `site` where a company has several (spec 1)."""
    return f"{uscc}-{hashlib.sha256(site.encode()).hexdigest()[:8]}" if site else uscc


def history(plans: Path, store: Store | None = None) -> History:
    """Of the plans in `plans/`, a folder of a repository, up to HEAD; empty outside of one and before its first commit.

    What was read is kept in the `store`, so that the next time only newer commits are. Raises ZcfError where git cannot read the repository.
    """
    top = top_of(plans)
    if top is None:
        _require_tree(plans)
        return History()
    root = plans.resolve().relative_to(top).as_posix()
    with opened(top) as repository:
        now = state(repository)
        if now is None:
            return History(top)
        return _told(repository, "" if root == "." else f"{root}/", now, store)


def _require_tree(plans: Path) -> None:
    """Raises ZcfError in a bare repository: no plan lies there whose history could be told."""
    place = next(folder for folder in (plans, *plans.resolve().parents) if folder.is_dir())
    try:
        with git.Repo(place, search_parent_directories=True) as repository:
            if repository.bare:
                raise ZcfError(f"{place} 是裸仓库，没有方案文件", hint="先克隆：git clone，在克隆里运行")
    except (git.InvalidGitRepositoryError, git.NoSuchPathError, git.GitCommandNotFound):
        return


def history_at(
    top: Path, commit: str, plans: str = "plans", store: Store | None = None, only: str | None = None, about: str = ""
) -> History:
    """Up to a commit, a full hash, of the plans in a folder of the repository; what the `store` has is used, nothing is kept.

    `only` is a folder below `plans`: nothing else is read, so that a plan which came from another folder begins where it came here.
    `about` is the USCC of the one company that is told of: texts that do not name it are not read.
    """
    with opened(top) as repository:
        now = state(repository, commit)
        assert now is not None
        if only is not None:
            known = _Known()
            known.read(repository, f"{plans}/", changes(repository, now.commit, (f":(top,literal){plans}/{only}/{PLAN}",)))
            return known.history(Path(repository.working_dir), now)
        return _told(repository, f"{plans}/", now, store, False, about)


def _told(repository: git.Repo, prefix: str, now: State, store: Store | None, keep: bool = True, about: str = "") -> History:
    top = Path(repository.working_dir)
    kept = recall(store, prefix) if store and not now.edges else None
    if kept is not None and not follows(repository, kept.commit, now.commit):
        kept = None
    known = _Known.of(kept) if kept else _Known()
    if kept is None or kept.commit != now.commit:
        below = (each_plan(prefix),) if about else ()
        known.read(repository, prefix, changes(repository, f"{kept.commit}..{now.commit}" if kept else now.commit, below), about)
        if store and keep and not now.edges and not known.missing:
            record(store, prefix, known.kept(now.commit))
    return known.history(top, now)


class _Known:
    """What has been read so far. An identity belongs to one folder for as long as its plan.md is there: another that claims it has no part
    in its history until then, and takes it over as it stands."""

    def __init__(self) -> None:
        self.moments: dict[str, list[Moment]] = {}
        self.touched: dict[str, str] = {}
        self.missing = 0
        self._claims: dict[str, tuple[str, str]] = {}  # by folder: the identity and catalogue of its plan
        self._owners: dict[tuple[str, str], str] = {}  # the same the other way round
        self._waiting: dict[str, Told] = {}  # by folder, the first to ask first: what a plan says whose identity is another's

    @classmethod
    def of(cls, kept: Kept) -> _Known:
        known = cls()
        known.moments = {key: [Moment(*row) for row in rows] for key, rows in kept.moments.items()}
        known.touched = dict(kept.touched)
        known._claims = {folder: (key, catalogue) for folder, (key, catalogue) in kept.claims.items()}
        known._owners = {claim: folder for folder, claim in known._claims.items()}
        known._waiting = {folder: Told(*said) for folder, said in kept.waiting.items()}
        return known

    def history(self, top: Path, now: State) -> History:
        moments = {key: tuple(found) for key, found in self.moments.items()}
        return History(top, moments, self.touched, now.edges, self.missing, now.commit)

    def kept(self, commit: str) -> Kept:
        rows = {key: [tuple(getattr(one, name) for name in Moment.__slots__) for one in found] for key, found in self.moments.items()}
        return Kept(commit, rows, self.touched, self._claims, {folder: astuple(told) for folder, told in self._waiting.items()})

    def read(self, repository: git.Repo, prefix: str, found: Iterable[Change], about: str = "") -> None:
        with at_rest():
            self._take(repository, prefix, found, about)

    def _take(self, repository: git.Repo, prefix: str, found: Iterable[Change], about: str) -> None:
        inside = [(change, *place) for change in found if (place := _place(change.name, prefix)) is not None]
        plans = sorted((folder, change.blob) for change, folder, name in inside if name == PLAN and change.mode in PLAIN)
        said = _said(repository, dict.fromkeys(blob for _, blob in plans), about.encode())
        self.missing += len({blob for _, blob in plans} - said.keys())
        for _, commit in groupby(inside, lambda entry: entry[0].commit):
            entries = list(commit)
            for change, folder, _ in entries:
                self.touched[folder] = max(change.day, self.touched.get(folder, ""))
            self._move(said, [(change, folder) for change, folder, name in entries if name == PLAN], bool(about))

    def _move(self, said: Mapping[str, Told | None], texts: Sequence[tuple[Change, str]], only: bool) -> None:
        """One commit's plans: what went is free first, then what came takes its place, then whoever waited for what is free still."""
        held = len(self._claims)
        for change, folder in texts:
            told = said.get(change.blob) if change.mode in PLAIN else None
            if (asked := self._waiting.get(folder)) is not None and (told is None or _claimed(told) != _claimed(asked)):
                del self._waiting[folder]
            # Where one company is asked for, what does not tell of it is somebody else's, or no plan.
            gone = change.mode not in PLAIN or (only and told is None and change.blob in said)
            if gone or (told is not None and self._claims.get(folder) != _claimed(told)):
                self._release(folder)
        is_freed = len(self._claims) < held
        for change, folder in texts:
            told = said.get(change.blob) if change.mode in PLAIN else None
            if told is None:
                continue
            if self._claim(change, folder, told):
                self._waiting.pop(folder, None)
            else:
                self._waiting[folder] = told
        for folder, told in list(self._waiting.items()) if is_freed else ():
            if self._claim(texts[0][0], folder, told):
                del self._waiting[folder]

    def _release(self, folder: str) -> None:
        if (claim := self._claims.pop(folder, None)) is not None:
            del self._owners[claim]

    def _claim(self, change: Change, folder: str, told: Told) -> bool:
        claim = _claimed(told)
        if self._owners.get(claim, folder) != folder:
            return False
        self._claims[folder], self._owners[claim] = claim, folder
        _note(self.moments.setdefault(claim[0], []), change, folder, told)
        return True


def _claimed(told: Told) -> tuple[str, str]:
    return identity(told.uscc, told.site), told.catalogue


def _place(name: str, prefix: str) -> tuple[str, str] | None:
    """The folder of the plan a file belongs to, and its path within; the bureau's own file beside a plan is none of it."""
    found = PLACE.fullmatch(name, len(prefix)) if name.startswith(prefix) else None
    return (prefix + found[1], found[2]) if found and found[2] != REVIEW else None


def _said(repository: git.Repo, wanted: Iterable[str], about: bytes) -> dict[str, Told | None]:
    """What each text says; asked plan by plan, whose versions share most of their lines. A backslash may spell a code in another way."""
    glance = Glance()
    return {blob: glance.told(raw) if about in raw or b"\\" in raw else None for blob, raw in blobs(repository, wanted)}


def _note(versions: list[Moment], change: Change, folder: str, said: Told) -> None:
    at = next((index for index in reversed(range(len(versions))) if versions[index].catalogue == said.catalogue), None)
    if at is None or versions[at].stage != said.stage:
        place = (change.commit, change.day)
        versions.append(Moment(len(versions) + 1, *place, said.stage, said.publish, said.catalogue, folder, *place, folder))
    elif said.publish and not versions[at].publish:
        versions[at] = replace(versions[at], commit=change.commit, day=change.day, publish=True, folder=folder)
