"""The picture of a seal or a hand-written signature: read from the user's file, or an obviously unreal one for trials."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from zcfdocs.errors import ZcfError, why
from zcfdocs.places import THEME
from zcfdocs.sealing.parties import CERTIFYING

LARGEST, MOST_PIXELS = 2 << 20, 4000
FLATTEST, SLIMMEST = 0.8, 1.25
HEAD = struct.Struct(">8sI4sII")  # PNG signature, then length, type, width and height of IHDR (ISO 15948, 11.2.2)
SIGNATURE = b"\x89PNG\r\n\x1a\n"
MEND = "用带透明背景的 PNG，边长 600–1200 像素"
SIDE, INK, FRAME = 600, (70, 90, 120, 255), 14


@dataclass(frozen=True, slots=True)
class Seal:
    """A PNG file with transparency, and its size in pixels."""

    png: bytes
    width: int
    height: int

    def image(self) -> Image.Image:
        """RGBA; its size was checked when it was read."""
        with Image.open(io.BytesIO(self.png), formats=["PNG"]) as picture:
            return picture.convert("RGBA")


def read_seal(path: Path, role: str = "company") -> Seal:
    """The picture in the file. Raises ZcfError with the reason; a seal must be about as wide as high, a signature need not."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise ZcfError(f"不能读取印章图片 {path}：{why(error)}", hint="检查路径和权限") from error
    if reason := _refusal(data, role):
        raise ZcfError(f"印章图片 {path.name} 不能使用：{reason}", hint=MEND)
    _, _, _, width, height = HEAD.unpack_from(data)
    return Seal(data, width, height)


def _refusal(data: bytes, role: str) -> str | None:
    """Size is read from the head before anything is unpacked: a small file may hold a huge picture."""
    if len(data) > LARGEST:
        return f"文件超过 {LARGEST >> 20} MB"
    if len(data) < HEAD.size or not data.startswith(SIGNATURE):
        return "不是 PNG 格式"
    _, _, _, width, height = HEAD.unpack_from(data)
    if not (0 < width <= MOST_PIXELS and 0 < height <= MOST_PIXELS):
        return f"边长 {width}×{height} 像素，超过 {MOST_PIXELS}"
    if role in CERTIFYING and not FLATTEST <= width / height <= SLIMMEST:
        return f"宽高比 {width / height:.2f}，印章应接近方形（{FLATTEST}–{SLIMMEST}）"
    if not _whole(data):
        return "PNG 已损坏"
    try:
        return _transparency(data)
    except (OSError, ValueError, SyntaxError, EOFError, struct.error):
        return "PNG 已损坏"


def _whole(data: bytes) -> bool:
    """Every chunk has its checksum and the last is IEND; Pillow forgives what is missing as soon as another library told it to."""
    at = len(SIGNATURE)
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        kind, end = data[at + 4 : at + 8], at + 12 + length
        if end > len(data) or zlib.crc32(data[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
            return False
        if kind == b"IEND":
            return end == len(data)
        at = end
    return False


def _transparency(data: bytes) -> str | None:
    with Image.open(io.BytesIO(data), formats=["PNG"]) as picture:
        if not picture.has_transparency_data:
            return "没有透明背景（不透明），会盖住文字"
        least, most = picture.convert("RGBA").getchannel("A").getextrema()
    if least == 255:
        return "全部像素都不透明，会盖住文字"
    if most == 0:
        return "全部像素都透明，什么也看不见"
    return None


def sample_seal(title: str) -> Seal:
    """For throw-away keys: a grey-blue square with 样章 and 测试签名, crossed out; nobody can take it for a 公章."""
    picture = Image.new("RGBA", (SIDE, SIDE), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((FRAME, FRAME, SIDE - FRAME, SIDE - FRAME), outline=INK, width=FRAME)
    draw.line((FRAME, SIDE - FRAME, SIDE - FRAME, FRAME), fill=(*INK[:3], 80), width=FRAME)
    for text, size, middle in (("样章", 190, 190), ("测试签名", 96, 370), (title[:12], min(60, 500 // max(len(title[:12]), 1)), 500)):
        draw.text((SIDE / 2, middle), text, INK, _font(size), anchor="mm")
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return Seal(out.getvalue(), SIDE, SIDE)


def _font(size: int) -> ImageFont.FreeTypeFont:
    try:
        return ImageFont.truetype(THEME / "fonts" / "FandolHei-Regular.otf", size)
    except OSError as error:
        raise ZcfError(f"没有找到字体：{THEME / 'fonts'}", "theme/fonts 随仓库提供，请检查是否完整") from error
