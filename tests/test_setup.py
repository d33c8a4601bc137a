"""Set-ups that work: what is written, what it may do, what is never overwritten, and what a check finds."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import typer
from jsonschema.validators import validator_for
from ruamel.yaml import YAML

import zcfdocs.cli.beginning  # noqa: F401
from tests.repository import Repository
from zcfdocs.cli import app
from zcfdocs.errors import ZcfError
from zcfdocs.loading import Shelf
from zcfdocs.places import DOCS, INDICATORS
from zcfdocs.reviewing.people.owners import OWN, parse
from zcfdocs.reviewing.people.roles import roles
from zcfdocs.reviewing.people.signatures import SIGNERS
from zcfdocs.reviewing.setups.checking import Kept, check
from zcfdocs.reviewing.setups.files import CHECKLIST, HOOK, expected, fixed, hook, whole
from zcfdocs.reviewing.setups.generating import Cast, expressions, require_sound
from zcfdocs.reviewing.setups.looking import in_folder, in_server
from zcfdocs.reviewing.setups.setup import FORGES, Setup
from zcfdocs.reviewing.setups.setup import require_sound as require_sound_setup
from zcfdocs.reviewing.setups.writing import place, place_hook

CATALOGUE = Shelf(INDICATORS).get("tianjin-2025").catalogue  # type: ignore[union-attr]
ALL = {district.key: (f"@{district.key}-gxj",) for district in CATALOGUE.districts}
CAST = Cast(("@tj-gxj",), ALL, ("@expert-wang",), {"xiqing/jinhe": ("@jinhe-auto",)})
SETUPS = [Setup(forge, vendored=vendored) for forge in FORGES for vendored in (False, True)]
PLAN = "plans/xiqing/jinhe"
needs_jq = pytest.mark.skipif(shutil.which("jq") is None, reason="没有 jq")
SHA = re.compile(r"[\w-]+/[\w-]+@[0-9a-f]{40}")


def scripts(setup: Setup) -> dict[str, str]:
    return {path: text for path, text in expected(setup).items() if path.endswith(".sh") or path == HOOK}


def workflows(forge: str, vendored: bool = False) -> dict[str, dict[str, Any]]:
    """Read as YAML 1.2, in which `on` is a word."""
    found = fixed(Setup(forge, vendored=vendored))
    return {path: YAML(typ="safe").load(text) for path, text in found.items() if path.endswith(".yml")}


def steps(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


ACTIONS = [(path, workflow) for forge in ("github", "gitea") for path, workflow in workflows(forge).items()]


@pytest.mark.parametrize("vendored", [False, True])
@pytest.mark.parametrize(("forge", "published"), [("github", "github-workflows"), ("gitea", "github-workflows"), ("gitlab", "gitlab-ci")])
def test_a_workflow_is_what_the_forge_reads(forge: str, published: str, vendored: bool) -> None:
    """By the forges' own schemas, as check-jsonschema keeps them (SchemaStore; GitLab)."""
    schema = json.loads(files("check_jsonschema").joinpath("builtin_schemas", "vendor", f"{published}.json").read_text("utf-8"))
    for path, workflow in workflows(forge, vendored).items():
        assert [error.message for error in validator_for(schema)(schema).iter_errors(workflow)] == [], path


@pytest.mark.parametrize(("path", "workflow"), ACTIONS, ids=[path for path, _ in ACTIONS])
def test_a_workflow_runs_on_no_privileged_event_and_puts_no_event_into_a_script(path: str, workflow: dict[str, Any]) -> None:
    assert "pull_request_target" not in json.dumps(workflow["on"])
    for step in steps(workflow):
        assert "${{" not in step.get("run", ""), f"{path}: {step}"
        assert "${{" not in step.get("shell", "")


