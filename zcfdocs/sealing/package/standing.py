"""What is known of a signer's certificate: its chain, its dates, whether it was revoked. What cannot be known offline is said, not guessed."""

from __future__ import annotations

import datetime
from collections.abc import Awaitable, Callable
from dataclasses import replace

from asn1crypto import x509
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import SignatureStatus
from pyhanko_certvalidator import ValidationContext

from zcfdocs.sealing.trust import Trust
from zcfdocs.sealing.verdict import Verdict

SIGNING = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"})  # one of the two, as `refusals` demands
REVOKED = (AdESIndeterminate.REVOKED_NO_POE, AdESIndeterminate.REVOKED_CA_NO_POE)
UNKNOWN = (AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND, AdESIndeterminate.TRY_LATER)
Look = Callable[[ValidationContext], Awaitable[SignatureStatus]]
Said = tuple[Verdict, str]


async def standing(look: Look, trust: Trust, moment: datetime.datetime | None = None) -> Said:
    """Verdict on the certificate behind `look`, which validates the signature in the context it is given; `moment` is when it was made, if proved."""
    if not trust.roots:
        return Verdict.INDETERMINATE, "没有信任根，不知道证书由谁签发；用 --trust 指定发证机构的根证书"
    found = await look(replace(trust, offline=True).context(moment=moment))  # the chain alone; what issuers say comes after
    if not found.trusted:
        return _distrusted(found, moment or datetime.datetime.now(datetime.UTC))
    if trust.offline:
        return Verdict.INDETERMINATE, "证书链可信，但离线核验不知道证书是否已被吊销；联网再核验一次"
    asked = await _looked(look, _strict(trust, moment))
    if asked.trusted:
        return Verdict.VALID, "证书链可信，未被吊销"
    if asked.trust_problem_indic in REVOKED:
        day = asked.revocation_details.revocation_date if asked.revocation_details else None
        return Verdict.INVALID, "证书已被吊销" + (f"（{day:%Y-%m-%d}）" if day else "")
    return Verdict.INDETERMINATE, "证书链可信，但问不到发证机构，不知道证书是否已被吊销；稍后联网再核验一次"


async def _looked(look: Look, context: ValidationContext) -> SignatureStatus:
    try:
        return await look(context)
    finally:
        await context.aclose()  # type: ignore[no-untyped-call]


def _distrusted(found: SignatureStatus, moment: datetime.datetime) -> Said:
    problem = found.trust_problem_indic
    if problem not in UNKNOWN and not found.signing_cert.not_valid_before <= moment <= found.signing_cert.not_valid_after:
        return Verdict.INVALID, f"证书有效期为 {_days(found.signing_cert)}，现在不在其中，也没有可信的时间戳证明签名作于有效期内"
    if problem is AdESIndeterminate.CHAIN_CONSTRAINTS_FAILURE:
        return Verdict.INVALID, "证书的用途不允许这样签名"
    if problem is AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND:
        return Verdict.INVALID, "证书不是由所给的信任根签发的，或签名没有带上中间证书"
    if problem in UNKNOWN:
        return Verdict.INDETERMINATE, "证书不是由所给的信任根签发的，或签名没有带上中间证书；确认发证机构后用 --trust 指定它的根证书"
    return Verdict.INVALID, "证书链有误"


def _days(certificate: x509.Certificate) -> str:
    return f"{certificate.not_valid_before:%Y-%m-%d} 至 {certificate.not_valid_after:%Y-%m-%d}"


def _strict(trust: Trust, moment: datetime.datetime | None) -> ValidationContext:
    """As `Trust.context`, but silence of the issuer is not forgiven; what it says today holds for the day of signing too."""
    return ValidationContext(
        trust_roots=list(trust.roots), allow_fetching=True, revocation_mode="require", moment=moment, retroactive_revinfo=True
    )
