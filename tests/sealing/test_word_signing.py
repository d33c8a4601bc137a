"""Signed Word copies: LibreOffice and xmlsec1 believe them, the schemas find no error, nothing signed is touched by the next signer."""

from __future__ import annotations

import dataclasses
import datetime
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ooxml import validator
from tests.sealing.authority import Authority, running, token
from tests.wordcopy import jinhe_copy
from zcfdocs.errors import ZcfError
from zcfdocs.sealing.keys import Secret, open_key
from zcfdocs.sealing.keys.throwaway import throwaway
from zcfdocs.sealing.parties import Expected, Party
from zcfdocs.sealing.verdict import Verdict, together
from zcfdocs.sealing.word import archive, differences_from, judge_word, parts_without_signature, sign_word

NAME = "天津津禾汽车零部件有限公司"
NOW = datetime.datetime.now(datetime.UTC)
EXPECTED = Expected(((Party("company", (NAME,)),), (Party("legal", (NAME, "示例甲")), Party("responsible", (NAME,)))))
COMPANY = Expected(EXPECTED.groups[:1])
PYTHON = "/usr/bin/python3"
IDS = ("http://www.w3.org/2000/09/xmldsig#:Object", "http://uri.etsi.org/01903/v1.3.2#:SignedProperties")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with running(tmp_path_factory.mktemp("authority")) as made:
        yield made


@pytest.fixture(scope="module")
def unsigned() -> bytes:
    return jinhe_copy().data


@pytest.fixture(scope="module")
def once(authority: Authority, unsigned: bytes) -> bytes:
    return sign_word(unsigned, authority.signatory("company"), NOW, "company", "提交试点方案")


@pytest.fixture(scope="module")
def twice(authority: Authority, once: bytes) -> bytes:
    return sign_word(once, authority.signatory("legal"), NOW, "legal")


@pytest.fixture(scope="module")
def elliptic(unsigned: bytes) -> bytes:
    return sign_word(unsigned, throwaway(NAME, None, NOW), NOW, "company")


# Judged here ------------------------------------------------------------------------


def test_two_signatures_are_valid_and_say_who_and_when(authority: Authority, twice: bytes) -> None:
    checks = judge_word(twice, "试点方案.docx", EXPECTED, authority.trust())
    assert together(checks) is Verdict.VALID, checks
    assert {check.code for check in checks} == {"V300", "V301", "V302", "V303", "V304", "V305", "V306"}
    told = [check.message for check in checks if check.code == "V306"]
    assert [NAME in message and "没有时间戳证明" in message for message in told] == [True, True]
    assert "示例甲" in told[1]


