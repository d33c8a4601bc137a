"""目标落实: how much of each promised change was reached, worked out of the cells of baseline, promise and result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from zcfdocs.accounting import YearAccount
from zcfdocs.catalogue import Row
from zcfdocs.dossier import Dossier
from zcfdocs.figure import Figure
from zcfdocs.printing.workbook.formula import Places
from zcfdocs.printing.workbook.inputs import numeral, places_of
from zcfdocs.printing.workbook.outline import number_style, shown
from zcfdocs.printing.workbook.sheet import FIRST, GAP, MISSING, Ref, Sheet, Style
from zcfdocs.scoring.award import FIGURE_CHOICES, METRIC_NAMES, ONE, ZERO
from zcfdocs.scoring.claims import degree
from zcfdocs.scoring.phase import FACTORY, Phase

TITLE = "目标落实"
SUBJECT, UNIT, BEFORE, SHARE, METHOD = 1, 2, 3, 6, 7
# A change smaller than this part of the values would lose its digits in a spreadsheet's subtraction.
NEAR = Fraction(1, 10**6)
FROZEN = "基准和承诺取自入选时冻结的方案，为输入值，不随本表其他数据变化；结果由本表算出。"


@dataclass(frozen=True, slots=True)
class Kept:
    """A row's mean at evaluation, and the cell that works it out."""

    mean: Fraction
    ref: Ref


@dataclass(frozen=True, slots=True)
class _Promise:
    """A metric of one subject in the years of baseline, promise and result."""

    metric: str
    subject: str
    figures: tuple[Figure | None, Figure | None, Figure | None]

    @property
    def share(self) -> Fraction | None:
        before, promised, reached = self.figures
        if before is None or promised is None or before.value == promised.value:
            return None
        if reached is None:
            return ZERO
        return max(ZERO, min(ONE, (before.value - reached.value) / (before.value - promised.value)))

    @property
    def steady(self) -> bool:
        before, promised, _ = self.figures
        if before is None or promised is None or before.value == promised.value:
            return True
        return abs(before.value - promised.value) > NEAR * max(abs(before.value), abs(promised.value))


def promises(dossier: Dossier, note: str, places: Places) -> tuple[Sheet | None, dict[str, Kept]]:
    """The sheet and each row's mean; None before there is a result to hold against a promise."""
    result = dossier.score.phases.get("result")
    rows = [row for row in dossier.catalogue.rows() if row.rule["name"] == "achieved" and not _left_out(row, dossier)]
    if result is None or result.phase.promise is None or not rows:
        return None, {}
    phase, promise = result.phase, result.phase.promise
    years = [f"{title}\n（{account.year}年）" for title, account in zip(("基准", "承诺", "结果"), (*promise, phase.account), strict=True)]
    heads = ("指标", "对象", "单位", *years, "落实程度", "计算方法")
    sheet = Sheet(TITLE, "承诺目标落实程度计算表", note, heads, (26, 26, 13, 14, 14, 14, 12, 54))
    kept = {}
    for number, row in enumerate(rows, 1):
        sheet.section(f"{numeral(number)}、{row.id} {row.title}")
        kept[row.id] = _row(sheet, row, phase, promise, dossier, places)
    if _is_frozen(promise[0], dossier) or _is_frozen(promise[1], dossier):
        sheet.remark(FROZEN)
    sheet.remark("落实程度=（基准−结果）÷（基准−承诺），不小于 0、不超过 100%；没有承诺变化的不计（“—”），有承诺而缺结果数据的计 0。")
    return sheet, kept


def _left_out(row: Row, dossier: Dossier) -> bool:
    answer = dossier.plan.answer(row.id)
    return bool(answer and answer[1].not_applicable and row.not_applicable)


def _is_frozen(account: YearAccount, dossier: Dossier) -> bool:
    """Whether an account is not one of this workbook's years."""
    return all(account is not own for own in dossier.accounts)


def _row(sheet: Sheet, row: Row, phase: Phase, promise: tuple[YearAccount, YearAccount], dossier: Dossier, places: Places) -> Kept:
    """Every metric, then the mean over those with a promised change; without any the factory's own statement."""
    means: list[tuple[Fraction | None, Ref]] = []
    accounts = (*promise, phase.account)
    for name in dossier.rulebook.parameters[row.id].of:
        found = list(_promises(name, phase, accounts))
        cells = [_line(sheet, item, accounts, dossier, places) for item in found]
        shares = [item.share for item in found]
        if len(cells) > 1:
            means.append(_mean(sheet, METRIC_NAMES[name], shares, cells))
        elif cells:
            means.append((shares[0], cells[0]))
    stated, own = _stated(sheet, row, phase)
    known = [value for value, _ in means if value is not None]
    mean = sum(known, ZERO) / len(known) if known else stated
    refs = ",".join(ref.text(TITLE) for _, ref in means)
    text = f"IF(COUNT({refs})=0,{own.text(TITLE)},AVERAGE({refs}))" if refs else own.text(TITLE)
    style = shown(mean, Style("total", 2, percent=True))
    return Kept(mean, _closing(sheet, "平均落实程度", mean, style, text, "各指标落实程度的平均数；都没有承诺变化时取自评满足程度"))


