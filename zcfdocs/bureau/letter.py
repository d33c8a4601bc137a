"""推荐函 and 推荐汇总表 of a district, from the plans it recommends; what only the district knows stays blank."""

from __future__ import annotations

from collections.abc import Sequence

from zcfdocs.bureau.paper import paper, table
from zcfdocs.catalogue import Papers
from zcfdocs.dossier import Dossier
from zcfdocs.manuscript.manuscript import Manuscript
from zcfdocs.manuscript.parts import fill
from zcfdocs.manuscript.table import Row, Table, centred, heading, text

LETTER, LIST = "推荐函", "推荐汇总表"
MOST_NAMES = 10  # more are named in the list alone
DATE = "　　　　年　　月　　日"
LINE = 28  # characters


def letter(dossiers: Sequence[Dossier], papers: Papers) -> Manuscript:
    """A letter after GB/T 9704-2012, 10.1; number, date and contact are for the district to fill in."""
    first = dossiers[0]
    names = [dossier.plan.factory.applicant_name for dossier in dossiers]
    told = "、".join(names[:MOST_NAMES]) + ("等" if len(names) > 1 else "")
    values = {"{district}": first.district_name, "{notice}": first.catalogue.notice.title, "{names}": told, "{count}": str(len(names))}
    sender = _sender(first, papers.letter.sender, values)
    width, edge = _signed(sender)
    content = fill(
        "letter.html.j2",
        letter=papers.letter,
        sender=sender,
        date=DATE,
        width=width,
        edge=edge,
        text=[_filled(paragraph, values) for paragraph in papers.letter.text],
    )
    day = max(dossier.plan.as_of for dossier in dossiers)
    return paper(LETTER, papers.letter.title, sender, first.catalogue.title, day, [("letter", content)])


def _sender(dossier: Dossier, worded: str, values: dict[str, str]) -> str:
    """The district's own bureau, where the catalogue names it."""
    district = dossier.catalogue.district(dossier.plan.factory.district)
    return district.bureau if district and district.bureau else _filled(worded, values)


def _signed(sender: str) -> tuple[int, int]:
    """Width of the name and date, one in the middle of the other, and its distance from the edge, in characters.

    The date stands four from the edge; a longer name stands two from it, and the date moves below its middle (GB/T 9704-2012, 7.3.5.1).
    """
    edge = 2 if len(sender) > len(DATE) else 4
    return min(max(len(sender), len(DATE)), LINE - edge), edge


def listing(dossiers: Sequence[Dossier], papers: Papers) -> Manuscript:
    """附件3, its title and columns word for word."""
    first, summary = dossiers[0], dossiers[0].catalogue.submission.summary
    found = Table("listing", "", (10, 44, 26, 20), heading(*summary.columns), (tuple(map(_row, lines(dossiers))),))
    content = fill("listing.html.j2", attachment=papers.attachment, summary=summary, table=table(found))
    day = max(dossier.plan.as_of for dossier in dossiers)
    return paper(LIST, summary.title, first.district_name, first.catalogue.title, day, [("listing", content)])


def lines(dossiers: Sequence[Dossier]) -> list[tuple[int, str, str, str]]:
    """Number, name, trade and district of each, in the order of their folders."""
    return [
        (number, dossier.plan.factory.applicant_name, _industry(dossier), dossier.district_name)
        for number, dossier in enumerate(dossiers, 1)
    ]


def _row(line: tuple[int, str, str, str]) -> Row:
    return (centred(str(line[0])), text(line[1]), text(line[2]), centred(line[3]))


def _industry(dossier: Dossier) -> str:
    industry = dossier.plan.factory.industry
    return f"{industry.name}（{industry.code}）" if industry.code else str(industry.name)


def _filled(text: str, values: dict[str, str]) -> str:
    """Each place once, from left to right: a name that looks like a place stays a name."""
    for part in sorted(values, key=text.find):
        if part in text:
            head, _, tail = text.partition(part)
            return f"{_filled(head, values)}{values[part]}{_filled(tail, values)}"
    return text
