"""Detached signatures and time stamps: OpenSSL agrees on good ones; what is missing to judge is said, what is wrong is named."""

from __future__ import annotations

import datetime
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from asn1crypto import cms, tsp
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sealing.authority import Authority, running, token
from zcfdocs.errors import ZcfError
from zcfdocs.sealing.detached import Stamper, judge_detached, judge_timestamp, sign_detached, timestamp
from zcfdocs.sealing.keys import Secret, open_key
from zcfdocs.sealing.keys.throwaway import throwaway
from zcfdocs.sealing.trust import Trust
from zcfdocs.sealing.verdict import Check, Verdict

NAME = "天津津禾汽车零部件有限公司"
NOW = datetime.datetime.now(datetime.UTC)
DATA = b"0123  manifest-sha256.txt\n"
VALID, INVALID, UNSURE = Verdict.VALID, Verdict.INVALID, Verdict.INDETERMINATE


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with running(tmp_path_factory.mktemp("authority")) as made:
        yield made


@pytest.fixture(scope="module")
def signature(authority: Authority) -> bytes:
    return sign_detached(DATA, authority.signatory("company"))


@pytest.fixture(scope="module")
def stamp(authority: Authority) -> bytes:
    return timestamp(DATA, authority.tsa)


def one(found: list[Check]) -> Check:
    (check,) = found
    return check


def openssl(folder: Path, *arguments: str, **files: bytes) -> subprocess.CompletedProcess[bytes]:
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return subprocess.run(["openssl", *arguments], cwd=folder, check=False, capture_output=True)  # as installed


def by_openssl(folder: Path, authority: Authority, data: bytes, signature: bytes) -> bool:
    options = ("-verify", "-binary", "-inform", "DER", "-in", "sig", "-content", "data", "-CAfile", str(authority.root), "-purpose", "any")
    return openssl(folder, "cms", *options, data=data, sig=signature).returncode == 0


def stamped_by_openssl(folder: Path, authority: Authority, data: bytes, stamp: bytes) -> bool:
    options = ("-verify", "-data", "data", "-in", "tsr", "-CAfile", str(authority.root))
    return openssl(folder, "ts", *options, data=data, tsr=stamp).returncode == 0


# Signatures ------------------------------------------------------------------


def test_openssl_agrees_on_signatures(authority: Authority, signature: bytes, tmp_path: Path) -> None:
    assert by_openssl(tmp_path, authority, DATA, signature)
    assert not by_openssl(tmp_path, authority, DATA + b"x", signature)


def test_a_signature_of_the_factory_is_valid_online(authority: Authority, signature: bytes) -> None:
    check = one(judge_detached(DATA, signature, "清单", (NAME,), authority.trust()))
    assert (check.code, check.subject, check.verdict) == ("V403", "清单", VALID)
    assert NAME in check.message


