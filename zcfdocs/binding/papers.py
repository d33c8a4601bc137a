"""How large a picture's original was, the page it is bound on, and whether it has more dots than that page can show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zcfdocs.binding.heads import is_strip

if TYPE_CHECKING:
    from PIL.Image import Image

# Above OVERSIZED dpi on its page a picture is scaled down to SCALED dpi; below, its bytes stay as they are.
OVERSIZED, SCALED = 300, 200
Inches = tuple[float, float]
A4, A3 = (8.27, 11.69), (11.69, 16.54)
LARGER = 1.1  # an original up to a tenth larger than A4 is bound on A4, beyond that on A3
SCANNED = (150.0, 2400.0)  # dpi a scanner states; below it are what cameras and screens write, whatever the size
MILLIMETRES = 25.4
EXIF, EXPOSURE = 0x8769, 0x829A


def stated(found: Image) -> Inches | None:
    """The original's size where a scan states its dpi; a photograph's dpi says nothing."""
    try:
        across, up = (float(value) for value in found.info["dpi"])
        is_photograph = EXPOSURE in found.getexif().get_ifd(EXIF)
    except Exception:  # noqa: BLE001  # whatever is wrong with its tags, the picture itself is not concerned
        return None
    if is_photograph or not all(SCANNED[0] <= value <= SCANNED[1] for value in (across, up)):
        return None
    return found.width / across, found.height / up


def paper_for(size: Inches | None) -> Inches:
    """A4, or A3 for what is larger than A4; upright."""
    return A3 if size is not None and excess(size, A4) > LARGER else A4


def excess(size: Inches, paper: Inches) -> float:
    """How many times an original is as large as a page lying as it does."""
    return max(min(size) / paper[0], max(size) / paper[1])


def density(width: int, height: int, paper: Inches) -> float:
    """Dots per inch of a picture that fills the page lying as it does."""
    return excess((width, height), paper)


def is_oversized(width: int, height: int, paper: Inches) -> bool:
    """More than OVERSIZED dpi on its page; a long strip, such as a scrolled screen, would be lost if it were scaled to fit."""
    return density(width, height, paper) > OVERSIZED * 1.01 and not is_strip(width, height)


def told(width: int, height: int, size: Inches | None, is_scaled: bool) -> tuple[str, ...]:
    """What a reader must know of a picture that is bound smaller than its original."""
    paper = paper_for(size)
    page = "A4" if paper == A4 else "A3"
    reduced = excess(size, paper) if size is not None else 1.0
    shrunk = f"原件约 {size[0] * MILLIMETRES:.0f}×{size[1] * MILLIMETRES:.0f} 毫米，缩印于 {page} 页" if size and reduced > LARGER else ""
    scaled = f"原图 {width}×{height} 像素，在 {page} 页上已缩至 {SCALED} dpi" if is_scaled else ""
    if scaled and shrunk:
        scaled += f"，按原件计为 {SCALED / reduced:.0f} dpi"
    return tuple(note for note in (shrunk, scaled) if note)
