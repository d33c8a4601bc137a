"""A round as it is walked: a plain git server with the hook, a factory and the bureaus in clones of their own, a year, and an outsider."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent
PLACE = "plans/xiqing/shili"
PLAN = f"{PLACE}/plan.md"
OTHER = "plans/binhai/haiheng-biopharma"
SECOND = (
    "      - {carrier: grid_electricity, amount: 10500, unit: MWh}\n",
    "      - {carrier: grid_electricity, amount: 10600, unit: MWh}\n",
)


def run(*command: str, cwd: Path, who: str = "", good: bool = True) -> str:
    """What it said on both streams; `who` is whom the server's login names."""
    env = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "REMOTE_USER": who, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    assert (done.returncode == 0) is good, said
    return said


class Person:
    """Somebody with a clone; what they push the server says of."""

    def __init__(self, room: Path, server: Path, who: str) -> None:
        self.top, self.who, self.server = room / who, who, server
        run("git", "clone", "-q", str(server), str(self.top), cwd=room)
        for key, value in {"user.name": who, "user.email": f"{who}@example.com", "commit.gpgsign": "false"}.items():
            self.git("config", key, value)

    def git(self, *arguments: str, good: bool = True) -> str:
        return run("git", *arguments, cwd=self.top, who=f"@{self.who}", good=good)

    def zcfdocs(self, *arguments: str, good: bool = True) -> str:
        return run(sys.executable, "-m", "zcfdocs.cli", *arguments, cwd=self.top, good=good)

    def edit(self, *changes: tuple[str, str], name: str = PLAN) -> None:
        text = (self.top / name).read_text("utf-8")
        for old, new in changes:
            assert text.count(old) == 1, (old, text.count(old))
            text = text.replace(old, new)
        (self.top / name).write_text(text, "utf-8")

    def start(self, branch: str) -> None:
        """A branch of one's own from what is on the server now."""
        self.git("fetch", "-q", "origin")
        self.git("checkout", "-q", "-f", "-B", branch, "origin/main")
        self.git("clean", "-fdq")

    def push(self, message: str, to: str = "HEAD", good: bool = True) -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("push", "origin", to, good=good)

    def decide(self, stage: str, after: str, *more: tuple[str, str]) -> str:
        """On main: move the plan on."""
        self.start("main")
        self.edit((f"stage: {stage}", f"stage: {after}"), *more)
        return self.push(after, "main")

    def merge(self, branch: str) -> str:
        self.start("main")
        self.git("merge", "-q", "--no-ff", "-m", f"合并 {branch}", f"origin/{branch}")
        return self.git("push", "origin", "main")


@pytest.fixture(scope="module")
def round_(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Person]:
    """The server with the first plans on main, and everybody's clone."""
    room = tmp_path_factory.mktemp("walk")
    server = room / "plans.git"
    run("git", "init", "-q", "--bare", "-b", "main", str(server), cwd=room)
    city = Person(room, server, "city")
    city.git("checkout", "-q", "-b", "main")
    shutil.copytree(ROOT / "indicators", city.top / "indicators")
    shutil.copytree(HERE / "cases" / "oracle", city.top / PLACE, ignore=shutil.ignore_patterns("expected*"))
    shutil.copytree(ROOT / OTHER, city.top / OTHER)
    owners = ("--city", "@city", "--district", "xiqing=@xiqing", "--district", "binhai=@binhai")
    city.zcfdocs("init", "bare", str(server), *owners, "--factory", "xiqing/shili=@shili", "--factory", "binhai/haiheng-biopharma=@haiheng")
    city.push("开始", "main")
    return {"city": city} | {who: Person(room, server, who) for who in ("shili", "xiqing", "binhai", "stranger")}


def heads(person: Person) -> str:
    return run("git", "for-each-ref", "--format=%(refname) %(objectname)", cwd=person.server)


RESULT = """  - year: 2026
    kind: result
    output_value: 54000
    added_value: 13600
    energy:
      - {carrier: grid_electricity, amount: 11000, unit: MWh}
      - {carrier: solar_self_use, amount: 4000, unit: MWh}
      - {carrier: solar_exported, amount: 300, unit: MWh, attribute_retained: true}
      - {carrier: natural_gas, amount: 52, unit: 万m3}
      - {carrier: diesel, amount: 12, unit: t}
      - {carrier: heat, amount: 4600, unit: GJ}
    fugitive:
      - {gas: R410A, amount: 0.012, unit: t}
    process: []
    products:
      - {name: 座椅总成, amount: 205000, unit: 套}
    materials:
      - {name: 钢材及塑料粒子, amount: 10690, unit: t}
    water: 59000
    offsets:
      - {method: 3a, kind: green_power, amount: 10000, unit: MWh, retired: true, evidence: [offset-green]}
      - {method: 3b, kind: ccer, amount: 1600, unit: tCO2e, retired: true, evidence: [offset-ccer]}
benchmarks:
"""


