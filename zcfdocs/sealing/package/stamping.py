"""Time stamps (RFC 3161): asked of a service by its address, and judged with what they were given for."""

from __future__ import annotations

import asyncio
import hashlib
import urllib.error
import urllib.request
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import urlsplit

from asn1crypto import cms, core, tsp
from pyhanko.sign.general import CMSExtractionError, extract_signer_info
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError
from pyhanko.sign.timestamps.common_utils import handle_tsp_response
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.util import get_pyca_cryptography_hash

from zcfdocs.errors import ZcfError
from zcfdocs.sealing.package.standing import standing
from zcfdocs.sealing.trust import Trust
from zcfdocs.sealing.verdict import Check, beijing, define, invalid

STAMPED = define(
    "V404",
    "时间戳可信，说明清单在那一刻已经存在",
    why="签名里自报的时间可以随意填写；时间戳由第三方签发，证明清单在截止日期之前就是这个内容，证书日后到期也能证明签名在先",
    mend="请企业用可信的时间戳服务重新打包：zcfdocs pack --tsa 网址",
)
SECONDS = 20.0
LARGEST = 1 << 20
DIGEST = "sha256"
WEAK = ("md5", "md2", "sha1")
# What asn1crypto and pyHanko raise for bytes that are not what they should be.
MALFORMED = (ValueError, TypeError, KeyError, AttributeError, NotImplementedError, OverflowError, RecursionError)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """A time stamp service answers where it is asked; it sends nobody to addresses of its choice."""


class _Refusal(core.Sequence):  # type: ignore[misc]  # the library publishes no types
    """A response without a token (RFC 3161, 2.4.2), which the library's own type does not allow."""

    _fields: ClassVar = [("status", tsp.PKIStatusInfo)]


class Stamper(TimeStamper):
    """A service at an http(s) address. Raises ZcfError where it does not answer as it should."""

    def __init__(self, address: str, seconds: float = SECONDS) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ZcfError(f"时间戳服务的地址不对：{address[:200]}", hint="--tsa http://… 或 https://…")
        self.address, self.seconds = address, seconds

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return await asyncio.to_thread(self.ask, req)

    def ask(self, request: tsp.TimeStampReq) -> tsp.TimeStampResp:
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        asked = urllib.request.Request(self.address, request.dump(), headers, method="POST")  # noqa: S310  # http(s) only, above
        try:
            with urllib.request.build_opener(_Stay).open(asked, timeout=self.seconds) as answer:
                data = answer.read(LARGEST + 1)
        except urllib.error.HTTPError as error:
            error.close()
            raise ZcfError(f"时间戳服务 {self._host} 回答 HTTP {error.code}", hint="核对 --tsa 的网址，或换一个时间戳服务") from error
        except OSError as error:
            raise ZcfError(f"连不上时间戳服务 {self._host}", hint="检查网络和 --tsa 的网址，稍后再试，或换一个时间戳服务") from error
        if _refused(data):
            raise ZcfError(f"时间戳服务 {self._host} 拒绝了请求", hint="换一个时间戳服务，或向服务方咨询")
        try:
            response = tsp.TimeStampResp.load(data, strict=True)
            response.native  # noqa: B018  # parsed only when looked at
        except MALFORMED as error:
            raise ZcfError(f"时间戳服务 {self._host} 的回答不是 RFC 3161 时间戳", hint="核对 --tsa 的网址，或换一个时间戳服务") from error
        return response

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        return self.stamped(message_digest, md_algorithm)["time_stamp_token"]

    def stamped(self, digest: bytes, algorithm: str) -> tsp.TimeStampResp:
        """The whole answer, once it is a token for this digest and this question."""
        nonce, request = self.request_cms(digest, algorithm)  # type: ignore[no-untyped-call]
        response = self.ask(request)
        try:
            token = handle_tsp_response(response, nonce)
            imprint = token["content"]["encap_content_info"]["content"].parsed["message_imprint"]["hashed_message"].native
        except TimestampRequestError as error:
            raise ZcfError(f"时间戳服务 {self._host} 拒绝了请求", hint="换一个时间戳服务，或向服务方咨询") from error
        except MALFORMED as error:
            raise ZcfError(f"时间戳服务 {self._host} 的回答里没有时间戳", hint="换一个时间戳服务") from error
        if imprint != digest:
            raise ZcfError(f"时间戳服务 {self._host} 给的是别的数据的时间戳", hint="换一个时间戳服务")
        return response

    @property
    def _host(self) -> str:
        return str(urlsplit(self.address).hostname)


