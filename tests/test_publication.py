"""Publication: what the site says of its pages, capturing a page from a real server, and what the proof earns."""

from __future__ import annotations

import datetime
import functools
import http.server
import io
import json
import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from typer.testing import CliRunner

from tests.sealing.authority import Authority, running
from zcfdocs.build import Built, build
from zcfdocs.cli import app
from zcfdocs.dossier import private_values
from zcfdocs.errors import ZcfError
from zcfdocs.jobs import Options
from zcfdocs.loading import Shelf
from zcfdocs.pipeline import Examined, examine
from zcfdocs.places import INDICATORS
from zcfdocs.proofs import proof
from zcfdocs.proving import carried
from zcfdocs.publication import DATA, INTEGRITY, PAGE, PROOF, RECORD, STAMP, Integrity, Record, same_address
from zcfdocs.publication.integrity import sha256
from zcfdocs.publishing import Fetched, Local, compare, fetch, record_of
from zcfdocs.publishing import fetching as limits
from zcfdocs.sealing.rebuild import card_again, tree_at
from zcfdocs.sealing.trust import Trust
from zcfdocs.sealing.verdict import Verdict, together
from zcfdocs.sealing.verify.publication import judge_publication, versions_in

ORACLE = Path(__file__).parent / "cases" / "oracle"
PLACE = "xiqing/shili-parts"
USCC = "91120111MA0EXAMP1P"
NOW = datetime.datetime(2025, 4, 20, 1, 2, 3, tzinfo=datetime.UTC)
FIRST = 'url: "https://example.com/plans/shili-parts/"'


def git(home: Path, *words: str) -> str:
    settings = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "core.autocrlf=false")
    return subprocess.run(["git", *settings, *words], cwd=home, check=True, capture_output=True, text=True).stdout.strip()


def commit(home: Path) -> str:
    git(home, "add", "-A")
    git(home, "commit", "-q", "-m", "x")
    return git(home, "rev-parse", "HEAD")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def made(home: Path, **options: Any) -> Built:
    return build(Options((home / "plans",), home, home / "dist", ("site",), **options), lambda _: None)


@dataclass(frozen=True)
class Town:
    """A repository with one published plan; `first` is the commit its site was built from."""

    home: Path
    first: str

    @property
    def folder(self) -> Path:
        return self.home / "plans" / PLACE

    @property
    def page(self) -> Path:
        return self.home / "dist/site/plans" / PLACE

    @property
    def integrity(self) -> Integrity:
        found = Integrity.read((self.page / INTEGRITY).read_bytes())
        assert found is not None
        return found

    @property
    def local(self) -> Local:
        return Local(USCC, "天津示例零部件有限公司", self.integrity.digest)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Town:
    home = tmp_path_factory.mktemp("town")
    shutil.copytree(ORACLE, home / "plans" / PLACE)
    edit(home / "plans" / PLACE / "plan.md", "\nstage:", "\npublish: true\nstage:")
    (home / ".gitignore").write_text("dist/\n.zcf-cache/\n", encoding="utf-8")
    git(home, "init", "-q")
    first = commit(home)
    assert made(home, public=True).proofs == (PLACE,)
    return Town(home, first)


@pytest.fixture
def town(built: Town, tmp_path: Path) -> Town:
    shutil.copytree(built.home, tmp_path / "town", symlinks=True)
    return Town(tmp_path / "town", built.first)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with running(tmp_path_factory.mktemp("authority")) as found:
        yield found


class Site(http.server.SimpleHTTPRequestHandler):
    """Files of a folder; `moved` sends requests for a path elsewhere."""

    moved: ClassVar[dict[str, str]] = {}

    def log_message(self, *_: Any) -> None: ...

    def do_GET(self) -> None:
        if self.path in self.moved:
            self.send_response(302)
            self.send_header("Location", self.moved[self.path])
            self.end_headers()
            return
        super().do_GET()


@contextmanager
def served(folder: Path, moved: Mapping[str, str] | None = None) -> Iterator[str]:
    handler = type("Here", (Site,), {"moved": dict(moved or {})})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def captured(town: Town, *more: str) -> Any:
    with served(town.home / "dist/site") as host:
        return CliRunner().invoke(app, ["publish-proof", "capture", str(town.folder), "--url", f"{host}/plans/{PLACE}/{PAGE}", *more])


