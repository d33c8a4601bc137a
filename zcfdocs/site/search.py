"""Built pages → a Pagefind bundle in which every run of characters of their text is found, also inside a word.

Pagefind finds whole words and their beginnings. It is therefore given all pairs of neighbouring characters as words of hexadecimal
digits (光伏 is 51494f0f) and asked for pairs that follow one another, which is exact. `theme/site/assets/search.js` folds and asks in the
same way. What a result shows is the text itself, put into its fragment in place of these words.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import subprocess
import threading
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from io import BufferedReader
from itertools import pairwise
from pathlib import Path, PurePosixPath
from subprocess import DEVNULL, PIPE
from typing import Any

from zcfdocs.errors import ZcfError
from zcfdocs.site.article import Article, article
from zcfdocs.site.page import page
from zcfdocs.site.round import Round

GENERAL = "site"  # the bundle of what belongs to no district
INSTALL = 'pip install "pagefind[extended]>=1.5,<2"'
SECONDS = 600
# What the browser needs of Pagefind besides the index: its worker hides failed requests, its search boxes are not used.
RUNTIME = ("pagefind.js", "pagefind-entry.json", "wasm.unknown.pagefind")
SIGNATURE = b"pagefind_dcd"
EDGE = "z"  # a word between runs of text, so that nothing is found across their edge
TITLE = "t"  # begins the words of the title, which are asked for by themselves: such pages come first


def pages(round_: Round) -> dict[str, str]:
    """The search page. `index` is expected to have written search/site/ and search/<district>/ for each district with a plan."""
    districts = {plan["key"].split("/")[0]: plan["district"]["name"] for plan in round_.plans}
    bundles = [*districts.items(), (GENERAL, "方案以外的页面")]
    values = {"bundles": [{"path": f"search/{key}/", "name": name} for key, name in bundles]}
    return {"search.md": page("search.html", "搜索", round_.preview, values, "在全部公开方案和说明里查找文字、数字和编号", ("search",))}


def index(built: Mapping[str, bytes], room: Path) -> None:
    """Write one bundle of built pages, by address, into the absent or empty folder `room`. The same pages give the same bytes."""
    read = {address: article(address, built[address]) for address in sorted(built)}
    for name, content in _run_pagefind([_record(text) for text in read.values()]).items():
        path = PurePosixPath(name)
        if path.suffix.startswith(".pf_") or name in RUNTIME:
            target = room / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(_shown(content, read) if path.suffix == ".pf_fragment" else content)


# --- the words Pagefind is given -------------------------------------------------------------------------------------


class _Fold(dict[int, str]):
    """What a character is searched as: full and half width, capital and small, ₂ and 2 alike; spaces and invisible signs as nothing."""

    def __missing__(self, code: int) -> str:
        dropped = unicodedata.category(chr(code)) in ("Zs", "Zl", "Zp", "Cc", "Cf")
        self[code] = "" if dropped else "".join(unicodedata.normalize("NFKC", chr(code)).lower().split())
        return self[code]


_FOLD = _Fold()


def _units(run: str) -> list[str]:
    """The folded text's UTF-16 units, which are JavaScript's characters, as four hexadecimal digits each."""
    digits = run.translate(_FOLD).encode("utf-16-be").hex()
    return [digits[at : at + 4] for at in range(0, len(digits), 4)]


def _words(text: Article) -> Iterator[str]:
    """All pairs in their order, then each character once, which a query of one character asks for."""
    for prefix, runs in (("", text.blocks), (TITLE, [text.title])):
        single = set[str]()
        for run in runs:
            units = _units(run)
            single.update(units)
            yield from (prefix + left + right for left, right in pairwise(units))
            yield EDGE
        yield from (prefix + unit for unit in sorted(single))


def _record(text: Article) -> dict[str, Any]:
    # The digest names the fragment after all it will show, so that no browser keeps a former one.
    digest = hashlib.sha256(_json(asdict(text))).hexdigest()
    return {"url": text.address, "content": " ".join(_words(text)), "language": "unknown", "meta": {"digest": digest}}


def _shown(fragment: bytes, read: Mapping[str, Article]) -> bytes:
    """The fragment with the page's own text instead of the words it was found by."""
    data = json.loads(gzip.decompress(fragment).removeprefix(SIGNATURE))
    return gzip.compress(SIGNATURE + _json(data | {"content": "", "page": asdict(read[data["url"]])}), mtime=0)


def _json(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


# --- Pagefind --------------------------------------------------------------------------------------------------------


def _run_pagefind(records: Sequence[Mapping[str, Any]]) -> dict[str, bytes]:
    """The bundle's files. The service numbers pages in the order it is given them; a folder it would read in the order of the disk."""
    requests = (
        {"type": "NewIndex", "config": {}},
        *({"type": "AddRecord", "index_id": 0, "filters": None, "sort": None, **record} for record in records),
        {"type": "GetFiles", "index_id": 0},
    )
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("PAGEFIND_")}
    answer: Mapping[str, Any] = {}
    try:
        service = subprocess.Popen([_program(), "--service"], stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=surroundings)
    except OSError as error:
        raise ZcfError(f"不能运行 Pagefind，无法生成搜索数据（{error.strerror}）", hint=INSTALL) from error
    alarm = threading.Timer(SECONDS, service.kill)
    alarm.start()
    try:
        for number, request in enumerate(requests):
            answer = _ask(service, {"message_id": number, "payload": request})
        return {file["path"]: base64.b64decode(file["content"]) for file in answer["files"]}
    except (OSError, ValueError, KeyError) as error:
        raise ZcfError(f"Pagefind 没有生成搜索数据：{error}", hint=f"重新安装后再试：{INSTALL}") from error
    finally:
        alarm.cancel()
        service.kill()
        service.communicate()


def _ask(service: subprocess.Popen[bytes], request: Mapping[str, Any]) -> Mapping[str, Any]:
    """One message each way, base64 of JSON and a comma. An answer that is none, or tells of an error, is a ValueError."""
    assert service.stdin
    assert isinstance(service.stdout, BufferedReader)
    service.stdin.write(base64.b64encode(_json(request)) + b",")
    service.stdin.flush()
    answer = bytearray()
    while not answer.endswith(b","):
        if not (more := service.stdout.read1()):
            raise ValueError("程序中途退出")
        answer += more
    payload: Mapping[str, Any] = json.loads(base64.b64decode(answer))["payload"]
    if payload["type"] == "Error":
        raise ValueError(payload["message"])
    return payload


def _program() -> str:
    try:
        from pagefind.service import get_executable

        found = get_executable()
    except (ImportError, FileNotFoundError) as error:
        raise ZcfError("没有安装 Pagefind，无法生成搜索数据", hint=INSTALL) from error
    if found is None:
        raise ZcfError("没有安装 Pagefind 的程序，无法生成搜索数据", hint=INSTALL)
    return str(found)
