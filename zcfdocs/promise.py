"""What a plan promised when it was selected: baseline and target as of its version `candidate`, found in history (spec 2 `achieved`, spec 3)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from zcfdocs.accounting import ProductIntensity, YearAccount, account
from zcfdocs.catalogue import Catalogue, Rulebook
from zcfdocs.errors import ZcfError
from zcfdocs.evidence import survey
from zcfdocs.fields import leaves
from zcfdocs.figure import Figure, apart, exact
from zcfdocs.finding import Finding, Route, dotted
from zcfdocs.history import History, Moment, history, history_at, identity
from zcfdocs.history.walk import opened, roots, state
from zcfdocs.plan import METRICS, Plan, Year
from zcfdocs.provenance import top_of
from zcfdocs.reading import Reading, Source, read_plan
from zcfdocs.scorecard import YEAR_FIGURES
from zcfdocs.snapshot import WHOLE, listing, write_out
from zcfdocs.store import Store

CANDIDATE, PLAN = "candidate", "plan.md"
FROZEN = (("actual", "基准"), ("target", "目标"))
TOLD = 3  # figures and inputs that a finding names
CLONE = "取回全部历史后再核对：git fetch --unshallow"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a plan's history is looked up: the repository it lies in, or `repository` up to the commit `at`, or `moments` known already."""

    plan: Path
    repository: Path | None = None
    at: str | None = None
    moments: tuple[Moment, ...] | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """`moment` is the version it was made in, None where history does not tell; `accounts` are None where the plan's own say the same."""

    moment: Moment | None = None
    accounts: tuple[YearAccount, YearAccount] | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class _Then:
    """The plan as it was selected, judged by the catalogue of today."""

    moment: Moment
    plan: Plan
    source: Source
    accounts: tuple[YearAccount, YearAccount]

    @property
    def label(self) -> str:
        return f"{self.moment.since} 提交 {self.moment.began[:12]}"


def is_due(stage: str, catalogue: Catalogue) -> bool:
    """Whether the stage is `candidate` or a later one, in the order of the catalogue."""
    order = [known.key for known in catalogue.stages]
    return CANDIDATE in order and stage in order and order.index(stage) >= order.index(CANDIDATE)


def promised(reading: Reading, rulebook: Rulebook, accounts: tuple[YearAccount, ...], place: Place) -> Promise:
    """Of a plan that is at `candidate` or beyond; what of its promise was changed since, or why history does not tell, is a finding."""
    plan = reading.plan
    if plan is None or not is_due(plan.stage, rulebook.catalogue):
        return Promise()
    try:
        top, found = _past(place, plan, rulebook.catalogue)
        then = _then(top, _selected(found, plan, rulebook.catalogue), rulebook)
    except ZcfError as error:
        at = next((("years", index) for index, year in enumerate(plan.years) if year.kind == "result"), ("stage",))
        message = f"未能按入选（{CANDIDATE}）时的版本核对承诺：{error.message}"
        return Promise(findings=(reading.source.locate(Finding("Z861", at, message, error.hint)),))
    own = _frozen(plan, accounts)
    findings = tuple(reading.source.locate(finding) for finding in _changes(then, plan, own))
    if not findings:
        return Promise(then.moment)
    return Promise(then.moment, (_kept(then, 0, plan.accounting.baseline), _kept(then, 1, plan.accounting.target)), findings)


def _past(place: Place, plan: Plan, catalogue: Catalogue) -> tuple[Path, History]:
    """Raises ZcfError where there is no repository, or no commit in it."""
    top = place.repository or top_of(place.plan.parent)
    if top is None:
        raise ZcfError("这里没有方案的 git 仓库", "在方案仓库里运行，才能找到入选时的版本")
    with opened(top) as repository:
        now = state(repository, place.at)
        names = roots(repository, now.commit) if now and place.repository and place.moments is None else []
    if now is None:
        raise ZcfError("仓库里还没有提交", "先提交方案")
    factory = plan.factory
    if place.moments is not None:
        return top, History(top, {identity(factory.uscc, factory.site): place.moments}, edges=now.edges)
    if place.repository is None:
        plans = place.plan.resolve().parent.parent.parent
        return top, _known(plans, now.commit) if plans.is_relative_to(top) else History(top)
    folder = "/".join(place.plan.parts[-3:-1])
    here = [_known_here(top, now.commit, root, folder) for root in names]
    if mine := next((one for one in here if _tells(one, plan, catalogue)), None):
        return top, mine
    found = [_known_at(top, now.commit, root, factory.uscc) for root in names]
    return top, next((one for one in found if one.of(factory.uscc, factory.site, plan.catalogue)), History(top, edges=now.edges))