@pytest.mark.parametrize(("path", "workflow"), ACTIONS, ids=[path for path, _ in ACTIONS])
def test_a_workflow_has_no_more_rights_than_it_needs(path: str, workflow: dict[str, Any]) -> None:
    rights = {
        f"{scope}: {right}" for part in (workflow, *workflow["jobs"].values()) for scope, right in part.get("permissions", {}).items()
    }
    asked = {
        ".github/workflows/review.yml": {"contents: read"},
        ".github/workflows/comment.yml": {"actions: read", "contents: read", "pull-requests: write", "statuses: write"},
        ".github/workflows/publish.yml": {"contents: read", "pages: write", "id-token: write"},
        ".gitea/workflows/review.yml": {"contents: read"},
        ".gitea/workflows/comment.yml": {"contents: read"},
    }
    assert rights == asked[path]
    assert "permissions" in workflow, "what is not named would be the repository's default"
    assert all(job["timeout-minutes"] <= 60 for job in workflow["jobs"].values())


@pytest.mark.parametrize(("path", "workflow"), ACTIONS, ids=[path for path, _ in ACTIONS])
def test_actions_of_others_are_pinned_and_a_checkout_keeps_no_token(path: str, workflow: dict[str, Any]) -> None:
    for step in steps(workflow):
        if uses := step.get("uses"):
            assert SHA.fullmatch(uses), uses
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False
            assert "head" not in str(step["with"].get("ref", "")), "nothing of a change is checked out"
    if path.endswith(("review.yml", "comment.yml")):
        assert not any("checkout" in step.get("run", "") and "HEAD" in step["run"].replace("FETCH_HEAD", "") for step in steps(workflow))


def test_the_unprivileged_job_sees_no_secret_and_the_tool_only_hashes() -> None:
    text = fixed(Setup("github"))[".github/workflows/review.yml"]
    assert "secrets." not in text
    (review,) = [step["run"] for step in steps(workflows("github")[".github/workflows/review.yml"]) if step.get("name") == "评审"]
    assert '"$BASE...$HEAD"' in review
    assert '--by "$AUTHOR"' in review
    assert "stop-commands" in review
    assert "TOKEN" not in review


def test_the_privileged_job_trusts_no_report_of_a_change_that_touches_the_workflows() -> None:
    """The workflow of a pull request runs as the change has it: only an unchanged one made the report."""
    run = steps(workflows("github")[".github/workflows/comment.yml"])
    names = [step.get("name", step.get("uses", "")) for step in run]
    assert (
        names.index("改动没有碰工作流，报告才可信")
        < names.index("取回报告")
        < names.index("报告说的就是这次提交")
        < names.index("贴出意见")
    )
    assert [step["name"] for step in run if "GITHUB_TOKEN" in step.get("env", {})] == ["贴出意见"]


@pytest.fixture
def changed(tmp_path: Path) -> tuple[Repository, str]:
    """A clone on the protected branch, and its commit."""
    made = Repository(tmp_path / "repository")
    for name in (".github/workflows/review.yml", f"{PLAN}/plan.md"):
        (made.top / name).parent.mkdir(parents=True, exist_ok=True)
        (made.top / name).write_text("one\n")
    return made, made.commit()


@pytest.mark.parametrize(
    ("touched", "code"), [(f"{PLAN}/plan.md", 0), (".github/workflows/review.yml", 1), (".github/workflows/other.yml", 1)]
)
def test_that_guard_run_as_written_lets_a_change_of_plans_through_and_no_other(
    changed: tuple[Repository, str], touched: str, code: int
) -> None:
    repository, base = changed
    repository.git("checkout", "-q", "-b", "work")
    (repository.top / touched).write_text("two\n")
    head = repository.commit()
    repository.git("checkout", "-q", "main")
    (repository.top / ".github/workflows/review.yml").write_text("newer\n")  # the protected branch has moved on meanwhile
    repository.commit()
    repository.git("remote", "add", "origin", str(repository.top))
    (guard,) = [
        step["run"] for step in steps(workflows("github")[".github/workflows/comment.yml"]) if "改动没有碰工作流" in step.get("name", "")
    ]
    environment = {"PATH": "/usr/bin:/bin", "HEAD": head, "TOKEN": "invented", "HOME": str(repository.top)}
    done = subprocess.run(["bash", "-e", "-c", guard], cwd=repository.top, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, base != head) == (code, True), done.stderr
    assert ("碰了 .github/" in done.stdout) is (code == 1)


