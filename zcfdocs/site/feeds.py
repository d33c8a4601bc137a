"""What the site tells readers' and search engines' programs: the Atom feed of versions, the sitemap and robots.txt."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from zcfdocs.scorecard import Json
from zcfdocs.scoring.phase import PHASES
from zcfdocs.site.addresses import address_of, page_of, permanent
from zcfdocs.site.markup import plain
from zcfdocs.site.round import Round

ATOM = "http://www.w3.org/2005/Atom"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XML = "http://www.w3.org/XML/1998/namespace"
TITLE = "“零碳”工厂试点方案：新增和变更"
NEWEST = 100
LIMIT = 50_000  # addresses a sitemap may hold (sitemaps.org)
NOTHING_YET = "1970-01-01"
NAMES = uuid.uuid5(uuid.NAMESPACE_DNS, "zcfdocs")


@dataclass(frozen=True, slots=True)
class Entry:
    """`identity` says what the entry is about, wherever the site lies: its id is made from it alone."""

    day: str
    identity: tuple[str, ...]
    title: str
    author: str
    path: str
    summary: str = ""
    stage: dict[str, str] = field(default_factory=dict)


def files(round_: Round, pages: Mapping[str, str]) -> dict[str, bytes]:
    return {"feed.xml": atom(round_), "robots.txt": robots(round_), **sitemap(round_, pages)}


def atom(round_: Round) -> bytes:
    """feed.xml (RFC 4287): the newest versions of plans, and withdrawals; a day begins at midnight of Beijing time, UTC+8."""
    entries = sorted(
        (entry for plan in sorted(round_.plans, key=lambda plan: str(plan["key"])) for entry in _entries(plan)),
        key=lambda entry: (entry.day, entry.identity),
        reverse=True,
    )
    feed = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})  # type: ignore[dict-item]  # a default namespace
    feed.set(f"{{{XML}}}lang", "zh-CN")
    places = sorted({book.catalogue.place for book in round_.books})
    _add(feed, "id", _urn("preview" if round_.preview else "public", *places))
    _add(feed, "title", f"{TITLE}（预览）" if round_.preview else TITLE)
    _add(feed, "updated", _moment(max((entry.day for entry in entries), default=NOTHING_YET)))
    if round_.address:
        _add(feed, "link", rel="self", type="application/atom+xml", href=address_of(round_.address, "feed.xml"))
    _add(feed, "link", rel="alternate", type="text/html", href=address_of(round_.address, "plans/index.html"))
    for entry in entries[:NEWEST]:
        _append(feed, entry, round_.address)
    return _written(feed)


def _entries(plan: Json) -> Iterator[Entry]:
    if plan["withdrawn"]:
        identity = (plan["uscc"], plan["digest"], "withdrawn")
        yield Entry(plan["changed"], identity, f"{plan['name']}：方案已撤回", plan["name"], page_of(plan["key"]))
        return
    for version in plan["versions"]:
        number, stage = version["number"], version["stage"]
        yield Entry(
            version["date"],
            (plan["uscc"], version["digest"] or version["commit"], f"{number:06}"),
            f"{plan['name']}：第 {number} 版（{stage['name']}）",
            plan["name"],
            permanent(plan["id"], number),
            _summary(plan, version),
            stage,
        )


def _summary(plan: Json, version: Json) -> str:
    """Where, which industry, the scores of that version, and how many rows moved."""
    said = [f"{plan['district']['name']}，{plan['industry']['name']}"]
    if shown := version["scores"]:
        said.append("，".join(f"{PHASES[phase]} {score['display']} 分{'（达线）' * score['eligible']}" for phase, score in shown.items()))
    if changed := len({change["row"] for change in version["changes"]}):
        said.append(f"与上一版相比，{changed} 项指标的得分有变化")
    return "".join(f"{part}。" for part in said)


def _append(feed: etree._Element, entry: Entry, address: str) -> None:
    made = etree.SubElement(feed, f"{{{ATOM}}}entry")
    _add(made, "id", _urn(*entry.identity))
    _add(made, "title", entry.title)
    _add(made, "updated", _moment(entry.day))
    _add(etree.SubElement(made, f"{{{ATOM}}}author"), "name", entry.author)
    _add(made, "link", rel="alternate", type="text/html", href=address_of(address, entry.path))
    if entry.stage:
        _add(made, "category", term=entry.stage["key"], label=plain(entry.stage["name"]))
    if entry.summary:
        _add(made, "summary", entry.summary)


def _add(parent: etree._Element, name: str, text: str = "", **attributes: str) -> None:
    child = etree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    if text:
        child.text = plain(text)


def _urn(*identity: str) -> str:
    return uuid.uuid5(NAMES, "\n".join(identity)).urn


def _moment(day: str) -> str:
    return f"{day}T00:00:00+08:00"


def sitemap(round_: Round, pages: Mapping[str, str], limit: int = LIMIT) -> dict[str, bytes]:
    """Files by name for pages (path → ISO day of its last change, or ""): none for a preview or without the site's address."""
    if round_.preview or not round_.address:
        return {}
    found = sorted(pages.items())
    if len(found) <= limit:
        return {"sitemap.xml": _sitemap("urlset", "url", round_.address, dict(found))}
    parts = {f"sitemap-{at // limit + 1}.xml": dict(found[at : at + limit]) for at in range(0, len(found), limit)}
    index = {name: max(part.values()) for name, part in parts.items()}
    made = {name: _sitemap("urlset", "url", round_.address, part) for name, part in parts.items()}
    return {"sitemap.xml": _sitemap("sitemapindex", "sitemap", round_.address, index), **made}


def _sitemap(kind: str, item: str, address: str, days: Mapping[str, str]) -> bytes:
    root = etree.Element(f"{{{SITEMAP}}}{kind}", nsmap={None: SITEMAP})  # type: ignore[dict-item]  # a default namespace
    for path, day in days.items():
        place = etree.SubElement(root, f"{{{SITEMAP}}}{item}")
        etree.SubElement(place, f"{{{SITEMAP}}}loc").text = address_of(address, path)
        if day:
            etree.SubElement(place, f"{{{SITEMAP}}}lastmod").text = day
    return _written(root)


def robots(round_: Round) -> bytes:
    """RFC 9309. It speaks for a host only where it lies at its top; below a path the pages' own marks hold."""
    if round_.preview:
        return b"User-agent: *\nDisallow: /\n"
    told = "User-agent: *\nAllow: /\n"
    return f"{told}Sitemap: {address_of(round_.address, 'sitemap.xml')}\n".encode() if round_.address else told.encode()


def _written(root: etree._Element) -> bytes:
    etree.indent(root)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"
