"""Checks of what came out: reported against computed, required rows, the pass line, the objectives, publication (附件1-1 一, 通知 二)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from zcfdocs.accounting import YearAccount, account
from zcfdocs.checks.claims import ATTESTED, LISTED, named
from zcfdocs.checks.registry import Case, Problem, check
from zcfdocs.checks.requirements import STATES
from zcfdocs.checks.years import pairs
from zcfdocs.figure import Figure, display, percent, trimmed
from zcfdocs.finding import Route, Severity
from zcfdocs.plan import METRICS
from zcfdocs.scoring import FIGURE_CHOICES, METRIC_NAMES, RULES, OfMetric, Phase, PhaseScore

E, W, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
CLAIMS: tuple[Route, ...] = (("indicators",), ("benchmarks",), ("basic_requirements",), ("evidence",), ("publication",), ("evaluation",))
POLICIES = {"fixed": "各年用同一因子（fixed）时", "by_year": "各年用当年因子（by_year）时"}


def _phase(case: Case, name: str) -> PhaseScore | None:
    return case.score.phases.get(name) if case.score else None


@check("Z801", W, why="附件1-3 2.2：核算报告的结果应与所填活动数据一致；差得多说明两处必有一误。",
       wrong="reported: {emissions: 9000}（计算为 10397.9）", right="reported: {emissions: 10397.9}", figures=True)  # fmt: skip
def reported_agrees_with_computed(case: Case) -> Iterator[Problem]:
    """企业报告的数与计算结果相差过大。"""
    tolerance = case.rulebook.catalogue.plausible.tolerance
    for item in case.accounts:
        reported = case.plan.years[item.index].reported
        for key, name, figure in (("emissions", "排放总量", item.emissions), ("energy", "综合能耗", item.tce)):
            said: Fraction | None = getattr(reported, key) if reported else None
            if said is not None and abs(said - figure.value) > tolerance * abs(figure.value):
                apart = f"，相差 {percent(abs(said - figure.value) / figure.value)}" if figure.value > 0 else ""
                computed = f"按所填数据计算为 {trimmed(figure.value, 2)} {figure.unit}"
                message = f"{item.year} 年报告的{name} {trimmed(said, 2)} {figure.unit}，{computed}{apart}"
                hint = f"允许相差 {percent(tolerance, 0)}；核对活动数据、因子和核算边界"
                yield Problem(("years", item.index, "reported", key), message, hint)


@check("Z802", W, why="附件1-3 5.2、5.3 逐年下降：电网因子逐年变小，按当年因子计算的下降可能不是工厂自身的减排。",
       wrong="by_year 时逐年下降，fixed 时并未下降", right="两种取法结论一致，或在正文说明", figures=True)  # fmt: skip
def trends_hold_under_either_policy(case: Case) -> Iterator[Problem]:
    """换一种电网因子取法，逐年下降的结论就不同。"""
    frame = case.plan.accounting
    other = next(policy for policy in POLICIES if policy != frame.grid_factor)
    picked = {policy: [_factor(case, policy, item.year) for item in case.accounts] for policy in POLICIES}
    if picked["fixed"] == picked["by_year"] or case.score is None:
        return
    again = {(item.year, item.kind): item for item in account(case.plan, case.rulebook, case.evidence, other)}
    for scored in case.score.phases.values():
        for row in scored.rows:
            parameters = case.rulebook.parameters[row.row.id]
            if type(parameters) is not OfMetric or parameters.of != "carbon":
                continue
            award = RULES[row.row.rule["name"]][1](row.row, parameters, _under(scored.phase, again))
            if (award.claimed > 0) != (row.claimed > 0):
                here, there = ("逐年下降", "并未逐年下降") if row.claimed > 0 else ("并未逐年下降", "逐年下降")
                message = f"{named(row.row)}（{scored.phase.label}）：{POLICIES[frame.grid_factor]}{here}，{POLICIES[other]}{there}"
                yield Problem(("accounting", "grid_factor"), message, "在正文说明所用因子和理由", (("indicators",),))


def _factor(case: Case, policy: str, year: int) -> Fraction | None:
    item = case.rulebook.grid.pick(case.plan.accounting.grid_area, policy, case.plan.as_of, year)
    return item.value if item else None


def _under(phase: Phase, accounts: dict[tuple[int, str], YearAccount]) -> Phase:
    before = tuple(accounts[item.year, item.kind] for item in phase.before)
    own = accounts[phase.account.year, phase.account.kind]
    return Phase(phase.name, phase.plan, phase.rulebook, phase.evidence, own, before, phase.on, phase.promise)


@check("Z803", W, why="附件1-1 一：工厂一般应当满足各项必选要求。", wrong="必选指标 5.4.1 现状 0 分",
       right="达到必选要求，或说明原因和改进措施", figures=True)  # fmt: skip
def required_rows_earn_points(case: Case) -> Iterator[Problem]:
    """必选指标现状或结果不得分。"""
    places = {answer.id: index for index, answer in enumerate(case.plan.indicators)}
    compared = {item.metric for item in case.plan.benchmarks}
    for label, row in ((phase.phase.label, row) for name in ("now", "result") if (phase := _phase(case, name)) for row in phase.rows):
        listed, rule = row.row.id in places, row.row.rule
        # A row nobody answered and a metric without benchmark have findings of their own.
        if (not listed and rule["name"] in (*ATTESTED, *LISTED)) or (rule["name"] == "better_than" and rule["of"] not in compared):
            continue
        if row.row.required and row.status == "unmet":
            place: Route = ("indicators", places[row.row.id]) if listed else ("indicators",)
            rests = (place, *(route for route in row.used if route[0] != "years"), ("benchmarks",))
            yield Problem(place, f"必选指标 {named(row.row)}{label}不得分：{row.because}", str(row.row.advice or ""), rests)


@check("Z804", INFO, why="附件1-1 一：评价得分原则上应不低于合格线。", wrong="现状 62 分", right="现状 80 分以上，或由目标年达到",
       figures=True)  # fmt: skip
def now_reaches_the_line(case: Case) -> Iterator[Problem]:
    """现状得分低于合格线。"""
    yield from _below(case, "now", "试点期内须补上")


@check("Z805", W, why="附件1-1 一：评价得分原则上应不低于合格线；目标年仍不到，试点建成也难通过评价。", wrong="目标 72 分",
       right="目标 80 分以上", figures=True)  # fmt: skip
def the_target_reaches_the_line(case: Case) -> Iterator[Problem]:
    """目标得分低于合格线。"""
    yield from _below(case, "target", "提高目标，或增加措施")


def _below(case: Case, name: str, hint: str) -> Iterator[Problem]:
    scored, line = _phase(case, name), case.rulebook.catalogue.pass_line
    if scored and not scored.passed:
        gap = trimmed(line - scored.total, 4)
        message = f"{scored.phase.label}得分 {display(scored.total, 2, line)}，合格线 {trimmed(line, 2)}，还差 {gap} 分"
        yield Problem(("indicators",), message, f"{hint}；用 zcfdocs score 看哪些指标最易提高", CLAIMS)


@check("Z806", W, why="通知 二、主要目标：基本实现温室气体零排放；附件1-3 4.5：剩余排放量进行抵消。", wrong="目标年抵消比例 70%",
       right="目标年抵消比例 100%", figures=True)  # fmt: skip
def the_target_offsets_what_is_left(case: Case) -> Iterator[Problem]:
    """目标年仍有排放没有抵消。"""
    target = _phase(case, "target")
    item = target.phase.account if target else None
    if item and item.offset_ratio.value < 1:
        left = item.emissions.value - item.offsets.value
        whole, offset = trimmed(item.emissions.value, 2), trimmed(item.offsets.value, 2)
        message = f"目标年 {item.year} 排放 {whole} tCO2e，抵消 {offset}，仍有 {trimmed(left, 2)} tCO2e 没有抵消"
        yield Problem(("years", item.index, "offsets"), message, f"抵消比例为 {percent(item.offset_ratio.value)}；继续减排，或增加抵消")


@check("Z807", W, why="通知 二、主要目标：能源利用效率进一步提高，能源结构进一步优化，单耗和碳排放强度进一步下降。",
       wrong="目标年单位产品取水量高于现状", right="各项指标都比现状改善", figures=True)  # fmt: skip
def every_metric_improves(case: Case) -> Iterator[Problem]:
    """目标年的指标没有改善。"""
    now, target = _phase(case, "now"), _phase(case, "target")
    if now is None or target is None:
        return
    place = ("years", target.phase.account.index)
    for metric in METRICS:
        later = target.phase.subjects(metric)
        for subject, before in now.phase.subjects(metric).items():
            after = later.get(subject)
            if before and after and after.value >= before.value:
                yield Problem(place, _unimproved(METRIC_NAMES[metric], subject, before, after), "提高目标，或在正文说明原因")
    for key in FIGURE_CHOICES:
        before, after = now.phase.account.metric(key), target.phase.account.metric(key)
        if after.value <= before.value and after.value < 1:
            message = f"{METRIC_NAMES[key]}现状 {percent(before.value)}，目标 {percent(after.value)}，没有提高"
            yield Problem(place, message, "提高目标，或在正文说明原因")


def _unimproved(name: str, subject: str, before: Figure, after: Figure) -> str:
    change = "没有变化" if after.value == before.value else "反而上升"
    return f"{subject}的{name}现状 {before.quantity()}，目标 {after.quantity()}，{change}"


@check("Z808", W, why="附件1-3 1.3：对外发布后才能得分。", wrong="publication.date: 2025-06-01（as_of 2025-04-30）",
       right="date: 2025-04-20")  # fmt: skip
def publication_is_not_ahead(case: Case) -> Iterator[Problem]:
    """发布日期晚于填报日。"""
    publication = case.plan.publication
    last = case.plan.evaluation.as_of if case.plan.evaluation else case.plan.as_of
    if publication is not None and publication.date > last:
        message = f"发布日期 {publication.date} 晚于 {last}，尚未发布，不计分"
        yield Problem(("publication", "date"), message, "发布以后再填写 publication", (("as_of",), ("evaluation",)))


@check("Z809", W, why="附件1-3 1.3：公开发布证明材料。没有有效证明的不计分。", wrong="publication: {url: …, date: …}",
       right="publication: {url: …, date: …, proof: publication}")  # fmt: skip
def publication_is_proved(case: Case) -> Iterator[Problem]:
    """对外发布没有有效的证明。"""
    publication = case.plan.publication
    if publication is None:
        return
    if publication.proof is None:
        yield Problem(
            ("publication",),
            "publication 没有 proof（公开发布证明）",
            "把网页截图或发布证明列入 evidence，写上标识",
            (("publication", "proof"),),
        )
        return
    last = case.plan.evaluation.as_of if case.plan.evaluation else case.plan.as_of
    state = case.evidence.state(publication.proof, last)
    if state not in ("ok", "unknown"):
        message = f"公开发布证明 {publication.proof} 不可用：{STATES[state]}"
        yield Problem(("publication", "proof"), message, "更换发布证明", (("as_of",), ("evidence",), ("evaluation",)))
    elif complaint := case.evidence.proofs.get(publication.proof):
        message = f"公开发布证明 {publication.proof} 的抓取记录未通过核验：{complaint}"
        hint = "在含有该提交的完整仓库里核对；仍不符的，用 zcfdocs publish-proof capture 重新抓取"
        yield Problem(("publication", "proof"), message, hint, (("publication", "url"), ("evidence",), ("factory", "uscc")))


@check("Z810", INFO, why="阶段未到公开时，方案只在企业同意（publish: true）后进入公示网站。", wrong="有 publication，publish: false",
       right="publish: true")  # fmt: skip
def publishing_is_agreed(case: Case) -> Iterator[Problem]:
    """已填发布情况，但没有同意公开。"""
    stage = case.rulebook.catalogue.stage(case.plan.stage)
    if case.plan.publication is not None and not case.plan.publish and stage is not None and not stage.public:
        message = f"publication 已填，但 publish 不是 true，阶段“{stage.name}”也不公开，公示网站不会收录本方案"
        yield Problem(("publication",), message, "同意公开的写 publish: true", (("publish",), ("stage",)))


@check("Z811", INFO, why="标“未核实”的因子取自公开转载，未见标准或公告原件；输出中也照样标明。", wrong="——",
       right="有实测值或原件的，用 ncv、factor 填报并附佐证", figures=True)  # fmt: skip
def unverified_factors_are_told(case: Case) -> Iterator[Problem]:
    """计算用到未核实的因子。"""
    leaves = (leaf for item in case.accounts for figure in (item.tce, item.emissions) for leaf in figure.leaves() if leaf.unverified)
    names = list(dict.fromkeys(f"{leaf.title}（{leaf.source}）" for leaf in leaves))
    if names:
        more = f" 等 {len(names)} 个" if len(names) > 8 else ""
        yield Problem(("accounting",), f"计算用到未核实的因子：{'、'.join(names[:8])}{more}", "正式申报前请与标准、公告原件核对")


@check("Z812", W, why="单位产品能耗、碳排放、原材料和取水一年之内变化很大的，多半是漏填、错填或产品结构变了。",
       wrong="单耗 15.4 → 9.2 kgce/套", right="核实数据，属实的在正文说明", figures=True)  # fmt: skip
def intensities_do_not_jump(case: Case) -> Iterator[Problem]:
    """单位产品指标与上年相差过大。"""
    jump = case.rulebook.catalogue.plausible.jump
    told: set[tuple[int, str, str]] = set()
    for earlier, later in pairs(case):
        if case.plan.years[later].kind == "target":
            continue
        old = {product.product: product for product in case.accounts[earlier].products}
        for position, product in enumerate(case.accounts[later].products):
            for metric in METRICS:
                before = old[product.product].metric(metric) if product.product in old else None
                after = product.metric(metric)
                if not before or not after or before.value <= 0 or (earlier, product.product, metric) in told:
                    continue
                change = (after.value - before.value) / before.value
                if abs(change) > jump:
                    told.add((later, product.product, metric))
                    shown = f"由 {before.quantity()} 变为 {after.quantity()}（{percent(change, 0)}）"
                    hint = f"一年变化超过 {percent(jump, 0)}，请核对该年的用量和产量"
                    yield Problem(("years", later, "products", position), f"{product.product}的{METRIC_NAMES[metric]}{shown}", hint)