def _tells(found: History, plan: Plan, catalogue: Catalogue) -> bool:
    """Whether what happened in one folder tells of the selection: the plan was there, whole, before it was selected."""
    versions = found.of(plan.factory.uscc, plan.factory.site, plan.catalogue)
    return bool(versions) and not is_due(versions[0].stage, catalogue) and not found.missing and not found.shallow


@lru_cache(maxsize=2)
def _known(plans: Path, commit: str) -> History:
    """Once per repository and HEAD; what a build keeps is used and brought up to date, but nothing is begun here."""
    top = top_of(plans)
    return history(plans, _store(top) if top else None)


@lru_cache(maxsize=64)
def _known_here(top: Path, commit: str, root: str, only: str) -> History:
    """Of one folder, which costs a hundredth of the whole."""
    return history_at(top, commit, root, only=only)


@lru_cache(maxsize=64)
def _known_at(top: Path, commit: str, root: str, uscc: str) -> History:
    """Of one company, whichever folders it was in; of all where that is known already."""
    return history_at(top, commit, root, _store(top), about=uscc)


def _store(top: Path) -> Store | None:
    kept = top / ".zcf-cache"
    return Store(kept) if kept.is_dir() and not kept.is_symlink() else None


def _selected(found: History, plan: Plan, catalogue: Catalogue) -> Moment:
    """The first version at `candidate` to which the catalogue's transitions led, the first at all where they led to none.

    What was promised then stands, however the stage goes on. Raises ZcfError where it went back in no way the catalogue knows and was
    selected once more: stages alone do not tell which of them was made up on the way.
    """
    versions = found.of(plan.factory.uscc, plan.factory.site, plan.catalogue)
    known = [at for at, one in enumerate(versions) if one.stage == CANDIDATE]
    kept = [at for at in known if _is_kept(versions, at, catalogue)]
    reached = [at for at in known if (_leads(catalogue, versions[at - 1].stage, CANDIDATE) if at else at in kept)]
    sound = [at for at in reached if at in kept]
    if sound and sound[0] != reached[0]:
        first, again = (versions[at].since for at in (reached[0], sound[0]))
        message = f"{first} 入选后，阶段不按目录退回，{again} 又入选一次，不能断定哪一次算数"
        raise ZcfError(message, "请主管部门查明（zcfdocs history 列出各版）；承诺按方案现在的基准年和目标年计算")
    moment = next((versions[at] for at in (*reached, *known)), None)
    if moment is not None and moment.began not in found.edges:
        return moment
    if found.shallow:
        raise ZcfError("仓库是浅克隆，缺入选时的提交", CLONE)
    if found.missing:
        raise ZcfError("仓库是部分克隆，缺早先的方案文本", WHOLE)
    raise ZcfError("提交历史里没有这份方案入选时的版本", "入选时应提交一次 stage: candidate；承诺按方案现在的基准年和目标年计算")


def _is_kept(versions: Sequence[Moment], at: int, catalogue: Catalogue) -> bool:
    """Whether the version after a selection is a later stage, or one to which the catalogue leads from there."""
    after = versions[at + 1].stage if at + 1 < len(versions) else None
    return after is None or is_due(after, catalogue) or _leads(catalogue, CANDIDATE, after)


def _leads(catalogue: Catalogue, start: str, to: str) -> bool:
    ways = {(step.start, step.to) for step in catalogue.transitions}
    return (start, to) in ways or any(step.to == to for step in catalogue.from_any)


def _then(top: Path, moment: Moment, rulebook: Rulebook) -> _Then:
    """Of the folder only the text is written out, and the evidence that its years name."""
    blobs = listing(top, moment.began, (f"{moment.home}/",))
    with tempfile.TemporaryDirectory(prefix="zcf-promise-") as folder:
        room = Path(folder)
        write_out(top, blobs, (name for name in blobs if name == f"{moment.home}/{PLAN}"), room)
        reading = read_plan(room / moment.home / PLAN, f"{moment.home}/{PLAN}")
        plan = reading.plan
        if plan is None:
            raise ZcfError(f"入选时（提交 {moment.began[:12]}）的方案读不出来", "检查那次提交的 plan.md")
        named = {key for route, key in plan.citations if route[0] == "years"}
        files = {f"{moment.home}/{item.file}" for item in plan.evidence if item.id in named}
        write_out(top, blobs, sorted(files & blobs.keys()), room)
        accounts = account(plan, rulebook, survey(plan, reading.source.folder)) if plan.years else ()
    first, last = _frozen(plan, accounts)
    if first is None or last is None:
        raise ZcfError(f"入选时（提交 {moment.began[:12]}）的方案缺基准年或目标年", "检查那次提交的 plan.md")
    return _Then(moment, plan, reading.source, (first, last))


