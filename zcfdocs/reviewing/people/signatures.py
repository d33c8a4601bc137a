"""Who signed the commits of a range, or a tag of its head: SSH keys against the protected branch's list of signers, OpenPGP keys against the machine's key ring."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import git

from zcfdocs.errors import ZcfError
from zcfdocs.provenance import SAFE
from zcfdocs.reviewing.people.roles import plain
from zcfdocs.snapshot import FULL

SIGNERS = ".zcfdocs/allowed_signers"
MOST = 2_000  # commits of one change; each signature takes some 10 ms
MOST_TAGS = 20  # signed tags of one commit
NEEDED = (2, 34)  # the first git that knows allowed signers
State = Literal["good", "unsigned", "unknown", "expired", "revoked", "bad"]
# `%G?`: U is a good signature of a key that nobody vouches for, of SSH one that the list does not name.
STATES: Mapping[str, State] = {"G": "good", "U": "unknown", "E": "unknown", "N": "unsigned", "X": "expired", "Y": "expired", "R": "revoked"}
SSH_GOOD = re.compile(r'^Good "git" signature for (\S+) with ', re.MULTILINE)
# git takes a tag whose key nobody vouches for; of a commit it says U.
PGP_TRUSTED = re.compile(r"^\[GNUPG:\] TRUST_(FULLY|ULTIMATE)\b", re.MULTILINE)
PGP_GOOD = re.compile(r"^\[GNUPG:\] GOODSIG [0-9A-F]+ .*<([^<>\s]+@[^<>\s]+)>$", re.MULTILINE)
TOLD: Mapping[State, str] = {
    "good": "签名有效",
    "unsigned": "没有签名",
    "unknown": f"签名的密钥不在 {SIGNERS} 里",
    "expired": "签名或密钥已过期",
    "revoked": "签名的密钥已作废",
    "bad": "签名无效",
}


@dataclass(frozen=True, slots=True)
class Signature:
    """Of one commit; `who` is the principal of the list, or the e-mail address of an OpenPGP key, empty unless the state is good."""

    commit: str
    state: State
    who: str
    key: str


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed all of them, or why nobody can be said to have."""

    who: str | None
    reasons: tuple[str, ...] = ()


def signatures(top: Path, base: str | None, head: str, allowed: bytes | None) -> tuple[Signature, ...]:
    """Of the commits of `head` that `base` does not have, the newest first; `allowed` is the list in the tree of the protected branch.

    Both are full hashes. Raises ZcfError where git is too old, lacks a commit, or the range is too long.
    """
    if any(not FULL.fullmatch(commit) for commit in (base or head, head)):
        raise ZcfError("核对签名要用完整的提交号", hint="提交号是 40 位十六进制数")
    with tempfile.TemporaryDirectory(prefix="zcf-signers-") as room, git.Repo(top, search_parent_directories=True) as repository:
        if repository.git.version_info[:2] < NEEDED:
            raise ZcfError("git 太旧，不能核对 SSH 签名", hint="需要 git 2.34 或更新的版本")
        repository.git.update_environment(**environment(Path(room), allowed or b""))
        try:
            told = repository.git.log(
                "-z", "--no-patch", "--no-show-signature", "--no-color", "--encoding=UTF-8", f"--max-count={MOST + 1}",
                "--format=%H %G? %GK %GS", f"{base}..{head}" if base else head, "--",
            )  # fmt: skip
        except git.GitCommandError as error:
            raise ZcfError("git 不能读取要核对签名的提交", hint="先取回完整的历史：git fetch --unshallow 或 git fetch --all") from error
    found = tuple(_signature(entry) for entry in told.split("\0") if entry)
    if len(found) > MOST:
        raise ZcfError(f"这次改动超过 {MOST} 次提交，不逐一核对签名", hint="请合并成较少的提交")
    return found


def environment(room: Path, allowed: bytes) -> dict[str, str]:
    """What keeps a repository's own configuration from naming programs to run, or keys to trust (git-and-web 3.4)."""
    signers, revoked = room / "allowed_signers", room / "revoked"
    signers.write_bytes(allowed)
    revoked.touch()
    nothing = str(room / "none")  # no such program
    pgp = shutil.which("gpg") or nothing
    fixed = {
        "gpg.program": pgp,
        "gpg.openpgp.program": pgp,
        "gpg.x509.program": nothing,
        "gpg.ssh.program": shutil.which("ssh-keygen") or nothing,
        "gpg.ssh.allowedSignersFile": str(signers),
        "gpg.ssh.revocationFile": str(revoked),
        "gpg.minTrustLevel": "undefined",
        "core.fsmonitor": "false",
        "core.hooksPath": os.devnull,
        "log.showSignature": "false",
        "log.mailmap": "false",
    }
    numbered = {f"GIT_CONFIG_KEY_{number}": name for number, name in enumerate(fixed)}
    return SAFE | numbered | {f"GIT_CONFIG_VALUE_{number}": value for number, value in enumerate(fixed.values())} | {
        "GIT_CONFIG_COUNT": str(len(fixed)),
    }  # fmt: skip


