"""Checks across all plans of a repository: a factory stands once per catalogue, a certificate is counted once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from zcfdocs.certificates import Run, run
from zcfdocs.checks.registry import Places
from zcfdocs.finding import Finding, Route, Severity, define
from zcfdocs.reading import Reading

E = Severity.ERROR
define("Z850", E, "同一工厂在仓库中有两份方案", why="一个目录之下，一个工厂（信用代码加厂区）只有一份方案，不论文件夹叫什么。",
       wrong="两份方案的 uscc 相同，都没有 site", right="删去旧的一份；同一企业的几个工厂各写 site")  # fmt: skip
define("Z851", E, "证书编号已用于另一份方案", why="同一张绿证、同一编号的减排量，在整个仓库只计一次（口径说明 n07）。",
       wrong="两份方案都列 GEC-000001", right="各列各的编号")  # fmt: skip
Claim = tuple[Run, int, Route]
SHOWN = 5


def across(readings: Sequence[Reading]) -> list[Finding]:
    """Findings that only show when all plans are seen together; each names the other plan."""
    return [*_identities(readings), *_certificates(readings)]


def _identities(readings: Sequence[Reading]) -> Iterator[Finding]:
    same: dict[tuple[str, str, str], list[Reading]] = defaultdict(list)
    route: Route = ("factory", "uscc")
    for reading in readings:
        plan = reading.plan
        if plan is not None and plan.factory.uscc and not Places(reading.holes).hold(route):
            same[plan.catalogue, plan.factory.uscc, plan.factory.site or ""].append(reading)
    for (_, uscc, site), found in same.items():
        for reading in found if len(found) > 1 else ():
            others = [other.source.path for other in found if other is not reading]
            whose = f"{uscc}（{site}）" if site else uscc
            hint = "删去重复的方案；同一企业的几个工厂，用 factory.site 区分"
            yield reading.source.locate(Finding("Z850", route, f"{whose} 的方案另有：{_some(others)}", hint))


def _some(paths: list[str]) -> str:
    return "、".join(paths[:SHOWN]) + (f" 等 {len(paths)} 份" if len(paths) > SHOWN else "")


def _certificates(readings: Sequence[Reading]) -> Iterator[Finding]:
    """Runs are sorted by prefix and first number; each is compared with those still open, and reported once."""
    series: dict[tuple[str, int], list[Claim]] = defaultdict(list)
    for number, reading in enumerate(readings):
        for claim in _claims(reading, number):
            series[claim[0].prefix, claim[0].width].append(claim)
    for claims in series.values():
        claims.sort(key=lambda claim: (claim[0].first, claim[0].last, claim[1], str(claim[2])))
        reaching: dict[int, Claim] = {}
        told: set[tuple[int, Route]] = set()
        for claim in claims:
            reaching = {number: other for number, other in reaching.items() if other[0].last >= claim[0].first}
            other = next((other for number, other in reaching.items() if number != claim[1]), None)
            if other is not None:
                yield _repeated(readings, claim, other)
                if other[1:] not in told:
                    told.add(other[1:])
                    yield _repeated(readings, other, claim)
                told.add(claim[1:])
            own = reaching.get(claim[1])
            if own is None or own[0].last < claim[0].last:
                reaching[claim[1]] = claim


def _claims(reading: Reading, number: int) -> Iterator[Claim]:
    for index, year in enumerate(reading.plan.years if reading.plan else ()):
        for position, offset in enumerate(year.offsets):
            for place, item in enumerate(offset.certificates):
                known = run(item)
                if known is not None:
                    yield known, number, ("years", index, "offsets", position, "certificates", place)


def _repeated(readings: Sequence[Reading], own: Claim, other: Claim) -> Finding:
    shared = min(own[0].last, other[0].last) - max(own[0].first, other[0].first) + 1
    there = readings[other[1]].source
    message = f"{own[0]} 中有 {shared} 个编号已列在 {there.path} 第 {there.line_of(other[2])} 行"
    return readings[own[1]].source.locate(Finding("Z851", own[2], message, "核对凭证；一个编号只能由一个工厂计入一次"))
