"""What a PDF consists of: its signatures, the bytes before the first of them, the files it carries, what it says of its version."""

from __future__ import annotations

import io
import re
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeVar

from lxml import etree
from pyhanko.pdf_utils.decode_limits import DecodeLimits, DecodePurpose, StreamDecodeLimits
from pyhanko.pdf_utils.generic import DictionaryObject, StreamObject
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from zcfdocs.errors import ZcfError
from zcfdocs.manuscript.manuscript import Mark
from zcfdocs.printing.pdf.record import NAMESPACE, PROPERTIES
from zcfdocs.sealing.parties import ARCHIVE, ROLES, field_of

LARGEST = 200 << 20
MOST_PAGES, MOST_SIGNATURES, MOST_REVISIONS = 2000, 20, 64
SECONDS = 120
AGAIN = 0.2  # a ring that falls into a destructor or a collector is lost
ENCLOSURES = ("plan.md", "scorecard.json", "data.json")
LARGEST_ENCLOSURE, MOST_NAMES, DEEPEST = 16 << 20, 1000, 8
END = re.compile(rb"\s*startxref\s+(\d{1,10})\s+%%EOF(?:\r\n|\n|\r)?")
T = TypeVar("T")


class Unreadable(ZcfError):
    """A PDF that cannot be read safely: broken, encrypted, too large or too slow. The message says which."""


class _Overtime(BaseException):
    """Past every `except Exception` of the libraries."""


def safely(work: Callable[[], T]) -> T:
    """The work's result; whatever hostile bytes provoke in the libraries becomes Unreadable."""
    try:
        with _in_time(SECONDS):
            return work()
    except ZcfError:
        raise
    except _Overtime:
        raise Unreadable(f"PDF 过于复杂，{SECONDS} 秒内未能读完", hint="请重新生成并签署") from None
    except Exception as error:  # parsers of hostile bytes raise whatever they trip over
        raise Unreadable(f"不是完好的 PDF（{type(error).__name__}）", hint="换用由 zcfdocs 生成、未经其他软件另存的文件") from error


@contextmanager
def _in_time(seconds: int) -> Iterator[None]:
    """Ends the block by an alarm where the platform has one; only the main thread can set it, and no alarm inside another."""
    able = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not able or signal.getitimer(signal.ITIMER_REAL)[0]:
        yield
        return

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise _Overtime

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        yield
    finally:
        signal.signal(signal.SIGALRM, signal.SIG_IGN)
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def opened(data: bytes, limits: DecodeLimits | None = None) -> PdfFileReader:
    """A strict reader of an unencrypted PDF within the limits. Raises Unreadable, and inside `safely` only that."""
    if len(data) > LARGEST:
        raise Unreadable(f"PDF 超过 {LARGEST >> 20} MB", hint="拆分佐证材料后重新生成")
    if not data.startswith(b"%PDF-"):
        raise Unreadable("不是 PDF 文件", hint="换用由 zcfdocs 生成的 PDF")
    reader = PdfFileReader(io.BytesIO(data), strict=True, decode_limits=limits)
    if reader.encrypted:
        raise Unreadable("PDF 已加密", hint="签名的 PDF 不得加密，请重新生成")
    if reader.xrefs.total_revisions > MOST_REVISIONS:
        raise Unreadable(f"PDF 被追加修改超过 {MOST_REVISIONS} 次", hint="请重新生成并签署")
    if int(reader.root["/Pages"]["/Count"]) > MOST_PAGES:
        raise Unreadable(f"PDF 超过 {MOST_PAGES} 页", hint="拆分佐证材料后重新生成")
    return reader


def signatures(reader: PdfFileReader) -> list[EmbeddedPdfSignature]:
    """Of signers and of timestamps, in the order of their making."""
    found = list(reader.embedded_signatures)
    if len(found) > MOST_SIGNATURES:
        raise Unreadable(f"PDF 有超过 {MOST_SIGNATURES} 个签名", hint="请重新生成并签署")
    return sorted(found, key=lambda one: one.signed_revision)


