"""节能量核算: what the energy a project replaces amounts to in standard coal and emissions, beside what the plan states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from zcfdocs.accounting.lines import Line, Setting
from zcfdocs.dossier import Dossier
from zcfdocs.figure import PLAIN_NUMBER, Figure, product
from zcfdocs.plan import EnergyLine, Project
from zcfdocs.printing.workbook.formula import Places
from zcfdocs.printing.workbook.inputs import numeral, places_of
from zcfdocs.printing.workbook.outline import outline
from zcfdocs.printing.workbook.sheet import FIRST, NAME, UNIT, Ref, Sheet, Style

TITLE = "节能量核算"
LONGEST = 40  # characters of a number, as everywhere in a plan


@dataclass(frozen=True, slots=True)
class Replaced:
    """One kind of energy that a project (counted from 0) replaces a year."""

    project: int
    amount: Figure
    coal: Figure | None
    carbon: Figure | None

    @property
    def figures(self) -> tuple[Figure, ...]:
        return tuple(figure for figure in (self.coal, self.carbon) if figure is not None)


def replaced(dossier: Dossier) -> tuple[Replaced, ...]:
    """Every amount that projects replace, worked out as a year's consumption is, with the factors of the baseline year."""
    return tuple(_worked(dossier))


def _worked(dossier: Dossier) -> Iterator[Replaced]:
    plan, book = dossier.plan, dossier.rulebook
    now = dossier.account("now")
    grid = now.grid_factor if now else None
    setting = Setting(book, book.fuels.get(plan.accounting.fuel_factors), dossier.evidence, plan.as_of)
    for index, project in enumerate(plan.projects):
        stated = dict(project.replaces or {})
        unit = stated.pop("unit", "")
        for key, text in stated.items():
            carrier = book.carriers.get(key)
            if carrier is None or unit not in carrier.units or not PLAIN_NUMBER.fullmatch(text) or len(text) > LONGEST:
                continue  # reported by a check
            source = EnergyLine.model_construct(carrier=key, amount=Fraction(text), unit=unit)
            line = Line(source, carrier, ("projects", index, "replaces", key), setting)
            power = product(carrier.name, "tCO2", line.mwh, grid) if carrier.role == "grid" and grid else None
            carbon = power or line.co2() or (line.heat_co2() if carrier.role == "heat" else None)
            yield Replaced(index, line.amount, _titled(line.tce(), "替代能源折标准煤"), _titled(carbon, "替代能源对应的排放量"))


def _titled(figure: Figure | None, title: str) -> Figure | None:
    return figure.titled(title) if figure else None


def savings(dossier: Dossier, note: str, found: tuple[Replaced, ...], places: Places, stated: dict[tuple[int, str], Ref]) -> Sheet:
    """A section for each amount replaced; `stated` says where the plan's own figures stand."""
    sheet = Sheet(TITLE, "项目节能量和减排量核算表（按替代的能源）", note, ("项目", "单位", "数值", "计算方法"), (46, 16, 18, 60))
    for number, item in enumerate(found, 1):
        project = dossier.plan.projects[item.project]
        sheet.section(f"{numeral(number)}、项目{item.project + 1}　{project.name}")
        _amount(sheet, item.amount, places)
        for figure in item.figures:
            outline(sheet, places, [figure])
        _stated(sheet, item.project, project, stated)
    sheet.remark("供核对：按方案填写的替代能源和基准年因子核算。新增可再生能源发电替代外购电力的，减少排放而不减少综合能耗。")
    return sheet


def _amount(sheet: Sheet, amount: Figure, places: Places) -> None:
    sheet.put(NAME, f"替代{amount.title}", Style("name", indent=1))
    sheet.put(UNIT, amount.unit, Style("unit"))
    ref = sheet.put(FIRST, amount.value, Style("input", places_of(amount.value)))
    sheet.put(FIRST + 1, "方案填报", Style("text"))
    sheet.advance()
    places.inputs[amount.route or (), ""] = (ref, amount.unit)
    places.keep(amount, ref)


def _stated(sheet: Sheet, index: int, project: Project, stated: dict[tuple[int, str], Ref]) -> None:
    for key, title, unit in (("energy", "方案填报的节能量", "tce"), ("co2", "方案填报的减碳量", "tCO2")):
        value: Fraction = getattr(project.saves, key)
        sheet.put(NAME, title, Style("name", indent=1))
        sheet.put(UNIT, unit, Style("unit"))
        sheet.put(FIRST, value, Style("link", places_of(value)), stated[index, key].text(sheet.name))
        sheet.put(FIRST + 1, "", Style("text"))
        sheet.advance()
