"""佐证 in 得分计算: whether a row's points wait for evidence, whether the plan names any, and whether it holds."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from zcfdocs.printing.workbook.sheet import GAP
from zcfdocs.scoring.phase import Phase
from zcfdocs.scoring.score import RowScore

ONE, ZERO = Fraction(1), Fraction(0)


@dataclass(frozen=True, slots=True)
class Support:
    """`usable` of what is named; a row that asks for none, as every promise, is not held back."""

    asked: bool
    named: bool
    usable: bool

    @property
    def factor(self) -> Fraction:
        return ONE if not self.asked or (self.named and self.usable) else ZERO

    @property
    def shown(self) -> Fraction | str:
        return self.factor if self.asked and self.named else GAP


def support(found: RowScore, phase: Phase) -> Support:
    keys = _keys(found, phase)
    # What was claimed may rest on a part of the evidence: what counted of it tells.
    usable = found.points > 0 if found.claimed else phase.supported(keys)
    return Support(phase.asks_evidence and _asks(found, phase), bool(keys), usable)


def _asks(found: RowScore, phase: Phase) -> bool:
    answer, name = phase.plan.answer(found.row.id), found.row.rule["name"]
    if answer and answer[1].not_applicable and found.row.not_applicable:
        return True
    return name in ("per_item", "published") or (name in ("attested", "achieved") and found.row.evidenced_by == "named")


def _keys(found: RowScore, phase: Phase) -> tuple[str, ...]:
    if found.row.rule["name"] == "published":
        publication = phase.plan.publication
        return (publication.proof,) if publication and publication.proof else ()
    answer = phase.plan.answer(found.row.id)
    return (*answer[1].evidence, *(key for item in answer[1].items or () for key in item.evidence or ())) if answer else ()
