"""Archives: written alike by everyone, and hostile ones refused with their reason, in little time and memory."""

from __future__ import annotations

import contextlib
import io
import os
import struct
import subprocess
import sys
import time
import tracemalloc
import warnings
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zcfdocs.errors import ZcfError
from zcfdocs.sealing.package.archive import Archive, Spoiled, open_archive, write_zip
from zcfdocs.sealing.package.directory import END, Limits
from zcfdocs.sealing.package.names import clashes, fault
from zcfdocs.sealing.verdict import Verdict

FILES: dict[str, bytes] = {"包/data/方案.md": "零碳".encode() * 5000, "包/data/证.pdf": bytes(range(256)) * 40, "包/bagit.txt": b"x"}
Write = Callable[[zipfile.ZipFile], None]


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    write_zip(out, files.items())
    return out.getvalue()


def made(write: Write, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip as any other program might write it."""
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", compression) as archive:
        warnings.simplefilter("ignore")
        write(archive)
    return out.getvalue()


def told(data: bytes, limits: Limits | None = None) -> str:
    found = open_archive(io.BytesIO(data), limits, "包.zip")
    assert not isinstance(found, Archive), "was opened"
    assert {(check.code, check.subject, check.verdict) for check in found} == {("V400", "包.zip", Verdict.INVALID)}
    return "\n".join(check.message for check in found)


def archive(data: bytes, limits: Limits | None = None) -> Archive:
    found = open_archive(io.BytesIO(data), limits)
    assert isinstance(found, Archive), found
    return found


# Written ---------------------------------------------------------------------


def test_the_same_files_make_the_same_bytes_whatever_their_order_dates_and_rights(tmp_path: Path) -> None:
    paths: dict[str, bytes | Path] = {}
    for name, data in FILES.items():
        path = tmp_path / str(len(paths))
        path.write_bytes(data)
        paths[name] = path
    one, two, three = io.BytesIO(), io.BytesIO(), io.BytesIO()
    write_zip(one, paths.items())
    for at in range(len(paths)):
        os.utime(tmp_path / str(at), (at, at))
        (tmp_path / str(at)).chmod(0o600)
    write_zip(two, reversed(paths.items()))
    write_zip(three, FILES.items())
    assert one.getvalue() == two.getvalue() == three.getvalue()


def test_other_readers_agree(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped(FILES))
    with zipfile.ZipFile(tmp_path / "a.zip") as other:
        assert other.testzip() is None
        assert {name: other.read(name) for name in other.namelist()} == FILES
        assert other.namelist() == sorted(FILES, key=str.encode)
        assert {item.date_time for item in other.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert other.getinfo("包/data/证.pdf").compress_type == zipfile.ZIP_STORED
        assert all(item.flag_bits & 0x800 for item in other.infolist())


@pytest.mark.parametrize("name", ["../x", "a\\b", "/x", "抵消60%.pdf", "con.pdf", "a:b"])
def test_a_name_no_reader_accepts_is_told_when_packing(name: str) -> None:
    with pytest.raises(ZcfError, match="不能放进"):
        zipped({name: b""})


def test_two_names_that_differ_by_case_are_told_when_packing() -> None:
    with pytest.raises(ZcfError, match="大小写"):
        zipped({"证.PDF": b"", "证.pdf": b""})


NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.builds("/".join, st.lists(NAMES, min_size=1, max_size=3)), st.binary(max_size=3000), max_size=6))
def test_whatever_may_be_packed_is_read_back(files: dict[str, bytes]) -> None:
    names = [name for name in files if fault(name) is None]
    clash = {name for name, _ in clashes(names)}
    files = {name: files[name] for name in names if name not in clash}
    with archive(zipped(files)) as found:
        assert {name: found.read(name) for name in found.names} == files
        for name in found.names:
            with found.open(name) as copy:
                assert copy.read() == files[name]


# Hostile ---------------------------------------------------------------------


def named(name: str) -> Write:
    def write(out: zipfile.ZipFile) -> None:
        info = zipfile.ZipInfo("x" * len(name.encode()))
        info.filename = name
        out.writestr(info, b"data")

    return write


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../../etc/passwd", ".."),
        ("a/../b", ".."),
        ("/etc/passwd", "绝对路径"),
        ("C:/x", "绝对路径"),
        ("a\\b", "反斜杠"),
        ("..\\b", "反斜杠"),
        ("a\nb", "控制字符"),
        ("a\u202efdp.exe", "控制字符"),
        ("e\u0301.pdf", "NFC"),
        ("a//b", "空的"),
        ("./a", ".."),
        ("a.", "结尾"),
        ("NUL.txt", "Windows"),
        ("ab:stream", "Windows"),
        ("x" * 300, "过长"),
        ("/".join("a" * 30), "层"),
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(name: str, reason: str) -> None:
    assert reason in told(made(named(name)))


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (("a", "a"), "重复"),
        (("a.pdf", "A.PDF"), "大小写"),
        (("ﬁ", "FI"), "大小写"),
        (("a", "a/b"), "既是文件又是文件夹"),
        (("a/b", "A"), "既是文件又是文件夹"),
    ],
)
def test_two_names_for_one_file_are_refused(names: tuple[str, ...], reason: str) -> None:
    def write(out: zipfile.ZipFile) -> None:
        for name in names:
            out.writestr(name, name)

    assert reason in told(made(write))


@pytest.mark.parametrize("mode", [0o120777, 0o020666, 0o060666, 0o010666, 0o140666])
def test_links_and_devices_are_refused(mode: int) -> None:
    def write(out: zipfile.ZipFile) -> None:
        info = zipfile.ZipInfo("link")
        info.create_system = 3
        info.external_attr = mode << 16
        out.writestr(info, "/etc/passwd")

    assert "链接或设备" in told(made(write))


def patched(data: bytes, at: int, value: bytes) -> bytes:
    return data[:at] + value + data[at + len(value) :]


def central(data: bytes) -> int:
    return int(END.unpack(data[-END.size :])[6])


def test_encryption_is_refused() -> None:
    data = made(lambda out: out.writestr("a", b"a"))
    data = patched(patched(data, 6, b"\1\0"), central(data) + 8, b"\1\0")
    assert "加密" in told(data)


def test_another_compression_is_refused() -> None:
    assert "压缩方法" in told(made(lambda out: out.writestr("a", b"a" * 99), zipfile.ZIP_LZMA))


def test_a_name_in_an_unknown_encoding_is_refused() -> None:
    data = made(lambda out: out.writestr("abcd", b"a"))
    gbk = "方案".encode("gbk")
    data = patched(patched(data, 30, gbk), central(data) + 46, gbk)
    assert "UTF-8" in told(data)


def test_a_name_told_differently_in_two_places_is_refused() -> None:
    data = made(lambda out: out.writestr("abcd", b"a"))
    assert "说法不同" in told(patched(data, 30, b"evil"))


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"#!/bin/sh\n" + data,
        lambda data: data + b"more",
        lambda data: data[:-1],
        lambda data: data[: len(data) // 2],
        lambda data: b"",
        lambda data: b"PK\5\6",
        lambda data: b"%PDF-1.7" + bytes(100),
        lambda data: data[: central(data)] + b"hidden" + data[central(data) :],
        lambda data: patched(data, len(data) - 14, struct.pack("<2H", 1, 1)),
        lambda data: patched(data, len(data) - 14, struct.pack("<2H", 9, 9)),
    ],
)
def test_what_is_no_whole_zip_is_refused(change: Callable[[bytes], bytes]) -> None:
    assert "不读取此压缩包" in told(change(zipped(FILES)))


def entry(name: bytes, header: int, packed: bytes, size: int, crc: int) -> bytes:
    return struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 8, 33, crc, len(packed), size, len(name), 0, 0, 0, 0, 0, header) + name


def assembled(body: bytes, entries: list[bytes]) -> bytes:
    whole = b"".join(entries)
    return body + whole + END.pack(b"PK\5\6", 0, 0, len(entries), len(entries), len(whole), len(body), 0)


def overlapping(count: int) -> bytes:
    """As in David Fifield's "A better zip bomb": many entries, one kernel."""
    data = bytes(1 << 20)
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = squeeze.compress(data) + squeeze.flush()
    crc = zlib.crc32(data)
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 33, crc, len(packed), len(data), 4, 0) + b"aaaa"
    return assembled(local + packed, [entry(b"%04d" % at, 0, packed, len(data), crc) for at in range(count)])


