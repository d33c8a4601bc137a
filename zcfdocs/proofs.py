"""公开发布证明.pdf: of each published plan into dist/publication/, from the integrity.json beside its page; and of a captured page."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from zcfdocs.errors import ZcfError
from zcfdocs.jobs import Job, Options
from zcfdocs.publication import DATA, INTEGRITY, PAGE, PROOF, RECORD, STAMP, Integrity, Record
from zcfdocs.store import Store, key_of, replace_folder
from zcfdocs.versions import shaping
from zcfdocs.workers import Order, Tell, fulfil

ENCLOSED = {
    RECORD: ("application/json", "抓取记录"),
    STAMP: ("application/timestamp-reply", "抓取记录的时间戳（RFC 3161）"),
    PAGE: ("text/html", "抓取的网页"),
    DATA: ("application/json", "抓取的公开数据"),
    INTEGRITY: ("application/json", "抓取的 integrity.json"),
}
FOLDER, FILE = "publication", f"{PROOF}.pdf"


@dataclass(frozen=True, slots=True)
class Notice:
    """What is printed of one plan; public data only."""

    name: str
    uscc: str
    day: date
    integrity: Integrity


@dataclass(frozen=True, slots=True)
class Proven:
    """Places with a proof, the keys that stay in the store, and what could not be printed."""

    places: tuple[str, ...] = ()
    keys: frozenset[str] = frozenset()
    failed: Mapping[str, ZcfError] = field(default_factory=dict)


def integrities(site: Path, address: str, places: Sequence[str], preview: bool) -> dict[str, bytes]:
    """Path within the site → integrity.json, for every plan whose page and data are there. The same site gives the same bytes."""
    made = {}
    for place in places:
        folder = site / "plans" / place
        if (folder / DATA).is_file():
            where = f"{address.rstrip('/')}/" if address else ""
            url = f"{where}plans/{place}/{PAGE}"
            found = Integrity.of(url, (folder / PAGE).read_bytes(), (folder / DATA).read_bytes(), preview)
            made[f"plans/{place}/{INTEGRITY}"] = found.dump()
    return made


def print_proof(notice: Notice, room: Path) -> None:
    """The work of one worker process."""
    from zcfdocs.manuscript.publication import Statement, publication
    from zcfdocs.printing.parity import require_parity
    from zcfdocs.printing.pdf import print_pdf

    manuscript = publication(Statement(notice.name, notice.uscc, notice.day, notice.integrity))
    paper = print_pdf(manuscript)
    require_parity(manuscript, paper.data, None)
    (room / FILE).write_bytes(paper.data)


def proof(record: Record, files: Mapping[str, bytes]) -> bytes:
    """公开发布证明.pdf with everything inside that it rests on; the same bytes for the same files."""
    from zcfdocs.manuscript.manuscript import Enclosure  # printing takes half a second to import
    from zcfdocs.manuscript.publication import BEIJING, Statement, publication
    from zcfdocs.printing.pdf import print_pdf

    integrity = Integrity.read(files[INTEGRITY])
    assert integrity is not None
    enclosures = tuple(Enclosure(name, kind, "Data", words, files[name]) for name, (kind, words) in ENCLOSED.items() if name in files)
    day = record.moment.astimezone(BEIJING).date()
    return print_pdf(publication(Statement(record.name, record.uscc, day, integrity, record, enclosures))).data


def file_proofs(jobs: Sequence[Job], options: Options, store: Store, tell: Tell) -> Proven:
    """A proof for each plan on the public site in dist/; the folder is exchanged whole, and goes where the site is a preview."""
    root = options.out / FOLDER
    if not options.public:
        if root.is_dir() and _is_ours(root):
            shutil.rmtree(root)
        return Proven()
    orders = {job.place: order for job in jobs if (order := _order(job, options)) is not None}
    if not orders and not root.exists():
        return Proven()
    if root.is_symlink() or (root.exists() and not (root.is_dir() and _is_ours(root))):
        raise ZcfError(f"{root} 里有不是本工具生成的文件，不能替换", hint="把这些文件移走，或用 --out 指定别的文件夹")
    missing = [order for order in orders.values() if not store.has(order.key, [FILE])]
    failed = fulfil(missing, options.jobs, store, tell)
    options.out.mkdir(parents=True, exist_ok=True)
    room = Path(tempfile.mkdtemp(prefix=".zcf-", dir=options.out))
    room.chmod(0o755)
    for place, order in orders.items():
        if store.has(order.key, [FILE]):
            (room / place).mkdir(parents=True)
            shutil.copyfile(store.folder(order.key) / FILE, room / place / FILE)
    replace_folder(room, root)
    return Proven(tuple(orders), frozenset(order.key for order in orders.values()), failed)


def _order(job: Job, options: Options) -> Order | None:
    place, plan = options.out / "site" / "plans" / job.place / INTEGRITY, job.examined.reading.plan
    integrity = Integrity.read(place.read_bytes()) if place.is_file() else None
    if plan is None or integrity is None:
        return None
    notice = Notice(plan.factory.name, plan.factory.uscc, plan.as_of, integrity)
    parts = {"表": FOLDER, "名称": notice.name, "填报日": str(notice.day), "摘要": integrity.dump().decode()}
    return Order(
        f"{job.place} {PROOF}", key_of({**parts, **{f"工具 {name}": value for name, value in shaping().items()}}), print_proof, notice
    )


def _is_ours(root: Path) -> bool:
    return all(path.name == FILE and not path.is_symlink() for path in root.rglob("*") if not path.is_dir() or path.is_symlink())
