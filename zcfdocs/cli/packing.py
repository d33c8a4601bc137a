"""Commands that hand over: pack."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zcfdocs.cli.frame import Paths, app, cannot, examine_plans, open_shelf, say
from zcfdocs.cli.signing import KeyOption, OutOption, PassphraseEnv, PassphraseFile, TsaOption
from zcfdocs.errors import ZcfError
from zcfdocs.pipeline import Examined
from zcfdocs.places import indicators, project
from zcfdocs.provenance import origins
from zcfdocs.speech import ChineseCommand

if TYPE_CHECKING:  # pyHanko takes half a second to import: only where something is packed
    from zcfdocs.sealing.wrapping import Vouching


@app.command(cls=ChineseCommand, help="打成申报包：签好的文件、佐证、方案原件和清单；--district 打区级的包")
@cannot
def pack(
    paths: Paths = None,
    district: Annotated[
        str | None, typer.Option(metavar="辖区", help="打这个辖区的包：推荐函、汇总表和已推荐企业的包", show_default=False)
    ] = None,
    sealed: Annotated[
        Path | None, typer.Option(metavar="扫描件.pdf", help="盖章后的扫描件，页码须与这一版匹配", show_default=False)
    ] = None,
    draft: Annotated[bool, typer.Option("--draft", help="缺印章、佐证或有未提交的改动也打包，标明草稿")] = False,
    key: KeyOption = None,
    tsa: TsaOption = None,
    passphrase_file: PassphraseFile = None,
    passphrase_env: PassphraseEnv = None,
    out: OutOption = None,
) -> None:
    from zcfdocs.sealing.keys import Secret

    home = project(Path.cwd())
    folder = out or home / "dist"
    with _vouching(key, tsa, Secret(passphrase_file, passphrase_env), home) as vouching:
        if district is not None:
            print(_district(district, folder, vouching))
            return
        found = examine_plans(paths, open_shelf())
        if sealed is not None and len(found) != 1:
            raise ZcfError("一份扫描件只能是一份方案的", hint="写明是哪一份方案：zcfdocs pack 方案文件夹 --sealed 扫描件.pdf")
        for examined in found:
            print(_factory(examined, folder, vouching, sealed, draft, home))


@contextmanager
def _vouching(key: str | None, tsa: str | None, secret: object, home: Path) -> Iterator[Vouching]:
    from zcfdocs.sealing.keys import Secret, open_key
    from zcfdocs.sealing.wrapping import Vouching

    assert isinstance(secret, Secret)
    if key is None:
        yield Vouching(None, tsa)
        return
    with open_key(key, secret, home) as signatory:
        yield Vouching(signatory, tsa)


def _factory(examined: Examined, out: Path, vouching: Vouching, sealed: Path | None, draft: bool, home: Path) -> Path:
    from zcfdocs.sealing.keys import refusals
    from zcfdocs.sealing.packing import gather
    from zcfdocs.sealing.parties import of_factory
    from zcfdocs.sealing.wrapping import wrap

    plan = examined.reading.plan
    if vouching.signatory and plan:
        names = next((party.names for group in of_factory(plan).groups for party in group if party.role == "company"), ())
        if reasons := list(refusals(vouching.signatory, names, datetime.datetime.now(datetime.UTC))):
            raise ZcfError(f"这张证书不能用来签清单：{'；'.join(reasons)}", hint="换用有效的、属于本单位的签名证书")
    rulebook = examined.rulebook
    known = origins({examined.path.parent: [indicators(home) / name for name in rulebook.files] if rulebook else []})
    origin = known[examined.path.parent]
    gathered = gather(examined, origin, indicators(home), out, sealed.read_bytes() if sealed else None, draft)
    for lack in gathered.missing if draft else ():
        say(f"缺少：{lack}")
    if gathered.missing and not draft:
        raise ZcfError("材料不齐，没有打包：" + "；".join(gathered.missing), hint="补齐后再打包；先打成草稿用 --draft")
    if vouching.signatory is None and sealed is None and not draft:
        say("提醒：没有 --key，清单没有签名，收件方核验会是“无效”；正式报送请加 --key")
    return wrap(gathered, origin, vouching, out, draft)


def _district(key: str, out: Path, vouching: Vouching) -> Path:
    from zcfdocs.sealing.district import pack_district

    return pack_district(key, examine_plans(None, open_shelf()), out, vouching, say)
