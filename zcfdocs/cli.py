"""The command line: arguments in, exit code out; what is decided is decided below."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import Annotated, NoReturn, ParamSpec, TypeVar

import typer
from rich.console import Console

from zcfdocs.build import build
from zcfdocs.derivation import derivation
from zcfdocs.errors import ZcfError
from zcfdocs.finding import CODES, Finding, Severity, count, suggest
from zcfdocs.jobs import TARGETS, Options, plan_files, shown
from zcfdocs.loading import Shelf
from zcfdocs.pipeline import Examined, card, examine_all
from zcfdocs.places import indicators, project
from zcfdocs.provenance import origins
from zcfdocs.report import explain as explanation
from zcfdocs.report import show_findings, show_score, summary
from zcfdocs.scorecard import Origin
from zcfdocs.speech import ChineseCommand, ChineseGroup, UsageError, complaint
from zcfdocs.task import COPIES, PDF_A
from zcfdocs.verapdf import judge
from zcfdocs.versions import version_lines

app = typer.Typer(
    cls=ChineseGroup,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="“零碳”工厂试点方案：检查、核算、评分、生成网站与申报材料。",
)
P = ParamSpec("P")
R = TypeVar("R")

Paths = Annotated[
    list[Path] | None, typer.Argument(metavar="[方案…]", help="plan.md 或文件夹；不写则为 plans/ 下全部方案", show_default=False)
]


class Format(StrEnum):
    text = "text"
    json = "json"


FormatOption = Annotated[Format, typer.Option("--format", metavar="text|json", help="输出格式")]


def console() -> Console:
    """stdout, wide enough for Chinese tables where it is no terminal."""
    return Console(emoji=False) if sys.stdout.isatty() else Console(width=160, emoji=False)


def say(text: str) -> None:
    """Talk goes to stderr; results go to stdout."""
    print(text, file=sys.stderr, flush=True)


def stop(code: int) -> NoReturn:
    raise typer.Exit(code)


def cannot(function: Callable[P, R]) -> Callable[P, R]:
    """An impossible environment ends with exit code 2 and its mend."""

    @wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except ZcfError as error:
            say(f"无法执行：{error.message}" + (f"\n  办法：{error.hint}" if error.hint else ""))
            stop(2)

    return guarded


def _roots(paths: Sequence[Path] | None) -> tuple[Path, ...]:
    if paths:
        return tuple(paths)
    plans = project(Path.cwd()) / "plans"
    if not plans.is_dir():
        raise ZcfError("这里没有 plans/ 文件夹", hint="在方案仓库里运行，或写明方案的路径；新建方案用 zcfdocs new <辖区>/<名称>")
    return (plans,)


def _shelf() -> Shelf:
    return Shelf(indicators(project(Path.cwd())))


def _examine(paths: Sequence[Path] | None, shelf: Shelf, keep_figures: bool = True) -> list[Examined]:
    home = project(Path.cwd())
    return examine_all([(path, shown(path, home)) for path in plan_files(_roots(paths))], shelf, keep_figures)


def _findings(shelf: Shelf, examined: Sequence[Examined]) -> list[Finding]:
    return [*shelf.findings, *(finding for item in examined for finding in item.findings)]


def _verdict(findings: Sequence[Finding]) -> NoReturn:
    stop(1 if count(findings, Severity.ERROR) else 0)


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


@app.command(cls=ChineseCommand, help="检查方案，列出全部问题；有错误时退出码为 1")
@cannot
def check(paths: Paths = None, format: FormatOption = Format.text) -> None:
    shelf = _shelf()
    examined = _examine(paths, shelf, keep_figures=False)
    findings = _findings(shelf, examined)
    if format is Format.json:
        _print_json([finding.as_json() for finding in findings])
    else:
        show_findings(console(), findings)
        say(summary(findings, len(examined)))
    _verdict(findings)


@app.command(cls=ChineseCommand, help="核算并评分：现状、目标、结果并列，并列出离分数线还差什么")
@cannot
def score(
    paths: Paths = None,
    row: Annotated[str | None, typer.Option("--explain", metavar="指标", help="打印一项指标从数据到得分的全过程，如 5.4.1")] = None,
    format: FormatOption = Format.text,
) -> None:
    shelf = _shelf()
    examined = _examine(paths, shelf)
    if format is Format.json:
        known = _origins(examined, shelf)
        _print_json([whole for item in examined if (whole := card(item, known[item.path])) is not None])
    else:
        for item in examined:
            _show(item, row)
    findings = _findings(shelf, examined)
    for item in examined:
        if item.score is None or (format is Format.text and item.has_errors):
            show_findings(Console(stderr=True, emoji=False), [finding for finding in item.findings if finding.severity is Severity.ERROR])
    if errors := count(findings, Severity.ERROR):
        say(f"方案有 {errors} 个错误，以上得分仅供参考；用 zcfdocs check 查看")
    _verdict(findings)


def _show(item: Examined, row: str | None) -> None:
    if item.score is None or item.rulebook is None:
        return
    if row is None:
        show_score(console(), item)
        return
    rows = item.rulebook.catalogue.rows_by_id
    if row not in rows:
        raise ZcfError(f"没有指标 {row}。{suggest(row, rows)}", hint=f"共 {len(rows)} 项：{'、'.join(rows)}")
    print("\n".join(derivation(row, item.score, item.rulebook, item.reading.source)))


def _origins(examined: Sequence[Examined], shelf: Shelf) -> dict[Path, Origin]:
    read = {item.path.parent: [shelf.root / name for name in item.rulebook.files] if item.rulebook else [] for item in examined}
    known = origins(read)
    return {item.path: known[item.path.parent] for item in examined}


@app.command("build", cls=ChineseCommand, help="检查、评分并生成网站、PDF、Word 和 scorecard.json 到 dist/")
@cannot
def build_command(
    paths: Paths = None,
    to: Annotated[str, typer.Option(metavar=",".join(TARGETS), help="只生成这些")] = ",".join(TARGETS),
    out: Annotated[Path | None, typer.Option(metavar="文件夹", help="输出到哪里，默认 dist/", show_default=False)] = None,
    jobs: Annotated[int | None, typer.Option(metavar="N", min=1, help="同时几份，默认为处理器数", show_default=False)] = None,
    draft: Annotated[bool, typer.Option("--draft", help="有错误也生成，每页标“草稿”")] = False,
    public: Annotated[bool, typer.Option("--public", help="网站只收可公开的方案；不加则为预览")] = False,
    keep_going: Annotated[bool, typer.Option("--keep-going", help="有错误的方案跳过，其余照常生成")] = False,
    why: Annotated[bool, typer.Option("--why", help="说明每份方案为何重新生成")] = False,
    verapdf: Annotated[
        Path | None, typer.Option(metavar="程序", help="另用已安装的 veraPDF 检验生成的 PDF 是否符合 PDF/A-3a", show_default=False)
    ] = None,
) -> None:
    options = _options(paths, to, out, draft, public, keep_going, why, jobs)
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
    if "site" in options.to:
        say("网站已更新" if built.site else "网站没有变化")
    for district in built.districts:
        say(f"主管部门用表：{options.out / 'bureau' / district}")
    _say_where(options)
    sound = verapdf is None or _judged(verapdf, options, (*built.printed, *built.kept))
    wrong = bool(built.refused) or not sound or (count(built.findings, Severity.ERROR) > 0 and not draft)
    stop(2 if built.failed else 1 if wrong else 0)


def _judged(program: Path, options: Options, places: Sequence[str]) -> bool:
    """Whether veraPDF passes every PDF/A copy of these plans."""
    verdicts = judge(program, [path for place in places for name in PDF_A if (path := options.out / "submission" / place / name).is_file()])
    for verdict in verdicts:
        say(f"veraPDF {'通过' if verdict.passed else '未通过'} {verdict.path}" + "".join(f"\n  条款 {rule}" for rule in verdict.rules))
    return all(verdict.passed for verdict in verdicts)


def _options(
    paths: Sequence[Path] | None, to: str, out: Path | None, draft: bool, public: bool, keep_going: bool, why: bool, jobs: int | None
) -> Options:
    targets = tuple(part.strip() for part in to.split(",") if part.strip())
    for target in targets:
        if target not in TARGETS:
            raise ZcfError(f"不能生成 {target}。{suggest(target, TARGETS)}", hint=f"--to 可取：{','.join(TARGETS)}")
    home = project(Path.cwd())
    chosen = Options(_roots(paths), home, out or home / "dist", targets, draft=draft, public=public, keep_going=keep_going, why=why)
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

    preview(_roots(paths), project(Path.cwd()), host, port, say)


@app.command(cls=ChineseCommand, help="新建一份各项齐全、留待填写的方案：zcfdocs new xiqing/工厂拼音名")
@cannot
def new(
    place: Annotated[str, typer.Argument(metavar="辖区/名称", help="辖区为目录中的键，名称只用小写字母、数字和横线")],
    catalogue: Annotated[str | None, typer.Option(metavar="目录", help="默认为现有的目录", show_default=False)] = None,
) -> None:
    from zcfdocs.editing.new import create

    path = create(place, project(Path.cwd()) / "plans", _shelf(), catalogue)
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
    plans = [(path, shown(path, project(Path.cwd()))) for path in plan_files(_roots(paths))]
    if only_check:
        stop(1 if tell_wanted(plans, print) else 0)
    written, failed = convert_evidence(plans, say)
    for path in written:
        print(path)
    stop(1 if failed else 0)


@app.command(cls=ChineseCommand, help="解释一个检查代码：查什么、为什么、错例与对例；不写代码则列出全部")
@cannot
def explain(code: Annotated[str | None, typer.Argument(metavar="[代码]", show_default=False)] = None) -> None:
    if code is None:
        print(
            "\n".join(f"{known.code} {known.severity.label} {known.title}" for known in sorted(CODES.values(), key=lambda item: item.code))
        )
        return
    wanted = code.upper()
    if wanted not in CODES:
        raise ZcfError(f"没有代码 {code}。{suggest(wanted, CODES)}", hint="用 zcfdocs explain 列出全部代码")
    print("\n".join(explanation(wanted)))


@app.command(cls=ChineseCommand, help="检查运行环境：版本、字体、系统库，缺什么、怎么装")
@cannot
def doctor() -> None:
    from zcfdocs.doctor import examine_machine

    complaints = examine_machine(print)
    stop(2 if complaints else 0)


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="版本：工具、排版引擎、字体")] = False) -> None:
    if version:
        print("\n".join(version_lines()))
        stop(0)


def main() -> None:
    try:
        code = app(standalone_mode=False)
    except UsageError as error:
        names = [command.name or command.callback.__name__ for command in app.registered_commands if command.callback]
        say(complaint(error, names))
        say("用 zcfdocs --help 或 zcfdocs 命令 --help 查看用法")
        sys.exit(2)
    except typer.Abort:
        sys.exit(130)
    sys.exit(code or 0)


if __name__ == "__main__":
    main()
