"""Code owners written from who the bureaus are: in globs for GitHub, GitLab and zcfdocs, in regular expressions for Gitea."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from zcfdocs.catalogue import Catalogue
from zcfdocs.errors import ZcfError
from zcfdocs.finding import suggest
from zcfdocs.reviewing.people.owners import NAME, is_owner
from zcfdocs.reviews import NAME as REVIEWS

# What decides how a change is judged, printed or run: the bureaus' alone, wherever a line above may have said otherwise.
PROTECTED = (
    "/.zcfdocs/",
    "/.github/",
    "/.gitlab/",
    "/.gitlab-ci.yml",
    "/.gitea/",
    "/.forgejo/",
    f"/{NAME}",
    f"/docs/{NAME}",
    "/indicators/",
    "/theme/",
    "/zcfdocs/",
    "/requirements/",
    "/zcf",
    "/pyproject.toml",
    "/mkdocs.yml",
    "/trust/",
    ".gitattributes",
    ".gitmodules",
    ".gitignore",
)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is who, as forges write them: `@login`, `@org/team`, e-mail addresses. `factories` are by `<district>/<slug>`."""

    city: tuple[str, ...]
    districts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    experts: tuple[str, ...] = ()
    factories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, district: str) -> tuple[str, ...]:
        """Where a district has named nobody, the city stands in."""
        return self.districts.get(district) or self.city


def require_sound(cast: Cast, catalogue: Catalogue) -> None:
    """Raises ZcfError for a district that the catalogue does not have, and for what no forge takes for an owner."""
    keys = [item.key for item in catalogue.districts]
    places = [*cast.districts, *(place.partition("/")[0] for place in cast.factories)]
    if unknown := next((key for key in places if key not in keys), None):
        raise ZcfError(f"没有辖区 {unknown}。{suggest(unknown, keys)}", hint=f"可取：{'、'.join(keys)}")
    groups = (cast.city, *cast.districts.values(), cast.experts, *cast.factories.values())
    for owner in (owner for group in groups for owner in group):
        if not is_owner(owner) or any(character.isspace() or character in "#\\" for character in owner):
            raise ZcfError(f"“{owner}”不是账号", hint="写成 @账号、@组织/团队或邮箱")
    if not cast.city:
        raise ZcfError("没有写明市级主管部门的账号", hint="加上 --city @账号，例如 --city @tj-gxj --district jinnan=@jinnan-gxj")


def globs(cast: Cast, catalogue: Catalogue, *, factories: bool) -> str:
    """The last line that matches counts: plans first, then what belongs to the bureaus alone, reviews last.

    Factories have a line only in the file that zcfdocs reads: a forge would take them for people who may approve.
    """
    lines = [*_head(), f"* {_all(cast.city)}", "", "# 各辖区的方案"]
    for district in catalogue.districts:
        line = f"/plans/{district.key}/ {_all(cast.of(district.key))}"
        lines.append(line if district.key in cast.districts else f"# {line}   {district.name}尚未指定，暂由市级代管")
    if factories:
        lines += ["", "# 企业自己的文件夹，一家一行：/plans/辖区/名称/ @企业账号 @辖区账号"]
        lines += [f"/plans/{place}/ {_all(who + cast.of(place.partition('/')[0]))}" for place, who in sorted(cast.factories.items())]
    lines += ["", "# 评审的依据和工具，只由市级改动", *(f"{pattern} {_all(cast.city)}" for pattern in PROTECTED)]
    lines += ["", "# 评审意见：主管部门和专家", f"/plans/*/*/{REVIEWS} {_all(cast.city + cast.experts)}"]
    lines += [f"/plans/{key}/*/{REVIEWS} {_all(cast.of(key) + cast.city + cast.experts)}" for key in cast.districts]
    return "\n".join(lines) + "\n"


def expressions(cast: Cast, catalogue: Catalogue) -> str:
    """For Gitea and Forgejo, where every line that matches the whole path counts: only who is to be asked (docs.gitea.com, code-owners)."""
    lines = [*_head(), "# Gitea、Forgejo 的写法是正则表达式，每一行都算；角色以 .zcfdocs/CODEOWNERS 为准", f"!plans/.* {_all(cast.city)}"]
    lines += [f"plans/{item.key}/.* {_all(cast.of(item.key))}" for item in catalogue.districts if item.key in cast.districts]
    lines += [
        f"plans/[^/]+/[^/]+/{REVIEWS.replace('.', '[.]')} {_all(cast.city + cast.experts)}",
        f".*[.]git(attributes|modules|ignore) {_all(cast.city)}",
    ]
    return "\n".join(lines) + "\n"


def _head() -> tuple[str, ...]:
    return ("# zcfdocs init 写入：谁有权同意哪里的改动。以后可以直接改，改后运行 zcfdocs init … --check", "")


def _all(owners: Sequence[str]) -> str:
    return " ".join(dict.fromkeys(owners))
