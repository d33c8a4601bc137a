"""A zip written so that the same files make the same bytes, and a foreign one read without believing it; nothing is unpacked to disk."""

from __future__ import annotations

import io
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, Self

from zcfdocs.errors import ZcfError, why
from zcfdocs.sealing.package.directory import STORED, Limits, Member, Refused, read_directory
from zcfdocs.sealing.package.names import clashes, fault, shown
from zcfdocs.sealing.verdict import Check, define, invalid

HARMLESS = define(
    "V400",
    "压缩包可以读取，且无害",
    why="压缩包来自外部：条目过多、解压炸弹、越出文件夹的路径、链接、重名、加密，都可能损害读它的机器，或让两个程序读出两样内容",
    mend="请企业用 zcfdocs pack 重新生成申报包，原样提交，不要解开后再用别的软件压缩",
)
EPOCH = (1980, 1, 1, 0, 0, 0)
MODE = 0o100644 << 16
UNIX = 3
COMPRESSED = frozenset({".pdf", ".jpg", ".jpeg", ".png", ".docx", ".xlsx", ".zip", ".p7s"})
CHUNK = 1 << 20
MOST_FAULTS = 20
IN_MEMORY = 64 << 20

Content = bytes | Path


def write_zip(target: Path | BinaryIO, entries: Iterable[tuple[str, Content]]) -> None:
    """The same bytes for the same names and contents, whatever their order, dates and rights. Raises ZcfError for a name no reader accepts."""
    found = sorted(entries, key=lambda entry: entry[0].encode())
    _require_names([name for name, _ in found])
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in found:
            info = zipfile.ZipInfo(name, EPOCH)
            info.create_system, info.external_attr = UNIX, MODE
            info.compress_type = zipfile.ZIP_STORED if Path(name).suffix.lower() in COMPRESSED else zipfile.ZIP_DEFLATED
            info.file_size = len(content) if isinstance(content, bytes) else content.stat().st_size
            with archive.open(info, "w") as out:
                for block in blocks(content):
                    out.write(block)


def _require_names(names: list[str]) -> None:
    wrong = [(name, why) for name in names if (why := fault(name))] + list(clashes(names))
    for name, why in wrong:
        raise ZcfError(f"文件“{shown(name)}”不能放进申报包：{why}", hint="改用简短的普通文件名，并同时修改方案里对它的引用")


def blocks(content: Content) -> Iterator[bytes]:
    """Piece by piece, whether in memory or on disk."""
    with io.BytesIO(content) if isinstance(content, bytes) else content.open("rb") as file:
        while block := file.read(CHUNK):
            yield block


class Spoiled(Exception):
    """A file of an archive is not what the directory says; the message tells it in Chinese."""


@dataclass(frozen=True, slots=True)
class Archive:
    """A zip that is open; `subject` is how messages call it. Each read is counted against what the directory says."""

    subject: str
    file: BinaryIO
    members: Mapping[str, Member]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    @property
    def names(self) -> tuple[str, ...]:
        """Files, in the order of their names."""
        return tuple(self.members)

    def size(self, name: str) -> int:
        return self.members[name].size

    def chunks(self, name: str) -> Iterator[bytes]:
        """The file's bytes in pieces of at most 1 MB. Raises Spoiled as soon as they are more or other than the directory says."""
        member = self.members[name]
        count = crc = 0
        for block in _unpacked(self.file, member):
            count, crc = count + len(block), zlib.crc32(block, crc)
            if count > member.size:
                raise Spoiled(f"“{shown(name)}”比目录所说的大")
            yield block
        if count != member.size or crc != member.crc:
            raise Spoiled(f"“{shown(name)}”已损坏（CRC 或大小不符）")

    def read(self, name: str, most: int = IN_MEMORY) -> bytes:
        """All of a file of at most `most` bytes; Spoiled where it is larger."""
        if self.size(name) > most:
            raise Spoiled(f"“{shown(name)}”有 {self.size(name)} 字节，超过这类文件的上限 {most} 字节")
        return b"".join(self.chunks(name))

    def open(self, name: str) -> BinaryIO:
        """A copy to seek in, checked, in memory or in a file without a name: a package inside a district's is read so."""
        out = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # the caller closes it
        try:
            for block in self.chunks(name):
                out.write(block)
        except BaseException:
            out.close()
            raise
        out.seek(0)
        return out  # type: ignore[return-value]  # seekable since 3.11


def _unpacked(file: BinaryIO, member: Member) -> Iterator[bytes]:
    left, at = member.packed, member.start
    inflate = None if member.method == STORED else zlib.decompressobj(-zlib.MAX_WBITS)
    rest = b""
    while left or rest:
        if not rest:
            file.seek(at)
            rest = file.read(min(left, CHUNK))
            if not rest:
                raise Spoiled(f"“{shown(member.name)}”不完整")
            at, left = at + len(rest), left - len(rest)
        if inflate is None:
            yield rest
            rest = b""
            continue
        try:
            block = inflate.decompress(rest, CHUNK)
        except zlib.error:
            raise Spoiled(f"“{shown(member.name)}”的压缩数据已损坏") from None
        rest = inflate.unconsumed_tail
        if inflate.unused_data or (inflate.eof and left):
            raise Spoiled(f"“{shown(member.name)}”之后还有别的数据")
        yield block
    while inflate is not None and not inflate.eof:
        block = inflate.decompress(inflate.unconsumed_tail, CHUNK)
        if not block:
            raise Spoiled(f"“{shown(member.name)}”的压缩数据不完整")
        yield block


def open_archive(source: Path | BinaryIO, limits: Limits | None = None, subject: str | None = None) -> Archive | list[Check]:
    """The archive, to be closed by `with`; or why it is not read. ZcfError only where the file itself cannot be opened."""
    name = subject or (source.name if isinstance(source, Path) else "压缩包")
    try:
        file = source.open("rb") if isinstance(source, Path) else source
    except OSError as error:
        raise ZcfError(f"不能读取 {source}：{why(error)}", hint="检查路径和权限") from error
    try:
        members, faults = read_directory(file, limits or Limits())
    except Refused as reason:
        members, faults = [], [str(reason)]
    if not faults:
        return Archive(name, file, MappingProxyType({member.name: member for member in sorted(members, key=lambda member: member.name)}))
    file.close()
    more = [f"另有 {len(faults) - MOST_FAULTS} 处问题"] if len(faults) > MOST_FAULTS else []
    return [invalid(HARMLESS, name, f"不读取此压缩包：{fault}") for fault in (*faults[:MOST_FAULTS], *more)]
