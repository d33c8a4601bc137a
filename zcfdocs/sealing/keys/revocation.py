"""Whether a certificate was revoked: its issuer's OCSP responder or CRL is asked, with a time limit."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from asn1crypto import x509
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import InsufficientRevinfoError, PathBuildingError, PathValidationError, RevokedError, ValidationError
from pyhanko_certvalidator.fetchers.requests_fetchers import RequestsFetcherBackend

from zcfdocs.sealing.keys.signatory import Signatory
from zcfdocs.sealing.trust import Trust

SECONDS = 10


@dataclass(frozen=True, slots=True)
class Standing:
    """A Chinese sentence where the certificate is revoked, or why nobody could say; neither where the issuer says it is good."""

    revoked: str | None = None
    unknown: str | None = None


def revoked(signatory: Signatory, trust: Trust) -> str | None:
    """Since when the certificate is revoked; None also where nobody could say."""
    return standing(signatory, trust).revoked


def standing(signatory: Signatory, trust: Trust) -> Standing:
    """What the issuer says. Its answer counts even where the verifier's roots are not known here: it is about one's own certificate."""
    if signatory.is_test:
        return Standing()
    if trust.offline:
        return Standing(unknown="按要求没有联网，未查询证书是否已被吊销")
    for anchors in (trust.roots, signatory.chain):
        if anchors:
            try:
                return asyncio.run(_asked(signatory, anchors))
            except PathBuildingError:
                continue
    return Standing(unknown="没有签发者证书，不能查询证书是否已被吊销")


async def _asked(signatory: Signatory, anchors: Sequence[x509.Certificate]) -> Standing:
    context = ValidationContext(
        trust_roots=list(anchors),
        other_certs=list(signatory.chain),
        allow_fetching=True,
        revocation_mode="require",
        fetcher_backend=RequestsFetcherBackend(per_request_timeout=SECONDS),
    )
    try:
        await CertificateValidator(signatory.certificate, signatory.chain, context).async_validate_path()
    except RevokedError as error:
        whose = "证书" if error.is_ee_cert else "签发者的证书"
        return Standing(revoked=f"{whose}已于 {error.revocation_dt:%Y-%m-%d} 被吊销")
    except InsufficientRevinfoError:
        return Standing(unknown="签发者的吊销查询服务联系不上，或证书没有写明查询地址，未能确认证书是否已被吊销")
    except (PathValidationError, ValidationError) as error:
        return Standing(unknown=f"证书链不完整或不合规（{type(error).__name__}），未能确认证书是否已被吊销")
    return Standing()
