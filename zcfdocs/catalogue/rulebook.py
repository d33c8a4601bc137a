"""A catalogue with the factor sets and the classification it names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any

from zcfdocs.catalogue.catalogue import Catalogue
from zcfdocs.factors import Carriers, EnergySet, FuelSet, GridSet, GwpSet, HeatSet
from zcfdocs.fields import Noun, Text, choice


class IndustryName(Noun):
    code: Text
    name: Text


class ClassificationSection(IndustryName):
    divisions: tuple[IndustryName, ...]


class Classification(Noun):
    format: Annotated[str, choice("zcf-classification/1")]
    id: Text
    title: Text
    source: Text
    remark: Text | None = None
    sections: tuple[ClassificationSection, ...]
    classes: tuple[IndustryName, ...] = ()

    @cached_property
    def names(self) -> dict[str, str]:
        """The name of each class by its code."""
        return {item.code: item.name for item in self.classes}


@dataclass(frozen=True, slots=True)
class Rulebook:
    """A catalogue with the factor sets and the classification it reads, and the digest over all their files."""

    catalogue: Catalogue
    carriers: Carriers
    energy: EnergySet
    grid: GridSet
    heat: HeatSet
    fuels: dict[str, FuelSet]
    gwp: dict[str, GwpSet]
    classification: Classification
    parameters: dict[str, Any]
    digest: str
    files: tuple[str, ...]

    @property
    def id(self) -> str:
        return self.catalogue.id
