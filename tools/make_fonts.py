"""Cuts the fonts of theme/fonts/ out of three Debian packages; run by hand, the same bytes every time.

apt-get download texlive-lang-chinese fonts-noto-cjk fonts-dejavu-core
for package in *.deb; do dpkg-deb -x "$package" root; done
.venv/bin/python tools/make_fonts.py root
"""

import gzip
import hashlib
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

TARGET = Path(__file__).resolve().parent.parent / "theme" / "fonts"
FANDOL = "usr/share/texlive/texmf-dist/fonts/opentype/public/fandol"
COPYRIGHT, SUBFAMILY, FAMILY, UNIQUE, FULL, POSTSCRIPT, DESCRIPTION, TYPOGRAPHIC = 0, 2, 1, 3, 4, 6, 10, (16, 17)
KEPT_NAMES = (COPYRIGHT, FAMILY, SUBFAMILY, UNIQUE, FULL, 5, POSTSCRIPT, 7, 13, 14)


@dataclass(frozen=True)
class Cut:
    """One file to make: its family and style as CSS and charts call them, and the source with its sha256."""

    file: str
    family: str
    style: str
    source: str
    sha256: str
    face: int = -1
    hinting: bool = True


FACES = (
    Cut(
        "FandolFang-Regular.otf",
        "FandolFang",
        "Regular",
        f"{FANDOL}/FandolFang-Regular.otf",
        "d838ad32ce2244d8144f408c37fe71065aba6fbbc80759a4d2aa2033948d5bc9",
    ),
    Cut(
        "FandolHei-Regular.otf",
        "FandolHei",
        "Regular",
        f"{FANDOL}/FandolHei-Regular.otf",
        "4afa97aa8751e0118617df88272b58d43691b5cffb7ea024c4580496e9f34d28",
    ),
    Cut(
        "FandolKai-Regular.otf",
        "FandolKai",
        "Regular",
        f"{FANDOL}/FandolKai-Regular.otf",
        "ea7e7fb4f9b3ac694a68d43946e04d21deed6e8c29a7c2d3081e1a4138f2f827",
    ),
    Cut(
        "FandolSong-Bold.otf",
        "FandolSong",
        "Bold",
        f"{FANDOL}/FandolSong-Bold.otf",
        "ffa76a70e128947a4dd22151d5ee829b23e24ce3cb6fe8ad49891cd1c2d9e9b9",
    ),
)
# Under names of their own: a whole Noto or DejaVu on the reader's machine must not be taken for these parts, nor the other way round.
FALLBACK = Cut(
    "ZcfFallback-Regular.otf",
    "ZCF Fallback",
    "Regular",
    "usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "a04178ec485dffdff7cc0c0c20e1fce9202d7e2160d805e8e44a4c8841c58481",
    face=2,  # Noto Serif CJK SC: the forms of the mainland
    hinting=False,
)
SIGNS = Cut(
    "ZcfSigns-Regular.ttf",
    "ZCF Signs",
    "Regular",
    "usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "abdc775b21b1bc470d50c97e790d276f2054b7504e56e5bd3e64f48d68582322",
    hinting=False,
)

BLOCKS = (  # what prose, tables and units are written with, beside the hanzi
    (0x0020, 0x007E),  # ASCII
    (0x00A0, 0x017F),  # Latin-1, Latin Extended-A (pinyin, names of makers)
    (0x0370, 0x03FF),  # Greek
    (0x2010, 0x2027),  # General Punctuation without its invisible controls
    (0x2030, 0x205E),
    (0x2070, 0x20BF),  # superscripts, subscripts, currency
    (0x2100, 0x218B),  # ℃ № Ω, number forms
    (0x2190, 0x22FF),  # arrows, mathematical operators
    (0x2460, 0x27BF),  # ① , box drawing, ■ ☑ ★ ✓
    (0x3000, 0x303F),  # CJK punctuation
    (0x3200, 0x33FF),  # ㎡ ㎥ ㎏ ㈱
    (0xFE30, 0xFE4F),
    (0xFF01, 0xFFEE),  # full width
)
SYMBOLS = frozenset(point for first, last in BLOCKS for point in range(first, last + 1))
GB2312 = frozenset(
    ord(text) for high in range(0xA1, 0xF8) for low in range(0xA1, 0xFF) if (text := bytes((high, low)).decode("gb2312", "ignore"))
)
SPACES = frozenset((0x20, 0xA0))
HANZI = frozenset((*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000), *range(0x20000, 0x32000)))


