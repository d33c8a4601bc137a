"""What the judge says of signed PDFs that somebody changed, of strangers' signatures, of certificates revoked, and when nobody can be asked."""

from __future__ import annotations

import gc
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

from tests.sealing.authority import Authority, running
from tests.sealing.pdf_attacks import ATTACKS, INCREMENTAL, flipped, junk, page_content, prepared, regions, xmp_changed
from zcfdocs.sealing.keys import Signatory
from zcfdocs.sealing.keys.throwaway import throwaway
from zcfdocs.sealing.parties import Expected, Party
from zcfdocs.sealing.pdf.judging import judge_pdf
from zcfdocs.sealing.pdf.signing import Level, refresh, sign_pdf
from zcfdocs.sealing.pdf.structure import MOST_SIGNATURES, opened
from zcfdocs.sealing.seal import sample_seal
from zcfdocs.sealing.trust import Trust
from zcfdocs.sealing.verdict import Check, Verdict, together

NAME = "天津津禾汽车零部件有限公司"
COMPANY = ((Party("company", (NAME,)),),)
EXPECTED = Expected((*COMPANY, (Party("legal", (NAME, "示例甲")), Party("responsible", (NAME,)))))
SEAL = sample_seal("单位公章")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with running(tmp_path_factory.mktemp("authority")) as made:
        yield made


def sealed(authority: Authority, level: Level = Level.B, name: str = "company", data: bytes | None = None) -> bytes:
    signatory = authority.signatory(name)
    return sign_pdf(data or prepared(), "company", signatory, SEAL, level, authority.tsa, authority.trust()).data


@pytest.fixture(scope="module")
def one(authority: Authority) -> bytes:
    """Sealed only."""
    return sealed(authority)


@pytest.fixture(scope="module")
def two(authority: Authority, one: bytes) -> bytes:
    return sign_pdf(one, "legal", authority.signatory("legal"), None, Level.B, None, authority.trust()).data


def codes(checks: list[Check], verdict: Verdict) -> set[str]:
    return {check.code for check in checks if check.verdict is verdict}


@pytest.mark.parametrize("name", list(ATTACKS))
@pytest.mark.parametrize("count", [1, 2])
def test_what_was_changed_after_signing_is_rejected_and_named(authority: Authority, one: bytes, two: bytes, name: str, count: int) -> None:
    expected = Expected(COMPANY) if count == 1 else EXPECTED
    data = ATTACKS[name](one if count == 1 else two)
    checks = judge_pdf(data, "方案", expected, authority.trust())
    found = codes(checks, Verdict.INVALID)
    wanted = {"stripped": "V201", "value removed": "V201", "rewritten": "V202"}.get(name, "V203")
    assert wanted in found
    if name in INCREMENTAL and name not in {"info", "xmp"} and not (name == "value removed" and count == 1):
        assert "V204" in found


@pytest.mark.parametrize("region", ["header", "first object", "content stream", "cross-reference", "signature dictionary",
                                    "signature", "padding", "after the signature", "end"])  # fmt: skip
def test_a_byte_flipped_anywhere_is_found(authority: Authority, two: bytes, region: str) -> None:
    data = flipped(two, regions(two)[region])
    checks = judge_pdf(data, "方案", EXPECTED, authority.trust())
    assert codes(checks, Verdict.INVALID) & {"V200", "V202", "V203"}


