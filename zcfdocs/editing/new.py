"""A blank plan: every field and heading in place, empty, with comments that say what belongs where."""

from __future__ import annotations

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from zcfdocs.catalogue import Catalogue
from zcfdocs.errors import ZcfError
from zcfdocs.finding import suggest
from zcfdocs.loading import Shelf
from zcfdocs.places import THEME
from zcfdocs.store import write_whole


def create(place: str, plans: Path, shelf: Shelf, name: str | None = None) -> Path:
    """Write plans/<district>/<slug>/plan.md with an empty evidence folder beside it; nothing is overwritten."""
    catalogue = _catalogue(shelf, name)
    district, _, slug = place.strip("/").partition("/")
    keys = [item.key for item in catalogue.districts]
    if district not in keys:
        raise ZcfError(
            f"没有辖区 {district}。{suggest(district, keys)}",
            hint="可取：" + "、".join(f"{item.key}（{item.name}）" for item in catalogue.districts),
        )
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug):
        raise ZcfError(f"“{slug}”不能作文件夹名", hint=f"写成 {district}/名称，名称只用小写字母、数字和横线，如 {district}/example-parts")
    path = plans / district / slug / "plan.md"
    if path.exists():
        raise ZcfError(f"{path} 已经存在", hint="换一个名称，或直接编辑已有的文件")
    write_whole(path, blank(catalogue, district).encode())
    (path.parent / "evidence").mkdir(exist_ok=True)
    (path.parent / "evidence" / ".gitkeep").touch()
    return path


def _catalogue(shelf: Shelf, name: str | None) -> Catalogue:
    names = shelf.names()
    wanted = name or (names[-1] if names else "")
    rulebook = shelf.get(wanted)
    if rulebook is None:
        raise ZcfError(f"没有目录 {wanted}", hint=f"现有目录：{'、'.join(names) or '无'}")
    return rulebook.catalogue


def blank(catalogue: Catalogue, district: str) -> str:
    """The text of the blank plan; the template is the tool's own, the data the catalogue's."""
    environment = Environment(  # noqa: S701  # Markdown, not HTML; the catalogue's texts are the tool's own
        loader=FileSystemLoader(THEME / "new"), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    baseline = catalogue.deadline.year - 1
    years = [(baseline - 2, "actual"), (baseline - 1, "actual"), (baseline, "actual"), (baseline + 2, "target")]
    return environment.get_template("plan.md.j2").render(catalogue=catalogue, district=district, baseline=baseline, years=years)
