"""When each plan came to each stage: one pass over the first parents of a repository, for all plans at once (git-and-web 5)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Self

import git
from gitdb.exc import BadName, BadObject
from pydantic import ConfigDict

from zcfdocs.errors import ZcfError
from zcfdocs.fields import Flag, Noun, Text
from zcfdocs.provenance import SAFE, top_of
from zcfdocs.reading import split
from zcfdocs.store import Store
from zcfdocs.tree import parse

PLACE = re.compile(r"([a-z0-9-]+/[a-z0-9-]+)/(.+)", re.DOTALL)
ENTRY = re.compile(r":\d+ (\d+) [0-9a-f]+ ([0-9a-f]+) [A-Z]\d*")
HEAD = re.compile(r"\x01([0-9a-f]{40,64}) (\d{4}-\d\d-\d\d)\n*")
USCC = re.compile(r"[0-9A-Z]{18}")
PLAN, PLAIN, GONE = "plan.md", ("100644", "100755"), "000000"
LARGEST = 2 << 20  # bytes of a plan.md that is looked into
KNOWN = "history"  # what the cache calls that which blobs were found to say


@dataclass(frozen=True, slots=True)
class Moment:
    """A version begins: the first-parent commit, its day (ISO, the committer's), and the plan's stage and folder from then on (spec 3).

    `number` counts the versions of one factory from 1, over all rounds it took part in. Where the factory consents to publication only
    later in the same stage (`publish`), the commit and its day are those of the consent.
    """

    number: int
    commit: str
    day: str
    stage: str
    publish: bool
    catalogue: str
    folder: str


@dataclass(frozen=True, slots=True)
class History:
    """Versions by `identity`, so that a plan that moved keeps its own, oldest first; the newest day of each folder; whether commits are missing."""

    top: Path | None = None
    moments: Mapping[str, tuple[Moment, ...]] = field(default_factory=dict)
    touched: Mapping[str, str] = field(default_factory=dict)
    shallow: bool = False

    def of(self, uscc: str, site: str | None, catalogue: str) -> tuple[Moment, ...]:
        """The versions of a factory's plan in one round."""
        return tuple(moment for moment in self.moments.get(identity(uscc, site), ()) if moment.catalogue == catalogue)

    def day(self, folder: Path) -> str:
        """The day of the newest commit that touched the folder, "" where there is none."""
        place = folder.resolve()
        return self.touched.get(place.relative_to(self.top).as_posix(), "") if self.top and place.is_relative_to(self.top) else ""


@dataclass(frozen=True, slots=True)
class _Change:
    """A file that a commit changed: `folder` is its plan's, `name` its path within."""

    commit: str
    day: str
    mode: str
    blob: str
    folder: str
    name: str


class _Factory(Noun):
    model_config = ConfigDict(frozen=True, extra="ignore")
    uscc: Text
    site: Text | None = None


class _Head(Noun):
    """What of a plan's front-matter places it in history."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    catalogue: Text
    stage: Text
    factory: _Factory
    publish: Flag = False


@dataclass(frozen=True, slots=True)
class _Told:
    """What a plan.md says of that; as one line in the cache, empty for what is no plan."""

    identity: str
    catalogue: str
    stage: str
    publish: bool

    def written(self) -> str:
        return json.dumps((self.identity, self.catalogue, self.stage, self.publish))

    @classmethod
    def read(cls, line: str) -> Self | None:
        return cls(*json.loads(line)) if line else None


def identity(uscc: str, site: str | None) -> str:
    """A factory in an address: its USCC, with a mark of its `site` where a company has several (spec 1)."""
    return f"{uscc}-{hashlib.sha256(site.encode()).hexdigest()[:8]}" if site else uscc


def history(plans: Path, store: Store | None = None) -> History:
    """Of the plans in `plans/`, a folder of a repository; empty outside of one and before its first commit.

    What each blob says is kept in the `store`, so that it is parsed once. Raises ZcfError where git cannot read the repository.
    """
    top = top_of(plans)
    if top is None:
        return History()
    known = store.remembered(KNOWN) if store else {}
    try:
        with git.Repo(top) as repository:
            repository.git.update_environment(**SAFE)
            if not repository.head.is_valid():
                return History(top)
            shallow = repository.git.rev_parse("--is-shallow-repository") == "true"
            heads = _Heads(repository, known)
            found = _read(_changes(repository, plans.resolve().relative_to(top).as_posix()), heads)
    except git.GitCommandError as error:
        raise ZcfError(f"git 不能读取 {top} 的历史：{str(error.stderr).strip()[:200]}", hint="用 git status 查看仓库是否损坏") from error
    if store and heads.used.keys() != known.keys():
        store.remember(KNOWN, heads.used)
    return replace(found, top=top, shallow=shallow)


def _read(changes: Iterator[_Change], heads: _Heads) -> History:
    """An identity belongs to one folder for as long as its plan.md is there: another that claims it has no part in its history."""
    moments: dict[str, list[Moment]] = {}
    touched: dict[str, str] = {}
    owned: dict[str, tuple[str, str]] = {}  # by folder: the identity and catalogue of its plan
    for _, commit in groupby(changes, lambda change: change.commit):
        entries = list(commit)
        for change in entries:
            touched[change.folder] = max(change.day, touched.get(change.folder, ""))
        plans = [change for change in entries if change.name == PLAN]
        for change in plans:
            if change.mode not in PLAIN:
                owned.pop(change.folder, None)
        for change in plans:
            said = heads.of(change.blob) if change.mode in PLAIN else None
            claim = (said.identity, said.catalogue) if said else None
            if said is None or claim is None or any(claim == other and folder != change.folder for folder, other in owned.items()):
                continue
            owned[change.folder] = claim
            _note(moments.setdefault(said.identity, []), change, said)
    return History(moments={key: tuple(found) for key, found in moments.items()}, touched=touched)


def _note(versions: list[Moment], change: _Change, said: _Told) -> None:
    at = next((index for index in reversed(range(len(versions))) if versions[index].catalogue == said.catalogue), None)
    if at is None or versions[at].stage != said.stage:
        number = len(versions) + 1
        versions.append(Moment(number, change.commit, change.day, said.stage, said.publish, said.catalogue, change.folder))
    elif said.publish and not versions[at].publish:
        versions[at] = replace(versions[at], commit=change.commit, day=change.day, publish=True, folder=change.folder)


def _changes(repository: git.Repo, root: str) -> Iterator[_Change]:
    """What each commit changed below `root`/<district>/<slug>/, the oldest commit first."""
    prefix = "" if root == "." else f"{root}/"
    told = repository.git.log(
        "-z", "--first-parent", "--reverse", "--raw", "--no-abbrev", "--no-renames", "--format=%x01%H %cs", "HEAD", "--", root
    )
    commit = day = ""
    pending: re.Match[str] | None = None
    for piece in told.split("\0"):
        if pending is not None:  # after its entry a piece is a path, whatever it looks like
            place = PLACE.fullmatch(piece.removeprefix(prefix)) if piece.startswith(prefix) else None
            if place is not None:
                yield _Change(commit, day, pending[1], pending[2], prefix + place[1], place[2])
            pending = None
            continue
        part = piece.lstrip("\n")
        if head := HEAD.match(part):
            commit, day, part = head[1], head[2], part[head.end() :]
        pending = ENTRY.fullmatch(part)


class _Heads:
    """What blobs of plan.md say; `used` is all that was asked, with what was known before."""

    def __init__(self, repository: git.Repo, known: Mapping[str, str]) -> None:
        self._repository, self._known = repository, known
        self.used: dict[str, str] = {}

    def of(self, blob: str) -> _Told | None:
        """None for what is no plan, and for what a partial clone lacks, which may be there the next time."""
        if blob in self._known:
            self.used[blob] = self._known[blob]
        elif (raw := _content(self._repository, blob)) is not None:
            told = _told(raw)
            self.used[blob] = told.written() if told else ""
        return _Told.read(self.used.get(blob, ""))


def _content(repository: git.Repo, blob: str) -> bytes | None:
    """Empty where it is too large for a plan."""
    try:
        stream = repository.odb.stream(bytes.fromhex(blob))
        return bytes(stream.read()) if stream.size <= LARGEST else b""
    except (BadName, BadObject, ValueError):
        return None


def _told(raw: bytes) -> _Told | None:
    """Read as `check` reads it."""
    try:
        front, _, _, problem = split(raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n"))
        root = None if problem else parse(front)[0]
        head = _Head.model_validate(root.data) if root is not None else None
    except (ValueError, RecursionError):
        return None
    if head is None or not USCC.fullmatch(head.factory.uscc):
        return None
    return _Told(identity(head.factory.uscc, head.factory.site), head.catalogue, head.stage, head.publish)
