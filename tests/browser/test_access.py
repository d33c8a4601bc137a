"""For everyone: axe, a phone, the keyboard, paper."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.pages import DESK, PHONE, kinds, served, tab, violations


@pytest.mark.parametrize("look", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_on_any_kind_of_page(browser: Browser, site: Path, address: str, look: dict[str, object], dark: bool) -> None:
    found: dict[str, list[str]] = {}
    with tab(browser, look, dark=dark) as opened:
        for name in kinds(site):
            opened.page.goto(address + name)
            assert opened.page.locator("body").get_attribute("data-md-color-scheme") == ("slate" if dark else "default")
            found |= {name: faults} if (faults := violations(opened.page)) else {}
    assert found == {}


def test_axe_would_find_a_picture_without_words(browser: Browser, address: str) -> None:
    with tab(browser) as opened:
        opened.page.goto(f"{address}index.html")
        opened.page.evaluate("document.querySelector('article').append(new Image())")
        assert any(fault.startswith("image-alt") for fault in violations(opened.page))


def test_no_page_scrolls_sideways_on_a_phone(browser: Browser, site: Path, address: str) -> None:
    with tab(browser, PHONE) as opened:
        for name in kinds(site):
            opened.page.goto(address + name)
            assert opened.page.evaluate("document.documentElement.scrollWidth") == PHONE["viewport"]["width"], name


REACHED = """() => {
  const at = document.activeElement
  const part = [["skip", ".md-skip"], ["search", ".zcf-find"], ["palette", "[data-md-component=palette]"], ["tabs", ".md-tabs"],
    ["drawer", ".md-sidebar--primary"], ["contents", ".md-sidebar--secondary"], ["header", ".md-header"], ["content", "#zcf-content"], ["foot", ".md-footer"]]
  return (part.find(([, selector]) => at.closest(selector)) ?? ["none"])[0]
}"""


def walked(page: Page) -> list[str]:
    """The parts of the page that Tab reaches, in order, to the foot."""
    reached: list[str] = []
    for _ in range(200):
        page.keyboard.press("Tab")
        part = page.evaluate(REACHED)
        if reached[-1:] != [part]:
            reached.append(part)
        if part == "foot":
            break
    return reached


def test_the_keyboard_reaches_skip_link_search_navigation_and_content_in_this_order(browser: Browser, address: str) -> None:
    with tab(browser) as opened:
        opened.page.goto(f"{address}plans/index.html")
        assert [part for part in walked(opened.page) if part in ("skip", "search", "tabs", "content", "foot")] == [
            "skip",
            "search",
            "tabs",
            "content",
            "foot",
        ]


def test_the_skip_link_shows_itself_and_leads_past_the_navigation(browser: Browser, site: Path, address: str) -> None:
    with tab(browser) as opened:
        for name in kinds(site):
            if name == "search.html":  # the focus is in its field from the start
                continue
            opened.page.goto(address + name)
            opened.page.keyboard.press("Tab")
            link = opened.page.locator(":focus")
            assert link.inner_text().strip() == "跳到正文", name
            opened.page.wait_for_function("getComputedStyle(document.activeElement).opacity === '1'")
            link.press("Enter")
            assert opened.page.evaluate("document.activeElement.id") == "zcf-content", name
            below = opened.page.evaluate(
                "document.querySelector('article h1').getBoundingClientRect().top - document.querySelector('.md-header').getBoundingClientRect().bottom"
            )
            assert below >= 0, name


def test_the_colours_can_be_changed_by_keyboard(browser: Browser, address: str) -> None:
    with tab(browser) as opened:
        opened.page.goto(f"{address}index.html")
        while opened.page.evaluate(REACHED) != "palette":
            opened.page.keyboard.press("Tab")
        opened.page.keyboard.press("ArrowRight")
        assert opened.page.locator("body").get_attribute("data-md-color-scheme") == "slate"


def test_the_drawer_opens_when_the_keyboard_enters_it(browser: Browser, address: str) -> None:
    """A phone's layout is also what a desk shows at 400 %."""
    with tab(browser, {"viewport": {"width": 360, "height": 740}}) as opened:
        opened.page.goto(f"{address}index.html")
        for _ in range(20):
            opened.page.keyboard.press("Tab")
            if opened.page.evaluate(REACHED) == "drawer":
                break
        opened.page.wait_for_function(
            "document.activeElement.closest('.md-sidebar--primary').getBoundingClientRect().left === 0", timeout=5000
        )


@pytest.mark.parametrize("folder", [False, True])
def test_the_search_in_the_header_asks_the_search_page(browser: Browser, site: Path, address: str, folder: bool) -> None:
    start = f"{site.as_uri()}/" if folder else address
    with tab(browser) as opened:
        opened.page.goto(f"{start}plans/index.html")
        field = opened.page.get_by_role("searchbox", name="要找的文字")
        field.fill("余热")
        with opened.page.expect_request(lambda request: "search.html" in request.url) as asked:
            field.press("Enter")
        assert asked.value.url == f"{start}search.html?q=%E4%BD%99%E7%83%AD"


def test_on_a_phone_the_glass_leads_to_the_search_page(browser: Browser, address: str) -> None:
    with tab(browser, PHONE) as opened:
        opened.page.goto(f"{address}index.html")
        with opened.page.expect_request(lambda request: "search.html" in request.url) as asked:
            opened.page.get_by_role("button", name="搜索").click()
        assert asked.value.url == f"{address}search.html?q="


def test_paper_carries_the_content_alone(browser: Browser, site: Path, address: str) -> None:
    with tab(browser) as opened:
        for name in kinds(site):
            opened.page.goto(address + name)
            opened.page.emulate_media(media="print")
            assert opened.page.locator("article h1").is_visible(), name
            for part in (".md-header", ".md-tabs", ".md-sidebar--primary", ".md-sidebar--secondary", ".md-footer", ".md-banner", ".md-top"):
                assert [one for one in opened.page.locator(part).all() if one.is_visible()] == [], (name, part)
            opened.page.emulate_media(media="screen")


def test_pages_are_readable_without_scripts(browser: Browser, site: Path) -> None:
    with served(site) as at, tab(browser, {**DESK, "java_script_enabled": False}) as opened:
        opened.page.goto(f"{at}index.html")
        assert opened.page.locator("article h1").is_visible()
        assert opened.page.get_by_role("link", name="更正与反馈").is_visible()
