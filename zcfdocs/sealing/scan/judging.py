"""Judges a scan by its page codes: which version it was printed from, and whether all of its pages are there, once and in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from zcfdocs.printing.pdf.codes import PageCode
from zcfdocs.sealing.scan.sheets import MOST_PAGES, Sheet, Unreadable, sheets
from zcfdocs.sealing.verdict import Check, define, invalid, unsure, valid

COARSEST = 150  # dpi
AGAIN = "请用 200–300 dpi、灰度或彩色重新扫描"
NAMES = {"P": "试点方案", "R": "效果评价申请", "F": "评审用表", "W": "公开发布证明"}
FEW = 10  # page numbers named in one sentence

V600 = define(
    "V600",
    "扫描件可读",
    why="扫描件是别处来的文件，先看能否在限度内打开。",
    mend=f"重新扫描为一份不加密的 PDF，不超过 {MOST_PAGES} 页，每页一张 A4。",
)
V601 = define("V601", f"扫描分辨率不低于 {COARSEST} dpi", why="再粗就认不出页脚的页码，盖章处也看不清。", mend=f"{AGAIN}。")
V602 = define(
    "V602",
    "每页都有本工具打印的页码（二维码）",
    why="页脚的二维码写明文件、版本和页次，凭它与版本匹配。",
    mend="重扫缺少页码的页：二维码不要被盖章、装订或手指遮住；不是由本工具打印的页请取出。",
)
V603 = define(
    "V603",
    "各页出自同一份文件的同一版本",
    why="一份盖章文件不能由两个版本的页拼成。",
    mend="把整份文件重新打印、盖章、扫描，不要替换其中几页。",
)
V604 = define(
    "V604", "页面齐全，每页一次，依次排列", why="缺页、重页、错页的扫描件不是完整的盖章文件。", mend="按页码顺序重新扫描整份文件。"
)
V605 = define(
    "V605",
    "扫描件匹配到版本",
    why="页码只说明每一页是哪个版本的哪一页，不说明页面上的文字未被改动：所以只说“已匹配版本”。",
    mend="须证明内容未被改动的，用数字签名的 PDF。",
)


PLAN_PAGES = "P"  # the kind of pages that 试点方案 is printed on, among those of NAMES


@dataclass(frozen=True, slots=True)
class Matched:
    """The version a scan was printed from. `digest` is 32 hex digits of the plan's; `red` the pages that show ink of a seal's colour."""

    kind: str
    uscc: str
    digest: str
    pages: int
    red: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        return NAMES.get(self.kind, f"文件 {self.kind}")

    @property
    def hint(self) -> str:
        """For the eye of whoever checks; never a verdict."""
        if not self.red:
            return "没有看到红色印迹（黑白扫描看不出）；请核对是否已盖章"
        return f"{_listed(self.red)}有红色印迹，仅供查看：是不是有效的公章，要由人核对"

    def is_of(self, uscc: str, digest: str) -> bool:
        """Whether it is that plan's at that digest (`sha256:…`)."""
        return self.uscc == uscc and self.digest == digest.removeprefix("sha256:")[:32].upper()


def judge_scan(data: bytes, subject: str) -> tuple[list[Check], Matched | None]:
    """What was found, and the version where all of it holds."""
    try:
        seen = list(_until_hopeless(sheets(data)))
    except Unreadable as error:
        return [invalid(V600, subject, f"{error}；请重新扫描为一份不加密的 A4 PDF")], None
    written = [sheet for sheet in seen if sheet.codes or not sheet.blank]
    checks = [_readable(seen, written, subject), *_judged(written, subject)]
    if not all(check.verdict == "valid" for check in checks):
        return checks, None
    matched = _matched(written)
    return [*checks, unsure(V605, subject, _told(matched))], matched


def _until_hopeless(pages: Iterable[Sheet]) -> Iterator[Sheet]:
    """Looking for a code where there is none costs the most: after a few such pages it is no scan of ours."""
    bare = 0
    for sheet in pages:
        yield sheet
        bare += not sheet.codes and not sheet.blank
        if bare > FEW:
            return


def _readable(seen: Sequence[Sheet], written: Sequence[Sheet], subject: str) -> Check:
    if not written:
        return invalid(V600, subject, "全是空白页；请检查扫描仪的放纸方向后重新扫描")
    empty = len(seen) - len(written)
    return valid(V600, subject, f"共 {len(seen)} 页" + (f"，其中空白页 {empty} 页略过" if empty else ""))


