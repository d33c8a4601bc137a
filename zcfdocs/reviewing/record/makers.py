"""Who made each commit, as it says itself, and what its signature says."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import git
from pydantic import Field

from zcfdocs.errors import ZcfError
from zcfdocs.history import History
from zcfdocs.reviewing.model import Part, Short
from zcfdocs.reviewing.people.signatures import SIGNERS, STATES, State, environment
from zcfdocs.snapshot import listing, read
from zcfdocs.tree import FORBIDDEN

LONGEST = 200  # characters of a name that a commit gives
LARGEST = 1 << 20  # bytes of the list of signers


class Signature(Part):
    """Of the commit; the signer is named by HEAD's list or the key ring, and only where the signature is good."""

    state: State = Field(title="签名状态")
    signer: Short | None = Field(title="签名人")


@dataclass(frozen=True, slots=True)
class Made:
    """Who made a commit, as it says itself, and its signature."""

    author: str
    signature: Signature


def makers(past: History, commits: Sequence[str]) -> dict[str, Made]:
    """Of these commits alone: each signature costs some 10 ms. Raises ZcfError where git lacks one."""
    if past.top is None or not commits:
        return {}
    with tempfile.TemporaryDirectory(prefix="zcf-signers-") as room, tempfile.TemporaryFile() as asked:
        asked.write("".join(f"{commit}\n" for commit in dict.fromkeys(commits)).encode())
        asked.seek(0)
        with git.Repo(past.top) as repository:
            repository.git.update_environment(**environment(Path(room), _signers(past)))
            try:
                told = repository.git.log(
                    "--stdin", "-z", "--no-walk=unsorted", "--no-patch", "--no-show-signature", "--no-color", "--encoding=UTF-8",
                    "--format=%H%n%an%n%G?%n%GS", istream=asked,
                )  # fmt: skip
            except git.GitCommandError as error:
                raise ZcfError("git 不能读取各版本的提交", hint="用 git fsck 检查仓库") from error
    found = {}
    for entry in told.split("\0"):
        if entry.strip("\n"):
            commit, author, mark, who = (*entry.lstrip("\n").split("\n", 3), "", "", "")[:4]
            state = STATES.get(mark, "bad")
            found[commit] = Made(clean(author), Signature(state=state, signer=clean(who) or None if state == "good" else None))
    return found


def _signers(past: History) -> bytes:
    """The list of HEAD, the protected branch: what a plan's own branch says of signers is not asked."""
    assert past.top is not None
    blob = listing(past.top, past.commit, (SIGNERS,)).get(SIGNERS)
    return read(past.top, blob) if blob is not None and blob.is_plain and blob.size <= LARGEST else b""


def clean(text: str) -> str:
    """One line of a name from outside, without what a terminal would obey."""
    return re.sub(r"\s+", " ", FORBIDDEN.sub("\ufffd", text)).strip()[:LONGEST]
