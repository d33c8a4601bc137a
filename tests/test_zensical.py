"""The staged tree and mkdocs.yml also build with Zensical, so that the engine can be changed when Material for MkDocs ends."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import lxml.html
import pytest

from tests.sites import built, staged
from tests.test_site import made
from zcfdocs.dossier import Dossier
from zcfdocs.places import MKDOCS, THEME
from zcfdocs.store import write_tree


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Dossier:
    return made(tmp_path_factory.mktemp("zensical") / "plans" / "alpha").for_public()


def said(page: Path) -> str:
    (article,) = lxml.html.document_fromstring(page.read_bytes()).iter("article")
    return " ".join(article.text_content().split())


def test_it_builds_every_page_with_the_same_text(plain: Dossier, tmp_path: Path) -> None:
    files = staged(plain)
    shutil.copy(MKDOCS, tmp_path / "mkdocs.yml")
    shutil.copytree(THEME / "site", tmp_path / "theme" / "site")
    (tmp_path / "zcfdocs" / "site").mkdir(parents=True)
    shutil.copy(Path(__file__).parent.parent / "zcfdocs" / "site" / "hook.py", tmp_path / "zcfdocs" / "site")
    write_tree(tmp_path / "stage", files)
    program = Path(sys.executable).with_name("zensical")
    done = subprocess.run([program, "build", "--clean"], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "No issues found" in done.stdout + done.stderr
    own, other = built(tmp_path / "own", plain), tmp_path / "dist" / "site"
    pages = [name.removesuffix(".md") + ".html" for name in files if name.endswith(".md")]
    assert len(pages) > 50
    for name in pages:
        assert said(other / name) == said(own / name), name
