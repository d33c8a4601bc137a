"""What the base of a range says before its head is looked at: where plans lie, who owns what, who signed."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from zcfdocs.errors import ZcfError
from zcfdocs.finding import Finding, Severity, define
from zcfdocs.reviewing.people.owners import PLACES, Owners, locate, parse
from zcfdocs.reviewing.people.signatures import SIGNERS, signatures, tag_signer, whose
from zcfdocs.reviewing.review import Asked
from zcfdocs.reviewing.sides.changes import Between, Layout, between
from zcfdocs.snapshot import listing, read

define("R216", Severity.ERROR, "提交没有可靠的签名", why="要求签名时，每次提交都须由名单（.zcfdocs/allowed_signers，取自受保护分支）里的同一个人签名。",
       wrong="git commit（未签名）", right="git commit -S")  # fmt: skip


def asked(home: Path, range_: str, who: str | None = None, signed: bool = False, day: date | None = None) -> Asked:
    """`home` is the folder of plans/ and indicators/ within its repository, or a bare repository. With `signed` who it is comes from the signatures."""
    found = between(home, range_)
    return asked_of(found, layout(found.top, home), who, signed, day)


def asked_of(
    found: Between,
    where: Layout,
    who: str | None,
    signed: bool,
    day: date | None = None,
    onto_protected: bool = False,
    tags: Sequence[str] = (),
) -> Asked:
    """`tags`: the hashes of tags that come with the change and that no ref names yet."""
    findings: tuple[Finding, ...] = ()
    if signed:
        who, findings = _signer(found, tags)
    return Asked(found, where, owners(found.top, found.trusted), who, day, findings, onto_protected)


def layout(top: Path, home: Path) -> Layout:
    place = home.resolve()
    inside = place.relative_to(top).as_posix() if place.is_relative_to(top) else "."
    return Layout("" if inside == "." else f"{inside}/")


def owners(top: Path, commit: str) -> Owners:
    """The code owners of a commit; nobody owns anything where it has no such file."""
    blobs = {name: blob for name, blob in listing(top, commit, PLACES).items() if blob.is_plain}
    name = locate(blobs)
    return parse(read(top, blobs[name]), name) if name is not None else Owners()


def _signer(found: Between, tags: Sequence[str]) -> tuple[str | None, tuple[Finding, ...]]:
    blob = listing(found.top, found.trusted, (SIGNERS,)).get(SIGNERS)
    if blob is None or not blob.is_plain:
        raise ZcfError(f"基准提交里没有 {SIGNERS}，不能核对签名", hint="由主管部门在受保护分支上放入各人的公钥，写法见 docs")
    if shutil.which("ssh-keygen") is None:
        raise ZcfError("找不到 ssh-keygen，不能核对 SSH 签名", hint="Debian/Ubuntu：sudo apt-get install openssh-client")
    allowed = read(found.top, blob)
    signer = whose(signatures(found.top, found.base, found.head, allowed))
    if signer.who is None and (tagger := tag_signer(found.top, found.head, allowed, tags)) is not None:
        return tagger, ()
    reasons = tuple(
        Finding("R216", (), reason, "用自己的密钥签名后重新提交：git commit -S", path=SIGNERS, line=1, column=1)
        for reason in signer.reasons
    )
    return signer.who, reasons
