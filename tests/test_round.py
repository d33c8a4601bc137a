"""Invented plans for the benches: each passes every check, no two are alike, and a seed says all."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bench.leaves import read
from bench.round import CATALOGUE, ways, write_round
from zcfdocs.finding import Severity, count
from zcfdocs.loading import Shelf
from zcfdocs.pipeline import Examined, examine_all

COUNT = 12


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("round")
    write_round(folder, COUNT)
    return folder


@pytest.fixture(scope="module")
def examined(home: Path) -> list[Examined]:
    paths = sorted(home.glob("plans/*/*/plan.md"))
    return examine_all([(path, path.relative_to(home).as_posix()) for path in paths], Shelf(home / "indicators"))


def tree(home: Path) -> dict[str, bytes]:
    return {path.relative_to(home).as_posix(): path.read_bytes() for path in home.glob("plans/**/*") if path.is_file()}


def git(home: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=home, check=True, capture_output=True, text=True).stdout


def test_every_plan_passes_and_is_scored(examined):
    assert len(examined) == COUNT
    for item in examined:
        assert count(item.findings, Severity.ERROR) == 0, item.findings
        assert item.score is not None


def test_evidence_is_what_it_is_called(examined):
    for item in examined:
        assert item.reading.evidence.facts
        assert {fact.state for fact in item.reading.evidence.facts.values()} == {"ok"}
        assert not item.reading.evidence.unnamed


def test_no_two_firms_are_alike(examined):
    factories = [item.reading.plan.factory for item in examined]
    for values in ({factory.name for factory in factories}, {factory.uscc for factory in factories}):
        assert len(values) == COUNT
    assert all("示例" in factory.name for factory in factories)
    assert len({item.reading.source.body for item in examined}) == COUNT


def test_figures_differ(examined):
    totals = {item.score.phases["now"].total for item in examined}
    emitted = {item.score.phases["now"].phase.account.emissions.value for item in examined}
    assert len(totals) == len(emitted) == COUNT
    assert max(emitted) > 3 * min(emitted)


def test_a_larger_round_begins_with_the_smaller_one(home, tmp_path):
    write_round(tmp_path / "few", 3)
    few = {name: data for name, data in tree(tmp_path / "few").items() if name.endswith("plan.md")}
    assert len(few) == 3
    assert few.items() <= tree(home).items()


def test_the_seed_decides_every_byte_and_commit(home, tmp_path):
    write_round(tmp_path / "same", COUNT)
    write_round(tmp_path / "other", COUNT, seed=2)
    assert tree(tmp_path / "same") == tree(home) != tree(tmp_path / "other")
    assert git(tmp_path / "same", "rev-parse", "HEAD") == git(home, "rev-parse", "HEAD")


def test_stages_move_as_the_catalogue_lets_them(home):
    """Each plan's stages over the commits lie on a way that the transitions allow."""
    allowed = set(ways_of_the_catalogue().values())
    assert git(home, "status", "--porcelain") == ""
    commits = git(home, "log", "--format=%H", "--reverse").split()
    assert len(commits) == 3
    for path in home.glob("plans/*/*/plan.md"):
        name = path.relative_to(home).as_posix()
        stages = [stage_of(git(home, "show", f"{commit}:{name}")) for commit in commits]
        steps = tuple(dict.fromkeys(stages))
        assert any(way[-len(steps) :] == steps for way in allowed), (name, stages)


def stage_of(text: str) -> str:
    return next(line.removeprefix("stage: ") for line in text.splitlines() if line.startswith("stage: "))


def ways_of_the_catalogue() -> dict[str, tuple[str, ...]]:
    return ways(read((CATALOGUE / "stages.yaml").read_text(encoding="utf-8")))


def test_a_folder_that_holds_something_is_left_alone(home):
    with pytest.raises(SystemExit, match="不是空文件夹"):
        write_round(home, 1)
    assert len(list(home.glob("plans/*/*/plan.md"))) == COUNT
