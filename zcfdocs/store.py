"""Copies kept by the digest of everything they were made from, and folders exchanged whole."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

DIGESTS = "digests.json"


@dataclass(frozen=True, slots=True)
class Store:
    """`.zcf-cache/`: one folder a key, whose files are what was put there or count as absent."""

    root: Path

    def folder(self, key: str) -> Path:
        return self.root / "copies" / key[:2] / key

    def digests(self, key: str) -> dict[str, str]:
        """File name → sha256 of what was kept; empty where nothing is known or the note is damaged."""
        return _noted(self.folder(key) / DIGESTS)

    def has(self, key: str, names: Iterable[str]) -> bool:
        """Whether every file is there as it was kept: one that was cut off or changed is made again."""
        known, folder = self.digests(key), self.folder(key)
        return all(name in known and sha256(folder / name) == known[name] for name in names)

    @contextmanager
    def room(self) -> Iterator[Path]:
        """A folder for files that are being made; what is left in it goes with it."""
        self.root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="room-", dir=self.root) as folder:
            yield Path(folder)

    def keep(self, key: str, room: Path) -> None:
        """Move finished files in beside those already kept; the note comes last, so that a file without it is none."""
        folder = self.folder(key)
        folder.mkdir(parents=True, exist_ok=True)
        known = self.digests(key)
        for path in sorted(room.iterdir()):
            path.chmod(0o644)
            known[path.name] = sha256(path) or ""
            os.replace(path, folder / path.name)
        write_whole(folder / DIGESTS, json.dumps(known, ensure_ascii=False, indent=1).encode())

    def remembered(self, name: str) -> dict[str, str]:
        """The parts of the key something was last built from; empty where nothing is known or the note is damaged."""
        return _noted(self.root / "last" / f"{name}.json")

    def remember(self, name: str, parts: Mapping[str, str]) -> None:
        write_whole(self.root / "last" / f"{name}.json", json.dumps(parts, ensure_ascii=False, indent=1).encode())

    def forget_copies(self, keep: set[str]) -> None:
        """Drop copies of older inputs once there are many; what is dropped is only made again."""
        folders = [path for path in (self.root / "copies").glob("*/*") if path.name not in keep]
        folders.sort(key=lambda path: path.stat().st_mtime)
        for path in folders[: max(0, len(folders) - 200)]:
            shutil.rmtree(path, ignore_errors=True)


def _noted(path: Path) -> dict[str, str]:
    try:
        noted = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in noted.items()} if isinstance(noted, dict) else {}


def sha256(path: Path) -> str | None:
    """Of a plain file; None where there is none."""
    try:
        with open(path, "rb", opener=_unlinked) as file:  # Path.open takes no opener
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def _unlinked(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0))


def key_of(parts: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def write_whole(path: Path, data: bytes) -> None:
    """The whole file or none of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".zcf-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def replace_folder(new: Path, final: Path) -> bool:
    """Put a finished folder in its place, the old one aside and away; False where both hold the same bytes."""
    if final.is_dir() and not final.is_symlink() and same_folder(new, final):
        shutil.rmtree(new)
        return False
    final.parent.mkdir(parents=True, exist_ok=True)
    old = final.with_name(f".{final.name}.old")
    if old.exists():
        shutil.rmtree(old)
    if final.is_symlink() or final.is_file():
        final.unlink()
    elif final.exists():
        os.rename(final, old)
    os.rename(new, final)
    shutil.rmtree(old, ignore_errors=True)
    return True


def same_folder(one: Path, other: Path) -> bool:
    first, second = dict(_files(one)), dict(_files(other))
    return first.keys() == second.keys() and all(_same(first[name], second[name]) for name in first)


def _files(root: Path) -> Iterator[tuple[str, Path]]:
    for path in root.rglob("*"):
        if path.is_file() or path.is_symlink():
            yield path.relative_to(root).as_posix(), path


def _same(one: Path, other: Path) -> bool:
    return not other.is_symlink() and one.stat().st_size == other.stat().st_size and one.read_bytes() == other.read_bytes()


def write_tree(root: Path, files: Mapping[str, bytes]) -> None:
    """A new folder with these files; `root` must not hold anything else."""
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
