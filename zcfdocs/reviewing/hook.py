"""What a pre-receive hook asks: each pushed branch reviewed against the protected one, inside git's quarantine, before anything is kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import git

from zcfdocs.errors import ZcfError
from zcfdocs.reviewing import model
from zcfdocs.reviewing.asking import asked_of
from zcfdocs.reviewing.review import review
from zcfdocs.reviewing.sides.changes import Between, Layout, full, opened

LINE = re.compile(r"([0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{40}|[0-9a-f]{64}) (refs/\S+)")
BRANCH = "refs/heads/"
MOST = 50  # refs of one push


@dataclass(frozen=True, slots=True)
class Push:
    """One ref as git tells of it: old and new are full hashes, zeros where it comes or goes."""

    old: str
    new: str
    ref: str

    @property
    def comes(self) -> bool:
        return not self.old.strip("0")

    @property
    def goes(self) -> bool:
        return not self.new.strip("0")


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is said of one ref: `refused` for reasons of its own, or by its review."""

    ref: str
    refused: str = ""
    review: model.Review | None = None

    @property
    def holds(self) -> bool:
        return not self.refused and not (self.review is not None and self.review.blocking)


def pushes(lines: Iterable[str]) -> list[Push]:
    """Lines `old new ref` of standard input; anything else is an error, since nothing may pass unread."""
    found = []
    for line in lines:
        match = LINE.fullmatch(line.rstrip("\n"))
        if match is None:
            raise ZcfError(f"推送的格式不认识：{line[:80]!r}", hint="由 git 的 pre-receive 调用，不直接运行")
        found.append(Push(match[1], match[2], match[3]))
    if len(found) > MOST:
        raise ZcfError(f"一次推送 {len(found)} 个引用，超过 {MOST}", hint="分几次推送")
    return found


def rulings(top: Path, found: Iterable[Push], who: str | None, signed: bool) -> Iterator[Ruling]:
    """The protected branch is the one HEAD names."""
    with opened(top) as repository:
        protected = str(repository.git.symbolic_ref("HEAD"))
        for push in found:
            yield _ruling(repository, top, protected, push, who, signed)


def _ruling(repository: git.Repo, top: Path, protected: str, push: Push, who: str | None, signed: bool) -> Ruling:
    if push.goes:
        return Ruling(push.ref, f"不能删除受保护的分支 {short(push.ref)}" if push.ref == protected else "")
    if not push.ref.startswith(BRANCH):
        return Ruling(push.ref)
    head = full(repository, push.new)
    if push.ref == protected:
        if push.comes:
            return Ruling(push.ref)  # the first push of all: there is nothing to hold it against
        base = trusted = full(repository, push.old)
        if not _is_ancestor(repository, base, head):
            return Ruling(push.ref, f"{short(push.ref)} 是受保护的分支，不能改写历史；先取回最新的再推送")
    else:
        try:
            trusted = full(repository, protected)
        except ZcfError:
            return Ruling(push.ref)
        try:
            base = str(repository.git.merge_base(trusted, head)).split("\n")[0]
        except git.GitCommandError:
            return Ruling(push.ref, f"{short(push.ref)} 与 {short(protected)} 没有共同的历史")
    asked = asked_of(Between(top, base, head, False, trusted), Layout(""), who, signed, onto_protected=push.ref == protected)
    return Ruling(push.ref, review=review(asked).review)


def _is_ancestor(repository: git.Repo, old: str, new: str) -> bool:
    try:
        repository.git.merge_base("--is-ancestor", old, new)
    except git.GitCommandError:
        return False
    return True


def short(ref: str) -> str:
    return ref.removeprefix(BRANCH)
