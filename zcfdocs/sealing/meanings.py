"""Every check of `verify` by its code: importing the modules that define them is what fills the list."""

from __future__ import annotations

from zcfdocs.finding import Meaning
from zcfdocs.sealing import detached  # noqa: F401  # registers its checks, as the next but one does
from zcfdocs.sealing.verdict import MEANINGS
from zcfdocs.sealing.verify import any as judges  # noqa: F401


def meanings() -> dict[str, Meaning]:
    return dict(sorted(MEANINGS.items()))


def told(meaning: Meaning) -> list[str]:
    """What `zcfdocs explain` prints."""
    return [f"{meaning.code} {meaning.title}", f"为什么：{meaning.why}", f"不符合时：{meaning.mend}"]
