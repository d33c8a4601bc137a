"""The dots of a picture made fewer or packed anew, a band of rows at a time: the picture as it is read is all that stands whole in memory."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator

from PIL import Image, ImageChops

from zcfdocs.binding.pictures import UNSCALED

JPEG_QUALITY = 85
MODES = ("L", "RGB", "CMYK")
GAP = 1.5  # how much finer than the result the quick first step may be at least
BAND = 4_000_000  # dots


def scaled(found: Image.Image, factor: float) -> bytes:
    """A smaller JPEG of a picture, which is used up. A JPEG is read at a fraction, so that it never stands whole in memory."""
    size = (max(1, round(found.width * factor)), max(1, round(found.height * factor)))
    found.draft(None, size)
    step = max(1, int(min(found.width / size[0], found.height / size[1]) / GAP))
    whole = (0.0, 0.0, found.width / step, found.height / step)
    small = _reduced(found, step)
    if small is not found:
        found.close()  # lets go of its dots
    out = io.BytesIO()
    small.resize(size, Image.Resampling.LANCZOS, whole).save(out, "JPEG", quality=JPEG_QUALITY)
    return out.getvalue()


def _reduced(found: Image.Image, step: int) -> Image.Image:
    """Opaque, of one dot for each square of `step` dots."""
    if step == 1 and not found.has_transparency_data and found.mode in MODES:
        return found
    small: Image.Image | None = None
    for top, band in _bands(found, step):
        part = flat(band).reduce(step)
        small = small or Image.new(part.mode, (-(-found.width // step), -(-found.height // step)))
        small.paste(part, (0, top // step))
    assert small is not None
    return small


def _bands(found: Image.Image, step: int = 1) -> Iterator[tuple[int, Image.Image]]:
    """The picture in bands as high as a multiple of `step`, each with where it begins."""
    found.load()
    rows = max(1, BAND // found.width // step) * step
    for top in range(0, found.height, rows):
        yield top, found.crop((0, top, found.width, min(found.height, top + rows)))


def flat(found: Image.Image) -> Image.Image:
    """On white paper, in a colour space of PDF."""
    if found.has_transparency_data:
        layer = found.convert("RGBA")
        paper = Image.new("RGB", found.size, "white")
        paper.paste(layer, mask=layer.getchannel("A"))
        return paper
    return found if found.mode in (*MODES, *UNSCALED) else found.convert("RGB")


def packed(found: Image.Image) -> tuple[str, bytes]:
    """Its mode, L or RGB, and its dots as PDF can hold them: each as its difference from the one to the left, deflated (predictor 2)."""
    packer, parts, mode = zlib.compressobj(), [], ""
    for _, band in _bands(found):
        dots = flat(band)
        mode, left = dots.mode, Image.new(dots.mode, dots.size)
        left.paste(dots, (1, 0))
        parts.append(packer.compress(ImageChops.subtract_modulo(dots, left).tobytes()))
    return mode, b"".join([*parts, packer.flush()])
