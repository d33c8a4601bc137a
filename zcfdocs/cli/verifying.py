"""Commands of who receives: verify, receive."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zcfdocs.cli.frame import Format, FormatOption, app, cannot, console, print_json, say, stop
from zcfdocs.cli.signing import TrustOption
from zcfdocs.errors import ZcfError, why
from zcfdocs.places import indicators, project
from zcfdocs.speech import ChineseCommand

if TYPE_CHECKING:  # pyHanko takes half a second to import: only where something is verified
    from zcfdocs.sealing.verdict import Check

CODES = {"valid": 0, "invalid": 1, "indeterminate": 3}
SIGNS = {"valid": "✓", "invalid": "✗", "indeterminate": "？"}
OfflineOption = Annotated[bool, typer.Option("--offline", help="不访问网络，不查询吊销状态")]


@app.command(cls=ChineseCommand, help="核验收到的文件：签名、清单、内容，是否与方案和仓库一致；退出码 0 有效、1 无效、3 不确定")
@cannot
def verify(
    path: Annotated[Path, typer.Argument(metavar="文件", help="申报包 .zip，或单个 PDF、Word、扫描件、公开发布证明")],
    repo: Annotated[
        Path | None, typer.Option(metavar="文件夹", help="方案仓库：按文件标明的提交重新生成并比较", show_default=False)
    ] = None,
    trust: TrustOption = None,
    offline: OfflineOption = False,
    format: FormatOption = Format.text,
) -> None:
    from zcfdocs.sealing.verdict import together

    checks = _checks(path, repo, trust, offline)
    verdict = together(checks)
    if format is Format.json:
        print_json({"verdict": verdict.value, "checks": [check.as_json() for check in checks]})
    else:
        _show(path, checks)
    stop(CODES[verdict.value])


def _checks(path: Path, repo: Path | None, trust: Sequence[Path] | None, offline: bool) -> list[Check]:
    from zcfdocs.sealing.trust import read_trust
    from zcfdocs.sealing.verify.any import judge
    from zcfdocs.sealing.verify.document import Grounds

    home = project(Path.cwd())
    return judge(path, Grounds(read_trust(trust or (), home, offline), indicators(home), repo))


def _show(path: Path, checks: Sequence[Check]) -> None:
    """The verdict first, then what speaks against it with its mend, then the rest."""
    from zcfdocs.sealing.package.names import visible
    from zcfdocs.sealing.verdict import MEANINGS, Verdict, together

    out = console()
    out.print(f"{visible(path.name)}：{together(checks).label}", highlight=False, markup=False)
    for verdict in (Verdict.INVALID, Verdict.INDETERMINATE, Verdict.VALID):
        for check in (check for check in checks if check.verdict is verdict):
            line = f"  {SIGNS[verdict.value]} {check.code} {visible(check.subject)}：{visible(check.message)}"
            out.print(line, highlight=False, markup=False, soft_wrap=True)
        codes = dict.fromkeys(check.code for check in checks if check.verdict is verdict is Verdict.INVALID)
        for code in codes:
            out.print(f"    {code} 怎么办：{MEANINGS[code].mend}", highlight=False, markup=False, soft_wrap=True)


@app.command(cls=ChineseCommand, help="核验申报包，无误的提交到分支 in/统一社会信用代码，等待审核；不动其他分支和工作目录")
@cannot
def receive(
    path: Annotated[Path, typer.Argument(metavar="申报包", help="企业的申报包 .zip")],
    trust: TrustOption = None,
    offline: OfflineOption = False,
    unsure: Annotated[bool, typer.Option("--accept-unsure", help="结论为“不确定”的也接收，例如只有盖章扫描件的")] = False,
) -> None:
    home = project(Path.cwd())
    with _held(path) as held:
        _receive(held, home, _checks(held, None, trust, offline), unsure)


@contextmanager
def _held(path: Path) -> Iterator[Path]:
    """A copy of one's own: what is taken over is what was verified, whoever may write to the stick meanwhile."""
    with tempfile.TemporaryDirectory(prefix="zcf-receive-") as room:
        try:
            yield Path(shutil.copyfile(path, Path(room) / path.name))
        except OSError as error:
            raise ZcfError(f"不能读取 {path}：{why(error)}", hint="检查路径和权限") from error


def _receive(path: Path, home: Path, checks: Sequence[Check], unsure: bool) -> None:
    from zcfdocs.sealing.receiving import receive as commit
    from zcfdocs.sealing.unpacking import delivered
    from zcfdocs.sealing.verdict import Verdict, together

    verdict = together(checks)
    if verdict is Verdict.INVALID or (verdict is Verdict.INDETERMINATE and not unsure):
        _show(path, checks)
        say("没有接收：" + ("结论为不确定，确认后可加 --accept-unsure" if verdict is Verdict.INDETERMINATE else "没有通过核验"))
        stop(CODES[verdict.value])
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    with delivered(path, (f"申报包 sha256：{digest}", f"核验结论：{verdict.label}")) as delivery:
        made = commit(delivery, home)
    if not made.changed:
        say(f"分支 {made.branch} 上已是这一版，没有变化")
    else:
        say(f"已接收到分支 {made.branch}：{made.folder}。审核：git diff HEAD...{made.branch}")
    print(made.commit)
