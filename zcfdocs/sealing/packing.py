"""A factory's package: what is to be handed in, put together, refused with its reasons, or marked as a draft."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from zcfdocs.errors import ZcfError
from zcfdocs.pipeline import Examined
from zcfdocs.plan import Plan
from zcfdocs.scorecard import Origin
from zcfdocs.sealing.layout import COPIES_AT, SCAN, SOURCE_AT
from zcfdocs.sealing.parties import of_factory
from zcfdocs.sealing.pdf.fields import fields, has_trial
from zcfdocs.sealing.pdf.structure import Unreadable, unsigned_prefix
from zcfdocs.sealing.rebuild import PLAN, Rebuilt, Tree, rebuilt
from zcfdocs.sealing.scan import PLAN_PAGES, Matched, judge_scan
from zcfdocs.sealing.signing import SIGNED
from zcfdocs.sealing.verdict import Verdict
from zcfdocs.sealing.word.bare import differences_from
from zcfdocs.task import COPIES, EVALUATION

Content = bytes | Path
PACKAGES = "packages"


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything a package of this plan holds, and what it still lacks."""

    plan: Plan
    place: str
    made: Rebuilt
    copies: Mapping[str, bytes]
    source: Mapping[str, Path]
    missing: tuple[str, ...]
    scan: bytes | None = None

    @property
    def payload(self) -> dict[str, Content]:
        found: dict[str, Content] = {f"{COPIES_AT}/{name}": data for name, data in self.copies.items()}
        found |= {f"{SOURCE_AT}/{name}": path for name, path in self.source.items()}
        return found | ({f"{COPIES_AT}/{SCAN}": self.scan} if self.scan is not None else {})


def gather(examined: Examined, origin: Origin, indicators: Path, out: Path, scan: bytes | None, draft: bool) -> Gathered:
    """Make the copies again and take those of dist/ that are the same. Raises ZcfError with every reason at once, unless it is a draft."""
    plan = examined.reading.plan
    if plan is None or examined.score is None or examined.has_errors:
        raise ZcfError(f"{examined.reading.source.path} 有错误，不能打包", hint="用 zcfdocs check 查看，改正后重新生成、签署")
    place = f"{plan.factory.district}/{examined.slug}"
    made = rebuilt(Tree(examined.path, indicators, origin))
    copies, wrong = _copies(out, place, made)
    if origin.commit is None or origin.dirty:
        wrong.insert(0, "方案有尚未提交的改动：先提交（git commit）再重新生成")
    if wrong and not draft:
        raise ZcfError("不能打包：" + "；".join(wrong), hint="改正后再打包，或用 --draft 打成草稿")
    missing = [*(wrong if draft else ()), *_unsealed(plan, copies, scan), *_evidence(examined)]
    if scan is not None:
        _require_match(scan, made)
    return Gathered(plan, place, made, copies, _source(examined), tuple(missing), scan)


def _copies(out: Path, place: str, made: Rebuilt) -> tuple[dict[str, bytes], list[str]]:
    """The signed copy where there is one, else the printed one; each must come from the plan as it stands."""
    found, wrong = {}, []
    for name, wanted in sorted(made.copies.items()):
        printed, signed = out / "submission" / place / name, out / SIGNED / place / name
        if not printed.is_file() and not signed.is_file():
            wrong.append(f"缺少 {printed}，先生成：zcfdocs build")
            continue
        data = (signed if signed.is_file() else printed).read_bytes()
        if _bare_differs(name, data, wanted):
            wrong.append(f"{signed if signed.is_file() else printed} 与按现在的方案重新生成的不同，先重新生成、签署")
        found[name] = data
    return found, wrong


def _bare_differs(name: str, data: bytes, wanted: bytes) -> bool:
    try:
        if name.endswith(".docx"):
            return bool(differences_from(data, wanted))
        return (unsigned_prefix(data) if name.endswith(".pdf") else data) != wanted
    except Unreadable:
        return True


def _unsealed(plan: Plan, copies: Mapping[str, bytes], scan: bytes | None) -> Iterator[str]:
    """Which signatures the PDF lacks; the stamped scan stands for them."""
    if scan is not None:
        return
    for name in (COPIES["pdf"], EVALUATION["pdf"]):
        if name in copies:
            has = fields(copies[name])
            if has_trial(copies[name]):
                yield f"{name} 是测试签名（样章），正式签署请用单位证书：zcfdocs sign … --role company --replace"
            for group in of_factory(plan).groups:
                if not any(has.get(party.field) for party in group):
                    yield f"{name} 没有{'或'.join(party.title for party in group)}"


def _evidence(examined: Examined) -> Iterator[str]:
    facts = examined.reading.evidence.facts
    plan = examined.reading.plan
    for item in plan.evidence if plan else ():
        if facts[item.id].state != "ok":
            yield f"佐证“{item.title}”缺失或不可用（{item.file}）"


def _source(examined: Examined) -> dict[str, Path]:
    folder = examined.reading.source.folder
    files = {fact.path for fact in examined.reading.evidence.facts.values() if fact.state == "ok"}
    return {PLAN: examined.path, **{name: folder / name for name in sorted(files)}}


def _require_match(scan: bytes, made: Rebuilt) -> Matched:
    checks, matched = judge_scan(scan, SCAN)
    if matched is None:
        raise ZcfError("盖章扫描件不能采用：" + "；".join(check.message for check in checks if check.verdict is Verdict.INVALID))
    if matched.kind != PLAN_PAGES:
        raise ZcfError(f"盖章扫描件是{matched.name}，不是试点方案", hint="扫描盖章后的试点方案")
    if not matched.is_of(made.card["plan"]["uscc"], made.card["plan"]["digest"]):
        raise ZcfError("盖章扫描件不是这一版方案的", hint="打印现在的 PDF，重新盖章、扫描")
    return matched
