"""The staged tree → the built site: mkdocs in this process, quiet, its warnings taken as what they are, defects."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import MkDocsException

from zcfdocs.errors import ZcfError


def build_site(docs: Path, out: Path, mkdocs_yml: Path, address: str = "") -> None:
    """Build `docs` into `out`, which mkdocs empties first; ZcfError names the pages where anything is amiss.

    `address` is the site's own where it is known. The same tree gives the same bytes: no page carries the clock.
    """
    with _listening() as heard:
        try:
            # The hook only speaks to whoever runs plain mkdocs with nothing staged.
            own = {"site_url": address} if address else {}
            config = load_config(str(mkdocs_yml), docs_dir=str(docs.resolve()), site_dir=str(out.resolve()), hooks=[], **own)
            config.plugins.on_startup(command="build", dirty=False)
            try:
                build(config)
            finally:
                config.plugins.on_shutdown()
        except MkDocsException as error:
            heard.append(str(error))
            raise ZcfError("网站未能生成：\n" + _listed(heard), hint="检查 mkdocs.yml 和 theme/site/ 的改动") from error
    if heard:
        raise ZcfError(f"网站有 {len(heard)} 处问题，未予采用：\n" + _listed(heard), hint="多为 docs/ 或 theme/site/ 里的链接写错")


def _listed(messages: list[str]) -> str:
    return "\n".join(f"  - {message}" for message in dict.fromkeys(messages))


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def _listening() -> Iterator[list[str]]:
    """What mkdocs would print as warnings and errors, kept off the terminal."""
    logger, collector = logging.getLogger("mkdocs"), _Collector()
    spread = logger.propagate
    logger.addHandler(collector)
    logger.propagate = False
    try:
        yield collector.messages
    finally:
        logger.removeHandler(collector)
        logger.propagate = spread
