"""The command that tells of the past and of a district as a whole: history."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from zcfdocs.cli.frame import app, cannot, console, examine_plans, open_shelf, roots, say
from zcfdocs.errors import ZcfError
from zcfdocs.figure import display, trimmed
from zcfdocs.history import history as read_history
from zcfdocs.pipeline import Examined
from zcfdocs.places import project
from zcfdocs.speech import ChineseCommand
from zcfdocs.store import Store, write_whole

if TYPE_CHECKING:
    from zcfdocs.history import History
    from zcfdocs.reviewing.record.chronicle import Chronicle, Moved, Told, Version
    from zcfdocs.reviewing.record.ledger import Ledger

USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
MANY = 20  # plans that take a while
SHOWN = 3  # rows of a version that moved
SIGNED = {"good": "有效", "unsigned": "无", "unknown": "密钥未列入", "expired": "已过期", "revoked": "已作废", "bad": "无效"}
PROMISE = {"kept": "与入选时相同", "changed": "与入选时不同", "unknown": "没有核对"}
SHALLOW = "仓库是浅克隆，历史不完整：早先的版本看不到，最早一版的日期和阶段不确定。取回全部历史：git fetch --unshallow"
MISSING = "仓库缺 {} 份早先的方案文本（部分克隆，或对象损坏），版本可能不全。取回：git fetch --refetch --no-filter，或重新完整克隆"


class Form(StrEnum):
    text = "text"
    json = "json"
    xlsx = "xlsx"


@app.command(cls=ChineseCommand, help="版本记录：每一版的阶段、日期、提交人、签名、摘要和得分；--district 列出一个辖区全部方案的台账")
@cannot
def history(
    plans: Annotated[
        list[str] | None,
        typer.Argument(metavar="[方案…]", help="plan.md、文件夹或统一社会信用代码；不写则为 plans/ 下全部方案", show_default=False),
    ] = None,
    district: Annotated[
        str | None, typer.Option(metavar="辖区", help="台账：一个辖区的全部方案，内部资料，不对外", show_default=False)
    ] = None,
    format: Annotated[Form, typer.Option("--format", metavar="text|json|xlsx", help="输出格式；xlsx 只用于台账")] = Form.text,
    out: Annotated[
        Path | None, typer.Option(metavar="文件", help="台账的 xlsx 写到哪里，默认 dist/bureau/<辖区>-台账.xlsx", show_default=False)
    ] = None,
    on: Annotated[str | None, typer.Option(metavar="日期", help="台账按哪一天算，如 2025-04-30；默认今天", show_default=False)] = None,
) -> None:
    if district is None and (format is Form.xlsx or out is not None or on is not None):
        raise ZcfError("--format xlsx、--out 和 --on 只用于台账", hint="写明辖区：zcfdocs history --district xiqing --format xlsx")
    if district is not None and plans:
        raise ZcfError("台账列出辖区的全部方案，不能再写方案", hint="只写 --district，或只写方案")
    if out is not None and format is not Form.xlsx:
        raise ZcfError("--out 只用于 xlsx", hint="加上 --format xlsx；其他格式打印在屏幕上，可用 > 存成文件")
    if district is not None:
        _district(district, format, out, _day(on))
        return
    _versions(plans or [], format)


def _day(text: str | None) -> date:
    if text is None:
        return date.today()  # noqa: DTZ011  # the day where the officer sits
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ZcfError(f"“{text[:40]}”不是日期", hint="写成 年-月-日，如 2025-04-30") from None


def _past(home: Path) -> History:
    past = read_history(home / "plans", _store(home))
    if past.top is None or not past.commit:
        say("这里不是 git 仓库或还没有提交：没有版本记录")
    if past.shallow:
        say(SHALLOW)
    if past.missing:
        say(MISSING.format(past.missing))
    return past


def _store(home: Path, name: str = "") -> Store:
    return Store(home / ".zcf-cache" / name)


def _versions(asked: Sequence[str], format: Form) -> None:
    from zcfdocs.reviewing.record.chronicle import chronicle

    home = project(Path.cwd())
    past = _past(home)
    codes = [word for word in asked if USCC.fullmatch(word) and not Path(word).exists()]
    paths = [Path(word) for word in asked if word not in codes]
    present = _keyed(examine_plans(roots(paths), open_shelf()), past) if paths or not asked else {}
    keys = list(present)
    for code in codes:
        found = _coded(code, past, home)
        present = found | present
        keys += found
    if len(keys) > MANY:
        say(f"正在核算 {len(keys)} 份方案的各版本 …")
    told = chronicle(past, list(dict.fromkeys(keys)), {key: item for key, item in present.items() if item}, _store(home, "history"))
    if format is Form.json:
        print(told.model_dump_json(indent=2))
        return
    _show(told)


def _keyed(examined: Sequence[Examined], past: History) -> dict[str, Examined | None]:
    """By identity; of a factory's plans in several rounds the one that history knows last."""
    from zcfdocs.reviewing.record.chronicle import key_for

    found: dict[str, Examined | None] = {}
    for item in examined:
        key, plan = key_for(item), item.reading.plan
        last = past.moments.get(key, ())[-1:] if key else ()
        if key and (key not in found or (plan and last and last[0].catalogue == plan.catalogue)):
            found[key] = item
    return found


def _coded(code: str, past: History, home: Path) -> dict[str, Examined | None]:
    """The plans of a company: where history has them last, else wherever one of plans/ names it; None for one that is gone."""
    from zcfdocs.reviewing.record.chronicle import keys_for

    keys = keys_for(past, code)
    folders = {past.top / past.moments[key][-1].folder for key in keys} if past.top else set()
    paths = sorted(folder for folder in folders if (folder / "plan.md").is_file())
    near = _keyed(examine_plans(paths, open_shelf()), past) if paths else {}
    if not keys or not near.keys() >= set(keys):
        near |= _keyed(examine_plans([home / "plans"], open_shelf()), past) if (home / "plans").is_dir() else {}
    found = {key: near.get(key) for key in [*keys, *(key for key in near if key.partition("-")[0] == code)]}
    if not found:
        raise ZcfError(f"没有信用代码为 {code} 的方案", hint="核对代码，或写方案的路径")
    return found


