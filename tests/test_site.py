"""The public site: what is staged, what mkdocs makes of it, and what must never be in either."""

from __future__ import annotations

import base64
import html
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import lxml.html
import markdown
import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from tests.sites import broken_links, built
from tests.sites import staged as stage
from zcfdocs.cli import app
from zcfdocs.cli.making import _explained
from zcfdocs.dossier import Dossier, private_values
from zcfdocs.errors import ZcfError
from zcfdocs.finding import CODES, Finding
from zcfdocs.loading import Shelf
from zcfdocs.pipeline import dossier, examine
from zcfdocs.places import DOCS, INDICATORS, MKDOCS, THEME
from zcfdocs.scorecard import Origin
from zcfdocs.site.markup import block, front_matter, heading, one_line
from zcfdocs.site.policy import guarded, inline_scripts
from zcfdocs.site.round import Round
from zcfdocs.site.run import build_site
from zcfdocs.site.serve import Preview
from zcfdocs.site.staging import GUIDES, Extras, stage_round

HERE = Path(__file__).parent
ORACLE = HERE / "cases" / "oracle"
EXAMPLES = sorted((HERE.parent / "plans").glob("*/*/plan.md"))
HOSTILE_NAME = """天津</title><script>window.leak=1</script>&"'*星*_零_[碳](javascript:alert(1)){onclick=x}公司"""
SECRETS = ("zhaoliu@secret.example", "022-87654321", "欧阳示例", "司马<示例>", "203119", "191117", "182113", "207127")
# What a hostile author may try in the body; each stands alone between blank lines.
ATTACKS = (
    "</div></div><script>window.leak=2</script>",
    "<img src=x onerror=alert(1)>",
    '<p style="position:fixed">遮住</p>\n\n# 假标题',
    "```\n</code></pre></div>\n\n# 围栏里的标题\n```",
    "~~~ {onclick=alert(1)}\n<b>\n~~~",
    "    缩进的代码\n\n    ```\n    # 不是标题",
    "<!-- 注释 --> --> ]]> <?php ?> <![CDATA[ x ]]>",
    "[链接](javascript:alert(1)) [数据](data:text/html,x) [外站](https://evil.example/a)",
    "![图](https://evil.example/a.png) ![图](file:///etc/passwd)",
    "文字{onclick=alert(1) #form .admonition}",
    '!!! note "提示"\n    内容',
    '--8<-- "/etc/hostname"',
    "&lt;script&gt;window.leak=3&lt;/script&gt; &#60;script&#62; &#96;&#96;&#96;",
    "{{ config.site_dir }} {% raw %} {# x #}",
    "| 甲 | 乙 |\n|---|:-:|\n| ``` | </table></div> |",
    "<svg><script>window.leak=4</script></svg><table><tr><td>",
    "[^1]: </span></div># 注\n\n正文[^1]",
    '\x02klzzwxh:0001\x03 wzxhzdk:1\n<div markdown="1">\n\n# 里面\n\n</div>',
)


def made(folder: Path, *changes: tuple[str, str], body: str = "") -> Dossier:
    """The worked plan with pieces of its text replaced, as a dossier that lies in `folder`."""
    folder.mkdir(parents=True)
    text = (ORACLE / "plan.md").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    (folder / "plan.md").write_text(text.replace("# 二、试点目标\n", f"# 二、试点目标\n\n{body}\n"), encoding="utf-8")
    shutil.copytree(ORACLE / "evidence", folder / "evidence")
    whole = dossier(examine(folder / "plan.md", "plan.md", Shelf(INDICATORS)), Origin())
    assert whole is not None
    return whole


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="module")
def plain(room: Path) -> Dossier:
    return made(room / "plans" / "alpha")


@pytest.fixture(scope="module")
def secretive(room: Path) -> Dossier:
    """Hostile in name and body, and with something to hide: persons, how to reach them, its output."""
    return made(
        room / "plans" / "beta",
        ("name: 天津示例零部件有限公司", f"name: {json.dumps(HOSTILE_NAME, ensure_ascii=False)}"),
        ("zcf@example.com", SECRETS[0]),
        ("022-00000000", SECRETS[1]),
        ("李四", SECRETS[2]),
        ("张三", SECRETS[3]),
        ("amount: 200000, unit: 套", f"amount: {SECRETS[4]}, unit: 套"),
        ("amount: 190000, unit: 套", f"amount: {SECRETS[5]}, unit: 套"),
        ("amount: 180000, unit: 套", f"amount: {SECRETS[6]}, unit: 套"),
        ("amount: 205000, unit: 套", f"amount: {SECRETS[7]}, unit: 套"),
        ("years:\n", "confidential: [years.products.amount]\nyears:\n"),
        body="\n\n".join((*ATTACKS, *(f"请联系{value}。" for value in SECRETS), "产量为203,119套，电话（022）8765 4321。")),
    )


