"""A zip file from anyone: its entries, read within limits, and only where no two readers could see different ones."""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping

from zcfdocs.errors import ZcfError

MOST_BYTES = 200 << 20
MOST_ENTRIES = 2000
MOST_RATIO = 200
SMALL = 1 << 20  # below it no ratio is looked at
DAY = (1980, 1, 1, 0, 0, 0)
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
CONTENT_TYPES = "[Content_Types].xml"
LETTER = r"[A-Za-z0-9_\-~!$&'()+,;=@]"
NAME = re.compile(rf"(?:[.]*{LETTER}(?:[.]*{LETTER})*)(?:/[.]*{LETTER}(?:[.]*{LETTER})*)*")  # no segment is dots or ends in one
ENCRYPTED = 0x1 | 0x40 | 0x2000
DESCRIBED = 0x8  # sizes follow the data
END, LOCAL = 22, 30  # bytes of the two records' fixed parts
RENAMING = {0x0001, 0x7075}  # zip64 sizes and a second name: fields that only some readers heed
HINT = "重新取得或重新生成这份 Word；用压缩软件改动过的文件不再是完好的 Word"


def broken(why: str) -> ZcfError:
    return ZcfError(f"不是完好的 Word 文件：{why}", hint=HINT)


def unpack(data: bytes) -> dict[str, bytes]:
    """Entries by name in the order of the directory. Raises ZcfError for everything else than a plain zip file."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if why := next(_faults(data, entries), None):
                raise broken(why)
            return {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError, RuntimeError, LookupError, OverflowError) as error:
        raise broken("压缩包已损坏") from error


def pack(entries: Mapping[str, bytes]) -> bytes:
    """The same entries give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in entries.items():
            info = zipfile.ZipInfo(name, DAY)
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o600 << 16
            archive.writestr(info, content)
    return out.getvalue()


def _faults(data: bytes, entries: list[zipfile.ZipInfo]) -> Iterator[str]:
    """Nothing is unpacked before each of these holds."""
    if len(entries) > MOST_ENTRIES:
        yield f"压缩包里有 {len(entries)} 个文件，超过 {MOST_ENTRIES} 个"
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        yield f"解压后超过 {MOST_BYTES >> 20} MB"
    seen: set[str] = set()
    for entry in entries:
        yield from _entry_faults(entry)
        if entry.filename.lower() in seen:
            yield f"文件名 {entry.filename} 重复"
        seen.add(entry.filename.lower())
    yield from _layout_faults(data, sorted(entries, key=lambda entry: entry.header_offset))


def _entry_faults(entry: zipfile.ZipInfo) -> Iterator[str]:
    name = entry.orig_filename
    if name != CONTENT_TYPES and not NAME.fullmatch(name):
        yield f"文件名 {name!a} 不是部件名"
    if entry.flag_bits & ENCRYPTED:
        yield f"{name} 已加密"
    if stat.S_IFMT(entry.external_attr >> 16) not in {0, stat.S_IFREG}:
        yield f"{name} 不是普通文件"
    if entry.compress_type not in METHODS:
        yield f"{name} 用了 Word 不用的压缩方法"
    if entry.file_size > SMALL and entry.file_size > MOST_RATIO * entry.compress_size:
        yield f"{name} 的压缩比超过 {MOST_RATIO}"
    if RENAMING & set(_fields(entry.extra)):
        yield f"{name} 在压缩包里另有名称或大小"


def _layout_faults(data: bytes, entries: list[zipfile.ZipInfo]) -> Iterator[str]:
    """Entries lie one behind the other, then the directory, then its end: no byte is hidden and none read twice."""
    end = len(data) - END
    size, start = struct.unpack_from("<II", data, end + 12)
    if data[end : end + 4] != b"PK\5\6" or start + size != end:
        yield "压缩包首尾有多余的内容"
    at = 0
    for entry in entries:
        if entry.header_offset != at:
            yield "压缩包的文件之间有空隙或重叠"
        flags, method, _, _, crc, packed, whole, name, extra = struct.unpack_from("<HHHHIIIHH", data, at + 6)
        sizes = (crc, packed, whole) if not flags & DESCRIBED else (entry.CRC, entry.compress_size, entry.file_size)
        if (flags, method, *sizes) != (entry.flag_bits, entry.compress_type, entry.CRC, entry.compress_size, entry.file_size):
            yield f"{entry.filename} 在压缩包里有两种说法"
        if RENAMING & set(_fields(data[at + LOCAL + name : at + LOCAL + name + extra])):
            yield f"{entry.filename} 在压缩包里另有名称或大小"
        at += LOCAL + name + extra + entry.compress_size
        if flags & DESCRIBED:
            at += 16 if data[at : at + 4] == b"PK\7\x08" else 12
    if at != start:
        yield "压缩包的文件之间有空隙或重叠"


def _fields(extra: bytes) -> Iterator[int]:
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        yield kind
        at += 4 + size
