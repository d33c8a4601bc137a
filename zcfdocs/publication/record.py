"""record.json (zcf-publication/1): what was fetched from an address, when, and which version it showed."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self
from urllib.parse import urlsplit

from zcfdocs.publication.integrity import COMMIT, DATA, DIGEST, HASH, INTEGRITY, PAGE, Integrity, is_text, matches, parsed, sha256, written

FORMAT = "zcf-publication/1"
PROOF = "公开发布证明"  # the document, and its file without the ending
# What the PDF carries besides the files that were fetched.
RECORD, STAMP = "record.json", "record.tsr"
LARGEST = 16 << 20  # bytes of such a PDF
USCC = re.compile(r"[0-9A-Z]{18}")
URL = re.compile(r"https?://[!-~]+")
MOMENT = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\+00:00")


@dataclass(frozen=True, slots=True)
class Record:
    """`fetched` is the clock of the machine that did it, in UTC; what a third party says of the time is the stamp beside it.

    `page`, `data` and `integrity` are sha256 in hex of the three files as they were answered; `tsa` is the service that was asked
    for a time stamp of this record, "" where none was.
    """

    url: str
    fetched: str
    uscc: str
    name: str
    commit: str
    digest: str
    catalogue: str
    catalogue_digest: str
    page: str
    data: str
    integrity: str
    tsa: str = ""

    @classmethod
    def read(cls, data: bytes) -> Self | None:
        """None where it is not such a record."""
        found = parsed(data, FORMAT)
        made = cls(**{name: found[name] for name in cls.__slots__}) if found.keys() >= set(cls.__slots__) else None
        return made if made is not None and made._is_sound() else None

    def dump(self) -> bytes:
        return written(FORMAT, asdict(self))

    @property
    def moment(self) -> datetime.datetime:
        return datetime.datetime.fromisoformat(self.fetched)

    def _is_sound(self) -> bool:
        patterns = {"url": URL, "uscc": USCC, "fetched": MOMENT, "commit": COMMIT, "digest": DIGEST, "catalogue_digest": DIGEST}
        patterns |= dict.fromkeys(("page", "data", "integrity"), HASH)
        if not all(is_text(getattr(self, name)) for name in self.__slots__ if name != "tsa" or self.tsa != ""):
            return False
        return all(matches(pattern, getattr(self, name)) for name, pattern in patterns.items()) and _is_moment(self.fetched)


def _is_moment(text: str) -> bool:
    try:
        datetime.datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def contradictions(record: Record, files: Mapping[str, bytes]) -> Iterator[str]:
    """Where a record and the fetched files that travel with it say different things, in Chinese."""
    for name, stated in ((PAGE, record.page), (DATA, record.data), (INTEGRITY, record.integrity)):
        if name not in files:
            yield f"缺少所抓取的 {name}"
        elif sha256(files[name]) != stated:
            yield f"{name} 与记录的摘要不符"
    integrity = Integrity.read(files.get(INTEGRITY, b""))
    if integrity is None:
        yield f"{INTEGRITY} 不是 zcf-integrity/1"
        return
    if (integrity.page, integrity.data) != (record.page, record.data):
        yield f"{INTEGRITY} 所列网页、数据的摘要与所抓取的不符"
    version = (record.commit, record.digest, record.catalogue, record.catalogue_digest)
    if (integrity.commit, integrity.digest, integrity.catalogue, integrity.catalogue_digest) != version:
        yield f"{INTEGRITY} 所列的版本与记录不符"
    if integrity.preview:
        yield "网页是预览，不是公开发布"
    if told(files.get(DATA, b"")) != (record.uscc, record.digest, record.commit):
        yield f"{DATA} 所列的企业或版本与记录不符"


def told(data: bytes) -> tuple[Any, Any, Any]:
    """Whose plan a public scorecard is of: its USCC, digest and commit, None where it says nothing."""
    card = parsed(data, "zcf-scorecard/1")
    plan, source = card.get("plan"), card.get("source")
    if not isinstance(plan, dict) or not isinstance(source, dict):
        return None, None, None
    return plan.get("uscc"), plan.get("digest"), source.get("commit")


def same_address(one: str, other: str) -> bool:
    """Whether two addresses mean one page: the case of the host, a fragment and a closing index.html make no difference."""
    return _plain(one) == _plain(other)


def _plain(url: str) -> tuple[str, str, str, str]:
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.netloc.lower(), parts.path.removesuffix(PAGE).rstrip("/"), parts.query