@pytest.fixture(scope="module")
def staged(plain: Dossier, secretive: Dossier) -> dict[str, bytes]:
    return stage(plain.for_public(), secretive.for_public())


@pytest.fixture(scope="module")
def blank() -> dict[str, bytes]:
    """What is staged without any plan: whatever stays the same with plans cannot tell of them."""
    return stage()


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages without the generated parts, whose charts take most of the time."""
    monkeypatch.setattr("zcfdocs.site.staging.parts", lambda _: defaultdict(str))


def write(staged: Mapping[str, bytes], folder: Path) -> Path:
    for name, content in staged.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def read(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def site(room: Path, plain: Dossier, secretive: Dossier) -> Path:
    return built(room / "whole", plain.for_public(), secretive.for_public())


@pytest.fixture(scope="module")
def blank_site(room: Path) -> Path:
    return built(room / "blank")


# --- privacy ---------------------------------------------------------------------------------------------------------


PICTURE = re.compile(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)")


def forms(value: str) -> set[str]:
    """A private value as it may stand in a file."""
    return {
        value,
        html.escape(value),
        html.escape(value, quote=False),
        quote(value),
        quote(value, safe=""),
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
    }


def readable(content: bytes) -> str:
    """A file's text with the texts of the pictures it carries as data."""
    text = content.decode("utf-8", "replace")
    return PICTURE.sub(lambda data: base64.b64decode(data[1]).decode("utf-8", "replace"), text)


def leaks(files: Mapping[str, bytes], without: Mapping[str, bytes], values: tuple[str, ...]) -> list[tuple[str, str]]:
    """Where a private value stands in a file that would be another one without the plans."""
    found = []
    for name, content in files.items():
        if without.get(name) == content:
            continue
        text = f"{name}\n{readable(content)}"
        for value in values:
            shapes = [rf"(?<![\d.]){value}(?![\d.])"] if re.fullmatch(r"[\d.]+", value) else [re.escape(form) for form in forms(value)]
            found += [(name, value) for shape in shapes if re.search(shape, text)]
    return found


def private(of: Dossier) -> tuple[str, ...]:
    values = private_values(of.plan, of.catalogue)
    assert len(values) > 20
    return values


def test_no_staged_file_tells_a_private_value(
    plain: Dossier, secretive: Dossier, staged: Mapping[str, bytes], blank: Mapping[str, bytes]
) -> None:
    assert set(SECRETS) <= set(private(secretive))
    assert leaks(staged, blank, (*private(plain), *private(secretive))) == []


def test_no_built_file_tells_a_private_value(plain: Dossier, secretive: Dossier, site: Path, blank_site: Path) -> None:
    assert leaks(read(site), read(blank_site), (*private(plain), *private(secretive))) == []


def test_the_search_would_find_what_a_plan_tells_unprojected(secretive: Dossier, blank: Mapping[str, bytes]) -> None:
    told = {value for _, value in leaks(stage(replace(secretive, public=True)), blank, private(secretive))}
    assert set(SECRETS) <= told


@pytest.mark.parametrize("disguise", [quote, html.escape, lambda value: json.dumps(value)[1:-1]])
def test_the_search_sees_through_escapes(disguise: Callable[[str], str], secretive: Dossier) -> None:
    files = {"a.html": " ".join(map(disguise, SECRETS)).encode()}
    assert {value for _, value in leaks(files, {}, private(secretive))} >= set(SECRETS)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_no_example_plan_leaks(path: Path, blank: Mapping[str, bytes]) -> None:
    """Texts only: short figures of a real plan stand by chance in others."""
    whole = dossier(examine(path, "plan.md", Shelf(INDICATORS)), Origin())
    assert whole is not None
    values = tuple(value for value in private(whole) if not re.fullmatch(r"[\d.]+", value))
    assert leaks(stage(whole.for_public()), blank, values) == []


def test_only_projections_are_staged(plain: Dossier) -> None:
    with pytest.raises(ValueError, match="projection"):
        stage(plain)


def test_findings_never_reach_the_published_site(plain: Dossier) -> None:
    finding = Finding("Z106", ("years",), "“12,000”不是普通小数")
    with pytest.raises(ValueError, match="preview"):
        stage(plain.for_public(), preview=False, findings={plain.key: (finding,)})


