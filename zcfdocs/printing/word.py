"""试点方案.docx: pandoc turns the manuscript into Word, python-docx sets pages, headers and what a file says of itself."""

from __future__ import annotations

import base64
import io
import re
import subprocess
import tempfile
import zipfile
from datetime import UTC, date, datetime, time
from pathlib import Path

import pypandoc
from docx import Document
from docx.document import Document as Doc
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section, _BaseHeaderFooter
from docx.shared import Mm
from docx.text.paragraph import Paragraph

from zcfdocs.charts import svg_png
from zcfdocs.errors import ZcfError
from zcfdocs.manuscript.compose import Manuscript
from zcfdocs.places import THEME
from zcfdocs.printing.artifact import Artifact

NAME = "试点方案.docx"
TIMEOUT = 120
OPTIONS = ("--from=html", "--to=docx", "--sandbox", "--metadata=lang:zh-CN")
PICTURE = re.compile(r'src="data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)"')
PAGES = re.compile(r'<section class="leaf" data-page="([a-z]+)">')
BODY = re.compile(r"<body>(.*)</body>", re.DOTALL)
NUMBERED = ("opening", "main", "wide")
ZIP_DAY = (1980, 1, 1, 0, 0, 0)


def print_word(manuscript: Manuscript) -> Artifact:
    """The same bytes for the same HTML. Raises ZcfError where pandoc is missing or fails."""
    document = Document(io.BytesIO(_convert(manuscript)))
    pages = PAGES.findall(manuscript.html)
    document.settings.odd_and_even_pages_header_footer = True
    for section, page in zip(document.sections, pages, strict=True):
        _page(section, page, manuscript.draft)
    _tables(document)
    _properties(document, manuscript)
    out = io.BytesIO()
    document.save(out)
    return Artifact(NAME, repacked(out.getvalue()))


def _convert(manuscript: Manuscript) -> bytes:
    """Pandoc in its sandbox: it reads what it is given on the command line and the text, no other file and no address."""
    body = BODY.search(PICTURE.sub(_png, manuscript.html))
    text = body[1] if body else ""
    with tempfile.TemporaryDirectory(prefix="zcf-word-") as folder:
        out = Path(folder) / "out.docx"
        files = (f"--reference-doc={THEME / 'word/reference.docx'}", f"--lua-filter={THEME / 'word/filter.lua'}", f"--output={out}")
        environment = {"SOURCE_DATE_EPOCH": str(_epoch(manuscript.day)), "LC_ALL": "C.UTF-8", "HOME": folder}
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


def _epoch(day: date) -> int:
    """Seconds of the plan's own day, so that the bytes know no clock; Word's format begins in 1980."""
    return int(datetime.combine(max(day, date(1980, 1, 1)), time(), UTC).timestamp())


def _png(match: re.Match[str]) -> str:
    """Word wants a bitmap beside or instead of SVG; the width is that of the text."""
    png = svg_png(base64.b64decode(match[1]).decode())
    return f'width="100%" src="data:image/png;base64,{base64.b64encode(png).decode()}"'


def _page(section: Section, page: str, draft: bool) -> None:
    """A4 with the margins of GB/T 9704, or across for wide tables; “— 1 —” outside at the foot from 基本信息表 on."""
    wide = page == "wide"
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Mm(297), Mm(210)) if wide else (Mm(210), Mm(297))
    margins = (26, 30, 24, 30) if wide else (37, 26, 35, 28)
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = map(Mm, margins)
    section.header_distance, section.footer_distance = Mm(15), Mm(14 if wide else 22)
    if page == "opening":
        _restart(section)
    for header in (section.header, section.even_page_header):
        header.is_linked_to_previous = False
        if draft:
            header.paragraphs[0].text = "草\u3000稿"
    for footer, right in ((section.footer, True), (section.even_page_footer, False)):
        footer.is_linked_to_previous = False
        if page in NUMBERED:
            _number(footer, right)


def _restart(section: Section) -> None:
    start = OxmlElement("w:pgNumType")
    start.set(qn("w:start"), "1")
    margins = section._sectPr.find(qn("w:pgMar"))
    if margins is not None:
        margins.addnext(start)  # the schema wants it after the margins


def _number(footer: _BaseHeaderFooter, right: bool) -> None:
    paragraph = footer.paragraphs[0]
    paragraph.paragraph_format.alignment = 2 if right else 0
    paragraph.add_run("— ")
    _field(paragraph, "PAGE")
    paragraph.add_run(" —")


def _field(paragraph: Paragraph, instruction: str) -> None:
    for kind in ("begin", instruction, "separate", "1", "end"):
        run = paragraph.add_run()._r
        if kind == instruction:
            text = OxmlElement("w:instrText")
            text.set(qn("xml:space"), "preserve")
            text.text = f" {instruction} "
            run.append(text)
        elif kind == "1":
            run.text = kind
        else:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run.append(mark)


def _tables(document: Doc) -> None:
    """No row is cut by a page, text stands in the middle of its cell; pandoc has marked the head rows to be repeated."""
    for row in document.element.body.iter(qn("w:tr")):
        properties = row.get_or_add_trPr()
        if properties.find(qn("w:cantSplit")) is None:
            properties.insert(0, OxmlElement("w:cantSplit"))
    for properties in document.element.body.iter(qn("w:tcPr")):
        middle = OxmlElement("w:vAlign")
        middle.set(qn("w:val"), "center")
        properties.append(middle)


def _properties(document: Doc, manuscript: Manuscript) -> None:
    core = document.core_properties
    core.title, core.author, core.subject = manuscript.title[:255], manuscript.author[:255], manuscript.subject[:255]
    core.last_modified_by, core.language, core.revision = manuscript.author[:255], "zh-CN", 1
    core.identifier = manuscript.digest
    core.created = core.modified = datetime.fromtimestamp(_epoch(manuscript.day), UTC).replace(tzinfo=None)


def repacked(data: bytes) -> bytes:
    """The same parts in the same order with a fixed date: zip files else carry the hour they were made."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as target:
        for name in source.namelist():
            info = zipfile.ZipInfo(name, ZIP_DAY)
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o600 << 16
            target.writestr(info, source.read(name))
    return out.getvalue()
