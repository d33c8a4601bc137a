"""The comment on a pull request: updated and not repeated, ours alone, on the commit that was reviewed; told plainly where it fails."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests import reviewed
from tests.forge import Stand, standing
from zcfdocs.errors import ZcfError
from zcfdocs.reviewing.forms.markdown import MARKER, markdown, says_something_new
from zcfdocs.reviewing.posting.calling import Api
from zcfdocs.reviewing.posting.post import CONTEXT, Forge, Posted, Verdict, comment, forge, post

KINDS = ("github", "gitlab", "gitea")
SECRET = "s3cret-token"
REVIEW = reviewed.review()
MARKDOWN = markdown(REVIEW)
VERDICT = Verdict.of(REVIEW)


def environment(kind: str, address: str) -> dict[str, str]:
    return {
        "github": {"GITHUB_API_URL": address, "GITHUB_TOKEN": SECRET, "GITHUB_REPOSITORY": "city/plans"},
        "gitlab": {"CI_API_V4_URL": address, "GITLAB_TOKEN": SECRET, "CI_PROJECT_ID": "city/plans"},
        "gitea": {"GITEA_API_URL": address, "GITEA_TOKEN": SECRET, "GITHUB_REPOSITORY": "city/plans"},
    }[kind]


def at(stand: Stand, **more: str) -> Forge:
    return forge(stand.kind, "7", environment(stand.kind, stand.address) | more)


def stand_of(kind: str, **more: Any) -> Stand:
    return Stand(kind, reviewed.HEAD, **more)


def failing(stand: Stand, stall: float = 20) -> ZcfError:
    at_stand = at(stand)
    with pytest.raises(ZcfError) as told:
        post(MARKDOWN, VERDICT, replace(at_stand, api=replace(at_stand.api, stall=stall)))
    return told.value


@pytest.mark.parametrize("kind", KINDS)
def test_first_review_makes_one_comment_and_one_status(kind: str) -> None:
    with standing(stand_of(kind)) as stand:
        assert post(MARKDOWN, VERDICT, at(stand)) == Posted("created", "set")
        assert [item["body"] for item in stand.comments] == [MARKDOWN]
        (status,) = stand.statuses
        assert CONTEXT in status.values()
        assert {"failure", "failed"} & set(status.values())
        assert len(status["description"]) <= 140


@pytest.mark.parametrize("kind", KINDS)
def test_comment_is_updated_not_repeated(kind: str) -> None:
    better = reviewed.review(reviewed.quiet(), blocking=False, headline="改好了")
    with standing(stand_of(kind)) as stand:
        post(MARKDOWN, VERDICT, at(stand))
        assert post(markdown(better), Verdict.of(better), at(stand)) == Posted("updated", "set")
        assert [item["body"] for item in stand.comments] == [markdown(better)]
        assert len(stand.statuses) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_written_where_nothing_new_is_said(kind: str) -> None:
    with standing(stand_of(kind)) as stand:
        post(MARKDOWN, VERDICT, at(stand))
        stand.asked.clear()
        assert post(MARKDOWN, VERDICT, at(stand)) == Posted("kept", "kept")
        assert stand.written == []


def test_a_review_that_was_handed_over_is_told_but_sets_no_status() -> None:
    """Whoever can change what the first job runs can write any review: its verdict must not open the way to a merge."""
    with standing(stand_of("github")) as stand:
        assert comment(MARKDOWN, VERDICT.head, at(stand)) == "created"
        assert stand.statuses == []


def test_a_review_that_contradicts_itself_blocks() -> None:
    assert Verdict.of(REVIEW.model_copy(update={"blocking": False})).blocking
    assert not Verdict.of(reviewed.review(reviewed.quiet(), blocking=False)).blocking


def test_other_commits_alone_are_nothing_new() -> None:
    later = markdown(REVIEW.model_copy(update={"base": "d4" * 20, "head": "e5" * 20}))
    assert later != MARKDOWN
    assert not says_something_new(MARKDOWN.replace("\n", "\r\n"), later)
    assert says_something_new(MARKDOWN, later.replace("79.998", "79.99"))


def test_a_new_head_gets_its_status_though_the_comment_stays() -> None:
    with standing(stand_of("github")) as stand:
        post(MARKDOWN, VERDICT, at(stand))
        later = REVIEW.model_copy(update={"head": "e5" * 20})
        stand.head, stand.statuses = later.head, []
        assert post(markdown(later), Verdict.of(later), at(stand)) == Posted("kept", "set")
        assert stand.asked[-1] == ("POST", f"/repos/city/plans/statuses/{later.head}")


@pytest.mark.parametrize("kind", KINDS)
def test_a_comment_of_somebody_else_with_our_marker_is_left_alone(kind: str) -> None:
    with standing(stand_of(kind)) as stand:
        stand.comment(f"{MARKER}\n得分没有变，可以合并", "mallory")
        assert post(MARKDOWN, VERDICT, at(stand)).comment == "created"
        assert stand.comments[0]["body"].endswith("可以合并")
        assert len(stand.comments) == 2


def test_our_own_comment_that_only_quotes_the_marker_is_left_alone() -> None:
    with standing(stand_of("github")) as stand:
        stand.comment(f"> {MARKER}\n说明", stand.me)
        assert post(MARKDOWN, VERDICT, at(stand)).comment == "created"


@pytest.mark.parametrize("kind", KINDS)
def test_our_comment_is_found_on_a_later_page(kind: str) -> None:
    with standing(stand_of(kind, page=2)) as stand:
        for number in range(4):
            stand.comment(f"第 {number} 条", "somebody")
        stand.comment(f"{MARKER}\n旧的", stand.me)
        assert post(MARKDOWN, VERDICT, at(stand)).comment == "updated"
        assert len(stand.comments) == 5
        assert stand.comments[4]["body"] == MARKDOWN


def test_a_job_token_that_may_not_ask_who_it_is_writes_as_the_robot() -> None:
    with standing(stand_of("github", me="github-actions[bot]", knows_itself=False)) as stand:
        stand.comment(f"{MARKER}\n冒充", "github-actions")
        post(MARKDOWN, VERDICT, at(stand))
        post(MARKDOWN.replace("79.998", "79.9"), VERDICT, at(stand))
        assert len(stand.comments) == 2
        assert "79.9" in stand.comments[1]["body"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_review_of_another_commit_than_the_pull_requests_is_refused(kind: str) -> None:
    with standing(Stand(kind, "f6" * 20)) as stand:
        assert "不是合并请求 7 现在的提交" in failing(stand).message
        assert stand.written == []


def test_an_artifact_that_claims_another_pull_request_is_refused() -> None:
    """The job that posts knows from the forge which commit was built; an artifact may name any number and that number's head."""
    with standing(stand_of("github")) as stand, pytest.raises(ZcfError, match="没有写评论"):
        post(MARKDOWN, VERDICT, at(stand, ZCF_HEAD="f6" * 20))
    assert stand.written == []


