"""Evidence files as they lie in the plan's folder, and whether a named one counts on a given day."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from zcfdocs.plan import EvidenceItem, Plan

# First bytes of the kinds of file a bureau can open.
MAGIC: dict[str, tuple[bytes, ...]] = {
    ".pdf": (b"%PDF-",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".docx": (b"PK\x03\x04",),
    ".xlsx": (b"PK\x03\x04",),
    ".doc": (b"\xd0\xcf\x11\xe0",),
    ".xls": (b"\xd0\xcf\x11\xe0",),
    ".ofd": (b"PK\x03\x04",),
}
SAFE_NAME = re.compile(r"[\w\-.（）()·“”、 +&]+")
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")


@dataclass(frozen=True, slots=True)
class FileFact:
    """One named file: `state` is ok or why it cannot count."""

    path: str
    state: str  # ok | unsafe | missing | link | irregular | empty | type | unlike
    size: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """The plan's evidence list beside the facts of its files.

    `proofs` names the proof of publication where it holds a capture record: with why the record does not hold, "" where it does.
    """

    items: Mapping[str, EvidenceItem]
    facts: Mapping[str, FileFact]
    unnamed: tuple[str, ...] = ()
    proofs: Mapping[str, str] = field(default_factory=dict)

    def state(self, key: str, on: date) -> str:
        """ok, unknown (no such id), a file's state, early (not yet issued) or expired."""
        item = self.items.get(key)
        if item is None:
            return "unknown"
        if self.facts[key].state != "ok":
            return self.facts[key].state
        if item.issued is not None and item.issued > on:
            return "early"
        if item.expires is not None and item.expires < on:
            return "expired"
        return "ok"

    def valid(self, keys: Iterable[str], on: date) -> tuple[str, ...]:
        return tuple(key for key in keys if self.state(key, on) == "ok")

    def supports(self, keys: Iterable[str], on: date) -> bool:
        """At least one of the named files exists and is valid that day (spec 2)."""
        return any(self.state(key, on) == "ok" for key in keys)


def is_safe(name: str) -> bool:
    """A relative path of plain names that means the same on every system and stays in the folder."""
    if not name or len(name) > 200 or "\\" in name or ":" in name or "%" in name:
        return False
    return all(
        SAFE_NAME.fullmatch(part) and not RESERVED.fullmatch(part) and part[0] not in ". " and part[-1] not in ". "
        for part in name.split("/")
    )


class _Folder:
    """A plan's folder, looked into without following a link; each folder below it is looked at once."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.known: dict[str, str] = {"": "ok"}

    def state(self, inside: str) -> str:
        """ok, missing or link: whether the way to a folder below this one is plain."""
        if inside not in self.known:
            above = self.state(inside.rpartition("/")[0])
            self.known[inside] = above if above != "ok" else _kind(f"{self.path}/{inside}")[0]
        return self.known[inside]

    def look_at(self, name: str) -> FileFact:
        if not is_safe(name):
            return FileFact(name, "unsafe")
        way = self.state(name.rpartition("/")[0])
        state, seen = _kind(f"{self.path}/{name}") if way == "ok" else (way, None)
        if seen is None or state != "ok":
            return FileFact(name, state)
        if not stat.S_ISREG(seen.st_mode):
            return FileFact(name, "irregular")
        if seen.st_size == 0:
            return FileFact(name, "empty")
        magic = MAGIC.get(f".{name.rpartition('.')[2].lower()}")
        if magic is None:
            return FileFact(name, "type", seen.st_size)
        try:
            alike = _head(f"{self.path}/{name}").startswith(magic)
        except OSError:
            return FileFact(name, "missing")
        return FileFact(name, "ok" if alike else "unlike", seen.st_size)


def _kind(path: str) -> tuple[str, os.stat_result | None]:
    try:
        seen = os.lstat(path)
    except OSError:
        return "missing", None
    return ("link", seen) if stat.S_ISLNK(seen.st_mode) else ("ok", seen)


def _head(path: str) -> bytes:
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0))
    try:
        return os.read(handle, 8)
    finally:
        os.close(handle)


def survey(plan: Plan, folder: Path) -> Evidence:
    """Look at every named file, and list those under `evidence/` that nobody names."""
    items: dict[str, EvidenceItem] = {}
    facts: dict[str, FileFact] = {}
    root = str(folder)
    place = _Folder(root)
    for item in plan.evidence:
        if item.id not in items:
            items[item.id], facts[item.id] = item, place.look_at(item.file)
    named = {item.file for item in plan.evidence}
    return Evidence(items, facts, tuple(name for name in _present(root) if name not in named))


def _present(root: str) -> list[str]:
    found = []
    for folder, folders, names in os.walk(f"{root}/evidence", followlinks=False):
        folders.sort()
        inside = folder[len(root) + 1 :].replace(os.sep, "/")
        found += [f"{inside}/{name}" for name in sorted(names) if not name.startswith(".")]
    return found
