"""Whether PDF and Word say what the manuscript says, block by block and number by number."""

from __future__ import annotations

from zcfdocs.manuscript.manuscript import Manuscript


def require_parity(manuscript: Manuscript, pdf: bytes | None, word: bytes | None) -> None:
    """Raises ZcfError naming the first blocks and numbers that differ."""