def _signature(entry: str) -> Signature:
    commit, state, key, who = (*entry.strip("\n").split(" ", 3), "", "", "")[:4]
    known = STATES.get(state, "bad")
    return Signature(commit, known, _principal(key, who) if known == "good" else "", key)


def _principal(key: str, who: str) -> str:
    """Of SSH the list's own word; of OpenPGP the address in `Name <address>`."""
    if key.startswith("SHA256:"):
        return who
    address = re.search(r"<([^<>\s]+@[^<>\s]+)>\s*$", who)
    return address[1] if address else who


def whose(found: Sequence[Signature]) -> Signer:
    """One person signed every commit, or nobody counts as its author: who adds one commit to another's speaks for neither."""
    if not found:
        return Signer(None, ("没有提交",))
    reasons = [f"提交 {one.commit[:12]}：{TOLD[one.state]}" for one in found if one.state != "good"]
    nameless = [one.commit[:12] for one in found if one.state == "good" and not is_principal(one.who)]
    reasons += [f"提交 {commit}：签名人不是单独一个人" for commit in nameless]
    people = sorted({plain(one.who) for one in found if one.state == "good"})
    if len(people) > 1:
        reasons.append(f"由不同的人签名：{'、'.join(people)}")
    return Signer(None, tuple(reasons)) if reasons else Signer(found[0].who)


def is_principal(who: str) -> bool:
    """One name: the list may also name several at once, or all of a host by a wildcard."""
    return bool(who) and not set(who) & set('*?!, \t"')


def unreadable(data: bytes) -> Iterable[tuple[int, str]]:
    """Lines of a list of signers that ssh-keygen would not take, or that do not name one person: number and why."""
    for number, line in enumerate(data.decode("utf-8", "replace").removeprefix("\ufeff").split("\n"), 1):
        text = line.strip()
        if text and not text.startswith("#") and (why := _unfit(text)):
            yield number, why


KEY = re.compile(
    r"(ssh-ed25519|sk-ssh-ed25519@openssh\.com|ecdsa-sha2-nistp(256|384|521)|sk-ecdsa-sha2-nistp256@openssh\.com|ssh-rsa) ([A-Za-z0-9+/]{20,}={0,2})(\s.*)?"
)
OPTIONS = re.compile(r'((namespaces|valid-after|valid-before)="[^"]*"(,|\s))+', re.IGNORECASE)


def _unfit(text: str) -> str:
    who, _, rest = text.partition(" ")
    if not is_principal(who):
        return "第一段应是一个人：与 CODEOWNERS 里一样的账号或邮箱，不用通配符和逗号"
    rest = rest.strip()
    if "cert-authority" in rest.split("ssh-")[0]:
        return "不用证书机构签发的密钥，逐人列出公钥"
    if options := OPTIONS.match(rest):
        rest = rest[options.end() :].strip()
    return "" if KEY.fullmatch(rest) else "应为“账号 公钥类型 公钥”，如：@某某 ssh-ed25519 AAAA…"


def tag_signer(top: Path, head: str, allowed: bytes | None, pushed: Sequence[str] = ()) -> str | None:
    """Who signed a tag of this very commit, where commits are not signed: one person, or nobody.

    `pushed` are the hashes of tags that no ref names yet, as a hook meets them.
    """
    if any(not FULL.fullmatch(name) for name in (head, *pushed)):
        raise ZcfError("核对签名要用完整的提交号", hint="提交号是 40 位十六进制数")
    with tempfile.TemporaryDirectory(prefix="zcf-signers-") as room, git.Repo(top, search_parent_directories=True) as repository:
        repository.git.update_environment(**environment(Path(room), allowed or b""))
        listed = repository.git.for_each_ref("--format=%(objecttype) %(objectname)", f"--points-at={head}", "refs/tags").splitlines()
        tags = [name for kind, _, name in (line.partition(" ") for line in listed) if kind == "tag" and FULL.fullmatch(name)]
        tags += [name for name in pushed if _tagged(repository, name) == head]
        people = {_tagger(repository, tag) for tag in tags[:MOST_TAGS]} - {None}
    return next(iter(people)) if len(people) == 1 else None


def _tagged(repository: git.Repo, tag: str) -> str | None:
    """The commit that a tag object names; None for any other object."""
    try:
        kind = repository.git.cat_file("-t", tag)
        return str(repository.git.rev_parse("--verify", "--end-of-options", f"{tag}^{{commit}}")) if kind == "tag" else None
    except git.GitCommandError:
        return None


def _tagger(repository: git.Repo, tag: str) -> str | None:
    status, _, told = repository.git.execute(["git", "verify-tag", "--raw", tag], with_extended_output=True, with_exceptions=False)
    text = str(told)
    found = SSH_GOOD.search(text) or (PGP_GOOD.search(text) if PGP_TRUSTED.search(text) else None)
    return found[1] if status == 0 and found and is_principal(found[1]) else None
