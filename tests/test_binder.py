"""佐证材料.pdf as its reader finds it: each item behind its divider, at the page the indexes name, looking as the original does."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageChops, ImageOps, ImageStat

from tests import scans
from tests.test_binding import ILL
from zcfdocs.binding import look
from zcfdocs.binding.looking import CONVERT, ENCRYPTED
from zcfdocs.binding.papers import OVERSIZED, SCALED
from zcfdocs.cli import app
from zcfdocs.dossier import Dossier
from zcfdocs.errors import ZcfError
from zcfdocs.printing.binder import Count, bind, count_of
from zcfdocs.printing.binder.leaves import write_leaves
from zcfdocs.printing.binder.sheet import A3, A4, FOOT, SIDE
from zcfdocs.store import sha256

SMALL = scans.quarters((160, 120))
GREY = scans.quarters((160, 120), "L")


def see_through(image: Image.Image) -> Image.Image:
    """Its left half is transparent."""
    clear = image.convert("RGBA")
    clear.paste((0, 0, 0, 0), (0, 0, image.width // 2, image.height))
    return clear


def leaves(folder: Path, name: str, data: bytes, first: int = 1) -> tuple[bytes, tuple[str, ...]]:
    """A file's sheets as a PDF, and what is to be told of them."""
    source = folder / name
    source.write_bytes(data)
    target = folder / "leaves.pdf"
    notes = write_leaves(source, first, look(source).pages, target)
    return target.read_bytes(), notes


def drawn(data: bytes, index: int = 0, **more: Any) -> Image.Image:
    page = pypdfium2.PdfDocument(data)[index]
    return page.render(scale=1, **more).to_pil().convert("RGB")


def framed(sheet: Image.Image, original: tuple[int, int]) -> Image.Image:
    """What stands in the frame of a sheet, brought back to the size of the original."""
    width, height = sheet.size
    scale = min((width - 2 * SIDE) / original[0], (height - SIDE - FOOT) / original[1])
    x, y = (width - scale * original[0]) / 2, SIDE + (height - SIDE - FOOT - scale * original[1]) / 2
    return sheet.crop((round(x), round(y), round(x + scale * original[0]), round(y + scale * original[1]))).resize(original)


def coarse(image: Image.Image) -> Image.Image:
    """Without the dots of a raster."""
    return image.convert("RGB").resize((20, 15), Image.Resampling.BOX)


def sole(data: bytes) -> tuple[tuple[int, int], bytes]:
    """The picture of a sheet that is one, with the bytes it is packed in."""
    with pikepdf.open(io.BytesIO(data)) as document:
        found = document.pages[0].Resources.XObject.Z
        while found.Subtype == Name.Form:
            (found,) = found.Resources.XObject.values()
        return (int(found.Width), int(found.Height)), bytes(found.read_raw_bytes())


def difference(one: Image.Image, other: Image.Image) -> float:
    return max(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean)


