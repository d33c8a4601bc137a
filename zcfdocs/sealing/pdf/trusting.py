"""Whether a signer's certificate leads to a trusted root and was not revoked, and when it signed: ETSI EN 319 102-1 by pyHanko."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from asn1crypto import ocsp
from asn1crypto.crl import CertificateList
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.sign.ades.report import AdESFailure, AdESIndeterminate, AdESPassed, AdESSubIndic
from pyhanko.sign.validation.ades import (
    AdESBasicValidationResult,
    ades_basic_validation,
    ades_lta_validation,
    ades_timestamp_validation,
    ades_with_time_validation,
)
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.policy_decl import (
    CertificateFetchingRule,
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.fetchers.requests_fetchers import RequestsFetcherBackend
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, RevocationCheckingPolicy, RevocationCheckingRule
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer, OCSPContainer

from zcfdocs.sealing.keys.preflight import may_sign
from zcfdocs.sealing.keys.revocation import SECONDS
from zcfdocs.sealing.keys.signatory import names
from zcfdocs.sealing.pdf.structure import is_timestamp, signatures
from zcfdocs.sealing.trust import Trust
from zcfdocs.sealing.verdict import Check, beijing, define, invalid, unsure, valid

TRUSTED = define(
    "V205",
    "证书由受信任的机构签发，未被吊销",
    why="谁都能自己做一张写着别人名字的证书，只有受信任机构签发、未被吊销的才算数",
    mend="用 --trust 指明认证机构和时间戳服务的根证书；吊销信息查不到的，联网重试或续加归档时间戳",
)
TIMED = define(
    "V207",
    "签名时间和级别",
    why="没有时间戳的时间是签名者电脑上的时间，不能证明",
    mend="需要证明时间的，用 --level T 以上签署，并信任时间戳服务的根证书",
)
Result = AdESBasicValidationResult[Any]
UNKNOWN = {AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND, AdESIndeterminate.NO_SIGNING_CERTIFICATE_FOUND}
REVOKED = {AdESFailure.REVOKED, AdESIndeterminate.REVOKED_NO_POE, AdESIndeterminate.REVOKED_CA_NO_POE}
STALE = {AdESIndeterminate.TRY_LATER, AdESIndeterminate.REVOCATION_OUT_OF_BOUNDS_NO_POE, AdESIndeterminate.NO_POE}
EXPIRED = {AdESIndeterminate.OUT_OF_BOUNDS_NO_POE, AdESIndeterminate.OUT_OF_BOUNDS_NOT_REVOKED, AdESIndeterminate.EXPIRED}
UNASKED = {AdESIndeterminate.CERTIFICATE_CHAIN_GENERAL_FAILURE, AdESIndeterminate.GENERIC}


def specification(one: EmbeddedPdfSignature, trust: Trust) -> SignatureValidationSpec:
    """Revocation is asked for of every certificate that leads to a root; issuers' certificates are never fetched from hostile addresses."""
    rules = RevocationCheckingPolicy(RevocationCheckingRule.CRL_OR_OCSP_REQUIRED, RevocationCheckingRule.CHECK_IF_DECLARED)
    rule = RevinfoOnlineFetchingRule.LOCAL_ONLY if trust.offline else RevinfoOnlineFetchingRule.ALWAYS_FETCH
    return SignatureValidationSpec(
        cert_validation_policy=CertValidationPolicySpec(
            trust_manager=SimpleTrustManager.build(list(trust.roots)),
            # Information collected before the signature counts until it lapses: PAdES collects it while signing.
            revinfo_policy=CertRevTrustPolicy(rules, retroactive_revinfo=True),
        ),
        revinfo_gathering_policy=RevocationInfoGatheringSpec(
            online_fetching_rule=rule,
            fetcher_backend=RequestsFetcherBackend(per_request_timeout=SECONDS),
            certificate_fetching_rule=CertificateFetchingRule.NEVER_FETCH,
        ),
        local_knowledge=_stored(one),
    )


def _stored(one: EmbeddedPdfSignature) -> LocalKnowledge:
    """What the document's security store holds (DSS, ETSI EN 319 142-1, 5.4.2)."""
    try:
        store = DocumentSecurityStore.read_dss(one.reader)
    except NoDSSFoundError:
        return LocalKnowledge()
    answers = [ocsp.OCSPResponse.load(item.get_object().read_data(DecodePurpose.OCSP_RESPONSE)) for item in store.ocsps]
    lists = [CertificateList.load(item.get_object().read_data(DecodePurpose.CRL)) for item in store.crls]
    return LocalKnowledge(
        known_ocsps=[found for answer in answers for found in OCSPContainer.load_multi(answer)],
        known_crls=[CRLContainer(crl_data=item) for item in lists],
        known_certs=list(store.load_certs()),
    )


def trusted(one: EmbeddedPdfSignature, subject: str, trust: Trust, now: datetime) -> Iterator[Check]:
    """V205 and V207 of a signer whose integrity info is computed. No root known: nothing can be said of any chain."""
    who = "、".join(names(one.signer_cert)) or "（未写明单位）"
    if not may_sign(one.signer_cert):
        yield invalid(TRUSTED, subject, "证书的密钥用途不含数字签名或不可否认")
    if not trust.roots:
        yield unsure(TRUSTED, subject, "没有给出信任的根证书，不能判断证书由谁签发；用 --trust 指明，或放在 trust/ 里")
        yield _time(one, subject, who, None)
        return
    if one.signer_cert.self_signed != "no" and one.signer_cert not in trust.roots:
        yield invalid(TRUSTED, subject, "证书是自己签发的，不是由所信任的机构签发的（签发者不明）")
        yield _time(one, subject, who, None)
        return
    timing = ValidationTimingInfo(now, now, False)
    result = asyncio.run(_validated(one, specification(one, trust), timing))
    yield _said(result.ades_subindic, subject, trust, _root(result), _revoked_on(result))
    yield _time(one, subject, who, result)


