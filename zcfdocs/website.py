"""The public site: what has changed is made again, what has not is taken from the cache, and the folder is exchanged whole."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock

from zcfdocs import proofs
from zcfdocs.bundle import unpacked
from zcfdocs.catalogue import Rulebook
from zcfdocs.dossier import WITHDRAWN, is_public
from zcfdocs.errors import ZcfError
from zcfdocs.history import History, history
from zcfdocs.jobs import Job, Options, task_of
from zcfdocs.places import MKDOCS
from zcfdocs.site.assembly import assemble
from zcfdocs.site.round import Round
from zcfdocs.site.settings import contact_of, own_address
from zcfdocs.site.staging import FACTS, PDF, Extras, View, stage_round
from zcfdocs.store import Store, key_of, replace_folder, write_tree
from zcfdocs.versions import shaping
from zcfdocs.webpage import STAGED, Showing, make_pages
from zcfdocs.workers import Order, Tell, fulfil

PLACE = re.compile(r"[a-z0-9-]+/[a-z0-9-]+")  # spec 1; what lies elsewhere has no address
NEWEST = 50  # versions of a plan that are told


@dataclass(frozen=True, slots=True)
class Made:
    """Whether the site was made again; which plans it could not show, and why."""

    changed: bool = False
    failed: Mapping[str, ZcfError] = field(default_factory=dict)


def make_site(jobs: Sequence[Job], options: Options, store: Store, tell: Tell) -> Made:
    """Into `dist/site`, unless nothing it shows has changed."""
    past = history(options.home / "plans", store)
    orders = {
        job.place: _order(job, options, past)
        for job in jobs
        if PLACE.fullmatch(job.place) and (not options.public or _was_public(job, past))
    }
    books = _books(jobs, orders)
    parts = {place: order.key for place, order in orders.items()} | _frame(options) | {f"目录 {book.id}": book.digest for book in books}
    final = options.out / "site"
    if final.is_dir() and store.remembered("site") == parts:
        return Made()
    tell("正在生成网站 …")
    if past.shallow:
        tell("仓库是浅克隆，历史不完整：网站上的版本记录可能缺早先的版本。取回全部历史：git fetch --unshallow")
    cache = Store(store.root / "site")
    failed = fulfil([order for order in orders.values() if not _is_kept(order.key, cache)], options.jobs, cache, tell)
    kept = {place: cache.folder(order.key) for place, order in orders.items() if place not in failed}
    plans = {place: unpacked((folder / STAGED).read_bytes()) for place, folder in sorted(kept.items())}
    known = tuple(json.loads(files[f"plans/{place}/{FACTS}"]) for place, files in plans.items())
    round_ = Round(known, tuple(books), not options.public, _address(options))
    unplaced = {job.place: job.examined.findings for job in jobs if job.place not in plans} if options.show_findings else {}
    own = {name: data for files in plans.values() for name, data in files.items() if not name.endswith(FACTS)}
    staged = stage_round(round_, Extras(unplaced, contact_of(MKDOCS), options.meanings, options.codes)) | own
    papers = {place: folder / PDF for place, folder in kept.items() if (folder / PDF).is_file()}
    with tempfile.TemporaryDirectory(prefix="stage-", dir=store.root) as folder:
        used = _fill(Path(folder), staged, papers, round_, cache)
        _keep_stage(Path(folder) / "stage")
        options.out.mkdir(parents=True, exist_ok=True)
        ready = Path(tempfile.mkdtemp(prefix=".zcf-", dir=options.out))
        ready.chmod(0o755)
        shutil.copytree(Path(folder) / "site", ready, dirs_exist_ok=True)
        replace_folder(ready, final)
    cache.forget_copies({order.key for order in orders.values()} | used)
    if not failed:
        store.remember("site", parts)
    return Made(True, failed)


def _is_kept(key: str, cache: Store) -> bool:
    """Whether all is there that was made of a plan; only that which is shown has a PDF."""
    known = cache.digests(key)
    return STAGED in known and cache.has(key, known)


def _was_public(job: Job, past: History) -> bool:
    """Whether the public may see the plan; a tombstone is left only where there was something to see, as far as history tells."""
    plan, rulebook = job.examined.reading.plan, job.examined.rulebook
    assert plan is not None
    assert rulebook is not None
    if plan.stage != WITHDRAWN:
        return is_public(plan.stage, plan.publish, rulebook.catalogue)
    known = past.of(plan.factory.uscc, plan.factory.site, plan.catalogue)
    return past.top is None or any(is_public(one.stage, one.publish, rulebook.catalogue) for one in known if one.stage != WITHDRAWN)


def _order(job: Job, options: Options, past: History) -> Order:
    plan = job.examined.reading.plan
    assert plan is not None
    moments = past.of(plan.factory.uscc, plan.factory.site, plan.catalogue)[-NEWEST:]
    shown = job.examined.findings if options.show_findings else ()
    view = View(
        preview=not options.public,
        findings=shown,
        address=_address(options),
        changed=past.day(job.examined.path.parent),
        complete=not past.shallow,
        pdf=not options.show_findings,  # a preview that follows each saved file must not wait for it
    )
    parts = job.parts | {"版本": " ".join(moment.commit for moment in moments), "显示": repr((view, shown))}
    return Order(job.place, key_of(parts), make_pages, Showing(task_of(job, options), view, past.top, moments))


def _frame(options: Options) -> dict[str, str]:
    chosen = {
        "公开": options.public,
        "预览": options.show_findings,
        "草稿": options.draft,
        "输出": options.out.resolve(),
        "网址": options.address,
        "核验": [*(item.code for item in options.meanings), *(item.code for item in options.codes)],
    }
    return {name: str(value) for name, value in chosen.items()} | shaping()


def _fill(room: Path, staged: Mapping[str, bytes], papers: Mapping[str, Path], round_: Round, cache: Store) -> frozenset[str]:
    """The whole site in `room/site`, what plain mkdocs would build in `room/stage`; the keys of what it took from the cache.

    `papers` are the public PDFs by place: files of a megabyte each, which need not be held.
    """
    write_tree(room / "stage", staged)
    used = assemble(room, staged, round_, cache)
    for place, paper in papers.items():
        for tree in ("stage", "site"):
            shutil.copyfile(paper, room / tree / "plans" / place / PDF)
    places = [plan["key"] for plan in round_.plans]
    write_tree(room / "site", proofs.integrities(room / "site", round_.address, places, round_.preview))
    return used


def _address(options: Options) -> str:
    return options.address or own_address(MKDOCS)


def _books(jobs: Sequence[Job], shown: Container[str]) -> list[Rulebook]:
    """Of the plans that are shown; while there is none, of all, so that the round's indicators can be read before its first plan."""
    found = [(job.place in shown, job.examined.rulebook) for job in jobs if job.examined.rulebook]
    chosen = [book for is_shown, book in found if is_shown] or [book for _, book in found]
    return list({book.id: book for book in chosen}.values())


def _keep_stage(staged: Path) -> None:
    """Leave the staged tree where plain `mkdocs build` looks for it, in a checkout."""
    place = MKDOCS.parent / "stage"
    if not place.is_dir() or not (MKDOCS.parent / "zcfdocs").is_dir():
        return
    lock = MKDOCS.parent / ".zcf-cache" / "stage.lock"
    lock.parent.mkdir(exist_ok=True)
    with FileLock(lock):  # builds of other repositories leave theirs here too
        for old in place.iterdir():
            if old.name != ".gitignore":
                shutil.rmtree(old) if old.is_dir() and not old.is_symlink() else old.unlink()
        shutil.copytree(staged, place, dirs_exist_ok=True)