def examined(town: Town) -> Examined:
    return examine(town.folder / "plan.md", "plan.md", Shelf(INDICATORS))


def row(found: Examined) -> tuple[int, str]:
    assert found.score is not None
    judged = next(row for row in found.score.phases["now"].rows if row.row.id == "1.3.2")
    return int(judged.points), judged.because


def files_at(town: Town, url: str = f"https://example.gov.cn/plans/{PLACE}/") -> Fetched:
    return Fetched(url, {name: (town.page / name).read_bytes() for name in (PAGE, DATA, INTEGRITY)})


def proven(town: Town, data: bytes, url: str | None = None) -> Examined:
    """The plan with this proof in the place of its old one, and its publication at the address of the record."""
    (town.folder / "evidence/publication.pdf").write_bytes(data)
    record = Record.read(carried(data).get(RECORD, b""))
    edit(town.folder / "plan.md", FIRST, f'url: "{url or (record.url if record else "https://example.gov.cn/")}"')
    commit(town.home)
    return examined(town)


def recorded(town: Town, **changes: Any) -> bytes:
    fetched = files_at(town)
    record = replace(record_of(fetched, town.local, NOW, ""), **changes)
    return proof(record, {**fetched.files, RECORD: record.dump()})


# --- what the build leaves -------------------------------------------------------------------------------------------


def test_the_site_says_what_its_pages_are(built: Town) -> None:
    found = built.integrity
    assert found.url == f"plans/{PLACE}/{PAGE}"
    assert (found.page, found.data) == tuple(sha256((built.page / name).read_bytes()) for name in (PAGE, DATA))
    assert found.commit == built.first
    assert found.digest == json.loads((built.page / DATA).read_text("utf-8"))["plan"]["digest"]
    assert json.loads((built.page / INTEGRITY).read_text("utf-8"))["format"] == "zcf-integrity/1"
    assert not found.preview


def test_the_same_plan_makes_the_same_bytes_and_an_address_is_taken_up(town: Town) -> None:
    kept = {path: path.read_bytes() for path in (town.page / INTEGRITY, town.home / "dist/publication" / PLACE / f"{PROOF}.pdf")}
    shutil.rmtree(town.home / "dist")
    shutil.rmtree(town.home / ".zcf-cache")
    made(town.home, public=True)
    assert {path: path.read_bytes() for path in kept} == kept
    made(town.home, public=True, address="https://example.gov.cn/zcf")
    assert town.integrity.url == f"https://example.gov.cn/zcf/plans/{PLACE}/{PAGE}"
    page = pypdfium2.PdfDocument(town.home / "dist/publication" / PLACE / f"{PROOF}.pdf")[0]
    codes = [code.text for code in zxingcpp.read_barcodes(page.render(scale=3).to_pil())]
    assert town.integrity.url in codes


def test_the_printed_proof_says_the_version_and_nothing_private(built: Town) -> None:
    data = (built.home / "dist/publication" / PLACE / f"{PROOF}.pdf").read_bytes()
    text = "".join(pypdfium2.PdfDocument(data)[0].get_textpage().get_text_bounded().split())
    found, plan = built.integrity, examined(built)
    for said in (found.url, found.page, found.data, found.digest, built.first, USCC):
        assert said in text
    assert plan.reading.plan is not None
    assert plan.rulebook is not None
    assert not [value for value in private_values(plan.reading.plan, plan.rulebook.catalogue) if "".join(value.split()) in text]
    assert carried(data) == {}


def test_a_preview_says_so_and_leaves_no_printed_proof(town: Town) -> None:
    assert made(town.home).proofs == ()
    assert town.integrity.preview
    assert not (town.home / "dist/publication").exists()
    assert "预览" in told(compare(files_at(town), town.local), "V705")


def test_foreign_files_are_not_replaced(town: Town) -> None:
    (town.home / "dist/publication/notes.txt").write_text("mine", "utf-8")
    with pytest.raises(ZcfError, match="不是本工具生成的文件"):
        made(town.home, public=True)


# --- fetching and comparing ------------------------------------------------------------------------------------------


def told(checks: list[Any], code: str) -> str:
    wrong = [check for check in checks if check.verdict is not Verdict.VALID]
    assert [check.code for check in wrong] == [code], checks
    return str(wrong[0].message)