async def _validated(one: EmbeddedPdfSignature, spec: SignatureValidationSpec, timing: ValidationTimingInfo) -> Result:
    """Now (EN 319 102-1, 5.3 and 5.5); where that is not enough, by what archive timestamps prove of the past (5.6)."""
    given: dict[str, Any] = {"validation_spec": spec, "timing_info": timing, "raw_digest": one.compute_digest()}
    timed: Result | None = await ades_with_time_validation(one.signed_data, **given) if _tokens(one) else None
    if timed and timed.ades_subindic is AdESPassed.OK:
        return timed
    found: Result = await ades_basic_validation(one.signed_data, **given)  # the signature without its timestamp
    if found.ades_subindic is AdESPassed.OK or found.ades_subindic in UNKNOWN:
        return found
    past: Result = await ades_lta_validation(one, PdfSignatureValidationSpec(spec), timing)
    return past if past.ades_subindic is AdESPassed.OK else found


def trusted_stamp(one: EmbeddedPdfSignature, subject: str, trust: Trust, now: datetime, last: bool) -> Iterator[Check]:
    """V205 of an archive timestamp; an earlier one may have lapsed since, a later one then vouches for it."""
    if not trust.roots:
        yield unsure(TRUSTED, subject, "没有给出信任的根证书，不能判断时间戳由谁签发；用 --trust 指明，或放在 trust/ 里")
        return
    timing = ValidationTimingInfo(now, now, False)
    work = ades_timestamp_validation(one.signed_data, specification(one, trust), one.compute_digest, timing_info=timing)
    found = asyncio.run(work).ades_subindic
    if last or found in UNKNOWN | REVOKED or found is AdESPassed.OK:
        yield _said(found, subject, trust, None, None)


def _said(found: AdESSubIndic, subject: str, trust: Trust, root: str | None, day: datetime | None) -> Check:
    if found is AdESPassed.OK:
        return valid(TRUSTED, subject, f"证书链接到受信任的根{f'“{root}”' if root else ''}，未被吊销")
    if found in REVOKED:
        return invalid(TRUSTED, subject, f"证书已{f'于 {day:%Y-%m-%d} ' if day else ''}被吊销，没有时间戳证明签名在吊销之前")
    if found in UNKNOWN:
        return invalid(TRUSTED, subject, "证书不是由所信任的机构签发的（签发者不明）")
    if found in STALE | UNASKED:
        mend = "离线核验时文件里的吊销信息不够或已过期；联网重试，或由签署方续加归档时间戳（zcfdocs sign --refresh）"
        online = "吊销查询服务联系不上，文件里的吊销信息不够或已过期；稍后重试，或由签署方续加归档时间戳（zcfdocs sign --refresh）"
        return unsure(TRUSTED, subject, f"不能确定证书是否已被吊销：{mend if trust.offline else online}")
    if found in EXPIRED:
        return unsure(TRUSTED, subject, "证书已过期，没有有效的时间戳证明签名在到期之前；不确定")
    return invalid(TRUSTED, subject, f"证书链不合规（{found.standard_name}）")


def _root(result: Result) -> str | None:
    path = getattr(result.api_status, "validation_path", None)
    anchor = path.trust_anchor.authority.name.native if path else {}
    return str(anchor.get("common_name") or anchor.get("organization_name") or "") or None


def _revoked_on(result: Result) -> datetime | None:
    details = getattr(result.api_status, "revocation_details", None)
    return details.revocation_date if details else None


def _time(one: EmbeddedPdfSignature, subject: str, who: str, result: Result | None) -> Check:
    """A signature timestamp that does not hold proves no time."""
    level, claimed = level_of(one), one.self_reported_timestamp
    own = beijing(claimed) if claimed else "未写明的时间"
    if not _tokens(one):
        return valid(TIMED, subject, f"{who}自称于{own} 签名（没有时间戳），PAdES {level} 级")
    proof = getattr(result.api_status, "timestamp_validity", None) if result else None
    if proof is not None and proof.valid and proof.intact and proof.trusted:
        return valid(TIMED, subject, f"{who}在{beijing(proof.timestamp)} 之前签名（时间戳证明），PAdES {level} 级")
    return unsure(TIMED, subject, f"{who}自称于{own} 签名；时间戳不能核实，PAdES {level} 级")


def _tokens(one: EmbeddedPdfSignature) -> list[Any]:
    return list(extract_tst_data_iter(one.signer_info, signed=False))


def level_of(one: EmbeddedPdfSignature) -> str:
    """What the file is made of, not what of it holds: B, T, LT or LTA."""
    if not _tokens(one):
        return "B"
    stored = _stored(one)
    if not (stored.known_crls or stored.known_ocsps):
        return "T"
    later = (other for other in signatures(one.reader) if other.signed_revision > one.signed_revision)
    return "LTA" if any(is_timestamp(other) for other in later) else "LT"
