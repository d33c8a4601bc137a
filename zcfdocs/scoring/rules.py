"""The rules the catalogue may name: pure functions from a row and a phase to an award with its reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Any, TypeVar

from zcfdocs.catalogue import Row
from zcfdocs.fields import Noun, Positive, Ratio, Text, choice
from zcfdocs.figure import Figure, apart, display, percent, trimmed
from zcfdocs.finding import Route
from zcfdocs.plan import METRICS, Answer, Benchmark
from zcfdocs.scoring.phase import FACTORY, Phase
from zcfdocs.units import compound_ratio

ZERO, ONE = Fraction(0), Fraction(1)
METRIC_NAMES = {"energy": "能耗强度", "carbon": "碳强度", "material": "单位产品原材料使用量", "water": "单位产品取水量"}
METRIC_NAMES |= {"renewable_share": "可再生电力占比", "offset_ratio": "抵消比例"}
FIGURE_CHOICES = ("offset_ratio", "renewable_share")


# A sentence, or how to say it: most plans are scored far oftener than they are explained.
Reason = str | Callable[[], str]


@dataclass(frozen=True, slots=True)
class Award:
    """`claimed` is what the rule gives, `counted` what valid evidence leaves of it; both in points, not yet clamped.

    `used` names places of claims; the places behind `figures` are theirs to tell.
    """

    claimed: Fraction
    counted: Fraction
    because: Reason
    used: tuple[Route, ...] = ()
    figures: tuple[Figure, ...] = field(default=())
    provisional: bool = False


class Named(Noun):
    """Parameters of a rule that takes none."""

    name: Text


class PerItem(Named):
    step: Positive
    list: Annotated[str, choice("titles")]


class Floor(Named):
    """`at_least` counts the floor itself, `above` does not."""

    of: Annotated[str, choice(*FIGURE_CHOICES)]
    at_least: Ratio | None = None
    above: Ratio | None = None


class OfMetric(Named):
    of: Annotated[str, choice(*METRICS)]


class BetterThan(OfMetric):
    kinds: tuple[Annotated[str, choice("standard", "industry", "quota")], ...]
    inclusive: tuple[Annotated[str, choice("standard", "industry", "quota")], ...] = ()


class Achieved(Named):
    of: tuple[Annotated[str, choice(*METRICS, *FIGURE_CHOICES)], ...]


P = TypeVar("P", bound=Named)
Judge = Callable[[Row, Any, Phase], Award]
RULES: dict[str, tuple[type[Named], Judge]] = {}


def rule(name: str, parameters: type[P]) -> Callable[[Callable[[Row, P, Phase], Award]], Callable[[Row, P, Phase], Award]]:
    """Register a rule under the name the catalogue uses."""

    def register(function: Callable[[Row, P, Phase], Award]) -> Callable[[Row, P, Phase], Award]:
        RULES[name] = (parameters, function)
        return function

    return register


def points(value: Fraction, row: Row | None = None) -> str:
    """For a row's own points: never shown as its maximum while below it."""
    shown = trimmed(value, 4) if row is None or value >= row.points else display(value, 4, row.points)
    return f"{shown.rstrip('0').rstrip('.') if '.' in shown else shown} 分"


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

    return _with_named_evidence(row, claimed, because, (("indicators", index),), answer.evidence, phase)


def degree(answer: Answer, phase: Phase) -> tuple[Fraction | None, str]:
    """The figure of the phase; a target or result left out stays as now."""
    value: Fraction | None = getattr(answer, phase.name)
    if value is not None or phase.name == "now":
        return value, ""
    return answer.now, f"（未填{phase.label}，按现状）"


def said(reason: Reason) -> str:
    return reason if isinstance(reason, str) else reason()


def _with_named_evidence(
    row: Row, claimed: Fraction, because: Reason, used: tuple[Route, ...], keys: tuple[str, ...], phase: Phase
) -> Award:
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
    promised = getattr(answer, phase.name) if phase.name != "now" else None
    if promised is not None:
        claimed = min(row.points, parameters.step * promised)
        because = f"{phase.label}取得 {trimmed(promised, 4)} 个称号，每个 {points(parameters.step)}，最多 {points(row.points)}"
        singly = tuple(key for item in answer.items or () for key in item.evidence or ())
        return _with_named_evidence(row, claimed, because, used, (*answer.evidence, *singly), phase)
    names = {alias: title.name for title in phase.rulebook.catalogue.titles for alias in (title.name, *title.aliases)}
    recognised: dict[str, bool] = {}
    for item in answer.items or ():
        name = names.get(item.name)
        if name is not None:
            evidence = answer.evidence if item.evidence is None else item.evidence
            recognised[name] = recognised.get(name, False) or phase.supported(evidence)
    valid = [name for name, good in recognised.items() if good]
    claimed = min(row.points, parameters.step * len(recognised))
    counted = min(row.points, parameters.step * len(valid))
    because = f"认定称号 {len(recognised)} 个（{'、'.join(recognised) or '无'}），每个 {points(parameters.step)}，最多 {points(row.points)}"
    if counted != claimed:
        because += f"；佐证有效的 {len(valid)} 个，计 {points(counted)}"
    return Award(claimed, counted, because, used)


