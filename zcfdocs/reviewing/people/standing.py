"""Who makes a change, and as what: the roles that somebody has towards one plan."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Standing:
    """`who` is a login or an address, None where nobody said; `certain`: whether the roles are written down or only assumed."""

    who: str | None = None
    roles: frozenset[str] = field(default=frozenset())
    certain: bool = False

    @property
    def is_known(self) -> bool:
        """Whether anything can be held against what they do: somebody without a role, of whom that is certain, is an outsider."""
        return self.who is not None and (bool(self.roles) or self.certain)

    @property
    def is_bureau(self) -> bool:
        return bool(self.roles & {"district", "city"})


NOBODY = Standing()
