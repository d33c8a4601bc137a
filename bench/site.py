"""How the public site grows: `./zcf tool python -m bench.site [--plans 100,1000] [--edit] [--pages]` (default 40,200; 100,1000 takes an hour, with `--pages` half of it).

For each number of invented plans (`bench/round.py`) the site is built cold, `zcfdocs build --to site --public` in a process of its own
with neither cache nor output. Printed: CPU (user + system, of the process and its children) for a plan's page, which may be 1.15 times as
much at the larger number; how much the same plans' pages grow, at most 5 %; the search index for a page. With `--edit` one published
plan gets another word and another figure, is committed and built warm: at most a fifth of a cold build's CPU, and the same bytes.
`--pages` leaves out the PDFs, whose cost a plan is the same at any number, and builds a preview, as `zcfdocs serve` does.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.round import commit, write_round

COMMAND = [sys.executable, "-m", "zcfdocs.cli", "build", "--to", "site", "--public", "--keep-going"]
PAGES = """
from pathlib import Path
from zcfdocs.build import build
from zcfdocs.jobs import Options
home = Path.cwd()
if __name__ == "__main__":
    build(Options((home / "plans",), home, home / "dist", ("site",), keep_going=True, show_findings=True), lambda line: None)
"""
PER_PAGE, GROWTH, WARM = 1.15, 1.05, 0.2


@dataclass(frozen=True, slots=True)
class Site:
    """One built site: CPU seconds, every file's digest and size, and which of them are plans' pages."""

    cpu: float
    files: dict[str, tuple[str, int]]
    pages: frozenset[str]

    def index(self) -> int:
        return sum(size for name, (_, size) in self.files.items() if name.startswith("search/"))


def build(home: Path, pages_only: bool) -> Site:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = COMMAND if not pages_only else [sys.executable, str(home / "pages.py")]
    (home / "pages.py").write_text(PAGES, "utf-8")
    run = subprocess.run(command, cwd=home, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if run.returncode:
        sys.exit(f"{' '.join(command[1:])}: exit {run.returncode}\n{(run.stdout + run.stderr)[-2000:]}")
    out = home / "dist" / "site"
    found = {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}
    files = {name: (hashlib.sha256(data).hexdigest(), len(data)) for name, data in found.items()}
    return Site(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, files, plan_pages(files))


def plan_pages(files: dict[str, tuple[str, int]]) -> frozenset[str]:
    return frozenset(name for name in files if re.fullmatch(r"plans/[^/]+/[^/]+/index\.html", name))


def cold(home: Path, pages_only: bool) -> Site:
    for made in (home / ".zcf-cache", home / "dist"):
        shutil.rmtree(made, ignore_errors=True)
    return build(home, pages_only)


def edit(home: Path) -> str:
    """Another word in the body and another degree claimed, in a plan that is under construction."""
    path = next(path for path in sorted(home.glob("plans/*/*/plan.md")) if "\nstage: building\n" in path.read_text(encoding="utf-8"))
    text = path.read_text(encoding="utf-8")
    front, body = text.split("\n---\n", 1)
    front = re.sub(r"(\{id: 2\.1\.1, now: )[\d.]+", r"\g<1>0.15", front, count=1)
    path.write_text(f"{front}\n---\n{body.replace('试点', '示范试点', 1)}", encoding="utf-8")
    commit(home, "修订", "2025-11-06")
    return path.parent.relative_to(home / "plans").as_posix()


def verdict(name: str, value: float, goal: float) -> None:
    print(f"{name} {value:.3f} (goal at most {goal}): {'kept' if value <= goal else 'MISSED'}")


def told(count: int, site: Site) -> None:
    size = sum(size for _, size in site.files.values())
    each = len(site.pages)
    print(
        f"{count} plans: {each} pages of plans, {site.cpu:.1f} s CPU, {site.cpu / each * 1000:.0f} ms a page; {size / each / 1024:.0f} KiB a page "
        f"in {len(site.files)} files, of it {site.index() / each / 1024:.1f} KiB search index"
    )


def compare(few: Site, many: Site) -> None:
    verdict("CPU a page, many to few:", many.cpu / len(many.pages) / (few.cpu / len(few.pages)), PER_PAGE)
    added = len(many.pages) - len(few.pages)
    print(f"  each page beyond the few: {(many.cpu - few.cpu) / added * 1000:.0f} ms")
    growth = {name: many.files[name][1] / few.files[name][1] for name in few.pages & many.pages}
    most = max(growth, key=lambda name: growth[name])
    verdict("size of the same pages, median:", statistics.median(growth.values()), GROWTH)
    verdict("size of the same pages, largest:", growth[most], GROWTH)
    if growth[most] > GROWTH:
        print(f"  {most}: {few.files[most][1]} → {many.files[most][1]} bytes")
    others = {name: size for name, (_, size) in many.files.items() if name.endswith(".html") and name not in many.pages}
    for name in sorted(others, key=lambda name: -others[name])[:3]:
        print(f"  {name}: {few.files.get(name, ('', 0))[1] // 1024} → {others[name] // 1024} KiB")


def warm(home: Path, pages_only: bool) -> None:
    """After one edit: CPU of a warm build against a cold one of the same folder, and whether both give the same bytes."""
    place = edit(home)
    again = build(home, pages_only)
    anew = cold(home, pages_only)
    verdict(f"one edit ({place}), warm to cold CPU: {again.cpu:.1f} s / {anew.cpu:.1f} s =", again.cpu / anew.cpu, WARM)
    unlike = sorted(name for name in again.files.keys() | anew.files.keys() if again.files.get(name) != anew.files.get(name))
    print("the same bytes as a cold build" if not unlike else f"OTHER BYTES in {len(unlike)} files: {', '.join(unlike[:5])}")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--plans", default="40,200", help="two numbers of plans, the smaller first")
    asked.add_argument("--edit", action="store_true", help="also edit one plan of the larger number, and build warm")
    asked.add_argument("--pages", action="store_true", help="without the PDFs")
    given = asked.parse_args()
    counts = [int(number) for number in given.plans.split(",")]
    built = []
    with tempfile.TemporaryDirectory() as room:
        for count in counts:
            home = Path(room) / str(count)
            write_round(home, count)
            built.append(cold(home, given.pages))
            told(count, built[-1])
        if len(built) > 1:
            compare(built[0], built[-1])
        if given.edit:
            warm(home, given.pages)


if __name__ == "__main__":
    main()