def test_a_key_in_a_token_signs_alike(authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIN", "1234")
    with token(authority, "company", tmp_path, monkeypatch) as key, open_key(key, Secret(variable="PIN"), tmp_path) as signatory:
        made = sign_detached(DATA, signatory, authority.tsa)
    assert by_openssl(tmp_path, authority, DATA, made)
    assert [check.verdict for check in judge_detached(DATA, made, "清单", (NAME,), authority.trust())] == [VALID, VALID]


def test_offline_and_without_roots_it_is_not_known(authority: Authority, signature: bytes) -> None:
    offline = one(judge_detached(DATA, signature, "清单", (NAME,), authority.trust(offline=True)))
    assert offline.verdict is UNSURE
    assert "吊销" in offline.message
    rootless = one(judge_detached(DATA, signature, "清单", (NAME,), Trust(offline=True)))
    assert rootless.verdict is UNSURE
    assert "--trust" in rootless.message


def test_under_another_root_it_is_not_believed(authority: Authority, signature: bytes) -> None:
    other = Trust((throwaway("别的根", None, NOW).certificate,))
    found = one(judge_detached(DATA, signature, "清单", (NAME,), other))
    assert found.verdict is Verdict.INVALID
    assert "不是由所给的信任根签发" in found.message


@pytest.mark.parametrize(
    ("name", "reason"),
    [("revoked", "吊销"), ("expired", "有效期"), ("early", "有效期"), ("stranger", "天津别家有限公司”，不是"), ("encipher", "用途")],
)
def test_a_certificate_that_could_not_sign_is_refused(authority: Authority, name: str, reason: str) -> None:
    found = one(judge_detached(DATA, sign_detached(DATA, authority.signatory(name)), "清单", (NAME,), authority.trust()))
    assert found.verdict is INVALID, found
    assert reason in found.message


def test_a_trial_is_told_as_such(authority: Authority) -> None:
    made = sign_detached(DATA, throwaway(NAME, None, NOW))
    for trust in (authority.trust(), Trust(), Trust((throwaway(NAME, None, NOW).certificate,))):
        found = one(judge_detached(DATA, made, "清单", (NAME,), trust))
        assert found.verdict is INVALID
        assert "测试签名" in found.message


def test_a_signature_of_other_data_is_refused(authority: Authority, signature: bytes) -> None:
    for trust in (authority.trust(), Trust()):
        found = one(judge_detached(DATA + b"x", signature, "清单", (NAME,), trust))
        assert found.verdict is INVALID
        assert "另一份清单" in found.message


def test_a_signer_nobody_named_is_named(authority: Authority, signature: bytes) -> None:
    found = one(judge_detached(DATA, signature, "清单", (), authority.trust()))
    assert found.verdict is UNSURE
    assert NAME in found.message


def test_a_signature_that_holds_its_own_data_is_refused(authority: Authority) -> None:
    import asyncio

    made = asyncio.run(authority.signatory("company").signer.async_sign_general_data(b"other", "sha256", detached=False))
    assert one(judge_detached(DATA, made.dump(), "清单", (NAME,), authority.trust())).verdict is INVALID


def test_a_signature_with_two_signers_is_refused(authority: Authority, signature: bytes) -> None:
    info = cms.ContentInfo.load(signature)
    info["content"]["signer_infos"].append(info["content"]["signer_infos"][0].copy())
    assert one(judge_detached(DATA, info.dump(force=True), "清单", (NAME,), authority.trust())).verdict is INVALID


@pytest.mark.parametrize("data", [b"", b"no", b"0\x80", b"0" * 100, b"\x30\x84\xff\xff\xff\xff", bytes(2 << 20)])
def test_what_is_no_signature_is_refused(data: bytes) -> None:
    assert one(judge_detached(DATA, data, "清单", (), Trust())).verdict is INVALID
    assert one(judge_timestamp(DATA, data, "清单", Trust())).verdict is INVALID


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_change_of_a_byte_is_valid_or_makes_it_stumble(
    authority: Authority, signature: bytes, stamp: bytes, data: st.DataObject
) -> None:
    """Where a byte may change unseen (certificates beside the chain), the verdict without revocation stays unsure."""
    at, value = data.draw(st.integers(0, len(signature) - 1)), data.draw(st.integers(0, 255))
    trust = authority.trust(offline=True)
    for check in judge_detached(DATA, signature[:at] + bytes([value]) + signature[at + 1 :], "清单", (NAME,), trust):
        assert check.verdict is not VALID
    at %= len(stamp)
    for check in judge_timestamp(DATA, stamp[:at] + bytes([value]) + stamp[at + 1 :], "清单", trust):
        assert check.verdict is not VALID


# Time stamps -----------------------------------------------------------------


def test_openssl_agrees_on_time_stamps(authority: Authority, stamp: bytes, tmp_path: Path) -> None:
    assert stamped_by_openssl(tmp_path, authority, DATA, stamp)
    assert not stamped_by_openssl(tmp_path, authority, DATA + b"x", stamp)


def test_a_time_stamp_tells_its_time(authority: Authority, stamp: bytes) -> None:
    found = one(judge_timestamp(DATA, stamp, "清单", authority.trust()))
    assert (found.code, found.verdict) == ("V404", VALID)
    day = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8)))
    assert f"{day:%Y-%m-%d}" in found.message
    bare = tsp.TimeStampResp.load(stamp)["time_stamp_token"].dump()
    assert judge_timestamp(DATA, bare, "清单", authority.trust()) == [found]


