"""The parts of a plan's copies as ready, safe HTML: what the site places and the document is composed of."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, Template
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from zcfdocs.charts import Chart, change_chart, chart_svg, emissions_chart, energy_chart, intensities_chart, points_chart
from zcfdocs.dossier import WITHHELD, Dossier
from zcfdocs.manuscript import accounts, annexes, scoresheet
from zcfdocs.manuscript.comparison import comparison
from zcfdocs.manuscript.notation import day, mark
from zcfdocs.manuscript.table import Table
from zcfdocs.places import THEME
from zcfdocs.plan import open_day

TABLES: dict[str, Callable[[Dossier], Table | None]] = {
    "energy": accounts.energy,
    "emissions": accounts.emissions,
    "offsets": accounts.offsets,
    "intensities": accounts.intensities,
    "comparison": comparison,
    "projects": annexes.projects,
    "conditions": annexes.conditions,
    "requirements": annexes.requirements,
    "summary": scoresheet.summary,
    "scoring": scoresheet.scoring,
    "reasons": scoresheet.reasons,
    "readings": annexes.readings,
    "options": annexes.options,
    "factors": annexes.factors,
    "evidence_list": annexes.evidence_list,
}
CHARTS: dict[str, Callable[[Dossier], Chart | None]] = {
    "chart_energy": energy_chart,
    "chart_emissions": emissions_chart,
    "chart_intensities": intensities_chart,
    "chart_change": change_chart,
    "chart_points": points_chart,
}


def parts(dossier: Dossier) -> dict[str, str]:
    """Every part by name; a part that has nothing to say is empty. Captions carry no numbers: the composer counts them."""
    found = {
        "cover": fill("cover.html.j2", dossier=dossier),
        "instructions": fill("instructions.html.j2", catalogue=dossier.catalogue),
        "form": fill("form.html.j2", form=_form(dossier), catalogue=dossier.catalogue, profile=_profile(dossier)),
        "commitment": fill("commitment.html.j2", commitment=dossier.catalogue.commitment),
        "origin": fill("origin.html.j2", card=dossier.card),
    }
    for name, build in TABLES.items():
        table = build(dossier)
        found[name] = fill("table.html.j2", table=table) if table else ""
    for name, draw in CHARTS.items():
        chart = draw(dossier)
        found[name] = fill("chart.html.j2", chart=chart, source=_data_uri(chart)) if chart else ""
    found["charts"] = "".join(found[name] for name in CHARTS)
    return found


def fill(name: str, **values: Any) -> str:
    """A template of the theme with its values; whatever is text in them is escaped."""
    return _template(name).render(values)


@cache
def _template(name: str) -> Template:
    return _environment().get_template(name)


@lru_cache(maxsize=1)
def _environment() -> SandboxedEnvironment:
    environment = SandboxedEnvironment(
        loader=FileSystemLoader(THEME / "manuscript"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"mark": mark, "day": day}
    return environment


def safe(html: str) -> Markup:
    """HTML that a template of ours or the sanitiser of the body has made."""
    return Markup(html)  # noqa: S704  # escaped or sanitised before


def _data_uri(chart: Chart) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(chart_svg(chart.spec).encode()).decode()


@dataclass(frozen=True, slots=True)
class FormCell:
    label: str
    value: str
    wide: bool


def _form(dossier: Dossier) -> tuple[tuple[FormCell, ...], ...]:
    """基本信息表: fields as the catalogue names them; what is empty stays blank."""
    return tuple(tuple(FormCell(cell.label, _field(cell.field, dossier), cell.wide) for cell in row) for row in dossier.catalogue.form.rows)


def _field(path: str, dossier: Dossier) -> str:
    found: Any = dossier.plan
    for step in path.split("."):
        found = getattr(found, step)
    if path == "factory.ownership":
        return _ownership(found, dossier)
    if path == "factory.industry":
        return f"{found.name}（{found.code}）" if found.code else str(found.name)
    if isinstance(found, date):
        return day(found)
    if path == "factory.valid_until" and (ends := open_day(found)):
        return day(ends)
    if isinstance(found, tuple):
        return "、".join(found)
    return str(found) if found is not None else WITHHELD if dossier.public else ""


def _ownership(chosen: str | None, dossier: Dossier) -> str:
    """内资（□国有□集体■民营）□中外合资□港澳台□外商独资, and below it the licence's own type."""
    line, group = "", None
    for kind in dossier.catalogue.ownership:
        if kind.group != group:
            line = line.rstrip() + ("） " if group else " ") + (f"{kind.group}（" if kind.group else "")
            group = kind.group
        line += f"{'■' if kind.key == chosen else '□'}{kind.name} "
    line = line.strip() + ("）" if group else "")
    licence = dossier.plan.factory.licence_type
    return f"{line}\n营业执照类型：{licence}" if licence else line


def _profile(dossier: Dossier) -> tuple[str, ...]:
    text = dossier.plan.factory.profile
    return tuple(line.strip() for line in text.splitlines() if line.strip()) if text else (WITHHELD if dossier.public else "",)
