"""Whoever writes a plan, commits to the repository or damages the cache gains nothing on the public site."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.test_website import HAIHENG, ORACLE, USCC, Round, stage, tree
from zcfdocs.history import history
from zcfdocs.loading import Shelf
from zcfdocs.past import versions
from zcfdocs.places import INDICATORS

BRANCH, MESSAGE, AUTHOR = "secret-branch", "提交说明不公开", "test@example.com"
NAME = '天津"><img src=x onerror=alert(1)></script>公司'
FORMULA = '=HYPERLINK("http://evil.example")'


@pytest.fixture(scope="module")
def round_(tmp_path_factory: pytest.TempPathFactory) -> Round:
    made = Round(tmp_path_factory.mktemp("attacks") / "home")
    made.git("checkout", "-q", "-b", BRANCH)
    hostile = (("name: 天津示例零部件有限公司", f"name: '{NAME}'"), ("座椅总成", f"'{FORMULA}'"), stage("candidate"))
    made.write("xiqing/alpha", ORACLE, *hostile)
    made.write("binhai/hidden", HAIHENG, ("天津海衡生物制药有限公司", "天津秘而不宣公司"))
    made.commit()
    made.git("commit", "-q", "--allow-empty", "-m", MESSAGE)
    made.write("binhai/hidden", HAIHENG, ("天津海衡生物制药有限公司", "天津秘而不宣公司"), stage("withdrawn"))
    made.commit()
    return made


@pytest.fixture(scope="module")
def site(round_: Round) -> Path:
    return round_.build()


def unpacked(files: dict[str, bytes]) -> bytes:
    return b"\n".join(gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data for data in files.values())


def test_nothing_of_git_but_commits_and_days_and_nothing_of_what_was_never_public(round_: Round, site: Path) -> None:
    everything = unpacked(tree(site))
    assert NAME.encode().split(b">")[0].removesuffix(b'"') in everything
    for secret in (BRANCH, MESSAGE, AUTHOR, "测试", "秘而不宣", str(round_.home)):
        assert secret.encode() not in everything, secret


def test_the_hashes_of_integrity_are_those_of_the_files_beside_it(site: Path) -> None:
    folder = site / "plans/xiqing/alpha"
    told = json.loads((folder / "integrity.json").read_bytes())
    for key, name in (("page", "index.html"), ("data", "data.json")):
        assert told[key] == hashlib.sha256((folder / name).read_bytes()).hexdigest()


def test_no_name_ends_a_script_opens_an_element_or_begins_a_formula(site: Path) -> None:
    folder = site / "plans/xiqing/alpha"
    assert b"<" not in (folder / "facts.js").read_bytes()
    for page in site.rglob("*.html"):
        assert b"<img src=x" not in page.read_bytes(), page
    assert f"'{FORMULA}".replace('"', '""') in (folder / "years.csv").read_text("utf-8-sig")
    assert f',"{FORMULA[:10]}' not in (folder / "years.csv").read_text("utf-8-sig")


@pytest.mark.parametrize(
    "damage",
    [lambda data: data[: len(data) // 2], lambda _: b"", lambda _: b'{"staged.zip": [1], "page.html": {"x": null}}'],
    ids=["cut off", "emptied", "nonsense"],
)
def test_a_damaged_cache_is_made_again(round_: Round, site: Path, damage: Callable[[bytes], bytes]) -> None:
    before = tree(site)
    for path in (round_.home / ".zcf-cache/site").rglob("*"):
        if path.is_file() and path.suffix != ".pdf":
            path.write_bytes(damage(path.read_bytes()))
    assert tree(round_.build("again")) == before
    shutil.rmtree(round_.home / "again")


# History ------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def bare(tmp_path: Path) -> Round:
    return Round(tmp_path / "home")


def test_links_submodules_and_huge_files_are_no_versions(bare: Round) -> None:
    bare.write("xiqing/alpha", ORACLE, stage("candidate"))
    first = bare.commit()
    plan = bare.home / "plans/xiqing/alpha/plan.md"
    text = plan.read_text("utf-8").replace("stage: candidate", "stage: building")
    (bare.home / "elsewhere.md").write_text(text, "utf-8")
    plan.unlink()
    plan.symlink_to("../../../elsewhere.md")
    bare.commit()
    plan.unlink()
    plan.write_text(text + "字" * (1 << 20), "utf-8")
    bare.commit()
    plan.unlink()
    bare.git("update-index", "--add", "--cacheinfo", f"160000,{first},plans/xiqing/alpha/plan.md")
    bare.git("update-index", "--add", "--cacheinfo", f"160000,{first},plans/xiqing/module")
    bare.git("commit", "-q", "-m", "x")
    assert [moment.commit for moment in history(bare.home / "plans").moments[USCC]] == [first]


@pytest.mark.parametrize("change", ["stage: draft # candidate", "stage: draft\n#publish: true", 'stage: draft\npublish: "false"'])
def test_what_a_comment_or_a_text_says_makes_no_draft_public(bare: Round, change: str) -> None:
    bare.write("xiqing/alpha", ORACLE, ("stage: draft", change))
    bare.commit()
    (moment,) = history(bare.home / "plans").moments[USCC]
    assert (moment.stage, moment.publish) == ("draft", False)


@pytest.mark.parametrize(
    ("spoil", "without"),
    [
        (lambda text: text + b"\xff", [False]),  # nobody can say whose plan that was
        (lambda text: text.replace(b"as_of:", b"x: " + b"[" * 4000 + b"\nas_of:"), [False]),
        (lambda text: text.replace(b"as_of: 2025-04-30", b"as_of: never"), [True, False]),
    ],
)
def test_an_old_version_that_cannot_be_read_has_no_score_and_stops_nothing(
    bare: Round, spoil: Callable[[bytes], bytes], without: list[bool]
) -> None:
    bare.write("xiqing/alpha", ORACLE, stage("candidate"))
    plan = bare.home / "plans/xiqing/alpha/plan.md"
    plan.write_bytes(spoil(plan.read_bytes()))
    bare.commit()
    bare.write("xiqing/alpha", ORACLE, stage("building"))
    bare.commit()
    rulebook = Shelf(INDICATORS).get("tianjin-2025")
    assert rulebook is not None
    found = history(bare.home / "plans")
    assert found.top is not None
    assert [version.card is None for version in versions(found.top, found.moments[USCC], rulebook.catalogue)] == without


def test_names_that_no_text_can_hold_break_nothing(bare: Round) -> None:
    bare.write("xiqing/alpha", ORACLE)
    (Path(os.fsdecode(os.fsencode(bare.home) + b"/plans/xiqing/alpha/evidence/\xff\n.pdf"))).write_bytes(b"")
    first = bare.commit()
    assert [moment.commit for moment in history(bare.home / "plans").moments[USCC]] == [first]
