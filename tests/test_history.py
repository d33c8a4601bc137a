"""The versions of plans as a repository's first parents tell them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.repository import Repository
from zcfdocs.history import History, history, identity
from zcfdocs.store import Store

ALPHA, BETA = "91120111MA0EXAMP1P", "91120116MA0DEMHH2Y"


class Plans(Repository):
    """Of plans that say no more than where in history they belong."""

    def write(self, folder: str, uscc: str, stage: str, more: str = "", catalogue: str = "tianjin-2025") -> None:
        path = self.top / folder / "plan.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        front = f"format: zcf-plan/1\ncatalogue: {catalogue}\nstage: {stage}\nfactory:\n  uscc: {uscc}\n{more}"
        path.write_text(f"---\n{front}---\n正文\nstage: failed\n", encoding="utf-8")


@pytest.fixture
def repository(tmp_path: Path) -> Plans:
    return Plans(tmp_path / "repository")


def told(found: History, uscc: str = ALPHA) -> list[tuple[str, str, str, str]]:
    return [(one.commit, one.day, one.stage, one.folder) for one in found.moments.get(uscc, ())]


def test_a_version_begins_where_the_stage_changes(repository: Plans) -> None:
    repository.write("plans/xiqing/a", ALPHA, "draft")
    first = repository.commit()
    repository.write("plans/xiqing/a", ALPHA, "draft", "as_of: 2025-04-30\n")
    repository.commit()
    repository.write("plans/xiqing/a", ALPHA, "submitted", "publish: true\n")
    third = repository.commit()
    found = history(repository.top / "plans")
    assert told(found) == [
        (first, "2025-05-02", "draft", "plans/xiqing/a"),
        (third, "2025-05-04", "submitted", "plans/xiqing/a"),
    ]
    assert [one.publish for one in found.moments[ALPHA]] == [False, True]


def test_a_plan_that_moves_keeps_its_versions_and_two_plans_do_not_mix(repository: Plans) -> None:
    repository.write("plans/xiqing/a", ALPHA, "draft")
    repository.write("plans/binhai/b", BETA, "draft")
    first = repository.commit()
    repository.git("mv", "plans/xiqing/a", "plans/xiqing/renamed")
    repository.commit()
    repository.write("plans/xiqing/renamed", ALPHA, "submitted")
    third = repository.commit()
    found = history(repository.top / "plans")
    assert [(commit, folder) for commit, _, _, folder in told(found)] == [(first, "plans/xiqing/a"), (third, "plans/xiqing/renamed")]
    assert len(found.moments[BETA]) == 1


def test_a_branch_counts_when_it_is_merged(repository: Plans) -> None:
    repository.write("plans/xiqing/a", ALPHA, "draft")
    repository.commit()
    repository.git("checkout", "-q", "-b", "work")
    repository.write("plans/xiqing/a", ALPHA, "submitted")
    repository.commit()
    repository.write("plans/xiqing/a", ALPHA, "returned")
    repository.commit()
    repository.git("checkout", "-q", "main")
    repository.days += 1
    repository.git("merge", "-q", "--no-ff", "-m", "x", "work")
    merge = repository.git("rev-parse", "HEAD")
    assert [(commit, stage) for commit, _, stage, _ in told(history(repository.top / "plans"))][1:] == [(merge, "returned")]


def test_any_file_of_a_folder_tells_when_it_was_touched(repository: Plans) -> None:
    repository.write("plans/xiqing/a", ALPHA, "draft")
    repository.commit()
    (repository.top / "plans/xiqing/a/evidence").mkdir()
    (repository.top / "plans/xiqing/a/evidence/证明\n1.pdf").write_bytes(b"%PDF")
    repository.commit()
    found = history(repository.top / "plans")
    assert found.day(repository.top / "plans/xiqing/a") == "2025-05-03"
    assert found.day(repository.top / "plans/xiqing/none") == ""
    assert found.day(repository.top.parent) == ""
    assert len(told(found)) == 1


def test_what_is_no_plan_is_passed_over(repository: Plans) -> None:
    repository.write("plans/xiqing/a", "SHORT", "draft")
    repository.write("other/xiqing/b", ALPHA, "draft")
    (repository.top / "plans/xiqing/c").mkdir(parents=True)
    (repository.top / "plans/xiqing/c/plan.md").symlink_to("../../../other/xiqing/b/plan.md")
    (repository.top / "plans/xiqing/d").mkdir()
    (repository.top / "plans/xiqing/d/plan.md").write_bytes(b"\xff\xfe no front matter")
    repository.commit()
    assert history(repository.top / "plans").moments == {}


def test_without_commits_or_repository_there_is_no_history(repository: Plans, tmp_path: Path) -> None:
    (repository.top / "plans").mkdir()
    assert history(repository.top / "plans").moments == {}
    (tmp_path / "plain").mkdir()
    assert history(tmp_path / "plain") == History()


def test_a_shallow_clone_says_so(repository: Plans, tmp_path: Path) -> None:
    for stage in ("draft", "submitted"):
        repository.write("plans/xiqing/a", ALPHA, stage)
        repository.commit()
    repository.git("clone", "-q", "--depth", "1", repository.top.as_uri(), str(tmp_path / "shallow"))
    found = history(tmp_path / "shallow" / "plans")
    assert found.shallow
    assert len(told(found)) == 1
    assert not history(repository.top / "plans").shallow


def test_rounds_and_sites_of_one_company_are_told_apart(repository: Plans) -> None:
    repository.write("plans/xiqing/a", ALPHA, "draft")
    repository.write("plans/xiqing/b", ALPHA, "draft", '  site: "二厂"  # 另一厂区\n')
    repository.commit()
    repository.write("plans/xiqing/c", ALPHA, "draft", catalogue="tianjin-2026")
    repository.write("plans/xiqing/a", ALPHA, "submitted", "  site: null\n")
    repository.commit()
    found = history(repository.top / "plans")
    assert [(one.number, one.stage) for one in found.of(ALPHA, None, "tianjin-2025")] == [(1, "draft"), (2, "submitted")]
    assert [(one.number, one.folder) for one in found.of(ALPHA, None, "tianjin-2026")] == [(3, "plans/xiqing/c")]
    assert [(one.number, one.folder) for one in found.of(ALPHA, "二厂", "tianjin-2025")] == [(1, "plans/xiqing/b")]


def test_the_front_matter_is_read_as_check_reads_it(repository: Plans) -> None:
    """Not by patterns: a block of text, a comment or a quoted line that looks like a field is none."""
    folder = repository.top / "plans/xiqing/a"
    folder.mkdir(parents=True)
    lie = f"catalogue: x\n  uscc: {BETA}\n  stage: candidate\n  publish: true"
    text = f"""\ufeff---\r
