"""Lists of plans: the big one with its filters, the archive of years, and sums that say what they leave out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from zcfdocs.figure import rounded
from zcfdocs.finding import Finding
from zcfdocs.scorecard import Json
from zcfdocs.site.page import page
from zcfdocs.site.round import Round


@dataclass(frozen=True, slots=True)
class Choice:
    """A value plans can be chosen by, and how many plans have it."""

    key: str
    name: str
    plans: int


@dataclass(frozen=True, slots=True)
class Division:
    """Industries of one division of the classification; `key` begins the code of each, "" where no division is known."""

    key: str
    name: str
    classes: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Total:
    """A sum over `plans` plans. Amounts kept back or never given are told in `note`, never counted as 0."""

    value: Fraction
    plans: int
    withheld: int
    absent: int

    @property
    def shown(self) -> str:
        """Whole and in threes from a thousand on; — where no plan tells its amount."""
        if not self.plans and (self.withheld or self.absent):
            return "—"
        return f"{int(rounded(self.value, 0)):,}" if self.value >= 1000 else rounded(self.value, 2)

    @property
    def note(self) -> str:
        missing = ((self.withheld, "未公开"), (self.absent, "未填报"))
        return "，".join(f"{number} 家{word}" for number, word in missing if number)


def added(amounts: Sequence[str | None], absent: int = 0) -> Total:
    told = [Fraction(amount) for amount in amounts if amount is not None]
    return Total(sum(told, Fraction(0)), len(told), len(amounts) - len(told), absent)


def yearly(plans: Sequence[Json], phase: str, figure: str) -> Total:
    """A figure of the year of a phase, over all plans."""
    years = [plan["totals"][phase] for plan in plans if phase in plan["totals"]]
    return added([year[figure] for year in years], absent=len(plans) - len(years))


def promised(plans: Sequence[Json], saved: str) -> Total:
    """What the projects of all plans save a year."""
    return added([plan["savings"][saved] for plan in plans])


def reached(plans: Sequence[Json], phase: str) -> int:
    """How many plans reach the pass line and meet the basic requirements."""
    return sum(plan["scores"][phase]["eligible"] for plan in plans if phase in plan["scores"])


def counted(pairs: Iterable[tuple[str, str]], order: Sequence[str] = ()) -> tuple[Choice, ...]:
    """Of (key, name) pairs, one for each plan: in the order of keys given, then by key."""
    found = list(pairs)
    names, numbers = dict(found), Counter(key for key, _ in found)
    places = {key: place for place, key in enumerate(order)}
    return tuple(Choice(key, names[key], numbers[key]) for key in sorted(numbers, key=lambda key: (places.get(key, len(places)), key)))


def stages(round_: Round, plans: Sequence[Json]) -> tuple[Choice, ...]:
    return counted(((plan["stage"]["key"], plan["stage"]["name"]) for plan in plans), _stage_keys(round_))


def districts(round_: Round, plans: Sequence[Json]) -> tuple[Choice, ...]:
    order = [district.key for district in round_.districts]
    return counted(((plan["district"]["key"], plan["district"]["name"]) for plan in plans), order)


def years(plans: Sequence[Json]) -> tuple[Choice, ...]:
    """The newest first."""
    return counted((str(plan["catalogue"]["year"]), f"{plan['catalogue']['year']} 年") for plan in plans)[::-1]


def trades(round_: Round) -> dict[str, str]:
    """Each plan's industry by the name its classification gives the code; the plan's own words where it gives none."""
    names = {book.id: book.classification.names for book in round_.books}
    return {
        plan["key"]: names.get(plan["catalogue"]["id"], {}).get(plan["industry"]["code"], plan["industry"]["name"]) for plan in round_.plans
    }


def industries(round_: Round, plans: Sequence[Json]) -> tuple[Choice, ...]:
    named = trades(round_)
    return counted((plan["industry"]["code"], named[plan["key"]]) for plan in plans)


def divisions(round_: Round, plans: Sequence[Json]) -> tuple[Division, ...]:
    known = {
        section.code + division.code: division.name
        for book in round_.books
        for section in book.classification.sections
        for division in section.divisions
    }
    found: dict[str, list[Choice]] = {}
    for choice in industries(round_, plans):
        found.setdefault(next((key for key in known if choice.key.startswith(key)), ""), []).append(choice)
    return tuple(Division(key, known.get(key, "其他"), tuple(classes)) for key, classes in sorted(found.items()))


def _stage_keys(round_: Round) -> list[str]:
    """Of all catalogues in the order of their work, each once."""
    return list(dict.fromkeys(stage.key for book in round_.books for stage in book.catalogue.stages))


def table(round_: Round, plans: Sequence[Json]) -> dict[str, Any]:
    """What the macro `table_of_plans` needs."""
    return {"plans": plans, "trades": trades(round_)}


def pages(round_: Round, unplaced: Mapping[str, tuple[Finding, ...]] | None = None) -> dict[str, str]:
    """The list and the archive. `unplaced`: the findings of plans without a page, by key; they quote private values: a preview's alone."""
    if unplaced and not round_.preview:
        raise ValueError("findings quote private values and are for a preview only")
    return {"plans/index.md": _list(round_, unplaced or {}), "archive.md": _archive(round_)}


def _list(round_: Round, unplaced: Mapping[str, tuple[Finding, ...]]) -> str:
    values = table(round_, round_.living) | {
        "positions": {key: place for place, key in enumerate(_stage_keys(round_))},
        "districts": districts(round_, round_.living),
        "stages": stages(round_, round_.living),
        "years": years(round_.living),
        "divisions": divisions(round_, round_.living),
        "unplaced": dict(sorted(unplaced.items())),
    }
    told = f"全部 {len(round_.living)} 份方案，可按辖区、行业、阶段、年度和得分筛选、排序和对比"
    return page("plans.html", "方案", round_.preview, values, told, ("zcf", "list"))


def _archive(round_: Round) -> str:
    """A round of the notice each year; withdrawn plans by name alone."""
    rounds = [_year(choice, round_) for choice in years(round_.plans)]
    return page("archive.html", "历年方案", round_.preview, {"rounds": rounds, "trades": trades(round_)}, "各年度的试点方案和已撤回的方案")


def _year(year: Choice, round_: Round) -> dict[str, Any]:
    living = [plan for plan in round_.living if str(plan["catalogue"]["year"]) == year.key]
    return {
        "year": year,
        "titles": list(dict.fromkeys(plan["catalogue"]["title"] for plan in living)),
        "plans": living,
        "withdrawn": [plan for plan in round_.withdrawn if str(plan["catalogue"]["year"]) == year.key],
        "reached": {phase: reached(living, phase) for phase in ("now", "target")},
    }
