"""Who someone is to a plan: the roles of the catalogue, read off the code owners of the protected branch."""

from __future__ import annotations

import string
from collections.abc import Iterable
from dataclasses import dataclass

from zcfdocs.reviewing.people.owners import Owners
from zcfdocs.reviewing.people.standing import Standing
from zcfdocs.reviews import NAME as REVIEWS

# No line can name these on purpose, so what owns them owns the whole folder.
ANY = "\x01"
LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
ROLES = ("city", "district", "expert", "factory")


@dataclass(frozen=True, slots=True)
class People:
    """Owners by role, in the form `plain` gives them; `factory` names nobody where the plan's folder has no line of its own."""

    city: frozenset[str]
    district: frozenset[str]
    expert: frozenset[str]
    factory: frozenset[str]


def plain(owner: str) -> str:
    """A login, team or e-mail as it is compared: forges ignore the case of ASCII letters, in which a login is written; `ſ` is no `s`."""
    return owner.strip().removeprefix("@").translate(LOWER)


def people(owners: Owners, root: str, folder: str) -> People:
    """Of a plan's folder below `<root>plans/`; `root` is empty or ends in a slash, both are paths from the top of the repository.

    An expert is named by a line for review.yaml itself: whoever owns the folder as a whole is none.
    """
    city = _of(owners, f"{root}indicators/{ANY}")
    district = _of(owners, f"{root}plans/{district_of(root, folder)}/{ANY}/plan.md")
    own = _of(owners, f"{folder}/plan.md") - city - district
    named = (rule for rule in owners.rules_of(f"{folder}/{REVIEWS}") if rule.pattern.endswith(REVIEWS))
    reviewers = frozenset(plain(owner) for rule in named for owner in rule.owners) - city - district
    return People(city, district, reviewers - own, own)


def roles(owners: Owners, who: str, root: str, folder: str) -> Standing:
    """Somebody's roles for the plan in `folder`; no role and `certain` is an outsider, no role and not certain is somebody of whom nothing can be told.

    It is uncertain where nobody owns anything, where the code owners name no factory, and where a role may be held through a team,
    whose members only the forge knows.
    """
    if not owners.exist:
        return Standing(who)
    names, login = people(owners, root, folder), plain(who)
    found = frozenset(role for role in ROLES if login in getattr(names, role))
    if found:
        return Standing(who, found, certain=True)
    if not names.factory:
        return Standing(who, frozenset({"factory"}))
    return Standing(who, certain=not has_team(name for role in ROLES for name in getattr(names, role)))


def district_of(root: str, folder: str) -> str:
    """The key in `<root>plans/<district>/<slug>`; one that no line names, where the folder lies elsewhere."""
    prefix = f"{root}plans/"
    return folder.removeprefix(prefix).split("/")[0] if folder.startswith(prefix) else ANY


def has_team(names: Iterable[str]) -> bool:
    """Whether some of them stand for people whom only the forge knows: `org/team`, or GitLab's `@role`."""
    return any("/" in name or name.startswith("@") for name in names)


def _of(owners: Owners, path: str) -> frozenset[str]:
    return frozenset(plain(owner) for owner in owners.of(path))
