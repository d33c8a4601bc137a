"""Time to read the history of many plans: `./zcf tool python -m bench.history [PLANS COMMITS]` (default 5000 and 20000), wall and CPU.

A repository is made with `git fast-import` and packed as a server packs it: the worked plan under many names with figures of its own,
each commit a change of one plan, every eighth of two; half of them move it a stage on. Beside ours, in the same run, a plain
`git log --raw` and a plain `git cat-file --batch` of the same texts.
"""

from __future__ import annotations

import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from bench.round import code
from zcfdocs.history import history
from zcfdocs.places import INDICATORS
from zcfdocs.store import Store

ROOT = Path(__file__).resolve().parent.parent
ORACLE = (ROOT / "tests/cases/oracle/plan.md").read_text(encoding="utf-8")
DISTRICTS = re.findall(r"\{key: ([a-z-]+), .*?code: \"?(\d{6})", (INDICATORS / "tianjin-2025/districts.yaml").read_text(encoding="utf-8"))
STAGES = ("draft", "submitted", "district_review", "recommended", "city_review", "site_visit", "candidate", "revised", "building")
FIRST = 1_700_000_000


def plan(number: int, chance: Random) -> str:
    """Amounts and codes of its own on every line that has one."""
    _, place = DISTRICTS[number % len(DISTRICTS)]
    text = ORACLE.replace("91120111MA0EXAMP1P", code(place, number)).replace("GEC-2024-MA0EXAMP-", f"GEC-2024-{number:05}-")
    return re.sub(r"amount: (\d{2,})", lambda found: f"amount: {int(found[1]) * chance.randint(5_000, 15_000) / 10_000:.3f}", text)


def stream(plans: int, commits: int) -> Iterator[bytes]:
    chance = Random(1)
    texts: dict[int, tuple[str, int]] = {}
    for step in range(commits):
        changed = [step] if step < plans else chance.sample(range(plans), 1 if step % 8 else 2)
        yield f"commit refs/heads/main\ncommitter 示例 <a@example.com> {FIRST + step * 600} +0800\ndata 1\nx\n".encode()
        for number in changed:
            text, stage = texts.get(number) or (plan(number, chance), 0)
            if number in texts and chance.random() < 0.5 and stage + 1 < len(STAGES):
                text, stage = text.replace(f"\nstage: {STAGES[stage]}\n", f"\nstage: {STAGES[stage + 1]}\n", 1), stage + 1
            else:
                text = re.sub(r"amount: \d{2,}", f"amount: {chance.randint(1000, 90000)}", text, count=1)
            texts[number] = (text, stage)
            data = text.encode()
            district = DISTRICTS[number % len(DISTRICTS)][0]
            yield f"M 100644 inline plans/{district}/plan-{number:05}/plan.md\ndata {len(data)}\n".encode() + data + b"\n"


def write_repository(home: Path, plans: int, commits: int) -> None:
    git(home, "init", "-q", "-b", "main")
    process = subprocess.Popen(["git", "fast-import", "--quiet"], cwd=home, stdin=subprocess.PIPE)  # noqa: S607  # whoever has the project has git
    assert process.stdin is not None
    for piece in stream(plans, commits):
        process.stdin.write(piece)
    process.stdin.close()
    if process.wait():
        raise SystemExit("git fast-import failed")
    git(home, "repack", "-adfq", "--window=10")


def git(home: Path, *arguments: str, given: bytes = b"") -> bytes:
    return subprocess.run(["git", *arguments], cwd=home, input=given, stdout=subprocess.PIPE, check=True).stdout  # noqa: S607  # likewise


def seconds(work: Callable[[], object], times: int = 1) -> tuple[float, float]:
    """Wall and CPU with that of children, the best of several."""

    def cpu() -> float:
        used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return sum(one.ru_utime + one.ru_stime for one in used)

    found = []
    for _ in range(times):
        began, used = time.perf_counter(), cpu()
        work()
        found.append((time.perf_counter() - began, cpu() - used))
    return min(wall for wall, _ in found), min(used for _, used in found)


def main() -> None:
    plans, commits = (int(given) for given in sys.argv[1:3]) if len(sys.argv) > 2 else (5000, 20_000)
    with tempfile.TemporaryDirectory(prefix="zcf-history-") as room:
        home = Path(room) / "repository"
        (home / "plans").mkdir(parents=True)
        write_repository(home, plans, commits)
        raw = git(home, "log", "--first-parent", "--raw", "--no-abbrev", "--no-renames", "--format=", "HEAD")
        names = b"".join(line.split()[3] + b"\n" for line in raw.splitlines())
        packed = sum(path.stat().st_size for path in (home / ".git/objects/pack").glob("*.pack")) >> 20
        print(f"{plans} plans, {commits} commits, {names.count(bytes([10]))} changes, pack {packed} MB")
        measure(home, names, Store(Path(room) / "cache"))


def measure(home: Path, names: bytes, store: Store) -> None:
    log = seconds(lambda: git(home, "log", "-z", "--first-parent", "--raw", "--no-abbrev", "--no-renames", "--format=%H %cs", "HEAD"), 2)
    texts = seconds(lambda: git(home, "cat-file", "--batch", "--buffer", given=names))
    last = git(home, "rev-parse", "HEAD").decode().strip()
    cold = seconds(lambda: history(home / "plans"), 2)
    git(home, "update-ref", "refs/heads/main", f"{last}~100")
    history(home / "plans", store)
    git(home, "update-ref", "refs/heads/main", last)
    newer = seconds(lambda: history(home / "plans", store))
    warm = seconds(lambda: history(home / "plans", store), 3)
    assert history(home / "plans", store) == history(home / "plans")
    told = {"git log --raw": log, "git cat-file": texts, "cold": cold, "100 newer commits": newer, "warm": warm}
    for name, (wall, used) in told.items():
        print(f"{name:18} {wall:6.2f} s wall {used:6.2f} s CPU  {wall / log[0]:5.2f} × git log")


if __name__ == "__main__":
    main()
