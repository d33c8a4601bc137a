"""review.yaml as it lies beside a plan or in git → the reviews as far as they could be read; nothing here trusts the file."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from zcfdocs.finding import Finding, Route, Severity, define
from zcfdocs.reviews.review import NO_REVIEWS, Review, Reviews
from zcfdocs.tree import Node, parse
from zcfdocs.typed import read, unknown_blanks

NAME = "review.yaml"
MOST_BYTES = 1 << 20
MOST = 100  # findings; nobody mends more at once
LISTS = ("basic", "rows", "requests")

define("R400", Severity.ERROR, "评审意见文件不能读取", why="不跟随链接，不读过大的文件：方案文件夹来自外部。",
       wrong="review.yaml → ../other/review.yaml", right="review.yaml 为普通文件，UTF-8 编码，不超过 1 MiB")  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadReviews:
    """What could be read and what could not; a plan without the file has no reviews and no findings.

    `reviews` leaves out whatever rests on an unreadable value; `written` holds it in its place, `holes` says where.
    """

    reviews: Reviews = NO_REVIEWS
    findings: tuple[Finding, ...] = ()
    written: Reviews = NO_REVIEWS
    holes: frozenset[Route] = frozenset()
    path: str = ""
    root: Node | None = None

    def locate(self, finding: Finding) -> Finding:
        """Look the route up in the file."""
        if finding.line or self.root is None:
            return replace(finding, path=self.path, line=finding.line or 1, column=finding.column or 1)
        find = self.root.key_place if finding.code == "Z102" else self.root.place
        return finding.at(self.path, *find(finding.route))


def read_reviews(folder: Path, shown: str) -> ReadReviews:
    """`folder` is the plan's; `shown` is the path findings print."""
    path = folder / NAME
    try:
        seen = os.lstat(path)
        if not stat.S_ISREG(seen.st_mode):
            return _refused(shown, "不是普通文件（链接或文件夹不读）", "换成普通文件，或移走")
        if seen.st_size > MOST_BYTES:
            return _refused(shown, f"有 {seen.st_size >> 10} KiB，超过 {MOST_BYTES >> 10} KiB", "评审意见只写文字，材料另存")
        return read_bytes(path.read_bytes(), shown)
    except FileNotFoundError:
        return ReadReviews(path=shown)
    except OSError as error:
        return _refused(shown, f"不能读取：{error.strerror}", "检查文件的权限")


def read_bytes(raw: bytes, shown: str) -> ReadReviews:
    """The same from bytes already in hand, of a git object for instance."""
    if len(raw) > MOST_BYTES:
        return _refused(shown, f"有 {len(raw) >> 10} KiB，超过 {MOST_BYTES >> 10} KiB", "评审意见只写文字，材料另存")
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        return _refused(shown, f"第 {error.start + 1} 字节不是 UTF-8", "用编辑器“另存为 UTF-8”")
    root, found = parse(text)
    if root is None or found:
        return ReadReviews(findings=tuple(replace(finding, path=shown) for finding in found[:MOST]), path=shown)
    typed = read(Reviews, root.data)
    blanks = unknown_blanks(Reviews, root.blanks() if root.has_blanks else ())
    told = ReadReviews(path=shown, root=root)
    findings = tuple(told.locate(finding) for finding in (*typed.findings[:MOST], *islice(blanks, MOST)))
    written = typed.noun or NO_REVIEWS
    return replace(told, reviews=_sound(written, typed.holes), findings=findings, written=written, holes=typed.holes)


def _refused(shown: str, message: str, hint: str) -> ReadReviews:
    return ReadReviews(findings=(Finding("R400", (), message, hint).at(shown, 1, 1),), path=shown)


def _sound(written: Reviews, holes: frozenset[Route]) -> Reviews:
    """Without what could not be read: a row whose points are unreadable must not count as nought."""
    if not holes:
        return written
    if ("format",) in holes:
        return NO_REVIEWS
    broken = {route[:4] for route in holes}
    kept = [
        _whole(review, ("reviews", index), broken)
        for index, review in enumerate(written.reviews)
        if broken.isdisjoint((("reviews", index), ("reviews", index, "role")))
    ]
    return written.model_copy(update={"reviews": tuple(kept)})


def _whole(review: Review, at: Route, broken: set[Route]) -> Review:
    kept = {name: tuple(item for place, item in enumerate(getattr(review, name)) if (*at, name, place) not in broken) for name in LISTS}
    return review.model_copy(update=kept)
