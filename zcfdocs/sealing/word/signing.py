"""A Word copy signed in one's own name: a signature is added, nothing that is signed is touched."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime

from asn1crypto import x509
from cryptography.exceptions import UnsupportedAlgorithm
from pkcs11.exceptions import PKCS11Error

from zcfdocs.errors import ZcfError
from zcfdocs.sealing.keys import Signatory
from zcfdocs.sealing.parties import ROLES
from zcfdocs.sealing.word import opc
from zcfdocs.sealing.word.judging import faults
from zcfdocs.sealing.word.manifest import references
from zcfdocs.sealing.word.markup import Signed, computed_digests, markup, signed_bytes
from zcfdocs.sealing.word.opc import Package
from zcfdocs.sealing.word.origin import disorder, signature_parts, with_signature
from zcfdocs.sealing.word.reading import read
from zcfdocs.sealing.word.values import as_written, holds, weakness

LONGEST = 255  # of a comment ([MS-OFFCRYPTO] 2.5.2.6)
AFRESH = "从未签名的 Word 副本重新开始，由各方依次签名"


def sign_word(data: bytes, signatory: Signatory, now: datetime.datetime, role: str, comment: str = "") -> bytes:
    """`role` is one of parties.ROLES; Word shows its title and the comment. Only time and value differ from run to run.

    Raises ZcfError for a broken file, one changed since it was signed, one this certificate or role has signed, and a key that may not.
    """
    package = opc.read(data)
    _ready(package, signatory, role)
    said = f"{ROLES[role]}：{comment}" if comment else ROLES[role]
    if len(said) > LONGEST or not said.isprintable():
        raise ZcfError("签名的说明过长或含有换行等控制字符", hint=f"说明写一行，不超过 {LONGEST} 个字")
    moment = now.astimezone(datetime.UTC).replace(microsecond=0)
    signed = Signed(references(package), moment, role, said, _chain(signatory))
    signed = dataclasses.replace(signed, digests=computed_digests(markup(signed)))
    signed = dataclasses.replace(signed, value=_value(signatory, signed_bytes(markup(signed))))
    return with_signature(package, opc.serialized(markup(signed)))


def _ready(package: Package, signatory: Signatory, role: str) -> None:
    """Who signs after others must not put a name under what they did not sign."""
    try:
        weak = weakness(signatory.certificate)
    except (ValueError, UnsupportedAlgorithm):  # SM2
        weak = "密钥既不是 RSA 也不是 ECDSA"
    if weak:
        raise ZcfError(f"这张证书不能签 Word：{weak}", hint="换用 RSA 2048 位以上或 P-256、P-384、P-521 的 ECDSA 证书")
    if why := next(disorder(package), None):
        raise ZcfError(f"已有的签名不完好：{why}", hint=AFRESH)
    held = references(package)
    for name in signature_parts(package):
        earlier = read(package.parts[name], name)
        if why := next(iter(faults(held, earlier)), None):
            raise ZcfError(f"已有的签名已失效：{why}", hint=AFRESH)
        if earlier.certificate.dump() == signatory.certificate.dump():
            raise ZcfError("这张证书已签过这份 Word", hint="不必再签；要重签，从未签名的 Word 副本开始")
        if earlier.role == role:
            raise ZcfError(f"这份 Word 已有{ROLES[role]}", hint="不必再签；要重签，从未签名的 Word 副本开始")


def _value(signatory: Signatory, data: bytes) -> str:
    try:
        raw = asyncio.run(signatory.signer.async_sign_raw(data, "sha256"))
    except PKCS11Error as error:
        raise ZcfError(f"令牌没有签出（{type(error).__name__}）", hint="检查令牌是否仍插着、私钥是否允许签名，再试一次") from error
    value = as_written(signatory.certificate, raw)
    if not holds(signatory.certificate, data, value):
        raise ZcfError("私钥与证书不是一对，签名没有写出", hint="在 --key 里写明同一把密钥的证书标签和私钥标签")
    return value


def _chain(signatory: Signatory) -> tuple[x509.Certificate, ...]:
    """The certificate and its issuers as far as they came with it, the root left out: a verifier has its own."""
    chain = [signatory.certificate]
    known = {certificate.subject.hashable: certificate for certificate in signatory.chain if certificate.subject != certificate.issuer}
    while (issuer := known.pop(chain[-1].issuer.hashable, None)) is not None:
        chain.append(issuer)
    return tuple(chain)
