"""CPU of a plan's PDF beside the plain WeasyPrint call on the same HTML: `./zcf tool python -m bench.pdf [plan.md] [N]`.

Both run in this process, warm, in turn, N times (default 5); the least time of each counts. The plain call is what the library's
manual shows: `HTML(string=html).write_pdf(stylesheets=[css])` with the same PDF variant and fonts named by the style sheet as files
of the theme; its tables keep the library's default layout, and it draws neither page codes nor signature fields.
"""

from __future__ import annotations

import io
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import weasyprint

from zcfdocs.loading import Shelf
from zcfdocs.manuscript.compose import compose
from zcfdocs.manuscript.manuscript import Manuscript
from zcfdocs.pipeline import dossier, examine
from zcfdocs.printing.pdf import print_pdf
from zcfdocs.scorecard import Origin

ROOT = Path(__file__).resolve().parent.parent
PLAN = ROOT / "tests/cases/oracle/plan.md"
FONTS = ROOT / "theme" / "fonts"
FACES = {
    "FandolFang": "FandolFang-Regular.otf",
    "FandolHei": "FandolHei-Regular.otf",
    "FandolKai": "FandolKai-Regular.otf",
    "FandolSong": "FandolSong-Bold.otf",
    "ZCF Fallback": "ZcfFallback-Regular.otf",
    "ZCF Signs": "ZcfSigns-Regular.ttf",
}


def plain(html: str, css: str) -> bytes:
    return bytes(weasyprint.HTML(string=html).write_pdf(stylesheets=[weasyprint.CSS(string=css)], pdf_variant="pdf/a-3a"))


def stock_style() -> str:
    """The theme's style sheet without what was done to it for speed: tables laid out by the library's default."""
    faces = "".join(f'@font-face {{ font-family: "{name}"; src: url({(FONTS / file).as_uri()}) }}\n' for name, file in FACES.items())
    return faces + (ROOT / "theme/print.css").read_text("utf-8").replace("table-layout: fixed;", "")


def seconds(work: Callable[[], bytes]) -> tuple[float, bytes]:
    before = time.process_time()
    data = work()
    return time.process_time() - before, data


def manuscript(path: Path) -> Manuscript:
    found = dossier(examine(path, path.name, Shelf(ROOT / "indicators")), Origin(None))
    assert found is not None
    return compose(found)


def told(name: str, data: bytes, time: float) -> None:
    print(f"{name:8}{time:7.2f} s CPU {len(pypdfium2.PdfDocument(io.BytesIO(data))):4} pages {len(data) // 1024:6} KiB")


def main() -> None:
    warnings.simplefilter("ignore", ResourceWarning)
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else PLAN
    times = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    made = manuscript(path)
    html, css = made.html, stock_style()
    plain(html, css), print_pdf(made)  # warm: imports, fonts, style
    runs = [(seconds(lambda: plain(html, css)), seconds(lambda: print_pdf(made).data)) for _ in range(times)]
    stock, ours = min(run[0] for run in runs), min(run[1] for run in runs)
    told("plain", stock[1], stock[0])
    told("zcfdocs", ours[1], ours[0])
    print(f"ratio {ours[0] / stock[0]:.2f}")


if __name__ == "__main__":
    main()
