"""A file of whatever kind, told by its first bytes and by what it holds."""

from __future__ import annotations

from pathlib import Path

from zcfdocs.errors import ZcfError, why
from zcfdocs.sealing.package.archive import open_archive
from zcfdocs.sealing.package.directory import Limits
from zcfdocs.sealing.verdict import Check, invalid
from zcfdocs.sealing.verify.document import V100, Grounds, judge_document
from zcfdocs.sealing.verify.package import judge_package

LARGEST = 500 << 20  # bytes of a single document
ZIP = b"PK\x03\x04"
WORD, WORKBOOK = "word/document.xml", "xl/workbook.xml"


def judge(path: Path, grounds: Grounds) -> list[Check]:
    """Every check that fits the file. Raises ZcfError only where it cannot be opened at all."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as error:
        raise ZcfError(f"不能读取 {path}：{why(error)}", hint="检查路径和权限") from error
    if head.startswith((ZIP, b"PK\x05\x06")) and not _holds(path, WORD):
        if _holds(path, WORKBOOK):
            return [invalid(V100, path.name, "Excel 文件不单独签名，请核验它所在的申报包")]
        return judge_package(path, path.name, grounds)
    if size > LARGEST:
        return [invalid(V100, path.name, f"文件过大（{size >> 20} MB），不读取")]
    return judge_document(path.read_bytes(), path.name, grounds)


def _holds(path: Path, name: str) -> bool:
    """Whether a zip has this entry."""
    opened = open_archive(path, Limits())
    if isinstance(opened, list):
        return False
    with opened as archive:
        return name in archive.names
