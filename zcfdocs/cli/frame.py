"""What all commands share: the application, how it talks and stops, the plans that are meant."""

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

from zcfdocs.errors import ZcfError
from zcfdocs.finding import Finding, Severity, count
from zcfdocs.jobs import plan_files, shown
from zcfdocs.loading import Shelf
from zcfdocs.pipeline import Examined, examine_all
from zcfdocs.places import indicators, project
from zcfdocs.speech import ChineseGroup
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


def roots(paths: Sequence[Path] | None) -> tuple[Path, ...]:
    if paths:
        return tuple(paths)
    plans = project(Path.cwd()) / "plans"
    if not plans.is_dir():
        raise ZcfError("这里没有 plans/ 文件夹", hint="在方案仓库里运行，或写明方案的路径；新建方案用 zcfdocs new <辖区>/<名称>")
    return (plans,)


def open_shelf() -> Shelf:
    return Shelf(indicators(project(Path.cwd())))


def examine_plans(paths: Sequence[Path] | None, shelf: Shelf, keep_figures: bool = True) -> list[Examined]:
    home = project(Path.cwd())
    return examine_all([(path, shown(path, home)) for path in plan_files(roots(paths))], shelf, keep_figures)


def all_findings(shelf: Shelf, examined: Sequence[Examined]) -> list[Finding]:
    return [*shelf.findings, *(finding for item in examined for finding in item.findings)]


def verdict(findings: Sequence[Finding]) -> NoReturn:
    stop(1 if count(findings, Severity.ERROR) else 0)


def print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="版本：工具、排版引擎、字体")] = False) -> None:
    if version:
        print("\n".join(version_lines()))
        stop(0)
