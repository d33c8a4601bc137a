"""Whether a bag from outside is whole: every file named that was changed, added, removed or renamed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from zcfdocs.sealing.package.archive import HARMLESS, Archive, Spoiled
from zcfdocs.sealing.package.bag import DECLARATION, DECLARED, INFO, MANIFESTS, SIGNATURE, STAMP, TAG_MANIFESTS
from zcfdocs.sealing.package.digests import DIGITS, Digests, digests
from zcfdocs.sealing.package.names import fault, shown
from zcfdocs.sealing.verdict import Check, define, invalid, valid

WHOLE = define(
    "V401",
    "申报包里的文件与清单一致",
    why="清单记下每个文件的 SHA-256、SHA-512 和 SM3 摘要；有一个文件被改动、增加、删除或改名，报送的就不是企业打包时的那一份",
    mend="请企业重新提交原来的申报包；确需更改的，改方案后重新生成、签名、打包",
)
DESCRIBED = define(
    "V402",
    "申报包的清单和说明文件一致",
    why="清单本身由标签清单（tagmanifest）保护，签名签在标签清单上；清单与标签清单不符，说明清单被改动过",
    mend="请企业用 zcfdocs pack 重新生成申报包",
)
LINE = re.compile(r"([0-9A-Fa-f]+)[ \t]+\*?(\S.*)")
LARGEST_MANIFEST, LARGEST_TAG = 8 << 20, 1 << 20
MOST = 50  # messages of one kind


@dataclass(slots=True)
class _Seen:
    """What was read of a bag: digests of each file below its top folder, and the files that could not be read."""

    top: str
    digests: dict[str, Digests] = field(default_factory=dict)
    bytes: int = 0
    spoiled: list[str] = field(default_factory=list)


def top_of(archive: Archive) -> str | None:
    """The one folder everything lies in; None where there is none."""
    found = {name.partition("/")[0] for name in archive.names}
    return found.pop() if len(found) == 1 and all("/" in name for name in archive.names) else None


def judge_bag(archive: Archive) -> list[Check]:
    """V400 where a file cannot be read, V401 for the payload, V402 for the rest; reads each file once."""
    top = top_of(archive)
    if top is None or f"{top}/{DECLARED}" not in archive.names:
        return [
            invalid(
                DESCRIBED, archive.subject, f"不是申报包：压缩包里应当只有一个文件夹，其中有 {DECLARED}；请提交 zcfdocs pack 生成的压缩包"
            )
        ]
    seen = _seen(archive, top)
    if seen.spoiled:
        return [invalid(HARMLESS, archive.subject, message) for message in seen.spoiled[:MOST]]
    return [*_payload(archive, seen), *_tags(archive, seen)]


def _seen(archive: Archive, top: str) -> _Seen:
    seen = _Seen(top)
    for name in archive.names:
        try:
            found, count = digests(archive.chunks(name))
        except Spoiled as why:
            seen.spoiled.append(str(why))
            continue
        inside = name.partition("/")[2]
        seen.digests[inside] = found
        seen.bytes += count if inside.startswith("data/") else 0
    return seen


def _payload(archive: Archive, seen: _Seen) -> Iterator[Check]:
    present = {name: found for name, found in seen.digests.items() if name.startswith("data/")}
    listed, faults = _manifests(archive, seen, MANIFESTS, inside=True)
    problems = [*faults, *_differences(present, listed, "清单")]
    yield from (invalid(WHOLE, archive.subject, message) for message in problems[:MOST])
    if not problems:
        yield valid(WHOLE, archive.subject, f"{len(present)} 个文件、{seen.bytes} 字节，SHA-256、SHA-512、SM3 与清单全部一致")


def _tags(archive: Archive, seen: _Seen) -> Iterator[Check]:
    outside = (*TAG_MANIFESTS.values(), SIGNATURE, STAMP)
    present = {name: found for name, found in seen.digests.items() if not name.startswith("data/") and name not in outside}
    listed, faults = _manifests(archive, seen, TAG_MANIFESTS, inside=False)
    problems = [*faults, *_differences(present, listed, "标签清单"), *_description(archive, seen)]
    yield from (invalid(DESCRIBED, archive.subject, message) for message in problems[:MOST])
    if not problems:
        yield valid(DESCRIBED, archive.subject, f"{len(present)} 个清单和说明文件与标签清单一致")


def _manifests(archive: Archive, seen: _Seen, names: Mapping[str, str], inside: bool) -> tuple[dict[str, Digests], list[str]]:
    """What the manifests say of each file, and where they are missing, unreadable or not of one mind."""
    listed: dict[str, Digests] = {}
    faults: list[str] = []
    for algorithm, name in names.items():
        if name not in seen.digests:
            faults.append(f"缺少 {name}")
            continue
        try:
            raw = archive.read(f"{seen.top}/{name}", LARGEST_MANIFEST)
            found = parse(raw, algorithm, inside)
        except (Spoiled, ValueError) as why:
            faults.append(f"{name}：{why}")
            continue
        for path, digest in found.items():
            listed.setdefault(path, {})[algorithm] = digest
    counted = len(names) - len(faults)
    torn = sorted(path for path, found in listed.items() if len(found) != counted)
    return listed, faults + [f"“{shown(path)}”只在 {'、'.join(names[key] for key in listed[path])} 里，别的清单没有它" for path in torn]


def parse(raw: bytes, algorithm: str, inside: bool) -> dict[str, str]:
    """Path → digest in lower case; `inside` for files below data/. Raises ValueError with the reason in Chinese."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError("不是 UTF-8 文本") from None
    found: dict[str, str] = {}
    for number, line in enumerate(text.replace("\r\n", "\n").removesuffix("\n").split("\n") if text else (), 1):
        match = LINE.fullmatch(line)
        if not match or len(match[1]) != DIGITS[algorithm]:
            raise ValueError(f"第 {number} 行看不懂")
        path = match[2]
        if fault(path) or path.startswith("data/") is not inside:
            raise ValueError(f"第 {number} 行的路径“{shown(path)}”不能在这份清单里")
        if path in found:
            raise ValueError(f"第 {number} 行的“{shown(path)}”重复")
        found[path] = match[1].lower()
    return found


