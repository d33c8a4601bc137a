"""Whether a copy says what its plan amounts to: figures worked out again, and the copies themselves made again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from zcfdocs.binding import paginate
from zcfdocs.errors import ZcfError
from zcfdocs.evidence import MAGIC, is_safe
from zcfdocs.pipeline import dossier
from zcfdocs.reading import read_plan
from zcfdocs.scorecard import Json, Origin
from zcfdocs.sealing.pdf.structure import unsigned_prefix
from zcfdocs.sealing.rebuild import Rebuilt, Tree, card_again, examined_again
from zcfdocs.sealing.verdict import Check, define, invalid, unsure, valid
from zcfdocs.sealing.word.bare import differences_from

V500 = define(
    "V500",
    "附带的方案可读，且与副本标明的版本一致",
    why="试点方案.pdf 里附有填报原文和得分数据，读者据此复核。",
    mend="向提供者索取未经改动的文件。",
)
V501 = define(
    "V501",
    "得分和各年数值按附带的方案复算一致",
    why="得分由数据、佐证和规则算出，任何人都能再算一遍。",
    mend="以复算结果为准，退回提供者说明。",
)
V502 = define(
    "V502",
    "副本与重新生成的完全相同",
    why="未签名的文件由方案唯一确定；签名只在其后追加，原来的字节不变。",
    mend="换用 provenance.json 所列版本的程序再核验；仍不同则退回提供者。",
)
V503 = define("V503", "副本之间逐段、逐个数字一致", why="PDF、Word 和数据须说同样的话。", mend="以签名的 PDF 为准，退回提供者说明。")
FIGURES = ("years", "phases", "gates")


def judge_card(card: Json, again: Json | None, subject: str, complete: bool) -> Check:
    """The card that came along beside the one worked out again; without the evidence (`complete` false) a difference proves nothing."""
    if again is None:
        return invalid(V501, subject, "附带的方案无法核算")
    if card.get("catalogue") != again["catalogue"]:
        return unsure(V501, subject, "评分所据的指标目录与本机的版本不同，不能复算；用 --repo 指定方案仓库")
    wrong = [name for name in (*FIGURES, *(("plan",) if complete else ())) if card.get(name) != again[name]]
    if not wrong:
        now = again["phases"]["now"]
        return valid(V501, subject, f"得分和各年数值复算一致，现状 {now['display']} 分")
    if complete:
        return invalid(V501, subject, f"复算不一致：{'、'.join(wrong)}（复算现状 {again['phases']['now']['display']} 分）")
    return unsure(V501, subject, "佐证文件不在手边，得分不能完全复算；请与整个申报包一起核验")


def card_without_evidence(text: bytes, indicators: Path, origin: Origin) -> Json | None:
    """The card as if every named evidence file were there: what a single document can be held to."""
    with tempfile.TemporaryDirectory(prefix="zcf-plan-") as folder:
        path = Path(folder) / "plan.md"
        path.write_bytes(text)
        plan = read_plan(path, "plan.md").plan
        for item in plan.evidence if plan else ():
            magic = MAGIC.get(Path(item.file).suffix.lower())
            if magic and is_safe(item.file):
                place = path.parent / item.file
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(magic[0])
        return card_again(Tree(path, indicators, origin))


def judge_made(copies: Mapping[str, bytes], made: Rebuilt, tree: Tree, same_tools: bool, complete: bool = False) -> Iterator[Check]:
    """Each copy beside the one made again: signed ones by what was there before the first signature.

    Where other versions of the tools made them, other bytes prove nothing: then text and figures are compared (issue: 不确定).
    """
    different = []
    for name in sorted(made.copies.keys() - copies.keys()) if complete else ():
        yield invalid(V502, name, f"包里没有 {name}")
    for name, data in sorted(copies.items()):
        if name not in made.copies:
            yield invalid(V502, name, "这份方案生成不出这个文件")
        elif not (found := _differences(name, data, made.copies[name])):
            yield valid(V502, name, "未签名的部分与按方案重新生成的逐字节相同")
        elif same_tools:
            yield invalid(V502, name, f"与按方案重新生成的不同（{'、'.join(found[:3])}）")
        else:
            different.append(name)
            yield unsure(V502, name, f"与本机重新生成的不同（{'、'.join(found[:3])}）；可能由其他版本的程序生成，另比较文字和数字")
    documents = {Path(name).stem for name in different if name.endswith((".pdf", ".docx"))}
    pairs = {stem: (copies.get(f"{stem}.pdf"), copies.get(f"{stem}.docx")) for stem in sorted(documents)}
    yield from judge_words({stem: (pdf, word) for stem, (pdf, word) in pairs.items() if pdf is not None}, tree)


def _differences(name: str, found: bytes, wanted: bytes) -> list[str]:
    if name.endswith(".docx"):
        return differences_from(found, wanted)
    whole = unsigned_prefix(found) if name.endswith(".pdf") else found
    return [] if whole == wanted else ["内容"]


def judge_words(pairs: Mapping[str, tuple[bytes, bytes | None]], tree: Tree) -> Iterator[Check]:
    """PDF and Word by the name of their document, held against the manuscript of the plan, block by block."""
    from zcfdocs.manuscript import compose, evaluation
    from zcfdocs.printing.parity import compare

    composers = {compose.NAME: compose.compose, evaluation.NAME: evaluation.evaluation}
    examined = examined_again(tree)
    whole = dossier(examined, tree.origin)
    if whole is None:
        return
    whole = replace(whole, bound=paginate(whole.plan.evidence, whole.evidence, examined.reading.source.folder))
    for name, (pdf, word) in pairs.items():
        made = composers[name](whole) if name in composers else None
        if made is None:
            continue
        try:
            found = compare(made.html, pdf, word)
        except ZcfError as error:
            yield invalid(V503, name, f"不能逐段比较：{error.message}")
            continue
        if found:
            yield invalid(V503, name, f"文字或数字不一致：{'；'.join(map(str, found[:3]))}")
        else:
            yield valid(V503, name, "PDF、Word 与方案逐段、逐个数字一致" if word is not None else "PDF 与方案逐段、逐个数字一致")
