"""Whether a set-up still holds: who owns what, whether the workflows are as they were written, whether the signers can be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from zcfdocs.catalogue import Catalogue
from zcfdocs.finding import Finding
from zcfdocs.reviewing.people.globs import covers
from zcfdocs.reviewing.people.owners import FOREIGN, OWN, PLACES, Owners, locate, parse
from zcfdocs.reviewing.people.roles import ANY, People, people, plain
from zcfdocs.reviewing.people.signatures import SIGNERS, unreadable
from zcfdocs.reviewing.setups import meanings  # noqa: F401  # its codes
from zcfdocs.reviewing.setups.files import OWNERS, expected
from zcfdocs.reviewing.setups.generating import PROTECTED
from zcfdocs.reviewing.setups.setup import Setup
from zcfdocs.reviews import NAME as REVIEWS


@dataclass(frozen=True, slots=True)
class Kept:
    """What a repository holds: the bytes of the files that matter by path, and the folders of its plans."""

    files: Mapping[str, bytes]
    plans: Sequence[str] = ()


def wanted(setup: Setup) -> tuple[str, ...]:
    """The paths that a check reads."""
    return (*PLACES, *FOREIGN, SIGNERS, *expected(setup))


def check(setup: Setup, kept: Kept, catalogue: Catalogue) -> list[Finding]:
    """Everything that is wrong with it, in the order of the codes."""
    found = [*_owned(kept, catalogue), *_workflows(setup, kept), *_signers(kept), *_agree(setup, kept, catalogue)]
    return sorted(found, key=lambda finding: (finding.code, finding.path, finding.line))


def _owned(kept: Kept, catalogue: Catalogue) -> Iterator[Finding]:
    """Of the file that zcfdocs reads, and of the one that the forge reads."""
    places = [place for place in (locate(kept.files), locate(kept.files.keys() - {OWN})) if place]
    if not places:
        hint = "用 zcfdocs init 写入，或放在 " + "、".join(PLACES)
        yield _at(OWN, 1, "R501", "没有 CODEOWNERS", hint)
    for place in dict.fromkeys(places):
        owners = parse(kept.files[place], place)
        for broken in owners.broken:
            yield _at(place, broken.line, "R502", f"这一行会被跳过：{broken.why}", "改正这一行")
        yield from unreached(owners)
        if place == places[0]:
            yield from _districts(owners, kept, catalogue)
        yield from _protected(owners, kept, catalogue)


def unreached(owners: Owners) -> Iterator[Finding]:
    """Rules whose every file a later rule of the same section means too."""
    for at, rule in enumerate(owners.rules):
        later = next(
            (other for other in owners.rules[at + 1 :] if other.section == rule.section and covers(other.pattern, rule.pattern)), None
        )
        if later is not None:
            message = f"{rule.pattern} 永远用不到：第 {later.line} 行 {later.pattern} 盖住了它"
            yield _at(owners.path, rule.line, "R502", message, "把范围大的行写在前面，范围小的写在后面")


def _districts(owners: Owners, kept: Kept, catalogue: Catalogue) -> Iterator[Finding]:
    """Told together: those where plans wait for a bureau, and those where the city stands in as long as there are none."""
    busy = {folder.split("/")[1] for folder in kept.plans}
    without: dict[str, list[str]] = {}
    for district in catalogue.districts:
        names = _of(owners, district.key)
        if not names.district - names.city:
            code = "R503" if district.key in busy or not names.district else "R509"
            without.setdefault(code, []).append(f"{district.name}（{district.key}）")
    for code, listed in without.items():
        message = f"{'、'.join(listed)}没有自己的主管部门"
        yield _at(owners.path, 1, code, message, "每个辖区加一行：/plans/辖区/ @账号")


def _protected(owners: Owners, kept: Kept, catalogue: Catalogue) -> Iterator[Finding]:
    city = _of(owners, ANY).city
    bureaus = city.union(*(_of(owners, district.key).district for district in catalogue.districts))
    for pattern in PROTECTED:
        path = pattern.strip("/") + (f"/{ANY}" if pattern.endswith("/") else "")
        for probe in (path,) if pattern.startswith("/") else (path, *(f"{folder}/{path}" for folder in kept.plans[:1])):
            if wrong := _wrong(owners, probe, bureaus):
                message = f"{pattern.removeprefix('/')}{wrong}"
                yield _at(owners.path, _line(owners, probe), "R504", message, f"在后面加一行：{pattern} @市级账号")
    for folder in kept.plans:
        own = people(owners, "", folder).factory
        path = f"{folder}/{REVIEWS}"
        holders = {plain(owner) for owner in owners.of(path)}
        if not holders or holders & own:
            message = f"{path}" + (f"归企业 {'、'.join(sorted(holders & own))}" if holders else "没有人负责")
            yield _at(owners.path, _line(owners, path), "R504", message, f"在后面加一行：/plans/*/*/{REVIEWS} @主管部门 @专家")


def _wrong(owners: Owners, path: str, bureaus: frozenset[str]) -> str:
    holders = {plain(owner) for owner in owners.of(path)}
    if not holders:
        return "没有人负责"
    others = sorted(holders - bureaus)
    return f"归 {'、'.join(others)}，不是主管部门" if others else ""


def _workflows(setup: Setup, kept: Kept) -> Iterator[Finding]:
    for path, text in expected(setup).items():
        if path not in kept.files:
            yield _at(path, 1, "R505", f"没有 {path}", f"zcfdocs init {setup.forge} 写入")
        elif kept.files[path].replace(b"\r\n", b"\n") != text.encode():
            message = f"{path} 与这个版本写入的不同"
            yield _at(path, _differs(kept.files[path], text), "R505", message, f"不是有意改的，用 zcfdocs init {setup.forge} --force 恢复")


def _differs(data: bytes, text: str) -> int:
    """The first line that is another."""
    there, here = data.decode("utf-8", "replace").replace("\r\n", "\n").split("\n"), text.split("\n")
    return next(
        (number for number, (one, other) in enumerate(zip(there, here, strict=False), 1) if one != other), min(len(there), len(here))
    )


def _signers(kept: Kept) -> Iterator[Finding]:
    for number, why in unreadable(kept.files.get(SIGNERS, b"")):
        yield _at(SIGNERS, number, "R506", why, "ssh-keygen -t ed25519 生成的 .pub 文件的前两段，前面写账号")


def _agree(setup: Setup, kept: Kept, catalogue: Catalogue) -> Iterator[Finding]:
    """Ours against the forge's; Gitea's is not read, being regular expressions."""
    place = OWNERS.get(setup.forge, "")
    if setup.forge == "gitea":
        if not any(name in kept.files for name in ("CODEOWNERS", "docs/CODEOWNERS", *FOREIGN)):
            yield _at(place, 1, "R501", f"没有 {place}，Gitea 不会请人评审", "zcfdocs init gitea 写入")
        return
    place = next((name for name in PLACES[1:] if name in kept.files), place)
    if not place:
        return
    if place not in kept.files:
        yield _at(place, 1, "R501", f"没有 {place}，{setup.forge} 不会请人同意", f"zcfdocs init {setup.forge} 写入")
        return
    theirs = parse(kept.files[place], place)
    for folder in kept.plans:
        if own := people(theirs, "", folder).factory:
            message = f"{folder}/ 一行写了 {'、'.join(sorted(own))}，不是主管部门"
            yield _at(place, _line(theirs, f"{folder}/plan.md"), "R508", message, f"企业写在 {OWN}")
    if OWN in kept.files:
        ours = parse(kept.files[OWN], OWN)
        for district in catalogue.districts:
            one, other = _of(ours, district.key), _of(theirs, district.key)
            if (one.city, one.district, one.expert) != (other.city, other.district, other.expert):
                message = f"{district.name}（{district.key}）的主管部门或专家，与 {OWN} 写的不同"
                yield _at(place, _line(theirs, f"plans/{district.key}/{ANY}"), "R507", message, "两份一起改")


def _of(owners: Owners, district: str) -> People:
    return people(owners, "", f"plans/{district}/{ANY}")


def _line(owners: Owners, path: str) -> int:
    """Of the rule that decides, 1 where none does."""
    return next((rule.line for rule in owners.rules_of(path)), 1)


def _at(path: str, line: int, code: str, message: str, hint: str) -> Finding:
    return Finding(code, (), message, hint, path=path, line=line, column=1)
