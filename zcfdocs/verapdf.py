"""An outside judge of PDF/A for those who have it: veraPDF, named by the user, is run on the finished copies."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from zcfdocs.errors import ZcfError

FLAVOUR = "3a"
TIMEOUT = 600
VERDICT = re.compile(r"^(PASS|FAIL) (.+?)(?: [0-9a-z]+)?$")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`rules` are the clauses of ISO 19005-3 that veraPDF names as broken."""

    path: Path
    passed: bool
    rules: tuple[str, ...] = ()


def judge(program: Path, files: Sequence[Path]) -> list[Verdict]:
    """One verdict for each file, in one run. Raises ZcfError where the program cannot be run or says nothing of a file."""
    if not files:
        return []
    command = [str(program), "--flavour", FLAVOUR, "--format", "text", "-v", *map(str, files)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=TIMEOUT, check=False)
    except OSError as error:
        raise ZcfError(
            f"不能运行 veraPDF：{program}（{error.strerror}）", "写 veraPDF 命令的完整路径，安装见 https://docs.verapdf.org/install/"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise ZcfError(f"veraPDF 超过 {TIMEOUT} 秒没有完成", "减少方案后再试") from error
    found = {Path(path): Verdict(Path(path), passed, rules) for path, passed, rules in _read(done.stdout.decode("utf-8", "replace"))}
    missing = [path for path in files if path not in found]
    if missing:
        told = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise ZcfError(
            f"veraPDF 没有给出 {missing[0]} 的结论（退出码 {done.returncode}）", told[-1] if told else "单独运行 veraPDF 检查此文件"
        )
    return [found[path] for path in files]


def _read(report: str) -> list[tuple[str, bool, tuple[str, ...]]]:
    """Its text report: a line for each file, below it, indented, one for each broken rule."""
    found: list[tuple[str, bool, tuple[str, ...]]] = []
    for line in report.splitlines():
        if match := VERDICT.match(line):
            found.append((match[2], match[1] == "PASS", ()))
        elif found and line.startswith(" ") and line.strip():
            path, passed, rules = found[-1]
            found[-1] = (path, passed, (*rules, line.strip().removeprefix("FAIL ")))
    return found
