"""A package's plan goes to its own branch; nothing else of the repository moves, and what is refused leaves nothing."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from zcfdocs.errors import ZcfError
from zcfdocs.sealing.receiving import Delivery, receive

USCC = "91120111MA0DEMJH5M"


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "bureau"
    (folder / "plans/xiqing/other").mkdir(parents=True)
    (folder / "plans/xiqing/other/plan.md").write_text("---\nfactory:\n  uscc: 91120111MA0EXAMP1P\n---\n", "utf-8")
    (folder / ".gitattributes").write_text("* filter=evil\n", "utf-8")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "user.name", "bureau")
    git(folder, "config", "user.email", "bureau@example.invalid")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "first")
    git(folder, "config", "filter.evil.clean", f"touch {tmp_path}/ran; cat")
    git(folder, "config", "core.hooksPath", str(tmp_path / "hooks"))
    (tmp_path / "hooks").mkdir()
    hook = tmp_path / "hooks/reference-transaction"
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/hooked\n", "utf-8")
    hook.chmod(0o755)
    return folder


@pytest.fixture
def delivery(tmp_path: Path) -> Delivery:
    files = {"plan.md": f"---\nfactory:\n  name: 天津津禾\n  uscc: {USCC}\n---\n正文\n".encode(), "evidence/执照.pdf": b"%PDF-1.4 a"}
    for name, data in files.items():
        path = tmp_path / "delivered" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return Delivery(
        USCC, "天津津禾", "xiqing", "jinhe", {name: tmp_path / "delivered" / name for name in files}, ("包 sha256：" + "a" * 64,)
    )


def files_of(home: Path, commit: str) -> list[str]:
    return git(home, "-c", "core.quotePath=false", "ls-tree", "-r", "--name-only", commit).splitlines()


def test_a_plan_is_committed_to_its_branch_and_nothing_else_moves(home: Path, delivery: Delivery, tmp_path: Path) -> None:
    main = git(home, "rev-parse", "main")
    made = receive(delivery, home)
    assert not (tmp_path / "ran").exists()
    assert not (tmp_path / "hooked").exists()
    assert (made.branch, made.folder, made.changed) == (f"in/{USCC}", "plans/xiqing/jinhe", True)
    assert git(home, "rev-parse", f"in/{USCC}^") == main
    assert files_of(home, made.commit) == sorted(
        [".gitattributes", "plans/xiqing/jinhe/evidence/执照.pdf", "plans/xiqing/jinhe/plan.md", "plans/xiqing/other/plan.md"]
    )
    assert git(home, "show", f"{made.commit}:plans/xiqing/jinhe/plan.md").endswith("正文")
    assert "包 sha256" in git(home, "log", "-1", "--format=%B", made.commit)
    assert (git(home, "rev-parse", "main"), git(home, "rev-parse", "--abbrev-ref", "HEAD"), git(home, "status", "--porcelain")) == (
        main,
        "main",
        "",
    )
    assert not (home / "plans/xiqing/jinhe").exists()


def test_again_the_same_changes_nothing_and_a_new_version_follows(home: Path, delivery: Delivery) -> None:
    first = receive(delivery, home)
    assert receive(delivery, home) == replace(first, changed=False)
    delivery.files["plan.md"].write_text(f"---\nfactory:\n  name: 天津津禾\n  uscc: {USCC}\n---\n改\n", "utf-8")
    less = replace(delivery, files={"plan.md": delivery.files["plan.md"]}, slug="renamed")
    second = receive(less, home)
    assert git(home, "rev-parse", f"{second.commit}^") == first.commit
    assert second.folder == "plans/xiqing/jinhe"
    assert "plans/xiqing/jinhe/evidence/执照.pdf" not in files_of(home, second.commit)


def test_the_bureaus_own_file_stays(home: Path, delivery: Delivery) -> None:
    (home / "plans/xiqing/mine").mkdir()
    (home / "plans/xiqing/mine/plan.md").write_text(f"---\nfactory:\n  name: 天津津禾\n  uscc: {USCC}\n---\n", "utf-8")
    (home / "plans/xiqing/mine/review.yaml").write_text("format: zcf-reviews/1\n", "utf-8")
    git(home, "add", "-A")
    git(home, "-c", "filter.evil.clean=cat", "-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "reviewed")
    made = receive(delivery, home)
    assert made.folder == "plans/xiqing/mine"
    assert git(home, "show", f"{made.commit}:plans/xiqing/mine/review.yaml") == "format: zcf-reviews/1"


def test_what_has_no_place_is_refused_and_leaves_nothing(home: Path, delivery: Delivery) -> None:
    before = git(home, "count-objects")
    for bad in (
        replace(delivery, slug="other"),
        replace(delivery, uscc="../../evil"),
        replace(delivery, uscc="-x"),
        replace(delivery, district=".."),
    ):
        with pytest.raises(ZcfError):
            receive(bad, home)
    assert git(home, "branch", "--format=%(refname:short)") == "main"
    assert git(home, "count-objects") == before


def put(home: Path, place: str, text: str) -> None:
    path = home / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    git(home, "add", "-A")
    git(home, "-c", "filter.evil.clean=cat", "-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "put")


def test_a_code_under_another_name_is_refused(home: Path, delivery: Delivery) -> None:
    put(home, "plans/xiqing/mine/plan.md", f"---\nfactory:\n  name: 真正的企业\n  uscc: {USCC}\n---\n")
    with pytest.raises(ZcfError, match="真正的企业"):
        receive(delivery, home)
    assert git(home, "branch", "--format=%(refname:short)") == "main"


def test_a_folder_that_only_mentions_a_code_is_not_its_factorys(home: Path, delivery: Delivery) -> None:
    put(home, "plans/xiqing/other/plan.md", f"---\nfactory:\n  uscc: 91120111MA0EXAMP1P # {USCC}\n---\n")
    put(home, "plans/xiqing/other/evidence/x/plan.md", f"---\nfactory:\n  uscc: {USCC}\n---\n")
    assert receive(delivery, home).folder == "plans/xiqing/jinhe"


def test_a_branch_in_the_way_is_told(home: Path, delivery: Delivery) -> None:
    git(home, "branch", "in")
    with pytest.raises(ZcfError, match="名为 in 的分支"):
        receive(delivery, home)
