"""The types a leaf can have, each reading text exactly and saying in Chinese what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, PlainValidator
from pydantic_core import PydanticCustomError

from zcfdocs.figure import PLAIN_NUMBER
from zcfdocs.finding import Route, Severity, define, suggest

E = Severity.ERROR
FIXED = "方案格式规定了字段的类型。"
define(
    "Z101",
    E,
    "缺少必填内容",
    why="附件2 基本信息表及核算所需的字段须齐全。",
    wrong="factory: {name: 示例公司}",
    right="factory: {name: 示例公司, address: …}",
)
define("Z102", E, "没有这个字段", why="写错的键若被放过，其值就会悄悄丢失。", wrong="adress: 示例路1号", right="address: 示例路1号")
define("Z103", E, "此处应为键值对", why=FIXED, wrong="industry: C3670", right="industry: {code: C3670, name: …}")
define("Z104", E, "此处应为列表", why=FIXED, wrong="main_products: 座椅总成", right="main_products: [座椅总成]")
define("Z105", E, "此处应为一段文字", why=FIXED, wrong="name: [示例公司]", right="name: 示例公司")
define(
    "Z106",
    E,
    "不是普通小数",
    why="数值须精确且只有一种写法：不用千分位、下划线、科学计数、十六进制、全角数字。",
    wrong="amount: 12,000",
    right="amount: 12000",
)
define("Z107", E, "数值超出允许范围", why="用量、产量等不能为负；占比在 0 到 1 之间。", wrong="water: -1", right="water: 62000")
define("Z108", E, "不是日期", why=FIXED, wrong="as_of: 2025年4月30日", right="as_of: 2025-04-30")
define("Z109", E, "不是年月", why=FIXED, wrong="start: 2025年6月", right="start: 2025-06")
define("Z110", E, "不是 true 或 false", why=FIXED, wrong="retired: 是", right="retired: true")
define("Z111", E, "不在允许的取值之内", why=FIXED, wrong="scope2: net", right="scope2: market")
define("Z112", E, "文字为空、过长或含有换行", why="名称一类的字段只占一行；空字段不能代替事实。", wrong='name: ""', right="name: 示例公司")
define(
    "Z113", E, "标识写法不对", why="标识用于引用和文件名，只用字母、数字、点、横线和下划线。", wrong="id: 营业 执照", right="id: licence"
)
define(
    "Z114",
    E,
    "统一社会信用代码不对",
    why="GB 32100-2015：18 位，末位为校验字符。",
    wrong="uscc: 91120111MA0EXAMP1X",
    right="uscc: 91120111MA0EXAMP1P",
)
define("Z115", E, "电子邮箱写法不对", why="附件2 基本信息表：电子邮箱。", wrong="email: zcf.example.com", right="email: zcf@example.com")
define("Z116", E, "行业代码写法不对", why="填写说明二：所属行业依据 GB/T 4754-2017 填写到小类。", wrong="code: 3670", right="code: C3670")
define(
    "Z118",
    E,
    "网址写法不对",
    why="公开发布证明须能打开：http 或 https 开头的完整网址。",
    wrong="url: www.example.com",
    right="url: https://example.com/plan/",
)


class _Hole:
    """Stands in for a value already reported, so that the rest of the plan can still be read and judged."""


HOLE = _Hole()


class Noun(BaseModel):
    """Frozen data read from text; unknown keys are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def leaves(noun: Any, route: Route = ()) -> Iterator[tuple[Route, Any]]:
    """Every value of a noun with its route, lists and nested nouns walked through."""
    if isinstance(noun, Noun):
        for name, field in type(noun).model_fields.items():
            yield from leaves(getattr(noun, name), (*route, field.alias or name))
    elif isinstance(noun, tuple):
        for index, item in enumerate(noun):
            yield from leaves(item, (*route, index))
    elif isinstance(noun, dict):
        for key, item in noun.items():
            yield from leaves(item, (*route, key))
    elif noun is not None:
        yield route, noun


def fault(code: str, message: str, hint: str = "") -> PydanticCustomError:
    return PydanticCustomError(code, "{message}", {"message": message, "hint": hint})


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    shown = "空值" if value is None else "列表" if isinstance(value, list) else "键值对"
    raise fault("Z105", f"此处应为一段文字，现为{shown}")


def leaf(read: Callable[[str], Any], empty: Any, schema: Any = str) -> PlainValidator:
    """The validator of a leaf: `read` gets the text, a hole reads as `empty`, `schema` is the type an editor sees."""

    def validate(value: Any) -> Any:
        return empty if value is HOLE else read(_text(value))

    return PlainValidator(validate, json_schema_input_type=schema)


NUMBER_HINT = "只写普通小数，如 1234.5；不写千分位逗号、单位、百分号和科学计数"


def number(text: str) -> Fraction:
    if PLAIN_NUMBER.fullmatch(text) and len(text) <= 40:
        return Fraction(text)
    if len(text) > 40:
        raise fault("Z106", f"数值太长（{len(text)} 个字符）", "最多 40 个字符")
    half = unicodedata.normalize("NFKC", text).replace(",", "").replace("_", "").replace(" ", "")
    if PLAIN_NUMBER.fullmatch(half):
        raise fault("Z106", f"“{text}”不是普通小数，是不是想写 {half}？", NUMBER_HINT)
    raise fault("Z106", f"“{text}”不是普通小数", NUMBER_HINT)


