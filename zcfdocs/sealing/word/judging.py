"""Whether a Word copy is signed by whom it must be and as they signed it: stricter than LibreOffice and Office (signing.md 2.3)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from zcfdocs.errors import ZcfError
from zcfdocs.sealing.keys.preflight import belongs
from zcfdocs.sealing.keys.signatory import fingerprint, is_test, names
from zcfdocs.sealing.parties import ROLES, Expected, Party
from zcfdocs.sealing.trust import Trust
from zcfdocs.sealing.verdict import Check, Verdict, beijing, invalid, unsure, valid
from zcfdocs.sealing.word import opc
from zcfdocs.sealing.word.chain import judge_chain
from zcfdocs.sealing.word.codes import COVERED, GENUINE, INTACT, OWNED, READABLE, SIGNED, TOLD
from zcfdocs.sealing.word.manifest import Reference, changed, missing_or_added, references
from zcfdocs.sealing.word.markup import Signed, computed_digests, markup, signed_bytes
from zcfdocs.sealing.word.origin import MOST, disorder, signature_parts
from zcfdocs.sealing.word.reading import read
from zcfdocs.sealing.word.values import HOSTILE, holds


def judge_word(data: bytes, subject: str, expected: Expected, trust: Trust, now: datetime.datetime | None = None) -> list[Check]:
    """Never raises, whatever the data. `subject` is the file's name; checks of one signature add whose it is."""
    try:
        package = opc.read(data)
    except ZcfError as error:
        return [invalid(READABLE, subject, f"{error.message}。{error.hint}")]
    checks = [valid(READABLE, subject, "文件完好，可以核对")]
    checks += [invalid(COVERED, subject, why) for why in disorder(package)]
    signatures: list[Signed] = []
    parts = signature_parts(package)[:MOST]
    for name in parts:
        try:
            signatures.append(read(package.parts[name], name))
        except ZcfError as error:
            checks.append(invalid(COVERED, subject, f"{error.message}。{error.hint}"))
    checks += _signed_by(subject, expected, signatures, len(parts))
    held, today = references(package), now or datetime.datetime.now(datetime.UTC)
    for signed in signatures:
        checks += _signature(held, subject, signed, expected.party(signed.role), trust, today)
    return checks


def faults(held: tuple[Reference, ...], signed: Signed) -> list[str]:
    """How what is held is not what was signed, or the signature not the signer's; one Chinese sentence each."""
    return [check.message for check in (*_intact(held, "", signed), *_covered(held, "", signed)) if check.verdict is Verdict.INVALID]


def shown(role: str) -> str:
    """How Word shows a role: the first words of the comment."""
    return ROLES.get(role, "")


def _signed_by(subject: str, expected: Expected, signatures: list[Signed], count: int) -> Iterator[Check]:
    if not expected.groups:  # nobody need sign; whoever does is judged all the same
        return
    if not count:
        yield invalid(SIGNED, subject, "Word 副本没有签名")
        return
    roles = [signed.role for signed in signatures]
    for group in expected.groups:
        title = "或".join(party.title for party in group)
        if any(party.role in roles for party in group):
            yield valid(SIGNED, subject, f"有{title}的签名")
        else:
            yield invalid(SIGNED, subject, f"缺少{title}的签名")
    for role in dict.fromkeys(roles):
        if expected.party(role) is None:
            yield invalid(SIGNED, subject, f"多出“{shown(role) or '身份不明'}”的签名，这份文件不应由其签名")
        if roles.count(role) > 1:
            yield invalid(SIGNED, subject, f"{shown(role)}的签名不止一个")


def _signature(
    held: tuple[Reference, ...], file: str, signed: Signed, party: Party | None, trust: Trust, now: datetime.datetime
) -> Iterator[Check]:
    subject = f"{file}（{shown(signed.role) or '身份不明'}）"
    try:
        yield from _intact(held, subject, signed)
        yield from _covered(held, subject, signed)
        yield judge_chain(subject, signed, trust, now)
        if party is not None:
            yield _owned(subject, signed, party)
        yield _told(subject, signed)
        if is_test(signed.certificate):
            yield invalid(GENUINE, subject, "这是测试签名，不证明任何事")
    except HOSTILE:  # a certificate that the libraries choke on
        yield invalid(INTACT, subject, "签名或证书读不懂")


def _intact(held: tuple[Reference, ...], subject: str, signed: Signed) -> Iterator[Check]:
    root = markup(signed)
    found = [f"部件 {name} 在签名后被改动" for name in changed(held, signed.references)]
    if computed_digests(root) != signed.digests:
        found.append("签名文件里的摘要与其内容不符")
    if not holds(signed.certificate, signed_bytes(root), signed.value):
        found.append("签名值不是证书的私钥所签")
    if not signed.comment.startswith(shown(signed.role)) or not shown(signed.role):
        found.append(f"Word 里显示的“{signed.comment}”与签名的身份不符")
    yield from (invalid(INTACT, subject, why) for why in found)
    if not found:
        yield valid(INTACT, subject, f"{len(signed.references)} 个部件的摘要和签名值都对")


def _covered(held: tuple[Reference, ...], subject: str, signed: Signed) -> Iterator[Check]:
    found = list(missing_or_added(held, signed.references))
    yield from (invalid(COVERED, subject, why) for why in found)
    if not found:
        yield valid(COVERED, subject, "每个部件、关系和内容类型都在签名之内")


def _owned(subject: str, signed: Signed, party: Party) -> Check:
    whose = "、".join(names(signed.certificate)) or "（未写明单位）"
    if not party.names:
        return unsure(OWNED, subject, f"不知道{party.title}应属于谁；证书属于“{whose}”，请自行核对")
    if not belongs(signed.certificate, party.names):
        return invalid(OWNED, subject, f"证书属于“{whose}”，不是“{'、'.join(party.names)}”")
    return valid(OWNED, subject, f"证书属于“{whose}”")


def _told(subject: str, signed: Signed) -> Check:
    who = "、".join(names(signed.certificate)) or "（未写明单位）"
    mark = fingerprint(signed.certificate)
    return valid(TOLD, subject, f"“{who}”自称于{beijing(signed.moment)} 签名（没有时间戳证明）；证书 SHA-256 指纹 {mark}")