@needs_jq
@pytest.mark.parametrize(
    ("number", "report", "code"), [("7", "HEAD", 0), ("7; x", "HEAD", 1), ("", "HEAD", 1), ("07", "HEAD", 1), ("7", "other", 1)]
)
def test_what_the_report_says_of_itself_is_held_against_the_event(tmp_path: Path, number: str, report: str, code: int) -> None:
    head = "a" * 40
    (tmp_path / "review").mkdir()
    (tmp_path / "review/number").write_text(number + "\n")
    (tmp_path / "review/review.json").write_text(json.dumps({"head": head if report == "HEAD" else "b" * 40}))
    (guard,) = [
        step["run"] for step in steps(workflows("github")[".github/workflows/comment.yml"]) if step.get("name") == "报告说的就是这次提交"
    ]
    environment = {"PATH": "/usr/bin:/bin", "HEAD": head, "RUNNER_TEMP": str(tmp_path), "GITHUB_ENV": str(tmp_path / "env")}
    done = subprocess.run(["bash", "-e", "-c", guard], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert (tmp_path / "env").exists() is (code == 0)


def test_gitlab_reads_changes_as_objects_and_keeps_the_token_to_one_protected_job() -> None:
    (pipeline,) = workflows("gitlab").values()
    review, comment = pipeline["review"], pipeline["comment"]
    assert review["variables"]["GIT_CHECKOUT"] == "false"
    assert [rule["if"] for rule in review["rules"]] == ['$CI_PIPELINE_SOURCE == "merge_request_event"']
    assert review["artifacts"]["reports"] == {"codequality": "review/code-quality.json", "junit": "review/junit.xml"}
    assert "ZCF_TOKEN" not in json.dumps(review)
    assert [rule["if"] for rule in comment["rules"]] == ['$CI_PIPELINE_SOURCE == "schedule"']
    assert comment["environment"]["name"] == "zcf-comment"
    assert all(
        "merge_request_event" in rule["if"] or "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH" in rule["if"]
        for rule in pipeline["workflow"]["rules"]
    )
    assert all("CI_MERGE_REQUEST_TITLE" not in text and "CI_COMMIT_MESSAGE" not in text for text in fixed(Setup("gitlab")).values())


SHELLS = [shell for shell in ("sh", "dash", "bash") if shutil.which(shell)]


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("setup", SETUPS, ids=lambda one: f"{one.forge}-{'zcf' if one.vendored else 'pip'}")
def test_every_script_can_be_read_by_a_plain_shell(setup: Setup, shell: str) -> None:
    texts = list(scripts(setup).values())
    if setup.forge in ("github", "gitea"):
        texts += [step["run"] for workflow in workflows(setup.forge, setup.vendored).values() for step in steps(workflow) if "run" in step]
    for text in texts:
        done = subprocess.run([shell, "-n"], input=text, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("setup", SETUPS, ids=lambda one: f"{one.forge}-{'zcf' if one.vendored else 'pip'}")
def test_nothing_of_the_templates_is_left_unfilled(setup: Setup) -> None:
    for path, text in (whole(setup, CAST, CATALOGUE) | {HOOK: hook(setup)}).items():
        assert "<<" not in text, path
        assert text.endswith("\n")
        assert "\t" not in text, path


@pytest.mark.parametrize(
    "setup",
    [Setup("github", branch="main; rm"), Setup("github", branch="a..b"), Setup("github", branch='x"]'), Setup("github", tool="x'; id"), Setup("github", tool="${{ x }}"), Setup("github", tool="-e")],
)  # fmt: skip
def test_words_that_would_be_more_than_a_name_are_refused(setup: Setup) -> None:
    with pytest.raises(ZcfError):
        require_sound_setup(setup)


def test_a_cast_names_known_districts_and_accounts_only() -> None:
    require_sound(CAST, CATALOGUE)
    with pytest.raises(ZcfError, match="是不是想写 xiqing"):
        require_sound(Cast(("@a",), {"xiqin": ("@b",)}), CATALOGUE)
    for owner in ("tj", "@", "@a b", "@a#", "a@b@c"):
        with pytest.raises(ZcfError, match="不是账号"):
            require_sound(Cast((owner,)), CATALOGUE)
    with pytest.raises(ZcfError, match="市级"):
        require_sound(Cast(()), CATALOGUE)


def test_the_regular_expressions_for_gitea_mean_the_same_people() -> None:
    """As Gitea reads them: anchored on both ends, `!` turns a line round, every line that matches counts."""
    rules = [line.split() for line in expressions(CAST, CATALOGUE).splitlines() if line and not line.startswith("#")]

    def asked(path: str) -> set[str]:
        return {
            owner
            for rule, *owners in rules
            if (re.fullmatch(rule.removeprefix("!"), path) is None) is rule.startswith("!")
            for owner in owners
        }

    assert asked("indicators/tianjin-2025/rows.yaml") == {"@tj-gxj"}
    assert asked(".gitea/workflows/review.yml") == {"@tj-gxj"}
    assert asked(f"{PLAN}/plan.md") == {"@xiqing-gxj"}
    assert asked(f"{PLAN}/review.yaml") == {"@xiqing-gxj", "@tj-gxj", "@expert-wang"}
    assert asked(f"{PLAN}/reviewxyaml") == {"@xiqing-gxj"}
    assert asked(f"{PLAN}/.gitattributes") == {"@xiqing-gxj", "@tj-gxj"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A repository with one plan."""
    folder = tmp_path / "home" / PLAN
    folder.mkdir(parents=True)
    (folder / "plan.md").write_text("---\n---\n")
    return tmp_path / "home"


@pytest.mark.parametrize("forge", FORGES)
def test_a_new_set_up_has_nothing_to_complain_of(home: Path, forge: str) -> None:
    setup = Setup(forge, branch="release-1", tool="zcfdocs==9")
    placed = place(home, whole(setup, CAST, CATALOGUE), force=False)
    assert {item.outcome for item in placed} == {"written"}
    known, kept = in_folder(Setup(forge), home)
    assert known == setup, "the check knows the branch and tool it was written for"
    if forge == "bare":
        kept = Kept(dict(kept.files) | {HOOK: hook(setup).encode()}, kept.plans)
    assert kept.plans == (PLAN,)
    assert check(known, kept, CATALOGUE) == []


def test_what_is_there_is_never_overwritten_unasked(home: Path) -> None:
    files = whole(Setup("github"), CAST, CATALOGUE)
    (home / ".github").mkdir()
    (home / ".github/CODEOWNERS").write_text("* @mine\n")
    first = {item.path: item.outcome for item in place(home, files, force=False)}
    assert first[".github/CODEOWNERS"] == "kept"
    assert (home / ".github/CODEOWNERS").read_text() == "* @mine\n"
    assert first[CHECKLIST] == "written"
    again = {item.path: item.outcome for item in place(home, files, force=False)}
    assert set(again.values()) == {"same", "kept"}
    forced = {item.path: item.outcome for item in place(home, files, force=True)}
    assert forced[".github/CODEOWNERS"] == "replaced"
    assert (home / ".github/CODEOWNERS").read_text() == files[".github/CODEOWNERS"]


@pytest.mark.parametrize("link", [".github", ".github/CODEOWNERS"])
def test_no_link_is_followed_and_nothing_is_written_then(home: Path, tmp_path: Path, link: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (home / link).parent.mkdir(exist_ok=True)
    (home / link).symlink_to(outside)
    with pytest.raises(ZcfError, match="链接"):
        place(home, whole(Setup("github"), CAST, CATALOGUE), force=True)
    assert list(outside.iterdir()) == []
    assert not (home / CHECKLIST).exists()


def kept(**changes: str | None) -> Kept:
    """A sound set-up for GitHub; what is changed is named by the last part of its path."""
    files = {path: text.encode() for path, text in whole(Setup("github"), CAST, CATALOGUE).items()}
    for name, text in changes.items():
        path = {"forge": ".github/CODEOWNERS", "own": OWN, "signers": SIGNERS, "review": ".github/workflows/review.yml"}[name]
        if text is None:
            del files[path]
        else:
            files[path] = text.encode() if not text.startswith("+") else files[path] + text[1:].encode()
    return Kept(files, (PLAN,))


@pytest.mark.parametrize(
    ("change", "code", "told"),
    [
        ({"own": None, "forge": None}, "R501", "没有 CODEOWNERS"),
        ({"forge": None}, "R501", ".github/CODEOWNERS"),
        ({"forge": "+/a/ nobody\n"}, "R502", "“nobody”不是 @账号"),
        ({"forge": "+/plans/ @tj-gxj\n"}, "R502", "/plans/xiqing/ 永远用不到"),
        ({"own": "* @tj-gxj\n/plans/binhai/ @b\n"}, "R503", "西青区（xiqing）没有自己的主管部门"),
        ({"own": "* @tj-gxj\n/plans/xiqing/ @b\n"}, "R509", "和平区（heping）"),
        ({"own": "/plans/xiqing/ @b\n/indicators/ @tj-gxj\n"}, "R504", ".github/没有人负责"),
        ({"forge": "+*.yml @jinhe-auto\n"}, "R504", ".gitlab-ci.yml归 jinhe-auto，不是主管部门"),
        ({"own": "+/plans/xiqing/jinhe/ @jinhe-auto @xiqing-gxj\n"}, "R504", "review.yaml归企业 jinhe-auto"),
        ({"review": "+# mine\n"}, "R505", "与这个版本写入的不同"),
        ({"review": None}, "R505", "没有 .github/workflows/review.yml"),
        ({"signers": "@li ssh-ed25519\n"}, "R506", "公钥"),
        ({"forge": "+/plans/xiqing/ @another\n/plans/xiqing/*/review.yaml @another @tj-gxj @expert-wang\n"}, "R507", "西青区（xiqing）"),
        ({"forge": "+/plans/xiqing/jinhe/plan.md @jinhe-auto @xiqing-gxj\n"}, "R508", "jinhe-auto"),
    ],
)  # fmt: skip
def test_a_check_finds_each_fault_and_says_where(change: dict[str, str | None], code: str, told: str) -> None:
    found = check(Setup("github"), kept(**change), CATALOGUE)
    assert any(finding.code == code and told in finding.message for finding in found), "\n".join(map(str, found))
    assert all(finding.path and finding.line >= 1 and finding.hint for finding in found)


def test_a_sound_set_up_read_from_bytes_has_no_finding() -> None:
    assert check(Setup("github"), kept(), CATALOGUE) == []


def test_the_line_of_a_changed_workflow_is_told() -> None:
    text = fixed(Setup("github"))[".github/workflows/review.yml"].replace("contents: read", "contents: write")
    (finding,) = check(Setup("github"), kept(review=text), CATALOGUE)
    assert text.split("\n")[finding.line - 1].strip() == "contents: write"


@pytest.fixture
def server(tmp_path: Path) -> Path:
    made = tmp_path / "plans.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(made)], check=True)
    return made


def receive(server: Path, program: str, tmp_path: Path, shell: str = "sh", **environment: str) -> subprocess.CompletedProcess[str]:
    """The hook as git would run it, with a program of the test's in the place of zcfdocs."""
    tool = tmp_path / "tool"
    tool.write_text(f"#!/bin/sh\n{program}\n")
    tool.chmod(0o755)
    text = (server / HOOK).read_text().replace(f"python={sys.executable}", f"python={tool}")
    base = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    return subprocess.run(
        [shell, "-c", text],
        cwd=server,
        env=base | environment,
        input="0 1 refs/heads/main\n",
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


@pytest.mark.parametrize("shell", SHELLS)
def test_the_hook_hands_over_what_git_says_and_who_pushes(server: Path, tmp_path: Path, shell: str) -> None:
    assert place_hook(server, Setup("bare"), force=False).outcome == "written"
    assert (server / HOOK).stat().st_mode & 0o777 == 0o755
    seen = 'cat; echo "$*"; echo "$ZCF_WHO"; umask; pwd'
    done = receive(server, seen, tmp_path, shell, GL_USER="jinhe", REMOTE_USER="other", ZCF_WHO="forged")
    assert done.stdout.splitlines() == ["0 1 refs/heads/main", "-I -m zcfdocs.cli review --hook", "jinhe", "0077", str(server)]
    assert done.returncode == 0
    assert "other" in receive(server, seen, tmp_path, shell, REMOTE_USER="other").stdout
    login = subprocess.run(["id", "-un"], check=True, capture_output=True, text=True).stdout.strip()
    assert login in receive(server, seen, tmp_path, shell, ZCF_WHO="forged").stdout.splitlines()


@pytest.mark.parametrize(
    ("program", "told"),
    [("exit 1", "按上面列出的意见改正"), ("exit 2", "退出码 2"), ("exit 124", "超过 300 秒"), ("kill -9 $$", "超过 300 秒")],
)
def test_the_hook_refuses_whatever_is_no_clean_review_and_says_why(server: Path, tmp_path: Path, program: str, told: str) -> None:
    place_hook(server, Setup("bare"), force=False)
    done = receive(server, program, tmp_path)
    assert done.returncode == 1
    assert "推送未被接受" in done.stderr
    assert told in done.stderr


def test_a_hook_whose_tool_is_gone_refuses_and_one_that_judges_signatures_says_so(server: Path, tmp_path: Path) -> None:
    place_hook(server, Setup("bare", signed=True), force=False)
    assert "--hook --signed" in receive(server, 'echo "$*"', tmp_path).stdout
    text = (server / HOOK).read_text().replace(f"python={sys.executable}", "python=/nonexistent/python")
    done = subprocess.run(["sh", "-c", text], cwd=server, input="", capture_output=True, text=True, check=False)
    assert (done.returncode, "找不到评审程序" in done.stderr) == (1, True)


def test_a_hook_that_is_there_stays_and_a_working_folder_is_no_server(server: Path, tmp_path: Path) -> None:
    (server / HOOK).write_text("#!/bin/sh\n")
    assert place_hook(server, Setup("bare"), force=False).outcome == "kept"
    assert (server / HOOK).read_text() == "#!/bin/sh\n"
    assert place_hook(server, Setup("bare"), force=True).outcome == "replaced"
    Repository(tmp_path / "work")
    with pytest.raises(ZcfError, match="带有工作目录"):
        place_hook(tmp_path / "work", Setup("bare"), force=False)
    with pytest.raises(ZcfError, match="不是 git 仓库"):
        place_hook(tmp_path / "none", Setup("bare"), force=False)


def test_the_check_of_a_server_reads_its_branch_and_its_hook(server: Path, tmp_path: Path) -> None:
    setup, seen = in_server(Setup("bare"), server)
    assert {finding.code for finding in check(setup, seen, CATALOGUE)} == {"R501", "R505"}
    work = Repository(tmp_path / "work")
    (work.top / PLAN).mkdir(parents=True)
    (work.top / PLAN / "plan.md").write_text("---\n---\n")
    place(work.top, whole(Setup("bare", signed=True), CAST, CATALOGUE), force=False)
    work.commit()
    work.git("push", "-q", str(server), "main")
    place_hook(server, Setup("bare", signed=True), force=False)
    setup, seen = in_server(Setup("bare"), server)
    assert (setup.signed, seen.plans) == (True, (PLAN,))
    assert check(setup, seen, CATALOGUE) == []


CURL = """#!/bin/sh
# Stands for a forge: answers from files named by the address, and notes what was asked.
for word; do address=$word; done
echo "$address" >>"$ROOM/asked"
case $address in
  *statuses*) cat "$ROOM/statuses" ;;
  *page=1) cat "$ROOM/open" ;;
  *) echo '[]' ;;
esac
"""
TOOL = """#!/bin/sh
echo "$* token=${ZCF_TOKEN-none} pr=${ZCF_PR-none} head=${ZCF_HEAD-none} own=${GITLAB_TOKEN-none}${GITEA_TOKEN-none}" >>"$ROOM/ran"
exit "${CODE:-0}"
"""


class Forge:
    """A clone with an open request, and programs that stand for the forge and the tool."""

    def __init__(self, room: Path, forge: str) -> None:
        self.room, self.forge = room, forge
        self.repository = Repository(room / "repository")
        (self.repository.top / "a").write_text("one")
        self.repository.commit()
        self.repository.git("checkout", "-q", "-b", "work")
        (self.repository.top / "a").write_text("two")
        self.head = self.repository.commit()
        where = "refs/merge-requests/7/head" if forge == "gitlab" else "refs/pull/7/head"
        self.repository.git("update-ref", where, self.head)
        self.repository.git("checkout", "-q", "main")
        place(self.repository.top, {".zcfdocs/comment.sh": fixed(Setup(forge))[".zcfdocs/comment.sh"]}, force=False)
        self.repository.git("remote", "add", "origin", str(self.repository.top))
        for name, text in (("curl", CURL), ("zcfdocs", TOOL)):
            (room / name).write_text(text)
            (room / name).chmod(0o755)

    def entry(self, number: object, head: str, author: str = "jinhe-auto") -> dict[str, object]:
        if self.forge == "gitlab":
            return {"iid": number, "sha": head, "author": {"username": author}}
        return {"number": number, "head": {"sha": head}, "base": {"ref": "main"}, "user": {"login": author}}

    def run(self, entries: list[dict[str, object]], statuses: list[dict[str, str]], **more: str) -> subprocess.CompletedProcess[str]:
        (self.room / "open").write_text(json.dumps(entries))
        (self.room / "statuses").write_text(json.dumps(statuses))
        environment = {
            "PATH": f"{self.room}:/usr/bin:/bin",
            "ROOM": str(self.room),
            "HOME": str(self.room),
            "ZCF_TOKEN": "invented",
            **more,
        }
        environment |= {
            "CI_API_V4_URL": "https://forge.example/api/v4",
            "CI_PROJECT_ID": "1",
            "GITHUB_API_URL": "https://forge.example/api/v1",
            "GITHUB_REPOSITORY": "tj/plans",
        }
        script = self.repository.top / ".zcfdocs/comment.sh"
        return subprocess.run(
            ["sh", script], cwd=self.repository.top, env=environment, capture_output=True, text=True, check=False, timeout=60
        )

    def ran(self) -> list[str]:
        return (self.room / "ran").read_text().splitlines() if (self.room / "ran").exists() else []


@pytest.fixture(params=["gitlab", "gitea"])
def forge(request: pytest.FixtureRequest, tmp_path: Path) -> Forge:
    if shutil.which("jq") is None:
        pytest.skip("没有 jq")
    return Forge(tmp_path, request.param)


def test_the_timed_job_reviews_an_open_request_without_the_token_and_posts_with_it(forge: Forge) -> None:
    done = forge.run([forge.entry(7, forge.head)], [])
    assert done.returncode == 0, done.stderr
    review, post = forge.ran()
    assert review.startswith(f"review HEAD...{forge.head} --by jinhe-auto --format json --out ")
    assert review.endswith("token=none pr=none head=none own=nonenone")
    assert (
        f"--post {forge.forge} token=invented pr=7 head={forge.head} own={'inventednone' if forge.forge == 'gitlab' else 'noneinvented'}"
        in post
    )
    assert "invented" not in (forge.room / "asked").read_text()


def test_a_request_that_has_its_verdict_is_not_reviewed_again(forge: Forge) -> None:
    judged = {"status": "failed" if forge.forge == "gitlab" else "failure", "context": "zcfdocs/review"}
    assert forge.run([forge.entry(7, forge.head)], [judged]).returncode == 0
    assert forge.ran() == []


def test_a_request_that_changed_meanwhile_waits_and_strange_answers_are_passed_over(forge: Forge) -> None:
    done = forge.run([forge.entry("7; touch x", forge.head), forge.entry(7, "$(touch x)"), forge.entry(7, "b" * 40)], [])
    assert (done.returncode, forge.ran()) == (0, [])
    assert "改动刚刚变过" in done.stderr
    assert not (forge.repository.top / "x").exists()


def test_a_review_that_could_not_be_made_is_not_posted_and_fails_the_job(forge: Forge) -> None:
    done = forge.run([forge.entry(7, forge.head)], [], CODE="2")
    assert done.returncode == 1
    assert "第 7 号：评审没有完成（2）" in done.stderr
    assert not any("--post" in line for line in forge.ran())


def test_a_blocking_review_is_posted_all_the_same(forge: Forge) -> None:
    assert forge.run([forge.entry(7, forge.head)], [], CODE="1").returncode == 0
    assert any("--post" in line for line in forge.ran())


def test_a_forge_that_does_not_answer_fails_the_job(forge: Forge) -> None:
    (forge.room / "curl").write_text("#!/bin/sh\nexit 22\n")
    assert forge.run([], []).returncode != 0


def command(*words: str) -> int:
    try:
        return int(app(words, standalone_mode=False) or 0)
    except typer.Exit as stop:
        return stop.exit_code


def test_the_command_writes_says_what_is_left_and_checks(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(home)
    assert command("init", "github") == 2
    assert "--city @tj-gxj" in capsys.readouterr().err
    assert command("init", "githb") == 2
    assert "是不是想写 github" in capsys.readouterr().err
    assert command("init", "github", "--city", "@tj-gxj", "--district", "xiqing=@xiqing-gxj", "--expert", "@wang", "--branch", "trunk") == 0
    told = capsys.readouterr()
    assert "已写入：.github/workflows/review.yml" in told.out
    assert "Require review from Code Owners" in told.err
    assert "trunk" in (home / ".github/workflows/review.yml").read_text()
    assert command("init", "github", "--check") == 0
    assert "R509" in capsys.readouterr().out, "other districts have named nobody yet: a warning"
    (home / ".github/workflows/review.yml").write_text("on: push\n")
    assert command("init", "github", "--check", "--format", "json") == 1
    (finding,) = [one for one in json.loads(capsys.readouterr().out) if one["severity"] == "error"]
    assert (finding["code"], finding["path"]) == ("R505", ".github/workflows/review.yml")
    assert command("init", "github") == 0
    assert "没有改动" in capsys.readouterr().out
    assert (home / ".github/workflows/review.yml").read_text() == "on: push\n"
    assert command("init", "gitlab", "--check") == 2
    assert "GitHub" in capsys.readouterr().err


def test_the_command_installs_the_hook_of_a_server(
    home: Path, server: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(home)
    assert command("init", "bare") == 2
    assert command("init", "bare", str(server), "--signed", "--city", "@tj-gxj") == 0
    assert "--signed" in (server / HOOK).read_text()
    assert (home / OWN).exists()
    assert "receive.denyNonFastForwards" in capsys.readouterr().err
    assert command("init", "bare", str(server)) == 0
    assert "--signed" in (server / HOOK).read_text(), "what is there stays"


def test_plans_below_a_folder_of_the_repository_are_not_set_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    repository = Repository(tmp_path / "repository")
    (repository.top / "round/plans").mkdir(parents=True)
    monkeypatch.chdir(repository.top / "round")
    assert command("init", "github", "--city", "@a") == 2
    assert "最上层" in capsys.readouterr().err
    assert not list(repository.top.rglob("CODEOWNERS"))


def test_the_guide_tells_the_ways_of_the_catalogue_and_no_other() -> None:
    text = (DOCS / "review.md").read_text("utf-8").partition("| 现在 | 可以改为 | 由谁 |\n")[2].partition("\n\n")[0]
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()[1:]]
    told = {(start, to, who) for start, ends, by in lines for to in ends.split("、") for who in by.split("、")}
    names = {stage.key: stage.name for stage in CATALOGUE.stages}
    words = {"factory": "企业", "district": "区级", "city": "市级", "expert": "专家"}
    ways = {(names[step.start], names[step.to], words[who]) for step in CATALOGUE.transitions for who in step.by}
    assert told == ways | {("任何阶段", names[step.to], words[who]) for step in CATALOGUE.from_any for who in step.by}


def test_the_code_owners_of_the_guide_give_the_roles_it_tells() -> None:
    text = (DOCS / "review.md").read_text("utf-8").partition("```\n* @tj-gxj")[2].partition("```")[0]
    owners = parse(f"* @tj-gxj{text}".encode())
    held = {
        who: set(roles(owners, who, "", "plans/xiqing/jinhe-auto-parts").roles)
        for who in ("tj-gxj", "xiqing-gxj", "wang", "jinhe-auto", "other")
    }
    assert held == {"tj-gxj": {"city"}, "xiqing-gxj": {"district"}, "wang": {"expert"}, "jinhe-auto": {"factory"}, "other": set()}
