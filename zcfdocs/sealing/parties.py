"""Who signs a copy, in which field, and in whose name: the company's seal first, then its legal representative or responsible person."""

from __future__ import annotations

from dataclasses import dataclass

from zcfdocs.plan import Plan

ROLES = {"company": "单位公章", "legal": "法定代表人签字", "responsible": "单位负责人签字", "district": "推荐单位公章"}
CERTIFYING = ("company", "district")  # their seal certifies; only form fields may be filled in afterwards (DocMDP 2)
ARCHIVE = "sign-archive"


@dataclass(frozen=True, slots=True)
class Party:
    """`names` are those its certificate may speak for (organisation or common name); empty where they are not known."""

    role: str
    names: tuple[str, ...]

    @property
    def field(self) -> str:
        return field_of(self.role)

    @property
    def title(self) -> str:
        return ROLES[self.role]


def field_of(role: str) -> str:
    """The signature field that the PDF has prepared for the role."""
    return f"sign-{role}"


@dataclass(frozen=True, slots=True)
class Expected:
    """Signatures a copy must have: of each group one. Any other signature is none of this project's."""

    groups: tuple[tuple[Party, ...], ...]

    def party(self, role: str) -> Party | None:
        return next((party for group in self.groups for party in group if party.role == role), None)


def of_factory(plan: Plan) -> Expected:
    """附件2 材料真实性承诺: 法人或单位负责人签字，（公章）."""
    factory = plan.factory
    # Never a former name: whoever writes the plan chooses what it says there.
    company = tuple(dict.fromkeys(name for name in (factory.applicant_name, factory.name) if name))
    person = (factory.legal_representative,) if factory.legal_representative else ()
    return Expected(((Party("company", company),), (Party("legal", (*company, *person)), Party("responsible", company))))


def of_district(bureau: str | None) -> Expected:
    """推荐函, 推荐汇总表: the bureau's seal; its full name stands in the catalogue or is not known."""
    return Expected(((Party("district", (bureau,) if bureau else ()),),))
