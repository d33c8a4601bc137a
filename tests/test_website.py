"""The whole way of the site: a repository of plans with a history becomes a public site; what has not changed is not made again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import lxml.html
import pytest

from tests.repository import Repository
from tests.sites import broken_links
from zcfdocs import website
from zcfdocs.build import build
from zcfdocs.cli.making import _address
from zcfdocs.errors import ZcfError
from zcfdocs.jobs import Options
from zcfdocs.places import INDICATORS
from zcfdocs.site import search

PLANS = Path(__file__).parent.parent / "plans"
ORACLE = Path(__file__).parent / "cases" / "oracle"
HAIHENG, JINHE = PLANS / "binhai/haiheng-biopharma", PLANS / "xiqing/jinhe-auto-parts"
USCC = "91120111MA0EXAMP1P"


class Round(Repository):
    """A repository of plans with the catalogues they need."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.home = home
        shutil.copytree(INDICATORS, home / "indicators")

    def write(self, place: str, source: Path, *changes: tuple[str, str]) -> None:
        text = (source / "plan.md").read_text("utf-8")
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        folder = self.home / "plans" / place
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "plan.md").write_text(text, encoding="utf-8")
        if not (folder / "evidence").exists():
            shutil.copytree(source / "evidence", folder / "evidence")

    def build(self, out: str = "dist", public: bool = True, tell: Callable[[str], None] = lambda _: None) -> Path:
        options = Options((self.home / "plans",), self.home, self.home / out, ("site",), public=public, address="https://zcf.example/x/")
        built = build(options, tell)
        assert built.failed == {}
        assert built.refused == ()
        return self.home / out / "site"


def stage(name: str) -> tuple[str, str]:
    return ("stage: draft", f"stage: {name}")


@pytest.fixture(scope="module")
def round_(tmp_path_factory: pytest.TempPathFactory) -> Round:
    made = Round(tmp_path_factory.mktemp("website") / "home")
    made.write("xiqing/alpha", ORACLE)
    made.commit()
    made.write("xiqing/alpha", ORACLE, stage("candidate"))
    made.commit()
    made.git("mv", "plans/xiqing/alpha", "plans/xiqing/beta")
    made.write("xiqing/beta", ORACLE, stage("building"))
    made.write("binhai/other", HAIHENG, stage("candidate"))
    made.commit()
    return made


@pytest.fixture(scope="module")
def site(round_: Round) -> Path:
    return round_.build()


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def text(page: Path) -> str:
    return str(lxml.html.document_fromstring(page.read_bytes()).text_content())


# Versions ---------------------------------------------------------------------------------------------------------------


def test_versions_are_numbered_along_the_history_and_only_public_ones_are_told(round_: Round, site: Path) -> None:
    folders = {path.name for path in (site / "p" / USCC).iterdir() if path.is_dir()}
    assert folders == {"v2", "v3"}  # v1 was a draft
    record = json.loads((site / "p" / USCC / "v2" / "record.json").read_bytes())
    commits = round_.git("log", "--reverse", "--format=%H").split()
    assert (record["number"], record["commit"], record["date"], record["stage"]["key"]) == (2, commits[1], "2025-05-03", "candidate")
    assert record["scores"]["now"]["display"] == "87.09"
    page = text(site / "plans/xiqing/beta/index.html")
    assert "第 3 版" in page
    assert "第 2 版" in page
    assert "第 1 版" not in page


def test_an_address_by_the_code_outlives_the_folder(site: Path) -> None:
    assert not (site / "plans/xiqing/alpha").exists()
    lasting = lxml.html.document_fromstring((site / "p" / USCC / "index.html").read_bytes())
    assert "../../plans/xiqing/beta/index.html" in lasting.xpath("//article//a/@href")
    assert "https://zcf.example/x/p/" in text(site / "plans/xiqing/beta/index.html")


def test_the_feed_and_the_sitemap_carry_days_of_the_history(site: Path) -> None:
    feed, sitemap = (site / "feed.xml").read_text("utf-8"), (site / "sitemap.xml").read_text("utf-8")
    assert "2025-05-04" in feed
    assert "https://zcf.example/x/plans/xiqing/beta/index.html" in sitemap
    assert "<lastmod>2025-05-04</lastmod>" in sitemap


def test_every_link_within_the_site_leads_somewhere(site: Path) -> None:
    assert broken_links(site) == []


# What is shown ------------------------------------------------------------------------------------------------------------


def test_a_preview_shows_drafts_and_every_version(round_: Round) -> None:
    preview = round_.build("preview", public=False)
    assert {path.name for path in (preview / "p" / USCC).iterdir() if path.is_dir()} == {"v1", "v2", "v3"}
    assert "Disallow: /" in (preview / "robots.txt").read_text("utf-8")


