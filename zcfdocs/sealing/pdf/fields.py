"""Which signature fields a PDF has, and which of them are signed."""

from __future__ import annotations

from pyhanko.sign.fields import enumerate_sig_fields

from zcfdocs.sealing.keys.signatory import is_test
from zcfdocs.sealing.pdf.structure import is_timestamp, opened, safely, signatures

MOST = 100


def fields(data: bytes) -> dict[str, bool]:
    """Field name → whether it is signed. Raises Unreadable."""
    return safely(lambda: _fields(data))


def _fields(data: bytes) -> dict[str, bool]:
    found = enumerate_sig_fields(opened(data))
    return {name: value is not None for _, (name, value, _) in zip(range(MOST), found, strict=False)}


def has_trial(data: bytes) -> bool:
    """Whether a throw-away key has signed. Raises Unreadable."""
    return safely(lambda: any(is_test(one.signer_cert) for one in signatures(opened(data)) if not is_timestamp(one)))
