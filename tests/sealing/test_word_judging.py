"""What is done to a signed Word copy after signing is seen and named; who may not sign is named too."""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import datetime
import io
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from asn1crypto import x509
from lxml import etree

from tests.sealing.authority import Authority, running
from tests.wordcopy import AUTHORED, jinhe_copy, leaves, word
from zcfdocs.sealing.keys import Signatory
from zcfdocs.sealing.keys.throwaway import throwaway
from zcfdocs.sealing.parties import Expected, Party
from zcfdocs.sealing.trust import Trust
from zcfdocs.sealing.verdict import MEANINGS, Check, Verdict, together
from zcfdocs.sealing.word import archive, judge_word, opc, sign_word
from zcfdocs.sealing.word.manifest import references
from zcfdocs.sealing.word.markup import Signed, computed_digests, markup, signed_bytes
from zcfdocs.sealing.word.origin import with_signature
from zcfdocs.sealing.word.values import as_written

NAME = "天津津禾汽车零部件有限公司"
NOW = datetime.datetime.now(datetime.UTC)
COMPANY = Expected(((Party("company", (NAME,)),),))
BOTH = Expected((*COMPANY.groups, (Party("legal", (NAME, "示例甲")), Party("responsible", (NAME,)))))
FILE = "试点方案.docx"
SIG, SIG2 = "_xmlsignatures/sig1.xml", "_xmlsignatures/sig2.xml"
RELS, MAIN_RELS, TYPES = "_rels/.rels", "word/_rels/document.xml.rels", "[Content_Types].xml"
HEADER = b'<w:hdr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"/>'
Files = dict[str, bytes]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with running(tmp_path_factory.mktemp("authority")) as made:
        yield made


@pytest.fixture(scope="module")
def signed(authority: Authority) -> bytes:
    once = sign_word(jinhe_copy().data, authority.signatory("company"), NOW, "company")
    return sign_word(once, authority.signatory("legal"), NOW, "legal")


def found(checks: list[Check], verdict: Verdict = Verdict.INVALID) -> list[tuple[str, str]]:
    return [(check.code, check.message) for check in checks if check.verdict is verdict]


# Tampered ---------------------------------------------------------------------------


def replaced(name: str, old: bytes, new: bytes) -> Callable[[Files], None]:
    def tamper(files: Files) -> None:
        assert old in files[name]
        files[name] = files[name].replace(old, new, 1)

    return tamper


def with_header(files: Files) -> None:
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/header"
    replaced(MAIN_RELS, b"</Relationships>", b'<Relationship Id="rId999" Type="' + kind + b'" Target="h.xml"/></Relationships>')(files)
    media = b"application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"
    replaced(TYPES, b"</Types>", b'<Override PartName="/word/h.xml" ContentType="' + media + b'"/></Types>')(files)
    files["word/h.xml"] = HEADER


def part_alone(files: Files) -> None:
    files["word/alone.xml"] = HEADER


def other_document(files: Files) -> None:
    files["word/evil.xml"] = files["word/document.xml"]
    replaced(RELS, b'Target="word/document.xml"', b'Target="word/evil.xml"')(files)
    media = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    replaced(TYPES, b"</Types>", b'<Override PartName="/word/evil.xml" ContentType="' + media + b'"/></Types>')(files)


def image(files: Files) -> None:
    name = next(name for name in files if name.endswith(".png"))
    files[name] = files[name][:-1] + bytes([files[name][-1] ^ 1])


def digest_replaced(files: Files) -> None:
    """Document and manifest agree; what was signed does not."""
    before = references(opc.read(archive.pack(files)))
    replaced("word/document.xml", b"<w:t", b"<w:t xml:space='preserve'")(files)
    old = next(each for each in before if each.name == "/word/document.xml")
    new = next(each for each in references(opc.read(archive.pack(files))) if each.name == "/word/document.xml")
    for sig in (SIG, SIG2):
        replaced(sig, old.digest.encode(), new.digest.encode())(files)


def stripped(files: Files) -> None:
    for name in [name for name in files if name.startswith("_xmlsignatures/")]:
        del files[name]
    files[RELS] = re.sub(rb"<Relationship [^>]*digital-signature/origin[^>]*/>", b"", files[RELS])
    files[TYPES] = re.sub(rb'<Override PartName="/_xmlsignatures[^>]*/>', b"", files[TYPES])


