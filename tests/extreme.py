"""A plan at the limits of what a factory may write: the longest profile, thirty projects, sixty rows, rare characters, empty optional parts."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

HERE = Path(__file__).parent
ORACLE = HERE / "cases" / "oracle"
# Forty characters, some of which no Chinese office font of the nineties has.
NAME = "天津市滨海新区喆堃奡媖镕赟垚淼犇骉新能源汽车零部件精密制造与绿色智能装备集团有限公司"
PEOPLE = ("奡媖·喆堃", "龑翀")
SENTENCE = "企业主要工艺包括冲压、焊接、发泡、缝纫和总装，采用GB/T 23331能源管理体系，单位产品综合能耗10.56 kgce/套。"
ROWS, PROJECTS = 60, 30


def write(folder: Path) -> Path:
    """plan.md with its evidence in a new folder."""
    text = (ORACLE / "plan.md").read_text(encoding="utf-8")
    text = text.replace("天津示例零部件有限公司\n", f"{NAME}\n", 1).replace("张三", PEOPLE[0], 1).replace("李四", PEOPLE[1], 1)
    text = re.sub(r"  profile: \|\n(    .*\n)+", f"  profile: |\n    {_profile()}\n", text, count=1)
    text = re.sub(r"^projects:\n(?:  .*\n)+", f"projects:\n{_projects()}", text, count=1, flags=re.MULTILINE)
    text = re.sub(r"^benchmarks:\n(?:  .*\n)+", "", text, count=1, flags=re.MULTILINE)
    text = text.replace("## （四）节能降碳难点分析\n", f"## （四）节能降碳难点分析\n\n{_table()}\n{_long_words()}\n", 1)
    text = text.replace("# 五、保障措施\n", f"# 五、保障措施\n\n{_lists()}\n", 1)
    shutil.copytree(ORACLE / "evidence", folder / "evidence")
    path = folder / "plan.md"
    path.write_text(text, encoding="utf-8")
    return path


def _profile() -> str:
    """500 characters of the notice's counting, the whole allowance."""
    return (SENTENCE * 20).replace(" ", "")[:499] + "。"


def _projects() -> str:
    return "".join(
        f"  - name: 第{number}期{'喆堃车间' * (number % 4)}节能降碳改造\n    area: retrofit\n    content: {SENTENCE * (1 + number % 3)}\n"
        f"    start: 2025-06\n    end: 2026-03\n    investment: {number * 12345.67:.2f}\n"
        f"    saves: {{energy: {number}, co2: {number * 2.5}, water: 0}}\n    supports: [4.1.1]\n    role: 降低能耗\n    status: planned\n"
        for number in range(1, PROJECTS + 1)
    )


def _table() -> str:
    rows = "".join(
        f"| {number} | 设备{number}号{'，附属管线与控制系统' * (number % 3)} | {number * 1234.5:.1f} | {'是' if number % 2 else '否'} |\n"
        for number in range(1, ROWS + 1)
    )
    return f"| 序号 | 设备 | 年用电量（kWh） | 是否高效 |\n|---|---|---:|---|\n{rows}"


def _long_words() -> str:
    return f"\n数据接口地址为 https://example.com/{'very-long-path-' * 8}end ，校验值为 {'0123456789abcdef' * 6}[^长]。\n\n[^长]: {SENTENCE * 3}\n"


def _lists() -> str:
    return "".join(f"- 第{number}项措施：{SENTENCE}\n\n    1. 责任部门为设备部（{PEOPLE[1]}）。\n\n" for number in range(1, 9))
