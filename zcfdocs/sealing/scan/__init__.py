"""A printed, stamped and scanned copy, matched to its version by the codes at the foot of its pages."""

from zcfdocs.sealing.scan.judging import PLAN_PAGES, Matched, judge_scan

__all__ = ["PLAN_PAGES", "Matched", "judge_scan"]
