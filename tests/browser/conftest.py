"""The browser of a test file, and one small site for all files of a process."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import pages


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with pages.chromium() as opened:
        yield opened


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pages.site(tmp_path_factory.mktemp("browsed"))


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with pages.served(site) as at:
        yield at
