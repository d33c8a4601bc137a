"""Everything known of one plan, the single input of every output; `for_public` alone decides what the public may see."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import lxml.html

from zcfdocs.accounting import ProductIntensity, YearAccount
from zcfdocs.binding import Bound
from zcfdocs.body import Body, render
from zcfdocs.catalogue import Catalogue, Rulebook
from zcfdocs.evidence import Evidence
from zcfdocs.fields import Noun, leaves
from zcfdocs.figure import Figure, exact, rounded, trimmed
from zcfdocs.finding import Finding, Route, field_path
from zcfdocs.plan import METRICS, Plan
from zcfdocs.scorecard import Json
from zcfdocs.scoring import Score
from zcfdocs.scoring.score import GroupScore, PhaseScore, RowScore

WITHHELD = "不公开"
WITHDRAWN = "withdrawn"
DEEP = lxml.html.HTMLParser(huge_tree=True)  # the plain one drops whatever stands below its 256th level
# Identity fields are printed as they are: a person's name inside a company's name is no leak.
IDENTITY = ("factory.name", "factory.applicant", "factory.address", "factory.industry", "factory.main_products", "factory.former_names")


@dataclass(frozen=True, slots=True)
class Dossier:
    """One plan, whole: what was written, what it amounts to, what it earns and what is wrong with it.

    `text` is the body, `source` the whole plan.md, `bound` its evidence as it stands in 佐证材料.pdf.
    """

    slug: str
    plan: Plan
    rulebook: Rulebook
    evidence: Evidence
    accounts: tuple[YearAccount, ...]
    score: Score
    card: Json
    text: str
    source: str
    body: Body
    findings: tuple[Finding, ...]
    bound: tuple[Bound, ...] = ()
    public: bool = False

    @property
    def catalogue(self) -> Catalogue:
        return self.rulebook.catalogue

    @property
    def key(self) -> str:
        """`<district>/<slug>`, the plan's place in every output folder."""
        return f"{self.plan.factory.district}/{self.slug}"

    @property
    def district_name(self) -> str:
        district = self.catalogue.district(self.plan.factory.district)
        return district.name if district else self.plan.factory.district

    @property
    def is_public_stage(self) -> bool:
        """Whether the public site shows this plan: its stage says so, or the factory consents (spec 3)."""
        return is_public(self.plan.stage, self.plan.publish, self.catalogue)

    @property
    def is_withdrawn(self) -> bool:
        return self.plan.stage == WITHDRAWN

    def account(self, phase: str) -> YearAccount | None:
        found = self.score.phases.get(phase)
        return found.phase.account if found else None

    def for_public(self) -> Dossier:
        """The projection the public may see: the bureau's fields and what the factory keeps are gone, not hidden."""
        hidden = _hidden(self.plan, self.catalogue)
        mask = masker((*private_values(self.plan, self.catalogue), *_revealing(self.accounts, hidden)))
        plan = _project(self.plan, (), hidden, mask)
        accounts = tuple(_account(account, hidden, mask, plan) for account in self.accounts)
        score = _score(self.score, hidden, mask, {id(old): new for old, new in zip(self.accounts, accounts, strict=True)}, plan)
        items = {item.id: item for item in plan.evidence}
        card = _card(self.card, score, accounts)
        body = render(self.text, self.catalogue, card, WITHHELD)
        return replace(
            self,
            plan=plan,
            evidence=Evidence(items, {}),
            accounts=accounts,
            score=score,
            card=card,
            text="",
            source="",
            bound=(),
            body=Body({section: _mask_html(html, mask) for section, html in body.sections.items()}),
            findings=(),
            public=True,
        )


def is_public(stage: str, consent: bool, catalogue: Catalogue) -> bool:
    """A stage that the catalogue calls public, a factory's consent, or a withdrawal, which leaves a tombstone (spec 3)."""
    known = catalogue.stage(stage)
    return consent or stage == WITHDRAWN or bool(known and known.public)


Hidden = Callable[[Route], bool]


def _hidden(plan: Plan, catalogue: Catalogue) -> Hidden:
    """Whether a route belongs to the bureau alone or is kept by the factory as the catalogue allows."""
    allowed = {item.field for item in catalogue.may_keep}
    kept = {path for path in plan.confidential if path in allowed}

    def hidden(route: Route) -> bool:
        path = field_path(route)
        return catalogue.audience(path) != "public" or any(path == field or path.startswith(f"{field}.") for field in kept)

    return hidden


