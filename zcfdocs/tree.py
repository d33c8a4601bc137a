"""YAML text → a tree of texts with their places; aliases, tags, duplicate keys and depth are findings, never expanded."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]  # re-exported from the C extension
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, MappingEndEvent, ScalarEvent, SequenceEndEvent, SequenceStartEvent, StreamEndEvent

from zcfdocs.finding import Finding, Route, Severity, define

MAX_DEPTH = 20
NULLS = {"", "~", "null", "Null", "NULL"}
# Bidirectional controls hide text from the reader ("Trojan Source"); other controls and lone surrogates cannot be printed.
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u0080-\u009f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)

YAML_WHY = "方案格式：正文之前的数据须能被任何人、任何工具读成同一个意思。"
define("Z010", Severity.ERROR, "数据区含有不可见的控制字符或双向文字控制符", why="双向控制符能让人看到的与程序读到的不同。",
       wrong="name: 天津\\u202e示例公司", right="name: 天津示例公司")  # fmt: skip
define("Z005", Severity.ERROR, "数据区不是合法的 YAML", why=YAML_WHY, wrong="factory: {name: 示例公司", right="factory: {name: 示例公司}")
define(
    "Z006",
    Severity.ERROR,
    "数据区使用了锚点或别名",
    why="别名可成倍展开，也让数值的出处不清。",
    wrong="water: *w2023",
    right="water: 62700",
)
define(
    "Z007",
    Severity.ERROR,
    "数据区使用了类型标签",
    why="每个字段的类型由方案格式规定，不由文件声明。",
    wrong="year: !!int 2024",
    right="year: 2024",
)
define("Z008", Severity.ERROR, "同一个键写了两次", why="两个值不知以哪个为准。", wrong="water: 62000\nwater: 61000", right="water: 62000")
define(
    "Z009", Severity.ERROR, "数据区嵌套过深", why=f"方案格式不超过 {MAX_DEPTH} 层。", wrong="a: [[[[[[[[[[…", right="products: [座椅总成]"
)
define("Z016", Severity.ERROR, "键不是一段简单文字", why=YAML_WHY, wrong="? [a, b]\n: 1", right="name: 示例")
define("Z017", Severity.ERROR, "数据区为空或不是键值对", why=YAML_WHY, wrong="---\n- a\n---", right="---\nformat: zcf-plan/1\n---")


NO_KEYS: Mapping[str, tuple[int, int]] = {}


class Node:
    """A value and where it stands: `value` is text, None, a list of nodes or a mapping of nodes.

    `data` is the same in plain Python, without the keys that have nothing behind them: such a key is as good as left out.
    Lines and columns count from 1, `start` and `end` are characters of the file.
    """

    __slots__ = ("column", "data", "end", "has_blanks", "keys", "line", "start", "value")

    def __init__(self, line: int, column: int, start: int) -> None:
        self.line, self.column, self.start, self.end = line, column, start, start
        self.value: str | list[Node] | dict[str, Node] | None = None
        self.data: Any = None
        self.keys = NO_KEYS
        self.has_blanks = False

    def blanks(self, route: Route = ()) -> Iterator[Route]:
        """Routes of the keys with nothing behind them; `has_blanks` of the root says whether there are any."""
        pairs = self.value.items() if isinstance(self.value, dict) else enumerate(self.value) if isinstance(self.value, list) else ()
        for step, node in pairs:
            if node.value is None:
                yield (*route, step)
            elif not isinstance(node.value, str):
                yield from node.blanks((*route, step))

    def child(self, step: str | int) -> Node | None:
        if isinstance(self.value, dict) and isinstance(step, str):
            return self.value.get(step)
        if isinstance(self.value, list) and isinstance(step, int) and 0 <= step < len(self.value):
            return self.value[step]
        return None

    def place(self, route: Route) -> tuple[int, int]:
        """Line and column of the value; of its key where the value has no text on that line; else of the nearest parent."""
        node, at = self, (self.line, self.column)
        for step in route:
            below = node.child(step)
            if below is None:
                return at
            key = node.keys.get(str(step))
            blank = below.value is None or (not isinstance(below.value, str) and key is not None and below.line > key[0])
            at = key if key is not None and blank else (below.line, below.column)
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
    root.has_blanks = reader.has_blanks
    return root, reader.findings


def _forbidden(text: str, first_line: int) -> list[Finding]:
    found = []
    for match in FORBIDDEN.finditer(text):
        before = text[: match.start()]
        line, column = before.count("\n"), match.start() - (before.rfind("\n") + 1)
        name = f"U+{ord(match.group()):04X}"
        found.append(
            Finding("Z010", (), f"此处有不可见字符 {name}", "请删去该字符后重新输入这段文字", line=first_line + line, column=column + 1)
        )
        if len(found) == 20:
            break
    return found


# libyaml's words for what went wrong → what a person did, and the mend.
SYNTAX = (
    (
        "expected ',' or",
        "括号没有成对，或各项之间缺少逗号",
        "检查这里开始的 { } 或 [ ] 是否成对，各项之间用半角逗号分隔；值里有冒号、逗号、引号时请用双引号括起",
    ),
    ("mapping values are not allowed", "此处不该再有冒号", "值里有冒号时请用双引号把整个值括起；也请检查上一行的缩进"),
    ("unexpected ':'", "括号里的值含有冒号", '请用双引号把这个值括起，如 url: "https://…"'),
    ("cannot start any token", "值不能以这个符号开头", "以 @ ` % 等符号开头的值请用双引号括起"),
    ("expected key", "缩进没有对齐", "同一层的键须从同一列开始，只用空格缩进"),
    ("expected '-' indicator", "缩进没有对齐", "同一列表的“-”须从同一列开始，只用空格缩进"),
    ("block end", "缩进没有对齐", "同一层的键或“-”须从同一列开始，只用空格缩进"),
    ("unexpected end of stream", "引号没有成对", "检查单引号、双引号是否成对"),
    ("could not find expected ':'", "键之后缺少冒号", "写成“键: 值”，半角冒号后加一个空格"),
    ("escape", "双引号里的反斜杠写法不对", "反斜杠请写两个，或改用单引号"),
)


FULL_COLON = re.compile(r"\s*(?:- )?[{]?[\w.]+：")
TIGHT_COLON = re.compile(r"\s*(?:- )?[A-Za-z_]\w*:[^\s:/]")


def _mistyped(lines: list[str], line: int, column: int) -> tuple[int, int]:
    """libyaml stumbles over what follows a key with a wrong colon: the line typed wrongly is this one or the one before."""
    for number in range(min(line, len(lines) - 1), max(line - 3, -1), -1):
        if not lines[number].lstrip().startswith("#") and (FULL_COLON.match(lines[number]) or TIGHT_COLON.match(lines[number])):
            return number, len(lines[number]) - len(lines[number].lstrip())
    return line, column


def _syntax(error: MarkedYAMLError, text: str, first_line: int) -> Finding:
    problem = str(error.problem or error.context or "")
    mark = error.problem_mark or error.context_mark
    opening = error.context_mark
    if opening is not None and mark is not None and opening.line < mark.line and ("',' or" in problem or "end of stream" in problem):
        mark = opening
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.split("\n")
    line, column = _mistyped(lines, line, column)
    shown = lines[line] if line < len(lines) else ""
    if "\t" in shown[: column + 1]:
        return Finding(
            "Z005", (), "缩进处用了制表符（Tab）", "YAML 只许用空格缩进，请把 Tab 换成空格", line=first_line + line, column=column + 1
        )
    if FULL_COLON.match(shown):
        message, hint = "键与值之间用了全角冒号“：”", "请改为半角冒号加一个空格“: ”"
    elif TIGHT_COLON.match(shown):
        message, hint = "冒号之后缺少空格", "写成“键: 值”，半角冒号后加一个空格"
    else:
        known = ((message, hint) for words, message, hint in SYNTAX if words in problem)
        message, hint = next(known, (f"YAML 语法有误（{problem}）", "检查缩进、冒号、括号和引号；值里有特殊符号时请用双引号括起"))
    return Finding("Z005", (), f"{message}：{shown.strip()[:60]}", hint, line=first_line + line, column=column + 1)


class _Reader:
    """Builds the tree from the C parser's events, in one pass."""

    def __init__(self, text: str, first_line: int, offset: int) -> None:
        self.next: Callable[[], Any] = CParser(text).get_event
        self.first_line, self.offset = first_line, offset
        self.escapes = "\\" in text
        self.has_blanks = False
        self.findings: list[Finding] = []

    def document(self) -> Node:
        self.next()
        if type(self.next()) is StreamEndEvent:
            raise Stop("Z017", self.first_line, 1, "数据区是空的", "至少要有 format、catalogue 等字段，可用 zcfdocs new 生成一份空白方案")
        root = self.node(self.next(), 0)
        if not isinstance(root.value, dict):
            raise Stop("Z017", root.line, root.column, "数据区不是“键: 值”的形式", "第一行应为 format: …")
        self.next()
        if type(after := self.next()) is not StreamEndEvent:
            line, column = self.place(after)
            raise Stop("Z005", line, column, "数据区里有第二个文档", "删去多余的分隔符“...”或“---”")
        return root

    def place(self, event: Any) -> tuple[int, int]:
        return event.start_mark.line + self.first_line, event.start_mark.column + 1

    def node(self, event: Any, depth: int) -> Node:
        mark = event.start_mark
        if event.__class__ is AliasEvent or event.anchor is not None or event.ctag is not None or depth > MAX_DEPTH:
            self.refuse(event, depth)
        node = Node(mark.line + self.first_line, mark.column + 1, mark.index + self.offset)
        if event.__class__ is ScalarEvent:
            node.end = event.end_mark.index + self.offset
            text = event.value
            if self.escapes and FORBIDDEN.search(text):
                text = self.cleaned(text, node)
            if text in NULLS and not event.style:
                self.has_blanks = True
            else:
                node.value = node.data = text
            return node
        if event.__class__ is SequenceStartEvent:
            return self.sequence(node, depth)
        return self.mapping(node, depth)

    def refuse(self, event: Any, depth: int) -> None:
        """Anchors, aliases, tags and depth: none of them belongs in a plan."""
        line, column = self.place(event)
        if event.__class__ is AliasEvent:
            raise Stop("Z006", line, column, f"使用了别名 *{event.anchor}", "请把值原样再写一遍；若要写以 * 开头的文字，请用双引号括起")
        if event.anchor is not None:
            self.findings.append(Finding("Z006", (), f"使用了锚点 &{event.anchor}", "请删去锚点，直接写值", line=line, column=column))
        if event.ctag is not None and str(event.ctag):
            self.findings.append(Finding("Z007", (), f"使用了类型标签 {event.ctag}", "请删去标签，直接写值", line=line, column=column))
        if depth > MAX_DEPTH:
            raise Stop("Z009", line, column, f"嵌套超过 {MAX_DEPTH} 层", "方案格式没有这么深的字段，请检查多余的括号或缩进")

    def cleaned(self, text: str, node: Node) -> str:
        found = FORBIDDEN.search(text)
        name = f"U+{ord(found.group()):04X}" if found else ""
        message = f"值里用转义写了不可见字符 {name}"
        self.findings.append(Finding("Z010", (), message, "请删去该字符", line=node.line, column=node.column))
        return FORBIDDEN.sub("", text)

    def sequence(self, node: Node, depth: int) -> Node:
        items: list[Node] = []
        while (event := self.next()).__class__ is not SequenceEndEvent:
            items.append(self.node(event, depth + 1))
        node.value, node.data, node.end = items, [item.data for item in items], self.end(event, items, node)
        return node

    def mapping(self, node: Node, depth: int) -> Node:
        entries: dict[str, Node] = {}
        data: dict[str, Any] = {}
        places: dict[str, tuple[int, int]] = {}
        while (event := self.next()).__class__ is not MappingEndEvent:
            mark = event.start_mark
            line, column = mark.line + self.first_line, mark.column + 1
            if event.__class__ is not ScalarEvent:
                raise Stop("Z016", line, column, "键须是一段简单文字", "键与值之间用“: ”分开，例如 name: 示例")
            key = event.value
            value = self.node(self.next(), depth + 1)
            if key in entries:
                message = f"键 {key} 写了两次，第 {places[key][0]} 行已有"
                self.findings.append(Finding("Z008", (), message, "删去其中一个", line=line, column=column))
                continue
            entries[key], places[key] = value, (line, column)
            if value.value is not None:
                data[key] = value.data
        node.value, node.data, node.keys, node.end = entries, data, places, self.end(event, list(entries.values()), node)
        return node

    def end(self, event: Any, items: list[Node], node: Node) -> int:
        """Where the text of a collection ends: at its bracket, or, a block having none, with its last item."""
        closing = event.end_mark.index
        if closing > event.start_mark.index:
            return int(closing) + self.offset
        return items[-1].end if items else node.end