def test_overlapping_entries_are_refused() -> None:
    assert "重叠" in told(overlapping(500)) or "说法不同" in told(overlapping(500))


def test_the_same_header_twice_is_refused() -> None:
    data = made(lambda out: out.writestr("aaaa", b"a"))
    at = central(data)
    directory = data[at : -END.size]
    assert "重叠" in told(assembled(data[:at], [directory, directory]))


def bomb(size: int) -> bytes:
    return made(lambda out: out.writestr("bomb", bytes(size)))


def test_a_bomb_is_refused_by_its_ratio() -> None:
    assert "解压炸弹" in told(bomb(64 << 20))


def test_a_bomb_that_lies_about_its_size_is_stopped_while_reading() -> None:
    data = bomb(64 << 20)
    at = central(data)
    lying = patched(patched(data, 22, struct.pack("<L", 1000)), at + 24, struct.pack("<L", 1000))
    tracemalloc.start()
    with archive(lying) as found, pytest.raises(Spoiled, match="比目录所说的大"):
        found.read("bomb")
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()


def test_sizes_are_limited_one_by_one_and_together() -> None:
    rows = os.urandom(3000)
    data = zipped({f"{at}": rows for at in range(4)})
    assert "最多 2000 字节" in told(data, Limits(entry=2000))
    assert "全部解压后 12000 字节" in told(data, Limits(total=11999))
    with archive(data, Limits(total=12000)) as found, pytest.raises(Spoiled, match="上限"):
        found.read("0", most=2999)


