"""A look at the machine: what is there, what is missing, and the command that mends it."""

from __future__ import annotations

import shutil
from collections.abc import Callable

from zcfdocs.places import INDICATORS, MKDOCS, THEME
from zcfdocs.versions import fonts, library, library_version, package, version_lines

FONTS = ("FandolFang-Regular", "FandolHei-Regular", "FandolKai-Regular", "FandolSong-Bold", "ZcfFallback-Regular", "ZcfSigns-Regular")
MENDS = {
    "pango": "Debian/Ubuntu：sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0；macOS：brew install pango",
    "harfbuzz": "Debian/Ubuntu：sudo apt-get install libharfbuzz0b；macOS：brew install harfbuzz",
    "harfbuzz-subset": "Debian/Ubuntu：sudo apt-get install libharfbuzz-subset0；macOS：brew install harfbuzz。没有它，PDF 会慢十倍以上",
}


def examine_machine(tell: Callable[[str], None]) -> int:
    """Print the state line by line; returns how many things are missing."""
    for line in version_lines():
        tell(line)
    complaints = list(_missing())
    for name, mend in complaints:
        tell(f"缺少 {name}\n    {mend}")
    tell("环境齐备" if not complaints else f"共缺 {len(complaints)} 项；在 Debian/Ubuntu 上直接运行 ./zcf build 会自动安装")
    return len(complaints)


def _missing() -> list[tuple[str, str]]:
    found = []
    found += [(f"系统库 {name}（{library_version(name)}）", mend) for name, mend in MENDS.items() if library(name) is None]
    try:
        import pypandoc  # starts a process: only here

        pypandoc.get_pandoc_path()
    except (ImportError, OSError):
        found.append(("pandoc", "pip install pypandoc_binary"))
    found += [
        (f"字体 {name}", f"应在 {THEME / 'fonts'}，请重新取得仓库中的这个文件")
        for name in FONTS
        if name not in {path.stem for path in fonts()}
    ]
    found += [
        (f"Python 包 {name}", f"pip install {name}")
        for name in ("weasyprint", "mkdocs-material", "vl-convert-python")
        if package(name) == "未安装"
    ]
    found += [(str(path), "仓库不完整，请重新克隆") for path in (INDICATORS, THEME, MKDOCS) if not path.exists()]
    if shutil.which("git") is None:
        found.append(("git", "Debian/Ubuntu：sudo apt-get install git；macOS：xcode-select --install；Windows：git-scm.com"))
    return found
