"""zcf-history/1: what became of plans, version by version: when, by whom, with what digest and score, and what moved it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field

from zcfdocs.catalogue import Catalogue
from zcfdocs.history import History, Moment, identity
from zcfdocs.past import Seen, seen
from zcfdocs.pipeline import Examined
from zcfdocs.places import INDICATORS
from zcfdocs.promise import Place as Lookup
from zcfdocs.promise import is_due, promised
from zcfdocs.reviewing.model import PHASES, Digits, Hash, Part, Path, Short
from zcfdocs.reviewing.record.makers import Made, Signature, clean, makers
from zcfdocs.scorecard import Json
from zcfdocs.store import Store, key_of
from zcfdocs.versions import shaping

FORMAT: Literal["zcf-history/1"] = "zcf-history/1"
KEPT = "version.json"
Day = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]


class Totals(Part):
    """Unrounded; null where the version has no such phase."""

    now: Digits | None = Field(title="现状总分")
    target: Digits | None = Field(title="目标总分")
    result: Digits | None = Field(title="结果总分")


class Moved(Part):
    """A row whose points are others than in the version before, of the same round."""

    row: Short
    title: Short
    phase: PHASES
    before: Digits
    after: Digits


class Version(Part):
    number: Annotated[int, Field(ge=1, title="版本号", description="同一工厂从 1 起，跨轮次连续")]
    commit: Hash
    day: Day
    catalogue: Short
    stage: Short
    stage_name: Short
    author: Short = Field(title="提交人", description="提交里自己写的名字，未经核实；经核实的是签名人")
    signature: Signature
    path: Path
    digest: Short | None = Field(title="方案摘要", description="null 为那次提交的文件不全或读不出来")
    pass_line: Digits | None = Field(title="分数线")
    totals: Totals | None = Field(title="总分", description="null 为无法核算")
    moved: tuple[Moved, ...] = Field(title="与上一版相比得分变化的指标")
    certain: bool = Field(title="是否确定", description="false：浅克隆最早的提交，阶段可能更早就已如此")


class Told(Part):
    """One factory; `path` is where its plan lies now, null where it is gone.

    `promise` is said from `candidate` on: whether baseline and target still are what was promised then, and if not, what differs.
    """

    uscc: Short
    site: Short | None
    name: Short
    path: Path | None
    promise: Literal["kept", "changed", "unknown"] | None = Field(title="承诺是否仍与入选时相同")
    promise_notes: tuple[Annotated[str, Field(max_length=50_000)], ...] = ()
    versions: tuple[Version, ...]


class Chronicle(Part):
    format: Literal["zcf-history/1"] = FORMAT
    commit: Hash | None = Field(title="读到的提交")
    shallow: bool = Field(title="是否浅克隆", description="true：缺早先的提交，版本不全")
    missing: Annotated[int, Field(ge=0, title="部分克隆缺少的方案文本数")]
    plans: tuple[Told, ...]


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of zcf-history/1."""
    made = Chronicle.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made, "title": "版本记录", "description": "得分是十进制数的文本。"}


def chronicle(past: History, keys: Sequence[str], present: Mapping[str, Examined], store: Store | None = None) -> Chronicle:
    """Of factories by identity; `present` are the plans in the work tree. What was worked out of a version is kept in the `store`."""
    known = {key: past.moments.get(key, ()) for key in keys}
    known_makers = makers(past, [moment.began for moments in known.values() for moment in moments])
    plans = tuple(_told(past, key, known[key], present.get(key), known_makers, store) for key in keys)
    return Chronicle(commit=past.commit or None, shallow=past.shallow, missing=past.missing, plans=plans)


def key_for(examined: Examined) -> str | None:
    """The identity of a plan in the work tree; None where it cannot be read."""
    plan = examined.reading.plan
    return identity(plan.factory.uscc, plan.factory.site) if plan is not None and plan.factory.uscc else None


def keys_for(past: History, uscc: str) -> list[str]:
    """The identities of a company in history: one for each of its sites."""
    return sorted(key for key in past.moments if key == uscc or key.startswith(f"{uscc}-"))


def _told(past: History, key: str, moments: Sequence[Moment], now: Examined | None, made: Mapping[str, Made], store: Store | None) -> Told:
    views = {moment.number: _view(past, moment, moments, store) for moment in moments}
    plan = now.reading.plan if now else None
    last = next((view for view in reversed(list(views.values())) if view is not None), None)
    catalogue = now.rulebook.catalogue if now and now.rulebook else None
    state, notes = _promise(now, past, moments)
    return Told(
        uscc=plan.factory.uscc if plan else key.partition("-")[0],
        site=plan.factory.site if plan else last.site if last else None,
        name=clean(plan.factory.name if plan else last.name if last else ""),
        path=now.reading.source.path if now else None,
        promise=state,
        promise_notes=notes,
        versions=tuple(_version(past, moment, moments, views, made, catalogue) for moment in moments),
    )


