"""Reviews built by hand: one change that says something of everything, a quiet one, and any text in any field."""

from __future__ import annotations

import copy
import re
from contextlib import suppress
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st
from pydantic import ValidationError

from zcfdocs.reviewing.forms.markdown import MARKER
from zcfdocs.reviewing.model import (
    Cause,
    Evidence,
    Figure,
    Findings,
    Opinion,
    Pair,
    Paragraph,
    PlanReview,
    Private,
    Result,
    Review,
    Row,
    Stage,
    Told,
    Total,
    Value,
)

# What somebody might write into a plan to make it speak for others, hide, or break what shows it.
ATTACKS = (
    "@mallory", "@org/team", "me@evil.cn", "https://evil.cn/a?b=1", "www.evil.cn", "mailto:a@evil.cn", "#123", "1#2锅炉", "city/plans#7", "GH-12", "!12", "&12", "~bug",
    '%"v1"', "$12", "$x^2$", ":tada:", "[issue:12]", "[x](https://evil.cn)", "![x](https://evil.cn/a.png)", "[x]: https://evil.cn", "[x]", "[^1]: x", "<https://evil.cn>",
    "</details>", "</summary>", "<details open>", "<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "<!--", "-->", MARKER, "&lt;b&gt;", "&#64;mallory", "|", "\\|", "||",
    "\n\n# 标题", "\n/close\n", "\n- [x] 已核", "\n```\n", "~~~", "---", "1. ", "> ", "* * *", "`", "``", "**粗**", "__a__", "~~a~~", "==a==", "{+a+}", "\u202e", "\u2066", "\u200b",
    "\x1b[31m", "\x00", "\\", "$$", "::error::x", "W" * 500, "字" * 3000, "&", "<", "😀" * 50,
)  # fmt: skip
HOSTILE = st.lists(st.sampled_from(ATTACKS) | st.text(max_size=20), min_size=1, max_size=6).map("".join)
INVISIBLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
PATH = "plans/xiqing/jinhe-auto-parts/plan.md"
BASE, HEAD = "a1" * 20, "b2" * 20
GREEN = ("years", 2, "energy", 1, "amount")


def told(code: str = "Z106", severity: str = "error", line: int = 88, **more: Any) -> Told:
    given = {
        "path": PATH,
        "line": line,
        "column": 20,
        "code": code,
        "severity": severity,
        "message": "“11,600”不是普通小数",
        "hint": "只写普通小数，如 1234.5",
        "route": GREEN,
    }
    return Told.model_validate(given | more)


def quiet(name: str = "安静机械", path: str = "plans/xiqing/quiet/plan.md") -> PlanReview:
    total = Total(now=None, target=None)
    return PlanReview(
        uscc="91120111MA0QUIET1X", name=name, path=path, change="changed", pass_line="80", total=total,
        stage=Stage(before="draft", after="draft", allowed=True, who=(), names=("编制中", "编制中")),
    )  # fmt: skip