def test_a_round_from_application_to_evaluation(round_: dict[str, Person]) -> None:
    shili, xiqing, city = round_["shili"], round_["xiqing"], round_["city"]

    # The factory applies with a mistake, and the server refuses it with its place and its mend.
    shili.start("shili/apply")
    shili.edit(("stage: draft", "stage: submitted"), ("    output_value: 52000", "    output_value: 52,000"))
    said = shili.push("申请", good=False)
    assert "推送未被接受" in said
    assert "“52,000”不是普通小数，是不是想写 52000？" in said
    assert "plans/xiqing/shili/plan.md:79" in said
    assert "shili/apply" not in heads(shili)

    # It mends it; the district sees what the change does, and merges.
    shili.edit(("output_value: 52,000", "output_value: 52000"))
    assert "接受 shili/apply" in shili.push("改正")
    xiqing.git("fetch", "-q", "origin")
    told = json.loads(xiqing.zcfdocs("review", "origin/main...origin/shili/apply", "--by", "@shili", "--format", "json"))
    assert (told["plans"][0]["stage"]["before"], told["plans"][0]["stage"]["after"], told["blocking"]) == ("draft", "submitted", False)
    xiqing.merge("shili/apply")

    # The factory cannot go on by itself, neither on main nor by a stage that is not its own.
    shili.start("shili/faster")
    shili.edit(("stage: submitted", "stage: district_review"))
    assert "只能由区工业和信息化主管部门来改" in shili.push("自己初审", good=False)
    shili.start("main")
    shili.edit(("    water: 62000", "    water: 61000"))
    assert "不能直接改受保护的分支" in shili.push("直接改", "main", good=False)

    # The district reviews in its own file and recommends; the factory cannot touch that file.
    xiqing.decide("submitted", "district_review")
    (xiqing.top / PLACE / "review.yaml").write_text(
        "format: zcf-reviews/1\nreviews:\n"
        "  - {role: district, reviewer: 王工, date: 2025-05-12, decision: recommend, rows: [{id: 1.2.3, phase: now, points: 3}]}\n",
        "utf-8",
    )
    xiqing.edit(("stage: district_review", "stage: recommended"))
    xiqing.push("推荐", "main")
    shili.start("shili/better-marks")
    shili.edit(("points: 3}", "points: 5}"), name=f"{PLACE}/review.yaml")
    assert "不能改评审意见" in shili.push("改评审意见", good=False)

    # The city selects; from then on what was promised stands.
    for before, after in (("recommended", "city_review"), ("city_review", "site_visit"), ("site_visit", "candidate")):
        city.decide(before, after)
    shili.start("shili/easier")
    shili.edit(SECOND)
    said = shili.push("放松目标", good=False)
    assert "2026 年目标 · 外购电力 · 用量" in said
    assert "不再改动，却被改动" in said

    # The factory perfects its text; the city lets it build.
    shili.start("shili/revised")
    shili.edit(("stage: candidate", "stage: revised"), ("加强宣传推广。", "加强宣传推广，每季度通报进展。"))
    shili.push("按专家意见完善")
    xiqing.merge("shili/revised")
    city.decide("revised", "building")

    # A year passes; the evaluation compares what was reached with the plan at candidate.
    shili.start("shili/evaluation")
    shili.edit(
        ("stage: building", "stage: evaluation_requested\nevaluation: {as_of: 2026-12-31, period: {start: 2025-06-01, end: 2026-05-31}}"),
        ("benchmarks:\n", RESULT),
        ("{id: 5.1.1, now: 0.8, target: 1, evidence: [row-5.1.1]}", "{id: 5.1.1, now: 0.8, target: 1, result: 1, evidence: [row-5.1.1]}"),
    )
    shili.push("申请效果评价")
    xiqing.merge("shili/evaluation")
    (card,) = json.loads(xiqing.zcfdocs("score", PLACE, "--format", "json"))
    row = next(row for row in card["phases"]["result"]["rows"] if row["id"] == "5.1.1")
    assert row["status"] == "partial"
    assert float(row["points"]) == pytest.approx(reached(card) * float(row["max"]))

    # Its history tells every stage, by whom, and that the promise is the one that was selected.
    told = json.loads(xiqing.zcfdocs("history", PLACE, "--format", "json"))
    (plan,) = told["plans"]
    assert [version["stage"] for version in plan["versions"]] == [
        "draft", "submitted", "district_review", "recommended", "city_review", "site_visit", "candidate", "revised", "building", "evaluation_requested",
    ]  # fmt: skip
    assert not told["shallow"]


