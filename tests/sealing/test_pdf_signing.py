"""Signatures into a prepared PDF: levels, signers, keys from file and token; outside judges agree; what is refused."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from tests.sealing.authority import Authority, running, token
from tests.sealing.pdf_attacks import CARD, MARK, PLAN, annotation, info_changed, page_content, prepared, rewritten
from zcfdocs.errors import ZcfError
from zcfdocs.sealing.keys import Secret, Signatory, open_key
from zcfdocs.sealing.keys.revocation import revoked, standing
from zcfdocs.sealing.keys.throwaway import throwaway
from zcfdocs.sealing.parties import Expected, Party
from zcfdocs.sealing.pdf.judging import judge_pdf
from zcfdocs.sealing.pdf.signing import Level, lapses, refresh, sign_pdf
from zcfdocs.sealing.pdf.structure import Unreadable, enclosed, mark_of, unsigned_prefix
from zcfdocs.sealing.seal import Seal, read_seal, sample_seal
from zcfdocs.sealing.trust import Trust
from zcfdocs.sealing.verdict import Verdict, together

NAME = "天津津禾汽车零部件有限公司"
EXPECTED = Expected(((Party("company", (NAME,)),), (Party("legal", (NAME, "示例甲")), Party("responsible", (NAME,)))))
CLOSED = "http://127.0.0.1:9/tsa"
SEAL = sample_seal("单位公章")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with running(tmp_path_factory.mktemp("authority")) as made:
        yield made


def both(authority: Authority, level: Level, company: Signatory | None = None) -> bytes:
    """Sealed and then signed; only the last signature brings the archive timestamp."""
    first = Level.LT if level is Level.LTA else level
    trust, tsa = authority.trust(), authority.tsa
    sealed = sign_pdf(prepared(), "company", company or authority.signatory("company"), SEAL, first, tsa, trust).data
    return sign_pdf(sealed, "legal", authority.signatory("legal"), None, level, tsa, trust).data


@pytest.fixture(scope="module")
def signed(authority: Authority) -> dict[Level, bytes]:
    return {level: both(authority, level) for level in Level}


@pytest.mark.parametrize("level", list(Level))
def test_a_signed_copy_is_valid_and_begins_with_the_printed_one(authority: Authority, signed: dict[Level, bytes], level: Level) -> None:
    data = signed[level]
    checks = judge_pdf(data, "方案", EXPECTED, authority.trust())
    assert [check for check in checks if check.verdict is not Verdict.VALID] == []
    assert {check.code for check in checks} == {f"V20{number}" for number in range(8)}
    assert data.startswith(prepared())
    assert unsigned_prefix(data) == prepared() == unsigned_prefix(prepared())
    assert enclosed(data) == {"plan.md": PLAN, "scorecard.json": CARD}
    assert mark_of(data) == MARK
    times = [check.message for check in checks if check.code == "V207"]
    assert len(times) == 2
    assert all(("时间戳证明" in said) == level.timed for said in times)
    assert f"PAdES {level} 级" in times[1]


def test_a_token_signs_like_a_file(authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both signers at every level; a token knows one login at a time, so each signs in its turn."""
    monkeypatch.setenv("PIN", "1234")
    trust, tsa, pin = authority.trust(), authority.tsa, Secret(variable="PIN")
    with token(authority, "company", tmp_path, monkeypatch, "legal") as key:
        with open_key(key, pin, tmp_path) as company:
            first = {level: Level.LT if level is Level.LTA else level for level in Level}
            sealed = {level: sign_pdf(prepared(), "company", company, SEAL, first[level], tsa, trust).data for level in Level}
        with open_key(key.replace("company", "legal"), pin, tmp_path) as legal:
            signed = {level: sign_pdf(data, "legal", legal, None, level, tsa, trust).data for level, data in sealed.items()}
    for level, data in signed.items():
        assert together(judge_pdf(data, "方案", EXPECTED, trust)) is Verdict.VALID, level


@pytest.mark.parametrize("level", list(Level))
def test_outside_judges_agree(authority: Authority, signed: dict[Level, bytes], level: Level, tmp_path: Path) -> None:
    path = tmp_path / "signed.pdf"
    path.write_bytes(signed[level])
    if pdfsig := shutil.which("pdfsig"):
        told = subprocess.run([pdfsig, path], capture_output=True, text=True, check=False).stdout
        assert told.count("Signature is Valid") >= 2
    if qpdf := shutil.which("qpdf"):
        assert subprocess.run([qpdf, "--check", path], capture_output=True, check=False).returncode == 0
    program = Path(sys.executable).with_name("pyhanko")
    chain = tmp_path / "interm.der"
    chain.write_bytes(next(one for one in authority.signatory("company").chain if one.ca and one.self_signed != "yes").dump())
    command: list[str | Path] = [program, "sign", "validate", "--trust", authority.root, "--other-certs", chain, "--pretty-print", path]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    assert told.count("The signature is judged VALID") >= 2
    assert "INVALID" not in told