def _show(told: Chronicle) -> None:
    for plan in told.plans:
        out = console()
        site = f"（{escape(plan.site)}）" if plan.site else ""
        out.print(
            f"\n[bold]{escape(plan.name) or plan.uscc}[/]{site}  {plan.uscc}  {escape(plan.path or '已不在方案库里')}", highlight=False
        )
        if plan.promise is not None:
            out.print(f"入选时的承诺：{PROMISE[plan.promise]}", highlight=False)
            for note in plan.promise_notes:
                out.print(f"  {escape(note)}", highlight=False, soft_wrap=True)
        out.print(_table(plan) if plan.versions else "还没有提交过的版本", highlight=False)
        for line in _doubts(plan):
            out.print(line, highlight=False, soft_wrap=True)


def _table(plan: Told) -> Table:
    table = Table(header_style="bold")
    for name, justify in (("版本", "right"), ("日期", "left"), ("阶段", "left"), ("提交", "left"), ("提交人", "left"), ("签名", "left")):
        table.add_column(name, justify=justify, no_wrap=name in ("版本", "日期", "提交"))  # type: ignore[arg-type]  # rich's own literals
    for name in ("现状", "目标", "结果"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("摘要", no_wrap=True)
    table.add_column("得分变化的指标", overflow="fold", ratio=1)
    for one in plan.versions:
        signed = SIGNED[one.signature.state] + (f" {escape(one.signature.signer)}" if one.signature.signer else "")
        mark = "" if one.certain else "？"
        lead = (f"{one.number}{mark}", one.day, escape(one.stage_name), one.commit[:10], escape(one.author), signed)
        table.add_row(*lead, *_totals(one), (one.digest or "").removeprefix("sha256:")[:10] or "—", escape(_moves(one.moved)))
    return table


def _totals(one: Version) -> Iterator[str]:
    for text in (one.totals.now, one.totals.target, one.totals.result) if one.totals else (None, None, None):
        yield display(Fraction(text), 2, Fraction(one.pass_line)) if text is not None and one.pass_line else "—"


def _moves(moved: Sequence[Moved]) -> str:
    from zcfdocs.reviewing.record.ledger import PHASES

    told = [f"{one.row} {PHASES[one.phase]} {trimmed(Fraction(one.before), 2)}→{trimmed(Fraction(one.after), 2)}" for one in moved[:SHOWN]]
    return "，".join(told) + (f" 等 {len(moved)} 项" if len(moved) > SHOWN else "")


def _doubts(plan: Told) -> Iterator[str]:
    if any(not one.certain for one in plan.versions):
        yield "？ 浅克隆里最早的提交：这一版可能更早就有，日期、阶段和版本号都不确定"
    if any(one.totals is None for one in plan.versions):
        yield "—  那一版无法核算，或缺少文件"


def _district(district: str, format: Form, out: Path | None, on: date) -> None:
    from zcfdocs.reviewing.record.ledger import ledger
    from zcfdocs.reviewing.record.register import workbook

    home = project(Path.cwd())
    past = _past(home)
    found = ledger(examine_plans(None, open_shelf()), past, district, on)
    if format is Form.json:
        print(found.model_dump_json(indent=2))
        return
    if format is Form.text:
        _show_ledger(found)
        return
    place = out or home / "dist" / "bureau" / f"{district}-台账.xlsx"
    _guard(place, home)
    write_whole(place, workbook(found))
    print(place)
    say(f"台账 {len(found.plans)} 份方案。{found.note}")


def _guard(place: Path, home: Path) -> None:
    """What is the bureau's own never lies where the public site is made, nor among what is published of it."""
    public = [home / "dist" / "site", home / "stage", home / "docs"]
    if any(place.resolve().is_relative_to(folder.resolve()) for folder in public) or (place.resolve().parent / "integrity.json").exists():
        raise ZcfError(f"{place} 在公开网站的文件夹里，台账不能放在那里", hint="不写 --out，或写网站以外的文件")
    if place.is_symlink() or place.is_dir():
        raise ZcfError(f"{place} 不是普通文件", hint="换一个文件名")


def _show_ledger(found: Ledger) -> None:
    from zcfdocs.reviewing.record.ledger import passing, shown
    from zcfdocs.reviewing.record.register import asked, runs_out

    table = Table(title=f"{found.district_name}台账（{found.on}）——{found.note}", header_style="bold")
    for name in ("企业", "阶段", "到此阶段", "现状", "目标", "结果", "过线", "错误/警告", "到期佐证", "待办", "最近改动"):
        table.add_column(name, overflow="fold", justify="right" if name in ("现状", "目标", "结果") else "left")
    for entry in found.plans:
        expiring = runs_out(entry)
        scores = (shown(entry.standing(phase)) for phase in ("now", "target", "result"))
        lead = (f"{entry.name}\n{entry.uscc}", entry.stage_name, entry.since)
        rest = (f"{entry.errors}/{entry.warnings}", expiring, "\n".join(map(asked, entry.requests)), entry.touched)
        table.add_row(*map(escape, (*lead, *scores, passing(entry), *rest)))
    console().print(table, highlight=False)
    left = {entry.left for entry in found.plans if entry.left is not None}
    for days in sorted(left):
        say(f"距截止日 {days} 天" if days >= 0 else f"已过截止日 {-days} 天")
