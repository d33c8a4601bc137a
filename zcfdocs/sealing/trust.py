"""Whom a verifier believes: root certificates the bureau has put on its own disk, and whether issuers may be asked about revocation."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from asn1crypto import pem, x509
from pyhanko_certvalidator import ValidationContext

from zcfdocs.errors import ZcfError

FOLDER = "trust"  # beside plans/: roots that hold where --trust names none
ENDINGS = (".pem", ".crt", ".cer", ".der")
LARGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Trust:
    """`roots` may be empty: then nothing is known of any chain. Offline no issuer is asked."""

    roots: tuple[x509.Certificate, ...] = ()
    offline: bool = False

    def context(self, others: Iterable[x509.Certificate] = (), moment: datetime.datetime | None = None) -> ValidationContext:
        """Fresh for each use: pyHanko keeps what it fetched in it. Revocation is asked for, and its absence forgiven, by the caller."""
        return ValidationContext(
            trust_roots=list(self.roots),
            other_certs=list(others),
            allow_fetching=not self.offline,
            revocation_mode="soft-fail",
            moment=moment,
        )


def read_trust(paths: Sequence[Path], home: Path, offline: bool) -> Trust:
    """Roots of the named files and folders, else of the repository's own `trust/`. Raises ZcfError where one cannot be read."""
    default = home / FOLDER
    chosen = list(paths) or ([default] if default.is_dir() else [])
    files = [found for path in chosen for found in (_inside(path) if path.is_dir() else [path])]
    return Trust(tuple(dict.fromkeys(certificate for path in files for certificate in _read(path))), offline)


def _inside(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS and path.is_file())


def _read(path: Path) -> list[x509.Certificate]:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST)
        blocks = [der for kind, _, der in pem.unarmor(data, multiple=True) if kind == "CERTIFICATE"] if pem.detect(data) else [data]
        found = [x509.Certificate.load(block) for block in blocks]
        for certificate in found:
            certificate.native  # noqa: B018  # parsed only when looked at
    except (OSError, ValueError, TypeError) as error:
        raise ZcfError(f"不能读取信任根 {path}", hint="信任根是 PEM 或 DER 格式的根证书文件，或放着这些文件的文件夹") from error
    if not found:
        raise ZcfError(f"{path} 里没有证书", hint="信任根是 PEM 或 DER 格式的根证书文件")
    return found
