"""What a plan's page offers besides its data: the public PDF, tables as CSV, and the QR code of its permanent address."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import segno
from markupsafe import Markup

from zcfdocs.accounting.intensity import NAMES
from zcfdocs.dossier import Dossier
from zcfdocs.manuscript.public import public_copy
from zcfdocs.plan import METRICS
from zcfdocs.scorecard import YEAR_FIGURES
from zcfdocs.scoring.score import STATUS_NAMES
from zcfdocs.site.sheet import sheet

YEAR_KINDS = {"actual": "实际", "target": "目标", "result": "结果"}
RATIO = "比值"  # the unit of figures that have none: 1 is 100 %
ADDRESS = re.compile(r"https?://[!-~]+")


def public_pdf(dossier: Dossier) -> bytes:
    """The same bytes for the same dossier. Raises ValueError unless it is a projection, ZcfError where a glyph or a library is missing."""
    from zcfdocs.printing.pdf import print_pdf  # WeasyPrint takes half a second to import

    return print_pdf(public_copy(dossier)).data


def rows_csv(dossier: Dossier) -> bytes:
    """A line an indicator, with what it earns in every phase. Raises ValueError unless the dossier is a projection."""
    _require_projection(dossier)
    catalogue, phases = dossier.catalogue, dossier.score.phases
    head = [f"{phase.phase.label}{word}" for phase in phases.values() for word in ("得分", "状态", "理由")]
    scored = [{row["id"]: row for row in dossier.card["phases"][name]["rows"]} for name in phases]
    lines = [("一级指标", "指标", "指标名称", "类别", "满分", *head)]
    for group in catalogue.groups:
        for row in group.rows():
            found = [rows[row.id] for rows in scored]
            earned = [cell for one in found for cell in (one["points"], STATUS_NAMES[one["status"]], one["because"])]
            lines.append((group.title, row.id, row.title, catalogue.kinds[row.kind], found[0]["max"], *earned))
    return sheet(lines)


def years_csv(dossier: Dossier) -> bytes:
    """A line a figure: each year's totals, then the intensities of each product. Raises ValueError unless the dossier is a projection."""
    _require_projection(dossier)
    return sheet([("年份", "类型", "产品", "数值名称", "数值", "单位"), *_figures(dossier)])


def address_code(url: str) -> Markup:
    """An inline SVG as large as its place, dark on white in every theme; empty where a telephone cannot open the address."""
    if not ADDRESS.fullmatch(url):
        return Markup()
    drawn = segno.make(url, error="m", micro=False).svg_inline(border=4, dark="#000", light="#fff", svgclass="zcf-code", omitsize=True)
    label = html.escape(f"网址的二维码：{url}", quote=True)
    return Markup(drawn.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1))  # noqa: S704  # drawn here, the address escaped


def _require_projection(dossier: Dossier) -> None:
    if not dossier.public:
        raise ValueError("only a public projection has public tables")


def _figures(dossier: Dossier) -> Iterator[tuple[str, ...]]:
    """Numbers as the public scorecard writes them; what the factory keeps has none."""
    for year, account in zip(dossier.card["years"], dossier.accounts, strict=True):
        lead = (str(year["year"]), YEAR_KINDS[year["kind"]])
        for name in YEAR_FIGURES:
            figure = account.metric(name)
            yield (*lead, "", figure.title, year[name], figure.unit or RATIO)
        for told, item in zip(year["intensities"], account.products, strict=True):
            for name in METRICS:
                found = item.metric(name)
                title, unit = (found.title, found.unit) if found else (NAMES[name], "")
                yield (*lead, told["product"], title, told[name] or "", unit)
