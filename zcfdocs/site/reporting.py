"""The page that tells anyone how to report an error: what to say, to whom, and a text to copy."""

from __future__ import annotations

import re
from urllib.parse import quote

from zcfdocs.site.page import page
from zcfdocs.site.round import Round

SUBJECT = "“零碳”工厂试点方案公示：报告错误"
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", re.ASCII)


def pages(round_: Round, contact: str) -> dict[str, str]:
    """`contact` is an e-mail address, an https address or words such as a telephone number; "" where there is none."""
    values = {"report": contact, "link": link(contact)}
    return {"report.md": page("report.html", "报告错误", round_.preview, values, "发现公示内容有错时，怎样告诉主管部门", ("zcf", "report"))}


def link(contact: str) -> str:
    """Where the contact can be followed to; "" where it is only to be read."""
    if EMAIL.fullmatch(contact):
        return f"mailto:{contact}?subject={quote(SUBJECT)}"
    return contact if contact.startswith(("https://", "http://")) else ""
