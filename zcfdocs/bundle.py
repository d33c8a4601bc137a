"""A folder's files as one file, for a cache that keeps files: the same bytes for the same content."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

STILL = (1980, 1, 1, 0, 0, 0)  # no clock


def packed(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, STILL), files[name], zipfile.ZIP_DEFLATED)
    return out.getvalue()


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
