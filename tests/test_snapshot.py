"""A commit's files as its own objects have them, whatever the repository adds, lacks or says twice."""

from __future__ import annotations

import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from tests.repository import Repository
from zcfdocs import snapshot
from zcfdocs.errors import ZcfError
from zcfdocs.history.walk import opened, state
from zcfdocs.provenance import origins
from zcfdocs.snapshot import Blob, contents, listing, read, write_out

NAME = "plans/xiqing/a/plan.md"


@pytest.fixture
def made(tmp_path: Path) -> Repository:
    repository = Repository(tmp_path / "made")
    _put(repository, "first\n")
    return repository


def _put(repository: Repository, text: str, name: str = NAME) -> str:
    path = repository.top / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return repository.commit()


def _tree(repository: Repository, *entries: str) -> str:
    command = ["git", "mktree"]
    told = "".join(f"{entry}\n" for entry in entries)
    return subprocess.run(command, cwd=repository.top, input=told, check=True, capture_output=True, text=True).stdout.strip()


def test_files_of_a_commit_are_read_and_written_as_they_are(made: Repository, tmp_path: Path) -> None:
    (made.top / "raw").write_bytes(bytes(range(256)) * 1000)
    (made.top / "empty").touch()
    (made.top / "link").symlink_to("raw")
    commit = _put(made, "first\n", "plans/copy.md")
    found = listing(made.top, commit)
    assert {name: blob.size for name, blob in found.items()} == {NAME: 6, "plans/copy.md": 6, "raw": 256_000, "empty": 0, "link": 3}
    assert read(made.top, found["raw"]) == bytes(range(256)) * 1000
    assert set(listing(made.top, commit, ("plans/",))) == {NAME, "plans/copy.md"}
    room = tmp_path / "room"
    write_out(made.top, found, found, room)
    written = {path.relative_to(room).as_posix(): path.read_bytes() for path in room.rglob("*") if path.is_file()}
    assert written == {NAME: b"first\n", "plans/copy.md": b"first\n", "raw": bytes(range(256)) * 1000, "empty": b""}


def test_hashes_may_be_long(tmp_path: Path) -> None:
    made = Repository(tmp_path / "long")
    shutil.rmtree(made.top / ".git")
    made.git("init", "-q", "--object-format=sha256", "-b", "main")
    commit = _put(made, "long\n")
    found = listing(made.top, commit)
    assert len(found[NAME].sha) == 64
    assert read(made.top, found[NAME]) == b"long\n"
    assert origins({(made.top / NAME).parent: []})[(made.top / NAME).parent].commit == commit


@pytest.mark.parametrize("order", [0, 1])
def test_two_entries_of_one_path_are_refused(made: Repository, order: int) -> None:
    """Git shows one, and checks out the other."""
    blobs = [made.git("rev-parse", f"HEAD:{NAME}"), made.git("hash-object", "-w", "--stdin")]
    entries = [f"100644 blob {blob}\tplan.md" for blob in (blobs if order else reversed(blobs))]
    commit = made.git("commit-tree", "-m", "x", _tree(made, *entries))
    with pytest.raises(ZcfError, match=r"有两个“plan\.md”"):
        listing(made.top, commit)


def test_a_folder_that_stands_twice_and_a_file_of_a_folders_name_are_refused(made: Repository) -> None:
    blob, inner = made.git("rev-parse", f"HEAD:{NAME}"), made.git("rev-parse", "HEAD:plans")
    other = _tree(made, f"100644 blob {blob}\tother.md")
    for twin in (f"040000 tree {other}\tplans", f"100644 blob {blob}\tplans"):
        commit = made.git("commit-tree", "-m", "x", _tree(made, f"040000 tree {inner}\tplans", twin))
        with pytest.raises(ZcfError, match="有两个“plans”"):
            listing(made.top, commit)


def test_no_object_stands_for_another(made: Repository) -> None:
    first = made.git("rev-parse", "HEAD")
    second = _put(made, "second\n")
    third = _put(made, "third\n")
    made.git("replace", third, first)
    made.git("replace", made.git("--no-replace-objects", "rev-parse", f"{second}:{NAME}"), made.git("rev-parse", f"{first}:{NAME}"))
    assert read(made.top, listing(made.top, third)[NAME]) == b"third\n"
    assert read(made.top, listing(made.top, second)[NAME]) == b"second\n"


def test_no_parents_are_invented(made: Repository) -> None:
    first, second = made.git("rev-parse", "HEAD"), _put(made, "second\n")
    (made.top / ".git/info").mkdir(exist_ok=True)
    (made.top / ".git/info/grafts").write_text(f"{second}\n", encoding="ascii")
    assert made.git("rev-list", "HEAD") == second
    with opened(made.top) as repository:
        assert repository.git.rev_list("HEAD").split() == [second, first]


