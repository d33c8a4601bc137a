"""Tells whoever runs plain `mkdocs build` before anything is staged what to run first; nothing else happens here."""

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    if not (Path(config.docs_dir) / "index.md").is_file():
        raise Abort("还没有可用的站点源文件，请先运行 ./zcf build")
    return config
