"""Checks of the body: the template's chapters (附件2) and Markdown that would not come out as meant; nothing is rendered."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from zcfdocs.catalogue import Section
from zcfdocs.checks.registry import MOST, Case, Problem, check, uncommented
from zcfdocs.finding import Severity, suggest
from zcfdocs.outline import HEADING, Heading, plain_title

E, W = Severity.ERROR, Severity.WARNING
TEMPLATE = "附件2 试点方案模板：章节标题和次序由模板规定。"
# A tag, not an autolink (<https://…>) nor “a < b”.
TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9-]*(?=[\s/>])[^<>]{0,500}>")
LINK = re.compile(r"(?:\]\(|\]:|<)\s*<?\s*(javascript|vbscript|data|file)\s*:", re.IGNORECASE)
IMAGE = re.compile(r"!\[[^\]]{0,200}\]\(\s*<?([^)\s>]{0,500})")
LIST_ITEM = re.compile(r" {0,3}(?:[-*+]|\d{1,9}\.)[ \t]+\S")
BREAK = re.compile(r"\s*$|\s{0,3}(?:#|>|\||(?:[-*_][ \t]*){3,}$|\[\^?[^\]]+\]:)| {4}|\t")
SENTENCE = 12


@dataclass(frozen=True, slots=True)
class Part:
    """A chapter or section of the template as it stands in the body: its heading, and all text up to the next part, by line."""

    heading: Heading
    lines: tuple[tuple[int, str], ...]


def _parts(case: Case) -> list[Part]:
    """Deeper and unknown headings count as text of the part they stand in; comments are gone."""
    found: list[tuple[Heading, list[tuple[int, str]]]] = []
    for heading in case.headings:
        if heading.known:
            found.append((heading, []))
        if found:
            found[-1][1].extend(enumerate(uncommented(heading.text).split("\n"), heading.line + 1))
    return [Part(heading, tuple(lines)) for heading, lines in found]


def _template(case: Case) -> list[tuple[Section, int, str]]:
    """Every chapter and section of the template, with its level and, for a section, its chapter's id."""
    found: list[tuple[Section, int, str]] = []
    for chapter in case.rulebook.catalogue.chapters:
        found.append((chapter, 1, ""))
        found += [(section, 2, chapter.id) for section in chapter.sections]
    return found


def _misspelt(case: Case) -> dict[int, str]:
    """Unknown headings of level 1 and 2 that are close to a missing title: line → the title's id."""
    missing = {
        plain_title(item.title): item.id for item, _, _ in _template(case) if all(heading.section != item.id for heading in case.headings)
    }
    found: dict[int, str] = {}
    for heading in case.headings[:MOST]:
        near = suggest(plain_title(heading.title), missing) if heading.line and heading.level <= 2 and not heading.known else ""
        if near:
            title = near.removeprefix("是不是想写 ").removesuffix("？")
            found[heading.line] = missing.pop(title)
    return found


@check("Z701", E, why=TEMPLATE, wrong="没有 # 五、保障措施", right="# 五、保障措施")
def template_parts_are_there(case: Case) -> Iterator[Problem]:
    """缺少模板规定的章节。"""
    places = {heading.section: heading.line for heading in reversed(case.headings) if heading.known}
    near = {section: line for line, section in _misspelt(case).items()}
    for item, level, chapter in _template(case):
        if item.id in places or (chapter and chapter not in places and chapter not in near):
            continue
        title = f"{'#' * level} {item.title}"
        if item.id in near:
            written = next(heading.title for heading in case.headings if heading.line == near[item.id])
            yield Problem(
                (), f"标题“{written}”与模板的“{item.title}”不同，模板的这一部分因此缺失", f"改为 {title}", line=near[item.id], column=1
            )
            continue
        line = places.get(chapter, near.get(chapter, case.reading.source.body_line))
        yield Problem((), f"缺少“{item.title}”", f"加上 {title}，并写内容", line=line, column=1)


@check("Z702", W, why="附件2：各章节都须有内容；表格由程序生成，文字由企业撰写。", wrong="# 五、保障措施（下面没有文字）",
       right="写明组织、资金、考核等保障措施")  # fmt: skip
def template_parts_have_text(case: Case) -> Iterator[Problem]:
    """章节没有内容。"""
    whole = {chapter.id for chapter in case.rulebook.catalogue.chapters if chapter.sections}
    for part in _parts(case):
        if part.heading.section not in whole and not any(text.strip() and not HEADING.fullmatch(text) for _, text in part.lines):
            yield Problem((), f"“{part.heading.title}”没有内容", "写明这一部分的内容", line=part.heading.line, column=1)


@check("Z703", W, why="附件2：正文不得留有模板的填写说明或待补充字样。", wrong="请在此填写本单位概况", right="写成本单位的实际内容")
def no_placeholder_is_left(case: Case) -> Iterator[Problem]:
    """留有待填写的字样或模板的说明文字。"""
    phrases = case.rulebook.catalogue.placeholders
    guides = {
        item.id: [piece for piece in re.split(r"[。；]", str(item.guide or "")) if len(piece) >= SENTENCE] for item, _, _ in _template(case)
    }
    for part in _parts(case):
        whole = "\n".join(text for _, text in part.lines)
        left = [phrase for phrase in (*phrases, *guides.get(part.heading.section, ())) if phrase in whole]
        for number, text in part.lines if left else ():
            phrase = next((phrase for phrase in left if phrase in text), None)
            if phrase is not None:
                yield Problem((), f"留有待填写的字样：“{phrase[:30]}”", "换成本单位的实际内容", line=number, column=text.index(phrase) + 1)


