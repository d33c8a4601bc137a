"""What an evidence file holds is told without writing anything; where it stands in the volume follows from that alone."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFile

from tests import scans
from zcfdocs.binding import Look, glance, look, paginate
from zcfdocs.binding.glancing import CUT_JPEG, CUT_PDF, CUT_PNG, LOCKED, Doubt
from zcfdocs.binding.looking import BROKEN_PDF, CONVERT, ENCRYPTED, OFD
from zcfdocs.binding.papers import SCALED
from zcfdocs.binding.pictures import BROKEN_IMAGE
from zcfdocs.evidence import survey
from zcfdocs.store import sha256

SMALL = scans.quarters((80, 60))


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.xml", "<a/>")
    return out.getvalue()


def encrypted(user: str) -> bytes:
    return scans.pdf(encryption=pikepdf.Encryption(owner="owner", user=user, allow=pikepdf.Permissions(extract=False)))


def attached() -> bytes:
    document = scans.document_of()
    document.attachments["a.txt"] = b"a"
    return scans.data_of(document)


def damaged() -> bytes:
    """Its cross-reference table is gone; viewers repair such files, and so do we, but say so."""
    whole = scans.pdf([{}, {}], object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return whole[: whole.rindex(b"startxref")] + b"startxref\n7\n%%EOF\n"


def childless() -> bytes:
    """One of its pages is not there."""
    whole = scans.pdf([{}, {}], object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert b"/Kids [ 3 0 R" in whole
    return whole.replace(b"/Kids [ 3 0 R", b"/Kids [ null ")


def bomb() -> bytes:
    """A page whose drawing commands unpack to far more than a page can need."""
    document = scans.document_of()
    packed = pikepdf.Stream(document, b"q Q\n" * (40 << 20))
    document.pages[0].obj.Contents = document.make_indirect(packed)
    return scans.data_of(document)


WELL = {
    "two.pdf": (scans.pdf([{}, {}]), 2),
    "signed.pdf": (scans.signed(), 1),
    "photo.jpg": (scans.jpeg(SMALL), 1),
    "photo.jpeg": (scans.jpeg(SMALL.convert("CMYK")), 1),
    "grey.png": (scans.sixteen_bits((40, 30), 0), 1),
    "woven.png": (scans.interlaced(SMALL), 1),
    "clear.png": (scans.png(SMALL.convert("RGBA")), 1),
}
ILL = {
    "locked.pdf": (encrypted("secret"), ENCRYPTED),
    "restricted.pdf": (encrypted(""), ENCRYPTED),
    "rest.pdf": (b"%PDF-1.7\n" + bytes(3000), BROKEN_PDF),
    "head.pdf": (b"%PDF-", BROKEN_PDF),
    "none.pdf": (scans.pdf([]), BROKEN_PDF),
    "pageless.pdf": (scans.pdf([]).replace(b"/Count 0", b"/Count 1"), BROKEN_PDF),
    "half.jpg": (scans.jpeg(scans.noise((400, 300)))[:9000], BROKEN_IMAGE),
    "half.png": (scans.png(scans.noise((400, 300)))[:3000], BROKEN_IMAGE),
    "table.xlsx": (zipped(), CONVERT),
    "letter.docx": (zipped(), CONVERT),
    "old.doc": (b"\xd0\xcf\x11\xe0" + bytes(600), CONVERT),
    "invoice.ofd": (zipped(), OFD),
}
TO_BE_GLANCED_AT = {
    "locked.pdf": LOCKED,
    "restricted.pdf": LOCKED,
    "rest.pdf": CUT_PDF,
    "head.pdf": CUT_PDF,
    "half.jpg": CUT_JPEG,
    "half.png": CUT_PNG,
}


def put(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("name", WELL)
def test_a_sound_file_has_its_pages_and_no_reason(name: str, tmp_path: Path) -> None:
    data, pages = WELL[name]
    path = put(tmp_path, name, data)
    found = look(path)
    assert (found.pages, found.reason) == (pages, "")
    assert not glance(str(path))


@pytest.mark.parametrize("name", ILL)
def test_what_cannot_be_bound_has_its_reason_and_no_pages(name: str, tmp_path: Path) -> None:
    data, reason = ILL[name]
    found = look(put(tmp_path, name, data))
    assert (found.pages, found.reason) == (0, reason)


def test_a_cut_picture_is_broken_even_after_a_library_asked_to_be_lenient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    assert look(put(tmp_path, "half.jpg", ILL["half.jpg"][0])).reason == BROKEN_IMAGE
    assert ImageFile.LOAD_TRUNCATED_IMAGES


@pytest.mark.parametrize("name", TO_BE_GLANCED_AT)
def test_a_glance_tells_what_is_locked_from_what_is_cut_off(name: str, tmp_path: Path) -> None:
    assert glance(str(put(tmp_path, name, ILL[name][0]))) == TO_BE_GLANCED_AT[name]


def test_a_picture_is_not_said_to_be_a_pdf_or_encrypted() -> None:
    for doubt in (CUT_JPEG, CUT_PNG):
        assert "PDF" not in doubt.what + doubt.mend
        assert "加密" not in doubt.what + doubt.mend
    assert "加密" not in CUT_PDF.what + CUT_PDF.mend


@pytest.mark.parametrize("after", [b"SEFT" * 1000, bytes(range(255, -1, -1)) * 40])
def test_a_photograph_with_a_cameras_own_data_behind_it_is_no_suspect(after: bytes, tmp_path: Path) -> None:
    path = put(tmp_path, "photo.jpg", scans.jpeg(SMALL) + after)
    assert not glance(str(path))
    assert look(path).pages == 1


def test_a_glance_at_a_modern_pdf_finds_its_lock_in_the_cross_reference_stream(tmp_path: Path) -> None:
    streams = {"object_stream_mode": pikepdf.ObjectStreamMode.generate}
    locked = scans.pdf(encryption=pikepdf.Encryption(owner="o", user="u"), **streams)
    assert b"trailer" not in locked
    assert glance(str(put(tmp_path, "locked.pdf", locked))) == LOCKED
    assert not glance(str(put(tmp_path, "plain.pdf", scans.pdf(**streams))))


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (scans.signed(), "原文件带电子签名，本册只有签章的图样，验签请用原文件"),
        (attached(), "原文件另带附件 1 个，未收入本册"),
        (damaged(), "原文件结构有损，按可读的部分装订，请核对是否齐全"),
        (childless(), "原文件结构有损，按可读的部分装订，请核对是否齐全"),
    ],
)
def test_what_the_volume_does_not_carry_over_is_noted(
    data: bytes, note: str, tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    assert look(put(tmp_path, "a.pdf", data)).notes == (note,)
    assert (capfd.readouterr(), caplog.records) == (("", ""), [])


def test_a_plain_file_has_nothing_to_note(tmp_path: Path) -> None:
    assert look(put(tmp_path, "a.pdf", scans.pdf())).notes == ()


def test_a_page_that_unpacks_to_too_much_is_refused_by_its_number(tmp_path: Path) -> None:
    path = put(tmp_path, "bomb.pdf", bomb())
    assert path.stat().st_size < 1 << 20
    assert look(path).reason == "PDF 第 1 页已损坏或展开后过大"


def claiming(data: bytes, width: int, height: int) -> bytes:
    """A picture whose header says that it is of this size."""
    if data.startswith(b"\x89PNG"):
        header = data[12:16] + width.to_bytes(4, "big") + height.to_bytes(4, "big") + data[24:29]
        return data[:12] + header + zlib.crc32(header).to_bytes(4, "big") + data[33:]
    at = next(at for kind in (b"\xff\xc0", b"\xff\xc2") if (at := data.find(kind)) >= 0)
    return data[: at + 5] + height.to_bytes(2, "big") + width.to_bytes(2, "big") + data[at + 9 :]


JPEG, PNG = scans.jpeg(SMALL), scans.png(SMALL)
PROGRESSIVE, CMYK = scans.jpeg(SMALL, progressive=True), scans.jpeg(SMALL.convert("CMYK"), progressive=True)
TOO_LARGE = [
    ("a.jpg", claiming(JPEG, 20_001, 20_000), "4 亿像素，超过这种图片 4 亿像素"),
    ("a.jpg", claiming(JPEG, 30_000, 20_000), "6 亿像素，超过这种图片 4 亿像素"),
    ("a.jpg", claiming(PROGRESSIVE, 15_000, 10_100), "1.51 亿像素，超过这种图片 1.5 亿像素"),
    ("a.jpg", claiming(CMYK, 15_000, 10_000), "1.5 亿像素，超过这种图片 0.75 亿像素"),
    ("a.png", claiming(PNG, 15_000, 10_100), "1.51 亿像素，超过这种图片 1.5 亿像素"),
    ("a.png", claiming(PNG, 5_000, 16_000), "0.8 亿像素，超过这种图片 0.75 亿像素"),
    ("a.png", claiming(scans.png(SMALL.convert("1")), 25_000, 20_000), "5 亿像素，超过这种图片 4 亿像素"),
]


@pytest.mark.parametrize(("name", "data", "said"), TOO_LARGE)
def test_a_picture_of_too_many_dots_is_refused_unread_and_the_check_warns_of_it(name: str, data: bytes, said: str, tmp_path: Path) -> None:
    path = put(tmp_path, name, data)
    assert look(path).reason == f"图片有 {said}的上限；请缩小或降低扫描分辨率后再放入"
    assert glance(str(path)) == Doubt(f"不能装订：有 {said}的上限", "请缩小或降低扫描分辨率后再放入")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jpg", claiming(JPEG, 20_000, 20_000)),
        ("a.jpg", claiming(JPEG, 9_933, 14_043)),
        ("a.png", claiming(PNG, 9_933, 14_043)),  # A2 at 600 dpi
        ("a.png", claiming(scans.png(SMALL.convert("1")), 14_043, 19_866)),  # A1 at 600 dpi, a drawing
    ],
)
def test_a_scan_of_600_dpi_is_not_too_large(name: str, data: bytes, tmp_path: Path) -> None:
    path = put(tmp_path, name, data)
    assert glance(str(path)) is None
    assert look(path).reason in ("", BROKEN_IMAGE)  # it was read, and claims more dots than it has


def test_a_picture_file_of_too_many_bytes_is_refused_and_the_check_warns_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zcfdocs.binding.heads.MOST_BYTES", 2_000_000)
    path = put(tmp_path, "a.jpg", JPEG + b"SEFT" * 600_000 + b"\xff\xd9")
    assert look(path).reason == "图片文件有 2 MB，超过 2 MB 的上限；请缩小或降低扫描分辨率后再放入"
    assert glance(str(path)) is not None


def test_a_scan_of_108_million_dots_is_scaled(tmp_path: Path) -> None:
    path = put(tmp_path, "a.jpg", scans.jpeg(Image.new("L", (12_000, 9_000), 200)))
    assert look(path) == Look(1, notes=(f"原图 12000×9000 像素，在 A4 页上已缩至 {SCALED} dpi",))
    assert glance(str(path)) is None


@pytest.mark.parametrize(("size", "told"), [((2480, 3508), False), ((2600, 3650), True), ((3650, 2600), True), ((600, 9000), False)])
def test_more_than_300_dpi_on_a4_is_told_to_be_scaled(size: tuple[int, int], told: bool, tmp_path: Path) -> None:
    found = look(put(tmp_path, "scan.jpg", scans.jpeg(Image.new("L", size))))
    assert found.notes == ((f"原图 {size[0]}×{size[1]} 像素，在 A4 页上已缩至 {SCALED} dpi",) if told else ())


A3_300 = (3508, 4961)
SCALED_A3 = f"原图 7016×9921 像素，在 A3 页上已缩至 {SCALED} dpi"
A2 = "原件约 420×594 毫米，缩印于 A3 页"


@pytest.mark.parametrize("make", [scans.jpeg, scans.png])
@pytest.mark.parametrize(
    ("size", "dpi", "notes"),
    [
        (A3_300, 300, ()),
        ((7016, 9921), 600, (SCALED_A3,)),
        ((3308, 4677), 200, (A2,)),
        ((7015, 9921), 424, (A2, f"原图 7015×9921 像素，在 A3 页上已缩至 {SCALED} dpi，按原件计为 141 dpi")),
        (A3_300, 72, (f"原图 3508×4961 像素，在 A4 页上已缩至 {SCALED} dpi",)),  # no scanner's density
    ],
)
def test_a_scan_is_judged_by_the_size_its_own_dpi_gives_it(
    make: Any, size: tuple[int, int], dpi: int, notes: tuple[str, ...], tmp_path: Path
) -> None:
    name = "a.jpg" if make is scans.jpeg else "a.png"
    assert look(put(tmp_path, name, make(Image.new("L", size), dpi=(dpi, dpi)))).notes == notes


def test_a_photographs_dpi_says_nothing_of_its_size(tmp_path: Path) -> None:
    tags = Image.Exif()
    tags.get_ifd(0x8769)[0x829A] = 0.01  # the time it was exposed
    out = io.BytesIO()
    Image.new("L", (4000, 3000)).save(out, "JPEG", exif=tags, dpi=(240, 240))
    assert look(put(tmp_path, "a.jpg", out.getvalue())).notes == (f"原图 4000×3000 像素，在 A4 页上已缩至 {SCALED} dpi",)


def test_a_link_is_neither_looked_at_nor_glanced_at(tmp_path: Path) -> None:
    target = put(tmp_path, "real.pdf", scans.pdf())
    link = tmp_path / "link.pdf"
    link.symlink_to(target)
    assert look(link).reason == BROKEN_PDF
    assert not glance(str(link))


POOL = {
    "one.pdf": scans.pdf(),
    "same.pdf": scans.pdf(),
    "three.pdf": scans.pdf([{}, {}, {}]),
    "photo.jpg": scans.jpeg(SMALL),
    "half.jpg": ILL["half.jpg"][0],
    "table.xlsx": zipped(),
    "empty.pdf": b"",
    "unlike.pdf": b"no such thing",
}
PAGES = {"one.pdf": 1, "same.pdf": 1, "three.pdf": 3, "photo.jpg": 1}


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pool")
    for name, data in POOL.items():
        put(folder, name, data)
    return folder


@given(names=st.lists(st.sampled_from([*POOL, "missing.pdf", "../outside.pdf"]), max_size=12))
def test_pages_follow_one_another_without_gap_and_the_same_bytes_stand_once(pool: Path, names: list[str]) -> None:
    items = [scans.item(f"e{number}", name) for number, name in enumerate(names)]
    plan = scans.WORKED.plan.model_copy(update={"evidence": tuple(items)})
    found = paginate(items, survey(plan, pool), pool)
    assert [bound.id for bound in found] == [item.id for item in items]
    after, first_of = 1, {}
    for name, bound in zip(names, found, strict=True):
        assert bool(bound.reason) == (name not in PAGES)
        if bound.reason:
            assert (bound.first, bound.last, bound.span) == (0, 0, "")
            assert bound.sha256 == (sha256(pool / name) or "" if name in POOL else "")
            continue
        assert bound.sha256 == sha256(pool / name)
        if (earlier := first_of.get(bound.sha256)) is not None:
            assert (bound.same_as, bound.first, bound.last) == (earlier.id, earlier.first, earlier.last)
            continue
        first_of[bound.sha256] = bound
        assert not bound.same_as
        assert (bound.first, bound.last) == (after, after + PAGES[name])
        after = bound.last + 1


def test_an_item_named_twice_in_the_list_stands_once(pool: Path) -> None:
    items = [scans.item("a", "one.pdf"), scans.item("a", "three.pdf")]
    found = paginate(items, survey(scans.WORKED.plan.model_copy(update={"evidence": tuple(items)}), pool), pool)
    assert [(bound.id, bound.first, bound.last) for bound in found] == [("a", 1, 2)]


def test_every_plain_file_has_its_checksum_whatever_is_in_it(pool: Path) -> None:
    (pool / "notes.txt").write_bytes(b"of no accepted type")
    names = ["half.jpg", "table.xlsx", "empty.pdf", "unlike.pdf", "notes.txt"]
    items = [scans.item(name, name) for name in names]
    found = paginate(items, survey(scans.WORKED.plan.model_copy(update={"evidence": tuple(items)}), pool), pool)
    assert all(bound.reason for bound in found)
    assert [bound.sha256 for bound in found] == [hashlib.sha256((pool / name).read_bytes()).hexdigest() for name in names]
