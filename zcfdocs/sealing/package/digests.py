"""SHA-256, SHA-512 and SM3 of a file in one pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cryptography.hazmat.primitives import hashes

# Name in BagIt's manifests, what makes it, hex digits. SM3 (GB/T 32905) by `cryptography`: hashlib knows it only on some systems.
ALGORITHMS: dict[str, Callable[[], hashes.HashAlgorithm]] = {"sha256": hashes.SHA256, "sha512": hashes.SHA512, "sm3": hashes.SM3}
DIGITS = {"sha256": 64, "sha512": 128, "sm3": 64}
Digests = dict[str, str]


def digests(blocks: Iterable[bytes]) -> tuple[Digests, int]:
    """Hex digests by algorithm, and how many bytes there were."""
    made = {name: hashes.Hash(algorithm()) for name, algorithm in ALGORITHMS.items()}
    count = 0
    for block in blocks:
        count += len(block)
        for one in made.values():
            one.update(block)
    return {name: one.finalize().hex() for name, one in made.items()}, count
