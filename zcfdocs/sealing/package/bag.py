"""A BagIt bag (RFC 8493, version 1.0): manifests by SHA-256 and SHA-512, SM3 beside them; made and judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from zcfdocs.sealing.package.archive import Content, blocks
from zcfdocs.sealing.package.digests import ALGORITHMS, Digests, digests

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
DECLARED, INFO = "bagit.txt", "bag-info.txt"
MANIFESTS = {name: f"manifest-{name}.txt" for name in ALGORITHMS}
TAG_MANIFESTS = {name: f"tagmanifest-{name}.txt" for name in ("sha256", "sha512")}  # of SM3 readers know none
SEALED = TAG_MANIFESTS["sha256"]  # names the manifests, which name all the rest: who signs it signs the whole bag
SIGNATURE, STAMP = f"{SEALED}.p7s", f"{SEALED}.tsr"


def bag(
    top: str, payload: Mapping[str, Content], info: Mapping[str, str], known: Mapping[str, Digests] | None = None
) -> list[tuple[str, Content]]:
    """Entries below the folder `top`, in the order of their names; each file is read once, none where its digests are `known`."""
    found = {f"data/{name}": _known(content, (known or {}).get(name)) for name, content in payload.items()}
    oxum = f"{sum(count for _, count in found.values())}.{len(found)}"
    tags = {DECLARED: DECLARATION, INFO: _info({**info, "Payload-Oxum": oxum})}
    listed = {name: seen for name, (seen, _) in found.items()}
    tags |= {MANIFESTS[name]: manifest(listed, name) for name in MANIFESTS}
    described = {name: digests([content])[0] for name, content in tags.items()}
    tags |= {TAG_MANIFESTS[name]: manifest(described, name) for name in TAG_MANIFESTS}
    entries: Iterable[tuple[str, Content]] = ((f"data/{name}", content) for name, content in payload.items())
    return sorted(((f"{top}/{name}", content) for name, content in (*tags.items(), *entries)), key=lambda entry: entry[0].encode())


def _known(content: Content, seen: Digests | None) -> tuple[Digests, int]:
    if seen is None:
        return digests(blocks(content))
    return seen, len(content) if isinstance(content, bytes) else content.stat().st_size


def manifest(listed: Mapping[str, Digests], algorithm: str) -> bytes:
    """As `sha256sum -c` reads it too."""
    return "".join(f"{listed[name][algorithm]}  {name}\n" for name in sorted(listed, key=str.encode)).encode()


def _info(values: Mapping[str, str]) -> bytes:
    return "".join(f"{label}: {' '.join(value.split())}\n" for label, value in sorted(values.items())).encode()


def tag(entries: Iterable[tuple[str, Content]], name: str) -> bytes:
    """A tag file of a bag just made: SEALED is what is signed and time-stamped."""
    return next(content for path, content in entries if path.endswith(f"/{name}") and path.count("/") == 1 and isinstance(content, bytes))


def sealed(entries: list[tuple[str, Content]], signature: bytes | None = None, stamp: bytes | None = None) -> list[tuple[str, Content]]:
    """The bag with what was said of its SEALED manifest beside it, named by no manifest."""
    top = entries[0][0].partition("/")[0]
    return [*entries, *((f"{top}/{name}", data) for name, data in _said(signature, stamp))]


def _said(signature: bytes | None, stamp: bytes | None) -> Iterator[tuple[str, bytes]]:
    if signature is not None:
        yield SIGNATURE, signature
    if stamp is not None:
        yield STAMP, stamp
