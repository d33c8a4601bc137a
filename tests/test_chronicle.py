"""`zcfdocs history`: what became of a plan, version by version, who made it so, and whether its promise still stands."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
from pathlib import Path
from unittest.mock import patch

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner, Result

from tests.test_promise import EASIER, EVALUATED, LOWERED, ORACLE, PLACE, ROOT, SELECTED, USCC, Plans, text
from zcfdocs.cli import telling
from zcfdocs.cli.frame import app
from zcfdocs.loading import Shelf
from zcfdocs.pipeline import card, examine
from zcfdocs.reviewing.record.chronicle import Chronicle, schema
from zcfdocs.reviewing.record.makers import clean
from zcfdocs.scorecard import Origin

WEAKER = "{id: 1.3.1, now: 0.9"


@pytest.fixture
def plans(tmp_path: Path) -> Plans:
    made = Plans(tmp_path / "repository")
    (made.top / ".gitignore").write_text("/.zcf-cache/\n/dist/\n", encoding="utf-8")
    return made


def run(top: Path, *words: str) -> Result:
    with patch("pathlib.Path.cwd", lambda: top):
        return CliRunner().invoke(app, ["history", *words])


def told(top: Path, *words: str) -> Chronicle:
    """What JSON says, held against its own schema."""
    done = run(top, *words, "--format", "json")
    assert done.exit_code == 0, done.stderr
    Draft202012Validator(schema()).validate(json.loads(done.stdout))
    return Chronicle.model_validate_json(done.stdout)


def test_each_version_has_its_stage_day_commit_digest_and_score(plans: Plans) -> None:
    weak = text("draft").replace(WEAKER, "{id: 1.3.1, now: 0.6")
    commits = [plans.put(weak), plans.put(weak + "\n又一句。\n"), plans.put(text("submitted"))]
    (plan,) = told(plans.top, str(plans.top / PLACE)).plans
    assert [(one.number, one.commit, one.day, one.stage_name) for one in plan.versions] == [
        (1, commits[0], "2025-05-02", "编制中"),
        (2, commits[2], "2025-05-04", "已申请"),
    ]
    own = card(examine(plans.top / PLACE / "plan.md", "plan.md", Shelf(ROOT / "indicators")), Origin())
    last = plan.versions[-1]
    assert own is not None
    assert (last.digest, last.author, last.signature.state, last.certain) == (own["plan"]["digest"], "测试", "unsigned", True)
    assert last.totals is not None
    assert (last.totals.now, last.totals.target, last.totals.result) == (
        own["phases"]["now"]["total"],
        own["phases"]["target"]["total"],
        None,
    )
    assert [(one.row, one.phase, one.before, one.after) for one in last.moved] == [("1.3.1", "now", "24", "36")]
    assert (plan.name, plan.uscc, plan.path, plan.promise) == ("天津示例零部件有限公司", USCC, f"{PLACE}/plan.md", None)


def test_text_shows_the_same_at_a_glance(plans: Plans) -> None:
    plans.put(text("draft").replace(WEAKER, "{id: 1.3.1, now: 0.6"))
    commit = plans.put(text("submitted"))
    done = run(plans.top)
    assert done.exit_code == 0
    line = next(line for line in done.stdout.split("\n") if commit[:10] in line)
    assert all(piece in line for piece in ("2", "2025-05-03", "已申请", "测试", "无", "87.09", "95.80", "1.3.1 现状 24→36"))


def test_a_factory_is_found_by_its_code_where_it_was_and_when_it_is_gone(plans: Plans) -> None:
    plans.put(text("draft"), "plans/binhai/old-name")
    (plans.top / "plans/xiqing").mkdir()
    plans.git("mv", "plans/binhai/old-name", PLACE)
    plans.put(text("submitted"))
    (plan,) = told(plans.top, USCC).plans
    assert [one.path for one in plan.versions] == ["plans/binhai/old-name/plan.md", f"{PLACE}/plan.md"]
    plans.put(text("draft").replace(USCC, "91120116MA0DEMHH2Y"), "plans/binhai/another")
    plans.git("rm", "-q", "-r", PLACE)
    plans.commit()
    (gone,) = told(plans.top, USCC).plans
    assert (gone.path, gone.name, gone.versions) == (None, plan.name, plan.versions)
    assert run(plans.top, "91120111MA0EXAMP2P").exit_code == 2


def test_of_two_rounds_the_newer_is_the_present_one(plans: Plans) -> None:
    """The numbers run on, the score is compared within a round, and a move without a new stage is followed."""
    shutil.copytree(ROOT / "indicators", plans.top / "indicators")
    later = plans.top / "indicators/tianjin-2026"
    shutil.copytree(plans.top / "indicators/tianjin-2025", later)
    frame = later / "catalogue.yaml"
    frame.write_text(frame.read_text(encoding="utf-8").replace("id: tianjin-2025", "id: tianjin-2026", 1), encoding="utf-8")
    plans.put(text("draft"))
    plans.put(text("draft").replace("catalogue: tianjin-2025", "catalogue: tianjin-2026"), "plans/xiqing/again")
    plans.git("mv", "plans/xiqing/again", "plans/xiqing/moved")
    plans.commit()
    for words in ((USCC,), (), ("plans/xiqing/moved",)):
        (plan,) = told(plans.top, *(str(plans.top / word) if "/" in word else word for word in words)).plans
        assert plan.path == "plans/xiqing/moved/plan.md"
        assert [(one.number, one.catalogue, one.moved) for one in plan.versions] == [(1, "tianjin-2025", ()), (2, "tianjin-2026", ())]


def test_the_promise_is_said_from_selection_on(plans: Plans) -> None:
    plans.put(SELECTED)
    assert told(plans.top).plans[0].promise == "kept"
    plans.put(text("building", EASIER))  # long before there is a result
    changed = told(plans.top).plans[0]
    assert changed.promise == "changed"
    assert "入选时 10500，现在 11900" in changed.promise_notes[0]
    plans.put(EVALUATED)
    assert told(plans.top).plans[0].promise == "kept"
    plans.put(LOWERED)
    assert "入选时的承诺：与入选时不同" in run(plans.top).stdout


def test_without_the_commit_of_selection_the_promise_is_unknown(plans: Plans) -> None:
    plans.put(text("building"))
    plan = told(plans.top).plans[0]
    assert plan.promise == "unknown"
    assert "没有这份方案入选时的版本" in plan.promise_notes[0]


def test_a_shallow_clone_is_said_aloud_in_json_and_at_the_version(plans: Plans, tmp_path: Path) -> None:
    for stage in ("draft", "submitted", "district_review"):
        plans.put(text(stage))
    clone = tmp_path / "clone"
    plans.git("clone", "-q", "--depth", "2", plans.top.as_uri(), str(clone))
    done = run(clone, "--format", "json")
    assert "git fetch --unshallow" in done.stderr
    found = Chronicle.model_validate_json(done.stdout)
    assert found.shallow
    assert [(one.stage, one.certain) for one in found.plans[0].versions] == [("submitted", False), ("district_review", True)]
    assert "日期、阶段和版本号都不确定" in run(clone).stdout
    assert not told(plans.top).shallow


def test_a_partial_clone_says_how_much_it_lacks(plans: Plans, tmp_path: Path) -> None:
    for stage in ("draft", "submitted"):
        plans.put(text(stage))
    plans.git("config", "uploadpack.allowFilter", "true")
    plans.git("clone", "-q", "--filter=blob:none", plans.top.as_uri(), str(tmp_path / "clone"))
    done = run(tmp_path / "clone", "--format", "json")
    assert "缺 1 份早先的方案文本" in done.stderr
    assert Chronicle.model_validate_json(done.stdout).missing == 1


def test_outside_of_git_there_are_no_versions(tmp_path: Path) -> None:
    shutil.copytree(ORACLE, tmp_path / PLACE)
    done = run(tmp_path, "--format", "json")
    assert "没有版本记录" in done.stderr
    found = Chronicle.model_validate_json(done.stdout)
    assert (found.commit, found.plans[0].versions) == (None, ())


def test_a_version_is_worked_out_once(plans: Plans) -> None:
    plans.put(text("draft"))
    plans.put(text("submitted"))
    first = told(plans.top)
    with patch("zcfdocs.reviewing.record.chronicle.seen", side_effect=AssertionError):
        assert told(plans.top) == first


# Who signed

KEYS = ("factory", "district")


@pytest.fixture
def keys(tmp_path: Path) -> dict[str, Path]:
    if shutil.which("ssh-keygen") is None:
        pytest.skip("没有 ssh-keygen（openssh-client）")
    found = {name: tmp_path / name for name in KEYS}
    for path in found.values():
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return found


def sign(plans: Plans, content: str, key: Path) -> None:
    plans.put(content)
    plans.git("-c", "gpg.format=ssh", "-c", f"user.signingKey={key}", "commit", "-q", "--amend", "--no-edit", "-S")


def allow(plans: Plans, who: str, key: Path) -> None:
    place = plans.top / ".zcfdocs/allowed_signers"
    place.parent.mkdir(exist_ok=True)
    place.write_text(f"{who} {key.with_suffix('.pub').read_text(encoding='utf-8')}", encoding="utf-8")


def test_a_signature_counts_by_the_list_of_head_alone(plans: Plans, keys: dict[str, Path]) -> None:
    """Not by what a commit of its own time listed, nor by the repository's configuration."""
    allow(plans, "factory@example.com", keys["factory"])
    sign(plans, text("draft"), keys["factory"])
    sign(plans, text("submitted"), keys["district"])
    plans.put(text("district_review"))
    plans.git("config", "gpg.ssh.allowedSignersFile", str(keys["factory"].with_suffix(".pub")))
    states = [(one.signature.state, one.signature.signer) for one in told(plans.top).plans[0].versions]
    assert states == [("good", "factory@example.com"), ("unknown", None), ("unsigned", None)]
    allow(plans, "district@example.com", keys["district"])
    plans.commit()
    states = [(one.signature.state, one.signature.signer) for one in told(plans.top).plans[0].versions]
    assert states == [("unknown", None), ("good", "district@example.com"), ("unsigned", None)]


