"""What a set-up is: which forge, which branch, where its tool comes from."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType

from zcfdocs import __version__
from zcfdocs.errors import ZcfError

FORGES = ("github", "gitlab", "gitea", "bare")
NAMES: Mapping[str, str] = MappingProxyType({"github": "GitHub", "gitlab": "GitLab", "gitea": "Gitea", "bare": "git 服务器"})
PINNED = f"zcfdocs=={__version__}"
SETTINGS = ".zcfdocs/setup.json"
BRANCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}")
TOOL = re.compile(r"[\w.@:/+=<>~!\[\],#&?%-]+", re.ASCII)  # as it stands in a workflow's script: no blank, quote, $ or brace
KINDS: Mapping[str, type] = {"forge": str, "branch": str, "vendored": bool, "tool": str, "signed": bool}


@dataclass(frozen=True, slots=True)
class Setup:
    """What is asked for. `vendored`: the repository holds the tool itself and runs its `./zcf`; else `tool` is what pip installs."""

    forge: str
    branch: str = "main"
    vendored: bool = False
    tool: str = PINNED
    signed: bool = False

    @property
    def command(self) -> str:
        return "./zcf" if self.vendored else "zcfdocs"

    @property
    def install(self) -> tuple[str, ...]:
        if self.vendored:
            return ("./zcf --version",)
        root = "$(command -v sudo || :)"
        return (
            f"{root} apt-get -qq update",
            f"{root} apt-get -qq -y --no-install-recommends install git libpangoft2-1.0-0 libharfbuzz-subset0",
            f"python3 -m pip install --quiet --disable-pip-version-check {shlex.quote(self.tool)}",
        )


def require_sound(setup: Setup) -> None:
    """Raises ZcfError for words that would be more than a name where they are put."""
    if not BRANCH.fullmatch(setup.branch) or ".." in setup.branch:
        raise ZcfError(f"“{setup.branch[:100]}”不能作分支名", hint="例如 --branch main")
    if not TOOL.fullmatch(setup.tool) or setup.tool.startswith("-"):
        raise ZcfError("--tool 应是 pip 能安装的一项", hint=f"例如 --tool {PINNED}，或安装包的网址")


def settings(setup: Setup) -> str:
    """What a later check needs to know of it."""
    return json.dumps(asdict(setup), ensure_ascii=False, indent=2) + "\n"


def remembered(data: bytes, forge: str) -> Setup:
    """The set-up that was written. Raises ZcfError where the file cannot be read or is of another forge."""
    try:
        known = json.loads(data)
        setup = Setup(**{name: kind(known[name]) for name, kind in KINDS.items()})
    except (ValueError, TypeError, KeyError) as error:
        raise ZcfError(f"读不出 {SETTINGS}", hint=f"重新运行 zcfdocs init {forge}") from error
    if setup.forge != forge:
        raise ZcfError(f"这个仓库是按 {NAMES.get(setup.forge, setup.forge)} 设置的", hint=f"zcfdocs init {setup.forge} --check")
    require_sound(setup)
    return setup


def is_vendored(home: Path) -> bool:
    return (home / "zcf").is_file() and (home / "zcfdocs" / "__init__.py").is_file()
