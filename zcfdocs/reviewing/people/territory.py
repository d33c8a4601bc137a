"""What a change may touch: a factory its own folder and nothing else, and nothing there that a plan has no use for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from zcfdocs.evidence import is_safe
from zcfdocs.finding import Finding, Severity, define
from zcfdocs.reviewing.people.standing import Standing
from zcfdocs.reviewing.sides.changes import LINK, MODULE, PLAIN, Changed, Layout, visible
from zcfdocs.reviews import NAME as REVIEW
from zcfdocs.snapshot import Blob

E, W = Severity.ERROR, Severity.WARNING
define(
    "R201",
    E,
    "改动了方案文件夹以外的文件",
    why="企业只改自己的方案；目录、工具、流程文件由主管部门改。",
    wrong="改动 indicators/ 或 .github/workflows/",
    right="只改 plans/<辖区>/<名称>/",
)
define("R202", E, "改动了别家企业的方案", why="一份方案只由这家企业和主管部门改。", wrong="甲厂的提交改了乙厂的文件夹", right="各改各的")
define(
    "R203",
    E,
    "改动了主管部门的 review.yaml",
    why="评审意见由主管部门和专家写，企业不能改。",
    wrong="企业的提交改了 review.yaml",
    right="撤回对 review.yaml 的改动",
)
define("R204", E, "提交了链接", why="链接可指向仓库以外的文件，一律不接受。", wrong="evidence/x.pdf → /etc/passwd", right="换成文件本身")
define(
    "R205",
    E,
    "提交了子模块",
    why="子模块指向别处的仓库，内容无从审核。",
    wrong="plans/xiqing/x/evidence 是子模块",
    right="把文件直接放进文件夹",
)
define(
    "R206",
    E,
    "文件名不合规",
    why="文件名须在任何系统上意思相同，不含控制符、路径分隔符和保留名。",
    wrong="evidence/证明\\n1.pdf",
    right="evidence/证明1.pdf",
)
define(
    "R207",
    E,
    "方案文件夹里有不该有的文件",
    why="方案文件夹只放 plan.md、evidence/ 和主管部门的 review.yaml。",
    wrong="plans/xiqing/x/.gitattributes",
    right="删去这个文件",
)
define(
    "R208",
    W,
    "文件过大",
    why="过大的文件拖慢所有人；扫描件可用 200 dpi 灰度。",
    wrong="evidence/扫描.pdf 120 MB",
    right="压缩到 20 MB 以内",
)
define("R209", E, "两个文件名只差大小写", why="在 Windows 和 macOS 上会互相覆盖。", wrong="evidence/a.pdf 与 evidence/A.pdf", right="改名")
define(
    "R210",
    W,
    "主管部门的改动涉及方案以外的文件",
    why="目录、流程的改动影响所有企业，须单独审核。",
    wrong="一次提交既推荐企业又改目录",
    right="分开提交",
)
define(
    "R211",
    W,
    "无法确认提交者是不是这家企业",
    why="代码所有者文件没有写明这份方案由谁维护。",
    wrong="（没有这一行）",
    right="/plans/xiqing/示例/ @企业账号 @区局账号",
)
define(
    "R213",
    W,
    "一次改动涉及几份方案",
    why="企业只改自己的一份方案；几份一起改的，多半是误操作或冒用。",
    wrong="一次提交改了三家企业的 plan.md",
    right="逐份提交",
)
define(
    "R212", E, "文件是可执行的", why="方案里没有要运行的东西。", wrong="evidence/x.pdf 的模式是 100755", right="git update-index --chmod=-x"
)
define(
    "R217",
    E,
    "企业直接改了受保护的分支",
    why="受保护的分支由主管部门合并，企业在自己的分支上改。",
    wrong="企业 git push origin main",
    right="git push origin HEAD:shili/修改",
)
define(
    "R218",
    E,
    "移动了已提交的方案",
    why="已提交的方案换文件夹，会改变谁来审核、谁能改动它。",
    wrong="企业把 plans/一区/甲 改名为 plans/二区/甲",
    right="由主管部门移动",
)
LARGE = 20 << 20
FOLDER = re.compile(r"[a-z0-9-]+")


def judge_files(changed: Sequence[Changed], layout: Layout) -> Iterator[Finding]:
    """Links, submodules, names and modes of every path that the change brings, wherever it lies."""
    for change in changed:
        if change.is_gone:
            continue
        shown, mode = visible(change.path), change.modes[1]
        if mode == LINK:
            yield _at(shown, "R204", "这是一个链接，没有被读取", "换成文件本身")
        elif mode == MODULE:
            yield _at(shown, "R205", "这是一个子模块，没有被读取", "把文件直接放进文件夹")
        elif mode not in PLAIN:
            yield _at(shown, "R207", f"文件模式 {mode} 不认识", "重新添加为普通文件")
        folder = layout.folder_of(change.path)
        if folder is None:
            if change.path.startswith(layout.plans) and "/" in change.path.removeprefix(layout.plans):
                yield _at(shown, "R206", "方案文件夹的名称只用小写字母、数字和横线", "放进 plans/<辖区>/<名称>/")
            continue
        inner = change.path.removeprefix(f"{folder}/")
        if inner not in ("plan.md", REVIEW) and not inner.startswith("evidence/"):
            yield _at(shown, "R207", "方案文件夹里只有 plan.md、evidence/ 和 review.yaml", "删去，或放进 evidence/ 并在 evidence 中列出")
        elif any(part.startswith(".") for part in inner.split("/")):
            yield _at(shown, "R207", "以点开头的文件不是佐证", "删去")
        elif not is_safe(inner):
            yield _at(shown, "R206", "文件名含有不能用的字符，或是系统保留名", "只用汉字、字母、数字、点、横线、下划线和括号")
        elif mode == "100755":
            yield _at(shown, "R212", "文件标为可执行", "git update-index --chmod=-x 去掉执行权限")


def judge_clashes(files: Mapping[str, Mapping[str, Blob]]) -> Iterator[Finding]:
    """By folder: names that fall together where case does not count."""
    for folder, blobs in files.items():
        seen: dict[str, str] = {}
        for name in sorted(blobs):
            other = seen.setdefault(name.casefold(), name)
            if other != name:
                yield _at(visible(f"{folder}/{name}"), "R209", f"与 {visible(other)} 只差大小写", "给其中一个改名")


def judge_sizes(folder: str, blobs: Mapping[str, Blob], changed: Sequence[Changed]) -> Iterator[Finding]:
    touched = {change.path for change in changed if not change.is_gone}
    for name, blob in blobs.items():
        if blob.size > LARGE and f"{folder}/{name}" in touched:
            yield _at(
                visible(f"{folder}/{name}"), "R208", f"文件有 {blob.size / (1 << 20):.0f} MB，超过 {LARGE >> 20} MB", "压缩或降低扫描分辨率"
            )


def judge_outside(outside: Sequence[str], standings: Sequence[Standing], has_plans: bool) -> Iterator[Finding]:
    """Files of no plan are the city's; whoever is not known to be that may not change them."""
    city = bool(standings) and all("city" in standing.roles for standing in standings)
    for path in outside:
        if not city:
            who = next((f"提交者 {standing.who} " for standing in standings if standing.who), "身份不明的提交者")
            yield _at(visible(path), "R201", f"{who}不能改动方案文件夹以外的文件", "撤回对这个文件的改动，或由市级主管部门提交")
        elif has_plans:
            yield _at(visible(path), "R210", "这次改动同时涉及方案和方案以外的文件", "分开提交，各自审核")