def _version(
    past: History,
    moment: Moment,
    moments: Sequence[Moment],
    views: Mapping[int, Seen | None],
    made: Mapping[str, Made],
    catalogue: Catalogue | None,
) -> Version:
    view = views[moment.number]
    card = view.card if view else None
    before = next((one for one in reversed(moments) if one.number < moment.number and one.catalogue == moment.catalogue), None)
    earlier = views[before.number] if before else None
    stage = catalogue.stage(moment.stage) if catalogue else None
    return Version(
        number=moment.number,
        commit=moment.began,
        day=moment.since,
        catalogue=clean(moment.catalogue),
        stage=clean(moment.stage),
        stage_name=(view.stage_name if view else "") or (stage.name if stage else clean(moment.stage)),
        author=made[moment.began].author,
        signature=made[moment.began].signature,
        path=f"{moment.home}/plan.md",
        digest=view.digest if view else None,
        pass_line=card["gates"]["pass_line"] if card else None,
        totals=_totals(card) if card else None,
        moved=tuple(_moved(earlier.card, card, view.titles)) if view and card and earlier and earlier.card else (),
        certain=moment.began not in past.edges,
    )


def _totals(card: Json) -> Totals:
    return Totals(**{name: card["phases"][name]["total"] if name in card["phases"] else None for name in ("now", "target", "result")})


def _moved(before: Json, after: Json, titles: Mapping[str, str]) -> Iterator[Moved]:
    """The largest moves of the total first."""
    found: list[tuple[Fraction, Moved]] = []
    for phase in (name for name in ("now", "target", "result") if name in before["phases"] and name in after["phases"]):
        old = {row["id"]: row["points"] for row in before["phases"][phase]["rows"]}
        weights = {group["id"]: Fraction(group["weight"]) for group in after["phases"][phase]["groups"]}
        for row in after["phases"][phase]["rows"]:
            was, key = old.get(row["id"], "0"), row["id"]
            if was != row["points"]:
                change = abs(Fraction(row["points"]) - Fraction(was)) * weights.get(key.partition(".")[0], Fraction(1))
                found.append((change, Moved(row=key, title=titles.get(key, ""), phase=phase, before=was, after=row["points"])))
    yield from (moved for _, moved in sorted(found, key=lambda item: -item[0]))


def _promise(now: Examined | None, past: History, moments: Sequence[Moment]) -> tuple[Any, tuple[str, ...]]:
    """Asked of every plan from `candidate` on, before there is a result too."""
    plan = now.reading.plan if now else None
    if now is None or plan is None or now.rulebook is None or past.top is None or not is_due(plan.stage, now.rulebook.catalogue):
        return None, ()
    own = tuple(moment for moment in moments if moment.catalogue == plan.catalogue)
    found = promised(now.reading, now.rulebook, now.accounts, Lookup(now.path, past.top, past.commit or None, own))
    notes = tuple(finding.message for finding in found.findings)
    return ("unknown" if found.moment is None else "changed" if notes else "kept"), notes


@cache
def _catalogues() -> str:
    """Of the tool: they judge commits that have none of their own."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(INDICATORS.rglob("*.yaml")))).hexdigest()


def _view(past: History, moment: Moment, moments: Sequence[Moment], store: Store | None) -> Seen | None:
    known = tuple(one for one in moments if one.catalogue == moment.catalogue and one.number <= moment.number)
    if past.top is None:
        return None
    if store is None:
        return seen(past.top, moment.began, moment.home, known, INDICATORS)
    key = key_of(
        {"提交": moment.began, "文件夹": moment.home, "版本": " ".join(one.began for one in known), "目录": _catalogues(), **shaping()}
    )
    if store.has(key, (KEPT,)):
        return Seen(**json.loads((store.folder(key) / KEPT).read_text("utf-8")))
    found = seen(past.top, moment.began, moment.home, known, INDICATORS)
    if found is not None:
        with store.room() as room:
            told = {name: getattr(found, name) for name in Seen.__slots__}
            (room / KEPT).write_text(json.dumps(told, ensure_ascii=False), "utf-8")
            store.keep(key, room)
    return found
