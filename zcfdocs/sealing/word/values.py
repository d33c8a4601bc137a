"""Signature values: made by whatever holds the key, written as XML signatures write them, checked with the certificate."""

from __future__ import annotations

import base64

import cryptography.x509
from asn1crypto import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.hashes import SHA256

CURVES = ("secp256r1", "secp384r1", "secp521r1")
SHORTEST = 2048  # bits of an RSA key
# What parsers of keys and certificates raise over hostile ones.
HOSTILE = (
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    RuntimeError,
    UnsupportedAlgorithm,
    cryptography.x509.InvalidVersion,
    cryptography.x509.DuplicateExtension,
    cryptography.x509.UnsupportedGeneralNameType,
)


def weakness(certificate: x509.Certificate) -> str | None:
    """Why a key may not sign here, else None."""
    key = _key(certificate)
    if isinstance(key, rsa.RSAPublicKey) and certificate.public_key.algorithm == "rsa":  # a key for PSS alone is another
        return f"RSA 密钥只有 {key.key_size} 位，至少要 {SHORTEST} 位" if key.key_size < SHORTEST else None
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"不用椭圆曲线 {key.curve.name}" if key.curve.name not in CURVES else None
    return "密钥既不是 RSA 也不是 ECDSA"


def as_written(certificate: x509.Certificate, raw: bytes) -> str:
    """XML signatures write ECDSA as r and s of fixed length (RFC 6931, 2.3.6), where CMS has DER."""
    key = _key(certificate)
    if isinstance(key, ec.EllipticCurvePublicKey):
        raw = b"".join(number.to_bytes(_half(key), "big") for number in utils.decode_dss_signature(raw))
    return base64.b64encode(raw).decode()


def holds(certificate: x509.Certificate, data: bytes, value: str) -> bool:
    try:
        raw, key = base64.b64decode(value, validate=True), _key(certificate)
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(raw, data, padding.PKCS1v15(), SHA256())
            return True
        if isinstance(key, ec.EllipticCurvePublicKey) and len(raw) == 2 * _half(key):
            r, s = (int.from_bytes(half, "big") for half in (raw[: _half(key)], raw[_half(key) :]))
            key.verify(utils.encode_dss_signature(r, s), data, ec.ECDSA(SHA256()))
            return True
    except (InvalidSignature, *HOSTILE):
        return False
    return False


def load(der: bytes) -> x509.Certificate:
    """Parsed to the end and by both libraries, so that nothing is left to fail later. Raises one of HOSTILE."""
    certificate = x509.Certificate.load(der, strict=True)
    certificate.native  # noqa: B018  # parsed only when looked at
    cryptography.x509.load_der_x509_certificate(der).issuer.rfc4514_string()
    return certificate


def _key(certificate: x509.Certificate) -> object:
    return cryptography.x509.load_der_x509_certificate(certificate.dump()).public_key()


def _half(key: ec.EllipticCurvePublicKey) -> int:
    return (key.curve.key_size + 7) // 8
