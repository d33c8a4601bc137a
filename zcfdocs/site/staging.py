"""Public dossiers → the whole tree that mkdocs reads: Markdown pages with front matter, and the data beside them."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from zcfdocs.catalogue import Rulebook
from zcfdocs.dossier import Dossier
from zcfdocs.finding import CODES, Finding
from zcfdocs.manuscript.parts import parts
from zcfdocs.places import DOCS
from zcfdocs.scoring.score import STATUS_NAMES
from zcfdocs.site.lists import counted, summary
from zcfdocs.site.markup import fill, front_matter
from zcfdocs.site.methods import methods
from zcfdocs.site.plan_page import plan_page

GUIDES = ("factory.md", "bureau.md", "signing.md")
WITHDRAWN = "withdrawn"  # spec 3: the stage that leaves a tombstone
PLACE = re.compile(r"[a-z0-9-]+/[a-z0-9-]+")
# The list of plans stands on the home page too while it is short.
FEW = 20


@dataclass(frozen=True, slots=True)
class StageOptions:
    """`public`: the published site, else a preview marked as such. `draft`: plans with errors too, marked 草稿.

    `findings` by `Dossier.key` are shown on the plans' pages, in a preview only: they quote private values. `rulebooks` are
    explained on the methods page besides those of the plans.
    """

    public: bool = False
    draft: bool = False
    findings: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)
    rulebooks: tuple[Rulebook, ...] = ()


def stage(dossiers: Sequence[Dossier], options: StageOptions) -> dict[str, bytes]:
    """Path → content of every file below docs_dir. Takes projections only (`Dossier.for_public`)."""
    if any(not dossier.public for dossier in dossiers):
        raise ValueError("only public projections are staged")
    if options.public and options.findings:
        raise ValueError("findings quote private values and are for a preview only")
    shown = [dossier for dossier in sorted(dossiers, key=lambda item: item.key) if _is_shown(dossier, options)]
    staged: dict[str, str] = {}
    for dossier in shown:
        staged |= {f"plans/{dossier.key}/{name}": content for name, content in _plan(dossier, options).items()}
    staged |= _lists([dossier for dossier in shown if dossier.plan.stage != WITHDRAWN], options, {dossier.key for dossier in shown})
    books = {book.id: methods(book) for book in (*options.rulebooks, *(dossier.rulebook for dossier in shown))}
    staged["methods.md"] = _page("methods.html", "方法与口径", options, {"books": list(books.values()), "statuses": STATUS_NAMES})
    staged["codes.md"] = _page("codes.html", "检查代码", options, {"codes": sorted(CODES.values(), key=lambda code: code.code)})
    for name, text in _guides().items():
        title, _, rest = text.removeprefix("# ").partition("\n")
        staged[name] = front_matter(title, "", _marks(options)) + f"# {title}\n{rest}"
    return {path: text.encode() for path, text in sorted(staged.items())}


def _plan(dossier: Dossier, options: StageOptions) -> dict[str, str]:
    """A plan's folder: its page and the public scorecard, or its tombstone alone."""
    if dossier.plan.stage == WITHDRAWN:
        gone = {"name": dossier.plan.factory.name, "district": dossier.district_name}
        return {"index.md": _page("withdrawn.html", dossier.plan.factory.name, options, gone)}
    values = plan_page(dossier, parts(dossier), options.findings.get(dossier.key, ()))
    return {
        "index.md": _page("plan.html", values["name"], options, values, values["description"]),
        "data.json": json.dumps(dossier.card, ensure_ascii=False, indent=1) + "\n",
    }


def _lists(living: Sequence[Dossier], options: StageOptions, placed: Collection[str]) -> dict[str, str]:
    """The home page and the list of plans; below it, in a preview, the findings of plans that have no page."""
    values = {"plans": [summary(dossier) for dossier in living], "counts": counted(living), "few": FEW}
    books = {book.id: book for book in (*options.rulebooks, *(dossier.rulebook for dossier in living))}
    unplaced = {key: found for key, found in sorted(options.findings.items()) if key not in placed}
    return {
        "index.md": _page("home.html", "首页", options, values | {"books": list(books.values())}),
        "plans/index.md": _page("plans.html", "方案", options, values | {"unplaced": unplaced}),
    }


def _is_shown(dossier: Dossier, options: StageOptions) -> bool:
    """Placed as spec 1 says, without errors (or as a draft), and on the published site only where it may be."""
    printable = options.draft or not dossier.card["findings"]["error"]
    return bool(PLACE.fullmatch(dossier.key)) and printable and (dossier.is_public_stage or not options.public)


def _marks(options: StageOptions, *hidden: str) -> dict[str, bool | list[str]]:
    preview = not options.public
    return {"preview": preview, "noindex": preview, "hide": ["navigation", *hidden]}


def _page(template: str, title: str, options: StageOptions, values: Mapping[str, Any], description: str = "") -> str:
    body = fill(template, values)
    hidden = () if "\n## " in body else ("toc",)  # a page without sections uses the whole width
    return front_matter(title, description, _marks(options, *hidden)) + body


@cache
def _guides() -> dict[str, str]:
    return {name: (DOCS / name).read_text("utf-8") for name in GUIDES}