def _judged(written: Sequence[Sheet], subject: str) -> Iterator[Check]:
    """Each step only where the one before it holds: what follows from it would mislead."""
    for judge in (_fine_enough, _coded, _of_one, _complete):
        if not written:
            return
        check = judge(written, subject)
        yield check
        if check.verdict != "valid":
            return


def _fine_enough(written: Sequence[Sheet], subject: str) -> Check:
    if drawn := [sheet.number for sheet in written if not sheet.dpi]:
        return invalid(V601, subject, f"{_listed(drawn)}不是扫描图像；请扫描盖章后的纸质文件，每页一张完整的图像")
    dpi = min(sheet.dpi for sheet in written)
    if dpi < COARSEST:
        coarse = [sheet.number for sheet in written if sheet.dpi < COARSEST]
        return invalid(V601, subject, f"{_listed(coarse)}分辨率不足，最低 {dpi} dpi，应不低于 {COARSEST} dpi；{AGAIN}")
    return valid(V601, subject, f"最低 {dpi} dpi")


def _coded(written: Sequence[Sheet], subject: str) -> Check:
    if bare := [sheet.number for sheet in written if not sheet.codes]:
        return invalid(V602, subject, f"{_listed(bare)}认不出页脚的二维码；二维码不要被遮住或裁掉，{AGAIN}这些页")
    if several := [sheet.number for sheet in written if len(sheet.codes) > 1]:
        return invalid(V602, subject, f"{_listed(several)}有几个不同的页码二维码；一页纸扫成一页")
    return valid(V602, subject, f"{len(written)} 页都有页码")


def _of_one(written: Sequence[Sheet], subject: str) -> Check:
    found = [_document(sheet.codes[0]) for sheet in written]
    usual, _ = Counter(found).most_common(1)[0]
    if strange := [sheet.number for sheet, document in zip(written, found, strict=True) if document != usual]:
        return invalid(V603, subject, f"{_listed(strange)}出自另一份文件或另一版本；把整份文件重新打印、盖章、扫描，不要替换其中几页")
    return valid(V603, subject, "各页出自同一版本")


def _document(code: PageCode) -> tuple[str, str, str, int]:
    return code.kind, code.subject, code.digest, code.pages


def _complete(written: Sequence[Sheet], subject: str) -> Check:
    numbers, total = [sheet.codes[0].page for sheet in written], written[0].codes[0].pages
    counts = Counter(numbers)
    found = {
        "缺少": [number for number in range(1, min(total, MOST_PAGES) + 1) if number not in counts],
        "重复": sorted(number for number, times in counts.items() if times > 1),
        "多出": sorted(number for number in counts if number > total),
    }
    if wrong := [f"{word}文件的{_listed(pages)}" for word, pages in found.items() if pages]:
        return invalid(V604, subject, f"{'，'.join(wrong)}（全文 {total} 页）；请按页码顺序重新扫描整份文件")
    if numbers != sorted(numbers):
        at = next(place for place, number in enumerate(numbers) if number != place + 1)
        message = f"页序不对：应为第 {at + 1} 页的位置是第 {numbers[at]} 页；请按页码顺序排好再扫描"
        return invalid(V604, subject, message)
    return valid(V604, subject, f"全文 {total} 页齐全，每页一次，依次排列")


def _matched(written: Sequence[Sheet]) -> Matched:
    code = written[0].codes[0]
    return Matched(code.kind, code.subject, code.digest, code.pages, tuple(sheet.codes[0].page for sheet in written if sheet.red))


def _told(matched: Matched) -> str:
    who = "" if matched.uscc == "-" else f"，统一社会信用代码 {matched.uscc}"
    found = f"已匹配版本：{matched.name}{who}，方案摘要 {matched.digest[:16].lower()}…，{matched.pages} 页"
    return f"{found}；页码只说明页次和版本，不说明页面文字未被改动"


def _listed(numbers: Sequence[int]) -> str:
    named = "、".join(map(str, numbers[:FEW]))
    return f"第 {named} 页" if len(numbers) <= FEW else f"第 {named} 等 {len(numbers)} 页"
