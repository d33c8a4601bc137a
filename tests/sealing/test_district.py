"""A district signs its letter and list and packs them with the factories' packages; the city verifies the whole."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sealing.authority import PASSPHRASE, running
from tests.sealing.test_walk import Home, git, sample

ROOT = Path(__file__).parent.parent.parent
PLACE = "xiqing/shili-parts"
BUREAU = "西青区工业和信息化主管部门"


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """One recommended plan, its package handed in unsigned as far as the district is concerned."""
    folder = tmp_path_factory.mktemp("district")
    shutil.copytree(ROOT / "indicators", folder / "indicators")
    shutil.copytree(ROOT / "tests/cases/oracle", folder / f"plans/{PLACE}")
    plan = folder / f"plans/{PLACE}/plan.md"
    plan.write_text(plan.read_text("utf-8").replace("stage: draft", "stage: recommended", 1), "utf-8")
    districts = folder / "indicators/tianjin-2025/districts.yaml"
    text = districts.read_text("utf-8")
    line = next(line for line in text.splitlines() if "key: xiqing" in line)
    districts.write_text(text.replace(line, line.replace("key: xiqing", f"key: xiqing, bureau: {BUREAU}"), 1), "utf-8")
    (folder / ".gitignore").write_text("/dist/\n/.zcf-cache/\n", "utf-8")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "recommended")
    secret = tmp_path_factory.mktemp("keys") / "secret"
    secret.write_text(PASSPHRASE, "utf-8")
    with running(tmp_path_factory.mktemp("authority")) as authority:
        home = Home(folder, authority, secret)
        home.run("build", "--to", "pdf,word,workbook,evidence,data,bureau")
        yield home


def test_letter_and_list_are_signed_packed_and_verified(district: Home, tmp_path: Path) -> None:
    key = ("--key", f"p12:{district.authority.p12('district')}", "--passphrase-file", str(district.secret))
    done = district.run("pack", "--district", "xiqing", *key, code=2)
    assert "企业包" in done.stderr
    trust = ("--trust", str(district.authority.root))
    signed = district.run("sign", "xiqing", "--role", "district", "--seal", str(sample(tmp_path)), *key, *trust).stdout.splitlines()
    assert [Path(line).name for line in signed] == ["推荐函.docx", "推荐函.pdf", "推荐汇总表.docx", "推荐汇总表.pdf"]
    told = district.verify(district.folder / "dist/signed/xiqing/推荐函.pdf", code=3)
    assert any(message.startswith("valid") and BUREAU in message for key, message in told.items() if key.startswith("V207"))
    district.run("pack", f"plans/{PLACE}", "--draft")
    made = district.folder / f"dist/packages/{PLACE}.zip"
    (made.parent / "shili-parts-草稿.zip").rename(made)
    district.run("pack", "--district", "xiqing", *key, "--tsa", district.authority.tsa)
    whole = district.verify(district.folder / "dist/packages/xiqing.zip", code=1)
    assert any(key.startswith("V406") and "草稿" in message for key, message in whole.items()), "the factory's draft inside is found"
    assert not any(message.startswith("invalid") for key, message in whole.items() if "推荐" in key)
