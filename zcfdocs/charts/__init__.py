"""Charts: one Vega-Lite specification each, drawn once for equal data, the same picture in PDF, page and Word."""

from zcfdocs.charts.drawing import Chart, chart_svg, svg_png
from zcfdocs.charts.figures import change_chart, emissions_chart, energy_chart, intensities_chart, points_chart

__all__ = ["Chart", "change_chart", "chart_svg", "emissions_chart", "energy_chart", "intensities_chart", "points_chart", "svg_png"]
