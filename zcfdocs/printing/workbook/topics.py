"""The sheets on energy, emissions and offsets: 能源消费结构, 碳排放, 抵消."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from zcfdocs.accounting import YearAccount
from zcfdocs.dossier import Dossier
from zcfdocs.figure import Figure, difference
from zcfdocs.manuscript.accounts import ROLES_SOLD
from zcfdocs.printing.workbook.formula import Places, added
from zcfdocs.printing.workbook.inputs import aligned, entries, numeral, places_of
from zcfdocs.printing.workbook.outline import link, outline, shown
from zcfdocs.printing.workbook.sheet import FIRST, GAP, Ref, Sheet, Style

METHOD = 46
Read = Callable[[YearAccount], Figure]


def year_sheet(name: str, title: str, note: str, heads: Sequence[str]) -> Sheet:
    """An empty sheet with a column a year."""
    return Sheet(name, title, note, ("项目", "单位", *heads, "计算方法"), (34, 13, *[13.5] * len(heads), METHOD))


def energy(dossier: Dossier, heads: Sequence[str], note: str, places: Places) -> Sheet:
    sheet = year_sheet("能源消费结构", "能源消费结构计算表", note, heads)
    accounts = dossier.accounts
    sheet.section("一、综合能耗")
    outline(sheet, places, [account.tce for account in accounts])
    outline(sheet, places, [account.tce_without_renewables for account in accounts])
    sheet.section("二、能源消费结构（折标准煤占综合能耗的比例）")
    _structure(sheet, dossier, places)
    sheet.section("三、可再生电力占比")
    outline(sheet, places, [account.renewable_share for account in accounts])
    sheet.remark("电力、热力按当量值折算；上网电量和自备燃料发电量不重复计入综合能耗；外销能源以负数列示。")
    return sheet


def _structure(sheet: Sheet, dossier: Dossier, places: Places) -> None:
    """A row a carrier: what it makes of the year's total, sold energy with a minus."""
    carriers = {line.carrier.key: line.carrier for account in dossier.accounts for line, _ in account.energy_lines}
    for carrier in carriers.values():
        sheet.put(0, carrier.name, Style("name", indent=1))
        sheet.put(1, "%", Style("unit"))
        sign = "-" if carrier.role in ROLES_SOLD else ""
        for at, account in enumerate(dossier.accounts):
            parts = [figure for line, figure in account.energy_lines if line.carrier.key == carrier.key]
            whole = places.found(account.tce, sheet.name, FIRST + at)
            refs = [places.found(part, sheet.name, FIRST + at) for part in parts]
            if not parts or whole is None or account.tce.value <= 0:
                sheet.put(FIRST + at, GAP, Style("gap"))
                continue
            share = sum((part.value for part in parts), Fraction(0)) / account.tce.value * (-1 if sign else 1)
            below = whole.text(sheet.name)
            divided = f'IF({below}>0,{sign}{added(ref.text(sheet.name) for ref in refs if ref)}/{below},"{GAP}")'
            sheet.put(FIRST + at, share, shown(share, Style("result", 2, percent=True)), divided)
        sheet.put(FIRST + len(dossier.accounts), "该品种折标准煤 ÷ 综合能耗", Style("text"))
        sheet.advance()


def emissions(dossier: Dossier, heads: Sequence[str], note: str, places: Places) -> Sheet:
    sheet = year_sheet("碳排放", "温室气体排放计算表", note, heads)
    accounts = dossier.accounts
    sections: list[tuple[str, Read]] = [
        ("范围1：燃料燃烧、逸散和过程排放", lambda account: account.scope1),
        ("范围2：外购电力和热力", lambda account: account.scope2),
        ("排放总量", lambda account: account.emissions),
    ]
    if any(account.biogenic.value for account in accounts):
        sections.append(("单列：生物源二氧化碳，不计入排放总量", lambda account: account.biogenic))
    for number, (title, read) in enumerate(sections, 1):
        sheet.section(f"{numeral(number)}、{title}")
        outline(sheet, places, [read(account) for account in accounts])
    return sheet