def test_a_capture_fetches_compares_stamps_and_is_judged(town: Town, authority: Authority) -> None:
    result = captured(town, "--tsa", authority.tsa)
    assert result.exit_code == 0, result.output
    data = (town.folder / "evidence" / f"{PROOF}.pdf").read_bytes()
    files = carried(data)
    assert files.keys() == {RECORD, STAMP, PAGE, DATA, INTEGRITY}
    record = Record.read(files[RECORD])
    assert record is not None
    assert (record.commit, record.uscc, record.tsa) == (town.first, USCC, authority.tsa)
    with pikepdf.open(io.BytesIO(data)) as document, document.open_metadata() as metadata:
        assert metadata.pdfa_status == "3A"
    checks = judge_publication(data, "证明.pdf", authority.trust(), versions_in(town.home))
    assert together(checks) is Verdict.VALID, checks
    assert {"V700", "V701", "V703", "V704", "V404"} == {check.code for check in checks}
    assert "不覆盖" in captured(town).output


def test_a_capture_tells_what_to_write_in_the_plan(town: Town, tmp_path: Path) -> None:
    result = captured(town, "--out", str(tmp_path / "证明.pdf"))
    assert result.exit_code == 0, result.output
    assert "proof: publication" in result.output
    assert "没有用 --tsa" in result.output


@pytest.mark.parametrize("name", [PAGE, DATA])
def test_a_page_or_data_changed_on_the_server_is_no_proof(town: Town, name: str) -> None:
    with (town.page / name).open("ab") as file:
        file.write(b" ")
    result = captured(town)
    assert result.exit_code == 1
    assert f"抓取的 {name} 与 {INTEGRITY} 所列摘要不符" in result.output
    assert not (town.folder / "evidence" / f"{PROOF}.pdf").exists()


def test_the_page_of_another_version_is_no_proof(town: Town) -> None:
    edit(town.folder / "plan.md", "张三", "张四")
    result = captured(town)
    assert result.exit_code == 1
    assert "另一版本" in result.output


def test_a_version_that_is_in_no_commit_is_no_proof(town: Town) -> None:
    edit(town.folder / "plan.md", "张三", "张四")
    made(town.home, public=True)
    assert "尚未提交" in told(compare(files_at(town), town.local), "V705")


def test_another_factory_or_address_is_told(town: Town) -> None:
    assert "另一家企业" in told(compare(files_at(town), replace(town.local, uscc="91120111MA0DEMJH5M")), "V707")
    assert "网站自己写的网址" in told(compare(files_at(town, "https://example.gov.cn/plans/xiqing/other/"), town.local), "V705")
    assert all(check.verdict is Verdict.VALID for check in compare(files_at(town, f"https://e.cn/a/plans/{PLACE}/{PAGE}"), town.local))
    assert same_address("https://E.cn/a/index.html", "https://e.cn/a/#x")
    assert not same_address("https://e.cn/a", "http://e.cn/a")


def test_a_page_stays_on_its_host(built: Town) -> None:
    way = f"/plans/{PLACE}"
    with served(built.home / "dist/site", {"/here": f"{way}/", "/file": "file:///etc/passwd", "/away": "http://localhost:1/"}) as host:
        assert fetch(f"{host}/here").files[PAGE] == (built.page / PAGE).read_bytes()
        assert fetch(f"{host}{way}#x").url == f"{host}{way}"
        for moved in ("/away", "/file"):
            with pytest.raises(ZcfError, match=r"转到别处|HTTP 302"):
                fetch(f"{host}{moved}")
        with pytest.raises(ZcfError, match="HTTP 404"):
            fetch(f"{host}/nowhere/")
    with pytest.raises(ZcfError, match="抓取不到"):
        fetch(f"{host}/here")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://e.cn/", "https://u:p@e.cn/", "https:///x", "https://e.cn/中文"])
def test_only_plain_addresses_are_fetched(url: str) -> None:
    with pytest.raises(ZcfError, match="网址不对"):
        fetch(url)