@rule("share", Floor)
def share(row: Row, parameters: Floor, phase: Phase) -> Award:
    """max × metric above the floor; 附件1-3 4.5 (60 % scores), 5.4 (50 % does not)."""
    figure = phase.account.metric(parameters.of)
    floor = parameters.at_least if parameters.at_least is not None else parameters.above or ZERO
    reached = figure.value >= floor if parameters.at_least is not None else figure.value > floor
    name, shown = METRIC_NAMES[parameters.of], percent(figure.value, 4, short=True)
    if not reached:
        word = "低于" if parameters.at_least is not None else "未超过"
        low = f"{display(figure.value * 100, 2, floor * 100)}%"
        return Award(ZERO, ZERO, f"{name} {low}，{word} {percent(floor, 0)}，不得分", (), (figure,))
    if phase.rulebook.catalogue.reading("prorata") == "linear_from_floor":
        earned = row.points * (figure.value - floor) / (ONE - floor)
        because = f"{name} {shown}，自 {percent(floor, 0)} 起线性折算，得 {points(earned, row)}"
    else:
        earned = row.points * figure.value
        because = f"{name} {shown}，{points(row.points)} × {shown} = {points(earned, row)}"
    return Award(earned, earned, because, (), (figure,))


@rule("declining", OfMetric)
def declining(row: Row, parameters: OfMetric, phase: Phase) -> Award:
    """All points where every product's intensity falls strictly from year to year over three years; 近三年逐年下降."""
    name = METRIC_NAMES[parameters.of]
    trend = phase.trend
    if len(trend) < 3:
        return Award(ZERO, ZERO, f"只有 {len(trend)} 年数据，不足三年，无法判断{name}逐年下降")
    series = [phase.subjects(parameters.of, account) for account in trend]
    figures, steps, falling = [], [], True
    for subject in series[-1]:
        values = [year.get(subject) for year in series]
        known = [value for value in values if value is not None]
        figures += known
        fell = len(known) == len(values) and all(later.value < earlier.value for earlier, later in pairwise(known))
        falling = falling and fell
        texts = iter(apart([value.value for value in known], 4))
        shown = " → ".join(next(texts) if value else "缺" for value in values)
        steps.append(f"{subject} {shown}{'' if fell else '（未逐年下降）'}")
    falling = falling and bool(steps)
    earned = row.points if falling else ZERO
    years = "、".join(str(account.year) for account in trend)
    verdict = f"逐年下降，得 {points(earned)}" if falling else "未逐年下降，不得分"
    return Award(earned, earned, f"{name}（{years} 年）：{'；'.join(steps) or '无数据'}，{verdict}", (), tuple(figures))


@rule("better_than", BetterThan)
def better_than(row: Row, parameters: BetterThan, phase: Phase) -> Award:
    """max × share of the products that beat their benchmark: 先进值 ≤, 优于 strictly <; 附件1-3 5.2, 5.3, 5.5, 5.6."""
    subjects = phase.subjects(parameters.of)
    beaten = proven = 0
    reasons, figures, used = [], [], []
    for subject, figure in subjects.items():
        found = benchmark_of(phase, parameters, subject)
        if figure is None or found is None:
            reasons.append(f"{subject}：{'缺数据' if figure is None else '未填标杆值'}")
            continue
        index, benchmark = found
        limit = limit_in(benchmark, figure)
        used.append(("benchmarks", index))
        figures.append(figure)
        if limit is None or benchmark.kind not in parameters.kinds:
            reasons.append(f"{subject}：标杆值的{'单位' if limit is None else '类别'}不能用于本项")
            continue
        inclusive = benchmark.kind in parameters.inclusive
        beats = figure.value <= limit if inclusive else figure.value < limit
        sign = ("≤" if inclusive else "<") if beats else (">" if inclusive else "≥")
        own, other = apart([figure.value, limit], 4)
        reasons.append(f"{subject} {own} {figure.unit} {sign} 标杆值 {other}（{benchmark.source}）")
        beaten += beats
        if beats and phase.supported(benchmark.evidence):
            proven += 1
        elif beats:
            reasons[-1] += "，但标杆值的佐证不可用"
    count = max(len(subjects), 1)
    claimed, counted = row.points * beaten / count, row.points * proven / count
    because = f"{'；'.join(reasons) or '无产品数据'}，{len(subjects)} 项中 {proven} 项计分，得 {points(counted)}"
    return Award(claimed, counted, because, tuple(used), tuple(figures))


