"""Built pages in a real browser: a small site, a server of its folder, tabs that remember what they asked and what went wrong, and axe."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # publishes no types
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, sync_playwright

from tests import sites
from zcfdocs.loading import Shelf
from zcfdocs.pipeline import dossier, examine
from zcfdocs.places import INDICATORS, MKDOCS
from zcfdocs.scorecard import Origin
from zcfdocs.site.policy import guarded, inline_scripts
from zcfdocs.site.run import build_site

ORACLE = Path(__file__).parent.parent / "cases" / "oracle"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
DESK: Mapping[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: Mapping[str, Any] = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}
REFUSALS = """document.addEventListener("securitypolicyviolation", event =>
  zcfRefused([event.effectiveDirective, event.blockedURI, event.sample, event.sourceFile, event.lineNumber].join(" ")))"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's browser, or a skip that says so. Playwright keeps an event loop while it runs, so no longer than a test file needs it."""
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        pytest.skip("没有 Chromium，浏览器测试未运行（apt-get install chromium） / no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def site(folder: Path) -> Path:
    """A preview of a plan and of a withdrawn one, as they would be served; the one place that knows how a site is built."""
    changes = {"alpha": (), "gone": (("stage: draft", "stage: withdrawn"), ("91120111MA0EXAMP1P", "91120111MA0EXAMP2T"))}
    shown = []
    for key, replaced in changes.items():
        text = (ORACLE / "plan.md").read_text("utf-8")
        for old, new in replaced:
            text = text.replace(old, new)
        plan = folder / "plans" / key
        shutil.copytree(ORACLE / "evidence", plan / "evidence")
        (plan / "plan.md").write_text(text, "utf-8")
        whole = dossier(examine(plan / "plan.md", "plan.md", Shelf(INDICATORS)), Origin())
        assert whole is not None
        shown.append(whole.for_public())
    return sites.built(folder, *shown)


def built(folder: Path, staged: Mapping[str, bytes]) -> Path:
    """What mkdocs and the policy make of staged files, in `folder`/site."""
    for name, content in staged.items():
        (folder / "docs" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "docs" / name).write_bytes(content)
    build_site(folder / "docs", folder / "site", MKDOCS)
    own = inline_scripts((folder / "site" / "404.html").read_bytes())
    for path in (folder / "site").rglob("*.html"):
        path.write_bytes(guarded(path.read_bytes(), own))
    return folder / "site"


def kinds(of: Path) -> list[str]:
    """One page of each kind: all that differ in the folder they stand in or in the classes of ours that they use."""
    found: dict[object, str] = {}
    for path in sorted(of.rglob("*.html")):
        name = path.relative_to(of)
        classes = {word for one in lxml.html.document_fromstring(path.read_bytes()).iter() for word in (one.get("class") or "").split()}
        found.setdefault((len(name.parts), name.parts[0], frozenset(one for one in classes if one.startswith("zcf-"))), name.as_posix())
    return list(found.values())


class _Handler(SimpleHTTPRequestHandler):
    """A folder below a prefix, with its 404.html, as a plain web server would serve it."""

    def __init__(self, *args: Any, prefix: str, headers_of_all: Mapping[str, str], **options: Any) -> None:
        self.prefix, self.headers_of_all = prefix, headers_of_all
        super().__init__(*args, **options)

    def translate_path(self, path: str) -> str:
        inside = path.removeprefix(f"/{self.prefix}")
        return super().translate_path(f"/{inside}" if inside != path or not self.prefix else "/outside/of/the/prefix")

    def end_headers(self) -> None:
        for name, value in self.headers_of_all.items():
            self.send_header(name, value)
        super().end_headers()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        page = Path(self.directory) / "404.html"
        if code != HTTPStatus.NOT_FOUND or not page.is_file():
            super().send_error(code, message, explain)
            return
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(page.read_bytes())

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def served(folder: Path, prefix: str = "", headers: Mapping[str, str] | None = None) -> Iterator[str]:
    """The address, ending in a slash, at which `folder` is served on this machine; a `prefix` looks like ``a/b/``."""
    handler = partial(_Handler, directory=str(folder), prefix=prefix, headers_of_all=headers or {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/{prefix}"
        finally:
            server.shutdown()
            thread.join()


@dataclass(frozen=True, slots=True)
class Tab:
    """A browser's page with every address it asked for, and in words all that went wrong in it: requests, console, policy."""

    page: Page
    asked: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


@contextmanager
def tab(browser: Browser, look: Mapping[str, Any] = DESK, *, dark: bool = False) -> Iterator[Tab]:
    """A tab with a storage of its own, of a reader whose system is light or dark; `look` is DESK, PHONE or other context options."""
    context = browser.new_context(**look, color_scheme="dark" if dark else "light", reduced_motion="reduce", locale="zh-CN")
    page = context.new_page()
    opened = Tab(page)

    def heard(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            opened.wrong.append(f"{page.url}: console: {message.text}")

    def answered(response: Response) -> None:
        if response.status >= HTTPStatus.BAD_REQUEST and not response.request.is_navigation_request():
            opened.wrong.append(f"{page.url}: {response.status} {response.url}")

    def failed(request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # what was under way when the tab went to another page
            opened.wrong.append(f"{page.url}: failed: {request.url} {request.failure}")

    page.expose_binding("zcfRefused", lambda _, what: opened.wrong.append(f"{page.url}: policy: {what}"))
    page.add_init_script(REFUSALS)
    page.on("request", lambda request: opened.asked.append(request.url))
    page.on("requestfailed", failed)
    page.on("response", answered)
    page.on("console", heard)
    page.on("pageerror", lambda error: opened.wrong.append(f"{page.url}: script: {error}"))
    try:
        yield opened
    finally:
        context.close()


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.0 to 2.2, A and AA, and its best practices: the rule, how grave, the elements."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']} ({one['impact']}): {node['target'][0]} {node['failureSummary']}" for one in found for node in one["nodes"]]