def judge_number(paths: Sequence[str], standings: Sequence[Standing]) -> Iterator[Finding]:
    """Several plans at once are nothing that a factory does."""
    if len(paths) > 1 and not all(standing.roles & {"district", "city"} for standing in standings):
        yield _at(paths[0], "R213", f"一次改动涉及 {len(paths)} 份方案", "企业一次只改自己的一份方案；请逐份提交")


def judge_protected(standings: Iterable[Standing]) -> Iterator[Finding]:
    """The protected branch is the bureaus': a factory's change gets there when they merge it."""
    for standing in standings:
        if standing.is_known and not standing.is_bureau:
            yield _at(
                "plans", "R217", f"{standing.who} 不是这份方案的主管部门，不能直接改受保护的分支", "推送到自己的分支，由主管部门审核后合并"
            )
            return


def judge_owner(path: str, standing: Standing, is_new: bool) -> Iterator[Finding]:
    """Whether this person has anything to do with this plan."""
    if standing.who is None or standing.is_bureau:
        return
    if standing.certain and "factory" not in standing.roles:
        yield _at(path, "R202", f"提交者 {standing.who} 不是这份方案的企业，也不是它的主管部门", "撤回对这份方案的改动")
    elif not standing.certain and not is_new:
        yield _at(path, "R211", f"代码所有者文件没有写明 {standing.who} 与这份方案的关系", "由主管部门在 CODEOWNERS 中写明这份方案由谁维护")


def judge_move(before: str, after: str, begun: bool, standings: tuple[Standing, Standing]) -> Iterator[Finding]:
    """A plan that was handed in stays where it is unless its bureau, or that of the new place, moves it; a draft goes where it may."""
    here, there = standings
    if before == after or (here.is_bureau and there.is_bureau):
        return
    if begun:
        yield _at(f"{after}/plan.md", "R218", f"方案从 {before} 移到了 {after}", "由主管部门移动；企业撤回对文件夹名称的改动")
    elif there.certain and not there.roles & {"factory", "district", "city"}:
        yield _at(f"{after}/plan.md", "R218", f"方案移到了 {after}，提交者 {here.who} 与那里无关", "移到自己的文件夹")


def judge_reviews(path: str, standing: Standing) -> Iterator[Finding]:
    """review.yaml changed: by a bureau or an expert, or by nobody who may."""
    if standing.is_known and not standing.roles & {"district", "city", "expert"}:
        yield _at(path, "R203", f"提交者 {standing.who} 不能改评审意见", "撤回对 review.yaml 的改动")
    elif not standing.is_known:
        yield _at(path, "R203", "评审意见被改动，而提交者的身份不明", "用 --by 指明提交者，或由主管部门合并")


def _at(path: str, code: str, message: str, hint: str) -> Finding:
    return Finding(code, (), message, hint, path=path, line=1, column=1)
