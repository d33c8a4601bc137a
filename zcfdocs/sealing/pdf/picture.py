"""The look of a signature field: the seal's picture and nothing else, compressed once however many copies it goes on."""

from __future__ import annotations

import zlib
from functools import lru_cache

from pyhanko.pdf_utils.content import PdfContent, ResourceType
from pyhanko.pdf_utils.generic import IndirectObject, NameObject, NumberObject, StreamObject, pdf_name
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, Margins, SimpleBoxLayoutRule
from pyhanko.stamp import StaticStampStyle

from zcfdocs.sealing.seal import Seal

WHOLE = SimpleBoxLayoutRule(AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID, Margins(0, 0, 0, 0))


def appearance(seal: Seal | None) -> StaticStampStyle:
    """The library's own style draws text in a font that is not embedded, which PDF/A forbids (ISO 19005-3, 6.2.11.4)."""
    picture = _Picture(seal) if seal else None
    return StaticStampStyle(border_width=0, background=picture, background_layout=WHOLE, background_opacity=1)


class _Picture(PdfContent):
    """An RGB image with its transparency as a mask (ISO 32000-1, 11.6.5.3)."""

    def __init__(self, seal: Seal) -> None:
        super().__init__(box=BoxConstraints(seal.width, seal.height))
        self._seal = seal

    def render(self) -> bytes:
        colour, alpha = _layers(self._seal)
        image = self._stream(colour, "/DeviceRGB")
        image[pdf_name("/SMask")] = self._added(self._stream(alpha, "/DeviceGray"))
        self.set_resource(ResourceType.XOBJECT, pdf_name("/Seal"), self._added(image))
        return b"q %d 0 0 %d 0 0 cm /Seal Do Q" % (self._seal.width, self._seal.height)

    def _stream(self, packed: bytes, space: str) -> StreamObject:
        names = {"/Type": "/XObject", "/Subtype": "/Image", "/ColorSpace": space, "/Filter": "/FlateDecode"}
        numbers = {"/Width": self._seal.width, "/Height": self._seal.height, "/BitsPerComponent": 8}
        told: dict[NameObject, object] = {pdf_name(key): pdf_name(value) for key, value in names.items()}
        return StreamObject(told | {pdf_name(key): NumberObject(value) for key, value in numbers.items()}, encoded_data=packed)  # type: ignore[no-untyped-call]

    def _added(self, stream: StreamObject) -> IndirectObject:
        assert self.writer is not None  # set by the stamp that draws this
        return self.writer.add_object(stream)


@lru_cache(maxsize=4)
def _layers(seal: Seal) -> tuple[bytes, bytes]:
    """Colour and transparency, packed."""
    picture = seal.image()
    return zlib.compress(picture.convert("RGB").tobytes(), 9), zlib.compress(picture.getchannel("A").tobytes(), 9)
