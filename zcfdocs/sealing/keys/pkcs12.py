"""A key in a PKCS#12 file (.p12, .pfx)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from asn1crypto import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from pyhanko.keys import internal
from pyhanko_certvalidator.registry import SimpleCertificateStore

from zcfdocs.errors import ZcfError, why
from zcfdocs.sealing.keys.held import HeldSigner
from zcfdocs.sealing.keys.secret import Secret
from zcfdocs.sealing.keys.signatory import Signatory

LARGEST = 1 << 20


def load(path: Path, secret: Secret, home: Path) -> Signatory:
    """The key and the certificates that came with it."""
    _outside_the_tree(path, home)
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise ZcfError(f"不能读取密钥文件 {path}：{why(error)}", hint="检查路径和权限") from error
    if len(data) > LARGEST:
        raise ZcfError(f"{path} 过大，不是 PKCS#12 密钥文件", hint="指定 .p12 或 .pfx 文件")
    return unlocked(data, secret.read(f" {path.name} 的口令"), path.name)


def unlocked(data: bytes, passphrase: bytes, name: str) -> Signatory:
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(data, passphrase or None)
    except ValueError as error:
        reason = "口令不对" if "password" in str(error).lower() or "mac" in str(error).lower() else "不是完好的 PKCS#12 文件"
        raise ZcfError(f"不能打开密钥文件 {name}：{reason}", hint="核对口令；密钥文件应为 .p12 或 .pfx") from None
    if key is None or certificate is None:
        raise ZcfError(f"{name} 里没有私钥或证书", hint="从证书管理软件导出时选择“连同私钥”")
    return held(key, certificate, others)


def held(key: Any, certificate: Any, others: list[Any]) -> Signatory:
    """A signatory from objects of `cryptography`."""
    leaf, chain = _certificate(certificate), tuple(_certificate(other) for other in others)
    known = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    known.register_multiple(chain)
    return Signatory(HeldSigner(leaf, internal.translate_pyca_cryptography_key_to_asn1(key), known, key), leaf, chain)


def _certificate(certificate: Any) -> x509.Certificate:
    return x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def _outside_the_tree(path: Path, home: Path) -> None:
    """A private key in the work tree is one `git add` away from everyone (signing.md 7)."""
    place = path.resolve()
    tops = {home.resolve(), *_tops(place.parent)}
    for top in tops:
        if place.is_relative_to(top):
            raise ZcfError(f"密钥文件在工作目录 {top} 之内，拒绝使用", hint="把密钥移到仓库以外只有本人能读的文件夹")


def _tops(folder: Path) -> list[Path]:
    """The work tree the folder lies in, if any, whatever repository it belongs to."""
    return [parent for parent in (folder, *folder.parents) if (parent / ".git").exists()]
