"""The shapes of the public data as JSON Schema 2020-12: zcf-plans/1 (all plans' facts) and zcf-scorecard/1 (one plan's data.json)."""

from __future__ import annotations

from zcfdocs.accounting.intensity import NAMES, UNITS
from zcfdocs.derivation import KINDS
from zcfdocs.plan import METRICS
from zcfdocs.scorecard import YEAR_FIGURES, Json
from zcfdocs.scoring.phase import PHASES
from zcfdocs.scoring.score import STATUS_NAMES
from zcfdocs.site.shapes import by_phase, chosen, decimal, flag, integer, listing, maybe, named, record, text
from zcfdocs.site.tables import SAVINGS, TOTALS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DIGEST = r"^sha256:[0-9a-f]{64}$"
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
YEAR_KINDS = {"actual": "实际", "target": "目标", "result": "结果"}
YEAR_TITLES = {
    "tce": ("综合能源消费量", "tce"),
    "scope1": ("范围1 排放量", "tCO2e"),
    "scope2": ("范围2 排放量", "tCO2e"),
    "emissions": ("碳排放量（范围1+范围2）", "tCO2e"),
    "renewable_share": ("可再生电力占比", ""),
    "offsets": ("碳抵消量", "tCO2e"),
    "offset_ratio": ("抵消比例", ""),
}
USCC = text("统一社会信用代码", "18 位；草稿中可能为空", pattern=r"^([0-9A-Z]{18})?$")
PLACE = text("永久地址中的名称", pattern="^[0-9A-Z]{18}(-[0-9a-f]{8})?$")
COMMIT = maybe(text("提交", "数据所依据的 git 提交；没有提交时为 null", pattern=r"^[0-9a-f]{40,64}$"))
PLAN_DIGEST = text("方案摘要", "方案和佐证内容的 SHA-256", pattern=DIGEST)
BOOK_DIGEST = text("目录摘要", "目录及其因子文件的 SHA-256", pattern=DIGEST)
PLANS_DIGEST = text("数据摘要", "各份未撤回的方案按代号排序，每份写作“代号 NUL 方案摘要 LF”，连起来的 SHA-256", pattern=DIGEST)
PLAN_KEY = text("方案", "“辖区代号/文件夹名”，唯一", pattern=r"^[a-z0-9-]+/[a-z0-9-]+$")
POINTS = decimal("得分", "分")
STATUS = chosen("状态", STATUS_NAMES)
UNMET = listing("未满足的必选指标", text("指标编号"))


def plans() -> Json:
    """Of data/plans.json."""
    source = record(
        "出处", {"catalogues": listing("目录", record("目录", {"id": text("代号"), "digest": BOOK_DIGEST})), "digest": PLANS_DIGEST}
    )
    top = record(
        "“零碳”工厂试点方案公开数据（全部方案）",
        {
            "format": {"title": "格式", "const": "zcf-plans/1"},
            "preview": flag("预览：不是公开发布的内容"),
            "generated_from": source,
            "plans": listing("方案", {"oneOf": [_living(), _withdrawn()]}),
        },
    )
    return {"$schema": DIALECT, **top, "description": "数值和得分都是十进制数的文本，比值以 1 为 100%；不含生成时间。"}


def _withdrawn() -> Json:
    return record(
        "撤回的方案",
        {"key": PLAN_KEY, "id": PLACE, "uscc": USCC, "name": text("企业名称"), "withdrawn": {"title": "已撤回", "const": True}},
    )


def _living() -> Json:
    catalogue = {"id": text("代号"), "title": text("名称"), "year": integer("年度"), "digest": BOOK_DIGEST}
    totals = {name: maybe(decimal(title, unit, about)) for name, (title, unit, about) in TOTALS.items()}
    savings = {name: maybe(decimal(title, unit, about)) for name, (title, unit, about) in SAVINGS.items()}
    fields = {
        "key": PLAN_KEY,
        "id": PLACE,
        "uscc": USCC,
        "name": text("企业名称"),
        "district": named("辖区"),
        "industry": named("行业（国民经济行业分类）", "code"),
        "stage": named("阶段"),
        "catalogue": record("评分所依据的目录", catalogue),
        "pass_line": decimal("合格线", "分"),
        "as_of": text("填报日", pattern=DAY),
        "digest": PLAN_DIGEST,
        "commit": COMMIT,
        "dirty": flag("文件夹与提交不一致"),
        "errors": integer("检查错误数"),
        "withdrawn": {"title": "已撤回", "const": False},
        "changed": text("更新日", "最新一版的日期", pattern=DAY),
        "scores": by_phase("总分", _score(label=text("时点"), year=integer("年份"), word=text("结论"), unmet=UNMET)),
        "groups": listing("指标组", _group()),
        "rows": listing("指标", _row()),
        "totals": by_phase("总量", record("总量", {"year": integer("年份"), **totals})),
        "savings": record("各项目承诺的节约量之和", {"projects": integer("项目数"), **savings}),
        "versions": listing("各版，从旧到新", _version()),
    }
    return record("方案", fields)


