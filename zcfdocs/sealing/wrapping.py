"""From what was gathered to the zip: provenance, checklist, bag, signature and time stamp on its manifest."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pypdfium2

from zcfdocs.catalogue import Rulebook
from zcfdocs.dossier import Dossier
from zcfdocs.errors import ZcfError
from zcfdocs.pipeline import dossier
from zcfdocs.printing.pdf import print_pdf
from zcfdocs.scorecard import Origin
from zcfdocs.sealing.detached import sign_detached
from zcfdocs.sealing.keys import Signatory
from zcfdocs.sealing.layout import CHECKLIST, COPIES_AT, DRAFT, FACTORIES_AT, LETTERS_AT, PROVENANCE, SCAN
from zcfdocs.sealing.package.archive import Archive, Content, blocks, open_archive, write_zip
from zcfdocs.sealing.package.bag import SEALED, bag, sealed, tag
from zcfdocs.sealing.package.checklist import Item, checklist, district_checklist
from zcfdocs.sealing.package.judging import judge_bag
from zcfdocs.sealing.package.provenance import Noted, Unsigned, of_card, provenance
from zcfdocs.sealing.package.stamping import timestamp
from zcfdocs.sealing.packing import PACKAGES, Gathered
from zcfdocs.sealing.parties import ROLES, field_of
from zcfdocs.sealing.pdf.fields import fields
from zcfdocs.sealing.pdf.structure import unsigned_prefix
from zcfdocs.sealing.verdict import Verdict, together
from zcfdocs.task import COPIES, EVALUATION
from zcfdocs.versions import shaping

ON_PAPER = (COPIES["pdf"], EVALUATION["pdf"], COPIES["evidence"], COPIES["workbook"])
EITHER = ("legal", "responsible")  # 法人或单位负责人签字
TITLES = {field_of(role): title for role, title in ROLES.items()}


@dataclass(frozen=True, slots=True)
class Vouching:
    """Who signs the manifest, and which service stamps it; either may be left out."""

    signatory: Signatory | None = None
    tsa: str | None = None


def wrap(gathered: Gathered, origin: Origin, vouching: Vouching, out: Path, draft: bool) -> Path:
    """The factory's package in dist/packages/, written whole."""
    slug = gathered.place.rpartition("/")[2]
    payload = gathered.payload
    whole = dossier(gathered.made.examined, origin)
    if whole is None:
        raise ZcfError("方案无法核算，不能打包", hint="用 zcfdocs check 查看问题")
    items = [_item(name, content) for name, content in payload.items() if name.startswith(f"{COPIES_AT}/")]
    items.sort(key=lambda item: (ON_PAPER.index(item.name) if item.name in ON_PAPER else len(ON_PAPER), item.name))
    on_paper = [item.path for item in items if item.name in ((SCAN,) if gathered.scan is not None else ()) or item.name in ON_PAPER]
    made = checklist(whole, items, on_paper, gathered.missing, draft)
    payload[f"{COPIES_AT}/{CHECKLIST}"] = print_pdf(made).data
    noted = {name: _noted(name, content) for name, content in payload.items()}
    payload[PROVENANCE] = provenance(of_card(gathered.made.card, slug, shaping(), noted, draft))
    plan = gathered.plan.factory
    info = {
        "External-Identifier": plan.uscc or "",
        "Source-Organization": plan.applicant_name,
        "External-Description": whole.catalogue.title,
        "Bagging-Date": gathered.plan.as_of.isoformat(),
    }
    return _write(out / PACKAGES / f"{gathered.place}{DRAFT if draft else ''}.zip", slug, payload, info, vouching)


def wrap_district(
    key: str, rulebook: Rulebook, letters: Sequence[Path], packages: Sequence[Path], vouching: Vouching, out: Path, plans: Sequence[Dossier]
) -> Path:
    """The district's letter and list with the packages of the factories it recommends."""
    payload: dict[str, Content] = {f"{LETTERS_AT}/{path.name}": path for path in letters}
    payload |= {f"{FACTORIES_AT}/{path.name}": path for path in packages}
    items = [_item(name, content) for name, content in sorted(payload.items())]
    paper = [item.path for item in items if item.path.startswith(LETTERS_AT) and item.path.endswith(".pdf")]
    payload[f"{LETTERS_AT}/{CHECKLIST}"] = print_pdf(district_checklist(plans, items, paper)).data
    found = rulebook.catalogue.district(key)
    info = {
        "Source-Organization": found.bureau or found.name if found else key,
        "External-Description": rulebook.catalogue.title,
        "Bagging-Date": max(item.plan.as_of for item in plans).isoformat(),
    }
    return _write(out / PACKAGES / f"{key}.zip", key, payload, info, vouching)


def _write(path: Path, top: str, payload: Mapping[str, Content], info: Mapping[str, str], vouching: Vouching) -> Path:
    """Beside its place, judged, then renamed: what is there is always a whole bag."""
    entries = bag(top, payload, info)
    told = tag(entries, SEALED)
    signature = sign_detached(told, vouching.signatory) if vouching.signatory else None
    stamp = timestamp(told, vouching.tsa) if vouching.tsa else None
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".zcf-", dir=path.parent)
    try:
        with os.fdopen(handle, "w+b") as file:
            write_zip(file, sealed(entries, signature, stamp))
        _require_whole(Path(name))
        Path(name).chmod(0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path


def _require_whole(path: Path) -> None:
    """What was written is read once more, as its receiver will: files may have changed while they were packed."""
    opened = open_archive(path)
    if not isinstance(opened, Archive):
        raise ZcfError(f"打包未成：{opened[0].message}", hint="减少或缩小佐证文件后再打包")
    with opened as archive:
        if together(judge_bag(archive)) is not Verdict.VALID:
            raise ZcfError("打包时有文件被改动", hint="等其他程序保存完，再打包一次")


def _sha256(content: Content) -> str:
    digest = hashlib.sha256()
    for block in blocks(content):
        digest.update(block)
    return digest.hexdigest()


def _noted(name: str, content: Content) -> Noted:
    digest = _sha256(content)
    if not (isinstance(content, bytes) and any(_places(name, content).values())):
        return Noted(digest)
    before = unsigned_prefix(content)
    return Noted(digest, Unsigned(len(before), hashlib.sha256(before).hexdigest()))


def _places(name: str, content: Content) -> dict[str, bool]:
    """The titles of a copy's signature fields, and which are signed; a scan and evidence come from elsewhere and have none of ours."""
    if not (isinstance(content, bytes) and name.endswith(".pdf")) or name.endswith(f"/{SCAN}"):
        return {}
    return {TITLES[field]: signed for field, signed in fields(content).items() if field in TITLES}


def _item(name: str, content: Content) -> Item:
    """How the checklist shows a file."""
    digest = _sha256(content)
    if not name.endswith(".pdf"):
        return Item(name, digest)
    with pypdfium2.PdfDocument(io.BytesIO(content) if isinstance(content, bytes) else content) as document:
        pages = len(document)
    found = _places(name, content)
    signed = tuple(title for title, done in found.items() if done)
    either = {ROLES[role] for role in EITHER}
    blank = (title for title, done in found.items() if not done and not (title in either and either & set(signed)))
    return Item(name, digest, pages, signed, tuple(blank))
