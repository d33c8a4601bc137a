"""JPEG and PNG as PDF image objects: their own bytes wherever that is possible, scaled down where they are oversized."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream
from PIL import Image

from zcfdocs.binding.glancing import plain
from zcfdocs.binding.looking import streams
from zcfdocs.binding.pictures import MOST_PIXELS, OVERSIZED, SCALED, UNSCALED, density, image, is_oversized
from zcfdocs.printing.binder.sheet import Sheet, page_sheet, picture_sheet, rotation, visible

JPEG_QUALITY = 85
SPACES = {"L": Name.DeviceGray, "RGB": Name.DeviceRGB, "CMYK": Name.DeviceCMYK}
ORIENTATION = 0x0112
CHANNELS = {0: 1, 2: 3, 3: 1}  # of PNG's colour types grey, RGB, palette
# Pictures inside PDFs below these sizes are not worth a look.
WORTH_BYTES, WORTH_PIXELS = 300_000, 1_500_000
MOST_COMMANDS = 2 << 20  # bytes a page's commands may have to be read one by one; a scan has a few, a hostile page millions
MOST_HELD = 100 << 20  # bytes of scaled pictures waiting to be written


def picture(path: Path, volume: pikepdf.Pdf) -> tuple[Sheet, Stream]:
    """A picture file as an image object of `volume`, with the sheet it lies on."""
    with image(path) as found:
        orientation = found.getexif().get(ORIENTATION, 1)
        sheet = picture_sheet(found.width, found.height, orientation if orientation in range(1, 9) else 1)
        if is_oversized(found.width, found.height) and found.mode not in UNSCALED:
            return sheet, _jpeg(volume, _scaled(found, SCALED / density(found.width, found.height)))
        with plain(path) as file:
            data = file.read()
        if found.format == "PNG":
            return sheet, _png(volume, data if _is_plain_png(data) else _plain_png(found))
        return sheet, _jpeg(volume, data)


def _scaled(found: Image.Image, factor: float) -> bytes:
    """A smaller JPEG of a picture that may be a JPEG too: that is read at a fraction, so that it never stands whole in memory."""
    size = (max(1, round(found.width * factor)), max(1, round(found.height * factor)))
    found.draft(None, size)
    whole = _opaque(found)
    small = whole.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=JPEG_QUALITY)
    return out.getvalue()


def _opaque(found: Image.Image) -> Image.Image:
    """On white paper, in a colour space of PDF."""
    if found.has_transparency_data:
        layer = found.convert("RGBA")
        paper = Image.new("RGB", found.size, "white")
        paper.paste(layer, mask=layer.getchannel("A"))
        return paper
    return found if found.mode in SPACES else found.convert("RGB")


def _jpeg(volume: pikepdf.Pdf, data: bytes) -> Stream:
    with Image.open(io.BytesIO(data), formats=("JPEG",)) as found:
        stream = _image(volume, data, found.width, found.height, SPACES[found.mode], 8, Name.DCTDecode)
        if found.mode == "CMYK" and "adobe" in found.info:
            stream.Decode = Array([1, 0] * 4)  # Adobe's programs write such JPEGs inverted
        return stream


def _png(volume: pikepdf.Pdf, data: bytes) -> Stream:
    """PDF packs pictures as PNG does: its data goes in as it is."""
    chunks = list(_chunks(data))
    width, height, depth, kind = struct.unpack(">IIBB", chunks[0][1][:10])
    palette = b"".join(content for name, content in chunks if name == b"PLTE")
    grey = Name.DeviceGray if kind == 0 else Name.DeviceRGB
    space: Any = Array([Name.Indexed, Name.DeviceRGB, len(palette) // 3 - 1, pikepdf.String(palette)]) if kind == 3 else grey
    packed = b"".join(content for name, content in chunks if name == b"IDAT")
    stream = _image(volume, packed, width, height, space, depth, Name.FlateDecode)
    stream.DecodeParms = Dictionary(Predictor=15, Colors=CHANNELS[kind], BitsPerComponent=depth, Columns=width)
    return stream


def _image(volume: pikepdf.Pdf, data: bytes, width: int, height: int, space: Any, depth: int, packed: Name) -> Stream:
    stream = Stream(volume, data)
    stream.stream_dict = Dictionary(
        Type=Name.XObject, Subtype=Name.Image, Width=width, Height=height, ColorSpace=space, BitsPerComponent=depth, Filter=packed
    )
    return stream


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at + 8 <= len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        at += size + 12


def _is_plain_png(data: bytes) -> bool:
    """Neither interlaced nor transparent: what PDF can show as it is."""
    kind, interlaced = data[25], data[28]
    return kind in CHANNELS and not interlaced and all(name != b"tRNS" for name, _ in _chunks(data))


def _plain_png(found: Image.Image) -> bytes:
    out = io.BytesIO()
    plain_image = found if found.mode in UNSCALED and not found.has_transparency_data else _opaque(found)
    plain_image.save(out, "PNG")
    return out.getvalue()


def shrink(document: pikepdf.Pdf) -> tuple[str, ...]:
    """Scale down, in place, the pictures of a PDF that are oversized where they stand; what is unusual stays as it is."""
    changed, held = 0, 0
    for candidate, density_there in _oversized(document):
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
    return (f"其中 {changed} 幅扫描图超过 {OVERSIZED} dpi，已缩至 {SCALED} dpi",) if changed else ()


def _oversized(document: pikepdf.Pdf) -> list[tuple[Any, float]]:
    """Pictures drawn straight on pages, each with the least density of its uses, where that is too much."""
    least: dict[tuple[int, int], tuple[Any, float]] = {}
    for page in document.pages:
        images = {name: found for name, found in _images(page) if _is_worth_it(found)}
        if not images:
            continue
        uses = _uses(page) if sum(len(stream.read_bytes()) for stream in streams(page)) <= MOST_COMMANDS else None
        for name, there in _densities(page, images, uses) if uses is not None else ((name, 0.0) for name in images):
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


def _densities(page: pikepdf.Page, images: Mapping[str, Any], uses: Iterable[tuple[str, pikepdf.Matrix]]) -> Iterator[tuple[str, float]]:
    a, b, *_ = page_sheet(visible(page), rotation(page)).matrix
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
    if found.Filter == Name.DCTDecode:
        if "/DecodeParms" in found:
            return None
        source: Image.Image = Image.open(io.BytesIO(found.read_raw_bytes()), formats=("JPEG",))
    else:
        source = pikepdf.PdfImage(found).as_pil_image()
    with source:
        if source.size != (int(found.Width), int(found.Height)) or source.mode != {1: "L", 3: "RGB"}[_channels(found)]:
            return None
        small = _scaled(source, factor)
    return small if len(small) * 2 < int(found.Length) else None