@pytest.mark.parametrize("attack", [page_content, junk, xmp_changed])
def test_a_timestamp_of_ones_own_does_not_cover_up_a_change(
    authority: Authority, two: bytes, attack: Callable[[bytes], bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A change allowed by nobody, followed by an archive timestamp whose authority the verifier does not know."""
    with running(tmp_path_factory.mktemp("forger")) as forger:
        changed = stamped(attack(two), forger)
        checks = judge_pdf(changed, "方案", EXPECTED, authority.trust(offline=True))
    assert together(checks) is Verdict.INVALID
    assert codes(checks, Verdict.INVALID) & {"V204", "V205"}


def stamped(data: bytes, forger: Authority) -> bytes:
    from pyhanko.sign.signers import PdfTimeStamper
    from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper

    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    return bytes(PdfTimeStamper(RequestsHTTPTimeStamper(forger.tsa)).timestamp_pdf(writer, "sha256").getvalue())


def raw(data: bytes, signatory: Signatory, field: str, certify: bool = False, prepare: Callable[..., None] | None = None, **more) -> bytes:
    """A signature as others make it, without this project's refusals."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    if prepare:
        prepare(writer)
    metadata = PdfSignatureMetadata(field_name=field, subfilter=SigSeedSubFilter.PADES, certify=certify, **more)
    spec = None if field.startswith("sign-") else SigFieldSpec(field)
    return bytes(PdfSigner(metadata, signatory.signer, new_field_spec=spec).sign_pdf(writer).getvalue())


def test_a_strangers_signature_beside_the_expected_ones_is_rejected(authority: Authority, two: bytes) -> None:
    checks = judge_pdf(raw(two, authority.signatory("stranger"), "Signature1"), "方案", EXPECTED, authority.trust())
    told = [check.message for check in checks if check.code == "V201" and check.verdict is Verdict.INVALID]
    assert len(told) == 1
    assert "天津别家有限公司" in told[0]


def test_the_certificate_of_another_company_is_rejected(authority: Authority) -> None:
    checks = judge_pdf(sealed(authority, name="stranger"), "方案", Expected(COMPANY), authority.trust())
    assert codes(checks, Verdict.INVALID) == {"V206"}
    assert any("天津别家有限公司" in check.message for check in checks if check.code == "V206")


def test_names_that_are_not_known_leave_it_open(authority: Authority, one: bytes) -> None:
    checks = judge_pdf(one, "方案", Expected(((Party("company", ()),),)), authority.trust())
    assert codes(checks, Verdict.INVALID) == set()
    assert codes(checks, Verdict.INDETERMINATE) == {"V206"}


def test_a_certificate_one_made_oneself_is_rejected(authority: Authority) -> None:
    made = raw(prepared(), throwaway(NAME, None, datetime.now(UTC)), "sign-company", certify=True)
    checks = judge_pdf(made, "方案", Expected(COMPANY), authority.trust())
    assert codes(checks, Verdict.INVALID) == {"V205", "V208"}
    assert any("签发者不明" in check.message for check in checks), [check.message for check in checks]
    without = judge_pdf(made, "方案", Expected(COMPANY), Trust())
    assert codes(without, Verdict.INVALID) == {"V208"}
    assert codes(without, Verdict.INDETERMINATE) == {"V205"}


def test_missing_signatures_are_named(authority: Authority, one: bytes) -> None:
    checks = judge_pdf(one, "方案", EXPECTED, authority.trust())
    assert codes(checks, Verdict.INVALID) == {"V201"}
    assert any("缺少法定代表人签字或单位负责人签字的签名" in check.message for check in checks)
    unsigned = judge_pdf(prepared(), "方案", EXPECTED, authority.trust())
    assert codes(unsigned, Verdict.INVALID) == {"V201"}


@pytest.mark.parametrize(
    ("field", "certify", "allowed"),
    [("sign-company", False, MDPPerm.FILL_FORMS), ("sign-company", True, MDPPerm.ANNOTATE), ("sign-legal", True, MDPPerm.FILL_FORMS)],
)
def test_a_first_signature_that_does_not_certify_as_it_should_is_rejected(
    authority: Authority, field: str, certify: bool, allowed: MDPPerm
) -> None:
    made = raw(prepared(), authority.signatory("company"), field, certify, docmdp_permissions=allowed)
    checks = judge_pdf(made, "方案", Expected(((Party("company", (NAME,)), Party("legal", (NAME,))),)), authority.trust())
    assert codes(checks, Verdict.INVALID) == {"V204"}


def test_a_change_slipped_in_with_the_seal_is_rejected(authority: Authority) -> None:
    """All its bytes are signed and the prefix is what the build made: only the comparison with the unsigned file shows it."""

    def other_page(writer: IncrementalPdfFileWriter) -> None:
        from pyhanko.pdf_utils import generic

        page = writer.root["/Pages"]["/Kids"][0]
        page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"0 0 100 100 re f"))
        writer.update_container(page)

    made = raw(prepared(), authority.signatory("company"), "sign-company", True, other_page, docmdp_permissions=MDPPerm.FILL_FORMS)
    checks = judge_pdf(made, "方案", Expected(COMPANY), authority.trust())
    assert codes(checks, Verdict.INVALID) == {"V204"}
    assert any("盖章的同时" in check.message for check in checks)


