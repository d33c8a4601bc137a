"""Pages made of many plans: all of them there, their figures those of the facts, nothing of a plan at work, none growing without end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import lxml.html
import pytest

from tests import rounds
from zcfdocs.finding import Finding
from zcfdocs.scorecard import Json
from zcfdocs.scoring import RULES
from zcfdocs.site import areas, compare, home, listing, reporting, rows
from zcfdocs.site.round import Round

HOSTILE = (
    """x</title></td></table><script>window.leak=1</script>&"'><img src=x onerror=window.leak=2>`*[碳](javascript:window.leak=3){{ 1 }}"""
)


def staged(of: Round) -> dict[str, str]:
    made: dict[str, str] = {}
    for module in (home, listing, compare, areas, rows):
        made |= module.pages(of)
    return made | reporting.pages(of, "zcf@example.com")


def page(text: str) -> Any:
    """A staged page as HTML; its Markdown headings are text."""
    return lxml.html.document_fromstring(text.split("\n---\n", 1)[1])


def texts(page: Any, path: str) -> list[str]:
    return [" ".join(found.text_content().split()) for found in page.xpath(path)]


def cells(page: Any, table: str) -> list[list[str]]:
    """The rows of a table's body, cell by cell."""
    return [texts(row, "th|td") for row in page.xpath(f"//table[contains(@class, '{table}')]//tbody/tr")]


@pytest.fixture(scope="module")
def many() -> Round:
    return rounds.round_of(*rounds.invented(60, seed=4))


@pytest.fixture(scope="module")
def told(many: Round) -> dict[str, str]:
    return staged(many)


@pytest.fixture(scope="module")
def living(many: Round) -> list[Json]:
    return [plan for plan in many.plans if not plan["withdrawn"]]


def test_every_page_is_staged(many, told, living):
    found = {"index.md", "plans/index.md", "archive.md", "compare.md", "report.md", "districts/index.md", "indicators/index.md"}
    found |= {f"districts/{plan['district']['key']}.md" for plan in living}
    found |= {f"indicators/tianjin-2025/{row.id}.md" for _, row in many.rows}
    assert set(told) == found
    assert sum(name.startswith("indicators/tianjin-2025/") for name in told) == 42


@pytest.mark.parametrize("plans", [0, 1, 2, 20, 21])
def test_home_lists_the_plans_while_they_are_few(plans):
    found = cells(page(home.pages(rounds.round_of(*rounds.invented(plans)))["index.md"]), "zcf-plans")
    shown = plans - plans // 20
    assert len(found) == (shown if shown <= home.FEW else 0)


def test_home_lists_no_more_than_a_few():
    assert cells(page(home.pages(rounds.round_of(*rounds.invented(22)))["index.md"]), "zcf-plans") == []


def test_home_counts_what_the_facts_say(told, living):
    seen = page(told["index.md"])
    cards = dict(zip(texts(seen, "//dt"), texts(seen, "//dd"), strict=True))
    assert cards == {
        "方案": str(len(living)),
        "现状已达合格线": str(sum(Decimal(plan["scores"]["now"]["total"]) >= 80 for plan in living)),
        "目标达到合格线": str(sum(Decimal(plan["scores"]["target"]["total"]) >= 80 for plan in living)),
        "已撤回": "3",
    }
    stages = {row[0]: int(row[1]) for row in _column(seen, "各阶段")}
    assert stages == Counter(plan["stage"]["name"] for plan in living)
    assert {row[0]: int(row[1]) for row in _column(seen, "各辖区")} == Counter(plan["district"]["name"] for plan in living)
    links = [link.get("href") for link in seen.xpath("//div[contains(@class, 'zcf-columns')]//a")]
    assert {f"plans/index.html?stage={plan['stage']['key']}" for plan in living} <= set(links)


def _column(seen: Any, caption: str) -> Iterator[list[str]]:
    for row in seen.xpath(f"//table[caption='{caption}']/tbody/tr"):
        yield texts(row, "th|td")


def test_home_names_industries_as_the_classification_does(told, living):
    seen = page(told["index.md"])
    found = {row[0]: int(row[1]) for row in _column(seen, "方案最多的行业")}
    names = rounds.book().classification.names
    numbers = Counter(names[plan["industry"]["code"]] for plan in living)
    *foremost, rest = found
    assert len(foremost) == home.FOREMOST
    assert all(found[name] == numbers[name] for name in foremost)
    assert min(found[name] for name in foremost) >= max(count for name, count in numbers.items() if name not in foremost)
    assert rest == f"其他 {len(numbers) - home.FOREMOST} 个行业"
    assert sum(found.values()) == len(living)


