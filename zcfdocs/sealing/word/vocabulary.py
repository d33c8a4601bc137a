"""Names that the standards fix: namespaces, relationship and content types, the algorithms allowed here."""

from __future__ import annotations

DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
OFFICE = "http://schemas.microsoft.com/office/2006/digsig"
MDSSI = "http://schemas.openxmlformats.org/package/2006/digital-signature"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"

C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
SELECTION = "http://schemas.openxmlformats.org/package/2006/RelationshipTransform"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
METHODS = {
    "rsa": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    "ec": "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
}
ALGORITHMS = {C14N, SELECTION, SHA256, *METHODS.values()}

TO_ORIGIN = f"{RELATIONSHIPS}/digital-signature/origin"
TO_SIGNATURE = f"{RELATIONSHIPS}/digital-signature/signature"
TO_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
RELS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
ORIGIN_TYPE = "application/vnd.openxmlformats-package.digital-signature-origin"
SIGNATURE_TYPE = "application/vnd.openxmlformats-package.digital-signature-xmlsignature+xml"
DOCUMENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"

SIGNATURES = "/_xmlsignatures/"  # the folder of everything that a signature adds
ORIGIN = f"{SIGNATURES}origin.sigs"
ORIGIN_RELS = f"{SIGNATURES}_rels/origin.sigs.rels"
ROOT_RELS = "/_rels/.rels"