# --- what is staged --------------------------------------------------------------------------------------------------


def text_of(page: bytes) -> str:
    return page.decode()


def test_every_page_of_the_navigation_and_of_each_plan_is_staged(plain: Dossier, staged: Mapping[str, bytes]) -> None:
    catalogue = plain.catalogue
    pages = {name for name in staged if name.endswith(".md")}
    assert pages == {
        *(f"{name}.md" for name in ("index", "methods", "codes", "guides", "compare", "archive", "search", "report", *GUIDES)),
        *(f"{name}/index.md" for name in ("plans", "districts", "indicators", "data")),
        "districts/xiqing.md",
        *(f"indicators/{catalogue.id}/{row.id}.md" for row in catalogue.rows()),
        *(f"plans/xiqing/{slug}/index.md" for slug in ("alpha", "beta")),
        f"p/{plain.plan.factory.uscc}/index.md",
    }
    for slug in ("alpha", "beta"):
        assert {f"plans/xiqing/{slug}/{name}" for name in ("data.json", "rows.csv", "years.csv", "facts.js")} <= set(staged)


def test_a_plans_page_has_the_chapters_of_the_template_with_their_ids(plain: Dossier, staged: Mapping[str, bytes]) -> None:
    page = text_of(staged["plans/xiqing/alpha/index.md"])
    at = [page.index(f"{{#{section.id}}}\n") for chapter in plain.catalogue.chapters for section in (chapter, *chapter.sections)]
    assert at == sorted(at)
    for row in plain.catalogue.rows():
        assert row.id in page
    assert "87.09" in page
    assert "95.80" in page


def test_the_data_beside_the_page_is_the_public_scorecard(plain: Dossier, staged: Mapping[str, bytes]) -> None:
    assert json.loads(staged["plans/xiqing/alpha/data.json"]) == plain.for_public().card


def test_methods_name_every_factor_with_source_and_doubt(plain: Dossier) -> None:
    page = text_of(stage(books=(plain.rulebook,))["methods.md"])
    for fuel in plain.rulebook.fuels.values():
        assert fuel.title in page
        for item in fuel.values:
            assert item.source in page
    doubtful = sum(item.unverified for fuel in plain.rulebook.fuels.values() for item in fuel.values)
    assert page.count("未核实") > doubtful > 0
    for reading in plain.catalogue.readings.values():
        assert reading.question in html.unescape(page)
        assert reading.reason in html.unescape(page)
    for note in plain.catalogue.notes:
        assert note.problem in html.unescape(page)


def test_every_code_is_explained(staged: Mapping[str, bytes]) -> None:
    page = text_of(staged["codes.md"])
    for code in (code for name, code in CODES.items() if name.startswith("Z")):
        assert f"{{#{code.code}}}" in page
        assert one_line(html.escape(code.wrong)) in page.replace("&#34;", "&quot;").replace("&#39;", "&#x27;")


def test_the_codes_of_verify_and_review_are_explained_too() -> None:
    """By the command that builds: the site itself knows no signatures and no reviews."""
    known = _explained("site,pdf")
    assert {meaning.code for meaning in known["meanings"]} >= {"V100", "V203", "V301", "V601"}
    assert (
        {code.code for code in known["codes"]}
        == {name for name in CODES if name.startswith("R")}
        >= {"R101", "R201", "R301", "R400", "R501", "R601"}
    )
    assert _explained("pdf,data") == {}
    page = text_of(stage_round(Round((), ()), Extras(**known))["codes.md"])
    for item in (*known["meanings"], *known["codes"]):
        assert f"{{#{item.code}}}" in page
    assert all(meaning.mend in html.unescape(page) for meaning in known["meanings"])


def at_stage(of: Dossier, key: str, **changes: object) -> Dossier:
    projected = of.for_public()
    return replace(projected, plan=projected.plan.model_copy(update={"stage": key, **changes}))


@pytest.mark.usefixtures("bare")
def test_a_withdrawn_plan_leaves_a_tombstone(plain: Dossier) -> None:
    files = stage(at_stage(plain, "withdrawn"), preview=False)
    page = text_of(files["plans/xiqing/alpha/index.md"])
    assert "撤回" in page
    assert "87.09" not in page
    assert "plans/xiqing/alpha/data.json" not in files
    assert plain.plan.factory.name not in text_of(files["plans/index.md"])


