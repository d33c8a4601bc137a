"""What to make, in what order, what is unchanged: from the plans of a repository to everything under dist/."""

from __future__ import annotations

import multiprocessing
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import TimeoutError as TaskTimeout
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from zcfdocs.errors import ZcfError
from zcfdocs.finding import Finding
from zcfdocs.jobs import Job, Options, is_placeable, is_under, jobs_of, plans_in, speaks_for_all
from zcfdocs.loading import Shelf
from zcfdocs.pipeline import dossier, examine_all
from zcfdocs.places import MKDOCS, indicators
from zcfdocs.store import Store, replace_folder, write_tree
from zcfdocs.task import COPIES, Task, print_copies
from zcfdocs.versions import shaping

TIME_LIMIT = 300
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Built:
    """What came of it: the findings of all plans, how many were printed, kept and refused."""

    findings: tuple[Finding, ...]
    printed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    checked: int = 0
    removed: tuple[str, ...] = ()
    site: bool = False


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
        printed, kept = _submissions(mine, options, store, tell)
        removed = _clean(options, jobs) if speaks_for_all(options) else ()
        site = "site" in options.to and _site(jobs, options, store, tell)
        store.forget_copies({job.key for job in jobs})
        stopped = tuple(item.reading.source.path for item in refused)
        return Built(findings, printed, kept, stopped, len(chosen), removed, site)


def _submissions(jobs: Sequence[Job], options: Options, store: Store, tell: Tell) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names = [COPIES[target] for target in options.to if target in COPIES]
    if not names:
        return (), ()
    missing = [job for job in jobs if not store.has(job.key, names)]
    _print_all(missing, options, store, tell)
    for job in jobs:
        final = options.out / "submission" / job.place
        final.parent.mkdir(parents=True, exist_ok=True)
        room = Path(tempfile.mkdtemp(prefix=".zcf-", dir=final.parent))
        room.chmod(0o755)
        for name in names:
            shutil.copyfile(store.folder(job.key) / name, room / name)
        for name in set(COPIES.values()) - set(names):
            if store.has(job.key, [name]):
                shutil.copyfile(store.folder(job.key) / name, room / name)
        replace_folder(room, final)
        store.remember(job.place, job.parts)
    fresh = {job.place for job in missing}
    return tuple(sorted(fresh)), tuple(sorted(job.place for job in jobs if job.place not in fresh))


def _print_all(jobs: Sequence[Job], options: Options, store: Store, tell: Tell) -> None:
    """Each plan in a worker process with a time limit, so that none can hold up or take down the rest."""
    if options.why:
        for job in jobs:
            tell(f"{job.place}：{_why(store.remembered(job.place), job.parts)}")
    from pebble import ProcessExpired, ProcessPool  # only where there is something to print

    targets = tuple(target for target in options.to if target in COPIES)
    if not jobs:
        return
    # A fresh process each: the chart library's threads do not survive a fork.
    workers = max(1, min(options.jobs, len(jobs)))
    with ProcessPool(max_workers=workers, context=multiprocessing.get_context("spawn")) as pool:
        waiting = []
        for job in jobs:
            task = Task(
                job.examined.path,
                job.examined.reading.source.path,
                indicators(options.home),
                job.origin,
                job.examined.findings,
                targets,
                options.draft,
                job.parts["方案"],
            )
            waiting.append((job, pool.schedule(print_copies, args=[task], timeout=TIME_LIMIT)))
        for number, (job, future) in enumerate(waiting, 1):
            try:
                store.put(job.key, future.result())
            except ZcfError as error:
                raise ZcfError(f"{job.place}：{error.message}", hint=error.hint) from error
            except (ProcessExpired, RecursionError, MemoryError) as error:
                raise ZcfError(f"{job.place} 无法排版（{type(error).__name__}）", hint="检查正文中层层嵌套的列表或引用") from error
            except TaskTimeout as error:
                raise ZcfError(f"{job.place} 排版超过 {TIME_LIMIT} 秒，已停止", hint="检查正文中特别大的表格或特别长的段落") from error
            tell(f"[{number}/{len(waiting)}] 已生成 {job.place}")


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
    return bool(names) and names <= set(COPIES.values())


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


def _site(jobs: Sequence[Job], options: Options, store: Store, tell: Tell) -> bool:
    """Stage and build the site unless nothing it shows has changed; True where it was built."""
    from zcfdocs.site.run import build_site  # mkdocs is slow to import and not needed for anything else
    from zcfdocs.site.staging import StageOptions, stage

    parts = {job.place: job.key for job in jobs} | {
        "公开": str(options.public),
        "预览": str(options.show_findings),
        "输出": str(options.out.resolve()),
    }
    parts |= shaping()
    final = options.out / "site"
    if final.is_dir() and store.remembered("site") == parts:
        return False
    tell("正在生成网站 …")
    dossiers = [whole for job in jobs if (whole := dossier(job.examined, job.origin)) is not None]
    if options.public:
        dossiers = [item for item in dossiers if item.is_public_stage]
    shown_findings = {item.key: item.findings for item in dossiers} if options.show_findings else {}
    books = {job.examined.rulebook.id: job.examined.rulebook for job in jobs if job.examined.rulebook}
    asked = StageOptions(options.public, options.draft, shown_findings, tuple(books.values()))
    staged = stage([item.for_public() for item in dossiers], asked)
    with tempfile.TemporaryDirectory(prefix="stage-", dir=store.root) as folder:
        room = Path(folder)
        write_tree(room / "docs", staged)
        build_site(room / "docs", room / "site", MKDOCS)
        options.out.mkdir(parents=True, exist_ok=True)
        ready = Path(tempfile.mkdtemp(prefix=".zcf-", dir=options.out))
        ready.rmdir()
        shutil.copytree(room / "site", ready)
        replace_folder(ready, final)
        _keep_stage(room / "docs")
    store.remember("site", parts)
    return True


def _keep_stage(staged: Path) -> None:
    """Leave the staged tree where plain `mkdocs build` looks for it, in a checkout."""
    place = MKDOCS.parent / "stage"
    if not place.is_dir() or not (MKDOCS.parent / "zcfdocs").is_dir():
        return
    for old in place.iterdir():
        if old.name != ".gitignore":
            shutil.rmtree(old) if old.is_dir() and not old.is_symlink() else old.unlink()
    shutil.copytree(staged, place, dirs_exist_ok=True)
