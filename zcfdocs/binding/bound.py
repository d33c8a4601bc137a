"""The place of every evidence item in the volume, in the plan's order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from zcfdocs.binding.looking import look
from zcfdocs.evidence import Evidence
from zcfdocs.plan import EvidenceItem
from zcfdocs.store import sha256

READ = ("ok", "empty", "type", "unlike")  # states of a plain file, whose checksum can be told whatever is in it
UNREADABLE = {
    "unsafe": "文件路径不合规",
    "missing": "文件不存在",
    "link": "文件是链接，不读",
    "irregular": "不是普通文件",
    "empty": "文件是空的",
    "type": "文件类型不在认可之列",
    "unlike": "内容与扩展名不符",
}


@dataclass(frozen=True, slots=True)
class Bound:
    """An evidence item in the volume: its divider is page `first`, its last page `last`, both counted from 1 after the index.

    `reason` says in Chinese why an item is only listed; it then has no pages, and a checksum where there is a file. An item with the same bytes as an earlier one
    shares its pages: `same_as` is the id of that one. `notes` say what a reader must know of a bound file.
    """

    id: str
    first: int
    last: int
    sha256: str
    reason: str = ""
    same_as: str = ""
    notes: tuple[str, ...] = ()

    @property
    def span(self) -> str:
        """第12—15页 as other documents print it; empty where nothing is bound."""
        if self.reason:
            return ""
        return f"第{self.first}页" if self.first == self.last else f"第{self.first}—{self.last}页"


def paginate(items: Sequence[EvidenceItem], evidence: Evidence, folder: Path) -> tuple[Bound, ...]:
    """Every item in the plan's order, one divider page each before its own pages."""
    found: list[Bound] = []
    seen: dict[str, Bound] = {}
    after = 1
    for key in dict.fromkeys(item.id for item in items):
        bound = _bound(key, evidence, folder, seen, after)
        found.append(bound)
        if not bound.reason and not bound.same_as:
            seen[bound.sha256] = bound
            after = bound.last + 1
    return tuple(found)


def _bound(key: str, evidence: Evidence, folder: Path, seen: dict[str, Bound], first: int) -> Bound:
    fact = evidence.facts.get(key)
    if fact is None:
        return Bound(key, 0, 0, "", UNREADABLE["missing"])
    digest = sha256(folder / fact.path) if fact.state in READ else None
    if fact.state != "ok" or digest is None:
        return Bound(key, 0, 0, digest or "", UNREADABLE.get(fact.state, UNREADABLE["missing"]))
    if digest in seen:
        return replace(seen[digest], id=key, same_as=seen[digest].id)
    seen_inside = look(folder / fact.path)
    if seen_inside.reason:
        return Bound(key, 0, 0, digest, seen_inside.reason)
    return Bound(key, first, first + seen_inside.pages, digest, notes=seen_inside.notes)
