"""Invented plans that all differ: `./zcf tool python -m bench.round FOLDER N [--seed S]` (seed 1).

FOLDER becomes a git repository of its own: the catalogues, and N plans over all districts, many trades and all stages, each passing
`zcfdocs check` without an error. Three commits, so that stages have a history. The same seed gives the same bytes and commits; the
first plans of a larger N are those of a smaller one, given before the shape of the repository. Evidence files are tiny, and hard links
to the same few: change none in place.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import zlib
from collections.abc import Iterator
from itertools import chain, product, repeat
from pathlib import Path
from random import Random

from bench.invention import Firm, Invention, words
from bench.leaves import Data, read, write
from zcfdocs.checks.identity import organisation_check
from zcfdocs.fields import USCC_ALPHABET, uscc_check
from zcfdocs.places import INDICATORS

CATALOGUE = INDICATORS / "tianjin-2025"
# How often a stage comes, of so many plans; stages not named come once. Most plans of a round become public.
OFTEN = {"candidate": 8, "revised": 4, "building": 10, "evaluation_requested": 3, "publicised": 3, "confirmed": 6, "submitted": 3}
CROWDED = ("binhai", "binhai", "binhai", "binhai", "xiqing", "wuqing", "beichen", "jinnan")
COMMITS = ("申报材料", "审核与修改", "阶段更新")
PICTURES = ("lighting", "energy-platform")
IGNORED = "/dist/\n/.zcf-cache/\n"


def ways(stages: Data) -> dict[str, tuple[str, ...]]:
    """The shortest way from the first stage to each, as the catalogue lets plans move."""
    found: dict[str, tuple[str, ...]] = {"draft": ("draft",)}
    edge = list(found)
    while edge:
        here = edge.pop(0)
        for move in stages["transitions"]:
            if move["from"] == here and move["to"] not in found:
                found[move["to"]] = (*found[here], move["to"])
                edge.append(move["to"])
    return found | {move["to"]: (*found["building"], move["to"]) for move in stages["from_any"]}


def dealt(cards: list[str], chance: Random) -> Iterator[str]:
    """Each card once, then each again, every time shuffled anew."""
    for deck in repeat(cards):
        yield from chance.sample(deck, len(deck))


def code(district: str, number: int) -> str:
    """A unified social credit code of the district, GB 32100-2015, that says example in no registry's range."""
    digits = "".join(USCC_ALPHABET[number // 31**place % 31] for place in range(4))
    body = f"MA0X{digits}"
    base = f"91{district}{body}{organisation_check(body)}"
    return base + uscc_check(base)


def firms(count: int, seed: int) -> Iterator[Firm]:
    chance = Random(seed)
    stages, places = (read((CATALOGUE / name).read_text(encoding="utf-8")) for name in ("stages.yaml", "districts.yaml"))
    classes = read((INDICATORS / "classification/gbt-4754-2017.yaml").read_text(encoding="utf-8"))["classes"]
    names, districts = {item["code"]: item["name"] for item in classes}, {item["key"]: item for item in places["districts"]}
    areas = {item["district"]: item["names"] for item in places["sub_areas"]}
    way = ways(stages)
    stage = dealt(list(chain.from_iterable([key] * OFTEN.get(key, 1) for key in way)), chance)
    district, trade = dealt([*districts, *CROWDED], chance), dealt(list(map(str, range(len(words()["sectors"])))), chance)
    called = list(product(words()["first"].items(), words()["second"].items()))
    chance.shuffle(called)
    numbers = chance.sample(range(31**4), len(called))
    for number, (((one, un), (two, deux)), mark) in enumerate(zip(called, numbers, strict=True)):
        if number == count:
            return
        place, sector = districts[next(district)], words()["sectors"][int(next(trade))]
        industry = chance.choice(sector["codes"])
        yield Firm(
            f"天津示例{one}{two}{sector['trade']}有限公司", f"{un}{deux}-{number:04}", code(place["code"], mark), place,
            chance.choice([*areas[place["key"]], None]) if place["key"] in areas else None, sector,
            {"code": industry, "name": names[industry]}, way[next(stage)],
        )  # fmt: skip
    raise ValueError(f"at most {len(called)} plans have names of their own")


def texts(firm: Firm, seed: int) -> tuple[str, ...]:
    """plan.md at each commit: two steps before, one step before, and at its stage; the first claims less."""
    made = Invention(firm, Random(f"{seed}/{firm.slug}"))
    last = f"---\n{write(made.front())}---\n{made.body()}"
    steps = [firm.way[max(0, len(firm.way) - back)] for back in (3, 2, 1)]
    found = [last.replace(f"\nstage: {firm.way[-1]}\n", f"\nstage: {stage}\n", 1) for stage in steps]
    return (re.sub(r"(\{id: 1\.3\.1, now: )[\d.]+", r"\g<1>0.6", found[0]), *found[1:])


def pdf(title: str) -> bytes:
    """An empty page that differs by its title."""
    parts = ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"]
    parts += ["<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>", f"<< /Title ({title}) >>"]
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{part}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size {len(parts) + 1} /Root 1 0 R /Info 4 0 R >>\n"
    return out + f"{end}startxref\n{len(out)}\n%%EOF\n".encode()


def png(shade: int) -> bytes:
    """One grey dot."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    head = b"\0\0\0\1\0\0\0\1\x08\0\0\0\0"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes((0, shade)))) + chunk(b"IEND", b"")


def write_plan(home: Path, folder: Path, text: str, kept: dict[str, Path]) -> None:
    """plan.md and the evidence it lists, each file a link to the first of its name."""
    (folder / "evidence").mkdir(parents=True)
    (folder / "plan.md").write_text(text, encoding="utf-8")
    for name in re.findall(r"file: (evidence/[\w.-]+)", text):
        if name in kept:
            os.link(kept[name], folder / name)
            continue
        kept[name] = folder / name
        kept[name].write_bytes(png(len(kept)) if name.endswith(".png") else pdf(Path(name).stem))


def commit(home: Path, message: str, day: str) -> None:
    own = [
        "-c",
        "user.name=示例",
        "-c",
        "user.email=round@example.com",
        "-c",
        "commit.gpgsign=false",
        "-c",
        "gc.auto=0",
        "-c",
        "core.looseCompression=0",
    ]
    date = {"GIT_AUTHOR_DATE": f"{day}T09:00:00+08:00", "GIT_COMMITTER_DATE": f"{day}T09:00:00+08:00"}
    alone = os.environ | date | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    start = [] if (home / ".git").is_dir() else [["init", "-q", "-b", "main"]]
    for arguments in (*start, ["add", "-A"], ["commit", "-q", "-m", message]):
        subprocess.run(["git", *own, *arguments], cwd=home, env=alone, check=True)  # noqa: S607  # whoever has the project has git


def write_round(home: Path, count: int, seed: int = 1) -> None:
    """`home`, which must not hold anything yet, becomes the repository."""
    home.mkdir(parents=True, exist_ok=True)
    if any(home.iterdir()):
        raise SystemExit(f"{home} 不是空文件夹")
    shutil.copytree(INDICATORS, home / "indicators")
    (home / ".gitignore").write_text(IGNORED, encoding="utf-8")
    all_texts = {f"plans/{firm.district['key']}/{firm.slug}": texts(firm, seed) for firm in firms(count, seed)}
    kept: dict[str, Path] = {}
    for step, message in enumerate(COMMITS):
        for place, versions in all_texts.items():
            if step == 0:
                write_plan(home, home / place, versions[0], kept)
            elif versions[step] != versions[step - 1]:
                (home / place / "plan.md").write_text(versions[step], encoding="utf-8")
        commit(home, message, f"2025-{5 + step * 4:02}-06")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("count", type=int)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    write_round(given.folder, given.count, given.seed)
    print(f"{given.count} plans in {given.folder}")


if __name__ == "__main__":
    main()
