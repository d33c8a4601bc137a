"""The site for tests: what is staged of some projections, and what is built of it, without a repository around it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

import lxml.html

from zcfdocs.catalogue import Rulebook
from zcfdocs.dossier import Dossier
from zcfdocs.finding import Finding
from zcfdocs.proofs import integrities
from zcfdocs.scorecard import Json
from zcfdocs.site.assembly import assemble
from zcfdocs.site.round import Round
from zcfdocs.site.staging import FACTS, Extras, View, stage_plan, stage_round
from zcfdocs.store import Store, write_tree


def round_of(
    dossiers: Sequence[Dossier],
    preview: bool = True,
    findings: Mapping[str, tuple[Finding, ...]] | None = None,
    books: Sequence[Rulebook] = (),
    address: str = "",
    versions: Mapping[str, Sequence[Json]] | None = None,
) -> tuple[dict[str, bytes], Round]:
    """What is staged of projections; findings of a key without a dossier are those of a plan that has no page."""
    told, past = findings or {}, versions or {}
    alone: dict[str, bytes] = {}
    for one in dossiers:
        alone |= stage_plan(one, past.get(one.key, ()), View(preview, told.get(one.key, ()), address, pdf=False))
    known = tuple(json.loads(alone[f"plans/{key}/{FACTS}"]) for key in sorted(one.key for one in dossiers))
    rulebooks = {book.id: book for book in (*books, *(one.rulebook for one in dossiers))}
    whole = Round(known, tuple(rulebooks.values()), preview, address)
    unplaced = {key: found for key, found in told.items() if key not in {one.key for one in dossiers}}
    files = {name: data for name, data in alone.items() if not name.endswith(FACTS)}
    return {**stage_round(whole, Extras(unplaced)), **files}, whole


def staged(*dossiers: Dossier, **options: object) -> dict[str, bytes]:
    """Path below docs_dir → content, as plain mkdocs would build it."""
    return round_of(dossiers, **options)[0]  # type: ignore[arg-type]  # the options of round_of


def built(room: Path, *dossiers: Dossier, **options: object) -> Path:
    """The folder of the finished site."""
    files, whole = round_of(dossiers, **options)  # type: ignore[arg-type]
    assemble(room, files, whole, Store(room / "cache"))
    write_tree(room / "site", integrities(room / "site", whole.address, [one.key for one in dossiers], whole.preview))
    return room / "site"


def broken_links(site: Path) -> list[tuple[str, str]]:
    """Page and address of whatever a page links to, loads or shows that is not in the site, or has no such anchor."""
    pages = {path: lxml.html.document_fromstring(path.read_bytes()) for path in sorted(site.rglob("*.html"))}
    anchors = {path: set(page.xpath("//@id")) for path, page in pages.items()}
    found = []
    for path, page in pages.items():
        if path.name == "404.html":  # its addresses begin at the server's root
            continue
        for address in page.xpath("//a/@href | //link/@href | //script/@src | //img/@src"):
            target = urlsplit(address)
            if target.scheme or target.netloc or not (target.path or target.fragment):
                continue
            file = (path.parent / unquote(target.path)).resolve() if target.path else path
            file = file / "index.html" if file.is_dir() else file
            if not file.is_file() or (target.fragment and file.suffix == ".html" and unquote(target.fragment) not in anchors[file]):
                found.append((path.relative_to(site).as_posix(), address))
    return found