def private_values(plan: Plan, catalogue: Catalogue) -> tuple[str, ...]:
    """The texts no public file may contain: hidden values, long enough to mean something, that no public field says anyway."""
    hidden = _hidden(plan, catalogue)
    texts: dict[bool, list[str]] = {True: [], False: []}
    for route, value in leaves(plan):
        text = exact(value) if isinstance(value, Fraction) else str(value)
        if isinstance(value, (str, Fraction)):
            texts[hidden(route)].append(text.strip())
    public = set(texts[False])
    return tuple(
        sorted(
            {text for text in texts[True] if len(text) >= 2 and text not in public and not re.fullmatch(r"[0-9.]{1,2}", text)},
            key=len,
            reverse=True,
        )
    )


def masker(values: tuple[str, ...]) -> Callable[[str], str]:
    """Replaces private texts in prose: as written, phone numbers with any separators, figures with thousands commas."""
    patterns = [_pattern(value) for value in values if "\n" not in value]
    whole = re.compile("|".join(patterns), re.IGNORECASE) if patterns else None
    return lambda text: whole.sub(f"（{WITHHELD}）", text) if whole else text


def _pattern(value: str) -> str:
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", value):
        whole, _, decimals = value.partition(".")
        tail = rf"\.{decimals}" if decimals else r"(?:\.0+)?"
        grouped = f"{int(whole):,}".replace(",", "[,，]?")
        return r"(?<![\d.,])" + grouped + tail + r"(?![\d.])"
    if re.fullmatch(r"[0-9+() \-]{7,}", value):
        digits = (f"[{digit}{chr(ord(digit) + 0xFEE0)}]" for digit in re.sub(r"\D", "", value))
        return r"[\s\-－()（）]*".join(digits)
    text = r"\s*".join(re.escape(part) for part in value.split())
    return rf"(?<![A-Za-z0-9]){text}(?![A-Za-z0-9])" if value.isascii() else text


def _mask_html(text: str, mask: Callable[[str], str]) -> str:
    """Mask the text between tags; a tag whose attributes hold a private text loses them."""

    def part(match: re.Match[str]) -> str:
        piece = match[0]
        if not piece.startswith("<"):
            return html.escape(mask(html.unescape(piece)), quote=False)
        return piece if mask(html.unescape(piece)) == piece else re.sub(r"^(</?[a-z0-9]+).*", r"\1>", piece, flags=re.DOTALL)

    masked = re.sub(r"<[^>]*>|[^<]+", part, text)
    plain = "".join(lxml.html.fragment_fromstring(masked, create_parent="div", parser=DEEP).itertext())
    return masked if mask(plain) == plain else _flattened(masked, mask)


def _flattened(text: str, mask: Callable[[str], str]) -> str:
    """A private text split by emphasis: the blocks it stands in lose their inline marks, then the text."""
    root = lxml.html.fragment_fromstring(text, create_parent="div", parser=DEEP)
    for block in root.xpath(".//*[self::p or self::li or self::td or self::th or self::h3 or self::h4 or self::h5 or self::h6]"):
        whole = "".join(block.itertext())
        if mask(whole) != whole:
            for child in list(block):
                block.remove(child)
            block.text = mask(whole)
    kept = "".join(lxml.html.tostring(child, encoding="unicode") for child in root)
    return kept if mask("".join(root.itertext())) == "".join(root.itertext()) else html.escape(mask("".join(root.itertext())), quote=False)


def _project(noun: Any, route: Route, hidden: Hidden, mask: Callable[[str], str]) -> Any:
    """A copy without hidden values (None in their place) and with private texts masked in prose."""
    if isinstance(noun, Noun):
        update = {}
        for name, field in type(noun).model_fields.items():
            here = (*route, field.alias or name)
            value = getattr(noun, name)
            update[name] = _project(value, here, hidden, mask) if _is_branch(value) or not hidden(here) else None
        copy = noun.model_copy(update=update)
        for name in copy.__dict__.keys() - type(noun).model_fields.keys():
            del copy.__dict__[name]  # what was cached from the private values
        return copy
    if isinstance(noun, tuple):
        return tuple(
            _project(item, (*route, index), hidden, mask)
            for index, item in enumerate(noun)
            if _is_branch(item) or not hidden((*route, index))
        )
    if isinstance(noun, dict):
        return {} if hidden(route) else noun
    if isinstance(noun, str) and not field_path(route).startswith(IDENTITY):
        return mask(noun)
    return noun


def _is_branch(value: Any) -> bool:
    return isinstance(value, (Noun, tuple))


