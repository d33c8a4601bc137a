"""The Chinese name of each field of a plan and of a catalogue."""

from __future__ import annotations

from functools import cache
from typing import Any, Final, get_args

from zcfdocs.finding import Route, field_path
from zcfdocs.plan import Plan

# What each step of a route is called; a path of several steps where the step alone would mislead.
STEPS: Final = {
    "format": "格式",
    "catalogue": "指标目录",
    "stage": "阶段",
    "as_of": "填报日",
    "factory": "企业信息",
    "factory.industry": "所属行业",
    "basic_requirements": "基本要求",
    "conditions": "申报基本条件",
    "diagnosis": "节能降碳诊断",
    "diagnosis.by": "诊断机构",
    "diagnosis.date": "诊断日期",
    "accounting": "核算口径",
    "accounting.grid_factor": "电网因子取法",
    "accounting.grid_area": "电网因子地区",
    "accounting.fuel_factors": "燃料因子",
    "accounting.gwp": "全球变暖潜势",
    "accounting.scope2": "范围2 口径",
    "accounting.intensity_basis": "强度基准",
    "accounting.price_basis": "价格口径",
    "evaluation": "效果评价",
    "evaluation.as_of": "评价日",
    "evaluation.period": "评价期",
    "confidential": "不公开的内容",
    "years": "年度数据",
    "years.year": "年份",
    "years.kind": "年度类型",
    "years.energy": "能源",
    "years.fugitive": "逸散",
    "years.process": "过程排放",
    "years.process.source": "排放源",
    "years.products": "产品",
    "years.products.amount": "产量",
    "years.products.share.energy": "能耗",
    "years.products.share.emissions": "排放",
    "years.products.share.material": "原材料",
    "years.products.share.water": "取水",
    "years.materials": "原材料",
    "years.reported": "企业自报",
    "years.reported.emissions": "排放量（tCO2e）",
    "years.reported.energy": "综合能耗（tce）",
    "years.offsets": "碳抵消",
    "years.offsets.project": "减排项目",
    "years.energy.amount": "用量",
    "years.energy.factor": "供热排放因子",
    "benchmarks": "对标值",
    "benchmarks.kind": "类别",
    "projects": "重点项目",
    "projects.start": "开工年月",
    "projects.end": "完工年月",
    "projects.saves": "年节约量",
    "projects.saves.energy": "节能（tce）",
    "projects.saves.water": "节水（m3）",
    "projects.achieved": "实际节约量",
    "projects.achieved.energy": "节能（tce）",
    "projects.achieved.water": "节水（m3）",
    "projects.method": "方法",
    "indicators": "指标",
    "indicators.now": "现状",
    "indicators.of": "总数",
    "indicators.target": "目标",
    "indicators.result": "结果",
    "evidence": "佐证",
    "evidence.title": "名称",
    "evidence.public": "文件公开",
    "publish": "同意公开",
    "publication": "公开发布",
    "publication.date": "发布日期",
    "publication.url": "网址",
    "publication.proof": "发布证明",
    "achieved": "实际节约量",
    "amount": "数量",
    "area": "领域",
    "attribute_retained": "保留绿色属性",
    "basis": "依据",
    "carrier": "能源品种",
    "certificates": "证书编号",
    "co2": "减碳（tCO2）",
    "content": "内容",
    "end": "止",
    "enthalpy": "蒸汽焓",
    "expires": "有效期至",
    "factor": "排放因子",
    "file": "文件",
    "first": "起",
    "from": "起",
    "funding": "资金来源",
    "gas": "气体",
    "holder": "持有单位",
    "id": "编号",
    "issued": "出具日期",
    "issuer": "出具单位",
    "items": "所列项目",
    "kind": "种类",
    "last": "止",
    "location": "所在地",
    "met": "是否符合",
    "meter": "计量点",
    "method": "抵消方式",
    "metric": "强度指标",
    "name": "名称",
    "ncv": "实测低位发热量",
    "not_applicable": "不适用",
    "note": "说明",
    "owner": "设施所有者",
    "period": "期间",
    "product": "产品",
    "project": "项目",
    "recognised_by": "认定单位",
    "registry": "登记平台",
    "replaces": "替代的能源",
    "retired": "已核销",
    "role": "作用",
    "saves": "年节约量",
    "share": "分摊比例",
    "source": "来源",
    "start": "起",
    "status": "进度",
    "supports": "支撑的指标",
    "to": "止",
    "unit": "单位",
    "value": "数值",
    "vintage": "年份",
    "groups": "指标组",
    "subs": "二级指标",
    "rows": "指标",
    "rule": "规则",
    "above": "高于多少才得分",
    "at_least": "至少",
    "inclusive": "等于也算",
    "points": "满分",
    "weight": "权重",
    "pass_line": "合格线",
    "": "方案全文",
}


def step_name(route: Route) -> str:
    """What the last step of a route is called: by its whole path, by the title the field carries, else by the step alone."""
    path, last = field_path(route), str(route[-1])
    return STEPS.get(path) or _titles().get(path) or STEPS.get(last) or last


@cache
def _titles() -> dict[str, str]:
    """Titles the plan's own fields carry, by their path."""
    return dict(_walk(Plan, ""))


def _walk(model: Any, above: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, field in model.model_fields.items():
        path = f"{above}.{field.alias or name}".removeprefix(".")
        found += [(path, field.title)] if field.title else []
        for inner in (field.annotation, *get_args(field.annotation)):
            if hasattr(inner, "model_fields"):
                found += _walk(inner, path)
    return found
