"""Why a certificate may not sign here: dates, key usage, whose it is. What only an issuer knows (revocation) is asked elsewhere."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterator

from asn1crypto import x509

from zcfdocs.sealing.keys.signatory import Signatory, names

SPACE = re.compile(r"\s+")
BRACKETS = str.maketrans("()", "（）")


def refusals(signatory: Signatory, allowed: Collection[str], now: datetime.datetime) -> Iterator[str]:
    """One Chinese sentence a reason; `allowed` are the names the certificate may speak for, none where anyone may sign."""
    certificate = signatory.certificate
    begins, ends = certificate.not_valid_before, certificate.not_valid_after
    if now < begins:
        yield f"证书从 {begins:%Y-%m-%d} 起才有效"
    if now > ends:
        yield f"证书已于 {ends:%Y-%m-%d} 过期"
    if not may_sign(certificate):
        yield "证书的密钥用途不含数字签名或不可否认"
    if allowed and not belongs(certificate, allowed):
        yield f"证书属于“{'、'.join(signatory.names) or '（未写明单位）'}”，不是“{'、'.join(allowed)}”"


def may_sign(certificate: x509.Certificate) -> bool:
    """keyUsage allows digitalSignature or nonRepudiation (RFC 5280, 4.2.1.3); a certificate without it is not restricted."""
    usage = certificate.key_usage_value
    return usage is None or bool({"digital_signature", "non_repudiation"} & set(usage.native))


def belongs(certificate: x509.Certificate, allowed: Collection[str]) -> bool:
    """Whether organisation or common name is one of the names, spaces and the width of brackets aside."""
    wanted = {_plain(name) for name in allowed}
    return any(_plain(name) in wanted for name in names(certificate))


def _plain(name: str) -> str:
    return SPACE.sub("", name).translate(BRACKETS)