def with_errors(of: Dossier, errors: int) -> Dossier:
    projected = of.for_public()
    return replace(projected, card=projected.card | {"findings": {"error": errors, "warning": 0}})


@pytest.mark.usefixtures("bare")
def test_a_plan_with_errors_is_shown_as_draft(plain: Dossier) -> None:
    page = text_of(stage(with_errors(plain, 2))["plans/xiqing/alpha/index.md"])
    assert "草稿：有 2 个错误" in page
    clean = stage(with_errors(plain, 0))
    assert "草稿" not in text_of(clean["plans/xiqing/alpha/index.md"])


@pytest.mark.usefixtures("bare")
def test_serve_shows_the_findings_of_a_plan_on_its_page(plain: Dossier) -> None:
    finding = Finding("Z106", ("years", 0), "“<b>12,000”不是普通小数", "只写普通小数", "plans/x/plan.md", 31, 9)
    files = stage(plain.for_public(), findings={plain.key: (finding,), "binhai/broken": (finding,)})
    for page in (text_of(files["plans/xiqing/alpha/index.md"]), text_of(files["plans/index.md"])):
        assert "plans/x/plan.md:31:9" in page
        assert "“&lt;b&gt;12,000”不是普通小数" in page
    assert "binhai/broken" in text_of(files["plans/index.md"])


def test_staging_again_in_another_order_gives_the_same_bytes(plain: Dossier, secretive: Dossier, staged: Mapping[str, bytes]) -> None:
    assert stage(secretive.for_public(), plain.for_public()) == staged


# --- hostile text ----------------------------------------------------------------------------------------------------

SITE_MARKDOWN = ["admonition", "attr_list", "def_list", "tables", "sane_lists", "toc", "pymdownx.superfences", "pymdownx.highlight"]


def converted(text: str) -> str:
    return markdown.markdown(text, extensions=SITE_MARKDOWN)


def test_the_extensions_tried_here_are_those_of_the_site() -> None:
    listed = re.findall(r"^  - ([a-z_.]+)", MKDOCS.read_text(encoding="utf-8").partition("markdown_extensions:")[2], re.MULTILINE)
    assert listed == SITE_MARKDOWN


def lines_of_blocks(page: str) -> list[str]:
    return [line for line in page.split("\n") if line.startswith("<div ")]


def test_markdown_passes_every_block_of_a_hostile_plan_untouched(staged: Mapping[str, bytes]) -> None:
    page = text_of(staged["plans/xiqing/beta/index.md"]).split("---\n", 2)[2]
    blocks = lines_of_blocks(page)
    assert len(blocks) > 20
    assert all(line.startswith(("<div ", "#")) or not line for line in page.split("\n"))
    result = converted(page)
    for line in blocks:
        assert line in result
    headings = re.findall(r"<h[2-6] id=\"([a-z0-9_-]+)\"", re.sub(r"<div .*</div>", "", result))
    assert headings == re.findall(r"\{#([a-z0-9_-]+)\}$", page, re.MULTILINE)


@given(st.text(alphabet=st.sampled_from("`~#-<>/!&; \n\t\r|[](){}*_=:\"'a汉\x02\x03"), max_size=60))
def test_markdown_never_reads_text_in_a_block(text: str) -> None:
    made = str(block(f"<p>{html.escape(text)}</p><pre><code>{html.escape(text)}</code></pre>", "zcf-prose"))
    assert made.count("\n") == 2
    expected = re.sub(r"[\x02\x03]", "", made).strip("\n").expandtabs(4)
    assert converted(f"# 前\n{made}\n## 后\n").split("\n")[1] == expected


def test_a_blocks_line_feeds_keep_their_meaning() -> None:
    assert one_line('<ul>\n  <li\n class="a\nb">x\ny</li>\n</ul>\n<!-- # x\n -->\n<pre>\n\n  a\r\n</pre>') == (
        '<ul> <li  class="a b">x&#10;y</li> </ul>  <pre>&#10;&#10;  a&#10;</pre>'
    )


@pytest.mark.parametrize("title", ["一、工作基础", "*a* _b_ `c` [d](e) {f} <g> & h ! # 1. - + ~ |", "a\\*b", "&amp; &#60;"])
def test_a_heading_says_its_title_and_nothing_else(title: str) -> None:
    shown = lxml.html.fragment_fromstring(converted(str(heading(title, 2, "id"))))
    assert (shown.tag, shown.get("id"), shown.text_content(), len(shown)) == ("h2", "id", title, 0)


