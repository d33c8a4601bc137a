"""Numbers with their units, numbers that are names, what becomes public, and certificates however another plan writes them."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pikepdf
import pytest
from PIL import ExifTags, Image

from tests.changing import PLACE, PLAN, Plans
from zcfdocs.reviewing import model
from zcfdocs.reviewing.differences.metadata import inside
from zcfdocs.reviewing.differences.personal import personal
from zcfdocs.reviewing.sides import neighbours

POWER = "      - {carrier: grid_electricity, amount: 12000, unit: MWh}"
DIESEL = "      - {carrier: diesel, amount: 20, unit: t}"
STAFF = "现有职工612人"
RUN = "{from: GEC-2024-MA0EXAMP-000001, to: GEC-2024-MA0EXAMP-002000}"
COUNTED = "issued: 2024-12-31, expires: 2027-12-31, public: false"
CORE = """<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:creator>张三丰</dc:creator><cp:lastModifiedBy>李四光</cp:lastModifiedBy><dc:description>请电13812345678</dc:description></cp:coreProperties>"""


@pytest.fixture
def plans(tmp_path: Path) -> Plans:
    return Plans(tmp_path / "plans")


def only(made: model.Review) -> model.PlanReview:
    (plan,) = made.plans
    return plan


def figures(plans: Plans) -> list[tuple[str | None, str | None, str, set[str]]]:
    return [(figure.before, figure.after, figure.unit, set(figure.marks)) for figure in only(plans.review()).figures]


def private(plans: Plans) -> list[tuple[str, str]]:
    return [(item.kind, item.message) for item in only(plans.review()).private]


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("amount: 12000000, unit: kWh", ("12000", "12000000", "MWh → kWh", set())),
        ("amount: 1200, unit: 万kWh", ("12000", "1200", "MWh → 万kWh", set())),
        ("amount: 12001, unit: kWh", ("12000", "12001", "MWh → kWh", {"unit_jump"})),  # the unit alone was changed
        ("amount: 12000000, unit: MWh", ("12000", "12000000", "MWh", {"unit_jump", "over_30_percent"})),
        ("amount: 12000000, unit: t", ("12000", "12000000", "MWh → t", set())),  # nothing tells how the two compare
    ],
)
def test_a_number_whose_unit_changes_is_told_in_both_units_and_compared_as_a_quantity(
    plans: Plans, line: str, wanted: tuple[str, str, str, set[str]]
) -> None:
    plans.edit((POWER, POWER.replace("amount: 12000, unit: MWh", line)))
    assert figures(plans) == [wanted]


def test_an_amount_of_another_carrier_is_no_slip_of_the_first(plans: Plans) -> None:
    plans.edit((DIESEL, DIESEL.replace("diesel, amount: 20,", "gasoline, amount: 20000,")))
    assert figures(plans) == [("20", "20000", "t", set())]


def test_a_name_that_looks_like_a_number_is_a_name(plans: Plans) -> None:
    """Site 1 and site 1.0 are two factories; an amount of 20 and one of 20.0 are the same."""
    plans.edit(("  uscc: 91120111MA0EXAMP1P", '  uscc: 91120111MA0EXAMP1P\n  site: "1"'), ("stage: draft", "stage: candidate"))
    plans.settle()
    plans.edit(('site: "1"', 'site: "1.0"'), (DIESEL, DIESEL.replace("20", "20.0")))
    made = plans.review()
    assert [(value.route, value.before, value.after) for value in only(made).values] == [(("factory", "site"), "1", "1.0")]
    assert only(made).figures == ()
    assert "R103" in {finding.code for finding in made.brought}


def test_a_share_written_as_one_number_is_compared_as_one(plans: Plans) -> None:
    text = (plans.top / PLAN).read_text("utf-8")
    product = "{name: 座椅总成, amount: 200000, unit: 套}"
    assert text.count(product) >= 1
    plans.write(PLAN, text.replace(product, product.replace("套}", "套, share: 1}")))
    plans.settle()
    plans.write(PLAN, text.replace(product, product.replace("套}", "套, share: 1.00}")))
    plan = only(plans.review())
    assert (plan.values, plan.figures) == ((), ())


@pytest.mark.parametrize(
    ("written", "name", "shown"),
    [
        ("138 0000 1111", "手机号码", "138 0000 1111"),
        ("１３８１２３４５６７８", "手机号码", "13812345678"),
        ("138.1234.5678", "手机号码", "138.1234.5678"),
        ("138&#49;2345678", "手机号码", "13812345678"),
        ("138&#x31;2345678", "手机号码", "13812345678"),
        ("138–1234–5678", "手机号码", "138–1234–5678"),
        ("1381\u200b2345678", "手机号码", "13812345678"),
        ("（+86）13812345678", "手机号码", "(+86)13812345678"),
        ("（022）23456789", "电话号码", "(022)23456789"),
        ("022-2345 6789", "电话号码", "022-2345 6789"),
        ("li.si＠example.org", "电子邮箱", "li.si@example.org"),
    ],
)
def test_personal_data_is_seen_in_whatever_characters_a_page_shows_it(written: str, name: str, shown: str) -> None:
    text = f"１&amp;电话{written}。"
    assert [(seen.name, seen.text, seen.start) for seen in personal(text)] == [(name, shown, text.index(written))]


@pytest.mark.parametrize(
    "text", ["138.12345678 t", "0.13812345678", "022-00000000", "91120111MA0EXAMP1P", "138&amp;#49;2345678", "2022 2345 6789"]
)
def test_other_numbers_are_no_telephone_numbers(text: str) -> None:
    assert list(personal(text)) == []


def test_a_telephone_number_is_told_where_it_stands(plans: Plans) -> None:
    plans.edit((STAFF, f"{STAFF}，电话（022）２３４５６７８９"))
    (told,) = (finding for finding in only(plans.review()).findings.new if finding.code == "R301")
    plans.edit((STAFF, f"{STAFF}，电话（022）２３４５６７８９"))
    line = (plans.top / PLAN).read_text("utf-8").split("\n")[told.line - 1]
    assert line[told.column - 1 :].startswith("（022）")


def test_a_plan_that_becomes_public_tells_all_that_stands_in_it(plans: Plans) -> None:
    plans.edit(
        (STAFF, f"{STAFF}，请电13900001111"),
        (f"row-1.1.1.pdf, issuer: 示例机构, {COUNTED}", f"row-1.1.1.pdf, issuer: 示例机构, {COUNTED.replace('false', 'true')}"),
        ("stage: draft", "stage: site_visit"),
    )
    plans.settle()
    plans.edit(("as_of: 2025-04-30", "as_of: 2025-05-01"))
    assert private(plans) == []
    plans.edit(("stage: site_visit", "stage: candidate"))
    assert [kind for kind, _ in private(plans)] == ["page", "personal", "evidence"]


def test_a_public_pdf_tells_its_authors(plans: Plans) -> None:
    path = plans.top / PLACE / "evidence" / "row-1.1.1.pdf"
    with pikepdf.new() as document:
        document.add_blank_page()
        with document.open_metadata(set_pikepdf_as_editor=False) as packet:
            packet["dc:creator"] = ["李四光"]
            packet["dc:description"] = "13812345678"
        document.docinfo["/Author"] = "张三丰"
        document.save(path)
    plans.edit((f"row-1.1.1.pdf, issuer: 示例机构, {COUNTED}", f"row-1.1.1.pdf, issuer: 示例机构, {COUNTED.replace('false', 'true')}"))
    told = [message for kind, message in private(plans) if kind == "metadata"]
    assert [what for what in ("作者（张…）", "作者（李…）", "手机号码 138…78") if any(what in message for message in told)] == [
        "作者（张…）",
        "作者（李…）",
        "手机号码 138…78",
    ]
    assert not any(name in message for name in ("张三丰", "李四光", "13812345678") for message in told)


def office(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def test_a_public_office_file_tells_who_wrote_and_who_saved_it(plans: Plans) -> None:
    plans.write(f"{PLACE}/evidence/x.docx", office({"[Content_Types].xml": "<x/>", "docProps/core.xml": CORE}))
    plans.edit(
        (f"evidence/row-1.2.1.pdf, issuer: 示例机构, {COUNTED}", f"evidence/x.docx, issuer: 示例机构, {COUNTED.replace('false', 'true')}")
    )
    told = " ".join(message for kind, message in private(plans) if kind == "metadata")
    assert all(what in told for what in ("作者（张…）", "最后保存者（李…）", "手机号码 138…78"))


def test_an_author_whom_the_list_names_anyway_is_not_told(tmp_path: Path) -> None:
    (tmp_path / "x.docx").write_bytes(office({"docProps/core.xml": CORE}))
    assert inside(tmp_path / "x.docx", ("张三丰",)) == ("最后保存者（李…）", "手机号码 138…78")


def test_a_photograph_tells_who_took_it_and_where(tmp_path: Path) -> None:
    picture = Image.new("RGB", (8, 8))
    tags = picture.getexif()
    tags[ExifTags.Base.Artist] = "Zhang San"
    tags.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    picture.save(tmp_path / "x.jpg", exif=tags)
    assert inside(tmp_path / "x.jpg") == ("拍摄位置（GPS）", "作者（Z…）")


def test_the_program_that_made_an_ofd_is_nobody(tmp_path: Path) -> None:
    text = '<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Creator>某软件</ofd:Creator><ofd:Author>张三丰</ofd:Author></ofd:OFD>'
    (tmp_path / "x.ofd").write_bytes(office({"OFD.xml": text}))
    assert inside(tmp_path / "x.ofd") == ("作者（张…）",)


BOMB = '<!DOCTYPE a [<!ENTITY b "13812345678 ">' + "".join(
    f'<!ENTITY {c} "{f"&{p};" * 20}">' for p, c in zip("bcdefgh", "cdefghi", strict=True)
)
HOSTILE = {
    "bomb.docx": office({"docProps/core.xml": f"{BOMB}]><a x='&i;'><creator>&i;</creator></a>"}),
    "outside.docx": office({"docProps/core.xml": '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a><creator>&b;</creator></a>'}),
    "deep.docx": office({"docProps/core.xml": "<creator>" * 50_000}),
    "large.docx": office({"docProps/core.xml": f"<a>{' ' * (8 << 20)}</a>"}),
    "broken.docx": office({"docProps/core.xml": CORE})[:-40],
    "torn.docx": office({"docProps/core.xml": CORE * 9}).replace(b"\x50\x4b\x01\x02", b"\x50\x4b\x01\x00"),
    "words.docx": b"PK\x03\x04 and no more",
    "words.pdf": b"%PDF-1.7\n1 0 obj <</Type/Catalog/Metadata 1 0 R>> endobj trailer <</Root 1 0 R/Info 1 0 R>>",
    "words.png": b"\x89PNG\r\n\x1a\n and no more",
    "words.jpg": b"\xff\xd8\xff\xe1\x00\x10Exif\x00\x00MM\x00*\xff\xff\xff\xff",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_says_nothing_and_breaks_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(HOSTILE[name])
    assert "root:" not in json.dumps(told := inside(tmp_path / name))
    assert len(told) <= 20


def test_a_link_is_not_looked_into(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(office({"docProps/core.xml": CORE}))
    (tmp_path / "x.docx").symlink_to(tmp_path / "secret")
    assert inside(tmp_path / "x.docx") == ()


def certificates_of_another(plans: Plans, theirs: str, ours: str = RUN) -> set[str]:
    """What a new plan with certificates `ours` is told beside a plan that has `theirs`."""
    text = (plans.top / PLAN).read_text("utf-8")
    if theirs != RUN:
        plans.edit((RUN, theirs))
        plans.settle()
    plans.write("plans/xiqing/zwei/plan.md", text.replace("91120111MA0EXAMP1P", "91120111MA0X0001XM").replace(RUN, ours))
    return {finding.code for finding in only(plans.review()).findings.new}


@pytest.mark.parametrize(
    "theirs",
    [
        RUN,
        '{"from": GEC-2024-MA0EXAMP-000001, "to": GEC-2024-MA0EXAMP-002000}',
        "{'from': 'GEC-2024-MA0EXAMP-000001', 'to': 'GEC-2024-MA0EXAMP-002000'}",
        "{from :  GEC-2024-MA0EXAMP-000001, to :  GEC-2024-MA0EXAMP-002000}",
        '{"from":GEC-2024-MA0EXAMP-000001, to: GEC-2024-MA0EXAMP-002000}',
        "{from:\n          GEC-2024-MA0EXAMP-000001, to:\n          GEC-2024-MA0EXAMP-002000}",
        '{from: "GEC-2024-MA0E\\x58AMP-000001", to: "GEC-2024-MA0E\\x58AMP-002000"}',
        "{from: GEC-2024-MA0EXAMP-900000, to: GEC-2024-MA0EXAMP-900009}, {? from : GEC-2024-MA0EXAMP-000500, ? to : GEC-2024-MA0EXAMP-000500}",
    ],
)
def test_a_certificate_counted_twice_is_found_however_the_other_plan_writes_it(plans: Plans, theirs: str) -> None:
    assert "Z851" in certificates_of_another(plans, theirs)


def test_a_prefix_with_a_space_is_found_where_the_other_plan_breaks_the_line_at_it(plans: Plans) -> None:
    theirs = "{from: GEC 2024\n          A-0001, to: GEC 2024\n          A-0009}"
    assert "Z851" in certificates_of_another(plans, theirs, "{from: GEC 2024 A-0005, to: GEC 2024 A-0006}")


@pytest.mark.parametrize(("first", "is_read"), [("002001", False), ("002000", True)])
def test_plainly_written_numbers_of_the_same_series_are_not_even_read(
    plans: Plans, monkeypatch: pytest.MonkeyPatch, first: str, is_read: bool
) -> None:
    """One plan takes longer to read than hundreds to look through; what a body says of certificates counts for nothing."""
    looked_at: set[str] = set()
    real = neighbours._read
    monkeypatch.setattr(neighbours, "_read", lambda name, raw: looked_at.add(name) or real(name, raw))
    plans.edit((STAFF, f"{STAFF}，绿证 GEC-2024-MA0EXAMP-000001"))
    found = certificates_of_another(plans, f'{{from: "GEC-2024-MA0EXAMP-{first}", to: GEC-2024-MA0EXAMP-004000}}')
    assert ("Z851" in found, looked_at) == (is_read, {PLAN} if is_read else set())