def cut(root: Path, order: Cut, points: Iterable[int]) -> frozenset[int]:
    """Write the file; the characters it carries."""
    source = root / order.source
    if digest(source) != order.sha256:
        sys.exit(f"{source} is not the version this script was written for")
    options = subset.Options(font_number=order.face, hinting=order.hinting, layout_features=["kern", "palt", "halt"], name_IDs=KEPT_NAMES)
    options.notdef_outline = True
    options.drop_tables += ["vhea", "vmtx", "VORG", "FFTM"]  # nothing here is set vertically; FontForge's time stamp
    font = subset.load_font(source, options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=points)
    cutter.subset(font)
    rename(font, order)
    font.save(TARGET / order.file)
    return frozenset(font.getBestCmap())


def rename(font: TTFont, order: Cut) -> None:
    name, postscript = font["name"], order.file.partition(".")[0]
    origin = name.getDebugName(FULL)
    texts = {FAMILY: order.family, SUBFAMILY: order.style, UNIQUE: f"zcfdocs;{postscript}", FULL: f"{order.family} {order.style}"}
    texts |= {POSTSCRIPT: postscript, DESCRIPTION: f"Modified version: a subset of {origin}, made by tools/make_fonts.py of zcfdocs"}
    for identifier in (*texts, *TYPOGRAPHIC):
        name.removeNames(nameID=identifier)
    for identifier, text in texts.items():
        name.setName(text, identifier, 3, 1, 0x409)
    if "CFF " in font:
        table = font["CFF "].cff
        table.fontNames[0] = postscript
        table.topDictIndex[0].FullName, table.topDictIndex[0].FamilyName = texts[FULL], order.family


def stanza(text: str, start: str) -> str:
    """The indented block after a line of a Debian copyright file, as plain text."""
    block = re.search(rf"^{re.escape(start)}\n((?: .*\n)+)", text, re.MULTILINE)
    if not block:
        sys.exit(f"no {start!r} in the copyright file")
    return "".join("\n" if line == " ." else f"{line[1:]}\n" for line in block[1].splitlines())


def licences(root: Path) -> None:
    documents = root / "usr/share/doc"
    (TARGET / "COPYING.Fandol").write_bytes(gzip.decompress((documents / "texlive-doc/fonts/fandol/COPYING.gz").read_bytes()))
    noto = TTFont(root / FALLBACK.source, fontNumber=FALLBACK.face)["name"].getDebugName(COPYRIGHT)
    ofl = stanza((documents / "fonts-noto-cjk/copyright").read_text("utf-8"), "License: SIL-1.1")
    (TARGET / "LICENSE.ZcfFallback").write_text(f"{noto}\n\n{ofl}", "utf-8")
    dejavu = (documents / "fonts-dejavu-core/copyright").read_text("utf-8")
    owner = re.search(r"^Copyright: (.*(?:\n .*)*?)\nLicense: bitstream-vera\n", dejavu, re.MULTILINE)
    vera = stanza(dejavu, "License: bitstream-vera")
    (TARGET / "LICENSE.ZcfSigns").write_text(f"{owner[1] if owner else ''}\n\n{vera}", "utf-8")


def coverage(files: Iterable[Path]) -> str:
    """The characters of all fonts together, one range of hexadecimal code points a line: what `zcfdocs check` knows of them."""
    points = sorted(frozenset().union(*(TTFont(path).getBestCmap() for path in files)))
    ranges: list[list[int]] = []
    for point in points:
        if ranges and point == ranges[-1][1] + 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return "".join(f"{first:04X}-{last:04X}\n" for first, last in ranges)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main(root: Path) -> None:
    main_faces = [cut(root, face, GB2312 | SYMBOLS) for face in FACES]
    everywhere = frozenset.intersection(*main_faces)
    # Pango sets the space after a fallback character in the fallback font: each file needs its own.
    fallback = cut(root, FALLBACK, (HANZI | GB2312) - everywhere | SYMBOLS)
    signs = cut(root, SIGNS, SYMBOLS - everywhere - fallback | SPACES)
    licences(root)
    files = sorted(TARGET.glob("*.[ot]tf"))
    (TARGET / "coverage.txt").write_text(coverage(files), "ascii")
    (TARGET / "SHA256SUMS").write_text("".join(f"{digest(path)}  {path.name}\n" for path in files), "utf-8")
    print(f"{len(everywhere)} characters in all of the first four, {len(fallback)} in the fallback, {len(signs)} signs")
    for path in files:
        print(f"{path.stat().st_size:>9}  {digest(path)}  {path.name}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
