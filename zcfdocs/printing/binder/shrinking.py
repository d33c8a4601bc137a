"""Pictures inside a PDF scaled down, in place, where they are oversized where they stand; what is unusual stays as it is."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pikepdf
from pikepdf import Name
from PIL import Image

from zcfdocs.binding.heads import MOST_PIXELS, head_of, refusal
from zcfdocs.binding.looking import streams
from zcfdocs.binding.papers import OVERSIZED, SCALED
from zcfdocs.binding.pictures import read
from zcfdocs.printing.binder.dots import scaled
from zcfdocs.printing.binder.sheet import Sheet

# Pictures below these sizes are not worth a look.
WORTH_BYTES, WORTH_PIXELS = 300_000, 1_500_000
MOST_COMMANDS = 2 << 20  # bytes a page's commands may have to be read one by one; a scan has a few, a hostile page millions
MOST_HELD = 100 << 20  # bytes of scaled pictures waiting to be written


def shrink(document: pikepdf.Pdf, sheets: Sequence[Sheet]) -> tuple[str, ...]:
    """Scale down, in place, the pictures of a PDF that are oversized where they stand; what is unusual stays as it is."""
    changed, held = 0, 0
    for candidate, density_there in _oversized(document, sheets):
        if held > MOST_HELD:
            break
        try:
            small = _smaller(candidate, SCALED / density_there)
        except (pikepdf.PikepdfError, OSError, ValueError, SyntaxError, NotImplementedError):
            continue
        if small is None:
            continue
        with Image.open(io.BytesIO(small)) as found:
            candidate.Width, candidate.Height = found.size
        candidate.write(small, filter=Name.DCTDecode)
        changed, held = changed + 1, held + len(small)
    return (f"其中 {changed} 幅扫描图在本册页面上超过 {OVERSIZED} dpi，已缩至 {SCALED} dpi",) if changed else ()


def _oversized(document: pikepdf.Pdf, sheets: Sequence[Sheet]) -> list[tuple[Any, float]]:
    """Pictures drawn straight on pages, each with the least density of its uses, where that is too much."""
    least: dict[tuple[int, int], tuple[Any, float]] = {}
    for page, sheet in zip(document.pages, sheets, strict=True):
        images = {name: found for name, found in _images(page) if _is_worth_it(found)}
        if not images:
            continue
        uses = _uses(page) if sum(len(stream.read_bytes()) for stream in streams(page)) <= MOST_COMMANDS else None
        for name, there in _densities(sheet, images, uses) if uses is not None else ((name, 0.0) for name in images):
            found = images[name]
            before = least.get(found.objgen, (found, there))[1]
            least[found.objgen] = (found, min(before, there))
    return [(found, there) for found, there in least.values() if there > OVERSIZED * 1.05]


def _uses(page: pikepdf.Page) -> list[tuple[str, pikepdf.Matrix]] | None:
    """What is drawn with which matrix; None where the page's commands cannot be read."""
    try:
        return pikepdf.get_objects_with_ctm(page)
    except (pikepdf.PikepdfError, ValueError, TypeError):
        return None


def _densities(sheet: Sheet, images: Mapping[str, Any], uses: Iterable[tuple[str, pikepdf.Matrix]]) -> Iterator[tuple[str, float]]:
    a, b, *_ = sheet.matrix
    shown = max(abs(a), abs(b))
    for name, matrix in uses:
        if name in images:
            found = images[name]
            across, up = (abs(matrix.a) + abs(matrix.b)) * shown / 72, (abs(matrix.c) + abs(matrix.d)) * shown / 72
            yield name, min(float(found.Width) / across, float(found.Height) / up) if across and up else 0.0


def _images(page: pikepdf.Page) -> list[tuple[str, Any]]:
    try:
        return list(page.get_images(recursive=False).items())
    except (pikepdf.PikepdfError, ValueError, TypeError, AttributeError):
        return []


def _is_worth_it(found: Any) -> bool:
    """A large picture of the two plain kinds: a JPEG or packed samples, opaque, 8 bits in grey or RGB."""
    try:
        plainly = found.get("/Filter") in (Name.DCTDecode, Name.FlateDecode) and int(found.get("/BitsPerComponent", 0)) == 8
        pixels = int(found.get("/Width", 0)) * int(found.get("/Height", 0))
        large = WORTH_PIXELS < pixels <= MOST_PIXELS and int(found.get("/Length", 0)) > WORTH_BYTES
        special = any(key in found for key in ("/SMask", "/Mask", "/Decode", "/ImageMask", "/Alternates"))
        return plainly and large and not special and _channels(found) in (1, 3)
    except (ValueError, TypeError):
        return False


def _channels(found: Any) -> int:
    space = found.get("/ColorSpace")
    if isinstance(space, pikepdf.Array) and len(space) == 2 and space[0] == Name.ICCBased:
        return int(space[1].get("/N", 0))
    return {Name.DeviceGray: 1, Name.DeviceRGB: 3}.get(space, 0) if isinstance(space, Name) else 0


def _smaller(found: Any, factor: float) -> bytes | None:
    """The scaled JPEG where it saves at least half."""
    if found.Filter != Name.DCTDecode:
        with pikepdf.PdfImage(found).as_pil_image() as source:
            return _saving(found, source, factor)
    data = found.read_raw_bytes()
    head = head_of(lambda at, size: data[at : at + size])
    if "/DecodeParms" in found or head is None or refusal(head, len(data)):
        return None
    with read(io.BytesIO(data)) as source:
        return _saving(found, source, factor)


def _saving(found: Any, source: Image.Image, factor: float) -> bytes | None:
    if source.size != (int(found.Width), int(found.Height)) or source.mode != {1: "L", 3: "RGB"}[_channels(found)]:
        return None
    small = scaled(source, factor)
    return small if len(small) * 2 < int(found.Length) else None
