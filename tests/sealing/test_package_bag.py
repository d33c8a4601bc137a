"""Bags: outside judges agree on good ones, every change of one is named."""

from __future__ import annotations

import io
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import bagit  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zcfdocs.sealing.package.archive import Archive, Content, open_archive, write_zip
from zcfdocs.sealing.package.bag import MANIFESTS, SEALED, TAG_MANIFESTS, bag, manifest, sealed, tag
from zcfdocs.sealing.package.digests import digests
from zcfdocs.sealing.package.judging import judge_bag, parse, top_of
from zcfdocs.sealing.package.names import clashes, fault
from zcfdocs.sealing.verdict import Check, Verdict, together

TOP = "天津津禾"
PAYLOAD: dict[str, bytes] = {
    "plan.md": "# 方案\n".encode(),
    "evidence/绿电 交易.pdf": b"%PDF-1.7 one",
    "evidence/b.pdf": b"%PDF-1.7 two",
    "copies/试点方案.pdf": b"%PDF-1.7 three" * 1000,
    "empty.txt": b"",
}
INFO = {"Bagging-Date": "2025-04-20", "External-Identifier": "91120111MA05XXXXXX", "Source-Organization": "天津津禾汽车零部件有限公司"}
Files = dict[str, bytes]
Change = Callable[[Files], object]


def files_of(payload: Files = PAYLOAD) -> Files:
    return {name: content for name, content in bag(TOP, payload, INFO) if isinstance(content, bytes)}


def judged(files: Files) -> list[Check]:
    out = io.BytesIO()
    write_zip(out, files.items())
    found = open_archive(out, subject="包.zip")
    assert isinstance(found, Archive), found
    with found:
        return judge_bag(found)


def at(name: str) -> str:
    return f"{TOP}/{name}"


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    out = io.BytesIO()
    write_zip(out, files_of().items())
    with zipfile.ZipFile(out) as archive:
        archive.extractall(tmp_path)
    return tmp_path / TOP


# Good ------------------------------------------------------------------------


def test_a_bag_is_judged_whole() -> None:
    found = judged(files_of())
    assert [(check.code, check.verdict) for check in found] == [("V401", Verdict.VALID), ("V402", Verdict.VALID)]
    assert "5 个文件" in found[0].message


def test_bagit_py_validates_it_in_both_algorithms(unpacked: Path) -> None:
    found = bagit.Bag(str(unpacked))
    found.validate()
    assert set(found.algorithms) >= {"sha256", "sha512"}
    assert found.info["External-Identifier"] == INFO["External-Identifier"]
    assert found.info["Payload-Oxum"] == f"{sum(map(len, PAYLOAD.values()))}.{len(PAYLOAD)}"


@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
@pytest.mark.parametrize("kind", ["manifest", "tagmanifest"])
def test_sha256sum_validates_it(unpacked: Path, algorithm: str, kind: str) -> None:
    subprocess.run([f"{algorithm}sum", "--strict", "-c", f"{kind}-{algorithm}.txt"], cwd=unpacked, check=True, capture_output=True)


def test_openssl_finds_the_same_sm3(unpacked: Path) -> None:
    for line in (unpacked / "manifest-sm3.txt").read_text("utf-8").splitlines():
        digest, _, name = line.partition("  ")
        command = ["openssl", "dgst", "-sm3", "-r", name]
        told = subprocess.run(command, cwd=unpacked, check=True, capture_output=True, text=True)
        assert told.stdout.split()[0] == digest


def test_sm3_of_the_standard() -> None:
    """GB/T 32905-2016, A.1."""
    assert digests([b"a", b"bc"])[0]["sm3"] == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_a_bag_is_the_same_from_memory_and_from_disk_in_any_order(tmp_path: Path) -> None:
    paths: dict[str, Content] = {}
    for name, data in reversed(PAYLOAD.items()):
        path = tmp_path / str(len(paths))
        path.write_bytes(data)
        paths[name] = path
    one, two = bag(TOP, PAYLOAD, INFO), bag(TOP, paths, dict(reversed(INFO.items())))
    assert [name for name, _ in one] == [name for name, _ in two]
    first, second = io.BytesIO(), io.BytesIO()
    write_zip(first, one)
    write_zip(second, two)
    assert first.getvalue() == second.getvalue()


def test_signature_and_stamp_stand_beside_and_change_nothing() -> None:
    entries = bag(TOP, PAYLOAD, INFO)
    whole = {name: content for name, content in sealed(entries, b"signature", b"stamp") if isinstance(content, bytes)}
    assert set(whole) - files_of().keys() == {at(f"{SEALED}.p7s"), at(f"{SEALED}.tsr")}
    assert together(judged(whole)) is Verdict.VALID
    assert tag(entries, SEALED) == whole[at(SEALED)]


NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.builds("/".join, st.lists(NAMES, min_size=1, max_size=3)), st.binary(max_size=300), max_size=6))
def test_any_payload_comes_back_whole(payload: Files) -> None:
    names = [name for name in payload if fault(name) is None]
    clash = {name for name, _ in clashes(names)}
    payload = {name: payload[name] for name in names if name not in clash}
    out = io.BytesIO()
    write_zip(out, bag(TOP, payload, INFO))
    found = open_archive(out)
    assert isinstance(found, Archive)
    with found:
        assert together(judge_bag(found)) is Verdict.VALID
        assert {name: found.read(at(f"data/{name}")) for name in payload} == payload


# Changed ---------------------------------------------------------------------


def setting(name: str, data: bytes) -> Change:
    return lambda files: files.update({at(name): data})


