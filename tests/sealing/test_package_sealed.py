"""A whole package, signed and time-stamped: outside judges agree, and whoever makes the manifests anew lacks the key."""

from __future__ import annotations

import datetime
import io
import subprocess
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import bagit  # type: ignore[import-untyped]
import pytest

from tests.sealing.authority import Authority, running
from zcfdocs.sealing.detached import judge_detached, judge_timestamp, sign_detached, timestamp
from zcfdocs.sealing.package.archive import Archive, Content, open_archive, write_zip
from zcfdocs.sealing.package.bag import SEALED, SIGNATURE, STAMP, bag, sealed, tag
from zcfdocs.sealing.package.judging import judge_bag
from zcfdocs.sealing.package.standing import standing
from zcfdocs.sealing.verdict import Check, Verdict, together

NAME = "天津津禾汽车零部件有限公司"
TOP = "天津津禾"
PAYLOAD: dict[str, Content] = {"plan.md": b"# plan", "evidence/a.pdf": b"%PDF-1.7"}
INFO = {"Bagging-Date": "2025-04-20"}
Entries = list[tuple[str, Content]]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with running(tmp_path_factory.mktemp("authority")) as made:
        yield made


@pytest.fixture(scope="module")
def entries(authority: Authority) -> Entries:
    made = bag(TOP, PAYLOAD, INFO)
    data = tag(made, SEALED)
    return sealed(made, sign_detached(data, authority.signatory("company")), timestamp(data, authority.tsa))


def judged(entries: Entries, authority: Authority) -> list[Check]:
    """As `verify` puts it together."""
    out = io.BytesIO()
    write_zip(out, entries)
    opened = open_archive(out, subject="包.zip")
    assert isinstance(opened, Archive), opened
    with opened as found:
        data, signature, stamp = (found.read(f"{TOP}/{name}") for name in (SEALED, SIGNATURE, STAMP))
        trust = authority.trust()
        return [
            *judge_bag(found),
            *judge_detached(data, signature, SIGNATURE, (NAME,), trust),
            *judge_timestamp(data, stamp, STAMP, trust),
        ]


def codes(found: list[Check], verdict: Verdict) -> list[str]:
    return [check.code for check in found if check.verdict is verdict]


def other(authority: Authority) -> Entries:
    """The bag of a changed plan, its manifests made anew."""
    return bag(TOP, PAYLOAD | {"plan.md": b"# other plan"}, INFO)


def said(entries: Entries, name: str) -> bytes:
    found = dict(entries)[f"{TOP}/{name}"]
    assert isinstance(found, bytes)
    return found


def test_a_whole_package_is_valid(entries: Entries, authority: Authority) -> None:
    assert codes(judged(entries, authority), Verdict.VALID) == ["V401", "V402", "V403", "V404"]


def test_outside_judges_agree(entries: Entries, authority: Authority, tmp_path: Path) -> None:
    write_zip(tmp_path / "包.zip", entries)
    with zipfile.ZipFile(tmp_path / "包.zip") as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / TOP
    bagit.Bag(str(folder)).validate()
    root = str(authority.root)
    for command in (
        ("sha256sum", "--strict", "-c", SEALED),
        (
            "openssl",
            "cms",
            "-verify",
            "-binary",
            "-inform",
            "DER",
            "-in",
            SIGNATURE,
            "-content",
            SEALED,
            "-CAfile",
            root,
            "-purpose",
            "any",
        ),
        ("openssl", "ts", "-verify", "-data", SEALED, "-in", STAMP, "-CAfile", root),
    ):
        subprocess.run(command, cwd=folder, check=True, capture_output=True)


def test_manifests_made_again_without_the_key_are_refused(entries: Entries, authority: Authority) -> None:
    forged = sealed(other(authority), said(entries, SIGNATURE), said(entries, STAMP))
    found = judged(forged, authority)
    assert codes(found, Verdict.VALID) == ["V401", "V402"]
    assert codes(found, Verdict.INVALID) == ["V403", "V404"]


def test_manifests_signed_with_anothers_key_are_refused(entries: Entries, authority: Authority) -> None:
    forged = other(authority)
    data = tag(forged, SEALED)
    found = judged(sealed(forged, sign_detached(data, authority.signatory("stranger")), timestamp(data, authority.tsa)), authority)
    assert codes(found, Verdict.INVALID) == ["V403"]


def test_a_signature_of_another_manifest_is_refused(entries: Entries, authority: Authority) -> None:
    wrong = sign_detached(said(entries, "manifest-sha256.txt"), authority.signatory("company"))
    found = judged([*(entry for entry in entries if not entry[0].endswith(".p7s")), (f"{TOP}/{SIGNATURE}", wrong)], authority)
    assert codes(found, Verdict.INVALID) == ["V403"]


def test_a_time_stamp_of_other_data_is_refused(entries: Entries, authority: Authority) -> None:
    wrong = timestamp(said(entries, "manifest-sha256.txt"), authority.tsa)
    found = judged([*(entry for entry in entries if not entry[0].endswith(".tsr")), (f"{TOP}/{STAMP}", wrong)], authority)
    assert codes(found, Verdict.INVALID) == ["V404"]


def test_a_file_changed_after_signing_is_named(entries: Entries, authority: Authority) -> None:
    changed = [(name, b"# plaN" if name.endswith("plan.md") else content) for name, content in entries]
    found = judged(changed, authority)
    assert together(found) is Verdict.INVALID
    assert codes(found, Verdict.INVALID) == ["V401"]


def test_a_certificate_that_has_lapsed_holds_for_a_time_that_is_proved(authority: Authority) -> None:
    """Its issuer still answers for it; without the proof it is refused (test_detached.py)."""
    import asyncio

    from asn1crypto import cms
    from pyhanko.sign.validation.generic_cms import async_validate_detached_cms
    from pyhanko.sign.validation.status import SignatureStatus
    from pyhanko_certvalidator import ValidationContext

    signed = cms.ContentInfo.load(sign_detached(b"data", authority.signatory("expired")))["content"]

    async def look(context: ValidationContext) -> SignatureStatus:
        return await async_validate_detached_cms(b"data", signed, context)

    then = datetime.datetime(2020, 6, 1, tzinfo=datetime.UTC)
    assert asyncio.run(standing(look, authority.trust(), then))[0] is Verdict.VALID
    assert asyncio.run(standing(look, authority.trust()))[0] is Verdict.INVALID


def test_large_files_pass_through_in_pieces(tmp_path: Path) -> None:
    big = tmp_path / "big.pdf"
    with big.open("wb") as file:
        file.truncate(100 << 20)
    tracemalloc.start()
    write_zip(tmp_path / "a.zip", bag(TOP, {"big.pdf": big}, INFO))
    found = open_archive(tmp_path / "a.zip")
    assert isinstance(found, Archive)
    with found:
        assert together(judge_bag(found)) is Verdict.VALID
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 << 20
