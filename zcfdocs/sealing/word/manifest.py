"""What a signature covers: every part with its content type and digest, every relationship by its Id."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from zcfdocs.sealing.word.opc import Element, Package, Relationship
from zcfdocs.sealing.word.vocabulary import RELATIONSHIPS, ROOT_RELS, SIGNATURES, TO_ORIGIN


@dataclass(frozen=True, slots=True)
class Reference:
    """A part as signed. `ids` are the relationships taken of a part that holds such; None for all other parts."""

    name: str
    content_type: str
    ids: tuple[str, ...] | None
    digest: str

    @property
    def uri(self) -> str:
        return f"{self.name}?ContentType={self.content_type}"


def references(package: Package) -> tuple[Reference, ...]:
    """All of the package but the signatures themselves and the relationship that leads to them, sorted by name."""
    return tuple(_reference(package, name) for name in sorted(package.parts) if not name.startswith(SIGNATURES))


def missing_or_added(held: tuple[Reference, ...], signed: tuple[Reference, ...]) -> Iterator[str]:
    """How what a package holds differs from what was signed, contents aside; one Chinese sentence a difference."""
    now, then = ({each.name: each for each in found} for found in (held, signed))
    if len(then) != len(signed):
        yield "签名里同一部件出现两次"
    yield from (f"部件 {name} 不在签名之内（签名后加入）" for name in now if name not in then)
    yield from (f"签名之内的部件 {name} 已不存在" for name in then if name not in now)
    for name in sorted(now.keys() & then.keys()):
        if now[name].content_type != then[name].content_type:
            yield f"部件 {name} 的内容类型已由 {then[name].content_type} 改为 {now[name].content_type}"
        if now[name].ids != then[name].ids:
            yield f"{name} 里的关系有增减，不全在签名之内"


def changed(held: tuple[Reference, ...], signed: tuple[Reference, ...]) -> Iterator[str]:
    """Names of the parts whose content is no longer the signed one; relationships are compared as far as they were signed."""
    then = {each.name: each for each in signed}
    for now in held:
        if now.name in then and now.ids == then[now.name].ids and now.digest != then[now.name].digest:
            yield now.name


def canonical(element: Element) -> bytes:
    """C14N 1.0 without comments. Parsed anew first: of an element inside a tree lxml writes `xmlns=""` that is not there."""
    return etree.tostring(etree.fromstring(etree.tostring(element, with_tail=False)), method="c14n", with_comments=False)


def sha256(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def _reference(package: Package, name: str) -> Reference:
    found = package.relationships.get(name)
    if found is None:
        return Reference(name, package.content_type(name), None, sha256(package.parts[name]))
    covered = sorted((each for each in found if not (name == ROOT_RELS and each.type == TO_ORIGIN)), key=lambda each: each.id)
    ids = tuple(each.id for each in covered)
    return Reference(name, package.content_type(name), ids, sha256(_selected(covered)))


def _selected(relationships: list[Relationship]) -> bytes:
    """The relationship transform (ECMA-376-2, 12.2.4.26), then C14N: sorted by Id, each with its TargetMode."""
    root = etree.Element(f"{{{RELATIONSHIPS}}}Relationships", nsmap={None: RELATIONSHIPS})  # type: ignore[dict-item]  # a default namespace
    for each in relationships:
        mode = "External" if each.external else "Internal"
        etree.SubElement(root, f"{{{RELATIONSHIPS}}}Relationship", Id=each.id, Type=each.type, Target=each.target, TargetMode=mode)
    return canonical(root)
