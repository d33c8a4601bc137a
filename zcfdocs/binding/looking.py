"""What is inside an evidence file: how many pages, or why it cannot be bound. Files are hostile: every look is bounded."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    import pikepdf
    from PIL.Image import Image

OFFICE = (".docx", ".xlsx", ".doc", ".xls")
CONVERT = "Word、Excel 文件生成时不转换；用 zcfdocs fmt --evidence 转成 PDF 后提交"
OFD = "OFD 文件不能装订；请另存为 PDF"
ENCRYPTED = "PDF 已加密（仅限制打印、复制的也算）；请用原软件另存为不加密的 PDF"
BROKEN_PDF = "PDF 已损坏，打不开"
BROKEN_IMAGE = "图片已损坏或不完整"
MOST_PAGES = 2000
MOST_PIXELS = 100_000_000
MOST_PAGE_BYTES = 64 << 20  # the drawing commands of one page, unpacked
MOST_FILE_BYTES = 512 << 20  # of all its pages
MOST_LZW_BYTES = 100_000  # the one packing without a limit in the library; it grows 2,700-fold at most
# Above OVERSIZED dpi on the A4 page a picture is scaled down to SCALED dpi; below, its bytes stay as they are.
OVERSIZED, SCALED = 300, 200
A4_INCHES = (8.27, 11.69)
UNSCALED = ("1", "I;16")  # black-and-white scans are small and need their dots; 16 bits of grey have no JPEG
# How whole files end; the last startxref of a PDF says where its trailer or its cross-reference stream stands.
END = {".jpg": b"\xff\xd9", ".jpeg": b"\xff\xd9", ".png": b"IEND"}
START = re.compile(rb"startxref\s+(\d{1,12})\s+%%EOF(?!.*startxref)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Look:
    """`pages` of a file that can be bound, else the `reason`; `notes` say what binding does not carry over."""

    pages: int = 0
    reason: str = ""
    notes: tuple[str, ...] = ()


def look(path: Path) -> Look:
    """Open a file of an accepted kind and see whether all its pages can be read."""
    suffix = path.suffix.lower()
    if suffix in OFFICE:
        return Look(reason=CONVERT)
    if suffix == ".ofd":
        return Look(reason=OFD)
    return _pdf(path) if suffix == ".pdf" else _picture(path)


def glance(path: Path) -> bool:
    """Whether a file may be encrypted or cut off, told from a few kilobytes in microseconds; `look` knows for certain."""
    try:
        with plain(path) as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - 2048))
            tail = file.read()
            if path.suffix.lower() != ".pdf":
                return END.get(path.suffix.lower(), b"") not in tail
            where = START.search(tail)
            if where is None:
                return True
            file.seek(int(where[1]))
            return b"/Encrypt" in tail or b"/Encrypt" in file.read(4096)
    except OSError:
        return False


def plain(path: Path) -> BinaryIO:
    """The file itself, never one a link points to."""
    return open(path, "rb", opener=lambda name, flags: os.open(name, flags | getattr(os, "O_NOFOLLOW", 0)))  # Path.open takes no opener


@contextmanager
def opened(path: Path) -> Iterator[pikepdf.Pdf]:
    """A foreign PDF, read as it is needed; what it unpacks to is bounded, and qpdf's warnings stay on its list."""
    import pikepdf

    with bounded(), plain(path) as file, pikepdf.open(file, access_mode=pikepdf.AccessMode.stream) as document:
        yield document


@contextmanager
def bounded() -> Iterator[None]:
    """qpdf knows limits for the whole process only: they hold while a foreign file is open."""
    from pikepdf.settings import set_qpdf_limits

    before = set_qpdf_limits(
        flate_max_memory=MOST_PAGE_BYTES,
        png_max_memory=MOST_PAGE_BYTES,
        tiff_max_memory=MOST_PAGE_BYTES,
        run_length_max_memory=MOST_PAGE_BYTES,
        parser_max_container_size=200_000,
        doc_max_warnings=1000,
    )
    try:
        yield
    finally:
        set_qpdf_limits(**before)  # type: ignore[arg-type]  # its own answer