def test_front_matter_holds_whatever_a_title_is() -> None:
    text = front_matter('a"b\\c\n---\ntemplate: x\u202e<i>', "", {"preview": True, "noindex": False})
    assert text == '---\ntitle: "a&quot;b\\\\c --- template: x &lt;i&gt;"\npreview: true\n---\n\n'


def parsed(path: Path) -> Any:
    return lxml.html.document_fromstring(path.read_bytes())


def pages(site: Path) -> Iterator[tuple[Path, Any]]:
    for path in sorted(site.rglob("*.html")):
        yield path, parsed(path)


def test_a_hostile_name_stays_text_everywhere(site: Path) -> None:
    document = parsed(site / "plans/xiqing/beta/index.html")
    assert document.findtext("head/title") == f"{HOSTILE_NAME} - “零碳”工厂试点方案"
    assert [element.text_content() for element in document.iter("h1")] == [HOSTILE_NAME]
    assert HOSTILE_NAME in [element.text_content().strip() for element in document.find_class("md-ellipsis")]
    assert document.xpath("//meta[@name='description']/@content")[0].startswith(HOSTILE_NAME)


def test_no_page_runs_or_places_what_a_plan_wrote(site: Path, blank_site: Path) -> None:
    def code(script: Any) -> str:
        return re.sub(r'new URL\("[./]*",', 'new URL(".",', script.text or "")

    own = {code(script) for _, page in pages(blank_site) for script in page.iter("script")}
    for path, page in pages(site):
        for element in page.iter():
            if not isinstance(element.tag, str):
                continue
            assert not [name for name in element.attrib if name.lower().startswith("on")], path
            assert element.tag not in ("iframe", "object", "embed", "base", "applet"), path
            assert "mermaid" not in (element.get("class") or ""), path  # the one word that makes Material fetch from elsewhere
            if element.tag == "script" and element.get("type") not in ("application/json", "application/ld+json"):
                assert code(element) in own, path
            if element.tag == "a":
                assert urlsplit(element.get("href") or "").scheme in ("", "http", "https", "mailto"), path
        for prose in page.find_class("zcf-prose"):
            assert not prose.xpath(".//*[@style][not(self::col)]"), path
            assert not prose.xpath(".//img|.//form|.//input|.//script"), path


def test_nothing_is_asked_of_another_host(site: Path) -> None:
    for path, page in pages(site):
        for element in page.iter():
            for name in ("src", "srcset", "poster", "data", "action", "formaction", "background"):
                assert urlsplit(element.get(name) or "").scheme in ("", "data"), path
                assert not (element.get(name) or "").startswith("//"), path
            if element.tag == "link":
                assert not urlsplit(element.get("href") or "").netloc, path
            assert "://" not in (element.get("style") or ""), path
        assert not [style for style in page.iter("style") if "url(" in (style.text or "") or "@import" in (style.text or "")], path
    for sheet in site.rglob("*.css"):
        for target in re.findall(r"url\(\s*[\"']?([^\"')]+)", sheet.read_text(encoding="utf-8")):
            assert target.startswith(("data:", "#")) or not urlsplit(target).scheme, sheet
        assert "@import" not in sheet.read_text(encoding="utf-8"), sheet


# --- what mkdocs makes of it -----------------------------------------------------------------------------------------


def test_every_link_within_the_site_leads_somewhere(site: Path) -> None:
    assert broken_links(site) == []


def test_a_link_that_leads_nowhere_would_be_found(room: Path) -> None:
    wrong = ("gone.html", "here.html#gone", "../outside.html", "a%20b.html")
    for name, links in (("here.html", wrong), ("sub/index.html", ("../here.html#at", "https://example.com/x", "mailto:a@b.cn", "#at"))):
        page = room / "linked" / name
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text("<p id='at'>" + "".join(f'<a href="{link}">x</a>' for link in links), "utf-8")
    assert broken_links(room / "linked") == [("here.html", link) for link in wrong]


def test_previews_say_so_and_are_not_indexed(site: Path) -> None:
    for path, page in pages(site):
        assert page.xpath("//meta[@name='robots'][@content='noindex']"), path
        if path.name != "404.html":
            assert "预览" in page.find_class("md-banner")[0].text_content(), path


@pytest.mark.usefixtures("bare")
def test_published_pages_are_neither_marked_nor_hidden_and_carry_no_clutter(room: Path, plain: Dossier) -> None:
    built(room / "public", at_stage(plain, "candidate"), preview=False)
    for path, page in pages(room / "public" / "site"):
        assert not page.find_class("md-banner"), path
        assert not page.xpath("//meta[@name='generator']"), path
        assert "Material for MkDocs" not in page.text_content(), path
        assert bool(page.xpath("//meta[@name='robots']")) is (path.name == "404.html"), path


