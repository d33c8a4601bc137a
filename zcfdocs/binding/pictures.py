"""A foreign picture opened without harm, and whether it has more dots than paper can show."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from zcfdocs.binding.glancing import plain

if TYPE_CHECKING:
    from PIL.Image import Image

BROKEN_IMAGE = "图片已损坏或不完整"
MOST_PIXELS = 100_000_000
# Above OVERSIZED dpi on the A4 page a picture is scaled down to SCALED dpi; below, its bytes stay as they are.
OVERSIZED, SCALED = 300, 200
A4_INCHES = (8.27, 11.69)
UNSCALED = ("1", "I;16")  # black-and-white scans are small and need their dots; 16 bits of grey have no JPEG


@contextmanager
def image(path: Path) -> Iterator[Image]:
    """A picture whose header is read and whose size is bearable. Raises ValueError with the reason in Chinese."""
    import PIL.Image

    with plain(path) as file, _strictly(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's own limit, EXIF oddities
        try:
            opened_image = PIL.Image.open(file, formats=("JPEG", "PNG"))
        except PIL.Image.DecompressionBombError as error:
            raise ValueError(_too_large()) from error
        except (OSError, SyntaxError, ValueError) as error:
            raise ValueError(BROKEN_IMAGE) from error
        with opened_image:
            if opened_image.width * opened_image.height > MOST_PIXELS:
                raise ValueError(_too_large())
            yield opened_image


@contextmanager
def _strictly() -> Iterator[None]:
    """A picture that is cut off is an error, whatever another library has asked of the whole process (WeasyPrint does)."""
    from PIL import ImageFile

    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def _too_large() -> str:
    return f"图片超过 {MOST_PIXELS // 10_000_000} 千万像素的上限；请缩小后再放入"


def is_oversized(width: int, height: int) -> bool:
    """More than OVERSIZED dpi on an A4 page; a long strip, such as a scrolled screen, would be lost if it were scaled to fit."""
    return density(width, height) > OVERSIZED * 1.01 and max(width, height) < 3 * min(width, height)


def density(width: int, height: int) -> float:
    """Dots per inch of a picture that fills an A4 page lying as it does."""
    return max(min(width, height) / A4_INCHES[0], max(width, height) / A4_INCHES[1])
