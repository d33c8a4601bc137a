"""What was changed beside and after each signature, and whether it may be: pyHanko compares the revisions of the file."""

from __future__ import annotations

from collections.abc import Iterator

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
    DiffResult,
    FormUpdatingRule,
    GenericFieldModificationRule,
    ModificationLevel,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    SuspiciousModification,
)
from pyhanko.sign.diff_analysis.constants import ACROFORM_EXEMPT_STRICT_COMPARISON, ROOT_EXEMPT_STRICT_COMPARISON
from pyhanko.sign.diff_analysis.policies import DEFAULT_DIFF_POLICY
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import read_certification_data
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from zcfdocs.sealing.parties import CERTIFYING, field_of
from zcfdocs.sealing.pdf.structure import called, is_timestamp
from zcfdocs.sealing.verdict import Check, define, invalid, valid

CHANGES = define(
    "V204",
    "盖章之后只有允许的改动",
    why="盖章之后只许在预留处签字和加时间戳，不许改页面、批注、附件",
    mend="文件在盖章前后被其他软件改过，从未签名的 PDF 重新签署",
)
# The first signature may add what every later one may, the catalogue's note that it certifies, and that the form is signed (ISO 32000-1, 12.7.2, 12.8.4).
FIRST = StandardDiffPolicy(
    global_rules=[
        CatalogModificationRule(ignored_keys=ROOT_EXEMPT_STRICT_COMPARISON | {"/Perms"}),  # type: ignore[no-untyped-call]
        *(rule for rule in DEFAULT_DIFF_POLICY.global_rules if not isinstance(rule, CatalogModificationRule)),
    ],
    form_rule=FormUpdatingRule(
        [SigFieldCreationRule(), SigFieldModificationRule(), GenericFieldModificationRule()],  # type: ignore[no-untyped-call]
        ignored_acroform_keys=ACROFORM_EXEMPT_STRICT_COMPARISON | {"/SigFlags"},
    ),
)


def changes(reader: PdfFileReader, made: list[EmbeddedPdfSignature], subject: str) -> Iterator[Check]:
    signers = [one for one in made if not is_timestamp(one)]
    if not signers:
        return
    if reason := _uncertified(reader, signers) or _before(reader, made[0]):
        yield invalid(CHANGES, subject, reason)
    yield from later(made, subject)


def later(made: list[EmbeddedPdfSignature], subject: str) -> Iterator[Check]:
    """What came after each signature, by its own rules."""
    for one in made:
        where = f"{subject} {called(one.field_name)}"
        one.compute_integrity_info()  # type: ignore[no-untyped-call]
        result: object = one.diff_result
        allowed = one.docmdp_level
        if isinstance(result, SuspiciousModification):
            yield invalid(CHANGES, where, "签名之后文件被做了不允许的改动（页面、批注、外观、附件或结构）")
        elif not isinstance(result, DiffResult) or not one.summarise_integrity_info()["docmdp_ok"]:
            yield invalid(CHANGES, where, "签名之后的改动超出签署者允许的范围")
        elif result.modification_level > ModificationLevel.FORM_FILLING:
            yield invalid(CHANGES, where, "签名之后不止填写了签名处，还有别的改动")
        else:
            note = "，且只许签字和加时间戳" if allowed is MDPPerm.FILL_FORMS else ""
            yield valid(CHANGES, where, f"签名之后没有不允许的改动{note}")


def _uncertified(reader: PdfFileReader, signers: list[EmbeddedPdfSignature]) -> str | None:
    first, found = signers[0], read_certification_data(reader)
    if found is None or found.author_sig.container_ref != first.sig_object.container_ref:
        return "第一个签名不是盖章认证的签名，盖章之后的改动没有限制"
    if first.field_name not in {field_of(role) for role in CERTIFYING}:
        return f"第一个签名在“{called(first.field_name)}”，而应当先盖章"
    if first.docmdp_level is not MDPPerm.FILL_FORMS:
        return "盖章没有限制为“只许在预留处签字”"
    if any(one.docmdp_level is not None for one in signers[1:]):
        return "盖章之后的签名又改写了允许改动的范围"
    return None


def _before(reader: PdfFileReader, first: EmbeddedPdfSignature) -> str | None:
    """What came in the same breath as the first signature: its bytes are signed, but they are no longer those of the build."""
    if first.signed_revision < 1:
        return "签名不是追加在生成的 PDF 之后，原文件已被改写"
    old, new = (reader.get_historical_resolver(first.signed_revision - back) for back in (1, 0))
    try:
        level = FIRST.apply(old=old, new=new, doc_mdp=MDPPerm.FILL_FORMS).modification_level
    except SuspiciousModification:
        return "盖章的同时文件被做了别的改动（页面、批注、附件或结构）"
    return "盖章的同时文件被做了别的改动" if level > ModificationLevel.FORM_FILLING else None
