"""A foreign picture opened without harm."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from zcfdocs.binding.glancing import plain
from zcfdocs.binding.heads import UNKNOWN, Head, head_of_file, refusal

if TYPE_CHECKING:
    from PIL.Image import Image

BROKEN_IMAGE = "图片已损坏或不完整"
UNSCALED = ("1", "I;16")  # black-and-white scans are small and need their dots; 16 bits of grey have no JPEG


@contextmanager
def image(path: Path) -> Iterator[Image]:
    """A picture whose header is read and whose size is bearable. Raises ValueError with the reason in Chinese."""
    with plain(path) as file:
        size, head = os.fstat(file.fileno()).st_size, head_of_file(file.fileno())
        file.seek(0)
        if head is not None and (reason := refusal(head, size)):
            raise ValueError(reason)
        with read(file) as found:
            seen = (found.width, found.height)
            if head is not None and (head.width, head.height) != seen:
                raise ValueError(BROKEN_IMAGE)
            if head is None and (reason := refusal(Head(*seen, UNKNOWN), size)):
                raise ValueError(reason)
            yield found


@contextmanager
def read(file: IO[bytes]) -> Iterator[Image]:
    """Its header read, whatever its size: whoever loads it has seen to that."""
    import PIL.Image

    with _strictly(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # EXIF oddities
        try:
            found = PIL.Image.open(file, formats=("JPEG", "PNG"))
        except (OSError, SyntaxError, ValueError) as error:
            raise ValueError(BROKEN_IMAGE) from error
        with found:
            yield found


@contextmanager
def _strictly() -> Iterator[None]:
    """A picture that is cut off is an error, whatever another library has asked of the whole process (WeasyPrint does); sizes are ours."""
    import PIL.Image
    from PIL import ImageFile

    before = ImageFile.LOAD_TRUNCATED_IMAGES, PIL.Image.MAX_IMAGE_PIXELS
    ImageFile.LOAD_TRUNCATED_IMAGES, PIL.Image.MAX_IMAGE_PIXELS = False, None
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES, PIL.Image.MAX_IMAGE_PIXELS = before
