"""An evidence file as finished sheets, in a PDF of its own: only what its pages show goes on, nothing that acts."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from zcfdocs.binding.looking import opened
from zcfdocs.printing.binder.pictures import picture
from zcfdocs.printing.binder.sheet import Sheet, sheet_of, visible
from zcfdocs.printing.binder.shrinking import shrink
from zcfdocs.printing.binder.stamps import stamp

# What a page's resources may carry besides its looks: actions, files, metadata, ties to a document that stays behind.
DEAD = frozenset(
    f"/{name}"
    for name in [
        "AA",
        "AF",
        "Alternates",
        "Annots",
        "EF",
        "EmbeddedFiles",
        "JS",
        "JavaScript",
        "Metadata",
        "Names",
        "OPI",
        "OpenAction",
        "Outlines",
        "PieceInfo",
        "Ref",
        "Rendition",
        "StructParent",
        "StructParents",
        "StructTreeRoot",
        "Threads",
        "URI",
        "XFA",
    ]
)
ACTIONS = frozenset(
    f"/{name}"
    for name in [
        "GoTo",
        "GoToR",
        "GoToE",
        "GoToDp",
        "Launch",
        "Thread",
        "URI",
        "Sound",
        "Movie",
        "Hide",
        "Named",
        "SubmitForm",
        "ResetForm",
        "ImportData",
        "JavaScript",
        "SetOCGState",
        "Rendition",
        "Trans",
        "GoTo3DView",
        "RichMediaExecute",
    ]
)
BAD = (pikepdf.PikepdfError, ValueError, TypeError, AttributeError, KeyError, RuntimeError, OSError)


def write_leaves(source: Path, first: int, count: int, target: Path) -> tuple[str, ...]:
    """The sheets of a file, numbered from `first`; returns what a reader must be told. Always `count` sheets."""
    part = pikepdf.new()
    if source.suffix.lower() != ".pdf":
        _add(part, *picture(source, part), first, (1, count))
        save(part, target)
        return ()
    with opened(source) as document:
        notes = [*_flattened(document)]
        for item in document.objects:
            _strip(item)
        sheets = [sheet_of(page) for page in document.pages]
        if larger := sum(sheet.is_reduced for sheet in sheets):
            notes.append(f"其中 {larger} 页原大于 A3，缩印于 A3 页")
        notes += shrink(document, sheets)
        lost = []
        found: Any
        for number, (page, sheet) in enumerate(zip(document.pages, sheets, strict=True), 1):
            try:
                found = _leaf(page, part)
            except BAD:
                lost.append(number)
                found = None  # a blank page keeps the numbers
            _add(part, sheet, found, first + number - 1, (number, count))
        _keep_layers(document, part)
        save(part, target)
    if lost:
        notes.append(f"原文件第 {'、'.join(map(str, lost))} 页不能排入，本册该页为空白")
    return tuple(notes)


def _leaf(page: pikepdf.Page, part: pikepdf.Pdf) -> Any:
    box = visible(page)
    form = page.as_form_xobject(handle_transformations=False)
    form.BBox = Array([round(value, 4) for value in box])
    for key in ("/Matrix", "/Metadata", "/StructParents", "/StructParent"):
        if key in form:
            del form[key]
    return part.copy_foreign(form)


def _add(part: pikepdf.Pdf, sheet: Sheet, found: Any, number: int, place: tuple[int, int]) -> None:
    """One sheet: the original below its label, each within its own graphics state."""
    drawn = f"q {sheet.operators} /Z Do Q\n" if found is not None else ""
    content = Stream(part, (drawn + stamp(sheet.width, number, place)).encode("ascii"))
    page = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, sheet.width, sheet.height]),
        Resources=Dictionary(XObject=Dictionary(Z=found) if found is not None else Dictionary()),
        Contents=content,
    )
    part.pages.append(pikepdf.Page(part.make_indirect(page)))


def _flattened(document: pikepdf.Pdf) -> list[str]:
    """Stamps, seals and filled fields become part of their page, as they look."""
    form: Any = document.Root.get("/AcroForm", {})
    if "/NeedAppearances" in form:
        del form["/NeedAppearances"]  # the appearances there are were seen by whoever signed; none is made anew
    try:
        document.flatten_annotations("all")
    except BAD:
        return ["原文件的批注、签章图样已损坏，未能印出"]
    return []


def _strip(item: Any, depth: int = 0) -> None:
    """Remove whatever acts or belongs to the document rather than to the looks of a page."""
    if depth > 50 or not isinstance(item, (Dictionary, Array, Stream)):
        return
    if isinstance(item, Array):
        for value in item:
            if not getattr(value, "is_indirect", True):
                _strip(value, depth + 1)
        return
    for key, value in list(item.items()):
        if (key in DEAD and not _is_resource(value)) or _acts(value):
            with suppress(KeyError):  # a key whose value is null counts as absent
                del item[key]
        elif not getattr(value, "is_indirect", True):
            _strip(value, depth + 1)


def _acts(value: Any) -> bool:
    return isinstance(value, Dictionary) and str(value.get("/S", "")) in ACTIONS


def _is_resource(value: Any) -> bool:
    """A font or a picture may bear any name, even one of those."""
    if isinstance(value, Stream):
        return value.get("/Subtype") in (Name.Image, Name.Form) or "/PatternType" in value
    return isinstance(value, Dictionary) and value.get("/Type") in (Name.Font, Name.ExtGState, Name.Pattern)


def _keep_layers(document: pikepdf.Pdf, part: pikepdf.Pdf) -> None:
    """A hidden layer stays hidden."""
    try:
        layers = document.Root.OCProperties
        standard = layers.D
        every = list(layers.OCGs)
        shown = {item.objgen for item in standard.get("/ON", [])}
        hidden = list(standard.get("/OFF", []))
        if standard.get("/BaseState") == Name.OFF:
            hidden = [item for item in every if item.objgen not in shown]
        add_layers(part, [part.copy_foreign(item) for item in every], [part.copy_foreign(item) for item in hidden])
    except BAD:
        return


def add_layers(volume: pikepdf.Pdf, every: list[Any], hidden: list[Any]) -> None:
    if "/OCProperties" not in volume.Root:
        volume.Root.OCProperties = Dictionary(OCGs=Array(), D=Dictionary(OFF=Array()))
    volume.Root.OCProperties.OCGs.extend(every)
    volume.Root.OCProperties.D.OFF.extend(hidden)


def save(volume: pikepdf.Pdf, target: Path) -> None:
    """The same bytes for the same content; packed data is passed on as it is, never unpacked."""
    volume.save(
        target,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        deterministic_id=True,
    )
