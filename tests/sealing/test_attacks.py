"""Packages that were made to deceive: whole bags, signed by whom you like, that no factory handed in."""

from __future__ import annotations

import io
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sealing.authority import Authority, running
from zcfdocs.loading import Shelf
from zcfdocs.pipeline import card, examine
from zcfdocs.reading import read_plan
from zcfdocs.scorecard import Origin
from zcfdocs.sealing.detached import sign_detached
from zcfdocs.sealing.layout import COPIES_AT, FACTORIES_AT, LETTERS_AT, PROVENANCE, SOURCE_AT
from zcfdocs.sealing.package.archive import write_zip
from zcfdocs.sealing.package.bag import SEALED, bag, sealed, tag
from zcfdocs.sealing.package.names import visible
from zcfdocs.sealing.package.provenance import of_card, provenance
from zcfdocs.sealing.parties import of_factory
from zcfdocs.sealing.unpacking import delivered
from zcfdocs.sealing.verdict import Verdict, together
from zcfdocs.sealing.verify.any import judge
from zcfdocs.sealing.verify.document import Grounds
from zcfdocs.versions import shaping

RIVER = Path(__file__).parent.parent / "river"
MILL = RIVER / "plans/upper/mill"
NAME = "天津津禾汽车零部件有限公司"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with running(tmp_path_factory.mktemp("authority")) as made:
        yield made


@pytest.fixture
def grounds(authority: Authority) -> Grounds:
    return Grounds(authority.trust(), RIVER / "indicators")


def plan_text() -> bytes:
    return (MILL / "plan.md").read_bytes().replace("name: 上湾水磨坊".encode(), f"name: {NAME}".encode(), 1)


def payload(tmp_path: Path, more: dict[str, bytes] | None = None) -> dict[str, bytes | Path]:
    """A plan with its scorecard and provenance, and no copies."""
    folder = tmp_path / "mill"
    (folder / "evidence").mkdir(parents=True)
    (folder / "plan.md").write_bytes(plan_text())
    for path in (MILL / "evidence").iterdir():
        (folder / "evidence" / path.name).write_bytes(path.read_bytes())
    told = card(examine(folder / "plan.md", "plan.md", Shelf(RIVER / "indicators")), Origin("0" * 40))
    assert told is not None
    files: dict[str, bytes | Path] = {
        f"{SOURCE_AT}/{path.relative_to(folder).as_posix()}": path for path in folder.rglob("*") if path.is_file()
    }
    return files | {PROVENANCE: provenance(of_card(told, "mill", shaping(), {}))} | (more or {})


def packed(path: Path, files: dict[str, bytes | Path], authority: Authority, who: str = "company") -> Path:
    entries = bag("x", files, {})
    write_zip(path, sealed(entries, sign_detached(tag(entries, SEALED), authority.signatory(who))))
    return path


def told(path: Path, grounds: Grounds) -> tuple[Verdict, str]:
    checks = judge(path, grounds)
    return together(checks), "\n".join(f"{check.verdict.value} {check.code} {check.message}" for check in checks)


def test_a_package_without_its_documents_is_invalid(authority: Authority, grounds: Grounds, tmp_path: Path) -> None:
    verdict, messages = told(packed(tmp_path / "x.zip", payload(tmp_path), authority), grounds)
    assert verdict is Verdict.INVALID
    assert "包里没有 试点方案.pdf" in messages


def test_a_factorys_package_does_not_pass_for_a_districts(authority: Authority, grounds: Grounds, tmp_path: Path) -> None:
    files = payload(tmp_path, {f"{LETTERS_AT}/x.txt": b"x"})
    verdict, messages = told(packed(tmp_path / "x.zip", files, authority), grounds)
    assert verdict is Verdict.INVALID
    assert "既像区级的包又像企业的包" in messages
    with pytest.raises(Exception, match="不是申报包"), delivered(tmp_path / "x.zip", ()):
        pass


def test_a_district_without_letters_is_invalid(authority: Authority, grounds: Grounds, tmp_path: Path) -> None:
    verdict, messages = told(packed(tmp_path / "x.zip", {f"{LETTERS_AT}/x.txt": b"x"}, authority, "district"), grounds)
    assert verdict is Verdict.INVALID
    assert "没有推荐函" in messages


def test_packages_within_packages_end(authority: Authority, grounds: Grounds, tmp_path: Path) -> None:
    inner = b"PK"
    for _ in range(60):
        out = io.BytesIO()
        write_zip(out, bag("x", {f"{LETTERS_AT}/a.txt": b"x", f"{FACTORIES_AT}/a.zip": inner}, {}))
        inner = out.getvalue()
    (tmp_path / "x.zip").write_bytes(inner)
    verdict, messages = told(tmp_path / "x.zip", grounds)
    assert verdict is Verdict.INVALID
    assert "包中套包" in messages


def test_a_file_nobody_registered_is_named_and_not_taken_over(authority: Authority, grounds: Grounds, tmp_path: Path) -> None:
    files = payload(tmp_path, {f"{SOURCE_AT}/evidence/run.exe": b"MZ", f"{SOURCE_AT}/review.yaml": b"x"})
    path = packed(tmp_path / "x.zip", files, authority)
    assert "没有登记的文件" in told(path, grounds)[1]
    with delivered(path, ()) as delivery:
        assert "plan.md" in delivery.files
        assert not {"evidence/run.exe", "review.yaml"} & delivery.files.keys()


def test_a_huge_scorecard_is_not_read(authority: Authority, grounds: Grounds, tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    huge = b"[" + b'["a", 1],' * (3 << 20) + b"0]"
    path = packed(tmp_path / "x.zip", payload(tmp_path, {f"{COPIES_AT}/scorecard.json": huge}), authority)
    verdict, messages = told(path, grounds)
    assert verdict is Verdict.INVALID
    assert "超过这类文件的上限" in messages or "炸弹" in messages
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400 << 10


def test_a_former_name_lends_no_signature(tmp_path: Path) -> None:
    (tmp_path / "plan.md").write_bytes(plan_text().replace(b"  uscc:", "  former_names: [天津别家有限公司]\n  uscc:".encode(), 1))
    plan = read_plan(tmp_path / "plan.md", "plan.md").plan
    assert plan is not None
    assert plan.factory.former_names == ("天津别家有限公司",)
    assert not any("天津别家有限公司" in party.names for group in of_factory(plan).groups for party in group)


def test_what_a_certificate_says_moves_no_cursor() -> None:
    assert visible("路人\x1b[2J\nA.zip：有效\u202e") == "路人�[2J�A.zip：有效�"