def _bounded(low: int | None, high: int | None, strict: bool = False) -> Callable[[str], Fraction]:
    def read(text: str) -> Fraction:
        value = number(text)
        if low is not None and (value < low or (strict and value == low)):
            raise fault("Z107", f"数值须{'大于' if strict else '不小于'} {low}，现为 {text}")
        if high is not None and value > high:
            raise fault("Z107", f"数值须不大于 {high}，现为 {text}")
        return value

    return read


def ratio(text: str) -> Fraction:
    """A share written as 60% or 0.6."""
    return number(text[:-1]) / 100 if text.endswith("%") else number(text)


def day(text: str) -> date:
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        raise fault("Z108", f"没有 {text} 这一天", "写成 年-月-日，如 2025-04-30") from None
    raise fault("Z108", f"“{text}”不是日期", "写成 年-月-日，月和日各两位，如 2025-04-30")


def month(text: str) -> str:
    if re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])(-[0-9]{2})?", text):
        return text
    raise fault("Z109", f"“{text}”不是年月", "写成 年-月，如 2025-06")


def year(text: str) -> int:
    if re.fullmatch(r"(19|20|21)[0-9]{2}", text):
        return int(text)
    raise fault("Z106", f"“{text}”不是年份", "写四位年份，如 2024")


def flag(text: str) -> bool:
    if text in ("true", "false"):
        return text == "true"
    raise fault("Z110", f"“{text}”不是 true 或 false", "是写 true，否写 false")


def line(text: str) -> str:
    """One line of text, as names and titles are."""
    if not text.strip():
        raise fault("Z112", "文字为空", "请填写内容；没有内容的选填字段可整行删去")
    if "\n" in text.strip() or len(text) > 500:
        raise fault("Z112", f"此字段只写一行、不超过 500 字，现为 {len(text)} 字")
    return text.strip()


def prose(text: str) -> str:
    if not text.strip():
        raise fault("Z112", "文字为空", "请填写内容；没有内容的选填字段可整行删去")
    if len(text) > 20_000:
        raise fault("Z112", f"文字过长（{len(text)} 字）", "不超过 20000 字")
    return text.strip()


def slug(text: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", text):
        return text
    raise fault("Z113", f"“{text}”不能作标识", "以字母或数字开头，只用字母、数字、点、横线、下划线，最多 64 个")


USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def uscc_check(text: str) -> str:
    """The check character of the first 17 of a unified social credit code, GB 32100-2015: weights 3^i mod 31."""
    total = sum(USCC_ALPHABET.index(character) * pow(3, index, 31) for index, character in enumerate(text[:17]))
    return USCC_ALPHABET[(31 - total) % 31]


def uscc(text: str) -> str:
    if len(text) != 18:
        raise fault("Z114", f"统一社会信用代码须为 18 位，现为 {len(text)} 位：{text}", "照营业执照抄写，字母用大写半角")
    if bad := [character for character in text if character not in USCC_ALPHABET]:
        raise fault("Z114", f"统一社会信用代码中不会有字符“{bad[0]}”：{text}", "只用数字和大写字母，且没有 I O S V Z")
    if text[17] != uscc_check(text):
        raise fault("Z114", f"统一社会信用代码校验不通过：{text} 的末位应为 {uscc_check(text)}，可能有一位写错", "请与营业执照逐位核对")
    return text


def industry_code(text: str) -> str:
    if re.fullmatch(r"[A-T][0-9]{4}", text):
        return text
    raise fault("Z116", f"行业代码应为一位大写字母加四位数字，现为“{text}”", "按 GB/T 4754-2017 写到小类，如 C3670")


def email(text: str) -> str:
    if len(text) <= 254 and re.fullmatch(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", text):
        return text
    raise fault("Z115", f"“{text}”不是电子邮箱", "如 name@example.com")


def url(text: str) -> str:
    if len(text) <= 2000 and re.fullmatch(r"https?://[^\s/<>\"']+(/[^\s<>\"']*)?", text):
        return text
    raise fault("Z118", f"“{text}”不是完整网址", "以 https:// 或 http:// 开头，不含空格和引号")


def choice(*allowed: str) -> PlainValidator:
    """One of the named words; the first stands in for a hole."""

    def read(text: str) -> str:
        if text in allowed:
            return text
        raise fault("Z111", f"“{text}”不在允许的取值之内。{suggest(text, allowed)}", f"可取：{'、'.join(allowed)}")

    return leaf(read, allowed[0], Literal[allowed])


Text = Annotated[str, leaf(line, "")]
Prose = Annotated[str, leaf(prose, "")]
Slug = Annotated[str, leaf(slug, "")]
Number = Annotated[Fraction, leaf(number, Fraction(0), float)]
Amount = Annotated[Fraction, leaf(_bounded(0, None), Fraction(0), float)]
Positive = Annotated[Fraction, leaf(_bounded(0, None, strict=True), Fraction(1), float)]
Share = Annotated[Fraction, leaf(_bounded(0, 1), Fraction(0), float)]
Ratio = Annotated[Fraction, leaf(ratio, Fraction(0))]
YearNumber = Annotated[int, leaf(year, 0, int)]
Day = Annotated[date, leaf(day, date.min, date)]
Month = Annotated[str, leaf(month, "")]
Flag = Annotated[bool, leaf(flag, False, bool)]
Uscc = Annotated[str, leaf(uscc, "")]
IndustryCode = Annotated[str, leaf(industry_code, "")]
Email = Annotated[str, leaf(email, "")]
Url = Annotated[str, leaf(url, "")]