def reached(card: dict[str, Any]) -> float:
    """Mean over the metrics of (baseline − result) ÷ (baseline − target), each from 0 to 1 (spec 2, `achieved`)."""
    baseline, target, result = (
        next(year for year in card["years"] if (year["year"], year["kind"]) == key)
        for key in ((2024, "actual"), (2026, "target"), (2026, "result"))
    )
    shares = []
    for name in ("energy", "carbon", "material", "water", "renewable_share", "offset_ratio"):
        old, wanted, got = (
            float(year["intensity"][name] if name in year["intensity"] else year[name]) for year in (baseline, target, result)
        )
        shares += [max(0.0, min(1.0, (old - got) / (old - wanted)))] if old != wanted else []
    return sum(shares) / len(shares)


def in_plan(person: Person) -> None:
    person.edit(("    water: 62000", "    water: 60000"))


def in_catalogue(person: Person) -> None:
    person.edit(("pass_line: 80", "pass_line: 60"), name="indicators/tianjin-2025/catalogue.yaml")


def in_review(person: Person) -> None:
    (person.top / OTHER / "review.yaml").write_text("format: zcf-reviews/1\nreviews: []\n", "utf-8")


def in_owners(person: Person) -> None:
    person.edit(("* @city", "* @stranger"), name=".zcfdocs/CODEOWNERS")


def in_workflow(person: Person) -> None:
    (person.top / ".github" / "workflows").mkdir(parents=True)
    (person.top / ".github" / "workflows" / "x.yml").write_text("on: push\n", "utf-8")


def by_link(person: Person) -> None:
    (person.top / PLACE / "evidence" / "x.pdf").symlink_to("/etc/passwd")


def by_name(person: Person) -> None:
    (person.top / PLACE / "evidence" / "证明\u202efdp.exe").write_bytes(b"%PDF-1.4")


def by_attributes(person: Person) -> None:
    (person.top / PLACE / ".gitattributes").write_text("* filter=x diff=y\n", "utf-8")


def by_submodule(person: Person) -> None:
    head = person.git("rev-parse", "HEAD").strip()
    person.git("update-index", "--add", "--cacheinfo", f"160000,{head},{PLACE}/evidence/sub")


