"""A plan's copies made again from a folder, a package or a commit: what signed and received copies are held against."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from zcfdocs.errors import ZcfError
from zcfdocs.loading import Shelf
from zcfdocs.pipeline import Examined, card, examine_all
from zcfdocs.plan import Plan
from zcfdocs.reading import read_plan
from zcfdocs.scorecard import Json, Origin
from zcfdocs.snapshot import Blob, listing, read, write_out
from zcfdocs.store import Store
from zcfdocs.task import COPIES, Task, print_copies
from zcfdocs.workers import Order, fulfil

PLAN, PLANS, INDICATORS = "plan.md", "plans", "indicators"
PLACE = re.compile(r"(?:.*/)?plans/[a-z0-9-]+/[a-z0-9-]+/plan\.md")


@dataclass(frozen=True, slots=True)
class Tree:
    """Where a plan lies together with the catalogues it is judged by, and which commit that is.

    `history` is the repository where a capture record's commit, and what was promised up to `origin`, are looked up, if there is one.
    """

    plan: Path
    indicators: Path
    origin: Origin
    history: Path | None = None


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came of it: the plan examined anew, its card, and each copy by its file name."""

    examined: Examined
    card: Json
    copies: Mapping[str, bytes]


def examined_again(tree: Tree) -> Examined:
    return examine_all(
        [(tree.plan, tree.plan.name)], Shelf(tree.indicators), history=tree.history, at=tree.origin.commit if tree.history else None
    )[0]


def card_again(tree: Tree) -> Json | None:
    """The scorecard alone, which costs a hundredth of the copies."""
    return card(examined_again(tree), tree.origin)


def rebuilt(tree: Tree, targets: Sequence[str] = tuple(COPIES), draft: bool = False) -> Rebuilt:
    """The copies as a build would make them, in a process of their own with its time limit. Raises ZcfError where they cannot be made."""
    examined = examined_again(tree)
    told = card(examined, tree.origin)
    if told is None:
        raise ZcfError("方案无法核算，不能重新生成", hint="用 zcfdocs check 查看问题")
    text = hashlib.sha256(examined.reading.source.text.encode()).hexdigest()
    task = Task(tree.plan, tree.plan.name, tree.indicators, tree.origin, examined.findings, tuple(targets), draft, text, tree.history)
    with tempfile.TemporaryDirectory(prefix="zcf-rebuild-") as folder:
        store = Store(Path(folder))
        failed = fulfil([Order(PLAN, "rebuilt", print_copies, task)], 1, store, lambda _: None)
        if failed:
            raise failed[PLAN]
        made = store.folder("rebuilt")
        return Rebuilt(examined, told, {name: (made / name).read_bytes() for name in store.digests("rebuilt")})


@contextmanager
def tree_at(repository: Path, commit: str, uscc: str) -> Iterator[Tree]:
    """The plan of a factory as a commit has it, with the catalogues of that commit, in a folder that goes away again."""
    blobs = listing(repository, commit)
    place = place_of(repository, {name: blob for name, blob in blobs.items() if name.endswith(f"/{PLAN}") and blob.is_plain}, uscc)
    if place is None:
        raise ZcfError(f"提交 {commit[:12]} 里没有 {uscc} 的方案", hint="检查 --repo 是否是这家企业所在的仓库")
    above = place.rpartition(f"{PLANS}/")[0]
    with tempfile.TemporaryDirectory(prefix="zcf-commit-") as folder:
        room = Path(folder)
        wanted = (f"{place}/", f"{above}{INDICATORS}/")
        write_out(repository, blobs, (name for name in blobs if name.startswith(wanted)), room)
        yield Tree(room / place / PLAN, room / above / INDICATORS, Origin(commit, False), repository)


def place_of(repository: Path, plans: Mapping[str, Blob], uscc: str) -> str | None:
    """The folder plans/<district>/<slug> of this factory's plan; what only mentions its code is none. Two of them are an error."""
    found = []
    for name in sorted(name for name in plans if PLACE.fullmatch(name)):
        text = read(repository, plans[name])
        if uscc.encode() in text and uscc_of(text) == uscc:
            found.append(name.rpartition("/")[0])
    if len(found) > 1:
        raise ZcfError(f"仓库里有 {len(found)} 份 {uscc} 的方案：{'、'.join(found)}", hint="只保留一份再继续")
    return found[0] if found else None


def uscc_of(text: bytes) -> str | None:
    plan = plan_of(text)
    return plan.factory.uscc if plan else None


def name_of(text: bytes) -> str | None:
    plan = plan_of(text)
    return plan.factory.applicant_name if plan else None


def plan_of(text: bytes) -> Plan | None:
    """The plan as data, None where it cannot be read; nothing of its evidence is looked at."""
    with tempfile.TemporaryDirectory(prefix="zcf-plan-") as folder:
        path = Path(folder) / PLAN
        path.write_bytes(text)
        return read_plan(path, PLAN).plan
