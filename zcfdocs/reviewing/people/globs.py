"""Patterns of CODEOWNERS: which files one means, and which pattern means all that another does."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache


def matches(pattern: str, path: str) -> bool:
    """As .gitignore reads it, but that `docs/*` stays in its folder (GitHub, about code owners).

    Time grows with the product of the lengths, whatever the pattern.
    """
    parts = path.split("/")
    found = _lengths(parts, _segments(pattern))
    if pattern.endswith("/"):  # a folder: at least one name below it
        return any(length < len(parts) for length in found)
    if stays(pattern):
        return len(parts) in found
    return bool(found)


def stays(pattern: str) -> bool:
    """Whether it means the files of a folder and nothing below: `docs/*`."""
    return pattern.endswith("/*")


@lru_cache(maxsize=4096)
def _segments(pattern: str) -> tuple[str, ...]:
    """From the top of the repository: without a slash before its last name a pattern holds at any depth. `**` is any number of names."""
    named = [part for part in pattern.split("/") if part]
    if "/" not in pattern.rstrip("/"):
        named = ["**", *named]
    if named[-1:] == ["**"]:
        named.append("*")
    return tuple(named)


def _lengths(parts: Sequence[str], segments: Sequence[str]) -> set[int]:
    """How many of the names, from the first on, the segments can stand for."""
    found: set[int] = set()
    reached = _spread({0}, segments)
    for length, part in enumerate(parts, 1):
        held = {index for index in reached if index < len(segments) and segments[index] == "**"}
        moved = {index + 1 for index in reached - held if index < len(segments) and fits(segments[index], part)}
        reached = _spread(held | moved, segments)
        if len(segments) in reached:
            found.add(length)
    return found


def _spread(reached: set[int], segments: Sequence[str]) -> set[int]:
    spread = set(reached)
    for index in reached:
        following = index
        while following < len(segments) and segments[following] == "**":
            following += 1
            spread.add(following)
    return spread


def fits(segment: str, name: str) -> bool:
    r"""`*` any characters, `?` one, `\` takes the next as it is; in one pass with one place to go back to."""
    wanted = _tokens(segment)
    at = index = mark = 0
    star = -1
    while index < len(name):
        if at < len(wanted) and wanted[at] == ("*", True):
            star, mark = at, index
            at += 1
        elif at < len(wanted) and (wanted[at] == ("?", True) or wanted[at] == (name[index], False)):
            at, index = at + 1, index + 1
        elif star >= 0:
            mark += 1
            at, index = star + 1, mark
        else:
            return False
    return all(token == ("*", True) for token in wanted[at:])


@lru_cache(maxsize=4096)
def _tokens(segment: str) -> tuple[tuple[str, bool], ...]:
    found: list[tuple[str, bool]] = []
    characters = iter(segment)
    for character in characters:
        if character == "\\":
            found.append((next(characters, "\\"), False))
        elif character != "*" or not found or found[-1] != ("*", True):
            found.append((character, character in "*?"))
    return tuple(found)


def covers(later: str, earlier: str) -> bool:
    """Whether the later pattern surely means every file that the earlier one means; False also where that cannot be told."""
    if later == earlier:
        return True
    wide, narrow = _segments(later), _segments(earlier)
    if wide == ("**", "*") and not later.endswith("/"):
        return True
    if wide[0] == "**" and "**" not in wide[1:]:  # at any depth: the last names decide
        wide, narrow = wide[1:], narrow[-len(wide) + 1 :]
        if len(narrow) < len(wide):
            return False
    if "**" in wide or "**" in narrow[: len(wide)]:
        return wide == narrow and not stays(later) and later.endswith("/") <= earlier.endswith("/")
    if len(narrow) < len(wide) or not all(_wider(one, other) for one, other in zip(wide, narrow, strict=False)):
        return False
    if stays(later):
        return stays(earlier) and len(narrow) == len(wide)
    return len(narrow) > len(wide) or not later.endswith("/") or earlier.endswith("/")


def _wider(one: str, other: str) -> bool:
    return one in ("*", other) or (not set(other) & set("*?\\") and fits(one, other))
