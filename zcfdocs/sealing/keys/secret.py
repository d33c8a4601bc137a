"""A passphrase or PIN: from a file, a named environment variable or a prompt; never from the command line, never shown."""

from __future__ import annotations

import getpass
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from zcfdocs.errors import ZcfError, why

LONGEST = 1024


@dataclass(frozen=True, slots=True)
class Secret:
    """Where the passphrase is to be had; at most one of the two, else it is asked for on the terminal."""

    file: Path | None = None
    variable: str | None = None

    def read(self, purpose: str) -> bytes:
        """The passphrase in UTF-8. Raises ZcfError where it is not there to be had; `purpose` says what for."""
        if self.file is not None and self.variable is not None:
            raise ZcfError("口令只能有一个来源", hint="--passphrase-file 和 --passphrase-env 只写一个")
        if self.file is not None:
            return _from_file(self.file)
        if self.variable is not None:
            if self.variable not in os.environ:
                raise ZcfError(f"没有环境变量 {self.variable}", hint=f"先设置环境变量 {self.variable}，或用 --passphrase-file 文件")
            return os.environ[self.variable].encode()
        if not sys.stdin.isatty():
            raise ZcfError(f"需要{purpose}，而这里不能询问", hint="用 --passphrase-file 文件，或 --passphrase-env 环境变量名")
        return getpass.getpass(f"{purpose}：").encode()


def _from_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            found = file.read(LONGEST + 1)
    except OSError as error:
        raise ZcfError(f"不能读取口令文件 {path}：{why(error)}", hint="检查路径和权限") from error
    if len(found) > LONGEST:
        raise ZcfError(f"口令文件 {path} 过大", hint="文件里只放一行口令")
    return found.rstrip(b"\r\n")
