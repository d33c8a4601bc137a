"""The policy in a browser: every page works under it, from a server, below a path and from a folder, and what a plan brought in does not run."""

from __future__ import annotations

import io
import re
import shutil
from pathlib import Path

import lxml.html
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser

from tests.browser import pages
from tests.browser.pages import PHONE, kinds, served, tab
from tests.sites import built
from zcfdocs.loading import Shelf
from zcfdocs.pipeline import dossier, examine
from zcfdocs.places import INDICATORS, MKDOCS
from zcfdocs.scorecard import Origin
from zcfdocs.site.policy import guarded, inline_scripts, snippets

INJECTED = b'<script>window.leak = 1</script><img src="x" onerror="window.leak = 2"><p style="position: fixed">x</p>'
ELSEWHERE = b'<script src="https://evil.example/a.js"></script><img src="https://evil.example/a.png" alt="">'


def headers(of: Path) -> dict[str, str]:
    """What a host that reads `_headers` would send with every file."""
    text = snippets(path.read_bytes() for path in of.rglob("*.html"))["_headers"].decode()
    return dict(line.strip().split(": ", 1) for line in text.splitlines() if line.startswith("  "))


def test_no_page_asks_anything_of_another_host_or_has_a_word_on_the_console(browser: Browser, site: Path, address: str) -> None:
    with tab(browser) as opened:
        for name in kinds(site):
            opened.page.goto(address + name)
        assert opened.wrong == []
        assert [asked for asked in opened.asked if not asked.startswith((address, "data:"))] == []


def test_the_site_works_below_a_path_with_the_headers_of_the_snippets(browser: Browser, site: Path) -> None:
    with served(site, "a/b/", headers(site)) as at, tab(browser) as opened:
        for name in kinds(site):
            if name != "404.html":  # its addresses begin at the server's root
                opened.page.goto(at + name)
        assert opened.wrong == []
        assert [asked for asked in opened.asked if not asked.startswith((at, "data:"))] == []


def test_the_site_works_from_a_folder(browser: Browser, site: Path) -> None:
    with tab(browser) as opened:
        for name in kinds(site):
            if name != "404.html":
                opened.page.goto((site / name).as_uri())
                assert opened.page.evaluate("getComputedStyle(document.querySelector('.md-header')).position") == "sticky", name
        assert opened.wrong == []
        assert [asked for asked in opened.asked if not asked.startswith((site.as_uri(), "data:"))] == []


@pytest.mark.parametrize("folder", [False, True])
def test_the_colours_can_be_changed_and_are_remembered(browser: Browser, site: Path, address: str, folder: bool) -> None:
    start = f"{site.as_uri()}/" if folder else address
    with tab(browser) as opened:
        opened.page.goto(f"{start}index.html")
        opened.page.locator("label[title='改用深色显示']").click()
        assert opened.page.locator("body").get_attribute("data-md-color-scheme") == "slate"
        opened.page.goto(f"{start}plans/index.html")
        assert opened.page.locator("body").get_attribute("data-md-color-scheme") == "slate"
        assert opened.wrong == []


def test_the_drawer_of_a_phone_opens_and_leads_on(browser: Browser, address: str) -> None:
    with tab(browser, PHONE) as opened:
        opened.page.goto(f"{address}index.html")
        opened.page.locator(".md-header label[for='__drawer']").click()
        opened.page.locator(".md-sidebar--primary").get_by_role("link", name="方法与口径").click()
        opened.page.wait_for_url(f"{address}methods.html")
        assert opened.wrong == []


def test_the_button_back_to_the_top_works(browser: Browser, address: str) -> None:
    with tab(browser) as opened:
        opened.page.goto(f"{address}codes.html")
        opened.page.mouse.wheel(0, 4000)
        opened.page.wait_for_function("scrollY > 1000")
        opened.page.mouse.wheel(0, -300)
        opened.page.locator(".md-top").click()
        opened.page.wait_for_function("scrollY < 10")
        assert opened.wrong == []


def injected(site: Path, folder: Path, text: bytes) -> Path:
    """The site's front page as it would be if a plan's text had got past all cleaning."""
    page = (site / "index.html").read_bytes().replace(b"</article>", text + b"</article>", 1)
    (folder / "index.html").write_bytes(guarded(page, inline_scripts((site / "404.html").read_bytes())))
    return folder


def test_a_script_that_came_in_with_a_plan_does_not_run(browser: Browser, site: Path, tmp_path: Path) -> None:
    with served(injected(site, tmp_path, INJECTED)) as at, tab(browser) as opened:
        opened.page.goto(at)
        opened.page.wait_for_load_state("networkidle")
        assert opened.page.evaluate("window.leak") is None
        refused = [line for line in opened.wrong if ": policy: " in line]
        assert [line for line in refused if ": policy: script-src-elem inline" in line]
        assert [line for line in refused if ": policy: script-src-attr inline" in line]