def second_removed(files: Files) -> None:
    del files[SIG2]
    rels = "_xmlsignatures/_rels/origin.sigs.rels"
    files[rels] = re.sub(rb'<Relationship Id="rId2"[^>]*/>', b"", files[rels])
    files[TYPES] = re.sub(rb'<Override PartName="/_xmlsignatures/sig2[^>]*/>', b"", files[TYPES])


def transplanted(files: Files) -> None:
    """The signatures of this file stand in another one."""
    others = archive.unpack(word(leaves(("main", AUTHORED))).data)
    for name in [name for name in files if name.startswith(("word/", "docProps/"))]:
        del files[name]
    signatures = dict(files)
    files.clear()
    files.update(others)
    files.update({name: content for name, content in signatures.items() if name.startswith("_xmlsignatures/")})
    files[RELS] = signatures[RELS] if others.keys() >= {"docProps/custom.xml"} else files[RELS]
    added = b'<Default Extension="sigs" ContentType="application/vnd.openxmlformats-package.digital-signature-origin"/>'
    media = b"application/vnd.openxmlformats-package.digital-signature-xmlsignature+xml"
    for number in (b"1", b"2"):
        added += b'<Override PartName="/_xmlsignatures/sig' + number + b'.xml" ContentType="' + media + b'"/>'
    replaced(TYPES, b"</Types>", added + b"</Types>")(files)


def wrapped(files: Files) -> None:
    """A second manifest beside the signed one, under the same Id."""
    root = etree.fromstring(files[SIG])
    holder = next(element for element in root if element.get("Id") == "idPackageObject")
    root.append(etree.fromstring(etree.tostring(holder)))
    files[SIG] = etree.tostring(root)


def unreferenced(files: Files) -> None:
    files[SIG] = re.sub(rb'<Reference [^>]*URI="#idOfficeObject">.*?</Reference>', b"", files[SIG])


def many(files: Files) -> None:
    """As many signatures as would keep a verifier busy."""
    rels = "_xmlsignatures/_rels/origin.sigs.rels"
    for number in range(3, 40):
        files[f"_xmlsignatures/sig{number}.xml"] = files[SIG2]
        copied = re.findall(rb'<Override PartName="/_xmlsignatures/sig2[^>]*/>', files[TYPES])[0].replace(b"sig2", b"sig%d" % number)
        replaced(TYPES, b"</Types>", copied + b"</Types>")(files)
        copied = re.findall(rb'<Relationship Id="rId2"[^>]*/>', files[rels])[0].replace(b"sig2", b"sig%d" % number)
        replaced(rels, b"</Relationships>", copied.replace(b"rId2", b"rId%d" % number) + b"</Relationships>")(files)


def hidden(files: Files) -> None:
    files["_xmlsignatures/note.xml"] = HEADER


