"""CPU of signing a prepared PDF beside pyHanko's stock signer: `./zcf tool python -m bench.sign [N]` (default 20 copies).

Both sign the same PDF at level B with one RSA-3072 key, certificate, seal picture and field, in turn in this process, warm. Stock is
what the library's manual shows: `SimpleSigner`, `PdfImage`, `PdfSigner.sign_pdf`; it parses and checks the private key at each of the
two signatures it makes to learn the first one's size. Two PDFs: one page of commitment, and the whole worked plan, where reading its
cross-references takes most of what is left. The check that `sign_pdf` makes of its own result is told apart: stock makes none.
"""

from __future__ import annotations

import datetime
import io
import sys
import time
import warnings
from collections.abc import Callable

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.stamp import StaticStampStyle

from bench.pdf import PLAN, manuscript
from zcfdocs.manuscript.manuscript import Manuscript
from zcfdocs.printing.pdf import print_pdf
from zcfdocs.sealing.keys.held import HeldSigner
from zcfdocs.sealing.keys.pkcs12 import held
from zcfdocs.sealing.parties import ROLES
from zcfdocs.sealing.pdf.integrity import verified
from zcfdocs.sealing.pdf.signing import placed
from zcfdocs.sealing.seal import sample_seal

BITS = 3072


def holding() -> HeldSigner:
    key = rsa.generate_private_key(65537, BITS)
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "示例")]), datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    certificate = builder.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1)).sign(key, hashes.SHA256())
    signer = held(key, certificate, []).signer
    assert isinstance(signer, HeldSigner)
    return signer


def seconds(work: Callable[[], bytes]) -> tuple[float, bytes]:
    before = time.process_time()
    data = work()
    return time.process_time() - before, data


def commitment() -> bytes:
    """One page with the places for signatures."""
    places = "".join(f'<p><span class="place" data-role="{role}" title="{title}"></span></p>' for role, title in ROLES.items())
    html = (
        f'<html lang="zh-CN"><head><title>承诺</title></head><body><section class="leaf" data-page="main">{places}</section></body></html>'
    )
    return print_pdf(Manuscript("承诺", "承诺", "示例", "示例", datetime.date(2025, 4, 30), html)).data


def compared(name: str, printed: bytes, ours: HeldSigner, times: int) -> None:
    seal = sample_seal("单位公章")
    stock = SimpleSigner(signing_cert=ours.signing_cert, signing_key=ours.signing_key, cert_registry=ours.cert_registry)
    metadata = PdfSignatureMetadata("sign-company", certify=True, subfilter=SigSeedSubFilter.PADES)
    style = StaticStampStyle(border_width=0, background=PdfImage(seal.image()), background_opacity=1)

    def plain() -> bytes:
        writer = IncrementalPdfFileWriter(io.BytesIO(printed))
        return bytes(PdfSigner(metadata, stock, stamp_style=style).sign_pdf(writer, existing_fields_only=True).getvalue())

    def held_key() -> bytes:
        return placed(printed, metadata, ours, seal, None)

    plain(), held_key()  # warm: imports, the seal's picture
    runs = [(seconds(plain), seconds(held_key)) for _ in range(times)]
    library, own = (sum(run[which][0] for run in runs) / times for which in (0, 1))
    checking, _ = seconds(lambda: verified(printed, runs[0][1][1]))
    print(f"{name}, {len(printed) // 1024} KiB, {times} copies, RSA-{BITS}, level B")
    print(f"stock    {library * 1000:7.1f} ms CPU a signature")
    print(f"zcfdocs  {own * 1000:7.1f} ms CPU a signature, and {checking * 1000:.1f} ms for checking the result")
    print(f"ratio {own / library:.2f}")


def main() -> None:
    warnings.simplefilter("ignore", ResourceWarning)
    times, ours = int(sys.argv[1]) if len(sys.argv) > 1 else 20, holding()
    compared("commitment", commitment(), ours, times)
    compared("worked plan", print_pdf(manuscript(PLAN)).data, ours, times)


if __name__ == "__main__":
    main()