def test_a_broken_link_is_a_defect_that_names_its_page(room: Path, blank: Mapping[str, bytes]) -> None:
    folder = write({**blank, "factory.md": "# 给工厂\n\n[错](nowhere.md)\n".encode()}, room / "broken-docs")
    with pytest.raises(ZcfError, match=r"factory\.md.*nowhere\.md"):
        build_site(folder, room / "broken", MKDOCS)


def test_the_guides_speak_of_commands_that_exist(blank: Mapping[str, bytes]) -> None:
    named = {match for name in GUIDES for match in re.findall(r"\./zcf ([a-z-]+)", text_of(blank[f"{name}.md"]))}
    assert named <= set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]  # a group
    assert {path.name for path in DOCS.glob("*.md")} == {f"{name}.md" for name in GUIDES}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What plain mkdocs needs of a clone, with nothing staged."""
    shutil.copy(MKDOCS, tmp_path / "mkdocs.yml")
    shutil.copytree(THEME / "site", tmp_path / "theme" / "site")
    (tmp_path / "zcfdocs" / "site").mkdir(parents=True)
    shutil.copy(HERE.parent / "zcfdocs" / "site" / "hook.py", tmp_path / "zcfdocs" / "site")
    (tmp_path / "stage").mkdir()
    return tmp_path


def mkdocs(folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONUTF8": "1", "SOURCE_DATE_EPOCH": "1"}
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_plain_mkdocs_says_what_to_run_first(checkout: Path) -> None:
    told = mkdocs(checkout)
    assert told.returncode != 0
    assert "还没有可用的站点源文件，请先运行 ./zcf build" in told.stdout + told.stderr
    assert "Traceback" not in told.stderr


def test_plain_mkdocs_builds_what_is_staged_another_time_to_the_same_pages(checkout: Path, staged: Mapping[str, bytes], site: Path) -> None:
    write(staged, checkout / "stage")
    told = mkdocs(checkout)
    assert told.returncode == 0, told.stderr
    plain = {name: data for name, data in read(checkout / "dist" / "site").items() if name.endswith(".html")}
    own = inline_scripts(plain["404.html"]) | inline_scripts(plain["codes.html"])
    assert {name: guarded(data, own) for name, data in plain.items()} == {
        name: data for name, data in read(site).items() if name.endswith(".html")
    }


# --- live preview ----------------------------------------------------------------------------------------------------


def fetch(url: str, **headers: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:  # noqa: S310  # our own server
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
    except urllib.error.URLError:
        return 0, ""


def wait_for(true: Callable[[], bool], seconds: float = 8) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_the_preview_follows_the_plan_and_outlives_a_failing_build(tmp_path: Path) -> None:
    plans, built = tmp_path / "plans", tmp_path / "built"
    plans.mkdir()
    built.mkdir()
    (plans / "plan.md").write_text("一", encoding="utf-8")

    def build() -> None:
        text = (plans / "plan.md").read_text(encoding="utf-8")
        if text == "坏":
            raise ZcfError("目录 <b> 不能使用", hint="请改正")
        (built / "index.html").write_text(f"<body><header></header>第{text}版</body>", encoding="utf-8")

    build()
    preview = Preview(build, built, "127.0.0.1", 0)
    preview.server_bind()
    address = f"http://127.0.0.1:{preview.server_address[1]}/"
    preview.watch(str(plans))
    served = threading.Thread(target=preview.serve)
    served.start()
    try:
        wait_for(lambda: "第一版" in fetch(address)[1])
        assert fetch(address, Host="evil.example")[0] == 403
        assert fetch(f"{address}nowhere.html")[0] == 404
        (plans / "plan.md").write_text("二二", encoding="utf-8")
        wait_for(lambda: "第二二版" in fetch(address)[1])
        (plans / "plan.md").write_text("坏", encoding="utf-8")
        wait_for(lambda: "目录 &lt;b&gt; 不能使用" in fetch(address)[1])
        assert "第二二版" in fetch(address)[1]
        (plans / "plan.md").write_text("三三三", encoding="utf-8")
        wait_for(lambda: "第三三三版" in fetch(address)[1])
        assert "不能使用" not in fetch(address)[1]
    finally:
        preview.shutdown()
        served.join(10)
    assert not served.is_alive()
