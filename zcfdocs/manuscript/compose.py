"""The whole document as one semantic HTML: what PDF and Word print alike (附件2, then 附件1-2 and 附件1-3 filled in)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from markupsafe import Markup

from zcfdocs.catalogue import Chapter
from zcfdocs.dossier import Dossier
from zcfdocs.finding import Finding, Severity
from zcfdocs.manuscript.manuscript import Enclosure, Manuscript, Mark, finished
from zcfdocs.manuscript.notation import mark_html
from zcfdocs.manuscript.parts import fill, parts, safe
from zcfdocs.scorecard import Json

NAME = "试点方案"
# What is generated stands after the author's prose of its section, by the template's ids.
PLACED = {
    "consumption": ("energy", "chart_energy", "emissions", "chart_emissions", "offsets", "intensities", "chart_intensities"),
    "targets": ("comparison", "chart_change"),
    "projects": ("projects",),
}


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Section:
    heading: Heading
    content: Markup


@dataclass(frozen=True, slots=True)
class Leaf:
    """Sections that share a page format: `main` upright, `wide` across."""

    page: str
    sections: tuple[Section, ...]


def compose(dossier: Dossier, draft: bool = False) -> Manuscript:
    """Put the parts in the template's order. A draft says so on every page and opens with the findings, if there are any."""
    found = parts(dossier)
    cover = dossier.catalogue.cover
    opening = Heading(1, "form", dossier.catalogue.form.title)
    made = document(NAME, cover.title, "P", dossier, found, opening, tuple(leaves(dossier, found)), draft)
    return replace(made, enclosures=_enclosures(dossier))


def document(
    name: str, title: str, kind: str, dossier: Dossier, found: dict[str, str], opening: Heading, leaves: tuple[Leaf, ...], draft: bool
) -> Manuscript:
    """A factory's document: cover, instructions if there are any, contents, the opening with its commitment, then the leaves."""
    author, day = dossier.plan.factory.applicant_name, dossier.plan.as_of
    headings = (opening, *(section.heading for leaf in leaves for section in leaf.sections))
    full = f"{title}（{author}）"
    html = fill(
        "manuscript.html.j2",
        title=full,
        author=author,
        subject=dossier.catalogue.title,
        day=day,
        draft=draft,
        findings=_findings(dossier) if draft else (),
        parts={key: safe(part) for key, part in found.items()},
        opening=opening,
        leaves=leaves,
        headings=headings,
    )
    return Manuscript(name, full, author, dossier.catalogue.title, day, finished(html), draft, mark=mark(kind, dossier))


def mark(kind: str, dossier: Dossier) -> Mark:
    """What a page code and the metadata say of a factory's document."""
    card = dossier.card
    return Mark(
        kind, card["plan"]["uscc"], card["plan"]["digest"], card["source"]["commit"], card["catalogue"]["id"], card["catalogue"]["digest"]
    )


def _enclosures(dossier: Dossier) -> tuple[Enclosure, ...]:
    """What the document was made from, to be read by machines; the public copy never holds the plan itself."""
    card = Enclosure("scorecard.json", "application/json", "Data", "本方案的核算与得分数据", dump(dossier.card))
    if dossier.public:
        return (card,)
    return (Enclosure("plan.md", "text/markdown", "Source", "本方案的填报原文", dossier.source.encode()), card)


def dump(card: Json) -> bytes:
    """scorecard.json as a file: the order of the specification, Chinese left readable."""
    return (json.dumps(card, ensure_ascii=False, indent=1) + "\n").encode()


def _findings(dossier: Dossier) -> tuple[Finding, ...]:
    """What keeps the plan from being printed; warnings and hints are for the author alone."""
    return tuple(finding for finding in dossier.findings if finding.severity is Severity.ERROR)


def leaves(dossier: Dossier, found: dict[str, str]) -> Iterator[Leaf]:
    """The chapters with what is generated, then the wide tables, then what the calculation rests on."""
    upright: list[Section] = []
    for chapter in dossier.catalogue.chapters:
        upright += _chapter(chapter, dossier, found)
    upright += _review(dossier, found)
    yield Leaf("main", tuple(upright))
    yield Leaf(
        "wide",
        (
            section(2, "annex-scoring", f"（三）{dossier.catalogue.annexes.scoring.title}", found["scoring"]),
            section(2, "annex-reasons", "（四）各项得分理由与佐证材料", found["reasons"]),
        ),
    )
    yield Leaf(
        "main",
        (
            section(2, "annex-evidence", "（五）佐证材料清单", found["evidence_list"]),
            section(2, "annex-factors", "（六）核算选项与排放因子", found["options"], found["factors"]),
            section(2, "annex-readings", "（七）口径说明", found["readings"], found["origin"]),
        ),
    )


def _chapter(chapter: Chapter, dossier: Dossier, found: dict[str, str]) -> Iterator[Section]:
    for level, part in ((1, chapter), *((2, below) for below in chapter.sections)):
        prose = mark_html(dossier.body.get(part.id))
        yield section(level, f"section-{part.id}", part.title, prose, *(found[name] for name in PLACED.get(part.id, ())))


def _review(dossier: Dossier, found: dict[str, str]) -> Iterator[Section]:
    """Chapter 六 after the author's own words: the verdict and the basic requirements."""
    yield section(2, "annex-summary", "（一）自评得分", found["summary"], found["chart_points"])
    yield section(2, "annex-basic", f"（二）{dossier.catalogue.annexes.basic.title}", found["conditions"], found["requirements"])


def section(level: int, key: str, title: str, *content: str) -> Section:
    return Section(Heading(level, key, title), safe("".join(content)))
