"""SARIF 2.1.0, which code scanning reads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from zcfdocs import __version__
from zcfdocs.reviewing.forms.findings import advice, fingerprints, reason, title, worst_first
from zcfdocs.reviewing.model import Told

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {"error": "error", "warning": "warning", "info": "note"}
MOST = 25_000  # results that GitHub reads of a run


def sarif(told: Sequence[Told]) -> str:
    """Results name the text of the rule by its place in `rules`; lines and columns count Unicode characters from 1."""
    ordered = worst_first(told)[:MOST]
    severities = {item.code: item.severity for item in reversed(ordered)}
    rules = sorted(severities)
    places = {code: index for index, code in enumerate(rules)}
    run = {
        "tool": {
            "driver": {
                "name": "zcfdocs",
                "version": __version__,
                "language": "zh-CN",
                "rules": [_rule(code, severities[code]) for code in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [
            {
                "ruleId": item.code,
                "ruleIndex": places[item.code],
                "level": LEVELS[item.severity],
                "message": {"text": advice(item)},
                "partialFingerprints": {"zcfdocs/v1": fingerprint},
                **_locations(item),
            }
            for item, fingerprint in zip(ordered, fingerprints(ordered), strict=True)
        ],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _rule(code: str, severity: str) -> dict[str, Any]:
    named, because = title(code), reason(code)
    described = {"shortDescription": {"text": named}} if named else {}
    explained = {"fullDescription": {"text": because}, "help": {"text": f"{because}\n说明：zcfdocs explain {code}"}} if because else {}
    return {"id": code, **described, **explained, "defaultConfiguration": {"level": LEVELS[severity]}}


def _locations(item: Told) -> dict[str, Any]:
    if not item.path:
        return {}
    region = {"region": {"startLine": item.line, **({"startColumn": item.column} if item.column else {})}} if item.line else {}
    return {"locations": [{"physicalLocation": {"artifactLocation": {"uri": quote(item.path), "uriBaseId": "%SRCROOT%"}, **region}}]}
