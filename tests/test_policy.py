"""The policy of a built page, and the headers for those who serve it."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

import pytest

from zcfdocs.site.policy import guarded, inline_scripts, snippets

FRAME = (
    b'<!doctype html><head>\n<meta charset="utf-8">\n<title>x</title><script>scope=new URL("%s",location)</script></head><body>%s</body>'
)
PALETTE = b"<script>palette()</script>"


def page(body: bytes = b"", at: bytes = b".") -> bytes:
    return FRAME % (at, PALETTE + body)


OWN = inline_scripts(page())


def rules(of: bytes) -> dict[str, str]:
    found = re.findall(rb'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', of)
    assert len(found) == 1
    return dict(rule.strip().split(" ", 1) for rule in found[0].decode().split(";"))


def digest(script: str) -> str:
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"


def test_the_policy_stands_right_after_the_character_set() -> None:
    made = guarded(page(), OWN)
    assert made.split(b'<meta charset="utf-8">')[1].startswith(b'<meta http-equiv="Content-Security-Policy"')


def test_exactly_the_frames_own_scripts_are_named_as_the_browser_will_read_them() -> None:
    made = guarded(page(at=b"../../.."), OWN)
    own = {digest('scope=new URL("../../..",location)'), digest("palette()")}
    assert set(rules(made)["script-src"].split()) == {"'self'", *own}


@pytest.mark.parametrize(
    "text",
    [
        b"<script>leak()</script>",
        b"<SCRIPT\n>leak()</SCRIPT >",
        b"<script type=module>leak()</script>",
        b"<script type='text/javascript'>leak()</script>",
        b'<script>scope=new URL("x",location);leak()</script>',
        b'<script>scope=new URL("javascript:leak()",location)</script>',
    ],
)
def test_a_script_that_is_not_the_frames_is_not_named(text: bytes) -> None:
    assert rules(guarded(page(text), OWN)) == rules(guarded(page(), OWN))


def test_a_tag_in_an_attribute_or_a_comment_hides_no_script_of_the_frame() -> None:
    hiding = b"<p title=\"<script>\"></p><!-- <script> --><a title='<script>'></a>"
    own = inline_scripts(page(b"<script>last()</script>"))
    assert digest("last()") in rules(guarded(page(hiding + b"<script>last()</script>"), own))["script-src"]


@pytest.mark.parametrize("kind", ["application/json", "application/ld+json"])
def test_data_needs_no_hash(kind: str) -> None:
    data = f'<script id="x" type="{kind}">{{"a": 1}}</script>'.encode()
    assert inline_scripts(page(data)) == OWN
    assert data in guarded(page(data), OWN)


def test_nothing_unsafe_is_allowed() -> None:
    found = rules(guarded(page(), OWN))
    assert "unsafe" not in str(found)
    assert found["default-src"] == "'none'"
    assert found["style-src"] == "'self'"
    assert found["base-uri"] == "'none'"
    assert "frame-ancestors" not in found  # a browser would complain: it has no effect in a page


def test_only_the_page_of_the_search_may_compile_and_start_workers() -> None:
    found = rules(guarded(page(b'<script src="../assets/search.js" defer></script>'), OWN))
    assert "'wasm-unsafe-eval'" in found["script-src"].split()
    assert found["worker-src"] == "'self'"
    assert "'unsafe-eval'" not in str(found)
    for text in (b'<p>src="assets/search.js"</p>', b'<img alt="" src="assets/search.js">'):
        assert "worker-src" not in rules(guarded(page(text), OWN))


@pytest.mark.parametrize(
    ("written", "left"),
    [
        (b'<col style="width:12.50%">', b'<col width="12.50%">'),
        (b'<td style="text-align: right;">', b'<td align="right">'),
        (b"<th id='a' STYLE='text-align:center' class=\"b\">", b'<th id=\'a\' align="center" class="b">'),
        (b'<p class="a" style="position:fixed" id="b">', b'<p class="a" id="b">'),
        (b"<p style=color:red>", b"<p>"),
        (b'<p title=" style=&quot;" data-style="x">', b'<p title=" style=&quot;" data-style="x">'),
        (b"<p title=' style=\"a\"'>", b"<p title=' style=\"a\"'>"),
        (b"<style>p { color: red }</style>", b""),
        (b'<p>style="a"</p>', b'<p>style="a"</p>'),
    ],
)
def test_inline_styles_become_attributes_or_go(written: bytes, left: bytes) -> None:
    assert guarded(page(b"[" + written + b"]"), OWN).partition(b"[")[2] == page(b"[" + left + b"]").partition(b"[")[2]


def test_guarding_again_changes_nothing_and_a_changed_page_gets_its_own_policy() -> None:
    once = guarded(page(), OWN)
    assert guarded(once, OWN) == once
    more = inline_scripts(once.replace(PALETTE, PALETTE + b"<script>reload()</script>"))
    assert digest("reload()") in rules(guarded(once.replace(PALETTE, PALETTE + b"<script>reload()</script>"), more))["script-src"]


def test_a_page_without_a_character_set_is_a_defect() -> None:
    with pytest.raises(ValueError, match="character set"):
        guarded(b"<p>x</p>", OWN)


def test_the_headers_allow_what_any_page_does_and_forbid_frames() -> None:
    files = snippets([guarded(page(), OWN), guarded(page(at=b".."), OWN)])
    assert set(files) == {"_headers", "security/nginx.conf", "security/apache.conf"}
    for content in files.values():
        text = content.decode()
        for script in ('scope=new URL(".",location)', 'scope=new URL("..",location)', "palette()"):
            assert text.count(digest(script)) == 1
        assert "'wasm-unsafe-eval'" in text
        assert "frame-ancestors 'none'" in text
        assert "nosniff" in text
        assert "用" in text


def test_the_headers_are_the_same_in_whatever_order_the_pages_come() -> None:
    made = [guarded(page(), OWN), guarded(page(at=b".."), OWN)]
    assert snippets(made) == snippets(reversed(made))


def test_each_server_reads_one_header_a_line() -> None:
    files = {name: content.decode() for name, content in snippets([guarded(page(), OWN)]).items()}
    names = ["Content-Security-Policy", "Permissions-Policy", "Referrer-Policy", "X-Content-Type-Options"]
    assert sorted(re.findall(r'^add_header ([\w-]+) "[^"\n]*" always;$', files["security/nginx.conf"], re.MULTILINE)) == names
    assert sorted(re.findall(r'^Header always set ([\w-]+) "[^"\n]*"$', files["security/apache.conf"], re.MULTILINE)) == names
    assert sorted(re.findall(r"^  ([\w-]+): [^\n]+$", files["_headers"].partition("\n/*\n")[2], re.MULTILINE)) == names
