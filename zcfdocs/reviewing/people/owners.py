"""CODEOWNERS: who must agree to a change of a path, in the syntax of GitHub with GitLab's sections; the last line that matches counts."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field

from zcfdocs.reviewing.people.globs import matches

NAME = "CODEOWNERS"
OWN = f".zcfdocs/{NAME}"
# Ours first; then as GitHub looks (.github, top, docs) and as GitLab does (top, docs, .gitlab). What lies in .gitea/ or .forgejo/ is written
# in regular expressions, of which every one that matches counts: it is never evaluated here (docs.gitea.com, code-owners).
PLACES = (OWN, f".github/{NAME}", NAME, f"docs/{NAME}", f".gitlab/{NAME}")
FOREIGN = (f".gitea/{NAME}", f".forgejo/{NAME}")
MOST_BYTES = 3_000_000  # GitHub ignores a larger file
MOST_LINES = 20_000
LONGEST = 1_000  # characters of a pattern


@dataclass(frozen=True, slots=True)
class Rule:
    """A line that counts; `owners` may be empty: then nobody owns what it matches."""

    line: int
    pattern: str
    owners: tuple[str, ...]
    section: str = ""


@dataclass(frozen=True, slots=True)
class Broken:
    """A line that a forge passes over, and why."""

    line: int
    text: str
    why: str


@dataclass(frozen=True)
class Owners:
    """A file read; without one there are no rules, and nobody owns anything."""

    rules: tuple[Rule, ...] = ()
    broken: tuple[Broken, ...] = ()
    path: str = field(default="", compare=False)

    def of(self, path: str) -> tuple[str, ...]:
        """Of the last line that matches the path, in each of GitLab's sections; as they stand in the file."""
        return tuple(dict.fromkeys(owner for rule in self.rules_of(path) for owner in rule.owners))

    def rules_of(self, path: str) -> Iterator[Rule]:
        found: set[str] = set()
        for rule in reversed(self.rules):
            if rule.section not in found and matches(rule.pattern, path):
                found.add(rule.section)
                yield rule

    @property
    def exist(self) -> bool:
        return bool(self.rules)


NOBODY = Owners()


def locate(paths: Container[str]) -> str | None:
    """Which of a commit's files says who owns what: the first of PLACES that is there."""
    return next((place for place in PLACES if place in paths), None)


def parse(data: bytes, path: str = NAME) -> Owners:
    """Whatever the bytes are; a file that is too large has no rules, as on GitHub, and says so."""
    if len(data) > MOST_BYTES:
        return Owners((), (Broken(1, "", f"文件超过 {MOST_BYTES // 1_000_000} MB，代码托管平台不读取"),), path)
    lines = data.decode("utf-8", "replace").removeprefix("\ufeff").split("\n")
    if len(lines) > MOST_LINES:
        return Owners((), (Broken(1, "", f"文件超过 {MOST_LINES} 行"),), path)
    rules: list[Rule] = []
    broken: list[Broken] = []
    section = ""
    default: tuple[str, ...] = ()
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if (opened := _section(text)) is not None:
            section, default = opened
            continue
        pattern, owners = _words(text)
        if why := _unfit(pattern.removeprefix("!"), owners):
            broken.append(Broken(number, text[:200], why))
        elif pattern.startswith("!"):  # GitLab: nobody owns what is excepted
            rules.append(Rule(number, pattern[1:], (), section))
        else:
            rules.append(Rule(number, pattern, owners or default, section))
    return Owners(tuple(rules), tuple(broken), path)


def _section(text: str) -> tuple[str, tuple[str, ...]] | None:
    """GitLab's `[name][2] @default` and `^[name]`; a pattern that begins with a bracket is in neither forge's syntax."""
    start = text.removeprefix("^")
    name, closed, rest = start[1:].partition("]")
    if not start.startswith("[") or not closed or not name.strip():
        return None
    if rest.startswith("["):  # so many must agree
        rest = rest.partition("]")[2]
    return name.strip().casefold(), tuple(word for word in rest.split() if is_owner(word))


def _words(text: str) -> tuple[str, tuple[str, ...]]:
    """A pattern may hold escaped spaces; what follows a # that stands alone is a comment."""
    words = [""]
    characters = iter(text)
    for character in characters:
        if character == "\\":
            words[-1] += character + next(characters, "")
        elif character.isspace():
            words.append("")
        else:
            words[-1] += character
    pattern, *rest = [word for word in words if word]
    owners = []
    for word in rest:
        if word.startswith("#"):
            break
        owners.append(word)
    return pattern, tuple(owners)


def is_owner(word: str) -> bool:
    """`@login`, `@org/team`, GitLab's `@@role`, or an e-mail address."""
    before, at, after = word.rpartition("@")
    return bool(at and after and not word.endswith("/")) and ("@" not in before or before == "@")


def _unfit(pattern: str, owners: tuple[str, ...]) -> str:
    if len(pattern) > LONGEST:
        return f"路径超过 {LONGEST} 个字符"
    if not pattern.strip("/"):
        return "“/”不匹配任何文件，全部文件写作 *"
    if strange := [owner for owner in owners if not is_owner(owner)]:
        return f"“{strange[0][:100]}”不是 @账号、@组织/团队或邮箱"
    return ""
