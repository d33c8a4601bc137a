"""Search: whatever stands in a page's text is found there and nowhere else, told as text, from any folder of a web server."""

from __future__ import annotations

import random
import re
import shutil
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from pathlib import Path

import markdown
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.pages import chromium, served
from zcfdocs.errors import ZcfError
from zcfdocs.loading import Shelf
from zcfdocs.manuscript.parts import parts
from zcfdocs.pipeline import dossier, examine
from zcfdocs.places import INDICATORS, THEME
from zcfdocs.scorecard import Origin
from zcfdocs.site.article import article
from zcfdocs.site.round import Round
from zcfdocs.site.search import _words, index, pages

ORACLE = Path(__file__).parent / "cases" / "oracle"
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'"
)
FRAME = """<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{title} - 站名</title></head>
<body><header>页眉里的字</header><nav>导航里的字</nav><main><article class="md-content__inner">{body}</article></main>
<footer>页脚里的字</footer></body></html>"""
HOSTILE = """</h1><img src=x onerror="window.leak=1">&lt;b&gt;<script>window.leak=2</script>公司"""
# Address → title, then runs of text as a reader sees them; each run stands in an element of its own.
WRITTEN: Mapping[str, tuple[str, ...]] = {
    "methods.html": ("方法与口径", "执行 GB/T 23331—2020 和 ISO 50001", "指标 1.3.2 与 1.32 不同", "碳", "抵消比例", "𠮷野家与 CO₂ 排放"),
    "codes.html": ("检查代码", "Z106：不是普通小数", "余热回收", "23331", "gb/t", "光伏", "伏安特性"),
    "plans/xiqing/alpha/index.html": (
        "天津甲零部件有限公司",
        "分布式光伏",
        "余热回收装置",
        "参照滨海22号公司",
        "统一社会信用代码 91120112MA0000000X",
        "（ＡＢＣ）",
    ),
    "plans/xiqing/事例/index.html": (HOSTILE, "碳抵消", "光伏安装", "注入 </mark><script>window.leak=3</script> 结束"),
} | {f"plans/binhai/p{number:02}/index.html": (f"滨海{number:02}号公司", "滨海的方案") for number in range(23)}
TAGS = ("p", "td", "li", "dd", "blockquote")
ELSEWHERE = ("页眉里的字", "导航里的字", "页脚里的字", "脚本里的字", "属性里的字", "略去的字", "本节链接", "图里的字")
NOISE = """<script type="application/json">"脚本里的字"</script><p data-pagefind-ignore>略去的字</p><img alt="属性里的字" src="data:,"><svg><text>图里的字</text></svg>"""


def page_of(title: str, *runs: str) -> bytes:
    lines = (
        f"<table><tr><td>{escape(run)}</td></tr></table>" if tag == "td" else f"<{tag}>{escape(run)}</{tag}>"
        for run, tag in zip(runs, TAGS * 9, strict=False)
    )
    heading = '<h2 id="two">二<a class="headerlink" href="#two">本节链接</a></h2>'
    return FRAME.format(title=escape(title), body=f"<h1>{escape(title)}</h1>{heading}{''.join(lines)}{NOISE}").encode()


def plan_page() -> bytes:
    """All tables and captions of the worked plan, and its chapters, as a page of more text than one part of an index holds."""
    whole = dossier(examine(ORACLE / "plan.md", "plan.md", Shelf(INDICATORS)), Origin())
    assert whole is not None
    shown = whole.for_public()
    body = "".join(f'<h2 id="{name}">{name}</h2><div>{content}</div>' for name, content in parts(shown).items())
    return FRAME.format(title="算例", body=f"<h1>{escape(shown.plan.factory.name)}</h1>{body}").encode()


@dataclass(frozen=True)
class Site:
    """Served below a sub-path; `runs` are the texts of each page as a reader sees them."""

    folder: Path
    address: str
    runs: Mapping[str, tuple[str, ...]]

    def holding(self, wanted: str) -> set[str]:
        return {address for address, runs in self.runs.items() if any(folded(wanted) in folded(run) for run in runs)}


