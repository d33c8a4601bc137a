"""What the papers of a bureau have in common: a manuscript of leaves, tables as HTML, whether a review is of this version."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from markupsafe import Markup

from zcfdocs.dossier import Dossier
from zcfdocs.manuscript.compose import mark
from zcfdocs.manuscript.manuscript import Manuscript, finished
from zcfdocs.manuscript.notation import points
from zcfdocs.manuscript.parts import fill, safe
from zcfdocs.manuscript.table import Table
from zcfdocs.reviews import AGES, Opinions, Review, Reviews, Spread, is_of, opinions


def paper(name: str, title: str, author: str, subject: str, day: date, leaves: Sequence[tuple[str, str]]) -> Manuscript:
    """`leaves` are page formats with what stands on them."""
    sheets = [(page, safe(content)) for page, content in leaves]
    html = fill("paper.html.j2", title=title, author=author, subject=subject, day=day, leaves=sheets)
    return Manuscript(name, title, author, subject, day, finished(html))


def about(name: str, title: str, dossier: Dossier, leaves: Sequence[tuple[str, str]]) -> Manuscript:
    """A paper on one plan; it names the version it was made from."""
    full = f"{title}（{dossier.plan.factory.applicant_name}）"
    found = paper(name, full, dossier.district_name, dossier.catalogue.title, dossier.plan.as_of, leaves)
    return Manuscript(found.name, found.title, found.author, found.subject, found.day, found.html, mark=mark("F", dossier))


def table(found: Table) -> Markup:
    return safe(fill("table.html.j2", table=found))


def version(dossier: Dossier) -> str:
    """The plan's digest and commit, as far as a reader needs them to find the version."""
    commit = dossier.card["source"]["commit"]
    return f"数据摘要 {short(dossier.card['plan']['digest'])}，版本 {commit[:12] if commit else '未提交'}"


def short(digest: str) -> str:
    return digest.removeprefix("sha256:")[:16]


def older(review: Review | None, dossier: Dossier) -> str:
    """What is said of a review that judged another version of the plan, or does not say which."""
    same = None if review is None else is_of(review, dossier.card["plan"]["digest"])
    if review is None or same:
        return ""
    return f"（意见针对{AGES[True]}，数据摘要 {short(review.digest or '')}）" if same is False else f"（{AGES[None]}）"


def beside(dossier: Dossier, reviews: Reviews) -> Opinions:
    """What stands beside the plan's own points."""
    return opinions(dossier.score, dossier.catalogue, dossier.card["plan"]["digest"], reviews)


def between(experts: Spread, most: Fraction) -> str:
    """`平均 3.75（3.50—4.00）`"""
    return f"平均 {points(experts.mean, most)}（{points(experts.lowest, most)}—{points(experts.highest, most)}）"
