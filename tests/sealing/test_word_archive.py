"""A zip file that is more or other than its entries is no Word file."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from zcfdocs.errors import ZcfError
from zcfdocs.sealing.word import archive

PLAIN = archive.pack({"a.xml": b"<a/>" * 9, "b/c.xml": b"<c/>"})


def zipped(*names: str, content: bytes = b"x", mode: int = 0o100600, method: int = zipfile.ZIP_DEFLATED, extra: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name in names:
            info = zipfile.ZipInfo(name, archive.DAY)
            info.compress_type, info.external_attr, info.extra = method, mode << 16, extra
            made.writestr(info, content)
    return out.getvalue()


def flagged(data: bytes, flag: int) -> bytes:
    """Both records of the only entry."""
    at = data.rindex(b"PK\1\2")
    changed = bytearray(data)
    for place in (6, at + 8):
        changed[place] |= flag
    return bytes(changed)


def streamed() -> bytes:
    """As programs write that do not go back: the sizes follow the data."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.held = b""

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            new = bytes(data)  # type: ignore[call-overload]
            self.held += new
            return len(new)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a.xml", b"<a/>")
        made.writestr("b.xml", b"<b/>")
    return pipe.held


def test_what_was_packed_unpacks() -> None:
    assert archive.unpack(PLAIN) == {"a.xml": b"<a/>" * 9, "b/c.xml": b"<c/>"}
    assert archive.unpack(streamed()) == {"a.xml": b"<a/>", "b.xml": b"<b/>"}
    assert archive.pack(archive.unpack(PLAIN)) == PLAIN


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "已损坏"),
        (PLAIN[:-30], "已损坏"),
        (b"MZ" + PLAIN, "首尾"),
        (PLAIN + b"x", "首尾"),
        (PLAIN[:-2] + b"\x01\x00x", "首尾"),
        (zipped("../a.xml"), "不是部件名"),
        (zipped("/a.xml"), "不是部件名"),
        (zipped("a//b.xml"), "不是部件名"),
        (zipped("a\\b.xml"), "不是部件名"),
        (zipped("a/./b.xml"), "不是部件名"),
        (zipped("a/"), "不是部件名"),
        (zipped("c:a"), "不是部件名"),
        (zipped("文.xml"), "不是部件名"),
        (zipped("a%2e.xml"), "不是部件名"),
        (zipped("a.xml", "A.xml"), "重复"),
        (zipped("a.xml", mode=0o120777), "不是普通文件"),
        (zipped("a.xml", mode=0o040700), "不是普通文件"),
        (zipped("a.xml", method=zipfile.ZIP_BZIP2), "压缩方法"),
        (zipped("a.xml", extra=struct.pack("<HH", 0x7075, 4) + b"\1abc"), "另有名称"),
        (zipped("a.xml", content=bytes(3 << 20)), "压缩比"),
        (zipped(*(f"{number}.xml" for number in range(2001))), "超过 2000 个"),
        (flagged(zipped("a.xml"), 0x1), "已加密"),
    ],
)  # fmt: skip
def test_what_is_not_plain_is_refused_with_its_reason(data: bytes, words: str) -> None:
    with pytest.raises(ZcfError, match=words) as told:
        archive.unpack(data)
    assert told.value.hint


def test_too_much_is_refused_before_it_is_unpacked() -> None:
    data = bytearray(zipped("a.xml"))
    at = bytes(data).rindex(b"PK\1\2")
    struct.pack_into("<I", data, at + 24, 300 << 20)
    with pytest.raises(ZcfError, match="超过 200 MB"):
        archive.unpack(bytes(data))


def test_bytes_between_entries_are_refused() -> None:
    at = PLAIN.rindex(b"PK\1\2", 0, PLAIN.rindex(b"PK\1\2"))
    end = bytearray(PLAIN[:at] + b"hidden" + PLAIN[at:])
    struct.pack_into("<I", end, len(end) - 6, at + 6)
    with pytest.raises(ZcfError, match="空隙"):
        archive.unpack(bytes(end))


def test_two_sizes_of_one_entry_are_refused() -> None:
    data = bytearray(PLAIN)
    struct.pack_into("<I", data, 22, 5)
    with pytest.raises(ZcfError, match="两种说法"):
        archive.unpack(bytes(data))