def test_what_is_withheld_is_told_and_not_counted(told, living):
    sums = {row[0]: row for row in cells(page(told["index.md"]), "zcf-sums")}
    known = [Decimal(plan["savings"]["energy"]) for plan in living if plan["savings"]["energy"] is not None]
    hidden = len(living) - len(known)
    assert hidden
    assert sums["项目承诺的年节能量"][3] == f"{int(sum(known)):,} （{hidden} 家未公开）"
    emissions = sum((Fraction(plan["totals"]["now"]["emissions"]) for plan in living), Fraction(0))
    assert sums["碳排放量（范围1 + 范围2）"][2] == f"{int(emissions + Fraction(1, 2)):,}"


@pytest.mark.parametrize(
    ("amounts", "absent", "shown", "note"),
    [
        ([], 0, "0.00", ""),
        ([None], 0, "—", "1 家未公开"),
        ([], 2, "—", "2 家未填报"),
        (["0", None], 1, "0.00", "1 家未公开，1 家未填报"),
        (["999.994", "0.001"], 0, "1000.00", ""),
        (["999.5", "0.5"], 0, "1,000", ""),
        (["1234567.5"], 0, "1,234,568", ""),
    ],
)
def test_a_sum_says_what_it_leaves_out(amounts, absent, shown, note):
    found = listing.added(amounts, absent)
    assert (found.shown, found.note) == (shown, note)


def test_home_tells_the_newest_changes_first(told, many):
    seen = page(told["index.md"])
    days = texts(seen, "//ul[@class='zcf-newest']//time")
    assert days == sorted((plan["changed"] for plan in many.plans), reverse=True)[: home.NEWEST]


def test_a_withdrawal_is_a_change_without_scores():
    plan = rounds.worked() | {"withdrawn": True, "changed": "2026-11-01"}
    line = texts(page(home.pages(rounds.round_of(plan))["index.md"]), "//ul[@class='zcf-newest']/li")
    assert line == [f"2026-11-01 {plan['name']} 已撤回"]


def test_the_list_has_each_plan_once_with_what_it_is_chosen_by(told, living):
    seen = page(told["plans/index.md"])
    found = {row.get("data-key"): row for row in seen.xpath("//tbody/tr")}
    assert set(found) == {plan["key"] for plan in living}
    for plan in living:
        row = found[plan["key"]]
        data = ("data-district", "data-industry", "data-stage", "data-year")
        assert [row.get(name) for name in data] == [plan["district"]["key"], plan["industry"]["code"], plan["stage"]["key"], "2025"]
        assert [cell.get("data-value") for cell in row.xpath("td")[4:6]] == [plan["scores"][name]["total"] for name in ("now", "target")]
        assert texts(row, "td")[4] == f"{plan['scores']['now']['display']} {plan['scores']['now']['word']}"
        assert row.xpath("th/a/@href") == [f"{plan['key']}/index.html"]


def test_without_scripts_the_list_has_no_controls(told):
    seen = page(told["plans/index.md"])
    assert seen.xpath("//form[@id='zcf-filters']/@hidden") == [""]
    assert not seen.xpath("//table//button | //table//input | //tr[@hidden]")


def test_filters_offer_what_there_is(told, living):
    seen = page(told["plans/index.md"])
    offered = {field: seen.xpath(f"//select[@name='{field}']//option/@value")[1:] for field in ("district", "stage", "year", "industry")}
    assert set(offered["district"]) == {plan["district"]["key"] for plan in living}
    assert set(offered["stage"]) == {plan["stage"]["key"] for plan in living}
    assert offered["year"] == ["2025"]
    assert {plan["industry"]["code"] for plan in living} <= set(offered["industry"])
    order = [stage.key for stage in rounds.book().catalogue.stages]
    assert offered["stage"] == sorted(offered["stage"], key=order.index)


def test_districts_tell_their_sums(told, living):
    found = {row[0]: row for row in cells(page(told["districts/index.md"]), "zcf-wide")}
    for district in rounds.book().catalogue.districts:
        own = [plan for plan in living if plan["district"]["key"] == district.key]
        if not own:
            assert district.name in page(told["districts/index.md"]).text_content().split("还没有方案的辖区：")[1]
            continue
        row = found[district.name]
        co2 = sum(int(plan["savings"]["co2"]) for plan in own)
        assert row[1:4] == [str(len(own)), *(str(sum(plan["scores"][name]["eligible"] for plan in own)) for name in ("now", "target"))]
        assert row[7] == (f"{co2:,}" if co2 >= 1000 else f"{co2}.00")
        assert len(cells(page(told[f"districts/{district.key}.md"]), "zcf-plans")) == len(own)


