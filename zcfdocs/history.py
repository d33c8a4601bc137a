"""When each plan came to each stage: one pass over the first parents of a repository, for all plans at once (git-and-web 5)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import git

from zcfdocs.errors import ZcfError
from zcfdocs.provenance import SAFE, top_of

PLAN = "/plan.md"
PLACE = re.compile(r"((?:.*/)?plans/[a-z0-9-]+/[a-z0-9-]+)/.+", re.DOTALL)
FRONT = re.compile(rb"---\r?\n(.*?)\r?\n---", re.DOTALL)
STAGE = re.compile(rb"^stage:[ \t]*[\"']?([a-z_]+)", re.MULTILINE)
PUBLISH = re.compile(rb"^publish:[ \t]*true\b", re.MULTILINE)
CATALOGUE = re.compile(rb"^catalogue:[ \t]*[\"']?([a-z0-9-]+)", re.MULTILINE)
SITE = re.compile(rb"^[ \t]+site:[ \t]*(\"[^\"\n]*\"|'[^'\n]*'|[^#\n]*)", re.MULTILINE)
USCC = re.compile(rb"^[ \t]+uscc:[ \t]*[\"']?([0-9A-Z]{18})\b", re.MULTILINE)
ENTRY = re.compile(r":\d+ (\d+) [0-9a-f]+ ([0-9a-f]+) [A-Z]\d*")
PLAIN = ("100644", "100755")
LARGEST = 2 << 20  # bytes of a plan.md that is looked into


@dataclass(frozen=True, slots=True)
class Moment:
    """A version begins: the first-parent commit, its day (ISO, the committer's), and the plan's stage and folder from then on (spec 3).

    `number` counts the versions of one factory from 1, over all rounds it took part in.
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
        return self.touched.get(folder.resolve().relative_to(self.top).as_posix(), "") if self.top and _lies_in(folder, self.top) else ""


def _lies_in(folder: Path, top: Path) -> bool:
    return folder.resolve().is_relative_to(top)


def identity(uscc: str, site: str | None) -> str:
    """A factory in an address: its USCC, with a mark of its `site` where a company has several (spec 1)."""
    return f"{uscc}-{hashlib.sha256(site.encode()).hexdigest()[:8]}" if site else uscc


def history(place: Path) -> History:
    """Of the repository `place` lies in; empty outside of one and before its first commit. Raises ZcfError where git cannot read it."""
    top = top_of(place)
    if top is None:
        return History()
    try:
        with git.Repo(top) as repository:
            repository.git.update_environment(**SAFE)
            if not repository.head.is_valid():
                return History(top)
            shallow = repository.git.rev_parse("--is-shallow-repository") == "true"
            return _read(repository, top, shallow)
    except git.GitCommandError as error:
        raise ZcfError(f"git 不能读取 {top} 的历史：{str(error.stderr).strip()[:200]}", hint="用 git status 查看仓库是否损坏") from error


def _read(repository: git.Repo, top: Path, shallow: bool) -> History:
    moments: dict[str, list[Moment]] = {}
    touched: dict[str, str] = {}
    for commit, day, mode, blob, name in _entries(repository):
        place = PLACE.fullmatch(name)
        if place is None:
            continue
        touched[place[1]] = max(day, touched.get(place[1], ""))
        if name == place[1] + PLAN and mode in PLAIN:
            found = _told(repository, blob)
            if found is not None:
                key, catalogue, stage, publish = found
                versions = moments.setdefault(key, [])
                last = next((one for one in reversed(versions) if one.catalogue == catalogue), None)
                if last is None or last.stage != stage:
                    versions.append(Moment(len(versions) + 1, commit, day, stage, publish, catalogue, place[1]))
    return History(top, {key: tuple(found) for key, found in moments.items()}, touched, shallow)


def _entries(repository: git.Repo) -> Iterator[tuple[str, str, str, str, str]]:
    """Commit, day, and mode, blob and path of each file under a plans/ folder that it changed, oldest commit first."""
    told = repository.git.log(
        "-z",
        "--first-parent",
        "--reverse",
        "--raw",
        "--no-abbrev",
        "--no-renames",
        "--format=%x01%H %cs",
        "HEAD",
        "--",
        ":(glob)**/plans/**",
    )
    commit = day = mode = blob = ""
    for piece in told.split("\0"):
        part = piece.lstrip("\n")
        if part.startswith("\x01"):
            head, _, part = part[1:].partition("\n")
            commit, _, day = head.strip().partition(" ")
            part = part.lstrip("\n")
        if entry := ENTRY.fullmatch(part):
            mode, blob = entry[1], entry[2]
        elif part and blob:
            yield commit, day, mode, blob, part
            blob = ""


def _told(repository: git.Repo, blob: str) -> tuple[str, str, str, bool] | None:
    """Identity, catalogue, stage and consent as the front matter has them at its own indents; None for what is no plan."""
    stream = repository.odb.stream(bytes.fromhex(blob))
    if stream.size > LARGEST:
        return None
    front = FRONT.match(stream.read())
    head = front[1] if front else b""
    uscc, catalogue, stage = USCC.search(head), CATALOGUE.search(head), STAGE.search(head)
    if uscc is None or catalogue is None or stage is None:
        return None
    site = SITE.search(head)
    name = site[1].decode("utf-8", "replace").strip().strip("\"'") if site else ""
    key = identity(uscc[1].decode(), None if name in ("", "null", "~") else name)
    return key, catalogue[1].decode(), stage[1].decode(), bool(PUBLISH.search(head))
