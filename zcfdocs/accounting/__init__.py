"""From a plan's amounts to exact figures: energy, emissions, offsets, shares and intensities, each with its trace (spec 2)."""

from zcfdocs.accounting.intensity import ProductIntensity
from zcfdocs.accounting.year import YearAccount, account

__all__ = ["ProductIntensity", "YearAccount", "account"]
