"""What an evidence file says of people and places besides what it shows. Files are hostile: every look is bounded."""

from __future__ import annotations

import lzma
import struct
import warnings
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from zcfdocs.binding.glancing import plain as unlinked
from zcfdocs.binding.looking import opened
from zcfdocs.reviewing.differences.personal import personal

if TYPE_CHECKING:
    import pikepdf

LARGEST_XML = 1 << 20
LONGEST = 2_000  # characters of one entry
MOST, LOOKED_AT = 20, 5_000  # entries of one file that are told, that are read
# The parts of Word, Excel and OFD files that name people, and what they call them there.
PARTS = ("docProps/core.xml", "docProps/app.xml", "docProps/custom.xml", "OFD.xml")
PEOPLE = {"creator": "作者", "author": "作者", "lastmodifiedby": "最后保存者", "manager": "负责人"}
AUTHORS = frozenset(PEOPLE.values())
OFD_PEOPLE = {"author": "作者"}  # in GB/T 33190-2016 Creator is the program
ZIPPED = (".docx", ".xlsx", ".ofd")
BROKEN_ZIP = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    OSError,
    EOFError,
    ValueError,
    KeyError,
    RuntimeError,
    OverflowError,
)
Told = tuple[str, str]  # the name of an entry in Chinese, or "", and its text


def inside(path: Path, known: Collection[str | None] = ()) -> tuple[str, ...]:
    """Positions, authors and personal data; names of authors that are `known` are said anyway."""
    suffix = path.suffix.lower()
    read = _in_picture if suffix in (".jpg", ".jpeg", ".png") else _in_pdf if suffix == ".pdf" else _in_zip if suffix in ZIPPED else None
    found: dict[str, None] = {}
    for name, text in islice(read(path), LOOKED_AT) if read is not None else ():
        clean = text[:LONGEST].strip()
        if name and not clean:
            found[name] = None
        elif name and clean not in known:
            found[f"{name}（{clean[0]}…）"] = None
        found |= dict.fromkeys(map(str, personal(clean)))
        if len(found) >= MOST:
            break
    return tuple(found)


def _in_picture(path: Path) -> Iterator[Told]:
    from PIL import ExifTags, Image  # only where a picture becomes public

    try:
        with warnings.catch_warnings(action="ignore"), unlinked(path) as file, Image.open(file) as picture:
            exif = picture.getexif()
            tags = ExifTags.Base
            told = {tag: str(exif[tag]) for tag in (tags.Artist, tags.Copyright, tags.ImageDescription) if tag in exif}
            is_placed = bool(exif.get_ifd(ExifTags.IFD.GPSInfo))
    except Exception:  # noqa: BLE001  # whatever is wrong with its tags, nobody reads them either
        return
    if is_placed:
        yield "拍摄位置（GPS）", ""
    for tag, text in told.items():
        if text.strip("\0 "):
            yield "作者" if tag == tags.Artist else "", text.strip("\0 ")


def _in_pdf(path: Path) -> Iterator[Told]:
    import pikepdf  # only where a PDF becomes public

    told: Mapping[str, str] = {}
    packet = b""
    try:
        with opened(path) as document:
            told = {str(key): str(document.docinfo[key])[:LONGEST] for key in list(document.docinfo.keys())[:100]}
            packet = _packet(document)
    except (pikepdf.PikepdfError, OSError, ValueError, TypeError, AttributeError, KeyError, RuntimeError):
        pass  # what was read so far
    for key, text in told.items():
        if text.strip():
            yield "作者" if key == "/Author" else "", text
    yield from _in_xml(packet, PEOPLE)


def _packet(document: pikepdf.Pdf) -> bytes:
    """Its XMP; LZW is the one packing whose result the library does not bound."""
    import pikepdf

    found = document.Root.get("/Metadata")
    is_bounded = isinstance(found, pikepdf.Stream) and "LZW" not in str(found.get("/Filter", ""))
    return found.read_bytes()[:LARGEST_XML] if found is not None and is_bounded else b""


def _in_zip(path: Path) -> Iterator[Told]:
    wanted = {name.lower() for name in PARTS}
    try:
        with unlinked(path) as file, zipfile.ZipFile(file) as archive:
            parts = [info for info in archive.infolist() if info.filename.lower() in wanted][: len(PARTS)]
            for info in parts:
                with archive.open(info) as part:
                    yield from _in_xml(part.read(LARGEST_XML), OFD_PEOPLE if path.suffix.lower() == ".ofd" else PEOPLE)
    except BROKEN_ZIP:
        return


def _in_xml(data: bytes, people: Mapping[str, str]) -> Iterator[Told]:
    """People by their elements or attributes, then the rest; entities are left as they stand and nothing is fetched."""
    from lxml import etree

    if not data.strip():
        return
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError):
        root = None
    if root is None:
        return
    for element in root.iter("*"):
        name = people.get(_local(element.tag), "")
        names = [(people.get(_local(key), ""), value) for key, value in element.attrib.items()]
        if name:
            names += [(name, str(text)) for text in element.itertext()]
        elif element.text:
            names.append(("", element.text))
        yield from ((kind, str(text)) for kind, text in names if text.strip())


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2].lower()