def test_a_district_no_catalogue_knows_has_no_page():
    plan = rounds.worked() | {"key": "nowhere/a", "district": {"key": "nowhere", "name": "nowhere"}, "errors": 2}
    made = areas.pages(rounds.round_of(plan))
    assert set(made) == {"districts/index.md"}
    assert page(made["districts/index.md"]).xpath("//table//a") == []


def test_indicators_tell_means_and_full_marks(told, living):
    found = {row[0].split()[0]: row for row in cells(page(told["indicators/index.md"]), "zcf-rows")}
    assert len(found) == 42
    for place, row in enumerate(rounds.book().catalogue.rows()):
        earned: list[Fraction] = [Fraction(plan["rows"][place]["points"]["now"]) for plan in living]
        mean, full = sum(earned, Fraction(0)) / len(earned), Fraction(sum(points == row.points for points in earned), len(earned))
        assert abs(Fraction(found[row.id][3]) - mean) <= Fraction(1, 200)
        assert abs(Fraction(found[row.id][5].rstrip("%")) - 100 * full) <= Fraction(1, 2)


def test_an_indicator_tells_how_the_plans_stand(told, living):
    seen = page(told["indicators/tianjin-2025/1.3.1.md"])
    entries = [next(row for row in plan["rows"] if row["id"] == "1.3.1") for plan in living]
    spread, statuses = (list(_column(seen, caption)) for caption in ("得分分布（方案数）", "满足情况（方案数）"))
    assert [row[0] for row in spread] == [
        "0 分", "0 分以上至不到 10 分", "10 分至不到 20 分", "20 分至不到 30 分", "30 分至不到 40 分", "40 分（满分）",
    ]  # fmt: skip
    points = [Decimal(entry["points"]["now"]) for entry in entries]
    ends = [(0, 0), (0, 10), (10, 20), (20, 30), (30, 40), (40, 40)]
    assert [int(row[1]) for row in spread] == [
        sum((one == low if low == high else (low < one if low == 0 else low <= one) and one < high) for one in points) for low, high in ends
    ]
    assert {row[0]: int(row[1]) for row in statuses if row[1] != "0"} == Counter(
        {"partial": "部分满足", "unmet": "未满足", "met": "满足", "unevidenced": "缺佐证"}[entry["status"]["now"]] for entry in entries
    )
    ranked = [Decimal(row[1]) for row in cells(seen, "zcf-ranked")]
    assert len(ranked) == len(living)
    assert ranked == sorted(ranked, reverse=True)


@pytest.mark.parametrize(("points", "band"), [("0", 0), ("0.0001", 1), ("3.7499", 1), ("3.75", 2), ("11.25", 4), ("14.9999", 4), ("15", 5)])
def test_full_marks_and_nothing_stand_apart(points, band):
    row = rounds.book().catalogue.rows_by_id["4.5.1"]
    assert rows.band(Fraction(points), row) == band
    assert band in rows.bands(row)


def test_every_rule_is_told_in_words():
    assert set(rows.RULES_TOLD) == set(RULES)


@pytest.mark.parametrize("book", [rounds.book(), rounds.river()], ids=lambda book: book.id)
def test_every_row_tells_its_requirement_and_its_scoring(book):
    made = rows.pages(Round((), (book,)))
    for row in book.catalogue.rows():
        seen = page(made[f"indicators/{book.id}/{row.id}.md"])
        assert texts(seen, "//blockquote") == [str(row.text), book.catalogue.evidence_text(row)]
        assert f"{float(row.points):g} 分" in "".join(texts(seen, "//ul/li"))


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("4.5.1", "抵消比例不低于 60%的，得分 = 15 分 × 抵消比例"),
        ("5.4.1", "可再生电力占比高于 50%的，得分 = 10 分 × 可再生电力占比"),
        ("1.4.1", "每取得一个目录所列的称号得 2 分"),
        ("5.2.1", "国家、省、行业标准中的先进值（达到即可，≤）、行业先进水平（须优于，<）"),
        ("5.6.1", "取水定额（须优于，<）、行业先进水平（须优于，<）"),
        ("5.3.2", "每种产品的碳强度都逐年下降，得 10 分"),
        ("3.2.1", "可填不适用，须说明理由并有佐证，按满分计"),
    ],
)
def test_the_numbers_of_a_rule_are_the_catalogues(told, row, words):
    assert words in page(told[f"indicators/tianjin-2025/{row}.md"]).text_content()


