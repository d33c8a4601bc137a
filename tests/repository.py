"""A git repository for tests, whose commits are a day apart, whatever the machine's own configuration says."""

from __future__ import annotations

import os
import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path

FIRST = datetime(2025, 5, 1, 12, tzinfo=timezone(timedelta(hours=8)))


class Repository:
    """Empty at first, on branch main; the n-th commit is made on the n-th day after FIRST."""

    def __init__(self, top: Path) -> None:
        self.top, self.days = top, 0
        top.mkdir()
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str) -> str:
        day = (FIRST + timedelta(days=self.days)).isoformat()
        own = {"GIT_AUTHOR_DATE": day, "GIT_COMMITTER_DATE": day, "GIT_CONFIG_GLOBAL": os.devnull}
        command = ["git", "-c", "user.name=测试", "-c", "user.email=test@example.com", *arguments]
        return subprocess.run(command, cwd=self.top, env=os.environ | own, check=True, capture_output=True, text=True).stdout.strip()

    def commit(self) -> str:
        self.days += 1
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "x")
        return self.git("rev-parse", "HEAD")
