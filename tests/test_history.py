"""The versions of plans as a repository's first parents tell them."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from functools import partial
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings, strategies

from tests.repository import Repository
from zcfdocs.errors import ZcfError
from zcfdocs.history import History, history, history_at, identity, walk
from zcfdocs.history.glance import Glance, Told
from zcfdocs.history.glance import told as read
from zcfdocs.history.recall import NAME
from zcfdocs.places import HOME
from zcfdocs.store import Store

ALPHA, BETA, GAMMA = "91120111MA0EXAMP1P", "91120116MA0DEMHH2Y", "91120112MA0SAMPL3X"


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


def test_the_bureaus_own_file_does_not_tell_when_a_plan_was_touched(repository: Plans) -> None:
    """The day is public before 公示; what the bureau writes is not."""
    repository.write("plans/xiqing/a", ALPHA, "submitted")
    repository.commit()
    (repository.top / "plans/xiqing/a/review.yaml").write_text("format: zcf-reviews/1\n", encoding="utf-8")
    repository.commit()
    assert history(repository.top / "plans").day(repository.top / "plans/xiqing/a") == "2025-05-02"


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


def spans(act: Callable[[], object]) -> list[str]:
    """Which spans of commits are read while it acts."""
    seen, changes = [], walk.changes

    def watched(repository: object, span: str, below: object = ()) -> object:
        seen.append(span)
        return changes(repository, span, below)  # type: ignore[arg-type]

    with patch("zcfdocs.history.moments.changes", watched):
        act()
    return seen


def grown(repository: Plans) -> None:
    """A plan that moves on and then away, another that takes its identity, one that comes back under a new stage."""
    repository.write("plans/xiqing/a", ALPHA, "draft")
    repository.write("plans/binhai/b", BETA, "draft")
    repository.commit()
    repository.write("plans/xiqing/a", ALPHA, "submitted")
    repository.commit()
    repository.git("rm", "-q", "-r", "plans/xiqing/a")
    repository.write("plans/xiqing/c", ALPHA, "submitted", "publish: true\n")
    repository.commit()
    repository.write("plans/jinnan/d", ALPHA, "candidate")
    repository.write("plans/binhai/b", BETA, "draft", "publish: true\n")
    repository.commit()
    repository.git("rm", "-q", "-r", "plans/xiqing/c")
    repository.commit()
    repository.write("plans/jinnan/d", ALPHA, "revised")
    repository.commit()


def test_a_history_read_in_pieces_is_the_same(repository: Plans, tmp_path: Path) -> None:
    grown(repository)
    commits = repository.git("rev-list", "--reverse", "HEAD").split()
    whole = history(repository.top / "plans")
    assert [one.stage for one in whole.moments[ALPHA]] == ["draft", "submitted", "candidate", "revised"]
    for parts in (range(len(commits)), (0, 3), (2,)):
        store = Store(tmp_path / f"cache-{len(parts)}")
        for part in parts:
            repository.git("checkout", "-q", commits[part])
            assert history(repository.top / "plans", store) == history_at(repository.top, commits[part])
        repository.git("checkout", "-q", "main")
        seen = spans(partial(history, repository.top / "plans", store))
        assert seen == ([] if parts[-1] == len(commits) - 1 else [f"{commits[parts[-1]]}..{commits[-1]}"])
        assert history(repository.top / "plans", store) == whole


def test_what_does_not_continue_the_first_parents_is_read_anew(repository: Plans, tmp_path: Path) -> None:
    """Going back, another branch, a merge into which the known commit came second, another root."""
    grown(repository)
    store, plans = Store(tmp_path / "cache"), repository.top / "plans"
    main = repository.git("rev-parse", "HEAD")

    def is_read_anew() -> bool:
        seen = spans(lambda: history(plans, store))
        return seen == [repository.git("rev-parse", "HEAD")] and history(plans, store) == history(plans)

    assert is_read_anew()
    repository.git("checkout", "-q", "-b", "side", "HEAD~2")
    plans.mkdir(exist_ok=True)
    assert is_read_anew()
    repository.write("plans/xiqing/z", BETA, "draft", catalogue="tianjin-2026")
    repository.commit()
    history(plans, store)
    repository.git("checkout", "-q", "main")
    assert is_read_anew()
    repository.git("checkout", "-q", "side")
    repository.git("merge", "-q", "--no-ff", "-m", "x", "main")
    assert repository.git("rev-parse", "HEAD^2") == main
    assert is_read_anew()
    repository.git("checkout", "-q", "--orphan", "fresh")
    repository.commit()
    assert is_read_anew()


@pytest.mark.parametrize("harm", ["", "{}", "cut", "byte", "list"])
def test_a_damaged_note_is_read_anew(repository: Plans, tmp_path: Path, harm: str) -> None:
    grown(repository)
    store = Store(tmp_path / "cache")
    whole = history(repository.top / "plans", store)
    note = store.root / "last" / NAME
    good = note.read_bytes()
    harms = {"cut": good[: len(good) // 2], "byte": good.replace(b"submitted", b"candidate"), "list": b"[" * 100_000}
    note.write_bytes(harms.get(harm, harm.encode()))
    assert history(repository.top / "plans", store) == whole
    assert note.read_bytes() == good


def test_another_folder_or_another_way_of_reading_begins_anew(repository: Plans, tmp_path: Path) -> None:
    grown(repository)
    repository.write("more/plans/xiqing/a", BETA, "candidate")
    repository.commit()
    store = Store(tmp_path / "cache")
    history(repository.top / "plans", store)
    found = history(repository.top / "more/plans", store)
    assert [one.stage for one in found.moments[BETA]] == ["candidate"]
    with patch("zcfdocs.history.recall._maker", lambda: "another"):
        assert len(spans(lambda: history(repository.top / "more/plans", store))) == 1


def test_a_clone_that_was_shallow_is_read_anew_and_never_kept(repository: Plans, tmp_path: Path) -> None:
    grown(repository)
    clone, store = tmp_path / "clone", Store(tmp_path / "cache")
    repository.git("clone", "-q", "--depth", "2", repository.top.as_uri(), str(clone))
    (clone / "plans").mkdir(exist_ok=True)
    short = history(clone / "plans", store)
    edge = repository.git("rev-parse", "HEAD~1")
    assert (short.edges, short.shallow) == (frozenset([edge]), True)
    repository.git("-C", str(clone), "fetch", "-q", "--unshallow")
    full = history(clone / "plans", store)
    assert full.moments == history(repository.top / "plans").moments
    assert not full.shallow


def test_a_partial_clone_says_what_it_lacks_and_fetches_nothing(repository: Plans, tmp_path: Path) -> None:
    grown(repository)
    repository.git("config", "uploadpack.allowFilter", "true")
    clone, store = tmp_path / "clone", Store(tmp_path / "cache")
    repository.git("clone", "-q", "--filter=blob:none", "--no-checkout", repository.top.as_uri(), str(clone))
    (clone / "plans").mkdir()
    found = history(clone / "plans", store)
    assert (found.moments, found.missing) == ({}, 7)
    assert found.touched == history(repository.top / "plans").touched
    repository.git("-C", str(clone), "checkout", "-q", "main")  # brings the texts of HEAD
    assert history(clone / "plans", store).missing == 5


def test_no_program_of_the_repository_is_run(repository: Plans, tmp_path: Path) -> None:
    grown(repository)
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    for name in ("gpg.program", "core.fsmonitor", "diff.external", "core.pager", "pager.log"):
        repository.git("config", name, str(program))
    repository.git("config", "log.showSignature", "true")
    (repository.top / ".gitattributes").write_text("*.md diff=odd filter=odd\n", encoding="utf-8")
    for name in ("diff.odd.textconv", "diff.odd.command", "filter.odd.smudge", "filter.odd.process"):
        repository.git("config", name, str(program))
    assert history(repository.top / "plans").moments
    assert not os.path.exists(tmp_path / "ran")  # noqa: PTH110


def test_a_damaged_object_and_a_clone_without_trees_are_said(repository: Plans, tmp_path: Path) -> None:
    grown(repository)
    repository.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    repository.git("clone", "-q", "--filter=tree:0", "--no-checkout", repository.top.as_uri(), str(clone))
    (clone / "plans").mkdir()
    with pytest.raises(ZcfError, match="不能读取") as lacking:
        history(clone / "plans")
    assert "完整克隆" in lacking.value.hint
    blob = repository.git("rev-parse", "HEAD:plans/binhai/b/plan.md")
    place = repository.top / ".git" / "objects" / blob[:2] / blob[2:]
    place.chmod(0o644)
    place.write_bytes(b"no object")
    store = Store(tmp_path / "cache")
    assert history(repository.top / "plans", store).missing == 1
    assert not (store.root / "last" / NAME).exists()


def test_a_commit_is_read_from_what_is_known_and_changes_nothing_of_it(repository: Plans, tmp_path: Path) -> None:
    grown(repository)
    store, plans = Store(tmp_path / "cache"), repository.top / "plans"
    commits = repository.git("rev-list", "--reverse", "HEAD").split()
    repository.git("checkout", "-q", commits[2])
    history(plans, store)
    note = (store.root / "last" / NAME).read_bytes()
    seen = spans(partial(history_at, repository.top, commits[-1], "plans", store))
    assert seen == [f"{commits[2]}..{commits[-1]}"]
    assert history_at(repository.top, commits[-1], "plans", store) == history_at(repository.top, commits[-1])
    assert history_at(repository.top, commits[0], "plans", store) == history_at(repository.top, commits[0])
    assert (store.root / "last" / NAME).read_bytes() == note


def test_only_a_full_hash_names_a_commit(repository: Plans) -> None:
    grown(repository)
    for name in ("HEAD", "--output=x", repository.git("rev-parse", "--short", "HEAD")):
        with pytest.raises(ZcfError, match="不是完整的提交号"):
            history_at(repository.top, name)


def test_the_readers_own_settings_change_nothing(repository: Plans) -> None:
    grown(repository)
    for folder in ("plans/xiqing/second", "plans/binhai/first"):  # at once: the first in git's order has the identity
        repository.write(folder, GAMMA, "draft")
    top, head = repository.top, repository.commit()
    (top / ".git/order").write_text("plans/xiqing/*\nplans/binhai/*\n", encoding="utf-8")

    def found() -> list[History]:
        folders = (None, "xiqing/a", "xiqing/c")
        return [history(top / "plans"), *(history_at(top, head, only=folder) for folder in folders), history_at(top, head, about=ALPHA)]

    before = found()
    for name, value in (
        ("log.showRoot", "false"),
        ("log.follow", "true"),
        ("log.abbrevCommit", "true"),
        ("log.decorate", "full"),
        ("log.date", "relative"),
        ("log.diffMerges", "off"),
        ("diff.renames", "copies"),
        ("diff.orderFile", str(top / ".git/order")),
        ("format.pretty", "fuller"),
        ("color.ui", "always"),
    ):
        repository.git("config", name, value)
    assert found() == before
    assert before[0].moments[BETA]
    assert [folder for *_, folder in told(before[0], GAMMA)] == ["plans/binhai/first"]


def test_a_copy_takes_over_when_the_original_goes(repository: Plans) -> None:
    """The usual way of those who do not know `git mv`: copy, commit, delete, commit."""
    repository.write("plans/xiqing/old", ALPHA, "draft")
    first = repository.commit()
    repository.write("plans/xiqing/new", ALPHA, "submitted")
    repository.commit()
    repository.git("rm", "-q", "-r", "plans/xiqing/old")
    third = repository.commit()
    assert told(history(repository.top / "plans")) == [
        (first, "2025-05-02", "draft", "plans/xiqing/old"),
        (third, "2025-05-04", "submitted", "plans/xiqing/new"),
    ]


def test_a_plan_that_moves_goes_before_one_that_waits_and_the_first_to_wait_before_the_next(repository: Plans) -> None:
    repository.write("plans/xiqing/own", ALPHA, "draft")
    repository.commit()
    repository.write("plans/binhai/waits", ALPHA, "candidate")
    repository.write("plans/binhai/gave-up", ALPHA, "confirmed")
    repository.commit()
    repository.write("plans/binhai/gave-up", BETA, "draft")
    repository.write("plans/binhai/also", ALPHA, "failed")
    repository.commit()
    repository.write("plans/binhai/waits", ALPHA, "revised")
    repository.commit()
    repository.git("mv", "plans/xiqing/own", "plans/xiqing/renamed")
    repository.commit()
    repository.write("plans/xiqing/renamed", ALPHA, "submitted")
    repository.commit()
    assert [folder for *_, folder in told(history(repository.top / "plans"))] == ["plans/xiqing/own", "plans/xiqing/renamed"]
    repository.git("rm", "-q", "-r", "plans/xiqing/renamed")
    repository.commit()
    assert [(stage, folder) for _, _, stage, folder in told(history(repository.top / "plans"))][2:] == [("revised", "plans/binhai/waits")]


def test_a_folder_whose_plan_becomes_anothers_gives_up_its_own(repository: Plans) -> None:
    """Two plans that change places in one commit, and one that turns into a copy of another."""
    repository.write("plans/xiqing/a", ALPHA, "draft")
    repository.write("plans/binhai/b", BETA, "draft")
    repository.commit()
    repository.write("plans/xiqing/a", BETA, "submitted")
    repository.write("plans/binhai/b", ALPHA, "submitted")
    repository.commit()
    repository.write("plans/binhai/b", BETA, "submitted")
    repository.commit()
    repository.write("plans/jinnan/c", ALPHA, "returned")
    head = repository.commit()
    found = history(repository.top / "plans")
    wanted = [("draft", "plans/xiqing/a"), ("submitted", "plans/binhai/b"), ("returned", "plans/jinnan/c")]
    assert [(stage, folder) for _, _, stage, folder in told(found)] == wanted
    assert [(stage, folder) for _, _, stage, folder in told(found, BETA)] == [("draft", "plans/binhai/b"), ("submitted", "plans/xiqing/a")]
    for uscc in (ALPHA, BETA):
        assert told(history_at(repository.top, head, about=uscc), uscc) == told(found, uscc)


def test_a_bare_repository_and_objects_that_lie_elsewhere_are_said(repository: Plans, tmp_path: Path) -> None:
    grown(repository)
    repository.git("clone", "-q", "--bare", str(repository.top), str(tmp_path / "bare"))
    with pytest.raises(ZcfError, match="裸仓库"):
        history(tmp_path / "bare/plans")
    repository.git("clone", "-q", "--shared", str(repository.top), str(tmp_path / "clone"))
    assert history(tmp_path / "clone/plans").moments
    repository.top.rename(tmp_path / "gone")
    with pytest.raises(ZcfError, match="读不到当前的提交") as lacking:
        history(tmp_path / "clone/plans")
    assert "alternates" in lacking.value.hint


def test_a_repository_of_long_hashes_has_a_history(tmp_path: Path) -> None:
    made = Plans(tmp_path / "long")
    shutil.rmtree(made.top / ".git")
    made.git("init", "-q", "--object-format=sha256", "-b", "main")
    assert history(made.top).moments == {}
    made.write("plans/xiqing/a", ALPHA, "draft")
    commit = made.commit()
    assert (len(commit), [one for one, *_ in told(history(made.top / "plans"))]) == (64, [commit])


# Of a front-matter at a glance

GOOD = (HOME / "tests/cases/oracle/plan.md").read_text(encoding="utf-8")
SMALL = """---
format: zcf-plan/1
catalogue: tianjin-2025
stage: draft  # 编制中
factory:
  name: "天津: 示例"
  main_products: [座椅总成, {a: [1, '二']}]
  profile: |
    第一段 stage: candidate

      uscc: 91120116MA0DEMHH2Y
  uscc: 91120111MA0EXAMP1P
  site: 二厂
