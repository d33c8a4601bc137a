"""The open data: the numbers of the facts, in shapes that schemas, spreadsheets, feed readers and search engines accept."""

from __future__ import annotations

import csv
import hashlib
import html
import io
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import lxml.html
import markdown
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests import results
from zcfdocs.dossier import Dossier, private_values
from zcfdocs.history import Moment
from zcfdocs.loading import Shelf
from zcfdocs.past import Version
from zcfdocs.pipeline import dossier, examine
from zcfdocs.places import INDICATORS
from zcfdocs.scorecard import Json, Origin
from zcfdocs.site import feeds, linked, opendata, schemas
from zcfdocs.site.facts import facts
from zcfdocs.site.markup import block
from zcfdocs.site.record import told
from zcfdocs.site.round import Round
from zcfdocs.site.sheet import cell, sheet
from zcfdocs.site.tables import PLANS, ROWS, TABLES

HERE = Path(__file__).parent
ORACLE = HERE / "cases" / "oracle"
EXAMPLES = sorted((HERE.parent / "plans").glob("*/*/plan.md"))
ADDRESS = "https://zcf.example/round/"
HOSTILE = """=HYPERLINK("x")</script><script>window.leak=1</script>&\u2028&"'*星*_零_"""
SECRETS = ("zhaoliu@secret.example", "022-87654321", "欧阳示例", "司马示例")
ATOM = {"a": feeds.ATOM}


def opened(path: Path) -> Dossier:
    whole = dossier(examine(path, "plan.md", Shelf(INDICATORS)), Origin("0" * 40))
    assert whole is not None
    return whole


@pytest.fixture(scope="module")
def wholes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Dossier]:
    """The examples, the worked case, a plan after its pilot, and one hostile in name with persons to hide."""
    room = tmp_path_factory.mktemp("open")
    text = (ORACLE / "plan.md").read_text(encoding="utf-8")
    pieces = ("zcf@example.com", "022-00000000", "李四", "张三")
    for piece, secret in zip(pieces, SECRETS, strict=True):
        assert piece in text
        text = text.replace(piece, secret)
    text = text.replace("name: 天津示例零部件有限公司", f"name: {json.dumps(HOSTILE, ensure_ascii=False)}")
    (room / "hostile").mkdir()
    (room / "hostile" / "plan.md").write_text(text, encoding="utf-8")
    shutil.copytree(ORACLE / "evidence", room / "hostile" / "evidence")
    paths = [*EXAMPLES, ORACLE / "plan.md", results.write(room / "done"), room / "hostile" / "plan.md"]
    return {path.parent.name: opened(path) for path in paths}


def public(of: Dossier) -> Json:
    """Its facts with two versions, told as the site tells them: one that cannot be read any more, one that scored one row less."""
    view = of.for_public()
    before = json.loads(json.dumps(view.card))
    before["phases"]["now"]["rows"][0]["points"] = "1.5"
    days = (("c", "2025-04-01", None), ("a", "2025-05-01", before), ("b", "2025-06-02", view.card))
    versions = [
        Version(Moment(number, name * 40, day, "submitted", True, "tianjin-2025", "plans/x/y"), True, card)
        for number, (name, day, card) in enumerate(days, 1)
    ]
    return facts(view, told(versions, view.catalogue, False), "2025-06-02")


@pytest.fixture(scope="module")
def round_(wholes: dict[str, Dossier]) -> Round:
    codes = [f"{whole.plan.factory.uscc[:-1]}{index}" for index, whole in enumerate(wholes.values())]
    plans = [public(whole) | {"uscc": code, "id": code} for code, whole in zip(codes, wholes.values(), strict=True)]
    gone = public(wholes["oracle"]) | {
        "key": "xiqing/gone",
        "uscc": "91120111MA0ABCDE12",
        "id": "91120111MA0ABCDE12",
        "name": "撤回的公司",
        "withdrawn": True,
        "changed": "2025-07-03",
    }
    return Round((*plans, gone), (wholes["oracle"].rulebook,), address=ADDRESS)


