"""YAML text → a tree of texts with their places; aliases, tags, duplicate keys and depth are findings, never expanded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, MappingStartEvent, ScalarEvent, SequenceStartEvent

from zcfdocs.finding import Finding, Route, Severity, define

MAX_DEPTH = 20
NULLS = {"", "~", "null", "Null", "NULL"}
# Bidirectional controls hide text from the reader ("Trojan Source"); other controls and lone surrogates cannot be printed.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u0080-\u009f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")

YAML_WHY = "方案格式：正文之前的数据须能被任何人、任何工具读成同一个意思。"
define("Z010", Severity.ERROR, "数据区含有不可见的控制字符或双向文字控制符", why="双向控制符能让人看到的与程序读到的不同。",
       wrong="name: 天津\\u202e示例公司", right="name: 天津示例公司")  # fmt: skip
define("Z005", Severity.ERROR, "数据区不是合法的 YAML", why=YAML_WHY, wrong="factory: {name: 示例公司", right="factory: {name: 示例公司}")
define("Z006", Severity.ERROR, "数据区使用了锚点或别名", why="别名可成倍展开，也让数值的出处不清。", wrong="water: *w2023", right="water: 62700")
define("Z007", Severity.ERROR, "数据区使用了类型标签", why="每个字段的类型由方案格式规定，不由文件声明。", wrong="year: !!int 2024", right="year: 2024")
define("Z008", Severity.ERROR, "同一个键写了两次", why="两个值不知以哪个为准。", wrong="water: 62000\nwater: 61000", right="water: 62000")
define("Z009", Severity.ERROR, "数据区嵌套过深", why=f"方案格式不超过 {MAX_DEPTH} 层。", wrong="a: [[[[[[[[[[…", right="products: [座椅总成]")
define("Z016", Severity.ERROR, "键不是一段简单文字", why=YAML_WHY, wrong="? [a, b]\n: 1", right="name: 示例")
define("Z017", Severity.ERROR, "数据区为空或不是键值对", why=YAML_WHY, wrong="---\n- a\n---", right="---\nformat: zcf-plan/1\n---")


@dataclass(slots=True)
class Node:
    """A value and where it stands: `value` is text, None, a list of nodes or a mapping of nodes."""

    value: str | None | list[Node] | dict[str, Node]
    line: int
    column: int
    start: int
    end: int
    plain: bool = False
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)

    def data(self) -> Any:
        """Plain Python: dict, list, str and None."""
        if isinstance(self.value, dict):
            return {key: node.data() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.data() for node in self.value]
        return self.value

    def child(self, step: str | int) -> Node | None:
        if isinstance(self.value, dict) and isinstance(step, str):
            return self.value.get(step)
        if isinstance(self.value, list) and isinstance(step, int) and 0 <= step < len(self.value):
            return self.value[step]
        return None

    def place(self, route: Route) -> tuple[int, int]:
        """Line and column of the value, of its key where it has no text, else of the nearest parent that is there."""
        node, at = self, (self.line, self.column)
        for step in route:
            below = node.child(step)
            if below is None:
                return node.keys.get(str(step), at)
            at = (below.line, below.column)
            if below.value is None and isinstance(step, str):
                at = node.keys[step]
            node = below
        return at

    def key_place(self, route: Route) -> tuple[int, int]:
        """Line and column of the key itself."""
        node: Node | None = self
        for step in route[:-1]:
            node = node.child(step) if node else None
        return node.keys.get(str(route[-1]), self.place(route)) if node and route else self.place(route)


class Stop(Exception):
    """Reading cannot go on past this finding."""

    def __init__(self, code: str, line: int, column: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.finding = Finding(code, (), message, hint, line=line, column=column)


def parse(text: str, first_line: int = 1, offset: int = 0) -> tuple[Node | None, list[Finding]]:
    """Read one YAML mapping whose text begins on `first_line` at character `offset` of its file."""
    found = _forbidden(text, first_line)
    if any(finding.severity is Severity.ERROR for finding in found):
        return None, found
    reader = _Reader(text, first_line, offset)
    try:
        root = reader.document()
    except Stop as stop:
        return None, [*reader.findings, stop.finding]
    except MarkedYAMLError as error:
        return None, [*reader.findings, _syntax(error, text, first_line)]
    except (YAMLError, ValueError) as error:
        message = f"数据区不是合法的 YAML：{error}"
        return None, [*reader.findings, Finding("Z005", (), message, line=first_line, column=1)]
    return root, reader.findings


def _forbidden(text: str, first_line: int) -> list[Finding]:
    found = []
    for match in FORBIDDEN.finditer(text):
        before = text[: match.start()]
        line, column = before.count("\n"), match.start() - (before.rfind("\n") + 1)
        name = f"U+{ord(match.group()):04X}"
        found.append(Finding("Z010", (), f"此处有不可见字符 {name}", "请删去该字符后重新输入这段文字", line=first_line + line, column=column + 1))
        if len(found) == 20:
            break
    return found


def _syntax(error: MarkedYAMLError, text: str, first_line: int) -> Finding:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.split("\n")
    shown = lines[line] if line < len(lines) else ""
    problem = str(error.problem or error.context or "")
    if "\t" in shown[: column + 1] or "'\\t'" in problem:
        return Finding("Z005", (), "缩进处用了制表符（Tab）", "YAML 只许用空格缩进，请把 Tab 换成空格", line=first_line + line, column=column + 1)
    if "：" in shown and ":" not in shown:
        hint = "键与值之间须用半角冒号加空格“: ”，此行用的是全角“：”"
    elif "did not find expected ',' or" in problem or "expected ',' or" in problem:
        hint = "检查花括号 { } 和方括号 [ ] 是否成对，各项之间是否用半角逗号分隔；值里有冒号、逗号、引号时请用双引号括起"
    else:
        hint = "检查缩进是否对齐、冒号后是否有空格；值里有 : # { } [ ] , & * 等符号时请用双引号括起"
    return Finding("Z005", (), f"YAML 语法有误（{problem}）：{shown.strip()[:60]}", hint, line=first_line + line, column=column + 1)


class _Reader:
    """Builds the tree from parse events, in one pass."""

    def __init__(self, text: str, first_line: int, offset: int) -> None:
        self.events: Iterator[Any] = iter(YAML(typ="safe").parse(text))
        self.first_line, self.offset = first_line, offset
        self.findings: list[Finding] = []

    def document(self) -> Node:
        next(self.events)
        if type(next(self.events)).__name__ == "StreamEndEvent":
            raise Stop("Z017", self.first_line, 1, "数据区是空的", "至少要有 format、catalogue 等字段，可用 zcfdocs new 生成一份空白方案")
        root = self.node(next(self.events), 0)
        if not isinstance(root.value, dict):
            raise Stop("Z017", root.line, root.column, "数据区不是“键: 值”的形式", "第一行应为 format: …")
        next(self.events)
        if type(after := next(self.events)).__name__ != "StreamEndEvent":
            line, column = self.place(after)
            raise Stop("Z005", line, column, "数据区里有第二个文档", "删去多余的分隔符“...”或“---”")
        return root

    def place(self, event: Any) -> tuple[int, int]:
        return event.start_mark.line + self.first_line, event.start_mark.column + 1

    def node(self, event: Any, depth: int) -> Node:
        line, column = self.place(event)
        if isinstance(event, AliasEvent):
            raise Stop("Z006", line, column, f"使用了别名 *{event.anchor}", "请把值原样再写一遍；若要写以 * 开头的文字，请用双引号括起")
        if event.anchor is not None:
            self.findings.append(Finding("Z006", (), f"使用了锚点 &{event.anchor}", "请删去锚点，直接写值", line=line, column=column))
        if getattr(event, "tag", None) is not None:
            self.findings.append(Finding("Z007", (), f"使用了类型标签 {event.tag}", "请删去标签，直接写值", line=line, column=column))
        if depth > MAX_DEPTH:
            raise Stop("Z009", line, column, f"嵌套超过 {MAX_DEPTH} 层", "方案格式没有这么深的字段，请检查多余的括号或缩进")
        start, end = event.start_mark.index + self.offset, event.end_mark.index + self.offset
        if isinstance(event, ScalarEvent):
            plain = event.style in (None, "")
            value = None if plain and event.value in NULLS else str(event.value)
            if value is not None and (bad := FORBIDDEN.search(value)):
                name = f"U+{ord(bad.group()):04X}"
                self.findings.append(Finding("Z010", (), f"值里用转义写了不可见字符 {name}", "请删去该字符", line=line, column=column))
                value = FORBIDDEN.sub("", value)
            return Node(value, line, column, start, end, plain)
        if isinstance(event, SequenceStartEvent):
            return self.sequence(Node([], line, column, start, end), depth)
        if isinstance(event, MappingStartEvent):
            return self.mapping(Node({}, line, column, start, end), depth)
        raise Stop("Z005", line, column, "YAML 语法有误")

    def sequence(self, node: Node, depth: int) -> Node:
        items: list[Node] = []
        while not (event := next(self.events)).__class__.__name__.startswith("SequenceEnd"):
            items.append(self.node(event, depth + 1))
        node.value = items
        node.end = max([event.end_mark.index + self.offset if _flow(event) else 0, *(item.end for item in items)], default=node.end)
        return node

    def mapping(self, node: Node, depth: int) -> Node:
        entries: dict[str, Node] = {}
        while not (event := next(self.events)).__class__.__name__.startswith("MappingEnd"):
            line, column = self.place(event)
            if not isinstance(event, ScalarEvent):
                raise Stop("Z016", line, column, "键须是一段简单文字", "键与值之间用“: ”分开，例如 name: 示例")
            key = str(event.value)
            value = self.node(next(self.events), depth + 1)
            if key in entries:
                first = node.keys[key][0]
                self.findings.append(Finding("Z008", (), f"键 {key} 写了两次，第 {first} 行已有", "删去其中一个", line=line, column=column))
                continue
            entries[key], node.keys[key] = value, (line, column)
        node.value = entries
        node.end = max([event.end_mark.index + self.offset if _flow(event) else 0, *(item.end for item in entries.values())], default=node.end)
        return node


def _flow(event: Any) -> bool:
    """A flow collection's end event has width (its bracket); a block's is empty."""
    return bool(event.end_mark.index > event.start_mark.index)
