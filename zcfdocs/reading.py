"""plan.md on disk → the plan, its body, its places and its findings; nothing here trusts the file."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass, replace
from pathlib import Path

from zcfdocs.evidence import Evidence, survey
from zcfdocs.finding import Finding, Route, Severity, define
from zcfdocs.plan import Plan
from zcfdocs.tree import FORBIDDEN, Node, parse
from zcfdocs.typed import read, unknown_blanks

MAX_FILE = 2 * 1024 * 1024
MAX_FRONT = 256 * 1024
MAX_LINE = 5000
FENCE = "---"

E = Severity.ERROR
define("Z001", E, "文件不是 UTF-8 编码", why="方案是 UTF-8 文本，才能在任何系统上读成同样的字。", wrong="以 GBK 保存", right="另存为 UTF-8")
define(
    "Z002",
    E,
    "文件过大或某行过长",
    why="过大的文件会拖垮审阅和排版；扫描件应放在 evidence/。",
    wrong="把图片以 base64 写进正文",
    right="图片放在 evidence/",
)
define(
    "Z003",
    E,
    "没有数据区",
    why="方案以 --- 开头，先数据、后正文。",
    wrong="# 一、工作基础（第一行）",
    right="---\nformat: zcf-plan/1\n…\n---\n# 一、工作基础",
)
define(
    "Z004", E, "数据区没有结束", why="数据区以单独一行 --- 结束。", wrong="---\nformat: zcf-plan/1\n（直到文件末尾）", right="---\n…\n---"
)
define(
    "Z011",
    E,
    "正文含有不可见的控制字符或双向文字控制符",
    why="双向控制符能让人看到的与程序读到的不同。",
    wrong="正文中有 U+202E",
    right="删去该字符",
)
define(
    "Z012",
    E,
    "方案文件不是普通文件",
    why="不跟随链接：链接可指向仓库以外的文件。",
    wrong="plan.md → /etc/passwd",
    right="plan.md 为普通文件",
)
define("Z013", E, "文件是空的", why="空文件不是方案。", wrong="（空）", right="用 zcfdocs new 生成空白方案")


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a plan.md with the tree of its front-matter; lines count from 1 in the file."""

    path: str
    folder: Path
    text: str
    root: Node | None
    body: str
    body_line: int

    def locate(self, finding: Finding) -> Finding:
        """Look the route up; findings of the body bring their own line."""
        if finding.line:
            return replace(finding, path=self.path)
        if self.root is None:
            return finding.at(self.path, 1, 1)
        find = self.root.key_place if finding.code == "Z102" else self.root.place
        return finding.at(self.path, *find(finding.route))

    def line_of(self, route: Route) -> int:
        return self.root.place(route)[0] if self.root else 1


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as far as it could be read; `plan` is None where nothing in it can be judged."""

    source: Source
    plan: Plan | None
    evidence: Evidence
    findings: tuple[Finding, ...]
    holes: frozenset[Route]


def read_plan(path: Path, shown: str) -> Reading:
    """Read a plan.md; every problem is a finding with the path `shown`."""
    folder = path.parent
    raw, problem = _bytes(path)
    if problem:
        return _unread(Source(shown, folder, "", None, "", 1), problem)
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line, column = before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1
        finding = Finding(
            "Z001", (), f"第 {error.start} 字节 0x{raw[error.start]:02X} 不是 UTF-8", "请用编辑器“另存为 UTF-8”", line=line, column=column
        )
        return _unread(Source(shown, folder, "", None, "", 1), finding)
    return read_text(text, folder, shown)


def read_text(text: str, folder: Path, shown: str) -> Reading:
    """The same from text already in hand (LF, no BOM)."""
    if not text.strip():
        finding = Finding("Z013", (), "文件是空的", "可用 zcfdocs new <辖区>/<名称> 生成一份空白方案", line=1, column=1)
        return _unread(Source(shown, folder, text, None, "", 1), finding)
    front, body, body_line, problem = split(text)
    if problem:
        return _unread(Source(shown, folder, text, None, body, body_line), problem)
    root, findings = parse(front, first_line=2, offset=text.index("\n") + 1)
    source = Source(shown, folder, text, root, body, body_line)
    findings += _body_characters(body, body_line)
    if root is None:
        return Reading(source, None, Evidence({}, {}), tuple(map(source.locate, findings)), frozenset())
    typed = read(Plan, root.data)
    findings += [*typed.findings, *unknown_blanks(Plan, root.blanks() if root.has_blanks else ())]
    plan = typed.noun
    evidence = survey(plan, folder) if plan else Evidence({}, {})
    return Reading(source, plan, evidence, tuple(map(source.locate, findings)), typed.holes)


def _unread(source: Source, finding: Finding) -> Reading:
    return Reading(source, None, Evidence({}, {}), (source.locate(finding),), frozenset())


def _bytes(path: Path) -> tuple[bytes, Finding | None]:
    try:
        seen = os.lstat(path)
        if not stat.S_ISREG(seen.st_mode):
            return b"", Finding("Z012", (), "不是普通文件（链接或文件夹不读）", "请换成普通文件", line=1, column=1)
        if seen.st_size > MAX_FILE:
            hint = "扫描件和图片请放在 evidence/ 文件夹"
            return b"", Finding("Z002", (), f"文件有 {seen.st_size // 1024} KiB，超过 {MAX_FILE // 1024} KiB", hint, line=1, column=1)
        return path.read_bytes(), None
    except OSError as error:
        return b"", Finding("Z012", (), f"不能读取：{error.strerror}", line=1, column=1)


def split(text: str) -> tuple[str, str, int, Finding | None]:
    """Front-matter, body, the body's first line, and what hinders."""
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        return (
            "",
            text,
            1,
            Finding("Z003", (), f"第一行应为 ---，现为“{lines[0][:40]}”", "数据区写在文件开头，前后各一行 ---", line=1, column=1),
        )
    for number, line in enumerate(lines):
        if len(line) > MAX_LINE:
            finding = Finding("Z002", (), f"此行有 {len(line)} 个字符，超过 {MAX_LINE}", "请分段", line=number + 1, column=MAX_LINE + 1)
            return "", "", number + 1, finding
    closing = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == FENCE), None)
    if closing is None:
        return (
            "",
            "",
            1,
            Finding("Z004", (), "数据区没有结束：找不到第二个单独成行的 ---", "在数据与正文之间加一行 ---", line=len(lines), column=1),
        )
    front = "\n".join(lines[1:closing]) + "\n"
    if len(front.encode("utf-8", "surrogatepass")) > MAX_FRONT:
        finding = Finding("Z002", (), f"数据区超过 {MAX_FRONT // 1024} KiB", "数据区只放数据，说明文字写在正文", line=2, column=1)
        return "", "", closing + 2, finding
    return front, "\n".join(lines[closing + 1 :]), closing + 2, None