def benchmark_of(phase: Phase, parameters: BetterThan, subject: str) -> tuple[int, Benchmark] | None:
    """The benchmark named for the product, else the one that names no product; of several kinds the one the row names first.

    附件1-3 5.2: the industry's level counts only 未制定相关标准的.
    """
    order = {kind: rank for rank, kind in enumerate(parameters.kinds)}
    listed = [(index, item) for index, item in enumerate(phase.plan.benchmarks) if item.metric == parameters.of]
    listed.sort(key=lambda pair: order.get(pair[1].kind, len(order)))
    own = [pair for pair in listed if pair[1].product == subject and subject != FACTORY]
    common = [pair for pair in listed if pair[1].product is None]
    return next(iter([*own, *common]), None)


def limit_in(benchmark: Benchmark, figure: Figure) -> Fraction | None:
    """The benchmark's value in the figure's unit; None where the units measure different things."""
    scale = compound_ratio(benchmark.unit, figure.unit)
    return None if scale is None else benchmark.value * scale


@rule("achieved", Achieved)
def achieved(row: Row, parameters: Achieved, phase: Phase) -> Award:
    """At evaluation max × mean of (baseline − result) ÷ (baseline − target); before that attested and provisional."""
    parts = _achievements(parameters, phase) if phase.name == "result" and phase.promise else []
    if not parts:
        award = attested(row, Named(name="attested"), phase)
        why = "没有可比的承诺指标，按自评" if phase.name == "result" else "效果评价前为自评"
        return Award(award.claimed, award.counted, lambda: f"{said(award.because)}（{why}，暂定）", award.used, (), provisional=True)
    mean = sum((value for _, value, _ in parts), ZERO) / len(parts)
    claimed = row.points * mean
    shown = "、".join(f"{METRIC_NAMES[name]} {percent(value)}" for name, value, _ in parts)
    figures = tuple(figure for _, _, figures in parts for figure in figures)
    because = f"承诺指标落实程度：{shown}，平均 {percent(mean)}，{points(row.points)} × {percent(mean)} = {points(claimed, row)}"
    found = phase.plan.answer(row.id)
    award = _with_named_evidence(row, claimed, because, (), found[1].evidence if found else (), phase)
    return Award(award.claimed, award.counted, award.because, award.used, figures)


def _achievements(parameters: Achieved, phase: Phase) -> list[tuple[str, Fraction, tuple[Figure, ...]]]:
    """Per metric the mean over its products, 0…1; a metric without a promised change is left out."""
    baseline, target = phase.promise or (phase.account, phase.account)
    found = []
    for name in parameters.of:
        if name in FIGURE_CHOICES:
            triples = [(baseline.metric(name), target.metric(name), phase.account.metric(name))]
        else:
            first, last, reached = (phase.subjects(name, account) for account in (baseline, target, phase.account))
            triples = [(first[key], last.get(key), reached.get(key)) for key in first]  # type: ignore[misc]
        shares = [_share_reached(*triple) for triple in triples]
        known = [value for value in shares if value is not None]
        if known:
            figures = tuple(figure for triple in triples for figure in triple if figure is not None)
            found.append((name, sum(known, ZERO) / len(known), figures))
    return found


def _share_reached(baseline: Figure | None, target: Figure | None, result: Figure | None) -> Fraction | None:
    if baseline is None or target is None or baseline.value == target.value:
        return None
    if result is None:
        return ZERO
    return max(ZERO, min(ONE, (baseline.value - result.value) / (baseline.value - target.value)))


@rule("published", Named)
def published(row: Row, _: Named, phase: Phase) -> Award:
    """All points once published with valid proof; as a target it is a promise every plan makes."""
    if phase.name == "target":
        return Award(row.points, row.points, "目标：对外发布方案，接受公众监督")
    publication = phase.plan.publication
    if publication is None:
        return Award(ZERO, ZERO, "尚未对外发布（publication 为空）")
    used: tuple[Route, ...] = (("publication",),)
    if publication.date > phase.on:
        return Award(ZERO, ZERO, f"发布日期 {publication.date} 晚于 {phase.on}，尚未发布", used)
    because = f"{publication.date} 发布于 {publication.url}"
    if publication.proof is None or not phase.evidence.supports((publication.proof,), phase.on):
        return Award(row.points, ZERO, f"{because}；没有有效的发布证明，不计分", used)
    return Award(row.points, row.points, f"{because}，发布证明未经机器核验", used)
