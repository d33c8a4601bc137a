"""台账 of a district (zcf-ledger/1): every plan with its stage, score, gaps, evidence that runs out, requests and days left. Never public."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import Field

from zcfdocs.catalogue import Rulebook
from zcfdocs.errors import ZcfError
from zcfdocs.figure import apart, display, exact
from zcfdocs.finding import Severity, count, suggest
from zcfdocs.history import History
from zcfdocs.pipeline import Examined
from zcfdocs.plan import Plan
from zcfdocs.reading import digest
from zcfdocs.reviewing.model import Digits, Part, Path, Short
from zcfdocs.reviewing.record.makers import clean
from zcfdocs.reviews import NAME, is_of, read_reviews
from zcfdocs.scoring import PhaseScore, Score

FORMAT: Literal["zcf-ledger/1"] = "zcf-ledger/1"
WARNING: Literal["内部资料，不对外公开"] = "内部资料，不对外公开"
SOON = timedelta(days=90)
PHASES = {"now": "现状", "target": "目标", "result": "结果"}
Long = Annotated[str, Field(max_length=50_000)]


class Standing(Part):
    """A phase's total, unrounded and as it prints; `missing` to the line, null where it is reached."""

    phase: Literal["now", "target", "result"]
    total: Digits
    display: Short
    passed: bool = Field(title="是否过线")
    missing: Digits | None = Field(title="离线还差")
    unmet: tuple[Short, ...] = Field(title="未满足的必选指标")


class Expiring(Part):
    """Evidence that has run out or will within 90 days."""

    id: Short
    title: Short
    day: date
    left: int = Field(title="剩余天数", description="负数为已过期")


class Request(Part):
    """What a bureau or an expert asked for; `older` where it was asked of another version of the plan, null where it does not say of which."""

    who: Short
    row: Short | None
    text: Long
    due: date | None
    older: bool | None


class Entry(Part):
    """One plan; what could not be read is null or empty."""

    path: Path
    name: Short
    uscc: Short
    site: Short | None
    stage: Short
    stage_name: Short
    since: Short = Field(title="到此阶段日期", description="空为尚未提交，或历史不完整")
    standings: tuple[Standing, ...] = Field(title="各阶段得分")
    vetoes: tuple[Short, ...] = Field(title="未满足的基本要求")
    errors: int
    warnings: int
    expiring: tuple[Expiring, ...]
    deadline: date | None = Field(title="申报截止日")
    left: int | None = Field(title="距截止日天数", description="负数为已过截止日")
    requests: tuple[Request, ...]
    touched: Short = Field(title="最近改动日", description="空为尚未提交")

    def standing(self, phase: str) -> Standing | None:
        return next((one for one in self.standings if one.phase == phase), None)

    @property
    def decisive(self) -> Standing | None:
        """The result where there is one, else what the plan earns now."""
        return self.standing("result") or self.standing("now")


