"""A factory's package or a district's: its manifest and signature, then each copy, then whether all of it follows from the plan inside."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from zcfdocs.errors import ZcfError
from zcfdocs.manuscript.manuscript import Mark
from zcfdocs.plan import Plan
from zcfdocs.reading import read_plan
from zcfdocs.scorecard import Origin
from zcfdocs.sealing.detached import judge_detached
from zcfdocs.sealing.layout import COPIES_AT, FACTORIES_AT, LETTERS_AT, PROVENANCE, SCAN, SOURCE_AT
from zcfdocs.sealing.package.archive import Archive, Spoiled, open_archive
from zcfdocs.sealing.package.bag import SEALED, SIGNATURE, STAMP
from zcfdocs.sealing.package.judging import judge_bag, top_of
from zcfdocs.sealing.package.provenance import Provenance, read_provenance
from zcfdocs.sealing.package.stamping import judge_timestamp
from zcfdocs.sealing.parties import Expected, of_district, of_factory
from zcfdocs.sealing.pdf.fields import fields
from zcfdocs.sealing.pdf.judging import judge_pdf
from zcfdocs.sealing.pdf.structure import Unreadable
from zcfdocs.sealing.rebuild import PLAN, Tree, card_again, rebuilt
from zcfdocs.sealing.scan import Matched, judge_scan
from zcfdocs.sealing.verdict import Check, define, invalid, unsure
from zcfdocs.sealing.verify.content import V500, judge_card, judge_made
from zcfdocs.sealing.verify.document import Grounds, judge_against
from zcfdocs.sealing.word.judging import judge_word
from zcfdocs.task import COPIES, EVALUATION
from zcfdocs.versions import shaping

V405 = define(
    "V405", "清单有签名", why="没有签名的清单，谁都可以改了文件再重做一份。", mend="请企业用单位证书重新打包：zcfdocs pack --key …。"
)
V406 = define("V406", "是正式的申报包", why="草稿包缺印章、佐证或有未提交的改动，只供预审。", mend="补齐后重新打包，不加 --draft。")
SIGNED_PDF = (COPIES["pdf"], EVALUATION["pdf"])
SIGNED_WORD = (COPIES["word"], EVALUATION["word"])


@dataclass(frozen=True, slots=True)
class Inside:
    """A factory's package laid out: `folder` holds its plan and evidence for as long as it is looked at."""

    archive: Archive
    top: str
    folder: Path
    plan: Plan | None
    provenance: Provenance | None

    def names(self, place: str) -> dict[str, str]:
        """File names below a folder of the payload, each with its entry."""
        prefix = f"{self.top}/data/{place}/"
        return {name.removeprefix(prefix): name for name in self.archive.names if name.startswith(prefix)}


def judge_package(source: Path | BinaryIO, subject: str, grounds: Grounds) -> list[Check]:
    """Every check of a package; never raises for what is in it."""
    opened = open_archive(source, subject=subject)
    if not isinstance(opened, Archive):
        return opened
    with opened as archive:
        try:
            return list(_judged(archive, subject, grounds))
        except Spoiled as error:
            return [*judge_bag(archive), invalid(V500, subject, str(error))]


def _judged(archive: Archive, subject: str, grounds: Grounds) -> Iterator[Check]:
    yield from judge_bag(archive)
    top = top_of(archive)
    if top is None:
        return
    if any(name.startswith(f"{top}/data/{LETTERS_AT}/") for name in archive.names):
        yield from _district(archive, top, subject, grounds)
        return
    with laid_out(archive, top) as inside:
        expected = of_factory(inside.plan) if inside.plan else None
        checks, scan = _manifest(inside, expected, subject, grounds)
        yield from checks
        if inside.plan is None or expected is None:
            yield invalid(V500, subject, f"包里的 {SOURCE_AT}/{PLAN} 读不出来")
            return
        yield from _copies(inside, expected, scan is not None, grounds)
        yield from _content(inside, subject, grounds)


@contextmanager
def laid_out(archive: Archive, top: str) -> Iterator[Inside]:
    """The plan and its evidence written to a folder of their own; names and sizes were judged when the archive was opened."""
    prefix = f"{top}/data/{SOURCE_AT}/"
    with tempfile.TemporaryDirectory(prefix="zcf-package-") as room:
        folder = Path(room) / "plan"
        folder.mkdir()
        for name in archive.names:
            if name.startswith(prefix):
                path = folder / name.removeprefix(prefix)
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("wb") as file:
                    for block in archive.chunks(name):
                        file.write(block)
        plan = read_plan(folder / PLAN, PLAN).plan if (folder / PLAN).is_file() else None
        told = f"{top}/data/{PROVENANCE}"
        provenance = read_provenance(archive.read(told, 1 << 20)) if told in archive.names else None
        yield Inside(archive, top, folder, plan, provenance)


