"""The versions that shape bytes: this tool, its libraries, the fonts and the templates."""

from __future__ import annotations

import ctypes
import ctypes.util
import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from zcfdocs import __version__
from zcfdocs.places import DOCS, MKDOCS, THEME

# Names under which WeasyPrint looks for the system libraries on Linux, macOS and Windows.
LIBRARIES = {
    "pango": ("libpango-1.0.so.0", "libpango-1.0-0", "pango-1.0-0", "libpango-1.0.dylib", "libpango-1.0-0.dll"),
    "harfbuzz": ("libharfbuzz.so.0", "libharfbuzz-0", "harfbuzz", "libharfbuzz.0.dylib", "libharfbuzz-0.dll"),
    "harfbuzz-subset": (
        "libharfbuzz-subset.so.0",
        "libharfbuzz-subset-0",
        "harfbuzz-subset",
        "libharfbuzz-subset.0.dylib",
        "libharfbuzz-subset-0.dll",
    ),
}
PACKAGES = (
    "weasyprint",
    "pypandoc_binary",
    "python-docx",
    "vl-convert-python",
    "pikepdf",
    "Pillow",
    "segno",
    "XlsxWriter",
    "Markdown",
    "pymdown-extensions",
    "nh3",
    "jinja2",
    "mkdocs",
    "mkdocs-material",
)


def library(name: str) -> ctypes.CDLL | None:
    """The system library, or None where it is not installed."""
    for candidate in (*LIBRARIES[name], ctypes.util.find_library(name)):
        try:
            if candidate:
                return ctypes.CDLL(candidate)
        except OSError:
            continue
    return None


def library_version(name: str) -> str:
    found = library(name)
    if found is None:
        return "未安装"
    reader = {"pango": "pango_version_string", "harfbuzz": "hb_version_string", "harfbuzz-subset": "hb_version_string"}[name]
    try:
        function = getattr(found, reader)
    except AttributeError:
        return "已安装"
    function.restype = ctypes.c_char_p
    return str(function().decode())


def package(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "未安装"


def fonts() -> list[Path]:
    return sorted(path for path in (THEME / "fonts").glob("*") if path.suffix in (".otf", ".ttf"))


@cache
def tool_digest() -> str:
    """sha256 over the package's code, theme, guides and site configuration: what changes bytes though no version changed."""
    code = Path(__file__).resolve().parent
    files = {
        f"zcfdocs/{path.relative_to(code).as_posix()}": path for path in code.rglob("*.py") if path.relative_to(code).parts[0] != "data"
    }
    for name, root in (("theme", THEME), ("docs", DOCS)):
        found = (path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
        files |= {f"{name}/{path.relative_to(root).as_posix()}": path for path in found}
    files["mkdocs.yml"] = MKDOCS
    whole = hashlib.sha256()
    for name in sorted(files):
        whole.update(f"{name}\0{hashlib.sha256(files[name].read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


@cache
def shaping() -> dict[str, str]:
    """Everything a cached copy depends on besides the plan, by name."""
    found = {"zcfdocs": __version__, "code": tool_digest()}
    found |= {name: package(name) for name in PACKAGES}
    found |= {name: library_version(name) for name in LIBRARIES}
    return found


def version_lines() -> list[str]:
    import pypandoc  # only here: it starts a process

    try:
        pandoc = str(pypandoc.get_pandoc_version())
    except OSError:
        pandoc = "未安装"
    digest = hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in fonts())).hexdigest()[:12]
    return [
        f"zcfdocs {__version__}（代码 {tool_digest()[:12]}）",
        f"WeasyPrint {package('weasyprint')}",
        f"Pango {library_version('pango')}",
        f"HarfBuzz {library_version('harfbuzz')}（subset {library_version('harfbuzz-subset')}）",
        f"pandoc {pandoc}",
        f"字体 {len(fonts())} 个（{digest}）：{'、'.join(path.stem for path in fonts())}",
    ]