PICTURES = {
    "photo.jpg": scans.jpeg(SMALL),
    "grey.jpg": scans.jpeg(GREY),
    **{f"turned-{number}.jpg": scans.jpeg(SMALL, number) for number in range(2, 9)},
    "bad-turn.jpg": scans.jpeg(SMALL, 99),
    "progressive.jpg": scans.jpeg(SMALL, progressive=True),
    "plain.png": scans.png(SMALL),
    "grey.png": scans.png(GREY),
    "dots.png": scans.png(SMALL.convert("1")),
    "palette.png": scans.png(SMALL.convert("P", palette=Image.Palette.ADAPTIVE)),
    "few.png": scans.png(SMALL.quantize(4)),
    "clear.png": scans.png(see_through(SMALL)),
    "grey-clear.png": scans.png(see_through(SMALL).convert("LA")),
    "keyed.png": scans.png(SMALL.quantize(4), transparency=0),
    "woven.png": scans.interlaced(SMALL),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_bound_picture_looks_as_it_does_to_a_viewer_on_white(name: str, tmp_path: Path) -> None:
    data, notes = leaves(tmp_path, name, PICTURES[name])
    with Image.open(io.BytesIO(PICTURES[name])) as image:
        seen = ImageOps.exif_transpose(image).convert("RGBA")
    paper = Image.new("RGB", seen.size, "white")
    paper.paste(seen, mask=seen.getchannel("A"))
    assert notes == ()
    assert difference(coarse(framed(drawn(data), paper.size)), coarse(paper)) < 4


@pytest.mark.parametrize("kind", [0, 2])
def test_sixteen_bits_a_sample_keep_their_shades(kind: int, tmp_path: Path) -> None:
    data, _ = leaves(tmp_path, "deep.png", scans.sixteen_bits((256, 64), kind))
    ramp = Image.linear_gradient("L").rotate(90).resize((256, 64))
    assert difference(framed(drawn(data), (256, 64)), ramp) < 4


def test_a_cmyk_picture_without_adobes_mark_is_not_inverted(tmp_path: Path) -> None:
    adobe = scans.jpeg(Image.new("CMYK", (80, 80), (0, 0, 0, 0)))
    at = adobe.index(b"\xff\xee")
    plain = adobe[:at] + adobe[at + 2 + int.from_bytes(adobe[at + 2 : at + 4], "big") :]
    shades = [framed(drawn(leaves(tmp_path, "a.jpg", data)[0]), (80, 80)).getpixel((40, 40)) for data in (adobe, plain)]
    assert shades == [(255, 255, 255), (0, 0, 0)]


@pytest.mark.parametrize(
    ("name", "source"),
    [("a.jpg", PICTURES["photo.jpg"]), ("a.jpg", scans.jpeg(SMALL.convert("CMYK"))), ("a.png", PICTURES["plain.png"])],
)
def test_a_picture_of_bearable_size_keeps_its_own_bytes(name: str, source: bytes, tmp_path: Path) -> None:
    size, packed = sole(leaves(tmp_path, name, source)[0])
    assert size == SMALL.size
    assert len(packed) > 100
    assert packed in source


PAGES = {
    "upright": {},
    "across": {"MediaBox": (0, 0, 600, 400)},
    **{f"turned {turn}": {"Rotate": turn} for turn in (90, 180, 270, -90, 450)},
    "turned by 45, which counts as not": {"Rotate": 45},
    "cropped": {"CropBox": (50, 100, 350, 500)},
    "cropped and turned": {"CropBox": (0, 300, 400, 600), "Rotate": 90},
    "cropped beyond its edge": {"CropBox": (-100, -100, 300, 300)},
    "away from the origin": {"MediaBox": (1000, -300, 1400, 300)},
    "corners the other way": {"MediaBox": (400, 600, 0, 0)},
    "a poster": {"MediaBox": (0, 0, 4000, 6000)},
    "a stamp": {"MediaBox": (0, 0, 40, 60)},
}


@pytest.mark.parametrize("name", PAGES)
def test_a_bound_page_looks_as_the_original_does(name: str, tmp_path: Path) -> None:
    source = scans.pdf([PAGES[name]])
    data, notes = leaves(tmp_path, "page.pdf", source)
    original = drawn(source)
    assert notes == (("其中 1 页原大于 A3，缩印于 A3 页",) if name == "a poster" else ())
    assert difference(framed(drawn(data), original.size), original) < 6


def test_turning_and_boxes_inherited_from_above_count(tmp_path: Path) -> None:
    document = scans.document_of([{"CropBox": (0, 300, 400, 600), "Rotate": 90}])
    page, above = document.pages[0].obj, document.Root.Pages
    for key in ("/MediaBox", "/CropBox", "/Rotate", "/Resources"):
        above[key] = page[key]
        del page[key]
    source = scans.data_of(document)
    data, _ = leaves(tmp_path, "page.pdf", source)
    assert difference(framed(drawn(data), drawn(source).size), drawn(source)) < 6


def sheets(data: bytes) -> list[tuple[int, int]]:
    return [(round(width), round(height)) for width, height in (page.get_size() for page in pypdfium2.PdfDocument(data))]


def test_a_page_up_to_a4_is_bound_on_a4_lying_as_it_did(tmp_path: Path) -> None:
    pages = [{}, {"MediaBox": (0, 0, 600, 400)}, {"Rotate": 90}, {"MediaBox": (0, 0, 612, 792)}]
    data, notes = leaves(tmp_path, "a.pdf", scans.pdf(pages))
    assert sheets(data) == [(595, 842), (842, 595), (842, 595), (595, 842)]
    assert notes == ()
    assert (A4, A3) == ((595.28, 841.89), (841.89, 1190.55))


def test_a_larger_page_keeps_its_size_up_to_a3_and_what_is_larger_becomes_a3_and_is_told(tmp_path: Path) -> None:
    boxes = [(0, 0, 842, 1191), (0, 0, 1191, 842), (0, 0, 1191, 1684), (0, 0, 2384, 3370)]
    data, notes = leaves(tmp_path, "a.pdf", scans.pdf([{"MediaBox": box} for box in boxes]))
    assert sheets(data) == [(842, 1191), (1191, 842), (842, 1191), (842, 1191)]
    assert notes == ("其中 2 页原大于 A3，缩印于 A3 页",)


def test_a_page_measured_in_the_dots_of_its_picture_is_no_poster(tmp_path: Path) -> None:
    image = scans.noise((1654, 2339))
    for shown in ((1654, 2339), (1240.5, 1754.25)):
        data, notes = leaves(tmp_path, "a.pdf", scans.scanned(scans.jpeg(image, quality=30), image.size, shown))
        assert sheets(data) == [(595, 842)]
        assert notes == ()


@pytest.mark.parametrize("turned", [1, 6])
def test_an_a3_scan_of_300_dpi_keeps_its_size_and_its_bytes(turned: int, tmp_path: Path) -> None:
    source = scans.jpeg(scans.quarters((3508, 4961)), turned, dpi=(300, 300))
    data, notes = leaves(tmp_path, "a.jpg", source)
    assert sheets(data) == [(842, 1191) if turned == 1 else (1191, 842)]
    size, packed = sole(data)
    assert size == (3508, 4961)
    assert packed in source
    assert notes == ()


def test_an_a2_scan_is_scaled_on_a3(tmp_path: Path) -> None:
    image = scans.quarters((7016, 9933), "L").convert("RGB")
    data, _ = leaves(tmp_path, "a.jpg", scans.jpeg(image, dpi=(424, 424)))
    (width, height), _ = sole(data)
    assert sheets(data) == [(842, 1191)]
    assert max(width * 72 / A3[0], height * 72 / A3[1]) == pytest.approx(SCALED, abs=1)
    small = image.resize((150, 212))
    assert difference(framed(drawn(data), small.size), small) < 4


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_an_oversized_picture_is_scaled_band_by_band_onto_white(mode: str, tmp_path: Path) -> None:
    image = scans.quarters((3000, 4200)) if mode == "P" else see_through(scans.quarters((3000, 4200))).convert(mode)
    data, _ = leaves(tmp_path, "a.png", scans.png(image.quantize(16) if mode == "P" else image, compress_level=1))
    seen = image.convert("RGBA")
    paper = Image.new("RGB", seen.size, "white")
    paper.paste(seen, mask=seen.getchannel("A"))
    small = paper.resize((150, 210))
    assert difference(framed(drawn(data), small.size), small) < 4


PEAK = """
import re, sys
from pathlib import Path
from zcfdocs.binding import look
from zcfdocs.printing.binder.leaves import write_leaves
source = Path(sys.argv[1])
assert look(source).pages == 1, look(source)
write_leaves(source, 1, 1, source.with_name("leaves.pdf"))
print(int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
@pytest.mark.parametrize(
    ("name", "mode", "size", "most"),
    [("a.jpg", "L", (12_000, 9_000), 300), ("a.jpg", "L", (20_000, 20_000), 300), ("a.png", "RGB", (9_933, 14_043), 1024)],
)
def test_the_largest_scans_are_bound_in_bounded_memory(name: str, mode: str, size: tuple[int, int], most: int, tmp_path: Path) -> None:
    image = Image.new(mode, size, "white")
    image.save(tmp_path / name, compress_level=1)
    image.close()
    done = subprocess.run([sys.executable, "-c", PEAK, tmp_path / name], capture_output=True, text=True, check=True)
    assert int(done.stdout) < most


def test_the_picture_of_a_signature_stays_and_the_signature_goes(tmp_path: Path) -> None:
    data, _ = leaves(tmp_path, "signed.pdf", scans.signed())
    seal = framed(drawn(data, may_draw_forms=False), (400, 600)).getpixel((200, 300))
    assert seal == (0, 0, 0)
    document = pikepdf.open(io.BytesIO(data))
    assert "/AcroForm" not in document.Root
    assert "/Annots" not in document.pages[0]


def texts(data: bytes) -> bytes:
    """All of a PDF with its streams unpacked."""
    return scans.data_of(
        pikepdf.open(io.BytesIO(data)),
        stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
        compress_streams=False,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
    )


def test_nothing_that_acts_goes_on(tmp_path: Path) -> None:
    source = scans.acting()
    assert source.count(b"ACTING") > 5
    data, _ = leaves(tmp_path, "acting.pdf", source)
    assert b"ACTING" not in texts(data)
    for word in (b"/JavaScript", b"/JS", b"/URI", b"/Launch", b"/OpenAction", b"/AA", b"/Annots", b"/EmbeddedFiles", b"/Filespec"):
        assert word not in texts(data), word


def test_a_font_may_bear_the_name_of_something_dead(tmp_path: Path) -> None:
    document = scans.document_of()
    page = document.pages[0].obj
    page.Resources.Font = Dictionary({"/URI": page.Resources.Font.F})
    page.Contents = pikepdf.Stream(document, b"BT /URI 60 Tf 40 300 Td (LETTERS) Tj ET")
    data, _ = leaves(tmp_path, "a.pdf", scans.data_of(document))
    assert "LETTERS" in pypdfium2.PdfDocument(data)[0].get_textpage().get_text_bounded()


def test_a_hidden_layer_stays_hidden_and_a_shown_one_shown(tmp_path: Path) -> None:
    source = scans.layered()
    data, _ = leaves(tmp_path, "layers.pdf", source)
    original = drawn(source)
    assert original.getpixel((200, 300)) == (0, 0, 0)
    assert original.getpixel((50, 50)) == (255, 0, 0)
    assert difference(framed(drawn(data), (400, 600)), original) < 6


def test_a_page_that_cannot_be_taken_over_is_blank_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(page: Any) -> tuple[float, ...]:
        if page.index == 1:
            raise ValueError
        return (0.0, 0.0, 400.0, 600.0)

    monkeypatch.setattr("zcfdocs.printing.binder.leaves.visible", fails)
    data, notes = leaves(tmp_path, "a.pdf", scans.pdf([{}, {}, {}]))
    assert notes == ("原文件第 2 页不能排入，本册该页为空白",)
    blank = [len(framed(drawn(data, index), (400, 600)).getcolors(9999) or ()) == 1 for index in range(3)]
    assert blank == [False, True, False]


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_an_oversized_scan_is_scaled_to_the_stated_density(kind: str, tmp_path: Path) -> None:
    image = scans.quarters((3000, 4200))
    data, _ = leaves(tmp_path, "scan.jpg" if kind == "JPEG" else "scan.png", scans.jpeg(image) if kind == "JPEG" else scans.png(image))
    (width, height), _ = sole(data)
    assert max(width * 72 / A4[0], height * 72 / A4[1]) == pytest.approx(SCALED, abs=1)
    small = image.resize((150, 210))
    assert difference(framed(drawn(data), small.size), small) < 4


def test_an_oversized_scan_inside_a_pdf_is_scaled_where_it_stands_and_told(tmp_path: Path) -> None:
    image = scans.noise((3000, 4200))
    source = scans.scanned(scans.jpeg(image), image.size)
    data, notes = leaves(tmp_path, "scan.pdf", source)
    assert notes == (f"其中 1 幅扫描图在本册页面上超过 {OVERSIZED} dpi，已缩至 {SCALED} dpi",)
    assert len(data) < len(source) / 2
    shown = min((A4[0] - 2 * SIDE) / 595, (A4[1] - SIDE - FOOT) / 842)
    (width, height), _ = sole(data)
    assert min(width / (595 * shown / 72), height / (842 * shown / 72)) == pytest.approx(SCALED, abs=1)
    original = drawn(source)
    assert difference(framed(drawn(data), original.size), original) < 12


def test_the_same_scan_drawn_large_on_another_page_is_left_as_it_is(tmp_path: Path) -> None:
    image = scans.noise((3000, 4200))
    document = pikepdf.open(io.BytesIO(scans.scanned(scans.jpeg(image), image.size)))
    detail = pikepdf.Stream(document, b"q 5950 0 0 8420 0 0 cm /S Do Q")
    page = Dictionary(Type=Name.Page, MediaBox=Array([0, 0, 595, 842]), Resources=document.pages[0].obj.Resources, Contents=detail)
    document.pages.append(pikepdf.Page(document.make_indirect(page)))
    data, notes = leaves(tmp_path, "scan.pdf", scans.data_of(document))
    assert notes == ()
    assert sole(data)[0] == image.size


TOKENS = (b"null", b"-1", b"99999999999", b"[]", b"<<>>", b"/X", b"(s)", b"true", b"1 0 R", b"2 0 R", b"4 0 R")
LOOSE: dict[str, Any] = {"compress_streams": False, "object_stream_mode": pikepdf.ObjectStreamMode.disable}
SOUND = (scans.signed(**LOOSE), scans.acting(), scans.layered(**LOOSE), scans.pdf([{}, {"Rotate": 90}], **LOOSE))


@given(
    whole=st.sampled_from(SOUND),
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.sampled_from(TOKENS)), min_size=1, max_size=4),
)
def test_whatever_is_wrong_inside_a_file_it_is_refused_or_has_the_pages_that_were_counted(
    spoiled: Path, whole: bytes, changes: list[tuple[float, bytes]]
) -> None:
    for where, token in changes:
        values = list(re.finditer(rb"\d+ 0 R|-?\d+\.?\d*|/[A-Za-z]+|\[[^\]]*\]|<<", whole))
        chosen = values[int(where * len(values))]
        whole = whole[: chosen.start()] + token + whole[chosen.end() :]
    source, target = spoiled / "a.pdf", spoiled / "leaves.pdf"
    source.write_bytes(whole)
    found = look(source)
    assert bool(found.reason) == (found.pages == 0)
    if found.pages:
        write_leaves(source, 1, found.pages, target)
        assert len(pypdfium2.PdfDocument(target.read_bytes())) == found.pages


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("spoiled")


# The volume


LONG = (
    "关于天津示例零部件有限公司年产一百二十万套新能源汽车副车架总成绿色智能工厂改扩建项目的环境影响报告书及其批复、竣工环境保护验收意见、排污许可证正副本与历次变更登记的全套证明材料（喆堃奡媖镕赟垚淼犇骉分册）"
    * 2
)


@dataclass(frozen=True)
class Made:
    dossier: Dossier
    folder: Path
    data: bytes
    texts: tuple[str, ...]
    lead: int


FILES: dict[str, bytes] = {
    "basic-1.pdf": scans.pdf([{}, {"Rotate": 90}, {}]),
    "basic-2.jpg": scans.jpeg(SMALL, 6),
    "basic-3.png": scans.png(SMALL),
    "locked.pdf": ILL["locked.pdf"][0],
    "half.jpg": ILL["half.jpg"][0],
    "table.xlsx": ILL["table.xlsx"][0],
    "signed.pdf": scans.signed(),
    "acting.pdf": scans.acting(),
    "layers.pdf": scans.layered(),
    "scan.jpg": scans.jpeg(scans.quarters((2600, 3700))),
}


def items() -> list[Any]:
    return [
        scans.item("basic-1", "basic-1.pdf", "营业执照", issuer="示例市场监督管理局", issued="2024-12-31", expires="2027-12-31"),
        scans.item("basic-2", "basic-2.jpg"),
        scans.item("basic-3", "basic-3.png", LONG, issuer="示例机构" * 30),
        scans.item("row-1.1.1", "locked.pdf", "加密的材料"),
        scans.item("row-1.2.1", "half.jpg", "残缺的照片"),
        scans.item("row-1.2.2", "table.xlsx", "能耗台账"),
        scans.item("row-1.2.3", "missing.pdf", "不在的材料"),
        scans.item("row-1.4.1", "signed.pdf", "带签章的材料", expires="2020-01-01"),
        scans.item("row-1.5.1", "acting.pdf", "带脚本的材料"),
        scans.item("row-2.1.1", "layers.pdf", "分层图纸"),
        scans.item("row-2.1.2", "basic-1.pdf", "营业执照（副本）"),
        scans.item("nowhere", "scan.jpg", "无处引用的扫描件"),
    ]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("volume")
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    whole = scans.plan_with(folder, items())
    target = tmp_path_factory.mktemp("out") / "佐证材料.pdf"
    bind(whole, folder, target)
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    data = target.read_bytes()
    texts = tuple(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(data))
    lead = len(texts) - max(bound.last for bound in whole.bound)
    return Made(whole, folder, data, texts, lead)


@pytest.fixture
def opened(made: Made) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(made.data)) as document:
        yield document


def flat(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_the_running_numbers_count_on_without_a_gap_from_the_first_divider(made: Made) -> None:
    last = max(bound.last for bound in made.dossier.bound)
    for number in range(1, last + 1):
        assert f"佐证—{number}—" in flat(made.texts[made.lead + number - 1]), number
    assert not any(re.search(r"佐证—\d+—", flat(text)) for text in made.texts[: made.lead])


def test_each_item_stands_behind_its_divider_with_what_identifies_it(made: Made) -> None:
    for number, (bound, item) in enumerate(zip(made.dossier.bound, made.dossier.plan.evidence, strict=True), 1):
        if bound.reason or bound.same_as:
            continue
        divider = flat(made.texts[made.lead + bound.first - 1])
        assert f"佐证材料{number}" in divider
        assert flat(item.title)[:80] in divider
        assert sha256(made.folder / item.file) in divider
        assert item.file in divider
        assert f"第{bound.first}—{bound.last}页" in divider
        assert flat(item.issuer or "")[:60] in divider
        for page in range(bound.first + 1, bound.last + 1):
            label = flat(made.texts[made.lead + page - 1])
            assert label.endswith(f"{page - bound.first}/{bound.last - bound.first}"), (item.id, page)


def test_dates_and_states_stand_on_the_divider(made: Made) -> None:
    first, signed = (next(bound for bound in made.dossier.bound if bound.id == key) for key in ("basic-1", "row-1.4.1"))
    divider = flat(made.texts[made.lead + first.first - 1])
    assert "2024年12月31日" in divider
    assert "2027年12月31日" in divider
    assert "填报日已过有效期" in flat(made.texts[made.lead + signed.first - 1])
    assert "验签请用原文件" in flat(made.texts[made.lead + signed.first - 1])


def test_what_could_not_be_bound_is_listed_with_its_reason_and_has_no_page(made: Made) -> None:
    front = flat("".join(made.texts[: made.lead]))
    for title, reason in (
        ("加密的材料", ENCRYPTED),
        ("残缺的照片", "图片已损坏或不完整"),
        ("能耗台账", CONVERT),
        ("不在的材料", "文件不存在"),
    ):
        assert title in front
        assert flat(reason) in front
        assert not any(title in flat(text) for text in made.texts[made.lead :])
    assert "已装订8份" in front
    assert "未装订4份" in front


def test_a_word_or_excel_file_is_not_converted(made: Made, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*args: Any, **more: Any) -> None:
        raise AssertionError(args)

    monkeypatch.setattr("subprocess.Popen", refuse)
    whole = scans.plan_with(made.folder, [scans.item("basic-1", "table.xlsx")])
    bind(whole, made.folder, tmp_path / "volume.pdf")
    assert flat(CONVERT) in flat(pypdfium2.PdfDocument(tmp_path / "volume.pdf")[1].get_textpage().get_text_bounded())


def test_the_same_bytes_are_bound_once_and_both_entries_name_the_pages(made: Made) -> None:
    one, other = (next(bound for bound in made.dossier.bound if bound.id == key) for key in ("basic-1", "row-2.1.2"))
    assert (other.same_as, other.first, other.last) == ("basic-1", one.first, one.last)
    divider = flat(made.texts[made.lead + one.first - 1])
    assert "营业执照（副本）（row-2.1.2）" in divider
    assert sum("Page 1" in text for text in made.texts) == 4  # it, and the signed, acting and layered pages


def links(made: Made) -> Iterator[tuple[str, int, int]]:
    """Each link of the front: its text, its page, the page it leads to."""
    document = pypdfium2.PdfDocument(made.data)
    for index in range(made.lead):
        page, text = document[index], document[index].get_textpage()
        position, link = pdfium.c_int(0), pdfium.FPDF_LINK()
        while pdfium.FPDFLink_Enumerate(page, position, link):
            box = pdfium.FS_RECTF()
            assert pdfium.FPDFLink_GetAnnotRect(link, box)
            there = pdfium.FPDFDest_GetDestPageIndex(document, pdfium.FPDFLink_GetDest(document, link))
            yield flat(text.get_text_bounded(box.left, box.bottom, box.right, box.top)), index, there


def test_every_page_named_in_an_index_is_where_its_link_leads_and_its_item_stands(made: Made) -> None:
    found = list(links(made))
    pages = [(label, there) for label, _, there in found if label.startswith("第")]
    assert {label for label, _ in pages} == {bound.span for bound in made.dossier.bound if bound.span}
    for label, there in pages:
        first = re.findall(r"\d+", label)[0]
        assert there == made.lead + int(first) - 1
        assert f"佐证—{first}—" in flat(made.texts[there])
    assert {there for label, _, there in found if label == "未装订"} == {1}


def test_the_index_names_each_row_with_its_evidence_and_its_page(made: Made) -> None:
    front = flat("".join(made.texts[: made.lead]))
    for row in made.dossier.catalogue.rows():
        assert f"{row.id}{flat(row.title)}" in front, row.id
    by_id = {bound.id: bound for bound in made.dossier.bound}
    assert f"带脚本的材料{by_id['row-1.5.1'].span}" in front
    assert "其他材料—没有一处引用无处引用的扫描件" in front  # no number of its own among the requirements


def test_the_volume_says_how_many_items_it_lacks(made: Made, tmp_path: Path) -> None:
    (tmp_path / "volume.pdf").write_bytes(made.data)
    assert count_of(tmp_path / "volume.pdf") == Count(len(made.dossier.bound), 4)
    (tmp_path / "other.pdf").write_bytes(scans.pdf())
    assert count_of(tmp_path / "other.pdf") is None
    assert count_of(tmp_path / "none.pdf") is None


def test_what_is_bound_smaller_than_it_was_is_explained_in_front(made: Made) -> None:
    front = flat(made.texts[1])
    assert "大于A3的缩印于A3页" in front
    assert f"超过{OVERSIZED}dpi的缩至{SCALED}dpi" in front


def test_a_build_says_how_many_pieces_were_not_bound_and_where_they_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    river = scans.ROOT / "tests" / "river"
    for folder in ("indicators", "plans"):
        shutil.copytree(river / folder, tmp_path / folder)
    plan = tmp_path / "plans/upper/mill"
    for number, name in enumerate(("licence.pdf", "promise.pdf"), 1):
        (plan / "evidence" / name).write_bytes(scans.pdf([{}] * number))
    monkeypatch.chdir(tmp_path)

    def said(*to: str) -> str:
        with suppress(SystemExit):
            app(["build", "--to", ",".join(to)], standalone_mode=False)
        return capsys.readouterr().err

    assert "份未装订" not in said("evidence")
    (plan / "evidence/licence.pdf").write_bytes(ILL["rest.pdf"][0])
    line = "upper/mill：2 份佐证中 1 份未装订，原因见佐证材料.pdf 的“未装订的材料”一节\n"
    assert line in said("evidence")
    assert line in said("evidence")  # nor is it forgotten where nothing changed
    assert "份未装订" not in said("data")


def outline(opened: pikepdf.Pdf) -> list[tuple[str, int, int]]:
    """Each bookmark: its title, its depth, the page it leads to."""
    pages = {page.objgen: index for index, page in enumerate(opened.pages)}
    found = []

    def walk(items: list[Any], depth: int) -> None:
        for item in items:
            found.append((item.title, depth, pages[item.destination[0].objgen]))
            walk(item.children, depth + 1)

    with opened.open_outline() as marks:
        walk(marks.root, 0)
    return found


def test_the_bookmarks_lead_to_the_pages_they_name(made: Made, opened: pikepdf.Pdf) -> None:
    marks = outline(opened)
    assert [title for title, depth, _ in marks if depth == 0] == [
        "编制说明",
        "一、按评价指标索引",
        "二、按基本要求和申报条件索引",
        "三、材料清单",
        "四、按条目查找",
        "五、佐证材料",
    ]
    for title, depth, there in marks[:4]:
        assert depth == 0
        assert flat(title) in flat(made.texts[there])
    items = marks[[title for title, *_ in marks].index("五、佐证材料") + 1 :]
    bound = [(number, item) for number, item in enumerate(made.dossier.bound, 1) if not item.reason and not item.same_as]
    assert [(title.split()[0], there) for title, _, there in items] == [(str(number), made.lead + item.first - 1) for number, item in bound]
    assert all(len(title) <= 45 for title, *_ in marks if not title.startswith("1."))
    by_row = {title: there for title, depth, there in marks if depth == 2}
    signed = next(item for item in made.dossier.bound if item.id == "row-1.4.1")
    assert by_row["1.4.1 示范称号"] == made.lead + signed.first - 1


def test_viewers_show_the_printed_numbers(made: Made) -> None:
    document = pypdfium2.PdfDocument(made.data)
    labels = [document.get_page_label(index) for index in range(len(document))]
    assert labels[: made.lead] == ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"][: made.lead]
    assert labels[made.lead :] == [f"佐证 {number}" for number in range(1, len(labels) - made.lead + 1)]


def test_the_volume_says_what_it_is_and_claims_nothing_of_foreign_pages(made: Made, opened: pikepdf.Pdf) -> None:
    assert str(opened.Root.Lang) == "zh-CN"
    assert bool(opened.Root.ViewerPreferences.DisplayDocTitle)
    name = made.dossier.plan.factory.applicant_name
    assert str(opened.docinfo.Title).endswith(f"佐证材料（{name}）")
    assert str(opened.docinfo.Author) == name
    assert not opened.Root.MarkInfo.Marked
    with opened.open_metadata() as record:
        assert record["dc:title"] == str(opened.docinfo.Title)
        assert record.pdfa_status == ""


def test_nothing_that_acts_is_in_the_volume(made: Made) -> None:
    whole = texts(made.data)
    assert b"ACTING" not in whole
    for word in (b"/JavaScript", b"/Launch", b"/OpenAction", b"/EmbeddedFiles", b"/AcroForm", b"/Filespec"):
        assert word not in whole, word


def test_layers_keep_their_state_in_the_volume(made: Made) -> None:
    bound = next(item for item in made.dossier.bound if item.id == "row-2.1.1")
    sheet = framed(drawn(made.data, made.lead + bound.first), (400, 600))
    assert sheet.getpixel((50, 50)) == (255, 0, 0)


def test_long_titles_stay_on_their_divider(made: Made) -> None:
    bound = next(item for item in made.dossier.bound if item.id == "basic-3")
    assert bound.last - bound.first == 1
    divider = flat(made.texts[made.lead + bound.first - 1])
    assert "…" in divider
    assert divider.index("…") < divider.index("SHA-256") < divider.index("册内页码")
    assert flat(LONG)[:24] + "…" in flat(made.texts[made.lead + bound.first])


def test_what_was_scaled_is_told_on_the_divider(made: Made) -> None:
    bound = next(item for item in made.dossier.bound if item.id == "nowhere")
    assert f"原图2600×3700像素，在A4页上已缩至{SCALED}dpi" in flat(made.texts[made.lead + bound.first - 1])


def test_the_volume_is_the_same_bytes_each_time(made: Made, tmp_path: Path) -> None:
    bind(made.dossier, made.folder, tmp_path / "again.pdf")
    assert (tmp_path / "again.pdf").read_bytes() == made.data


def test_a_file_exchanged_between_counting_and_binding_stops_the_volume(made: Made, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(scans.pdf([{}, {}]))
    whole = scans.plan_with(tmp_path, [scans.item("a", "a.pdf", "会变的材料")])
    (tmp_path / "a.pdf").write_bytes(scans.pdf([{}]))
    with pytest.raises(ZcfError, match=r"佐证 a.*在生成过程中被改动"):
        bind(whole, tmp_path, tmp_path / "volume.pdf")
    assert not (tmp_path / "volume.pdf").exists()


def test_a_plan_without_evidence_has_a_volume_that_says_so(tmp_path: Path) -> None:
    bind(scans.plan_with(tmp_path, []), tmp_path, tmp_path / "volume.pdf")
    document = pypdfium2.PdfDocument(tmp_path / "volume.pdf")
    assert "0份" in flat(document[1].get_textpage().get_text_bounded())


def test_more_items_than_files_a_process_may_open_are_bound_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zcfdocs.printing.binder.volume.AT_ONCE", 3)
    listed = []
    for number in range(11):
        document = scans.document_of([{"MediaBox": (0, 0, 300, 300 + number)}])
        (tmp_path / f"{number}.pdf").write_bytes(scans.data_of(document) if number % 4 else scans.layered())
        listed.append(scans.item(f"e{number}", f"{number}.pdf"))
    whole = scans.plan_with(tmp_path, listed)
    bind(whole, tmp_path, tmp_path / "volume.pdf")
    last = next(bound.last for bound in whole.bound if bound.id == "e0")
    with pikepdf.open(tmp_path / "volume.pdf") as volume:
        heights = [float(page.Resources.XObject.Z.BBox[3]) for page in volume.pages if "/Z" in page.Resources.get("/XObject", {})]
        lead = len(volume.pages) - max(bound.last for bound in whole.bound)
    assert heights == [600, 301, 302, 303, 305, 306, 307, 309, 310]
    hidden = framed(drawn((tmp_path / "volume.pdf").read_bytes(), lead + last - 1), (400, 600))
    assert hidden.getpixel((50, 50)) == (255, 0, 0)
