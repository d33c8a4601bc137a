"""The checks of a plan that reads: each a function that yields problems; importing a module registers its checks."""

from zcfdocs.checks import (
    benchmarks,
    body,
    citing,
    claims,
    energy,
    evidence,
    factory,
    figures,
    frame,
    identity,
    offsets,
    products,
    projects,
    requirements,
    sources,
    verdict,
    years,
)
from zcfdocs.checks.registry import CHECKS, Case, Problem, check, judge
from zcfdocs.checks.repository import across

__all__ = [
    "CHECKS",
    "Case",
    "Problem",
    "across",
    "benchmarks",
    "body",
    "check",
    "citing",
    "claims",
    "energy",
    "evidence",
    "factory",
    "figures",
    "frame",
    "identity",
    "judge",
    "offsets",
    "products",
    "projects",
    "requirements",
    "sources",
    "verdict",
    "years",
]
