"""scorecard.json (zcf-scorecard/1): the one source of figures for site, documents, workbook, review and reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from zcfdocs.accounting import ProductIntensity, YearAccount
from zcfdocs.catalogue import Rulebook
from zcfdocs.figure import Figure, display, exact, rounded
from zcfdocs.finding import Severity
from zcfdocs.plan import METRICS, Plan
from zcfdocs.scoring import PhaseScore, Score

Json = dict[str, Any]
YEAR_FIGURES = ("tce", "scope1", "scope2", "emissions", "renewable_share", "offsets", "offset_ratio")
ROW_FIGURES = ("points", "claimed", "max", "status", "because")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the plan's text comes from: its newest commit, and whether the folder differs from it."""

    commit: str | None = None
    dirty: bool = False


def scorecard(
    plan: Plan,
    rulebook: Rulebook,
    accounts: tuple[YearAccount, ...],
    score: Score,
    digest: str,
    origin: Origin,
    counts: dict[Severity, int],
) -> Json:
    """The whole card; numbers are strings, exact where finite, else 28 significant digits."""
    return {
        "format": "zcf-scorecard/1",
        "plan": {
            "uscc": plan.factory.uscc,
            "name": plan.factory.name,
            "district": plan.factory.district,
            "industry": plan.factory.industry.code,
            "stage": plan.stage,
            "digest": digest,
        },
        "catalogue": {"id": rulebook.id, "digest": rulebook.digest},
        "source": {"commit": origin.commit, "dirty": origin.dirty},
        **figures(rulebook, accounts, score),
        "findings": {"error": counts[Severity.ERROR], "warning": counts[Severity.WARNING]},
    }


def figures(rulebook: Rulebook, accounts: tuple[YearAccount, ...], score: Score) -> Json:
    """The part of the card that prose may cite: phases, years and gates."""
    return {
        "phases": {name: _phase(phase, rulebook) for name, phase in score.phases.items()},
        "years": [_year(account) for account in accounts],
        "gates": {"basic_requirements": score.basic_requirements, "pass_line": exact(rulebook.catalogue.pass_line)},
    }


def names(rulebook: Rulebook, accounts: tuple[YearAccount, ...], score: Score) -> Json:
    """The same shape, with "0" for every figure: enough to say whether a name means one."""
    return {
        "phases": {
            name: {
                "total": "0",
                "display": "0",
                "groups": [dict.fromkeys(("weight", "points", "weighted"), "0") | {"id": group.id} for group in rulebook.catalogue.groups],
                "rows": [dict.fromkeys(ROW_FIGURES, "0") | {"id": row.id} for row in rulebook.catalogue.rows()],
            }
            for name in score.phases
        },
        "years": [
            dict.fromkeys(YEAR_FIGURES, "0")
            | {"year": account.year, "kind": account.kind, "intensity": _known(account.products[:1])}
            | {"intensities": [{"product": item.product} | _known((item,)) for item in account.products]}
            for account in accounts
        ],
        "gates": {"pass_line": "0"},
    }


def _known(products: tuple[ProductIntensity, ...]) -> Json:
    return {name: "0" for item in products for name in METRICS if item.metric(name)}


def _phase(phase: PhaseScore, rulebook: Rulebook) -> Json:
    return {
        "total": exact(phase.total),
        "display": display(phase.total, 2, rulebook.catalogue.pass_line),
        "passed": phase.passed,
        "eligible": phase.eligible,
        "unmet_required": list(phase.unmet_required),
        "groups": [
            {
                "id": group.group.id,
                "weight": rounded(group.group.weight, 2),
                "points": exact(group.points),
                "weighted": exact(group.weighted),
            }
            for group in phase.groups
        ],
        "rows": [
            {
                "id": row.row.id,
                "points": exact(row.points),
                "claimed": exact(row.claimed),
                "max": exact(row.row.points),
                "status": row.status,
                "because": row.because,
                "used": [list(route) for route in row.used],
                "reviews": [],
            }
            for row in phase.rows
        ],
    }


def _year(account: YearAccount) -> Json:
    products = [{"product": item.product, **_intensity(item.metric)} for item in account.products]
    return {
        "year": account.year,
        "kind": account.kind,
        **{name: exact(account.metric(name).value) for name in YEAR_FIGURES},
        "intensity": {key: value for key, value in products[0].items() if key != "product"} if products else dict.fromkeys(METRICS),
        "intensities": products,
    }


def _intensity(metric: Any) -> Json:
    figures: dict[str, Figure | None] = {name: metric(name) for name in METRICS}
    return {name: exact(figure.value) if figure else None for name, figure in figures.items()}
