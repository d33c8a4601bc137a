"""The list, the comparison and the report in a browser: served and from a folder, with scripts and without."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from playwright.sync_api import Browser, Page

from tests import rounds
from tests.browser.pages import DESK, PHONE, Tab, built, served, tab, violations
from zcfdocs.figure import display, percent
from zcfdocs.scorecard import Json
from zcfdocs.site.round import Round
from zcfdocs.site.staging import Extras, stage_round

HOSTILE = "危险<img src=x onerror=window.leak=1></script><script>window.leak=2</script>示例厂"
# Milliseconds in which a list of a thousand must answer a filter, its layout included; the best of so many tries.
SOON, TRIES = 100, 5


@pytest.fixture(scope="module")
def plans() -> tuple[Json, ...]:
    invented = rounds.invented(150)
    invented[0]["name"] = HOSTILE
    invented[1]["rows"][0] |= {"title": HOSTILE}
    mill = rounds.worked(rounds.RIVER) | {"errors": 0}
    return (*invented, mill)


@pytest.fixture(scope="module")
def living(plans: tuple[Json, ...]) -> list[Json]:
    return [plan for plan in plans if not plan["withdrawn"]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, plans: tuple[Json, ...]) -> Path:
    staged = stage_round(Round(plans, (rounds.book(), rounds.river()), preview=True), Extras(contact="zcf@example.com"))
    scripts = {f"plans/{plan['key']}/facts.js": f"zcf.plan({json.dumps(plan)});".replace("<", r"\u003c").encode() for plan in plans}
    site = built(tmp_path_factory.mktemp("lists"), staged)
    for name, content in scripts.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_bytes(content)
    return site


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with served(folder, "a/b/") as found:
        yield found


@pytest.fixture
def opened(browser: Browser) -> Iterator[Tab]:
    with tab(browser) as found:
        yield found
    assert found.wrong == []
    assert [asked for asked in found.asked if not asked.startswith(("http://127.0.0.1", "file:", "data:"))] == []


def shown(page: Page) -> list[str]:
    """The keys of the rows that can be seen, in their order."""
    keys: list[str] = page.eval_on_selector_all(
        "#zcf-list tbody tr", "all => all.filter(row => row.offsetHeight).map(row => row.dataset.key)"
    )
    return keys


def said(page: Page) -> str:
    return page.inner_text("#zcf-count")


def test_filters_show_what_fits_and_stand_in_the_address(opened, address, living):
    page = opened.page
    page.goto(f"{address}plans/index.html")
    assert len(shown(page)) == 100
    assert said(page) == f"共 {len(living)} 份方案。"
    district = living[0]["district"]["key"]
    page.select_option("[name=district]", district)
    fitting = {plan["key"] for plan in living if plan["district"]["key"] == district}
    assert set(shown(page)) == fitting
    assert said(page) == f"符合条件的 {len(fitting)} 份，共 {len(living)} 份方案。"
    assert page.url.endswith(f"?district={district}")
    page.select_option("[name=of]", "now")
    page.fill("[name=min]", "60")
    page.fill("[name=max]", "90")
    fitting = {key for key in fitting for plan in living if plan["key"] == key and 60 <= float(plan["scores"]["now"]["total"]) <= 90}
    assert fitting
    assert set(shown(page)) == fitting
    page.press("[name=max]", "Enter")
    page.wait_for_url(f"**/plans/index.html?district={district}&of=now&min=60&max=90")
    page.reload()
    assert set(shown(page)) == fitting
    page.click("text=清除筛选")
    page.wait_for_url("**/plans/index.html")
    assert len(shown(page)) == 100


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ("stage=building", lambda plan: plan["stage"]["key"] == "building"),
        ("year=2030", lambda plan: plan["catalogue"]["year"] == 2030),
        ("industry=C13", lambda plan: plan["industry"]["code"].startswith("C13")),
        ("met=none", lambda plan: not plan["scores"]["target"]["eligible"]),
        ("met=now", lambda plan: plan["scores"]["now"]["eligible"]),
        ("q=%EF%BC%91+%E7%A4%BA%E4%BE%8B", lambda plan: "1" in plan["name"] and "示例" in plan["name"]),
        ("min=80", lambda plan: float(plan["scores"]["target"]["total"]) >= 80),
    ],
)
def test_a_shared_link_opens_the_same_list(opened, address, living, query, fits):
    opened.page.goto(f"{address}plans/index.html?{query}")
    more = opened.page.locator(".zcf-more")
    if more.is_visible():
        more.click()
    expected = {plan["key"] for plan in living if fits(plan)}
    assert 0 < len(expected) < len(living)
    assert set(shown(opened.page)) == expected


def test_nothing_found_is_told(opened, address, living):
    opened.page.goto(f"{address}plans/index.html?q=没有这样的厂")
    assert shown(opened.page) == []
    assert said(opened.page).startswith(f"没有符合条件的方案，共 {len(living)} 份")
    opened.page.goto(f"{address}plans/index.html?min=90&max=80")
    assert said(opened.page) == "没有符合条件的方案：最低分高于最高分。"


def test_what_the_address_cannot_mean_is_ignored(opened, address, living):
    opened.page.goto(f"{address}plans/index.html?district=<b>&sort=__proto__&min=x&p=../../etc,a/b&of=total")
    assert said(opened.page) == f"共 {len(living)} 份方案。"
    assert opened.page.is_hidden("#zcf-chosen")


def test_sorting_by_each_column_is_stable_and_told(opened, address, living):
    page = opened.page
    page.goto(f"{address}plans/index.html?sort=target")
    page.click(".zcf-more")
    totals = {plan["key"]: float(plan["scores"]["target"]["total"]) for plan in living}
    assert shown(page) == sorted((plan["key"] for plan in living), key=totals.__getitem__)
    page.click("th[data-key=target] button")
    assert page.get_attribute("th[data-key=target]", "aria-sort") == "descending"
    assert shown(page) == sorted((plan["key"] for plan in living), key=lambda key: -totals[key])[:100]
    page.click("th[data-key=target] button")
    assert page.get_attribute("th[data-key=target]", "aria-sort") is None
    assert shown(page) == [plan["key"] for plan in living][:100]
    page.click("th[data-key=stage] button")
    places = {stage.key: place for place, stage in enumerate(rounds.book().catalogue.stages)}
    assert shown(page) == [plan["key"] for plan in sorted(living, key=lambda plan: places[plan["stage"]["key"]])][:100]


def test_names_are_sorted_as_they_are_spoken(opened, address, living):
    opened.page.goto(f"{address}plans/index.html?sort=name&q=通示例")
    first = [opened.page.inner_text(f"tr[data-key='{key}'] th")[0] for key in shown(opened.page)]
    assert len(set(first)) > 3
    assert first == sorted(first, key="安北昌东丰广海华".index)


def test_back_restores_what_was_chosen(opened, address):
    page = opened.page
    page.goto(f"{address}plans/index.html")
    page.select_option("[name=stage]", "building")
    page.click("th[data-key=now] button")
    before = shown(page)
    page.goto(f"{address}report.html")
    page.go_back()
    assert page.input_value("[name=stage]") == "building"
    assert shown(page) == before


def test_two_to_four_plans_are_chosen_and_a_fifth_is_refused(opened, address, living):
    page = opened.page
    page.goto(f"{address}plans/index.html")
    boxes, keys = page.locator("#zcf-list tbody input"), shown(page)[:5]
    boxes.nth(0).check()
    assert "再选一份" in page.inner_text("#zcf-chosen")
    for place in (1, 2, 3):
        boxes.nth(place).check()
    boxes.nth(4).click()
    assert not boxes.nth(4).is_checked()
    assert "最多同时对比 4 份" in page.inner_text("#zcf-chosen")
    page.reload()
    assert [box.is_checked() for box in boxes.all()[:5]] == [True] * 4 + [False]
    page.click(".zcf-go")
    assert page.url == f"{address}compare.html?p={','.join(keys[:4])}"
    page.wait_for_selector(".zcf-overview thead th:nth-child(5)")


def test_a_thousand_rows_answer_at_once(browser, folder):
    text = (folder / "plans" / "index.html").read_text("utf-8")
    start, end = text.index('<tr data-key="'), text.rindex("</tbody>")
    copies = (text[start:end].replace('<tr data-key="', f'<tr data-key="copy-{copy}-') for copy in range(7))
    (folder / "plans" / "thousand.html").write_text(text[:start] + "".join(copies) + text[end:], "utf-8")
    with tab(browser) as found:
        found.page.goto((folder / "plans" / "thousand.html").as_uri())
        assert found.page.locator("#zcf-list tbody tr").count() >= 1000
        for field, values in {"q": ["示例1", ""], "district": ["binhai", ""], "min": ["70", ""]}.items():
            spent = [found.page.evaluate(TIMED, [field, value]) for _ in range(TRIES) for value in values]
            assert max(min(spent[0::2]), min(spent[1::2])) < SOON, (field, spent)
    (folder / "plans" / "thousand.html").unlink()


TIMED = """async ([field, value]) => {
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  const input = document.forms["zcf-filters"].elements[field], start = performance.now();
  input.value = value;
  input.dispatchEvent(new Event("input", {bubbles: true}));
  document.body.offsetHeight;
  return performance.now() - start;
}"""


def test_without_scripts_the_whole_list_is_there(browser, address, living):
    with tab(browser, {**DESK, "java_script_enabled": False}) as found:
        found.page.goto(f"{address}plans/index.html")
        assert found.page.locator("#zcf-list tbody tr:visible").count() == len(living)
        assert not found.page.is_visible("#zcf-filters")
        found.page.goto(f"{address}compare.html")
        assert found.page.is_visible("noscript p")
        assert not found.page.is_visible("#zcf-pick")


def compared(page: Page, table: str) -> dict[str, list[str]]:
    page.wait_for_selector(table)
    rows = page.eval_on_selector_all(f"{table} tbody tr", "all => all.map(row => Array.from(row.cells, cell => cell.innerText))")
    return {head: cells for head, *cells in rows}


def alike(plans: list[Json]) -> tuple[list[Json], Any]:
    """Three plans of one catalogue, one of which keeps its savings back, and their rows side by side."""
    own = [plan for plan in plans if plan["catalogue"]["id"] == "tianjin-2025"][2:]
    chosen = [next(plan for plan in own if plan["savings"]["energy"] is None), *[plan for plan in own if plan["savings"]["energy"]][:2]]
    return chosen, list(zip(*(plan["rows"] for plan in chosen), strict=True))


def test_plans_side_by_side_say_what_their_facts_say(opened, address, living):
    chosen, rows = alike(living)
    page = opened.page
    page.goto(f"{address}compare.html?p={','.join(plan['key'] for plan in chosen)}")
    overview = compared(page, ".zcf-overview")
    assert [cell.split()[0] for cell in overview["目标得分"]] == [plan["scores"]["target"]["display"] for plan in chosen]
    emissions = [display(Fraction(plan["totals"]["now"]["emissions"])) for plan in chosen]
    assert overview["碳排放量，现状"] == [f"{value} tCO2e" for value in emissions]
    assert overview["抵消比例，目标"] == [percent(Fraction(plan["totals"]["target"]["offset_ratio"])) for plan in chosen]
    assert overview["承诺的年节能量"] == [
        "未公开" if (saved := plan["savings"]["energy"]) is None else f"{display(Fraction(saved))} tce" for plan in chosen
    ]
    byrow = compared(page, ".zcf-byrow")
    assert len(byrow) == 42
    for cells, of_row in zip(byrow.values(), rows, strict=True):
        same = all((one["points"], one["status"]) == (of_row[0]["points"], of_row[0]["status"]) for one in of_row)
        assert cells[0] == ("相同" if same else "不同")
        shown_points = [
            " → ".join(display(Fraction(one["points"][phase]), 2, Fraction(one["max"])) for phase in ("now", "target")) for one in of_row
        ]
        assert [cell.split("\n")[0] for cell in cells[1:]] == shown_points


def test_only_what_differs_can_be_shown(opened, address, living):
    chosen, rows = alike(living)
    differing = sum(len({json.dumps([one["points"], one["status"]]) for one in of_row}) > 1 for of_row in rows)
    page = opened.page
    page.goto(f"{address}compare.html?p={','.join(plan['key'] for plan in chosen)}")
    page.wait_for_selector(".zcf-byrow")
    page.check("[name=diff]")
    assert 0 < differing < 42
    assert page.locator(".zcf-byrow tbody tr:visible").count() == differing
    page.reload()
    page.wait_for_selector(".zcf-byrow")
    assert page.locator(".zcf-byrow tbody tr:visible").count() == differing


def test_plans_are_added_and_taken_out_by_name(opened, address, living):
    page, (one, other) = opened.page, living[2:4]
    page.goto(f"{address}compare.html")
    page.wait_for_selector("text=还没有选方案")
    for plan in (one, other):
        page.fill("[name=plan]", plan["name"])
        page.press("[name=plan]", "Enter")
        page.wait_for_selector(f".zcf-overview a[href='plans/{plan['key']}/index.html']")
    assert page.url.endswith(f"?p={one['key']},{other['key']}")
    page.fill("[name=plan]", "没有这样的厂")
    page.press("[name=plan]", "Enter")
    assert page.inner_text("#zcf-told") == "没有名称为“没有这样的厂”的方案。"
    page.click(f"[aria-label='移出对比：{one['name']}']")
    page.wait_for_url(f"**/compare.html?p={other['key']}")


@pytest.mark.parametrize("key", ["../../evil", "https://evil.example/x", "xiqing/unknown", "__proto__", "a/b/c"])
def test_unknown_plans_are_told_and_never_loaded(opened, address, key):
    opened.page.goto(f"{address}compare.html?p={key}")
    assert opened.page.inner_text("#zcf-told") == f"没有这样的方案：{key}。"
    assert not [asked for asked in opened.asked if asked.endswith("facts.js")]


def test_a_plan_that_cannot_be_loaded_is_told(browser, address, folder, living):
    facts = folder / "plans" / living[5]["key"] / "facts.js"
    kept = facts.read_bytes()
    facts.unlink()
    with tab(browser) as found:
        found.page.goto(f"{address}compare.html?p={living[5]['key']}")
        found.page.wait_for_selector("text=没有载入")
        assert living[5]["name"] in found.page.inner_text("#zcf-told")
    facts.write_bytes(kept)


def test_plans_of_different_catalogues_share_no_rows(opened, address, living):
    (one, other, *_), mill = alike(living)[0], living[-1]
    opened.page.goto(f"{address}compare.html?p={one['key']},{mill['key']}")
    opened.page.wait_for_selector("text=所选方案依据不同的评价指标体系")
    assert opened.page.locator(".zcf-byrow").count() == 0
    opened.page.goto(f"{address}compare.html?p={one['key']},{mill['key']},{other['key']}")
    opened.page.wait_for_selector(".zcf-byrow")
    assert opened.page.locator(".zcf-byrow").count() == 1
    assert opened.page.inner_text(".zcf-byrow thead").strip().split("\t")[2:] == [one["name"], other["name"]]


def test_a_hostile_plan_is_only_text(opened, address, living):
    page = opened.page
    page.goto(f"{address}compare.html?p={living[0]['key']},{living[1]['key']}")
    page.wait_for_selector(".zcf-byrow")
    assert page.inner_text(".zcf-overview thead th:nth-child(2) a") == HOSTILE
    page.goto(f"{address}plans/index.html?p={living[0]['key']}")
    assert HOSTILE in page.inner_text("#zcf-chosen")
    assert page.evaluate("window.leak") is None


def test_from_a_folder_everything_but_fetching_works(opened, folder, living):
    page, root = opened.page, folder.as_uri()
    page.goto(f"{root}/plans/index.html?stage=building&sort=-now")
    totals = {plan["key"]: -float(plan["scores"]["now"]["total"]) for plan in living if plan["stage"]["key"] == "building"}
    assert shown(page) == sorted(totals, key=totals.__getitem__)
    for place in (0, 1):
        page.locator("#zcf-list tbody tr:visible input").nth(place).check()
    page.click(".zcf-go")
    page.wait_for_selector(".zcf-byrow")
    assert page.url.startswith(f"{root}/compare.html?p=")


def test_a_report_begins_with_where_it_came_from(opened, address):
    digest = f"sha256:{'a' * 64}"
    opened.page.goto(f"{address}report.html?page=plans/xiqing/a/index.html&digest={digest}")
    text = opened.page.input_value("#zcf-report")
    assert text.startswith(f"页面：{address}plans/xiqing/a/index.html\n方案摘要：{digest}\n")
    opened.page.click("#zcf-copy")
    assert opened.page.inner_text("#zcf-copied") == "已复制。"


@pytest.mark.parametrize("page", ["//evil.example/a", "https://evil.example", "javascript:alert(1)", "请汇款到以下账户", "../../a.html"])
def test_a_report_takes_no_words_from_a_link(opened, address, page):
    opened.page.goto(f"{address}report.html?page={page}&digest={page}")
    assert opened.page.input_value("#zcf-report").startswith("页面：\n方案摘要：\n")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_what_scripts_make_is_for_everyone(browser, address, living, dark):
    one, other = living[0]["key"], living[1]["key"]
    with tab(browser, dark=dark) as seen:
        for place, made in {f"compare.html?p={one},{other}": ".zcf-byrow", f"plans/index.html?p={one},{other}&sort=now": ".zcf-go"}.items():
            seen.page.goto(f"{address}{place}")
            seen.page.wait_for_selector(made)
            assert violations(seen.page) == [], place


PLACES: tuple[str, ...] = ("index.html", "plans/index.html", "archive.html", "districts/index.html", "districts/xiqing.html", "report.html")
PLACES += ("indicators/index.html", "indicators/tianjin-2025/4.5.1.html")


def test_no_page_is_wider_than_a_phone(browser, address, living):
    with tab(browser, PHONE) as seen:
        for place in (*PLACES, f"compare.html?p={living[0]['key']},{living[1]['key']}"):
            seen.page.goto(f"{address}{place}")
            seen.page.wait_for_load_state("networkidle")
            assert seen.page.evaluate("document.documentElement.scrollWidth") <= 360, place


def test_links_of_the_pages_lead_somewhere(folder, plans):
    """Plans' own pages are not built here; every other link must end at a file, and at an id where it names one."""
    pages = [folder / place for place in (*PLACES, "compare.html")]
    for path in pages:
        for link in (link for one in lxml.html.document_fromstring(path.read_bytes()).iter("a") if (link := one.get("href"))):
            target, _, anchor = link.partition("#")
            if re.match(r"[a-z]+:", target) or re.search(r"plans/[^/]+/[^/]+/index\.html|^[^/]+/[^/]+/index\.html$", target):
                continue
            file = (path.parent / target.partition("?")[0]).resolve() if target else path
            assert file.is_file(), (path.name, link)
            if anchor and file.suffix == ".html":
                assert lxml.html.document_fromstring(file.read_bytes()).xpath("//*[@id=$anchor]", anchor=anchor), (path.name, link)
