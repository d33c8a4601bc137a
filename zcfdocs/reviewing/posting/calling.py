"""A forge's API over https: bounded in size and time, never redirected, its token sent to one host and shown to nobody."""

from __future__ import annotations

import http.client
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from zcfdocs import __version__
from zcfdocs.errors import ZcfError

STALL, WHOLE = 20.0, 60.0  # seconds without an answer, and for an answer as a whole
MOST = 16 << 20  # bytes of an answer
TOKEN = re.compile(r"[!-~]{1,4096}")
NEXT = re.compile(r"""rel=["']?next\b""")
OPEN_HOST = "127.0.0.1"  # the one host that may be asked without https: this machine
WORDS = {
    401: ("令牌无效或已过期", "换一个令牌，放在环境变量里"),
    404: ("没有找到，或令牌看不到", "核对仓库和编号；令牌须能读这个仓库"),
    429: ("请求太多，被限流", "过几分钟再运行"),
}


class _Stay(urllib.request.HTTPRedirectHandler):
    """A token goes to the host it was given for and nowhere else."""

    def redirect_request(self, req: Any, fp: Any, code: Any, msg: Any, headers: Any, newurl: str) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Answer:
    data: Any
    has_next: bool


@dataclass(frozen=True, slots=True)
class Api:
    """`rights` says what the token must be allowed; the token is not shown when this is printed."""

    at: str
    header: str
    token: str = field(repr=False)
    rights: str
    stall: float = STALL

    def __post_init__(self) -> None:
        parts = urlsplit(self.at)
        if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname == OPEN_HOST)):
            raise ZcfError(f"接口的网址须以 https 开头：{self.at[:200]}", hint="http 会把令牌明文传出去")
        if parts.username is not None or parts.query or parts.fragment:
            raise ZcfError("接口的网址里不能有用户名、问号和井号", hint="只写网址，如 https://gitea.example.com/api/v1")
        if not TOKEN.fullmatch(self.token.removeprefix("Bearer ").removeprefix("token ")):
            raise ZcfError("令牌里有空白或特殊字符", hint="检查环境变量的值，末尾不要有换行")

    def call(self, method: str, path: str, given: Mapping[str, str] | None = None, refused: bool = False) -> Answer | None:
        """The answer's JSON. Raises ZcfError where there is none; None instead where the forge forbids it and `refused` is expected."""
        headers = {
            self.header: self.token,
            "Accept": "application/json",
            "User-Agent": f"zcfdocs/{__version__}",
            "Content-Type": "application/json",
        }
        body = None if given is None else json.dumps(given, ensure_ascii=False).encode()
        request = urllib.request.Request(f"{self.at.rstrip('/')}{path}", body, headers, method=method)  # noqa: S310  # https, or this machine
        try:
            with urllib.request.build_opener(_Stay).open(request, timeout=self.stall) as answer:
                return Answer(json.loads(_content(answer)), bool(NEXT.search(answer.headers.get("Link", ""))))
        except urllib.error.HTTPError as error:
            error.close()
            if refused and error.code in (403, 404):
                return None
            raise self._failed(error.code) from error
        except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ZcfError(f"{self._host} 的回答不是 JSON", hint="核对接口的网址") from error
        except (OSError, http.client.HTTPException) as error:
            slow = isinstance(error, TimeoutError) or isinstance(getattr(error, "reason", None), TimeoutError)
            raise ZcfError(f"{self._host} {'没有及时回答' if slow else '连不上'}", hint="检查网络和接口的网址，稍后再试") from error

    @property
    def _host(self) -> str:
        return str(urlsplit(self.at).hostname)

    def _failed(self, code: int) -> ZcfError:
        if code == 403:
            return ZcfError(f"{self._host} 不允许这个令牌写评论或状态（HTTP 403）", hint=self.rights)
        if 300 <= code < 400:
            return ZcfError(f"{self._host} 要转到别处（HTTP {code}），没有跟去", hint="把接口的网址写成最终的网址")
        message, hint = WORDS.get(code, ("没有接受请求" if code < 500 else "出了故障", "稍后再试；一直如此时看它的日志"))
        return ZcfError(f"{self._host} {message}（HTTP {code}）", hint=hint)


def _content(answer: Any) -> bytes:
    pieces, size, until = [], 0, time.monotonic() + WHOLE
    while piece := answer.read1(1 << 16):
        size += len(piece)
        if size > MOST:
            raise ZcfError(f"回答超过 {MOST >> 20} MB", hint="核对接口的网址")
        if time.monotonic() > until:
            raise TimeoutError
        pieces.append(piece)
    return b"".join(pieces)