def test_damage_shows_when_a_file_is_read() -> None:
    data = zipped(FILES)
    pdf = FILES["包/data/证.pdf"]
    at = data.index(pdf)
    with archive(patched(data, at + 7, b"\xff")) as found, pytest.raises(Spoiled, match="CRC"):
        found.read("包/data/证.pdf")
    for place in range(60, 120, 7):
        hurt = patched(data, place, bytes([data[place] ^ 0x55]))
        opened = open_archive(io.BytesIO(hurt))
        if isinstance(opened, Archive):
            with opened, pytest.raises(Spoiled):
                _ = [opened.read(name) for name in opened.names]


def million() -> bytes:
    """A directory of 10⁶ entries, ZIP64 as it then must be."""
    count = 1_000_000
    whole = entry(b"a", 0, b"", 0, 0) * count
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(whole), 0)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(whole), 1)
    return whole + end64 + locator + END.pack(b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, len(whole), 0, 0)


def test_a_million_entries_are_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "million.zip"
    path.write_bytes(million())
    tracemalloc.start()
    begun = time.perf_counter()
    found = open_archive(path)
    spent, peak = time.perf_counter() - begun, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(found, list)
    assert "1000000 个条目" in found[0].message
    assert spent < 0.2
    assert peak < 1 << 20


def test_a_million_entries_behind_a_lie_are_refused_at_once() -> None:
    """The end says one entry, or 65535 of a directory that holds a million."""
    whole = entry(b"a", 0, b"", 0, 0) * 1_000_000
    for count in (1, 0xFFFF):
        data = whole + END.pack(b"PK\5\6", 0, 0, count, count, len(whole), 0, 0)
        begun = time.perf_counter()
        told(data)
        assert time.perf_counter() - begun < 0.5


def test_five_thousand_entries_are_read_and_one_more_is_not() -> None:
    files = {f"{at}": b"" for at in range(5000)}
    with archive(zipped(files)) as found:
        assert len(found.names) == 5000
    assert "5001 个条目" in told(zipped(files | {"x": b""}))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_change_of_a_few_bytes_makes_the_reader_stumble(data: st.DataObject) -> None:
    raw = bytearray(zipped(FILES))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    found = open_archive(io.BytesIO(bytes(raw)))
    if isinstance(found, Archive):
        with found:
            for name in found.names:
                with contextlib.suppress(Spoiled):
                    assert found.read(name) == FILES.get(name, b"")


def test_a_folder_of_its_own_is_no_file() -> None:
    def write(out: zipfile.ZipFile) -> None:
        out.mkdir("a")
        out.writestr("a/b", b"c")

    with archive(made(write)) as found:
        assert found.names == ("a/b",)


def test_a_zip_of_another_program_is_read(tmp_path: Path) -> None:
    """Written to a pipe: sizes stand behind the data."""
    code = "import sys, zipfile\nwith zipfile.ZipFile(sys.stdout.buffer, 'w', 8) as out:\n    out.writestr('甲', 'a' * 999)\n    out.writestr('乙', 'b')"
    data = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout
    with archive(data) as found:
        assert {name: len(found.read(name)) for name in found.names} == {"乙": 1, "甲": 999}


def test_a_file_that_is_not_there_is_an_impossible_environment(tmp_path: Path) -> None:
    with pytest.raises(ZcfError, match="不能读取"):
        open_archive(tmp_path / "none.zip")
