"""Whether an evidence file is encrypted, cut off or too large, told from a few kilobytes; no library is imported and nothing is unpacked."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from zcfdocs.binding.heads import head_of_file, refusal

READ = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
TAIL = 2048
# The last startxref of a PDF says where its trailer or its cross-reference stream stands.
START = re.compile(rb"startxref\s+(\d{1,12})\s+%%EOF(?!.*startxref)", re.DOTALL)
# In the coded dots of a JPEG a byte FF stands only before 00 or a restart mark; what cameras append to a whole one is not so.
MARK = re.compile(rb"\xff[^\x00\xd0-\xd7]")


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is wrong with a file, and its mend, in Chinese."""

    what: str
    mend: str


LOCKED = Doubt("已加密（仅限制打印、复制的也算），不能装订", "用原软件另存为不加密的 PDF：去掉打开密码和权限限制")
CUT_PDF = Doubt("没有 PDF 的结尾，可能没有传完或已损坏，恐不能装订", "打开核对；从原处重新复制或下载，仍不行的重新导出或扫描")
CUT_JPEG = Doubt("没有 JPEG 图片的结尾，可能没有传完，恐不能装订", "打开核对；从原处重新复制，仍不行的重新拍照或扫描")
CUT_PNG = Doubt("没有 PNG 图片的结尾，可能没有传完，恐不能装订", "打开核对；从原处重新复制，仍不行的重新截图或扫描")


def glance(path: str) -> Doubt | None:
    """Why a file may not be bound, told in microseconds; `look` knows for certain."""
    try:
        handle = os.open(path, READ)
    except OSError:
        return None
    try:
        size = os.fstat(handle).st_size
        os.lseek(handle, max(0, size - TAIL), os.SEEK_SET)
        tail = os.read(handle, TAIL)
        match path.rpartition(".")[2].lower():
            case "pdf":
                return _pdf(handle, tail)
            case "jpg" | "jpeg":
                return CUT_JPEG if b"\xff" in tail and MARK.search(tail) is None else _too_large(handle, size)
            case "png":
                return CUT_PNG if b"IEND" not in tail else _too_large(handle, size)
        return None
    finally:
        os.close(handle)


def _pdf(handle: int, tail: bytes) -> Doubt | None:
    if b"/Encrypt" in tail:
        return LOCKED
    where = START.search(tail)
    if where is None:
        return CUT_PDF
    os.lseek(handle, int(where[1]), os.SEEK_SET)
    return LOCKED if b"/Encrypt" in os.read(handle, 4096) else None


def _too_large(handle: int, size: int) -> Doubt | None:
    head = head_of_file(handle)
    reason = refusal(head, size) if head is not None else ""
    what, _, mend = reason.partition("；")
    return Doubt(f"不能装订：{what.removeprefix('图片')}", mend) if reason else None


def plain(path: Path) -> BinaryIO:
    """The file itself, never one a link points to."""
    return open(path, "rb", opener=lambda name, flags: os.open(name, flags | getattr(os, "O_NOFOLLOW", 0)))  # Path.open takes no opener