def test_a_partial_clone_says_what_to_do_and_runs_no_program_of_its_configuration(made: Repository, tmp_path: Path) -> None:
    made.git("config", "uploadpack.allowFilter", "true")
    made.git("config", "uploadpack.allowAnySHA1InWant", "true")
    clone, ran = tmp_path / "clone", tmp_path / "ran"
    made.git("clone", "-q", "--filter=blob:none", "--no-checkout", made.top.as_uri(), str(clone))
    program = tmp_path / "program"
    program.write_text(f'#!/bin/sh\ntouch {ran}\nexec git-upload-pack "$@"\n', encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    made.git("-C", str(clone), "config", "remote.origin.uploadpack", str(program))
    commit, sha = made.git("rev-parse", "HEAD"), made.git("rev-parse", f"HEAD:{NAME}")
    for act in (lambda: listing(clone, commit), lambda: read(clone, Blob("100644", sha, 6))):
        with pytest.raises(ZcfError, match="部分克隆") as lacking:
            act()
        assert "git fetch --refetch --no-filter" in lacking.value.hint
    assert not ran.exists()
    made.git("-C", str(clone), "fetch", "-q", "--refetch", "--no-filter")  # the advice helps
    assert ran.exists()
    assert read(clone, listing(clone, commit)[NAME]) == b"first\n"


def test_where_a_plan_comes_from_is_told_without_asking_a_program_about_signatures(made: Repository, tmp_path: Path) -> None:
    program, ran = tmp_path / "program", tmp_path / "ran"
    program.write_text(f"#!/bin/sh\ntouch {ran}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    head, _, message = made.git("cat-file", "commit", "HEAD").partition("\n\n")
    (tmp_path / "signed").write_text(
        f"{head}\ngpgsig -----BEGIN PGP SIGNATURE-----\n x\n -----END PGP SIGNATURE-----\n\n{message}\n", "utf-8"
    )
    commit = made.git("hash-object", "-t", "commit", "-w", str(tmp_path / "signed"))
    made.git("update-ref", "refs/heads/main", commit)
    for name, value in (("gpg.program", str(program)), ("log.showSignature", "true"), ("log.showRoot", "false")):
        made.git("config", name, value)
    folder = (made.top / NAME).parent
    assert origins({folder: []})[folder].commit == commit
    assert not ran.exists()
    made.git("log", "-1")
    assert ran.exists()  # had git been asked as usual


def test_a_commit_or_object_that_is_not_here_is_named(made: Repository, tmp_path: Path) -> None:
    commit = made.git("rev-parse", "HEAD")
    found = listing(made.top, commit)
    with pytest.raises(ZcfError, match=f"没有提交 {'1' * 12}"):
        listing(made.top, "1" * 40)
    with pytest.raises(ZcfError, match="不是完整的提交号"):
        listing(made.top, "HEAD")
    place = made.top / ".git/objects" / found[NAME].sha[:2] / found[NAME].sha[2:]
    place.unlink()
    for act in (lambda: read(made.top, found[NAME]), lambda: write_out(made.top, found, [NAME], tmp_path / "room")):
        with pytest.raises(ZcfError, match=f"缺少对象 {found[NAME].sha[:12]}"):
            act()
    with pytest.raises(ZcfError, match=f"缺提交 {commit[:12]} 里的对象"):
        listing(made.top, commit)


def test_what_is_too_large_is_refused_or_passed_over(made: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (made.top / "large").write_bytes(b"x" * 200_000)
    commit = _put(made, "second\n")
    found = listing(made.top, commit)
    with opened(made.top) as repository:
        told = dict(contents(repository, [found["large"].sha, found[NAME].sha], 100_000))
    assert told == {found["large"].sha: b"", found[NAME].sha: b"second\n"}
    monkeypatch.setattr(snapshot, "LARGEST", 100_000)
    with pytest.raises(ZcfError, match="large 过大"):
        write_out(made.top, found, found, tmp_path / "room")


def test_an_object_that_breaks_off_is_no_content(made: Repository, tmp_path: Path) -> None:
    (made.top / "large").write_bytes(bytes(range(251)) * 1000)
    sha = listing(made.top, _put(made, "second\n"))["large"].sha
    place = made.top / ".git/objects" / sha[:2] / sha[2:]
    place.chmod(0o644)
    place.write_bytes(place.read_bytes()[:-200])
    with pytest.raises(ZcfError, match=r"不能读取对象|缺少对象"):
        read(made.top, Blob("100644", sha, 251_000))
    with opened(made.top) as repository:
        assert state(repository) is not None
