"""The way of a package: built, signed by two, packed, verified by the bureau, received; and a draft, a scan, a trial beside it."""

from __future__ import annotations

import datetime
import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pytest

from tests.sealing.authority import PASSPHRASE, Authority, running
from zcfdocs.sealing.parties import Expected, Party
from zcfdocs.sealing.pdf.signing import Level
from zcfdocs.sealing.signing import Subject, Wish, sign_all

RIVER = Path(__file__).parent.parent / "river"
NAME = "天津津禾汽车零部件有限公司"
PLACE = "upper/mill"


@dataclass(frozen=True)
class Home:
    """A factory's repository, its keys elsewhere."""

    folder: Path
    authority: Authority
    secret: Path

    def run(self, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "zcfdocs.cli", *words]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, encoding="utf-8", check=False, timeout=300)
        assert done.returncode == code, done.stdout + done.stderr
        return done

    def sign(self, role: str, *more: str, code: int = 0, who: str = "") -> subprocess.CompletedProcess[str]:
        key = f"p12:{self.authority.p12(who or role)}"
        return self.run("sign", f"plans/{PLACE}", "--role", role, "--key", key, "--passphrase-file", str(self.secret),
                        "--trust", str(self.authority.root), *more, code=code)  # fmt: skip

    def pack(self, *more: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        key = f"p12:{self.authority.p12('company')}"
        return self.run(
            "pack", f"plans/{PLACE}", "--key", key, "--passphrase-file", str(self.secret), "--tsa", self.authority.tsa, *more, code=code
        )

    def verify(self, path: Path, *more: str, code: int = 0) -> dict[str, str]:
        done = self.run("verify", str(path), "--trust", str(self.authority.root), "--format", "json", *more, code=code)
        told = json.loads(done.stdout)
        return {
            "verdict": told["verdict"],
            **{f"{check['code']} {check['subject']}": f"{check['verdict']} {check['message']}" for check in told["checks"]},
        }

    @property
    def package(self) -> Path:
        return self.folder / f"dist/packages/{PLACE}.zip"


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=t", "-c", "user.email=t@example.invalid")
    return subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """Built, signed by company and legal representative with time stamps, packed."""
    folder = tmp_path_factory.mktemp("factory")
    shutil.copytree(RIVER, folder, dirs_exist_ok=True)
    plan = folder / f"plans/{PLACE}/plan.md"
    text = plan.read_text("utf-8")
    old = next(line for line in text.splitlines() if line.startswith("  name: "))
    plan.write_text(text.replace(old, f"  name: {NAME}", 1), "utf-8")
    (folder / ".gitignore").write_text("/dist/\n/.zcf-cache/\n", "utf-8")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "submitted")
    secret = tmp_path_factory.mktemp("keys") / "secret"
    secret.write_text(PASSPHRASE, "utf-8")
    with running(tmp_path_factory.mktemp("authority")) as authority:
        home = Home(folder, authority, secret)
        seal = sample(secret.parent)
        home.run("build", "--to", "pdf,word,workbook,evidence,data")
        home.sign("company", "--seal", str(seal), "--level", "T", "--tsa", authority.tsa)
        home.sign("legal", "--level", "LTA", "--tsa", authority.tsa)
        home.pack()
        yield home


def sample(folder: Path) -> Path:
    from zcfdocs.sealing.seal import sample_seal

    path = folder / "seal.png"
    sample_seal("单位公章").image().save(path)
    return path


@pytest.fixture
def home(ready: Home, tmp_path: Path) -> Home:
    shutil.copytree(ready.folder, tmp_path / "home")
    return Home(tmp_path / "home", ready.authority, ready.secret)


def test_the_package_is_valid_for_who_trusts_the_root(ready: Home) -> None:
    told = ready.verify(ready.package)
    assert told["verdict"] == "valid", told


def test_without_roots_it_cannot_be_told(ready: Home, tmp_path: Path) -> None:
    done = ready.run("verify", str(ready.package), "--offline", code=3)
    assert "不确定" in done.stdout


def test_with_the_repository_it_is_what_the_commit_makes(ready: Home) -> None:
    told = ready.verify(ready.package, "--repo", str(ready.folder))
    assert told["verdict"] == "valid", told
    assert any(key.startswith("V504") for key in told)


