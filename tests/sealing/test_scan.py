"""Scans: pages of a really printed plan, put through what copiers do to them, and what must not pass for a whole copy."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import Any

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, Stream
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from tests.scans import WORKED, data_of
from tests.test_pdf import MARK
from zcfdocs.errors import ZcfError
from zcfdocs.manuscript.manuscript import Manuscript
from zcfdocs.printing.pdf import print_pdf
from zcfdocs.sealing.packing import _require_match
from zcfdocs.sealing.scan import Matched, judge_scan
from zcfdocs.sealing.scan import sheets as looking
from zcfdocs.sealing.verdict import Check, Verdict

SIDE = '<section class="leaf" data-page="main">{}</section>'
PAGES = (
    "<p>封面</p>",
    "<p>材料真实性承诺：本单位郑重承诺，所提供材料真实、准确。（公章）</p>",
    "<p>工作基础</p>" * 20,
    "<p>试点目标</p>" * 9,
)
SEAL = (200, 30, 40)


def printed(digest: str = MARK.digest, kind: str = "P") -> bytes:
    body = "".join(SIDE.format(page) for page in PAGES)
    html = f'<!DOCTYPE html><html lang="zh-CN"><head><title>小样</title></head><body>{body}</body></html>'
    mark = replace(MARK, digest=digest, kind=kind)
    return print_pdf(Manuscript("小样", "小样", "示例", "示例", WORKED.plan.as_of, html, mark=mark)).data


@cache
def copies(digest: str = MARK.digest, kind: str = "P", dpi: int = 300) -> tuple[Image.Image, ...]:
    """The pages as they come out of a printer."""
    return tuple(page.render(scale=dpi / 72).to_pil().convert("RGB") for page in pypdfium2.PdfDocument(printed(digest, kind)))


def grained(image: Image.Image, skew: float = 0, turn: int = 0) -> Image.Image:
    """What glass, lamp and hand do to a page."""
    moved = image.rotate(skew, resample=Image.Resampling.BICUBIC, fillcolor="white") if skew else image
    soft = moved.filter(ImageFilter.GaussianBlur(0.5))
    grain = Image.effect_noise(soft.size, 14).convert(soft.mode)
    return ImageChops.add(soft, grain, 1, -128).rotate(turn, expand=True)


def sealed(image: Image.Image) -> Image.Image:
    """A ring of 42 mm in red ink."""
    stamped = image.copy()
    size = image.width * 42 // 210
    ImageDraw.Draw(stamped).ellipse((size, size, size * 2, size * 2), outline=SEAL, width=size // 20)
    return stamped


def scan(pages: list[Image.Image], paper: tuple[float, float] | None = None, quality: int = 50, dpi: int = 300) -> bytes:
    """One JPEG a page, as a copier writes them; `paper` in points, else by the dpi."""
    document = pikepdf.new()
    for image in pages:
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality)
        space = Name.DeviceRGB if image.mode == "RGB" else Name.DeviceGray
        keys: dict[str, Any] = {"Type": Name.XObject, "Subtype": Name.Image, "Width": image.width, "Height": image.height}
        picture = Stream(document, out.getvalue())
        picture.stream_dict = Dictionary(**keys, ColorSpace=space, BitsPerComponent=8, Filter=Name.DCTDecode)
        width, height = paper or (image.width * 72 / dpi, image.height * 72 / dpi)
        page = Dictionary(
            Type=Name.Page,
            MediaBox=Array([0, 0, width, height]),
            Resources=Dictionary(XObject=Dictionary(S=picture)),
            Contents=Stream(document, f"q {width} 0 0 {height} 0 0 cm /S Do Q".encode()),
        )
        document.pages.append(pikepdf.Page(document.make_indirect(page)))
    return data_of(document)


def judged(data: bytes) -> tuple[dict[str, Check], Matched | None]:
    checks, matched = judge_scan(data, "扫描件.pdf")
    assert all(check.subject == "扫描件.pdf" for check in checks)
    assert not any("内容一致" in check.message for check in checks)
    return {check.code: check for check in checks}, matched


def refused(data: bytes, code: str) -> str:
    checks, matched = judged(data)
    assert matched is None
    assert [key for key, check in checks.items() if check.verdict is Verdict.INVALID] == [code]
    return checks[code].message


@pytest.mark.parametrize("dpi", [150, 200, 300])
@pytest.mark.parametrize(("skew", "turn"), [(0, 0), (1.5, 0), (-1.5, 180), (1.5, 90), (0, 270)])
def test_a_scan_is_matched_to_its_version(dpi: int, skew: float, turn: int) -> None:
    pages = [grained(page.convert("L"), skew, turn) for page in copies(dpi=dpi)]
    checks, matched = judged(scan(pages, dpi=dpi))
    assert matched == Matched("P", MARK.uscc, "5A" * 16, len(PAGES)), [check.message for check in checks.values()]
    assert matched.is_of(MARK.uscc, MARK.digest)
    assert not matched.is_of(MARK.uscc, "sha256:" + "5b" * 32)
    assert checks["V605"].message.startswith("已匹配版本")
    assert checks["V601"].message == f"最低 {dpi} dpi"


def test_a_seal_is_a_hint_and_no_verdict() -> None:
    pages = [grained(page) for page in copies(dpi=200)]
    pages[1] = grained(sealed(copies(dpi=200)[1]))
    checks, matched = judged(scan(pages, dpi=200))
    assert matched is not None
    assert matched.red == (2,)
    assert "第 2 页有红色印迹" in matched.hint
    assert not any("印" in check.message for check in checks.values())
    grey = judged(scan([page.convert("L") for page in pages], dpi=200))[1]
    assert grey is not None
    assert "没有看到红色印迹" in grey.hint


def test_a_coarse_scan_is_asked_for_again() -> None:
    told = refused(scan([grained(page.convert("L")) for page in copies(dpi=100)], dpi=100), "V601")
    assert "100 dpi" in told
    assert "200–300 dpi" in told
    assert "灰度或彩色" in told


def test_a_page_is_paper_whatever_its_size_in_points() -> None:
    """Telephones make a point of each pixel, and some programs make all pages small."""
    pages = [grained(page.convert("L")) for page in copies(dpi=200)]
    assert judged(scan(pages, dpi=72))[0]["V601"].message == "最低 200 dpi"
    assert judged(scan(pages, dpi=600))[0]["V601"].message == "最低 200 dpi"
    assert "100 dpi" in refused(scan([grained(page.convert("L")) for page in copies(dpi=100)], dpi=400), "V601")


def test_every_page_stands_there_once_and_in_order() -> None:
    one, two, three, four = (page.convert("L") for page in copies(dpi=200))
    assert "缺少文件的第 3 页" in refused(scan([one, two, four], dpi=200), "V604")
    assert "重复文件的第 2 页" in refused(scan([one, two, two, three, four], dpi=200), "V604")
    assert "缺少文件的第 4 页，重复文件的第 1 页" in refused(scan([one, one, two, three], dpi=200), "V604")
    assert "应为第 2 页的位置是第 3 页" in refused(scan([one, three, two, four], dpi=200), "V604")


def test_pages_of_two_versions_or_documents_make_no_copy() -> None:
    one, two, three, four = (page.convert("L") for page in copies(dpi=200))
    other = copies("sha256:" + "5b" * 32, dpi=200)[2].convert("L")
    assert "第 3 页出自另一份文件或另一版本" in refused(scan([one, two, other, four], dpi=200), "V603")
    report = copies(kind="R", dpi=200)[3].convert("L")
    assert "第 4 页出自" in refused(scan([one, two, three, report], dpi=200), "V603")


def test_pages_of_another_document_of_the_same_version_are_no_scan_of_the_plan() -> None:
    """效果评价申请 and the proof of publication carry the digest of the plan too."""
    made: Any = SimpleNamespace(card={"plan": {"uscc": MARK.uscc, "digest": MARK.digest}})
    report = scan([page.convert("L") for page in copies(kind="R", dpi=200)], dpi=200)
    with pytest.raises(ZcfError, match="不是试点方案"):
        _require_match(report, made)
    plan = scan([page.convert("L") for page in copies(dpi=200)], dpi=200)
    assert _require_match(plan, made).kind == "P"


def test_a_covered_code_is_told_with_its_page() -> None:
    pages = [page.convert("L") for page in copies(dpi=200)]
    ImageDraw.Draw(pages[2]).rectangle((0, pages[2].height - 250, pages[2].width, pages[2].height), fill=90)
    assert "第 3 页认不出页脚的二维码" in refused(scan(pages, dpi=200), "V602")


def test_two_pages_on_one_sheet_are_told() -> None:
    one, two, *_ = copies(dpi=300)
    sheet = Image.new("L", (one.width * 2, one.height), 255)
    sheet.paste(one.convert("L"), (0, 0))
    sheet.paste(two.convert("L"), (one.width, 0))
    assert "第 1 页有几个不同的页码二维码" in refused(scan([sheet], dpi=300), "V602")


def test_empty_backs_of_sheets_are_passed_over() -> None:
    pages = [page.convert("L") for page in copies(dpi=200)]
    back = grained(Image.new("L", pages[0].size, 250))
    checks, matched = judged(scan([side for page in pages for side in (page, back)], dpi=200))
    assert matched is not None
    assert checks["V600"].message == "共 8 页，其中空白页 4 页略过"
    refused(scan([back, back], dpi=200), "V600")


def test_a_printed_file_is_no_scan() -> None:
    assert "不是扫描图像" in refused(printed(), "V601")


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff\xe0", b"%PDF-1.7\n", printed()[:4000]], ids=["empty", "jpeg", "head", "cut"])
def test_what_is_no_pdf_is_told(data: bytes) -> None:
    refused(data, "V600")


def test_what_is_too_much_is_refused_before_it_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    small = Image.new("L", (16, 16), 255)
    bomb = scan([small], (595, 842)).replace(b"/Width 16", b"/Width 60000").replace(b"/Height 16", b"/Height 60000")
    monkeypatch.setattr(pypdfium2.PdfPage, "render", lambda *_, **__: pytest.fail("drawn"))
    assert "图像过大" in refused(bomb, "V600")
    assert "尺寸不合常规" in refused(scan([small], (20000, 20000)), "V600")
    assert "尺寸不合常规" in refused(scan([small], (100, 14000)), "V600")
    assert "501 页" in refused(scan([small] * 501, (595, 842)), "V600")
    monkeypatch.setattr(looking, "MOST_OBJECTS", 0)
    assert "过多的小图" in refused(scan([small], (595, 842)), "V600")


def test_the_words_for_a_version_are_always_the_same() -> None:
    told: Mapping[str, str] = {kind: Matched(kind, "-", "0" * 32, 1).name for kind in "PRX"}
    assert told == {"P": "试点方案", "R": "效果评价申请", "X": "文件 X"}
