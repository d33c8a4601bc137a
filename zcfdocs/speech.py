"""The command line in Chinese: help headings and the messages for a command or option that does not exist."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from zcfdocs.finding import suggest

# The command-line library speaks English only; these are all the words of its help pages.
WORDS = {
    "Usage: ": "用法：",
    "[OPTIONS]": "[选项]",
    "COMMAND [ARGS]...": "命令 …",
    "Options:": "选项：",
    "Commands:": "命令：",
    "Arguments:": "参数：",
    "Show this message and exit.": "显示这段说明",
    "[required]": "（必填）",
    "[default: ": "[默认：",
    "[env var: ": "[环境变量：",
    "...\n": " …\n",
    " <list[Path]>": "",
    " <list[str]>": "",
    " <path>": "",
    " <str>": "",
}
UsageError: type[Exception] = typer.BadParameter.__bases__[0]


def _in_chinese(text: str) -> str:
    for english, chinese in WORDS.items():
        text = text.replace(english, chinese)
    return text


class ChineseCommand(TyperCommand):
    def get_help(self, ctx: Any) -> str:
        return _in_chinese(super().get_help(ctx))


class ChineseGroup(TyperGroup):
    def get_help(self, ctx: Any) -> str:
        return _in_chinese(super().get_help(ctx))


def complaint(error: Any, commands: list[str]) -> str:
    """What is wrong with the words typed, and what could be typed instead."""
    kind = type(error).__name__
    if kind == "NoArgsIsHelpError":
        return str(error.message)
    if kind == "NoSuchOption":
        near = error.possibilities or []
        return f"没有选项 {error.option_name}。" + (f"是不是想写 {near[0]}？" if near else "")
    if kind == "MissingParameter":
        return f"缺少参数 {error.param.metavar or error.param.name if error.param else ''}"
    if kind == "BadParameter":
        name = error.param.opts[0] if error.param else ""
        return f"选项 {name} 的值不对（{error.message}）"
    typed = error.message.split("'")
    if error.message.startswith("No such command") and len(typed) > 1:
        return f"没有命令 {typed[1]}。{suggest(typed[1], commands)}可用：{'、'.join(commands)}"
    return f"命令写法不对：{error.message}"