def test_what_is_fetched_is_bounded(built: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(built.home / "dist/site") as host:
        monkeypatch.setitem(limits.MOST, DATA, 1024)
        with pytest.raises(ZcfError, match=r"data\.json 超过 1 KB"):
            fetch(f"{host}/plans/{PLACE}/")
        monkeypatch.setattr(limits, "WHOLE", -1.0)
        with pytest.raises(ZcfError, match="还没有收完"):
            fetch(f"{host}/plans/{PLACE}/")


# --- what it earns ---------------------------------------------------------------------------------------------------


def test_the_row_is_earned_with_a_capture_that_holds(town: Town) -> None:
    found = proven(town, recorded(town))
    points, because = row(found)
    assert points > 0
    assert "与所列提交相符" in because
    assert not [finding for finding in found.findings if finding.code == "Z809"]


def test_any_other_file_counts_and_is_marked(town: Town) -> None:
    points, because = row(examined(town))
    assert points > 0
    assert "未经机器核验" in because
    printed = (town.home / "dist/publication" / PLACE / f"{PROOF}.pdf").read_bytes()
    assert "未经机器核验" in row(proven(town, printed))[1]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"digest": "sha256:" + "0" * 64}, "所列的版本与记录不符"),
        ({"page": "0" * 64}, "index.html 与记录的摘要不符"),
        ({"commit": "0" * 40}, "所列的版本与记录不符"),
        ({"uscc": "91120111MA0DEMJH5M"}, "所列的企业或版本与记录不符"),
        ({"fetched": "gestern"}, "不完整或格式不对"),
    ],
)
def test_an_edited_record_earns_nothing(town: Town, changes: dict[str, str], reason: str) -> None:
    fetched = files_at(town)
    record = record_of(fetched, town.local, NOW, "")
    data = proof(record, {**fetched.files, RECORD: replace(record, **changes).dump()})
    (town.folder / "evidence/publication.pdf").write_bytes(data)
    edit(town.folder / "plan.md", FIRST, f'url: "{record.url}"')
    found = examined(town)
    points, because = row(found)
    assert points == 0
    assert reason in because
    assert [reason in finding.message for finding in found.findings if finding.code == "Z809"] == [True]
    assert together(judge_publication(data, "x", Trust(), versions_in(town.home))) is Verdict.INVALID


def test_a_record_of_another_address_earns_nothing(town: Town) -> None:
    points, because = row(proven(town, recorded(town), "https://example.gov.cn/plans/other/"))
    assert points == 0
    assert "不是 publication.url" in because


def forged(town: Town, commit: str) -> bytes:
    """All files changed together, so that they agree with each other and name another commit."""
    files = dict(files_at(town).files)
    card = json.loads(files[DATA])
    card["source"]["commit"] = commit
    files[DATA] = json.dumps(card).encode()
    files[INTEGRITY] = replace(town.integrity, commit=commit, data=sha256(files[DATA])).dump()
    fetched = Fetched(files_at(town).url, files)
    record = record_of(fetched, town.local, NOW, "")
    return proof(record, {**files, RECORD: record.dump()})


def test_a_commit_with_another_plan_earns_nothing(town: Town) -> None:
    edit(town.folder / "plan.md", "张三", "张四")
    data = forged(town, commit(town.home))
    points, because = row(proven(town, data))
    assert points == 0
    assert "方案摘要与记录不符" in because
    checks = judge_publication(data, "x", Trust(), versions_in(town.home))
    assert [check.code for check in checks if check.verdict is Verdict.INVALID] == ["V703"]


def test_a_commit_that_is_not_here_earns_nothing_and_cannot_be_told(town: Town) -> None:
    data = forged(town, "0" * 40)
    assert "没有提交 000000000000" in row(proven(town, data))[1]
    assert {check.code: check.verdict for check in judge_publication(data, "x", Trust(), versions_in(town.home))}["V703"] is (
        Verdict.INDETERMINATE
    )
    shutil.rmtree(town.home / ".git")
    points, because = row(examined(town))
    assert points == 0
    assert "没有方案的 git 仓库" in because


def test_the_repository_may_lie_elsewhere(town: Town, tmp_path: Path) -> None:
    proven(town, recorded(town))
    shutil.copytree(town.folder, tmp_path / "alone")
    alone = tmp_path / "alone/plan.md"
    assert row(examine(alone, "plan.md", Shelf(INDICATORS)))[0] == 0
    assert row(examine(alone, "plan.md", Shelf(INDICATORS), town.home))[0] > 0