"format": zcf-plan/1\r
factory:\r
  profile: |\r
    {lie.replace(chr(10), chr(13) + chr(10) + "  ")}\r
  uscc : "{ALPHA}"\r
  site: "\\u4e1c厂#2"  # 厂区\r
catalogue:\r
  tianjin-2025\r
'stage': draft # candidate\r
publish: "true"\r
---\r
"""
    (folder / "plan.md").write_bytes(text.encode())
    repository.commit()
    found = history(repository.top / "plans")
    assert set(found.moments) == {identity(ALPHA, "东厂#2")}
    assert [(one.stage, one.publish) for one in found.of(ALPHA, "东厂#2", "tianjin-2025")] == [("draft", True)]


def test_only_plans_at_their_place_are_read(repository: Plans) -> None:
    """A plan.md among another's evidence, or under a folder that only looks like plans/, is nobody's history."""
    for folder in ("plans/xiqing/a/evidence/plans/x/y", "plans/xiqing/a/b", "other/plans/x/y", "plans/Xiqing/a"):
        repository.write(folder, ALPHA, "candidate", "publish: true\n")
    repository.commit()
    assert history(repository.top / "plans").moments == {}


def test_an_identity_belongs_to_one_folder_while_its_plan_is_there(repository: Plans) -> None:
    repository.write("plans/xiqing/own", ALPHA, "draft")
    repository.commit()
    repository.write("plans/binhai/squat", ALPHA, "candidate", "publish: true\n")
    repository.commit()
    repository.write("plans/xiqing/own", ALPHA, "submitted")
    repository.commit()
    assert [(one.stage, one.folder) for one in history(repository.top / "plans").of(ALPHA, None, "tianjin-2025")] == [
        ("draft", "plans/xiqing/own"),
        ("submitted", "plans/xiqing/own"),
    ]


def test_consent_that_comes_later_in_a_stage_is_when_its_version_becomes_public(repository: Plans) -> None:
    repository.write("plans/xiqing/a", ALPHA, "draft")
    repository.commit()
    repository.write("plans/xiqing/a", ALPHA, "draft", "publish: true\n")
    second = repository.commit()
    repository.write("plans/xiqing/a", ALPHA, "draft")
    repository.commit()
    (version,) = history(repository.top / "plans").of(ALPHA, None, "tianjin-2025")
    assert (version.number, version.commit, version.publish) == (1, second, True)


def test_a_path_that_looks_like_a_commit_is_a_path(repository: Plans) -> None:
    repository.write("plans/xiqing/a", ALPHA, "draft")
    odd = repository.top / f"plans/xiqing/a/\x01{'a' * 40} 2099-01-01"
    odd.write_text("x", encoding="utf-8")
    first = repository.commit()
    found = history(repository.top / "plans")
    assert [one.commit for one in found.of(ALPHA, None, "tianjin-2025")] == [first]
    assert found.day(repository.top / "plans/xiqing/a") == "2025-05-02"


def test_what_a_blob_says_is_parsed_once_and_a_missing_one_is_passed_over(repository: Plans, tmp_path: Path) -> None:
    repository.write("plans/xiqing/a", ALPHA, "draft")
    repository.commit()
    store = Store(tmp_path / "cache")
    first = history(repository.top / "plans", store)
    blob = repository.git("rev-parse", "HEAD:plans/xiqing/a/plan.md")
    place = repository.top / ".git" / "objects" / blob[:2] / blob[2:]
    content = place.read_bytes()
    place.unlink()
    assert history(repository.top / "plans", store) == first
    other = Store(tmp_path / "other")
    assert history(repository.top / "plans", other).moments == {}
    place.write_bytes(content)
    assert history(repository.top / "plans", other) == first  # that it was missing is not remembered
