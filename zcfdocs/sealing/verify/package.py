"""A factory's package or a district's: its manifest and signature, then each copy, then whether all of it follows from the plan inside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from zcfdocs.errors import ZcfError
from zcfdocs.manuscript.manuscript import Mark
from zcfdocs.scorecard import Origin
from zcfdocs.sealing.layout import COPIES_AT, FACTORIES_AT, LETTERS_AT, SOURCE_AT
from zcfdocs.sealing.package.archive import Archive, Spoiled, open_archive
from zcfdocs.sealing.package.directory import Limits
from zcfdocs.sealing.package.judging import judge_bag, top_of
from zcfdocs.sealing.parties import Expected, of_district, of_factory
from zcfdocs.sealing.pdf.fields import fields
from zcfdocs.sealing.pdf.judging import judge_pdf
from zcfdocs.sealing.pdf.structure import Unreadable
from zcfdocs.sealing.rebuild import PLAN, Tree, card_again, examined_again, rebuilt
from zcfdocs.sealing.verdict import Check, Verdict, invalid, together, unsure
from zcfdocs.sealing.verify.content import V500, V501, V502, judge_card, judge_made
from zcfdocs.sealing.verify.document import Grounds, judge_against
from zcfdocs.sealing.verify.inside import Inside, laid_out
from zcfdocs.sealing.verify.manifest import LARGEST_COPY, judge_manifest, judge_vouching
from zcfdocs.sealing.word.judging import judge_word
from zcfdocs.task import COPIES, EVALUATION
from zcfdocs.versions import shaping

SIGNED_PDF = (COPIES["pdf"], EVALUATION["pdf"])
SIGNED_WORD = (COPIES["word"], EVALUATION["word"])


def judge_package(source: Path | BinaryIO, subject: str, grounds: Grounds, limits: Limits | None = None) -> list[Check]:
    """Every check of a package; never raises for what is in it. `limits` are those of a package inside a district's."""
    opened = open_archive(source, limits, subject)
    if not isinstance(opened, Archive):
        return opened
    with opened as archive:
        try:
            return list(_judged(archive, subject, grounds, inner=limits is not None))
        except Spoiled as error:
            return [*judge_bag(archive), invalid(V500, subject, str(error))]


def _judged(archive: Archive, subject: str, grounds: Grounds, inner: bool) -> Iterator[Check]:
    whole = judge_bag(archive)
    yield from whole
    top = top_of(archive)
    if top is None or together(whole) is not Verdict.VALID:
        return
    if is_of_district(archive, top):
        if inner or any(name.startswith(f"{top}/data/{SOURCE_AT}/") for name in archive.names):
            yield invalid(V500, subject, "既像区级的包又像企业的包，或包中套包")
        else:
            yield from _district(archive, top, subject, grounds)
        return
    with laid_out(archive, top) as inside:
        expected = of_factory(inside.plan) if inside.plan else None
        checks, stamped = judge_manifest(inside, expected, subject, grounds)
        yield from checks
        if inside.plan is None or expected is None:
            yield invalid(V500, subject, f"包里的 {SOURCE_AT}/{PLAN} 读不出来")
            return
        yield from _copies(inside, expected, stamped, grounds)
        yield from _content(inside, subject, grounds)


def _copies(inside: Inside, expected: Expected, stamped: bool, grounds: Grounds) -> Iterator[Check]:
    """Signatures of each copy. Beside a stamped scan the digital copies need none; what signatures they have must hold all the same."""
    present = inside.names(COPIES_AT)
    for name in (COPIES["pdf"], COPIES["word"]):
        if name not in present:
            yield invalid(V502, name, f"包里没有 {name}")
    for name, entry in present.items():
        if name not in (*SIGNED_PDF, *SIGNED_WORD):
            continue
        data = inside.archive.read(entry, LARGEST_COPY)
        if name in SIGNED_WORD:
            yield from judge_word(data, name, Expected(()) if stamped else expected, grounds.trust)
        elif not (stamped and _is_unsigned(data)):
            yield from judge_pdf(data, name, expected, grounds.trust)


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
    named = {PLAN, *(item.file for item in inside.plan.evidence)}
    if strange := sorted(name for name in inside.names(SOURCE_AT) if name not in named):
        yield invalid(V500, subject, f"{SOURCE_AT} 里有方案没有登记的文件：{'、'.join(strange[:3])}")
    copies = {
        name: inside.archive.read(entry, LARGEST_CARD if name == COPIES["data"] else LARGEST_COPY)
        for name, entry in inside.names(COPIES_AT).items()
        if name in MADE
    }
    tree = Tree(inside.folder / PLAN, grounds.indicators, Origin(provenance.commit, False), grounds.repository)
    if grounds.repository is None and any(examined_again(tree).reading.evidence.proofs.values()):
        yield unsure(V501, subject, "方案以公开发布记录为证，要按它标明的提交核对；用 --repo 指定方案仓库才能复算")
        return
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
        yield from judge_against(grounds.repository, mark, copies, same, complete=True)
    elif again is not None and again["catalogue"]["digest"] == provenance.catalogue_digest:
        try:
            yield from judge_made(copies, rebuilt(tree), tree, same, complete=True)
        except ZcfError as error:
            yield invalid(V500, subject, f"不能按包里的方案重新生成：{error.message}")
    else:
        yield unsure(V500, subject, "指标目录与本机的版本不同，不能按方案重新生成；用 --repo 指定方案仓库")


LARGEST_CARD = 4 << 20
MADE = (*COPIES.values(), *EVALUATION.values())


def _card(data: bytes | None) -> dict[str, object] | None:
    try:
        found = json.loads(data or b"")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def is_of_district(archive: Archive, top: str) -> bool:
    return any(name.startswith(f"{top}/data/{LETTERS_AT}/") for name in archive.names)


def _district(archive: Archive, top: str, subject: str, grounds: Grounds) -> Iterator[Check]:
    """The letter and list with the bureau's seal, and each factory's package inside; together they cost no more than one package may."""
    expected = of_district(None)
    prefix = f"{top}/data/"
    inside = [name for name in archive.names if name.startswith(f"{prefix}{FACTORIES_AT}/") and name.endswith(".zip")]
    limits = replace(Limits(), total=Limits().total // max(1, len(inside)))
    if not any(name.startswith(f"{prefix}{LETTERS_AT}/") and name.endswith(".pdf") for name in archive.names):
        yield invalid(V500, subject, "没有推荐函和推荐汇总表的 PDF")
    for name in archive.names:
        inner = name.removeprefix(prefix)
        if inner.startswith(f"{LETTERS_AT}/") and name.endswith(".pdf"):
            yield from judge_pdf(archive.read(name, 200 << 20), inner.rpartition("/")[2], expected, grounds.trust)
        elif inner.startswith(f"{LETTERS_AT}/") and name.endswith(".docx"):
            yield from judge_word(archive.read(name, 200 << 20), inner.rpartition("/")[2], expected, grounds.trust)
        elif inner.startswith(f"{FACTORIES_AT}/") and name.endswith(".zip"):
            yield from judge_package(archive.open(name), inner, grounds, limits)
    yield from judge_vouching(archive, top, (), subject, grounds)