TAMPERS: dict[str, tuple[Callable[[Files], object], str, str]] = {
    "text": (replaced("word/document.xml", "零碳".encode(), "低碳".encode()), "V302", "/word/document.xml 在签名后被改动"),
    "settings": (replaced("word/settings.xml", b"<w:compat>", b"<w:updateFields/><w:compat>"), "V302", "/word/settings.xml"),
    "image": (image, "V302", "/word/media/"),
    "relationship target": (replaced(MAIN_RELS, b'Target="footer1.xml"', b'Target="footer2.xml"'), "V302", MAIN_RELS),
    "relationship made external": (replaced(MAIN_RELS, b'"footer1.xml"', b'"footer1.xml" TargetMode="External"'), "V302", MAIN_RELS),
    "header added": (with_header, "V303", f"/{MAIN_RELS} 里的关系有增减"),
    "header added, its part": (with_header, "V303", "/word/h.xml 不在签名之内"),
    "relationship removed": (lambda files: files.update({MAIN_RELS: re.sub(rb'<Relationship Id="rId9"[^>]*/>', b"", files[MAIN_RELS])}), "V303", "有增减"),
    "content type": (replaced(TYPES, b"wordprocessingml.footer+xml", b"wordprocessingml.header+xml"), "V303", "的内容类型已由"),
    "content type of pictures": (replaced(TYPES, b'"image/png"', b'"image/svg+xml"'), "V303", "改为 image/svg+xml"),
    "part alone": (part_alone, "V303", "/word/alone.xml 不在签名之内"),
    "part removed": (lambda files: files.pop(next(name for name in files if name.endswith(".png"))), "V303", "已不存在"),
    "other document": (other_document, "V302", "/_rels/.rels 在签名后被改动"),
    "title": (replaced("docProps/core.xml", b"</dc:title>", b"!</dc:title>"), "V302", "/docProps/core.xml"),
    "stripped": (stripped, "V301", "Word 副本没有签名"),
    "origin relationship removed": (
        lambda files: files.update({RELS: re.sub(rb"<Relationship [^>]*signature/origin[^>]*/>", b"", files[RELS])}),
        "V303",
        "通往签名的关系缺失",
    ),
    "second removed": (second_removed, "V301", "缺少法定代表人签字或单位负责人签字的签名"),
    "second file removed": (lambda files: files.pop(SIG2), "V300", "并不存在"),
    "transplanted": (transplanted, "V302", "/word/document.xml"),
    "digest replaced": (digest_replaced, "V302", "摘要与其内容不符"),
    "SHA-1": (replaced(SIG, b"http://www.w3.org/2001/04/xmlenc#sha256", b"http://www.w3.org/2000/09/xmldsig#sha1"), "V303", "不允许的算法"),
    "comment shown": (replaced(SIG, "单位公章".encode(), "法定代表人签字".encode()), "V302", "与签名的身份不符"),
    "comment in a value": (replaced(SIG, b"company<", b"comp<!-- -->any<"), "V303", "不属于签名的内容"),
    "role": (replaced(SIG, b"<SignatureText>company", b"<SignatureText>district"), "V301", "缺少单位公章的签名"),
    "signature value": (replaced(SIG, b"<SignatureValue>", b"<SignatureValue>AA"), "V302", "签名值"),
    "certificate": (lambda files: files.update({SIG: certificate_of(files[SIG2], files[SIG])}), "V303", "不属于签名的内容"),
    "wrapped": (wrapped, "V303", "Id 为 idPackageObject 的内容不止一处"),
    "unreferenced": (unreferenced, "V303", "没有签到必需的内容 #idOfficeObject"),
    "DTD": (replaced(SIG, b"<Signature ", b"<!DOCTYPE Signature [<!ENTITY a 'b'>]><Signature "), "V303", "含有 DTD"),
    "not XML": (replaced(SIG, b"<Signature ", b"<Signature <"), "V303", "不是完好的 XML"),
    "many": (many, "V303", "签名有 39 个"),
    "many, the same": (many, "V301", "法定代表人签字的签名不止一个"),
    "hidden among the signatures": (hidden, "V303", "note.xml 不属于任何签名"),
    "text in the content types": (replaced(TYPES, b"<Default", b"x<Default"), "V300", "看不懂"),
    "relationship twice": (replaced(MAIN_RELS, b'Id="rId9"', b'Id="rId10"'), "V300", "重复或看不懂的关系"),
    "document twice": (replaced(RELS, b"relationships/extended-properties", b"relationships/officeDocument"), "V300", "正文不止一份"),
    "name of another case": (lambda files: files.update({"word/Document.xml": b"<a/>"}), "V300", "重复"),
}  # fmt: skip


def certificate_of(other: bytes, sig: bytes) -> bytes:
    taken = re.search(rb"<X509Data>.*</X509Data>", other, re.DOTALL)
    assert taken
    return re.sub(rb"<X509Data>.*</X509Data>", taken[0], sig, flags=re.DOTALL)


@pytest.mark.parametrize("name", TAMPERS)
def test_every_change_is_seen_and_named(name: str, authority: Authority, signed: bytes) -> None:
    tamper, code, words = TAMPERS[name]
    files = archive.unpack(signed)
    tamper(files)
    checks = judge_word(archive.pack(files), FILE, BOTH, authority.trust(offline=True))
    assert any(told == code and words in message for told, message in found(checks)), checks


