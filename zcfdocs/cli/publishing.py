"""Commands around the public page: publish-proof capture."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zcfdocs.cli.frame import app, cannot, examine_plans, open_shelf, say, stop
from zcfdocs.errors import ZcfError
from zcfdocs.publication import PROOF, RECORD, STAMP, Record
from zcfdocs.reading import digest
from zcfdocs.speech import ChineseCommand, ChineseGroup
from zcfdocs.store import write_whole

if TYPE_CHECKING:  # pyHanko and git are wanted only where something is captured
    from zcfdocs.publishing import Local

proofs = typer.Typer(
    cls=ChineseGroup, add_completion=False, no_args_is_help=True, rich_markup_mode=None, help="公开发布证明：从网上抓取并核对"
)
app.add_typer(proofs, name="publish-proof")


@proofs.callback()
def group() -> None:
    """Keeps `capture` a command of its own while it is the only one."""


@proofs.command(cls=ChineseCommand, help="抓取方案的公开网页，与网站所列摘要和本机方案核对，生成公开发布证明.pdf")
@cannot
def capture(
    path: Annotated[Path, typer.Argument(metavar="方案", help="方案文件夹或其中的 plan.md")],
    url: Annotated[str, typer.Option("--url", metavar="网址", help="方案网页的网址")],
    tsa: Annotated[str | None, typer.Option("--tsa", metavar="网址", help="时间戳服务（RFC 3161）", show_default=False)] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="文件", help=f"默认为方案的 evidence/{PROOF}.pdf", show_default=False)
    ] = None,
) -> None:
    from zcfdocs.proofs import proof
    from zcfdocs.proving import unproved
    from zcfdocs.publishing import compare, fetch, record_of

    local, folder = _local(path)
    target = out or folder / "evidence" / f"{PROOF}.pdf"
    if target.exists():
        raise ZcfError(f"{target} 已存在，不覆盖", hint="移走旧的证明，或用 --out 指定别的文件")
    fetched = fetch(url)
    checks = compare(fetched, local)
    for check in checks:
        say(f"{check.code} {check.verdict.label} {check.message}")
    if any(check.verdict != "valid" for check in checks):
        stop(1)
    record = record_of(fetched, local, datetime.datetime.now(datetime.UTC), tsa or "")
    if complaint := unproved(record, folder):
        say(f"网页所列的提交核对不上：{complaint}")
        stop(1)
    target.parent.mkdir(parents=True, exist_ok=True)
    write_whole(target, proof(record, {**fetched.files, RECORD: record.dump(), **_stamp(record, tsa)}))
    print(target)
    _advise(record, target, folder)


def _local(path: Path) -> tuple[Local, Path]:
    from zcfdocs.publishing import Local

    examined = examine_plans([path], open_shelf(), keep_figures=False)
    if len(examined) != 1 or examined[0].reading.plan is None:
        raise ZcfError(f"{path} 不是一份可读的方案", hint="写一份方案的文件夹；用 zcfdocs check 查看问题")
    reading, factory = examined[0].reading, examined[0].reading.plan.factory
    return Local(factory.uscc, factory.name, digest(reading.source, reading.evidence)), reading.source.folder


def _stamp(record: Record, tsa: str | None) -> dict[str, bytes]:
    if tsa is None:
        say("没有用 --tsa 指定时间戳服务，抓取时间只是本机的说明")
        return {}
    from zcfdocs.sealing.detached import timestamp

    return {STAMP: timestamp(record.dump(), tsa)}


def _advise(record: Record, target: Path, folder: Path) -> None:
    """The lines of plan.md that make the proof count."""
    try:
        file = target.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        file = f"evidence/{target.name}"
        say(f"请把 {target} 放进方案的 evidence 文件夹")
    day = record.moment.astimezone().date()
    say("在 plan.md 里写：")
    say(f"  evidence 清单加一行：- {{id: publication, title: {PROOF}, file: {file}, issued: {day}}}")
    say(f'  publication: {{url: "{record.url}", date: {day}, proof: publication}}（date 写实际发布的日期）')
