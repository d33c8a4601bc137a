"""A PDF prepared for signatures, and what people do to signed ones: each attack takes the bytes and gives others."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

import pikepdf
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from zcfdocs.manuscript.manuscript import Enclosure, Manuscript, Mark
from zcfdocs.printing.pdf import print_pdf
from zcfdocs.sealing.pdf.structure import unsigned_prefix

MARK = Mark("P", "91120111MA0DEMJH5M", "sha256:" + "5a" * 32, "01" * 20, "some-city-2025", "sha256:" + "c3" * 32)
PLACES = {"company": "单位公章", "legal": "法定代表人签字", "responsible": "单位负责人签字", "archive": "归档时间戳"}
PLAN, CARD = "# 方案\n".encode(), b'{"total": 1}'


@lru_cache
def prepared() -> bytes:
    """Two pages with the four fields, the plan and its score card."""
    places = "".join(f'<p>{title}：<span class="place" data-role="{role}" title="{title}"></span></p>' for role, title in PLACES.items())
    leaves = "".join(f'<section class="leaf" data-page="main">{body}</section>' for body in (f"<h1>承诺</h1>{places}", "<p>第二页</p>"))
    html = f'<!DOCTYPE html><html lang="zh-CN"><head><title>小样</title></head><body>{leaves}</body></html>'
    enclosures = (
        Enclosure("plan.md", "text/markdown", "Source", "方案", PLAN),
        Enclosure("scorecard.json", "application/json", "Data", "得分", CARD),
    )
    return print_pdf(Manuscript("小样", "小样", "示例", "示例", date(2025, 4, 30), html, mark=MARK, enclosures=enclosures)).data


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def _writer(data: bytes) -> IncrementalPdfFileWriter:
    return IncrementalPdfFileWriter(io.BytesIO(data))


def _done(writer: IncrementalPdfFileWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def rewritten(data: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        document.save(out)
    return out.getvalue()


def page_content(data: bytes) -> bytes:
    writer = _writer(data)
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"0 0 100 100 re f"))
    writer.update_container(page)
    return _done(writer)


def annotation(data: bytes) -> bytes:
    writer = _writer(data)
    page = writer.root["/Pages"]["/Kids"][0]
    note = {"/Type": "/Annot", "/Subtype": "/FreeText"}
    free = generic.DictionaryObject({pdf_name(key): pdf_name(value) for key, value in note.items()})
    free[pdf_name("/Rect")] = generic.ArrayObject(generic.NumberObject(side) for side in (10, 10, 400, 400))
    free[pdf_name("/Contents")] = generic.pdf_string("另外同意")
    page["/Annots"] = generic.ArrayObject([*page.get("/Annots", ()), writer.add_object(free)])
    writer.update_container(page)
    return _done(writer)


def _field(writer: IncrementalPdfFileWriter, name: str) -> Any:
    fields = writer.root["/AcroForm"]["/Fields"]
    return next(field for field in (item.get_object() for item in fields) if field["/T"] == name)


def new_appearance(data: bytes) -> bytes:
    writer = _writer(data)
    field = _field(writer, "sign-company")
    form = generic.StreamObject({pdf_name("/Type"): pdf_name("/XObject"), pdf_name("/Subtype"): pdf_name("/Form")}, stream_data=b"")
    form[pdf_name("/BBox")] = generic.ArrayObject(generic.NumberObject(side) for side in (0, 0, 9, 9))
    field["/AP"] = generic.DictionaryObject({pdf_name("/N"): writer.add_object(form)})
    writer.update_container(field)
    return _done(writer)


def page_dropped(data: bytes) -> bytes:
    writer = _writer(data)
    pages = writer.root["/Pages"]
    pages["/Kids"] = generic.ArrayObject([pages["/Kids"].raw_get(0)])
    pages["/Count"] = generic.NumberObject(1)
    writer.update_container(pages)
    return _done(writer)


def junk(data: bytes) -> bytes:
    return data + b"% junk\n"


def spaced(data: bytes) -> bytes:
    return data + b"\n"


def info_changed(data: bytes) -> bytes:
    writer = _writer(data)
    writer.set_info(writer.add_object(generic.DictionaryObject({pdf_name("/Title"): generic.pdf_string("别的方案")})))
    return _done(writer)


def xmp_changed(data: bytes) -> bytes:
    writer = _writer(data)
    stream = writer.root["/Metadata"]
    changed = stream.data.replace(b"5a5a", b"5b5b")
    fresh = generic.StreamObject({pdf_name("/Type"): pdf_name("/Metadata"), pdf_name("/Subtype"): pdf_name("/XML")}, stream_data=changed)
    writer.root["/Metadata"] = writer.add_object(fresh)
    writer.update_root()
    return _done(writer)


def enclosure_changed(data: bytes) -> bytes:
    writer = _writer(data)
    spec = writer.root["/Names"]["/EmbeddedFiles"]["/Names"][1]
    spec["/EF"]["/F"] = writer.add_object(generic.StreamObject(stream_data=b"# another"))
    writer.update_container(spec["/EF"])
    return _done(writer)


def stripped(data: bytes) -> bytes:
    return unsigned_prefix(data)


def value_removed(data: bytes) -> bytes:
    writer = _writer(data)
    field = _field(writer, "sign-company")
    del field["/V"]
    writer.update_container(field)
    return _done(writer)


INCREMENTAL: dict[str, Callable[[bytes], bytes]] = {
    "page content": page_content,
    "annotation": annotation,
    "appearance": new_appearance,
    "page dropped": page_dropped,
    "info": info_changed,
    "xmp": xmp_changed,
    "enclosure": enclosure_changed,
    "value removed": value_removed,
}
ATTACKS = {**INCREMENTAL, "junk": junk, "newline": spaced, "rewritten": rewritten, "stripped": stripped}


def regions(data: bytes) -> dict[str, int]:
    """Where a byte is flipped: a place for each part of the file."""
    one = PdfFileReader(io.BytesIO(data)).embedded_signatures[0]
    _, before, after, length = (int(number) for number in one.byte_range)
    prefix = len(unsigned_prefix(data))
    return {
        "header": 6,
        "first object": data.index(b" obj") + 8,
        "content stream": data.index(b"stream") + 40,
        "cross-reference": data.rindex(b"startxref", 0, prefix) - 20,
        "signature dictionary": data.index(b"/ByteRange", prefix) + 14,
        "signature": before + 200,
        "padding": after - 8,
        "after the signature": after + 5,
        "end": after + length - 30,
    }
