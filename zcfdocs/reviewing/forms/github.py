"""Workflow commands that GitHub shows beside the lines of a pull request."""

from collections.abc import Iterator, Sequence

from zcfdocs.reviewing.forms.findings import advice, title, worst_first
from zcfdocs.reviewing.model import Told

# GitHub drops without a word what a step says beyond ten errors, ten warnings and ten notices (git-and-web 3.1).
MOST = 10
LEVELS = {"error": "error", "warning": "warning", "info": "notice"}
ESCAPES = {"%": "%25", "\r": "%0D", "\n": "%0A"}
IN_PROPERTY = {":": "%3A", ",": "%2C"}


def annotations(told: Sequence[Told]) -> str:
    """A command a line; where there are more than GitHub shows, the last one says how many more."""
    return "".join(
        f"{line}\n" for severity in LEVELS for line in _level(severity, [item for item in worst_first(told) if item.severity == severity])
    )


def _level(severity: str, told: Sequence[Told]) -> Iterator[str]:
    shown = told if len(told) <= MOST else told[: MOST - 1]
    yield from map(_command, shown)
    if left := len(told) - len(shown):
        yield f"::{LEVELS[severity]} title=还有 {left} 条::还有 {left} 条没有列在这里，见评审报告"


def _command(item: Told) -> str:
    named = title(item.code)
    properties = {"file": item.path, "line": item.line, "col": item.column, "title": f"{item.code} {named}".rstrip()}
    written = ",".join(f"{key}={_escaped(str(value), ESCAPES | IN_PROPERTY)}" for key, value in properties.items() if value)
    return f"::{LEVELS[item.severity]} {written}::{_escaped(advice(item), ESCAPES)}"


def _escaped(text: str, escapes: dict[str, str]) -> str:
    """No line of it can be taken for another command; control and direction characters mean nothing to a log."""
    shown = (character if character.isprintable() or character in "\r\n" else " " for character in text)
    return "".join(escapes.get(character, character) for character in shown)
