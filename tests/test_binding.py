"""What an evidence file holds is told without writing anything; where it stands in the volume follows from that alone."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFile

from tests import scans
from zcfdocs.binding import glance, look, paginate
from zcfdocs.binding.looking import BROKEN_PDF, CONVERT, ENCRYPTED, OFD
from zcfdocs.binding.pictures import BROKEN_IMAGE, SCALED
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
TO_BE_GLANCED_AT = ("locked.pdf", "restricted.pdf", "rest.pdf", "head.pdf", "half.jpg", "half.png")


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
def test_a_glance_suspects_what_is_locked_or_cut_off(name: str, tmp_path: Path) -> None:
    assert glance(str(put(tmp_path, name, ILL[name][0])))


@pytest.mark.parametrize("after", [b"SEFT" * 1000, bytes(range(255, -1, -1)) * 40])
def test_a_photograph_with_a_cameras_own_data_behind_it_is_no_suspect(after: bytes, tmp_path: Path) -> None:
    path = put(tmp_path, "photo.jpg", scans.jpeg(SMALL) + after)
    assert not glance(str(path))
    assert look(path).pages == 1


def test_a_glance_at_a_modern_pdf_finds_its_lock_in_the_cross_reference_stream(tmp_path: Path) -> None:
    streams = {"object_stream_mode": pikepdf.ObjectStreamMode.generate}
    locked = scans.pdf(encryption=pikepdf.Encryption(owner="o", user="u"), **streams)
    assert b"trailer" not in locked
    assert glance(str(put(tmp_path, "locked.pdf", locked)))
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


def test_a_picture_of_too_many_dots_is_refused_unread(tmp_path: Path) -> None:
    huge = scans.png(Image.new("1", (20_000, 6_000)))
    assert look(put(tmp_path, "huge.png", huge)).reason == "图片超过 10 千万像素的上限；请缩小后再放入"


@pytest.mark.parametrize(("size", "told"), [((2480, 3508), False), ((2600, 3650), True), ((3650, 2600), True), ((600, 9000), False)])
def test_more_than_300_dpi_on_a4_is_told_to_be_scaled(size: tuple[int, int], told: bool, tmp_path: Path) -> None:
    found = look(put(tmp_path, "scan.jpg", scans.jpeg(Image.new("L", size))))
    assert found.notes == ((f"原图 {size[0]}×{size[1]} 像素，已缩至 {SCALED} dpi",) if told else ())


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
