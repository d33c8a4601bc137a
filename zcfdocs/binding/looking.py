"""What is inside an evidence file: how many pages, or why it cannot be bound. Files are hostile: every look is bounded."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zcfdocs.binding.glancing import plain
from zcfdocs.binding.papers import is_oversized, paper_for, stated, told
from zcfdocs.binding.pictures import BROKEN_IMAGE, UNSCALED, image

if TYPE_CHECKING:
    import pikepdf

OFFICE = (".docx", ".xlsx", ".doc", ".xls")
CONVERT = "Word、Excel 文件生成时不转换；用 zcfdocs fmt --evidence 转成 PDF 后提交"
OFD = "OFD 文件不能装订；请另存为 PDF"
ENCRYPTED = "PDF 已加密（仅限制打印、复制的也算）；请用原软件另存为不加密的 PDF"
BROKEN_PDF = "PDF 已损坏，打不开"
MOST_PAGES = 2000
MOST_PAGE_BYTES = 64 << 20  # the drawing commands of one page, unpacked
MOST_FILE_BYTES = 512 << 20  # of all its pages
MOST_LZW_BYTES = 100_000  # the one packing without a limit in the library; it grows 2,700-fold at most


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


@contextmanager
def opened(path: Path) -> Iterator[pikepdf.Pdf]:
    """A foreign PDF, read as it is needed; what it unpacks to is bounded, and what qpdf thinks of it is not printed."""
    import pikepdf

    with bounded(), heard(), plain(path) as file, pikepdf.open(file, access_mode=pikepdf.AccessMode.stream) as document:
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


@contextmanager
def heard() -> Iterator[list[str]]:
    """What qpdf complains of to the log rather than on the document's list of warnings; the first listener has it."""
    said: list[str] = []

    def keep(record: logging.LogRecord) -> bool:
        said.append(record.getMessage())
        return False

    logger = logging.getLogger("pikepdf._core")
    logger.addFilter(keep)
    try:
        yield said
    finally:
        logger.removeFilter(keep)


def _pdf(path: Path) -> Look:
    import pikepdf

    try:
        with heard() as said, opened(path) as document:
            if document.is_encrypted:
                return Look(reason=ENCRYPTED)
            pages = len(document.pages)
            if not pages:
                return Look(reason=BROKEN_PDF)
            if pages > MOST_PAGES:
                return Look(reason=f"PDF 有 {pages} 页，超过一份 {MOST_PAGES} 页的上限；请拆成几份")
            reason = _contents(document)
            repaired = bool(document.get_warnings() or said)
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


def _picture(path: Path) -> Look:
    try:
        with image(path) as found:
            width, height, size = found.width, found.height, stated(found)
            is_scaled = found.mode not in UNSCALED and is_oversized(width, height, paper_for(size))
            found.draft(None, (width // 8, height // 8))  # a JPEG read at an eighth shows as well whether it is whole
            found.load()
    except ValueError as error:
        return Look(reason=str(error) if str(error).startswith("图片") else BROKEN_IMAGE)
    except (OSError, SyntaxError, MemoryError):
        return Look(reason=BROKEN_IMAGE)
    return Look(1, notes=told(width, height, size, is_scaled))
