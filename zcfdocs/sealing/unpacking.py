"""What a verified package brings to the repository."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from zcfdocs.errors import ZcfError
from zcfdocs.sealing.package.archive import open_archive
from zcfdocs.sealing.package.judging import top_of
from zcfdocs.sealing.rebuild import PLAN
from zcfdocs.sealing.receiving import Delivery
from zcfdocs.sealing.verify.inside import laid_out
from zcfdocs.sealing.verify.package import is_of_district


@contextmanager
def delivered(path: Path, told: Sequence[str]) -> Iterator[Delivery]:
    """The plan and its evidence, in a folder for as long as they are taken over. Raises ZcfError where the package is no factory's."""
    opened = open_archive(path)
    if isinstance(opened, list):
        raise ZcfError(f"{path.name} 不是申报包", hint="接收企业的申报包 .zip")
    with opened as archive:
        top = top_of(archive)
        if top is None or is_of_district(archive, top):
            raise ZcfError(f"{path.name} 不是申报包", hint="接收企业的申报包 .zip")
        with laid_out(archive, top) as inside:
            if inside.plan is None or inside.provenance is None:
                raise ZcfError(f"{path.name} 不是企业的申报包", hint="区级的包请解开，逐个接收里面的企业包")
            plan, from_ = inside.plan, inside.provenance
            found = {item.relative_to(inside.folder).as_posix(): item for item in sorted(inside.folder.rglob("*")) if item.is_file()}
            named = {PLAN, *(item.file for item in plan.evidence)}  # never a review.yaml, nor what git would act on
            files = {name: item for name, item in found.items() if name in named}
            notes = (*told, f"企业标明的提交：{from_.commit}", f"方案数据摘要：{from_.digest}")
            yield Delivery(plan.factory.uscc or "", plan.factory.applicant_name, plan.factory.district, from_.slug, files, notes)
