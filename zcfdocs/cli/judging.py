"""Commands that look and tell: check, score, explain."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from zcfdocs.cli.frame import (
    Format,
    FormatOption,
    Paths,
    all_findings,
    app,
    cannot,
    console,
    examine_plans,
    open_shelf,
    print_json,
    say,
    verdict,
)
from zcfdocs.derivation import derivation
from zcfdocs.errors import ZcfError
from zcfdocs.finding import CODES, Severity, count, suggest
from zcfdocs.loading import Shelf
from zcfdocs.pipeline import Examined, card
from zcfdocs.provenance import origins
from zcfdocs.report import explain as explanation
from zcfdocs.report import show_findings, show_score, summary
from zcfdocs.scorecard import Origin
from zcfdocs.speech import ChineseCommand


@app.command(cls=ChineseCommand, help="检查方案，列出全部问题；有错误时退出码为 1")
@cannot
def check(paths: Paths = None, format: FormatOption = Format.text) -> None:
    shelf = open_shelf()
    examined = examine_plans(paths, shelf, keep_figures=False)
    findings = all_findings(shelf, examined)
    if format is Format.json:
        print_json([finding.as_json() for finding in findings])
    else:
        show_findings(console(), findings)
        say(summary(findings, len(examined)))
    verdict(findings)


@app.command(cls=ChineseCommand, help="核算并评分：现状、目标、结果并列，并列出离分数线还差什么")
@cannot
def score(
    paths: Paths = None,
    row: Annotated[str | None, typer.Option("--explain", metavar="指标", help="打印一项指标从数据到得分的全过程，如 5.4.1")] = None,
    format: FormatOption = Format.text,
) -> None:
    shelf = open_shelf()
    examined = examine_plans(paths, shelf)
    if format is Format.json:
        known = _origins(examined, shelf)
        print_json([whole for item in examined if (whole := card(item, known[item.path])) is not None])
    else:
        for item in examined:
            _show(item, row)
    findings = all_findings(shelf, examined)
    for item in examined:
        if item.score is None or (format is Format.text and item.has_errors):
            show_findings(Console(stderr=True, emoji=False), [finding for finding in item.findings if finding.severity is Severity.ERROR])
    if errors := count(findings, Severity.ERROR):
        say(f"方案有 {errors} 个错误，以上得分仅供参考；用 zcfdocs check 查看")
    verdict(findings)


def _show(item: Examined, row: str | None) -> None:
    if item.score is None or item.rulebook is None:
        return
    if row is None:
        show_score(console(), item)
        return
    rows = item.rulebook.catalogue.rows_by_id
    if row not in rows:
        raise ZcfError(f"没有指标 {row}。{suggest(row, rows)}", hint=f"共 {len(rows)} 项：{'、'.join(rows)}")
    print("\n".join(derivation(row, item.score, item.rulebook, item.reading.source)))


def _origins(examined: Sequence[Examined], shelf: Shelf) -> dict[Path, Origin]:
    read = {item.path.parent: [shelf.root / name for name in item.rulebook.files] if item.rulebook else [] for item in examined}
    known = origins(read)
    return {item.path: known[item.path.parent] for item in examined}


@app.command(cls=ChineseCommand, help="解释一个检查代码：查什么、为什么、错例与对例；不写代码则列出全部")
@cannot
def explain(code: Annotated[str | None, typer.Argument(metavar="[代码]", show_default=False)] = None) -> None:
    if code is None:
        print(
            "\n".join(f"{known.code} {known.severity.label} {known.title}" for known in sorted(CODES.values(), key=lambda item: item.code))
        )
        return
    wanted = code.upper()
    if wanted.startswith("V"):
        _explain_check(wanted)
        return
    if wanted not in CODES:
        raise ZcfError(f"没有代码 {code}。{suggest(wanted, CODES)}", hint="用 zcfdocs explain 列出全部代码")
    print("\n".join(explanation(wanted)))


def _explain_check(code: str) -> None:
    from zcfdocs.publishing import capture  # noqa: F401  # defines its checks
    from zcfdocs.sealing.meanings import meanings, told  # pyHanko takes half a second to import

    known = meanings()
    if code not in known:
        raise ZcfError(f"没有核验代码 {code}。{suggest(code, known)}", hint=f"核验代码有 {'、'.join(known)}")
    print("\n".join(told(known[code])))
