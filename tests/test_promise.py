"""What was promised at `candidate` is what counts at evaluation, whatever the plan says since (spec 2 `achieved`, spec 3)."""

from __future__ import annotations

import hashlib
import re
import shutil
from fractions import Fraction
from pathlib import Path

import pytest

from tests.repository import Repository
from zcfdocs import promise
from zcfdocs.derivation import derivation
from zcfdocs.history import History
from zcfdocs.history import history as read_history
from zcfdocs.loading import Shelf
from zcfdocs.pipeline import Examined, card, dossier, examine, examine_all
from zcfdocs.scorecard import Origin
from zcfdocs.scoring import RowScore, score
from zcfdocs.sealing.rebuild import card_again, tree_at
from zcfdocs.store import Store
from zcfdocs.task import Task, reopened

ROOT = Path(__file__).parent.parent
ORACLE = ROOT / "tests/cases/oracle"
PLACE = "plans/xiqing/shili-parts"
USCC = "91120111MA0EXAMP1P"
GRID = "{carrier: grid_electricity, amount: 10500, unit: MWh}"
EVALUATION = "evaluation: {as_of: 2026-12-31, period: {start: 2025-06-01, end: 2026-05-31}}\n"
TEXT = (ORACLE / "plan.md").read_text(encoding="utf-8")
TARGET = TEXT[TEXT.index("  - year: 2026") : TEXT.index("benchmarks:")]


def text(stage: str, target: str = TARGET, result: str = "", more: str = "") -> str:
    """The worked plan at a stage; `result` is the grid electricity of its year of the result."""
    whole = TEXT.replace("stage: draft\n", f"stage: {stage}\n{EVALUATION if result else ''}{more}").replace(TARGET, target)
    reached = TARGET.replace("kind: target", "kind: result").replace("amount: 10500, unit: MWh}", f"amount: {result}, unit: MWh}}", 1)
    return whole.replace("benchmarks:\n", f"{reached}benchmarks:\n") if result else whole


SELECTED, EASIER = text("candidate"), TARGET.replace(GRID, GRID.replace("10500", "11900"))
EVALUATED = text("evaluation_requested", result="11000")
LOWERED = text("evaluation_requested", EASIER, result="11000")


class Plans(Repository):
    def put(self, content: str, place: str = PLACE) -> str:
        folder = self.top / place
        if not folder.exists():
            shutil.copytree(ORACLE / "evidence", folder / "evidence")
        (folder / "plan.md").write_text(content, encoding="utf-8")
        return self.commit()


@pytest.fixture
def plans(tmp_path: Path) -> Plans:
    return Plans(tmp_path / "repository")


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return Shelf(ROOT / "indicators")


def judged(top: Path, shelf: Shelf, place: str = PLACE) -> Examined:
    return examine(top / place / "plan.md", f"{place}/plan.md", shelf)


def row(item: Examined) -> RowScore:
    assert item.score is not None
    return next(row for row in item.score.phases["result"].rows if row.row.id == "5.1.1")


def codes(item: Examined) -> list[str]:
    return [finding.code for finding in item.findings if finding.code.startswith("Z86")]


def promised_alone(item: Examined, candidate: Examined) -> Fraction:
    """The row as the scoring judges it by the accounts of the plan that was selected."""
    plan, rulebook = item.reading.plan, item.rulebook
    assert plan is not None
    assert rulebook is not None
    found = score(plan, rulebook, item.reading.evidence, item.accounts, candidate.accounts)
    return next(row.points for row in found.phases["result"].rows if row.row.id == "5.1.1")


def test_where_the_promise_stands_nothing_is_said_and_the_plans_own_figures_count(plans: Plans, shelf: Shelf) -> None:
    plans.put(SELECTED)
    plans.put(EVALUATED)
    item = judged(plans.top, shelf)
    assert codes(item) == []
    assert all(route[0] in ("years", "indicators") for route in row(item).used)
    assert all(not figure.source.startswith("入选时") for top in row(item).figures for figure in top.leaves())


def test_a_promise_made_easier_since_still_counts_as_it_was_made(plans: Plans, shelf: Shelf) -> None:
    commit = plans.put(SELECTED)
    before = judged(plans.top, shelf)
    plans.put(LOWERED)
    item = judged(plans.top, shelf)
    assert codes(item) == ["Z860"]
    (finding,) = (finding for finding in item.findings if finding.code == "Z860")
    assert LOWERED.split("\n")[finding.line - 1].strip() == "- " + GRID.replace("10500", "11900")
    assert all(told in finding.message for told in ("2026 年（目标）", commit[:12], "入选时 10500，现在 11900", "综合能耗"))
    assert row(item).points == promised_alone(item, before) < promised_alone(item, item)


