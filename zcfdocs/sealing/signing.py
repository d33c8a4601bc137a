"""A plan's copies signed: PDF and Word from dist/submission/ into dist/signed/, the input untouched, each output whole or not at all."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from zcfdocs.catalogue import Rulebook
from zcfdocs.errors import ZcfError
from zcfdocs.office import LETTER_FILES
from zcfdocs.pipeline import Examined
from zcfdocs.reading import digest
from zcfdocs.sealing.keys import Signatory, refusals
from zcfdocs.sealing.parties import CERTIFYING, Expected, Party, of_district, of_factory
from zcfdocs.sealing.pdf.signing import Level, lapses, refresh, sign_pdf
from zcfdocs.sealing.pdf.structure import enclosed, unsigned_prefix
from zcfdocs.sealing.seal import Seal, sample_seal
from zcfdocs.sealing.trust import Trust
from zcfdocs.sealing.word.bare import differences_from
from zcfdocs.sealing.word.signing import sign_word
from zcfdocs.store import write_whole
from zcfdocs.task import COPIES, EVALUATION

SIGNED = "signed"
FACTORY_FILES = (COPIES["pdf"], COPIES["word"], EVALUATION["pdf"], EVALUATION["word"])
DISTRICT_FILES = tuple(name for name in LETTER_FILES if name.endswith((".pdf", ".docx")))
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Pair:
    """A copy as it was printed, and where it stands once it is signed."""

    printed: Path
    signed: Path


@dataclass(frozen=True, slots=True)
class Wish:
    """How to sign: with which seal, to which level of PAdES; `replace` gives up signatures on an older version."""

    role: str
    level: Level
    tsa: str | None = None
    seal: Seal | None = None
    replace: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """What is to be signed by whom: a factory's copies, or a district's letter and list.

    `digest` is the plan's as it stands now; `until` the day the signatures must last to; `organisation` and `person` whom a trial stands for.
    """

    pairs: tuple[Pair, ...]
    expected: Expected
    where: Path
    organisation: str
    person: str | None = None
    digest: str | None = None
    until: datetime.date | None = None


def factory(examined: Examined, out: Path) -> Subject:
    """The copies of a plan. Raises ZcfError where the plan has errors."""
    plan = examined.reading.plan
    if plan is None or examined.score is None or examined.has_errors:
        raise ZcfError(f"{examined.reading.source.path} 有错误，不能签署", hint="用 zcfdocs check 查看，改正后重新生成")
    place = f"{plan.factory.district}/{examined.slug}"
    ends = plan.evaluation.as_of if plan.evaluation else datetime.date(plan.accounting.target, 12, 31)
    mark = digest(examined.reading.source, examined.reading.evidence)
    name, person = plan.factory.applicant_name, plan.factory.legal_representative
    return Subject(pairs(out, place, FACTORY_FILES), of_factory(plan), out / "submission" / place, name, person, mark, ends)


def district(key: str, rulebook: Rulebook | None, out: Path) -> Subject:
    """The letter of recommendation and its list."""
    found = rulebook.catalogue.district(key) if rulebook else None
    if found is None:
        raise ZcfError(f"没有辖区 {key}", hint="写辖区在目录中的代号，例如 xiqing")
    return Subject(pairs(out, key, DISTRICT_FILES, "bureau"), of_district(found.bureau), out / "bureau" / key, found.bureau or found.name)


def pairs(out: Path, place: str, names: Sequence[str], kind: str = "submission") -> tuple[Pair, ...]:
    """The copies that were printed at a place (`district/slug`, or a district's for its own papers)."""
    found = tuple(Pair(out / kind / place / name, out / SIGNED / place / name) for name in names)
    return tuple(pair for pair in found if pair.printed.is_file())


def sign_all(subject: Subject, wish: Wish, signatory: Signatory, trust: Trust, now: datetime.datetime, tell: Tell) -> tuple[Path, ...]:
    """Sign each copy; all are signed before the first is written."""
    party = _allowed(wish, subject.expected, signatory, now)
    ends = signatory.certificate.not_valid_after.date()
    if subject.until and ends < subject.until and not signatory.is_test and wish.level in (Level.B, Level.T):
        tell(f"提醒：证书 {ends} 到期，早于试点结束（{subject.until}）；用 --level LTA 签署，到期后仍可核验")
    ready = [(pair.signed, _signed(pair, party, wish, subject.digest, signatory, trust, now, tell)) for pair in subject.pairs]
    return _written(ready)


def refresh_all(subject: Subject, tsa: str | None, trust: Trust, tell: Tell) -> tuple[Path, ...]:
    """Another archive time stamp on each signed PDF, before the last one's certificate lapses."""
    if tsa is None:
        raise ZcfError("续加归档时间戳需要时间戳服务", hint="--tsa 网址")
    found = [pair.signed for pair in subject.pairs if pair.signed.suffix == ".pdf" and pair.signed.is_file()]
    if not found:
        raise ZcfError("没有已签署的 PDF", hint="先签署：zcfdocs sign 方案 --role company …")
    for path in found:
        for told in lapses(path.read_bytes(), subject.until) if subject.until else ():
            tell(f"提醒：{path.name} {told}")
    return _written([(path, refresh(path.read_bytes(), tsa, trust)) for path in found])


def _written(ready: Sequence[tuple[Path, bytes]]) -> tuple[Path, ...]:
    for path, data in ready:
        write_whole(path, data)
    return tuple(path for path, _ in ready)


def _allowed(wish: Wish, expected: Expected, signatory: Signatory, now: datetime.datetime) -> Party:
    party = expected.party(wish.role)
    if party is None:
        raise ZcfError(f"{wish.role} 不在这类文件的签署人之中", hint="企业材料用 company、legal、responsible，推荐函和汇总表用 district")
    reasons = list(refusals(signatory, party.names, now))
    if reasons:
        raise ZcfError(f"这张证书不能用来签{party.title}：{'；'.join(reasons)}", hint="换用有效的、属于本单位的签名证书")
    return party


def _signed(
    pair: Pair, party: Party, wish: Wish, mark: str | None, signatory: Signatory, trust: Trust, now: datetime.datetime, tell: Tell
) -> bytes:
    printed = pair.printed.read_bytes()
    is_pdf = pair.printed.suffix == ".pdf"
    if is_pdf:
        _current(pair.printed, printed, mark)
    base = _base(pair, printed, wish)
    if not is_pdf:
        return sign_word(base, signatory, now, party.role)
    seal = wish.seal or (sample_seal(party.title) if signatory.is_test else None)
    if seal is None and party.role in CERTIFYING:
        raise ZcfError("没有给出印章图片", hint="--seal 印章.png（透明背景的 PNG，由印章管理人员提供）")
    made = sign_pdf(base, party.role, signatory, seal, wish.level, wish.tsa, trust)
    for warning in made.warnings:
        tell(f"提醒：{pair.printed.name} {warning}")
    return made.data


def _current(path: Path, data: bytes, mark: str | None) -> None:
    """Whether the copy was printed from the plan as it stands, and from one without errors."""
    if mark is None:
        return
    card = json.loads(enclosed(data).get("scorecard.json") or b"{}")
    if card.get("plan", {}).get("digest") != mark:
        raise ZcfError(f"{path} 不是从现在的方案生成的", hint="先重新生成：zcfdocs build")
    if card.get("findings", {}).get("error"):
        raise ZcfError(f"{path} 是有错误的方案的草稿，不能签署", hint="改正错误后重新生成")


def _base(pair: Pair, printed: bytes, wish: Wish) -> bytes:
    """What is to be signed: the copy signed by others before, if it is of this version, else the printed one."""
    if not pair.signed.is_file() or (wish.replace and wish.role in CERTIFYING):
        return printed
    before = pair.signed.read_bytes()
    if _same(before, printed, pair.printed.suffix):
        return before
    raise ZcfError(f"{pair.signed} 签的是较早的版本", hint="确认不再需要后，由盖章的一方加 --replace 重新签署；其他签署人随后再签")


def _same(signed: bytes, printed: bytes, suffix: str) -> bool:
    return unsigned_prefix(signed) == printed if suffix == ".pdf" else not differences_from(signed, printed)
