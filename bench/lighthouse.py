"""Lighthouse over a built site: `./zcf tool python -m bench.lighthouse [SITE] [--times 5] [--only KIND]` (default dist/site).

The largest page of each kind (addresses alike but for names below a folder) is measured so many times as a phone and as a desktop, in turn,
served from 127.0.0.1 with gzip and cache headers; medians are printed against the goals, with what failed. Build with `--public`: a
preview tells search engines to stay away, which costs points. Lighthouse is installed by npm from the lock in bench/lighthouse/ into
.zcf-cache/, and runs the system's Chromium (or CHROME_PATH). Exit 1 where a goal is missed, 2 where npm, node or Chromium is missing.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import mimetypes
import os
import re
import shutil
import statistics
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
LOCKED = ROOT / "bench" / "lighthouse"
CHROMES = ("chromium", "chromium-browser", "google-chrome")
GOALS = {"performance": {"mobile": 90, "desktop": 95}} | {
    name: {"mobile": 95, "desktop": 95} for name in ("accessibility", "best-practices", "seo")
}
METRICS = ("largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift")
PACKED = ("text/", "application/json", "application/javascript", "application/xml", "image/svg+xml", "application/manifest+json")
Report = dict[str, Any]


def needed(*names: str) -> str:
    """The first of these programs that is there; exit 2 without."""
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        print(f"{names[0]} is missing: Lighthouse cannot run here", file=sys.stderr)
        sys.exit(2)
    return found


def installed(npm: str) -> Path:
    """The folder of the locked packages, installed once for each lock."""
    lock = (LOCKED / "package-lock.json").read_bytes()
    place = ROOT / ".zcf-cache" / f"lighthouse-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not (place / "done").is_file():
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(LOCKED, place)
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        run = subprocess.run(command, cwd=place, check=False, capture_output=True, text=True)
        if run.returncode:
            print(f"npm ci failed: Lighthouse could not be installed\n{run.stderr[:1000]}", file=sys.stderr)
            sys.exit(2)
        (place / "done").touch()
    return place


class Handler(BaseHTTPRequestHandler):
    """Static files as a careful host serves them."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *args: Any, site: Path) -> None:
        self.site = site
        super().__init__(*args)

    def do_GET(self) -> None:  # the name http.server looks for
        path = self.site / unquote(urlsplit(self.path).path).lstrip("/")
        path = path / "index.html" if path.is_dir() else path
        known = path.is_file() and path.resolve().is_relative_to(self.site)
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        data = path.read_bytes() if known else b""
        self.send_response(200 if known else 404)
        if kind.startswith(PACKED) and "gzip" in self.headers.get("Accept-Encoding", ""):
            data = packed(data)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
        self.send_header("Cache-Control", "no-cache" if kind == "text/html" else "public, max-age=31536000")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: what counts is the report."""


@cache
def packed(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


@contextmanager
def served(site: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, site=site.resolve())) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


def pages(site: Path) -> dict[str, str]:
    """The largest page of each kind, by the kind's pattern."""
    found: dict[str, Path] = {}
    for path in sorted(site.rglob("*.html")):
        kind = re.sub(r"(?<=/)(?!index\.html$)[^/]+\.html$", "*.html", re.sub(r"/[^/]+(?=/)", "/*", path.relative_to(site).as_posix()))
        if kind != "404.html" and (kind not in found or path.stat().st_size > found[kind].stat().st_size):
            found[kind] = path
    return {kind: path.relative_to(site).as_posix() for kind, path in found.items()}


def measure(node: str, place: Path, chrome: str, url: str, form: str) -> Report:
    flags = "--headless=new" + (" --no-sandbox" if hasattr(os, "geteuid") and os.geteuid() == 0 else "")
    command = [node, str(place / "node_modules/lighthouse/cli/index.js"), url, "--output=json", "--quiet", "--no-enable-error-reporting"]
    command += [f"--only-categories={','.join(GOALS)}", f"--chrome-flags={flags}", *(["--preset=desktop"] if form == "desktop" else [])]
    run = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | {"CHROME_PATH": chrome})
    if run.returncode:
        sys.exit(f"lighthouse {url}: {run.stderr[-1500:]}")
    report: Report = json.loads(run.stdout)
    return report


def failed(report: Report, category: str) -> list[str]:
    """The audits that cost points, or the measures of speed."""
    audits = report["audits"]
    if category == "performance":
        return [f"{audits[name]['title']} {audits[name].get('displayValue', '')}" for name in METRICS]
    listed = (item["id"] for item in report["categories"][category]["auditRefs"] if item["weight"])
    return [f"{key}: {audits[key]['title']}" for key in listed if audits[key]["score"] is not None and audits[key]["score"] < 1]


def told(kind: str, form: str, reports: list[Report]) -> bool:
    """Print one line of medians and, below it, what missed; whether all goals are kept."""
    medians = {name: statistics.median(report["categories"][name]["score"] * 100 for report in reports) for name in GOALS}
    missed = [name for name, value in medians.items() if value < GOALS[name][form]]
    speed = reports[0]["audits"]
    lcp = statistics.median(report["audits"][METRICS[0]]["numericValue"] for report in reports) / 1000
    print(f"{kind:34} {form:8} " + " ".join(f"{name} {value:3.0f}" for name, value in medians.items()) + f"  LCP {lcp:.1f} s", flush=True)
    for name in missed:
        print(f"    {name} below {GOALS[name][form]}: " + "; ".join(failed(reports[-1], name)))
    if errors := speed.get("errors-in-console", {}).get("details", {}).get("items"):
        print(f"    console: {errors[0].get('description', '')[:160]}")
    return not missed


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("site", type=Path, nargs="?", default=ROOT / "dist" / "site")
    asked.add_argument("--times", type=int, default=5)
    asked.add_argument("--only", default="", help="kinds whose pattern contains this")
    given = asked.parse_args()
    npm, node = needed("npm"), needed("node")
    chrome = os.environ.get("CHROME_PATH") or needed(*CHROMES)
    chosen = {kind: page for kind, page in pages(given.site).items() if given.only in kind}
    if not chosen:
        sys.exit(f"no pages of such a kind in {given.site}")
    place = installed(npm)
    kept = []
    with served(given.site) as root:
        for kind, page in chosen.items():
            for form in ("mobile", "desktop"):
                reports = [measure(node, place, chrome, root + quote(page), form) for _ in range(given.times)]
                kept.append(told(kind, form, reports))
    sys.exit(0 if all(kept) else 1)


if __name__ == "__main__":
    main()