def _promises(name: str, phase: Phase, accounts: tuple[YearAccount, YearAccount, YearAccount]) -> Iterator[_Promise]:
    before, promised, reached = accounts
    if name in FIGURE_CHOICES:
        yield _Promise(name, FACTORY, (before.metric(name), promised.metric(name), reached.metric(name)))
        return
    first, last, now = (phase.subjects(name, account) for account in accounts)
    for subject, figure in first.items():
        yield _Promise(name, subject, (figure, last.get(subject), now.get(subject)))


def _line(sheet: Sheet, item: _Promise, accounts: tuple[YearAccount, ...], dossier: Dossier, places: Places) -> Ref:
    known = [figure for figure in item.figures if figure is not None]
    sheet.put(0, METRIC_NAMES[item.metric], Style("name", indent=1))
    sheet.put(SUBJECT, item.subject, Style("text"))
    sheet.put(UNIT, (known[-1].unit or "%") if known else "", Style("unit"))
    cells = []
    for at, (figure, account) in enumerate(zip(item.figures, accounts, strict=True)):
        if figure is None:
            cells.append(sheet.put(BEFORE + at, MISSING, Style("gap")).text(TITLE))
            continue
        ref = None if _is_frozen(account, dossier) else places.found(figure, TITLE, FIRST + account.index)
        style = shown(figure.value, number_style(known, "link" if ref else "input"))
        cells.append(sheet.put(BEFORE + at, figure.value, style, ref.text(TITLE) if ref else "").text(TITLE))
    before, promised, reached = cells
    part = f"MAX(0,MIN(1,({before}-{reached})/({before}-{promised})))"
    part = f'IF({before}={promised},"{GAP}",IF(ISNUMBER({reached}),{part},0))'
    text = f'IF(AND(ISNUMBER({before}),ISNUMBER({promised})),{part},"{GAP}")' if item.steady else ""
    told = "（基准 − 结果）÷（基准 − 承诺），限于 0 至 100%" if item.steady else "基准与承诺过于接近，直接取值"
    ref = _share(sheet, item.share, text)
    sheet.put(METHOD, told, Style("text"))
    sheet.advance()
    return ref


def _share(sheet: Sheet, share: Fraction | None, formula: str) -> Ref:
    if share is None:
        return sheet.put(SHARE, GAP, Style("result", 2, percent=True), formula)
    return sheet.put(SHARE, share, shown(share, Style("result", 2, percent=True)), formula)


def _mean(sheet: Sheet, title: str, shares: list[Fraction | None], cells: list[Ref]) -> tuple[Fraction | None, Ref]:
    """The mean over a metric's products that promised a change."""
    known = [share for share in shares if share is not None]
    value = sum(known, ZERO) / len(known) if known else None
    span = f"{cells[0].text(TITLE)}:{cells[-1].text(TITLE)}"
    for col in (SUBJECT, UNIT, BEFORE, BEFORE + 1, BEFORE + 2):
        sheet.put(col, "", Style("gap"))
    sheet.put(0, f"{title}：平均", Style("name", indent=1))
    ref = _share(sheet, value, f'IF(COUNT({span})=0,"{GAP}",AVERAGE({span}))')
    sheet.put(METHOD, "各产品落实程度的平均数", Style("text"))
    sheet.advance()
    return value, ref


def _stated(sheet: Sheet, row: Row, phase: Phase) -> tuple[Fraction, Ref]:
    answer = phase.plan.answer(row.id)
    value = degree(answer[1], phase)[0] if answer else None
    stated = value / answer[1].of if answer and value is not None else ZERO
    return stated, _closing(
        sheet, "自评满足程度", stated, Style("input", places_of(stated * 100), True), "", "方案填报；各指标都没有承诺变化时取用"
    )


def _closing(sheet: Sheet, title: str, value: Fraction, style: Style, formula: str, told: str) -> Ref:
    sheet.put(0, title, Style("total_name" if style.look == "total" else "name", indent=0 if style.look == "total" else 1))
    for col in range(SUBJECT, SHARE):
        sheet.put(col, "", Style("gap"))
    ref = sheet.put(SHARE, value, style, formula)
    sheet.put(METHOD, told, Style("text"))
    sheet.advance()
    return ref