def folded(text: str) -> str:
    """The specification a second time: spaces, case and width of characters do not matter."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def group(address: str) -> str:
    return address.split("/")[1] if address.startswith("plans/") else "site"


def search_page() -> bytes:
    """The staged page as Markdown makes it, without the theme's frame."""
    plans = tuple({"key": f"{key}/a", "district": {"name": name}} for key, name in (("xiqing", "西青区"), ("binhai", "滨海新区")))
    staged = pages(Round(plans, ()))["search.md"].split("---\n", 2)[2]
    body = markdown.markdown(staged, extensions=["toc", "attr_list"]) + '<script src="assets/search.js" defer></script>'
    return FRAME.format(title="搜索", body=body).encode()


@pytest.fixture(scope="module")
def built() -> dict[str, bytes]:
    return {address: page_of(*texts) for address, texts in WRITTEN.items()} | {"plans/xiqing/oracle/index.html": plan_page()}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def site(built: Mapping[str, bytes], browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    root = tmp_path_factory.mktemp("served")
    folder = root / "a" / "站点"
    for name, content in {**built, "search.html": search_page(), "plans/index.html": page_of("方案")}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / "assets").mkdir()
    shutil.copy(THEME / "site" / "assets" / "search.js", folder / "assets")
    for name in {group(address) for address in built}:
        index({address: content for address, content in built.items() if group(address) == name}, folder / "search" / name)
    with served(root, headers={"Content-Security-Policy": POLICY}) as top:
        address = f"{top}a/%E7%AB%99%E7%82%B9/"
        yield Site(folder, address, {name: (*texts, "二") for name, texts in WRITTEN.items()} | as_shown(browser, address))


def as_shown(browser: Browser, address: str) -> dict[str, tuple[str, ...]]:
    """The plan's page as the browser lays it out: a line for each paragraph, cells parted by tabs."""
    page = browser.new_page()
    page.goto(f"{address}plans/xiqing/oracle/index.html")
    text = page.locator("article").inner_text()
    page.close()
    return {"plans/xiqing/oracle/index.html": tuple(filter(None, map(str.strip, re.split(r"[\n\t]", text))))}


@pytest.fixture
def tab(browser: Browser, site: Site) -> Iterator[Page]:
    """The search page; whatever goes wrong in it, such as a policy's refusal, fails the test, unless the test expects it."""
    page = browser.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith(site.address) else wrong.append(request.url))
    page.goto(f"{site.address}search.html")
    yield page
    page.close()
    assert wrong == []


def ask(tab: Page, query: str) -> None:
    tab.get_by_label("在公开的方案和说明里找").fill(query)
    tab.keyboard.press("Enter")
    settled(tab)


def settled(tab: Page) -> None:
    expect(tab.get_by_role("status")).to_have_text(re.compile("。$"))


def told(tab: Page) -> str:
    return tab.get_by_role("status").inner_text()


def found(tab: Page, site: Site) -> list[str]:
    """Addresses of all results in their order, after asking for more as long as there are any."""
    more = tab.get_by_role("button", name="再显示一些")
    while more.is_visible():
        before = tab.locator(".zcf-result").count()
        more.click()
        expect(tab.locator(".zcf-result").nth(before)).to_be_visible()
    links: list[str] = tab.locator(".zcf-result__title a").evaluate_all("links => links.map(link => decodeURI(link.href))")
    root = tab.evaluate("address => decodeURI(address)", site.address)
    return [link.removeprefix(root) for link in links]


def exactly(status: str) -> int:
    number = re.search(r"^含有“.*?”的页面：(\d+) 个", status, re.DOTALL)
    return int(number[1]) if number else 0


# --- the bundle ------------------------------------------------------------------------------------------------------


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_same_pages_give_the_same_bundle(built: dict[str, bytes], tmp_path: Path) -> None:
    index(built, tmp_path / "first")
    index(dict(reversed(built.items())), tmp_path / "second")
    first = tree(tmp_path / "first")
    assert len([name for name in first if name.startswith("fragment/")]) == len(built)
    assert all(first.values())
    assert tree(tmp_path / "second") == first