def _refused(data: bytes) -> bool:
    try:
        return _Refusal.load(data, strict=True)["status"]["status"].native not in ("granted", "granted_with_mods")
    except MALFORMED:
        return False


def timestamp(data: bytes, tsa: str | Stamper) -> bytes:
    """A time stamp response in DER (.tsr), as `openssl ts -verify -in` reads it."""
    stamper = Stamper(tsa) if isinstance(tsa, str) else tsa
    return bytes(stamper.stamped(hashlib.new(DIGEST, data).digest(), DIGEST).dump())


def judge_timestamp(data: bytes, token: bytes, subject: str, trust: Trust) -> list[Check]:
    """V404 on a response or a bare token given for `data`; the time is Beijing's."""
    try:
        signed = _signed_data(token)
        extract_signer_info(signed)
        algorithm = signed["encap_content_info"]["content"].parsed["message_imprint"]["hash_algorithm"]["algorithm"].native
    except (*MALFORMED, CMSExtractionError):
        return [invalid(STAMPED, subject, "不是完好的 RFC 3161 时间戳")]
    if algorithm in WEAK:
        return [invalid(STAMPED, subject, f"时间戳用的摘要算法 {algorithm} 已不安全")]
    try:
        return [asyncio.run(judged(data, signed, subject, trust))]
    except (*MALFORMED, SignatureValidationError, CMSExtractionError):
        return [invalid(STAMPED, subject, "时间戳的签名读不出来")]


def _signed_data(token: bytes) -> cms.SignedData:
    """Of a response (RFC 3161, 2.4.2), whose first element is a status, or of the token in it."""
    if len(token) > LARGEST:
        raise ValueError
    try:
        response = tsp.TimeStampResp.load(token, strict=True)
        if response["status"]["status"].native not in ("granted", "granted_with_mods"):
            raise ValueError
        info = response["time_stamp_token"]
    except MALFORMED:
        info = cms.ContentInfo.load(token, strict=True)
    signed = info["content"]
    if not isinstance(signed, cms.SignedData) or not isinstance(signed["encap_content_info"]["content"].parsed, tsp.TSTInfo):
        raise TypeError
    return signed


async def judged(data: bytes, signed: cms.SignedData, subject: str, trust: Trust) -> Check:
    """V404 on a token's content that `_signed_data` or a signature's attribute has given."""

    def imprint(algorithm: str) -> bytes:
        digest = get_pyca_cryptography_hash(algorithm)
        return hashlib.new(digest.name, data).digest()

    async def look(context: ValidationContext) -> TimestampSignatureStatus:
        return TimestampSignatureStatus(**await validate_tst_signed_data(signed, context, imprint))

    found = await look(replace(trust, offline=True).context())  # nobody is asked about what is not even whole
    if not found.valid:
        return invalid(STAMPED, subject, "时间戳的签名不成立")
    if not found.intact:
        return invalid(STAMPED, subject, "是别的数据的时间戳，或数据在加盖时间戳之后被改动")
    verdict, told = await standing(look, trust)
    return Check(
        STAMPED,
        subject,
        verdict,
        f"时间戳：{beijing(found.timestamp)}，签发者“{found.signing_cert.subject.native.get('common_name', '未写明')}”；{told}",
    )
