"""Two commits of a repository and the files that differ between them, told by git objects alone (git-and-web 3.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import git

from zcfdocs.errors import ZcfError
from zcfdocs.history.walk import each_plan
from zcfdocs.provenance import SAFE

PLACE = re.compile(r"([a-z0-9-]+/[a-z0-9-]+)/(.+)", re.DOTALL)
EMPTY = {
    40: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    64: "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}  # the tree without files
PLAIN, LINK, MODULE, GONE = ("100644", "100755"), "120000", "160000", "000000"


@dataclass(frozen=True, slots=True)
class Between:
    """A range as asked for: both commits as full hashes, the repository, and whether the clone lacks commits.

    `trusted` is the base that was named: who owns what, who may sign and the catalogues are read there, and not where a head that
    chose its own starting point left the base.
    """

    top: Path
    base: str
    head: str
    shallow: bool
    trusted: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A path that differs; modes and blobs of both sides, GONE and zeros where it is not there."""

    path: str
    modes: tuple[str, str]
    blobs: tuple[str, str]

    @property
    def is_gone(self) -> bool:
        return self.modes[1] == GONE


@dataclass(frozen=True, slots=True)
class Layout:
    """Where plans and catalogues lie in the repository: below `root`, "" or a folder with its slash."""

    root: str

    @property
    def plans(self) -> str:
        return f"{self.root}plans/"

    @property
    def indicators(self) -> str:
        return f"{self.root}indicators/"

    def folder_of(self, path: str) -> str | None:
        """The folder plans/<district>/<slug> a path lies in."""
        place = PLACE.fullmatch(path.removeprefix(self.plans)) if path.startswith(self.plans) else None
        return f"{self.plans}{place[1]}" if place else None


def opened(top: Path) -> git.Repo:
    """Raises ZcfError where there is no repository or no git."""
    try:
        repository = git.Repo(top, search_parent_directories=True)
    except (git.InvalidGitRepositoryError, git.NoSuchPathError) as error:
        raise ZcfError(f"{top} 不是 git 仓库", hint="在方案仓库里运行，或用 --repo 指定") from error
    except git.GitCommandNotFound as error:
        raise ZcfError("找不到 git", hint="Debian/Ubuntu：sudo apt-get install git") from error
    repository.git.update_environment(**SAFE)
    return repository


def between(top: Path, asked: str) -> Between:
    """`BASE..HEAD`, or `BASE...HEAD` from their merge base. Raises ZcfError where a side is no commit, or they have nothing in common."""
    dots = "..." if "..." in asked else ".."
    names = asked.split(dots)
    if len(names) != 2 or not all(names) or len(asked) > 500:
        raise ZcfError(f"“{asked[:80]}”不是提交范围", hint="写成 基准..改动，如 main..work；三个点从两者的共同祖先起，如 main...work")
    with opened(top) as repository:
        base, head = (full(repository, name) for name in names)
        shallow = repository.git.rev_parse("--is-shallow-repository") == "true"
        start = merge_base(repository, base, head, shallow) if dots == "..." else base
        return Between(Path(str(repository.working_tree_dir or repository.git_dir)).resolve(), start, head, shallow, base)


def full(repository: git.Repo, name: str) -> str:
    """The full hash of a commit that a person named."""
    try:
        return str(repository.git.rev_parse("--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"))
    except git.GitCommandError as error:
        raise ZcfError(f"仓库里没有提交 {name[:80]}", hint="检查名称；浅克隆请先取回完整历史：git fetch --unshallow") from error


def merge_base(repository: git.Repo, base: str, head: str, shallow: bool) -> str:
    try:
        return str(repository.git.merge_base(base, head)).split("\n")[0]
    except git.GitCommandError as error:
        hint = "这是浅克隆，先取回完整历史：git fetch --unshallow" if shallow else "用两个点（BASE..HEAD）比较两次提交"
        raise ZcfError(f"{base[:12]} 与 {head[:12]} 没有共同的祖先", hint=hint) from error


def changed(repository: git.Repo, base: str, head: str, below: Sequence[str] = ()) -> list[Changed]:
    """Every path that differs, in git's order; renames are told as a removal and an addition."""
    told = repository.git.diff_tree("-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--no-ext-diff", base, head, "--", *below)
    return list(_entries(told.split("\0")))


def _entries(pieces: Sequence[str]) -> Iterator[Changed]:
    for entry, path in zip(pieces[::2], pieces[1::2], strict=False):
        before, after, old, new, _ = entry.removeprefix(":").split(" ")
        yield Changed(path, (before, after), (old, new))


def plan_texts(repository: git.Repo, commit: str, layout: Layout) -> list[Changed]:
    """Every plan.md of a commit, whatever it is: what the tree without files lacks."""
    found = changed(repository, EMPTY[len(commit)], commit, (each_plan(layout.plans),))
    return [change for change in found if (folder := layout.folder_of(change.path)) is not None and change.path == f"{folder}/plan.md"]


def visible(path: str) -> str:
    """A path as people may see it: what is not plainly printable is written as its code, what is too long is cut."""
    shown = "".join(character if character.isprintable() else f"\\u{ord(character):04x}" for character in path[:500])
    return shown if len(path) <= 500 else f"{shown}…"


def by_folder(found: Sequence[Changed], layout: Layout) -> Mapping[str, list[Changed]]:
    """Changes within each plan's folder; those elsewhere under ""."""
    folders: dict[str, list[Changed]] = {}
    for change in found:
        folders.setdefault(layout.folder_of(change.path) or "", []).append(change)
    return folders
