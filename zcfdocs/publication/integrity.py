"""integrity.json (zcf-integrity/1): the sha256 of a plan's page and data, and the version they show, beside the page."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from typing import Any, Self

FORMAT = "zcf-integrity/1"
# Files of a plan's folder on the site.
PAGE, DATA, INTEGRITY = "index.html", "data.json", "integrity.json"
HASH = re.compile(r"[0-9a-f]{64}")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
# One line of text that looks like what it is: no control, direction or surrogate characters.
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
LONGEST = 2000  # characters
COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Integrity:
    """`url` is the page's address, or its path within the site where the site's own address is not known.

    `page` and `data` are sha256 in hex; `commit` is None where the plan was not committed as it is. A preview is no publication.
    """

    url: str
    page: str
    data: str
    commit: str | None
    digest: str
    catalogue: str
    catalogue_digest: str
    preview: bool = False

    @classmethod
    def of(cls, url: str, page: bytes, data: bytes, preview: bool) -> Self:
        """Of the files as they are published; `data` is the public scorecard."""
        card = json.loads(data)
        source, catalogue = card["source"], card["catalogue"]
        commit = None if source["dirty"] else source["commit"]
        return cls(url, sha256(page), sha256(data), commit, card["plan"]["digest"], catalogue["id"], catalogue["digest"], preview)

    @classmethod
    def read(cls, data: bytes) -> Self | None:
        """None where it is not such a file."""
        found = parsed(data, FORMAT)
        made = cls(**{name: found[name] for name in cls.__slots__}) if found.keys() >= set(cls.__slots__) else None
        return made if made is not None and made._is_sound() else None

    def dump(self) -> bytes:
        return written(FORMAT, asdict(self))

    def _is_sound(self) -> bool:
        texts = (self.url, self.catalogue)
        hashes = ((HASH, self.page), (HASH, self.data), (DIGEST, self.digest), (DIGEST, self.catalogue_digest))
        return (
            all(is_text(text) for text in texts)
            and all(matches(pattern, value) for pattern, value in hashes)
            and (self.commit is None or matches(COMMIT, self.commit))
            and isinstance(self.preview, bool)
        )


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST and UNSEEN.search(value) is None


def matches(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def parsed(data: bytes, format_name: str) -> dict[str, Any]:
    """The members of a JSON object of that format; empty for anything else."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) and found.get("format") == format_name else {}


def written(format_name: str, members: dict[str, Any]) -> bytes:
    """A JSON object of that format as a file, Chinese left readable."""
    return (json.dumps({"format": format_name, **members}, ensure_ascii=False, indent=1) + "\n").encode()
