"""Fetches a plan's page, data and integrity.json from one place; what is answered is bounded in size, time and origin."""

from __future__ import annotations

import http.client
import re
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from zcfdocs.errors import ZcfError
from zcfdocs.publication import DATA, INTEGRITY, PAGE

MOST = {PAGE: 8 << 20, DATA: 4 << 20, INTEGRITY: 64 << 10}  # bytes
STALL, WHOLE = 20.0, 60.0  # seconds without an answer, and for a file as a whole
REDIRECTS = 3
ADDRESS = re.compile(r"https?://[!-~]+")
HEADERS = {"User-Agent": "zcfdocs publish-proof", "Accept-Encoding": "identity", "Cache-Control": "no-cache"}


@dataclass(frozen=True, slots=True)
class Fetched:
    """`url` as it was asked for; the files by the names they have on the site."""

    url: str
    files: Mapping[str, bytes]


class _SameOrigin(urllib.request.HTTPRedirectHandler):
    """Follows a redirect on the same host and scheme only: what another host answers is not what was published here."""

    max_redirections = REDIRECTS

    def redirect_request(self, req: Any, fp: Any, code: Any, msg: Any, headers: Any, newurl: str) -> Any:
        if _origin(newurl) != _origin(req.full_url):
            raise ZcfError(f"网站转到别处：{newurl[:200]}", hint="--url 写网页最终所在的网址")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def fetch(url: str) -> Fetched:
    """The page at `url` and the two files beside it. Raises ZcfError where one of them cannot be had."""
    asked = urldefrag(url).url
    if not ADDRESS.fullmatch(asked) or not urlsplit(asked).hostname or urlsplit(asked).username is not None:
        raise ZcfError(f"网址不对：{url[:200]}", hint="写方案网页的完整网址，http 或 https 开头，中文须转成 %XX 的写法")
    page, where = _get(asked, PAGE)
    return Fetched(asked, {PAGE: page, **{name: _get(urljoin(where, name), name)[0] for name in (DATA, INTEGRITY)}})


def _get(url: str, name: str) -> tuple[bytes, str]:
    """What is answered, and where it was found in the end."""
    request = urllib.request.Request(url, headers=HEADERS)  # noqa: S310  # http(s) only, above
    until = time.monotonic() + WHOLE
    try:
        with urllib.request.build_opener(_SameOrigin).open(request, timeout=STALL) as answer:
            return _content(answer, name, until), str(answer.geturl())
    except urllib.error.HTTPError as error:
        error.close()
        hint = "网站须由 zcfdocs build --public 生成，并把整个文件夹传上去" if name != PAGE else "核对 --url 的网址"
        raise ZcfError(f"网站没有给出 {url}：HTTP {error.code}", hint=hint) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise ZcfError(f"抓取不到 {url}", hint="检查网络和 --url 的网址，稍后再试") from error


def _content(answer: Any, name: str, until: float) -> bytes:
    pieces, size = [], 0
    while piece := answer.read1(1 << 16):
        size += len(piece)
        if size > MOST[name]:
            raise ZcfError(f"{name} 超过 {MOST[name] >> 10} KB", hint="核对 --url 是不是方案的网页")
        if time.monotonic() > until:
            raise ZcfError(f"{name} 过了 {WHOLE:.0f} 秒还没有收完", hint="检查网络，稍后再试")
        pieces.append(piece)
    if answer.length:
        raise ZcfError(f"{name} 没有收完", hint="检查网络，稍后再试")
    return b"".join(pieces)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port