def test_the_derivation_cites_the_version_that_holds_the_promise(plans: Plans, shelf: Shelf) -> None:
    commit = plans.put(SELECTED)
    plans.put(LOWERED)
    item = judged(plans.top, shelf)
    assert item.score is not None
    assert item.rulebook is not None
    told = "\n".join(derivation("5.1.1", item.score, item.rulebook, item.reading.source))
    line = SELECTED.split("\n").index(f"      - {GRID}") + 1
    assert re.search(rf"10500 MWh  ← 来源：入选时（2025-05-02 提交 {commit[:12]}）的方案第 {line} 行", told)
    present = LOWERED.split("\n").index(f"      - {GRID.replace('10500', '11900')}") + 1
    assert f"plan.md:{present} " not in told  # the line of the present plan is no part of it


def test_the_first_selection_counts_however_the_stage_goes_on(plans: Plans, shelf: Shelf) -> None:
    """Neither a consent at the same stage nor a stage set back to candidate makes a new promise."""
    first = plans.put(SELECTED)
    plans.put(text("candidate", EASIER, more="publish: true\n"))
    plans.put(text("revised", EASIER))
    plans.put(text("candidate", EASIER))
    plans.put(LOWERED)
    item = judged(plans.top, shelf)
    assert codes(item) == ["Z860"]
    assert any(first[:12] in finding.message for finding in item.findings)


ON_THE_WAY = ("submitted", "district_review", "recommended", "city_review", "site_visit")


def test_a_selection_to_which_no_way_led_is_none_where_there_is_another(plans: Plans, shelf: Shelf) -> None:
    """Within a branch of the factory's that was taken over commit by commit: the change as a whole left the stage alone."""
    plans.put(text("draft"))
    plans.put(text("candidate", EASIER))
    for stage in ("draft", *ON_THE_WAY):
        plans.put(text(stage))
    real = plans.put(SELECTED)
    plans.put(text("revised"))
    plans.put(LOWERED)
    item = judged(plans.top, shelf)
    assert codes(item) == ["Z860"]
    assert any(real[:12] in finding.message for finding in item.findings)


@pytest.mark.parametrize("first", [TARGET, EASIER])
def test_two_selections_to_which_ways_led_are_said_where_the_first_was_undone_by_none(plans: Plans, shelf: Shelf, first: str) -> None:
    """Either may be made up: neither replaces the plan's own figures unseen."""
    for stage in ("draft", *ON_THE_WAY):
        plans.put(text(stage))
    plans.put(text("candidate", first))
    for stage in ("draft", *ON_THE_WAY):
        plans.put(text(stage))
    plans.put(text("candidate", EASIER if first == TARGET else TARGET))
    plans.put(LOWERED)
    item = judged(plans.top, shelf)
    assert codes(item) == ["Z861"]
    (finding,) = (finding for finding in item.findings if finding.code == "Z861")
    assert "2025-05-08 入选后" in finding.message
    assert "2025-05-15 又入选一次" in finding.message


def test_a_selection_in_a_new_plans_first_commit_that_was_taken_back_is_none(plans: Plans, shelf: Shelf) -> None:
    plans.put(text("candidate", EASIER))
    for stage in ("draft", *ON_THE_WAY):
        plans.put(text(stage))
    real = plans.put(SELECTED)
    plans.put(LOWERED)
    item = judged(plans.top, shelf)
    assert codes(item) == ["Z860"]
    assert any(real[:12] in finding.message for finding in item.findings)


def test_a_target_moved_to_another_year_is_held_to_its_promise(plans: Plans, shelf: Shelf) -> None:
    plans.put(SELECTED)
    before = judged(plans.top, shelf)
    later = LOWERED.replace("target: 2026", "target: 2027").replace("  - year: 2026\n    kind: target", "  - year: 2027\n    kind: target")
    plans.put(later)
    item = judged(plans.top, shelf)
    assert codes(item) == ["Z860"]
    assert any("年份 2026 → 2027" in finding.message for finding in item.findings)
    assert row(item).status != "provisional"
    plans.put(LOWERED)
    assert row(item).points == promised_alone(judged(plans.top, shelf), before)


def test_a_renamed_plan_keeps_its_promise(plans: Plans, shelf: Shelf) -> None:
    plans.put(SELECTED, "plans/binhai/old-name")
    (plans.top / "plans/xiqing").mkdir()
    plans.git("mv", "plans/binhai/old-name", PLACE)
    plans.put(LOWERED)
    assert codes(judged(plans.top, shelf)) == ["Z860"]


