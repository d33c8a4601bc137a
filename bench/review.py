"""What a review costs: `./zcf tool python -m bench.review [--plans 100,1000] [--times 5]`.

For each number of invented plans (`bench/round.py`) one published plan gets another figure and another word, which is committed and
reviewed with `zcfdocs review HEAD~1..HEAD --format json` in a process of its own, so many times, the sizes in turn. Printed: medians of
CPU (user + system, of the process and its children), which may be 2 s at 1,000 plans, and beside it what starting the command alone
takes (`zcfdocs --version`-like: `zcfdocs review --help`).
"""

from __future__ import annotations

import argparse
import re
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.round import commit, write_round

ZCFDOCS = [sys.executable, "-m", "zcfdocs.cli"]
LIMIT = 2.0


def cost(home: Path, *arguments: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run([*ZCFDOCS, *arguments], cwd=home, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if run.returncode not in (0, 1):
        sys.exit(f"zcfdocs {' '.join(arguments)}: exit {run.returncode}\n{run.stderr[-2000:]}")
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def edited(home: Path) -> None:
    """Another amount of power and another word in the first plan that is there."""
    path = min((home / "plans").rglob("plan.md"))
    text = path.read_text("utf-8")
    text, count = re.subn(r"(carrier: \w+[^}]*?amount: )(\d+)", lambda match: f"{match[1]}{int(match[2]) + 1}", text, count=1)
    if not count:
        sys.exit(f"{path}: no amount to change")
    path.write_text(f"{text}\n补充一段说明。\n", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plans", default="100,1000")
    parser.add_argument("--times", type=int, default=5)
    asked = parser.parse_args()
    sizes = [int(number) for number in asked.plans.split(",")]
    with tempfile.TemporaryDirectory(prefix="zcf-bench-review-") as folder:
        homes = {}
        for number in sizes:
            homes[number] = home = Path(folder) / str(number)
            write_round(home, number, 1)
            edited(home)
            commit(home, "改动一份方案", "2026-01-06")
            subprocess.run(["git", "repack", "-adq"], cwd=home, check=True)  # noqa: S607  # whoever has the project has git
        spent: dict[int, list[float]] = {number: [] for number in sizes}
        start: list[float] = []
        for _ in range(asked.times):
            start.append(cost(homes[sizes[0]], "review", "--help"))
            for number in sizes:
                spent[number].append(cost(homes[number], "review", "HEAD~1..HEAD", "--format", "json"))
    print(f"starting the command: {statistics.median(start):.2f} s CPU")
    for number in sizes:
        print(
            f"{number:>6} plans: {statistics.median(spent[number]):.2f} s CPU (median of {asked.times}, {min(spent[number]):.2f}–{max(spent[number]):.2f})"
        )
    if statistics.median(spent[sizes[-1]]) > LIMIT:
        sys.exit(f"over {LIMIT} s at {sizes[-1]} plans")


if __name__ == "__main__":
    main()