@pytest.fixture(scope="module")
def made(round_: Round) -> dict[str, bytes]:
    return opendata.files(round_)


def lines(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


# --- JSON against its schemas ----------------------------------------------------------------------------------------


TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}
SILENT = {"$schema", "title", "description"}


def faults(schema: Json, value: Any, at: str = "$") -> Iterator[str]:
    """JSON Schema 2020-12 as far as our schemas use it; a word that is not known here is a fault of the schema."""
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(type(value) is TYPES[kind] for kind in kinds):
        yield f"{at}: {type(value).__name__} is none of {kinds}"
        return
    for word, said in schema.items():
        if word in SILENT or word == "type":
            continue
        yield from (f"{at}: {fault}" for fault in FAULTS[word](schema, said, value))
    if isinstance(value, dict):
        for name, below in schema.get("properties", {}).items():
            if name in value:
                yield from faults(below, value[name], f"{at}.{name}")
    if isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value):
            yield from faults(schema["items"], item, f"{at}[{index}]")


def _one_of(_: Json, choices: list[Json], value: Any) -> list[str]:
    found = [list(faults(choice, value)) for choice in choices]
    return [] if sum(not fault for fault in found) == 1 else [f"oneOf: {min(found, key=len)[:3]}"]


FAULTS: dict[str, Any] = {
    "const": lambda _, said, value: [] if type(value) is type(said) and value == said else [f"is not {said}"],
    "enum": lambda _, said, value: [] if value in said else [f"{value} is none of {said}"],
    "pattern": lambda _, said, value: [] if not isinstance(value, str) or re.search(said, value) else [f"{value!r} is not {said}"],
    "minimum": lambda _, said, value: [] if value >= said else [f"{value} < {said}"],
    "maxItems": lambda _, said, value: [] if len(value) <= said else [f"more than {said}"],
    "required": lambda _, said, value: [f"lacks {name}" for name in said if name not in value],
    "additionalProperties": lambda schema, _, value: [f"has {name}" for name in value if name not in schema["properties"]],
    "properties": lambda *_: [],
    "items": lambda *_: [],
    "oneOf": _one_of,
}


def test_plans_json_is_what_its_schema_says(made: dict[str, bytes]) -> None:
    schema = json.loads(made["data/plans.schema.json"])
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert list(faults(schema, json.loads(made["data/plans.json"]))) == []


@pytest.mark.parametrize("name", ["jinhe-auto-parts", "haiheng-biopharma", "oracle", "done", "hostile"])
def test_public_scorecards_are_what_their_schema_says(wholes: dict[str, Dossier], made: dict[str, bytes], name: str) -> None:
    card = json.loads(json.dumps(wholes[name].for_public().card))
    assert list(faults(json.loads(made["data/scorecard.schema.json"]), card)) == []


def test_a_kept_amount_leaves_null_where_the_schema_allows_it(tmp_path: Path) -> None:
    text = (ORACLE / "plan.md").read_text(encoding="utf-8").replace("years:\n", "confidential: [years.products.amount]\nyears:\n")
    (tmp_path / "plan.md").write_text(text, encoding="utf-8")
    card = opened(tmp_path / "plan.md").for_public().card
    assert card["years"][0]["intensity"]["energy"] is None
    assert list(faults(schemas.scorecard(), card)) == []


@pytest.mark.parametrize(
    ("route", "value"),
    [
        (("phases", "now", "total"), 87.09),
        (("phases", "now", "total"), "8.7e1"),
        (("phases", "now", "rows", 0, "status"), "good"),
        (("phases", "now", "rows", 0, "reviews"), [{"reviewer": "张三"}]),
        (("phases", "later"), {}),
        (("plan", "phone"), "022-00000000"),
        (("plan", "digest"), "sha256:0"),
        (("years", 0, "year"), "2024"),
        (("years", 0, "tce"), None),
        (("format",), "zcf-scorecard/2"),
    ],
)
def test_the_scorecards_schema_refuses_another_shape(wholes: dict[str, Dossier], route: tuple[Any, ...], value: object) -> None:
    card = json.loads(json.dumps(wholes["oracle"].for_public().card))
    place = card
    for step in route[:-1]:
        place = place[step]
    place[route[-1]] = value
    assert len(list(faults(schemas.scorecard(), card))) == 1


