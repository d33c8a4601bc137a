"""What mkdocs.yml says of the site itself."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML


def own_address(mkdocs_yml: Path) -> str:
    """The site's own address, "" where none is given."""
    return str(_settings(mkdocs_yml).get("site_url") or "")


def contact_of(mkdocs_yml: Path) -> str:
    """Whom a reader writes to who has found an error: an e-mail or web address, "" where none is named."""
    return str((_settings(mkdocs_yml).get("extra") or {}).get("report") or "")


@cache
def _settings(mkdocs_yml: Path) -> dict[str, Any]:
    return dict(YAML(typ="safe", pure=True).load(mkdocs_yml.read_text("utf-8")) or {})
