"""Which commit a plan's text comes from: one pass over the history for all plans, and what differs from it now."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")  # without git, what needs no history still works
import git  # GitPython looks for git when it is imported

from zcfdocs.errors import ZcfError
from zcfdocs.reviews import NAME as REVIEW
from zcfdocs.scorecard import Origin

# A repository's own configuration may name programs to run; none is run for us, and nothing is fetched (git-and-web 3.4).
# An object is what its hash says: neither refs/replace nor info/grafts put another in its place.
SAFE = {
    "GIT_CONFIG_COUNT": "2",
    "GIT_CONFIG_KEY_0": "core.fsmonitor",
    "GIT_CONFIG_VALUE_0": "false",
    "GIT_CONFIG_KEY_1": "core.hooksPath",
    "GIT_CONFIG_VALUE_1": os.devnull,
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": f"{os.devnull}/none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
}
# What `git log` tells of changed files, whatever log.* and diff.* of the configuration say.
STEADY = ("-z", "--no-show-signature", "--root", "--no-follow", "--no-renames", f"-O{os.devnull}")
NOWHERE = Origin()


def origins(folders: Mapping[Path, Iterable[Path]]) -> dict[Path, Origin]:
    """For each plan folder the newest commit that touched it or one of its catalogue files (spec 3).

    `folders` maps a plan's folder to the catalogue and factor files it reads. Outside a repository, or before the first
    commit, the commit is None.
    """
    found = dict.fromkeys(folders, NOWHERE)
    repositories: dict[Path, list[Path]] = {}
    for folder in folders:
        top = top_of(folder)
        if top is not None:
            repositories.setdefault(top, []).append(folder)
    for top, inside in repositories.items():
        try:
            found |= _within(top, {folder: folders[folder] for folder in inside})
        except git.GitCommandNotFound as error:
            raise ZcfError("找不到 git，无法得知方案出自哪次提交", hint="Debian/Ubuntu：sudo apt-get install git") from error
        except git.GitCommandError as error:
            raise ZcfError(
                f"git 不能读取 {top} 的历史：{str(error.stderr).strip()[:200]}", hint="用 git status 查看仓库是否损坏"
            ) from error
    return found


def top_of(folder: Path) -> Path | None:
    """The root of the work tree a folder lies in."""
    try:
        with git.Repo(folder, search_parent_directories=True) as repository:
            return Path(repository.working_tree_dir).resolve() if repository.working_tree_dir else None
    except (git.InvalidGitRepositoryError, git.NoSuchPathError, git.GitCommandNotFound):
        return None


def _within(top: Path, folders: Mapping[Path, Iterable[Path]]) -> dict[Path, Origin]:
    with git.Repo(top) as repository:
        repository.git.update_environment(**SAFE)
        if not repository.git.rev_parse("--verify", "--quiet", "HEAD", with_exceptions=False):
            return dict.fromkeys(folders, Origin(None, True))
        read: dict[Path, set[str]] = {}
        for folder, files in folders.items():
            names = (_inside(path, top) for path in files)
            read[folder] = {name for name in names if name}
        prefixes = {folder: f"{_inside(folder, top)}/" for folder in folders}
        wanted = sorted(set(prefixes.values()) | {name for names in read.values() for name in names})
        dirty = _dirty(repository, top, wanted)
        newest = _newest(repository, prefixes, read, wanted)
    return {
        folder: Origin(
            newest.get(folder), any(_is_of(name, prefixes[folder]) or name in read[folder] for name in dirty) or folder not in newest
        )
        for folder in folders
    }


def _is_of(name: str, prefix: str) -> bool:
    """Whether a file is the plan's: the bureau's own file beside it is not, and leaves no trace in the factory's copies."""
    return name.startswith(prefix) and name != f"{prefix}{REVIEW}"


def _inside(path: Path, top: Path) -> str:
    try:
        return path.resolve().relative_to(top).as_posix()
    except ValueError:
        return ""


def _dirty(repository: git.Repo, top: Path, wanted: list[str]) -> set[str]:
    """Files that differ from HEAD, compared by their own bytes: `git status` would run the repository's filters."""
    listed = repository.git.ls_tree("-r", "-z", "--full-tree", "HEAD", "--", *(name.rstrip("/") for name in wanted))
    known = {name: head.split()[2] for head, _, name in (entry.partition("\t") for entry in listed.split("\0") if entry)}
    changed = {name for name, blob in known.items() if not _same(top / name, blob)}
    others = repository.git.ls_files("--others", "--exclude-standard", "-z", "--", *wanted)
    return changed | {name for name in others.split("\0") if name}


def _same(path: Path, blob: str) -> bool:
    """Whether the file is the blob, its line ends as git keeps them or as Windows writes them."""
    try:
        data = path.read_bytes()
    except OSError:
        return False
    make = hashlib.sha256 if len(blob) == 64 else hashlib.sha1
    return any(make(b"blob %d\0" % len(text) + text).hexdigest() == blob for text in (data, data.replace(b"\r\n", b"\n")))


def _newest(repository: git.Repo, prefixes: Mapping[Path, str], read: Mapping[Path, set[str]], wanted: list[str]) -> dict[Path, str]:
    """Walk the history from HEAD until every folder's newest commit is known."""
    missing, found = dict(prefixes), {}
    process = repository.git.log(*STEADY, "--format=%x01%H", "--name-only", "--no-merges", "HEAD", "--", *wanted, as_process=True)
    commit = ""
    buffer = b""
    while missing and (chunk := process.proc.stdout.read(65536)):
        *entries, buffer = (buffer + chunk).split(b"\0")
        for entry in entries:
            name = entry.decode("utf-8", "surrogateescape").lstrip("\n")
            if name.startswith("\x01"):
                commit, _, name = name[1:].partition("\n")
            for folder in [folder for folder, prefix in missing.items() if _is_of(name, prefix) or name in read[folder]]:
                found[folder] = commit
                del missing[folder]
    process.proc.stdout.close()
    process.proc.terminate()
    process.proc.wait()
    return found
