"""Commands around a plan: new, fmt, doctor."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zcfdocs.cli.frame import Paths, app, cannot, open_shelf, roots, say, stop
from zcfdocs.errors import ZcfError
from zcfdocs.jobs import plan_files, shown
from zcfdocs.places import project
from zcfdocs.speech import ChineseCommand


@app.command(cls=ChineseCommand, help="新建一份各项齐全、留待填写的方案：zcfdocs new xiqing/工厂拼音名")
@cannot
def new(
    place: Annotated[str, typer.Argument(metavar="辖区/名称", help="辖区为目录中的键，名称只用小写字母、数字和横线")],
    catalogue: Annotated[str | None, typer.Option(metavar="目录", help="默认为现有的目录", show_default=False)] = None,
) -> None:
    from zcfdocs.editing.new import create

    path = create(place, project(Path.cwd()) / "plans", open_shelf(), catalogue)
    print(path)
    say(f"已新建 {path}。请按其中的说明逐项填写，随时用 zcfdocs check {path} 检查、zcfdocs serve 预览")


@app.command(cls=ChineseCommand, help="把 Word、Excel 佐证用 LibreOffice 各转成一份 PDF，放在原文件旁：zcfdocs fmt --evidence")
@cannot
def fmt(
    paths: Paths = None,
    evidence: Annotated[bool, typer.Option("--evidence", help="转换 Word、Excel 佐证")] = False,
    only_check: Annotated[bool, typer.Option("--check", help="只列出应转换的，不写文件；有则退出码为 1")] = False,
) -> None:
    from zcfdocs.editing.convert import convert_evidence, tell_wanted

    if not evidence:
        raise ZcfError("没有写明整理什么", hint="转换 Word、Excel 佐证：zcfdocs fmt --evidence [方案…]")
    plans = [(path, shown(path, project(Path.cwd()))) for path in plan_files(roots(paths))]
    if only_check:
        stop(1 if tell_wanted(plans, print) else 0)
    written, failed = convert_evidence(plans, say)
    for path in written:
        print(path)
    stop(1 if failed else 0)


@app.command(cls=ChineseCommand, help="检查运行环境：版本、字体、系统库，缺什么、怎么装")
@cannot
def doctor() -> None:
    from zcfdocs.doctor import examine_machine

    complaints = examine_machine(print)
    stop(2 if complaints else 0)