def full() -> PlanReview:
    """Something of everything that one plan can say."""
    causes = (
        Cause(kind="data", route=GREEN, line=88, before="3000", after="11600", path=PATH, label="2024 年 · 绿电 · 用量"),
        Cause(kind="evidence", route=("evidence", 4, "expires"), line=301, before="2026-12-31", after="2025-01-31", path=PATH),
    )
    return PlanReview(
        uscc="91120111MA0EXAMP1P",
        name="天津示例机械有限公司",
        path=PATH,
        former="plans/xiqing/jinhe/plan.md",
        change="changed",
        pass_line="80",
        total=Total(now=Pair(before="87.0933", after="79.998"), target=Pair(before="95", after="95")),
        stage=Stage(before="submitted", after="recommended", allowed=False, who=("district",), by="factory", names=("已申请", "已推荐")),
        rows=(
            Row(id="5.4", title="可再生能源利用", phase="now", before="4.8", after="10", max="10", causes=causes[:1]),
            Row(id="2.3.1", title="能源管理体系", phase="now", before="2", after="0", max="2", causes=causes[1:]),
        ),
        figures=(
            Figure(route=("years", 2, "water"), line=120, unit="m3", before="62000", after="62", marks=("unit_jump", "historic_year")),
            Figure(route=GREEN, line=88, unit="MWh", before="3000", after="11600", marks=()),
            Figure(route=("projects", 0, "investment"), line=210, unit="万元", before=None, after="320.5", marks=()),
        ),
        results=(
            Result(year=2024, kind="actual", name="emissions", before="29790.12", after="24880.4"),
            Result(year=2026, kind="target", name="intensity.energy", before="210.5", after="198.25"),
        ),
        values=(
            Value(route=("factory", "ownership"), line=18, before="joint", after="private"),
            Value(route=("evidence", 4, "public"), line=300, before="false", after="true"),
        ),
        prose=(
            Paragraph(
                section="（二）能源结构",
                line=402,
                before="2024年绿电 3000 MWh，占用电量的 16%，其余为外购电力。",
                after="2024年绿电 11600 MWh，占用电量的 62%，其余为外购电力和自备机组。",
            ),
            Paragraph(section="（三）降碳措施", line=430, before=None, after="新建储能一期。"),
            Paragraph(section="（三）降碳措施", line=0, before="原有锅炉继续使用。", after=None),
        ),
        evidence=Evidence(added=("gec-2025",), removed=("old-licence",), expired=("iso50001",), unused=("evidence/多余.pdf",)),
        private=(Private(kind="phone", route=("factory", "profile"), line=33, message="工厂简介里写了手机号码，公开页面会看到"),),
        opinions=(
            Opinion(
                role="expert", reviewer="专家甲", date="2026-03-02", row="5.4", phase="now", points="6.5", own="10",
                reason="绿证只见 8000 张，按比例计", older=True,
            ),
        ),
        findings=Findings(
            new=(
                told(),
                told("Z611", "warning", 301, message="佐证“能源管理体系认证”2025-01-31 已过期", hint="换上有效的证书", route=("evidence", 4)),
            ),
            fixed=(told("Z702", "warning", 420, message="“降碳措施”没有内容", route=()),),
            kept=(told("Z811", "info", 0, message="用了未核实的因子", hint="", route=()),),
        ),
    )  # fmt: skip


def review(*plans: PlanReview, **more: Any) -> Review:
    given: dict[str, Any] = {
        "base": BASE,
        "head": HEAD,
        "headline": "天津示例机械有限公司：87.09 → 79.998（−7.09），跌破 80 分线；1 个错误",
        "blocking": True,
        "plans": plans or (full(), quiet()),
        "outside": ("indicators/tianjin-2025/rows.yaml",),
        "tool": "zcfdocs 0.1.0",
        "catalogues": {"tianjin-2025": f"sha256:{'c3' * 32}"},
    }
    return Review(**given | more)


def free_texts(of: Review) -> list[tuple[tuple[str | int, ...], int]]:
    """Where a review holds text that anybody may have written, and how long it may be; found by trying, so that no new field is missed."""
    data = of.model_dump()
    return [(route, length) for route in _strings(data) if (length := _longest(data, route))]


def poisoned(of: Review, free: list[tuple[tuple[str | int, ...], int]], text: str) -> Review:
    """The review with the same text in each of its free texts, and as the name of a catalogue."""
    data = of.model_dump()
    for route, length in free:
        _put(data, route, text[:length])
    data["catalogues"] = {text[:200]: text[:80]}
    return Review.model_validate(data)


def _strings(data: Any, route: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    if isinstance(data, str):
        return [route]
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, (list, tuple)) else ()
    return [found for key, value in inner for found in _strings(value, (*route, key))]


def _longest(data: Any, route: tuple[str | int, ...]) -> int:
    for length in (50_000, 2_000, 200, 80, 40, 10):
        tried = copy.deepcopy(data)
        _put(tried, route, "危" * length)
        with suppress(ValidationError):
            Review.model_validate(tried)
            return length
    return 0


def _put(data: Any, route: tuple[str | int, ...], text: str) -> None:
    """Tuples on the way become lists, which read the same."""
    for step, following in pairwise((*route, None)):
        if following is None:
            data[step] = text
            return
        if isinstance(data[step], tuple):
            data[step] = list(data[step])
        data = data[step]
