"""What mkdocs reads: the pages and data of one plan, made of its public projection, and those of the whole round, made of facts alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from zcfdocs.dossier import Dossier
from zcfdocs.finding import CODES, Code, Finding, Meaning
from zcfdocs.manuscript.parts import parts
from zcfdocs.places import DOCS
from zcfdocs.publication import DATA
from zcfdocs.scorecard import Json
from zcfdocs.scoring.score import STATUS_NAMES
from zcfdocs.site import areas, compare, home, linked, listing, opendata, reporting, rows, search
from zcfdocs.site.addresses import permanent
from zcfdocs.site.downloads import address_code, rows_csv, years_csv
from zcfdocs.site.facts import facts
from zcfdocs.site.markup import front_matter, in_script
from zcfdocs.site.methods import methods
from zcfdocs.site.page import marks, page
from zcfdocs.site.plan_page import plan_page
from zcfdocs.site.round import Round

# Pages of docs/ with what each is for; the codes are explained from the code itself.
GUIDES = {
    "factory": ("给工厂", "怎样写方案、补数据和佐证，怎样检查、生成和提交"),
    "bureau": ("给主管部门", "怎样审核、收件、推荐、汇总和公开发布"),
    "review": ("评审改动", "怎样设置仓库，怎样看评审意见，每个阶段谁能做什么"),
    "signing": ("签署与核验", "怎样用证书签署，收到的文件怎样核验"),
}
CODES_GUIDE = ("codes", "检查代码", "检查和核验时给出的每个代码是什么意思、怎样改")
# Files of a plan's folder besides its page and data; the PDF is printed apart.
FACTS, SCRIPT, PDF = "facts.json", "facts.js", "public.pdf"


@dataclass(frozen=True, slots=True)
class View:
    """How a plan is shown: in a preview it is marked as such and says its findings, which quote private values and are never published.

    `address` is the site's own; `changed` the day its folder was last touched; `complete` whether its whole history is here.
    """

    preview: bool = False
    findings: tuple[Finding, ...] = ()
    address: str = ""
    changed: str = ""
    complete: bool = True
    pdf: bool = True


def stage_plan(dossier: Dossier, versions: Sequence[Json], view: View) -> dict[str, bytes]:
    """Path below docs_dir → content. Takes projections only (`Dossier.for_public`); `versions` as `site.record.told` tells them."""
    if not dossier.public:
        raise ValueError("only public projections are staged")
    if view.findings and not view.preview:
        raise ValueError("findings quote private values and are for a preview only")
    known = facts(dossier, () if dossier.is_withdrawn else tuple(versions), view.changed or dossier.plan.as_of.isoformat())
    folder = f"plans/{dossier.key}"
    files = {f"{folder}/{FACTS}": dumped(known)}
    if dossier.is_withdrawn:
        gone = {"name": known["name"], "district": known["district"]["name"]}
        files[f"{folder}/index.md"] = page("withdrawn.html", known["name"], view.preview, gone)
        return {name: text.encode() for name, text in files.items()}
    values = plan_page(dossier, known, parts(dossier), view.findings) | _published(known, view)
    files |= {
        f"{folder}/index.md": page("plan.html", known["name"], view.preview, values, values["description"]),
        f"{folder}/{DATA}": dumped(dossier.card),
        f"{folder}/{SCRIPT}": f"zcf.plan({in_script(known)});\n",
    }
    for version in known["versions"]:
        place = f"p/{known['id']}/v{version['number']}"
        files[f"{place}/index.md"] = page(
            "version.html", f"{known['name']} 第{version['number']}版", view.preview, {"plan": known, "version": version}
        )
        files[f"{place}/record.json"] = dumped({"format": "zcf-version/1", "uscc": known["uscc"], "name": known["name"], **version})
    tables = {f"{folder}/rows.csv": rows_csv(dossier), f"{folder}/years.csv": years_csv(dossier)}
    return {name: text.encode() for name, text in files.items()} | tables


def _published(known: Json, view: View) -> dict[str, Any]:
    root = view.address.rstrip("/")
    lasting = f"{root}/{permanent(known['id'])}" if root and known["uscc"] else ""
    return {
        "facts": known,
        "lasting": lasting,
        "code": address_code(lasting) if lasting else "",
        "complete": view.complete,
        "pdf": view.pdf,
        "dataset": linked.script(linked.dataset(known, view.address, [name for name in linked.DOWNLOADS if view.pdf or name != PDF])),
    }


def dumped(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


@dataclass(frozen=True, slots=True)
class Extras:
    """What the pages of the round need besides facts: findings of plans that have no page (preview only), whom to write to, and the checks
    of `verify`."""

    unplaced: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)
    contact: str = ""
    meanings: tuple[Meaning, ...] = ()
    codes: tuple[Code, ...] = ()


def stage_round(round_: Round, extras: Extras) -> dict[str, bytes]:
    """Path below docs_dir → content of everything that is not one plan's."""
    data = opendata.files(round_)
    texts: dict[str, str] = {}
    for made in (
        home.pages(round_),
        listing.pages(round_, extras.unplaced),
        compare.pages(round_),
        areas.pages(round_),
        rows.pages(round_),
        reporting.pages(round_, extras.contact),
        opendata.pages(round_, data),
        search.pages(round_),
        _lasting(round_),
        _reference(round_, extras),
    ):
        texts |= made
    return {path: text.encode() for path, text in sorted(texts.items())} | data


def _lasting(round_: Round) -> dict[str, str]:
    """Addresses by factory, which stay when a plan moves or the company is renamed: all rounds it took part in, the newest first."""
    factories: dict[str, list[Json]] = {}
    named = [plan for plan in round_.plans if plan["uscc"]]  # a draft may have no code yet
    for plan in sorted(named, key=lambda plan: (-plan["catalogue"]["year"], plan["key"])):
        factories.setdefault(plan["id"], []).append(plan)
    return {
        f"p/{key}/index.md": page("lasting.html", plans[0]["name"], round_.preview, {"plans": plans}) for key, plans in factories.items()
    }


def _reference(round_: Round, extras: Extras) -> dict[str, str]:
    """Methods, codes and guides."""
    books = [methods(book) for book in round_.books]
    codes = [CODES[name] for name in sorted(CODES) if name.startswith("Z")]  # others come as extras, whatever else is imported
    made = {
        "methods.md": page("methods.html", "方法与口径", round_.preview, {"books": books, "statuses": STATUS_NAMES}),
        "codes.md": page(
            "codes.html", "检查代码", round_.preview, {"codes": codes, "meanings": extras.meanings, "review": extras.codes}, contents=False
        ),
    }
    guides = [(name, *words) for name, words in GUIDES.items()] + [CODES_GUIDE]
    made["guides.md"] = page("guides.html", "使用指南", round_.preview, {"guides": guides})
    for name, text in _guides().items():
        title, _, rest = text.removeprefix("# ").partition("\n")
        made[f"{name}.md"] = front_matter(title, "", marks(round_.preview)) + f"# {title}\n{rest}"
    return made


@cache
def _guides() -> dict[str, str]:
    return {name: (DOCS / f"{name}.md").read_text("utf-8") for name in GUIDES}
