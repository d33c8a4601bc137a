"""`zcfdocs fmt --evidence`: Word and Excel evidence becomes PDF beside the original, once, and nothing in it is obeyed."""

from __future__ import annotations

import io
import shutil
import stat
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import docx
import pikepdf
import pypdfium2
import pytest
import xlsxwriter
from PIL import Image

from tests import scans
from tests.test_cli import ORACLE
from zcfdocs.binding import look
from zcfdocs.cli import app
from zcfdocs.editing import office
from zcfdocs.editing.convert import conversions, convert_evidence
from zcfdocs.errors import ZcfError

needs_office = pytest.mark.skipif(shutil.which("soffice") is None, reason="没有 LibreOffice（soffice）")


def letter(text: str) -> bytes:
    document, out = docx.Document(), io.BytesIO()
    document.add_paragraph(text)
    document.save(out)
    return out.getvalue()


def table(text: str) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet().write(0, 0, text)
    return out.getvalue()


def plan(home: Path, files: dict[str, bytes]) -> Path:
    """The worked plan whose first items are these files."""
    folder = home / "plans/xiqing/shili-parts"
    shutil.copytree(ORACLE, folder, ignore=shutil.ignore_patterns("expected*"))
    text = (folder / "plan.md").read_text(encoding="utf-8")
    for number, (name, data) in enumerate(files.items(), 1):
        text = text.replace(f"file: evidence/basic-{number}.pdf", f"file: {name}")
        (folder / name).write_bytes(data)
    (folder / "plan.md").write_text(text, encoding="utf-8")
    return folder / "plan.md"


def words(path: Path) -> str:
    return "".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(path.read_bytes()))


