"""A certificate authority with OCSP responder, CRLs and time stamps on 127.0.0.1, for as long as a test module runs."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pkcs11
import pytest
from certomancer.integrations.animator import Animator, AnimatorArchStore
from certomancer.registry import ArchLabel, CertLabel, CertomancerConfig, PKIArchitecture
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from werkzeug.serving import make_server

from zcfdocs.sealing.keys import Signatory
from zcfdocs.sealing.keys.pkcs12 import unlocked
from zcfdocs.sealing.trust import Trust, read_trust

HERE = Path(__file__).parent
PASSPHRASE = "试验口令"
ARCH = "zcf"
MODULE = "/usr/lib/softhsm/libsofthsm2.so"


@dataclass(frozen=True)
class Authority:
    """`folder` holds root.pem and a NAME.p12 for each subject; `url` is the server while it runs."""

    folder: Path
    url: str
    pki: PKIArchitecture

    @property
    def root(self) -> Path:
        return self.folder / "root.pem"

    @property
    def tsa(self) -> str:
        return f"{self.url}/{ARCH}/tsa/tsa"

    def p12(self, name: str) -> Path:
        return self.folder / f"{name}.p12"

    def signatory(self, name: str) -> Signatory:
        return unlocked(self.p12(name).read_bytes(), PASSPHRASE.encode(), name)

    def trust(self, offline: bool = False) -> Trust:
        return read_trust([self.root], self.folder, offline)


@contextmanager
def running(folder: Path) -> Iterator[Authority]:
    """Keys are made anew; every request is answered by a thread of this process."""
    keys = folder / "keys"
    keys.mkdir()
    server = make_server("127.0.0.1", 0, None, threaded=True)
    url = f"http://127.0.0.1:{server.server_port}"
    text = f'external-url-prefix: "{url}"\n' + (HERE / "authority.yml").read_text("utf-8")
    (folder / "authority.yml").write_text(text, "utf-8")
    for name in _names(text):
        key = rsa.generate_private_key(65537, 2048)
        (keys / f"{name}.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    config = CertomancerConfig.from_file(str(folder / "authority.yml"), key_search_dir=str(keys))
    pki = config.get_pki_arch(ArchLabel(ARCH))
    server.app = Animator(AnimatorArchStore(config.pki_archs))
    made = Authority(folder, url, pki)
    _write(made)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _names(text: str) -> list[str]:
    return [line.split(":")[0].strip() for line in text.splitlines() if "{path:" in line]


def _write(made: Authority) -> None:
    from asn1crypto import pem

    made.root.write_bytes(pem.armor("CERTIFICATE", made.pki.get_cert(CertLabel("root")).dump()))
    for name in ("company", "legal", "district", "stranger", "revoked", "expired", "early", "encipher"):
        made.p12(name).write_bytes(made.pki.package_pkcs12(CertLabel(name), password=PASSPHRASE.encode()))


@contextmanager
def token(made: Authority, name: str, folder: Path, monkeypatch: pytest.MonkeyPatch, *others: str) -> Iterator[str]:
    """The subject's key, and others', in a token of SoftHSM: `pkcs11:…`, PIN 1234; skips where there is none."""
    if not (shutil.which("softhsm2-util") and shutil.which("pkcs11-tool") and Path(MODULE).is_file()):
        pytest.skip("no SoftHSM and OpenSC on this machine")
    tokens = folder / "tokens"
    tokens.mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\n", "utf-8")
    monkeypatch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
    _run("softhsm2-util", "--init-token", "--free", "--label", "zcf", "--so-pin", "0000", "--pin", "1234")
    for number, label in enumerate((name, *others), 1):
        pem = made.folder / "keys" / f"{label}.pem"
        _run("softhsm2-util", "--import", str(pem), "--token", "zcf", "--label", label, "--id", f"{number:02}", "--pin", "1234")
    for number, label in enumerate((name, *others, "interm"), 1):
        (folder / f"{label}.der").write_bytes(made.pki.get_cert(CertLabel(label)).dump())
        kind = ("--type", "cert", "--id", f"{number:02}", "--label", label)
        into = ("--module", MODULE, "--token-label", "zcf", "--login", "--pin", "1234")
        _run("pkcs11-tool", *into, "--write-object", str(folder / f"{label}.der"), *kind)
    pkcs11.lib(MODULE).reinitialize()  # it reads its configuration once a process
    yield f"pkcs11:{MODULE}?token=zcf&cert={name}&key={name}"


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