def test_the_plans_schema_refuses_a_withdrawn_plan_that_tells_more(made: dict[str, bytes]) -> None:
    data = json.loads(made["data/plans.json"])
    next(plan for plan in data["plans"] if plan["withdrawn"])["scores"] = {}
    assert list(faults(schemas.plans(), data))


def test_every_field_of_the_schemas_has_a_chinese_title() -> None:
    def titles(schema: Json) -> Iterator[str]:
        for below in (*schema.get("properties", {}).values(), *schema.get("oneOf", ())):
            yield below["title"]
            yield from titles(below)
        yield from titles(schema["items"]) if "items" in schema else ()

    for title in (*titles(schemas.plans()), *titles(schemas.scorecard())):
        assert re.search(r"[\u4e00-\u9fff]", title), title


# --- the same numbers everywhere -------------------------------------------------------------------------------------


def test_plans_json_tells_the_facts_and_of_a_withdrawn_plan_its_name_alone(round_: Round, made: dict[str, bytes]) -> None:
    data = json.loads(made["data/plans.json"])
    by_key = {plan["key"]: plan for plan in round_.living}
    assert [plan["key"] for plan in data["plans"]] == sorted(plan["key"] for plan in round_.plans)
    assert {plan["key"]: plan for plan in data["plans"] if not plan["withdrawn"]} == by_key
    gone = next(plan for plan in data["plans"] if plan["withdrawn"])
    assert gone == {"key": "xiqing/gone", "uscc": "91120111MA0ABCDE12", "id": "91120111MA0ABCDE12", "name": "撤回的公司", "withdrawn": True}


def test_the_digest_of_the_data_can_be_worked_out_from_them(made: dict[str, bytes]) -> None:
    data = json.loads(made["data/plans.json"])
    told = b"".join(f"{plan['key']}\0{plan['digest']}\n".encode() for plan in data["plans"] if not plan["withdrawn"])
    assert data["generated_from"]["digest"] == f"sha256:{hashlib.sha256(told).hexdigest()}"


def test_plans_csv_comes_back_with_the_numbers_of_the_facts(round_: Round, made: dict[str, bytes]) -> None:
    found = {line["方案"]: line for line in lines(made["data/plans.csv"])}
    assert sorted(found) == sorted(plan["key"] for plan in round_.living)
    for plan in round_.living:
        line = found[plan["key"]]
        assert line["企业名称"].removeprefix("'") == plan["name"]
        assert (line["统一社会信用代码"], line["行业代码"], line["阶段"]) == (plan["uscc"], plan["industry"]["code"], plan["stage"]["name"])
        for phase, label in (("now", "现状"), ("target", "目标"), ("result", "结果")):
            score, totals = plan["scores"].get(phase), plan["totals"].get(phase)
            assert line[f"{label}总分（分）"] == (score["total"] if score else "")
            assert line[f"{label}结论"] == (score["word"] if score else "")
            assert line[f"{label}碳排放量（tCO2e）"] == (totals["emissions"] if totals else "")
            assert line[f"{label}可再生电力占比"] == (totals["renewable_share"] if totals else "")
        assert line["项目年减碳量（tCO2）"] == (plan["savings"]["co2"] or "")
        assert line["固定网址"] == f"{ADDRESS}p/{plan['uscc']}/index.html"
    assert found["xiqing/done"]["结果年份"] == "2026"
    assert found["xiqing/oracle"]["现状总分（分）"].startswith("87.0897077")


