"""Whether a signed copy is the unsigned one with nothing but signatures added."""

from __future__ import annotations

from zcfdocs.errors import ZcfError
from zcfdocs.sealing.word import opc
from zcfdocs.sealing.word.origin import without_signatures


def parts_without_signature(data: bytes) -> dict[str, bytes]:
    """Entries by name, less what signing adds; two entries that it adds to are canonical XML. Raises ZcfError for a broken file."""
    return dict(without_signatures(opc.read(data)))


def differences_from(signed: bytes, unsigned: bytes) -> list[str]:
    """How a signed copy is not the unsigned one it should have been made from, a Chinese sentence each. The signed one may be hostile."""
    ours = parts_without_signature(unsigned)
    try:
        theirs = parts_without_signature(signed)
    except ZcfError as error:
        return [error.message]
    added = [f"多出部件 {name}" for name in theirs if name not in ours]
    lost = [f"缺少部件 {name}" for name in ours if name not in theirs]
    return [*added, *lost, *(f"部件 {name} 的内容不同" for name in ours if name in theirs and ours[name] != theirs[name])]
