"""provenance.json: the same bytes for the same facts, read back whole, and nothing else taken for one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.test_bureau import opened
from zcfdocs.sealing.package.provenance import Noted, Provenance, Unsigned, of_card, provenance, read_provenance
from zcfdocs.versions import shaping

FILES = {"申报材料/试点方案.pdf": Noted("a" * 64, Unsigned(271000, "b" * 64)), "方案原件/plan.md": Noted("c" * 64)}


@pytest.fixture(scope="module")
def told() -> Provenance:
    dossier = opened()
    card = dossier.card | {"source": {"commit": "0" * 40, "dirty": False}}
    return of_card(card, dossier.slug, shaping(), FILES)


def test_it_is_read_back_whole(told: Provenance) -> None:
    found = read_provenance(provenance(told))
    assert found == told
    assert found.tools == shaping()


def test_the_order_of_what_is_told_changes_nothing(told: Provenance) -> None:
    other = Provenance(**{name: getattr(told, name) for name in Provenance.__slots__} | {"files": dict(reversed(FILES.items()))})
    assert provenance(other) == provenance(told)


def test_it_says_what_the_issue_asks(told: Provenance) -> None:
    read = json.loads(provenance(told))
    assert read["format"] == "zcf-provenance/1"
    assert read["plan"]["slug"] == "jinhe-auto-parts"
    assert read["files"]["申报材料/试点方案.pdf"]["unsigned"] == {"length": 271000, "sha256": "b" * 64}
    assert read["tools"]["weasyprint"]


def test_no_commit_and_no_unsigned_are_told_as_such(told: Provenance) -> None:
    other = Provenance(**{name: getattr(told, name) for name in Provenance.__slots__} | {"commit": None, "draft": True})
    assert read_provenance(provenance(other)) == other


@pytest.mark.parametrize(
    "change",
    [
        lambda read: read.update(format="zcf-provenance/2"),
        lambda read: read.update(more=1),
        lambda read: read.update(draft="no"),
        lambda read: read.pop("tools"),
        lambda read: read["plan"].update(digest="x"),
        lambda read: read["plan"].update(name="x" * 501),
        lambda read: read["source"].update(commit="HEAD"),
        lambda read: read["source"].update(commit="--upload-pack=x"),
        lambda read: read["files"].update({"a": {"sha256": "A" * 64}}),
        lambda read: read["files"].update({f"{at}": {"sha256": "a" * 64} for at in range(5001)}),
        lambda read: read["tools"].update(weasyprint=70),
    ],
)
def test_anything_else_is_none(told: Provenance, change: Callable[[dict[str, Any]], object]) -> None:
    read = json.loads(provenance(told))
    change(read)
    assert read_provenance(json.dumps(read).encode()) is None


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff", b"[" * 100000, b'{"format": 1, "format": 2}', b" " * (5 << 20), b"9" * 5000])
def test_what_is_no_json_of_it_is_none(data: bytes) -> None:
    assert read_provenance(data) is None