def _differences(present: Mapping[str, Digests], listed: Mapping[str, Digests], where: str) -> Iterator[str]:
    missing = {path: found for path, found in listed.items() if path not in present}
    added = {path: found for path, found in present.items() if path not in listed}
    for path, found in sorted(listed.items()):
        if path in present and (wrong := [name for name, digest in found.items() if present[path][name] != digest]):
            yield f"“{shown(path)}”被改动：{'、'.join(wrong)} 与{where}不符"
    for path, found in sorted(missing.items()):
        again = next((other for other, seen in sorted(added.items()) if all(seen[name] == digest for name, digest in found.items())), None)
        if again is not None:
            del added[again]
            yield f"“{shown(path)}”被改名为“{shown(again)}”"
        else:
            yield f"“{shown(path)}”被删除：{where}里有，包里没有"
    yield from (f"“{shown(path)}”是后来加入的：{where}里没有" for path in sorted(added))


def _description(archive: Archive, seen: _Seen) -> Iterator[str]:
    """bagit.txt word for word; bag-info.txt must give the payload's size (RFC 8493, 2.1.1, 2.2.2)."""
    try:
        if archive.read(f"{seen.top}/{DECLARED}", LARGEST_TAG) != DECLARATION:
            yield f"{DECLARED} 不是 BagIt 1.0 的声明"
        info = read_info(archive.read(f"{seen.top}/{INFO}", LARGEST_TAG)) if INFO in seen.digests else {}
    except (Spoiled, ValueError) as why:
        yield str(why)
        return
    count = sum(name.startswith("data/") for name in seen.digests)
    if info.get("Payload-Oxum") != f"{seen.bytes}.{count}":
        yield f"{INFO} 所说的文件数和字节数（{shown(info.get('Payload-Oxum', '未写'))}）与实际（{seen.bytes}.{count}）不符"


def read_info(raw: bytes) -> dict[str, str]:
    """Labels and values of bag-info.txt, a repeated label once. Raises ValueError where it is not text of such lines."""
    try:
        lines = raw.decode("utf-8").splitlines()
    except UnicodeDecodeError:
        raise ValueError(f"{INFO} 不是 UTF-8 文本") from None
    pairs = [line.partition(": ") for line in lines if line]
    if any(not colon for _, colon, _ in pairs):
        raise ValueError(f"{INFO} 有看不懂的行")
    return {label: value for label, _, value in pairs}
