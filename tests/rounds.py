"""Rounds of invented plans: facts as the site has them, copied from two worked plans and changed, so that a thousand cost nothing."""

from __future__ import annotations

from copy import deepcopy
from fractions import Fraction
from functools import cache
from pathlib import Path
from random import Random

from zcfdocs.catalogue import Rulebook
from zcfdocs.figure import display, exact
from zcfdocs.loading import Shelf
from zcfdocs.pipeline import dossier, examine
from zcfdocs.places import INDICATORS
from zcfdocs.scorecard import Json, Origin
from zcfdocs.site.facts import facts
from zcfdocs.site.round import Round

HERE = Path(__file__).parent
TIANJIN = (HERE / "cases" / "oracle" / "plan.md", INDICATORS)
RIVER = (HERE / "river" / "plans" / "upper" / "mill" / "plan.md", HERE / "river" / "indicators")


@cache
def _shelf(root: Path) -> Shelf:
    return Shelf(root)


@cache
def _worked(path: Path, root: Path) -> Json:
    whole = dossier(examine(path, "plan.md", _shelf(root)), Origin("0" * 40))
    assert whole is not None
    return facts(whole.for_public(), (), "2025-04-30")


def worked(of: tuple[Path, Path] = TIANJIN) -> Json:
    """A plan's facts, the caller's own to change."""
    return deepcopy(_worked(*of))


def book(name: str = "tianjin-2025", root: Path = INDICATORS) -> Rulebook:
    found = _shelf(root).get(name)
    assert found is not None
    return found


def river() -> Rulebook:
    return book("river-2030", RIVER[1])


def invented(count: int, seed: int = 1) -> tuple[Json, ...]:
    """Plans that differ in all that a list shows, by key; a tenth keeps its energy saved, one in twenty is withdrawn."""
    chance = Random(seed)  # noqa: S311  # nothing secret is drawn
    catalogue, classes = book().catalogue, book().classification.classes[:60]
    stages = [stage for stage in catalogue.stages if stage.key != "withdrawn"]
    plans = []
    for number in range(count):
        plan, district, stage, industry = worked(), chance.choice(catalogue.districts), chance.choice(stages), chance.choice(classes)
        plan |= {
            "key": f"{district.key}/works-{number:04}",
            "name": f"{chance.choice('安北昌东丰广海华')}{chance.choice('达盛通源')}示例{number}厂",
            "district": {"key": district.key, "name": district.name},
            "stage": {"key": stage.key, "name": stage.name},
            "industry": {"code": industry.code, "name": "企业自己写的行业"},
            "withdrawn": number % 20 == 19,
            "changed": f"2026-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
        }
        for score in plan["scores"].values():
            rescored(score, chance.randint(40_000, 99_999) / 1000)
        for row in plan["rows"]:
            if chance.random() < 0.4:
                earned = book().catalogue.rows_by_id[row["id"]].points * chance.randint(0, 3) / 4
                row["points"]["now"], row["status"]["now"] = exact(earned), "partial" if earned else "unmet"
        plan["savings"] |= {"energy": None if number % 10 == 0 else str(chance.randint(1, 900)), "co2": str(chance.randint(1, 9000))}
        plans.append(plan)
    return tuple(sorted(plans, key=lambda plan: str(plan["key"])))


def rescored(score: Json, total: float) -> None:
    reached = total >= 80
    score |= {"total": str(total), "display": display(Fraction(str(total)), 2)}
    score |= {"eligible": reached, "word": "达线" if reached else "未达线"}


def round_of(*plans: Json, preview: bool = True) -> Round:
    return Round(plans, (book(),), preview)
