"""What stands before and between the evidence: title page, how to read the volume, two indexes, the list, a divider for each item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from zcfdocs.binding import Bound
from zcfdocs.binding.papers import OVERSIZED, SCALED
from zcfdocs.dossier import Dossier
from zcfdocs.manuscript.citing import COMPUTED, OWN, keys_for, places
from zcfdocs.manuscript.manuscript import Manuscript
from zcfdocs.manuscript.notation import ABSENT, day
from zcfdocs.manuscript.parts import fill
from zcfdocs.plan import EvidenceItem
from zcfdocs.scoring.score import RowScore

NAME = "佐证材料"
STYLE = "volume"
STATES = {"early": "填报日尚未出具", "expired": "填报日已过有效期"}
LONGEST_TITLE, LONGEST_LABEL = 90, 25  # the label's room is 230 points, its characters 9 (theme/volume.css)


@dataclass(frozen=True, slots=True)
class Entry:
    """An item of evidence as the volume speaks of it; `number` is its place in the plan's list."""

    number: int
    item: EvidenceItem
    bound: Bound
    state: str
    places: tuple[str, ...]
    size: str
    also: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def key(self) -> str:
        """The anchor of the divider it is found behind."""
        return f"item-{self.bound.same_as or self.item.id}"

    @property
    def is_bound(self) -> bool:
        return not self.bound.reason

    @property
    def has_divider(self) -> bool:
        return self.is_bound and not self.bound.same_as

    @property
    def pages(self) -> int:
        return self.bound.last - self.bound.first

    @property
    def short_title(self) -> str:
        return shortened(self.item.title, LONGEST_TITLE)

    @property
    def label(self) -> str:
        """What stands at the foot of its pages."""
        return shortened(self.item.title, LONGEST_LABEL)

    @property
    def issued(self) -> str:
        return day(self.item.issued, ABSENT)

    @property
    def until(self) -> str:
        return day(self.item.expires, "长期或未注明")


@dataclass(frozen=True, slots=True)
class IndexLine:
    """A row or a requirement with the evidence named for it; `own` is what the plan itself proves."""

    label: str
    title: str
    entries: tuple[Entry, ...]
    own: str = ""


@dataclass(frozen=True, slots=True)
class IndexGroup:
    title: str
    lines: tuple[IndexLine, ...]


def shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def entries(dossier: Dossier, notes: Mapping[str, tuple[str, ...]]) -> tuple[Entry, ...]:
    """Every item in the plan's order; `notes` are what binding itself has to say of an item, by its id."""
    items = {item.id: item for item in reversed(dossier.plan.evidence)}
    where = places(dossier)
    shared: dict[str, list[str]] = {}
    for bound in dossier.bound:
        if bound.same_as:
            shared.setdefault(bound.same_as, []).append(f"{items[bound.id].title}（{bound.id}）")
    found = []
    for number, bound in enumerate(dossier.bound, 1):
        fact = dossier.evidence.facts.get(bound.id)
        found.append(
            Entry(
                number,
                items[bound.id],
                bound,
                STATES.get(dossier.evidence.state(bound.id, dossier.plan.as_of), ""),
                where.get(bound.id, ()),
                f"{-(-fact.size // 1024)} KiB" if fact and fact.size else ABSENT,
                tuple(shared.get(bound.id, ())),
                (*bound.notes, *notes.get(bound.id, ())),
            )
        )
    return tuple(found)


def by_row(dossier: Dossier, known: Iterable[Entry]) -> tuple[IndexGroup, ...]:
    """The rows of the catalogue in its order, each with what its answer and its data name."""
    found = {entry.item.id: entry for entry in known}
    scores: dict[str, list[RowScore]] = {row.id: [] for row in dossier.catalogue.rows()}
    for phase in dossier.score.phases.values():
        for score in phase.rows:
            scores[score.row.id].append(score)
    return tuple(
        IndexGroup(
            group.label,
            tuple(
                IndexLine(
                    row.id,
                    row.title,
                    tuple(found[key] for key in keys_for(row, scores[row.id], dossier) if key in found),
                    {"plan": OWN, "computed": COMPUTED}.get(row.evidenced_by, ""),
                )
                for row in group.rows()
            ),
        )
        for group in dossier.catalogue.groups
    )


def by_requirement(dossier: Dossier, known: Iterable[Entry]) -> tuple[IndexGroup, ...]:
    """附件1-2 and the application conditions, then what else in the plan names evidence but is no row."""
    found = {entry.item.id: entry for entry in known}
    plan, catalogue = dossier.plan, dossier.catalogue

    def named(keys: Iterable[str]) -> tuple[Entry, ...]:
        return tuple(found[key] for key in dict.fromkeys(keys) if key in found)

    basic = {item.id: item.evidence for item in plan.basic_requirements}
    conditions = {item.id: item.evidence for item in plan.conditions}
    groups = [
        IndexGroup(
            catalogue.annexes.basic.title,
            tuple(IndexLine(str(item.id), item.title, named(basic.get(item.id, ()))) for item in catalogue.basic_requirements),
        ),
        IndexGroup(
            "申报基本条件",
            tuple(
                IndexLine(item.label.strip("（）"), item.text, named(conditions.get(item.id, ())))
                for item in catalogue.conditions
                if item.id in conditions
            ),
        ),
    ]
    return tuple(group for group in groups if group.lines)


def left_over(known: Iterable[Entry], indexes: Iterable[IndexGroup]) -> tuple[IndexGroup, ...]:
    """Evidence that neither a row nor a requirement names: it too must be found. It has no number among the requirements."""
    told = {entry.item.id for group in indexes for line in group.lines for entry in line.entries}
    lines = tuple(IndexLine(ABSENT, "、".join(entry.places) or "没有一处引用", (entry,)) for entry in known if entry.item.id not in told)
    return (IndexGroup("其他材料", lines),) if lines else ()


def front(dossier: Dossier, known: tuple[Entry, ...]) -> Manuscript:
    """One manuscript for all of it; the pages that hold dividers are taken out of it and put before their items."""
    factory = dossier.plan.factory
    rows, requirements = by_row(dossier, known), by_requirement(dossier, known)
    requirements += left_over(known, (*rows, *requirements))
    title = f"{dossier.catalogue.cover.title}{NAME}（{factory.applicant_name}）"
    html = fill(
        "volume.html.j2",
        dossier=dossier,
        title=title,
        volume=NAME,
        entries=known,
        unbound=[entry for entry in known if not entry.is_bound],
        dividers=[entry for entry in known if entry.has_divider],
        last=max((entry.bound.last for entry in known), default=0),
        indexes=(
            ("index-rows", "一、按评价指标索引", "指标", rows),
            ("index-requirements", "二、按基本要求和申报条件索引", "条款", requirements),
        ),
        dpi=(OVERSIZED, SCALED),
    )
    return Manuscript(NAME, title, factory.applicant_name, dossier.catalogue.title, dossier.plan.as_of, html, style=STYLE)
