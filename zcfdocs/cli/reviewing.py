"""Commands of a bureau that looks at a change: review."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError

from zcfdocs.cli.frame import app, cannot, console, say, stop
from zcfdocs.errors import ZcfError
from zcfdocs.places import project
from zcfdocs.reviewing.model import Review
from zcfdocs.speech import ChineseCommand
from zcfdocs.store import write_whole

if TYPE_CHECKING:  # the forms are imported where one is printed
    from zcfdocs.reviewing.forms.sides import Sides

LARGEST = 50 << 20  # bytes of a review that is read back


class Form(StrEnum):
    text = "text"
    json = "json"
    markdown = "markdown"
    summary = "summary"
    github = "github"
    gitlab = "gitlab"
    junit = "junit"
    sarif = "sarif"
    rdjson = "rdjson"
    html = "html"


class Threshold(StrEnum):
    error = "error"
    warning = "warning"


class Forge(StrEnum):
    github = "github"
    gitlab = "gitlab"
    gitea = "gitea"


@app.command(cls=ChineseCommand, help="评审一次改动：得分怎么变、为什么、有什么错、谁能这样改；只读 git 对象，不检出也不运行改动里的东西")
@cannot
def review(
    range_: Annotated[
        str | None, typer.Argument(metavar="[基准..改动]", help="如 main..work；三个点从共同的祖先起", show_default=False)
    ] = None,
    format: Annotated[Form, typer.Option("--format", metavar="|".join(Form), help="输出格式")] = Form.text,
    out: Annotated[Path | None, typer.Option(metavar="文件", help="写进文件，不写到屏幕", show_default=False)] = None,
    fail_on: Annotated[
        Threshold, typer.Option("--fail-on", metavar="error|warning", help="新问题到这个程度时退出码为 1")
    ] = Threshold.error,
    by: Annotated[
        str | None, typer.Option("--by", metavar="账号", help="谁提交的；按基准提交里的 CODEOWNERS 判断身份", show_default=False)
    ] = None,
    signed: Annotated[bool, typer.Option("--signed", help="身份取自提交的签名（.zcfdocs/allowed_signers）")] = False,
    repo: Annotated[
        Path | None, typer.Option("--repo", metavar="文件夹", help="哪个仓库，默认当前文件夹所在的", show_default=False)
    ] = None,
    from_: Annotated[
        Path | None, typer.Option("--from", metavar="review.json", help="不评审，把已有的评审报告换一种格式", show_default=False)
    ] = None,
    post: Annotated[
        Forge | None,
        typer.Option("--post", metavar="github|gitlab|gitea", help="把报告写成（或更新）合并请求里的一条评论", show_default=False),
    ] = None,
    number: Annotated[
        str, typer.Option("--pr", metavar="编号", envvar="ZCF_PR", help="与 --post 合用：哪个合并请求", show_default=False)
    ] = "",
    preview: Annotated[
        Path | None, typer.Option("--preview", metavar="文件夹", help="另生成改动后的方案：网页、PDF、Word", show_default=False)
    ] = None,
    hook: Annotated[bool, typer.Option("--hook", help="由 git 的 pre-receive 调用：从标准输入读推送的分支")] = False,
) -> None:
    if hook:
        _hook(repo or Path.cwd(), os.environ.get("ZCF_WHO") or by, signed)
    if (range_ is None) == (from_ is None):
        raise ZcfError(
            "没有写明评审哪一段改动" if range_ is None else "范围和 --from 只写一个",
            hint="zcfdocs review main..work，或 zcfdocs review --from review.json",
        )
    if preview is not None and range_ is None:
        raise ZcfError("--preview 要写明评审哪一段改动", hint="zcfdocs review main..work --preview 文件夹")
    home = repo or project(Path.cwd())
    made, sides = (_read(from_), {}) if from_ is not None else _made(home, str(range_), by, signed, format is Form.html)
    if made.shallow:
        say("这是浅克隆，历史不完整：与历史有关的判断可能缺失；先运行 git fetch --unshallow")
    if preview is not None:
        _preview(home, str(range_), preview)
    if post is not None:
        _post(made, post, number)
    else:
        _write(made, format, out, sides)
    stop(1 if made.blocking or (fail_on is Threshold.warning and any(told.severity == "warning" for told in made.brought)) else 0)


def _made(home: Path, range_: str, by: str | None, signed: bool, with_bodies: bool) -> tuple[Review, Mapping[str, Sides]]:
    from zcfdocs.reviewing.asking import asked
    from zcfdocs.reviewing.review import review as reviewed

    outcome = reviewed(asked(home, range_, by, signed), with_bodies)
    return outcome.review, outcome.sides


def _read(path: Path) -> Review:
    """A review that somebody else made: its shape is held against the schema, nothing in it is believed."""
    try:
        if path.stat().st_size > LARGEST:
            raise ZcfError(f"{path} 超过 {LARGEST >> 20} MB", hint="这不是评审报告")
        return Review.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ZcfError(f"不能读取 {path}：{error.strerror}", hint="检查路径") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ZcfError(
            f"{path} 不是评审报告（zcf-review/1）：{where} {first['msg']}", hint="用 zcfdocs review 范围 --format json 重新生成"
        ) from error


def _write(made: Review, format: Form, out: Path | None, sides: Mapping[str, Sides]) -> None:
    if format is Form.text and out is None:
        from zcfdocs.reviewing.forms.text import show

        show(console(), made)
        return
    from zcfdocs.reviewing.printed import printed

    text = printed(made, format.value, sides)
    if out is None:
        print(text, end="" if text.endswith("\n") else "\n")
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    write_whole(out, text.encode())


def _post(made: Review, kind: Forge, number: str) -> None:
    from zcfdocs.reviewing.forms.markdown import markdown
    from zcfdocs.reviewing.posting.post import Verdict, forge
    from zcfdocs.reviewing.posting.post import post as sent

    done = sent(markdown(made), Verdict.of(made), forge(kind.value, number, os.environ))
    say({"created": "已写评论", "updated": "已更新评论", "kept": "评论没有变化"}[done.comment])


def _hook(top: Path, who: str | None, signed: bool) -> None:
    from zcfdocs.reviewing.forms.text import show
    from zcfdocs.reviewing.hook import pushes, rulings, short

    refused = False
    for ruling in rulings(top.resolve(), pushes(sys.stdin), who, signed):
        if ruling.refused:
            say(f"拒绝 {short(ruling.ref)}：{ruling.refused}")
        elif ruling.review is not None:
            say(f"{'接受' if ruling.holds else '拒绝'} {short(ruling.ref)}：{ruling.review.headline}")
            if not ruling.holds:
                show(console(), ruling.review)
        refused = refused or not ruling.holds
    stop(1 if refused else 0)


def _preview(home: Path, range_: str, out: Path) -> None:
    from zcfdocs.build import build
    from zcfdocs.jobs import Options
    from zcfdocs.reviewing.previewing import laid_out

    with laid_out(home, range_) as room:
        if room is None:
            say("这段改动里没有可以预览的方案")
            return
        build(Options((room / "plans",), room, out, ("site", "pdf", "word"), draft=True, keep_going=True, show_findings=True), say)