def _figure(figure: Figure | None, hidden: Hidden) -> Figure | None:
    return None if figure is None or any(hidden(route) for route in figure.routes()) else figure


def _revealing(accounts: tuple[YearAccount, ...], hidden: Hidden) -> tuple[str, ...]:
    """How withheld intensities may stand in prose: a kept amount follows from them."""
    found = set()
    for account in accounts:
        for item in account.products:
            figures = [item.metric(name) for name in METRICS] + [figure for pair in item.bases.values() for figure in pair.values()]
            gone = [figure for figure in figures if figure is not None and _figure(figure, hidden) is None]
            found |= {
                text for figure in gone for digits in range(5) for text in (rounded(figure.value, digits), trimmed(figure.value, digits))
            }
    return tuple(sorted((text for text in found if len(text) >= 3), key=len, reverse=True))


def _named(figure: Figure, mask: Callable[[str], str]) -> Figure:
    """The figure with private texts masked in the titles that come from the plan."""
    return figure._replace(title=mask(figure.title), args=tuple(_named(arg, mask) for arg in figure.args))


def _account(account: YearAccount, hidden: Hidden, mask: Callable[[str], str], plan: Plan) -> YearAccount:
    """Intensities that rest on a kept amount would reveal it, so they go with it; totals never do (spec 3).

    Lines are those of the projected plan, and no title carries a private text.
    """
    year = plan.years[account.index]

    def shown(figure: Figure | None) -> Figure | None:
        kept = _figure(figure, hidden)
        return _named(kept, mask) if kept is not None else None

    products = tuple(
        ProductIntensity(
            mask(item.product),
            item.unit,
            shown(item.energy),
            shown(item.carbon),
            shown(item.material),
            shown(item.water),
            {basis: {metric: shown(figure) for metric, figure in pair.items()} for basis, pair in item.bases.items()},
        )
        for item in account.products
    )
    totals = (
        "tce",
        "tce_without_renewables",
        "scope1",
        "biogenic",
        "scope2_location",
        "scope2",
        "emissions",
        "renewable_share",
        "offsets",
        "offset_ratio",
    )
    lines = tuple((replace(line, source=year.energy[_position(line.route)]), _named(figure, mask)) for line, figure in account.energy_lines)
    offsets = tuple(
        replace(line, source=year.offsets[_position(line.route)], amount=_named(line.amount, mask), refused=mask(line.refused))
        for line in account.offset_lines
    )
    named: dict[str, Any] = {name: _named(account.metric(name), mask) for name in totals}
    return replace(account, products=products, energy_lines=lines, offset_lines=offsets, **named)


def _position(route: Route) -> int:
    return int(route[-1])


def _score(score: Score, hidden: Hidden, mask: Callable[[str], str], accounts: dict[int, YearAccount], plan: Plan) -> Score:
    def row(item: RowScore) -> RowScore:
        kept = tuple(route for route in item.used if not hidden(route))
        if len(kept) == len(item.used):
            return replace(item, reason=mask(item.because), places=kept, figures=())
        return replace(item, reason="所依据的数据由企业保留，不公开", places=kept, figures=())

    def phase(item: PhaseScore) -> PhaseScore:
        groups = tuple(GroupScore(group.group, group.points, tuple(map(row, group.rows))) for group in item.groups)
        view = replace(item.phase, plan=plan, evidence=Evidence({}, {}), account=accounts[id(item.phase.account)], before=(), promise=None)
        return replace(item, phase=view, groups=groups)

    return replace(score, phases={name: phase(item) for name, item in score.phases.items()})


def _card(card: Json, score: Score, accounts: tuple[YearAccount, ...]) -> Json:
    """The scorecard with the withheld reasons, places and intensities taken out."""
    phases = {}
    for name, phase in score.phases.items():
        shown = {row.row.id: row for row in phase.rows}
        rows = [
            {**row, "because": shown[row["id"]].because, "used": [list(route) for route in shown[row["id"]].used], "reviews": []}
            for row in card["phases"][name]["rows"]
        ]
        phases[name] = {**card["phases"][name], "rows": rows}
    years = []
    for year, account in zip(card["years"], accounts, strict=True):
        kept = [
            {"product": entry["product"], **{metric: entry[metric] if item.metric(metric) else None for metric in METRICS}}
            for entry, item in zip(year["intensities"], account.products, strict=True)
        ]
        first = {metric: kept[0][metric] for metric in METRICS} if kept else dict.fromkeys(METRICS)
        years.append({**year, "intensity": first, "intensities": kept})
    return {**card, "phases": phases, "years": years}