def test_a_revoked_certificate_is_rejected_and_not_decided_offline(authority: Authority) -> None:
    made = raw(prepared(), authority.signatory("revoked"), "sign-company", True, docmdp_permissions=MDPPerm.FILL_FORMS)
    expected = Expected(COMPANY)
    told = next(check for check in judge_pdf(made, "方案", expected, authority.trust()) if check.code == "V205")
    assert told.verdict is Verdict.INVALID
    assert "吊销" in told.message
    offline = next(check for check in judge_pdf(made, "方案", expected, authority.trust(offline=True)) if check.code == "V205")
    assert offline.verdict is Verdict.INDETERMINATE


def test_long_term_levels_are_valid_after_the_issuers_are_gone_until_their_information_lapses(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with running(tmp_path_factory.mktemp("gone")) as gone:
        made = {level: sealed(gone, level) for level in Level}
        renewed = refresh(made[Level.LTA], gone.tsa, gone.trust())
    trust, expected, now = gone.trust(offline=True), Expected(COMPANY), datetime.now(UTC)
    found = {level: judge_pdf(data, "方案", expected, trust, now) for level, data in made.items()}
    assert {level: together(checks) for level, checks in found.items()} == {
        Level.B: Verdict.INDETERMINATE,
        Level.T: Verdict.INDETERMINATE,
        Level.LT: Verdict.VALID,
        Level.LTA: Verdict.VALID,
    }
    assert together(judge_pdf(renewed, "方案", expected, trust, now)) is Verdict.VALID
    month, year = now + timedelta(days=30), now + timedelta(days=365)
    lapsed = judge_pdf(made[Level.LT], "方案", expected, trust, month)
    assert "V205" in codes(lapsed, Verdict.INDETERMINATE)
    assert together(lapsed) is Verdict.INDETERMINATE
    assert any("续加归档时间戳" in check.message for check in lapsed)
    assert together(judge_pdf(made[Level.LTA], "方案", expected, trust, month)) is Verdict.VALID
    assert together(judge_pdf(made[Level.LTA], "方案", expected, trust, year)) is Verdict.INDETERMINATE


def test_an_unknown_timestamp_authority_proves_no_time(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> None:
    with running(tmp_path_factory.mktemp("other")) as other:
        data = sign_pdf(prepared(), "company", authority.signatory("company"), SEAL, Level.T, other.tsa, authority.trust()).data
    checks = judge_pdf(data, "方案", Expected(COMPANY), authority.trust())
    assert codes(checks, Verdict.INDETERMINATE) == {"V207"}
    assert codes(checks, Verdict.INVALID) == set()


def test_more_signatures_than_anyone_needs_are_not_looked_at(authority: Authority) -> None:
    data, stranger = prepared(), authority.signatory("stranger")
    for number in range(MOST_SIGNATURES + 1):
        data = raw(data, stranger, f"S{number}")
    (told,) = judge_pdf(data, "方案", EXPECTED, authority.trust())
    assert told.code == "V200"
    assert f"超过 {MOST_SIGNATURES} 个签名" in told.message


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # an alarm may ring in a destructor; it rings again
def test_work_without_end_is_ended(monkeypatch: pytest.MonkeyPatch, authority: Authority, two: bytes) -> None:
    monkeypatch.setattr("zcfdocs.sealing.pdf.structure.SECONDS", 0.05)
    gc.disable()  # hypothesis listens to the collector: an alarm in its listener would be told as an error of the test
    try:
        (told,) = judge_pdf(two, "方案", EXPECTED, authority.trust())
    finally:
        gc.enable()
    assert "过于复杂" in told.message


def test_the_judge_survives_any_damage(authority: Authority, two: bytes) -> None:
    """Certificates inside the signature are not signed: a byte flipped there is for the chain to find."""
    trust, size = authority.trust(offline=True), len(two)
    gaps = [range(int(made.byte_range[1]), int(made.byte_range[2])) for made in opened(two).embedded_signatures]
    for at in range(7, size, size // 60):
        verdict = together(judge_pdf(flipped(two, at), "方案", EXPECTED, trust))
        assert verdict is Verdict.INVALID or any(at in gap for gap in gaps)
        assert verdict is not Verdict.VALID
        assert together(judge_pdf(two[:at], "方案", EXPECTED, trust)) is Verdict.INVALID
