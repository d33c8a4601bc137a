"""Rules of what was computed: shares above a floor, falling intensities, benchmarks beaten."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Annotated

from zcfdocs.catalogue import Row
from zcfdocs.fields import Ratio, choice
from zcfdocs.figure import Figure, apart, display, percent
from zcfdocs.plan import METRICS, Benchmark
from zcfdocs.scoring.award import FIGURE_CHOICES, METRIC_NAMES, ONE, ZERO, Award, Named, points, rule
from zcfdocs.scoring.phase import FACTORY, Phase
from zcfdocs.units import compound_ratio


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
