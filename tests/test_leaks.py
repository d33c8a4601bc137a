"""Nothing under dist/site tells a private value: not a page, the search, the data, the feed, the PDF, nor the record of an older version."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from tests.test_public_copies import OUTPUTS, PERSONS, SAID, TELLING, told
from tests.test_site import forms, readable
from tests.test_website import ORACLE, Round, stage, tree

REVIEW = "评审人隐名"
DRAFTED = "未公开稿里的一句话"
KEPT = ("years:\n", "confidential: [years.products.amount]\nyears:\n")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a plan whose drafts said more than it says now, whose first public version did not yet keep its output back."""
    made = Round(tmp_path_factory.mktemp("leaks") / "home")
    new = (*PERSONS, *(f"amount: {amount}, unit: 套" for amount in OUTPUTS))
    secrets = tuple(zip(SAID, new, strict=True))
    prose = ("# 二、试点目标\n", f"# 二、试点目标\n\n{TELLING}\n")
    made.write("xiqing/beta", ORACLE, *secrets, ("# 二、试点目标\n", f"# 二、试点目标\n\n{DRAFTED}。{TELLING}\n"))
    made.commit()
    made.write("xiqing/beta", ORACLE, *secrets, prose, stage("candidate"))
    made.commit()
    made.write("xiqing/beta", ORACLE, *secrets, prose, KEPT, stage("building"))
    review = {"role": "expert", "reviewer": REVIEW, "date": "2025-05-01", "digest": "sha256:" + "0" * 64, "decision": "none"}
    (made.home / "plans/xiqing/beta/review.yaml").write_text(json.dumps({"format": "zcf-reviews/1", "reviews": [review]}), "utf-8")
    made.commit()
    return made.build()


def said(name: str, data: bytes) -> str:
    """All that a file says, unpacked."""
    if name.endswith(".pdf"):
        return "\n".join(told(data).values())
    return readable(gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data)


def found(files: dict[str, bytes], *values: str) -> set[tuple[str, str]]:
    hits = set()
    for name, data in files.items():
        text = f"{name}\n{said(name, data)}"
        for value in values:
            shapes = [rf"(?<![\d.]){value}(?![\d.])"] if value.isdigit() else [re.escape(form) for form in forms(value)]
            hits |= {(name, value) for shape in shapes if re.search(shape, text)}
    return hits


def test_no_file_of_the_site_tells_a_private_value(site: Path) -> None:
    files = tree(site)
    assert {Path(name).suffix for name in files} >= {".html", ".json", ".csv", ".js", ".xml", ".pdf", ".pf_fragment", ".pf_index"}
    assert {"p/91120111MA0EXAMP1P/v2/record.json", "p/91120111MA0EXAMP1P/v3/record.json"} <= files.keys()
    assert found(files, *PERSONS, *OUTPUTS, "203,119", REVIEW, DRAFTED) == set()


def test_the_search_of_this_test_sees_into_every_kind_of_file(site: Path) -> None:
    """What is public stands in all of them."""
    hits = {Path(name).suffix for name, _ in found(tree(site), "天津示例零部件有限公司")}
    assert hits >= {".html", ".json", ".csv", ".js", ".xml", ".pdf", ".pf_fragment"}


def test_evidence_itself_is_never_on_the_site(site: Path) -> None:
    evidence = {path.read_bytes() for path in (ORACLE / "evidence").rglob("*") if path.is_file()}
    assert not [name for name, data in tree(site).items() if data in evidence]


def test_the_search_index_knows_no_private_pair_of_characters(site: Path) -> None:
    """The index holds pairs as hexadecimal words (`site.search`)."""
    index = b"".join(gzip.decompress(data) for name, data in tree(site).items() if name.endswith(".pf_index")).decode("latin-1")
    pair = {text: "".join(f"{ord(character):04x}" for character in text) for text in ("天津", "欧阳", "隐名")}
    assert {text for text, word in pair.items() if word in index} == {"天津"}