def test_no_program_of_the_repository_looks_at_a_signature(plans: Plans, keys: dict[str, Path], tmp_path: Path) -> None:
    allow(plans, "factory@example.com", keys["factory"])
    sign(plans, text("draft"), keys["factory"])
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\nexit 0\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    for name in ("gpg.program", "gpg.openpgp.program", "gpg.x509.program", "gpg.ssh.program", "core.fsmonitor"):
        plans.git("config", name, str(program))
    assert told(plans.top).plans[0].versions[0].signature.state == "good"
    assert "ran" not in os.listdir(tmp_path)  # noqa: PTH208


def test_a_name_from_a_commit_obeys_nobody(plans: Plans) -> None:
    hostile = "甲\x1b[31m\u202e[bold]乙 \u0085\t丙"
    plans.put(text("draft"))
    plans.git("-c", f"user.name={hostile}", "commit", "-q", "--amend", "--no-edit", "--reset-author")
    author = told(plans.top).plans[0].versions[0].author
    assert author == clean(hostile) == "甲\ufffd[31m\ufffd[bold]乙 \ufffd 丙"
    assert "\x1b" not in run(plans.top).stdout
    assert "[bold]乙" in run(plans.top).stdout


@pytest.mark.parametrize(
    ("words", "piece"),
    [
        (("--format", "xlsx"), "只用于台账"),
        (("--on", "2025-04-30"), "只用于台账"),
        (("--district", "xiqing", PLACE), "不能再写方案"),
        (("--district", "xiqing", "--on", "30.4.2025"), "不是日期"),
        (("--district", "xiqing", "--out", "x.xlsx"), "--out 只用于 xlsx"),
        (("--district", "xiqin"), "是不是想写 xiqing"),
        (("plans/none",), "没有方案"),
    ],
)
def test_what_cannot_be_done_says_why_and_leaves_2(plans: Plans, words: tuple[str, ...], piece: str) -> None:
    plans.put(text("draft"))
    done = run(plans.top, *words)
    assert (done.exit_code, piece in done.stderr) == (2, True), done.stderr


def test_every_state_of_a_signature_has_a_word() -> None:
    from zcfdocs.reviewing.people.signatures import TOLD

    assert telling.SIGNED.keys() == TOLD.keys()
