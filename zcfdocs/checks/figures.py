"""Numbers typed by hand in the prose beside a figure's name and unit, compared with the computed figure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from zcfdocs.accounting import YearAccount
from zcfdocs.checks.registry import Case, Problem, check
from zcfdocs.figure import percent, trimmed
from zcfdocs.finding import Severity

TONNES = r"吨二氧化碳当量|吨二氧化碳|吨CO2e?|吨(?![一-鿿A-Za-z])|tCO2e?"
# Figure: name, how people write its unit, how many of its base unit one of those is.
NAMES = {
    "tce": ("综合能耗", r"吨标准煤|吨标煤|tce"),
    "scope1": ("范围1排放", TONNES),
    "scope2": ("范围2排放", TONNES),
    "emissions": ("温室气体排放总量", TONNES),
    "water": ("取水量", r"立方米|m3|m³"),
    "output_value": ("产值", r"元"),
    "added_value": ("工业增加值", r"元"),
    "renewable_share": ("可再生电力占比", r"[%％]"),
    "offset_ratio": ("抵消比例", r"[%％]"),
}
# Longest first: 范围1和范围2 is the total, 工业增加值 is no 产值; 范围3 is none of the figures here.
WORDS = re.compile(
    r"(?P<emissions>范围(?:1|一|Ⅰ).{0,4}范围(?:2|二|Ⅱ)(?:(?:排放)?(?:合计|总量))?|温室气体排放(?:总量|量)?|碳排放(?:总量|量)|排放总量)"
    r"|(?P<scope1>范围(?:1|一|Ⅰ))|(?P<scope2>范围(?:2|二|Ⅱ))|(?P<none>范围(?:3|三|Ⅲ))"
    r"|(?P<tce>综合能耗|能源消费总量|综合能源消费量)|(?P<water>取水量)|(?P<added_value>工业增加值)|(?P<output_value>产值)"
    r"|(?P<renewable_share>可再生(?:能源)?电力占比)|(?P<offset_ratio>抵消比例)"
)
UNITS = "|".join(dict.fromkeys(unit for _, unit in NAMES.values()))
NUMBER = re.compile(
    r"(?<![\d.,A-Za-z/-])(?P<about>[约近])?\s*(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d{1,9})?|\d{1,15}(?:\.\d{1,9})?)"
    rf"\s*(?P<scale>[万亿]?)\s*(?P<unit>{UNITS})"
)
YEAR = re.compile(r"(20\d\d)(?=年|[—–-]20\d\d)")
CLAUSE = re.compile(r"[^，,；;：:]+")
SENTENCE = re.compile(r"[^。！？!?]+")
# A change, a rate or a bound is not the figure itself; 下降到 and 降至 lead to the figure again.
OTHER = re.compile(
    r"(?:下降|减少|降低|增加|增长|提高|上升|节约|节能|减碳|压减|新增|提升)(?!到|至|为)|单位|每|人均|强度|以上|以下|超过|不低于|不超过"
    r"|低于|高于|其中|累计|分别|不到|不足|未达|未到|接近|力争|争取"
)
# Any of these is in every line that speaks of a figure: looked for before the costlier patterns.
HINTS = ("范围", "排放", "综合能", "能源消费", "取水量", "增加值", "产值", "电力占比", "抵消比例")
SCALES = {"": Fraction(1), "万": Fraction(10**4), "亿": Fraction(10**8)}


@dataclass(frozen=True, slots=True)
class Typed:
    """A number as typed: its value in the figure's unit and the size of its last digit."""

    figure: str
    value: Fraction
    step: Fraction
    shown: str
    column: int


def _computed(case: Case, account: YearAccount, figure: str) -> Fraction | None:
    """The figure of the year in the unit NAMES speaks of: %, 元 and the units of the accounts."""
    if figure in ("water", "output_value", "added_value"):
        given: Fraction | None = getattr(case.plan.years[account.index], figure)
        return given * 10**4 if given is not None and figure != "water" else given
    value = account.metric(figure).value
    return value * 100 if figure in ("renewable_share", "offset_ratio") else value


def _typed(clause: str, start: int) -> Iterator[Typed]:
    """Each number of the clause with the figure named last before it."""
    words = list(WORDS.finditer(clause))
    for match in NUMBER.finditer(clause) if words else ():
        named = next((word.lastgroup for word in reversed(words) if word.end() <= match.start()), None)
        if named is None or named == "none" or not re.fullmatch(NAMES[named][1], match["unit"]):
            continue
        text = match["number"].replace(",", "")
        scale = SCALES[match["scale"]]
        places = len(text.partition(".")[2])
        step = scale / 10**places
        if match["about"] and not places:
            step *= 10 ** (len(text) - len(text.rstrip("0")))
        yield Typed(named, Fraction(text) * scale, step, match[0].strip(), start + match.start("number") + 1)


def _shown(figure: str, value: Fraction, step: Fraction) -> str:
    if figure in ("renewable_share", "offset_ratio"):
        return percent(value / 100)
    if figure in ("output_value", "added_value"):
        return f"{trimmed(value / 10**4, 4)} 万元"
    return trimmed(value, 2 if step < 1 else 0) + {"tce": " tce", "water": " m3"}.get(figure, " tCO2e")


@check("Z711", Severity.WARNING,
       why="正文的数字与计算表不一致，评审无从判断以哪个为准；用 {{ years.2024.tce|digits(2) }} 引用则不会不一致。",
       wrong="2024年综合能耗为2900吨标准煤（计算为 2816.66）", right="2024年综合能耗为{{ years.2024.tce|digits(2) }}吨标准煤",
       figures=True)  # fmt: skip
def typed_figures_agree(case: Case) -> Iterator[Problem]:
    """正文手写的数字与计算结果不符。"""
    for number, line in case.prose:
        if line.startswith("|") or not any(hint in line for hint in HINTS) or not NUMBER.search(line):
            continue
        for sentence in SENTENCE.finditer(line):
            years: list[int] = []
            for clause in CLAUSE.finditer(sentence[0]):
                years = [int(year) for year in YEAR.findall(clause[0])] or years
                if any(hint in clause[0] for hint in HINTS) and not OTHER.search(clause[0]):
                    for typed in _typed(clause[0], sentence.start() + clause.start()):
                        yield from _differs(case, typed, years, number)


def _differs(case: Case, typed: Typed, years: list[int], line: int) -> Iterator[Problem]:
    """A problem where no year in question has the figure, at the digits typed."""
    asked = [account for account in case.accounts if account.year in years or not years]
    known = [(account, value) for account in asked if (value := _computed(case, account, typed.figure)) is not None]
    if not known or any(abs(typed.value - value) * 2 <= typed.step for _, value in known):
        return
    name = NAMES[typed.figure][0]
    listed = "、".join(f"{account.year} 年 {_shown(typed.figure, value, typed.step)}" for account, value in known[:6])
    cited = f"{{{{ years.{known[0][0].year}.{typed.figure} }}}}" if typed.figure not in ("water", "output_value", "added_value") else ""
    hint = f"可改为引用 {cited}，数字便不会不一致" if cited else "核对正文与 years 中的数"
    yield Problem((), f"正文写{name} {typed.shown}，数据为 {listed}", hint, line=line, column=typed.column)
