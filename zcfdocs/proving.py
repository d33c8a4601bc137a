"""Whether the capture record in a proof of publication holds, against the plan and the commit it names."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping
from pathlib import Path

import git

from zcfdocs.binding.looking import bounded, heard
from zcfdocs.errors import ZcfError
from zcfdocs.plan import Plan, Publication
from zcfdocs.publication import DATA, INTEGRITY, LARGEST, PAGE, RECORD, STAMP, Record, contradictions, same_address
from zcfdocs.reading import Reading, digest, read_plan
from zcfdocs.snapshot import Blob, listing, read, write_out

MARKER = b"urn:zcfdocs:document:"  # stands unpacked in the metadata of every PDF of this tool: any other file is not even opened
CARRIED = (RECORD, STAMP, PAGE, DATA, INTEGRITY)


def proofs(reading: Reading, history: Path | None = None) -> dict[str, str]:
    """The id of the proof of publication where it holds a capture record, with why the record does not hold, "" where it does.

    `history` is the repository whose commits are looked up, by default the one the plan lies in.
    """
    plan = reading.plan
    publication = plan.publication if plan is not None else None
    if plan is None or publication is None or publication.proof is None:
        return {}
    item, fact = reading.evidence.items.get(publication.proof), reading.evidence.facts.get(publication.proof)
    if item is None or fact is None or fact.state != "ok" or not item.file.lower().endswith(".pdf") or fact.size > LARGEST:
        return {}
    files = carried((reading.source.folder / item.file).read_bytes())
    if RECORD not in files:
        return {}
    return {publication.proof: _complaint(files, plan, publication, history or reading.source.folder)}


def carried(data: bytes) -> dict[str, bytes]:
    """What a proof made by this tool carries, by name; empty for any other file."""
    if MARKER not in data or len(data) > LARGEST:
        return {}
    import pikepdf  # only where there is such a file

    try:
        with bounded(), heard(), pikepdf.open(io.BytesIO(data)) as document:
            return {name: document.attachments[name].get_file().read_bytes() for name in CARRIED if name in document.attachments}
    except (pikepdf.PdfError, pikepdf.PasswordError, ValueError, KeyError, TypeError, RecursionError):
        return {}


def _complaint(files: Mapping[str, bytes], plan: Plan, publication: Publication, place: Path) -> str:
    record = Record.read(files[RECORD])
    if record is None:
        return f"{RECORD} 不完整或格式不对"
    if wrong := next(contradictions(record, files), ""):
        return wrong
    if not same_address(record.url, publication.url):
        return f"抓取的网址是 {record.url}，不是 publication.url"
    if record.uscc != plan.factory.uscc:
        return f"抓取的是另一家企业（{record.uscc}）的网页"
    return unproved(record, place)


def unproved(record: Record, place: Path) -> str:
    """Why the commit a record names does not bear it out, "" where it does; `place` is in the repository."""
    top = _top(place)
    if top is None:
        return f"这里没有方案的 git 仓库，无法核对提交 {record.commit[:12]}"
    try:
        found = digest_at(top, record.commit, record.uscc)
    except (ZcfError, git.GitCommandNotFound):
        return f"git 仓库里没有提交 {record.commit[:12]}，无法核对"
    if found is None:
        return f"提交 {record.commit[:12]} 里没有这家企业的方案"
    return "" if found == record.digest else f"提交 {record.commit[:12]} 的方案摘要与记录不符"


def digest_at(top: Path, commit: str, uscc: str) -> str | None:
    """The digest of a factory's plan as a commit has it. Raises ZcfError where the repository does not have the commit."""
    blobs = listing(top, commit)
    for name in sorted(name for name, blob in blobs.items() if f"/{name}".endswith("/plan.md") and blob.is_plain):
        if uscc.encode() in read(top, blobs[name]) and (found := _digest(top, blobs, name, uscc)) is not None:
            return found
    return None


def _digest(top: Path, blobs: Mapping[str, Blob], name: str, uscc: str) -> str | None:
    """As it would be in a work tree of that commit; of its folder only the files it names are written out."""
    with tempfile.TemporaryDirectory(prefix="zcf-commit-") as folder:
        room = Path(folder)
        write_out(top, blobs, [name], room)
        plan = read_plan(room / name, name).plan
        if plan is None or plan.factory.uscc != uscc:
            return None
        above = name.removesuffix("plan.md")
        write_out(top, blobs, [file for item in plan.evidence if (file := f"{above}{item.file}") in blobs], room)
        again = read_plan(room / name, name)
        return digest(again.source, again.evidence)


def _top(place: Path) -> Path | None:
    try:
        with git.Repo(place, search_parent_directories=True) as repository:
            return Path(repository.working_tree_dir or repository.git_dir)
    except (git.InvalidGitRepositoryError, git.NoSuchPathError, git.GitCommandNotFound):
        return None
