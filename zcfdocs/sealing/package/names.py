"""Which names a package may hold: those that mean the same file on every system and stay below their folder."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

LONGEST, LONGEST_PART, DEEPEST = 1000, 255, 20  # bytes in UTF-8, folders
FORBIDDEN = re.compile(r'[<>:"|?*%]')  # Windows keeps them for itself; "%" is written in two ways by readers of BagIt
DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)")
UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")  # control and direction characters: the name that is read is not the one that is shown


def fault(name: str) -> str | None:
    """Why a file may not be called so; None where nothing speaks against it."""
    if not name or len(name.encode("utf-8", "surrogatepass")) > LONGEST:
        return "名称为空或过长"
    if "\\" in name:
        return "名称里有反斜杠"
    if name.startswith("/") or re.match(r"[A-Za-z]:", name):
        return "是绝对路径"
    if any(unicodedata.category(character) in UNSEEN for character in name):
        return "名称里有控制字符"
    parts = name.split("/")
    if ".." in parts or "." in parts:
        return "路径里有“.”或“..”"
    if len(parts) > DEEPEST:
        return f"文件夹超过 {DEEPEST} 层"
    return next((found for part in parts if (found := _part(part))), None)


def _part(part: str) -> str | None:
    if not part or len(part.encode("utf-8")) > LONGEST_PART:
        return "路径里有空的或过长的一段"
    if FORBIDDEN.search(part) or DEVICES.match(part):
        return "名称在 Windows 上不能用，或含“%”"
    if part != part.strip() or part.endswith("."):
        return "名称以空格或“.”结尾，或以空格开头"
    return None if unicodedata.is_normalized("NFC", part) else "名称不是 Unicode NFC 形式"


def clashes(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Names with why they cannot lie beside those before them: the same but for case, or a file where another has a folder.

    Names of folders end in "/".
    """
    seen: dict[str, str] = {}
    folders: dict[str, str] = {}
    for name in names:
        key = folded(name)
        above = [key[:at] for at, character in enumerate(key) if character == "/"]
        if key in seen:
            yield name, "重复" if seen[key] == name else f"与“{shown(seen[key])}”只是大小写不同"
        elif key in folders or any(folder in seen for folder in above):
            yield name, "既是文件又是文件夹"
        seen.setdefault(key, name)
        folders |= dict.fromkeys(above, name)


def folded(name: str) -> str:
    """Equal where a file system that ignores case takes two names for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def shown(name: str) -> str:
    """A hostile name as a message may quote it: short, without anything that acts on a terminal."""
    return visible(name[:120]) + ("…" if len(name) > 120 else "")


def visible(text: str) -> str:
    """Text without control, direction and line characters: certificates and files say what they like."""
    return "".join("�" if unicodedata.category(character) in UNSEEN else character for character in text)
