"""Checks of the evidence: what is named, what lies in the folder, and whether it counts on the day (附件1-3 符合性依据)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import PurePosixPath

from zcfdocs.binding import glance
from zcfdocs.binding.looking import OFFICE
from zcfdocs.checks.offsets import holders
from zcfdocs.checks.registry import MOST, Case, Problem, check
from zcfdocs.checks.requirements import STATES
from zcfdocs.evidence import MAGIC
from zcfdocs.finding import Route, Severity, suggest

E, W, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
UNSAFE = "佐证只能是方案文件夹里的普通文件；不跟随链接，不接受跳出文件夹的路径，因为它们可指向仓库以外的文件。"
NOT_COUNTED = "不能用的佐证只是不计分，不妨碍阅读和排版，故为警告。"
# Where evidence is named: while something there is unreadable or in error, nobody can say that a file is not named.
NAMING: tuple[Route, ...] = tuple(
    (field,) for field in ("basic_requirements", "conditions", "diagnosis", "years", "benchmarks", "projects", "indicators", "publication")
)
A_SLIP = 0.84  # likeness of two file names one of which is misspelt: a letter wrong in six, or one missing
Reference = tuple[Route, tuple[str, ...], date | None]


def references(case: Case) -> Iterator[Reference]:
    """Every list of evidence ids with its place and the day it is judged; no day where a target is only a promise."""
    plan = case.plan
    for name in ("basic_requirements", "conditions", "benchmarks", "projects"):
        for index, item in enumerate(getattr(plan, name)):
            yield (name, index, "evidence"), item.evidence, plan.as_of
    if plan.diagnosis is not None:
        yield ("diagnosis", "evidence"), plan.diagnosis.evidence, plan.as_of
    for index, answer in enumerate(plan.indicators):
        yield ("indicators", index, "evidence"), answer.evidence, plan.as_of
        for position, item in enumerate(answer.items or ()):
            yield ("indicators", index, "items", position, "evidence"), item.evidence or (), plan.as_of
    for index, year in enumerate(plan.years):
        on = None if year.kind == "target" else plan.judged_on(year)
        for position, line in enumerate(year.energy):
            yield ("years", index, "energy", position, "evidence"), line.evidence, on
            for key, measured in (("ncv", line.ncv), ("factor", line.factor)):
                if measured is not None:
                    yield ("years", index, "energy", position, key, "evidence"), measured.evidence, on
        for name in ("process", "offsets"):
            for position, item in enumerate(getattr(year, name)):
                yield ("years", index, name, position, "evidence"), item.evidence, on


@check("Z601", E, why="佐证以标识引用，标识须在 evidence 清单中。", wrong="evidence: [licens]", right="evidence: [licence]")
def named_evidence_is_listed(case: Case) -> Iterator[Problem]:
    """清单中没有这份佐证。"""
    known = case.evidence.items
    near = list(known)[:MOST]
    hint = "在 evidence 清单中加上 - {id: …, title: …, file: evidence/…}，或改正标识"
    for route, keys, _ in references(case):
        for position, key in enumerate(keys):
            if key not in known:
                yield Problem((*route, position), f"evidence 清单中没有 {key}。{suggest(key, near)}", hint, (("evidence",),))
    proof = case.plan.publication.proof if case.plan.publication else None
    if proof is not None and proof not in known:
        yield Problem(("publication", "proof"), f"evidence 清单中没有 {proof}。{suggest(proof, near)}", hint, (("evidence",),))


@check("Z602", E, why="标识须唯一，否则不知引用的是哪一份。", wrong="两份佐证都写 id: licence", right="id: licence 与 id: property")
def evidence_ids_are_unique(case: Case) -> Iterator[Problem]:
    """佐证标识重复。"""
    seen: dict[str, int] = {}
    for index, item in enumerate(case.plan.evidence):
        first = seen.setdefault(item.id, index)
        if first != index:
            line = case.reading.source.line_of(("evidence", first))
            yield Problem(("evidence", index, "id"), f"标识 {item.id} 在第 {line} 行已用过", "换一个标识，并改正引用之处")


def _in_state(case: Case, state: str) -> Iterator[tuple[Route, str]]:
    """Files in this state, each with its place in the list."""
    for index, item in enumerate(case.plan.evidence):
        fact = case.evidence.facts.get(item.id)
        if fact is not None and fact.path == item.file and fact.state == state:
            yield ("evidence", index, "file"), item.file


@check("Z603", E, why=UNSAFE, wrong="file: ../其他工厂/licence.pdf", right="file: evidence/licence.pdf")
def evidence_paths_are_safe(case: Case) -> Iterator[Problem]:
    """佐证文件的路径不合规。"""
    for route, name in _in_state(case, "unsafe"):
        yield Problem(route, f"路径“{name[:80]}”不合规", "写方案文件夹内的相对路径，如 evidence/licence.pdf；不用 ..、盘符、反斜杠和 %")


@check("Z604", W, why="附件1-1：证明性材料应充分、详实，具有可追溯性。" + NOT_COUNTED, wrong="file: evidence/licence.pdf（文件不在）",
       right="把文件放入 evidence/")  # fmt: skip
def evidence_files_are_there(case: Case) -> Iterator[Problem]:
    """佐证文件不存在。"""
    unnamed = case.evidence.unnamed[:MOST]
    for route, name in _in_state(case, "missing"):
        yield Problem(route, f"找不到文件 {name}。{_misspelt(name, unnamed)}", "放入该文件，或改正文件名（区分大小写）")


def _misspelt(name: str, present: Iterable[str]) -> str:
    """Names of documents are alike in folder, type and number series: only a slip in the name itself counts, never another number."""
    stem = PurePosixPath(name).stem.casefold()
    stems = {PurePosixPath(other).stem.casefold(): other for other in present}
    alike = {other: path for other, path in stems.items() if _numbers(other) == _numbers(stem)}
    near = difflib.get_close_matches(stem, alike, n=1, cutoff=A_SLIP)
    return f"是不是想写 {alike[near[0]]}？" if near else ""


def _numbers(stem: str) -> list[str]:
    return re.findall(r"\d+", stem)


@check("Z605", E, why=UNSAFE, wrong="evidence/licence.pdf → /home/…/licence.pdf", right="把文件本身放入 evidence/")
def evidence_files_are_no_links(case: Case) -> Iterator[Problem]:
    """佐证文件是链接。"""
    for route, name in _in_state(case, "link"):
        yield Problem(route, f"{name} 是链接，或在链接的文件夹里，不读", "把文件本身复制到 evidence/")


@check("Z606", E, why=UNSAFE, wrong="file: evidence/2024（文件夹）", right="file: evidence/2024/licence.pdf")
def evidence_files_are_regular(case: Case) -> Iterator[Problem]:
    """佐证不是普通文件。"""
    for route, name in _in_state(case, "irregular"):
        yield Problem(route, f"{name} 是文件夹或特殊文件", "写到具体的文件；多个文件分别列出")


@check("Z607", W, why="空文件不能证明什么。" + NOT_COUNTED, wrong="0 字节的 licence.pdf", right="重新扫描后放入")
def evidence_files_have_content(case: Case) -> Iterator[Problem]:
    """佐证文件是空的。"""
    for route, name in _in_state(case, "empty"):
        yield Problem(route, f"{name} 是空文件（0 字节）", "重新放入完整的文件")


@check("Z608", W, why="通知 四：申报材料须能打开、能打印。" + NOT_COUNTED, wrong="file: evidence/photo.heic",
       right="file: evidence/photo.jpg")  # fmt: skip
def evidence_types_are_known(case: Case) -> Iterator[Problem]:
    """不是认可的文件类型。"""
    for route, name in _in_state(case, "type"):
        kind = PurePosixPath(name).suffix or "没有扩展名"
        yield Problem(route, f"{name} 的类型（{kind}）不在认可之列", f"可用：{'、'.join(kind[1:] for kind in MAGIC)}；扫描件建议用 pdf")


@check("Z609", W, why="内容与扩展名不符的文件打不开，或并不是所说的文件。" + NOT_COUNTED, wrong="把 zip 改名为 licence.pdf",
       right="用原来的扩展名，或另存为 pdf")  # fmt: skip
def evidence_content_is_its_type(case: Case) -> Iterator[Problem]:
    """佐证文件的内容与扩展名不符。"""
    for route, name in _in_state(case, "unlike"):
        yield Problem(route, f"{name} 的内容不是 {PurePosixPath(name).suffix[1:]} 文件", "用正确的程序另存，不要只改扩展名")


@check("Z610", E, why="证书先签发、后到期。", wrong="issued: 2027-12-31, expires: 2024-12-31",
       right="issued: 2024-12-31, expires: 2027-12-31")  # fmt: skip
def evidence_expires_after_issue(case: Case) -> Iterator[Problem]:
    """佐证的签发日期晚于有效期。"""
    for index, item in enumerate(case.plan.evidence):
        if item.issued is not None and item.expires is not None and item.issued > item.expires:
            message = f"{item.id} 签发 {item.issued}，有效期至 {item.expires}"
            yield Problem(("evidence", index, "issued"), message, "核对两个日期", (("evidence", index, "expires"),))


def _last_day(case: Case) -> date:
    return case.plan.evaluation.as_of if case.plan.evaluation else case.plan.as_of


@check("Z611", W, why="附件1-3 1.2：证书应处于有效期内。过期的佐证不计分。", wrong="expires: 2024-11-24（as_of 2025-04-30）",
       right="expires: 2027-11-24")  # fmt: skip
def evidence_is_in_force(case: Case) -> Iterator[Problem]:
    """佐证在填报日已过有效期。"""
    for index, item in enumerate(case.plan.evidence):
        if item.expires is not None and item.expires < case.plan.as_of:
            message = f"{item.title}（{item.id}）有效期至 {item.expires}，填报日 {case.plan.as_of} 已过期，不计分"
            yield Problem(
                ("evidence", index, "expires"), message, "换证后填写新的有效期和文件", (("as_of",), ("evidence", index, "issued"))
            )


@check("Z612", W, why="填报日尚未签发的佐证，不能证明当时的情况，不计分。", wrong="issued: 2025-06-01（as_of 2025-04-30）",
       right="issued: 2025-04-01")  # fmt: skip
def evidence_was_issued(case: Case) -> Iterator[Problem]:
    """佐证的签发日期晚于填报日。"""
    for index, item in enumerate(case.plan.evidence):
        if item.issued is not None and item.issued > _last_day(case):
            message = f"{item.title}（{item.id}）签发于 {item.issued}，晚于 {_last_day(case)}，不计分"
            yield Problem(("evidence", index, "issued"), message, "核对签发日期或 as_of", (("as_of",), ("evaluation",)))


@check("Z613", INFO, why="效果评价时还要看证书是否有效，须记得换证。", wrong="target: 2026，expires: 2025-08-17", right="到期前换证")
def evidence_lasts_to_the_target(case: Case) -> Iterator[Problem]:
    """佐证在目标年结束前到期。"""
    target = case.plan.accounting.target
    for index, item in enumerate(case.plan.evidence):
        if item.expires is not None and case.plan.as_of <= item.expires and str(item.expires) < f"{target}-12-31":
            message = f"{item.title}（{item.id}）{item.expires} 到期，在目标年 {target} 结束以前"
            yield Problem(("evidence", index, "expires"), message, "请提前三个月着手换证", (("as_of",), ("accounting", "target")))


@check("Z614", INFO, why="清单与正文、指标的引用应当对得上。", wrong="清单中有 photo，没有一处引用", right="在相应的 evidence 中写上 photo")
def listed_evidence_is_used(case: Case) -> Iterator[Problem]:
    """佐证没有一处引用。"""
    used = {key for _, keys, _ in references(case) for key in keys}
    if case.plan.publication and case.plan.publication.proof:
        used.add(case.plan.publication.proof)
    for index, item in enumerate(case.plan.evidence):
        if item.id and item.id not in used:
            message = f"{item.title}（{item.id}）没有一处引用"
            yield Problem(("evidence", index, "id"), message, "在它所证明的指标或数据的 evidence 中写上此标识", NAMING)


@check("Z615", W, why="没有列入清单的文件不会印入佐证汇编，也可能是忘了登记或误放。", wrong="evidence/ 中有 old.pdf，清单没有",
       right="列入清单，或移走文件")  # fmt: skip
def every_file_is_listed(case: Case) -> Iterator[Problem]:
    """evidence/ 中的文件没有列入清单。"""
    listed = {item.file for item in case.plan.evidence}
    unlisted = [name for name in case.evidence.unnamed if not _is_original(name, listed)]
    for name in unlisted[:20]:
        yield Problem(("evidence",), f"文件 {name} 没有列入 evidence 清单", "列入清单，或从文件夹移走")
    if len(unlisted) > 20:
        yield Problem(("evidence",), f"另有 {len(unlisted) - 20} 个文件没有列入 evidence 清单", "列入清单，或从文件夹移走")


def _is_original(name: str, listed: set[str]) -> bool:
    """Whether the PDF that `fmt --evidence` made of a Word or Excel file is listed in its stead."""
    path = PurePosixPath(name)
    return path.suffix.lower() in OFFICE and not listed.isdisjoint((str(path.with_suffix(".pdf")), f"{name}.pdf"))


@check("Z616", W, why="证书须属本工厂；曾用名列在 former_names 的也算。", wrong="holder: 集团公司",
       right="holder: 本厂名称，或写入 factory.former_names")  # fmt: skip
def evidence_is_held_by_the_factory(case: Case) -> Iterator[Problem]:
    """佐证的持有人不是本工厂。"""
    names = holders(case)
    for index, item in enumerate(case.plan.evidence):
        if item.holder is not None and item.holder not in names:
            message = f"{item.title}（{item.id}）的持有人“{item.holder}”不是 {names[0]}"
            yield Problem(("evidence", index, "holder"), message, "属曾用名的写入 factory.former_names；否则请说明", (("factory",),))


@check("Z618", W, why="佐证统一放在方案旁的 evidence/，才能一并打包、查对有无遗漏。", wrong="file: scans/licence.pdf",
       right="file: evidence/licence.pdf")  # fmt: skip
def evidence_lies_in_its_folder(case: Case) -> Iterator[Problem]:
    """佐证文件不在 evidence/ 之内。"""
    for index, item in enumerate(case.plan.evidence):
        fact = case.evidence.facts.get(item.id)
        if fact is not None and fact.state != "unsafe" and not item.file.startswith("evidence/"):
            yield Problem(("evidence", index, "file"), f"{item.file} 不在 evidence/ 之内", f"移到 evidence/{PurePosixPath(item.file).name}")


@check("Z620", W, why="附件1-3 符合性依据：其余佐证有效时仍计分，但所列材料应当都能用。",
       wrong="evidence: [iso9001, iso14001]，其中一份过期", right="换上有效的证书")  # fmt: skip
def each_named_evidence_counts(case: Case) -> Iterator[Problem]:
    """所列佐证中有的不可用。"""
    for route, keys, on in references(case):
        states = {key: case.evidence.state(key, on) for key in keys} if on else {}
        if "ok" in states.values():
            for position, key in enumerate(keys):
                if states[key] not in ("ok", "unknown"):
                    rests = (("as_of",), ("evidence",), ("evaluation",))
                    yield Problem((*route, position), f"所列佐证 {key} 不可用：{STATES[states[key]]}", "更换，或从此处删去", rests)


@check("Z621", W, why="佐证材料.pdf 装订 PDF、JPEG、PNG；收不进的只列名称和原因，审核时看不到内容。", wrong="file: evidence/energy.xlsx",
       right="file: evidence/energy.pdf")  # fmt: skip
def evidence_can_be_bound(case: Case) -> Iterator[Problem]:
    """佐证文件收不进佐证材料.pdf。"""
    folder = str(case.reading.source.folder)
    for route, name in _in_state(case, "ok"):
        kind = PurePosixPath(name).suffix.lower()
        if kind in OFFICE:
            yield Problem(
                route, f"{name} 是 Word、Excel 文件，装订时不转换", "运行 zcfdocs fmt --evidence 转成 PDF，此处改写 PDF 的文件名，一并提交"
            )
        elif kind == ".ofd":
            yield Problem(route, f"{name} 是 OFD 文件，不能装订", "用出具单位的阅读器另存为 PDF 后放入")
        elif (doubt := glance(f"{folder}/{name}")) is not None:
            yield Problem(route, f"{name} {doubt.what}", doubt.mend)
