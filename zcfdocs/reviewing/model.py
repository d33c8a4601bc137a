"""zcf-review/1: what a change does to plans, as one noun that every form prints and a second job may read back."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from zcfdocs.finding import Finding

PHASES = Literal["now", "target", "result"]
LONE = re.compile("[\ud800-\udfff]")  # what a file name that is no UTF-8 leaves in a text, and no JSON can carry


def within(length: int) -> BeforeValidator:
    """Text of any origin as a report may carry it: cut to the length, bytes that are no text written as their code."""
    return BeforeValidator(
        lambda text: LONE.sub(lambda match: f"\\x{ord(match[0]) & 0xFF:02x}", text)[:length] if isinstance(text, str) else text
    )


Step = Annotated[str, within(200), Field(max_length=200)] | int
Route = Annotated[tuple[Step, ...], Field(max_length=40, title="字段", description="从方案顶层到值的路径；列表位置从 0 起")]
Line = Annotated[int, Field(ge=0, title="行", description="plan.md 的行号，从 1 起；0 为不在文件中")]
Short = Annotated[str, within(2_000), Field(max_length=2_000)]
Long = Annotated[str, within(50_000), Field(max_length=50_000)]
Path = Annotated[str, within(2_000), Field(max_length=2_000, title="路径")]
Digits = Annotated[str, Field(max_length=400, pattern=r"^-?[0-9]+(\.[0-9]+)?$", title="十进制数的文本")]
Hash = Annotated[str, Field(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$")]


class Part(BaseModel):
    """Frozen and closed: what comes back from an unprivileged job is read by the same schema (git-and-web 3.3)."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Told(Part):
    """A finding as `check` prints it."""

    path: Path
    line: Line
    column: Annotated[int, Field(ge=0)]
    code: Annotated[str, Field(pattern=r"^[RZ][0-9]{3}$")]
    severity: Literal["error", "warning", "info"]
    message: Long
    hint: Long
    route: Route

    @classmethod
    def of(cls, finding: Finding) -> Told:
        return cls.model_validate(finding.as_json())

    @property
    def is_error(self) -> bool:
        return self.severity == "error"


class Pair(Part):
    """A value of both sides; null where that side has none."""

    before: Digits | None = Field(title="改动前")
    after: Digits | None = Field(title="改动后")


class Total(Part):
    now: Pair | None = Field(title="现状总分")
    target: Pair | None = Field(title="目标总分")
    result: Pair | None = Field(None, title="结果总分")


class Unmet(Part):
    """Basic requirements that are not met, each a veto (spec 2): their ids on both sides."""

    before: tuple[Short, ...] = ()
    after: tuple[Short, ...] = ()


class Cause(Part):
    """A change that moves a row: undone alone it moves the row back, or made alone it moves it.

    `route` and `line` are of the file after the change, of the file before where the value is gone; `path` is that file.
    """

    kind: Literal["data", "claim", "evidence", "catalogue", "rule"]
    route: Route
    line: Line
    before: Short | None
    after: Short | None
    path: Path
    label: Short = Field("", title="名称", description="人读的名称，如“2024 年 · 电网电力 · 用量”")


class Row(Part):
    id: Annotated[str, Field(max_length=40, title="指标")]
    title: Short
    phase: PHASES
    before: Digits | None
    after: Digits | None
    max: Digits
    causes: tuple[Cause, ...]


class Figure(Part):
    """A number of the plan that changed; `marks` are those of `figures.MARKS`."""

    route: Route
    line: Line
    unit: Short
    before: Digits | None
    after: Digits | None
    marks: tuple[Annotated[str, Field(max_length=40)], ...]
    label: Short = Field("", title="名称", description="人读的名称，如“2024 年 · 电网电力 · 用量”")


class Result(Part):
    """A computed figure of a year that changed: which, of what year, in the unit of the scorecard."""

    year: int
    kind: Literal["actual", "target", "result"]
    name: Annotated[str, Field(max_length=40)]
    before: Digits | None
    after: Digits | None


class Value(Part):
    """A value that is no number and changed: its text before and after."""

    route: Route
    line: Line
    before: Long | None
    after: Long | None
    label: Short = Field("", title="名称", description="人读的名称，如“2024 年 · 电网电力 · 用量”")


