"""JUnit XML: a suite a plan, a test a check, so that a clean plan is seen to have been checked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from lxml import etree

from zcfdocs.finding import CODES
from zcfdocs.reviewing.forms.findings import advice, title, worst_first
from zcfdocs.reviewing.model import Told
from zcfdocs.site.markup import plain

NOWHERE = "（不属于哪份方案）"


def junit(told: Sequence[Told], paths: Sequence[str]) -> str:
    """`paths`: every plan that was looked at. An error fails its test; a warning or information passes and is told in the output."""
    by_path: dict[str, list[Told]] = {path: [] for path in paths}
    for item in worst_first(told):
        by_path.setdefault(item.path or NOWHERE, []).append(item)
    root = etree.Element("testsuites", name="zcfdocs")
    for path, found in by_path.items():
        _suite(root, path, found)
    _count(root, (found for listed in by_path.values() for found in listed), sum(len(suite) for suite in root))
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True).decode()


def _suite(root: Any, path: str, found: Sequence[Told]) -> None:
    name = plain(path)
    suite = etree.SubElement(root, "testsuite", name=name)
    for code in sorted({*CODES, *(item.code for item in found)}):
        case = etree.SubElement(suite, "testcase", name=f"{code} {title(code)}".rstrip(), classname=name, time="0")
        own = [item for item in found if item.code == code]
        errors = [item for item in own if item.is_error]
        if errors:
            failure = etree.SubElement(case, "failure", type=code, message=plain(errors[0].message))
            failure.text = _lines(errors)
        if rest := [item for item in own if not item.is_error]:
            etree.SubElement(case, "system-out").text = _lines(rest)
    _count(suite, found, len(suite))


def _count(element: Any, found: Iterable[Told], tests: int) -> None:
    failures = len({(item.path, item.code) for item in found if item.is_error})
    for key, value in (("tests", tests), ("failures", failures), ("errors", 0)):
        element.set(key, str(value))


def _lines(found: Sequence[Told]) -> str:
    """`path:line:col message`, then how to mend it, as `check` prints it."""
    return "\n".join(line for item in found for line in (f"{plain(item.path)}:{item.line}:{item.column} {plain(advice(item))}",))
