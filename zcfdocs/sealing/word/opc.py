"""A Word file as an OPC package: parts, their content types, what refers to what (ECMA-376-2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from posixpath import normpath
from typing import TypeAlias

from lxml import etree

from zcfdocs.sealing.word import archive
from zcfdocs.sealing.word.archive import broken
from zcfdocs.sealing.word.vocabulary import DOCUMENT_TYPE, RELATIONSHIPS, RELS_TYPE, ROOT_RELS, TO_DOCUMENT, TYPES

Element: TypeAlias = etree._Element
RELS = re.compile(r"(?P<folder>/(?:.+/)?)_rels/(?P<name>[^/]*)\.rels")
LARGEST = 4 << 20  # bytes of what is parsed here: lists and signatures, never texts
MEDIA = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+")


@dataclass(frozen=True, slots=True)
class Relationship:
    id: str
    type: str
    target: str
    external: bool


@dataclass(frozen=True, slots=True)
class Package:
    """`parts` by name (`/word/document.xml`) in the order of the file; `relationships` by the name of the part that holds them."""

    parts: Mapping[str, bytes]
    content_types: bytes
    defaults: Mapping[str, str]
    overrides: Mapping[str, str]
    relationships: Mapping[str, tuple[Relationship, ...]]

    def content_type(self, name: str) -> str:
        """Names and extensions are the same in any case (ECMA-376-2, 9.1.1.2)."""
        return self.overrides.get(name.lower()) or self.defaults.get(name.rpartition(".")[2].lower(), "")

    def written(self) -> bytes:
        files = {name[1:]: content for name, content in self.parts.items()}
        return archive.pack({archive.CONTENT_TYPES: self.content_types, **files})


def read(data: bytes) -> Package:
    """Raises ZcfError where it is no Word file, or one that two readers may understand differently."""
    files = archive.unpack(data)
    types = files.pop(archive.CONTENT_TYPES, None)
    if types is None:
        raise broken(f"没有 {archive.CONTENT_TYPES}")
    parts = {f"/{name}": content for name, content in files.items()}
    defaults, overrides = _types(types)
    if sum(len(content) for name, content in parts.items() if RELS.fullmatch(name)) > LARGEST:
        raise broken("部件之间的关系过多")
    relationships = {name: _relationships(name, content) for name, content in parts.items() if RELS.fullmatch(name)}
    package = Package(parts, types, defaults, overrides, relationships)
    _sound(package)
    return package


def parse(data: bytes, name: str) -> Element:
    """XML without DTD, so without entities; nothing is fetched, nothing may be huge."""
    if len(data) > LARGEST:
        raise broken(f"{name} 过大")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError) as error:
        raise broken(f"{name} 不是完好的 XML") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise broken(f"{name} 含有 DTD")
    return root


def serialized(root: Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def resolved(rels: str, relationship: Relationship) -> str | None:
    """The part a relationship leads to; None where it leads out of the package."""
    found = RELS.fullmatch(rels)
    if relationship.external or found is None:
        return None
    target = relationship.target
    return normpath(target if target.startswith("/") else found["folder"] + target)


def _sound(package: Package) -> None:
    """What a Word file cannot be without."""
    for name in package.parts:
        if not package.content_type(name):
            raise broken(f"部件 {name} 没有内容类型")
        if bool(RELS.fullmatch(name)) != (package.content_type(name) == RELS_TYPE):
            raise broken(f"部件 {name} 的内容类型与名称不符")
    known = {name.lower() for name in package.parts}
    if lost := sorted(name for name in package.overrides if name not in known):
        raise broken(f"写明了内容类型的部件 {lost[0]} 并不存在")
    main = [resolved(ROOT_RELS, each) for each in package.relationships.get(ROOT_RELS, ()) if each.type == TO_DOCUMENT]
    if len(main) != 1 or main[0] not in package.parts or package.content_type(main[0] or "") != DOCUMENT_TYPE:
        raise broken("没有正文，或正文不止一份")


def _types(data: bytes) -> tuple[dict[str, str], dict[str, str]]:
    defaults: dict[str, str] = {}
    overrides: dict[str, str] = {}
    kinds = {f"{{{TYPES}}}Default": ("Extension", defaults), f"{{{TYPES}}}Override": ("PartName", overrides)}
    for child in _children(data, archive.CONTENT_TYPES, f"{{{TYPES}}}Types", tuple(kinds)):
        key, into = kinds[str(child.tag)]
        name, media = child.get(key), child.get("ContentType")
        if set(child.keys()) != {key, "ContentType"} or not name or not media or not MEDIA.fullmatch(media) or name.lower() in into:
            raise broken(f"{archive.CONTENT_TYPES} 里有重复或看不懂的内容")
        into[name.lower()] = media
    return defaults, overrides


def _relationships(name: str, data: bytes) -> tuple[Relationship, ...]:
    found: dict[str, Relationship] = {}
    for child in _children(data, name, f"{{{RELATIONSHIPS}}}Relationships", (f"{{{RELATIONSHIPS}}}Relationship",)):
        key, kind, target, mode = (child.get(each) for each in ("Id", "Type", "Target", "TargetMode"))
        extra = set(child.keys()) - {"Id", "Type", "Target", "TargetMode"}
        if extra or not key or not kind or target is None or mode not in {None, "Internal", "External"} or key in found:
            raise broken(f"{name} 里有重复或看不懂的关系")
        found[key] = Relationship(key, kind, target, mode == "External")
    return tuple(found.values())


def _children(data: bytes, name: str, root: str, allowed: tuple[str, ...]) -> list[Element]:
    """The elements of a flat list; anything else in it, even text, is refused."""
    found = parse(data, name)
    encoding = found.getroottree().docinfo.encoding
    blank = not any((text or "").strip() for child in found for text in (child.tail, child.text)) and not (found.text or "").strip()
    plain = all(child.tag in allowed and len(child) == 0 for child in found)
    if found.tag != root or found.keys() or not blank or not plain or (encoding or "UTF-8").upper() != "UTF-8":
        raise broken(f"{name} 里有看不懂的内容")
    return list(found)
