"""What lists, comparisons and open data say of a plan: public facts alone, small enough to hold those of thousands of plans."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from zcfdocs.accounting import YearAccount
from zcfdocs.dossier import Dossier
from zcfdocs.figure import Figure, exact
from zcfdocs.history import identity
from zcfdocs.scorecard import Json

# Figures of a year that a factory cannot keep back (spec 3: totals are always public).
TOTALS = ("tce", "emissions", "renewable_share", "offset_ratio")
SAVINGS = ("energy", "co2", "water")  # tce, tCO2 and m3 a year


def facts(dossier: Dossier, versions: tuple[Json, ...], changed: str) -> Json:
    """Takes a projection only (`Dossier.for_public`). Numbers are exact decimals as text, as on the scorecard; shares are parts of 1.

    `versions` are those the public may know, oldest first (`site.past`); `changed` is the day of the newest one, ISO, or of the plan.

    ``{"key": "<district>/<slug>", "id": in lasting addresses (`history.identity`), "uscc", "name", "district": {"key", "name"}, "industry": {"code", "name"}, "stage": {"key", "name"},
    "catalogue": {"id", "title", "year", "digest"}, "pass_line", "as_of", "digest", "commit", "dirty", "errors", "withdrawn", "changed",
    "scores": {phase: {"label", "year", "total", "display", "eligible", "word", "unmet": [row]}},
    "groups": [{"id", "title", "weight", "points": {phase}}],
    "rows": [{"id", "title", "kind", "max", "points": {phase}, "status": {phase}}],
    "totals": {phase: {"year", "tce", "emissions", "renewable_share", "offset_ratio"}},
    "savings": {"projects": how many, "energy": tce a year or None, "co2": tCO2, "water": m3},
    "versions": [version]}``
    """
    if not dossier.public:
        raise ValueError("facts are told of public projections only")
    plan, catalogue, card = dossier.plan, dossier.catalogue, dossier.card
    factory, stage = plan.factory, catalogue.stage(plan.stage)
    return {
        "key": dossier.key,
        "id": identity(factory.uscc, factory.site),
        "uscc": factory.uscc,
        "name": factory.name,
        "district": {"key": factory.district, "name": dossier.district_name},
        "industry": {"code": factory.industry.code, "name": factory.industry.name},
        "stage": {"key": plan.stage, "name": stage.name if stage else plan.stage},
        "catalogue": {"id": catalogue.id, "title": catalogue.title, "year": catalogue.year, "digest": dossier.rulebook.digest},
        "pass_line": exact(catalogue.pass_line),
        "as_of": plan.as_of.isoformat(),
        "digest": card["plan"]["digest"],
        "commit": card["source"]["commit"],
        "dirty": card["source"]["dirty"],
        "errors": card["findings"]["error"],
        "withdrawn": dossier.is_withdrawn,
        "changed": changed,
        "scores": {name: score(dossier, name) for name in card["phases"]},
        "groups": list(_groups(dossier)),
        "rows": list(_rows(dossier)),
        "totals": {name: _totals(account) for name in card["phases"] if (account := dossier.account(name)) is not None},
        "savings": _savings(dossier),
        "versions": list(versions),
    }


def score(dossier: Dossier, phase: str) -> Json:
    """A phase's score as it is shown; `word` says the same as the colour does."""
    card, scored = dossier.card["phases"][phase], dossier.score.phases[phase]
    word = "达线" if card["eligible"] else "基本要求不符合" if card["passed"] else "未达线"
    return {
        "label": scored.phase.label,
        "year": scored.phase.account.year,
        "total": card["total"],
        "display": card["display"],
        "eligible": card["eligible"],
        "word": word,
        "unmet": card["unmet_required"],
    }


def _groups(dossier: Dossier) -> Iterator[Json]:
    cards = dossier.card["phases"]
    for index, group in enumerate(dossier.catalogue.groups):
        points = {name: card["groups"][index]["points"] for name, card in cards.items()}
        yield {"id": group.id, "title": group.title, "weight": exact(group.weight), "points": points}


def _rows(dossier: Dossier) -> Iterator[Json]:
    cards = dossier.card["phases"]
    for index, row in enumerate(dossier.catalogue.rows()):
        shown = {name: card["rows"][index] for name, card in cards.items()}
        yield {
            "id": row.id,
            "title": row.title,
            "kind": row.kind,
            "max": exact(row.points),
            "points": {name: one["points"] for name, one in shown.items()},
            "status": {name: one["status"] for name, one in shown.items()},
        }


def _totals(account: YearAccount) -> Json:
    found: dict[str, Any] = {name: getattr(account, name) for name in TOTALS}
    return {"year": account.year} | {name: exact(figure.value) if isinstance(figure, Figure) else None for name, figure in found.items()}


def _savings(dossier: Dossier) -> Json:
    """What the plan's projects promise together; None where a factory keeps one of them back."""
    projects = dossier.plan.projects
    return {"projects": len(projects)} | {name: _sum([getattr(project.saves, name) for project in projects]) for name in SAVINGS}


def _sum(amounts: list[Fraction | None]) -> str | None:
    known = [amount for amount in amounts if amount is not None]
    return exact(sum(known, Fraction(0))) if len(known) == len(amounts) else None
