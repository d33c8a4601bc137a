"""Workbooks for the tests: made from plans, given wrong results on purpose, recalculated by LibreOffice, looked into."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook.workbook import Workbook
from ruamel.yaml import YAML

from tests import results
from zcfdocs.dossier import Dossier
from zcfdocs.loading import Shelf
from zcfdocs.pipeline import dossier, examine
from zcfdocs.printing.workbook import print_workbook
from zcfdocs.scorecard import Origin
from zcfdocs.scoring import score

HERE = Path(__file__).parent
ROOT = HERE.parent
INDICATORS = ROOT / "indicators"
EXAMPLES = {"jinhe": ROOT / "plans/xiqing/jinhe-auto-parts/plan.md", "haiheng": ROOT / "plans/binhai/haiheng-biopharma/plan.md"}
# LibreOffice's switch “recalculate on load: always”, in a profile of this run alone.
ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
HOSTILE = "=cmd|' /C calc'!A1"
LINK = "=HYPERLINK('https://example.invalid/?a&b')<c>_x0041_"


@dataclass(frozen=True)
class Made:
    dossier: Dossier
    data: bytes

    @cached_property
    def formulas(self) -> Workbook:
        return openpyxl.load_workbook(io.BytesIO(self.data))

    @cached_property
    def values(self) -> Workbook:
        return openpyxl.load_workbook(io.BytesIO(self.data), data_only=True)


def make(path: Path, indicators: Path = INDICATORS) -> Made:
    found = dossier(examine(path, "plan.md", Shelf(indicators)), Origin("0123456789abcdef"))
    assert found is not None
    return Made(found, print_workbook(found))


def with_gaps(folder: Path) -> Path:
    """The worked plan with a single year, without water, output value and materials."""
    text = (HERE / "cases/oracle/plan.md").read_text(encoding="utf-8")
    years = re.search(r"^years:\n((?:  .*\n)+)", text, re.MULTILINE)
    assert years
    kept = next(part for part in re.split(r"(?m)^(?=  - year:)", years[1]) if "year: 2024" in part)
    kept = "".join(line for line in kept.splitlines(keepends=True) if not re.match(r"    (water|output_value|added_value):", line))
    kept = re.sub(r"    materials:\n(?:      .*\n)*", "", kept)
    folder.mkdir()
    (folder / "plan.md").write_text(text.replace(years[1], kept), encoding="utf-8")
    shutil.copytree(HERE / "cases/oracle/evidence", folder / "evidence")
    return folder / "plan.md"


def hostile(folder: Path) -> Path:
    """The worked plan with names that a spreadsheet would like to run or follow."""
    text = (HERE / "cases/oracle/plan.md").read_text(encoding="utf-8")
    product = re.search(r"products:\n\s+- \{name: ([^,]+),", text)
    assert product
    text = text.replace("name: 天津示例零部件有限公司", f'name: "{HOSTILE}"', 1).replace(product[1], f'"{LINK}"')
    shutil.copytree(HERE / "cases/oracle/evidence", folder / "evidence")
    (folder / "plan.md").write_text(text, encoding="utf-8")
    return folder / "plan.md"


def after_pilot(folder: Path, reached: int = 0) -> Path:
    """The example after its pilot, with `reached` MWh more bought in the year of the result."""
    path = results.write(folder)
    text = path.read_text(encoding="utf-8")
    before, kind, after = text.rpartition("kind: result")
    path.write_text(
        f"{before}{kind}{re.sub(r'amount: ([0-9]+)', lambda found: f'amount: {int(found[1]) + reached}', after, count=1)}", "utf-8"
    )
    return path


def without_change(folder: Path) -> Path:
    """The example after its pilot, had it promised to stay as it was."""
    path = results.write(folder)
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    yaml = YAML(typ="rt")
    yaml.width, yaml.preserve_quotes = 10_000, True
    data: Any = yaml.load(front)
    (now,) = (year for year in data["years"] if (year["year"], year["kind"]) == (data["accounting"]["baseline"], "actual"))
    same = deepcopy(now) | {"year": data["accounting"]["target"], "kind": "target"}
    for offset in same["offsets"]:
        offset.pop("certificates", None)
    data["years"] = [same if year["kind"] == "target" and year["year"] == same["year"] else year for year in data["years"]]
    out = io.StringIO()
    yaml.dump(data, out)
    path.write_text(f"---\n{out.getvalue()}---\n{body}", "utf-8")
    return path


def frozen(made: Made, candidate: Made) -> Made:
    """The plan judged by what another version of it promised."""
    found = made.dossier
    judged = score(found.plan, found.rulebook, found.evidence, found.accounts, candidate.dossier.accounts)
    again = replace(found, score=judged)
    return Made(again, print_workbook(again))


def poisoned(data: bytes) -> bytes:
    """The same workbook with a wrong stored result in every formula cell."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = source.read(name)
            if name.startswith("xl/worksheets/"):
                part = re.sub(rb"(</f><v>)[^<]*(</v>)", rb"\g<1>999\g<2>", part)
            target.writestr(name, part)
    return out.getvalue()


def recalculated(books: dict[str, bytes], folder: Path) -> dict[str, Workbook]:
    """Every workbook opened, worked out anew and saved by LibreOffice, in one run."""
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("没有 LibreOffice（soffice），无法重算")
    profile, before, after = folder / "profile", folder / "before", folder / "after"
    (profile / "user").mkdir(parents=True)
    (profile / "user/registrymodifications.xcu").write_text(ALWAYS, encoding="utf-8")
    before.mkdir()
    for name, data in books.items():
        (before / f"{name}.xlsx").write_bytes(data)
    command = [soffice, "--headless", f"-env:UserInstallation={profile.as_uri()}", "--convert-to", "xlsx", "--outdir", str(after)]
    subprocess.run([*command, *map(str, sorted(before.iterdir()))], check=True, capture_output=True, timeout=300)
    return {name: openpyxl.load_workbook(after / f"{name}.xlsx", data_only=True) for name in books}


def find(book: Workbook, sheet: str, title: str, head: str) -> Any:
    """The cell of the first row whose name begins with `title`, under the head that begins with `head`."""
    page: Any = book[sheet]
    col = next(cell.column for cell in page[3] if str(cell.value).startswith(head))
    row = next(row for row in range(4, page.max_row + 1) if str(page.cell(row, 1).value).startswith(title))
    return page.cell(row, col)


def named(book: Workbook, name: str) -> Any:
    ((sheet, address),) = book.defined_names[name].destinations
    return book[sheet][address.replace("$", "")].value


def close(found: object, wanted: float) -> bool:
    return isinstance(found, int | float) and abs(found - wanted) <= 1e-9 * max(1.0, abs(wanted))


def formula_cells(book: Workbook) -> list[tuple[str, str, str]]:
    return [(page.title, cell.coordinate, str(cell.value)) for page, cell in all_cells(book) if cell.data_type == "f"]


def all_cells(book: Workbook) -> Iterator[tuple[Any, Any]]:
    for page in book:
        yield from ((page, cell) for row in page.iter_rows() for cell in row)