@pytest.mark.parametrize(("row", "clauses"), [("4.5.1", 2), ("5.4.1", 1), ("3.2.1", 1), ("1.1.1", 0), ("5.1.1", 0)])
def test_an_indicator_names_the_readings_that_concern_it(row, clauses):
    catalogue = rounds.book().catalogue
    assert len(rows.concerning(catalogue, catalogue.rows_by_id[row])[0]) == clauses


def test_the_archive_has_a_round_a_year_and_withdrawn_plans_by_name_alone():
    gone = rounds.worked() | {"key": "xiqing/gone", "name": "已退出示例厂", "withdrawn": True}
    gone["industry"] = {"code": "C3670", "name": "不该出现的行业"}
    mill = rounds.worked(rounds.RIVER) | {"errors": 0}
    of = Round((rounds.worked(), gone, mill), (rounds.book(), rounds.river()))
    text = listing.pages(of)["archive.md"]
    assert text.index("## 2030 年") < text.index("## 2025 年")
    seen = page(text)
    assert [row[0] for row in cells(seen, "zcf-plans")] == [mill["name"], rounds.worked()["name"]]
    assert texts(seen, "//ul/li") == ["已退出示例厂，西青区"]
    assert all("不该出现的行业" not in made and gone["uscc"] not in made for made in staged(of).values() if "已退出" in made)


@pytest.mark.parametrize(
    ("contact", "link"),
    [
        ("zcf@example.com", "mailto:zcf@example.com"),
        ("https://example.gov.cn/feedback", "https://example.gov.cn/feedback"),
        ("javascript:alert(1)", None),
        ("022-12345678", None),
    ],
)
def test_the_contact_is_a_link_where_it_can_be_followed(contact, link):
    seen = page(reporting.pages(rounds.round_of(), contact)["report.md"])
    assert contact in seen.text_content()
    assert [found.split("?")[0] for found in seen.xpath("//a/@href")] == ([link] if link else [])


def test_without_a_contact_one_writes_to_the_bureau():
    assert "主管部门" in page(reporting.pages(rounds.round_of(), "")["report.md"]).text_content()


def test_findings_of_plans_without_a_page_are_for_a_preview():
    found = {"xiqing/broken": (Finding("Z102", ("years",), "私下的话"),)}
    assert "私下的话" in listing.pages(rounds.round_of(), found)["plans/index.md"]
    with pytest.raises(ValueError, match="preview only"):
        listing.pages(rounds.round_of(preview=False), found)


def test_nothing_of_a_hostile_plan_is_markup():
    plan = rounds.worked() | {"name": HOSTILE, "industry": {"code": "C9999", "name": HOSTILE}, "errors": 1}
    plan["stage"] = {"key": '"><script>', "name": HOSTILE}
    made = staged(rounds.round_of(plan))
    for name, text in made.items():
        seen = page(text)
        assert not seen.xpath("//script | //img | //*[@onerror] | //a[starts-with(@href, 'javascript')]"), name
        assert "</title>" not in text, name
    assert texts(page(made["plans/index.md"]), "//tbody//a") == [HOSTILE]
    assert page(made["compare.md"]).xpath("//option/@value") == [HOSTILE]


def test_plans_of_one_name_are_told_apart():
    one, other = rounds.worked() | {"key": "xiqing/a"}, rounds.worked() | {"key": "xiqing/b"}
    assert [label for _, label in compare.choices(rounds.round_of(one, other))] == [f"{one['name']}（xiqing/{key}）" for key in "ab"]


def test_drafts_are_marked():
    plan = rounds.worked() | {"errors": 2}
    made = staged(rounds.round_of(plan))
    marked = [name for name, text in made.items() if plan["name"] in text and name != "compare.md"]
    assert len(marked) > 42
    assert all("草稿" in made[name] for name in marked)


def test_pages_of_the_whole_round_do_not_grow_with_it():
    few, lots = (staged(rounds.round_of(*rounds.invented(count))) for count in (300, 900))
    for name in ("index.md", "districts/index.md", "indicators/index.md", *(name for name in few if name.startswith("indicators/tianjin"))):
        first, last = (len(re.sub(r"[\d,.]+", "0", made[name])) for made in (few, lots))  # but for the digits of larger numbers
        assert last <= 1.05 * first, name
    assert len(cells(page(lots["indicators/tianjin-2025/1.1.1.md"]), "zcf-ranked")) == rows.FIRST
