"""provenance.json (zcf-provenance/1): which plan, catalogue and tools a package's files come from, and what each was before it was signed."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from zcfdocs.scorecard import Json

FORMAT = "zcf-provenance/1"
LARGEST = 4 << 20


@dataclass(frozen=True, slots=True)
class Unsigned:
    """The bytes a signature was appended to: the first `length` of the signed file."""

    length: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Noted:
    """A file of the package as it is, and as the build made it where it has been signed since."""

    sha256: str
    unsigned: Unsigned | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """`digest` and `catalogue_digest` as in the scorecard; `files` by their path below data/; a draft is not to be handed in."""

    uscc: str
    name: str
    district: str
    slug: str
    stage: str
    digest: str
    commit: str | None
    catalogue: str
    catalogue_digest: str
    tools: Mapping[str, str]
    python: str
    files: Mapping[str, Noted]
    draft: bool = False


def of_card(card: Json, slug: str, tools: Mapping[str, str], files: Mapping[str, Noted], draft: bool = False) -> Provenance:
    """From a plan's scorecard, which already says which plan, commit and catalogue; the Python that runs is noted."""
    plan, catalogue = card["plan"], card["catalogue"]
    return Provenance(
        plan["uscc"] or "",
        plan["name"] or "",
        plan["district"] or "",
        slug,
        plan["stage"] or "",
        plan["digest"],
        card["source"]["commit"],
        catalogue["id"],
        catalogue["digest"],
        dict(tools),
        platform.python_version(),
        dict(files),
        draft,
    )


def provenance(told: Provenance) -> bytes:
    """The file: fixed order, Chinese left readable, the same bytes for the same facts."""
    written = {
        "format": FORMAT,
        "draft": told.draft,
        "plan": {key: getattr(told, key) for key in ("uscc", "name", "district", "slug", "stage", "digest")},
        "source": {"commit": told.commit},
        "catalogue": {"id": told.catalogue, "digest": told.catalogue_digest},
        "python": told.python,
        "tools": dict(sorted(told.tools.items())),
        "files": {name: _noted(told.files[name]) for name in sorted(told.files, key=str.encode)},
    }
    return (json.dumps(written, ensure_ascii=False, indent=1) + "\n").encode()


def _noted(file: Noted) -> dict[str, Any]:
    return {key: value for key, value in asdict(file).items() if value is not None}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


Short = Annotated[str, Field(max_length=500)]
Hex = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]


class _Plan(_Strict):
    uscc: Short
    name: Short
    district: Short
    slug: Short
    stage: Short
    digest: Digest


class _Source(_Strict):
    commit: Annotated[str, Field(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$")] | None


class _Catalogue(_Strict):
    id: Short
    digest: Digest


class _Unsigned(_Strict):
    length: Annotated[int, Field(ge=1, le=1 << 40)]
    sha256: Hex


class _File(_Strict):
    sha256: Hex
    unsigned: _Unsigned | None = None


class _Written(_Strict):
    format: Literal["zcf-provenance/1"]
    draft: bool
    plan: _Plan
    source: _Source
    catalogue: _Catalogue
    python: Short
    tools: Annotated[dict[Short, Short], Field(max_length=200)]
    files: Annotated[dict[Annotated[str, Field(max_length=1000)], _File], Field(max_length=5000)]


def read_provenance(data: bytes) -> Provenance | None:
    """What the file says; None where it is not exactly of this format. That it is true is for others to check."""
    if len(data) > LARGEST:
        return None
    try:
        read = _Written.model_validate(json.loads(data.decode("utf-8"), object_pairs_hook=_once))
    except (ValueError, ValidationError, RecursionError):
        return None
    files = {
        name: Noted(file.sha256, Unsigned(file.unsigned.length, file.unsigned.sha256) if file.unsigned else None)
        for name, file in read.files.items()
    }
    plan, source, catalogue = read.plan.model_dump(), read.source.commit, read.catalogue
    return Provenance(
        **plan,
        commit=source,
        catalogue=catalogue.id,
        catalogue_digest=catalogue.digest,
        tools=dict(read.tools),
        python=read.python,
        files=files,
        draft=read.draft,
    )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A key written twice means one thing to one reader and another to the next."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found
