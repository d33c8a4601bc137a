"""Checks of the figures that prose cites by name."""

from __future__ import annotations

from collections.abc import Iterator

from zcfdocs.checks.registry import Case, Problem, check
from zcfdocs.citations import Citation, find, resolve
from zcfdocs.finding import Severity, suggest
from zcfdocs.scorecard import Json, names

FORM = "写成 {{ years.2024.emissions }} 或 {{ phases.now.total|digits(2) }}；名称与 scorecard.json 相同，此外什么也不能写"


@check("Z780", Severity.ERROR, why="方案格式：正文用花括号引用核算结果，只认名称和 digits()，不执行任何内容。",
       wrong="{{ years.2024.tce + 1 }}", right="{{ years.2024.tce|digits(2) }}")  # fmt: skip
def citation_parses(case: Case) -> Iterator[Problem]:
    """正文花括号里的引用写法不对。"""
    for citation in find(case.reading.source.body, case.reading.source.body_line):
        if not citation.path:
            yield Problem((), f"不认识 {citation.text}", FORM, line=citation.line, column=citation.column)


@check("Z781", Severity.ERROR, why="引用的数值须存在，否则正文会印出花括号。", wrong="{{ years.2042.tce }}", right="{{ years.2024.tce }}",
       figures=True)  # fmt: skip
def citation_names_a_figure(case: Case) -> Iterator[Problem]:
    """正文引用的数值不存在。"""
    citations = [citation for citation in find(case.reading.source.body, case.reading.source.body_line) if citation.path]
    if not citations or case.score is None:
        return
    card = names(case.rulebook, case.accounts, case.score)
    for citation in citations:
        if resolve(card, citation) is None:
            yield Problem(
                (), f"没有 {'.'.join(citation.path)} 这个数值。{_near(card, citation)}", FORM, line=citation.line, column=citation.column
            )


def _near(card: Json, citation: Citation) -> str:
    """A name like the one written, for the two families people cite."""
    years = [str(year["year"]) for year in card["years"]]
    fields = [key for key, value in card["years"][0].items() if isinstance(value, str)] if card["years"] else []
    known = [f"years.{year}.{field}" for year in years for field in fields]
    known += [f"phases.{phase}.{key}" for phase in card["phases"] for key in ("total", "display")]
    return suggest(".".join(citation.path), known)