@pytest.mark.parametrize("level", [Level.B, Level.LTA])
def test_the_signed_file_keeps_to_pdf_a(signed: dict[Level, bytes], level: Level) -> None:
    with pikepdf.open(io.BytesIO(signed[level])) as document:
        fields = {str(field.T): field for field in document.Root.AcroForm.Fields}
        assert set(fields) == {"sign-company", "sign-legal", "sign-responsible", "sign-archive"}
        assert all("/N" in field.AP and int(field.F) & 4 for field in fields.values())
        fonts = [item for item in document.objects if isinstance(item, pikepdf.Dictionary) and item.get("/BaseFont") == "/Courier"]
        assert fonts == []
        drawn = fields["sign-company"].AP.N
        assert "/Font" not in drawn.Resources
        assert "/SMask" in next(iter(drawn.Resources.XObject.values()))
        with document.open_metadata() as record:
            assert record.pdfa_status == "3A"


def test_the_archive_timestamp_is_renewed(authority: Authority, signed: dict[Level, bytes]) -> None:
    for level in (Level.T, Level.LTA):
        again = refresh(signed[level], authority.tsa, authority.trust())
        assert again.startswith(signed[level])
        assert together(judge_pdf(again, "方案", EXPECTED, authority.trust())) is Verdict.VALID
    twice = refresh(again, authority.tsa, authority.trust())
    assert together(judge_pdf(twice, "方案", EXPECTED, authority.trust(offline=True))) is Verdict.VALID


def test_a_second_archive_level_signature_brings_its_own_timestamp(authority: Authority, signed: dict[Level, bytes]) -> None:
    third = sign_pdf(signed[Level.LTA], "responsible", authority.signatory("company"), None, Level.LTA, authority.tsa, authority.trust())
    assert together(judge_pdf(third.data, "方案", EXPECTED, authority.trust())) is Verdict.VALID


def test_certificates_that_lapse_are_named(signed: dict[Level, bytes]) -> None:
    assert lapses(signed[Level.LTA], date(2079, 1, 1)) == []
    told = lapses(signed[Level.LTA], date(2085, 1, 1))
    assert len(told) == 2
    assert all("2080-01-01" in one for one in told)
    assert len(lapses(signed[Level.LTA], date(2095, 1, 1))) == 5


def refused(words: str, data: bytes, role: str, signatory: Signatory, level: Level, tsa: str | None, trust: Trust) -> None:
    with pytest.raises(ZcfError, match=words) as told:
        sign_pdf(data, role, signatory, SEAL, level, tsa, trust)
    assert told.value.hint


def test_what_may_not_be_signed_is_refused(authority: Authority, signed: dict[Level, bytes]) -> None:
    company, trust, tsa = authority.signatory("company"), authority.trust(), authority.tsa
    refused("没有“推荐单位公章”的签名处", prepared(), "district", company, Level.B, None, trust)
    refused("已经签过", signed[Level.B], "company", company, Level.B, None, trust)
    refused("还没有盖章", prepared(), "legal", company, Level.B, None, trust)
    refused("不是 PDF", b"PK", "company", company, Level.B, None, trust)
    refused("不是完好的 PDF", prepared()[:20000], "company", company, Level.B, None, trust)
    refused("已加密", encrypted(), "company", company, Level.B, None, trust)
    refused("需要时间戳服务", prepared(), "company", company, Level.T, None, trust)
    refused("不是 http", prepared(), "company", company, Level.T, "file:///etc/passwd", trust)
    refused("时间戳服务联系不上", prepared(), "company", company, Level.T, CLOSED, trust)
    refused("需要信任根", prepared(), "company", company, Level.LT, tsa, Trust())
    refused("需要联网", prepared(), "company", company, Level.LT, tsa, authority.trust(offline=True))


@pytest.mark.parametrize("attack", [page_content, annotation, rewritten])
def test_what_was_changed_after_the_seal_is_not_signed_again(authority: Authority, signed: dict[Level, bytes], attack) -> None:
    sealed = sign_pdf(prepared(), "company", authority.signatory("company"), SEAL, Level.B, None, authority.trust()).data
    with pytest.raises(ZcfError):
        sign_pdf(attack(sealed), "legal", authority.signatory("legal"), None, Level.B, None, authority.trust())


def encrypted() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(prepared())) as document:
        document.save(out, encryption=pikepdf.Encryption(owner="a", user=""))
    return out.getvalue()


@pytest.mark.parametrize("level", [Level.B, Level.T, Level.LT])
def test_a_revoked_certificate_signs_at_no_level(authority: Authority, level: Level) -> None:
    refused("2024-06-01 被吊销", prepared(), "company", authority.signatory("revoked"), level, authority.tsa, authority.trust())
    assert revoked(authority.signatory("revoked"), Trust())
    assert revoked(authority.signatory("company"), authority.trust()) is None


