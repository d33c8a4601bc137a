"""LibreOffice for one purpose: a foreign Word or Excel file becomes a PDF, with no macro run, no link followed and no host asked."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from zcfdocs.errors import ZcfError

TIMEOUT = 180
PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "C:/Program Files/LibreOffice/program/soffice.com",
    "C:/Program Files (x86)/LibreOffice/program/soffice.com",
)
INSTALL = (
    "Debian/Ubuntu：sudo apt-get install libreoffice-writer libreoffice-calc fonts-noto-cjk；"
    "macOS：brew install --cask libreoffice；Windows：winget install TheDocumentFoundation.LibreOffice"
)
# A file is read as what its name says: nothing else that LibreOffice knows can be slipped in under that name.
FILTERS = {".docx": "MS Word 2007 XML", ".xlsx": "Calc MS Excel 2007 XML", ".doc": "MS Word 97", ".xls": "MS Excel 97"}
SECURITY = "/org.openoffice.Office.Common/Security/Scripting"
# The last lines send every request for a page of the web to a port of this machine where nobody listens.
SETTINGS = (
    (SECURITY, "DisableMacrosExecution", "true"),
    (SECURITY, "MacroSecurityLevel", "3"),
    (SECURITY, "BlockUntrustedRefererLinks", "true"),
    (SECURITY, "DisableActiveContent", "true"),
    ("/org.openoffice.Office.Calc/Content/Update", "Link", "2"),
    ("/org.openoffice.Office.Writer/Content/Update", "Link", "0"),
    ("/org.openoffice.Office.Writer/Content/Update", "Field", "false"),
    ("/org.openoffice.Inet/Settings", "ooInetProxyType", "2"),
    ("/org.openoffice.Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("/org.openoffice.Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("/org.openoffice.Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("/org.openoffice.Inet/Settings", "ooInetHTTPSProxyPort", "9"),
    ("/org.openoffice.Inet/Settings", "ooInetNoProxy", ""),
)


def program() -> str:
    """Where LibreOffice is. Raises ZcfError with the command that installs it."""
    found = shutil.which("soffice") or shutil.which("libreoffice") or next((place for place in PLACES if Path(place).is_file()), None)
    if found is None:
        raise ZcfError("没有找到 LibreOffice（soffice），不能转换 Word、Excel 文件", INSTALL)
    return found


def to_pdf(office: str, source: Path, room: Path) -> bytes | None:
    """The file as a PDF, made in `room` with a profile of its own; None where LibreOffice cannot, or takes too long."""
    profile, out = room / "profile", room / "out"
    if not profile.exists():
        _write_profile(profile)
    command = [
        office,
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless",
        "--norestore",
        "--nolockcheck",
        f"--infilter={FILTERS[source.suffix.lower()]}",
        "--convert-to",
        "pdf",
        "--outdir",
        str(out),
        str(source),
    ]
    # Its own temporary files go with the room; a proxy named by the environment would win over the profile's.
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    _run(command, environment | {"TMPDIR": str(room)})
    made = out / f"{source.stem}.pdf"
    return made.read_bytes() if made.is_file() else None


def _write_profile(profile: Path) -> None:
    items = "".join(
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in SETTINGS
    )
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(
        f'<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>',
        encoding="utf-8",
    )


def _run(command: list[str], environment: dict[str, str]) -> None:
    """To its end or to the time limit; the program starts others, which must not outlive it."""
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=environment, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True) as process:
        try:
            process.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            _kill(process)
        except BaseException:
            _kill(process)
            raise


def _kill(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