def _manifest(inside: Inside, expected: Expected | None, subject: str, grounds: Grounds) -> tuple[list[Check], Matched | None]:
    """Who vouches for the manifest, and what a stamped scan was matched to."""
    found: list[Check] = []
    archive, top = inside.archive, inside.top
    data = archive.read(f"{top}/{SEALED}") if f"{top}/{SEALED}" in archive.names else b""
    names = (
        tuple(name for group in expected.groups for party in group if party.role == "company" for name in party.names) if expected else ()
    )
    scan = inside.names(COPIES_AT).get(SCAN)
    matched: Matched | None = None
    if scan is not None:
        checks, matched = judge_scan(archive.read(scan, 500 << 20), SCAN)
        found += [*checks, *_same_version(matched, inside)]
    if f"{top}/{SIGNATURE}" in archive.names:
        found += judge_detached(data, archive.read(f"{top}/{SIGNATURE}", 1 << 20), SEALED, names, grounds.trust)
    elif matched is not None:
        found.append(unsure(V405, subject, "清单没有数字签名；盖章扫描件已匹配版本，内容须与盖章的纸质原件核对"))
    else:
        found.append(invalid(V405, subject, "清单没有签名"))
    if f"{top}/{STAMP}" in archive.names:
        found += judge_timestamp(data, archive.read(f"{top}/{STAMP}", 1 << 20), SEALED, grounds.trust)
    if inside.provenance is None:
        found.append(invalid(V500, subject, f"没有 {PROVENANCE}，或读不出来"))
    elif inside.provenance.draft:
        found.append(invalid(V406, subject, "这是草稿包"))
    return found, matched


def _same_version(matched: Matched | None, inside: Inside) -> Iterator[Check]:
    if matched is None or inside.provenance is None:
        return
    wanted = inside.provenance.digest.removeprefix("sha256:")[:32].upper()
    if (matched.digest.upper(), matched.uscc) != (wanted, inside.provenance.uscc):
        yield invalid(V500, SCAN, "盖章扫描件与包里的方案不是同一版本")


def _copies(inside: Inside, expected: Expected, stamped: bool, grounds: Grounds) -> Iterator[Check]:
    """Signatures of each copy. Beside a stamped scan the digital copies need none; what signatures they have must hold all the same."""
    for name, entry in inside.names(COPIES_AT).items():
        data = inside.archive.read(entry, 500 << 20)
        if name in SIGNED_PDF and not (stamped and _is_unsigned(data)):
            yield from judge_pdf(data, name, expected, grounds.trust)
        elif name in SIGNED_WORD:
            yield from judge_word(data, name, Expected(()) if stamped else expected, grounds.trust)


def _is_unsigned(data: bytes) -> bool:
    try:
        return not any(fields(data).values())
    except Unreadable:
        return False


def _content(inside: Inside, subject: str, grounds: Grounds) -> Iterator[Check]:
    assert inside.plan is not None
    provenance = inside.provenance
    if provenance is None:
        return
    copies = {name: inside.archive.read(entry, 500 << 20) for name, entry in inside.names(COPIES_AT).items() if name in MADE}
    tree = Tree(inside.folder / PLAN, grounds.indicators, Origin(provenance.commit, False))
    again = card_again(tree)
    card = _card(copies.get(COPIES["data"]))
    if card is None:
        yield invalid(V500, COPIES["data"], "没有得分数据，或读不出来")
        return
    yield judge_card(card, again, COPIES["data"], complete=True)
    if again is not None and (again["plan"]["digest"], again["plan"]["uscc"]) != (provenance.digest, provenance.uscc):
        yield invalid(V500, subject, "方案原件与 provenance.json 标明的版本不同")
    same = provenance.tools == shaping()
    if grounds.repository is not None:
        mark = Mark("P", provenance.uscc, provenance.digest, provenance.commit, provenance.catalogue, provenance.catalogue_digest)
        yield from judge_against(grounds.repository, mark, copies, same)
    elif again is not None and again["catalogue"]["digest"] == provenance.catalogue_digest:
        try:
            yield from judge_made(copies, rebuilt(tree), tree, same)
        except ZcfError as error:
            yield invalid(V500, subject, f"不能按包里的方案重新生成：{error.message}")
    else:
        yield unsure(V500, subject, "指标目录与本机的版本不同，不能按方案重新生成；用 --repo 指定方案仓库")


MADE = (*COPIES.values(), *EVALUATION.values())


def _card(data: bytes | None) -> dict[str, object] | None:
    try:
        found = json.loads(data or b"")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _district(archive: Archive, top: str, subject: str, grounds: Grounds) -> Iterator[Check]:
    """The letter and list with the bureau's seal, and each factory's package inside."""
    expected = of_district(None)
    prefix = f"{top}/data/"
    for name in archive.names:
        inner = name.removeprefix(prefix)
        if inner.startswith(f"{LETTERS_AT}/") and name.endswith(".pdf"):
            yield from judge_pdf(archive.read(name, 200 << 20), inner.rpartition("/")[2], expected, grounds.trust)
        elif inner.startswith(f"{LETTERS_AT}/") and name.endswith(".docx"):
            yield from judge_word(archive.read(name, 200 << 20), inner.rpartition("/")[2], expected, grounds.trust)
        elif inner.startswith(f"{FACTORIES_AT}/") and name.endswith(".zip"):
            yield from judge_package(archive.open(name), inner, grounds)
    yield from _sealed(archive, top, subject, grounds)


def _sealed(archive: Archive, top: str, subject: str, grounds: Grounds) -> Iterator[Check]:
    data = archive.read(f"{top}/{SEALED}") if f"{top}/{SEALED}" in archive.names else b""
    if f"{top}/{SIGNATURE}" not in archive.names:
        yield invalid(V405, subject, "清单没有签名")
        return
    yield from judge_detached(data, archive.read(f"{top}/{SIGNATURE}", 1 << 20), SEALED, (), grounds.trust)
    if f"{top}/{STAMP}" in archive.names:
        yield from judge_timestamp(data, archive.read(f"{top}/{STAMP}", 1 << 20), SEALED, grounds.trust)
