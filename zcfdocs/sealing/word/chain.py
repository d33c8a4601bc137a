"""Whether a signer's certificate is to be believed: chain, dates, revocation."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime

from asn1crypto import x509
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    ExpiredError,
    InsufficientRevinfoError,
    InvalidCertificateError,
    NotYetValidError,
    PathBuildingError,
    RevokedError,
    ValidationError,
)

from zcfdocs.sealing.keys.preflight import may_sign
from zcfdocs.sealing.trust import Trust
from zcfdocs.sealing.verdict import Check, invalid, unsure, valid
from zcfdocs.sealing.word.codes import CHAINED
from zcfdocs.sealing.word.markup import Signed
from zcfdocs.sealing.word.values import HOSTILE, weakness

AHEAD = datetime.timedelta(minutes=10)  # by which a signer's clock may be fast


def judge_chain(subject: str, signed: Signed, trust: Trust, now: datetime.datetime) -> Check:
    """Issuers are asked only once the chain is known to end at a trusted root: an unknown certificate must not choose whom we call."""
    certificate = signed.certificate
    if why := _refusal(certificate, signed.moment, now):
        return invalid(CHAINED, subject, why)
    if not trust.roots:
        return unsure(CHAINED, subject, "没有指定信任根，不能判断证书由谁颁发；用 --trust 指定根证书")
    if why := asyncio.run(_distrust(signed, trust)):
        return invalid(CHAINED, subject, why)
    if now > certificate.not_valid_after:
        return unsure(
            CHAINED, subject, f"证书已于 {_day(certificate.not_valid_after)} 过期；签名时间只由签名人自己写入，不能证明签于过期之前"
        )
    if trust.offline:
        return unsure(CHAINED, subject, "证书链可信；离线核对，没有查询证书是否已吊销")
    return asyncio.run(_revocation(subject, signed, trust))


def _refusal(certificate: x509.Certificate, moment: datetime.datetime, now: datetime.datetime) -> str | None:
    """What needs no issuer to be known."""
    begins, ends = certificate.not_valid_before, certificate.not_valid_after
    if moment > now + AHEAD:
        return f"签名时间 {_day(moment)} 在将来"
    if moment < begins:
        return f"签名时证书尚未生效：{_day(begins)} 起有效，签于 {_day(moment)}"
    if moment > ends:
        return f"签名时证书已过期：有效期至 {_day(ends)}，签于 {_day(moment)}"
    if not may_sign(certificate):
        return "证书的密钥用途不含数字签名或不可否认"
    if certificate.ca:
        return "签名用的是颁发证书的证书，不是签名人的证书"
    return weakness(certificate)


async def _distrust(signed: Signed, trust: Trust) -> str | None:
    """Why there is no chain to a root that held when it was signed."""
    context = dataclasses.replace(trust, offline=True).context(signed.certificates[1:], signed.moment)
    try:
        await CertificateValidator(signed.certificate, validation_context=context).async_validate_path()
    except (PathBuildingError, InvalidCertificateError):
        return "证书不是由受信任的机构颁发的"
    except (ExpiredError, NotYetValidError):
        return "签名时证书链里有证书不在有效期内"
    except (ValidationError, *HOSTILE):
        return "证书链不能成立"
    return None


async def _revocation(subject: str, signed: Signed, trust: Trust) -> Check:
    context = trust.context(signed.certificates[1:])
    try:
        await CertificateValidator(signed.certificate, validation_context=context).async_validate_path()
        await CertificateValidator(signed.certificate, validation_context=_settled(signed, trust, context)).async_validate_path()
    except RevokedError as error:
        return invalid(CHAINED, subject, f"证书已于 {_day(error.revocation_dt)} 被颁发机构吊销")
    except InsufficientRevinfoError:
        return unsure(CHAINED, subject, "证书链可信，但没有查到证书是否已吊销；检查网络后再核对")
    except (ValidationError, PathBuildingError, *HOSTILE):
        return unsure(CHAINED, subject, "签名时证书链可信，但今天已不能成立或查询吊销状态出错")
    finally:
        await context.aclose()  # type: ignore[no-untyped-call]
    return valid(CHAINED, subject, "证书由受信任的机构颁发，签名时有效，没有被吊销")


def _settled(signed: Signed, trust: Trust, asked: ValidationContext) -> ValidationContext:
    """What the issuers have answered must be enough for every certificate of the chain; silence is no answer."""
    return ValidationContext(
        trust_roots=list(trust.roots),
        other_certs=list(signed.certificates[1:]),
        crls=list(asked.crls),
        ocsps=list(asked.ocsps),
        revocation_mode="require",
    )


def _day(moment: datetime.datetime) -> str:
    return f"{moment.astimezone(datetime.timezone(datetime.timedelta(hours=8))):%Y-%m-%d}"
