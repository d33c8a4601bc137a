"""Live preview: build the site into a folder of its own, serve it, build again when a plan is saved."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from zcfdocs.build import build
from zcfdocs.finding import Severity, count
from zcfdocs.jobs import Options
from zcfdocs.places import indicators
from zcfdocs.reviewing.codes import codes
from zcfdocs.sealing.meanings import meanings
from zcfdocs.site.serve import serve


def preview(paths: Sequence[Path], home: Path, host: str, port: int, tell: Callable[[str], None]) -> None:
    """Until interrupted. Plans with errors are shown as drafts with their findings on the page."""
    with tempfile.TemporaryDirectory(prefix="zcf-preview-") as room:
        options = Options(
            tuple(paths),
            home,
            Path(room),
            ("site",),
            draft=True,
            keep_going=True,
            show_findings=True,
            meanings=tuple(meanings().values()),
            codes=codes(),
        )

        def rebuild() -> None:
            built = build(options, tell)
            for finding in built.findings:
                tell(str(finding))
            tell(f"{count(built.findings, Severity.ERROR)} 个错误，{count(built.findings, Severity.WARNING)} 个警告")

        rebuild()
        watched = [path if path.is_dir() else path.parent for path in paths]
        serve(rebuild, Path(room) / "site", [*watched, indicators(home)], host, port)
