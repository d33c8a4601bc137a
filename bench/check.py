"""CPU of `zcfdocs check` per plan: `./zcf tool python -m bench.check [N]` (default 1000), user + system time, start-up taken off.

N copies of the worked plan, each with its own code, certificates and evidence folder, are written to a temporary folder.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from zcfdocs.fields import USCC_ALPHABET, uscc_check

ROOT = Path(__file__).resolve().parent.parent
ORACLE = ROOT / "tests" / "cases" / "oracle"


def write_plans(home: Path, count: int) -> None:
    """`plans/xiqing/plan-0001/…`: whole plans, each valid beside the others."""
    text = (ORACLE / "plan.md").read_text(encoding="utf-8")
    for number in range(count):
        digits = f"{number:05d}"
        base = "91120111" + "MA0" + "".join(USCC_ALPHABET[int(digit)] for digit in digits) + "X"
        code = base + uscc_check(base)
        folder = home / "plans" / "xiqing" / f"plan-{digits}"
        shutil.copytree(ORACLE / "evidence", folder / "evidence")
        own = text.replace("91120111MA0EXAMP1P", code).replace("GEC-2024-MA0EXAMP-", f"GEC-2024-{digits}-")
        (folder / "plan.md").write_text(own, encoding="utf-8")


def cpu(command: list[str], where: Path) -> tuple[float, int]:
    """User and system seconds of a finished child, and how many findings it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run(command, cwd=where, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, len(json.loads(run.stdout))


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    program = str(Path(sys.executable).with_name("zcfdocs"))
    with tempfile.TemporaryDirectory() as room:
        home = Path(room)
        write_plans(home, count)
        one = [program, "check", "plans/xiqing/plan-00000", "--format", "json"]
        alone = min(cpu(one, home)[0] for _ in range(3))
        whole, findings = cpu([program, "check", "--format", "json"], home)
    print(f"{count} plans: {whole:.2f} s CPU, {findings} findings; start-up and one plan {alone:.2f} s")
    print(f"{(whole - alone) / (count - 1) * 1000:.2f} ms CPU per plan")


if __name__ == "__main__":
    main()
