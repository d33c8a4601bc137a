"""The pictures of README.md, from what `./zcf build` made: `./zcf tool python tools/make_pictures.py`. Needs Chromium, LibreOffice and Chinese system fonts."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pypdfium2
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
PLAN = "xiqing/jinhe-auto-parts"
OUT = ROOT / "docs" / "pictures"
GAP, BACKGROUND = 16, "#d8dcda"


def pages(pdf: Path, numbers: tuple[int, ...], height: int) -> Image.Image:
    """The named pages (from 1) side by side at one height."""
    with pypdfium2.PdfDocument(pdf) as document:
        images = []
        for number in numbers:
            page = document[number - 1]
            images.append(page.render(scale=height / page.get_height()).to_pil().convert("RGB"))
    return beside(images, height)


def beside(images: list[Image.Image], height: int) -> Image.Image:
    """Pictures in a row, at one height."""
    scaled = [image.resize((image.width * height // image.height, height), Image.Resampling.LANCZOS) for image in images]
    sheet = Image.new("RGB", (sum(image.width for image in scaled) + GAP * (len(scaled) + 1), height + 2 * GAP), BACKGROUND)
    left = GAP
    for image in scaled:
        sheet.paste(image, (left, GAP))
        left += image.width + GAP
    return sheet


def find(pdf: Path, text: str, after_contents: bool = True) -> int:
    """The first page that holds the text, not counting the contents."""
    with pypdfium2.PdfDocument(pdf) as document:
        found = [number for number, page in enumerate(document, 1) if text in page.get_textpage().get_text_range()]
    return found[1] if after_contents and len(found) > 1 else found[0]


def screen(target: str, width: int, height: int, room: Path) -> Image.Image:
    shot = room / "shot.png"
    browser = shutil.which("chromium") or "chromium"
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"]
    command = [browser, *flags, f"--window-size={width},{height}", f"--screenshot={shot}", target]
    subprocess.run(command, check=True, capture_output=True)
    return Image.open(shot).convert("RGB")


def review_page(room: Path) -> Image.Image:
    """Of an invented change of the example: ten times the gas."""
    home, page = room / "plans", room / "review.html"
    shutil.copytree(ROOT / "indicators", home / "indicators")
    shutil.copytree(ROOT / "plans" / PLAN, home / "plans" / PLAN)
    plan = home / "plans" / PLAN / "plan.md"

    def commit() -> None:
        for words in (["init", "-q"], ["add", "-A"], ["-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-q", "-m", "x"]):
            subprocess.run(["git", *words], cwd=home, check=True)  # noqa: S607  # whoever has the project has git

    commit()
    text, gas = plan.read_text("utf-8"), "carrier: natural_gas, amount: 92,"
    if text.count(gas) != 1:
        raise SystemExit(f"{plan}: {gas} stands {text.count(gas)} times")
    plan.write_text(text.replace(gas, gas.replace("92", "920")), "utf-8")
    commit()
    command = [sys.executable, "-m", "zcfdocs.cli", "review", "HEAD~1..HEAD", "--repo", str(home), "--format", "html", "--out", str(page)]
    subprocess.run(command, check=False)
    return screen(page.as_uri(), 1280, 1000, room)


def word_as_pdf(source: Path, room: Path) -> Path:
    office = shutil.which("soffice") or "soffice"
    command = [office, "--headless", "--convert-to", "pdf", "--outdir", str(room), str(source)]
    subprocess.run(command, check=True, capture_output=True)
    return room / f"{source.stem}.pdf"


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    folder = ROOT / "dist" / "submission" / PLAN
    with tempfile.TemporaryDirectory() as name:
        room = Path(name)
        pdf = folder / "试点方案.pdf"
        chosen = (1, find(pdf, "基本信息表"), find(pdf, "碳抵消明细"))
        save(pages(pdf, chosen, 620), "pdf.png")
        save(pages(pdf, (find(pdf, "打分表"),), 620), "scoring.png")
        volume = folder / "佐证材料.pdf"
        index = find(volume, "按评价指标索引", after_contents=False)
        save(pages(volume, (1, index, find(volume, "佐证材料 1", after_contents=False)), 620), "evidence.png")
        sheet = word_as_pdf(folder / "计算表.xlsx", room)
        save(pages(sheet, (find(sheet, "单位产品综合能耗计算表"),), 620), "workbook.png")
        shown = ("index.html", f"plans/{PLAN}/index.html")
        site = ROOT / "dist" / "site"
        save(beside([screen((site / name).as_uri(), 1280, 1100, room) for name in shown], 640), "page.png")
        save(beside([review_page(room)], 760), "review.png")
        word = word_as_pdf(folder / "试点方案.docx", room)
        save(pages(word, (1, find(word, "基本信息表"), find(word, "碳抵消明细")), 620), "word.png")


def save(image: Image.Image, name: str) -> None:
    image.quantize(128).save(OUT / name, optimize=True)


if __name__ == "__main__":
    main()
