"""`p12:FILE`, `pkcs11:MODULE?token=…` or a throw-away key, opened for as long as something is signed with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zcfdocs.errors import ZcfError
from zcfdocs.sealing.keys import pkcs11, pkcs12
from zcfdocs.sealing.keys.secret import Secret
from zcfdocs.sealing.keys.signatory import Signatory

FORMS = "p12:文件，或 pkcs11:模块?token=令牌&cert=证书标签&key=私钥标签"


@contextmanager
def open_key(key: str, secret: Secret, home: Path) -> Iterator[Signatory]:
    """The signatory behind a key's name. Raises ZcfError where it cannot be opened; a key file inside the work tree is refused."""
    kind, _, place = key.partition(":")
    if kind == "p12" and place:
        yield pkcs12.load(Path(place).expanduser(), secret, home)
    elif kind == "pkcs11" and place:
        with pkcs11.session(place, secret) as signatory:
            yield signatory
    else:
        raise ZcfError("--key 没有写明密钥的种类", hint=f"密钥文件写成 p12:完整路径；可写 {FORMS}")
