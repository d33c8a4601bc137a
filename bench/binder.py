"""Memory and time of the evidence volume: `./zcf tool python -m bench.binder [MB | largest]` (default 200), the peak of the largest process.

The worked plan's evidence files are replaced by scans of that many megabytes together: photographs (JPEG), pages at 300 dpi and at 600 dpi
(JPEG, PNG), and PDFs of twenty such pages each; with `largest`, by the largest pictures that are accepted. `zcfdocs build --to evidence` binds them, in a process of its own, as a user would.
"""

from __future__ import annotations

import io
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pikepdf
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
ORACLE = ROOT / "tests" / "cases" / "oracle"
A4_300, A4_600, PHOTO = (2480, 3508), (4960, 7016), (4000, 3000)
A2_600, MOST_JPEG, MOST_PNG = (9933, 14043), (20_000, 20_000), (12_000, 12_500)
LARGEST = "largest"
MEGABYTE = 1_000_000


def grain(size: tuple[int, int], seed: int) -> Image.Image:
    """Paper with the grain a scanner leaves: light, noisy, and no two alike."""
    block = (size[0] // 4, size[1] // 4)
    noise = Image.frombytes("L", block, bytes((index * (seed * 2 + 40503) >> 7 & 63) + 180 for index in range(block[0] * block[1])))
    return Image.merge("RGB", (noise, noise.rotate(180), noise)).resize(size, Image.Resampling.BICUBIC)


def jpeg(size: tuple[int, int], seed: int) -> bytes:
    out = io.BytesIO()
    grain(size, seed).save(out, "JPEG", quality=92)
    return out.getvalue()


def png(size: tuple[int, int], seed: int) -> bytes:
    out = io.BytesIO()
    grain(size, seed).save(out, "PNG", compress_level=1)
    return out.getvalue()


def pdf(size: tuple[int, int], seed: int) -> bytes:
    """Twenty pages, each one scan."""
    document = pikepdf.new()
    for number in range(20):
        scan = pikepdf.Stream(document, jpeg(size, seed * 100 + number))
        scan.stream_dict = pikepdf.Dictionary(
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=size[0],
            Height=size[1],
            ColorSpace=pikepdf.Name.DeviceRGB,
            BitsPerComponent=8,
            Filter=pikepdf.Name.DCTDecode,
        )
        page = document.add_blank_page(page_size=(595, 842))
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(S=scan))
        page.obj.Contents = pikepdf.Stream(document, b"q 595 0 0 842 0 0 cm /S Do Q")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def largest() -> Iterator[tuple[str, bytes]]:
    for seed, (suffix, make, size) in enumerate((("jpg", jpeg, A2_600), ("jpg", jpeg, MOST_JPEG), ("png", png, MOST_PNG))):
        yield suffix, make(size, seed)


def scans() -> Iterator[tuple[str, bytes]]:
    kinds = (
        ("jpg", jpeg, PHOTO),
        ("pdf", pdf, A4_300),
        ("png", png, A4_300),
        ("jpg", jpeg, A4_600),
        ("png", png, A4_600),
        ("pdf", pdf, A4_600),
    )
    for seed, (suffix, make, size) in enumerate(cycle(kinds)):
        yield suffix, make(size, seed)


def write_plan(home: Path, most: int | None) -> tuple[int, int]:
    """The worked plan, its evidence exchanged for scans until they reach `most` bytes, or for the largest: (files, bytes)."""
    folder = home / "plans" / "xiqing" / "scans"
    shutil.copytree(ORACLE / "evidence", folder / "evidence")
    text, files, size = (ORACLE / "plan.md").read_text(encoding="utf-8"), 0, 0
    for old, (suffix, data) in zip(sorted(folder.joinpath("evidence").glob("*.pdf")), scans() if most else largest(), strict=False):
        new = old.with_suffix(f".{suffix}")
        text = text.replace(f"evidence/{old.name}", f"evidence/{new.name}")
        old.unlink()
        new.write_bytes(data)
        files, size = files + 1, size + len(data)
        if most and size >= most:
            break
    (folder / "plan.md").write_text(text, encoding="utf-8")
    return files, size


def main() -> None:
    asked = sys.argv[1] if len(sys.argv) > 1 else "200"
    with tempfile.TemporaryDirectory() as room:
        home = Path(room)
        # In a process of its own: on Linux a child's peak begins with what its parent held.
        with multiprocessing.get_context("spawn").Pool(1) as maker:
            files, size = maker.apply(write_plan, (home, None if asked == LARGEST else int(asked) * MEGABYTE))
        command = [str(Path(sys.executable).with_name("zcfdocs")), "build", "--to", "evidence"]
        before = time.perf_counter()
        with subprocess.Popen(command, cwd=home) as running:
            _, status, used = os.wait4(running.pid, 0)
            running.returncode = os.waitstatus_to_exitcode(status)
        took = time.perf_counter() - before
        peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        if running.returncode:
            sys.exit(running.returncode)
        (volume,) = home.glob("dist/submission/*/*/佐证材料.pdf")
        with pikepdf.open(volume) as document:
            pages = len(document.pages)
        made = volume.stat().st_size
    print(f"{files} files, {size // MEGABYTE} MB of scans; volume {pages} pages, {made // MEGABYTE} MB")
    print(f"{took:.1f} s, peak {peak / (1 << 20):.0f} MiB in the largest process")


if __name__ == "__main__":
    main()
