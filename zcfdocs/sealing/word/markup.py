"""A signature as XML: the one form that is written here, and the only one that is accepted (XAdES-BES in the dialect of Office)."""

from __future__ import annotations

import base64
import datetime
from dataclasses import dataclass

import cryptography.x509
from asn1crypto import x509
from lxml import etree

from zcfdocs.sealing.word.manifest import Reference, canonical, sha256
from zcfdocs.sealing.word.opc import Element
from zcfdocs.sealing.word.vocabulary import C14N, DS, MDSSI, METHODS, OFFICE, SELECTION, SHA256, XADES

TIME = "%Y-%m-%dT%H:%M:%SZ"
OBJECTS = (
    ("idPackageObject", f"{DS}Object"),
    ("idOfficeObject", f"{DS}Object"),
    ("idSignedProperties", "http://uri.etsi.org/01903#SignedProperties"),
)
SCREEN = {"WindowsVersion": "10.0", "OfficeVersion": "16.0", "ApplicationVersion": "16.0", "Monitors": "1"} | {
    "HorizontalResolution": "1920",
    "VerticalResolution": "1080",
    "ColorDepth": "32",
}  # Office requires them; nothing of the signer's machine is told
PROVIDER = {"SignatureProviderId": "{00000000-0000-0000-0000-000000000000}", "SignatureProviderUrl": "", "SignatureProviderDetails": "9"}


@dataclass(frozen=True, slots=True)
class Signed:
    """What a signature says. `comment` is shown by Word; `certificates` has the signer's first; `digests` are those of OBJECTS."""

    references: tuple[Reference, ...]
    moment: datetime.datetime
    role: str
    comment: str
    certificates: tuple[x509.Certificate, ...]
    digests: tuple[str, ...] = ("", "", "")
    value: str = ""

    @property
    def certificate(self) -> x509.Certificate:
        return self.certificates[0]


def markup(signed: Signed) -> Element:
    """Raises KeyError where the certificate's key is of a kind that may not sign here."""
    root = etree.Element(_ds("Signature"), {"Id": "idPackageSignature"}, nsmap={None: DS})  # type: ignore[dict-item]  # a default namespace
    _signed_info(root, signed)
    _text(root, _ds("SignatureValue"), signed.value)
    data = etree.SubElement(etree.SubElement(root, _ds("KeyInfo")), _ds("X509Data"))
    for certificate in signed.certificates:
        _text(data, _ds("X509Certificate"), base64.b64encode(certificate.dump()).decode())
    _package_object(root, signed)
    _office_object(root, signed)
    _signed_properties(root, signed)
    return root


def computed_digests(root: Element) -> tuple[str, ...]:
    """Of the three signed elements as they stand in the tree, in the order of OBJECTS."""
    return tuple(sha256(canonical(element)) for name, _ in OBJECTS for element in root.iter() if element.get("Id") == name)


def signed_bytes(root: Element) -> bytes:
    return canonical(root[0])


def _signed_info(root: Element, signed: Signed) -> None:
    info = etree.SubElement(root, _ds("SignedInfo"))
    etree.SubElement(info, _ds("CanonicalizationMethod"), Algorithm=C14N)
    etree.SubElement(info, _ds("SignatureMethod"), Algorithm=METHODS[signed.certificate.public_key.algorithm])
    for (name, kind), digest in zip(OBJECTS, signed.digests, strict=True):
        reference = etree.SubElement(info, _ds("Reference"), Type=kind, URI=f"#{name}")
        if name == "idSignedProperties":
            etree.SubElement(etree.SubElement(reference, _ds("Transforms")), _ds("Transform"), Algorithm=C14N)
        _digest(reference, digest)


def _package_object(root: Element, signed: Signed) -> None:
    holder = etree.SubElement(root, _ds("Object"), Id="idPackageObject")
    manifest = etree.SubElement(holder, _ds("Manifest"))
    for each in signed.references:
        reference = etree.SubElement(manifest, _ds("Reference"), URI=each.uri)
        if each.ids is not None:
            transforms = etree.SubElement(reference, _ds("Transforms"))
            selection = etree.SubElement(transforms, _ds("Transform"), Algorithm=SELECTION)
            for key in each.ids:
                etree.SubElement(selection, f"{{{MDSSI}}}RelationshipReference", {"SourceId": key}, nsmap={"mdssi": MDSSI})
            etree.SubElement(transforms, _ds("Transform"), Algorithm=C14N)
        _digest(reference, each.digest)
    time = etree.SubElement(_property(holder, "idSignatureTime"), f"{{{MDSSI}}}SignatureTime", nsmap={"mdssi": MDSSI})
    _text(time, f"{{{MDSSI}}}Format", "YYYY-MM-DDThh:mm:ssTZD")
    _text(time, f"{{{MDSSI}}}Value", signed.moment.strftime(TIME))


def _office_object(root: Element, signed: Signed) -> None:
    """[MS-OFFCRYPTO] 2.5.2.6, in its order."""
    holder = etree.SubElement(root, _ds("Object"), Id="idOfficeObject")
    details = etree.SubElement(_property(holder, "idOfficeV1Details"), f"{{{OFFICE}}}SignatureInfoV1", nsmap={None: OFFICE})  # type: ignore[dict-item]
    said = {"SetupID": "", "SignatureText": signed.role, "SignatureImage": "", "SignatureComments": signed.comment}
    for name, value in (said | SCREEN | PROVIDER | {"SignatureType": "1"}).items():
        _text(details, f"{{{OFFICE}}}{name}", value)


def _signed_properties(root: Element, signed: Signed) -> None:
    holder = etree.SubElement(root, _ds("Object"))
    qualifying = etree.SubElement(holder, _xd("QualifyingProperties"), {"Target": "#idPackageSignature"}, nsmap={"xd": XADES})
    properties = etree.SubElement(
        etree.SubElement(qualifying, _xd("SignedProperties"), Id="idSignedProperties"), _xd("SignedSignatureProperties")
    )
    _text(properties, _xd("SigningTime"), signed.moment.strftime(TIME))
    named = etree.SubElement(etree.SubElement(properties, _xd("SigningCertificate")), _xd("Cert"))
    der = signed.certificate.dump()
    _digest(etree.SubElement(named, _xd("CertDigest")), sha256(der))
    serial = etree.SubElement(named, _xd("IssuerSerial"))
    _text(serial, _ds("X509IssuerName"), cryptography.x509.load_der_x509_certificate(der).issuer.rfc4514_string())
    _text(serial, _ds("X509SerialNumber"), str(signed.certificate.serial_number))
    policy = etree.SubElement(properties, _xd("SignaturePolicyIdentifier"))
    etree.SubElement(policy, _xd("SignaturePolicyImplied"))


def _property(holder: Element, name: str) -> Element:
    properties = etree.SubElement(holder, _ds("SignatureProperties"))
    return etree.SubElement(properties, _ds("SignatureProperty"), Id=name, Target="#idPackageSignature")


def _digest(parent: Element, value: str) -> None:
    etree.SubElement(parent, _ds("DigestMethod"), Algorithm=SHA256)
    _text(parent, _ds("DigestValue"), value)


def _text(parent: Element, tag: str, value: str) -> None:
    etree.SubElement(parent, tag).text = value or None


def _ds(name: str) -> str:
    return f"{{{DS}}}{name}"


def _xd(name: str) -> str:
    return f"{{{XADES}}}{name}"