def test_rows_csv_has_a_line_for_each_plan_row_and_phase(round_: Round, made: dict[str, bytes]) -> None:
    found = lines(made["data/rows.csv"])
    keyed = {(line["方案"], line["指标"], line["时点"]): line for line in found}
    assert len(keyed) == len(found) == sum(42 * len(plan["scores"]) for plan in round_.living)
    for plan in round_.living:
        for row in plan["rows"]:
            for phase, points in row["points"].items():
                line = keyed[plan["key"], row["id"], {"now": "现状", "target": "目标", "result": "结果"}[phase]]
                assert (line["得分"], line["满分"], line["年份"]) == (points, row["max"], str(plan["scores"][phase]["year"]))
    assert {line["类别"] for line in found} == {"必选", "可选"}
    assert {line["状态"] for line in found} >= {"满足", "部分满足", "未满足"}


def test_points_of_the_rows_add_up_to_the_total(round_: Round, made: dict[str, bytes]) -> None:
    """As the data page says: groups × weights. Points have 28 digits where they do not end."""
    plan = next(plan for plan in json.loads(made["data/plans.json"])["plans"] if plan["key"] == "xiqing/oracle")
    total = sum(Fraction(group["weight"]) * Fraction(group["points"]["now"]) for group in plan["groups"])
    assert abs(total - Fraction(plan["scores"]["now"]["total"])) < Fraction(1, 10**20)


def test_a_csv_is_utf8_with_bom_and_crlf(made: dict[str, bytes]) -> None:
    for name in ("plans.csv", "rows.csv"):
        content = made[f"data/{name}"]
        assert content.startswith(b"\xef\xbb\xbf")
        assert content.count(b"\n") == content.count(b"\r\n") == len(lines(content)) + 1


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-1+cmd", "@SUM(A1)", "\t=1", "\r=1", "＝1", "-", "=HYPERLINK(0)"])
def test_no_cell_begins_a_formula(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(("value", "shown"), [("-12.5", "-12.5"), ("0", "0"), (None, ""), (2024, "2024"), ("甲=乙", "甲=乙")])
def test_numbers_and_other_texts_stand_as_they_are(value: object, shown: str) -> None:
    assert cell(value) == shown


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=4), min_size=1))
def test_whatever_a_cell_holds_comes_back(table: list[list[str]]) -> None:
    back = list(csv.reader(io.StringIO(sheet(table).decode("utf-8-sig"), newline="")))
    assert back == [[cell(text) for text in line] for line in table]


# --- the package -----------------------------------------------------------------------------------------------------


