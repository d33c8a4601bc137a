"""A signer that parses and checks its private key once, not at every signature."""

from __future__ import annotations

from typing import Any

from asn1crypto import keys, x509
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512
from pyhanko.sign.signers import SimpleSigner
from pyhanko_certvalidator.registry import CertificateStore

HASHES: dict[str, type[SHA256 | SHA384 | SHA512]] = {"sha256": SHA256, "sha384": SHA384, "sha512": SHA512}


class HeldSigner(SimpleSigner):
    """RSA (PKCS#1 v1.5) and ECDSA with the key as `cryptography` holds it; other mechanisms as the library signs them."""

    def __init__(self, certificate: x509.Certificate, info: keys.PrivateKeyInfo, known: CertificateStore, key: Any) -> None:
        super().__init__(signing_cert=certificate, signing_key=info, cert_registry=known)
        self._key = key

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        mechanism = self.get_signature_mechanism_for_digest(digest_algorithm)["algorithm"].native
        digest = HASHES.get(digest_algorithm)
        if digest and isinstance(self._key, RSAPrivateKey) and mechanism.endswith("_rsa"):
            return self._key.sign(data, PKCS1v15(), digest())
        if digest and isinstance(self._key, EllipticCurvePrivateKey):
            return self._key.sign(data, ECDSA(digest()))
        return bytes(super().sign_raw(data, digest_algorithm))
