"""A district's package: what it has signed, and the packages of the factories it recommends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from zcfdocs.errors import ZcfError
from zcfdocs.office import LETTER_FILES
from zcfdocs.pipeline import Examined, dossier
from zcfdocs.scorecard import Origin
from zcfdocs.sealing.packing import PACKAGES
from zcfdocs.sealing.signing import SIGNED
from zcfdocs.sealing.wrapping import Vouching, wrap_district


def pack_district(key: str, plans: Sequence[Examined], out: Path, vouching: Vouching, tell: Callable[[str], None]) -> Path:
    """Raises ZcfError naming every letter and package that is not there yet."""
    chosen = [item for item in plans if _is_recommended(item, key)]
    if not chosen:
        raise ZcfError(f"辖区 {key} 没有已推荐的方案", hint="检查方案的 stage 和 district")
    rulebook = chosen[0].rulebook
    dossiers = [whole for item in chosen if (whole := dossier(item, Origin())) is not None]
    letters = {name: _signed_or_printed(out, key, name) for name in LETTER_FILES}
    packages = {item.slug: out / PACKAGES / key / f"{item.slug}.zip" for item in chosen}
    lacking = [f"推荐材料 {name}" for name, path in letters.items() if not path.is_file()]
    lacking += [f"企业包 {path}" for path in packages.values() if not path.is_file()]
    if lacking or rulebook is None:
        raise ZcfError(
            "还缺：" + "；".join(lacking), hint="推荐函和汇总表由 zcfdocs build 生成；企业包由企业报来，放到 dist/packages/辖区/"
        )
    for name, path in letters.items():
        if path.parts[-3] != SIGNED and not name.endswith(".xlsx"):
            tell(f"提醒：{name} 还没有签署")
    return wrap_district(key, rulebook, list(letters.values()), list(packages.values()), vouching, out, dossiers)


def _is_recommended(item: Examined, key: str) -> bool:
    plan, rulebook = item.reading.plan, item.rulebook
    papers = rulebook.catalogue.papers if rulebook else None
    return bool(plan and papers and plan.factory.district == key and plan.stage in papers.recommended and not item.has_errors)


def _signed_or_printed(out: Path, key: str, name: str) -> Path:
    signed = out / SIGNED / key / name
    return signed if signed.is_file() else out / "bureau" / key / name
