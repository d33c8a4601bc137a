"""The way in: runs a command and says in Chinese what was wrong with the words."""

from __future__ import annotations

import sys

import typer

from zcfdocs.cli.frame import app, say
from zcfdocs.speech import UsageError, complaint


def main() -> None:
    try:
        code = app(standalone_mode=False)
    except UsageError as error:
        names = [command.name or command.callback.__name__ for command in app.registered_commands if command.callback]
        names += [group.name for group in app.registered_groups if isinstance(group.name, str)]
        say(complaint(error, names))
        say("用 zcfdocs --help 或 zcfdocs 命令 --help 查看用法")
        sys.exit(2)
    except typer.Abort:
        sys.exit(130)
    sys.exit(code or 0)