@pytest.fixture
def pretender(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in LibreOffice's place, which notes that it was called and makes the PDF that lies beside it."""
    home = tmp_path / "bin"
    home.mkdir()
    (home / "made.pdf").write_bytes(scans.pdf([{}, {}]))
    script = '#!/bin/sh\nfor last; do :; done\nwhile [ "$1" != --outdir ]; do shift; done\n'
    script += f'echo "$last" >> {home}/calls\nmkdir -p "$2"\ncp {home}/made.pdf "$2/source.pdf"\n'
    (home / "soffice").write_text(script, encoding="utf-8")
    (home / "soffice").chmod(0o755)
    monkeypatch.setenv("PATH", f"{home}:/usr/bin:/bin")
    return home


def run(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = app(list(arguments), standalone_mode=False)
    said = capsys.readouterr()
    return code or 0, said.out, said.err


def test_each_word_and_excel_file_becomes_a_pdf_beside_it_once(
    tmp_path: Path, pretender: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = plan(tmp_path, {"evidence/a.docx": letter("a"), "evidence/b.xlsx": table("b")})
    monkeypatch.chdir(tmp_path)
    code, out, err = run("fmt", "--evidence", capsys=capsys)
    evidence = path.parent / "evidence"
    assert code == 0
    assert [Path(line).relative_to(path.parent).as_posix() for line in out.split()] == ["evidence/a.pdf", "evidence/b.pdf"]
    line = next(number for number, text in enumerate(path.read_text("utf-8").split("\n"), 1) if "evidence/a.docx" in text)
    assert f"plans/xiqing/shili-parts/plan.md 第 {line} 行的 file 改为 evidence/a.pdf，连同 PDF 一并提交" in err
    assert "2 页" in err
    assert (evidence / "a.pdf").read_bytes() == (evidence / "b.pdf").read_bytes() == (pretender / "made.pdf").read_bytes()
    assert stat.S_IMODE((evidence / "a.pdf").stat().st_mode) == 0o644
    (pretender / "made.pdf").write_bytes(scans.pdf())
    code, out, err = run("fmt", "--evidence", capsys=capsys)
    assert (code, out) == (0, "")
    assert "已有 evidence/a.pdf，不再转换" in err
    assert len((pretender / "calls").read_text().splitlines()) == 2
    assert len(pikepdf.open(evidence / "a.pdf").pages) == 2


def test_check_tells_what_would_be_converted_and_leaves_1_and_writes_nothing(
    tmp_path: Path, pretender: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = plan(tmp_path, {"evidence/a.docx": letter("a")})
    before = sorted(tmp_path.rglob("*"))
    monkeypatch.chdir(tmp_path)
    code, out, _ = run("fmt", "--evidence", "--check", capsys=capsys)
    assert code == 1
    assert out == "evidence/a.docx 应转成 evidence/a.pdf（plans/xiqing/shili-parts/plan.md）\n"
    assert sorted(tmp_path.rglob("*")) == before
    path.write_text(path.read_text("utf-8").replace("evidence/a.docx", "evidence/basic-1.pdf"), encoding="utf-8")
    assert run("fmt", "--evidence", "--check", capsys=capsys)[:2] == (0, "没有需要转换的佐证\n")


def test_a_file_of_another_is_never_written_over(tmp_path: Path, pretender: Path) -> None:
    files = {"evidence/basic-2.docx": letter("a"), "evidence/same.pdf": scans.pdf(), "evidence/same.xlsx": table("c")}
    path = plan(tmp_path, files)
    found = {item.file: item.pdf for item in conversions(path, "plan.md")}
    assert found == {"evidence/basic-2.docx": "evidence/basic-2.pdf", "evidence/same.xlsx": "evidence/same.xlsx.pdf"}
    there = path.parent / "evidence/basic-2.pdf"
    before = there.read_bytes()
    convert_evidence([(path, "plan.md")], lambda _: None)
    assert there.read_bytes() == before
    assert (path.parent / "evidence/same.pdf").read_bytes() == files["evidence/same.pdf"]
    assert look(path.parent / "evidence/same.xlsx.pdf").pages == 2


def test_two_files_of_one_name_get_two_pdfs_and_one_file_listed_twice_gets_one(tmp_path: Path) -> None:
    path = plan(tmp_path, {"evidence/a.docx": letter("a"), "evidence/a.xlsx": table("b")})
    text = path.read_text("utf-8").replace("file: evidence/basic-3.pdf", "file: evidence/a.docx")
    path.write_text(text, encoding="utf-8")
    found = conversions(path, "plan.md")
    assert [(item.file, item.pdf, len(item.lines)) for item in found] == [
        ("evidence/a.docx", "evidence/a.pdf", 2),
        ("evidence/a.xlsx", "evidence/a.xlsx.pdf", 1),
    ]


def test_a_link_is_not_converted(tmp_path: Path) -> None:
    path = plan(tmp_path, {"evidence/a.docx": letter("a")})
    (path.parent / "evidence/a.docx").rename(tmp_path / "outside.docx")
    (path.parent / "evidence/a.docx").symlink_to(tmp_path / "outside.docx")
    assert conversions(path, "plan.md") == []


def test_what_libreoffice_cannot_convert_is_told_and_leaves_1(
    tmp_path: Path, pretender: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (pretender / "made.pdf").write_bytes(b"%PDF- half")
    path = plan(tmp_path, {"evidence/a.docx": letter("a")})
    monkeypatch.chdir(tmp_path)
    code, out, err = run("fmt", "--evidence", capsys=capsys)
    assert (code, out) == (1, "")
    assert "evidence/a.docx 不能转换" in err
    assert not (path.parent / "evidence/a.pdf").exists()


def test_a_program_that_does_not_end_is_ended_with_all_it_started(tmp_path: Path, pretender: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (pretender / "soffice").write_text(f"#!/bin/sh\nsleep 1000 & echo $! > {pretender}/child\nwait\n", encoding="utf-8")
    monkeypatch.setattr(office, "TIMEOUT", 0.5)
    source = tmp_path / "a.docx"
    source.write_bytes(letter("a"))
    assert office.to_pdf(office.program(), source, tmp_path) is None
    child = Path("/proc") / (pretender / "child").read_text().strip() / "stat"
    assert not child.exists() or child.read_text().rpartition(")")[2].split()[0] == "Z"


def test_without_libreoffice_the_command_says_how_to_install_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan(tmp_path, {"evidence/a.docx": letter("a")})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(office, "PLACES", ())
    code, _, err = run("fmt", "--evidence", capsys=capsys)
    assert code == 2
    assert "没有找到 LibreOffice" in err
    assert "apt-get install libreoffice-writer" in err


def test_a_plan_that_cannot_be_read_is_not_passed_over(tmp_path: Path) -> None:
    path = plan(tmp_path, {})
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ZcfError, match="读不出"):
        conversions(path, "plan.md")


# LibreOffice itself


class Ear(BaseHTTPRequestHandler):
    heard: list[str]

    def do_GET(self) -> None:
        self.heard.append(self.path)
        self.send_error(404)

    do_HEAD = do_OPTIONS = do_PROPFIND = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def listener() -> Iterator[tuple[int, list[str]]]:
    heard: list[str] = []
    server = HTTPServer(("127.0.0.1", 0), type("Own", (Ear,), {"heard": heard}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port, heard
    server.shutdown()
    server.server_close()
    thread.join()


def linked(address: str) -> bytes:
    """A letter whose picture lies elsewhere."""
    document, picture, out = docx.Document(), io.BytesIO(), io.BytesIO()
    Image.new("RGB", (40, 40), "red").save(picture, "PNG")
    document.add_paragraph("LINKED")
    document.add_picture(picture)
    document.save(out)
    whole = io.BytesIO()
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(whole, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            data = data.replace(b"r:embed=", b"r:link=") if name == "word/document.xml" else data
            if name == "word/_rels/document.xml.rels":
                data = data.replace(b'Target="media/image1.png"', f'Target="{address}" TargetMode="External"'.encode())
            if not name.startswith("word/media/"):
                new.writestr(name, data)
    return whole.getvalue()


MANIFEST = "<?xml version='1.0'?><manifest:manifest xmlns:manifest='urn:oasis:names:tc:opendocument:xmlns:manifest:1.0'><manifest:file-entry manifest:full-path='/' manifest:media-type='application/vnd.oasis.opendocument.text'/><manifest:file-entry manifest:full-path='content.xml' manifest:media-type='text/xml'/></manifest:manifest>"


def disguised() -> bytes:
    """An OpenDocument text under Word's name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("META-INF/manifest.xml", MANIFEST)
        archive.writestr(
            "content.xml",
            "<?xml version='1.0'?><office:document-content xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0'"
            " xmlns:text='urn:oasis:names:tc:opendocument:xmlns:text:1.0' office:version='1.2'><office:body><office:text>"
            "<text:p>DISGUISED</text:p></office:text></office:body></office:document-content>",
        )
    return out.getvalue()


@needs_office
def test_libreoffice_converts_word_and_excel_and_asks_no_host(tmp_path: Path, listener: tuple[int, list[str]]) -> None:
    port, heard = listener
    files = {
        "evidence/letter.docx": letter("LETTER"),
        "evidence/table.xlsx": table("TABLE"),
        "evidence/linked.docx": linked(f"http://127.0.0.1:{port}/picture.png"),
    }
    path = plan(tmp_path, files)
    written, failed = convert_evidence([(path, "plan.md")], lambda _: None)
    assert ([item.name for item in written], failed) == (["letter.pdf", "table.pdf", "linked.pdf"], 0)
    for name, word in (("letter", "LETTER"), ("table", "TABLE"), ("linked", "LINKED")):
        assert word in words(path.parent / f"evidence/{name}.pdf")
    assert heard == []


@needs_office
def test_a_picture_of_this_machine_is_not_taken_in_and_a_disguised_file_is_not_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    Image.new("RGB", (40, 40), "red").save(secret)
    path = plan(tmp_path, {"evidence/linked.docx": linked(secret.as_uri()), "evidence/disguised.docx": disguised()})
    written, failed = convert_evidence([(path, "plan.md")], lambda _: None)
    assert ([item.name for item in written], failed) == (["linked.pdf"], 1)
    page = pypdfium2.PdfDocument(written[0].read_bytes())[0].render().to_pil().convert("RGB")
    assert (255, 0, 0) not in {colour for _, colour in page.getcolors(1 << 20)}
