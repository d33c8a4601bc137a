"""Reviewdog Diagnostic Format: one format that reviewdog carries to every forge it knows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from zcfdocs.reviewing.forms.findings import advice, worst_first
from zcfdocs.reviewing.model import Told

SEVERITIES = {"error": "ERROR", "warning": "WARNING", "info": "INFO"}


def rdjson(told: Sequence[Told]) -> str:
    ordered = worst_first(told)
    result = {
        "source": {"name": "zcfdocs"},
        "severity": SEVERITIES[ordered[0].severity] if ordered else "UNKNOWN_SEVERITY",
        "diagnostics": [
            {
                "message": advice(item),
                "location": {"path": item.path, **_range(item)},
                "severity": SEVERITIES[item.severity],
                "code": {"value": item.code},
            }
            for item in ordered
        ],
    }
    return json.dumps(result, ensure_ascii=False, indent=2) + "\n"


def _range(item: Told) -> dict[str, Any]:
    if not item.line:
        return {}
    return {"range": {"start": {"line": item.line, **({"column": item.column} if item.column else {})}}}
