"""Evidence files as factories send them, good and bad, and a plan that lists them."""

from __future__ import annotations

import io
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image, ImageDraw

from zcfdocs.binding import paginate
from zcfdocs.dossier import Dossier
from zcfdocs.evidence import survey
from zcfdocs.loading import Shelf
from zcfdocs.pipeline import dossier, examine
from zcfdocs.plan import EvidenceItem
from zcfdocs.scorecard import Origin

ROOT = Path(__file__).parent.parent
COMMIT = "0123456789abcdef0123456789abcdef01234567"
CORNERS = ("red", "lime", "blue", "yellow")  # upper left, upper right, lower left, lower right


def worked() -> Dossier:
    whole = dossier(examine(ROOT / "tests/cases/oracle/plan.md", "plan.md", Shelf(ROOT / "indicators")), Origin(COMMIT))
    assert whole is not None
    return whole


WORKED = worked()


def plan_with(folder: Path, items: Sequence[EvidenceItem]) -> Dossier:
    """The worked plan with this evidence list instead of its own, its files in `folder`, paginated."""
    plan = WORKED.plan.model_copy(update={"evidence": tuple(items)})
    evidence = survey(plan, folder)
    return replace(WORKED, plan=plan, evidence=evidence, bound=paginate(plan.evidence, evidence, folder))


def item(key: str, file: str, title: str = "", **more: Any) -> EvidenceItem:
    return EvidenceItem(id=key, title=title or f"材料{key}", file=file, **more)


def quarters(size: tuple[int, int], mode: str = "RGB") -> Image.Image:
    """A picture that shows how it lies: each corner has its colour."""
    image = Image.new("RGB", size)
    pen, (x, y) = ImageDraw.Draw(image), (size[0] // 2, size[1] // 2)
    for colour, box in zip(CORNERS, ((0, 0, x, y), (x, 0, *size), (0, y, x, size[1]), (x, y, *size)), strict=True):
        pen.rectangle(box, fill=colour)
    return image.convert(mode)


def noise(size: tuple[int, int], mode: str = "RGB") -> Image.Image:
    """Grain that packs badly, as scans do; always the same."""
    return _grain(size).convert(mode)


def _grain(size: tuple[int, int]) -> Image.Image:
    block = bytes((index * index * 31 + index * 7) >> 3 & 255 for index in range(9973))
    need = size[0] * size[1] * 3
    return Image.frombytes("RGB", size, (block * (need // len(block) + 1))[:need])


def jpeg(image: Image.Image, orientation: int = 1, **more: Any) -> bytes:
    out, tags = io.BytesIO(), Image.Exif()
    tags[0x0112] = orientation
    image.save(out, "JPEG", exif=tags, **more)
    return out.getvalue()


def png(image: Image.Image, **more: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", **more)
    return out.getvalue()


def interlaced(image: Image.Image) -> bytes:
    """Adam7, which Pillow reads and does not write: RGB only."""
    width, height = image.size
    rows = b""
    for x0, y0, dx, dy in ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)):
        for y in range(y0, height, dy):
            line = [image.getpixel((x, y)) for x in range(x0, width, dx)]
            rows += b"\0" + bytes(value for dot in line for value in dot) if line else b""  # type: ignore[union-attr]
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((8, 2, 0, 0, 1))
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big") for name, data in chunks
    )


def sixteen_bits(size: tuple[int, int], kind: int) -> bytes:
    """A PNG of 16 bits a sample, grey (0) or RGB (2), from black on the left to white on the right."""
    width, height = size
    channels = 3 if kind == 2 else 1
    line = b"\0" + b"".join((65535 * x // (width - 1)).to_bytes(2, "big") * channels for x in range(width))
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((16, kind, 0, 0, 0))
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(line * height)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big") for name, data in chunks
    )


def pdf(pages: Sequence[Mapping[str, Any]] = ({},), **saved: Any) -> bytes:
    """Pages with a coloured corner each; `pages` give keys of the page, `saved` how it is saved."""
    document = document_of(pages)
    return data_of(document, **saved)


def data_of(document: pikepdf.Pdf, **saved: Any) -> bytes:
    out = io.BytesIO()
    document.save(out, **saved)
    return out.getvalue()


def document_of(pages: Sequence[Mapping[str, Any]] = ({},)) -> pikepdf.Pdf:
    document = pikepdf.new()
    for number, keys in enumerate(pages, 1):
        box = [float(value) for value in keys.get("MediaBox", (0, 0, 400, 600))]
        drawn = _corners(box) + f" BT /F 24 Tf {box[0] + 40} {box[1] + 40} Td (Page {number}) Tj ET"
        page = Dictionary(
            Type=Name.Page,
            MediaBox=Array(box),
            Resources=Dictionary(Font=Dictionary(F=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))),
            Contents=Stream(document, drawn.encode()),
        )
        for key, value in keys.items():
            page[f"/{key}"] = Array(value) if isinstance(value, (list, tuple)) else value
        document.pages.append(pikepdf.Page(document.make_indirect(page)))
    return document


def _corners(box: list[float]) -> str:
    left, bottom, right, top = box
    x, y = (right - left) / 2, (top - bottom) / 2
    spots = (("1 0 0", left, bottom + y), ("0 1 0", left + x, bottom + y), ("0 0 1", left, bottom), ("1 1 0", left + x, bottom))
    return "q " + " ".join(f"{colour} rg {at_x} {at_y} {x} {y} re f" for colour, at_x, at_y in spots) + " Q 0 g"


def square(document: pikepdf.Pdf, colour: str) -> Any:
    """The appearance of an annotation: one colour all over."""
    form = Stream(document, f"{colour} rg 0 0 100 100 re f".encode())
    form.stream_dict = Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 100, 100]))
    return form