def test_a_name_twice_in_the_zip_file_is_seen(authority: Authority, signed: bytes) -> None:
    out = io.BytesIO(signed)
    with zipfile.ZipFile(out, "a") as files, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        files.writestr("word/document.xml", b"<a/>")
    ((code, message),) = found(judge_word(out.getvalue(), FILE, BOTH, authority.trust(offline=True)))
    assert (code, "word/document.xml 重复" in message) == ("V300", True)


def test_an_unsigned_copy_is_invalid(authority: Authority) -> None:
    checks = judge_word(jinhe_copy().data, FILE, BOTH, authority.trust())
    assert found(checks) == [("V301", "Word 副本没有签名")]
    assert together(judge_word(jinhe_copy().data, FILE, Expected(()), authority.trust())) is Verdict.VALID


# Signers ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("stranger", "V305", "证书属于“天津别家有限公司”，不是"),
        ("revoked", "V304", "2024-06-01 被颁发机构吊销"),
        ("expired", "V304", "签名时证书已过期"),
        ("early", "V304", "签名时证书尚未生效"),
        ("encipher", "V304", "密钥用途"),
    ],
)
def test_who_may_not_sign_is_named(name: str, code: str, words: str, authority: Authority) -> None:
    made = sign_word(jinhe_copy().data, authority.signatory(name), NOW, "company")
    ((told, message),) = found(judge_word(made, FILE, COMPANY, authority.trust()))
    assert (told, words in message) == (code, True), message


def test_a_time_set_back_before_expiry_proves_nothing(authority: Authority) -> None:
    then = datetime.datetime(2020, 6, 1, tzinfo=datetime.UTC)
    made = sign_word(jinhe_copy().data, authority.signatory("expired"), then, "company")
    checks = judge_word(made, FILE, COMPANY, authority.trust())
    assert found(checks) == []
    assert [(code, "不能证明签于过期之前" in message) for code, message in found(checks, Verdict.INDETERMINATE)] == [("V304", True)]


def test_a_time_in_the_future_is_invalid(authority: Authority) -> None:
    made = sign_word(jinhe_copy().data, authority.signatory("company"), NOW + datetime.timedelta(days=1), "company")
    ((code, message),) = found(judge_word(made, FILE, COMPANY, authority.trust()))
    assert (code, "在将来" in message) == ("V304", True)


def test_what_cannot_be_known_is_unsure(authority: Authority, signed: bytes) -> None:
    for trust, words in ((Trust(), "没有指定信任根"), (authority.trust(offline=True), "没有查询证书是否已吊销")):
        checks = judge_word(signed, FILE, BOTH, trust)
        assert together(checks) is Verdict.INDETERMINATE
        assert all(words in message for _, message in found(checks, Verdict.INDETERMINATE))
    nameless = Expected(((Party("company", ()),), BOTH.groups[1]))
    told = found(judge_word(signed, FILE, nameless, authority.trust()), Verdict.INDETERMINATE)
    assert [code for code, _ in told] == ["V305"]


def test_an_issuer_out_of_reach_leaves_it_unsure(tmp_path: Path) -> None:
    with running(tmp_path) as gone:
        made = sign_word(jinhe_copy().data, gone.signatory("company"), NOW, "company")
    told = found(judge_word(made, FILE, COMPANY, gone.trust()), Verdict.INDETERMINATE)
    assert [(code, "没有查到证书是否已吊销" in message) for code, message in told] == [("V304", True)]


def test_an_unknown_issuer_is_invalid_and_not_asked(signed: bytes) -> None:
    other = throwaway("别的根", None, NOW).certificate
    told = found(judge_word(signed, FILE, BOTH, Trust((other,))))
    assert told == [("V304", "证书不是由受信任的机构颁发的")] * 2


def test_a_trial_says_so() -> None:
    signatory = throwaway(NAME, None, NOW)
    made = sign_word(jinhe_copy().data, signatory, NOW, "company")
    told = found(judge_word(made, FILE, COMPANY, Trust()))
    assert [(code, "测试签名" in message) for code, message in told] == [("V308", True)]


def test_a_role_that_need_not_sign_is_told(authority: Authority, signed: bytes) -> None:
    told = found(judge_word(signed, FILE, COMPANY, authority.trust()))
    assert told == [("V301", "多出“法定代表人签字”的签名，这份文件不应由其签名")]


# Signed properly, but not everything ------------------------------------------------


