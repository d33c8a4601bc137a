"""What one page of a scan shows: how finely it was scanned, the page code at its foot, whether there is red ink on it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageChops, ImageFilter

from zcfdocs.printing.pdf.codes import PageCode

MOST_PAGES = 500
MOST_OBJECTS = 5000  # of one page; scanners that cut pages into strips make some hundreds
MOST_DOTS = 150_000_000  # of all pictures of one page: an A3 page at 1000 dpi
LONGEST = 14_400  # points, the largest page that PDF knows
LANKIEST = 2  # long side to short: a strip drawn at the scale of its short side would fill the memory
A4 = (595.28, 841.89)  # points: every document that carries page codes is printed on it
FINEST = 300  # dpi; codes are not read more finely, it only costs time
COVERED = 0.5  # of the page, by pictures: else it is no scan
# A seal of 42 mm has ten times as much red in its ring and characters.
RED_SHARE = 0.0005
INK_SHARE = 0.0002


class Unreadable(Exception):
    """Why a scan cannot be looked at, as a Chinese sentence."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of the file, from 1; `dpi` 0 where pictures do not cover it. `codes` are the different page codes found on it."""

    number: int
    dpi: int
    codes: tuple[PageCode, ...]
    red: bool
    blank: bool


def sheets(data: bytes) -> Iterator[Sheet]:
    """Page by page, one in memory at a time. Raises Unreadable."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise Unreadable("不是 PDF，或已加密、已损坏，打不开") from error
    try:
        if not 0 < len(document) <= MOST_PAGES:
            raise Unreadable(f"有 {len(document)} 页，应为 1 至 {MOST_PAGES} 页")
        for number in range(1, len(document) + 1):
            yield _sheet(document, number)
    finally:
        document.close()


def _sheet(document: Any, number: int) -> Sheet:
    try:
        page = document[number - 1]
        try:
            return _seen(page, number)
        finally:
            page.close()
    except (pypdfium2.PdfiumError, ValueError, MemoryError) as error:
        raise Unreadable(f"第 {number} 页不能显示") from error


def _seen(page: Any, number: int) -> Sheet:
    width, height = page.get_size()
    if min(width, height) < 1 or max(width, height) > min(LONGEST, LANKIEST * min(width, height)):
        raise Unreadable(f"第 {number} 页的尺寸不合常规（{width:.0f} × {height:.0f} 点）")
    paper = paper_scale(width, height)
    dpi = round(_resolution(page, number, width * height) / paper)
    dots = min(max(dpi, 150), FINEST) * paper / 72  # pixels a point
    whole = page.render(scale=dots).to_pil().convert("RGB")
    grey = whole.convert("L")
    small = whole.reduce(4)
    return Sheet(number, dpi, tuple(dict.fromkeys(_codes(grey))), _has_red(small), _is_blank(small))


def paper_scale(width: float, height: float) -> float:
    """How many inches of paper an inch of the page is: programs that know no paper size make a point of each pixel, or guess."""
    paper = min(width, height) / A4[0]
    return 1.0 if 0.8 <= paper <= 1.25 else 1 / paper


def _resolution(page: Any, number: int, area: float) -> float:
    """Dots an inch of the page: the highest that half of the page is drawn with, whether in one picture, in strips or in layers."""
    pictures = []
    for count, found in enumerate(islice(page.get_objects(), MOST_OBJECTS + 1)):
        if count == MOST_OBJECTS:
            raise Unreadable(f"第 {number} 页由过多的小图拼成")
        if found.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            columns, rows = found.get_px_size()
            pictures.append((columns * rows, _placed(found)))
    if sum(dots for dots, _ in pictures) > MOST_DOTS:
        raise Unreadable(f"第 {number} 页的图像过大（超过 {MOST_DOTS // 1_000_000} 百万像素）")
    return _prevailing(((72 * math.sqrt(dots / placed), placed) for dots, placed in pictures if placed > 0), area * COVERED)


def _placed(found: Any) -> float:
    """Square points a picture covers, with the scale of the forms it stands in."""
    matrix = found.get_matrix()
    size = abs(matrix.a * matrix.d - matrix.b * matrix.c)
    container = found.container
    return float(size * _placed(container) if container is not None else size)


def _prevailing(pictures: Iterable[tuple[float, float]], need: float) -> float:
    covered = 0.0
    for dpi, placed in sorted(pictures, reverse=True):
        covered += placed
        if covered >= need:
            return dpi
    return 0.0


def _codes(grey: Image.Image) -> list[PageCode]:
    """Of the ways that cost more only what is needed: as it is, larger, freed of grain and larger."""
    import zxingcpp  # here: its types complain on stderr when they are let go at exit though nothing was scanned

    for prepared in _prepared(grey):
        read = zxingcpp.read_barcodes(prepared, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
        if found := [code for barcode in read if (code := PageCode.read(barcode.text)) is not None]:
            return found
    return []


def _prepared(grey: Image.Image) -> Iterator[Image.Image]:
    yield grey
    double = (grey.width * 2, grey.height * 2)
    yield grey.resize(double, Image.Resampling.BICUBIC)
    yield grey.filter(ImageFilter.GaussianBlur(0.7)).resize(double, Image.Resampling.BICUBIC)
    yield grey.filter(ImageFilter.MedianFilter(3))


def _has_red(small: Image.Image) -> bool:
    """Enough ink of a seal's colour for a seal."""
    hue, saturation, value = small.convert("HSV").split()
    reddish = hue.point([255 if at < 14 or at > 235 else 0 for at in range(256)])
    strong = saturation.point([255 if at > 80 else 0 for at in range(256)])
    light = value.point([255 if at > 80 else 0 for at in range(256)])
    both = ImageChops.multiply(ImageChops.multiply(reddish, strong), light)
    return both.histogram()[255] > RED_SHARE * small.width * small.height


def _is_blank(small: Image.Image) -> bool:
    """The empty back of a sheet: nothing darker than grain."""
    return sum(small.convert("L").histogram()[:150]) < INK_SHARE * small.width * small.height
