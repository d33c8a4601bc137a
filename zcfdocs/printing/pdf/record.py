"""What a PDF says of its own version: XMP properties with the extension schema that PDF/A-3 asks for (ISO 19005-3, 6.6.2.3)."""

from __future__ import annotations

from lxml import etree

from zcfdocs.manuscript.manuscript import Mark

NAMESPACE, PREFIX = "urn:zcfdocs:document:1.0:", "zcf"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
SCHEMAS = {
    "pdfaExtension": "http://www.aiim.org/pdfa/ns/extension/",
    "pdfaSchema": "http://www.aiim.org/pdfa/ns/schema#",
    "pdfaProperty": "http://www.aiim.org/pdfa/ns/property#",
}
PROPERTIES = {
    "kind": "one letter for the kind of document",
    "uscc": "unified social credit code of the applicant (GB 32100)",
    "digest": "sha256 of the plan the document was made from",
    "commit": "git commit of the plan",
    "catalogue": "id of the indicator catalogue",
    "catalogueDigest": "sha256 of the indicator catalogue",
}


def with_mark(packet: bytes, mark: Mark) -> bytes:
    """The XMP packet with two more descriptions in its RDF."""
    start, end = packet.index(b"<x:xmpmeta"), packet.rindex(b"</x:xmpmeta>") + len(b"</x:xmpmeta>")
    root = etree.fromstring(packet[start:end], etree.XMLParser(resolve_entities=False, no_network=True))
    rdf = root.find(f"{{{RDF}}}RDF")
    assert rdf is not None  # WeasyPrint writes one
    rdf.extend((_values(mark), _schema()))
    return packet[:start] + etree.tostring(root, encoding="utf-8") + packet[end:]


def _values(mark: Mark) -> etree._Element:
    described = etree.Element(f"{{{RDF}}}Description", {f"{{{RDF}}}about": ""}, nsmap={PREFIX: NAMESPACE})
    values = (mark.kind, mark.uscc, mark.digest, mark.commit, mark.catalogue, mark.catalogue_digest)
    for name, value in zip(PROPERTIES, values, strict=True):
        if value:
            etree.SubElement(described, f"{{{NAMESPACE}}}{name}").text = value
    return described


def _schema() -> etree._Element:
    described = etree.Element(f"{{{RDF}}}Description", {f"{{{RDF}}}about": ""}, nsmap=SCHEMAS)
    schema = _resource(etree.SubElement(etree.SubElement(described, _in("pdfaExtension", "schemas")), f"{{{RDF}}}Bag"))
    _texts(schema, "pdfaSchema", {"schema": "zcfdocs document", "namespaceURI": NAMESPACE, "prefix": PREFIX})
    properties = etree.SubElement(etree.SubElement(schema, _in("pdfaSchema", "property")), f"{{{RDF}}}Seq")
    for name, meaning in PROPERTIES.items():
        _texts(_resource(properties), "pdfaProperty", {"name": name, "valueType": "Text", "category": "internal", "description": meaning})
    return described


def _resource(parent: etree._Element) -> etree._Element:
    return etree.SubElement(parent, f"{{{RDF}}}li", {f"{{{RDF}}}parseType": "Resource"})


def _texts(parent: etree._Element, prefix: str, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        etree.SubElement(parent, _in(prefix, name)).text = text


def _in(prefix: str, name: str) -> str:
    return f"{{{SCHEMAS[prefix]}}}{name}"