def _pdf(path: Path) -> Look:
    import pikepdf

    try:
        with opened(path) as document:
            if document.is_encrypted:
                return Look(reason=ENCRYPTED)
            pages = len(document.pages)
            if not pages:
                return Look(reason="PDF 没有一页")
            if pages > MOST_PAGES:
                return Look(reason=f"PDF 有 {pages} 页，超过一份 {MOST_PAGES} 页的上限；请拆成几份")
            repaired = bool(document.get_warnings())
            reason = _contents(document)
            return Look(reason=reason) if reason else Look(pages, notes=tuple(_losses(document, repaired)))
    except pikepdf.PasswordError:
        return Look(reason=ENCRYPTED)
    except (pikepdf.PikepdfError, OSError, ValueError, TypeError, AttributeError, KeyError, RuntimeError):
        return Look(reason=BROKEN_PDF)


def _contents(document: pikepdf.Pdf) -> str:
    """Whether every page's commands unpack, and to a size that can be drawn."""
    import pikepdf

    whole = 0
    for number, page in enumerate(document.pages, 1):
        try:
            whole += sum(_unpacked(stream) for stream in streams(page))
        except (pikepdf.PikepdfError, ValueError, RuntimeError):
            return f"PDF 第 {number} 页已损坏或展开后过大"
        if whole > MOST_FILE_BYTES:
            return "PDF 展开后过大"
    return ""


def streams(page: pikepdf.Page) -> list[Any]:
    """The content streams of a page; what is none is left out, as viewers do."""
    import pikepdf

    found = page.obj.get("/Contents")
    parts = list(found) if isinstance(found, pikepdf.Array) else [found]  # type: ignore[arg-type,unused-ignore]
    return [part for part in parts if isinstance(part, pikepdf.Stream)]


def _unpacked(stream: Any) -> int:
    if "LZW" in str(stream.get("/Filter", "")) and int(stream.get("/Length", 0)) > MOST_LZW_BYTES:
        raise ValueError("LZW")
    return len(stream.read_bytes())


def _losses(document: pikepdf.Pdf, repaired: bool) -> Iterator[str]:
    """What is in the file and not on its pages, so that nobody takes the volume for the file."""
    if repaired:
        yield "原文件结构有损，按可读的部分装订，请核对是否齐全"
    form: Any = document.Root.get("/AcroForm", {})
    if int(form.get("/SigFlags", 0)) & 1:
        yield "原文件带电子签名，本册只有签章的图样，验签请用原文件"
    if "/XFA" in form:
        yield "原文件是 XFA 表单，只装订其静态页面"
    if document.attachments:
        yield f"原文件另带附件 {len(document.attachments)} 个，未收入本册"


@contextmanager
def image(path: Path) -> Iterator[Image]:
    """A picture whose header is read and whose size is bearable. Raises ValueError with the reason in Chinese."""
    import PIL.Image

    with plain(path) as file, warnings.catch_warnings():
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


def _too_large() -> str:
    return f"图片超过 {MOST_PIXELS // 10_000_000} 千万像素的上限；请缩小后再放入"


def _picture(path: Path) -> Look:
    try:
        with image(path) as found:
            width, height, fixed = found.width, found.height, found.mode in UNSCALED
            found.draft(None, (width // 8, height // 8))  # a JPEG read at an eighth shows as well whether it is whole
            found.load()
    except ValueError as error:
        return Look(reason=str(error) if str(error).startswith("图片") else BROKEN_IMAGE)
    except (OSError, SyntaxError, MemoryError):
        return Look(reason=BROKEN_IMAGE)
    if fixed or not is_oversized(width, height):
        return Look(1)
    return Look(1, notes=(f"原图 {width}×{height} 像素，已缩至 {SCALED} dpi",))


def is_oversized(width: int, height: int) -> bool:
    """More than OVERSIZED dpi on an A4 page; a long strip, such as a scrolled screen, would be lost if it were scaled to fit."""
    return density(width, height) > OVERSIZED * 1.01 and max(width, height) < 3 * min(width, height)


def density(width: int, height: int) -> float:
    """Dots per inch of a picture that fills an A4 page lying as it does."""
    return max(min(width, height) / A4_INCHES[0], max(width, height) / A4_INCHES[1])
