"""What a pre-receive hook asks: each pushed branch reviewed against the protected one, inside git's quarantine, before anything is kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import git

from zcfdocs.errors import ZcfError
from zcfdocs.reviewing import model
from zcfdocs.reviewing.asking import asked_of, owners
from zcfdocs.reviewing.people.roles import plain, roles
from zcfdocs.reviewing.review import review
from zcfdocs.reviewing.sides.changes import Between, Layout, full, merge_base, opened

LINE = re.compile(r"([0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{40}|[0-9a-f]{64}) (refs/\S+)")
BRANCH, TAG = "refs/heads/", "refs/tags/"
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


def rulings(top: Path, found: Sequence[Push], who: str | None, signed: bool) -> Iterator[Ruling]:
    """The protected branch is the one HEAD names."""
    tags = [push.new for push in found if push.ref.startswith(TAG) and not push.goes]
    with opened(top) as repository:
        protected = _protected(repository)
        for push in found:
            try:
                refused = _refused(repository, top, protected, push, who)
                between = _between(repository, top, protected, push) if not refused and not push.goes else None
            except ZcfError as error:
                yield Ruling(push.ref, error.message)
                continue
            if between is None:
                yield Ruling(push.ref, refused)
                continue
            asked = asked_of(between, Layout(""), who, signed, onto_protected=push.ref == protected, tags=tags)
            yield Ruling(push.ref, review=review(asked).review)


def _protected(repository: git.Repo) -> str:
    try:
        return str(repository.git.symbolic_ref("HEAD"))
    except git.GitCommandError as error:
        raise ZcfError(
            "服务器上的 HEAD 没有指向分支，不知道哪个分支受保护", hint="请管理员运行 git symbolic-ref HEAD refs/heads/main"
        ) from error


def _refused(repository: git.Repo, top: Path, protected: str, push: Push, who: str | None) -> str:
    """What no review can allow; `refs/replace/` and the like would change what git shows."""
    name = short(push.ref)
    if not push.ref.startswith((BRANCH, TAG)):
        return f"只接受分支和标签，不接受 {push.ref[:80]}"
    if push.ref == protected and push.goes:
        return f"不能删除受保护的分支 {name}"
    rewrites = push.goes or not (push.comes or _is_ancestor(repository, push.old, push.new))
    if push.ref == protected and rewrites:
        return f"{name} 是受保护的分支，不能改写历史；先取回最新的再推送"
    if push.ref == protected and not push.comes and not _is_bureau(repository, top, push.old, who):
        return f"{who} 不是主管部门，不能直接改受保护的分支；推送到自己的分支，由主管部门审核后合并"
    if rewrites and push.ref.startswith(TAG):
        return f"标签 {name} 已经有了，不能删除或改到别处"
    if rewrites and not _may_rewrite(repository, top, protected, name, who):
        return f"{name} 不是 {who} 的分支，不能删除或改写；自己的分支以“{plain(who or '')}/”开头"
    return ""


def _is_bureau(repository: git.Repo, top: Path, commit: str, who: str | None) -> bool:
    """Whether somebody is the city or the bureau of any district; where nobody owns anything that cannot be told, and holds nobody back."""
    known = owners(top, full(repository, commit))
    if who is None or not known.exist:
        return True
    listed = repository.git.ls_tree("-d", "-z", "--name-only", "--full-tree", commit, "--", "plans/").split("\0")
    folders = ["indicators", *(f"{district}/any" for district in listed if district)]
    return any(roles(known, who, "", folder).is_bureau for folder in folders)


def _may_rewrite(repository: git.Repo, top: Path, protected: str, name: str, who: str | None) -> bool:
    """One's own branches begin with one's name; the city tidies all."""
    if who is None or plain(name).startswith(f"{plain(who)}/"):
        return True
    try:
        known = owners(top, full(repository, protected))
    except ZcfError:
        return True  # there is nothing yet
    return "city" in roles(known, who, "", "indicators").roles


def _between(repository: git.Repo, top: Path, protected: str, push: Push) -> Between | None:
    """What the push adds to the protected branch; None for the first push of all, which there is nothing to hold against."""
    head = full(repository, push.new)
    if push.ref == protected:
        return None if push.comes else Between(top, full(repository, push.old), head, False, full(repository, push.old))
    try:
        trusted = full(repository, protected)
    except ZcfError:
        return None
    return Between(top, merge_base(repository, trusted, head, False), head, False, trusted)


def _is_ancestor(repository: git.Repo, old: str, new: str) -> bool:
    try:
        repository.git.merge_base("--is-ancestor", old, new)
    except git.GitCommandError:
        return False
    return True


def short(ref: str) -> str:
    return ref.removeprefix(BRANCH).removeprefix("refs/")
