"""Archive timestamps renewed before the certificate of the last one lapses, and which certificates lapse when."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from typing import Any

from asn1crypto import x509
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.validation.generic_cms import extract_certs_for_validation, extract_tst_data_iter
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from zcfdocs.errors import ZcfError
from zcfdocs.sealing.keys.signatory import names
from zcfdocs.sealing.parties import ARCHIVE
from zcfdocs.sealing.pdf.asking import WITH_STAMP, lasting_context, timestamper, told
from zcfdocs.sealing.pdf.integrity import verified
from zcfdocs.sealing.pdf.structure import called, is_timestamp, opened, safely, signatures
from zcfdocs.sealing.trust import Trust


class _Archivist(PdfTimeStamper):
    """Writes revocation information in the timestamp's own revision, so that the timestamp covers the whole file."""

    async def async_timestamp_pdf(self, *given: Any, **more: Any) -> Any:
        return await super().async_timestamp_pdf(*given, **{"dss_settings": WITH_STAMP, **more})


def refresh(data: bytes, tsa: str | None, trust: Trust) -> bytes:
    """The signed PDF with one more archive timestamp, the last one's revocation information beside it. Raises ZcfError."""
    stamper = timestamper(tsa)
    context = lasting_context(None, trust)
    field = safely(lambda: _archive_field(data))
    with told():
        archivist = _Archivist(stamper, field_name=field)
        made = archivist.update_archival_timestamp_chain(opened(data), context, in_place=False, output=io.BytesIO())
    return verified(data, bytes(made.getvalue()))


def _archive_field(data: bytes) -> str | None:
    """The prepared field while it is empty; later timestamps bring an invisible one of their own."""
    reader = opened(data)
    if not any(not is_timestamp(one) for one in signatures(reader)):
        raise ZcfError("PDF 还没有签名，不能续加归档时间戳", hint="先签署：zcfdocs sign 方案 --role company …")
    return ARCHIVE if any(name == ARCHIVE and value is None for name, value, _ in enumerate_sig_fields(reader)) else None


def lapses(data: bytes, until: date) -> list[str]:
    """A Chinese sentence for each certificate of a signer or a timestamp that ends before the day. Raises Unreadable."""
    return safely(lambda: list(dict.fromkeys(_lapses(data, until))))


def _lapses(data: bytes, until: date) -> Iterator[str]:
    for one in signatures(opened(data)):
        for whose, certificate in _certificates(one):
            ends = certificate.not_valid_after.date()
            if ends < until:
                yield f"{whose}（{'、'.join(names(certificate))}）{ends} 到期，早于 {until}；请在到期前续加归档时间戳"


def _certificates(one: EmbeddedPdfSignature) -> Iterator[tuple[str, x509.Certificate]]:
    yield f"“{called(one.field_name)}”的{'时间戳' if is_timestamp(one) else '签名'}证书", one.signer_cert
    for token in extract_tst_data_iter(one.signer_info, signed=False):
        yield f"“{called(one.field_name)}”的时间戳证书", extract_certs_for_validation(token).signer_cert
