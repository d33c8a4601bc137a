"""公开发布证明: one page on where a plan is published, which version it is and by which digests anyone can tell."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta, timezone

import segno
from markupsafe import Markup

from zcfdocs.manuscript.manuscript import Enclosure, Manuscript, Mark, finished
from zcfdocs.manuscript.parts import fill, safe
from zcfdocs.publication import DATA, INTEGRITY, PAGE, PROOF, Integrity, Record

KIND = "W"  # in the page code
BEIJING = timezone(timedelta(hours=8))
SUBJECT = "“零碳”工厂试点方案公开发布"


@dataclass(frozen=True, slots=True)
class Statement:
    """What is stated: the public name and code of the factory, the version, and, once it was fetched, the record of that."""

    name: str
    uscc: str
    day: date
    integrity: Integrity
    record: Record | None = None
    enclosures: tuple[Enclosure, ...] = ()

    @property
    def url(self) -> str:
        return self.record.url if self.record else self.integrity.url


def publication(stated: Statement) -> Manuscript:
    """Nothing but what the public page says anyway."""
    integrity, title = stated.integrity, f"{PROOF}（{stated.name}）"
    content = fill(
        "publication.html.j2",
        title=PROOF,
        opening=_opening(stated),
        facts=list(_facts(stated)),
        url=stated.url,
        code=_code(stated.url),
        notes=list(_notes(stated)),
    )
    leaves: list[tuple[str, Markup]] = [("form", safe(content))]
    html = fill("paper.html.j2", title=title, author=stated.name, subject=SUBJECT, day=stated.day, leaves=leaves)
    mark = Mark(KIND, stated.uscc, integrity.digest, integrity.commit, integrity.catalogue, integrity.catalogue_digest)
    return Manuscript(PROOF, title, stated.name, SUBJECT, stated.day, finished(html), mark=mark, enclosures=stated.enclosures)


def _opening(stated: Statement) -> str:
    if stated.record is None:
        return "下列方案已编入公开网站。本页所列摘要由生成网站的程序写出，并与网页一同放在网站上，任何人都可以据此核对。"
    return "下列网页已从所列网址抓取，网页、数据与网站所列的摘要、与方案仓库中的版本均相符。抓取所得的文件和记录附在本 PDF 之内。"


def _facts(stated: Statement) -> Iterator[tuple[str, str]]:
    integrity, record = stated.integrity, stated.record
    yield "企业名称", stated.name
    yield "统一社会信用代码", stated.uscc
    yield ("网址", stated.url) if "://" in stated.url else ("网站内的位置", stated.url)
    if record is not None:
        yield "抓取时间", f"{record.moment.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}（北京时间，抓取所用计算机的时钟）"
        yield "时间戳", record.tsa or "无"
    yield "方案摘要", integrity.digest
    yield "方案的提交", integrity.commit or "未提交"
    yield "指标目录", f"{integrity.catalogue}，摘要 {integrity.catalogue_digest}"
    yield f"网页 {PAGE} 的 SHA-256", integrity.page
    yield f"数据 {DATA} 的 SHA-256", integrity.data


def _notes(stated: Statement) -> Iterator[str]:
    yield f"核对办法：在网页所在的文件夹下载 {PAGE}、{DATA}、{INTEGRITY}，算出前两个文件的 SHA-256，与本页和 {INTEGRITY} 比较。"
    if stated.record is None:
        yield "本页不说明网页已能从网上打开；申报时用的发布证明，用 zcfdocs publish-proof capture 从网上抓取生成。"
        return
    yield "时间以时间戳为准；没有时间戳的，抓取时间只是抓取者自己的说明。用 zcfdocs verify 核验本 PDF。"


def _code(url: str) -> str:
    """The address as a QR code, where it is one that a telephone can open."""
    if "://" not in url:
        return ""
    out = io.BytesIO()
    segno.make(url, error="m", micro=False).save(out, kind="svg", scale=4, border=4, xmldecl=False, svgns=True)
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode()
