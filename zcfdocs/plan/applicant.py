"""Who applies: 基本信息表 of 附件2, the basic requirements and conditions, the diagnosis."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from zcfdocs.fields import Day, Email, IndustryCode, Noun, Prose, Text, Uscc, choice
from zcfdocs.plan.words import Ids


def open_day(text: str) -> date | None:
    """The date of a licence's 有效期, which may also say 长期: None."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


class Industry(Noun):
    code: IndustryCode = Field(title="行业代码")
    name: Text = Field(title="行业名称")


class Factory(Noun):
    """基本信息表, 附件2."""

    name: Text = Field(title="工厂名称")
    address: Text = Field(title="通讯地址")
    district: Text = Field(title="所在辖区")
    industry: Industry = Field(title="所属行业")
    main_products: tuple[Text, ...] = Field(title="主要产品")
    applicant: Text | None = Field(None, title="申报单位")
    site: Text | None = Field(None, title="厂区")
    sub_area: Text | None = Field(None, title="功能区")
    chain: Text | None = Field(None, title="重点产业链")
    former_names: tuple[Text, ...] = Field((), title="曾用名")
    licence_type: Text | None = Field(None, title="营业执照类型")
    ownership: Text = Field(title="单位性质")
    uscc: Uscc = Field(title="统一社会信用代码")
    legal_representative: Text = Field(title="法定代表人")
    registration_authority: Text = Field(title="注册机关")
    registered_capital: Text = Field(title="注册资本")
    founded: Day = Field(title="成立日期")
    valid_until: Text = Field(title="有效期")
    department: Text = Field(title="申报工作联系部门")
    contact: Text = Field(title="联系人")
    phone: Text = Field(title="联系电话")
    email: Email = Field(title="电子邮箱")
    profile: Prose = Field(title="工厂简介")

    @property
    def applicant_name(self) -> str:
        return str(self.applicant or self.name)


class Requirement(Noun):
    """One of the basic requirements (附件1-2) or application conditions."""

    id: Text
    met: Annotated[str, choice("met", "not_met", "not_applicable")]
    basis: Text | None = Field(None, title="符合性依据")
    evidence: Ids = ()


class Diagnosis(Noun):
    by: Text
    date: Day
    evidence: Ids = ()
