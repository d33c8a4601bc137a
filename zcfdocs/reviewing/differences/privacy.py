"""What would be public by a change and was not: values the factory kept, personal data in what the public reads, evidence files."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction

from zcfdocs.catalogue import Catalogue, Rulebook
from zcfdocs.dossier import is_public, private_values
from zcfdocs.fields import leaves
from zcfdocs.figure import exact
from zcfdocs.finding import Finding, Route, Severity, define, field_path
from zcfdocs.plan import Plan
from zcfdocs.reading import Reading
from zcfdocs.reviewing import model
from zcfdocs.reviewing.differences.metadata import AUTHORS, inside
from zcfdocs.reviewing.differences.personal import personal
from zcfdocs.reviewing.naming.labels import label_of

W, E = Severity.WARNING, Severity.ERROR
define("R301", W, "个人信息写进了公开的内容", why="公开页面不出现个人的电话、证件号码和住址；已登记的联系方式会被遮去，其他人的不会。",
       wrong="正文：有意者请电 13800000000", right="正文不写电话；联系方式只填在 factory.phone")  # fmt: skip
define("R302", W, "企业保留的数据将要公开", why="confidential 去掉一项，公开页面就会印出这项数据。", wrong="confidential: [] （原为 [years.output_value]）",
       right="确认企业同意后再合并")  # fmt: skip
define(
    "R303",
    W,
    "佐证文件将要公开",
    why="public: true 的佐证原样放到公开网站上。",
    wrong="把含身份证复印件的文件标为 public: true",
    right="只公开不含个人信息的文件",
)
define("R304", E, "将公开的佐证文件里有个人信息或位置", why="照片里的拍摄位置，PDF、Word、Excel 文件属性里的电话和证件号码，会随文件一起公开。", wrong="带 GPS 的手机照片标为 public: true",
       right="去掉后再公开")  # fmt: skip
define(
    "R305",
    W,
    "将公开的佐证文件里写着人名",
    why="文件属性里的作者、最后保存者会随文件一起公开。",
    wrong="作者：张三（文件属性）",
    right="在文件属性里清除，或确认可以公开",
)
KINDS = {"R301": "personal", "R302": "kept", "R303": "evidence", "R304": "metadata", "R305": "metadata"}
LARGEST = 50 << 20
SHOWN = 3  # values of a field that are named


def revealed(before: Reading | None, after: Reading, changed: Collection[str], catalogue: Catalogue) -> Iterator[Finding]:
    """Only what the change brings; of a plan that had no public page that is all that stands in it.

    `changed` are files within the plan's folder.
    """
    plan, old = after.plan, before.plan if before else None
    if plan is None:
        return
    is_first = will_be_public(old, plan, catalogue)
    yield from _texts(None if is_first else before, after, catalogue)
    yield from _kept(old, plan, catalogue)
    yield from _files(None if is_first else old, plan, after, changed)


def told(findings: Sequence[Finding], rulebook: Rulebook, plan: Plan) -> tuple[model.Private, ...]:
    return tuple(
        model.Private(
            kind=KINDS[item.code],
            route=item.route,
            line=item.line,
            message=item.message,
            label=label_of(item.route, plan, rulebook) if item.route else "正文",
        )
        for item in findings
    )


def _texts(before: Reading | None, after: Reading, catalogue: Catalogue) -> Iterator[Finding]:
    assert after.plan is not None
    text_before = _public_text(before, catalogue) if before else ""
    known = {seen.text for seen in personal(text_before)}
    own = private_values(after.plan, catalogue)
    for route, text in leaves(after.plan):
        if isinstance(text, str) and catalogue.audience(field_path(route)) == "public":
            for seen in personal(text):
                if seen.text not in known:
                    hint = "改写这段文字；联系方式只填在 factory.phone、factory.email"
                    yield Finding("R301", route, f"这里有{seen}，公开页面会印出来", hint)
    persons = [name for name in _persons(after.plan) if name not in text_before]
    for number, line in enumerate(after.source.body.split("\n"), after.source.body_line):
        for seen in personal(line):
            if seen.text not in known:
                message, hint = f"正文有{seen}{_fate(seen.text, own)}", "正文不写个人的联系方式和证件号码"
                yield Finding("R301", (), message, hint, line=number, column=seen.start + 1)
        for name in persons:
            if name in line:
                message = f"正文出现了联系人或法定代表人的姓名（{name[0]}…），公开页面会遮去，申报材料照印"
                yield Finding("R301", (), message, "不需要时请删去", line=number, column=line.index(name) + 1)


def _fate(text: str, own: Sequence[str]) -> str:
    digits = re.sub(r"\D", "", text)
    masked = any(text == value or (digits and digits == re.sub(r"\D", "", value)) for value in own)
    return "，公开页面会遮去，申报材料照印" if masked else "，公开页面会印出来"


def _persons(plan: Plan) -> tuple[str, ...]:
    names = (plan.factory.contact, plan.factory.legal_representative)
    return tuple(name for name in names if name and len(name) >= 2)


def _public_text(reading: Reading, catalogue: Catalogue) -> str:
    if reading.plan is None:
        return reading.source.text
    shown = (text for route, text in leaves(reading.plan) if isinstance(text, str) and catalogue.audience(field_path(route)) == "public")
    return "\n".join((*shown, reading.source.body))


def _kept(old: Plan | None, plan: Plan, catalogue: Catalogue) -> Iterator[Finding]:
    """Fields that leave `confidential`, where they hold something; placed at the first of the values."""
    names = {item.field: item.name for item in catalogue.may_keep}
    for path in old.confidential if old else ():
        held = [(route, value) for route, value in leaves(plan) if field_path(route) == path]
        if held and path in names and path not in plan.confidential:
            values = "、".join(exact(value) if isinstance(value, Fraction) else str(value) for _, value in held[:SHOWN])
            more = "…" if len(held) > SHOWN else ""
            yield Finding("R302", held[0][0], f"{names[path]}（{values}{more}）不再保留，公开页面会印出来", "确认企业同意公开")


def _files(old: Plan | None, plan: Plan, reading: Reading, changed: Collection[str]) -> Iterator[Finding]:
    known = {item.file for item in old.evidence if item.public} if old else set()
    for index, item in enumerate(plan.evidence):
        fact = reading.evidence.facts.get(item.id)
        if not item.public or fact is None or fact.state != "ok" or (item.file in known and item.file not in changed):
            continue
        route: Route = ("evidence", index, "public")
        if item.file not in known:
            yield Finding("R303", route, f"佐证“{item.title}”（{item.file}）将放到公开网站", "确认文件里没有个人信息")
        if fact.size <= LARGEST:
            said = (item.issuer, item.holder, item.title, plan.factory.name, plan.factory.applicant)
            for what in inside(reading.source.folder / item.file, said):
                code = "R305" if what.startswith(tuple(AUTHORS)) else "R304"
                yield Finding(
                    code, ("evidence", index, "file"), f"{item.file} 里有{what}，会随文件公开", "去掉后重新保存，或改为 public: false"
                )


def will_be_public(old: Plan | None, plan: Plan, catalogue: Catalogue) -> bool:
    """Whether the plan has a public page only after this change."""
    was = old is not None and is_public(old.stage, old.publish, catalogue)
    return not was and is_public(plan.stage, plan.publish, catalogue) and plan.stage != "withdrawn"
