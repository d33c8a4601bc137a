"""佐证材料.pdf: the factory's evidence in one volume, with indexes, a divider before each item and running page numbers."""

from __future__ import annotations

import tempfile
from pathlib import Path

from zcfdocs.dossier import Dossier
from zcfdocs.errors import ZcfError
from zcfdocs.printing.binder.front import by_requirement, by_row, entries, front
from zcfdocs.printing.binder.leaves import write_leaves
from zcfdocs.printing.binder.stamps import print_stamps
from zcfdocs.printing.binder.volume import Count, assemble, count_of, gathered
from zcfdocs.printing.pdf import print_pdf
from zcfdocs.store import sha256

__all__ = ["Count", "bind", "count_of"]


def bind(dossier: Dossier, folder: Path, target: Path) -> None:
    """Write the volume to `target`; `folder` is the plan's. One item at a time is in memory, the others wait in files beside the target."""
    with tempfile.TemporaryDirectory(prefix=".bind-", dir=target.parent) as name:
        room = Path(name)
        notes: dict[str, tuple[str, ...]] = {}
        parts: list[Path] = []
        for bound in dossier.bound:
            if bound.reason or bound.same_as:
                continue
            part = room / f"{len(parts):05d}.pdf"
            source = folder / dossier.evidence.facts[bound.id].path
            notes[bound.id] = write_leaves(source, bound.first + 1, bound.last - bound.first, part)
            if sha256(source) != bound.sha256:
                raise ZcfError(f"佐证 {bound.id}（{source.name}）在生成过程中被改动", "请等文件放好再生成一次")
            parts.append(part)
        known = entries(dossier, notes)
        manuscript = front(dossier, known)
        glyphs, strips, stamps = print_stamps([entry.label for entry in known if entry.has_divider], manuscript)
        groups = (*by_row(dossier, known), *by_requirement(dossier, known))
        with stamps:
            assemble(print_pdf(manuscript).data, (glyphs, strips), known, groups, gathered(parts, room), target)
