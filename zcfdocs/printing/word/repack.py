"""The same parts in the same order with a fixed date: zip files else carry the hour they were made."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from types import MappingProxyType

ZIP_DAY = (1980, 1, 1, 0, 0, 0)


def repacked(data: bytes, replaced: Mapping[str, bytes] = MappingProxyType({})) -> bytes:
    """`replaced` gives parts of the file another content."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as target:
        for name in source.namelist():
            info = zipfile.ZipInfo(name, ZIP_DAY)
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o600 << 16
            target.writestr(info, replaced.get(name, source.read(name)))
    return out.getvalue()