def called(field: str) -> str:
    """The title of a field as people know it, its own name where it is none of ours."""
    titles = {field_of(role): title for role, title in ROLES.items()} | {ARCHIVE: "归档时间戳"}
    return titles.get(field, field)


def is_timestamp(one: EmbeddedPdfSignature) -> bool:
    return bool(one.sig_object_type == "/DocTimeStamp")


def unsigned_prefix(data: bytes) -> bytes:
    """The bytes that were there before the first signature was appended, all of them where there is none. Raises Unreadable.

    These are what a build makes: every revision before the one that brought the first signature is in it, so that nothing
    slipped in between shows as a difference.
    """
    return safely(lambda: _prefix(data))


def _prefix(data: bytes) -> bytes:
    reader = opened(data)
    made = signatures(reader)
    if not made:
        return data
    before = made[0].signed_revision - 1
    if before < 0:
        raise Unreadable("签名不是追加在生成的 PDF 之后，原文件已被改写", hint="用 zcfdocs 生成的 PDF 重新签署")
    place, offset = reader.xrefs.get_xref_container_info(before), reader.xrefs.get_startxref_for_revision(before)
    end = next((match for match in END.finditer(data, place.end_location) if int(match[1]) == offset), None)
    if end is None or end.end() > int(made[0].byte_range[1]):
        raise Unreadable("找不到签名之前文件的结尾", hint="用 zcfdocs 生成的 PDF 重新签署")
    return data[: end.end()]


def enclosed(data: bytes) -> dict[str, bytes]:
    """`plan.md` and `scorecard.json`, or `data.json` of a public copy, as they travelled in the unsigned file, those that are there. Raises Unreadable."""
    return safely(lambda: _enclosed(_prefix(data)))


def _enclosed(data: bytes) -> dict[str, bytes]:
    tight = StreamDecodeLimits(max_output_size=LARGEST_ENCLOSURE)
    root = opened(data, DecodeLimits(per_stream=tight)).root
    if "/Names" not in root or "/EmbeddedFiles" not in root["/Names"]:
        return {}
    found: dict[str, bytes] = {}
    for count, (name, spec) in enumerate(_names(root["/Names"]["/EmbeddedFiles"], DEEPEST)):
        if count > MOST_NAMES:
            raise Unreadable(f"PDF 附件超过 {MOST_NAMES} 个", hint="请重新生成")
        if name in found:
            raise Unreadable(f"PDF 里有两个附件都叫 {name}", hint="请重新生成")
        if name in ENCLOSURES:
            stream = spec["/EF"]["/F"]
            assert isinstance(stream, StreamObject)
            found[name] = stream.data
    return found


def _names(node: DictionaryObject, deep: int) -> Iterator[tuple[str, Any]]:
    """Leaves of a name tree (ISO 32000-1, 7.9.6), not deeper than `deep`."""
    if deep < 0:
        raise Unreadable("PDF 附件目录层次过深", hint="请重新生成")
    for kid in node.get("/Kids", ()):
        yield from _names(kid.get_object(), deep - 1)
    pairs = list(node.get("/Names", ()))
    for name, spec in zip(pairs[::2], pairs[1::2], strict=True):
        yield str(name), spec.get_object()


def mark_of(data: bytes) -> Mark | None:
    """What the unsigned file says of its version; None where it says nothing. Raises Unreadable."""
    return safely(lambda: _mark(_prefix(data)))


def _mark(data: bytes) -> Mark | None:
    root = opened(data).root
    if "/Metadata" not in root:
        return None
    packet = root["/Metadata"].read_data(DecodePurpose.XMP_METADATA)
    told = etree.fromstring(packet, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    values: dict[str, str] = {}
    for name in PROPERTIES:
        texts = [element.text or "" for element in told.iter(f"{{{NAMESPACE}}}{name}")]
        if len(texts) > 1:
            raise Unreadable(f"PDF 元数据里 {name} 写了两次", hint="请重新生成")
        values |= {name: texts[0]} if texts else {}
    if not values:
        return None
    say = values.get
    return Mark(say("kind", ""), say("uscc", ""), say("digest", ""), say("commit"), say("catalogue", ""), say("catalogueDigest", ""))
