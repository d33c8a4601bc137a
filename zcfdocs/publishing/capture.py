"""From what was fetched to a record of it, once it was compared with the site's own word and with the plan."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from zcfdocs.publication import DATA, INTEGRITY, PAGE, Integrity, Record, same_address
from zcfdocs.publication.integrity import sha256
from zcfdocs.publication.record import told
from zcfdocs.publishing.fetching import Fetched
from zcfdocs.sealing.verdict import Check, define, invalid, valid

V705 = define(
    "V705",
    "网站给出了公开的网页和它的摘要",
    why="integrity.json 由生成网站的程序写出，与网页放在一起；预览不是公开发布。",
    mend="用 zcfdocs build --public 生成网站，把 dist/site 整个传上去。",
)
V706 = define(
    "V706",
    "抓取的网页、数据与网站所列的摘要一致",
    why="摘要不符，说明网页传上去以后又变了，或者只更新了一部分。",
    mend="重新上传整个网站；网站或线路会改写网页的（插入脚本、压缩），请关闭。",
)
V707 = define(
    "V707", "网上的是本方案的这一版本", why="别家的、以前的网页不能证明本方案已公开。", mend="提交方案的改动，重新生成并上传网站后再抓取。"
)


@dataclass(frozen=True, slots=True)
class Local:
    """The plan as it lies here: whose, and its digest."""

    uscc: str
    name: str
    digest: str


def compare(fetched: Fetched, local: Local) -> list[Check]:
    """V705, V706 and V707 of the page; a step only where the one before it holds."""
    checks = []
    for code, wrong, right in (
        (V705, _unpublished(fetched), "网页、数据和 integrity.json 都已抓取"),
        (V706, _altered(fetched), "网页、数据与网站所列的摘要一致"),
        (V707, _another(fetched, local), "网上的是本方案的这一版本"),
    ):
        message = next(wrong, "")
        checks.append(invalid(code, fetched.url, message) if message else valid(code, fetched.url, right))
        if message:
            break
    return checks


def _unpublished(fetched: Fetched) -> Iterator[str]:
    integrity = Integrity.read(fetched.files[INTEGRITY])
    if integrity is None:
        yield f"{INTEGRITY} 不是本工具写出的；用 zcfdocs build --public 生成网站，整个上传"
        return
    if integrity.preview:
        yield "网上的是预览，不是公开发布；用 zcfdocs build --public 生成网站"
    if integrity.commit is None:
        yield "网页由尚未提交的方案生成，日后无从核对；先提交，再生成、上传网站"
    if not _is_at(integrity.url, fetched.url):
        yield f"网站自己写的网址是 {integrity.url}，不是 {fetched.url}；生成网站时用 --url 写明实际网址"


def _is_at(stated: str, url: str) -> bool:
    """A path within the site must be where the address ends; an address must be the same."""
    if "://" in stated:
        return same_address(stated, url)
    return f"{urlsplit(url).path.removesuffix(PAGE).rstrip('/')}/".endswith(f"/{stated.removesuffix(PAGE).rstrip('/')}/")


def _altered(fetched: Fetched) -> Iterator[str]:
    integrity = _integrity(fetched)
    for name, stated in ((PAGE, integrity.page), (DATA, integrity.data)):
        if sha256(fetched.files[name]) != stated:
            yield f"抓取的 {name} 与 {INTEGRITY} 所列摘要不符；重新上传整个网站，并关闭会改写网页的功能"
    if told(fetched.files[DATA])[1:] != (integrity.digest, integrity.commit):
        yield f"{DATA} 与 {INTEGRITY} 所列的版本不符；重新生成并上传网站"


def _another(fetched: Fetched, local: Local) -> Iterator[str]:
    uscc, digest, _ = told(fetched.files[DATA])
    if uscc != local.uscc:
        yield f"网上的是另一家企业（{str(uscc)[:18]}）的方案；核对 --url"
    if digest != local.digest:
        yield "网上的是另一版本：方案摘要与本机的不同；重新生成并上传网站，或取回发布时的版本再抓取"


def _integrity(fetched: Fetched) -> Integrity:
    integrity = Integrity.read(fetched.files[INTEGRITY])
    assert integrity is not None  # V705 comes first
    return integrity


def record_of(fetched: Fetched, local: Local, moment: datetime.datetime, tsa: str) -> Record:
    """Of a page that `compare` found nothing wrong with."""
    integrity = _integrity(fetched)
    assert integrity.commit is not None
    return Record(
        fetched.url,
        moment.astimezone(datetime.UTC).isoformat(timespec="seconds"),
        local.uscc,
        local.name,
        integrity.commit,
        integrity.digest,
        integrity.catalogue,
        integrity.catalogue_digest,
        integrity.page,
        integrity.data,
        sha256(fetched.files[INTEGRITY]),
        tsa,
    )
