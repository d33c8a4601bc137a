"""Judges a proof of publication: its record and what travels with it, its time stamp, and the version it names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import git

from zcfdocs.errors import ZcfError
from zcfdocs.proofs import proof
from zcfdocs.proving import carried, digest_at
from zcfdocs.publication import RECORD, STAMP, Record, contradictions
from zcfdocs.sealing.trust import Trust
from zcfdocs.sealing.verdict import Check, define, invalid, unsure, valid

Versions = Callable[[str, str], str | None]  # commit and USCC → the plan's digest at that commit; ZcfError where it is not known

V700 = define(
    "V700",
    "带有抓取记录",
    why="由 zcfdocs publish-proof capture 抓取的证明，附有记录和抓取所得的文件；别的文件（如截图）不能由机器核验。",
    mend="用 zcfdocs publish-proof capture 重新抓取。",
)
V701 = define(
    "V701",
    "记录与所附的网页、数据相符",
    why="记录里的摘要须由所附文件算得出来，版本须与公开数据所写的相同。",
    mend="文件已被改动，向提供者索取原件，或重新抓取。",
)
V702 = define(
    "V702", "抓取的时间有时间戳", why="抓取所用计算机的时钟可以随意拨；时间由第三方的时间戳证明。", mend="用 --tsa 指定时间戳服务重新抓取。"
)
V703 = define(
    "V703",
    "记录的版本就是所列提交的方案",
    why="公开的网页须出自方案仓库里真实的版本。",
    mend="用 --repo 指定方案仓库；历史不全的先 git fetch --unshallow。",
)
V704 = define(
    "V704", "版面上的文字出自记录", why="人看的是版面，机器核验的是记录，两者须说同样的话。", mend="以附带的记录为准，或重新抓取。"
)


def judge_publication(data: bytes, subject: str, trust: Trust, versions: Versions | None = None) -> list[Check]:
    """V700 to V704, with those of the time stamp. `versions` is the repository of plans, where one is at hand."""
    files = carried(data)
    record = Record.read(files.get(RECORD, b""))
    if record is None:
        return [invalid(V700, subject, "文件里没有完整的抓取记录；用 zcfdocs publish-proof capture 抓取")]
    if wrong := next(contradictions(record, files), ""):
        return [_carried(record, subject), invalid(V701, subject, wrong)]
    return [
        _carried(record, subject),
        valid(V701, subject, "记录与所附的网页、数据和 integrity.json 相符"),
        *_stamped(record, files, subject, trust),
        _at_commit(record, subject, versions),
        _printed(record, files, data, subject),
    ]


def _carried(record: Record, subject: str) -> Check:
    return valid(V700, subject, f"{record.name}（{record.uscc}）的网页 {record.url}，记录的抓取时间 {record.fetched}")


def _stamped(record: Record, files: Mapping[str, bytes], subject: str, trust: Trust) -> Iterator[Check]:
    if STAMP not in files:
        yield unsure(V702, subject, "没有时间戳，抓取时间只是抓取者自己的说明；用 --tsa 重新抓取")
        return
    from zcfdocs.sealing.detached import judge_timestamp

    yield from judge_timestamp(files[RECORD], files[STAMP], subject, trust)


def _at_commit(record: Record, subject: str, versions: Versions | None) -> Check:
    short = record.commit[:12]
    if versions is None:
        return unsure(V703, subject, f"没有方案仓库，无从核对提交 {short}；用 --repo 指定")
    try:
        found = versions(record.commit, record.uscc)
    except (ZcfError, git.GitCommandNotFound):
        return unsure(V703, subject, f"仓库里没有提交 {short}；先取回完整的历史")
    if found != record.digest:
        wrong = "没有这家企业的方案" if found is None else "的方案摘要与记录不符"
        return invalid(V703, subject, f"提交 {short} {wrong}：公开的不是这个版本")
    return valid(V703, subject, f"与提交 {short} 的方案相符")


def _printed(record: Record, files: Mapping[str, bytes], data: bytes, subject: str) -> Check:
    try:
        again = proof(record, files)
    except ZcfError:
        again = b""
    if again != data:
        return unsure(V704, subject, "与本机按记录重印的不完全相同（工具版本不同，或版面被改动）；以附带的记录为准")
    return valid(V704, subject, "版面与记录相符")


def versions_in(repository: Path) -> Versions:
    return partial(digest_at, repository)
