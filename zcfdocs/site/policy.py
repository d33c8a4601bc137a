"""What a built page may do: a Content-Security-Policy in the page itself, and the same as headers for those who serve it."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Collection, Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Final

INSIDE: Final = rb"""(?:"[^"]*"|'[^']*'|[^'">])*"""
TOKEN: Final = re.compile(
    rb"<!--.*?-->|<(?P<raw>script|style)\b(?P<within>%b)>(?P<text>.*?)</(?P=raw)\s*>|<(?P<tag>[a-z][\w-]*)(?P<attributes>%b)>"
    % (INSIDE, INSIDE),
    re.IGNORECASE | re.DOTALL,
)
ATTRIBUTE: Final = re.compile(rb"""\s+(?P<name>[^\s"'=<>/]+)(?:\s*=\s*(?P<value>"[^"]*"|'[^']*'|[^\s"'>]+))?""")
CHARSET: Final = re.compile(rb"<meta charset=[^>]*>", re.IGNORECASE)
META: Final = b'<meta http-equiv="Content-Security-Policy" content="%b">'
POLICY: Final = re.compile(META % rb'([^"]*)')
# A script of one of these types is text that nobody runs.
DATA: Final = re.compile(rb"""\stype=["']?application/(?:ld\+)?json\b""", re.IGNORECASE)
# How deep a page stands is the one thing in which the frame's scripts differ from page to page.
DEPTH: Final = re.compile(rb'new URL\("[\w./~-]*"')
SEARCH: Final = re.compile(rb"""\ssrc=["']?[\w./~-]*assets/search\.js\b""", re.IGNORECASE)
# The attribute that says what a style says, as HTML had it before styles: a policy does not know it, and Material minds it.
PLAIN: Final = (
    (re.compile(rb"width:\s*([\d.]+%);?"), b' width="%b"'),
    (re.compile(rb"text-align:\s*(left|center|right);?"), b' align="%b"'),
)
# Headers beside the policy. frame-ancestors has no effect in a page, so it stands here alone.
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
NGINX: Final = """\
# 安全响应头（nginx）。本文件由 ./zcf build 随网站生成，网站更新后请一并更新。
# 用法：在提供本网站的 server 或 location 里写
#   include /网站所在目录/security/nginx.conf;
# 然后运行 nginx -t && nginx -s reload。
# 注意：同一个 location 里另有 add_header 时，nginx 不再继承外层的 add_header，须在该处再写一次 include。
# 网页里已写有同样的策略；响应头另外禁止别的网站用框架嵌入本网站，并使脚本、数据等文件也受保护。
{lines}
"""
APACHE: Final = """\
# 安全响应头（Apache）。本文件由 ./zcf build 随网站生成，网站更新后请一并更新。
# 用法：先启用 headers 模块（a2enmod headers），再在提供本网站的 <VirtualHost> 或 <Directory> 里写
#   Include /网站所在目录/security/apache.conf
# 不能改服务器配置时，可把以下各行抄进网站目录的 .htaccess（须允许 AllowOverride FileInfo）。
{lines}
"""
HOSTED: Final = """\
# 安全响应头，供 Netlify、Cloudflare Pages 等静态托管服务自动读取：本文件须留在网站的根目录。
# 由 ./zcf build 随网站生成。其他服务器请用 security/ 里的 nginx.conf 或 apache.conf。
/*
{lines}
"""


def inline_scripts(page: bytes) -> frozenset[bytes]:
    """The inline scripts that a page would run, the same from whatever folder of the site it was taken."""
    return frozenset(_placeless(text) for text in _scripts(page))


def guarded(page: bytes, own: Collection[bytes]) -> bytes:
    """The page with its policy after its character set, and without the inline styles that the policy forbids; again gives the same.

    `own` are the inline scripts of the frame: those of a page on which no plan's text stands. Only these are named, so that a script
    which came in with a plan stays without effect even where it got past everything else.
    """
    hashes = {_hash(text) for text in _scripts(page) if _placeless(text) in own}
    plain = TOKEN.sub(_unstyled, POLICY.sub(b"", page, count=1))
    meta = META % policy(hashes, search=any(SEARCH.search(token["within"] or b"") for token in TOKEN.finditer(page))).encode()
    charset = CHARSET.search(plain)
    if charset is None:
        raise ValueError("a page of the site names its character set first")
    return plain[: charset.end()] + meta + plain[charset.end() :]


def allowing(page: bytes, script: bytes) -> bytes:
    """A guarded page whose policy names one script more; a page without a policy stays as it is."""
    return POLICY.sub(lambda meta: meta[0].replace(b"script-src 'self'", f"script-src 'self' {_hash(script)}".encode(), 1), page, count=1)


def policy(hashes: Iterable[str], *, search: bool) -> str:
    """`search`: the page runs the search, whose index is read by WebAssembly."""
    scripts = ("'self'", *(("'wasm-unsafe-eval'",) if search else ()), *sorted(hashes))
    rules = {
        "default-src": "'none'",
        "script-src": " ".join(scripts),
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
    } | ({"worker-src": "'self'"} if search else {})
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def snippets(pages: Iterable[bytes]) -> Mapping[str, bytes]:
    """Path below the site → a server's configuration; `pages` are guarded, and the headers allow what any of them does."""
    hashes = {found for page in pages if (written := POLICY.search(page)) for found in re.findall(r"'sha256-[^']*'", written[1].decode())}
    headers = {"Content-Security-Policy": f"{policy(hashes, search=True)}; frame-ancestors 'none'"} | HEADERS
    return {
        "_headers": _lines(HOSTED, "  {}: {}", headers),
        "security/apache.conf": _lines(APACHE, 'Header always set {} "{}"', headers),
        "security/nginx.conf": _lines(NGINX, 'add_header {} "{}" always;', headers),
    }


def _lines(form: str, line: str, headers: Mapping[str, str]) -> bytes:
    return form.format(lines="\n".join(line.format(*header) for header in headers.items())).encode()


def _scripts(page: bytes) -> Iterator[bytes]:
    for token in TOKEN.finditer(page):
        if (token["raw"] or b"").lower() == b"script" and token["text"] and not DATA.search(token["within"]):
            yield token["text"]


def _placeless(script: bytes) -> bytes:
    return DEPTH.sub(b'new URL("."', script)


def _hash(script: bytes) -> str:
    return f"'sha256-{b64encode(sha256(script).digest()).decode()}'"


def _unstyled(token: re.Match[bytes]) -> bytes:
    if (token["raw"] or b"").lower() == b"style":
        return b""
    if not token["tag"] or b"style" not in token["attributes"].lower():
        return token[0]
    return b"<" + token["tag"] + ATTRIBUTE.sub(_plain, token["attributes"]) + b">"


def _plain(attribute: re.Match[bytes]) -> bytes:
    """A style as the attribute it stands for, or nothing, as the browser would do; any other attribute as it is."""
    if attribute["name"].lower() != b"style":
        return attribute[0]
    style = (attribute["value"] or b"").strip(b"\"' ")
    return next((form % found[1] for pattern, form in PLAIN if (found := pattern.fullmatch(style))), b"")
