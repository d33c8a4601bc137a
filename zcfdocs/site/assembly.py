"""The staged pages → the site: pages that stand alone are built once and kept, search is indexed by district, the policy is written last."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from zcfdocs.bundle import packed, unpacked
from zcfdocs.places import MKDOCS
from zcfdocs.site import feeds, policy, search
from zcfdocs.site.round import Round
from zcfdocs.store import Store, key_of, write_tree
from zcfdocs.versions import shaping

MARKDOWN, HTML = ".md", ".html"
# Pages of which there may be many: none is in the navigation or linked from Markdown, so each depends on its own text and the frame alone.
ALONE = re.compile(r"(?:p/|plans/[^/]+/|indicators/[^/]+/|districts/(?!index\.)).*\.md")
KEPT, BUNDLE = "page.html", "bundle.zip"
UNUSED = ("assets/javascripts/lunr", "assets/javascripts/workers")  # of the search that mkdocs-material brings, which is off
OWN = ("404.html", "codes.html")  # pages on which no plan's text stands: what runs there is the frame's
APART = ("p/", "404", "search", "compare", "report")  # pages that search and the map of the site leave out


def assemble(room: Path, staged: Mapping[str, bytes], round_: Round, cache: Store) -> frozenset[str]:
    """Fill `room/site` with the site of what is staged (path below docs_dir → content); the keys of what is kept in the cache."""
    from zcfdocs.site.run import build_site  # mkdocs is slow to import and not needed for anything else

    docs, site = room / "docs", room / "site"
    frame = key_of(shaping() | {"网址": round_.address})
    keys = {name: key_of({"页": _digest(data), "外框": frame}) for name, data in staged.items() if ALONE.match(name)}
    fresh = {name for name, key in keys.items() if not cache.has(key, [KEPT])}
    write_tree(docs, {name: data for name, data in staged.items() if name.endswith(MARKDOWN) and (name not in keys or name in fresh)})
    build_site(docs, site, MKDOCS, round_.address)
    for name in UNUSED:
        shutil.rmtree(site / name, ignore_errors=True)
    built = {path.relative_to(site).as_posix(): path.read_bytes() for path in sorted(site.rglob(f"*{HTML}"))}
    own = frozenset().union(*(policy.inline_scripts(built[name]) for name in OWN))
    pages = {name: policy.guarded(data, own) for name, data in built.items()}
    for name in sorted(fresh):
        _keep(cache, keys[name], KEPT, pages[_built(name)])
    pages |= {_built(name): (cache.folder(key) / KEPT).read_bytes() for name, key in keys.items() if name not in fresh}
    write_tree(site, pages | {name: data for name, data in staged.items() if not name.endswith(MARKDOWN)})
    bundles = _search(pages, site, cache)
    write_tree(site, feeds.files(round_, _days(pages, round_)))
    write_tree(site, policy.snippets(pages.values()))
    return frozenset(keys.values()) | bundles


def _built(name: str) -> str:
    return name.removesuffix(MARKDOWN) + HTML


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _keep(cache: Store, key: str, name: str, data: bytes) -> None:
    with cache.room() as room:
        (room / name).write_bytes(data)
        cache.keep(key, room)


def _files(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def _days(pages: Mapping[str, bytes], round_: Round) -> dict[str, str]:
    """When the plan a page shows was changed, "" for pages of the round; what only leads elsewhere or asks is in no map of the site."""
    changed = {f"plans/{plan['key']}/index.html": plan["changed"] for plan in round_.living}
    return {name: changed.get(name, "") for name in pages if not name.startswith(APART)}


def _search(pages: Mapping[str, bytes], site: Path, cache: Store) -> frozenset[str]:
    """One bundle for each district and one for the rest, made again only where one of its pages has changed."""
    groups: dict[str, dict[str, bytes]] = {}
    for name, data in pages.items():
        if not name.startswith(APART):
            parts = name.split("/")
            groups.setdefault(parts[1] if parts[0] == "plans" and len(parts) > 2 else search.GENERAL, {})[name] = data
    keys = set()
    for group, members in sorted(groups.items()):
        key = key_of({name: _digest(data) for name, data in members.items()} | {"检索": "".join(shaping().values())})
        keys.add(key)
        if not cache.has(key, [BUNDLE]):
            with cache.room() as room:
                search.index(members, room / group)
                _keep(cache, key, BUNDLE, packed(_files(room / group)))
        write_tree(site / "search" / group, unpacked((cache.folder(key) / BUNDLE).read_bytes()))
    return frozenset(keys)
