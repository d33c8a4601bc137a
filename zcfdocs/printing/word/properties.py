"""What a Word file says of itself: title, unit, subject, and in its own properties which plan, version and catalogue it shows."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape

from docx.document import Document

from zcfdocs.manuscript.manuscript import Manuscript
from zcfdocs.places import THEME
from zcfdocs.printing.word.convert import moment

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
TYPES = f'xmlns:vt="{OFFICE}/docPropsVTypes"'
CUSTOM_SET = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"  # the format's name for properties of one's own
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def declare(document: Document, manuscript: Manuscript) -> None:
    core = document.core_properties
    core.title, core.author, core.subject = manuscript.title[:255], manuscript.author[:255], manuscript.subject[:255]
    core.last_modified_by, core.language, core.revision = manuscript.author[:255], "zh-CN", 1
    core.identifier = manuscript.digest
    if manuscript.mark and manuscript.mark.commit:
        core.version = manuscript.mark.commit
    core.created = core.modified = moment(manuscript.day).replace(tzinfo=None)


def descriptions(manuscript: Manuscript) -> Mapping[str, bytes]:
    """The parts that hold only what we put there, by their names; pandoc's would speak of hours and sessions."""
    return {
        "docProps/app.xml": _application(manuscript).encode(),
        "docProps/custom.xml": _custom(manuscript).encode(),
        "word/settings.xml": (THEME / "word/settings.xml").read_bytes(),
    }


def _application(manuscript: Manuscript) -> str:
    company = f"<Company>{escape(manuscript.author[:255])}</Company>"
    return f'{HEAD}<Properties xmlns="{OFFICE}/extended-properties"><Application>zcfdocs</Application>{company}</Properties>'


def _custom(manuscript: Manuscript) -> str:
    properties = "".join(
        f'<property fmtid="{CUSTOM_SET}" pid="{number}" name="{name}"><vt:lpwstr>{escape(value)}</vt:lpwstr></property>'
        for number, (name, value) in enumerate(_named(manuscript), 2)  # 0 and 1 are the format's own
    )
    return f'{HEAD}<Properties xmlns="{OFFICE}/custom-properties" {TYPES}>{properties}</Properties>'


def _named(manuscript: Manuscript) -> tuple[tuple[str, str], ...]:
    mark = manuscript.mark
    if mark is None:
        return ()
    return (
        ("统一社会信用代码", mark.uscc),
        ("方案数据摘要", mark.digest),
        ("版本", mark.commit or "未提交"),
        ("指标目录", mark.catalogue),
        ("指标目录摘要", mark.catalogue_digest),
    )