@check("Z704", W, why=TEMPLATE + "自拟的小标题用三级（###）。", wrong="# 七、其他", right="### 其他")
def headings_belong_to_the_template(case: Case) -> Iterator[Problem]:
    """一、二级标题不在模板之内。"""
    reported = _misspelt(case)
    titles = [plain_title(item.title) for item, _, _ in _template(case)]
    for heading in case.headings:
        if heading.line and heading.level <= 2 and not heading.known and heading.line not in reported:
            message = f"模板没有“{heading.title}”。{suggest(plain_title(heading.title), titles)}"
            yield Problem((), message, "自拟的小标题用三级标题 ###", line=heading.line, column=1)


@check("Z705", W, why=TEMPLATE, wrong="三、重点任务 排在 二、试点目标 之前", right="按模板的次序")
def parts_follow_the_template(case: Case) -> Iterator[Problem]:
    """章节次序与模板不同。"""
    order = {item.id: number for number, (item, _, _) in enumerate(_template(case))}
    last: Heading | None = None
    for heading in case.headings:
        if not heading.known:
            continue
        if last is not None and order[heading.section] < order[last.section]:
            yield Problem((), f"“{heading.title}”应在“{last.title}”之前", "按模板的次序排列", line=heading.line, column=1)
            continue
        last = heading


@check("Z706", E, why=TEMPLATE + "同一部分写两处，不知以哪处为准。", wrong="两处 # 五、保障措施", right="合并为一处")
def headings_stand_once(case: Case) -> Iterator[Problem]:
    """模板的同一章节写了两次。"""
    seen: dict[str, int] = {}
    for heading in case.headings:
        if heading.known and seen.setdefault(heading.section, heading.line) != heading.line:
            message = f"“{heading.title}”在第 {seen[heading.section]} 行已有"
            yield Problem((), message, "合并为一处", line=heading.line, column=1)


@check("Z712", W, why=TEMPLATE + "章用一级标题（#），节用二级标题（##）。", wrong="# （一）单位概况", right="## （一）单位概况")
def headings_have_their_level(case: Case) -> Iterator[Problem]:
    """标题级别与模板不同。"""
    levels = {item.id: level for item, level, _ in _template(case)}
    for heading in case.headings:
        if heading.known and heading.level != levels[heading.section]:
            message = f"“{heading.title}”用了 {heading.level} 级标题，应为 {levels[heading.section]} 级"
            yield Problem((), message, f"写成 {'#' * levels[heading.section]} {heading.title}", line=heading.line, column=1)


@check("Z707", W, why="紧跟在段落后面的列表会并入上一段，网页和文档里都不成列表。", wrong="主要措施：\n- 光伏",
       right="主要措施：\n\n- 光伏")  # fmt: skip
def lists_stand_apart(case: Case) -> Iterator[Problem]:
    """列表与上一段之间没有空行。"""
    inside = ""
    for number, line in case.prose:
        if LIST_ITEM.match(line):
            if inside == "paragraph":
                yield Problem((), "列表紧跟在段落之后，不会成为列表", "在列表前空一行", line=number, column=1)
            inside = "list"
        elif BREAK.match(line):
            inside = ""
        else:
            inside = inside or "paragraph"


@check("Z708", W, why="正文可被公开：HTML 标签在各种输出中都会删去，只留文字。", wrong="<font color=red>重点</font>", right="**重点**")
def no_raw_html(case: Case) -> Iterator[Problem]:
    """正文中有 HTML 标签，会被删去。"""
    for number, line in case.prose:
        match = TAG.search(line) if "<" in line else None
        if match:
            yield Problem(
                (),
                f"HTML 标签 {match[0][:40]} 会被删去",
                "用 Markdown 的写法；小于号写作 &lt; 或“小于”",
                line=number,
                column=match.start() + 1,
            )


@check("Z709", W, why="正文可被公开：能执行脚本或内嵌数据的链接在各种输出中都会删去。", wrong="[详情](javascript:alert(1))",
       right="[详情](https://example.com/)")  # fmt: skip
def no_script_links(case: Case) -> Iterator[Problem]:
    """正文中有脚本或内嵌数据的链接，会被删去。"""
    for number, line in case.prose:
        match = LINK.search(html.unescape(line)) if "]" in line or "<" in line else None
        if match:
            at = max(line.find("]("), line.find("]:"), line.find("<"), 0)
            yield Problem((), f"{match[1].lower()}: 链接会被删去", "只用 https://、http:// 或 mailto: 的链接", line=number, column=at + 1)


@check("Z710", W, why="方案正文只有文字和表格：图片不会出现在网页、PDF 和 Word 里，远程图片还会让阅读者的浏览器去访问别处。",
       wrong="![平面布置图](https://example.com/a.png)", right="图纸放入 evidence/，列入佐证清单，正文写“见佐证材料”")  # fmt: skip
def images_are_evidence(case: Case) -> Iterator[Problem]:
    """正文中的图片不会印出。"""
    for number, line in case.prose:
        for match in IMAGE.finditer(line) if "![" in line else ():
            message = f"图片 {match[1][:60] or '（空）'} 不会出现在任何输出里"
            yield Problem((), message, "放入 evidence/ 并列入佐证清单", line=number, column=match.start() + 1)