def test_a_bundle_tells_a_changed_page_by_other_names(tmp_path: Path) -> None:
    """A browser may keep a file as long as its name stays: also what is shown but not searched is in the name."""
    for name, anchor in (("before", "two"), ("after", "three")):
        index({"a.html": page_of("甲", "乙").replace(b'id="two"', f'id="{anchor}"'.encode())}, tmp_path / name)
    before, after = (set(tree(tmp_path / name)) for name in ("before", "after"))
    assert len([name for name in before - after if name.startswith("fragment/")]) == 1


def test_a_page_is_read_as_it_reads() -> None:
    body = """<p class="zcf-path"><a>方案</a><span> › </span>西青区</p><h1>甲<em>公司</em></h1>
      <p>分布<b>式</b>光<span>伏</span>，CO<sub>2</sub><!-- 注 -->e<br>次行</p>
      <h2 id="two">第二<a class="headerlink">#</a></h2><table><tr><td>碳</td><td>抵消&amp;</td></tr></table>前<div>中</div>后"""
    read = article("plans/a.html", FRAME.format(title="x", body=body).encode())
    assert (read.title, read.path) == ("甲公司", "方案 › 西青区")
    assert [(section.anchor, section.blocks) for section in read.sections] == [
        ("", ("方案 › 西青区", "甲公司", "分布式光伏，CO2e 次行")),
        ("two", ("第二", "碳", "抵消&", "前", "中", "后")),
    ]


def test_only_the_articles_own_text_is_read(built: Mapping[str, bytes]) -> None:
    text = "\n".join(article("methods.html", built["methods.html"]).blocks)
    assert "抵消比例" in text
    assert [word for word in ELSEWHERE if word in text] == []


def test_text_behind_deep_nesting_is_read_or_refused_but_never_lost() -> None:
    """The parser stops at 2048 levels, without a word."""

    def nested(levels: int) -> bytes:
        return FRAME.format(title="x", body="<div>" * levels + "底" + "</div>" * levels).encode()

    assert list(article("a.html", nested(2000)).blocks) == ["底"]
    with pytest.raises(ZcfError, match=r"a\.html.*嵌套"):
        article("a.html", nested(3000))


def test_a_page_that_could_not_be_found_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no article in b\.html"):
        article("b.html", b"<html><body><p>x</p></body></html>")