years:
- year: 2024
  energy:
  - {carrier: heat, amount: -1.5, unit: GJ}
  # 注
  empty:
publish: true
---
正文
"""
PIECES = [
    "\n",
    "\n\n",
    " ",
    "  ",
    ": ",
    ":",
    "- ",
    "-",
    "|",
    ">",
    "|+",
    "|2",
    "'",
    '"',
    "\\",
    "{",
    "}",
    "[",
    "]",
    ",",
    "#",
    " #",
    "&a ",
    "*a",
    "!t ",
]
PIECES += [
    "---\n",
    "...\n",
    "---",
    "\t",
    "\r",
    "\ufeff",
    "\x85",
    "\u2028",
    "\u200b",
    "\x00",
    "\ud800",
    "？",
    "null",
    "~",
    "? ",
    "%",
    "@",
    "`",
    "<<: ",
]
PIECES += [
    "stage: candidate",
    "\nstage: candidate\n",
    "publish: false\n",
    "factory: {uscc: 91120116MA0DEMHH2Y}\n",
    "site: null\n",
    "uscc: x",
    "x" * 5001,
]
EDITS = strategies.lists(
    strategies.tuples(strategies.floats(0, 1), strategies.integers(0, 12), strategies.sampled_from(PIECES) | strategies.text(max_size=3)),
    max_size=5,
)
TOLD = Told(ALPHA, "二厂", "tianjin-2025", "draft", True)


@settings(max_examples=1500, deadline=None, derandomize=True)
@given(base=strategies.sampled_from([SMALL, SMALL, SMALL, GOOD]), edits=EDITS)
@example(base=SMALL.replace("draft  # 编制中", "'draft'"), edits=[])
@example(base=SMALL.replace("profile: |", "profile: >2-"), edits=[])
@example(base=SMALL.replace("  uscc: 9", "  uscc: 1\n  uscc: 9"), edits=[])
@example(base=SMALL.replace("years:", "stage: candidate\nyears:"), edits=[])
@example(base=SMALL.replace("years:", 'note: "\nstage: candidate\n"\nyears:'), edits=[])
@example(base=SMALL.replace("years:", "note: {\npublish: false}\nyears:"), edits=[])
def test_a_glance_never_says_other_than_the_reader(base: str, edits: list[tuple[float, int, str]]) -> None:
    text = base
    for place, length, piece in edits:
        at = int(place * text.find("\n---\n") + 0.5)
        text = text[:at] + piece + text[at + length :]
    raw = text.encode("utf-8", "surrogatepass")
    found = Glance().scanned(raw)
    assert found is None or found == read(raw)


LINES = [line for line in SMALL.split("\n")[1:-3] if line]


@settings(max_examples=1500, deadline=None, derandomize=True)
@given(
    lines=strategies.lists(
        strategies.sampled_from(LINES)
        | strategies.builds("{}{}".format, strategies.sampled_from(["", " ", "  ", "    "]), strategies.sampled_from(LINES).map(str.strip)),
        max_size=25,
    )
)
def test_nor_of_lines_in_any_order(lines: list[str]) -> None:
    whole = [*LINES[:3], "factory:", "  uscc: 91120111MA0EXAMP1P", *lines]
    raw = "\n".join(["---", *whole, "---", ""]).encode()
    found = Glance().scanned(raw)
    assert found is None or found == read(raw)


@pytest.mark.parametrize("body", [b"\xff", "x".encode("utf-16"), b"x" * 5001, "字".encode() * 5001 + b"\n"])
def test_a_body_that_cannot_be_read_makes_no_plan(body: bytes) -> None:
    glance = Glance()
    assert glance.told(SMALL.encode() + b"x" * 5000) == TOLD
    assert glance.told(SMALL.encode() + body) is read(SMALL.encode() + body) is None


def test_a_glance_suffices_for_plans_as_they_are_written() -> None:
    glance = Glance()
    assert glance.scanned(SMALL.encode()) == read(SMALL.encode()) == TOLD
    for path in [HOME / "tests/cases/oracle/plan.md", *HOME.glob("plans/*/*/plan.md")]:
        raw = path.read_bytes()
        assert glance.scanned(raw) == read(raw) is not None
