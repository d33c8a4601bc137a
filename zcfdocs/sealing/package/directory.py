"""The directory of a foreign zip, read by rule and not by guess: what two readers might read in two ways is refused."""

from __future__ import annotations

import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from zcfdocs.sealing.package.names import clashes, fault, shown

END, ENTRY, LOCAL = struct.Struct("<4s4H2LH"), struct.Struct("<4s6H3L5H2L"), struct.Struct("<4s5H3L2H")  # APPNOTE 4.3.16, 4.3.12, 4.3.7
LOCATOR, END64 = struct.Struct("<4sLQL"), struct.Struct("<4sQ2H2L4Q")  # 4.3.15, 4.3.14
STORED, DEFLATED = 0, 8
SECRET, DESCRIBED, UTF8 = 0x2041, 0x8, 0x800  # general purpose flags, 4.4.4
UNKNOWN = 0xFFFFFFFF
DESCRIPTOR = 24  # the longest data descriptor, 4.3.9
OTHER_NAME = 0x7075  # an extra field that gives the file a second name, 4.6.9
LARGEST = 8 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What a package may cost its reader; sizes in bytes, `ratio` of unpacked to packed for entries over `small`."""

    entries: int = 5000
    total: int = 2 << 30
    entry: int = 500 << 20
    ratio: int = 200
    small: int = 10 << 20


@dataclass(frozen=True, slots=True)
class Member:
    """A file as the directory describes it; whether it is so shows when it is read. `start` is where its bytes begin."""

    name: str
    method: int
    crc: int
    packed: int
    size: int
    header: int
    start: int


class Refused(Exception):
    """Why an archive cannot be read at all, in Chinese; never leaves the package."""


def read_directory(file: BinaryIO, limits: Limits) -> tuple[list[Member], list[str]]:
    """The files, and what is wrong with single ones. Raises Refused where nothing can be believed."""
    count, size, place = _end(file, limits)
    file.seek(place)
    raw = file.read(size)
    found, faults, at = [], [], 0
    for _ in range(count):
        member, why, at = _entry(raw, at)
        faults += [f"“{shown(member.name)}”{reason}" for reason in why]
        found.append(member)
    if at != size:
        raise Refused("目录的长度与条目不符")
    if faults:
        return [], faults
    placed = list(_placed(file, sorted(found, key=lambda member: member.header), place))
    files = [member for member in placed if not member.name.endswith("/")]
    told = [f"“{shown(name)}”{reason}" for name, reason in clashes(member.name for member in placed)]
    return files, [*told, *_excesses(placed, limits)]


def _end(file: BinaryIO, limits: Limits) -> tuple[int, int, int]:
    """How many entries, how long the directory, where; nothing of the directory is read for it."""
    length = file.seek(0, 2)
    if length < END.size:
        raise Refused("不是 zip 文件")
    file.seek(length - END.size)
    signature, disk, first, here, count, size, place, comment = END.unpack(file.read(END.size))
    if signature != b"PK\5\6" or comment:
        raise Refused("不是 zip 文件，或文件不完整，或末尾附有别的内容")
    whole = _count64(file, length) or count
    if whole > limits.entries:
        raise Refused(f"有 {whole} 个条目，最多 {limits.entries} 个")
    if whole != count or UNKNOWN in (size, place) or disk or first or here != count:
        raise Refused("是 ZIP64 或分卷压缩包")
    if size > LARGEST or place + size != length - END.size:
        raise Refused("目录不在它应在的位置，文件前后或中间有别的内容")
    return count, size, place


def _count64(file: BinaryIO, length: int) -> int | None:
    """Of the ZIP64 record, where there is one: two million entries are told as such."""
    at = length - END.size - LOCATOR.size
    if at < 0:
        return None
    file.seek(at)
    signature, _, place, _ = LOCATOR.unpack(file.read(LOCATOR.size))
    if signature != b"PK\6\7" or place + END64.size > at:
        return None
    file.seek(place)
    values = END64.unpack(file.read(END64.size))
    return int(values[7]) if values[0] == b"PK\6\6" else None


def _entry(raw: bytes, at: int) -> tuple[Member, list[str], int]:
    if at + ENTRY.size > len(raw):
        raise Refused("目录不完整")
    (signature, made, _, flags, method, _, _, crc, packed, size, name_length, extra_length, comment_length, _, _, outer, header) = (
        ENTRY.unpack_from(raw, at)
    )
    at += ENTRY.size
    end = at + name_length + extra_length + comment_length
    if signature != b"PK\1\2" or end > len(raw):
        raise Refused("目录不完整")
    name, legible = _name(raw[at : at + name_length], flags)
    extra = raw[at + name_length : at + name_length + extra_length]
    why = [
        reason
        for reason, holds in (
            ("的名称不是 UTF-8", not legible),
            ("是加密的", bool(flags & SECRET)),
            ("的压缩方法不受支持", method not in (STORED, DEFLATED)),
            ("是链接或设备，不是普通文件", not _plain(made, outer)),
            ("另有一个名称", not _one_name(extra)),
            ("是文件夹却有内容", name.endswith("/") and bool(size or packed)),
        )
        if holds
    ]
    if legible and (found := fault(name.removesuffix("/"))):
        why.append(f"：{found}")
    return Member(name, method, crc, packed, size, header, 0), why, end


def _name(raw: bytes, flags: int) -> tuple[str, bool]:
    try:
        return raw.decode("utf-8" if flags & UTF8 else "ascii"), True
    except UnicodeDecodeError:
        return raw.decode("utf-8", "replace"), False


def _plain(made: int, outer: int) -> bool:
    """A file or a folder by the mode that Unix keeps in the upper half of the attributes, whatever system is said to have made it."""
    return stat.S_IFMT(outer >> 16) in (0, stat.S_IFREG, stat.S_IFDIR)


def _one_name(extra: bytes) -> bool:
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == OTHER_NAME:
            return False
        at += 4 + length
    return at == len(extra)


def _placed(file: BinaryIO, members: list[Member], end: int) -> Iterator[Member]:
    """Each with the place of its bytes; they follow one another without overlap, and nothing lies between that no entry names."""
    free, slack = 0, 0
    for member in members:
        if not free <= member.header <= free + slack:
            raise Refused(f"“{shown(member.name)}”与别的条目重叠，或之前有目录没有列出的内容")
        file.seek(member.header)
        raw = file.read(LOCAL.size)
        if len(raw) < LOCAL.size:
            raise Refused("文件不完整")
        signature, _, flags, method, _, _, crc, packed, size, name_length, extra_length = LOCAL.unpack(raw)
        name, _ = _name(file.read(name_length), flags)
        alike = flags & DESCRIBED or (crc, packed, size) == (member.crc, member.packed, member.size) or UNKNOWN in (packed, size)
        if signature != b"PK\3\4" or flags & SECRET or (name, method) != (member.name, member.method) or not alike:
            raise Refused(f"“{shown(member.name)}”在目录里和在文件里说法不同")
        start = member.header + LOCAL.size + name_length + extra_length
        free, slack = start + member.packed, DESCRIPTOR if flags & DESCRIBED else 0
        yield Member(member.name, method, member.crc, member.packed, member.size, member.header, start)
    if not free <= end <= free + slack:
        raise Refused("条目越出文件，或之后有目录没有列出的内容")


def _excesses(members: list[Member], limits: Limits) -> Iterator[str]:
    for member in members:
        if member.size > limits.entry:
            yield f"“{shown(member.name)}”解压后 {member.size} 字节，最多 {limits.entry} 字节"
        if member.method == STORED and member.size != member.packed:
            yield f"“{shown(member.name)}”的大小前后不一"
        if member.size > limits.small and member.size > member.packed * limits.ratio:
            yield f"“{shown(member.name)}”压缩率超过 {limits.ratio} 倍，是解压炸弹"
    if (total := sum(member.size for member in members)) > limits.total:
        yield f"全部解压后 {total} 字节，最多 {limits.total} 字节"
    elif total > 10 * limits.small and total > sum(member.packed for member in members) * limits.ratio:
        yield f"总的压缩率超过 {limits.ratio} 倍，是解压炸弹"
