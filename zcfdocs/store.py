"""Copies kept by the digest of everything they were made from, and folders exchanged whole."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Store:
    """`.zcf-cache/`: one folder a key, complete or absent."""

    root: Path

    def folder(self, key: str) -> Path:
        return self.root / "copies" / key[:2] / key

    def has(self, key: str, names: Iterable[str]) -> bool:
        return all((self.folder(key) / name).is_file() for name in names)

    def put(self, key: str, artifacts: Mapping[str, bytes]) -> None:
        """Write beside, then rename each file: a reader sees a whole file or none."""
        folder = self.folder(key)
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in artifacts.items():
            write_whole(folder / name, data)

    def remembered(self, name: str) -> dict[str, str]:
        """The parts of the key something was last built from; empty where nothing is known or the note is damaged."""
        try:
            noted = json.loads((self.root / "last" / f"{name}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {str(key): str(value) for key, value in noted.items()} if isinstance(noted, dict) else {}

    def remember(self, name: str, parts: Mapping[str, str]) -> None:
        write_whole(self.root / "last" / f"{name}.json", json.dumps(parts, ensure_ascii=False, indent=1).encode())

    def forget_copies(self, keep: set[str]) -> None:
        """Drop copies of older inputs once there are many; what is dropped is only made again."""
        folders = [path for path in (self.root / "copies").glob("*/*") if path.name not in keep]
        folders.sort(key=lambda path: path.stat().st_mtime)
        for path in folders[: max(0, len(folders) - 200)]:
            shutil.rmtree(path, ignore_errors=True)


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
