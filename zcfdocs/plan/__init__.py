"""The plan as a noun. Units and places in spec 1; the form in 附件2."""

from zcfdocs.plan.applicant import Diagnosis, Factory, Industry, Requirement, open_day
from zcfdocs.plan.claim import Answer, Benchmark, EvidenceItem, Item, Project, Publication, Saves
from zcfdocs.plan.plan import Plan
from zcfdocs.plan.words import BASES, METRICS, Ids
from zcfdocs.plan.year import (
    Accounting,
    Certificates,
    EnergyLine,
    Enthalpy,
    Evaluation,
    Fugitive,
    HeatFactor,
    Material,
    MeasuredHeat,
    Offset,
    Period,
    Process,
    Product,
    Reported,
    Shares,
    Year,
)

__all__ = [
    "BASES",
    "METRICS",
    "Accounting",
    "Answer",
    "Benchmark",
    "Certificates",
    "Diagnosis",
    "EnergyLine",
    "Enthalpy",
    "Evaluation",
    "EvidenceItem",
    "Factory",
    "Fugitive",
    "HeatFactor",
    "Ids",
    "Industry",
    "Item",
    "Material",
    "MeasuredHeat",
    "Offset",
    "Period",
    "Plan",
    "Process",
    "Product",
    "Project",
    "Publication",
    "Reported",
    "Requirement",
    "Saves",
    "Shares",
    "Year",
    "open_day",
]
