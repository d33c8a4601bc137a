"""The comment on a pull request and the state of its commit: written once, kept up to date, never repeated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from zcfdocs.errors import ZcfError
from zcfdocs.reviewing.forms.markdown import MARKER, says_something_new
from zcfdocs.reviewing.model import Review
from zcfdocs.reviewing.posting.calling import Api
from zcfdocs.reviewing.posting.dialects import DIALECTS, Dialect

CONTEXT = "zcfdocs/review"
LONGEST = 140  # characters of a description that GitHub takes
MOST_PAGES = 100


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a review says of the commit `head`."""

    head: str
    blocking: bool
    told: str

    @classmethod
    def of(cls, review: Review) -> Verdict:
        """A review that is read back may contradict itself: an error blocks whatever it says."""
        return cls(review.head, review.blocking or any(item.is_error for item in review.brought), review.headline)


@dataclass(frozen=True, slots=True)
class Forge:
    """A pull request of a repository of a forge. `head` is the commit as the forge itself told the job that posts, where it did."""

    dialect: Dialect
    api: Api
    repository: str
    number: int
    head: str | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    comment: Literal["created", "updated", "kept"]
    status: Literal["set", "kept"]


def forge(kind: str, number: str, environment: Mapping[str, str]) -> Forge:
    """The pull request `number` as the job's environment names its repository. Raises ZcfError where something is missing or odd."""
    dialect = DIALECTS[kind]
    if not (number.isascii() and number.isdigit() and 0 < int(number[:12]) < 10**9):
        raise ZcfError(f"“{number[:40]}”不是{dialect.change}的编号", hint="写正整数")
    token = next((environment[name] for name in dialect.tokens if environment.get(name)), "")
    if not token:
        raise ZcfError("没有令牌，不能写评论", hint=f"在流水线里设环境变量 {' 或 '.join(dialect.tokens)}；不要写进文件或命令行")
    repository = next((environment[name] for name in dialect.repositories if environment.get(name)), "")
    if not dialect.named.fullmatch(repository):
        raise ZcfError(f"不知道是哪个仓库（{repository[:80] or '空'}）", hint=f"设环境变量 {' 或 '.join(dialect.repositories)}")
    at = next((environment[name] for name in dialect.apis if environment.get(name)), dialect.api)
    if not at:
        raise ZcfError("不知道接口的网址", hint=f"设环境变量 {' 或 '.join(dialect.apis)}，如 https://gitea.example.com/api/v1")
    api = Api(at, dialect.header, f"{dialect.prefix}{token}", dialect.rights)
    return Forge(dialect, api, repository, int(number), environment.get("ZCF_HEAD") or None)


def post(markdown: str, verdict: Verdict, forge: Forge) -> Posted:
    """The comment, then the state of the commit: only of a review that this very job made, since an artifact may say what it likes."""
    return Posted(comment(markdown, verdict.head, forge), _status(verdict, forge))


def comment(markdown: str, head: str, forge: Forge) -> Literal["created", "updated", "kept"]:
    """Nothing is written unless the pull request's head is the commit that was reviewed, nor where nothing new is said."""
    answer = forge.api.call("GET", _path(forge, forge.dialect.pull, {}))
    assert answer is not None
    if forge.dialect.head(answer.data) != head or forge.head not in (None, head):
        raise ZcfError(
            f"评审的提交 {head[:12]} 不是{forge.dialect.change} {forge.number} 现在的提交，没有写评论",
            hint=f"{forge.dialect.change}又有新的提交时会重新评审；否则是产物里的编号不对",
        )
    return _comment(markdown, forge)


def _comment(markdown: str, forge: Forge) -> Literal["created", "updated", "kept"]:
    found = next(_own(forge), None)
    if found is None:
        _write(forge, "POST", forge.dialect.comments, {"body": markdown})
        return "created"
    if not says_something_new(str(found.get("body", "")), markdown):
        return "kept"
    _write(forge, forge.dialect.edit, forge.dialect.comment, {"body": markdown}, id=int(found["id"]))
    return "updated"


def _own(forge: Forge) -> Iterator[dict[str, Any]]:
    """Comments with our marker at their beginning that we wrote ourselves: anybody can copy a marker."""
    me = _me(forge)
    for item in _pages(forge, forge.dialect.comments):
        if str(item.get("body", "")).lstrip().startswith(MARKER) and forge.dialect.author(item).casefold() in me:
            yield item


def _me(forge: Forge) -> frozenset[str]:
    """A job's own token may not ask who it is; then it writes as the forge's robot, whose name no person can have."""
    robots = forge.dialect.robots
    answer = forge.api.call("GET", "/user", refused=bool(robots))
    names = robots if answer is None else (_login(answer.data, forge.dialect.login),)
    return frozenset(name.casefold() for name in names if name)


def _login(user: Any, key: str) -> str:
    return str(user.get(key, "")) if isinstance(user, dict) else ""


def _status(verdict: Verdict, forge: Forge) -> Literal["set", "kept"]:
    """The newest state under our name counts; GitLab refuses to be told the same again."""
    state = forge.dialect.states[verdict.blocking]
    told = verdict.told if len(verdict.told) <= LONGEST else f"{verdict.told[: LONGEST - 1]}…"
    ours = [item for item in _pages(forge, forge.dialect.statuses, sha=verdict.head) if forge.dialect.context(item) == CONTEXT]
    newest = max(ours, key=lambda item: int(item.get("id", 0)), default={})
    if (forge.dialect.state(newest), newest.get("description")) == (state, told):
        return "kept"
    _write(forge, "POST", forge.dialect.status, {"state": state, "context": CONTEXT, "description": told}, sha=verdict.head)
    return "set"


def _write(forge: Forge, method: str, path: str, given: Mapping[str, str], **more: object) -> None:
    forge.api.call(method, _path(forge, path, more), given)


def _pages(forge: Forge, path: str, **more: object) -> Iterator[dict[str, Any]]:
    """Every item of a list, page by page as long as the forge says there is a next one."""
    for number in range(1, MOST_PAGES + 1):
        answer = forge.api.call("GET", f"{_path(forge, path, more)}?per_page=100&limit=100&page={number}")
        assert answer is not None
        yield from (item for item in answer.data if isinstance(item, dict))
        if not answer.has_next:
            return


def _path(forge: Forge, path: str, more: Mapping[str, object]) -> str:
    return path.format(repository=forge.dialect.quoted(forge.repository), number=forge.number, **more)
