"""Realistic changes and the report an officer reads of each: `tests/cases_review/<name>/change.yaml`, and beside it `report.md`.

`ZCF_GOLDEN=write pytest tests/test_review_reports.py` writes the reports anew, to be read in the diff.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.changing import Plans, apply
from zcfdocs.reviewing.forms.markdown import markdown

CASES = sorted(path.parent for path in (Path(__file__).parent / "cases_review").glob("*/change.yaml"))
COMMIT = re.compile(r"\b[0-9a-f]{12}\b")


def told(change: dict[str, Any], plans: Plans) -> str:
    if "before" in change:
        apply(change["before"], plans)
        plans.settle()
    apply(change, plans)
    return COMMIT.sub("<提交>", markdown(plans.review(change.get("by"))))


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_each_change_is_told_as_it_was_read_and_found_clear(folder: Path, tmp_path: Path) -> None:
    change = YAML(typ="safe").load(folder / "change.yaml")
    report, wanted = told(change, Plans(tmp_path / "plans")), folder / "report.md"
    if os.environ.get("ZCF_GOLDEN") == "write":
        wanted.write_text(report, "utf-8")
    assert report == wanted.read_text("utf-8")