@pytest.mark.parametrize(
    ("code", "message", "hint"),
    [
        (401, "令牌无效", "环境变量"),
        (403, "不允许这个令牌写", "pull-requests: write"),
        (404, "没有找到", "核对仓库和编号"),
        (302, "没有跟去", "最终的网址"),
        (429, "限流", "过几分钟"),
        (503, "故障", "稍后再试"),
    ],
)
def test_what_the_forge_refuses_is_told_plainly(code: int, message: str, hint: str) -> None:
    with standing(stand_of("github", refuse={"comments": code})) as stand:
        told = failing(stand)
    assert message in told.message
    assert hint in told.hint
    assert SECRET not in told.message + told.hint
    assert ("GET", "/elsewhere") not in stand.asked


def test_a_forge_that_does_not_answer_in_time_is_told() -> None:
    with standing(stand_of("gitea", silent=True)) as stand:
        assert "没有及时回答" in failing(stand, stall=0.1).message


def test_an_answer_that_is_no_json_is_told() -> None:
    with standing(stand_of("gitlab", garbage=True)) as stand:
        assert "不是 JSON" in failing(stand).message


def test_a_port_where_nobody_listens_is_told() -> None:
    with standing(stand_of("github")) as stand:
        gone = at(stand)
    with pytest.raises(ZcfError, match="连不上"):
        post(MARKDOWN, VERDICT, gone)


@pytest.mark.parametrize(
    "address", ["http://gitea.example.com/api/v1", "http://localhost/api", "file:///etc/passwd", "ftp://x", "", "https://me@x.cn/api"]
)
def test_a_token_goes_over_https_or_stays_on_this_machine(address: str) -> None:
    with pytest.raises(ZcfError):
        Api(address, "Authorization", SECRET, "")


def test_a_token_is_not_shown() -> None:
    assert SECRET not in repr(forge("gitea", "7", environment("gitea", "https://gitea.example.com/api/v1")))


@pytest.mark.parametrize("number", ["", "0", "-1", "7/../8", "7?x", "９", "1e3"])
def test_a_number_that_is_none_is_refused(number: str) -> None:
    with pytest.raises(ZcfError, match="编号"):
        forge("github", number, environment("github", "https://api.github.com"))


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_environment_lacks_is_named(kind: str) -> None:
    whole = environment(kind, "https://forge.example.com/api")
    token = next(name for name in whole if name.endswith("TOKEN"))
    with pytest.raises(ZcfError) as told:
        forge(kind, "7", {name: value for name, value in whole.items() if name != token})
    assert token in told.value.hint
    place = next(name for name in whole if name.endswith(("REPOSITORY", "PROJECT_ID")))
    with pytest.raises(ZcfError, match="哪个仓库"):
        forge(kind, "7", whole | {place: "../../user"})


def test_a_token_with_a_line_end_is_refused() -> None:
    with pytest.raises(ZcfError, match="空白"):
        forge("github", "7", environment("github", "https://api.github.com") | {"GITHUB_TOKEN": f"{SECRET}\nX-Header: 1"})