ATTACKS: dict[str, tuple[Any, str]] = {
    "another's plan": (in_plan, "不是这份方案的企业"),
    "the catalogue": (in_catalogue, "不能改动方案文件夹以外的文件"),
    "review.yaml": (in_review, "不能改评审意见"),
    "the code owners": (in_owners, "不能改动方案文件夹以外的文件"),
    "a workflow": (in_workflow, "不能改动方案文件夹以外的文件"),
    "a link": (by_link, "这是一个链接，没有被读取"),
    "an odd name": (by_name, "文件名含有不能用的字符"),
    ".gitattributes": (by_attributes, "方案文件夹里只有 plan.md"),
    "a submodule": (by_submodule, "这是一个子模块"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_outsider_gets_nothing_in(round_: dict[str, Person], name: str) -> None:
    stranger = round_["stranger"]
    before = heads(stranger)
    attack, reason = ATTACKS[name]
    stranger.start("stranger/x")
    attack(stranger)
    if name == "a submodule":
        stranger.git("commit", "-q", "-m", "x")
        said = stranger.git("push", "origin", "HEAD", good=False)
    else:
        said = stranger.push("x", good=False)
    assert reason in said
    assert heads(stranger) == before


def test_an_outsider_gets_no_path_out_of_the_folder(round_: dict[str, Person]) -> None:
    """A tree made by hand may say `..`; git on the way or the review refuses it."""
    stranger = round_["stranger"]
    before = heads(stranger)
    stranger.start("stranger/tree")
    blob = run("git", "hash-object", "-w", "indicators/tianjin-2025/catalogue.yaml", cwd=stranger.top).strip()
    inner = subprocess.run(
        ["git", "mktree"], cwd=stranger.top, input=f"100644 blob {blob}\tx.yaml\n", capture_output=True, text=True, check=True
    ).stdout.strip()
    outer = subprocess.run(
        ["git", "mktree"], cwd=stranger.top, input=f"040000 tree {inner}\t..\n", capture_output=True, text=True, check=True
    ).stdout.strip()
    listed = run("git", "ls-tree", f"HEAD:{PLACE}", cwd=stranger.top) + f"040000 tree {outer}\tup\n"
    folder = subprocess.run(["git", "mktree"], cwd=stranger.top, input=listed, capture_output=True, text=True, check=True).stdout.strip()
    for level in (PLACE.rpartition("/")[0], "plans", ""):
        name = Path(PLACE).relative_to(level).parts[0] if level else "plans"
        lines = run("git", "ls-tree", f"HEAD:{level}" if level else "HEAD", cwd=stranger.top).splitlines()
        lines = [f"040000 tree {folder}\t{name}" if line.endswith(f"\t{name}") else line for line in lines]
        folder = subprocess.run(
            ["git", "mktree"], cwd=stranger.top, input="\n".join(lines) + "\n", capture_output=True, text=True, check=True
        ).stdout.strip()
    commit = run("git", "commit-tree", folder, "-p", "HEAD", "-m", "x", cwd=stranger.top).strip()
    stranger.git("push", "origin", f"{commit}:refs/heads/stranger/tree", good=False)
    assert heads(stranger) == before


def test_nobody_but_a_bureau_adds_to_main_whatever_it_is(round_: dict[str, Person]) -> None:
    """Two commits of which the second takes back the first leave no trace in the files, and one in history."""
    stranger = round_["stranger"]
    before = heads(stranger)
    stranger.start("main")
    in_plan(stranger)
    stranger.git("commit", "-q", "-am", "x")
    stranger.git("revert", "--no-edit", "HEAD")
    assert "不是主管部门，不能直接改受保护的分支" in stranger.git("push", "origin", "main", good=False)
    assert heads(stranger) == before


def test_a_bureau_takes_a_factorys_step_only_where_it_merges_it(round_: dict[str, Person]) -> None:
    binhai = round_["binhai"]
    stage = next(line for line in (binhai.top / OTHER / "plan.md").read_text("utf-8").splitlines() if line.startswith("stage: "))
    binhai.start("main")
    binhai.edit((stage + "\n", "stage: withdrawn\n"), name=f"{OTHER}/plan.md")
    assert "只能由企业来改" in binhai.push("替企业撤回", "main", good=False)


def test_tags_are_reviewed_like_branches_and_nothing_else_is_taken(round_: dict[str, Person]) -> None:
    stranger = round_["stranger"]
    before = heads(stranger)
    stranger.start("stranger/tagged")
    in_catalogue(stranger)
    stranger.git("commit", "-q", "-am", "x")
    stranger.git("tag", "-a", "-m", "x", "v1")
    assert "不能改动方案文件夹以外的文件" in stranger.git("push", "origin", "v1", good=False)
    assert "只接受分支和标签" in stranger.git("push", "origin", "HEAD:refs/replace/x", good=False)
    assert "只接受分支和标签" in stranger.git("push", "origin", "HEAD:refs/notes/commits", good=False)
    assert heads(stranger) == before


def test_a_branch_is_rewritten_and_removed_by_whom_it_is_named_after(round_: dict[str, Person]) -> None:
    shili, stranger = round_["shili"], round_["stranger"]
    shili.start("shili/mine")
    shili.edit(("# 二、试点目标", "# 二、试点目标\n\n另加一段。"))
    shili.push("加一段")
    before = heads(shili)
    assert "不是 @stranger 的分支" in stranger.git("push", "origin", ":shili/mine", good=False)
    stranger.start("stranger/empty")
    assert "不是 @stranger 的分支" in stranger.git("push", "-f", "origin", "HEAD:shili/mine", good=False)
    assert heads(shili) == before
    shili.git("push", "origin", ":shili/mine")
    assert "shili/mine" not in heads(shili)


def test_main_is_neither_deleted_nor_rewritten(round_: dict[str, Person]) -> None:
    xiqing = round_["xiqing"]
    before = heads(xiqing)
    assert "不能删除受保护的分支" in xiqing.git("push", "origin", ":main", good=False) or heads(xiqing) == before
    xiqing.start("main")
    xiqing.git("commit", "-q", "--amend", "-m", "另一个")
    assert "不能改写历史" in xiqing.git("push", "-f", "origin", "main", good=False)
    assert heads(xiqing) == before
