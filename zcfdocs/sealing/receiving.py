"""A verified package becomes a commit on its own branch, `in/<uscc>`, for review; the work tree and every other branch stay as they are."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import git

from zcfdocs.errors import ZcfError
from zcfdocs.provenance import SAFE
from zcfdocs.reviews import NAME as REVIEW
from zcfdocs.sealing.rebuild import PLAN, PLANS, name_of, place_of, uscc_of
from zcfdocs.snapshot import Blob, listing, read

USCC = re.compile(r"[0-9A-Z]{18}")
PLACE = re.compile(r"[a-z0-9-]{1,80}")
WHO = {"NAME": "zcfdocs receive", "EMAIL": "receive@zcfdocs.invalid"}
ZERO = "0" * 40


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a package brings: the factory's files by their paths in its plan folder, and what is told of where they come from."""

    uscc: str
    name: str
    district: str
    slug: str
    files: Mapping[str, Path]
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Received:
    """The branch, its commit, the plan's folder, and whether anything differs from what the branch held before."""

    branch: str
    commit: str
    folder: str
    changed: bool


def receive(delivery: Delivery, top: Path) -> Received:
    """Commit the plan. Raises ZcfError before anything is written where it has no place here."""
    if not USCC.fullmatch(delivery.uscc):
        raise ZcfError(f"统一社会信用代码“{delivery.uscc[:40]}”不合规，不能接收", hint="退回企业更正")
    if not (PLACE.fullmatch(delivery.district) and PLACE.fullmatch(delivery.slug)):
        raise ZcfError(f"方案文件夹“{delivery.district[:40]}/{delivery.slug[:40]}”不合规，不能接收", hint="退回企业更正")
    try:
        repository = git.Repo(top, search_parent_directories=True)
    except (git.InvalidGitRepositoryError, git.NoSuchPathError) as error:
        raise ZcfError(f"{top} 不是 git 仓库", hint="在方案仓库里接收") from error
    with repository:
        repository.git.update_environment(**SAFE)
        if not repository.head.is_valid():
            raise ZcfError("仓库还没有提交，不能接收", hint="先提交一次，例如放入 indicators/ 和 README")
        branch = f"in/{delivery.uscc}"
        if any(head.name == "in" for head in repository.heads):
            raise ZcfError("仓库有名为 in 的分支，不能再有 in/ 下的分支", hint="给分支 in 改名：git branch -m in 新名称")
        before = _tip(repository, branch)
        parent = before or repository.head.commit.hexsha
        folder, known = _folder(Path(str(repository.working_tree_dir or repository.git_dir)), parent, delivery)
        tree = _tree(repository, parent, folder, known, delivery)
        if before and tree == repository.git.rev_parse(f"{before}^{{tree}}"):
            return Received(branch, before, folder, False)
        commit = _commit(repository, tree, parent, delivery)
        try:
            repository.git.update_ref("-m", "zcfdocs receive", f"refs/heads/{branch}", commit, before or ZERO)
        except git.GitCommandError as error:
            raise ZcfError(f"不能更新分支 {branch}：另有人同时接收，或仓库被占用", hint="稍后再接收一次") from error
        return Received(branch, commit, folder, True)


def _tip(repository: git.Repo, branch: str) -> str | None:
    found = [head.commit.hexsha for head in repository.heads if head.name == branch]
    return found[0] if found else None


def _folder(top: Path, parent: str, delivery: Delivery) -> tuple[str, Mapping[str, Blob]]:
    """Where this factory's plan stands already, else its district's folder; what lies there now."""
    blobs = listing(top, parent)
    plans = {name: blob for name, blob in blobs.items() if name.endswith(f"/{PLAN}") and blob.is_plain}
    folder = place_of(top, plans, delivery.uscc) or f"{PLANS}/{delivery.district}/{delivery.slug}"
    inside = {name: blob for name, blob in blobs.items() if name.startswith(f"{folder}/")}
    if f"{folder}/{PLAN}" in inside:
        held = read(top, inside[f"{folder}/{PLAN}"])
        if uscc_of(held) != delivery.uscc:
            raise ZcfError(f"{folder} 已是另一家企业的方案", hint="请企业换一个文件夹名称再打包")
        if (name := name_of(held)) != delivery.name:
            told = f"仓库里 {delivery.uscc} 是“{name}”，申报包却是“{delivery.name}”"
            raise ZcfError(f"{told}，不能接收", hint="查明是企业更名还是冒用；确是更名的，先在仓库里改企业名称")
    return folder, inside


def _tree(repository: git.Repo, parent: str, folder: str, known: Mapping[str, Blob], delivery: Delivery) -> str:
    """The parent's tree with this folder's files exchanged; the bureau's review.yaml stays."""
    with (
        tempfile.TemporaryDirectory(prefix="zcf-index-") as room,
        repository.git.custom_environment(GIT_INDEX_FILE=str(Path(room) / "index")),
    ):
        repository.git.read_tree(parent)
        gone = [name for name in known if name != f"{folder}/{REVIEW}"]
        lines = [f"0 {ZERO}\t{name}" for name in gone]
        for name, path in sorted(delivery.files.items()):
            with path.open("rb") as file:
                sha = repository.git.hash_object("-w", "--no-filters", "--stdin", istream=file)
            lines.append(f"100644 {sha}\t{folder}/{name}")
        with _piped("".join(f"{line}\0" for line in lines)) as told:
            repository.git.update_index("-z", "--index-info", istream=told)
        return str(repository.git.write_tree())


@contextmanager
def _piped(text: str) -> Iterator[BinaryIO]:
    """A real file: GitPython hands its descriptor to the child."""
    with tempfile.TemporaryFile(prefix="zcf-told-") as file:
        file.write(text.encode())
        file.seek(0)
        yield file


def _commit(repository: git.Repo, tree: str, parent: str, delivery: Delivery) -> str:
    message = "\n".join((f"接收申报包：{' '.join(delivery.name.split())[:80]}", "", *delivery.told))
    who = {f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER") for part, value in WHO.items()}
    with repository.git.custom_environment(**who), _piped(message) as told:
        return str(repository.git.commit_tree(tree, "-p", parent, istream=told))
