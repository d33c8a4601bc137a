"""dist/bureau/: for each district its letter and list, and the forms of review for each plan that lies with a bureau."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from zcfdocs.errors import ZcfError
from zcfdocs.finding import Finding
from zcfdocs.jobs import Job, Options, task_of
from zcfdocs.office import FORM_FILES, LETTER_FILES, Recommendation, print_forms, print_letters
from zcfdocs.reviews import NAME, ReadReviews, beside
from zcfdocs.store import Store, key_of, replace_folder
from zcfdocs.task import Task
from zcfdocs.workers import Order, Tell, fulfil

TARGET = "bureau"


@dataclass(frozen=True, slots=True)
class Filed:
    """Districts with papers, what is wrong with reviews, what could not be made and why, and what was removed."""

    districts: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    failed: Mapping[str, ZcfError] = field(default_factory=dict)
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Piece:
    """Files of one order and the folder below dist/bureau/ where they go."""

    place: str
    order: Order
    names: tuple[str, ...]


def file_papers(jobs: Sequence[Job], options: Options, store: Store, tell: Tell) -> Filed:
    """`jobs` are all plans of the repository, since a district's list names them all; a plan elsewhere has no district here."""
    home = (options.home / "plans").resolve()
    mine = [job for job in jobs if job.examined.path.resolve().is_relative_to(home) and job.papers is not None]
    findings = tuple(finding for job in mine for finding in _reviewed(job).findings)
    pieces = _pieces(mine, options)
    root = options.out / TARGET
    _guard(root, pieces)
    missing = [piece for piece in pieces if not store.has(piece.order.key, piece.names)]
    failed = fulfil([piece.order for piece in missing], options.jobs, store, tell)
    districts = tuple(dict.fromkeys(piece.place.partition("/")[0] for piece in pieces))
    for district in districts:
        _hand_out(root / district, [piece for piece in pieces if piece.place.partition("/")[0] == district], store)
    return Filed(districts, findings, failed, _clean(root, districts))


def keys(jobs: Sequence[Job], options: Options) -> set[str]:
    """What must stay in the store for these plans."""
    return {piece.order.key for piece in _pieces([job for job in jobs if job.papers is not None], options)}


def _pieces(jobs: Sequence[Job], options: Options) -> list[_Piece]:
    pieces = []
    recommended: dict[str, list[Job]] = {}
    for job in jobs:
        assert job.papers is not None
        if job.stage in job.papers.reviewed:
            key = key_of({**job.parts, "表": TARGET, "评审": _digest(job.examined.path.parent / NAME)})
            pieces.append(_Piece(job.place, Order(f"{job.place} 评审用表", key, print_forms, _task(job, options)), FORM_FILES))
        if job.stage in job.papers.recommended:
            recommended.setdefault(job.place.partition("/")[0], []).append(job)
    for district, chosen in sorted(recommended.items()):
        key = key_of({"表": "推荐", **{job.place: job.key for job in chosen}})
        work = Recommendation(tuple(_task(job, options) for job in chosen))
        pieces.append(_Piece(district, Order(f"{district} 推荐函", key, print_letters, work), LETTER_FILES))
    return pieces


def _task(job: Job, options: Options) -> Task:
    return replace(task_of(job, options), targets=())


def _reviewed(job: Job) -> ReadReviews:
    rulebook = job.examined.rulebook
    return beside(job.examined.reading, rulebook.catalogue if rulebook else None)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() and not path.is_symlink() else ""


def _hand_out(final: Path, pieces: Sequence[_Piece], store: Store) -> None:
    """A district's folder put together anew and exchanged whole; it stays where nothing has changed."""
    final.parent.mkdir(parents=True, exist_ok=True)
    room = Path(tempfile.mkdtemp(prefix=".zcf-", dir=final.parent))
    room.chmod(0o755)
    for piece in pieces:
        folder = room.joinpath(*piece.place.split("/")[1:])
        folder.mkdir(exist_ok=True)
        for name in piece.names:
            if store.has(piece.order.key, [name]):
                shutil.copyfile(store.folder(piece.order.key) / name, folder / name)
    replace_folder(room, final)


def _guard(root: Path, pieces: Sequence[_Piece]) -> None:
    """Refuse to put papers through a link or over a folder this tool did not make."""
    for district in sorted({piece.place.partition("/")[0] for piece in pieces}):
        for path in (root, root / district):
            if path.is_symlink() or (path.exists() and not path.is_dir()):
                raise ZcfError(f"{path} 不是普通文件夹，不能输出到这里", hint="删去这个链接或文件，或用 --out 指定别的文件夹")
        if (root / district).is_dir() and not _is_ours(root / district):
            raise ZcfError(f"{root / district} 里有不是本工具生成的文件，不能替换", hint="把这些文件移走，或用 --out 指定别的文件夹")


def _is_ours(folder: Path) -> bool:
    known = {*LETTER_FILES, *FORM_FILES}
    files = [path for path in folder.rglob("*") if not path.is_dir() or path.is_symlink()]
    return all(path.name in known and not path.is_symlink() for path in files)


def _clean(root: Path, districts: Sequence[str]) -> tuple[str, ...]:
    removed = []
    for folder in sorted(root.glob("*")) if root.is_dir() and not root.is_symlink() else ():
        if folder.name not in districts and folder.is_dir() and not folder.is_symlink() and _is_ours(folder):
            shutil.rmtree(folder)
            removed.append(folder.name)
    return tuple(removed)
