"""台账 as a workbook: one line a plan, one line a piece of evidence that runs out, and what the columns mean."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from zcfdocs.printing.ledger import Cell, Column, Leaf, print_ledger
from zcfdocs.reviewing.record.ledger import WARNING, Entry, Expiring, Ledger, Request, Standing, gap, passing

PLANS = (
    Column("企业", 30), Column("信用代码", 20, "middle"), Column("厂区", 10), Column("阶段", 13, "middle"), Column("到此阶段日期", 11, "middle"),
    Column("现状得分", 9, "score"), Column("目标得分", 9, "score"), Column("结果得分", 9, "score"), Column("是否过线", 20),
    Column("未满足的必选", 16), Column("离线还差", 9, "score"), Column("错误", 6, "whole"), Column("警告", 6, "whole"),
    Column("90 天内到期或已过期的佐证", 34), Column("距截止日（天）", 9, "whole"), Column("待办（评审要求）", 40), Column("最近改动日", 11, "middle"),
)  # fmt: skip
EVIDENCE = (
    Column("企业", 30), Column("信用代码", 20, "middle"), Column("佐证编号", 16), Column("佐证名称", 36), Column("到期日", 12, "day"),
    Column("剩余天数", 10, "whole"), Column("状态", 10, "middle"), Column("方案文件", 40),
)  # fmt: skip
NEXT = 4  # pieces of evidence that a plan's own line names
NOTES = (
    "本表列出辖区内的全部方案，由方案文件、提交历史和评审意见（review.yaml）生成；改动方案后重新生成即可，不要在表里改。",
    "到此阶段日期：方案的当前阶段提交入库的日期；空着的是尚未提交。最近改动日：方案文件夹最近一次提交的日期。",
    "得分未取整比较，显示两位小数；差一点过线的多显示几位，不会显示成已过线。",
    "未满足的必选、离线还差：有结果年的按结果，否则按现状。",
    "到期的佐证：到期日在生成日之后 90 天以内的，和已经过期的；过期的佐证不计分。",
    "距截止日：离通知规定的申报截止日的天数，负数为已过。",
    "待办：评审意见里的要求；“旧版”表示意见针对较早的版本，可能已经改好。",
    "红字：有错误，或有已过期的佐证，或有已到期的要求。",
)


def workbook(of: Ledger) -> bytes:
    """The same bytes for the same ledger."""
    title = f"{of.district_name}“零碳”工厂试点方案台账（{of.on}）"
    plans = Leaf(
        "台账", title, PLANS, tuple(map(_line, of.plans)), frozenset(at for at, entry in enumerate(of.plans) if _alarms(entry, of.on))
    )
    expiring = sorted(
        ((item, entry) for entry in of.plans for item in entry.expiring), key=lambda pair: (pair[0].day, pair[1].path, pair[0].id)
    )
    rows = tuple(_piece(item, entry) for item, entry in expiring)
    gone = frozenset(at for at, (item, _) in enumerate(expiring) if item.left < 0)
    evidence = Leaf("佐证到期", f"{of.district_name}佐证到期清单（{of.on}）", EVIDENCE, rows, gone)
    told: tuple[str, ...] = (f"{WARNING}。生成日：{of.on}；方案 {len(of.plans)} 份。", *NOTES)
    told += ("仓库是浅克隆，缺早先的提交：到此阶段日期和最近改动日可能不准。取回全部历史：git fetch --unshallow",) if of.shallow else ()
    notes = Leaf("说明", "台账说明", (Column("说明", 120),), tuple((line,) for line in told))
    return print_ledger(title, WARNING, of.on, (plans, evidence, notes))


def _line(entry: Entry) -> tuple[Cell, ...]:
    decisive = entry.decisive
    missing = gap(decisive)
    return (
        entry.name, entry.uscc, entry.site, entry.stage_name, entry.since,
        *(_points(entry.standing(phase)) for phase in ("now", "target", "result")),
        passing(entry), "、".join(decisive.unmet) if decisive else "", float(missing) if missing else None, entry.errors, entry.warnings,
        runs_out(entry),
        entry.left, "\n".join(map(asked, entry.requests)), entry.touched,
    )  # fmt: skip


def _points(standing: Standing | None) -> float | None:
    return float(Fraction(standing.display)) if standing else None


def _piece(item: Expiring, entry: Entry) -> tuple[Cell, ...]:
    return (entry.name, entry.uscc, item.id, item.title, item.day, item.left, "已过期" if item.left < 0 else "将到期", entry.path)


def runs_out(entry: Entry) -> str:
    """The next few, a line each; all of them are on a sheet of their own."""
    told = [f"{item.title} {item.day}{'（已过期）' if item.left < 0 else ''}" for item in entry.expiring[:NEXT]]
    return "\n".join(told) + (f"\n等 {len(entry.expiring)} 份" if len(entry.expiring) > NEXT else "")


def asked(request: Request) -> str:
    """`区 某某：补充职责分工（1.2.1；2025-04-25 前；旧版）`."""
    told = [request.row or "", f"{request.due} 前" if request.due else "", "旧版" if request.older else ""]
    more = "；".join(part for part in told if part)
    return f"{request.who}：{request.text}" + (f"（{more}）" if more else "")


def _alarms(entry: Entry, on: date) -> bool:
    late = any(request.due is not None and request.due < on for request in entry.requests)
    return bool(entry.errors) or late or any(item.left < 0 for item in entry.expiring)