def test_the_package_describes_the_files_as_they_are(made: dict[str, bytes]) -> None:
    package = json.loads(made["data/datapackage.json"])
    described = [*package["resources"], *package["schemas"]]
    assert {f"data/{item['path']}" for item in described} == set(made) - {"data/datapackage.json"}
    for item in described:
        content = made[f"data/{item['path']}"]
        assert item["bytes"] == len(content)
        assert item["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert all(re.fullmatch(r"[a-z0-9._-]+", item["name"]) for item in package["resources"])
    assert "licenses" not in package
    assert "通知" in package["sources"][0]["title"]


READ: dict[str, Any] = {
    "string": str,
    "integer": int,
    "year": int,
    "number": Fraction,
    "date": date.fromisoformat,
}


def test_the_package_tells_the_columns_and_types_of_the_tables(made: dict[str, bytes]) -> None:
    tables = [item for item in json.loads(made["data/datapackage.json"])["resources"] if item.get("type") == "table"]
    assert [item["path"] for item in tables] == ["plans.csv", "rows.csv"]
    for item in tables:
        found, fields = lines(made[f"data/{item['path']}"]), item["schema"]["fields"]
        assert [field["name"] for field in fields] == list(found[0])
        for line in found:
            for field in fields:
                assert line[field["name"]] == "" or READ[field["type"]](line[field["name"]]) is not None
        keys = [tuple(line[name] for name in item["schema"]["primaryKey"]) for line in found]
        assert len(set(keys)) == len(keys)
    rows = {line["方案"] for line in lines(made["data/rows.csv"])}
    assert rows == {line["方案"] for line in lines(made["data/plans.csv"])}


def test_the_same_round_in_another_order_gives_the_same_bytes(round_: Round, made: dict[str, bytes]) -> None:
    turned = replace(round_, plans=tuple(reversed(round_.plans)))
    assert opendata.files(turned) == made
    assert opendata.pages(turned, opendata.files(turned)) == opendata.pages(round_, opendata.files(round_))
    assert feeds.files(turned, {}) == feeds.files(round_, {})


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_page_explains_every_column_and_gives_every_files_digest(round_: Round, made: dict[str, bytes]) -> None:
    page = html.unescape(opendata.pages(round_, opendata.files(round_))["data/index.md"])
    for table in TABLES:
        for column in table.columns:
            assert column.name in page
            assert column.about in page
        assert f"## {table.title}的各列 {{#{table.name}-columns}}\n" in page
    for path, content in made.items():
        assert f'href="{path.removeprefix("data/")}"' in page
        assert hashlib.sha256(content).hexdigest() in page
    assert "没有为这些数据另行声明许可" in page


@pytest.mark.parametrize("plans", [0, 1])
def test_a_round_of_any_size_and_without_address_is_told(round_: Round, plans: int) -> None:
    small = Round(round_.plans[:plans], round_.books, preview=True)
    data = json.loads(opendata.files(small)["data/plans.json"])
    assert data["preview"] is True
    assert list(faults(schemas.plans(), data)) == []
    assert f"{plans} 份方案" in opendata.pages(small, opendata.files(small))["data/index.md"]
    if plans:
        assert lines(opendata.files(small)["data/plans.csv"])[0]["方案页"].startswith("plans/")


# --- JSON-LD ---------------------------------------------------------------------------------------------------------


def read_script(page: str) -> Json:
    root: Any = lxml.html.fromstring(page)
    (element,) = root.xpath("//script")
    assert element.get("type") == "application/ld+json"
    return dict(json.loads(element.text))


def test_linked_data_tells_a_plan_and_its_numbers(round_: Round) -> None:
    plan = next(plan for plan in round_.living if plan["key"] == "xiqing/oracle")
    data = read_script(linked.script(linked.dataset(plan, ADDRESS)))
    assert (data["@type"], data["dateModified"], data["version"]) == ("Dataset", "2025-06-02", "3")
    assert [item["value"] for item in data["identifier"]] == [plan["uscc"], plan["digest"]]
    assert (data["creator"]["@type"], data["creator"]["name"]) == ("Organization", plan["name"])
    assert [item["contentUrl"] for item in data["distribution"]] == [
        f"{ADDRESS}plans/xiqing/oracle/{name}" for name in ("data.json", "rows.csv", "years.csv", "public.pdf")
    ]
    values = {item["name"]: item["value"] for item in data["variableMeasured"]}
    assert values["现状总分（2024 年）"] == plan["scores"]["now"]["total"]
    assert values["目标碳排放量（2026 年）"] == plan["totals"]["target"]["emissions"]
    assert "license" not in data


def test_without_an_address_linked_data_points_from_the_page(round_: Round) -> None:
    plan = next(plan for plan in round_.living if plan["key"] == "xiqing/oracle")
    assert linked.dataset(plan, "", ("data.json",))["distribution"][0]["contentUrl"] == "../../../plans/xiqing/oracle/data.json"
    assert linked.catalog(replace(round_, address=""))["url"] == "../data/index.html"


def test_a_hostile_name_cannot_end_the_data_block(round_: Round) -> None:
    plan = next(plan for plan in round_.living if plan["key"] == "xiqing/hostile")
    assert "</script><script>" in plan["name"]
    script = linked.script(linked.dataset(plan, ADDRESS))
    assert not re.search("[<>&\u2028\u2029]", script.removeprefix('<script type="application/ld+json">').removesuffix("</script>"))
    page = markdown.markdown(f"# 页\n{block(script, 'zcf-lead')}\n完", extensions=["attr_list", "tables", "pymdownx.superfences"])
    assert read_script(page)["creator"]["name"] == plan["name"]


# --- the feed --------------------------------------------------------------------------------------------------------

# RFC 4287, appendix B, as far as the feed goes: what must be there, how often, and nothing else.
RELAX = """
<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="http://www.w3.org/2005/Atom"
 datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
<start><element name="feed"><optional><attribute name="xml:lang" ns="http://www.w3.org/XML/1998/namespace"/></optional><interleave>
 <ref name="id"/><ref name="title"/><ref name="updated"/><oneOrMore><ref name="link"/></oneOrMore><zeroOrMore><ref name="entry"/></zeroOrMore>
</interleave></element></start>
<define name="entry"><element name="entry"><interleave>
 <ref name="id"/><ref name="title"/><ref name="updated"/><ref name="link"/><element name="author"><element name="name"><text/></element></element>
 <optional><element name="category"><attribute name="term"/><attribute name="label"/></element></optional>
 <optional><element name="summary"><text/></element></optional>
</interleave></element></define>
<define name="id"><element name="id"><data type="anyURI"><param name="pattern">urn:uuid:[0-9a-f-]{36}</param></data></element></define>
<define name="title"><element name="title"><data type="string"><param name="minLength">1</param></data></element></define>
<define name="updated"><element name="updated"><data type="dateTime"><param name="pattern">.+T00:00:00\\+08:00</param></data></element></define>
<define name="link"><element name="link"><attribute name="href"><data type="anyURI"/></attribute>
 <attribute name="rel"><choice><value>self</value><value>alternate</value></choice></attribute><attribute name="type"/></element></define>
</grammar>"""


def read_feed(content: bytes) -> Any:
    feed = etree.fromstring(content)
    etree.RelaxNG(etree.fromstring(RELAX)).assertValid(feed)
    return feed


def texts(feed: Any, path: str) -> list[str]:
    return [str(found) for found in feed.xpath(path, namespaces=ATOM)]


def test_the_feed_has_an_entry_for_each_public_version_newest_first(round_: Round) -> None:
    feed = read_feed(feeds.atom(round_))
    assert texts(feed, "/a:feed/a:link[@rel='self']/@href") == [f"{ADDRESS}feed.xml"]
    assert texts(feed, "/a:feed/a:updated/text()") == ["2025-07-03T00:00:00+08:00"]
    days = texts(feed, "//a:entry/a:updated/text()")
    assert days == sorted(days, reverse=True)
    assert len(days) == 3 * len(round_.living) + 1
    ids = texts(feed, "//a:id/text()")
    assert len(set(ids)) == len(ids)
    uscc = next(plan["uscc"] for plan in round_.living if plan["key"] == "xiqing/jinhe-auto-parts")
    newest = feed.xpath(f"//a:entry[a:link/@href='{ADDRESS}p/{uscc}/v3/index.html']", namespaces=ATOM)
    (summary,) = {text for entry in newest for text in texts(entry, "a:summary/text()")}
    assert "现状 87.82 分（达线）" in summary
    assert "1 项指标的得分有变化" in summary


def test_a_withdrawn_plan_is_an_entry_without_content(round_: Round) -> None:
    entry = read_feed(feeds.atom(round_)).xpath("//a:entry[1]", namespaces=ATOM)[0]
    assert texts(entry, "a:title/text()") == ["撤回的公司：方案已撤回"]
    assert texts(entry, "a:link/@href") == [f"{ADDRESS}plans/xiqing/gone/index.html"]
    assert texts(entry, "a:summary") == texts(entry, "a:content") == []


def test_ids_stay_when_the_site_or_a_folder_moves(round_: Round) -> None:
    moved = tuple(plan | {"key": f"binhai/moved-{index}"} for index, plan in enumerate(round_.plans))
    elsewhere = Round(moved, round_.books, address="https://other.example")
    assert set(texts(read_feed(feeds.atom(elsewhere)), "//a:id/text()")) == set(texts(read_feed(feeds.atom(round_)), "//a:id/text()"))


def test_a_feed_holds_the_newest_hundred_and_may_be_empty(round_: Round) -> None:
    many = tuple(round_.living[0] | {"key": f"xiqing/p{index}", "uscc": f"{index:018}", "id": f"{index:018}"} for index in range(60))
    feed = read_feed(feeds.atom(Round(many, round_.books)))
    assert len(feed.xpath("//a:entry", namespaces=ATOM)) == 100
    assert set(texts(feed, "//a:entry/a:updated/text()")) == {"2025-06-02T00:00:00+08:00", "2025-05-01T00:00:00+08:00"}
    assert not read_feed(feeds.atom(Round((), ()))).xpath("//a:entry", namespaces=ATOM)


# --- the sitemap -----------------------------------------------------------------------------------------------------


def places(content: bytes) -> list[tuple[str, str]]:
    root: Any = etree.fromstring(content)
    names = {"s": feeds.SITEMAP}
    return [(str(item.findtext("s:loc", None, names)), str(item.findtext("s:lastmod", "", names))) for item in root]


PAGES = {"index.html": "", "plans/xiqing/a/index.html": "2025-06-02", "plans/xiqing/b/index.html": "2025-05-01"}


def test_a_sitemap_lists_the_pages_with_their_days(round_: Round) -> None:
    files = feeds.files(round_, PAGES)
    assert places(files["sitemap.xml"]) == [(ADDRESS + path, day) for path, day in PAGES.items()]
    assert files["robots.txt"].decode() == f"User-agent: *\nAllow: /\nSitemap: {ADDRESS}sitemap.xml\n"


def test_an_address_is_written_in_ascii(round_: Round) -> None:
    assert places(feeds.sitemap(round_, {"甲 乙.html": ""})["sitemap.xml"]) == [(f"{ADDRESS}%E7%94%B2%20%E4%B9%99.html", "")]


def test_a_long_sitemap_is_split(round_: Round) -> None:
    files = feeds.sitemap(round_, PAGES, limit=2)
    assert etree.fromstring(files["sitemap.xml"]).tag == f"{{{feeds.SITEMAP}}}sitemapindex"
    assert places(files["sitemap.xml"]) == [(f"{ADDRESS}sitemap-1.xml", "2025-06-02"), (f"{ADDRESS}sitemap-2.xml", "2025-05-01")]
    assert places(files["sitemap-1.xml"]) + places(files["sitemap-2.xml"]) == [(ADDRESS + path, day) for path, day in PAGES.items()]


def test_a_preview_is_kept_from_search_engines(round_: Round) -> None:
    files = feeds.files(replace(round_, preview=True), PAGES)
    assert files["robots.txt"] == b"User-agent: *\nDisallow: /\n"
    assert set(files) == {"feed.xml", "robots.txt"}
    assert set(feeds.files(replace(round_, address=""), PAGES)) == {"feed.xml", "robots.txt"}


# --- privacy ---------------------------------------------------------------------------------------------------------


def test_no_file_tells_a_private_value(wholes: dict[str, Dossier], round_: Round, made: dict[str, bytes]) -> None:
    """Texts only: a short private figure stands by chance among thousands of numbers; `facts` has none to tell."""
    private = {value for whole in wholes.values() for value in private_values(whole.plan, whole.catalogue)}
    values = {value for value in private if not re.fullmatch(r"[\d.,%-]+", value)}
    assert set(SECRETS) - {"022-87654321"} <= values
    everything = (
        made | feeds.files(round_, PAGES) | {name: text.encode() for name, text in opendata.pages(round_, opendata.files(round_)).items()}
    )
    everything |= {f"{plan['key']}.html": linked.script(linked.dataset(plan, ADDRESS)).encode() for plan in round_.living}
    empty = Round((), round_.books, address=ADDRESS)
    always = b"".join(opendata.files(empty).values()) + opendata.pages(empty, opendata.files(empty))["data/index.md"].encode()
    for value in (*values, "022-87654321"):
        for form in {value, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], html.escape(value)}:
            if form.encode() not in always:
                assert [name for name, content in everything.items() if form.encode() in content] == [], value


def test_columns_are_named_once() -> None:
    for table in (PLANS, ROWS):
        names = [column.name for column in table.columns]
        assert len(set(names)) == len(names)
        assert set(table.key) <= set(names)
