"""Whether a signed PDF is still what was signed: the cryptography of every signature, what each covers, what was changed after it.

Nothing here asks who signed. pyHanko compares revisions; what it lets pass and this project does not stands in `_covering` and in changes.py.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from asn1crypto import cms
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import CMSExtractionError
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko_certvalidator.policy_decl import DisallowWeakAlgorithmsPolicy

from zcfdocs.errors import ZcfError
from zcfdocs.sealing.pdf.changes import changes, later
from zcfdocs.sealing.pdf.structure import Unreadable, called, is_timestamp, opened, safely, signatures
from zcfdocs.sealing.verdict import Check, Verdict, define, invalid, valid

READABLE = define(
    "V200",
    "PDF 可读且未加密",
    why="加密或损坏的文件不能检验，阅读器各显示各的",
    mend="换用由 zcfdocs 生成、未经其他软件另存的 PDF",
)
INTACT = define(
    "V202",
    "签名所覆盖的内容未被改动",
    why="签名用密码学方法固定了文件的每一个字节，改一个字节就对不上",
    mend="文件签名后被改过或传输损坏，向签署单位索取原件",
)
COVERS = define(
    "V203",
    "最后一个签名或时间戳覆盖整个文件",
    why="签名之后追加的内容没有人签过",
    mend="向签署单位索取签名后未再编辑、未另存的原件",
)


def sound(data: bytes, subject: str) -> list[Check]:
    """V200, V202, V203, V204 of hostile bytes: never raises for them."""
    try:
        return safely(lambda: list(examined(opened(data), subject)))
    except Unreadable as error:
        return [invalid(READABLE, subject, error.message)]


def verified(before: bytes, after: bytes) -> bytes:
    """The result of one's own signing, where it begins with the input and every signature in it holds. Raises ZcfError."""
    failed = next((check for check in safely(lambda: list(_own(opened(after)))) if check.verdict is not Verdict.VALID), None)
    if failed or not after.startswith(before):
        reason = failed.message if failed else "原有内容被改动"
        raise ZcfError(f"签名后的检验没有通过，没有生成文件：{reason}", hint="若文件曾被其他软件修改，请重新生成后签署")
    return after


def _own(reader: PdfFileReader) -> Iterator[Check]:
    """A seal just set needs no comparison with the unsigned file: what came with it was written here."""
    made, subject = signatures(reader), "签名后的文件"
    yield from _whole(made, subject)
    if len(made) == 1:
        yield from later(made, subject)
        return
    yield from changes(reader, made, subject)


def examined(reader: PdfFileReader, subject: str) -> Iterator[Check]:
    """The same of an open file; parsers may raise."""
    made = signatures(reader)
    yield valid(READABLE, subject, "PDF 可读，未加密")
    if not made:
        return
    yield from _whole(made, subject)
    yield from changes(reader, made, subject)


def _whole(made: list[EmbeddedPdfSignature], subject: str) -> Iterator[Check]:
    for one in made:
        one.compute_integrity_info(skip_diff=True)  # type: ignore[no-untyped-call]
        yield _intact(one, f"{subject} {called(one.field_name)}")
    yield _covering(made[-1], subject)


def _intact(one: EmbeddedPdfSignature, subject: str) -> Check:
    kind = "tst_info" if is_timestamp(one) else "data"
    if one.signed_data["encap_content_info"]["content_type"].native != kind:
        return invalid(INTACT, subject, "签名的类型与字段不符")
    try:
        same, genuine = _cryptography(one)
    except (SignatureValidationError, CMSExtractionError) as error:
        return invalid(INTACT, subject, f"签名数据不合规（{type(error).__name__}）")
    if not same:
        return invalid(INTACT, subject, "内容在签名之后被改动，与签名对不上")
    if not genuine:
        return invalid(INTACT, subject, "签名值与证书对不上，签名系伪造或已损坏")
    if not _gapless(one):
        return invalid(INTACT, subject, "签名没有覆盖从文件开头起的全部字节")
    return valid(INTACT, subject, "签名覆盖的内容未被改动")


def _cryptography(one: EmbeddedPdfSignature) -> tuple[bool, bool]:
    """Whether the bytes are those that were signed, and whether the certificate's key signed them; weak algorithms count for nothing."""
    info, policy = one.signer_info, DisallowWeakAlgorithmsPolicy()  # type: ignore[no-untyped-call]
    signed_by = info["signature_algorithm"]
    strong = policy.digest_algorithm_allowed(cms.DigestAlgorithm(info["digest_algorithm"].native), None) and (
        policy.signature_algorithm_allowed(signed_by, None, one.signer_cert.public_key)
    )
    content = one.signed_data["encap_content_info"]["content"]
    if is_timestamp(one):
        stated = content.parsed["message_imprint"]["hashed_message"].native
        if stated != one.compute_digest():
            return False, True
        digest = _digest(bytes(content), one.md_algorithm)
        same, genuine = validate_sig_integrity(info, one.signer_cert, "tst_info", digest)
    else:
        same, genuine = validate_sig_integrity(info, one.signer_cert, "data", one.compute_digest())
    return same, genuine and bool(strong)


def _digest(data: bytes, algorithm: str) -> bytes:
    return hashlib.new(algorithm, data).digest()


def _gapless(one: EmbeddedPdfSignature) -> bool:
    """ByteRange leaves out exactly the hexadecimal string of Contents, and behind the signature in it are only zeros."""
    start, before, after, _ = (int(number) for number in one.byte_range) if len(one.byte_range) == 4 else (-1, 0, 0, 0)
    stream = one.reader.stream
    stream.seek(before)
    gap = stream.read(max(after - before, 0))
    whole = cms.ContentInfo.load(one.pkcs7_content).dump()
    padded = one.pkcs7_content.startswith(whole) and not one.pkcs7_content[len(whole) :].strip(b"\0")
    return start == 0 and gap.lower() == b"<" + one.pkcs7_content.hex().encode() + b">" and padded


def _covering(last: EmbeddedPdfSignature, subject: str) -> Check:
    stream = last.reader.stream
    size = stream.seek(0, 2)
    _, _, after, length = (int(number) for number in last.byte_range)
    if after + length == size:
        return valid(COVERS, subject, f"最后签的“{called(last.field_name)}”覆盖整个文件")
    return invalid(COVERS, subject, f"最后签的“{called(last.field_name)}”之后，文件又被追加了 {size - after - length} 字节没有签名的内容")
