"""报送清单: what is to be put on the table and on the stick, who has signed what, what is missing, with boxes to tick by hand."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from zcfdocs.bureau.paper import paper, table, version
from zcfdocs.catalogue import Catalogue
from zcfdocs.dossier import Dossier
from zcfdocs.manuscript.compose import mark
from zcfdocs.manuscript.manuscript import Manuscript
from zcfdocs.manuscript.notation import ABSENT, day
from zcfdocs.manuscript.parts import fill
from zcfdocs.manuscript.table import Row, Table, centred, heading, text, value

NAME = "报送清单"
KIND = "L"  # in the page code
TICK = "□"
DIGITS = 16
HANDED = (("交件人签字", "交件日期"), ("接收人签字", "接收日期"))
PAPER_TABLE, MEDIA_TABLE = "judged", "evidence_list"  # tables that the style sheets let run over pages
Facts = tuple[tuple[tuple[str, str], ...], ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A file by its path on the stick; `pages` of a PDF; `signed` names who signed or sealed it, `open` whose place in it is empty."""

    path: str
    sha256: str
    pages: int | None = None
    signed: tuple[str, ...] = ()
    open: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


def checklist(
    dossier: Dossier, items: Sequence[Item], on_paper: Collection[str], missing: Sequence[str] = (), draft: bool = False
) -> Manuscript:
    """A factory's; `on_paper` are the paths that are handed in as paper too."""
    factory = dossier.plan.factory
    facts: Facts = (
        (("企业名称", factory.applicant_name),),
        (("统一社会信用代码", factory.uscc or ""), ("所在区", dossier.district_name)),
        *_addressed(dossier.catalogue),
        (("方案版本", version(dossier)),),
    )
    title = f"{NAME}（{factory.applicant_name}）"
    content = _sheet(dossier.catalogue, facts, items, on_paper, missing, draft)
    made = paper(NAME, title, factory.applicant_name, dossier.catalogue.title, dossier.plan.as_of, [("form", content)])
    return replace(made, draft=draft, mark=mark(KIND, dossier))


def district_checklist(
    dossiers: Sequence[Dossier], items: Sequence[Item], on_paper: Collection[str], missing: Sequence[str] = ()
) -> Manuscript:
    """A district's: its letter, its list and the factories' packages."""
    first = dossiers[0]
    names = "、".join(dossier.plan.factory.applicant_name for dossier in dossiers)
    facts: Facts = (
        (("推荐单位所在区", first.district_name), ("企业", f"{len(dossiers)} 家")),
        *_addressed(first.catalogue),
        (("企业名称", names),),
    )
    content = _sheet(first.catalogue, facts, items, on_paper, missing, draft=False)
    last = max(dossier.plan.as_of for dossier in dossiers)
    return paper(NAME, f"{NAME}（{first.district_name}）", first.district_name, first.catalogue.title, last, [("form", content)])


def _addressed(catalogue: Catalogue) -> Facts:
    """The notice's words: to whom, until when, what, in which form."""
    asked = catalogue.submission
    how = f"纸质材料一式{asked.paper_copies}份；{'和'.join(asked.formats)}电子版存{asked.media}"
    return (
        (("报送至", asked.recipients), ("截止日期", day(catalogue.deadline))),
        (("报送材料", "、".join(asked.documents)),),
        (("报送形式", how),),
    )


def _sheet(
    catalogue: Catalogue, facts: Facts, items: Sequence[Item], on_paper: Collection[str], missing: Sequence[str], draft: bool
) -> str:
    asked = catalogue.submission
    printed = [item for item in items if item.path in on_paper]
    tables = [
        Table(
            PAPER_TABLE,
            f"纸质材料（一式{asked.paper_copies}份）",
            (8, 34, 10, 10, 28, 10),
            heading("序号", "材料", "页数", "份数", "签字盖章", "已备"),
            (tuple(_on_paper(number, item, str(asked.paper_copies)) for number, item in enumerate(printed, 1)),),
        ),
        Table(
            MEDIA_TABLE,
            f"{asked.media}中的文件",
            (46, 8, 16, 23, 7),
            heading("文件", "页数", "电子签名", f"SHA-256（前{DIGITS}位）", "已核"),
            (tuple(_tree(items)),),
            f"共 {len(items)} 个文件；完整的摘要见申报包中的 manifest-sha256.txt。",
        ),
    ]
    shown = [table(found) for found in tables if any(found.groups)]
    return fill("checklist.html.j2", title=NAME, draft=draft, facts=facts, tables=shown, missing=missing, handed=HANDED)


def _on_paper(number: int, item: Item, copies: str) -> Row:
    """On paper a seal is still to be set where no electronic one is printed."""
    seals = "、".join((*(f"{TICK}{name}" for name in item.open), *(f"{name}（电子）" for name in item.signed)))
    return (
        centred(str(number)),
        text(item.name.rpartition(".")[0] or item.name),
        value(str(item.pages) if item.pages else ABSENT),
        value(copies),
        text(seals or ABSENT),
        centred(TICK),
    )


def _tree(items: Sequence[Item]) -> Iterator[Row]:
    """Folders once, above what lies in them; names moved in by their depth."""
    shown: set[str] = set()
    for item in sorted(items, key=lambda item: _order(item.path)):
        *folders, name = item.path.split("/")
        for depth, folder in enumerate(folders):
            path = "/".join(folders[: depth + 1])
            if path not in shown:
                shown.add(path)
                yield (text(f"{_indent(depth)}{folder}/", cols=5),)
        yield (
            text(f"{_indent(len(folders))}{name}"),
            value(str(item.pages) if item.pages else ABSENT),
            text("、".join(item.signed) or ABSENT),
            centred(item.sha256[:DIGITS]),
            centred(TICK),
        )


def _order(path: str) -> list[tuple[bool, str]]:
    """Files before the folders beside them."""
    *folders, name = path.split("/")
    return [*((True, folder) for folder in folders), (False, name)]


def _indent(depth: int) -> str:
    return "\u3000" * depth
