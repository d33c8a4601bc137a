"""Commands that look and tell: check, score, explain."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
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
from zcfdocs.finding import CODES, Finding, Severity, count, suggest
from zcfdocs.loading import Shelf
from zcfdocs.pipeline import Examined, card
from zcfdocs.provenance import origins
from zcfdocs.reading import digest
from zcfdocs.report import explain as explanation
from zcfdocs.report import opinion_lines, show_findings, show_score, summary
from zcfdocs.reviews import Opinions, ReadReviews, beside, opinions, with_reviews
from zcfdocs.scorecard import Origin
from zcfdocs.speech import ChineseCommand


class CheckFormat(StrEnum):
    text = "text"
    json = "json"
    github = "github"
    gitlab = "gitlab"
    junit = "junit"
    sarif = "sarif"
    rdjson = "rdjson"


@app.command(cls=ChineseCommand, help="检查方案，列出全部问题；有错误时退出码为 1")
@cannot
def check(
    paths: Paths = None,
    format: Annotated[CheckFormat, typer.Option("--format", metavar="|".join(CheckFormat), help="输出格式")] = CheckFormat.text,
) -> None:
    shelf = open_shelf()
    examined = examine_plans(paths, shelf, keep_figures=False)
    findings = [*all_findings(shelf, examined), *(finding for item in examined for finding in _reviewed(item).findings)]
    if format is CheckFormat.json:
        print_json([finding.as_json() for finding in findings])
    elif format is not CheckFormat.text:
        print(_native(findings, [item.reading.source.path for item in examined], format))
    else:
        show_findings(console(), findings)
        say(summary(findings, len(examined)))
    verdict(findings)


def _native(findings: Sequence[Finding], paths: Sequence[str], format: CheckFormat) -> str:
    from zcfdocs.reviewing.model import Told
    from zcfdocs.reviewing.printed import NATIVE

    return NATIVE[format.value]([Told.of(finding) for finding in findings], paths).rstrip("\n")


@app.command(cls=ChineseCommand, help="核算并评分：现状、目标、结果并列，并列出离分数线还差什么")
@cannot
def score(
    paths: Paths = None,
    row: Annotated[str | None, typer.Option("--explain", metavar="指标", help="打印一项指标从数据到得分的全过程，如 5.4.1")] = None,
    format: FormatOption = Format.text,
) -> None:
    shelf = open_shelf()
    examined = examine_plans(paths, shelf)
    reviewed = {item.path: _reviewed(item) for item in examined}
    if format is Format.json:
        known = _origins(examined, shelf)
        cards = [(item, card(item, known[item.path])) for item in examined]
        print_json([with_reviews(whole, _opinions(item, reviewed[item.path])) for item, whole in cards if whole is not None])
    else:
        for item in examined:
            _show(item, row, reviewed[item.path])
    findings = all_findings(shelf, examined)
    for item in examined:
        if item.score is None or (format is Format.text and item.has_errors):
            show_findings(Console(stderr=True, emoji=False), [finding for finding in item.findings if finding.severity is Severity.ERROR])
    if errors := count(findings, Severity.ERROR):
        say(f"方案有 {errors} 个错误，以上得分仅供参考；用 zcfdocs check 查看")
    mistaken = [finding for found in reviewed.values() for finding in found.findings if finding.severity is Severity.ERROR]
    if mistaken:
        show_findings(Console(stderr=True, emoji=False), mistaken)
        say(f"评审意见有 {len(mistaken)} 个错误，读不出、超出范围和无权作出的没有采用，请改正 review.yaml")
    verdict([*findings, *mistaken])


def _show(item: Examined, row: str | None, reviewed: ReadReviews) -> None:
    if item.score is None or item.rulebook is None:
        return
    if row is None:
        show_score(console(), item)
        for line in opinion_lines(_opinions(item, reviewed), item.rulebook):
            console().print(line, markup=False, highlight=False, soft_wrap=True)
        return
    rows = item.rulebook.catalogue.rows_by_id
    if row not in rows:
        raise ZcfError(f"没有指标 {row}。{suggest(row, rows)}", hint=f"共 {len(rows)} 项：{'、'.join(rows)}")
    print("\n".join(derivation(row, item.score, item.rulebook, item.reading.source)))


def _reviewed(item: Examined) -> ReadReviews:
    """review.yaml beside a plan: its findings are the bureau's, and stay apart from those of the factory's copies."""
    return beside(item.reading, item.rulebook.catalogue if item.rulebook else None)


def _opinions(item: Examined, reviewed: ReadReviews) -> Opinions:
    if item.score is None or item.rulebook is None or not reviewed.reviews.reviews:
        return Opinions()
    mark = digest(item.reading.source, item.reading.evidence)
    return opinions(item.score, item.rulebook.catalogue, mark, reviewed.reviews)


def _origins(examined: Sequence[Examined], shelf: Shelf) -> dict[Path, Origin]:
    read = {item.path.parent: [shelf.root / name for name in item.rulebook.files] if item.rulebook else [] for item in examined}
    known = origins(read)
    return {item.path: known[item.path.parent] for item in examined}


@app.command(cls=ChineseCommand, help="解释一个检查代码：查什么、为什么、错例与对例；不写代码则列出全部")
@cannot
def explain(code: Annotated[str | None, typer.Argument(metavar="[代码]", show_default=False)] = None) -> None:
    from zcfdocs.reviewing import codes  # noqa: F401  # defines those of reviews

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
