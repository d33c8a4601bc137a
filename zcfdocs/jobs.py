"""What a build is asked for and which plans it prints, each with everything its copies depend on."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from zcfdocs.binding.bound import READ
from zcfdocs.catalogue import Papers
from zcfdocs.errors import ZcfError
from zcfdocs.finding import Code, Meaning
from zcfdocs.pipeline import Examined
from zcfdocs.places import indicators
from zcfdocs.provenance import origins
from zcfdocs.scorecard import Origin
from zcfdocs.store import key_of
from zcfdocs.task import COPIES, EVALUATION, Task
from zcfdocs.versions import shaping

TARGETS = ("site", *COPIES, "bureau")


@dataclass(frozen=True, slots=True)
class Options:
    """One build as asked for; `out` is dist/, `home` the repository of plans."""

    paths: tuple[Path, ...]
    home: Path
    out: Path
    to: tuple[str, ...] = TARGETS
    jobs: int = field(default_factory=lambda: os.cpu_count() or 1)
    draft: bool = False
    public: bool = False
    keep_going: bool = False
    why: bool = False
    show_findings: bool = False
    address: str = ""  # of the public site
    meanings: tuple[Meaning, ...] = ()  # of the checks of `verify`, which the site explains besides those of `check`
    codes: tuple[Code, ...] = ()  # of `review`, likewise


@dataclass(frozen=True, slots=True)
class Job:
    """A plan to print, with the parts of its key and the key itself."""

    examined: Examined
    origin: Origin
    parts: dict[str, str]

    @property
    def place(self) -> str:
        plan = self.examined.reading.plan
        assert plan is not None
        return f"{plan.factory.district}/{self.examined.slug}"

    @property
    def key(self) -> str:
        return key_of(self.parts)

    @property
    def names(self) -> dict[str, tuple[str, ...]]:
        """The files each target makes of this plan."""
        score = self.examined.score
        asked = self.papers is not None and self.papers.application is not None
        also = EVALUATION if asked and score is not None and score.phases.keys() >= {"now", "target", "result"} else {}
        return {target: (name, *([also[target]] if target in also else [])) for target, name in COPIES.items()}

    @property
    def stage(self) -> str:
        plan = self.examined.reading.plan
        return plan.stage if plan is not None else ""

    @property
    def papers(self) -> Papers | None:
        """What bureaus write around plans of this catalogue; None where it says nothing of them."""
        return self.examined.rulebook.catalogue.papers if self.examined.rulebook else None


def task_of(job: Job, options: Options) -> Task:
    """What a worker needs to open the plan again and print the copies asked for."""
    return Task(
        job.examined.path,
        job.examined.reading.source.path,
        indicators(options.home),
        job.origin,
        job.examined.findings,
        tuple(target for target in options.to if target in COPIES),
        options.draft,
        job.parts["方案"],
    )


def plan_files(paths: Iterable[Path]) -> list[Path]:
    """Every plan.md named or lying below a named folder, in order; links are not followed."""
    found: set[Path] = set()
    for path in paths:
        if path.name == "plan.md" and not path.is_dir():
            found.add(path)
        elif path.is_dir():
            for root, folders, names in os.walk(path, onerror=_unreadable, followlinks=False):
                folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "evidence")
                if "plan.md" in names:
                    found.add(Path(root) / "plan.md")
        else:
            raise ZcfError(f"没有方案 {path}", hint="写方案文件夹或其中的 plan.md，例如 plans/xiqing/示例；不写则处理 plans/ 下全部方案")
    if not found:
        raise ZcfError("没有找到方案（plan.md）", hint="写方案文件夹或其中的 plan.md；新建方案用 zcfdocs new <辖区>/<名称>")
    return sorted(found)


def _unreadable(error: OSError) -> None:
    """A folder that cannot be read must not pass for a folder without plans."""
    raise ZcfError(f"不能读取文件夹 {error.filename}：{error.strerror}", hint="检查文件夹的权限") from error


def is_placeable(item: Examined) -> bool:
    """Whether the plan names a listed district: its outputs go to <district>/<slug>, and nowhere else."""
    plan, rulebook = item.reading.plan, item.rulebook
    return plan is not None and rulebook is not None and rulebook.catalogue.district(plan.factory.district) is not None


def shown(path: Path, home: Path) -> str:
    """The path findings print: from the working folder where it lies below it."""
    try:
        return path.resolve().relative_to(Path.cwd().resolve()).as_posix()
    except ValueError:
        return path.as_posix()


def plans_in(options: Options) -> list[tuple[Path, str]]:
    """The named plans and, where one of them lies in plans/, all others of plans/: site and bureau list them all."""
    files = plan_files(options.paths)
    whole = options.home / "plans"
    if {"site", "bureau"} & set(options.to) and any(path.resolve().is_relative_to(whole.resolve()) for path in files):
        files = sorted({*files, *plan_files([whole])}, key=lambda path: path.resolve())
    return [(path, shown(path, options.home)) for path in {path.parent.resolve() / path.name: path for path in files}.values()]


def is_under(path: Path, roots: Iterable[Path]) -> bool:
    place = path.parent.resolve() / path.name  # a plan.md that is a link is judged where it stands
    return any(place.is_relative_to(root.parent.resolve() / root.name if root.name == "plan.md" else root.resolve()) for root in roots)


def speaks_for_all(options: Options) -> bool:
    """Whether this build speaks for all of plans/, so that what it does not know of is gone."""
    return any((options.home / "plans").resolve().is_relative_to(path.resolve()) for path in options.paths if path.is_dir())


def jobs_of(items: Sequence[Examined], options: Options) -> list[Job]:
    read: dict[Path, list[Path]] = {}
    for item in items:
        assert item.rulebook is not None
        read[item.path.parent] = [indicators(options.home) / name for name in item.rulebook.files]
    known = origins(read)
    jobs = [Job(item, known[item.path.parent], _parts(item, known[item.path.parent], options)) for item in items]
    places: dict[str, Job] = {}
    for job in jobs:
        if job.place in places:
            first, second = places[job.place].examined.reading.source.path, job.examined.reading.source.path
            raise ZcfError(f"{first} 与 {second} 会输出到同一处 {job.place}", hint="给其中一个方案文件夹改名")
        places[job.place] = job
    return jobs


def _parts(item: Examined, origin: Origin, options: Options) -> dict[str, str]:
    """Everything the copies of a plan depend on, by a name that `--why` can print."""
    source, assert_rulebook = item.reading.source, item.rulebook
    assert assert_rulebook is not None
    evidence = hashlib.sha256()
    for key, fact in sorted(item.reading.evidence.facts.items()):
        content = hashlib.sha256((source.folder / fact.path).read_bytes()).hexdigest() if fact.state in READ else fact.state
        evidence.update(f"{key}\0{fact.path}\0{content}\n".encode())
    return {
        "方案": hashlib.sha256(source.text.encode()).hexdigest(),
        "佐证": evidence.hexdigest(),
        "检查结果": hashlib.sha256("\n".join(map(str, item.findings)).encode()).hexdigest(),
        "目录": assert_rulebook.digest,
        "提交": f"{origin.commit} {origin.dirty}",
        "草稿": str(options.draft),
        **{f"工具 {name}": value for name, value in shaping().items()},
    }
