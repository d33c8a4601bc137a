"""The build as a whole, on the small invented city: what is made, kept, refused and removed; the same bytes whoever builds."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from zcfdocs import store
from zcfdocs.build import Built, build
from zcfdocs.errors import ZcfError
from zcfdocs.fields import uscc_check
from zcfdocs.jobs import TARGETS, Options
from zcfdocs.task import COPIES

RIVER = Path(__file__).parent / "river"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository built once; tests that change it work on a copy."""
    home = tmp_path_factory.mktemp("river")
    shutil.copytree(RIVER, home, dirs_exist_ok=True)
    assert run(home).printed == ("upper/mill",)
    return home


@pytest.fixture
def home(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path / "home", symlinks=True)
    return tmp_path / "home"


def run(home: Path, **options: object) -> Built:
    whole = Options(paths=(home / "plans",), home=home, out=home / "dist", **options)  # type: ignore[arg-type]
    return build(whole, lambda text: None)


def settle(home: Path, name: str) -> None:
    """A second factory beside the first."""
    shutil.copytree(home / "plans/upper/mill", home / "plans/upper" / name)
    base = "91120111MA0EXAMP2"
    edit(home / "plans/upper" / name / "plan.md", "91120111MA0EXAMP1P", base + uscc_check(base))


def plan_of(home: Path) -> Path:
    return home / "plans/upper/mill/plan.md"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def bytes_of(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_build_makes_every_copy_and_the_site(built: Path) -> None:
    folder = built / "dist/submission/upper/mill"
    assert sorted(path.name for path in folder.iterdir()) == [
        "scorecard.json",
        "佐证材料.pdf",
        "计算表.xlsx",
        "试点方案.docx",
        "试点方案.pdf",
    ]
    assert (folder / "试点方案.pdf").read_bytes().startswith(b"%PDF-")
    assert json.loads((folder / "scorecard.json").read_text(encoding="utf-8"))["catalogue"]["id"] == "river-2030"
    assert (built / "dist/site/index.html").is_file()
    assert (built / "dist/site/plans/upper/mill/index.html").is_file()
    assert list((built / "dist").rglob(".*")) == []


def test_an_unchanged_plan_is_not_printed_again(home: Path) -> None:
    run(home)  # another place: the site of a new output folder is made once
    before = {path: path.stat().st_mtime_ns for path in (home / "dist").rglob("*") if path.is_file()}
    again = run(home)
    assert (again.printed, again.kept, again.site) == ((), ("upper/mill",), False)
    assert before == {path: path.stat().st_mtime_ns for path in (home / "dist").rglob("*") if path.is_file()}


def test_cold_and_warm_and_any_number_of_workers_give_the_same_bytes(home: Path) -> None:
    warm = bytes_of(home / "dist")
    shutil.rmtree(home / "dist")
    shutil.rmtree(home / ".zcf-cache")
    run(home, jobs=1)
    assert bytes_of(home / "dist") == warm


def test_two_plans_side_by_side_elsewhere_are_the_same_bytes_as_one_after_the_other(home: Path, tmp_path: Path) -> None:
    settle(home, "other")
    shutil.copytree(home, tmp_path / "elsewhere", ignore=shutil.ignore_patterns("dist", ".zcf-cache"))
    copies = tuple(target for target in TARGETS if target != "site")
    run(home, jobs=1, to=copies)
    run(tmp_path / "elsewhere", jobs=2, to=copies)
    first, second = bytes_of(home / "dist/submission"), bytes_of(tmp_path / "elsewhere/dist/submission")
    assert len(first) == 2 * len(COPIES)
    assert first == second


def test_a_lost_copy_comes_back(home: Path) -> None:
    path = home / "dist/submission/upper/mill/试点方案.docx"
    whole = path.read_bytes()
    path.write_bytes(b"spoiled")
    run(home, to=("word",))
    assert path.read_bytes() == whole


def test_a_plan_with_errors_is_not_printed_and_nothing_else_is_touched(home: Path) -> None:
    before = bytes_of(home / "dist")
    edit(plan_of(home), "water: 280", "water: 28o")
    refused = run(home)
    assert refused.refused
    assert bytes_of(home / "dist") == before


def test_keep_going_removes_what_no_longer_stands(home: Path) -> None:
    edit(plan_of(home), "water: 280", "water: 28o")
    going = run(home, keep_going=True, to=("data",))
    assert going.removed == ("upper/mill",)
    assert not (home / "dist/submission/upper").exists()


def test_a_draft_prints_a_plan_with_errors_and_says_so_on_each_page(home: Path) -> None:
    edit(plan_of(home), "water: 280", "water: 28o")
    run(home, draft=True, to=("pdf",))
    pdfplumber = pytest.importorskip("pdfplumber")
    with pdfplumber.open(home / "dist/submission/upper/mill/试点方案.pdf") as document:
        texts = ["".join(page.extract_text().split()) for page in document.pages]
    assert all("草稿" in text for text in texts)
    assert any("28o" in text for text in texts)


def test_a_renamed_plan_leaves_nothing_behind(home: Path) -> None:
    (home / "plans/upper/mill").rename(home / "plans/upper/new-mill")
    moved = run(home)
    assert moved.removed == ("upper/mill",)
    assert [path.name for path in (home / "dist/submission/upper").iterdir()] == ["new-mill"]
    assert not (home / "dist/site/plans/upper/mill").exists()


def test_two_builds_at_once_both_end_well(home: Path) -> None:
    edit(plan_of(home), "再装屋顶电。", "再装更多屋顶电。")
    results: list[Built] = []
    threads = [threading.Thread(target=lambda: results.append(run(home, to=("data",)))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(len(result.printed) for result in results) == [0, 1]


def test_an_interrupted_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "copy.pdf"
    store.write_whole(target, b"old")

    def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(store.os, "replace", broken)
    with pytest.raises(OSError, match="disk full"):
        store.write_whole(target, b"new")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]


def test_the_commit_is_the_newest_that_touched_the_plan_or_its_catalogue(home: Path) -> None:
    def git(*words: str) -> str:
        settings = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
        done = subprocess.run(["git", *settings, *words], cwd=home, check=True, capture_output=True, text=True)  # the git of the PATH
        return done.stdout.strip()

    def source() -> dict[str, object]:
        run(home, to=("data",))
        card = json.loads((home / "dist/submission/upper/mill/scorecard.json").read_text(encoding="utf-8"))
        return dict(card["source"])

    git("init", "-q")
    (home / ".gitignore").write_text("dist/\n.zcf-cache/\n", encoding="utf-8")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    first = git("rev-parse", "HEAD")
    (home / "note.txt").write_text("elsewhere", encoding="utf-8")
    git("add", ".")
    git("commit", "-q", "-m", "elsewhere")
    assert source() == {"commit": first, "dirty": False}
    edit(plan_of(home), "再装屋顶电。", "再装更多屋顶电。")
    assert source() == {"commit": first, "dirty": True}
    git("commit", "-q", "-a", "-m", "plan")
    assert source() == {"commit": git("rev-parse", "HEAD"), "dirty": False}


def test_outputs_go_nowhere_but_below_the_output_folder(home: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine" / "mill"
    mine.mkdir(parents=True)
    (mine / "thesis.txt").write_text("keep", encoding="utf-8")
    edit(plan_of(home), "district: upper", f"district: {tmp_path / 'mine'}")
    assert run(home, draft=True, to=("data",)).refused
    assert (mine / "thesis.txt").read_text(encoding="utf-8") == "keep"


def test_folders_of_others_and_links_are_left_alone(home: Path, tmp_path: Path) -> None:
    photos = home / "dist/submission/2024/photos"
    photos.mkdir(parents=True)
    (photos / "a.jpg").write_bytes(b"x")
    outside = tmp_path / "outside/deep"
    outside.mkdir(parents=True)
    (home / "dist/submission/linked").symlink_to(outside.parent)
    run(home, to=("data",))
    assert (photos / "a.jpg").is_file()
    assert outside.is_dir()
    (home / "dist/submission/upper/mill/note.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ZcfError, match="不是本工具生成"):
        run(home, to=("data",))


def test_a_repositorys_own_filters_do_not_run(home: Path, tmp_path: Path) -> None:
    def git(*words: str) -> None:
        settings = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *settings, *words], cwd=home, check=True, capture_output=True)  # the git of the PATH

    git("init", "-q")
    git("add", "plans")
    git("commit", "-q", "-m", "first")
    (home / ".gitattributes").write_text("* filter=x\n", encoding="utf-8")
    git("config", "filter.x.clean", f"touch {tmp_path / 'ran'}; cat")
    edit(plan_of(home), "再装屋顶电。", "再装更多屋顶电。")
    run(home, to=("data",))
    assert not (tmp_path / "ran").exists()


def test_a_plan_that_cannot_be_printed_does_not_stop_the_others(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(home, "other")
    run(home, to=("data",))
    edit(home / "plans/upper/other/plan.md", "water: 280", "water: 281")
    monkeypatch.setattr("zcfdocs.workers.TIME_LIMIT", 0.001)
    stopped = run(home, to=("data",))
    assert (tuple(stopped.failed), stopped.kept, stopped.removed) == (("upper/other",), ("upper/mill",), ("upper/other",))
    assert "秒" in stopped.failed["upper/other"].message
    monkeypatch.undo()
    assert run(home, to=("data",)).printed == ("upper/other",)
    assert (home / "dist/submission/upper/other/scorecard.json").is_file()
