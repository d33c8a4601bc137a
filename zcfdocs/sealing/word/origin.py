"""Where signatures lie in a package: found, put there, thought away."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from lxml import etree

from zcfdocs.sealing.word import opc
from zcfdocs.sealing.word.archive import CONTENT_TYPES
from zcfdocs.sealing.word.opc import Element, Package
from zcfdocs.sealing.word.vocabulary import (
    ORIGIN,
    ORIGIN_RELS,
    ORIGIN_TYPE,
    RELATIONSHIPS,
    RELS_TYPE,
    ROOT_RELS,
    SIGNATURE_TYPE,
    SIGNATURES,
    TO_ORIGIN,
    TO_SIGNATURE,
    TYPES,
)

PART = re.compile(rf"{SIGNATURES}sig[1-9][0-9]{{0,3}}\.xml")
MOST = 9  # signatures: none of the papers has more than two signers
EMPTY_RELS = f'<Relationships xmlns="{RELATIONSHIPS}"/>'.encode()


def signature_parts(package: Package) -> tuple[str, ...]:
    """Names of the parts that hold signatures, whether or not anything leads to them."""
    return tuple(sorted((name for name in package.parts if PART.fullmatch(name)), key=lambda name: (len(name), name)))


def disorder(package: Package) -> Iterator[str]:
    """What is not as signing leaves it: signatures out of reach of Word, things beside them, an origin twice. One Chinese sentence each."""
    parts = signature_parts(package)
    if len(parts) > MOST:
        yield f"签名有 {len(parts)} 个，超过 {MOST} 个"
    roots = [each for each in package.relationships[ROOT_RELS] if each.type == TO_ORIGIN]
    leading = [opc.resolved(ROOT_RELS, each) for each in roots]
    if leading != ([ORIGIN] if parts else []):
        yield "通往签名的关系缺失、重复或指向别处"
    reached = package.relationships.get(ORIGIN_RELS, ())
    found = sorted(opc.resolved(ORIGIN_RELS, each) or "" for each in reached if each.type == TO_SIGNATURE)
    if found != sorted(parts) or len(found) != len(reached):
        yield "签名清单与签名文件不一致"
    wanted = {ORIGIN: ORIGIN_TYPE, ORIGIN_RELS: RELS_TYPE, **dict.fromkeys(parts, SIGNATURE_TYPE)} if parts else {}
    for name in package.parts:
        if name.startswith(SIGNATURES) and package.content_type(name) != wanted.get(name):
            yield f"{name} 不属于任何签名"
    if package.parts.get(ORIGIN):
        yield f"{ORIGIN} 应为空"


def with_signature(package: Package, xml: bytes) -> bytes:
    """The file with one more signature; no part that signatures cover is touched."""
    number = next(number for number in range(1, 10_000) if f"{SIGNATURES}sig{number}.xml" not in package.parts)
    name = f"{SIGNATURES}sig{number}.xml"
    parts = {ORIGIN: b"", ORIGIN_RELS: EMPTY_RELS, **package.parts}
    if not any(each.type == TO_ORIGIN for each in package.relationships[ROOT_RELS]):
        parts[ROOT_RELS] = _related(parts[ROOT_RELS], TO_ORIGIN, ORIGIN[1:])
    parts[ORIGIN_RELS] = _related(parts[ORIGIN_RELS], TO_SIGNATURE, name.removeprefix(SIGNATURES))
    ordered = {key: parts[key] for key in (*package.parts, ORIGIN, ORIGIN_RELS)} | {name: xml}
    types = opc.parse(package.content_types, CONTENT_TYPES)
    if "sigs" not in package.defaults:
        etree.SubElement(types, f"{{{TYPES}}}Default", Extension="sigs", ContentType=ORIGIN_TYPE)
    etree.SubElement(types, f"{{{TYPES}}}Override", PartName=name, ContentType=SIGNATURE_TYPE)
    return Package(ordered, opc.serialized(types), {}, {}, {}).written()


def without_signatures(package: Package) -> Mapping[str, bytes]:
    """The unsigned file's entries: those that signing adds to are canonical XML, all others as they are."""
    kept = {name: content for name, content in package.parts.items() if not name.startswith(SIGNATURES)}
    kept[ROOT_RELS] = _reduced(kept[ROOT_RELS], lambda child: child.get("Type") == TO_ORIGIN)
    return {CONTENT_TYPES: _reduced(package.content_types, _of_signatures), **kept}


def _of_signatures(child: Element) -> bool:
    """An entry of [Content_Types].xml that is there for signatures alone."""
    default = child.get("Extension", "").lower() == "sigs" and child.get("ContentType") == ORIGIN_TYPE
    return default or child.get("PartName", "").startswith(SIGNATURES)


def _related(rels: bytes, kind: str, target: str) -> bytes:
    root = opc.parse(rels, ROOT_RELS)
    taken = {child.get("Id") for child in root}
    key = next(f"rId{number}" for number in range(1, len(taken) + 2) if f"rId{number}" not in taken)
    etree.SubElement(root, f"{{{RELATIONSHIPS}}}Relationship", Id=key, Type=kind, Target=target)
    return opc.serialized(root)


def _reduced(data: bytes, dropped: Callable[[Element], bool]) -> bytes:
    root = opc.parse(data, CONTENT_TYPES)
    for child in list(root):
        if dropped(child):
            root.remove(child)
    return etree.tostring(root, method="c14n")
