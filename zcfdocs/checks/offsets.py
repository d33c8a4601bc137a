"""Checks of the offsets: method, kind, retirement, proof and certificate numbers (附件1-1 二（4）)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from zcfdocs.catalogue import OffsetMethod
from zcfdocs.certificates import Run, run
from zcfdocs.checks.registry import Case, Problem, check
from zcfdocs.figure import trimmed
from zcfdocs.finding import Route, Severity, suggest
from zcfdocs.plan import Offset
from zcfdocs.units import ratio

E, W, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
CLAUSE = "附件1-1 二（4）碳抵消方式"


def _is_promise(case: Case, route: Route) -> bool:
    return case.plan.years[int(route[1])].kind == "target"


def _unit(method: OffsetMethod) -> str:
    return "tCO2e" if method.counts == "emissions" else "MWh"


def _rests(route: Route) -> tuple[Route, ...]:
    return ((*route, "method"), ("years", route[1], "kind"))


@check("Z401", E, why=f"{CLAUSE}列出可用的方式。", wrong="method: 3f", right="method: 3b")
def methods_are_known(case: Case) -> Iterator[Problem]:
    """没有这种抵消方式。"""
    titles = {method.id: method.title for method in case.rulebook.catalogue.offsets}
    for index, year in enumerate(case.plan.years):
        for position, offset in enumerate(year.offsets):
            if offset.method not in titles:
                near = next((f"是不是想写 {key}？" for key, title in titles.items() if offset.method.lower() in (title.lower(), key)), "")
                listed = "、".join(f"{key}（{title}）" for key, title in titles.items())
                place = ("years", index, "offsets", position, "method")
                yield Problem(place, f"没有抵消方式 {offset.method}。{near or suggest(offset.method, titles)}", f"可取：{listed}")


@check("Z402", E, why=f"{CLAUSE} 1b：上网电量已在能源数据中填报，在此再列就重复计算。",
       wrong="offsets: [{method: 1b, amount: 200, unit: MWh}]",
       right="energy: [{carrier: solar_exported, amount: 200, unit: MWh, attribute_retained: true}]")  # fmt: skip
def exported_power_is_not_listed(case: Case) -> Iterator[Problem]:
    """上网电量不在抵消中列报。"""
    exported = "、".join(carrier.key for carrier in case.rulebook.carriers.carriers if carrier.role == "exported")
    for route, offset, method in case.offsets:
        if method.counts == "exported":
            message = f"{offset.method}（{method.title}）由能源数据计算，不在 offsets 中列报"
            yield Problem((*route, "method"), message, f"删去此条，在 energy 中写 {exported}")


@check("Z403", E, why=f"{CLAUSE}：电量类以 MWh 计，减排量以 tCO2e 计。", wrong="{method: 3a, amount: 4000, unit: tCO2e}",
       right="{method: 3a, amount: 4000, unit: MWh}")  # fmt: skip
def units_fit_the_method(case: Case) -> Iterator[Problem]:
    """抵消量的单位与方式不符。"""
    for route, offset, method in case.offsets:
        if method.counts != "exported" and ratio(offset.unit, _unit(method)) is None:
            message = f"{offset.method}（{method.title}）的单位不能写 {offset.unit}"
            yield Problem((*route, "unit"), message, f"写 {_unit(method)}", ((*route, "method"),))


@check("Z404", E, why=f"{CLAUSE}；品种名称由目录规定。", wrong="kind: gec", right="kind: green_certificate")
def kinds_are_known(case: Case) -> Iterator[Problem]:
    """没有这种抵消品种。"""
    names = {kind.key: kind.name for kind in case.rulebook.catalogue.offset_kinds}
    for route, offset, method in case.offsets:
        if offset.kind is not None and offset.kind not in names:
            near = next((f"是不是想写 {key}？" for key, name in names.items() if name == offset.kind), suggest(offset.kind, names))
            own = "、".join(f"{key}（{names.get(key, key)}）" for key in method.kinds)
            yield Problem(
                (*route, "kind"), f"没有品种 {offset.kind}。{near}", f"{offset.method} 可取：{own or '不写 kind'}", ((*route, "method"),)
            )


@check("Z405", E, why=f"{CLAUSE}：每种方式只含其列明的品种。", wrong="{method: 3a, kind: ccer}", right="{method: 3b, kind: ccer}")
def kinds_fit_the_method(case: Case) -> Iterator[Problem]:
    """品种不属于这种抵消方式。"""
    names = {kind.key: kind.name for kind in case.rulebook.catalogue.offset_kinds}
    for route, offset, method in case.offsets:
        if offset.kind in names and offset.kind not in method.kinds:
            owner = next((other.id for other in case.rulebook.catalogue.offsets if offset.kind in other.kinds), "")
            hint = f"{offset.kind} 属于 {owner}；" if owner else ""
            hint += f"{offset.method} 可取：{'、'.join(method.kinds) or '不写 kind'}"
            yield Problem(
                (*route, "kind"), f"{names[str(offset.kind)]}不属于 {offset.method}（{method.title}）", hint, ((*route, "method"),)
            )


@check("Z406", W, why="未核销的绿证、减排量仍可转让给他人；现状和结果年份只计已核销的。", wrong="{method: 3b, …, retired: false}",
       right="{method: 3b, …, retired: true}")  # fmt: skip
def offsets_are_retired(case: Case) -> Iterator[Problem]:
    """抵消量尚未核销，不计入。"""
    for route, offset, method in case.offsets:
        if not offset.retired and not _is_promise(case, route) and method.counts != "exported":
            message = f"{method.title} {trimmed(offset.amount, 4)} {offset.unit} 未核销，不计入"
            yield Problem((*route, "retired"), message, "核销后写 retired: true，并附核销凭证", _rests(route))


@check("Z407", W, why="附件1-3 4.5：碳信用的交易记录、凭证，绿电购买凭证、绿电证书等证明文件。", wrong="{method: 3b, …, evidence: []}",
       right="{method: 3b, …, evidence: [ccer]}")  # fmt: skip
def offsets_are_evidenced(case: Case) -> Iterator[Problem]:
    """抵消量没有有效佐证，不计入。"""
    for route, offset, method in case.offsets:
        on = case.plan.judged_on(case.plan.years[int(route[1])])
        if not _is_promise(case, route) and method.counts != "exported" and not case.evidence.supports(offset.evidence, on):
            message = f"{method.title} {trimmed(offset.amount, 4)} {offset.unit} 没有在 {on} 有效的佐证，不计入"
            rests = (*_rests(route), (*route, "evidence"), ("as_of",), ("evidence",))
            yield Problem(route, message, "在 evidence 中列出购买和核销凭证", rests)


@check("Z408", E, why="证书编号须能逐张数清，才能查重。", wrong="{from: GEC-0002000, to: GEC-000001}",
       right="{from: GEC-000001, to: GEC-002000}")  # fmt: skip
def certificates_form_a_run(case: Case) -> Iterator[Problem]:
    """证书编号的起止不成一段。"""
    for route, offset, _ in case.offsets:
        for index, item in enumerate(offset.certificates):
            if run(item) is None:
                place = (*route, "certificates", index)
                hint = "起止编号的前缀相同、末尾数字位数相同、由小到大；单张的 from 与 to 相同"
                yield Problem(place, f"{item.first} 至 {item.last} 数不出张数", hint, (place,))


@check("Z409", W, why="1 张绿证（或 1 个绿电凭证编号）对应 1 MWh；编号数应等于电量。", wrong="amount: 2000，编号 1000 张",
       right="amount: 2000，编号 2000 张")  # fmt: skip
def certificates_match_the_amount(case: Case) -> Iterator[Problem]:
    """证书张数与电量不符。"""
    for route, offset, method in case.offsets:
        runs, scale = [run(item) for item in offset.certificates], ratio(offset.unit, "MWh")
        count = sum(len(item) for item in runs if item)
        if runs and None not in runs and scale and method.counts != "emissions" and count != offset.amount * scale:
            message = f"证书 {count} 张，即 {count} MWh，与所填 {trimmed(offset.amount, 4)} {offset.unit} 不符"
            yield Problem((*route, "amount"), message, "补全编号，或改正电量", (route,))


@check("Z410", W, why="一个编号只能计一次；绿电、绿证没有编号就无从查重。", wrong="{method: 3a, kind: green_power, …}",
       right="再写 certificates: [{from: …, to: …}]")  # fmt: skip
def green_power_has_numbers(case: Case) -> Iterator[Problem]:
    """绿电、绿证没有写证书编号。"""
    for route, offset, method in case.offsets:
        if method.counts == "grid_electricity" and not offset.certificates and not _is_promise(case, route):
            message = f"{method.title} {trimmed(offset.amount, 4)} {offset.unit} 没有证书编号"
            yield Problem(route, message, "写 certificates: [{from: 首号, to: 末号}]", (*_rests(route), (*route, "certificates")))


@check("Z411", E, why="同一张证书只计一次（口径说明 n07）。", wrong="两条都写 GEC-000001 至 GEC-002000", right="各写不同的编号")
def certificates_count_once(case: Case) -> Iterator[Problem]:
    """证书编号在方案内重复。"""
    years = case.plan.years
    real = {index for index, year in enumerate(years) if year.kind != "target"}
    before = {index for index in real if years[index].year <= case.plan.accounting.baseline}
    # What a promise names may later be retired: it is held against the years before it only, never against those since.
    together = [real, *({*before, index} for index, year in enumerate(years) if year.kind == "target" and year.offsets)]
    said: set[Route] = set()
    for chosen in together:
        for problem in _repeated(case, chosen):
            if problem.route not in said:
                said.add(problem.route)
                yield problem


def _repeated(case: Case, chosen: set[int]) -> Iterator[Problem]:
    series: dict[tuple[str, int], list[tuple[Run, Route]]] = defaultdict(list)
    for route, offset, _ in case.offsets:
        for index, item in enumerate(offset.certificates if route[1] in chosen else ()):
            known = run(item)
            if known:
                series[known.prefix, known.width].append((known, (*route, "certificates", index)))
    for claims in series.values():
        claims.sort(key=lambda claim: (claim[0].first, claim[0].last))
        widest, first = claims[0]
        for known, place in claims[1:]:
            shared = min(widest.last, known.last) - known.first + 1
            if shared > 0:
                at = case.reading.source.line_of(first)
                yield Problem(place, f"{known} 中有 {shared} 个编号与第 {at} 行重复", "删去重复的编号，并改正电量", (place, first))
            if known.last > widest.last:
                widest, first = known, place


@check("Z412", INFO, why=f"{CLAUSE} 3a：绿电、绿证仅用于抵消企业用电量产生的碳排放。", wrong="绿电 13000 MWh，外购电 12000 MWh",
       right="绿电不多于外购电")  # fmt: skip
def green_power_is_capped(case: Case) -> Iterator[Problem]:
    """绿电、绿证多于外购电量，超出部分不计。"""
    for index, year in enumerate(case.plan.years):
        bought = sum((line.amount * (ratio(line.unit, "MWh") or 0) for line in year.energy if _is_grid(case, line.carrier)), Fraction(0))
        green = [
            (position, offset.amount * (ratio(offset.unit, "MWh") or 0))
            for position, offset in enumerate(year.offsets)
            if _is_green(case, offset)
        ]
        total = sum((amount for _, amount in green), Fraction(0))
        if green and total > bought:
            message = f"{year.year} 年绿电、绿证共 {trimmed(total, 4)} MWh，多于外购电量 {trimmed(bought, 4)} MWh，超出部分不计"
            place = ("years", index, "offsets", green[-1][0], "amount")
            yield Problem(place, message, "抵消量和可再生电力占比都以外购电量为限", (("years", index),))


def _is_green(case: Case, offset: Offset) -> bool:
    method = case.rulebook.catalogue.method(offset.method)
    return method is not None and method.counts == "grid_electricity"


def _is_grid(case: Case, key: str) -> bool:
    carrier = case.rulebook.carriers.get(key)
    return carrier is not None and carrier.role == "grid"


@check("Z413", INFO, why="基于市场的范围2已扣除绿电、绿证，同一度电不再算作抵消（口径说明 scope2）。",
       wrong="scope2: market 又指望 3a 计入抵消", right="scope2: location")  # fmt: skip
def market_scope_2_has_no_green_offset(case: Case) -> Iterator[Problem]:
    """范围2已扣除绿电、绿证，不再计作抵消。"""
    green = [offset for _, offset, method in case.offsets if method.counts == "grid_electricity"]
    if case.plan.accounting.scope2 == "market" and green:
        yield Problem(
            ("accounting", "scope2"),
            f"scope2 为 market，{len(green)} 条绿电、绿证用于扣减范围2，不再计作抵消",
            "要按抵消计算，写 scope2: location",
        )


@check("Z414", W, why="凭证的持有人应是申报工厂；曾用名列在 former_names 的也算。", wrong="holder: 另一家公司",
       right="holder: 本厂名称，或写入 factory.former_names")  # fmt: skip
def offsets_are_held_by_the_factory(case: Case) -> Iterator[Problem]:
    """抵消凭证的持有人不是本工厂。"""
    names = holders(case)
    for route, offset, _ in case.offsets:
        if offset.holder is not None and offset.holder not in names:
            yield Problem(
                (*route, "holder"), f"持有人“{offset.holder}”不是 {names[0]}", "属曾用名的写入 factory.former_names", (("factory",),)
            )


def holders(case: Case) -> list[str]:
    """Names in which proof counts: the factory's, the applicant's and former ones."""
    factory = case.plan.factory
    return [factory.name, factory.applicant_name, *factory.former_names]
