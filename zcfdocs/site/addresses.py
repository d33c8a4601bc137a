"""The addresses that data of the site name: absolute where the site's own is known, else relative."""

from __future__ import annotations

from urllib.parse import quote


def address_of(address: str, path: str, root: str = "") -> str:
    """A path below the site's first page; `root` leads there from the file that names it."""
    return f"{address.rstrip('/')}/{quote(path)}" if address else f"{root}{quote(path)}"


def page_of(key: str) -> str:
    return f"plans/{key}/index.html"


def permanent(factory: str, version: int | None = None) -> str:
    """Where a plan's page, or the record of a version, stays when the plan's folder is renamed."""
    return f"p/{factory}/index.html" if version is None else f"p/{factory}/v{version}/index.html"
