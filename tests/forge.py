"""A stand-in for GitHub, GitLab and Gitea on 127.0.0.1: the few endpoints a review is posted through, and every request it got."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

ROUTES = {
    "github": (
        r"/repos/city/plans/pulls/7",
        r"/repos/city/plans/issues/7/comments",
        r"/repos/city/plans/issues/comments/(\d+)",
        r"/repos/city/plans/commits/\w+/statuses",
        r"/repos/city/plans/statuses/(\w+)",
    ),
    "gitlab": (
        r"/projects/city%2Fplans/merge_requests/7",
        r"/projects/city%2Fplans/merge_requests/7/notes",
        r"/projects/city%2Fplans/merge_requests/7/notes/(\d+)",
        r"/projects/city%2Fplans/repository/commits/\w+/statuses",
        r"/projects/city%2Fplans/statuses/(\w+)",
    ),
}
ROUTES["gitea"] = ROUTES["github"]
EDIT = {"github": "PATCH", "gitea": "PATCH", "gitlab": "PUT"}
TOKENS = {
    "github": ("Authorization", "Bearer s3cret-token"),
    "gitlab": ("PRIVATE-TOKEN", "s3cret-token"),
    "gitea": ("Authorization", "token s3cret-token"),
}


@dataclass
class Stand:
    """`page`: items a page; `refuse`: an HTTP status for every request, or for those whose path matches; `silent`: it never answers."""

    kind: str
    head: str
    me: str = "zcf-robot"
    knows_itself: bool = True
    page: int = 100
    refuse: dict[str, int] = field(default_factory=dict)
    silent: bool = False
    garbage: bool = False
    comments: list[dict[str, Any]] = field(default_factory=list)
    statuses: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    address: str = ""
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def written(self) -> list[str]:
        """What was asked of it that changes something."""
        return [f"{method} {path}" for method, path in self.asked if method != "GET"]

    def comment(self, body: str, author: str) -> None:
        who = {"author": {"username": author}} if self.kind == "gitlab" else {"user": {"login": author}}
        self.comments.append({"id": len(self.comments) + 1, "body": body, **who})

    def answer(self, method: str, path: str, query: dict[str, list[str]], given: dict[str, str]) -> tuple[int, Any, bool]:
        """Status, content, and whether there is a next page."""
        pull, comments, comment, statuses, status = ROUTES[self.kind]
        if code := next((code for pattern, code in self.refuse.items() if re.search(pattern, path)), None):
            return code, {"message": "refused"}, False
        if (method, path) == ("GET", "/user"):
            return (200, {"username" if self.kind == "gitlab" else "login": self.me}, False) if self.knows_itself else (403, {}, False)
        lists: dict[str, Callable[[], tuple[int, Any, bool]]] = {
            pull: lambda: (200, {"sha": self.head} if self.kind == "gitlab" else {"head": {"sha": self.head}}, False),
            comments: lambda: self.paged(self.comments, query),
            statuses: lambda: self.paged(self.statuses[::-1], query),
        }
        if method == "GET" and (listed := next((told for pattern, told in lists.items() if re.fullmatch(pattern, path)), None)):
            return listed()
        if method == "POST" and re.fullmatch(comments, path):
            self.comment(given["body"], self.me)
            return 201, self.comments[-1], False
        if method == EDIT[self.kind] and (found := re.fullmatch(comment, path)):
            self.comments[int(found[1]) - 1]["body"] = given["body"]
            return 200, self.comments[int(found[1]) - 1], False
        if method == "POST" and re.fullmatch(status, path):
            names = {"github": ("context", "state"), "gitlab": ("name", "status"), "gitea": ("context", "status")}[self.kind]
            made = {names[0]: given["context"], names[1]: given["state"], "description": given["description"], "id": len(self.statuses) + 1}
            self.statuses.append(made)
            return 201, made, False
        return 404, {"message": "Not Found"}, False

    def paged(self, items: list[dict[str, Any]], query: dict[str, list[str]]) -> tuple[int, Any, bool]:
        first = (int(query.get("page", ["1"])[0]) - 1) * self.page
        return 200, items[first : first + self.page], first + self.page < len(items)


@contextmanager
def standing(stand: Stand) -> Iterator[Stand]:
    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            parts = urlsplit(self.path)
            stand.asked.append((self.command, parts.path))
            length = int(self.headers.get("Content-Length") or 0)
            given = json.loads(self.rfile.read(length)) if length else {}
            header, token = TOKENS[stand.kind]
            if stand.silent:
                stand.closing.wait()
            code, data, more = (
                (401, {}, False)
                if self.headers.get(header) != token
                else stand.answer(self.command, parts.path, parse_qs(parts.query), given)
            )
            body = b"<html>" if stand.garbage else json.dumps(data).encode()
            self.send_response(code)
            if 300 <= code < 400:
                self.send_header("Location", f"{stand.address}/elsewhere")
            if more:
                self.send_header("Link", f'<{stand.address}{parts.path}?page=2>; rel="next"')
            self.send_header("Content-Length", str(len(body)))
            with suppress(ConnectionError):  # whoever asked may be gone
                self.end_headers()
                self.wfile.write(body)

        do_GET = do_POST = do_PATCH = do_PUT = handle_any  # noqa: N815  # the library's names

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stand.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield stand
    finally:
        stand.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