def partly(signatory: Signatory, data: bytes, change: Callable[[Signed], Signed]) -> bytes:
    """A signature by the signer's own key over less or other than the file holds."""
    package = opc.read(data)
    made = change(Signed(references(package), NOW, "company", "单位公章", (signatory.certificate, *signatory.chain)))
    made = dataclasses.replace(made, digests=computed_digests(markup(made)))
    raw = asyncio.run(signatory.signer.async_sign_raw(signed_bytes(markup(made)), "sha256"))
    value = as_written(signatory.certificate, raw)
    return with_signature(package, opc.serialized(markup(dataclasses.replace(made, value=value))))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda made: dataclasses.replace(made, references=made.references[1:]), "不在签名之内"),
        (lambda made: dataclasses.replace(made, references=()), "不在签名之内"),
        (lambda made: dataclasses.replace(made, references=(*made.references, made.references[0])), "同一部件出现两次"),
        (lambda made: dataclasses.replace(made, references=tuple(dataclasses.replace(each, ids=each.ids and each.ids[:1]) for each in made.references)), "关系有增减"),
        (lambda made: dataclasses.replace(made, references=tuple(dataclasses.replace(each, ids=None) for each in made.references)), "关系有增减"),
    ],
)  # fmt: skip
def test_a_signature_must_cover_everything(change: Callable[[Signed], Signed], words: str, authority: Authority) -> None:
    made = partly(authority.signatory("company"), jinhe_copy().data, change)
    checks = judge_word(made, FILE, COMPANY, authority.trust(offline=True))
    assert {code for code, _ in found(checks)} == {"V303"}
    assert any(words in message for _, message in found(checks))


def test_a_forged_certificate_is_not_believed(authority: Authority) -> None:
    """Altered after its issuer signed it, the signer's own key unchanged."""
    signatory = authority.signatory("company")
    der = signatory.certificate.dump()
    for changed in (der[:-1] + bytes([der[-1] ^ 1]), der.replace("示例".encode(), "例示".encode(), 1), der.replace(b"2080", b"2081", 1)):
        assert changed != der
        forged = x509.Certificate.load(changed)
        made = partly(dataclasses.replace(signatory, certificate=forged), jinhe_copy().data, lambda made: made)
        assert [code for code, _ in found(judge_word(made, FILE, COMPANY, authority.trust()))] == ["V304"]


# Hostile ----------------------------------------------------------------------------


def test_no_damage_raises(authority: Authority, signed: bytes) -> None:
    """Bytes of signature, relationships and zip directory are changed one at a time."""
    trust = authority.trust(offline=True)
    files = archive.unpack(signed)
    for name in (SIG, RELS, TYPES, "_xmlsignatures/_rels/origin.sigs.rels"):
        for at in range(0, len(files[name]), 499):
            damaged = files[name][:at] + bytes([files[name][at] ^ 4]) + files[name][at + 1 :]
            assert together(judge_word(archive.pack({**files, name: damaged}), FILE, BOTH, trust)) is Verdict.INVALID, (name, at)
    for at in range(len(signed) - 2000, len(signed), 101):
        damaged = signed[:at] + bytes([signed[at] ^ 4]) + signed[at + 1 :]
        judge_word(damaged, FILE, BOTH, trust)
        judge_word(signed[:at], FILE, BOTH, trust)


VERSIONED = throwaway(NAME, None, NOW).certificate.dump().replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x74", 1)


@pytest.mark.parametrize("der", [b"", b"\x30\x00", b"\x30\x80", b"\x30\x82\xff\xff", b"\x05\x00" * 40, VERSIONED])
def test_what_is_no_certificate_raises_nothing(der: bytes, authority: Authority, signed: bytes) -> None:
    files = archive.unpack(signed)
    value = b"<X509Certificate>" + base64.b64encode(der) + b"</X509Certificate>"
    files[SIG] = re.sub(rb"<X509Certificate>.*?</X509Certificate>", value, files[SIG])
    assert ("V303", True) in [(code, "读不懂" in message) for code, message in found(judge_word(archive.pack(files), FILE, BOTH, Trust()))]


def test_every_code_explains_itself() -> None:
    for code in ("V300", "V301", "V302", "V303", "V304", "V305", "V306", "V308"):
        assert MEANINGS[code].why
        assert MEANINGS[code].mend
