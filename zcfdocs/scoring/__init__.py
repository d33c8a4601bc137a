"""From accounts and claims to points: rules, rows, groups, totals and gates (spec 2)."""

from zcfdocs.scoring import claims, metrics, promises
from zcfdocs.scoring.award import FIGURE_CHOICES, METRIC_NAMES, RULES, Award
from zcfdocs.scoring.metrics import BetterThan, OfMetric, limit_in
from zcfdocs.scoring.phase import Phase, phases
from zcfdocs.scoring.score import GroupScore, PhaseScore, RowScore, Score, score

__all__ = [
    "FIGURE_CHOICES",
    "METRIC_NAMES",
    "RULES",
    "Award",
    "BetterThan",
    "GroupScore",
    "OfMetric",
    "Phase",
    "PhaseScore",
    "RowScore",
    "Score",
    "claims",
    "limit_in",
    "metrics",
    "phases",
    "promises",
    "score",
]