def test_a_time_stamp_of_other_data_is_refused(authority: Authority, stamp: bytes) -> None:
    found = one(judge_timestamp(DATA + b"x", stamp, "清单", authority.trust()))
    assert found.verdict is INVALID
    assert "别的数据" in found.message


def test_a_time_stamp_offline_or_without_roots_is_not_known(authority: Authority, stamp: bytes) -> None:
    assert one(judge_timestamp(DATA, stamp, "清单", authority.trust(offline=True))).verdict is UNSURE
    assert one(judge_timestamp(DATA, stamp, "清单", Trust())).verdict is UNSURE


def test_a_signature_carries_its_time_stamp(authority: Authority, tmp_path: Path) -> None:
    made = sign_detached(DATA, authority.signatory("company"), authority.tsa)
    assert by_openssl(tmp_path, authority, DATA, made)
    found = judge_detached(DATA, made, "清单", (NAME,), authority.trust())
    assert [(check.code, check.verdict) for check in found] == [("V403", VALID), ("V404", VALID)]


def test_a_time_stamp_moved_from_another_signature_is_refused(authority: Authority) -> None:
    first, second = (
        cms.ContentInfo.load(sign_detached(data, authority.signatory("company"), authority.tsa)) for data in (DATA, DATA + b"x")
    )
    first["content"]["signer_infos"][0]["unsigned_attrs"] = second["content"]["signer_infos"][0]["unsigned_attrs"]
    found = judge_detached(DATA, first.dump(force=True), "清单", (NAME,), authority.trust())
    assert [check.verdict for check in found] == [VALID, INVALID]


@contextmanager
def answering(status: int, body: bytes, header: tuple[str, str] | None = None) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            if header:
                self.send_header(*header)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("status", "body", "header", "reason"),
    [
        (500, b"", None, "HTTP 500"),
        (302, b"", ("Location", "http://127.0.0.1:1/"), "HTTP 302"),
        (200, b"<html>", None, "不是 RFC 3161"),
        (200, bytes(2 << 20), None, "不是 RFC 3161"),
        (200, bytes.fromhex("30053003020102"), None, "拒绝"),
    ],
)
def test_a_service_that_fails_is_told(status: int, body: bytes, header: tuple[str, str] | None, reason: str) -> None:
    with answering(status, body, header) as address, pytest.raises(ZcfError, match=reason) as told:
        timestamp(DATA, address)
    assert told.value.hint


def test_an_answer_to_another_question_is_told(stamp: bytes) -> None:
    with answering(200, stamp) as address, pytest.raises(ZcfError):
        timestamp(DATA, address)


def test_a_service_that_is_not_there_is_told(authority: Authority) -> None:
    with pytest.raises(ZcfError, match="连不上"):
        sign_detached(DATA, authority.signatory("company"), "http://127.0.0.1:1/")


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://example.com/", "tsa", "", "http://"])
def test_only_http_is_asked(address: str) -> None:
    with pytest.raises(ZcfError, match="地址不对"):
        Stamper(address)


def test_where_the_issuer_does_not_answer_it_is_not_known(tmp_path: Path) -> None:
    with running(tmp_path) as gone:
        made, stamp, trust = sign_detached(DATA, gone.signatory("company")), timestamp(DATA, gone.tsa), gone.trust()
    for found in (one(judge_detached(DATA, made, "清单", (NAME,), trust)), one(judge_timestamp(DATA, stamp, "清单", trust))):
        assert found.verdict is UNSURE
        assert "问不到" in found.message