@pytest.mark.parametrize(
    "url", ['https://h/"><script>', "https://h/a?b=c", "https://h/#d", "https://u:p@h/", "https:///x", "ftp://h/", "https://h/a b", "h/"]
)
def test_an_address_that_is_more_than_a_place_is_refused(url: str) -> None:
    with pytest.raises(ZcfError, match="网址不对"):
        _address(url)


@pytest.mark.parametrize("url", ["", "https://zcf.example.gov.cn/round/", "http://10.0.0.1:8080/a/b"])
def test_an_address_is_taken_as_it_is(url: str) -> None:
    assert _address(url) == url


# What is made again -------------------------------------------------------------------------------------------------------


def test_after_an_edit_only_what_it_touches_is_made_again_and_the_bytes_are_those_of_a_cold_build(
    round_: Round, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tree(site)
    text_of = (round_.home / "plans/binhai/other/plan.md").read_text("utf-8")
    (round_.home / "plans/binhai/other/plan.md").write_text(
        text_of.replace("# 二、试点目标\n", "# 二、试点目标\n\n新写的一句话。\n"), "utf-8"
    )
    round_.commit()
    indexed: list[int] = []
    real = search.index
    monkeypatch.setattr(search, "index", lambda pages, room: (indexed.append(len(pages)), real(pages, room)))
    staged: list[str] = []
    fulfil = website.fulfil
    monkeypatch.setattr(website, "fulfil", lambda orders, *rest: (staged.extend(order.name for order in orders), fulfil(orders, *rest))[1])
    warm = tree(round_.build())
    assert staged == ["binhai/other"]
    assert len(indexed) <= 2  # its district, and the pages of the round that tell when it was changed
    assert "新写的一句话" in warm["plans/binhai/other/index.html"].decode()
    assert warm["plans/xiqing/beta/index.html"] == before["plans/xiqing/beta/index.html"]
    shutil.rmtree(round_.home / ".zcf-cache")
    assert tree(round_.build("cold")) == warm


def test_what_has_not_changed_is_not_built(round_: Round, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    round_.build()
    monkeypatch.setattr(website, "assemble", lambda *_: pytest.fail("nothing has changed"))
    assert round_.build() == site


# Leaving ------------------------------------------------------------------------------------------------------------------


def test_a_plan_that_was_public_leaves_a_tombstone_another_nothing(round_: Round) -> None:
    round_.write("xiqing/beta", ORACLE, stage("withdrawn"))
    round_.write("xiqing/never", JINHE, ("stage: submitted", "stage: withdrawn"), ("publish: true", "publish: false"))
    round_.commit()
    site = round_.build()
    page = text(site / "plans/xiqing/beta/index.html")
    assert "撤回" in page
    assert "87.09" not in page
    assert sorted(path.name for path in (site / "plans/xiqing/beta").iterdir()) == ["index.html"]
    assert {path.name for path in (site / "p" / USCC).iterdir()} == {"index.html"}
    assert not (site / "plans/xiqing/never").exists()
    everything = b"".join(tree(site).values())
    assert "津禾".encode() not in everything


def test_a_withdrawn_plan_that_consented_late_leaves_a_tombstone_and_a_hidden_draft_shows_nothing(tmp_path: Path) -> None:
    made = Round(tmp_path / "home")
    made.write("xiqing/late", ORACLE)
    made.commit()
    made.write("xiqing/late", ORACLE, ("stage: draft", "stage: draft\npublish: true"))
    made.commit()
    made.write("xiqing/late", ORACLE, stage("withdrawn"))
    shutil.copytree(made.home / "indicators/tianjin-2025", made.home / "indicators/hidden-2027")
    for path in (made.home / "indicators/hidden-2027").glob("*.yaml"):
        path.write_text(path.read_text("utf-8").replace("id: tianjin-2025", "id: hidden-2027"), "utf-8")
    made.write("binhai/draft", HAIHENG, ("catalogue: tianjin-2025", "catalogue: hidden-2027"))
    made.commit()
    site = made.build()
    assert "撤回" in text(site / "plans/xiqing/late/index.html")
    everything = tree(site)
    assert not [name for name, data in everything.items() if "hidden-2027" in name or b"hidden-2027" in data]


def test_a_shallow_clone_is_told(round_: Round, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    round_.git("clone", "-q", "--depth", "1", round_.home.as_uri(), str(clone))
    said: list[str] = []
    options = Options((clone / "plans",), clone, clone / "dist", ("site",), public=True)
    build(options, said.append)
    assert any("浅克隆" in line for line in said)
