"""One plan's page: the head with its scores, then the template's chapters with the generated parts at their places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from html import escape
from typing import Any

from zcfdocs.catalogue import Catalogue
from zcfdocs.dossier import Dossier
from zcfdocs.figure import display, percent, trimmed
from zcfdocs.finding import Finding
from zcfdocs.scorecard import Json
from zcfdocs.site.facts import score

# The manuscript's parts under the section of 附件2 that asks for them.
PLACES = {
    "consumption": ("energy", "chart_energy", "emissions", "chart_emissions", "offsets", "intensities", "chart_intensities"),
    "targets": ("comparison", "chart_change"),
    "projects": ("projects",),
    "indicators": ("requirements", "conditions", "scoring", "chart_points", "reasons", "evidence_list"),
}
# Long tables that the page's own table of contents should find.
TITLES = {
    "requirements": "基本要求",
    "conditions": "申报基本条件",
    "scoring": "评价指标打分",
    "reasons": "各项得分的理由",
    "evidence_list": "佐证材料清单",
}
APPENDIX = ("readings", "options", "factors")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of level 2 or 3 with an id, the author's prose and the generated parts under it."""

    title: str
    level: int
    anchor: str
    prose: str = ""
    parts: tuple[tuple[str, str], ...] = ()


def plan_page(dossier: Dossier, known: Json, parts: Mapping[str, str], findings: tuple[Finding, ...]) -> dict[str, Any]:
    """What the template of a plan's page needs; `known` are its facts, `parts` clean HTML by name, the prose was sanitised with the body."""
    district, stage = known["district"]["name"], known["stage"]["name"]
    return {
        **{name: known[name] for name in ("key", "id", "uscc", "name", "industry", "errors")},
        "district": district,
        "stage": stage,
        "pass_line": trimmed(dossier.catalogue.pass_line, 2),
        "description": f"{known['name']}“零碳”工厂试点方案：{district}，{known['industry']['name']}，{stage}",
        "catalogue_title": dossier.catalogue.title,
        "as_of": dossier.plan.as_of,
        "phases": [_phase(dossier, name) for name in dossier.score.phases],
        "groups": list(_groups(dossier)),
        "sections": list(sections(dossier, parts)),
        "findings": findings,
        "digest": dossier.card["plan"]["digest"],
        "commit": dossier.card["source"]["commit"],
    }


def _phase(dossier: Dossier, name: str) -> dict[str, Any]:
    total, line = dossier.score.phases[name].total, dossier.catalogue.pass_line
    return score(dossier, name) | {"at": _place(total), "line_at": _place(line), "gap": _gap(line - total)}


def _gap(missing: Fraction) -> str:
    """“还差 …”, empty where nothing is missing, never 0.00 while something is."""
    if missing <= 0:
        return ""
    return f"还差 {shown} 分" if Fraction(shown := display(missing, 2)) else "还差不到 0.01 分"


def _place(points: Fraction) -> str:
    """Where points lie on a bar of 0 to 100."""
    return trimmed(max(Fraction(0), min(points, Fraction(100))), 1)


def _groups(dossier: Dossier) -> Iterator[dict[str, Any]]:
    for index, group in enumerate(dossier.catalogue.groups):
        scored = [phase.groups[index] for phase in dossier.score.phases.values()]
        points = [display(item.points, 2, group.points) for item in scored]
        yield {"title": group.title, "weight": percent(group.weight, 0), "points": points, "at": [_place(item.points) for item in scored]}


def sections(dossier: Dossier, parts: Mapping[str, str]) -> Iterator[Section]:
    """The form and the commitment, the chapters of 附件2 with what belongs under each, then what the calculation rests on."""
    catalogue = dossier.catalogue
    yield Section(catalogue.form.title, 2, "form", parts=_named(("form",), parts))
    yield Section(catalogue.commitment.title, 2, "commitment", prose=f"<p>{escape(catalogue.commitment.text)}</p>")
    left = dict(parts)
    for section in _chapters(catalogue):
        own = _named([name for name in PLACES.get(section.anchor, ()) if name in left], left)
        for name, _ in own:
            del left[name]
        plain = tuple(item for item in own if item[0] not in TITLES)
        yield replace(section, prose=_below(section.level, dossier.body.get(section.anchor)), parts=plain)
        yield from (Section(TITLES[name], 3, f"part-{name}", parts=((name, content),)) for name, content in own if name in TITLES)
    homeless = [name for names in PLACES.values() for name in names if name in left]
    yield Section("附：计算的依据", 2, "appendix", parts=_named([*homeless, *APPENDIX], parts))


def _below(level: int, prose: str) -> str:
    """The author's own headings, h3 and deeper in the body, put below the section they stand in."""
    return re.sub(r"(</?h)([3-5])\b", lambda tag: f"{tag[1]}{int(tag[2]) + level - 2}", prose)


def _named(names: Iterable[str], parts: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The parts that have something to say."""
    return tuple((name, parts[name]) for name in names if parts[name])


def _chapters(catalogue: Catalogue) -> Iterator[Section]:
    for chapter in catalogue.chapters:
        yield Section(chapter.title, 2, chapter.id)
        for section in chapter.sections:
            yield Section(section.title, 3, section.id)