@pytest.mark.parametrize("program", [None, Path("/nowhere/pagefind"), Path("/bin/false")])
def test_without_pagefind_one_is_told_how_to_get_it(program: Path | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("pagefind.service.get_executable", lambda: program)
    with pytest.raises(ZcfError, match="Pagefind") as raised:
        index({"a.html": page_of("甲")}, tmp_path / "out")
    assert "pip install" in raised.value.hint
    assert not (tmp_path / "out").exists()


# --- what is found ---------------------------------------------------------------------------------------------------


def test_any_two_pairs_of_characters_that_follow_one_another_are_found(built: Mapping[str, bytes], site: Site, tab: Page) -> None:
    """Every one of the largest bundle, so that also those at the edges of the parts into which Pagefind cuts its index are asked."""
    members = {address: content for address, content in built.items() if group(address) == "xiqing"}
    standing: dict[str, set[str]] = defaultdict(set)
    for address, content in members.items():
        words = list(_words(article(address, content)))
        for first, second in pairwise(words):
            standing[f'"{first} {second}"'].add(address)
    assert len(tree(site.folder / "search" / "xiqing" / "index")) > 1
    differing = tab.evaluate(
        """async counts => {
          const {createInstance} = await import("./search/xiqing/pagefind.js");
          const instance = createInstance({basePath: new URL("search/xiqing/", document.baseURI).href, noWorker: true});
          const differing = [];
          for (const [phrase, count] of counts) {
            const answer = await instance.search(phrase);
            if (answer.results.length !== count) differing.push([phrase, count, answer.results.length]);
          }
          return differing;
        }""",
        [[phrase, len(addresses)] for phrase, addresses in standing.items()],
    )
    assert differing == []


QUERIES = (
    "布式光",
    "热回",
    "碳抵",
    "碳抵消",
    "光伏安",
    "GB/T 23331",
    "ｇｂ／ｔ23331",
    "2333",
    "1.3.2",
    "1.32",
    "91120112MA0000000X",
    "112ma",
    "零部件有",
    "co2",
    "𠮷",
    "abc",
    "碳",
    "/",
    "号公司",
    "没有的字",
    *ELSEWHERE,
)


def test_pages_found_are_those_that_hold_it(site: Site, tab: Page) -> None:
    answers = {}
    for query in QUERIES:
        ask(tab, query)
        answers[query] = sorted(found(tab, site)[: exactly(told(tab))])
    assert answers == {query: sorted(site.holding(query)) for query in QUERIES}
    assert len([query for query, addresses in answers.items() if not addresses]) == len(ELSEWHERE) + 1


def test_any_piece_of_the_text_is_found_where_it_stands_and_nowhere_else(site: Site, tab: Page) -> None:
    chance = random.Random(20251127)  # noqa: S311  # a sample, not a secret
    for _ in range(120):
        runs = chance.choice(sorted(site.runs.items()))[1] if chance.random() < 0.3 else site.runs["plans/xiqing/oracle/index.html"]
        run = chance.choice([run for run in runs if len(run) > 1])
        length = chance.randint(2, min(6, len(run)))
        start = chance.randint(0, len(run) - length)
        query = run[start : start + length].strip()
        ask(tab, query)
        addresses, number = found(tab, site), exactly(told(tab))
        assert set(addresses[:number]) == site.holding(query), query
        assert len(set(addresses)) == len(addresses), query
        for other in addresses[number:]:
            assert all(other in site.holding(term) for term in query.split()), query


def test_words_apart_are_found_after_the_whole(site: Site, tab: Page) -> None:
    ask(tab, "光伏 余热")
    assert told(tab) == "没有页面含有“光伏 余热”。分别含有“光伏”和“余热”的页面：3 个。".replace(
        "3", str(len(site.holding("余热") & site.holding("光伏")))
    )
    assert set(found(tab, site)) == site.holding("余热") & site.holding("光伏")


def test_a_title_comes_before_a_mention(site: Site, tab: Page) -> None:
    ask(tab, "滨海22号")
    assert found(tab, site) == ["plans/binhai/p22/index.html", "plans/xiqing/alpha/index.html"]


# --- what is shown ---------------------------------------------------------------------------------------------------


def test_a_result_leads_to_the_heading_it_stands_under(site: Site, tab: Page) -> None:
    ask(tab, "热回收装")
    result = tab.locator(".zcf-result")
    assert result.locator("mark").all_inner_texts() == ["热回收装"]
    assert "余热回收装置" in result.inner_text()
    result.get_by_role("link", name="二", exact=True).click()
    assert tab.url == f"{site.address}plans/xiqing/alpha/index.html#two"
    assert tab.locator("#two").is_visible()


def test_hostile_text_stays_text(site: Site, tab: Page) -> None:
    ask(tab, "</mark><script>")
    result = tab.locator(".zcf-result")
    assert HOSTILE in result.inner_text()
    assert result.locator("mark").all_inner_texts() == ["</mark><script>"]
    assert result.locator("img, script, b").count() == 0
    ask(tab, HOSTILE)
    assert HOSTILE in told(tab)
    assert found(tab, site) == ["plans/xiqing/事例/index.html"]
    assert tab.evaluate("window.leak") is None
    tab.get_by_role("link", name=HOSTILE).click()
    assert "碳抵消" in tab.locator("article").inner_text()


def test_more_are_shown_when_asked_for(site: Site, tab: Page) -> None:
    ask(tab, "滨海的")
    assert told(tab) == "含有“滨海的”的页面：23 个。"
    assert tab.locator(".zcf-result").count() == 10
    tab.get_by_role("button", name="再显示一些").click()
    expect(tab.locator(".zcf-result")).to_have_count(20)
    assert tab.evaluate("document.activeElement.closest('.zcf-result').matches(':nth-child(11)')")
    assert len(found(tab, site)) == 23


def test_a_district_is_searched_by_itself(site: Site, tab: Page) -> None:
    ask(tab, "公司")
    tab.get_by_label("范围").select_option("西青区")
    settled(tab)
    assert {group(address) for address in found(tab, site)} == {"xiqing"}
    assert told(tab) == f"含有“公司”的页面：{len(found(tab, site))} 个（西青区）。"
    assert tab.url.endswith("?q=%E5%85%AC%E5%8F%B8&in=search%2Fxiqing%2F")


def test_the_address_says_what_was_asked(site: Site, tab: Page) -> None:
    tab.goto(f"{site.address}search.html?q=%E7%83%AD%E5%9B%9E&in=search/xiqing/")
    settled(tab)
    assert tab.get_by_label("在公开的方案和说明里找").input_value() == "热回"
    assert set(found(tab, site)) == {address for address in site.holding("热回") if group(address) == "xiqing"}
    ask(tab, "碳抵")
    tab.go_back()
    settled(tab)
    assert tab.get_by_label("在公开的方案和说明里找").input_value() == "热回"
    assert "热回" in told(tab)


def test_escape_clears(tab: Page) -> None:
    ask(tab, "热回")
    tab.keyboard.press("Escape")
    assert tab.get_by_label("在公开的方案和说明里找").input_value() == ""
    assert told(tab) == ""
    assert tab.locator(".zcf-result").count() == 0
    assert "?" not in tab.url


@pytest.mark.parametrize("query", ["", "%20%20", "%E2%80%8B"])
def test_nothing_asked_is_nothing_found(query: str, site: Site, tab: Page) -> None:
    tab.goto(f"{site.address}search.html?q={query}")
    assert told(tab) in ("", "请写要找的字。")
    assert tab.locator(".zcf-result").count() == 0


def test_a_query_too_long_is_told_and_not_cut(site: Site, tab: Page) -> None:
    tab.goto(f"{site.address}search.html?q={'a' * 201}")
    settled(tab)
    assert told(tab) == "要找的内容有 201 个字，请缩短到 200 个字以内。"


@pytest.mark.parametrize(
    ("lost", "status"),
    [
        ("**/*.pf_index", 404),
        ("**/*.pf_index", None),
        ("**/*.pf_fragment", None),
        ("**/*.pf_meta", None),
        ("**/wasm*", 404),
        ("**/binhai/pagefind-entry.json*", 404),
    ],
)
def test_where_data_is_lost_no_count_is_told(lost: str, status: int | None, site: Site, browser: Browser) -> None:
    """`status` is the server's, or None where it cannot be reached."""
    page = browser.new_page()
    page.goto(f"{site.address}search.html")
    page.route(lost, lambda route: route.fulfill(status=status) if status else route.abort())
    ask(page, "滨海的")
    assert "没有取全" in told(page)
    assert page.locator(".zcf-result").count() == 0
    page.unroute(lost)
    ask(page, "滨海的")
    assert told(page) == "含有“滨海的”的页面：23 个。"
    page.close()


# --- where there is no search ----------------------------------------------------------------------------------------


def missing(page: Page) -> bool:
    told_so = page.get_by_text("现在不能搜索").is_visible() and page.get_by_role("link", name="全部方案").is_visible()
    return told_so and not page.get_by_role("searchbox").is_visible()


def test_a_copy_on_a_stick_says_that_it_has_no_search(site: Site, browser: Browser) -> None:
    page = browser.new_page()
    page.goto((site.folder / "search.html").as_uri())
    assert missing(page)
    page.close()


def test_without_scripts_the_page_says_so(site: Site, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.address}search.html?q=x")
    assert missing(page)
    context.close()


def test_with_scripts_the_page_offers_the_search(tab: Page) -> None:
    assert not missing(tab)
    assert tab.get_by_role("search").is_visible()
    assert tab.evaluate("document.activeElement.name") == "q"
