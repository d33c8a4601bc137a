"""The tables of the open data: their columns with units and meanings, and what stands in each line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from zcfdocs.derivation import KINDS
from zcfdocs.scorecard import Json
from zcfdocs.scoring.phase import PHASES
from zcfdocs.scoring.score import STATUS_NAMES
from zcfdocs.site.addresses import address_of, page_of, permanent
from zcfdocs.site.round import Round
from zcfdocs.site.sheet import sheet


class Measure(NamedTuple):
    """A figure of the facts' `totals` or `savings`."""

    title: str
    unit: str
    about: str


SHARE = "写作比值，1 表示 100%。"
TOTALS = {
    "tce": Measure("综合能源消费量", "tce", "电力、热力按当量值折算为标准煤。"),
    "emissions": Measure("碳排放量", "tCO2e", "范围1 与范围2 之和，未扣除抵消量。"),
    "renewable_share": Measure("可再生电力占比", "", SHARE),
    "offset_ratio": Measure("抵消比例", "", f"抵消量 ÷ 碳排放量，最高为 1。{SHARE}"),
}
SAVINGS = {
    "energy": Measure("项目年节能量", "tce", "方案各项目承诺的年节能量之和；企业保留其中一项时为空。"),
    "co2": Measure("项目年减碳量", "tCO2", "方案各项目承诺的年减碳量之和；企业保留其中一项时为空。"),
    "water": Measure("项目年节水量", "m3", "方案各项目承诺的年节水量之和；企业保留其中一项时为空。"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """`kind` is a type of Table Schema; `value` finds what stands in it. Columns with one `about` are explained together."""

    name: str
    kind: str
    about: str
    value: Callable[[Json], Any]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file: `key` names the columns that tell its lines apart, `lines` the facts each line is told from."""

    name: str
    title: str
    about: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    lines: Callable[[Round], Iterator[Json]]

    def printed(self, round_: Round) -> bytes:
        header = [column.name for column in self.columns]
        return sheet([header, *([column.value(line) for column in self.columns] for line in self.lines(round_))])


def _at(*route: str) -> Callable[[Json], Any]:
    """What lies there in a line's facts, None where the way ends before."""

    def value(line: Json) -> Any:
        found: Any = line
        for step in route:
            found = found.get(step) if found is not None else None
        return found

    return value


def _by_phase(title: str, kind: str, about: str, route: str, name: str, unit: str = "") -> Iterator[Column]:
    mark = f"（{unit}）" if unit else ""
    for phase, label in PHASES.items():
        yield Column(f"{label}{title}{mark}", kind, about, _at(route, phase, name), unit)


def _measured() -> Iterator[Column]:
    for name, (title, unit, about) in TOTALS.items():
        yield from _by_phase(title, "number", about, "totals", name, unit)
    yield Column("项目数", "integer", "方案列出的项目的个数。", _at("savings", "projects"))
    for name, (title, unit, about) in SAVINGS.items():
        yield Column(f"{title}（{unit}）", "number", about, _at("savings", name), unit)


def _plans(round_: Round) -> Iterator[Json]:
    for plan in sorted(round_.living, key=lambda item: str(item["key"])):
        places = {"page": page_of(plan["key"]), "permanent": permanent(plan["id"])}
        yield plan | {name: address_of(round_.address, path) for name, path in places.items()}


def _rows(round_: Round) -> Iterator[Json]:
    """One line per plan, row and phase."""
    for plan in sorted(round_.living, key=lambda item: str(item["key"])):
        for row in plan["rows"]:
            kind = KINDS[row["kind"]]
            for phase, points in row["points"].items():
                year, status = plan["scores"][phase]["year"], STATUS_NAMES[row["status"][phase]]
                yield {"plan": plan, "row": row, "kind": kind, "phase": PHASES[phase], "year": year, "points": points, "status": status}


PLANS = Table(
    "plans",
    "方案总表",
    "每份公开的方案一行：企业、得分、能耗、排放和承诺的节约量。撤回的方案不在表中。",
    (
        Column("方案", "string", "“辖区代号/文件夹名”，在表中唯一。", _at("key")),
        Column("统一社会信用代码", "string", "18 位，应按文本读入。", _at("uscc")),
        Column("企业名称", "string", "方案填写的名称。", _at("name")),
        Column("辖区", "string", "申报所在的辖区。", _at("district", "name")),
        Column("行业代码", "string", "国民经济行业分类的代码。", _at("industry", "code")),
        Column("行业", "string", "行业代码的名称。", _at("industry", "name")),
        Column("阶段", "string", "方案所处的阶段，见“方法与口径”。", _at("stage", "name")),
        Column("目录", "string", "评分所依据的目录的代号。", _at("catalogue", "id")),
        Column("年度", "year", "目录的年度。", _at("catalogue", "year")),
        Column("填报日", "date", "佐证按这一天是否有效判断。", _at("as_of")),
        Column("更新日", "date", "最新一版的日期。", _at("changed")),
        Column("合格线", "number", "总分达到它，并且基本要求全部符合，才是“达线”。", _at("pass_line"), "分"),
        *_by_phase("年份", "year", "“现状”是基准年，“目标”是目标年，“结果”是效果评价的年份，没有时为空。", "scores", "year"),
        *_by_phase("总分", "number", "没有取位的总分，满分 100。", "scores", "total", "分"),
        *_by_phase("结论", "string", "达线、未达线或基本要求不符合。", "scores", "word"),
        *_measured(),
        Column("检查错误数", "integer", "不为 0 的是草稿，数值和得分仅供修改参考。", _at("errors")),
        Column("方案页", "string", "网址；网站没有固定网址时，是相对于网站首页的路径。", _at("page")),
        Column("固定网址", "string", "以统一社会信用代码为名，方案换了文件夹也不变。", _at("permanent")),
        Column("方案摘要", "string", "方案和佐证内容的 SHA-256，内容一改就不同。", _at("digest")),
        Column("提交", "string", "数据所依据的 git 提交。", _at("commit")),
    ),
    ("方案",),
    _plans,
)
ROWS = Table(
    "rows",
    "指标得分表",
    "每份方案、每项指标、每个时点一行。",
    (
        Column("方案", "string", "“辖区代号/文件夹名”，与方案总表的“方案”对应。", _at("plan", "key")),
        Column("统一社会信用代码", "string", "18 位，应按文本读入。", _at("plan", "uscc")),
        Column("企业名称", "string", "方案填写的名称。", _at("plan", "name")),
        Column("目录", "string", "评分所依据的目录的代号。", _at("plan", "catalogue", "id")),
        Column("指标", "string", "指标的编号，应按文本读入。", _at("row", "id")),
        Column("指标名称", "string", "目录中的名称。", _at("row", "title")),
        Column("类别", "string", "必选或可选。", _at("kind")),
        Column("时点", "string", "现状、目标或结果。", _at("phase")),
        Column("年份", "year", "时点所在的年份。", _at("year")),
        Column("得分", "number", "计入的得分，没有取位。", _at("points"), "分"),
        Column("满分", "number", "该项指标的满分。", _at("row", "max"), "分"),
        Column("状态", "string", f"{'、'.join(STATUS_NAMES.values())}之一，意思见“方法与口径”。", _at("status")),
    ),
    ("方案", "指标", "时点"),
    _rows,
)
TABLES = (PLANS, ROWS)
