"""Who vouches for a package's manifest: a signature, a time stamp, or a stamped scan that paper must bear out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zcfdocs.sealing.detached import judge_detached
from zcfdocs.sealing.layout import COPIES_AT, PROVENANCE, SCAN
from zcfdocs.sealing.package.archive import Archive
from zcfdocs.sealing.package.bag import SEALED, SIGNATURE, STAMP
from zcfdocs.sealing.package.stamping import judge_timestamp
from zcfdocs.sealing.parties import Expected
from zcfdocs.sealing.scan import PLAN_PAGES, Matched, judge_scan
from zcfdocs.sealing.verdict import Check, define, invalid, unsure
from zcfdocs.sealing.verify.content import V500
from zcfdocs.sealing.verify.document import Grounds
from zcfdocs.sealing.verify.inside import Inside

V405 = define(
    "V405", "清单有签名", why="没有签名的清单，谁都可以改了文件再重做一份。", mend="请企业用单位证书重新打包：zcfdocs pack --key …。"
)
V406 = define("V406", "是正式的申报包", why="草稿包缺印章、佐证或有未提交的改动，只供预审。", mend="补齐后重新打包，不加 --draft。")
LARGEST = 1 << 20  # bytes of a signature
LARGEST_COPY = 500 << 20


def judge_manifest(inside: Inside, expected: Expected | None, subject: str, grounds: Grounds) -> tuple[list[Check], bool]:
    """The manifest of a factory's package, and whether a stamped scan stands for the signatures."""
    scan = inside.names(COPIES_AT).get(SCAN)
    found: list[Check] = []
    matched: Matched | None = None
    if scan is not None:
        checks, matched = judge_scan(inside.archive.read(scan, LARGEST_COPY), SCAN)
        found += [*checks, *_same_version(matched, inside)]
    company = expected.party("company") if expected else None
    found += judge_vouching(inside.archive, inside.top, company.names if company else (), subject, grounds, matched is not None)
    if inside.provenance is None:
        found.append(invalid(V500, subject, f"没有 {PROVENANCE}，或读不出来"))
    elif inside.provenance.draft:
        found.append(invalid(V406, subject, "这是草稿包"))
    return found, matched is not None


def judge_vouching(archive: Archive, top: str, names: Sequence[str], subject: str, grounds: Grounds, stamped: bool = False) -> list[Check]:
    """Signature and time stamp of the tag manifest, which names everything else."""
    data = archive.read(f"{top}/{SEALED}") if f"{top}/{SEALED}" in archive.names else b""
    found: list[Check] = []
    if f"{top}/{SIGNATURE}" in archive.names:
        found += judge_detached(data, archive.read(f"{top}/{SIGNATURE}", LARGEST), SEALED, names, grounds.trust)
    elif stamped:
        found.append(unsure(V405, subject, "清单没有数字签名；盖章扫描件已匹配版本，内容须与盖章的纸质原件核对"))
    else:
        found.append(invalid(V405, subject, "清单没有签名"))
    if f"{top}/{STAMP}" in archive.names:
        found += judge_timestamp(data, archive.read(f"{top}/{STAMP}", LARGEST), SEALED, grounds.trust)
    return found


def _same_version(matched: Matched | None, inside: Inside) -> Iterator[Check]:
    if matched is None or inside.provenance is None:
        return
    if matched.kind != PLAN_PAGES:
        yield invalid(V500, SCAN, f"盖章扫描件是{matched.name}，不是试点方案")
    if not matched.is_of(inside.provenance.uscc, inside.provenance.digest):
        yield invalid(V500, SCAN, "盖章扫描件与包里的方案不是同一版本")
