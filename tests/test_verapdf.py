"""What is made of veraPDF's report; the program itself cannot be installed by any package manager, so a script speaks in its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from zcfdocs.errors import ZcfError
from zcfdocs.verapdf import judge


def speaker(folder: Path, body: str) -> Path:
    """A program that prints what veraPDF's text report would say."""
    path = folder / "verapdf"
    path.write_text(f"#!/bin/sh\n{body}\n", "utf-8")
    path.chmod(0o755)
    return path


def test_a_verdict_for_each_file_with_its_broken_rules(tmp_path: Path) -> None:
    good, bad = tmp_path / "甲 一.pdf", tmp_path / "乙.pdf"
    program = speaker(tmp_path, f"echo 'PASS {good} 3a'; echo 'FAIL {bad} 3a'; echo '  FAIL 6.2.11.4.1-1'; echo '  FAIL 6.7.2-1'; exit 1")
    first, second = judge(program, [good, bad])
    assert (first.path, first.passed, first.rules) == (good, True, ())
    assert (second.path, second.passed, second.rules) == (bad, False, ("6.2.11.4.1-1", "6.7.2-1"))


def test_it_is_asked_for_the_level_the_copies_claim(tmp_path: Path) -> None:
    program = speaker(tmp_path, f'echo "$@" > "{tmp_path}/asked"; for last; do :; done; echo "PASS $last 3a"')
    assert judge(program, [tmp_path / "a.pdf"])[0].passed
    assert (tmp_path / "asked").read_text().split()[:2] == ["--flavour", "3a"]


def test_silence_is_no_pass(tmp_path: Path) -> None:
    with pytest.raises(ZcfError, match=r"没有给出 .*a\.pdf 的结论") as caught:
        judge(speaker(tmp_path, "echo 'Unknown option' >&2; exit 2"), [tmp_path / "a.pdf"])
    assert caught.value.hint == "Unknown option"


def test_a_missing_program_is_told(tmp_path: Path) -> None:
    with pytest.raises(ZcfError, match="不能运行 veraPDF"):
        judge(tmp_path / "none", [tmp_path / "a.pdf"])


def test_nothing_to_judge_runs_nothing(tmp_path: Path) -> None:
    assert judge(tmp_path / "none", []) == []