def test_a_renamed_plan_is_found_by_its_code(town: Town) -> None:
    data = recorded(town)
    git(town.home, "mv", f"plans/{PLACE}", "plans/xiqing/renamed")
    record = Record.read(carried(data)[RECORD])
    assert record is not None
    folder = town.home / "plans/xiqing/renamed"
    (folder / "evidence/publication.pdf").write_bytes(data)
    edit(folder / "plan.md", FIRST, f'url: "{record.url}"')
    assert row(examine(folder / "plan.md", "plan.md", Shelf(INDICATORS)))[0] > 0


def test_no_history_is_looked_up_without_a_record(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zcfdocs.proving.unproved", lambda *_: pytest.fail("git was asked"))
    monkeypatch.setattr("pikepdf.open", lambda *_: pytest.fail("a file was opened"))
    assert row(examined(town))[0] > 0


# --- judging ---------------------------------------------------------------------------------------------------------


def test_what_is_missing_to_decide_is_told(town: Town) -> None:
    checks = {check.code: check for check in judge_publication(recorded(town), "x", Trust())}
    assert {code for code, check in checks.items() if check.verdict is Verdict.INDETERMINATE} == {"V702", "V703"}
    assert "--tsa" in checks["V702"].message
    assert "--repo" in checks["V703"].message


def test_a_stamp_of_another_record_is_refused(town: Town, authority: Authority) -> None:
    from zcfdocs.sealing.detached import timestamp

    fetched = files_at(town)
    record = record_of(fetched, town.local, NOW, authority.tsa)
    stamp = timestamp(replace(record, fetched="2024-01-01T00:00:00+00:00").dump(), authority.tsa)
    data = proof(record, {**fetched.files, RECORD: record.dump(), STAMP: stamp})
    checks = judge_publication(data, "x", authority.trust(), versions_in(town.home))
    assert [check.code for check in checks if check.verdict is Verdict.INVALID] == ["V404"]


def test_a_page_that_says_something_else_than_its_record_is_told(town: Town) -> None:
    fetched = files_at(town)
    record = record_of(fetched, town.local, NOW, "")
    data = proof(replace(record, fetched="2025-04-01T00:00:00+00:00"), {**fetched.files, RECORD: record.dump()})
    assert {check.code: check.verdict for check in judge_publication(data, "x", Trust())}["V704"] is Verdict.INDETERMINATE


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"%PDF-1.7 urn:zcfdocs:document:1.0:"])
def test_other_files_carry_no_record(data: bytes) -> None:
    assert [check.code for check in judge_publication(data, "x", Trust())] == ["V700"]


@pytest.mark.parametrize("data", [b"", b"[]", b"null", b'{"format": "zcf-publication/1"}', b"[" * 100_000])
def test_other_json_is_neither_record_nor_integrity(data: bytes) -> None:
    assert Record.read(data) is None
    assert Integrity.read(data) is None


def test_a_locked_copy_is_like_any_other_file(town: Town) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(recorded(town))) as document:
        document.save(out, encryption=pikepdf.Encryption(owner="a", user="b", metadata=False))
    assert b"urn:zcfdocs:document:" in out.getvalue()
    assert carried(out.getvalue()) == {}
    assert "未经机器核验" in row(proven(town, out.getvalue()))[1]


def test_verify_knows_a_proof_when_it_sees_one(town: Town, authority: Authority, tmp_path: Path) -> None:
    assert captured(town, "--tsa", authority.tsa, "--out", str(tmp_path / "proof.pdf")).exit_code == 0
    words = ["verify", str(tmp_path / "proof.pdf"), "--trust", str(authority.root), "--format", "json"]
    judged = CliRunner().invoke(app, [*words, "--repo", str(town.home)])
    assert json.loads(judged.output)["verdict"] == "valid", judged.output
    assert json.loads(CliRunner().invoke(app, words).output)["verdict"] == "indeterminate"
    printed = str(town.home / "dist/publication" / PLACE / f"{PROOF}.pdf")
    assert [check["code"] for check in json.loads(CliRunner().invoke(app, ["verify", printed, "--format", "json"]).output)["checks"]] == [
        "V700"
    ]


def test_a_plan_taken_out_of_a_commit_earns_the_row_as_it_did(town: Town) -> None:
    found = proven(town, recorded(town))
    with tree_at(town.home, git(town.home, "rev-parse", "HEAD"), USCC) as tree:
        card = card_again(replace(tree, indicators=INDICATORS))
    assert card is not None
    rows = {row["id"]: row for row in card["phases"]["now"]["rows"]}
    assert rows["1.3.2"]["because"] == row(found)[1]
