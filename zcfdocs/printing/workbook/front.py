"""说明: what the workbook is, which version of the plan it was made from, how its cells are coloured."""

from __future__ import annotations

from collections.abc import Sequence

from zcfdocs.dossier import Dossier
from zcfdocs.manuscript.annexes import options
from zcfdocs.manuscript.notation import day
from zcfdocs.printing.workbook.sheet import Sheet, Style

NAME = "说明"
COLOURS = (
    ("input", "方案填报的数据和佐证核对结果，可改动试算"),
    ("factor", "因子、折算系数和目录规定的分值、门槛"),
    ("link", "取自其他单元格的数"),
    ("result", "由公式算出的数"),
    ("total", "合计和最终结果"),
)


def front(dossier: Dossier, sheets: Sequence[Sheet]) -> Sheet:
    """The first sheet; `sheets` are those that follow it."""
    plan, card = dossier.plan, dossier.card
    sheet = Sheet(NAME, f"{plan.factory.applicant_name}计算表", dossier.catalogue.title, ("项目", "内容"), (26, 100), pages=1)
    commit = card["source"]["commit"]
    pairs = [
        ("工厂名称", plan.factory.name),
        ("申报单位", plan.factory.applicant_name),
        ("统一社会信用代码", plan.factory.uscc),
        ("所在辖区", dossier.district_name),
        ("填报日", day(plan.as_of)),
        ("方案校验值", card["plan"]["digest"]),
        ("提交", f"{commit or '未提交'}{'（含未提交的改动）' if card['source']['dirty'] else ''}"),
        ("指标目录", f"{card['catalogue']['id']}（{card['catalogue']['digest']}）"),
    ]
    _pairs(sheet, "一、本表对应的方案", pairs)
    _pairs(sheet, "二、核算选项", [(row[0].lines[0], row[1].lines[0]) for row in options(dossier).groups[0]])
    _pairs(sheet, "三、各表内容", [(other.name, other.title) for other in sheets])
    sheet.section("四、单元格颜色")
    for look, told in COLOURS:
        sheet.put(0, "示例", Style(f"{look}_sample"))
        sheet.put(1, told, Style("text"))
        sheet.advance()
    sheet.section("五、使用说明")
    texts = (
        "除填报数据、因子和目录规定的分值外，各表数值均由公式算出，可选中单元格查看算式；改动填报数据后，相关结果随之变化。",
        "单元格保存完整数值，显示位数与试点方案一致；比较和判断以未取整的数值为准。",
        "“—”表示当年没有该项；“无数据”表示方案未填写计算所需的数据。标“未核实”的因子未能与标准原文核对。",
        "本表由试点方案自动生成，以试点方案为准；得分为企业自评，标明“直接取值”的得分按理由判定，不由公式算出。",
        "“理由”“是否计入”“基本要求”等文字为报送数据下的说明，不随试算变化。",
    )
    for number, text in enumerate(texts, 1):
        sheet.put(0, str(number), Style("centred"))
        sheet.put(1, text, Style("text"))
        sheet.advance()
    return sheet


def _pairs(sheet: Sheet, title: str, pairs: Sequence[tuple[str, str]]) -> None:
    sheet.section(title)
    for name, told in pairs:
        sheet.put(0, name, Style("name"))
        sheet.put(1, told, Style("text"))
        sheet.advance()
