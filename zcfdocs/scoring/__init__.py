"""From accounts and claims to points: rules, rows, groups, totals and gates (spec 2)."""

from zcfdocs.scoring.phase import Phase, phases
from zcfdocs.scoring.rules import RULES, Award
from zcfdocs.scoring.score import GroupScore, PhaseScore, RowScore, Score, score

__all__ = ["RULES", "Award", "GroupScore", "Phase", "PhaseScore", "RowScore", "Score", "phases", "score"]
