"""What is to be said of a signed PDF: is it whole, who signed it, may that be believed. Hostile bytes end in a check, never in an exception."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from zcfdocs.sealing.keys.preflight import belongs
from zcfdocs.sealing.keys.signatory import is_test, names
from zcfdocs.sealing.parties import Expected, Party
from zcfdocs.sealing.pdf.integrity import READABLE, examined
from zcfdocs.sealing.pdf.structure import Unreadable, called, is_timestamp, opened, safely, signatures
from zcfdocs.sealing.pdf.trusting import trusted, trusted_stamp
from zcfdocs.sealing.trust import Trust
from zcfdocs.sealing.verdict import Check, Verdict, define, invalid, unsure, valid

SIGNED = define(
    "V201",
    "该签的都签了，没有别的签名",
    why="没有签名的文件谁都能改；多出来的签名不知是谁的",
    mend="请缺少的一方在预留处签署；有多余签名的，从未签名的 PDF 重新签署",
)
BELONGS = define(
    "V206",
    "证书属于应签的一方",
    why="别的单位的有效证书也能签出完好的签名",
    mend="用本单位的证书重新签署；单位更名的，把旧名写进方案的曾用名",
)
TESTED = define(
    "V208",
    "不是测试签名",
    why="测试签名用一次性密钥，只供试用，不能证明任何事",
    mend="用认证机构发的证书正式签署",
)


def judge_pdf(data: bytes, subject: str, expected: Expected, trust: Trust, now: datetime | None = None) -> list[Check]:
    """V200–V208. Never raises for what is in the data; `now` is the moment certificates are judged at."""
    found: list[Check] = []
    try:
        safely(lambda: found.extend(_judged(opened(data), subject, expected, trust, now or datetime.now(UTC))))
    except Unreadable as error:
        return [invalid(READABLE, subject, error.message)]
    return found


def _judged(reader: PdfFileReader, subject: str, expected: Expected, trust: Trust, now: datetime) -> Iterator[Check]:
    made = signatures(reader)
    yield from (checks := list(examined(reader, subject)))
    yield from _signed(made, subject, expected)
    broken = {check.subject for check in checks if check.verdict is Verdict.INVALID}
    for one in made:
        where = f"{subject} {called(one.field_name)}"
        if where in broken:
            continue  # whose a forged signature would be, and when it was made, is nothing to be said
        if is_timestamp(one):
            yield from trusted_stamp(one, where, trust, now, one is made[-1])
            continue
        yield from _whose(one, where, expected)
        yield from trusted(one, where, trust, now)


def _signed(made: list[EmbeddedPdfSignature], subject: str, expected: Expected) -> Iterator[Check]:
    fields = Counter(one.field_name for one in made if not is_timestamp(one))
    known = {party.field: party for group in expected.groups for party in group}
    if not fields:
        yield invalid(SIGNED, subject, "文件没有签名（未签，或签名已被去掉）")
        return
    for group in expected.groups:
        titles = "或".join(party.title for party in group)
        found = [party.title for party in group if fields[party.field] == 1]
        yield valid(SIGNED, subject, f"{'、'.join(found)}已签") if found else invalid(SIGNED, subject, f"缺少{titles}的签名")
    for one in made:
        if not is_timestamp(one) and (one.field_name not in known or fields[one.field_name] > 1):
            who = "、".join(names(one.signer_cert)) or "（未写明单位）"
            yield invalid(SIGNED, subject, f"在“{called(one.field_name)}”有不应有的签名，证书属于“{who}”")


def _whose(one: EmbeddedPdfSignature, subject: str, expected: Expected) -> Iterator[Check]:
    if is_test(one.signer_cert):
        yield invalid(TESTED, subject, "这是测试签名，只供试用，不能用于申报")
    party = next((party for group in expected.groups for party in group if party.field == one.field_name), None)
    if party is not None:
        yield _belonging(one, subject, party)


def _belonging(one: EmbeddedPdfSignature, subject: str, party: Party) -> Check:
    who = "、".join(names(one.signer_cert)) or "（未写明单位）"
    if not party.names:
        return unsure(BELONGS, subject, f"证书属于“{who}”；应签单位的全称未知，请人工核对")
    if not belongs(one.signer_cert, party.names):
        return invalid(BELONGS, subject, f"证书属于“{who}”，不是“{'、'.join(party.names)}”")
    return valid(BELONGS, subject, f"证书属于“{who}”")
