"""What a copy is held to: the plan made again byte for byte by the same tools, text and figures by others, the card worked out anew."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pikepdf
import pytest

from zcfdocs.scorecard import Origin
from zcfdocs.sealing.rebuild import Rebuilt, Tree, card_again, rebuilt
from zcfdocs.sealing.verdict import Verdict
from zcfdocs.sealing.verify.content import card_without_evidence, judge_card, judge_made

RIVER = Path(__file__).parent.parent / "river"
TREE = Tree(RIVER / "plans/upper/mill/plan.md", RIVER / "indicators", Origin("0123456789abcdef0123456789abcdef01234567"))
PDF, WORD = "试点方案.pdf", "试点方案.docx"


@pytest.fixture(scope="module")
def made() -> Rebuilt:
    return rebuilt(TREE)


def saved_anew(data: bytes, old: bytes = b"", new: bytes = b"") -> bytes:
    """The same document in other bytes, as another version of a library would write it; `old` exchanged in the pages' text."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        for page in document.pages if old else ():
            page.Contents = document.make_stream(page.Contents.read_bytes().replace(old, new, 1))
        document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


def verdicts(copies: dict[str, bytes], made: Rebuilt, same_tools: bool) -> dict[str, Verdict]:
    return {f"{check.code} {check.subject}": check.verdict for check in judge_made(copies, made, TREE, same_tools)}


def test_the_same_bytes_are_valid_whatever_the_tools(made: Rebuilt) -> None:
    for same in (True, False):
        assert set(verdicts(dict(made.copies), made, same).values()) == {Verdict.VALID}


def test_other_bytes_of_the_same_tools_are_invalid(made: Rebuilt) -> None:
    copies = {PDF: saved_anew(made.copies[PDF]), "计算表.xlsx": made.copies["计算表.xlsx"] + b"x"}
    assert verdicts(copies, made, True) == {f"V502 {PDF}": Verdict.INVALID, "V502 计算表.xlsx": Verdict.INVALID}


def test_other_bytes_of_other_tools_cannot_be_told_and_text_and_figures_are_compared(made: Rebuilt) -> None:
    found = verdicts({PDF: saved_anew(made.copies[PDF]), WORD: made.copies[WORD]}, made, False)
    assert found == {f"V502 {WORD}": Verdict.VALID, f"V502 {PDF}": Verdict.INDETERMINATE, "V503 试点方案": Verdict.VALID}


def test_a_glyph_exchanged_by_other_tools_is_found(made: Rebuilt) -> None:
    with pikepdf.open(io.BytesIO(made.copies[PDF])) as document:
        text = document.pages[5].Contents.read_bytes()
    shown = text.index(b"[<") + 2
    glyph = text[shown : shown + 4]
    other = b"0001" if glyph != b"0001" else b"0002"
    forged = saved_anew(made.copies[PDF], b"[<" + glyph, b"[<" + other)
    assert verdicts({PDF: forged, WORD: made.copies[WORD]}, made, False)["V503 试点方案"] is Verdict.INVALID


def test_a_file_no_plan_makes_is_invalid(made: Rebuilt) -> None:
    assert verdicts({"别的.pdf": b"%PDF-1.4"}, made, False) == {"V502 别的.pdf": Verdict.INVALID}


def test_the_card_is_worked_out_again(made: Rebuilt) -> None:
    card = json.loads(made.copies["scorecard.json"])
    again = card_again(TREE)
    assert judge_card(card, again, "x", complete=True).verdict is Verdict.VALID
    changed = json.loads(json.dumps(card))
    changed["phases"]["now"]["total"] = "99"
    assert judge_card(changed, again, "x", complete=True).verdict is Verdict.INVALID
    assert (
        judge_card(card | {"catalogue": {"id": "river-2030", "digest": "sha256:0"}}, again, "x", complete=True).verdict
        is Verdict.INDETERMINATE
    )
    assert judge_card(card, None, "x", complete=True).verdict is Verdict.INVALID


def test_without_its_evidence_a_plan_is_worked_out_as_if_it_were_there(made: Rebuilt) -> None:
    card = json.loads(made.copies["scorecard.json"])
    alone = card_without_evidence(TREE.plan.read_bytes(), TREE.indicators, TREE.origin)
    assert judge_card(card, alone, "x", complete=False).verdict is Verdict.VALID
    card["phases"]["now"]["total"] = "99"
    assert judge_card(card, alone, "x", complete=False).verdict is Verdict.INDETERMINATE
