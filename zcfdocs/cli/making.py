"""Commands that make copies: build, serve."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from zcfdocs.build import build
from zcfdocs.cli.frame import Paths, app, cannot, console, roots, say, stop
from zcfdocs.errors import ZcfError
from zcfdocs.finding import Severity, count, suggest
from zcfdocs.jobs import TARGETS, Options
from zcfdocs.places import project
from zcfdocs.report import show_findings, summary
from zcfdocs.speech import ChineseCommand
from zcfdocs.task import COPIES, PDF_A
from zcfdocs.verapdf import judge


@app.command("build", cls=ChineseCommand, help="检查、评分并生成网站、PDF、Word 和 scorecard.json 到 dist/")
@cannot
def build_command(
    paths: Paths = None,
    to: Annotated[str, typer.Option(metavar=",".join(TARGETS), help="只生成这些")] = ",".join(TARGETS),
    out: Annotated[Path | None, typer.Option(metavar="文件夹", help="输出到哪里，默认 dist/", show_default=False)] = None,
    jobs: Annotated[int | None, typer.Option(metavar="N", min=1, help="同时几份，默认为处理器数", show_default=False)] = None,
    draft: Annotated[bool, typer.Option("--draft", help="有错误也生成，每页标“草稿”")] = False,
    public: Annotated[bool, typer.Option("--public", help="网站只收可公开的方案；不加则为预览")] = False,
    url: Annotated[
        str, typer.Option("--url", metavar="网址", help="网站的网址，写进 integrity.json 和公开发布证明", show_default=False)
    ] = "",
    keep_going: Annotated[bool, typer.Option("--keep-going", help="有错误的方案跳过，其余照常生成")] = False,
    why: Annotated[bool, typer.Option("--why", help="说明每份方案为何重新生成")] = False,
    verapdf: Annotated[
        Path | None, typer.Option(metavar="程序", help="另用已安装的 veraPDF 检验生成的 PDF 是否符合 PDF/A-3a", show_default=False)
    ] = None,
) -> None:
    options = replace(_options(paths, to, out, draft, public, keep_going, why, jobs), address=_address(url), **_explained(to))
    built = build(options, say)
    show_findings(console(), built.findings)
    say(summary(built.findings, built.checked))
    for path in built.refused:
        say(f"未生成 {path}：有错误，改正后再生成，或加 --draft 生成草稿")
    if built.refused and not keep_going:
        say("因此本次没有生成任何文件；加 --keep-going 可先生成其余方案")
        stop(1)
    for place, error in built.failed.items():
        say(f"未生成 {place}：{error.message}" + (f"\n  办法：{error.hint}" if error.hint else ""))
    for place in built.removed:
        say(f"已删除不再需要的 {options.out / 'submission' / place}")
    if set(options.to) & COPIES.keys():
        say(f"申报材料新生成 {len(built.printed)} 份，未变化 {len(built.kept)} 份")
    for place, (listed, unbound) in built.unbound.items():
        say(f"{place}：{listed} 份佐证中 {unbound} 份未装订，原因见{COPIES['evidence']} 的“未装订的材料”一节")
    if "site" in options.to:
        say("网站已更新" if built.site else "网站没有变化")
    for district in built.districts:
        say(f"主管部门用表：{options.out / 'bureau' / district}")
    if built.proofs:
        say(f"公开发布证明 {len(built.proofs)} 份：{options.out / 'publication'}")
    _say_where(options)
    sound = verapdf is None or _judged(verapdf, options, (*built.printed, *built.kept))
    wrong = bool(built.refused) or not sound or (count(built.findings, Severity.ERROR) > 0 and not draft)
    stop(2 if built.failed else 1 if wrong else 0)


def _explained(to: str) -> dict[str, Any]:
    """The checks of `verify` and the codes of `review`, for the page of codes."""
    if "site" not in to.split(","):
        return {}
    from zcfdocs.reviewing.codes import codes
    from zcfdocs.sealing.meanings import meanings  # pyHanko takes half a second to import

    return {"meanings": tuple(meanings().values()), "codes": codes()}


def _judged(program: Path, options: Options, places: Sequence[str]) -> bool:
    """Whether veraPDF passes every PDF/A copy of these plans."""
    verdicts = judge(program, [path for place in places for name in PDF_A if (path := options.out / "submission" / place / name).is_file()])
    for verdict in verdicts:
        say(f"veraPDF {'通过' if verdict.passed else '未通过'} {verdict.path}" + "".join(f"\n  条款 {rule}" for rule in verdict.rules))
    return all(verdict.passed for verdict in verdicts)


def _address(url: str) -> str:
    parts = urlsplit(url)
    plain = (
        re.fullmatch(r"https?://[^\x00-\x20\x7f-\uffff\"'<>`\\]+", url)
        and parts.hostname
        and not (parts.query or parts.fragment or "@" in parts.netloc)
    )
    if url and not plain:
        raise ZcfError(f"网址不对：{url[:200]}", hint="写网站首页的完整网址，例如 https://example.gov.cn/zcf/")
    return url


def _options(
    paths: Sequence[Path] | None, to: str, out: Path | None, draft: bool, public: bool, keep_going: bool, why: bool, jobs: int | None
) -> Options:
    targets = tuple(part.strip() for part in to.split(",") if part.strip())
    for target in targets:
        if target not in TARGETS:
            raise ZcfError(f"不能生成 {target}。{suggest(target, TARGETS)}", hint=f"--to 可取：{','.join(TARGETS)}")
    home = project(Path.cwd())
    chosen = Options(roots(paths), home, out or home / "dist", targets, draft=draft, public=public, keep_going=keep_going, why=why)
    return chosen if jobs is None else Options(**{**{name: getattr(chosen, name) for name in Options.__slots__}, "jobs": jobs})


def _say_where(options: Options) -> None:
    if "site" in options.to:
        say(f"网站：{options.out / 'site' / 'index.html'}")
    if set(options.to) & COPIES.keys():
        say(f"申报材料：{options.out / 'submission'}")


@app.command(cls=ChineseCommand, help="边改边看：本机预览网站，保存方案后自动刷新，页面上显示检查结果")
@cannot
def serve(
    paths: Paths = None,
    port: Annotated[int, typer.Option(metavar="端口", min=1, max=65535)] = 8000,
    host: Annotated[str, typer.Option(metavar="地址", help="只在本机可见的地址为 127.0.0.1")] = "127.0.0.1",
) -> None:
    from zcfdocs.preview import preview  # mkdocs is slow to import

    preview(roots(paths), project(Path.cwd()), host, port, say)
