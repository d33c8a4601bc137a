"""What a pass over a repository's history found, kept in the cache as of a commit; whatever does not fit is as good as not kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from zcfdocs import __version__
from zcfdocs.store import Store, write_whole

# What a version is, and how a plan's text is read, is decided in these.
DECIDING: tuple[str, ...] = ("history/moments.py", "history/glance.py", "history/walk.py", "history/recall.py", "snapshot.py")
DECIDING += ("reading.py", "tree.py", "fields.py")
NAME = "history.json"


@dataclass(frozen=True, slots=True)
class Kept:
    """As of a commit: rows of moments by identity, days by folder, identity and catalogue by folder.

    `waiting` are the folders whose plan is another's: identity, and what it says.
    """

    commit: str
    moments: Mapping[str, Any]
    touched: Mapping[str, str]
    claims: Mapping[str, Any]
    waiting: Mapping[str, Any]


def recall(store: Store, prefix: str) -> Kept | None:
    """None where nothing is known of this folder, or the file is damaged or of another version of the tool."""
    try:
        mark, _, text = _place(store).read_bytes().partition(b"\n")
        if mark.decode() != hashlib.sha256(text).hexdigest():
            return None
        found = json.loads(text)
        return Kept(*found["kept"]) if (found["maker"], found["prefix"]) == (_maker(), prefix) else None
    except (OSError, ValueError, LookupError, TypeError):
        return None


def record(store: Store, prefix: str, kept: Kept) -> None:
    whole = {"maker": _maker(), "prefix": prefix, "kept": (kept.commit, kept.moments, kept.touched, kept.claims, kept.waiting)}
    text = json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()
    write_whole(_place(store), hashlib.sha256(text).hexdigest().encode() + b"\n" + text)


def _place(store: Store) -> Path:
    return store.root / "last" / NAME


@cache
def _maker() -> str:
    here = Path(__file__).parent.parent
    return __version__ + hashlib.sha256(b"".join(hashlib.sha256((here / name).read_bytes()).digest() for name in DECIDING)).hexdigest()
