"""zcfdocs: a zero-carbon factory plan in git, checked, accounted, scored and printed."""

__version__ = "0.1.0"
