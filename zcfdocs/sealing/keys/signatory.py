"""Who signs: a certificate, its chain, and something that can sign with its private key."""

from __future__ import annotations

from dataclasses import dataclass

from asn1crypto import x509
from pyhanko.sign.signers import Signer

TEST_UNIT = "zcfdocs 测试签名"  # stands as organizational unit in certificates of throw-away keys


@dataclass(frozen=True, slots=True)
class Signatory:
    """`signer` holds or reaches the private key; `chain` are the issuers' certificates that came with it."""

    signer: Signer
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]

    @property
    def is_test(self) -> bool:
        return is_test(self.certificate)

    @property
    def names(self) -> tuple[str, ...]:
        return names(self.certificate)


def names(certificate: x509.Certificate) -> tuple[str, ...]:
    """Organisation and common name of the subject: whom the certificate speaks for."""
    found = certificate.subject.native
    values = (found.get("organization_name"), found.get("common_name"))
    return tuple(dict.fromkeys(name for value in values for name in (value if isinstance(value, list) else [value]) if name))


def is_test(certificate: x509.Certificate) -> bool:
    """Whether a certificate was made for a trial: whoever signs with it proves nothing."""
    found = certificate.subject.native.get("organizational_unit_name")
    return TEST_UNIT in (found if isinstance(found, list) else [found])


def fingerprint(certificate: x509.Certificate) -> str:
    """sha256 of the certificate, as people compare it."""
    return str(certificate.sha256_fingerprint).replace(" ", "").lower()