def test_an_issuer_that_cannot_be_reached_is_told_and_refuses_only_lt(tmp_path_factory: pytest.TempPathFactory) -> None:
    with running(tmp_path_factory.mktemp("stopped")) as stopped:
        pass
    company, trust = stopped.signatory("company"), stopped.trust()
    made = sign_pdf(prepared(), "company", company, SEAL, Level.B, None, trust)
    assert "未能确认证书是否已被吊销" in made.warnings[0]
    assert made.data.startswith(prepared())
    with pytest.raises(ZcfError):
        sign_pdf(prepared(), "company", company, SEAL, Level.LT, stopped.tsa, trust)
    assert standing(company, stopped.trust(offline=True)).unknown


def test_revocation_information_that_cannot_be_had_refuses_lt(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> None:
    with running(tmp_path_factory.mktemp("gone")) as gone:
        pass
    trust = Trust((*gone.trust().roots, *authority.trust().roots))
    refused("取不到吊销信息", prepared(), "company", gone.signatory("company"), Level.LT, authority.tsa, trust)


def test_a_throw_away_key_signs_with_a_seal_that_says_so() -> None:
    trial = throwaway(NAME, None, datetime.now(UTC))
    made = sign_pdf(prepared(), "company", trial, SEAL, Level.B, None, Trust())
    assert made.warnings == ()
    checks = judge_pdf(made.data, "方案", EXPECTED, Trust())
    assert any(check.code == "V208" and "测试签名" in check.message for check in checks)
    assert together(checks) is Verdict.INVALID


def png(path: Path, size: tuple[int, int], mode: str = "RGBA", colour: object = (255, 0, 0, 90)) -> Path:
    Image.new(mode, size, colour).save(path, "PNG")  # type: ignore[arg-type]
    return path


def test_a_seal_is_read_with_its_size(tmp_path: Path) -> None:
    seal = read_seal(png(tmp_path / "a.png", (600, 580)))
    assert isinstance(seal, Seal)
    assert (seal.width, seal.height, seal.image().mode) == (600, 580, "RGBA")
    assert read_seal(png(tmp_path / "b.png", (600, 200)), "legal").width == 600


def test_a_seal_that_cannot_be_used_is_refused_with_its_reason(tmp_path: Path) -> None:
    bomb = bytearray(png(tmp_path / "bomb.png", (10, 10)).read_bytes())
    bomb[16:24] = (60000).to_bytes(4, "big") * 2
    (tmp_path / "bomb.png").write_bytes(bomb)
    (tmp_path / "big.png").write_bytes(b"\0" * (2 << 20 | 1))
    Image.new("RGB", (100, 100)).save(tmp_path / "photo.jpg")
    broken = png(tmp_path / "broken.png", (100, 100))
    broken.write_bytes(broken.read_bytes()[:60])
    reasons = {
        tmp_path / "bomb.png": "超过 4000",
        tmp_path / "big.png": "超过 2 MB",
        tmp_path / "photo.jpg": "不是 PNG",
        broken: "已损坏",
        png(tmp_path / "flat.png", (600, 200)): "宽高比",
        png(tmp_path / "plain.png", (100, 100), "RGB", (255, 0, 0)): "不透明",
        png(tmp_path / "opaque.png", (100, 100), "RGBA", (255, 0, 0, 255)): "不透明",
        png(tmp_path / "empty.png", (100, 100), "RGBA", (255, 0, 0, 0)): "透明",
        tmp_path / "absent.png": "不能读取",
    }
    for path, reason in reasons.items():
        with pytest.raises(ZcfError, match=reason) as told:
            read_seal(path)
        assert told.value.hint


def test_the_sample_seal_is_no_round_red_one() -> None:
    picture = sample_seal("单位公章").image()
    red, _, blue, alpha = picture.getpixel((20, 20))  # type: ignore[misc]  # a corner, where a round seal has nothing
    assert alpha == 255
    assert red < blue


def test_hostile_files_are_told_apart_from_bugs() -> None:
    for data in (b"", b"%PDF-1.7", b"%PDF-1.7\n" + b"<<" * 10000, prepared()[:-200], b"%PDF-1.7\nstartxref\n9\n%%EOF"):
        for work in (unsigned_prefix, enclosed, mark_of):
            with pytest.raises(Unreadable):
                work(data)
        assert together(judge_pdf(data, "x", EXPECTED, Trust())) is Verdict.INVALID


def test_metadata_of_later_revisions_does_not_speak_for_the_build(signed: dict[Level, bytes]) -> None:
    assert mark_of(info_changed(signed[Level.B])) == MARK
    assert re.fullmatch(r"sha256:(5a){32}", MARK.digest)
