"""The review on a terminal."""

from __future__ import annotations

import io

from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from zcfdocs.reviewing.forms.compose import tell
from zcfdocs.reviewing.forms.telling import Part, Section, Spans, Table
from zcfdocs.reviewing.model import Review
from zcfdocs.site.markup import plain

STYLES = {"strong": "bold", "faint": "dim", "code": "cyan", "del": "red strike", "ins": "green"}
# Where there is no colour, words tell what went and what came.
SIGNS = {"del": ("[-", "-]"), "ins": ("{+", "+}")}


def text(review: Review, width: int = 120) -> str:
    """Without colours, for a file or a pipe."""
    written = io.StringIO()
    show(Console(file=written, width=width, color_system=None, highlight=False, emoji=False), review)
    return written.getvalue()


def show(console: Console, review: Review) -> None:
    told = tell(review)
    console.print(Text(told.verdict, "bold red" if told.blocking else "bold green"))
    console.print(Text(plain(told.headline), "bold"))
    for note in told.notes:
        console.print(_text(note, console), style="yellow")
    for section in told.first:
        _show_section(console, section)
    for part in told.parts:
        _show_part(console, part)
    for section in told.last:
        _show_section(console, section)
    console.print()
    console.print(_text(told.foot, console), style="dim")


def _show_part(console: Console, part: Part) -> None:
    console.print()
    console.rule(_text(part.title, console), align="left", characters="─")
    for line in part.lines:
        console.print(_text(line, console))
    for section in part.sections:
        _show_section(console, section)


def _show_section(console: Console, section: Section) -> None:
    console.print()
    console.print(Text(section.title, "bold"))
    body = section.body
    if not isinstance(body, Table):
        for item in body.items:
            console.print(Text.assemble("  • ", _text(item, console, "\n    ")))
        return
    table = RichTable(header_style="bold", show_edge=False, pad_edge=False)
    for index, head in enumerate(body.heads):
        table.add_column(head, justify="right" if index in body.right else "left", overflow="fold")
    for row in body.rows:
        table.add_row(*(_text(cell, console) for cell in row))
    console.print(table)


def _text(spans: Spans, console: Console, broken: str = "\n") -> Text:
    """No escape sequence of a plan reaches the terminal: what is not printable is a blank."""
    shown = Text()
    for span in spans:
        before, after = ("", "") if console.color_system else SIGNS.get(span.kind, ("", ""))
        shown.append(broken if span.kind == "break" else f"{before}{_kept(span.text)}{after}", STYLES.get(span.kind))
    return shown


def _kept(run: str) -> str:
    """In one line, with the blanks at its ends, which keep words apart."""
    return f"{' ' if run[:1].isspace() else ''}{plain(run)}{' ' if run[-1:].isspace() and plain(run) else ''}"