def test_a_token_signs_as_a_file_does(authority: Authority, unsigned: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIN", "1234")
    with token(authority, "company", tmp_path, monkeypatch) as key, open_key(key, Secret(variable="PIN"), tmp_path) as signatory:
        signed = sign_word(unsigned, signatory, NOW, "company")
    assert together(judge_word(signed, "试点方案.docx", COMPANY, authority.trust())) is Verdict.VALID


def test_a_key_of_another_certificate_signs_nothing(authority: Authority, unsigned: bytes) -> None:
    other = dataclasses.replace(authority.signatory("legal"), certificate=authority.signatory("company").certificate)
    with pytest.raises(ZcfError, match="不是一对"):
        sign_word(unsigned, other, NOW, "company")


def test_the_same_key_and_hour_give_the_same_file(authority: Authority, unsigned: bytes, once: bytes) -> None:
    assert sign_word(unsigned, authority.signatory("company"), NOW, "company", "提交试点方案") == once


def test_signing_adds_signatures_and_nothing_else(unsigned: bytes, once: bytes, twice: bytes) -> None:
    assert differences_from(once, unsigned) == differences_from(twice, unsigned) == []
    before, between, after = (archive.unpack(data) for data in (unsigned, once, twice))
    new = {"_xmlsignatures/origin.sigs", "_xmlsignatures/_rels/origin.sigs.rels", "_xmlsignatures/sig1.xml"}
    assert between.keys() - before.keys() == new
    assert {name for name in before if before[name] != between[name]} == {"[Content_Types].xml", "_rels/.rels"}
    assert after.keys() - between.keys() == {"_xmlsignatures/sig2.xml"}
    touched = {name for name in between if between[name] != after[name]}
    assert touched == {"[Content_Types].xml", "_xmlsignatures/_rels/origin.sigs.rels"}


def test_a_signed_copy_of_something_else_is_told_apart(unsigned: bytes, once: bytes) -> None:
    files = archive.unpack(once)
    files["word/settings.xml"] += b"\n"
    files["word/more.xml"] = b"<x/>"
    del files["word/footer2.xml"]
    told = differences_from(archive.pack(files), unsigned)
    assert len(told) == 1  # a part without its content type is no package
    files["word/footer2.xml"] = files["word/footer1.xml"]
    told = differences_from(archive.pack(files), unsigned)
    assert told == ["多出部件 /word/more.xml", "部件 /word/settings.xml 的内容不同", "部件 /word/footer2.xml 的内容不同"]
    assert differences_from(b"PK", unsigned)
    assert "/_xmlsignatures/sig1.xml" not in parts_without_signature(once)


# Refused ----------------------------------------------------------------------------


def test_the_same_certificate_or_role_signs_once(authority: Authority, once: bytes) -> None:
    with pytest.raises(ZcfError, match="已签过"):
        sign_word(once, authority.signatory("company"), NOW, "legal")
    with pytest.raises(ZcfError, match="已有单位公章"):
        sign_word(once, authority.signatory("legal"), NOW, "company")


def test_nobody_signs_what_another_signed_and_somebody_changed(authority: Authority, once: bytes) -> None:
    files = archive.unpack(once)
    files["word/settings.xml"] += b"\n"
    with pytest.raises(ZcfError, match=r"已失效：部件 /word/settings.xml") as told:
        sign_word(archive.pack(files), authority.signatory("legal"), NOW, "legal")
    assert told.value.hint


@pytest.mark.parametrize("data", [b"", b"PK\3\4", b"%PDF-1.7", archive.pack({"a.xml": b"<a/>"})])
def test_what_is_no_word_file_is_not_signed(authority: Authority, data: bytes) -> None:
    with pytest.raises(ZcfError, match="不是完好的 Word 文件"):
        sign_word(data, authority.signatory("company"), NOW, "company")


@pytest.mark.parametrize("comment", ["一\n二", "长" * 300])
def test_a_comment_is_one_short_line(authority: Authority, unsigned: bytes, comment: str) -> None:
    with pytest.raises(ZcfError, match="说明"):
        sign_word(unsigned, authority.signatory("company"), NOW, "company", comment)


# Outside judges ---------------------------------------------------------------------


def test_libreoffice_says_valid_and_trusts_the_certificates(
    authority: Authority, unsigned: bytes, once: bytes, twice: bytes, elliptic: bytes, tmp_path: Path
) -> None:
    changed = archive.unpack(once)
    changed["word/settings.xml"] += b"\n"
    titled = archive.unpack(once)
    titled["docProps/core.xml"] = titled["docProps/core.xml"].replace(b"</dc:title>", b"!</dc:title>")
    found = libreoffice(authority, tmp_path, unsigned, once, twice, elliptic, archive.pack(changed), archive.pack(titled))
    assert [[each["valid"] for each in signatures] for signatures in found] == [[], [True], [True, True], [True], [False], [False]]
    assert [[each["certificate"] for each in signatures] for signatures in found[1:3]] == [[0], [0, 0]]
    assert found[3][0]["certificate"] != 0
    assert NAME in found[1][0]["signer"]


def libreoffice(authority: Authority, folder: Path, *documents: bytes) -> list[list[dict[str, Any]]]:
    if not shutil.which("soffice") or not shutil.which("certutil"):
        pytest.skip("no LibreOffice or certutil on this machine")
    if subprocess.run([PYTHON, "-c", "import uno"], check=False, capture_output=True).returncode:
        pytest.skip("no python3-uno on this machine")
    trusted = folder / "nss"
    trusted.mkdir()
    database = ["certutil", "-d", f"sql:{trusted}"]
    subprocess.run([*database, "-N", "--empty-password"], check=True)
    subprocess.run([*database, "-A", "-n", "root", "-t", "CT,C,C", "-a", "-i", str(authority.root)], check=True)
    paths = [folder / f"{number}.docx" for number in range(len(documents))]
    for path, data in zip(paths, documents, strict=True):
        path.write_bytes(data)
    command = [PYTHON, str(Path(__file__).with_name("uno_judge.py")), str(trusted), *map(str, paths)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr
    found: list[list[dict[str, Any]]] = json.loads(done.stdout)
    return found


def test_xmlsec_verifies_each_signature(authority: Authority, twice: bytes, elliptic: bytes, tmp_path: Path) -> None:
    if not shutil.which("xmlsec1"):
        pytest.skip("no xmlsec1 on this machine")
    parts = [archive.unpack(twice)[f"_xmlsignatures/sig{number}.xml"] for number in (1, 2)]
    parts.append(archive.unpack(elliptic)["_xmlsignatures/sig1.xml"])
    trusted = [["--trusted-pem", str(authority.root)]] * 2 + [["--insecure"]]
    for part, options in zip(parts, trusted, strict=True):
        assert verified(part, tmp_path, *options)
        assert not verified(part.replace("单位".encode(), "单立".encode()).replace("法定".encode(), "法走".encode()), tmp_path, *options)


def verified(part: bytes, folder: Path, *options: str) -> bool:
    (folder / "sig.xml").write_bytes(part)
    named = [argument for name in IDS for argument in ("--id-attr:Id", name)]
    command = ["xmlsec1", "--verify", "--ignore-manifests", *named, *options, str(folder / "sig.xml")]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return done.returncode == 0 and "SignedInfo References (ok/all): 3/3" in done.stderr + done.stdout


def test_the_schemas_find_no_error_in_a_signed_copy(twice: bytes, tmp_path: Path) -> None:
    package = validator.installed()
    (tmp_path / "copy.docx").write_bytes(twice)
    assert validator.errors(package, tmp_path / "copy.docx") == []
