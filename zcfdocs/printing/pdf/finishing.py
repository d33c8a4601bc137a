"""What layout leaves to be done before the file is written: empty signature fields, artifacts, page codes, metadata."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pydyf

from zcfdocs.manuscript.manuscript import Manuscript
from zcfdocs.printing.pdf.codes import PageCode, drawing
from zcfdocs.printing.pdf.record import with_mark

POINTS_A_MM = 72 / 25.4
CODE_MM = 14.0
# From the binding edge of an upright A4 page and from its foot: outside the 版心, on the side the page number is not.
CODE_X_MM, CODE_Y_MM = 26.0, 8.0
PRINTED, LOCKED = 4, 128
DRAWN = re.compile(rb"^/(\S+) Do$")
# Of a check box, which is what layout knows; a signature field has none of them.
OF_BUTTONS = ("DA", "V", "AS", "MK", "Opt", "Border", "Ff", "MaxLen")


def finish(pdf: pydyf.PDF, manuscript: Manuscript) -> None:
    """Change the document in place; nothing is drawn where the manuscript has no mark and no signature place."""
    _signature_fields(pdf)
    _own_pictures(pdf)
    _pagination(pdf)
    if manuscript.mark is not None:
        _page_codes(pdf, manuscript)
        metadata = _object(pdf, pdf.catalog["Metadata"])
        metadata.stream = [with_mark(b"".join(metadata.stream), manuscript.mark)]


def _signature_fields(pdf: pydyf.PDF) -> None:
    """Turn the check boxes that hold the places into empty signature fields (ISO 32000-1, 12.7.4.5)."""
    if "AcroForm" not in pdf.catalog:
        return
    form = pdf.catalog["AcroForm"]
    form.pop("NeedAppearances", None)  # PDF/A-3, 6.4.1 forbids it
    form.pop("DR", None)
    form["SigFlags"] = 1
    for item in list(pdf.objects):
        if isinstance(item, dict) and item.get("Subtype") == "/Widget":
            _empty_signature(pdf, item)
        elif isinstance(item, dict) and item.get("S") == "/Form" and len(item["K"]) == 1:
            item["K"] = item["K"][0]  # validators of signed files know the field by this path only


def _empty_signature(pdf: pydyf.PDF, widget: Any) -> None:
    for key in OF_BUTTONS:
        widget.pop(key, None)
    left, top, right, bottom = widget["Rect"]
    left, right, bottom, top = min(left, right), max(left, right), min(bottom, top), max(bottom, top)
    blank = pydyf.Stream([], {"Type": "/XObject", "Subtype": "/Form", "BBox": pydyf.Array([0, 0, right - left, top - bottom])})
    pdf.add_object(blank)
    widget["FT"] = "/Sig"
    widget["F"] = PRINTED | LOCKED
    widget["Rect"] = pydyf.Array([left, bottom, right, top])
    widget["AP"] = pydyf.Dictionary({"N": blank.reference})


def _own_pictures(pdf: pydyf.PDF) -> None:
    """Each page names only the pictures it draws: who checks what a signature covers else walks through all of them from every page."""
    for page in _pages(pdf):
        whole = _object(pdf, page["Resources"])
        said = (DRAWN.search(item) for item in _object(pdf, page["Contents"]).stream if isinstance(item, bytes))
        drawn = {found[1].decode() for found in said if found}
        pictures = pydyf.Dictionary({key: found for key, found in whole["XObject"].items() if key in drawn})
        page["Resources"] = pydyf.Dictionary({**whole, "XObject": pictures})


def _pagination(pdf: pydyf.PDF) -> None:
    """Page numbers and the word 草稿 are marked as content that no structure holds; they are artifacts (ISO 32000-1, 14.8.2.2)."""
    root = _object(pdf, pdf.catalog["StructTreeRoot"])
    document = root["K"][0]
    held = frozenset(_object(pdf, document)["K"])
    parents = _object(pdf, root["ParentTree"])["Nums"]
    for number, page in enumerate(_pages(pdf)):
        owners, stream = parents[2 * number + 1], _object(pdf, page["Contents"]).stream
        loose = {mark for mark, owner in enumerate(owners) if _uppermost(pdf, owner, document) not in held}
        for at, item in enumerate(stream):
            if isinstance(item, pydyf.Dictionary) and item.get("MCID") in loose:
                owners[item["MCID"]] = "null"
                stream[at - 1], stream[at] = "/Artifact", pydyf.Dictionary({"Type": "/Pagination"})


def _uppermost(pdf: pydyf.PDF, reference: bytes, document: bytes) -> bytes:
    """The ancestor of a structure element right below the document."""
    while (parent := _object(pdf, reference)["P"]) != document:
        reference = parent
    return reference


def _page_codes(pdf: pydyf.PDF, manuscript: Manuscript) -> None:
    pages = list(_pages(pdf))
    for number, page in enumerate(pages, 1):
        assert manuscript.mark is not None
        width = float(page["MediaBox"][2])
        size = CODE_MM * POINTS_A_MM
        inset = CODE_X_MM * POINTS_A_MM
        x = inset if number % 2 else width - inset - size
        code = drawing(PageCode.of(manuscript.mark, number, len(pages)), x, CODE_Y_MM * POINTS_A_MM, size)
        _object(pdf, page["Contents"]).stream.insert(0, code)


def _pages(pdf: pydyf.PDF) -> Iterator[Any]:
    for reference in pdf.page_references:
        yield _object(pdf, reference)


def _object(pdf: pydyf.PDF, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]
