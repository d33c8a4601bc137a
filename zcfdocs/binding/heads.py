"""What the head of a JPEG or PNG says: how many dots, and how much memory reading them takes; too much is refused before it is read."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

Read = Callable[[int, int], bytes]  # from where, how many bytes
MOST_PIXELS = 400_000_000  # read at an eighth, a JPEG of this size takes 25 MB
MOST_MEMORY = 600_000_000  # what has to stand whole in memory: a coloured PNG of 150 million dots
MOST_BYTES = 300_000_000  # of the file, which is held once and copied once where its dots stay as they are
STRIP = 3  # times as long as wide: a scrolled screen
UNKNOWN = 8.0  # bytes a dot at most, whatever it is
MOST_SEGMENTS = 1000
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
IN_ONE_PASS = (0xC0, 0xC1, 0xC9)  # read row by row and at a fraction; progressive and lossless ones are not
HUNDRED_MILLION = 100_000_000


@dataclass(frozen=True, slots=True)
class Head:
    """A picture's size in dots and the bytes each takes while it is read; 0 where it never stands whole in memory."""

    width: int
    height: int
    weight: float

    @property
    def pixels(self) -> int:
        return self.width * self.height

    @property
    def most_pixels(self) -> int:
        return min(MOST_PIXELS, int(MOST_MEMORY / self.weight)) if self.weight else MOST_PIXELS


def refusal(head: Head, size: int) -> str:
    """Why a picture of this head in a file of so many bytes is too large to be bound; empty where it is not."""
    if head.pixels > head.most_pixels:
        has, most = (f"{round(count / HUNDRED_MILLION, 2):g} 亿像素" for count in (head.pixels, head.most_pixels))
        return f"图片有 {has}，超过这种图片 {most}的上限；请缩小或降低扫描分辨率后再放入"
    if size > MOST_BYTES:
        return f"图片文件有 {size // 1_000_000} MB，超过 {MOST_BYTES // 1_000_000} MB 的上限；请缩小或降低扫描分辨率后再放入"
    return ""


def is_strip(width: int, height: int) -> bool:
    return max(width, height) >= STRIP * min(width, height)


def head_of_file(handle: int) -> Head | None:
    def read(at: int, size: int) -> bytes:
        os.lseek(handle, at, os.SEEK_SET)
        return os.read(handle, size)

    return head_of(read)


def head_of(read: Read) -> Head | None:
    """The head of a JPEG or PNG; None where it cannot be made out."""
    start = read(0, 26)
    if start.startswith(b"\xff\xd8"):
        return _jpeg(read)
    if start.startswith(b"\x89PNG") and start[12:16] == b"IHDR" and len(start) == 26:
        return _png(start)
    return None


def _png(start: bytes) -> Head:
    """PNG comes whole; Pillow keeps four bytes a coloured dot. A strip is not scaled and may have to be packed anew beside it."""
    width, height = int.from_bytes(start[16:20], "big"), int.from_bytes(start[20:24], "big")
    depth, kind = start[24], start[25]
    weight = {0: 2 if depth == 16 else 1, 3: 1}.get(kind, 4)
    return Head(width, height, weight * (2 if is_strip(width, height) else 1))


def _jpeg(read: Read) -> Head | None:
    """From the frame header, and the first scan's: where it does not hold all colours, they are collected in memory first."""
    at, frame, in_one_pass = 2, b"", False
    for _ in range(MOST_SEGMENTS):
        mark, kind, *size = read(at, 4).ljust(4, b"\0")
        if mark != 0xFF:
            return None
        if kind == 0xFF:  # padding
            at += 1
            continue
        if kind == 0xDA:
            colours = read(at + 4, 1)
            return _jpeg_head(frame, in_one_pass and colours == frame[5:6]) if frame else None
        if kind in FRAMES:
            frame, in_one_pass = read(at + 4, 18), kind in IN_ONE_PASS
        at += 2 + int.from_bytes(bytes(size), "big")
    return None


def _jpeg_head(frame: bytes, in_one_pass: bool) -> Head | None:
    if len(frame) < 9 or not frame[5]:
        return None
    height, width = int.from_bytes(frame[1:3], "big"), int.from_bytes(frame[3:5], "big")
    if in_one_pass:
        return Head(width, height, 0)
    sampling = [(value >> 4, value & 15) for value in frame[7 : 6 + 3 * frame[5] : 3]]
    across, down = max(x for x, _ in sampling), max(y for _, y in sampling)
    if not across * down:
        return None
    return Head(width, height, max(4.0, 2 * sum(x * y for x, y in sampling) / (across * down)))  # two bytes a coefficient
