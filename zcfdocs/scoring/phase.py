"""A phase: one year of the plan as it is judged, now, as promised (target) or as reached (result)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from zcfdocs.accounting import YearAccount
from zcfdocs.catalogue import Rulebook
from zcfdocs.evidence import Evidence
from zcfdocs.figure import Figure
from zcfdocs.plan import Plan

PHASES = {"now": "现状", "target": "目标", "result": "结果"}
FACTORY = "全厂"


@dataclass(frozen=True, slots=True)
class Phase:
    """What a rule may look at; `on` is the day evidence is judged, `promise` the frozen accounts of baseline and target."""

    name: str
    plan: Plan
    rulebook: Rulebook
    evidence: Evidence
    account: YearAccount
    before: tuple[YearAccount, ...]
    on: datetime.date
    promise: tuple[YearAccount, YearAccount] | None

    @property
    def label(self) -> str:
        return PHASES[self.name]

    @property
    def asks_evidence(self) -> bool:
        """A target is a promise: no evidence is asked for (spec 2)."""
        return self.name != "target"

    def supported(self, keys: Iterable[str]) -> bool:
        return not self.asks_evidence or self.evidence.supports(keys, self.on)

    def subjects(self, metric: str, account: YearAccount | None = None) -> dict[str, Figure | None]:
        """Whom an intensity speaks of: each product, or the whole factory where the basis is a value."""
        products = (account or self.account).products
        if metric in ("energy", "carbon") and self.plan.accounting.intensity_basis != "product":
            return {FACTORY: products[0].metric(metric)} if products else {}
        return {item.product: item.metric(metric) for item in products}

    @property
    def trend(self) -> tuple[YearAccount, ...]:
        """The two newest actual years before the phase's own, then its own."""
        return (*self.before, self.account)


def phases(
    plan: Plan, rulebook: Rulebook, evidence: Evidence, accounts: tuple[YearAccount, ...], promise: tuple[YearAccount, ...] | None = None
) -> tuple[Phase, ...]:
    """now, target and, where the plan has one, result; a phase whose year is missing is left out.

    `promise` holds the accounts as frozen at `candidate`; without it the plan's own baseline and target stand for them.
    """
    now = _find(plan, accounts, plan.accounting.baseline, "actual")
    target = _find(plan, accounts, plan.accounting.target, "target")
    frozen = accounts if promise is None else promise
    first, last = _find(plan, frozen, plan.accounting.baseline, "actual"), _find(plan, frozen, plan.accounting.target, "target")
    promised = (first, last) if first and last else None
    result = next((account for account in accounts if account.kind == "result"), None)
    late = plan.evaluation.as_of if plan.evaluation else plan.as_of
    named = (("now", now, plan.as_of), ("target", target, plan.as_of), ("result", result, late))
    return tuple(
        Phase(name, plan, rulebook, evidence, account, _before(accounts, account), on, promised)
        for name, account, on in named
        if account is not None
    )


def _find(plan: Plan, accounts: tuple[YearAccount, ...], year: int, kind: str) -> YearAccount | None:
    return next((account for account in accounts if account.year == year and account.kind == kind), None)


def _before(accounts: tuple[YearAccount, ...], own: YearAccount) -> tuple[YearAccount, ...]:
    actual = sorted((item for item in accounts if item.kind == "actual" and item.year < own.year), key=lambda item: item.year)
    return tuple(actual[-2:])
