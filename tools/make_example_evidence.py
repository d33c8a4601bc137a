#!/usr/bin/env python3
"""Draws the evidence of the example plans: one page per entry of a plan's evidence list, plainly marked as an example.

    python tools/make_example_evidence.py [PLAN…]

PLAN is a plan.md; without one, every plans/*/*/plan.md. The same list and the same fonts give the same bytes.
"""

from __future__ import annotations

import base64
import html
import io
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont
from ruamel.yaml import YAML
from weasyprint import HTML

ROOT = Path(__file__).resolve().parent.parent
FONT = ROOT / "theme" / "fonts" / "FandolHei-Regular.otf"
LIMIT = 20 * 1024  # bytes of one PDF: evidence stands in git, and the examples must stay light
MARK = "示例文件—仅供演示"
PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title><style>
@font-face {{ font-family: example; src: url(data:font/otf;base64,{font}) }}
@page {{ size: A4; margin: 37mm 26mm 35mm 28mm }}
body {{ font: 16pt/29pt example; margin: 0; text-align: center }}
h1 {{ font: 22pt/36pt example; margin: 40mm 0 }}
.mark {{ border: 1pt solid black; padding: 4pt }}
</style></head><body><p class="mark">{mark}</p><h1>{title}</h1><p>{issuer}</p><p>{dates}</p></body></html>"""
WEIGHTY = ("GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx")  # tables of no use in one horizontal page


def front_matter(plan: Path) -> dict[str, Any]:
    """The YAML between the first two `---` lines."""
    _, yaml, _ = plan.read_text(encoding="utf-8").split("---\n", 2)
    data: dict[str, Any] = YAML(typ="safe", pure=True).load(yaml)
    return data


def font_of(text: str) -> bytes:
    """The font cut down to the glyphs of `text`; WeasyPrint alone would keep some 8 KB of tables beside them."""
    options = subset.Options(layout_features=[], hinting=False, desubroutinize=True, recalc_timestamp=False)
    options.drop_tables += WEIGHTY
    font = TTFont(FONT, recalcTimestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(text=text)
    cutter.subset(font)
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def page(entry: dict[str, Any]) -> bytes:
    """One A4 page: mark, title, issuer, dates."""
    title, issuer = str(entry["title"]), str(entry.get("issuer") or "")
    dates = str(entry.get("issued") or "") + (f"（有效期至{entry['expires']}）" if entry.get("expires") else "")
    font = base64.b64encode(font_of(MARK + title + issuer + dates)).decode("ascii")
    text = PAGE.format(font=font, mark=MARK, title=html.escape(title), issuer=html.escape(issuer), dates=dates)
    pdf: bytes = HTML(string=text).write_pdf(pdf_tags=True)
    return pdf


def draw(plan: Path) -> Iterable[str]:
    """Write the files of one plan's list; yield a line for each that was changed or is too large."""
    for entry in front_matter(plan)["evidence"]:
        target = plan.parent / str(entry["file"])
        pdf = page(entry)
        if len(pdf) > LIMIT:
            yield f"{target}: {len(pdf)} bytes, more than {LIMIT}; shorten the title or the issuer"
        if not target.exists() or target.read_bytes() != pdf:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(pdf)
            yield f"{target}: written, {len(pdf)} bytes"


def main(arguments: list[str]) -> int:
    if not FONT.exists():
        print(f"missing font {FONT}", file=sys.stderr)
        return 2
    plans = [Path(argument) for argument in arguments] or sorted((ROOT / "plans").glob("*/*/plan.md"))
    lines = [line for plan in plans for line in draw(plan)]
    print("\n".join(lines) or "nothing to do")
    return int(any("more than" in line for line in lines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