class Evidence(Part):
    """Ids of the evidence list; of files nobody names and of those too large, their paths within the plan's folder."""

    added: tuple[Short, ...] = ()
    removed: tuple[Short, ...] = ()
    changed: tuple[Short, ...] = ()
    expired: tuple[Short, ...] = ()
    unused: tuple[Path, ...] = ()
    large: tuple[Path, ...] = ()


class Private(Part):
    """Something that only the bureau may know and that would now be public, or a person's data where the public reads."""

    kind: Annotated[str, Field(max_length=40)]
    route: Route
    line: Line
    message: Short
    label: Short = Field("", title="名称", description="人读的名称，如“2024 年 · 电网电力 · 用量”")


class Stage(Part):
    """`who`: the roles of the catalogue that may make this transition; `by`: the role of whoever makes it, where it is known.

    `allowed`: whether the way exists and, where `by` is known, that role may go it. Without a transition `before` and `after` agree.
    """

    before: Short | None
    after: Short | None
    allowed: bool
    who: tuple[Short, ...]
    by: Short | None = None
    names: tuple[Short, Short] = Field(("", ""), description="改动前后阶段的名称")


class Findings(Part):
    """Brought by this change, mended by it, there before and after."""

    new: tuple[Told, ...] = ()
    fixed: tuple[Told, ...] = ()
    kept: tuple[Told, ...] = ()


class Paragraph(Part):
    """A paragraph of the body that changed, with the heading it stands under; `line` as in a cause."""

    section: Short
    line: Line
    before: Long | None
    after: Long | None


class Opinion(Part):
    """What a bureau or an expert gave a row, beside the factory's own points; `older`: it judged another version, null where it does not say."""

    role: Literal["district", "city", "expert"]
    reviewer: Short
    date: Annotated[str, Field(max_length=10)]
    row: Annotated[str, Field(max_length=40)]
    phase: PHASES
    points: Digits
    own: Digits | None
    reason: Long
    older: bool | None


class PlanReview(Part):
    """One plan; of a new one every `before`, of a deleted one every `after` is null."""

    uscc: Annotated[str, Field(max_length=40)]
    name: Short
    path: Path = Field(description="方案文件改动后的路径；删除的为改动前的路径")
    former: Path | None = Field(None, description="改名或移动之前的路径")
    change: Literal["new", "changed", "deleted", "catalogue"] = Field(description="catalogue：方案没有改动，只是目录的改动使它得分变化")
    pass_line: Digits | None
    total: Total
    unmet: Unmet = Field(Unmet(), title="不满足的基本要求")
    stage: Stage
    rows: tuple[Row, ...] = ()
    figures: tuple[Figure, ...] = ()
    results: tuple[Result, ...] = ()
    values: tuple[Value, ...] = ()
    prose: tuple[Paragraph, ...] = ()
    evidence: Evidence = Evidence()
    private: tuple[Private, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    findings: Findings = Findings()


class Review(Part):
    """`findings` are those that belong to no plan: files outside, links, names; `shallow`: the clone lacks commits."""

    format: Literal["zcf-review/1"] = "zcf-review/1"
    base: Hash
    head: Hash
    headline: Annotated[str, Field(max_length=20_000)]
    blocking: bool = Field(description="这次改动带来了不许合并的问题")
    plans: tuple[PlanReview, ...]
    outside: tuple[Path, ...] = Field(description="不在任何方案文件夹里的改动")
    findings: tuple[Told, ...] = ()
    shallow: bool = False
    tool: Short
    catalogues: dict[Annotated[str, Field(max_length=200)], Annotated[str, Field(max_length=80)]] = Field(
        description="评审所用目录及其摘要"
    )

    @property
    def brought(self) -> tuple[Told, ...]:
        """Every finding of this change, of no plan or of one."""
        return (*self.findings, *(finding for plan in self.plans for finding in plan.findings.new))


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of zcf-review/1."""
    made = Review.model_json_schema(mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **made,
        "title": "评审报告",
        "description": "数值和得分都是十进制数的文本。",
    }