def test_evidence_given_later_does_not_mend_the_baseline(plans: Plans, shelf: Shelf) -> None:
    """An offset of the baseline that had no evidence when the plan was selected was not part of the promise."""
    folder = plans.top / PLACE
    shutil.copytree(ORACLE / "evidence", folder / "evidence")
    (folder / "evidence/offset-ccer.pdf").unlink()
    plans.put(SELECTED)
    shutil.copy(ORACLE / "evidence/offset-ccer.pdf", folder / "evidence")
    plans.put(EVALUATED)
    item = judged(plans.top, shelf)
    assert codes(item) == ["Z860"]
    assert any("2024 年（基准）" in finding.message and "佐证与那时不同" in finding.message for finding in item.findings)


@pytest.mark.parametrize("depth", [1, 2])
def test_a_shallow_clone_without_the_selection_says_so(plans: Plans, shelf: Shelf, tmp_path: Path, depth: int) -> None:
    """Nor is the oldest commit that is there taken for the selection: what was before it is not known."""
    plans.put(text("site_visit"))
    plans.put(SELECTED)
    plans.put(LOWERED)
    plans.git("clone", "-q", "--depth", str(depth), plans.top.as_uri(), str(tmp_path / "shallow"))
    item = judged(tmp_path / "shallow", shelf)
    assert codes(item) == ["Z861"]
    assert any("浅克隆" in finding.message and "--unshallow" in finding.hint for finding in item.findings)


def test_without_git_or_a_selection_the_plans_own_figures_count_and_it_is_said(plans: Plans, shelf: Shelf, tmp_path: Path) -> None:
    plans.put(text("building"))
    plans.put(LOWERED)
    shutil.copytree(plans.top / "plans", tmp_path / "plain/plans")
    never, plain = judged(plans.top, shelf), judged(tmp_path / "plain", shelf)
    assert codes(never) == codes(plain) == ["Z861"]
    assert row(never).points == row(plain).points == promised_alone(never, never)


def test_a_commit_of_the_repository_is_held_to_what_was_promised_before_it(plans: Plans, shelf: Shelf) -> None:
    """As a build of that day: by the history up to the commit, in the copies and in the card, though the plan has gone since."""
    shutil.copytree(ROOT / "indicators", plans.top / "indicators")
    plans.put(SELECTED)
    commit = plans.put(LOWERED)
    own = card(judged(plans.top, shelf), Origin(commit, False))
    shutil.rmtree(plans.top / PLACE)
    plans.commit()
    with tree_at(plans.top, commit, USCC) as tree:
        assert card_again(tree) == own
        content = hashlib.sha256(tree.plan.read_bytes()).hexdigest()
        task = Task(tree.plan, "plan.md", tree.indicators, tree.origin, (), ("data",), False, content, tree.history)
        assert reopened(task).card["phases"] == (own or {})["phases"]


def test_a_kept_amount_stays_kept_in_the_promise(plans: Plans, shelf: Shelf) -> None:
    """The frozen figures name no line of the present plan, yet what they rest on is not told to the public."""
    kept = "confidential: [years.products.amount]\n"
    plans.put(text("candidate", more=kept))
    plans.put(text("evaluation_requested", EASIER, result="11000", more=kept))
    item = judged(plans.top, shelf)
    assert codes(item) == ["Z860"]
    whole = dossier(item, Origin())
    assert whole is not None
    public = whole.for_public()
    row_ = next(row for row in public.card["phases"]["result"]["rows"] if row["id"] == "5.1.1")
    assert row_["because"] == "所依据的数据由企业保留，不公开"
    assert (public.findings, public.score.phases["result"].phase.promise) == ((), None)
    assert all(not found.figures for phase in public.score.phases.values() for found in phase.rows)


def test_history_is_asked_once_and_only_where_there_is_a_result(plans: Plans, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []
    history = read_history

    def counted(folder: Path, store: Store | None = None) -> History:
        asked.append(folder)
        return history(folder, store)

    monkeypatch.setattr(promise, "history", counted)
    other = "91120116MA0DEMHH2Y"
    places = [PLACE, "plans/binhai/other"]
    for place, uscc in zip(places, (USCC, other), strict=True):
        plans.put(SELECTED.replace(USCC, uscc), place)
    paths = [(plans.top / place / "plan.md", place) for place in places]
    examine_all(paths, shelf)
    assert asked == []
    for place, uscc in zip(places, (USCC, other), strict=True):
        plans.put(EVALUATED.replace(USCC, uscc), place)
    assert [codes(item) for item in examine_all(paths, shelf)] == [[], []]
    assert len(asked) == 1
