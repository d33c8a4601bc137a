"""A key in a token or smart card, by the PKCS#11 module of its maker: `MODULE?token=…&cert=…&key=…`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl

from pkcs11.exceptions import PinIncorrect, PinLocked, PKCS11Error
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
from pyhanko.sign.signers import Signer

from zcfdocs.errors import ZcfError
from zcfdocs.sealing.keys.secret import Secret
from zcfdocs.sealing.keys.signatory import Signatory

ALLOWED = ("token", "cert", "key", "slot")


@contextmanager
def session(place: str, secret: Secret) -> Iterator[Signatory]:
    """Logged in to the token as long as the block runs; the private key never leaves it."""
    module, _, query = place.partition("?")
    options = dict(parse_qsl(query, keep_blank_values=True))
    if unknown := sorted(options.keys() - set(ALLOWED)):
        raise ZcfError(
            f"--key 里没有 {unknown[0]} 这一项", hint=f"可写 {'、'.join(ALLOWED)}，例如 pkcs11:/usr/lib/模块.so?token=令牌&cert=证书标签"
        )
    if not Path(module).is_file():
        raise ZcfError(f"找不到 PKCS#11 模块 {module}", hint="填写证书厂商驱动里 .so（Windows 为 .dll）文件的完整路径")
    if not options.get("cert") and not options.get("key"):
        raise ZcfError("--key 没有写明用令牌里的哪张证书", hint="例如 pkcs11:/usr/lib/模块.so?token=令牌&cert=证书标签")
    pin = secret.read("令牌的 PIN").decode()
    slot = int(options["slot"]) if options.get("slot", "").isdecimal() else None
    criteria = TokenCriteria(label=options["token"]) if "token" in options else None
    try:
        opened = open_pkcs11_session(module, slot_no=slot, token_criteria=criteria, user_pin=pin)
    except PinIncorrect as error:
        raise ZcfError("PIN 不对", hint="核对 PIN；多次输错令牌会被锁定") from error
    except PinLocked as error:
        raise ZcfError("令牌已锁定", hint="请证书发放机构解锁") from error
    except (PKCS11Error, OSError, RuntimeError) as error:
        raise ZcfError(
            f"不能打开令牌（{type(error).__name__}）", hint="检查令牌是否插好、驱动是否装好，--key 里的 token 是否与令牌标签一致"
        ) from error
    try:
        signer = PKCS11Signer(opened, cert_label=options.get("cert"), key_label=options.get("key"), other_certs_to_pull=None)
        yield _signatory(signer)
    finally:
        opened.close()


def _signatory(signer: Signer) -> Signatory:
    try:
        asyncio.run(signer.ensure_objects_loaded())  # type: ignore[attr-defined]  # of PKCS11Signer
    except PKCS11Error as error:
        raise ZcfError("令牌里没有所指的证书或私钥", hint="用令牌管理工具查看标签，在 --key 里写明 cert=证书标签、key=私钥标签") from error
    if signer.signing_cert is None:
        raise ZcfError("令牌里没有所指的证书", hint="在 --key 里写明 cert=证书标签")
    return Signatory(signer, signer.signing_cert, tuple(known for known in signer.cert_registry if known != signer.signing_cert))