class Ledger(Part):
    format: Literal["zcf-ledger/1"] = FORMAT
    note: Literal["内部资料，不对外公开"] = WARNING
    district: Short
    district_name: Short
    on: date
    shallow: bool = Field(title="是否浅克隆", description="true：到此阶段日期、最近改动日可能不准")
    plans: tuple[Entry, ...]


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of zcf-ledger/1."""
    made = Ledger.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made, "title": "台账", "description": "得分是十进制数的文本。"}


def ledger(examined: Sequence[Examined], past: History, district: str, on: date) -> Ledger:
    """Of all plans, those of the district: that name it or, where that cannot be read, lie in its folder."""
    known = {one.key: one.name for item in examined if item.rulebook for one in item.rulebook.catalogue.districts}
    if known and district not in known:
        raise ZcfError(f"没有辖区 {district}。{suggest(district, known)}", hint=f"可取：{'、'.join(known)}")
    mine = [item for item in examined if _district(item) == district]
    entries = tuple(_entry(item, past, on) for item in mine)
    return Ledger(district=district, district_name=known.get(district, district), on=on, shallow=past.shallow, plans=entries)


def _district(item: Examined) -> str:
    plan = item.reading.plan
    return plan.factory.district if plan is not None and plan.factory.district else item.path.resolve().parent.parent.name


def _entry(item: Examined, past: History, on: date) -> Entry:
    plan, rulebook = item.reading.plan, item.rulebook
    stage = rulebook.catalogue.stage(plan.stage) if plan and rulebook else None
    deadline = rulebook.catalogue.deadline if rulebook else None
    return Entry(
        path=item.reading.source.path,
        name=clean(plan.factory.name) if plan else "（读不出来）",
        uscc=plan.factory.uscc if plan else "",
        site=plan.factory.site if plan else None,
        stage=clean(plan.stage) if plan else "",
        stage_name=stage.name if stage else clean(plan.stage) if plan else "",
        since=_since(plan, past) if plan else "",
        standings=tuple(_standings(item.score, rulebook)) if item.score and rulebook else (),
        vetoes=tuple(key for key, (held, _) in item.score.requirements.items() if not held) if item.score else (),
        errors=count(item.findings, Severity.ERROR),
        warnings=count(item.findings, Severity.WARNING),
        expiring=tuple(_expiring(plan, on)) if plan else (),
        deadline=deadline,
        left=(deadline - on).days if deadline else None,
        requests=tuple(_requests(item)),
        touched=past.day(item.path.parent),
    )


def _since(plan: Plan, past: History) -> str:
    """The day its present stage was committed, "" where that is still to be done."""
    last = next(reversed(past.of(plan.factory.uscc, plan.factory.site, plan.catalogue)), None)
    return last.since if last is not None and last.stage == plan.stage else ""


def _standings(score: Score, rulebook: Rulebook) -> Iterator[Standing]:
    for name, found in score.phases.items():
        yield _standing(name, found, rulebook.catalogue.pass_line)


def _standing(name: Any, found: PhaseScore, line: Fraction) -> Standing:
    return Standing(
        phase=name,
        total=exact(found.total),
        display=display(found.total, 2, line),
        passed=found.passed,
        missing=None if found.passed else exact(line - found.total),
        unmet=found.unmet_required,
    )


def _expiring(plan: Plan, on: date) -> Iterator[Expiring]:
    """The first to run out first."""
    found = [item for item in plan.evidence if item.expires is not None and item.expires <= on + SOON]
    for item in sorted(found, key=lambda item: (str(item.expires), item.id)):
        assert item.expires is not None
        yield Expiring(id=item.id, title=clean(item.title), day=item.expires, left=(item.expires - on).days)


def _requests(item: Examined) -> Iterator[Request]:
    """As they stand in review.yaml; what is wrong with that file is said by check and build."""
    source = item.reading.source
    read = read_reviews(item.path.parent, f"{source.path.rpartition('/')[0]}/{NAME}")
    asked = [review for review in read.reviews.reviews if review.requests]
    mark = digest(source, item.reading.evidence) if asked else ""
    for review in asked:
        of_this = is_of(review, mark)
        for request in review.requests:
            older = None if of_this is None else not of_this
            yield Request(who=clean(review.who), row=request.row, text=request.text, due=request.due, older=older)


def shown(standing: Standing | None) -> str:
    return standing.display if standing else ""


def passing(entry: Entry) -> str:
    """`现状已过，目标未过`, and a veto, which no score outweighs."""
    told = "，".join(f"{PHASES[one.phase]}{'已过' if one.passed else '未过'}" for one in entry.standings)
    return told + (f"；基本要求 {'、'.join(entry.vetoes)} 一票否决" if entry.vetoes else "")


def gap(standing: Standing | None) -> str:
    """Never 0 while something is missing."""
    return apart([Fraction(standing.missing), Fraction(0)], 2)[0] if standing and standing.missing else ""
