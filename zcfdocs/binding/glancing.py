"""Whether an evidence file may be encrypted or cut off, told from a few kilobytes; no library is imported and nothing is unpacked."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import BinaryIO

READ = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
TAIL = 2048
# The last startxref of a PDF says where its trailer or its cross-reference stream stands.
START = re.compile(rb"startxref\s+(\d{1,12})\s+%%EOF(?!.*startxref)", re.DOTALL)
# In the coded dots of a JPEG a byte FF stands only before 00 or a restart mark; what cameras append to a whole one is not so.
MARK = re.compile(rb"\xff[^\x00\xd0-\xd7]")


def glance(path: str) -> bool:
    """Whether a file may be encrypted or cut off, told in microseconds; `look` knows for certain."""
    try:
        handle = os.open(path, READ)
    except OSError:
        return False
    try:
        os.lseek(handle, max(0, os.fstat(handle).st_size - TAIL), os.SEEK_SET)
        tail = os.read(handle, TAIL)
        match path.rpartition(".")[2].lower():
            case "pdf":
                return _is_doubtful_pdf(handle, tail)
            case "jpg" | "jpeg":
                return b"\xff" in tail and MARK.search(tail) is None
            case "png":
                return b"IEND" not in tail
        return False
    finally:
        os.close(handle)


def _is_doubtful_pdf(handle: int, tail: bytes) -> bool:
    where = START.search(tail)
    if where is None or b"/Encrypt" in tail:
        return True
    os.lseek(handle, int(where[1]), os.SEEK_SET)
    return b"/Encrypt" in os.read(handle, 4096)


def plain(path: Path) -> BinaryIO:
    """The file itself, never one a link points to."""
    return open(path, "rb", opener=lambda name, flags: os.open(name, flags | getattr(os, "O_NOFOLLOW", 0)))  # Path.open takes no opener
