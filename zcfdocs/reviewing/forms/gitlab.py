"""GitLab's Code Quality report: a JSON list, empty where nothing was found."""

from __future__ import annotations

import json
from collections.abc import Sequence

from zcfdocs.reviewing.forms.findings import advice, fingerprints, reason, worst_first
from zcfdocs.reviewing.model import Told

SEVERITIES = {"error": "critical", "warning": "minor", "info": "info"}


def code_quality(told: Sequence[Told]) -> str:
    """GitLab shows no check_name (gitlab 578172), so the code leads the description; of two equal fingerprints it shows one."""
    ordered = worst_first(told)
    entries = [
        {
            "description": f"{item.code} {advice(item)}",
            "check_name": item.code,
            "fingerprint": fingerprint,
            "severity": SEVERITIES[item.severity],
            "location": {"path": item.path or ".", "lines": {"begin": max(item.line, 1)}},
            **({"content": {"body": because}} if (because := reason(item.code)) else {}),
        }
        for item, fingerprint in zip(ordered, fingerprints(ordered), strict=True)
    ]
    return json.dumps(entries, ensure_ascii=False, indent=2) + "\n"
