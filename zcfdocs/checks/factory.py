"""Checks of the form's own words: dates, validity, phone, profile and what is kept from the page (附件2 基本信息表)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zcfdocs.checks.registry import Case, Problem, check
from zcfdocs.finding import Severity, suggest
from zcfdocs.plan import open_day

E, W, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
# Word counts each CJK character and punctuation mark as one, each run of Latin letters or digits as one.
WORDS = re.compile(r"[A-Za-z0-9]+(?:[.,'’_-][A-Za-z0-9]+)*|[^\sA-Za-z0-9]")
# Mobile, fixed line with area code and extension, or a 400 number.
PHONE = re.compile(r"(?:\+?86[- ]?)?(?:1[3-9]\d{9}|0\d{2,3}[- ]?\d{7,8}(?:[-转]\d{1,6})?|[48]00[- ]?\d{3}[- ]?\d{4})")
OPEN_END = "长期"


def word_count(text: str) -> int:
    """字数 as Word shows it."""
    return len(WORDS.findall(text))


@check("Z210", E, why="附件2：工厂简介 500 字以内（按 Word 字数）。", wrong="profile 超过 500 字", right="profile 不超过 500 字")
def profile_is_short_enough(case: Case) -> Iterator[Problem]:
    """工厂简介超过字数上限。"""
    count, limit = word_count(case.plan.factory.profile), case.rulebook.catalogue.profile.limit
    if count > limit:
        yield Problem(("factory", "profile"), f"工厂简介有 {count} 字（按 Word 字数），上限 {limit} 字", f"请删减 {count - limit} 字以上")


@check("Z211", INFO, why="附件2：简介至少应包含企业基本情况、经营状况、主要工艺、所获荣誉情况。", wrong="profile 只写了主要工艺",
       right="profile 四方面都写到")  # fmt: skip
def profile_touches_its_topics(case: Case) -> Iterator[Problem]:
    """工厂简介似未写到应有的内容。"""
    profile = case.plan.factory.profile
    lacking = [topic.name for topic in case.rulebook.catalogue.profile.topics if not any(word in profile for word in topic.words)]
    if lacking:
        yield Problem(("factory", "profile"), f"工厂简介似未写到：{'、'.join(lacking)}", "请补充；若已用别的说法写到，可不理会")


@check("Z213", E, why="附件2 基本信息表：成立日期。", wrong="founded: 2035-05-20", right="founded: 2008-05-20")
def founded_before_as_of(case: Case) -> Iterator[Problem]:
    """成立日期晚于填报日。"""
    founded, as_of = case.plan.factory.founded, case.plan.as_of
    if founded > as_of:
        yield Problem(("factory", "founded"), f"成立日期 {founded} 晚于填报日 as_of {as_of}", "照营业执照填写", (("as_of",),))


@check("Z214", E, why="附件2 基本信息表：有效期，照营业执照写日期或“长期”。", wrong="valid_until: 20年", right="valid_until: 2038-05-19")
def validity_is_a_date_or_open(case: Case) -> Iterator[Problem]:
    """有效期不是日期，也不是“长期”。"""
    text = case.plan.factory.valid_until
    if text != OPEN_END and open_day(text) is None:
        yield Problem(
            ("factory", "valid_until"), f"有效期为“{text}”", f"可写截止日期，如 2038-05-19，或写 {OPEN_END}（无固定期限也写 {OPEN_END}）"
        )


@check("Z215", W, why="附件1-2 第1条：企业应依法设立；营业执照须在有效期内。", wrong="valid_until: 2024-05-19（as_of 2025-04-30）",
       right="valid_until: 2044-05-19")  # fmt: skip
def licence_is_in_force(case: Case) -> Iterator[Problem]:
    """营业执照在填报日已过有效期。"""
    ends = open_day(case.plan.factory.valid_until)
    if ends is not None and ends < case.plan.as_of:
        message = f"营业执照有效期至 {ends}，填报日 {case.plan.as_of} 已过期"
        yield Problem(("factory", "valid_until"), message, "换照后填写新的有效期", (("as_of",),))


@check("Z216", W, why="附件2 基本信息表：联系电话，供主管部门联系。", wrong="phone: 1234567", right="phone: 022-23456789")
def phone_has_a_known_shape(case: Case) -> Iterator[Problem]:
    """联系电话不像电话号码。"""
    phone = case.plan.factory.phone
    if not PHONE.fullmatch(phone):
        yield Problem(("factory", "phone"), f"联系电话“{phone}”不像电话号码", "固定电话带区号，如 022-23456789；手机 11 位")


@check("Z217", E, why="企业可对公开页面保留的字段由目录规定；排放总量、目标和得分不得保留。", wrong="confidential: [years.energy]",
       right="confidential: [years.products.amount]")  # fmt: skip
def only_what_may_be_kept_is_kept(case: Case) -> Iterator[Problem]:
    """此字段不能对公开页面保留。"""
    allowed = {item.field: item.name for item in case.rulebook.catalogue.may_keep}
    for index, name in enumerate(case.plan.confidential):
        if name not in allowed:
            listed = "、".join(f"{key}（{title}）" for key, title in allowed.items())
            yield Problem(("confidential", index), f"{name} 不能保留不公开。{suggest(name, allowed)}", f"可保留：{listed}")


@check("Z219", W, why="附件2 主要产品；附件1-3 5.3：主要产品碳强度须逐年计算，主要产品都应有产量数据。",
       wrong="main_products: [座椅总成, 头枕]（years 中只有座椅总成）", right="years.products 中也列出头枕")  # fmt: skip
def main_products_have_data(case: Case) -> Iterator[Problem]:
    """主要产品在基准年没有产量数据。"""
    index = case.plan.year(case.plan.accounting.baseline, "actual")
    if index is None:
        return
    made = [product.name for product in case.plan.years[index].products]
    for position, name in enumerate(case.plan.factory.main_products):
        if name not in made:
            message = f"主要产品 {name} 在基准年 {case.plan.accounting.baseline} 没有产量数据。{suggest(name, made)}"
            hint = f"years 中该年的产品：{'、'.join(made) or '无'}；名称应一致"
            yield Problem(("factory", "main_products", position), message, hint, (("accounting", "baseline"), ("years", index, "products")))
