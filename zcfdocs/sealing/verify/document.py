"""A single file: a signed PDF or Word copy, a stamped scan, a proof of publication. What it is shows in the file itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from zcfdocs.errors import ZcfError
from zcfdocs.manuscript.manuscript import Mark
from zcfdocs.manuscript.publication import KIND
from zcfdocs.scorecard import Origin
from zcfdocs.sealing.parties import ROLES, Expected, Party, of_district, of_factory
from zcfdocs.sealing.pdf.fields import fields
from zcfdocs.sealing.pdf.judging import judge_pdf
from zcfdocs.sealing.pdf.structure import Unreadable, enclosed, mark_of
from zcfdocs.sealing.rebuild import plan_of, rebuilt, tree_at
from zcfdocs.sealing.scan import judge_scan
from zcfdocs.sealing.trust import Trust
from zcfdocs.sealing.verdict import Check, define, invalid, unsure, valid
from zcfdocs.sealing.verify.content import V500, card_without_evidence, judge_card, judge_made
from zcfdocs.sealing.verify.publication import judge_publication, versions_in
from zcfdocs.sealing.word.judging import judge_word
from zcfdocs.task import COPIES, EVALUATION

V100 = define("V100", "是本工具认识的文件", why="可以核验试点方案等 PDF、Word、盖章扫描件、申报包和公开发布证明。", mend="核对所给的文件。")
V504 = define(
    "V504",
    "与方案仓库中所标的提交一致",
    why="仓库里的历史是方案的原件；按那一次提交重新生成，未签名部分应逐字节相同。",
    mend="核对 --repo 是否是这家企业的仓库，历史是否完整。",
)
PRINTED = {"P": COPIES["pdf"], "R": EVALUATION["pdf"]}
OURS = re.compile(rb"urn:zcfdocs:document|/ByteRange|/FT\s*/Sig")
SOMEONE = Expected((tuple(Party(role, ()) for role in ROLES),))  # of a copy that does not say whose it is


@dataclass(frozen=True, slots=True)
class Grounds:
    """What is believed and compared with: roots, this bureau's catalogues, and the repository, where there is one."""

    trust: Trust
    indicators: Path
    repository: Path | None = None


def judge_document(data: bytes, subject: str, grounds: Grounds) -> list[Check]:
    """Checks of one file by its kind; never raises for what is in it."""
    if data.startswith(b"%PDF-"):
        return list(_pdf(data, subject, grounds))
    if data.startswith(b"PK\x03\x04"):
        return judge_word(data, subject, SOMEONE, grounds.trust)
    return [invalid(V100, subject, "不是 PDF、Word 或申报包，无法核验")]


def _pdf(data: bytes, subject: str, grounds: Grounds) -> Iterator[Check]:
    try:
        held, mark, prepared = enclosed(data), mark_of(data), fields(data)
    except Unreadable as error:
        if OURS.search(data):
            yield invalid(V100, subject, error.message)
        else:  # scanners write PDFs that a strict reader refuses
            yield from judge_scan(data, subject)[0]
        return
    if mark is None and not prepared and "data.json" in held:
        yield invalid(V100, subject, "这是网站上的公开版，不是申报件：没有签名，也不含填报原文；请核验申报包里的文件")
        return
    if mark is None and not prepared:
        yield from judge_scan(data, subject)[0]
        return
    if mark is not None and mark.kind == KIND:
        yield from judge_publication(data, subject, grounds.trust, versions_in(grounds.repository) if grounds.repository else None)
        return
    if mark is None or "plan.md" not in held:
        expected = of_district(None) if "sign-district" in prepared else SOMEONE
        yield from judge_pdf(data, subject, expected, grounds.trust)
        return
    plan = plan_of(held["plan.md"])
    yield from judge_pdf(data, subject, of_factory(plan) if plan else SOMEONE, grounds.trust)
    yield from _content(subject, data, held, mark, grounds)


def _content(subject: str, data: bytes, held: Mapping[str, bytes], mark: Mark, grounds: Grounds) -> Iterator[Check]:
    try:
        card = json.loads(held.get("scorecard.json", b""))
        said = (card["plan"]["digest"], card["plan"]["uscc"], card["catalogue"]["digest"], card["source"]["commit"])
    except (ValueError, KeyError, TypeError, RecursionError):
        yield invalid(V500, subject, "附带的得分数据读不出来")
        return
    if said != (mark.digest, mark.uscc, mark.catalogue_digest, mark.commit):
        yield invalid(V500, subject, "附带的得分数据与文件标明的版本不一致")
        return
    yield valid(V500, subject, f"附带方案版本 {mark.digest.removeprefix('sha256:')[:16]}，提交 {(mark.commit or '无')[:12]}")
    again = card_without_evidence(held["plan.md"], grounds.indicators, Origin(mark.commit, False))
    yield judge_card(card, again, subject, complete=False)
    if grounds.repository is not None:
        yield from judge_against(grounds.repository, mark, {PRINTED.get(mark.kind, subject): data})


def judge_against(
    repository: Path, mark: Mark, copies: Mapping[str, bytes], same_tools: bool = False, complete: bool = False
) -> Iterator[Check]:
    """Copies, by the names a build gives them, beside those of the commit they name; `complete`: none may be missing."""
    subject = next(iter(copies))
    if mark.commit is None:
        yield invalid(V504, subject, "文件没有标明提交，不能与仓库核对")
        return
    try:
        with tree_at(repository, mark.commit, mark.uscc) as tree:
            made = rebuilt(tree)
            if made.card["plan"]["digest"] != mark.digest:
                yield invalid(V504, subject, f"仓库中提交 {mark.commit[:12]} 的方案与文件标明的版本不同")
                return
            yield valid(V504, subject, f"方案与仓库中提交 {mark.commit[:12]} 的一致")
            yield from judge_made(copies, made, tree, same_tools, complete)
    except ZcfError as error:
        yield unsure(V504, subject, f"不能按仓库重新生成：{error.message}（{error.hint}）")
