"""A plan after its pilot: the worked example with the year it promised for, what its projects reached, and new points."""

from __future__ import annotations

import io
import shutil
from copy import deepcopy
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).parent.parent
PLAN = ROOT / "plans/xiqing/jinhe-auto-parts"


def write(folder: Path) -> Path:
    """`folder/plan.md`, free of errors: the first project fell short of its promise, the second surpassed it, the third says nothing."""
    text = (PLAN / "plan.md").read_text("utf-8")
    _, front, body = text.split("---\n", 2)
    yaml = YAML(typ="rt")
    yaml.width, yaml.preserve_quotes = 10_000, True
    data: Any = yaml.load(front)
    data["stage"] = "evaluation_requested"
    data["evaluation"] = {"as_of": "2026-12-31", "period": {"start": "2025-06-01", "end": "2026-05-31"}}
    target = next(year for year in data["years"] if (year["year"], year["kind"]) == (data["accounting"]["target"], "target"))
    result = deepcopy(target)
    result["kind"] = "result"
    result["energy"][0]["amount"] = int(result["energy"][0]["amount"]) + 100
    data["years"].append(result)
    saves = [project["saves"] for project in data["projects"]]
    data["projects"][0]["achieved"] = {key: max(float(saves[0].get(key, 0)) - 1, 0) for key in ("energy", "co2", "water")}
    data["projects"][1]["achieved"] = {key: float(saves[1].get(key, 0)) + 2 for key in ("energy", "co2", "water")}
    for answer in data["indicators"]:
        if "target" in answer:
            answer["result"] = answer["target"]
    out = io.StringIO()
    yaml.dump(data, out)
    shutil.copytree(PLAN / "evidence", folder / "evidence")
    path = folder / "plan.md"
    path.write_text(f"---\n{out.getvalue()}---\n{body}", "utf-8")
    return path
