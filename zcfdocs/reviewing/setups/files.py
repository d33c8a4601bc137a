"""What each set-up consists of: paths from the top of the repository, with their text."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Mapping

from zcfdocs.catalogue import Catalogue
from zcfdocs.places import THEME
from zcfdocs.reviewing.people.owners import OWN
from zcfdocs.reviewing.people.signatures import SIGNERS
from zcfdocs.reviewing.setups.generating import Cast, expressions, globs
from zcfdocs.reviewing.setups.setup import NAMES, SETTINGS, Setup, settings

CHECKLIST = ".zcfdocs/PROTECT.md"
HOOK = "hooks/pre-receive"
LIMIT = 300  # seconds a push may take to be judged
COMMON: Mapping[str, str] = {".gitattributes": "gitattributes", ".gitignore": "gitignore", SIGNERS: "allowed_signers"}
# Files of a forge that this version wrote and nobody should have changed; the template each is filled from.
FIXED: Mapping[str, Mapping[str, str]] = {
    "github": {
        ".github/workflows/review.yml": "github/review.yml",
        ".github/workflows/comment.yml": "github/comment.yml",
        ".github/workflows/publish.yml": "github/publish.yml",
    },
    "gitlab": {".gitlab-ci.yml": "gitlab/gitlab-ci.yml", ".zcfdocs/comment.sh": "comment.sh"},
    "gitea": {
        ".gitea/workflows/review.yml": "gitea/review.yml",
        ".gitea/workflows/comment.yml": "gitea/comment.yml",
        ".zcfdocs/comment.sh": "comment.sh",
    },
    "bare": {},
}
REQUEST: Mapping[str, str] = {
    "github": ".github/pull_request_template.md",
    "gitlab": ".gitlab/merge_request_templates/Default.md",
    "gitea": ".gitea/pull_request_template.md",
}
OWNERS: Mapping[str, str] = {"github": ".github/CODEOWNERS", "gitlab": ".gitlab/CODEOWNERS", "gitea": ".gitea/CODEOWNERS"}


def fixed(setup: Setup) -> dict[str, str]:
    """The files that do what the set-up is for."""
    return {path: filled(template, setup) for path, template in FIXED[setup.forge].items()}


def expected(setup: Setup) -> dict[str, str]:
    """What a check compares: those files, on a plain server its hook."""
    return fixed(setup) or {HOOK: hook(setup)}


def whole(setup: Setup, cast: Cast | None, catalogue: Catalogue) -> dict[str, str]:
    """Every file of a set-up; without a cast no code owners."""
    found = fixed(setup)
    if cast is not None:
        found |= {OWN: globs(cast, catalogue, factories=True)}
        if place := OWNERS.get(setup.forge):
            found[place] = expressions(cast, catalogue) if setup.forge == "gitea" else globs(cast, catalogue, factories=False)
    if place := REQUEST.get(setup.forge):
        found[place] = filled("request.md", setup)
    found |= {path: filled(template, setup) for path, template in COMMON.items()}
    return found | {CHECKLIST: checklist(setup), SETTINGS: settings(setup)}


def checklist(setup: Setup) -> str:
    return filled(f"{setup.forge}/checklist.md", setup)


def hook(setup: Setup) -> str:
    """The pre-receive hook: it runs this very installation, whatever the pusher's environment says."""
    return filled("bare/pre-receive", setup)


def filled(template: str, setup: Setup) -> str:
    """Templates are the tool's own; what is put in is quoted for where it stands. Forges write `{{`, so the marks are others."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(  # noqa: S701  # YAML, shell and Markdown, not HTML
        loader=FileSystemLoader(THEME / "setups"), undefined=StrictUndefined, keep_trailing_newline=True, trim_blocks=True, lstrip_blocks=True,
        block_start_string="<<%", block_end_string="%>>", variable_start_string="<<", variable_end_string=">>", comment_start_string="<<#", comment_end_string="#>>",
    )  # fmt: skip
    return environment.get_template(template).render(
        forge=setup.forge, forge_name=NAMES[setup.forge], branch=setup.branch, zcfdocs=setup.command, install=setup.install, limit=LIMIT,
        program=shlex.quote(sys.executable), signed=" --signed" if setup.signed else "", quoted=json.dumps,
    )  # fmt: skip
