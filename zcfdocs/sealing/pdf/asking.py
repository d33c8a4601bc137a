"""What signing asks of others: a time stamp, revocation information; and their refusals in words that say what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from pkcs11.exceptions import PKCS11Error
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference, TimestampDSSContentSettings
from pyhanko.sign.timestamps import TimestampRequestError
from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import InsufficientRevinfoError, PathBuildingError, PathError, ValidationError
from pyhanko_certvalidator.fetchers.requests_fetchers import RequestsFetcherBackend

from zcfdocs.errors import ZcfError
from zcfdocs.sealing.keys import Signatory
from zcfdocs.sealing.keys.revocation import SECONDS
from zcfdocs.sealing.trust import Trust

# Revocation information in the same revision as the signature that needs it: whatever was signed last covers the whole file.
TOGETHER = DSSContentSettings(include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE)
WITH_STAMP = TimestampDSSContentSettings(include_vri=False, update_before_ts=True)


def timestamper(tsa: str | None) -> RequestsHTTPTimeStamper:
    """Raises ZcfError where the address is missing or is none of the web."""
    if not tsa:
        raise ZcfError("T、LT、LTA 级签名需要时间戳服务", hint="用 --tsa 写明时间戳服务地址，或改用 --level B")
    if urlsplit(tsa).scheme not in {"http", "https"} or not urlsplit(tsa).hostname:
        raise ZcfError(f"时间戳服务地址 {tsa} 不是 http 或 https 地址", hint="核对 --tsa")
    return RequestsHTTPTimeStamper(tsa, timeout=SECONDS)  # type: ignore[no-untyped-call]


def lasting_context(signatory: Signatory | None, trust: Trust) -> ValidationContext:
    """What LT and LTA collect revocation information by; its absence is an error."""
    if not trust.roots:
        raise ZcfError("LT、LTA 级签名需要信任根来收集吊销信息", hint="用 --trust 指明证书和时间戳服务的根证书")
    if trust.offline:
        raise ZcfError("LT、LTA 级签名需要联网收集吊销信息", hint="去掉 --offline，或改用 --level B")
    return ValidationContext(
        trust_roots=list(trust.roots),
        other_certs=list(signatory.chain) if signatory else [],
        allow_fetching=True,
        revocation_mode="hard-fail",
        fetcher_backend=RequestsFetcherBackend(per_request_timeout=SECONDS),
    )


@contextmanager
def told() -> Iterator[None]:
    """What pyHanko raises while signing, in words that say what to do."""
    try:
        yield
    except TimestampRequestError as error:
        raise ZcfError("时间戳服务联系不上，或回答不合规", hint="检查网络和 --tsa 地址，稍后重试；没有生成文件") from error
    except PKCS11Error as error:
        raise ZcfError(f"令牌未能签名（{type(error).__name__}）", hint="检查令牌是否还插着、是否已登录；没有生成文件") from error
    except (PdfError, SigningError, SignatureValidationError, PathError, ValidationError) as error:
        causes = (error, error.__cause__)
        if any(isinstance(cause, InsufficientRevinfoError) for cause in causes):
            raise ZcfError("取不到吊销信息，不能签成 LT、LTA 级", hint="检查网络后重试，或改用 --level T") from error
        if any(isinstance(cause, PathBuildingError) for cause in causes):
            raise ZcfError("证书或时间戳服务的证书链接不到信任根", hint="用 --trust 补上缺少的根证书，密钥文件应带齐中间证书") from error
        raise ZcfError(f"不能签名（{type(error).__name__}：{error}）", hint="检查证书和 PDF；没有生成文件") from error
