"""Rules of what the factory states: degrees of satisfaction, titles, publication."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

from zcfdocs.catalogue import Row
from zcfdocs.fields import Positive, choice
from zcfdocs.figure import trimmed
from zcfdocs.finding import Route
from zcfdocs.plan import Answer, Item
from zcfdocs.scoring.award import ONE, ZERO, Award, Named, Reason, points, rule, said
from zcfdocs.scoring.phase import Phase


class PerItem(Named):
    step: Positive
    list: Annotated[str, choice("titles")]


@rule("attested", Named)
def attested(row: Row, _: Named, phase: Phase) -> Award:
    """max × now / of: the degree of satisfaction the factory states, 附件1-1 一."""
    found = phase.plan.answer(row.id)
    if found is None:
        return Award(ZERO, ZERO, "方案未填写本项")
    index, answer = found
    value, note = degree(answer, phase)
    if value is None:
        return Award(ZERO, ZERO, "方案未填写满足程度", (("indicators", index),))
    share = ONE if value == answer.of else value / answer.of
    claimed = row.points if share is ONE else row.points * share

    def because() -> str:
        stated = f"满足程度 {trimmed(value, 6)}/{trimmed(answer.of, 6)}{note}"
        return f"{stated}，{points(row.points)} × {trimmed(share, 6)} = {points(claimed, row)}"

    return with_named_evidence(row, claimed, because, (("indicators", index),), answer.evidence, phase)


def degree(answer: Answer, phase: Phase) -> tuple[Fraction | None, str]:
    """The figure of the phase; a target or result left out stays as now."""
    value: Fraction | None = getattr(answer, phase.name)
    if value is not None or phase.name == "now":
        return value, ""
    return answer.now, f"（未填{phase.label}，按现状）"


def with_named_evidence(
    row: Row, claimed: Fraction, because: Reason, used: tuple[Route, ...], keys: tuple[str, ...], phase: Phase
) -> Award:
    """What a claim keeps where its row asks for named evidence."""
    if not claimed or row.evidenced_by != "named" or phase.supported(keys):
        return Award(claimed, claimed, because, used)
    lack = f"所列佐证在 {phase.on} 均不可用" if keys else "未列佐证"
    return Award(claimed, ZERO, lambda: f"{said(because)}；{lack}，不计分", used)


@rule("per_item", PerItem)
def per_item(row: Row, parameters: PerItem, phase: Phase) -> Award:
    """step points for each distinct recognised item; an item with its own evidence is judged by it."""
    found = phase.plan.answer(row.id)
    if found is None:
        return Award(ZERO, ZERO, "方案未填写本项")
    index, answer = found
    used: tuple[Route, ...] = (("indicators", index),)
    reached = getattr(answer, phase.name) if phase.name != "now" else None
    recognised = _recognised(answer.items or (), answer.evidence, phase)
    if reached is None:
        number, proved = Fraction(len(recognised)), Fraction(sum(recognised.values()))
        told = f"认定称号 {len(recognised)} 个（{'、'.join(recognised) or '无'}）"
    else:
        number, proved = reached, _proved(reached, answer, phase)
        told = f"{phase.label}取得 {trimmed(reached, 4)} 个称号"
    claimed, counted = (min(row.points, parameters.step * many) for many in (number, proved))
    because = f"{told}，每个 {points(parameters.step)}，最多 {points(row.points)}"
    if counted != claimed:
        because += f"；佐证有效的 {trimmed(proved, 4)} 个，计 {points(counted)}"
    return Award(claimed, counted, because, used)


def _recognised(items: tuple[Item, ...], shared: tuple[str, ...], phase: Phase) -> dict[str, bool]:
    """The catalogue's titles among the items, each with whether its evidence is valid: its own, else the answer's."""
    names = {alias: title.name for title in phase.rulebook.catalogue.titles for alias in (title.name, *title.aliases)}
    found: dict[str, bool] = {}
    for item in items:
        name = names.get(item.name)
        if name is not None:
            found[name] = found.get(name, False) or phase.supported(shared if item.evidence is None else item.evidence)
    return found


def _proved(reached: Fraction, answer: Answer, phase: Phase) -> Fraction:
    """Of a number of titles those with valid evidence: items with their own count singly, the others by the answer's."""
    own = _recognised(tuple(item for item in answer.items or () if item.evidence is not None), (), phase)
    others = max(ZERO, reached - len(own)) if phase.supported(answer.evidence) else ZERO
    return min(reached, sum(own.values()) + others)


@rule("published", Named)
def published(row: Row, _: Named, phase: Phase) -> Award:
    """All points once published with valid proof; as a target it is a promise every plan makes."""
    if phase.name == "target":
        return Award(row.points, row.points, "目标：对外发布方案，接受公众监督")
    publication = phase.plan.publication
    if publication is None:
        return Award(ZERO, ZERO, "尚未对外发布")
    used: tuple[Route, ...] = (("publication",),)
    if publication.date > phase.on:
        return Award(ZERO, ZERO, f"发布日期 {publication.date} 晚于 {phase.on}，尚未发布", used)
    because = f"{publication.date} 发布于 {publication.url}"
    if publication.proof is None or not phase.evidence.supports((publication.proof,), phase.on):
        return Award(row.points, ZERO, f"{because}；没有有效的发布证明，不计分", used)
    complaint = phase.evidence.proofs.get(publication.proof)
    if complaint is None:
        return Award(row.points, row.points, f"{because}，发布证明未经机器核验", used)
    if complaint:
        return Award(row.points, ZERO, f"{because}；发布证明的抓取记录未通过核验：{complaint}，不计分", used)
    return Award(row.points, row.points, f"{because}，发布证明的抓取记录与所列提交相符", used)