def test_the_same_script_runs_where_there_is_no_policy(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_bytes(INJECTED)
    with served(tmp_path) as at, tab(browser) as opened:
        opened.page.goto(at)
        assert opened.page.evaluate("window.leak")


def test_nothing_is_fetched_from_elsewhere_even_where_a_plan_names_it(browser: Browser, site: Path, tmp_path: Path) -> None:
    with served(injected(site, tmp_path, ELSEWHERE)) as at, tab(browser) as opened:
        opened.page.goto(at)
        opened.page.wait_for_load_state("networkidle")
        refused = [line for line in opened.wrong if ": policy: " in line and "evil.example" in line]
        assert {line.split(": policy: ")[1].split()[0] for line in refused} == {"script-src-elem", "img-src"}


def test_no_other_site_can_frame_a_page_that_is_served_with_the_headers(browser: Browser, site: Path, tmp_path: Path) -> None:
    with served(site, headers=headers(site)) as guarded_at, served(site) as open_at, served(tmp_path) as at, tab(browser) as opened:
        for framed, shown in ((f"{open_at}methods.html", True), (f"{guarded_at}methods.html", False)):
            (tmp_path / "index.html").write_text(f'<iframe src="{framed}"></iframe>', "utf-8")
            opened.page.goto(at)
            inner = opened.page.frames[1]
            assert (inner.evaluate("document.querySelector('.md-header') !== null") if inner.url == framed else False) is shown


STAGED = """\
---
title: 试页
preview: true
scripts: [zcf, search, "../../evil", "Zcf"]
---
# 试页

| 左 | 右 | 中 |
|:--|--:|:-:|
| 1 | 2 | 3 |

<p style="position: fixed">不动</p>
<div class="zcf-scroll"><table class="zcf-table"><colgroup><col style="width:25.00%"><col style="width:75.00%"></colgroup><tr><td>1</td><td>2</td></tr></table></div>
"""


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with every style that Markdown and our tables write, and with scripts."""
    nav = re.findall(r"^  - [^:]+: (\S+\.md)$", MKDOCS.read_text("utf-8"), re.MULTILINE)
    files = dict.fromkeys(nav, b"# x\n")
    scripts = {"assets/zcf.js": b"window.zcf = 1", "assets/search.js": b"window.search = WebAssembly.validate(new Uint8Array())"}
    return pages.built(tmp_path_factory.mktemp("trial"), files | scripts | {"index.md": STAGED.encode()})


def test_styles_become_attributes_and_tables_look_as_before(browser: Browser, trial: Path) -> None:
    with served(trial) as at, tab(browser) as opened:
        opened.page.goto(f"{at}index.html")
        cells = opened.page.locator("table:not([class]) td").all()
        aligned = [cell.evaluate("cell => getComputedStyle(cell).textAlign").removeprefix("-webkit-") for cell in cells]
        assert aligned == ["left", "right", "center"]
        widths = [cell.evaluate("cell => cell.getBoundingClientRect().width") for cell in opened.page.locator("table.zcf-table td").all()]
        assert widths[1] / widths[0] == pytest.approx(3, rel=0.03)
        assert b"style=" not in (trial / "index.html").read_bytes()
        assert opened.wrong == []


def test_a_page_loads_the_scripts_that_its_front_matter_names_and_no_others(browser: Browser, trial: Path) -> None:
    with tab(browser) as opened:
        opened.page.goto((trial / "index.html").as_uri())
        assert opened.page.evaluate("window.zcf") == 1
        assert [
            name.rsplit("/", 1)[1] for name in opened.asked if "assets/" in name and name.endswith(("zcf.js", "search.js", "evil.js"))
        ] == [
            "zcf.js",
            "search.js",
        ]
        assert opened.wrong == []


WASM = "WebAssembly.instantiate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])).then(() => 'runs', () => 'refused')"


@pytest.mark.parametrize(("name", "outcome"), [("index.html", "runs"), ("methods.html", "refused")])
def test_only_the_search_may_run_webassembly(browser: Browser, trial: Path, name: str, outcome: str) -> None:
    with served(trial) as at, tab(browser) as opened:
        opened.page.goto(at + name)
        assert opened.page.evaluate(WASM) == outcome


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site whose address is known, of the worked plan."""
    folder = tmp_path_factory.mktemp("published")
    shutil.copytree(pages.ORACLE, folder / "alpha")
    whole = dossier(examine(folder / "alpha" / "plan.md", "plan.md", Shelf(INDICATORS)), Origin())
    assert whole is not None
    return built(folder, whole.for_public(), preview=False, address="https://zcf.example/x/")


def test_a_published_site_asks_for_nothing_more(browser: Browser, published: Path) -> None:
    """Its pages name their own address and the feed; Material would fetch the map of each site that a plain alternate names."""
    feed = lxml.html.document_fromstring((published / "index.html").read_bytes()).xpath("//link[@type='application/atom+xml']/@rel")
    assert feed == ["alternate feed"]
    with tab(browser) as opened:
        for name in ("index.html", "plans/index.html", "data/index.html", "plans/xiqing/alpha/index.html"):
            opened.page.goto((published / name).as_uri())
            opened.page.wait_for_timeout(300)
        assert opened.wrong == []
        assert [asked for asked in opened.asked if not asked.startswith((published.as_uri(), "data:"))] == []
        assert not [asked for asked in opened.asked if asked.endswith(".xml")]


@pytest.mark.parametrize("dark", [False, True])
def test_the_code_of_a_page_is_read_off_the_screen(browser: Browser, published: Path, dark: bool) -> None:
    with tab(browser, dark=dark) as opened:
        opened.page.goto((published / "plans/xiqing/alpha/index.html").as_uri())
        shot = opened.page.locator(".zcf-publication figure").screenshot()
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(shot)).convert("L"))
    assert found.text == "https://zcf.example/x/p/91120111MA0EXAMP1P/index.html"
