"""The command as people type it: what it prints, where, and with which exit code."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ORACLE = HERE / "cases" / "oracle"


def run(*words: str, where: Path = HERE.parent) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "zcfdocs.cli", *words]
    return subprocess.run(command, cwd=where, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository of one sound plan."""
    shutil.copytree(ORACLE, tmp_path / "plans" / "xiqing" / "shili-parts")
    (tmp_path / "plans" / "xiqing" / "shili-parts" / "expected.json").unlink()
    return tmp_path


def test_check_is_quiet_on_stdout_of_errors_and_leaves_0(repository: Path) -> None:
    done = run("check", "--format", "json", where=repository)
    findings = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert {finding["severity"] for finding in findings} <= {"warning", "info"}
    assert set(findings[0]) == {"path", "line", "column", "code", "severity", "message", "hint", "route"}


def test_an_error_prints_as_path_line_column_code_and_leaves_1(repository: Path) -> None:
    path = repository / "plans/xiqing/shili-parts/plan.md"
    path.write_text(path.read_text(encoding="utf-8").replace("water: 63000", "water: 63,000"), encoding="utf-8")
    done = run("check", "plans/xiqing/shili-parts", where=repository)
    assert done.returncode == 1
    line = path.read_text(encoding="utf-8").split("\n").index("    water: 63,000") + 1
    assert f"plans/xiqing/shili-parts/plan.md:{line}:12 Z106 错误：“63,000”不是普通小数，是不是想写 63000？" in done.stdout
    assert "个错误" in done.stderr


def test_score_prints_cards_as_fixed_by_the_specification(repository: Path) -> None:
    done = run("score", "--format", "json", where=repository)
    assert done.returncode == 0, done.stderr
    (card,) = json.loads(done.stdout)
    assert list(card) == ["format", "plan", "catalogue", "source", "phases", "years", "gates", "findings"]
    assert card["phases"]["now"]["display"] == "87.09"
    assert card["phases"]["now"]["total"].startswith("87.0897077097")
    assert card["source"] == {"commit": None, "dirty": False}
    assert card["plan"]["digest"].startswith("sha256:")
    assert card["years"][2]["intensity"]["energy"] == "14.08331"


def test_score_as_text_shows_phases_gates_and_what_would_earn_most(repository: Path) -> None:
    text = run("score", where=repository).stdout
    for piece in ("天津示例零部件有限公司", "现状 2024", "目标 2026", "87.09", "95.80", "基本要求 4 项全部满足", "还可提升"):
        assert piece in text


def test_explain_a_row_goes_down_to_the_lines_of_the_plan(repository: Path) -> None:
    text = run("score", "--explain", "5.4.1", where=repository).stdout
    assert "可再生电力占比 59.4595%" in text
    assert "plans/xiqing/shili-parts/plan.md:" in text
    assert "years[2].energy[0].amount" in text


def test_explain_a_code_and_an_unknown_one() -> None:
    done = run("explain", "z106")
    assert done.returncode == 0
    assert "不对的写法" in done.stdout
    unknown = run("explain", "Z1066")
    assert unknown.returncode == 2
    assert "是不是想写 Z106" in unknown.stderr


def test_new_makes_a_blank_plan_that_only_lacks_what_must_be_filled_in(repository: Path) -> None:
    done = run("new", "binhai/blank-works", where=repository)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("plans/binhai/blank-works/plan.md")
    findings = json.loads(run("check", "plans/binhai/blank-works", "--format", "json", where=repository).stdout)
    wrong = [finding for finding in findings if finding["code"] not in {"Z101", "Z112"} and finding["severity"] == "error"]
    assert [finding["message"] for finding in wrong] == []
    again = run("new", "binhai/blank-works", where=repository)
    assert again.returncode == 2
    assert "已经存在" in again.stderr


@pytest.mark.parametrize(("words", "piece"), [
    (("new", "xiqin/a"), "是不是想写 xiqing"),
    (("new", "xiqing/../a"), "不能作文件夹名"),
    (("check", "nowhere"), "没有方案"),
    (("score", "--explain", "9.9.9"), "没有指标"),
    (("build", "--to", "pfd"), "是不是想写 pdf"),
    (("chek",), "没有命令 chek。是不是想写 check？"),
    (("score", "--explian", "5.4.1"), "没有选项 --explian。是不是想写 --explain？"),
    (("build", "--jobs", "two"), "选项 --jobs 的值不对"),
    (("new",), "缺少参数 辖区/名称"),
])  # fmt: skip
def test_what_cannot_be_done_says_why_and_leaves_2(repository: Path, words: tuple[str, ...], piece: str) -> None:
    done = run(*words, where=repository)
    assert done.returncode == 2
    assert piece in done.stderr
    assert "Traceback" not in done.stderr


def test_version_names_what_shapes_bytes() -> None:
    text = run("--version").stdout
    for name in ("zcfdocs", "WeasyPrint", "Pango", "HarfBuzz", "pandoc", "字体"):
        assert name in text


def test_doctor_finds_this_machine_in_order() -> None:
    done = run("doctor")
    assert done.returncode == 0, done.stdout
    assert "环境齐备" in done.stdout


def test_a_plan_without_its_baseline_is_refused_with_its_findings(repository: Path) -> None:
    path = repository / "plans/xiqing/shili-parts/plan.md"
    path.write_text(path.read_text(encoding="utf-8").replace("baseline: 2024", "baseline: 2019"), encoding="utf-8")
    for words in (("score",), ("score", "--format", "json"), ("build", "--draft", "--to", "data")):
        done = run(*words, where=repository)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert "2019" in done.stdout + done.stderr
