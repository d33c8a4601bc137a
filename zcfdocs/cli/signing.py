"""Commands that sign: sign."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zcfdocs.cli.frame import app, cannot, examine_plans, open_shelf, say
from zcfdocs.errors import ZcfError
from zcfdocs.places import project
from zcfdocs.speech import ChineseCommand

if TYPE_CHECKING:  # pyHanko takes half a second to import: only where something is signed
    from zcfdocs.sealing.keys import Secret, Signatory
    from zcfdocs.sealing.signing import Subject


class Role(StrEnum):
    company = "company"
    legal = "legal"
    responsible = "responsible"
    district = "district"


class PadesLevel(StrEnum):
    b = "B"
    t = "T"
    lt = "LT"
    lta = "LTA"


KeyOption = Annotated[
    str | None, typer.Option(metavar="p12:文件|pkcs11:模块?…", help="签名密钥：PKCS#12 文件，或令牌的 PKCS#11 模块", show_default=False)
]
PassphraseFile = Annotated[Path | None, typer.Option(metavar="文件", help="口令或 PIN 所在的文件（只一行）", show_default=False)]
PassphraseEnv = Annotated[str | None, typer.Option(metavar="名称", help="口令或 PIN 所在的环境变量的名称", show_default=False)]
TsaOption = Annotated[str | None, typer.Option(metavar="网址", help="时间戳服务（RFC 3161）", show_default=False)]
TrustOption = Annotated[
    list[Path] | None, typer.Option(metavar="文件或文件夹", help="信任的根证书；不写则用仓库里的 trust/", show_default=False)
]
OutOption = Annotated[Path | None, typer.Option(metavar="文件夹", help="输出文件夹，默认 dist/", show_default=False)]


@app.command(cls=ChineseCommand, help="用证书签署 PDF 和 Word：先由企业盖章（company），再由法定代表人或单位负责人签字")
@cannot
def sign(
    path: Annotated[Path, typer.Argument(metavar="方案或辖区", help="方案文件夹；--role district 时为辖区文件夹或代号")],
    role: Annotated[Role | None, typer.Option(help="签署人：企业、法定代表人、单位负责人、推荐单位", show_default=False)] = None,
    key: KeyOption = None,
    seal: Annotated[Path | None, typer.Option(metavar="PNG", help="印章或签名图片（透明背景）", show_default=False)] = None,
    level: Annotated[PadesLevel, typer.Option(help="PAdES 级别：B 基本，T 加时间戳，LT 另存吊销信息，LTA 另加归档时间戳")] = PadesLevel.b,
    tsa: TsaOption = None,
    passphrase_file: PassphraseFile = None,
    passphrase_env: PassphraseEnv = None,
    trust: TrustOption = None,
    out: OutOption = None,
    replace: Annotated[bool, typer.Option("--replace", help="放弃已有的签名（较早版本的、试签的），重新盖章；其他人随后再签")] = False,
    test_key: Annotated[bool, typer.Option("--test-key", help="用一次性的测试密钥试签，文件和报告都标明“测试签名”“样章”")] = False,
    refresh: Annotated[bool, typer.Option("--refresh", help="给已签的 PDF 续加归档时间戳（需 --tsa）")] = False,
) -> None:
    from zcfdocs.sealing.keys import Secret
    from zcfdocs.sealing.pdf.signing import Level
    from zcfdocs.sealing.seal import read_seal
    from zcfdocs.sealing.signing import Wish, refresh_all, sign_all
    from zcfdocs.sealing.trust import read_trust

    home = project(Path.cwd())
    roots = read_trust(trust or (), home, offline=False)
    subject = subject_of(path, role is Role.district, out or home / "dist")
    if not subject.pairs:
        raise ZcfError(f"{subject.where} 里没有可以签署的文件", hint="先生成：zcfdocs build")
    if refresh:
        _print(refresh_all(subject, tsa, roots, say))
        return
    if role is None:
        raise ZcfError("没有写明谁来签署", hint="--role company、legal、responsible 或 district")
    wish = Wish(role.value, Level(level.value), tsa, read_seal(seal, role.value) if seal else None, replace)
    now = datetime.datetime.now(datetime.UTC)
    with _signatory(key, test_key, Secret(passphrase_file, passphrase_env), home, subject, role, now) as signatory:
        _print(sign_all(subject, wish, signatory, roots, now, say))
        if signatory.is_test:
            say("这是测试签名：盖的是“样章”，核验结果始终是无效，不能用于申报")


def _print(paths: Iterable[Path]) -> None:
    for path in paths:
        print(path)


def subject_of(path: Path, of_district: bool, out: Path) -> Subject:
    """A plan's copies, or the papers of the district whose folder or key is named."""
    from zcfdocs.sealing.signing import district, factory

    shelf = open_shelf()
    if of_district:
        names = shelf.names()
        return district(path.name, shelf.get(names[-1]) if names else None, out)
    found = examine_plans([path], shelf)
    if len(found) != 1:
        raise ZcfError(f"{path} 里有 {len(found)} 份方案，一次只签一份", hint="写到方案所在的文件夹")
    return factory(found[0], out)


@contextmanager
def _signatory(
    key: str | None, test_key: bool, secret: Secret, home: Path, subject: Subject, role: Role, now: datetime.datetime
) -> Iterator[Signatory]:
    from zcfdocs.sealing.keys import open_key
    from zcfdocs.sealing.keys.throwaway import throwaway

    if test_key:
        if key is not None:
            raise ZcfError("--key 和 --test-key 只能写一个", hint="正式签署用 --key，试签用 --test-key")
        yield throwaway(subject.organisation, subject.person if role is Role.legal else None, now)
        return
    if key is None:
        raise ZcfError("没有写明用哪个密钥签署", hint="--key p12:文件 或 --key pkcs11:模块?token=令牌&cert=证书标签；试签用 --test-key")
    with open_key(key, secret, home) as signatory:
        yield signatory
