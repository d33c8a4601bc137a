"""The command that sets a repository up for review: init."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from zcfdocs.cli.frame import Format, FormatOption, app, cannot, console, open_shelf, print_json, say, verdict
from zcfdocs.errors import ZcfError
from zcfdocs.finding import suggest
from zcfdocs.places import project
from zcfdocs.speech import ChineseCommand

if TYPE_CHECKING:  # git and the forms of set-ups are wanted only where something is set up
    from zcfdocs.catalogue import Catalogue
    from zcfdocs.reviewing.setups.generating import Cast
    from zcfdocs.reviewing.setups.setup import Setup


@app.command(cls=ChineseCommand, help="把方案仓库设置成可以评审的：zcfdocs init github --city @市级 --district jinnan=@区级")
@cannot
def init(
    forge: Annotated[str, typer.Argument(metavar="github|gitlab|gitea|bare", help="仓库放在哪里；bare 是普通的 git 服务器")],
    repository: Annotated[Path | None, typer.Argument(metavar="[仓库.git]", help="bare：服务器上的仓库", show_default=False)] = None,
    city: Annotated[list[str] | None, typer.Option("--city", metavar="@账号", help="市级主管部门，可写多次", show_default=False)] = None,
    district: Annotated[
        list[str] | None, typer.Option("--district", metavar="辖区=@账号", help="区级主管部门，可写多次", show_default=False)
    ] = None,
    expert: Annotated[list[str] | None, typer.Option("--expert", metavar="@账号", help="评审专家，可写多次", show_default=False)] = None,
    factory: Annotated[
        list[str] | None, typer.Option("--factory", metavar="辖区/名称=@账号", help="企业，可写多次", show_default=False)
    ] = None,
    branch: Annotated[str, typer.Option("--branch", metavar="分支", help="受保护的主分支")] = "main",
    tool: Annotated[
        str | None, typer.Option("--tool", metavar="安装项", help="工作流用 pip 安装的 zcfdocs，默认为这个版本", show_default=False)
    ] = None,
    signed: Annotated[bool, typer.Option("--signed", help="bare：按提交的签名认人")] = False,
    force: Annotated[bool, typer.Option("--force", help="已有的文件也重新写入")] = False,
    only_check: Annotated[bool, typer.Option("--check", help="只检查现有的设置，不写文件；有问题退出码为 1")] = False,
    format: FormatOption = Format.text,
) -> None:
    from zcfdocs.reviewing.setups.setup import FORGES, PINNED, Setup, is_vendored, require_sound

    if forge not in FORGES:
        raise ZcfError(f"没有 {forge} 这种设置。{suggest(forge, FORGES)}", hint=f"可取：{'、'.join(FORGES)}")
    if (repository is not None) != (forge == "bare"):
        raise ZcfError("bare 要写明服务器上的仓库，其余不写", hint="例如 zcfdocs init bare /srv/plans.git")
    home, catalogue = _home(), _catalogue()
    setup = Setup(forge, branch, is_vendored(home), tool or PINNED, signed)
    require_sound(setup)
    if only_check:
        _check(setup, home, repository, catalogue, format)
    cast = _cast(city or (), district or (), expert or (), factory or ())
    if repository is not None:
        _install(setup, repository, cast is not None, force)
    if repository is None or cast is not None:
        _write(setup, cast, home, catalogue, force)


def _home() -> Path:
    from zcfdocs.provenance import top_of

    home = project(Path.cwd()).resolve()
    top = top_of(home)
    if top is not None and top != home:
        raise ZcfError(f"方案仓库不在 git 仓库的最上层（{top}）", hint="plans/、indicators/ 要放在仓库最上层，工作流和 CODEOWNERS 才管得到")
    return home


def _catalogue() -> Catalogue:
    shelf = open_shelf()
    names = shelf.names()
    rulebook = shelf.get(names[-1]) if names else None
    if rulebook is None:
        raise ZcfError("没有可用的目录，不知道有哪些辖区", hint="用 zcfdocs check 查看目录的问题")
    return rulebook.catalogue


def _cast(city: Sequence[str], districts: Sequence[str], experts: Sequence[str], factories: Sequence[str]) -> Cast | None:
    from zcfdocs.reviewing.setups.generating import Cast

    if not (city or districts or experts or factories):
        return None
    return Cast(
        tuple(city), _assigned(districts, "--district 辖区=@账号"), tuple(experts), _assigned(factories, "--factory 辖区/名称=@账号")
    )


def _assigned(words: Sequence[str], shape: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for word in words:
        key, equals, owner = word.partition("=")
        if not (equals and key and owner):
            raise ZcfError(f"“{word}”写法不对", hint=f"写成 {shape}")
        found[key.strip("/")] = (*found.get(key.strip("/"), ()), owner)
    return found


def _write(setup: Setup, cast: Cast | None, home: Path, catalogue: Catalogue, force: bool) -> None:
    from zcfdocs.reviewing.people.owners import PLACES
    from zcfdocs.reviewing.setups.files import CHECKLIST, checklist, whole
    from zcfdocs.reviewing.setups.generating import require_sound
    from zcfdocs.reviewing.setups.writing import place

    if cast is not None:
        require_sound(cast, catalogue)
    elif not any((home / name).is_file() for name in PLACES):
        raise ZcfError(
            "没有写明谁是主管部门", hint="例如 --city @tj-gxj --district jinnan=@jinnan-gxj，没有写到的辖区以后补在 CODEOWNERS 里"
        )
    placed = place(home, whole(setup, cast, catalogue), force=force)
    for item in placed:
        print(item)
    if any(item.outcome == "kept" for item in placed):
        say("有文件没有改动；要换成这个版本的，加 --force（先提交或备份自己的改动）")
    if any(item.outcome != "same" for item in placed):
        say(f"\n把上面的文件提交到 {setup.branch}，再做下面这些（也写在 {CHECKLIST}）：\n\n{checklist(setup)}")


def _install(setup: Setup, repository: Path, written: bool, force: bool) -> None:
    from zcfdocs.reviewing.setups.files import checklist
    from zcfdocs.reviewing.setups.writing import place_hook

    item = place_hook(repository.resolve(), setup, force=force)
    print(item)
    if item.outcome == "kept":
        say("原有的钩子没有改动；要换成评审的钩子，加 --force")
    if not written:
        say(
            f"\n谁是主管部门，写在仓库的 .zcfdocs/CODEOWNERS；在工作副本里运行时加 --city、--district 就会写好。还要做：\n\n{checklist(setup)}"
        )


def _check(setup: Setup, home: Path, repository: Path | None, catalogue: Catalogue, format: Format) -> NoReturn:
    from zcfdocs.report import show_findings, summary
    from zcfdocs.reviewing.setups.checking import check
    from zcfdocs.reviewing.setups.looking import in_folder, in_server

    setup, kept = in_server(setup, repository.resolve()) if repository is not None else in_folder(setup, home)
    findings = check(setup, kept, catalogue)
    if format is Format.json:
        print_json([finding.as_json() for finding in findings])
    else:
        show_findings(console(), findings)
        say(summary(findings, len(kept.plans)) if findings else "设置没有问题")
    verdict(findings)