def _score(**more: Json) -> Json:
    shown = {
        "total": decimal("总分", "分"),
        "display": decimal("总分（显示用）", "分", "四舍五入后低于合格线的仍显示为低于合格线"),
        "eligible": flag("达到合格线并且满足全部基本要求"),
    }
    return record("得分", {**shown, **more})


def _group() -> Json:
    return record(
        "指标组", {"id": text("编号"), "title": text("名称"), "weight": decimal("权重"), "points": by_phase("得分（满分 100）", POINTS)}
    )


def _row() -> Json:
    fields = {
        "id": text("编号"),
        "title": text("名称"),
        "kind": chosen("类别", KINDS),
        "max": decimal("满分", "分"),
        "points": by_phase("得分", POINTS),
        "status": by_phase("状态", STATUS),
    }
    return record("指标", fields)


def _version() -> Json:
    changed = {
        "row": text("指标编号"),
        "phase": chosen("时点", PHASES),
        "before": maybe(decimal("原得分", "分")),
        "after": maybe(decimal("现得分", "分")),
    }
    fields = {
        "number": integer("版次", 1),
        "date": text("日期", pattern=DAY),
        "stage": named("阶段"),
        "commit": COMMIT,
        "digest": maybe(PLAN_DIGEST),
        "scores": by_phase("总分", _score()),
        "changes": listing("与上一版相比得分有变化的指标", record("变化", changed)),
    }
    return record("版本", fields)


def scorecard() -> Json:
    """Of the data.json beside a plan's page: `dossier.for_public().card`."""
    plan = {
        "uscc": USCC,
        "name": text("企业名称"),
        "district": text("辖区代号"),
        "industry": text("行业代码"),
        "stage": text("阶段代号"),
        "digest": PLAN_DIGEST,
    }
    top = record(
        "“零碳”工厂试点方案公开数据（一份方案）",
        {
            "format": {"title": "格式", "const": "zcf-scorecard/1"},
            "plan": record("方案", plan),
            "catalogue": record("评分所依据的目录", {"id": text("代号"), "digest": BOOK_DIGEST}),
            "source": record("出处", {"commit": COMMIT, "dirty": flag("文件夹与提交不一致")}),
            "phases": by_phase("各时点的得分", _phase()),
            "years": listing("各年数值", _year()),
            "gates": record("门槛", {"basic_requirements": flag("基本要求全部符合"), "pass_line": decimal("合格线", "分")}),
            "findings": record("检查结果", {"error": integer("错误数"), "warning": integer("提醒数")}),
        },
    )
    return {"$schema": DIALECT, **top, "description": "企业保留不公开的数值写作 null；数值是十进制数的文本，比值以 1 为 100%。"}


def _phase() -> Json:
    group = {"id": text("编号"), "weight": decimal("权重"), "points": POINTS, "weighted": decimal("加权得分", "分")}
    row = {
        "id": text("编号"),
        "points": decimal("计入的得分", "分"),
        "claimed": decimal("按规则应得的分", "分"),
        "max": decimal("满分", "分"),
        "status": STATUS,
        "because": text("理由"),
        "used": listing("得分所依据的字段", listing("字段", {"type": ["string", "integer"]})),
        "reviews": {"title": "评审意见", "description": "公开数据中为空", "type": "array", "maxItems": 0},
    }
    fields = {
        "total": decimal("总分", "分"),
        "display": decimal("总分（显示用）", "分"),
        "passed": flag("达到合格线"),
        "eligible": flag("达到合格线并且满足全部基本要求"),
        "unmet_required": UNMET,
        "groups": listing("指标组", record("指标组", group)),
        "rows": listing("指标", record("指标", row)),
    }
    return record("时点", fields)


def _year() -> Json:
    metrics = {name: maybe(decimal(NAMES[name], UNITS[name], "按单位产品或产值")) for name in METRICS}
    figures = {name: decimal(*YEAR_TITLES[name]) for name in YEAR_FIGURES}
    fields = {
        "year": integer("年份"),
        "kind": chosen("类别", YEAR_KINDS),
        **figures,
        "intensity": record("第一种产品的强度", metrics),
        "intensities": listing("各产品的强度", record("强度", {"product": text("产品"), **metrics})),
    }
    return record("年", fields)