def test_a_single_signed_copy_is_judged_too(ready: Home) -> None:
    for name in ("试点方案.pdf",):
        told = ready.verify(ready.folder / f"dist/signed/{PLACE}/{name}", "--repo", str(ready.folder))
        assert told["verdict"] == "valid", told
    assert ready.verify(ready.folder / f"dist/submission/{PLACE}/试点方案.pdf", code=1)["verdict"] == "invalid"


def test_a_figure_changed_and_everything_made_anew_without_the_key_is_found(ready: Home, tmp_path: Path) -> None:
    """Whoever repacks with another plan has no signature of the factory on it."""
    other = tmp_path / "other"
    shutil.copytree(ready.folder, other)
    plan = other / f"plans/{PLACE}/plan.md"
    text = plan.read_text("utf-8")
    plan.write_text(text.replace("  legal_representative:", "  legal_representative: 别人\n#", 1), "utf-8")
    git(other, "add", "-A")
    git(other, "commit", "-q", "-m", "forged")
    forger = Home(other, ready.authority, ready.secret)
    shutil.rmtree(other / "dist/signed")
    forger.run("build", "--to", "pdf,word,workbook,evidence,data")
    for role in ("company", "legal"):
        forger.sign(role, "--seal", str(sample(tmp_path)), who="stranger", code=2)
    done = forger.run("pack", f"plans/{PLACE}", code=2)
    assert "没有单位公章" in done.stderr
    forger.run("pack", f"plans/{PLACE}", "--draft")
    told = ready.verify(other / f"dist/packages/{PLACE}-草稿.zip", code=1)
    assert told["verdict"] == "invalid"


def test_a_file_exchanged_in_the_package_is_named(ready: Home, tmp_path: Path) -> None:
    forged = tmp_path / "forged.zip"
    with zipfile.ZipFile(ready.package) as source, zipfile.ZipFile(forged, "w") as target:
        for info in source.infolist():
            data = source.read(info)
            target.writestr(info, data + b"\n" if info.filename.endswith("scorecard.json") else data)
    told = ready.verify(forged, code=1)
    assert any("scorecard.json" in message for key, message in told.items() if key.startswith("V401"))


def test_a_received_package_waits_on_its_branch_and_a_refused_one_leaves_nothing(ready: Home, tmp_path: Path) -> None:
    bureau = tmp_path / "bureau"
    shutil.copytree(RIVER / "indicators", bureau / "indicators")
    (bureau / "plans").mkdir()
    (bureau / "README").write_text("bureau", "utf-8")
    git(bureau, "init", "-q", "-b", "main")
    git(bureau, "add", "-A")
    git(bureau, "commit", "-q", "-m", "first")
    receiver = Home(bureau, ready.authority, ready.secret)
    broken = tmp_path / "broken.zip"
    broken.write_bytes(ready.package.read_bytes()[:-200])
    receiver.run("receive", str(broken), "--trust", str(ready.authority.root), code=1)
    assert git(bureau, "branch", "--format=%(refname:short)") == "main"
    done = receiver.run("receive", str(ready.package), "--trust", str(ready.authority.root))
    branch = next(name for name in git(bureau, "branch", "--format=%(refname:short)").split() if name.startswith("in/"))
    assert done.stdout.strip() == git(bureau, "rev-parse", branch)
    sent = (ready.folder / f"plans/{PLACE}/plan.md").read_text("utf-8")
    assert git(bureau, "show", f"{branch}:plans/{PLACE}/plan.md") == sent.strip()
    assert "申报包 sha256" in git(bureau, "log", "-1", "--format=%B", branch)


def test_a_stamped_scan_of_this_version_stands_for_the_signatures(home: Home, tmp_path: Path) -> None:
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(scanned((home.folder / f"dist/submission/{PLACE}/试点方案.pdf").read_bytes()))
    shutil.rmtree(home.folder / "dist/signed")
    assert home.verify(scan, code=3)["verdict"] == "indeterminate"  # paper decides
    home.run("pack", f"plans/{PLACE}", "--sealed", str(scan))
    told = home.verify(home.package, code=3)
    assert any("已匹配版本" in message for message in told.values())
    assert not any("内容一致" in message for message in told.values())
    plan = home.folder / f"plans/{PLACE}/plan.md"
    plan.write_text(plan.read_text("utf-8") + "\n新的一段。\n", "utf-8")
    git(home.folder, "commit", "-qam", "changed")
    home.run("build", "--to", "pdf,word,workbook,evidence,data")
    assert "不是这一版" in home.run("pack", f"plans/{PLACE}", "--sealed", str(scan), code=2).stderr


