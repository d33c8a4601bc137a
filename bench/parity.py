"""CPU of comparing a submission's copies beside making them: `./zcf tool python -m bench.parity [plan.md] [N]` (default 5, the least counts)."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from zcfdocs.loading import Shelf
from zcfdocs.manuscript.compose import compose
from zcfdocs.pipeline import dossier, examine
from zcfdocs.printing.parity import read_html, require_parity
from zcfdocs.printing.pdf import print_pdf
from zcfdocs.printing.word import print_word
from zcfdocs.scorecard import Origin

ROOT = Path(__file__).resolve().parent.parent
PLAN = ROOT / "plans/xiqing/jinhe-auto-parts/plan.md"
T = TypeVar("T")


def least(work: Callable[[], T], times: int) -> tuple[float, T]:
    """CPU seconds of this process; pandoc's own time is not in it."""
    made, best = work(), float("inf")
    for _ in range(times):
        before = time.process_time()
        made = work()
        best = min(best, time.process_time() - before)
    return best, made


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else PLAN
    times = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    found = dossier(examine(path, path.name, Shelf(ROOT / "indicators")), Origin(None))
    assert found is not None
    manuscript = compose(found)
    printing, paper = least(lambda: print_pdf(manuscript), times)
    writing, word = least(lambda: print_word(manuscript, paper.paging), times)
    comparing, _ = least(lambda: require_parity(manuscript, paper.data, word), times)
    print(f"{len(read_html(manuscript.html).blocks)} blocks: PDF {printing:.2f} s, Word {writing:.2f} s, parity {comparing:.2f} s CPU")
    print(f"parity is {comparing / (printing + writing) * 100:.0f} % of printing both")


if __name__ == "__main__":
    main()
