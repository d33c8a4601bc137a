"""Checks of who and where the factory is: stage, district, chain, ownership, industry and credit code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from zcfdocs.checks.registry import Case, Problem, check
from zcfdocs.finding import Severity, suggest
from zcfdocs.outline import plain_title

E, W = Severity.ERROR, Severity.WARNING
SLUG = re.compile(r"[a-z0-9-]+")
WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def organisation_check(body: str) -> str:
    """The check character of an eight-character organisation code, GB 11714: weighted sum mod 11, 10 → X, 11 → 0."""
    left = 11 - sum(int(character, 36) * weight for character, weight in zip(body, WEIGHTS, strict=True)) % 11
    return "X" if left == 10 else "0" if left == 11 else str(left)


def _folders(case: Case) -> tuple[str, str] | None:
    """The district's and the factory's folder, where the path has the form plans/<district>/<slug>/plan.md."""
    parts = PurePosixPath(case.reading.source.path).parts
    return (parts[-3], parts[-2]) if len(parts) >= 4 and parts[-4] == "plans" else None


@check("Z218", E, why="方案的进程由目录的阶段规定（通知 三、工作程序）。", wrong="stage: submit", right="stage: submitted")
def stage_is_known(case: Case) -> Iterator[Problem]:
    """没有这个阶段。"""
    stages = {stage.key: stage.name for stage in case.rulebook.catalogue.stages}
    found = case.plan.stage
    if found not in stages:
        listed = "、".join(f"{key}（{name}）" for key, name in stages.items())
        yield Problem(("stage",), f"没有阶段 {found}。{suggest(found, stages)}", f"可取：{listed}")


@check("Z201", E, why="附件2 封面：所在辖区。辖区以目录所列的区为准。", wrong="district: xiqin", right="district: xiqing")
def district_is_listed(case: Case) -> Iterator[Problem]:
    """所在辖区不在目录的区名单中。"""
    names = {district.key: district.name for district in case.rulebook.catalogue.districts}
    found = case.plan.factory.district
    if found not in names:
        by_name = next((f"是不是想写 {key}？" for key, name in names.items() if name == found), suggest(found, names))
        listed = "、".join(f"{key}（{name}）" for key, name in names.items())
        yield Problem(("factory", "district"), f"没有辖区 {found}。{by_name}", f"可取：{listed}")


@check("Z202", W, why="方案放在 plans/<辖区>/<名称>/，由所在辖区推荐（通知 三（一））。", wrong="plans/binhai/… 中写 district: xiqing",
       right="plans/xiqing/… 中写 district: xiqing")  # fmt: skip
def folder_agrees_with_the_district(case: Case) -> Iterator[Problem]:
    """文件夹与所在辖区不一致。"""
    folders, district = _folders(case), case.plan.factory.district
    if folders and folders[0] != district and case.rulebook.catalogue.district(district):
        yield Problem(
            ("factory", "district"), f"方案放在 {folders[0]} 的文件夹，所在辖区却是 {district}", f"移到 plans/{district}/，或改正辖区"
        )


@check("Z220", W, why="文件夹名用作网址和文件名：只用小写字母、数字和横线。", wrong="plans/xiqing/Shili_Parts/",
       right="plans/xiqing/shili-parts/")  # fmt: skip
def folder_is_a_slug(case: Case) -> Iterator[Problem]:
    """方案文件夹名写法不对。"""
    folders = _folders(case)
    if folders and not SLUG.fullmatch(folders[1]):
        better = re.sub(r"[^a-z0-9]+", "-", folders[1].lower()).strip("-") or "shili-parts"
        yield Problem((), f"文件夹名“{folders[1]}”含小写字母、数字、横线以外的字符", f"可改为 {better}")


@check("Z203", W, why="功能区位于某一辖区之内，经该区推荐。", wrong="district: xiqing 而 sub_area: 经开区",
       right="district: binhai, sub_area: 经开区")  # fmt: skip
def sub_area_lies_in_the_district(case: Case) -> Iterator[Problem]:
    """功能区不属于所在辖区。"""
    factory, areas = case.plan.factory, case.rulebook.catalogue.sub_areas
    own = [name for area in areas if area.district == factory.district for name in area.names]
    if factory.sub_area is None or factory.sub_area in own:
        return
    elsewhere = next((area.district for area in areas if factory.sub_area in area.names), None)
    message = f"功能区 {factory.sub_area} " + (f"在 {elsewhere}，不在 {factory.district}" if elsewhere else "不在目录的名单中")
    hint = f"{factory.district} 的功能区：{'、'.join(own)}" if own else f"{factory.district} 没有列出功能区，可删去此项"
    yield Problem(("factory", "sub_area"), f"{message}。{suggest(factory.sub_area, own)}", hint, (("factory", "district"),))


@check("Z204", E, why="通知 三（一）重点产业链，以目录所列为准，可写“其他”。", wrong="chain: 汽车", right="chain: 汽车和新能源汽车")
def chain_is_listed(case: Case) -> Iterator[Problem]:
    """重点产业链不在名单中。"""
    chain, chains = case.plan.factory.chain, case.rulebook.catalogue.chains
    if chain is not None and chains and chain not in chains:
        near = suggest(chain, chains) or next((f"是不是想写 {name}？" for name in chains if chain in name), "")
        yield Problem(("factory", "chain"), f"没有重点产业链“{chain}”。{near}", f"可取：{'、'.join(chains)}")


@check("Z205", E, why="附件2 基本信息表：单位性质六选一。", wrong="ownership: 民营", right="ownership: private")
def ownership_is_listed(case: Case) -> Iterator[Problem]:
    """单位性质不在六项之内。"""
    kinds = {kind.key: kind.name for kind in case.rulebook.catalogue.ownership}
    found = case.plan.factory.ownership
    if found not in kinds:
        by_name = next((f"是不是想写 {key}？" for key, name in kinds.items() if name == found), suggest(found, kinds))
        yield Problem(
            ("factory", "ownership"),
            f"没有单位性质 {found}。{by_name}",
            f"可取：{'、'.join(f'{key}（{name}）' for key, name in kinds.items())}",
        )


def _is_manufacturing(case: Case) -> bool:
    code = case.plan.factory.industry.code
    sections = {section.code: {division.code for division in section.divisions} for section in case.rulebook.classification.sections}
    return code[:1] == case.rulebook.catalogue.industries.section and code[1:3] in sections.get(code[:1], ())


@check("Z206", E, why="附件1-2 第1条：申报主体为生产制造型企业；填写说明二：行业按 GB/T 4754-2017。", wrong="code: D4411",
       right="code: C3670")  # fmt: skip
def industry_is_manufacturing(case: Case) -> Iterator[Problem]:
    """行业代码不属于可申报的门类和大类。"""
    code = case.plan.factory.industry.code
    if not _is_manufacturing(case):
        key = case.rulebook.catalogue.industries.section
        section = next((item for item in case.rulebook.classification.sections if item.code == key), None)
        name = f"{key} 门类（{section.name}，大类 {section.divisions[0].code}—{section.divisions[-1].code}）" if section else f"{key} 门类"
        yield Problem(("factory", "industry", "code"), f"行业代码 {code} 不属于 {name}", "按 GB/T 4754-2017 写到小类，如 C3670")


@check("Z207", W, why="填写说明二：所属行业依据 GB/T 4754-2017 填写到小类。", wrong="code: C3699", right="code: C3670")
def industry_class_is_known(case: Case) -> Iterator[Problem]:
    """行业小类代码查不到。"""
    code, classes = case.plan.factory.industry.code, case.rulebook.classification.classes
    if classes and _is_manufacturing(case) and code not in case.rulebook.classification.names:
        near = [f"{item.code} {item.name}" for item in classes if item.code[:4] == code[:4]] or [
            f"{i.code} {i.name}" for i in classes if i.code[:3] == code[:3]
        ]
        hint = f"相近的小类：{'、'.join(near[:12])}" if near else ""
        yield Problem(("factory", "industry", "code"), f"{case.rulebook.classification.title}中没有小类 {code}", hint)


@check("Z208", W, why="填写说明二：行业名称与代码须是同一小类。", wrong="{code: C3670, name: 汽车零部件}",
       right="{code: C3670, name: 汽车零部件及配件制造}")  # fmt: skip
def industry_name_is_the_classes(case: Case) -> Iterator[Problem]:
    """行业名称与代码不符。"""
    industry = case.plan.factory.industry
    known = case.rulebook.classification.names.get(industry.code)
    if known is not None and plain_title(known) != plain_title(industry.name):
        message = f"行业名称“{industry.name}”与代码 {industry.code} 的“{known}”不符"
        yield Problem(("factory", "industry", "name"), message, f"写 {known}，或改正代码", (("factory", "industry", "code"),))


@check("Z209", W, why="GB 32100-2015：第 9—17 位为主体标识码，末位是 GB 11714 的校验字符。", wrong="uscc: 91120111MA0EXAMP7A",
       right="uscc: 91120111MA0EXAMP1P")  # fmt: skip
def organisation_code_checks(case: Case) -> Iterator[Problem]:
    """统一社会信用代码中的主体标识码校验不通过。"""
    code = case.plan.factory.uscc
    if len(code) == 18 and code[16] != organisation_check(code[8:16]):
        message = f"{code} 的第 9—17 位 {code[8:17]} 校验不通过，第 17 位应为 {organisation_check(code[8:16])}"
        yield Problem(("factory", "uscc"), message, "请与营业执照逐位核对；末位校验虽通过，仍可能两位写错")


@check("Z212", W, why="附件1-2 第1条：注册登记在本市范围内；信用代码第 3—8 位是登记机关所在地的行政区划。", wrong="uscc: 91310000…",
       right="uscc: 91120111…")  # fmt: skip
def registered_in_the_place(case: Case) -> Iterator[Problem]:
    """统一社会信用代码的登记地不在本地。"""
    code, prefix = case.plan.factory.uscc, case.rulebook.catalogue.registration_prefix
    if len(code) == 18 and prefix and not code[2:8].startswith(prefix):
        message = f"{code} 的登记地区划为 {code[2:8]}，{case.rulebook.catalogue.place}的以 {prefix} 开头"
        yield Problem(("factory", "uscc"), message, "在国家或外地登记的，须说明注册登记、税务征管关系如何符合基本要求 1")