def without(name: str) -> Change:
    return lambda files: files.pop(at(name))


def renaming(old: str, new: str) -> Change:
    return lambda files: files.update({at(new): files.pop(at(old))})


def editing(name: str, old: bytes, new: bytes) -> Change:
    def edit(files: Files) -> None:
        assert old in files[at(name)]
        files[at(name)] = files[at(name)].replace(old, new)

    return edit


def redone(algorithm: str) -> Change:
    """A file and one manifest changed together."""

    def change(files: Files) -> None:
        files[at("data/plan.md")] = b"# other\n"
        files[at(MANIFESTS[algorithm])] = files_of(PAYLOAD | {"plan.md": b"# other\n"})[at(MANIFESTS[algorithm])]

    return change


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (setting("data/plan.md", b"# other\n"), "V401", "“data/plan.md”被改动：sha256、sha512、sm3"),
        (setting("data/evidence/new.pdf", b"new"), "V401", "“data/evidence/new.pdf”是后来加入的"),
        (without("data/evidence/b.pdf"), "V401", "“data/evidence/b.pdf”被删除"),
        (renaming("data/evidence/b.pdf", "data/evidence/c.pdf"), "V401", "“data/evidence/b.pdf”被改名为“data/evidence/c.pdf”"),
        (without("manifest-sha512.txt"), "V401", "缺少 manifest-sha512.txt"),
        (without("manifest-sm3.txt"), "V401", "缺少 manifest-sm3.txt"),
        (without("tagmanifest-sha256.txt"), "V402", "缺少 tagmanifest-sha256.txt"),
        (without("bag-info.txt"), "V402", "“bag-info.txt”被删除"),
        (editing("bag-info.txt", b"2025", b"2024"), "V402", "“bag-info.txt”被改动"),
        (editing("bagit.txt", b"1.0", b"0.97"), "V402", "“bagit.txt”被改动"),
        (editing("manifest-sha256.txt", b"data/plan.md", b"data/plan2.md"), "V401", "只在"),
        (editing("manifest-sha256.txt", b"  data/plan.md", b" ../plan.md"), "V401", "不能在这份清单里"),
        (editing("manifest-sha256.txt", b"\n", b"\n\n"), "V401", "看不懂"),
        (setting("fetch.txt", b"http://example.com - data/x\n"), "V402", "“fetch.txt”是后来加入的"),
        (setting("README.exe", b"MZ"), "V402", "“README.exe”是后来加入的"),
        (redone("sha256"), "V401", "“data/plan.md”被改动：sha512、sm3"),
        (redone("sm3"), "V401", "“data/plan.md”被改动：sha256、sha512"),
        (redone("sha512"), "V402", "“manifest-sha512.txt”被改动"),
    ],
)
def test_every_change_is_named(change: Change, code: str, said: str) -> None:
    files = files_of()
    change(files)
    found = judged(files)
    assert together(found) is Verdict.INVALID
    assert any(check.code == code and said in check.message and check.verdict is Verdict.INVALID for check in found), found


def test_manifests_made_again_are_whole_without_the_key_and_so_another_bag() -> None:
    """What tells them apart is the signature on SEALED alone (test_package_sealed.py)."""
    other = files_of(PAYLOAD | {"plan.md": b"# other\n"})
    assert together(judged(other)) is Verdict.VALID
    assert other[at(SEALED)] != files_of()[at(SEALED)]


@pytest.mark.parametrize(
    "change", [lambda files: files.update({"other/x": b""}), lambda files: files.update({"x": b""}), without("bagit.txt")]
)
def test_what_is_no_bag_is_told(change: Change) -> None:
    files = files_of()
    change(files)
    (found,) = judged(files)
    assert "不是申报包" in found.message


def test_manifests_are_parsed_strictly_and_in_any_order() -> None:
    listed = {"data/a b": digests([b"a"])[0], "data/c": digests([b"c"])[0]}
    raw = manifest(listed, "sha256")
    lines = raw.decode().splitlines()
    other = "".join(f"{line.replace('  ', ' *', 1)}\r\n" for line in reversed(lines)).encode()
    assert parse(raw, "sha256", inside=True) == parse(other, "sha256", inside=True) == {name: one["sha256"] for name, one in listed.items()}
    bad = (
        b"\xff  data/a\n",
        "\ufeff".encode() + raw,
        raw + raw,
        raw.replace(b"data/c", b"c"),
        raw.replace(b"data/c", b"/data/c"),
        raw[1:],
        raw + b"# comment\n",
        raw.replace(b"data/c", b"data/../c"),
    )
    for data in bad:
        with pytest.raises(ValueError, match=r"第 \d 行|UTF-8"):
            parse(data, "sha256", inside=True)
    assert parse(b"", "sha256", inside=True) == {}


def test_the_digest_of_every_file_can_be_reused() -> None:
    known = {"plan.md": digests([PAYLOAD["plan.md"]])[0]}
    assert bag(TOP, PAYLOAD, INFO, known) == bag(TOP, PAYLOAD, INFO)


def test_tag_manifests_name_all_but_themselves() -> None:
    files = files_of()
    named = set(parse(files[at(SEALED)], "sha256", inside=False))
    assert named == {name.partition("/")[2] for name in files if "/data/" not in name} - set(TAG_MANIFESTS.values())


def test_the_one_folder_is_found() -> None:
    out = io.BytesIO()
    write_zip(out, files_of().items())
    found = open_archive(out)
    assert isinstance(found, Archive)
    with found:
        assert top_of(found) == TOP
