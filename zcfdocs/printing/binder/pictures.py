"""JPEG and PNG as PDF image objects: their own bytes wherever that is possible, scaled down where they are oversized."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream
from PIL import Image

from zcfdocs.binding.glancing import plain
from zcfdocs.binding.papers import SCALED, density, is_oversized, paper_for, stated
from zcfdocs.binding.pictures import UNSCALED, image
from zcfdocs.printing.binder.dots import packed, scaled
from zcfdocs.printing.binder.sheet import PAPERS, Sheet, picture_sheet

SPACES = {"L": Name.DeviceGray, "RGB": Name.DeviceRGB, "CMYK": Name.DeviceCMYK}
ORIENTATION = 0x0112
CHANNELS = {0: 1, 2: 3, 3: 1}  # of PNG's colour types grey, RGB, palette


def picture(path: Path, volume: pikepdf.Pdf) -> tuple[Sheet, Stream]:
    """A picture file as an image object of `volume`, with the sheet it lies on."""
    with image(path) as found:
        orientation = found.getexif().get(ORIENTATION, 1)
        paper = paper_for(stated(found))
        sheet = picture_sheet(found.width, found.height, orientation if orientation in range(1, 9) else 1, PAPERS[paper])
        if is_oversized(found.width, found.height, paper) and found.mode not in UNSCALED:
            small = scaled(found, SCALED / density(found.width, found.height, paper))
            with Image.open(io.BytesIO(small)) as made:
                return sheet, _jpeg(volume, small, made)
        with plain(path) as file:
            data = file.read()
        if found.format != "PNG":
            return sheet, _jpeg(volume, data, found)
        if _is_plain_png(data):
            return sheet, _png(volume, data)
        del data
        return sheet, _packed(volume, found)


def _jpeg(volume: pikepdf.Pdf, data: bytes, found: Image.Image) -> Stream:
    stream = _image(volume, data, found.size, SPACES[found.mode], 8, Name.DCTDecode)
    if found.mode == "CMYK" and "adobe" in found.info:
        stream.Decode = Array([1, 0] * 4)  # Adobe's programs write such JPEGs inverted
    return stream


def _packed(volume: pikepdf.Pdf, found: Image.Image) -> Stream:
    """A PNG that PDF cannot show as it is."""
    if found.mode in UNSCALED and not found.has_transparency_data:
        out = io.BytesIO()
        found.save(out, "PNG")
        return _png(volume, out.getvalue())
    mode, data = packed(found)
    stream = _image(volume, data, found.size, SPACES[mode], 8, Name.FlateDecode)
    stream.DecodeParms = Dictionary(Predictor=2, Colors=len(mode), BitsPerComponent=8, Columns=found.width)
    return stream


def _png(volume: pikepdf.Pdf, data: bytes) -> Stream:
    """PDF packs pictures as PNG does: its data goes in as it is."""
    chunks = list(_chunks(data))
    width, height, depth, kind = struct.unpack(">IIBB", chunks[0][1][:10])
    palette = b"".join(content for name, content in chunks if name == b"PLTE")
    grey = Name.DeviceGray if kind == 0 else Name.DeviceRGB
    space: Any = Array([Name.Indexed, Name.DeviceRGB, len(palette) // 3 - 1, pikepdf.String(palette)]) if kind == 3 else grey
    content = b"".join(content for name, content in chunks if name == b"IDAT")
    stream = _image(volume, content, (width, height), space, depth, Name.FlateDecode)
    stream.DecodeParms = Dictionary(Predictor=15, Colors=CHANNELS[kind], BitsPerComponent=depth, Columns=width)
    return stream


def _image(volume: pikepdf.Pdf, data: bytes, size: tuple[int, int], space: Any, depth: int, packed: Name) -> Stream:
    stream = Stream(volume, data)
    stream.stream_dict = Dictionary(
        Type=Name.XObject, Subtype=Name.Image, Width=size[0], Height=size[1], ColorSpace=space, BitsPerComponent=depth, Filter=packed
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