def scanned(data: bytes) -> bytes:
    """Printed and scanned again: pictures of the pages, 200 dpi, grey."""
    out = io.BytesIO()
    with pypdfium2.PdfDocument(data) as document:
        pages = [page.render(scale=200 / 72, grayscale=True).to_pil().convert("L") for page in document]
    pages[0].save(out, "PDF", resolution=200, save_all=True, append_images=pages[1:], quality=70)
    return out.getvalue()


def test_archive_time_stamps_are_renewed(home: Home) -> None:
    path = home.folder / f"dist/signed/{PLACE}/试点方案.pdf"
    before = path.read_bytes()
    home.run("sign", f"plans/{PLACE}", "--refresh", "--tsa", home.authority.tsa, "--trust", str(home.authority.root))
    assert path.read_bytes().startswith(before)
    assert len(path.read_bytes()) > len(before)
    assert home.verify(path)["verdict"] == "valid"
    assert "--tsa" in home.run("sign", f"plans/{PLACE}", "--refresh", code=2).stderr


def test_packing_is_deterministic_but_for_its_signatures(home: Home) -> None:
    home.run("pack", f"plans/{PLACE}")
    first = home.package.read_bytes()
    shutil.rmtree(home.folder / "dist/packages")
    home.run("pack", f"plans/{PLACE}")
    assert home.package.read_bytes() == first


def test_an_uncommitted_change_is_not_packed(home: Home) -> None:
    plan = home.folder / f"plans/{PLACE}/plan.md"
    plan.write_text(plan.read_text("utf-8") + "\n新的一段。\n", "utf-8")
    done = home.pack(code=2)
    assert "尚未提交" in done.stderr
    assert "重新生成的不同" in done.stderr
    assert home.package.read_bytes()  # the old one stays


def test_a_copy_that_was_touched_is_not_packed(home: Home) -> None:
    path = home.folder / f"dist/submission/{PLACE}/计算表.xlsx"
    path.write_bytes(path.read_bytes() + b"\0")
    assert "计算表.xlsx" in home.pack(code=2).stderr


def test_signing_refuses_what_is_signed_already_and_what_is_of_an_older_version(home: Home, tmp_path: Path) -> None:
    assert "已" in home.sign("legal", code=2).stderr
    plan = home.folder / f"plans/{PLACE}/plan.md"
    plan.write_text(plan.read_text("utf-8") + "\n新的一段。\n", "utf-8")
    assert "不是从现在的方案生成" in home.sign("legal", code=2).stderr
    git(home.folder, "commit", "-qam", "changed")
    home.run("build", "--to", "pdf,word,workbook,evidence,data")
    assert "较早的版本" in home.sign("legal", code=2).stderr
    before = (home.folder / f"dist/signed/{PLACE}/试点方案.pdf").read_bytes()
    home.sign("company", "--seal", str(sample(tmp_path)), code=2)
    assert (home.folder / f"dist/signed/{PLACE}/试点方案.pdf").read_bytes() == before
    home.sign("company", "--seal", str(sample(tmp_path)), "--replace")


def test_a_trial_says_that_it_is_one(home: Home) -> None:
    shutil.rmtree(home.folder / "dist/signed")
    done = home.run("sign", f"plans/{PLACE}", "--role", "company", "--test-key")
    assert "测试签名" in done.stderr
    home.run("sign", f"plans/{PLACE}", "--role", "legal", "--test-key")
    told = home.verify(home.folder / f"dist/signed/{PLACE}/试点方案.pdf", code=1)
    assert any("测试签名" in message for message in told.values())


def test_a_certificate_that_lapses_before_the_pilot_ends_is_told(ready: Home) -> None:
    now, company = datetime.datetime.now(datetime.UTC), Expected(((Party("company", (NAME,)),),))
    said: list[str] = []
    for ends in (datetime.date(2099, 12, 31), datetime.date(2031, 12, 31)):
        subject = Subject((), company, ready.folder, NAME, until=ends)
        sign_all(subject, Wish("company", Level.B), ready.authority.signatory("company"), ready.authority.trust(), now, said.append)
    assert len(said) == 1
    assert "到期，早于试点结束（2099-12-31）" in said[0]