def _body_characters(body: str, first: int) -> list[Finding]:
    found: list[Finding] = []
    if FORBIDDEN.search(body) is None:
        return found
    for number, line in enumerate(body.split("\n"), first):
        if match := FORBIDDEN.search(line):
            message = f"正文此处有不可见字符 U+{ord(match.group()):04X}"
            found.append(Finding("Z011", (), message, "请删去该字符", line=number, column=match.start() + 1))
    return found[:20]


def digest(source: Source, evidence: Evidence) -> str:
    """plan.digest of spec 3: the text without the values of stage and publication, then each evidence file's sha256.

    A value written below its key is left out with the white space before it, so that the style of writing does not matter.
    """
    whole = hashlib.sha256(_unstaged(source).encode())
    for name, fact in sorted({fact.path: fact for fact in evidence.facts.values() if fact.state == "ok"}.items()):
        with (source.folder / fact.path).open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        whole.update(f"{name}\0{content}\n".encode())
    return f"sha256:{whole.hexdigest()}"


def _unstaged(source: Source) -> str:
    text = source.text
    nodes = [node for key in ("stage", "publication") if source.root and (node := source.root.child(key))]
    for node in sorted(nodes, key=lambda node: node.start, reverse=True):
        head = (
            text[: node.start].rstrip(" \n") + " "
            if "\n" in text[max(0, text.rfind(":", 0, node.start)) : node.start]
            else text[: node.start]
        )
        text = head + text[node.end :]
    return text
