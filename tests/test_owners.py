"""CODEOWNERS as forges read it: which line decides, what is passed over, and what a hostile pattern costs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zcfdocs.reviewing.people.globs import covers, matches
from zcfdocs.reviewing.people.owners import MOST_BYTES, OWN, locate, parse


# The examples of GitHub's and GitLab's own pages on code owners, and the edges between them.
@pytest.mark.parametrize(
    ("pattern", "meant", "not_meant"),
    [
        ("*", ["a", "a/b/c"], []),
        ("*.js", ["a.js", "x/y/a.js"], ["a.jsx", "js"]),
        ("/build/logs/", ["build/logs/a", "build/logs/a/b"], ["build/logs", "x/build/logs/a"]),
        ("docs/*", ["docs/a.md"], ["docs/build/a.md", "x/docs/a.md"]),
        ("apps/", ["apps/a", "x/apps/a/b"], ["apps"]),
        ("/docs/", ["docs/a", "docs/b/c"], ["x/docs/a"]),
        ("**/logs", ["logs/a", "a/b/logs/c"], ["a/logs2"]),
        ("/apps/github", ["apps/github", "apps/github/a"], ["apps/gitlab/a"]),
        ("/docs/**/*.md", ["docs/a.md", "docs/a/b/c.md"], ["docs/a.txt"]),
        ("docs/**", ["docs/a", "docs/a/b"], ["docs"]),
        ("/*", ["a"], ["a/b"]),
        ("/plans/*/*/review.yaml", ["plans/xiqing/jinhe/review.yaml"], ["plans/xiqing/review.yaml", "plans/a/b/evidence/review.yaml"]),
        ("a\\ b.txt", ["a b.txt"], ["a\\ b.txt"]),
        ("\\#1.txt", ["#1.txt"], ["1.txt"]),
        ("\\*.txt", ["*.txt"], ["a.txt"]),
        ("?.md", ["a.md"], ["ab.md", "/.md"]),
        ("[ab].md", ["[ab].md"], ["a.md"]),
        ("Plans/", ["Plans/a"], ["plans/a"]),
    ],
)
def test_a_pattern_means_what_the_forge_means(pattern: str, meant: list[str], not_meant: list[str]) -> None:
    assert [path for path in meant if not matches(pattern, path)] == []
    assert [path for path in not_meant if matches(pattern, path)] == []


def test_the_last_line_that_matches_counts_and_an_empty_one_frees() -> None:
    owners = parse(b"* @city\n/plans/xiqing/ @xiqing\n/plans/xiqing/jinhe/ @jinhe @xiqing\n/plans/xiqing/free/\n")
    assert owners.of("README.md") == ("@city",)
    assert owners.of("plans/xiqing/other/plan.md") == ("@xiqing",)
    assert owners.of("plans/xiqing/jinhe/plan.md") == ("@jinhe", "@xiqing")
    assert owners.of("plans/xiqing/free/plan.md") == ()
    assert owners.of("plans/binhai/x/plan.md") == ("@city",)


def test_sections_of_gitlab_count_each_for_itself_with_their_default_owners() -> None:
    owners = parse(
        b"* @all\n[Docs][2] @docs @tech\ndocs/\n/docs/api/ @api\n^[Other]\n/docs/ @other\n!/docs/free/\n[docs]\n/docs/late/ @late\n"
    )
    assert set(owners.of("docs/a")) == {"@all", "@docs", "@tech", "@other"}
    assert set(owners.of("docs/api/a")) == {"@all", "@api", "@other"}
    assert set(owners.of("docs/free/a")) == {"@all", "@docs", "@tech"}, "an excepted path has no owner in its section"
    assert set(owners.of("docs/late/a")) == {"@all", "@late", "@other"}, "sections of one name are one"


def test_comments_and_line_ends_of_windows_are_no_part_of_a_line() -> None:
    owners = parse(b"\xef\xbb\xbf# all\r\n* @city # the city\r\n\r\nx@y.example @z\r\n")
    assert [(rule.line, rule.pattern, rule.owners) for rule in owners.rules] == [(2, "*", ("@city",)), (4, "x@y.example", ("@z",))]
    assert owners.broken == ()


@pytest.mark.parametrize("line", ["/a/ city", "/a/ @city,@other @", "/a/ a@b@c", "/ @city", f"/{'a' * 2000}/ @city", "! @city"])
def test_a_line_that_a_forge_passes_over_is_named_and_has_no_effect(line: str) -> None:
    owners = parse(f"* @city\n{line}\n".encode())
    assert [broken.line for broken in owners.broken] == [2]
    assert len(owners.rules) == 1
    assert owners.broken[0].why


def test_a_file_too_large_for_a_forge_owns_nothing_and_says_so() -> None:
    owners = parse(b"* @city\n" + b"#" * MOST_BYTES)
    assert not owners.exist
    assert "3 MB" in owners.broken[0].why
    assert "行" in parse(b"* @a\n" * 30_000).broken[0].why


@given(st.binary(max_size=300), st.text(max_size=60))
@settings(deadline=None)
def test_any_bytes_can_be_read_and_any_path_asked_for(data: bytes, path: str) -> None:
    owners = parse(data)
    assert set(owners.of(path)) <= {owner for rule in owners.rules for owner in rule.owners}


def test_the_work_of_a_match_grows_with_the_product_of_the_lengths_only() -> None:
    """A backtracking matcher would need some 2 to the 600th steps."""
    assert not matches("*a" * 300 + "b", "a" * 1000)
    assert not matches("**/a/" * 200 + "b", "/".join("a" * 300))


PARTS = st.sampled_from(["a", "b", "*", "**", "a*", "?"])
PATTERNS = st.builds(
    lambda start, parts, end: start + "/".join(parts) + end,
    st.sampled_from(["", "/"]),
    st.lists(PARTS, min_size=1, max_size=4),
    st.sampled_from(["", "/"]),
)
NAMES = st.lists(st.sampled_from(["a", "b", "ab"]), min_size=1, max_size=5).map("/".join)


@given(PATTERNS, PATTERNS, NAMES)
@settings(deadline=None)
def test_a_pattern_that_covers_another_means_each_of_its_files(later: str, earlier: str, path: str) -> None:
    if covers(later, earlier) and matches(earlier, path):
        assert matches(later, path)


@pytest.mark.parametrize(
    ("later", "earlier", "told"),
    [
        ("*", "/plans/", True),
        ("/plans/", "/plans/xiqing/", True),
        ("/plans/xiqing/", "/plans/", False),
        ("*.yaml", "/plans/*/*/x.yaml", True),
        ("/plans/*", "/plans/xiqing/", False),
        ("docs", "/docs/a", False),
        ("/plans/*/", "/plans/xiqing/jinhe/", True),
    ],
)
def test_lines_that_are_never_reached_are_told_where_they_can_be(later: str, earlier: str, told: bool) -> None:
    assert covers(later, earlier) is told


def test_the_file_is_looked_for_where_forges_look_and_regular_expressions_are_never_read() -> None:
    assert locate({".github/CODEOWNERS", "docs/CODEOWNERS", "CODEOWNERS"}) == ".github/CODEOWNERS"
    assert locate({"docs/CODEOWNERS", "CODEOWNERS"}) == "CODEOWNERS"
    assert locate({".gitlab/CODEOWNERS"}) == ".gitlab/CODEOWNERS"
    assert locate({".github/CODEOWNERS", OWN}) == OWN
    assert locate({".gitea/CODEOWNERS", ".forgejo/CODEOWNERS"}) is None
