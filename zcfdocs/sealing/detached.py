"""A signature beside what it signs: CMS with CAdES attributes in DER (.p7s), made and judged; time stamps likewise."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Sequence
from dataclasses import replace

from asn1crypto import cms
from pyhanko.sign.general import CMSExtractionError, extract_certificate_info, extract_signer_info
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import async_validate_detached_cms, extract_tst_data_iter
from pyhanko.sign.validation.status import SignatureStatus, StandardCMSSignatureStatus
from pyhanko_certvalidator import ValidationContext

from zcfdocs.sealing.keys import Signatory
from zcfdocs.sealing.keys.preflight import belongs
from zcfdocs.sealing.keys.signatory import is_test, names
from zcfdocs.sealing.package.stamping import LARGEST, MALFORMED, WEAK, Stamper, judge_timestamp, judged, timestamp
from zcfdocs.sealing.package.standing import SIGNING, standing
from zcfdocs.sealing.trust import Trust
from zcfdocs.sealing.verdict import Check, Verdict, define, invalid, unsure

__all__ = ["SIGNED", "Stamper", "judge_detached", "judge_timestamp", "sign_detached", "timestamp"]

SIGNED = define(
    "V403",
    "清单的签名有效，签名人是申报单位",
    why="摘要只能说明文件与清单一致；清单是谁定下的，只有签名能说明",
    mend="请企业用本单位的签名证书重新打包：zcfdocs pack --key …；证书须由可信的机构签发、在有效期内、未被吊销",
)


def sign_detached(data: bytes, signatory: Signatory, tsa: str | Stamper | None = None, now: datetime.datetime | None = None) -> bytes:
    """DER of a detached signature that carries its chain, and a signature time stamp where a service is named. Raises ZcfError for the service."""
    stamper = Stamper(tsa) if isinstance(tsa, str) else tsa
    made = asyncio.run(
        signatory.signer.async_sign_general_data(
            data,
            "sha256",
            detached=True,
            use_cades=True,
            timestamper=stamper,
            signed_attr_settings=PdfCMSSignedAttributes(signing_time=now or datetime.datetime.now(datetime.UTC)),
        )
    )
    return bytes(made.dump())


def judge_detached(data: bytes, signature: bytes, subject: str, allowed: Sequence[str], trust: Trust) -> list[Check]:
    """V403, and V404 for a time stamp inside; `allowed` are the names the certificate may speak for, none where they are not known."""
    try:
        signed = _signed_data(signature)
        certificate = extract_certificate_info(signed).signer_cert
        if is_test(certificate):
            return [invalid(SIGNED, subject, "测试签名：用一次性密钥试签，不证明任何人签过")]
        if signed["signer_infos"][0]["digest_algorithm"]["algorithm"].native in WEAK:
            return [invalid(SIGNED, subject, "签名用的摘要算法已不安全")]
        return list(asyncio.run(_judged(data, signed, subject, allowed, trust)))
    except (*MALFORMED, CMSExtractionError, SignatureValidationError):
        return [invalid(SIGNED, subject, "不是完好的 CMS 签名（.p7s）")]


def _signed_data(signature: bytes) -> cms.SignedData:
    if len(signature) > LARGEST:
        raise ValueError
    signed = cms.ContentInfo.load(signature, strict=True)["content"]
    if not isinstance(signed, cms.SignedData):
        raise TypeError
    extract_signer_info(signed)  # one signer, or it raises
    return signed


async def _judged(data: bytes, signed: cms.SignedData, subject: str, allowed: Sequence[str], trust: Trust) -> list[Check]:
    alone = replace(trust, offline=True)  # nobody is asked about what is not even whole

    async def look(context: ValidationContext) -> StandardCMSSignatureStatus:
        return await async_validate_detached_cms(data, signed, context, alone.context(), key_usage_settings=SIGNING)

    found = await look(alone.context())
    if not found.intact:
        return [invalid(SIGNED, subject, "签名签的是另一份清单，或清单在签名之后被改动")]
    if not found.valid:
        return [invalid(SIGNED, subject, "签名不成立")]
    stamps = [
        await judged(_value(signed), token, f"{subject} 中的时间戳", trust)
        for token in extract_tst_data_iter(signed["signer_infos"][0], signed=False)
    ]
    proved = _proved(found)
    moment = proved if proved and found.signing_cert.not_valid_after < datetime.datetime.now(datetime.UTC) else None
    return [_whose(found, subject, allowed, await standing(look, trust, moment)), *stamps]


def _value(signed: cms.SignedData) -> bytes:
    """What a signature time stamp is given for (RFC 5126, 6.1.1)."""
    return bytes(signed["signer_infos"][0]["signature"].native)


def _proved(found: StandardCMSSignatureStatus) -> datetime.datetime | None:
    stamp = found.timestamp_validity
    return stamp.timestamp if stamp and stamp.intact and stamp.valid and stamp.trusted else None


def _whose(found: SignatureStatus, subject: str, allowed: Sequence[str], said: tuple[Verdict, str]) -> Check:
    verdict, told = said
    signer = "、".join(names(found.signing_cert)) or "（未写明单位）"
    if allowed and not belongs(found.signing_cert, allowed):
        return invalid(SIGNED, subject, f"签名人是“{signer}”，不是“{'、'.join(allowed)}”")
    if not allowed and verdict is Verdict.VALID:
        return unsure(SIGNED, subject, f"签名人是“{signer}”；不知道应由哪个单位签名，请自行核对；{told}")
    return Check(SIGNED, subject, verdict, f"清单自签名后未被改动，签名人“{signer}”；{told}")
