"""From a manuscript to the bytes of its PDF: layout by WeasyPrint, which sees no file and no address."""

from __future__ import annotations

import io
import logging
import os
import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import lru_cache
from typing import Any

import pikepdf

# On a system without fonts of its own, which is fine, or without harfbuzz-subset, which is told below, the import warns.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import weasyprint
    from weasyprint.text.ffi import harfbuzz_subset
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse

from zcfdocs.collector import at_rest
from zcfdocs.errors import ZcfError
from zcfdocs.manuscript.manuscript import Enclosure, Manuscript
from zcfdocs.places import THEME
from zcfdocs.printing.pagination import Paging, numbered
from zcfdocs.printing.pdf.finishing import finish
from zcfdocs.printing.pdf.paging import starts_and_heights

VARIANT = "pdf/a-3a"
FONTS = THEME / "fonts"
NOTDEF = re.compile(r"\.notdef glyph rendered .*\(U\+([0-9A-F]+)\)$")
# A place for a seal or a signature is a check box to the layout, which then sets it, tags it and knows its rectangle.
PLACE = re.compile(r'<span class="place" data-role="([a-z]+)" title="([^"<>]*)"></span>')
BOX = r'<input type="checkbox" class="place place-\1" name="sign-\1" title="\2">'
OPENING = re.compile(r'data-page="opening">.*?\bid="([^"]+)"', re.DOTALL)
LOOSE = "* { break-after: auto !important; break-inside: auto !important; } .table-note { break-before: auto !important; }"
# WeasyPrint logs on one logger of the process: only one printing at a time may listen.
LOCK = threading.Lock()


class OwnOnly(URLFetcher):  # type: ignore[misc]  # the library publishes no types
    """Serves data: addresses and nothing else; a plan can name no file and no host."""

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        if not url.startswith("data:"):
            raise ValueError("only data: is served")
        return super().fetch(url, headers)


@dataclass(frozen=True, slots=True)
class Paper:
    """A printed document and how it was paged."""

    data: bytes
    paging: Paging


def print_pdf(manuscript: Manuscript) -> Paper:
    """The same bytes for the same HTML. Raises ZcfError where a library, a font or a glyph is missing."""
    if harfbuzz_subset is None:
        raise ZcfError("缺少 HarfBuzz 的 subset 库，字体无法裁剪，PDF 会极慢且极大", "Debian/Ubuntu：apt-get install libharfbuzz-subset0")
    fonts, style = _setting(manuscript.style)
    html = numbered(PLACE.sub(BOX, manuscript.html))
    with LOCK, _missing_glyphs() as missing, at_rest(), warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # WeasyPrint leaves its colour profile open
        source = weasyprint.HTML(string=html, url_fetcher=OwnOnly(), base_url="about:blank")
        document = _laid_out(source, style, fonts)
        data: bytes = document.write_pdf(
            finisher=lambda _, pdf: finish(pdf, manuscript),
            pdf_variant=VARIANT,
            pdf_identifier=manuscript.digest[:32].encode(),
            pdf_forms=True,
            attachments=[_attachment(item, manuscript) for item in manuscript.enclosures],
        )
    if missing:
        raise ZcfError(f"字库中没有这些字：{describe(missing)}", "请改用通行的写法；确须使用的，先把含有该字的字体加进 theme/fonts")
    return Paper(_in_small_streams(data), Paging(_labels(document, manuscript), *starts_and_heights(document)))


def _laid_out(source: weasyprint.HTML, style: weasyprint.CSS, fonts: FontConfiguration) -> weasyprint.Document:
    """Pages; where what should stay together is more than a page holds, the layout gives up and pages may part it anywhere."""
    try:
        return source.render(stylesheets=[style], font_config=fonts, pdf_forms=True, presentational_hints=True)
    except AssertionError:
        loose = weasyprint.CSS(string=LOOSE, font_config=fonts, url_fetcher=OwnOnly())
        return source.render(stylesheets=[style, loose], font_config=fonts, pdf_forms=True, presentational_hints=True)


def _in_small_streams(data: bytes) -> bytes:
    """The same objects in streams of a hundred: readers of signed files else unpack thousands of objects for each one they look at."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return out.getvalue()


def _attachment(item: Enclosure, manuscript: Manuscript) -> weasyprint.Attachment:
    """Made anew for each file: the library reads it once. It is as old as the plan says."""
    return weasyprint.Attachment(
        file_obj=io.BytesIO(item.data),
        name=item.name,
        description=item.description,
        relationship=item.relationship,
        created=datetime.combine(manuscript.day, time(), UTC),
        modified=datetime.combine(manuscript.day, time(), UTC),
    )


def _labels(document: weasyprint.Document, manuscript: Manuscript) -> dict[str, str]:
    """The number printed on the page of each anchor: counting begins at the opening section, where there is one."""
    pages = {anchor: number for number, page in reversed(list(enumerate(document.pages, 1))) for anchor in page.anchors}
    opening = OPENING.search(manuscript.html)
    before = pages.get(opening[1], 1) - 1 if opening else 0
    return {anchor: str(number - before) for anchor, number in sorted(pages.items()) if number > before}


def describe(missing: dict[int, None]) -> str:
    return "、".join(f"{chr(point)}（U+{point:04X}）" for point in missing)


@lru_cache
def _setting(style: str) -> tuple[FontConfiguration, weasyprint.CSS]:
    """Fonts and style, once a process for each style. The system's fonts stay out, so that every machine makes the same pages."""
    if not any(FONTS.glob("*.otf")):
        raise ZcfError(f"没有找到字体：{FONTS}", "theme/fonts 随仓库提供，请检查是否完整")
    with _only_these_fonts():
        fonts = FontConfiguration()
    return fonts, weasyprint.CSS(string=(THEME / f"{style}.css").read_text("utf-8"), font_config=fonts, url_fetcher=OwnOnly())


@contextmanager
def _only_these_fonts() -> Iterator[None]:
    """Fontconfig reads its configuration when a FontConfiguration is made, and only then."""
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(THEME / "fonts.conf")
    try:
        yield
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before


class _Ear(logging.Handler):
    """Collects the characters WeasyPrint found no glyph for."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: dict[int, None] = {}

    def emit(self, record: logging.LogRecord) -> None:
        if match := NOTDEF.search(record.getMessage()):
            self.heard[int(match[1], 16)] = None


@contextmanager
def _missing_glyphs() -> Iterator[dict[int, None]]:
    ear = _Ear()
    logger = logging.getLogger("weasyprint")
    logger.addHandler(ear)
    try:
        yield ear.heard
    finally:
        logger.removeHandler(ear)
