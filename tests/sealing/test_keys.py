"""Keys: where they come from, what is refused, that nothing of a passphrase is told."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sealing.authority import PASSPHRASE, Authority, running, token
from zcfdocs.errors import ZcfError
from zcfdocs.sealing.keys import Secret, open_key, refusals
from zcfdocs.sealing.keys.throwaway import throwaway

NAME = "天津津禾汽车零部件有限公司"
NOW = datetime.datetime.now(datetime.UTC)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with running(tmp_path_factory.mktemp("authority")) as made:
        yield made


@pytest.fixture
def secret(tmp_path: Path) -> Secret:
    (tmp_path / "secret").write_text(PASSPHRASE + "\n", "utf-8")
    return Secret(tmp_path / "secret")


def test_a_key_file_opens_with_its_chain(authority: Authority, secret: Secret, tmp_path: Path) -> None:
    with open_key(f"p12:{authority.p12('company')}", secret, tmp_path / "home") as signatory:
        assert signatory.names == (NAME,)
        assert [names.native["common_name"] for names in (certificate.subject for certificate in signatory.chain)].count(
            "示例中间证书"
        ) == 1
        assert list(refusals(signatory, (NAME,), NOW)) == []


def test_a_token_opens_and_keeps_its_key(authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIN", "1234")
    with token(authority, "company", tmp_path, monkeypatch) as key, open_key(key, Secret(variable="PIN"), tmp_path) as signatory:
        assert signatory.names == (NAME,)
        assert "示例中间证书" in [certificate.subject.native["common_name"] for certificate in signatory.chain]


def test_a_wrong_pin_is_told(authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIN", "9999")
    with (
        token(authority, "company", tmp_path, monkeypatch) as key,
        pytest.raises(ZcfError) as told,
        open_key(key, Secret(variable="PIN"), tmp_path),
    ):
        pass
    assert told.value.message == "PIN 不对"
    assert "9999" not in told.value.message + told.value.hint


def test_a_wrong_passphrase_is_told_and_not_repeated(authority: Authority, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("vertippt", "utf-8")
    with pytest.raises(ZcfError) as told, open_key(f"p12:{authority.p12('company')}", Secret(tmp_path / "secret"), tmp_path / "home"):
        pass
    assert "口令不对" in told.value.message
    assert "vertippt" not in told.value.message + told.value.hint


def test_a_key_in_a_work_tree_is_refused(authority: Authority, secret: Secret, tmp_path: Path) -> None:
    (tmp_path / "repository/.git").mkdir(parents=True)
    inside = tmp_path / "repository/company.p12"
    inside.write_bytes(authority.p12("company").read_bytes())
    link = tmp_path / "link.p12"
    link.symlink_to(inside)
    for path in (inside, link):
        with pytest.raises(ZcfError, match="工作目录"), open_key(f"p12:{path}", secret, tmp_path / "home"):
            pass


@pytest.mark.parametrize(
    ("name", "reason"),
    [("expired", "过期"), ("early", "起才有效"), ("encipher", "密钥用途"), ("stranger", "天津别家有限公司”，不是")],
)
def test_a_certificate_that_may_not_sign_is_refused_with_its_reason(authority: Authority, name: str, reason: str) -> None:
    (told,) = refusals(authority.signatory(name), (NAME,), NOW)
    assert reason in told


def test_a_throw_away_key_says_so() -> None:
    signatory = throwaway(NAME, None, NOW)
    assert signatory.is_test
    assert list(refusals(signatory, (NAME,), NOW)) == []


@pytest.mark.parametrize(
    "key", ["company.p12", "p12:", "ftp:x", "pkcs11:/nowhere.so?cert=a", f"pkcs11:{__file__}", f"pkcs11:{__file__}?pin=1"]
)
def test_a_key_that_cannot_be_meant_is_told(key: str, secret: Secret, tmp_path: Path) -> None:
    with pytest.raises(ZcfError) as told, open_key(key, secret, tmp_path):
        pass
    assert told.value.hint


def test_two_sources_of_a_passphrase_or_none_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ZcfError, match="一个来源"):
        Secret(tmp_path, "PIN").read("口令")
    with pytest.raises(ZcfError, match="不能询问"):
        Secret().read("口令")
    with pytest.raises(ZcfError, match="没有环境变量"):
        Secret(variable="NOT_SET").read("口令")
