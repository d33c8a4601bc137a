"""What to make, in what order, what is unchanged: from the plans of a repository to everything under dist/."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock

from zcfdocs import districts, proofs
from zcfdocs.errors import ZcfError
from zcfdocs.finding import Finding
from zcfdocs.jobs import Job, Options, is_placeable, is_under, jobs_of, plans_in, speaks_for_all, task_of
from zcfdocs.loading import Shelf
from zcfdocs.pipeline import examine_all
from zcfdocs.places import indicators
from zcfdocs.store import Store, replace_folder, sha256
from zcfdocs.task import COPIES, EVALUATION, print_copies
from zcfdocs.website import Made, make_site
from zcfdocs.workers import Order, Tell, fulfil


@dataclass(frozen=True, slots=True)
class Built:
    """What came of it: the findings of all plans; which were printed, kept, refused for errors, and which could not be printed."""

    findings: tuple[Finding, ...]
    printed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    checked: int = 0
    removed: tuple[str, ...] = ()
    site: bool = False
    failed: Mapping[str, ZcfError] = field(default_factory=dict)
    districts: tuple[str, ...] = ()
    proofs: tuple[str, ...] = ()
    unbound: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # by place: pieces of evidence listed, and not bound


def build(options: Options, tell: Tell) -> Built:
    """Check all, print what has no errors (or all, as drafts), stage and build the site; one build at a time per repository."""
    store = Store(options.home / ".zcf-cache")
    store.root.mkdir(parents=True, exist_ok=True)
    with FileLock(store.root / "build.lock"):
        shelf = Shelf(indicators(options.home))
        everything = examine_all(plans_in(options), shelf)
        chosen = [item for item in everything if is_under(item.path, options.paths)]
        findings = (*shelf.findings, *(finding for item in chosen for finding in item.findings))
        refused = [item for item in chosen if item.score is None or not is_placeable(item) or (item.has_errors and not options.draft)]
        if shelf.findings or (refused and not options.keep_going):
            return Built(findings, refused=tuple(item.reading.source.path for item in refused), checked=len(chosen))
        jobs = jobs_of(
            [item for item in everything if item.score is not None and is_placeable(item) and (options.draft or not item.has_errors)],
            options,
        )
        mine = [job for job in jobs if is_under(job.examined.path, options.paths)]
        _guard(options, jobs)
        copies = _submissions(mine, options, store, tell)
        removed = _clean(options, [job for job in jobs if job.place not in copies.failed]) if speaks_for_all(options) else ()
        site = make_site(jobs, options, store, tell) if "site" in options.to else Made()
        proven = proofs.file_proofs(jobs, options, store, tell) if "site" in options.to else proofs.Proven()
        filed = districts.file_papers(jobs, options, store, tell) if districts.TARGET in options.to else districts.Filed()
        store.forget_copies({job.key for job in jobs} | districts.keys(jobs, options) | proven.keys)
        return Built(
            (*findings, *filed.findings),
            copies.made,
            copies.kept,
            tuple(item.reading.source.path for item in refused),
            len(chosen),
            removed,
            site.changed,
            {**copies.failed, **site.failed, **filed.failed, **proven.failed},
            filed.districts,
            proven.places,
            _unbound([*copies.made, *copies.kept], options),
        )


@dataclass(frozen=True, slots=True)
class Submissions:
    """Places of the plans whose copies were made, were there already, or could not be made, with the reason."""

    made: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    failed: Mapping[str, ZcfError] = field(default_factory=dict)


def _submissions(jobs: Sequence[Job], options: Options, store: Store, tell: Tell) -> Submissions:
    targets = [target for target in options.to if target in COPIES]
    if not targets:
        return Submissions()
    missing = [job for job in jobs if not store.has(job.key, [name for target in targets for name in job.names[target]])]
    for job in missing if options.why else ():
        tell(f"{job.place}：{_why(store.remembered(job.place), job.parts)}")
    failed = fulfil([_order(job, options) for job in missing], options.jobs, store, tell)
    for job in jobs:
        if job.place not in failed:
            _hand_out(job, options, store)
    made = tuple(job.place for job in missing if job.place not in failed)
    return Submissions(made, tuple(job.place for job in jobs if job not in missing), failed)


def _hand_out(job: Job, options: Options, store: Store) -> None:
    """Every copy of this version that is kept goes to dist/, and nothing else stays there."""
    final, kept = options.out / "submission" / job.place, store.digests(job.key)
    store.remember(job.place, job.parts)
    present = {path.name for path in final.iterdir()} if final.is_dir() else set()
    if present == kept.keys() and all(sha256(final / name) == digest for name, digest in kept.items()):
        return
    final.parent.mkdir(parents=True, exist_ok=True)
    room = Path(tempfile.mkdtemp(prefix=".zcf-", dir=final.parent))
    room.chmod(0o755)
    for name in kept:
        if store.has(job.key, [name]):  # a copy of another target, made before, may have been damaged since
            shutil.copyfile(store.folder(job.key) / name, room / name)
    replace_folder(room, final)


def _unbound(places: Sequence[str], options: Options) -> dict[str, tuple[int, int]]:
    """Where the evidence volume lacks something, as the volumes handed out say of themselves."""
    if "evidence" not in options.to:
        return {}
    from zcfdocs.printing.binder import count_of  # the printing libraries take half a second to import

    counts = {place: count_of(options.out / "submission" / place / COPIES["evidence"]) for place in places}
    return {place: (count.listed, count.unbound) for place, count in counts.items() if count is not None and count.unbound}


def _order(job: Job, options: Options) -> Order:
    return Order(job.place, job.key, print_copies, task_of(job, options))


def _why(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    if not before:
        return "以前没有生成过"
    changed = [name for name in now if before.get(name) != now[name]]
    return f"{'、'.join(changed)}有变化" if changed else "缓存里没有这一份"


def _clean(options: Options, jobs: Sequence[Job]) -> tuple[str, ...]:
    """Remove outputs of plans that are gone, renamed or no longer print; never a link, never a folder that holds anything else."""
    places = {job.place for job in jobs}
    root, removed = options.out / "submission", []
    for district in sorted(root.glob("*")) if root.is_dir() and not root.is_symlink() else ():
        for folder in sorted(district.glob("*")) if district.is_dir() and not district.is_symlink() else ():
            if f"{district.name}/{folder.name}" not in places and is_ours(folder):
                removed.append(f"{district.name}/{folder.name}")
                shutil.rmtree(folder)
        if district.is_dir() and not district.is_symlink() and not any(district.iterdir()):
            district.rmdir()
    return tuple(removed)


def is_ours(folder: Path) -> bool:
    """Whether a folder holds copies of a plan and nothing else."""
    if folder.is_symlink() or not folder.is_dir():
        return False
    names = {path.name for path in folder.iterdir()}
    return bool(names) and names <= {*COPIES.values(), *EVALUATION.values()}


def _guard(options: Options, jobs: Sequence[Job]) -> None:
    """Refuse to put outputs through a link or over a folder this tool did not make."""
    submission, site = options.out / "submission", options.out / "site"
    for path in (
        options.out,
        submission,
        site,
        *(submission / job.place for job in jobs),
        *((submission / job.place).parent for job in jobs),
    ):
        if path.is_symlink() or (path.exists() and not path.is_dir()):
            raise ZcfError(f"{path} 不是普通文件夹，不能输出到这里", hint="删去这个链接或文件，或用 --out 指定别的文件夹")
    foreign = [submission / job.place for job in jobs if (submission / job.place).is_dir() and any((submission / job.place).iterdir())]
    strange = [path for path in foreign if not is_ours(path)]
    if "site" in options.to and site.is_dir() and any(site.iterdir()) and not (site / "codes.html").is_file():
        strange.append(site)
    if strange:
        raise ZcfError(f"{strange[0]} 里有不是本工具生成的文件，不能替换", hint="把这些文件移走，或用 --out 指定别的文件夹")