def signed(**saved: Any) -> bytes:
    """A page with a signature whose seal is black, as an e-seal program leaves it."""
    document = document_of()
    field = document.make_indirect(
        Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, T=String("seal"), F=4, Rect=Array([150, 250, 250, 350]),
            AP=Dictionary(N=square(document, "0 0 0")), V=Dictionary(Type=Name.Sig, Filter=Name("/Adobe.PPKLite"), Contents=String("00")),
        )
    )  # fmt: skip
    document.pages[0].obj.Annots = Array([field])
    document.Root.AcroForm = Dictionary(Fields=Array([field]), SigFlags=3)
    return data_of(document, **saved)


def acting() -> bytes:
    """A page with a link, a script at opening, on the page and in a form, and a file inside."""
    document = document_of()
    script = Dictionary(S=Name.JavaScript, JS=String("app.alert('ACTING')"))
    page = document.pages[0].obj
    page.AA = Dictionary(O=script)
    page.Annots = Array(
        [
            Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 400, 600]), A=Dictionary(S=Name.URI, URI=String("http://ACTING/"))),
            Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=Dictionary(S=Name.Launch, F=String("ACTING.exe"))),
        ]
    )  # fmt: skip
    # Ties from what is drawn, which goes on, to what acts, which must not.
    form = square(document, "0 0 0")
    form.PieceInfo = Dictionary(ACTING=Dictionary(LastModified=String("D:2025"), Private=script))
    form.Metadata = Stream(document, b"<x>ACTING</x>")
    form.AF = Array([Dictionary(Type=Name.Filespec, F=String("ACTING"), EF=Dictionary(F=Stream(document, b"ACTING file")))])
    page.Resources.XObject = Dictionary(X=form)
    document.Root.OpenAction = script
    document.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), script])))
    document.attachments["ACTING.txt"] = b"ACTING attachment"
    return data_of(document, compress_streams=False)


def layered(**saved: Any) -> bytes:
    """Black over everything on a layer that is off, black in the middle on one that is on."""
    document = document_of()
    shown, hidden = (document.make_indirect(Dictionary(Type=Name.OCG, Name=String(name))) for name in ("shown", "hidden"))
    page = document.pages[0].obj
    page.Resources.Properties = Dictionary(A=shown, B=hidden)
    drawn = b"/OC /A BDC 0 g 150 250 100 100 re f EMC /OC /B BDC 0 g 0 0 400 600 re f EMC"
    page.Contents = Array([page.Contents, Stream(document, b"\n" + drawn)])
    document.Root.OCProperties = Dictionary(OCGs=Array([shown, hidden]), D=Dictionary(ON=Array([shown]), OFF=Array([hidden])))
    return data_of(document, **saved)


def scanned(image: bytes, size: tuple[int, int], shown: tuple[float, float] = (595, 842)) -> bytes:
    """A PDF page that is one JPEG, as a copier makes it."""
    document = pikepdf.new()
    picture = Stream(document, image)
    picture.stream_dict = Dictionary(
        Type=Name.XObject, Subtype=Name.Image, Width=size[0], Height=size[1], ColorSpace=Name.DeviceRGB, BitsPerComponent=8, Filter=Name.DCTDecode
    )  # fmt: skip
    page = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, *shown]),
        Resources=Dictionary(XObject=Dictionary(S=picture)),
        Contents=Stream(document, f"q {shown[0]} 0 0 {shown[1]} 0 0 cm /S Do Q".encode()),
    )
    document.pages.append(pikepdf.Page(document.make_indirect(page)))
    return data_of(document)
