"""What counts as an offset, and why each line does or does not: 附件1-1 二（4）, spec 2."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from fractions import Fraction

from zcfdocs.catalogue import OffsetMethod
from zcfdocs.certificates import Ledger, run
from zcfdocs.evidence import Evidence
from zcfdocs.figure import Figure, constant, difference, given, product
from zcfdocs.finding import Route
from zcfdocs.plan import Offset
from zcfdocs.units import ratio


@dataclass(frozen=True, slots=True)
class OffsetLine:
    """One line: the amount that counts (MWh or tCO2e), or the Chinese reason why nothing does."""

    source: Offset
    method: OffsetMethod
    route: Route
    amount: Figure
    refused: str = ""

    @property
    def counts(self) -> bool:
        return not self.refused

    @property
    def is_green(self) -> bool:
        return self.method.counts == "grid_electricity"


def judge(offset: Offset, method: OffsetMethod, route: Route, evidence: Evidence, on: datetime.date | None, ledger: Ledger) -> OffsetLine:
    """In actual and result years only retired lines with valid evidence count; a target year (`on` None) is a promise."""
    unit = "tCO2e" if method.counts == "emissions" else "MWh"
    scale = ratio(offset.unit, unit)
    amount = given(offset.amount * (scale or 0), unit, method.title, (*route, "amount"))
    if scale is None:
        return OffsetLine(offset, method, route, amount, f"单位 {offset.unit} 不是{unit}一类")
    if method.counts == "exported":
        return OffsetLine(offset, method, route, amount, "上网电量由能源数据计算，不在此列报")
    if on is not None and not offset.retired:
        return OffsetLine(offset, method, route, amount, "未核销")
    if on is not None and not evidence.supports(offset.evidence, on):
        return OffsetLine(offset, method, route, amount, f"没有在 {on} 有效的佐证")
    repeated = sum(ledger.take(known) for known in map(run, offset.certificates) if known)
    if not repeated:
        return OffsetLine(offset, method, route, amount)
    again = constant(min(Fraction(repeated), amount.value), amount.unit, "重复的证书", "一个证书编号只计一次")
    return OffsetLine(offset, method, route, difference(method.title, amount, again))


def emissions_of(line: OffsetLine, grid: Figure | None) -> Figure | None:
    """tCO2e of a counted line other than green power, which is capped together (3a)."""
    if line.method.counts == "emissions":
        return line.amount
    if line.method.counts == "displaced" and grid is not None:
        return product(line.method.title, "tCO2e", line.amount, grid)
    return None
