"""How a foreign page or picture lies on its sheet, A4 or A3: upright or across as it was, a little smaller, its page number below it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import pikepdf

from zcfdocs.binding import papers

A4, A3 = (595.28, 841.89), (841.89, 1190.55)
PAPERS = {papers.A4: A4, papers.A3: A3}
SIDE, FOOT = 14.0, 34.0
POINTS = 72.0  # an inch
A_DOT = (0.95, 1.4)  # dots a point, where a page is measured in dots
Size = tuple[float, float]
Box = tuple[float, float, float, float]
Matrix = tuple[float, float, float, float, float, float]
# Where the corners of the unit square go for each of the eight EXIF orientations.
ORIENTATIONS: dict[int, Matrix] = {
    1: (1, 0, 0, 1, 0, 0),
    2: (-1, 0, 0, 1, 1, 0),
    3: (-1, 0, 0, -1, 1, 1),
    4: (1, 0, 0, -1, 0, 1),
    5: (0, -1, -1, 0, 1, 1),
    6: (0, -1, 1, 0, 0, 1),
    7: (0, 1, 1, 0, 0, 0),
    8: (0, 1, -1, 0, 1, 0),
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's size and the matrix that brings the original onto it; `is_reduced` where that was larger than the largest sheet."""

    width: float
    height: float
    matrix: Matrix
    is_reduced: bool = False

    @property
    def operators(self) -> str:
        return " ".join(f"{value:.6f}" for value in self.matrix) + " cm"


def sheet_of(page: Any) -> Sheet:
    """A page keeps its size up to A3, and what is larger becomes A3."""
    box = visible(page)
    paper = papers.A4 if _is_measured_in_dots(page, box) else papers.paper_for(inches(box))
    is_reduced = paper == papers.A3 and papers.excess(inches(box), paper) > papers.LARGER
    return replace(page_sheet(box, rotation(page), PAPERS[paper]), is_reduced=is_reduced)


def inches(box: Box) -> Size:
    return (box[2] - box[0]) / POINTS, (box[3] - box[1]) / POINTS


def _is_measured_in_dots(page: Any, box: Box) -> bool:
    """Programs that make a PDF of a photograph give its page a point a dot, or three for four: that is no size of paper."""
    width, height = box[2] - box[0], box[3] - box[1]
    try:
        found = [(float(item.Width), float(item.Height)) for item in page.get_images(recursive=False).values()]
    except (pikepdf.PikepdfError, ValueError, TypeError, AttributeError, KeyError):
        return False
    return any(A_DOT[0] < across / width < A_DOT[1] and A_DOT[0] < up / height < A_DOT[1] for across, up in found)


def page_sheet(box: Box, rotate: int, paper: Size) -> Sheet:
    """For a page seen through `box` and turned clockwise by `rotate` degrees."""
    left, bottom, right, top = box
    width, height = right - left, top - bottom
    upright: dict[int, Matrix] = {
        0: (1, 0, 0, 1, -left, -bottom),
        90: (0, -1, 1, 0, -bottom, right),
        180: (-1, 0, 0, -1, right, top),
        270: (0, 1, -1, 0, top, -left),
    }
    turned = rotate % 180 != 0
    return _fitted(upright[rotate], height if turned else width, width if turned else height, paper)


def picture_sheet(width: int, height: int, orientation: int, paper: Size) -> Sheet:
    """For a picture of so many pixels, turned as its EXIF says."""
    turned = orientation >= 5
    seen_width, seen_height = (height, width) if turned else (width, height)
    a, b, c, d, e, f = ORIENTATIONS[orientation]
    x, y = float(seen_width), float(seen_height)
    return _fitted((a * x, b * y, c * x, d * y, e * x, f * y), x, y, paper)


def _fitted(matrix: Matrix, width: float, height: float, paper: Size) -> Sheet:
    """`matrix` brings the original to the origin at `width` × `height`; here it is scaled into the frame and centred there."""
    sheet = (paper[1], paper[0]) if width > height else paper
    room = (sheet[0] - 2 * SIDE, sheet[1] - SIDE - FOOT)
    scale = min(room[0] / width, room[1] / height)
    x = SIDE + (room[0] - scale * width) / 2
    y = FOOT + (room[1] - scale * height) / 2
    a, b, c, d, e, f = matrix
    return Sheet(*sheet, (a * scale, b * scale, c * scale, d * scale, e * scale + x, f * scale + y))


def visible(page: Any) -> Box:
    """What a viewer shows of a page: its crop box within its media box; A4 where neither makes sense."""
    media = _box(page, "mediabox") or (0.0, 0.0, *A4)
    crop = _box(page, "cropbox") or media
    cut = (max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3]))
    return cut if _is_area(cut) else media


def _box(page: Any, name: str) -> Box | None:
    try:
        x0, y0, x1, y1 = (float(value) for value in getattr(page, name))
    except (ValueError, TypeError, AttributeError, KeyError):
        return None
    box = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
    return box if _is_area(box) else None


def _is_area(box: Box) -> bool:
    return all(math.isfinite(value) and abs(value) < 1e7 for value in box) and box[2] - box[0] >= 1 and box[3] - box[1] >= 1


def rotation(page: Any) -> int:
    """0, 90, 180 or 270; a page may inherit it, and anything else counts as 0."""
    try:
        turned = int(page.rotation) % 360
    except (ValueError, TypeError, AttributeError):
        return 0
    return turned if turned % 90 == 0 else 0
