"""Pandoc in its sandbox: it reads what it is given on the command line and the text, no other file and no address."""

from __future__ import annotations

import base64
import re
import subprocess
import tempfile
from collections.abc import Collection
from datetime import UTC, date, datetime, time
from pathlib import Path

import pypandoc

from zcfdocs.charts import svg_png
from zcfdocs.errors import ZcfError
from zcfdocs.manuscript.breaking import JOINER
from zcfdocs.manuscript.manuscript import Manuscript
from zcfdocs.places import THEME
from zcfdocs.printing.pagination import marked

TIMEOUT = 120
OPTIONS = ("--from=html-auto_identifiers", "--to=docx", "--sandbox", "--metadata=lang:zh-CN")
PICTURE = re.compile(r'src="data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)"')
BODY = re.compile(r"<body>(.*)</body>", re.DOTALL)
HEAD_CELL = re.compile(r"<th(?=[\s>])")


def convert(manuscript: Manuscript, starts: Collection[int] = ()) -> bytes:
    """A docx with the styles of the theme, whose pages, tables and properties are still pandoc's; `starts` have a bookmark."""
    body = BODY.search(PICTURE.sub(_png, marked(manuscript.html, starts).replace(JOINER, "")))
    # The filter can tell head cells only by an attribute: pandoc knows them in the first columns and rows alone.
    text = HEAD_CELL.sub('<th data-head="1"', body[1]) if body else ""
    with tempfile.TemporaryDirectory(prefix="zcf-word-") as folder:
        out = Path(folder) / "out.docx"
        files = (f"--reference-doc={THEME / 'word/reference.docx'}", f"--lua-filter={THEME / 'word/filter.lua'}", f"--output={out}")
        environment = {"SOURCE_DATE_EPOCH": str(int(moment(manuscript.day).timestamp())), "LC_ALL": "C.UTF-8", "HOME": folder}
        try:
            done = subprocess.run(
                [pypandoc.get_pandoc_path(), *OPTIONS, *files],
                input=text.encode(),
                capture_output=True,
                env=environment,
                timeout=TIMEOUT,
                check=False,
            )
        except OSError as error:
            raise ZcfError("找不到 pandoc，无法生成 Word", "pip install pypandoc_binary") from error
        except subprocess.TimeoutExpired as error:
            raise ZcfError(f"pandoc 超过 {TIMEOUT} 秒没有完成", "方案正文可能异常庞大，请检查") from error
        if done.returncode:
            told = done.stderr.decode("utf-8", "replace").strip()
            raise ZcfError(f"pandoc 失败：{told}", "请重新安装 pypandoc_binary，或附上方案报告此问题")
        return out.read_bytes()


def moment(day: date) -> datetime:
    """The beginning of the document's own day, so that the bytes know no clock; Word's format begins in 1980."""
    return datetime.combine(max(day, date(1980, 1, 1)), time(), UTC)


def _png(match: re.Match[str]) -> str:
    """Word wants a bitmap instead of SVG; as wide as on paper, where its pixels are finer than 300 to the inch."""
    png = svg_png(base64.b64decode(match[1]).decode())
    return f'width="150mm" src="data:image/png;base64,{base64.b64encode(png).decode()}"'
