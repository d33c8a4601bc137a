"""Every code of a check is explained, in Chinese, with what to do."""

from __future__ import annotations

import re

from zcfdocs.sealing.meanings import meanings, told


def test_every_code_says_what_why_and_what_to_do() -> None:
    known = meanings()
    assert {"V200", "V300", "V400", "V500", "V600"} <= known.keys()
    for code, meaning in known.items():
        assert re.fullmatch(r"V\d{3}", code)
        assert all(re.search(r"[\u4e00-\u9fff]", part) for part in (meaning.title, meaning.why, meaning.mend))
        assert len(told(meaning)) == 3
