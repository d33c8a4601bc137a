"""Text of a plan as Markdown that GitHub, GitLab and Gitea show as it is: no markup, mention, link, image or reference comes alive.

Signs that Markdown or HTML read are written as references. That does not stop the forges, which look for mentions and links in the text
once it is rendered; so the sign that begins one is written in its full width, which looks alike and means nothing.
"""

from __future__ import annotations

import re

from zcfdocs.reviewing.forms.telling import Span, Spans
from zcfdocs.site.markup import plain

LIVE = re.compile(
    r"[@$]"  # mentions, e-mail addresses, mathematics
    r"|:(?=//)"  # https://
    r"|(?<=[A-Za-z_]):(?=[\w\"'?]|\Z)"  # mailto:a, GitLab's [issue:1] and *iteration:1
    r"|:(?=[\w+-]+:)"  # :emoji:
    r"|(?<=www)\.(?=\S)"
    r"|[#!%&~](?=[0-9A-Za-z_\"'{])|[#!&~]\Z"  # 12#34, GitLab's !1 %1 &1 ~label
    r"|(?<=GH)-(?=[0-9])",
    re.IGNORECASE,
)
WIDE = {ord(sign): ord(sign) + 0xFEE0 for sign in "@:.#!$%&~-"}
SIGNS = re.compile(r"[\\`*_{}\[\]<>\"'|~&^=]")
FIRST = re.compile(r"[!-%'-/:;=?-@]|[0-9]+[.)]")  # a list, heading or rule begins so; of & and < only our own are left
WORD = re.compile(r"[!-~\u00a1-\u02ff]{81,}")
LONGEST = 1_200  # characters of a run that is shown
BEGIN, END = 120, 60  # of a longer run that did not change, what is shown of its ends
TAGS = {"strong": "strong", "code": "code", "ins": "ins", "del": "del", "faint": "sub"}


def escaped(text: str) -> str:
    """One line without control and direction characters; words and runs without end are cut in their middle."""
    shown = _within(WORD.sub(lambda word: _within(word[0], 40, 30), plain(text)), LONGEST - END, END)
    return SIGNS.sub(lambda sign: f"&#{ord(sign[0])};", LIVE.sub(lambda sign: sign[0].translate(WIDE), shown))


def _within(text: str, begin: int, end: int) -> str:
    left_out = len(text) - begin - end
    return text if left_out <= 10 else f"{text[:begin]}…（略 {left_out} 字）…{text[-end:]}"


def inline(spans: Spans) -> str:
    """In one line, as a table's cell holds it."""
    return "".join(map(_span, spans)).strip()


def line(spans: Spans) -> str:
    """In one line that may stand at the beginning of a paragraph or of a list's item."""
    written = inline(spans)
    return f"&#{ord(written[0])};{written[1:]}" if FIRST.match(written) else written


def _span(span: Span) -> str:
    if span.kind == "break":
        return "<br>"
    text = escaped(_within(plain(span.text), BEGIN, END) if span.kind == "same" else span.text)
    if not text:
        return " " if span.text else ""
    tag = TAGS.get(span.kind)
    # The blank at the end of a run keeps words apart.
    return f"{' ' if span.text[0].isspace() else ''}{f'<{tag}>{text}</{tag}>' if tag else text}{' ' if span.text[-1].isspace() else ''}"
