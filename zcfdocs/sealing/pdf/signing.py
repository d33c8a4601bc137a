"""A signature put into its field: PAdES by pyHanko, appended to the bytes of the PDF, verified before anyone sees it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from enum import StrEnum

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper

from zcfdocs.collector import at_rest
from zcfdocs.errors import ZcfError
from zcfdocs.sealing.keys import Signatory
from zcfdocs.sealing.keys.revocation import standing
from zcfdocs.sealing.parties import ARCHIVE, CERTIFYING, ROLES, field_of
from zcfdocs.sealing.pdf.asking import TOGETHER, lasting_context, timestamper, told
from zcfdocs.sealing.pdf.integrity import verified
from zcfdocs.sealing.pdf.picture import appearance
from zcfdocs.sealing.pdf.renewing import lapses, refresh
from zcfdocs.sealing.pdf.structure import is_timestamp, opened, safely, signatures
from zcfdocs.sealing.seal import Seal
from zcfdocs.sealing.trust import Trust

__all__ = ["Level", "Signed", "lapses", "placed", "refresh", "sign_pdf"]
BESIDE_CERTIFICATES = 3072  # bytes: signed attributes, and the value of the longest RSA key in use (8192 bits)


class Level(StrEnum):
    """ETSI EN 319 142-1: B signed, T with the time proved, LT with revocation information, LTA with an archive timestamp."""

    B = "B"
    T = "T"
    LT = "LT"
    LTA = "LTA"

    @property
    def timed(self) -> bool:
        return self is not Level.B

    @property
    def lasting(self) -> bool:
        return self in {Level.LT, Level.LTA}


@dataclass(frozen=True, slots=True)
class Signed:
    """`data` begins with the bytes that were signed; `warnings` are Chinese sentences about what could not be asked."""

    data: bytes
    warnings: tuple[str, ...] = ()


def sign_pdf(data: bytes, role: str, signatory: Signatory, seal: Seal | None, level: Level, tsa: str | None, trust: Trust) -> Signed:
    """The PDF with the role's field signed. Raises ZcfError with a reason; nothing is written, the input is a prefix of the result."""
    stamper = timestamper(tsa) if level.timed else None
    archive = safely(lambda: _ready(data, role))
    found = standing(signatory, trust)
    if found.revoked:
        raise ZcfError(f"拒绝签名：{found.revoked}", hint="换用有效的证书")
    context = lasting_context(signatory, trust) if level.lasting else None
    metadata = PdfSignatureMetadata(
        field_name=field_of(role),
        subfilter=SigSeedSubFilter.PADES,
        certify=role in CERTIFYING,
        docmdp_permissions=MDPPerm.FILL_FORMS,
        embed_validation_info=level.lasting,
        use_pades_lta=level is Level.LTA,
        timestamp_field_name=archive,
        validation_context=context,
        dss_settings=TOGETHER,
        signer_key_usage={"digital_signature"} if _plain(signatory) else {"non_repudiation"},
    )
    with told():
        made = placed(data, metadata, signatory.signer, seal, stamper)
    return Signed(verified(data, made), (found.unknown,) if found.unknown else ())


def placed(
    data: bytes, metadata: PdfSignatureMetadata, signer: Signer, seal: Seal | None, stamper: RequestsHTTPTimeStamper | None
) -> bytes:
    """The signature itself, without looking at anything before or after."""
    room = None if stamper else _room(signer)
    maker = PdfSigner(metadata, signer, timestamper=stamper, stamp_style=appearance(seal))
    with at_rest():  # a tenth of the time
        writer = IncrementalPdfFileWriter(io.BytesIO(data))
        return bytes(maker.sign_pdf(writer, existing_fields_only=True, bytes_reserved=room).getvalue())


def _room(signer: Signer) -> int:
    """Hexadecimal digits for a signature without a timestamp: its certificates and what else is in it. The library would sign twice to know."""
    certificates = {certificate.dump() for certificate in (*signer.cert_registry, signer.signing_cert) if certificate}
    return 2 * (sum(map(len, certificates)) + BESIDE_CERTIFICATES)


def _ready(data: bytes, role: str) -> str | None:
    """The archive field where it is still empty. Raises ZcfError where the role may not sign now."""
    reader = opened(data)
    free = {name: value is None for name, value, _ in enumerate_sig_fields(reader)}
    field, title = field_of(role), ROLES[role]
    if field not in free:
        raise ZcfError(f"PDF 里没有“{title}”的签名处（{field}）", hint="用 zcfdocs 生成的 PDF 签署，核对 --role")
    if not free[field]:
        raise ZcfError(f"“{title}”已经签过", hint="每处只签一次；要重来，由盖章的一方加 --replace 重新盖章，其他人随后再签")
    _in_order(reader, role)
    return ARCHIVE if free.get(ARCHIVE) else None


def _in_order(reader: PdfFileReader, role: str) -> None:
    """The seal certifies, and a certifying signature is the first (ISO 32000-1, 12.8.2.2)."""
    made = [one for one in signatures(reader) if not is_timestamp(one)]
    if role in CERTIFYING and reader.embedded_signatures:
        raise ZcfError(f"“{ROLES[role]}”应当第一个签，而文件已有签名", hint="由盖章的一方加 --replace 重新盖章，其他人随后再签")
    seals = {field_of(one) for one in CERTIFYING}
    if role not in CERTIFYING and not (made and made[0].field_name in seals and made[0].docmdp_level is MDPPerm.FILL_FORMS):
        raise ZcfError(f"还没有盖章，不能签“{ROLES[role]}”", hint="先用 --role company 盖单位公章，再签字")


def _plain(signatory: Signatory) -> bool:
    """Whether the certificate is for digital signatures and not for non-repudiation."""
    usage = signatory.certificate.key_usage_value
    return usage is not None and "non_repudiation" not in usage.native
