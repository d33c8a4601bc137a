"""A signature read from a hostile part: taken apart, put together again, and accepted only where both are the same."""

from __future__ import annotations

import base64
import datetime
import re
from collections import Counter

from lxml import etree

from zcfdocs.errors import ZcfError
from zcfdocs.sealing.word import opc
from zcfdocs.sealing.word.manifest import Reference
from zcfdocs.sealing.word.markup import OBJECTS, TIME, Signed, markup
from zcfdocs.sealing.word.opc import Element
from zcfdocs.sealing.word.values import HOSTILE, load
from zcfdocs.sealing.word.vocabulary import ALGORITHMS, DS, MDSSI, OFFICE, SIGNATURES

NAMES = {"ds": DS, "mdssi": MDSSI, "office": OFFICE}
URI = re.compile(r"(?P<name>/[^?#]+)\?ContentType=(?P<type>[^?#]+)")
MOST_CERTIFICATES = 20
HINT = "请签名人用 zcfdocs 重新签名"


def read(data: bytes, name: str) -> Signed:
    """Raises ZcfError, saying what of the part is not as it must be."""
    part = name.removeprefix(SIGNATURES)
    root = opc.parse(data, part)
    if why := _fault(root):
        raise ZcfError(f"签名文件 {part} {why}", hint=HINT)
    try:
        signed = _taken(root)
        again = markup(signed)
    except HOSTILE as error:
        raise ZcfError(f"签名文件 {part} 读不懂", hint=HINT) from error
    if _whole(again) != _whole(root):
        raise ZcfError(f"签名文件 {part} 里有不属于签名的内容，或缺少必需的内容", hint=HINT)
    return signed


def _fault(root: Element) -> str | None:
    """The faults that have a name; the comparison in `read` finds the others."""
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    used = {value for element in elements if (value := element.get("Algorithm")) is not None}
    if unknown := sorted(used - ALGORITHMS):
        return f"用了不允许的算法 {unknown[0]}"
    counted = Counter(value for element in elements if (value := element.get("Id")) is not None)
    if repeated := sorted(value for value, count in counted.items() if count > 1):
        return f"里 Id 为 {repeated[0]} 的内容不止一处"
    required = {f"#{key}" for key, _ in OBJECTS}
    given = {element.get("URI") for element in root.iterfind("ds:SignedInfo/ds:Reference", NAMES)}
    if absent := sorted(required - given):
        return f"没有签到必需的内容 {absent[0]}"
    return None


def _taken(root: Element) -> Signed:
    certificates = root.findall("ds:KeyInfo/ds:X509Data/ds:X509Certificate", NAMES)
    if not 1 <= len(certificates) <= MOST_CERTIFICATES:
        raise ValueError(len(certificates))
    said = "ds:Object/ds:SignatureProperties/ds:SignatureProperty/"
    moment = datetime.datetime.strptime(_text(root, f"{said}mdssi:SignatureTime/mdssi:Value"), TIME).replace(tzinfo=datetime.UTC)
    return Signed(
        references=tuple(_reference(element) for element in root.iterfind("ds:Object/ds:Manifest/ds:Reference", NAMES)),
        moment=moment,
        role=_text(root, f"{said}office:SignatureInfoV1/office:SignatureText"),
        comment=_text(root, f"{said}office:SignatureInfoV1/office:SignatureComments"),
        certificates=tuple(load(base64.b64decode(element.text or "", validate=True)) for element in certificates),
        digests=tuple(element.text or "" for element in root.iterfind("ds:SignedInfo/ds:Reference/ds:DigestValue", NAMES)),
        value=_text(root, "ds:SignatureValue"),
    )


def _reference(element: Element) -> Reference:
    found = URI.fullmatch(element.get("URI", ""))
    if found is None:
        raise ValueError(element.get("URI"))
    selected = [key.get("SourceId", "") for key in element.iterfind("ds:Transforms/ds:Transform/mdssi:RelationshipReference", NAMES)]
    ids = tuple(selected) if element.find("ds:Transforms", NAMES) is not None else None
    return Reference(found["name"], found["type"], ids, _text(element, "ds:DigestValue"))


def _text(element: Element, path: str) -> str:
    return element.findtext(path, "", NAMES)


def _whole(root: Element) -> bytes:
    """With comments: none may be there to part a value in two."""
    return etree.tostring(root, method="c14n", with_comments=True)
