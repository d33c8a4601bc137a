"""A repository of plans with a bureau's code owners, and changes of it on a branch of their own, for tests of what a review says."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.repository import Repository
from zcfdocs.reviewing import model
from zcfdocs.reviewing.asking import asked
from zcfdocs.reviewing.review import review

HERE = Path(__file__).parent
ROOT = HERE.parent
ORACLE = HERE / "cases" / "oracle"
PLACE = "plans/xiqing/shili"
PLAN = f"{PLACE}/plan.md"
OTHER = "plans/binhai/haiheng-biopharma"
OWNERS = """* @tj-city
/plans/xiqing/ @xiqing-bureau
/plans/binhai/ @binhai-bureau
/plans/xiqing/shili/ @shili @xiqing-bureau
/plans/binhai/haiheng-biopharma/ @haiheng @binhai-bureau
/plans/xiqing/*/review.yaml @xiqing-bureau @tj-city
/plans/binhai/*/review.yaml @binhai-bureau @tj-city
"""


class Plans(Repository):
    """With the worked plan, one of the examples, the catalogues and the code owners on main; changes go to the branch work."""

    def __init__(self, top: Path) -> None:
        super().__init__(top)
        shutil.copytree(ROOT / "indicators", top / "indicators")
        shutil.copytree(ORACLE, top / PLACE, ignore=shutil.ignore_patterns("expected*"))
        shutil.copytree(ROOT / OTHER, top / OTHER)
        self.write(".github/CODEOWNERS", OWNERS)
        self.base = self.commit()

    def write(self, name: str, text: str | bytes) -> None:
        path = self.top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def edit(self, *replacements: tuple[str, str], name: str = PLAN) -> None:
        text = (self.top / name).read_text("utf-8")
        for old, new in replacements:
            assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
            text = text.replace(old, new)
        self.write(name, text)

    def settle(self) -> str:
        """What was edited so far is the base."""
        self.base = self.commit()
        return self.base

    def review(self, by: str | None = None, signed: bool = False) -> model.Review:
        """Of what was edited since the base, committed on a branch that then goes away."""
        self.git("checkout", "-q", "-B", "work")
        head = self.commit()
        self.git("checkout", "-q", "main")
        self.git("reset", "-q", "--hard", self.base)
        return review(asked(self.top, f"{self.base}..{head}", by, signed)).review


def apply(change: Mapping[str, Any], plans: Plans) -> None:
    """`replace` in the worked plan or in the file `in` says, `files` by their paths: text, null to delete, {link}, {copy}, {size}, {move}."""
    for item in change.get("replace", ()):
        plans.edit((item["old"], item["new"]), name=item.get("in", PLAN))
    for name, what in change.get("files", {}).items():
        path = plans.top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if what is None:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        elif isinstance(what, str):
            path.write_text(what, "utf-8")
        elif "link" in what:
            path.symlink_to(what["link"])
        elif "copy" in what:
            shutil.copyfile(plans.top / what["copy"], path)
        elif "move" in what:
            shutil.move(plans.top / what["move"], path)
        else:
            path.write_bytes(b"%PDF-1.4\n" + bytes(int(what["size"])))
