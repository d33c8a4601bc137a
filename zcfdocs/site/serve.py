"""Live preview: a server of the built site on this machine that builds again, and reloads the page, when a file is saved."""

from __future__ import annotations

import html
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mkdocs.livereload import LiveReloadServer

from zcfdocs.errors import ZcfError
from zcfdocs.site.policy import allowing, inline_scripts

# Seconds between two looks at the watched folders; looking works on every file system, also shared and mounted ones.
INTERVAL = 1.0
LOOPBACK = ("127.0.0.1", "::1", "localhost")
LOST = '<p>没有这个页面。方案里有读不出来的内容时不能成页，问题列在<a href="/plans/index.html">方案列表</a>。</p>'
BANNER = '<aside role="alert" class="zcf-failure"><strong>这次没有更新</strong>，看到的仍是上一次的页面。<pre>{}</pre></aside>'


def serve(build: Callable[[], None], site: Path, watched: Sequence[Path], host: str, port: int) -> None:
    """Serve `site` until interrupted. A `build` that fails is told on the terminal and on the page; serving goes on."""
    try:
        preview = Preview(build, site, host, port)
        preview.server_bind()
    except OSError as error:
        raise ZcfError(f"不能在 {host}:{port} 提供预览：{error.strerror}", hint="换一个端口，例如 --port 8001") from error
    for path in watched:
        if path.exists():
            preview.watch(str(path))
    _tell(f"预览：{preview.url}　（保存文件后自动更新，按 Ctrl+C 结束）")
    try:
        preview.serve()  # type: ignore[no-untyped-call]  # mkdocs annotates it by halves
    except KeyboardInterrupt:
        _tell("预览已结束")
    finally:
        preview.shutdown()


def _tell(message: str) -> None:
    sys.stderr.write(f"{message}\n")


class Preview(LiveReloadServer):
    """mkdocs's server, kept serving when a build fails, and answering only to the name it was started under."""

    def __init__(self, build: Callable[[], None], site: Path, host: str, port: int) -> None:
        self.failure = ""
        self._bound = False
        self._host = host
        super().__init__(self._keeping(build), host, port, str(site), polling_interval=INTERVAL)
        self.error_handler = self._missing

    def _keeping(self, build: Callable[[], None]) -> Callable[[], None]:
        """The server waits for a build that raised for ever; so none does, and what was wrong is shown instead."""

        def attempt() -> None:
            try:
                build()
                self.failure = ""
            except ZcfError as error:
                self.failure = "\n".join(filter(None, (error.message, error.hint)))
                _tell(f"这次没有更新：{self.failure}")
            except Exception:  # noqa: BLE001  # a bug must not end the preview; its traceback is the report
                self.failure = traceback.format_exc()
                _tell(self.failure)

        return attempt

    def _inject_js_into_html(self, content: bytes, epoch: int) -> bytes:
        """With mkdocs's own script that reloads the page, which the page's policy must name."""
        served: bytes = super()._inject_js_into_html(content, epoch)  # type: ignore[no-untyped-call]
        (script,) = inline_scripts(served) - inline_scripts(content)
        return allowing(served, script)

    def server_bind(self) -> None:
        """Once: bound early to say what is wrong with the address, asked again by `serve`."""
        if not self._bound:
            super().server_bind()
            self._bound = True

    def _missing(self, code: int) -> bytes | None:
        shown = BANNER.format(html.escape(self.failure)) if self.failure else LOST
        return f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>{code}</title><body>{shown}</body></html>'.encode()

    def serve_request(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """As mkdocs serves it, with the failure above the page; another Host is a foreign page that wants to read (DNS rebinding)."""
        asked = urlsplit(f"//{environ.get('HTTP_HOST', '')}").hostname
        if self._host in LOOPBACK and asked not in LOOPBACK:
            start_response("403 Forbidden", [("Content-Type", "text/plain; charset=utf-8")])
            return ["预览只供本机查看".encode()]
        if not self.failure:
            return super().serve_request(environ, start_response)
        begun: list[Any] = []
        content = b"".join(super().serve_request(environ, lambda status, headers: begun.extend((status, dict(headers)))))
        status, headers = begun
        if headers.get("Content-Type") == "text/html" and status.startswith("200"):
            banner = BANNER.format(html.escape(self.failure)).encode()
            content = content.replace(b"<header", banner + b"<header", 1)
            headers["Content-Length"] = str(len(content))
        start_response(status, list(headers.items()))
        return [content]