def offsets(dossier: Dossier, heads: Sequence[str], note: str, places: Places) -> Sheet:
    sheet = year_sheet("抵消", "碳抵消计算表", note, heads)
    accounts = dossier.accounts
    before = int(any(account.offset_lines for account in accounts))
    if before:
        sheet.section("一、抵消量明细及是否计入")
        _verdicts(sheet, dossier, places)
    sheet.section(f"{numeral(before + 1)}、碳抵消量")
    outline(sheet, places, [account.offsets for account in accounts])
    sheet.section(f"{numeral(before + 2)}、抵消比例")
    _ratio(sheet, dossier, places)
    return sheet


def _verdicts(sheet: Sheet, dossier: Dossier, places: Places) -> None:
    """Every line as stated, and under it what counts of it."""
    verdicts = {(*line.route, "amount"): line for account in dossier.accounts for line in account.offset_lines}
    for (_, title, unit, _), found in aligned(item for item in entries(dossier) if item.route in verdicts).items():
        lines = {at: verdicts[entry.route] for at, entry in found.items()}
        sheet.put(0, title, Style("name", indent=1))
        sheet.put(1, unit, Style("unit"))
        for at in range(len(dossier.accounts)):
            if at not in found:
                sheet.put(FIRST + at, GAP, Style("gap"))
                continue
            ref, _ = places.inputs[found[at].route, ""]
            value = found[at].value
            sheet.put(FIRST + at, value, Style("link", places_of(value)), ref.text(sheet.name))
        about = (line.source for line in lines.values())
        told = [
            part
            for source in about
            for part in (source.project, source.registry, source.vintage, source.location, source.recognised_by)
            if part
        ]
        sheet.put(FIRST + len(dossier.accounts), "，".join(dict.fromkeys(told)), Style("text"))
        sheet.advance()
        sheet.put(0, "是否计入", Style("name", indent=2))
        sheet.put(1, "", Style("unit"))
        for at in range(len(dossier.accounts)):
            line = lines.get(at)
            told_so = GAP if line is None else "计入" if line.counts else f"不计入：{line.refused}"
            sheet.put(FIRST + at, told_so, Style("gap" if line is None else "centred"))
        sheet.put(FIRST + len(dossier.accounts), "", Style("text"))
        sheet.advance()


def _ratio(sheet: Sheet, dossier: Dossier, places: Places) -> None:
    """Offsets over emissions, at most 1, and 1 where nothing is left; written out, as both sides are always known."""
    accounts = dossier.accounts
    link(sheet, places, [account.emissions for account in accounts], 1)
    above = [places.found(account.offsets, sheet.name, FIRST + at) for at, account in enumerate(accounts)]
    below = [places.found(account.emissions, sheet.name, FIRST + at) for at, account in enumerate(accounts)]
    left = [difference("抵消后剩余排放量", account.emissions, account.offsets) for account in accounts]
    pairs = list(zip(accounts, map(_text(sheet), above), map(_text(sheet), below), strict=True))
    sheet.put(0, "抵消后剩余排放量", Style("name", indent=1))
    sheet.put(1, "tCO2e", Style("unit"))
    for at, (_, offset, whole) in enumerate(pairs):
        sheet.put(FIRST + at, max(Fraction(0), left[at].value), Style("result", 2), f"MAX(0,{whole}-{offset})")
    sheet.put(FIRST + len(pairs), "排放总量 − 碳抵消量，不小于 0", Style("text"))
    sheet.advance()
    sheet.put(0, "抵消比例", Style("total_name"))
    sheet.put(1, "%", Style("unit"))
    for at, (account, offset, whole) in enumerate(pairs):
        style = shown(account.offset_ratio.value, Style("total", 2, percent=True))
        ref = sheet.put(FIRST + at, account.offset_ratio.value, style, f"IF({whole}<=0,1,MIN({offset}/{whole},1))")
        places.keep(account.offset_ratio, ref, final=True)
    sheet.put(FIRST + len(pairs), "碳抵消量 ÷ 排放总量，不超过 100%；没有剩余排放时为 100%", Style("text"))
    sheet.advance()


def _text(sheet: Sheet) -> Callable[[Ref | None], str]:
    return lambda ref: ref.text(sheet.name) if ref else "0"