def _frozen(plan: Plan, accounts: tuple[YearAccount, ...]) -> tuple[YearAccount | None, YearAccount | None]:
    wanted = ((plan.accounting.baseline, "actual"), (plan.accounting.target, "target"))
    first, last = (next((one for one in accounts if (one.year, one.kind) == key), None) for key in wanted)
    return first, last


def _changes(then: _Then, plan: Plan, own: tuple[YearAccount | None, YearAccount | None]) -> Iterator[Finding]:
    hint = f"改回入选时的数据（查看：git show {then.moment.began[:12]}:{then.moment.home}/{PLAN}）；在那以前，落实程度按入选时的承诺计算"
    for before, now, (_, name) in zip(then.accounts, own, FROZEN, strict=True):
        told = list(_differences(before, now))
        if not told:
            continue
        inputs = list(_inputs(then.plan.years[before.index], plan.years[now.index], ("years", now.index))) if now else []
        where: Route = inputs[0][0] if inputs else ("years", now.index) if now else ("accounting",)
        data = [f"{dotted(route)} 入选时 {was}，现在 {is_}" for route, was, is_ in inputs]
        cause = _some(data) if data else "核算选项、填报日或佐证与那时不同"
        message = f"{before.year} 年（{name}）的承诺在入选（{then.label}）后被改动：{cause}。由此{_some(told)}"
        yield Finding("Z860", where, message, hint)


def _some(told: list[str]) -> str:
    return "；".join(told[:TOLD]) + (f" 等 {len(told)} 项" if len(told) > TOLD else "")


def _differences(before: YearAccount, now: YearAccount | None) -> Iterator[str]:
    """Each figure that says another thing now, with both."""
    if now is None:
        yield f"现在的方案没有{before.year} 年"
        return
    if now.year != before.year:
        yield f"年份 {before.year} → {now.year}"
    old, new = _figures(before), _figures(now)
    for key in dict.fromkeys((*old, *new)):
        was, is_ = old.get(key), new.get(key)
        if (was.value if was else None) != (is_.value if is_ else None):
            yield f"{key} {_shown(was, is_)} → {_shown(is_, was)}"


def _figures(of: YearAccount) -> Mapping[str, Figure | None]:
    found: dict[str, Figure | None] = {of.metric(name).title: of.metric(name) for name in YEAR_FIGURES}
    for item in of.products:
        for name in METRICS:
            figure = item.metric(name)
            found[f"{item.product}的{figure.title if figure else name}"] = figure
    return found


def _shown(figure: Figure | None, beside: Figure | None) -> str:
    if figure is None:
        return "没有"
    return f"{apart([figure.value, *([beside.value] if beside else [])], 4)[0]} {figure.unit}".rstrip()


def _inputs(before: Year, now: Year, here: Route) -> Iterator[tuple[Route, str, str]]:
    """Values that were there and are others now, in the order of the present plan; then those that are gone."""
    was, is_ = dict(leaves(before)), dict(leaves(now))
    for route in dict.fromkeys((*is_, *was)):
        if was.get(route) != is_.get(route):
            yield (*here, *route), _text(was.get(route)), _text(is_.get(route))


def _text(value: object) -> str:
    return "无" if value is None else exact(value) if isinstance(value, Fraction) else str(value)


def _kept(then: _Then, which: int, year: int) -> YearAccount:
    """The account under the year it now stands for; no figure names a line of the present plan, which does not hold it."""
    account_ = then.accounts[which]
    known: dict[int, Figure] = {}

    def said(figure: Figure) -> Figure:
        if id(figure) not in known:
            known[id(figure)] = figure._replace(args=tuple(map(said, figure.args))) if figure.args else _leaf(figure, then)
        return known[id(figure)]

    def part(item: ProductIntensity) -> ProductIntensity:
        own: dict[str, Any] = {name: said(figure) if (figure := item.metric(name)) else None for name in METRICS}
        bases = {key: {name: said(figure) if figure else None for name, figure in pair.items()} for key, pair in item.bases.items()}
        return replace(item, bases=bases, **own)

    values = {one.name: getattr(account_, one.name) for one in fields(account_)}
    figures: dict[str, Any] = {name: said(value) for name, value in values.items() if isinstance(value, Figure)}
    products = tuple(part(item) for item in account_.products)
    return replace(account_, year=year, energy_lines=(), offset_lines=(), products=products, **figures)


def _leaf(figure: Figure, then: _Then) -> Figure:
    if figure.route is None:
        return figure
    return figure._replace(route=None, source=f"入选时（{then.label}）的方案第 {then.source.line_of(figure.route)} 行")
