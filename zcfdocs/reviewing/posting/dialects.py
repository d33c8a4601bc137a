"""How GitHub, GitLab and Gitea (Forgejo too) name the same few things: a pull request, its comments, the state of a commit."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Dialect:
    """Paths are below the API's address; `states` by whether the review blocks; `robots` are whom a job's own token writes as."""

    change: str
    api: str
    apis: tuple[str, ...]
    tokens: tuple[str, ...]
    repositories: tuple[str, ...]
    named: re.Pattern[str]
    quoted: Callable[[str], str]
    header: str
    prefix: str
    rights: str
    login: str
    robots: tuple[str, ...]
    pull: str
    head: Callable[[Any], object]
    comments: str
    comment: str
    edit: str
    author: Callable[[Any], str]
    statuses: str
    status: str
    context: Callable[[Any], object]
    state: Callable[[Any], object]
    states: dict[bool, str]


def _at(*keys: str) -> Callable[[Any], Any]:
    """What stands below the keys of nested objects; empty where one is missing."""

    def read(item: Any) -> Any:
        for key in keys:
            item = item.get(key, "") if isinstance(item, dict) else ""
        return item

    return read


def _text(*keys: str) -> Callable[[Any], str]:
    read = _at(*keys)
    return lambda item: str(read(item))


OWNED: Final = re.compile(r"\w[\w.-]{0,99}/\w[\w.-]{0,99}", re.ASCII)
# A path with its groups, or the number that GitLab gives a project.
GROUPED: Final = re.compile(r"\w[\w.-]{0,99}(/\w[\w.-]{0,99}){0,20}", re.ASCII)
DIALECTS: Final = {
    "github": Dialect(
        change="合并请求",
        api="https://api.github.com",
        apis=("GITHUB_API_URL",),
        tokens=("GITHUB_TOKEN",),
        repositories=("GITHUB_REPOSITORY",),
        named=OWNED,
        quoted=lambda name: quote(name, safe="/"),
        header="Authorization",
        prefix="Bearer ",
        rights="permissions 里写 pull-requests: write 和 statuses: write",
        login="login",
        robots=("github-actions[bot]",),
        pull="/repos/{repository}/pulls/{number}",
        head=_at("head", "sha"),
        comments="/repos/{repository}/issues/{number}/comments",
        comment="/repos/{repository}/issues/comments/{id}",
        edit="PATCH",
        author=_text("user", "login"),
        statuses="/repos/{repository}/commits/{sha}/statuses",
        status="/repos/{repository}/statuses/{sha}",
        context=_at("context"),
        state=_at("state"),
        states={True: "failure", False: "success"},
    ),
    "gitlab": Dialect(
        change="合并请求",
        api="https://gitlab.com/api/v4",
        apis=("CI_API_V4_URL",),
        tokens=("GITLAB_TOKEN",),
        repositories=("CI_MERGE_REQUEST_PROJECT_ID", "CI_PROJECT_ID"),
        named=GROUPED,
        quoted=lambda name: quote(name, safe=""),
        header="PRIVATE-TOKEN",
        prefix="",
        rights="用 Developer 角色、api 范围的项目访问令牌",
        login="username",
        robots=(),
        pull="/projects/{repository}/merge_requests/{number}",
        head=_at("sha"),
        comments="/projects/{repository}/merge_requests/{number}/notes",
        comment="/projects/{repository}/merge_requests/{number}/notes/{id}",
        edit="PUT",
        author=_text("author", "username"),
        statuses="/projects/{repository}/repository/commits/{sha}/statuses",
        status="/projects/{repository}/statuses/{sha}",
        context=_at("name"),
        state=_at("status"),
        states={True: "failed", False: "success"},
    ),
    "gitea": Dialect(
        change="合并请求",
        api="",
        apis=("GITEA_API_URL", "GITHUB_API_URL"),
        tokens=("GITEA_TOKEN", "GITHUB_TOKEN"),
        repositories=("GITHUB_REPOSITORY",),
        named=OWNED,
        quoted=lambda name: quote(name, safe="/"),
        header="Authorization",
        prefix="token ",
        rights="令牌须有 write:issue 和 write:repository",
        login="login",
        robots=("gitea-actions", "forgejo-actions"),
        pull="/repos/{repository}/pulls/{number}",
        head=_at("head", "sha"),
        comments="/repos/{repository}/issues/{number}/comments",
        comment="/repos/{repository}/issues/comments/{id}",
        edit="PATCH",
        author=_text("user", "login"),
        statuses="/repos/{repository}/commits/{sha}/statuses",
        status="/repos/{repository}/statuses/{sha}",
        context=_at("context"),
        state=_at("status"),
        states={True: "failure", False: "success"},
    ),
}
