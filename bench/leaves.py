"""YAML whose leaves are text as it is written: read, and written in the style of the example plans."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML

Data = dict[str, Any]
PLAIN = re.compile(r"[\w“‘《（][\w“”‘’（）《》、，。；：！％/+.@%-]*(?: [\w/.-]+)*")
WIDE, LONG = 200, 100


def read(text: str) -> Data:
    """1.10 stays 1.10."""
    loaded: Data = YAML(typ="base").load(text)
    return loaded


def write(data: Data) -> str:
    """Front matter in the style of the example: short values in a line, long ones in a block."""
    return "".join(f"{line.rstrip()}\n" for line in _block(data))


def _block(data: Data) -> Iterator[str]:
    for key, value in data.items():
        flow = _flow(value)
        if isinstance(value, str) and "\n" in value:
            yield f"{key}: |"
            yield from (f"  {line}" for line in value.splitlines())
        elif isinstance(value, str) or not value or (len(flow) < LONG and key != "evidence"):
            yield f"{key}: {flow}"
        else:
            yield f"{key}:"
            yield from (f"  {line}" for line in (_block(value) if isinstance(value, dict) else _items(value)))


def _items(values: list[Data]) -> Iterator[str]:
    for value in values:
        flow = _flow(value)
        lines = iter([flow] if len(flow) < WIDE or "energy" not in value else _block(value))
        yield f"- {next(lines)}"
        yield from (f"  {line}" for line in lines)


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {_flow(item)}' for key, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    text = str(value)
    return text if PLAIN.fullmatch(text) else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
