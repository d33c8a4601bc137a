"""Who somebody is to a plan, by code owners and by signatures made with real keys."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.repository import Repository
from zcfdocs.errors import ZcfError
from zcfdocs.loading import Shelf
from zcfdocs.places import INDICATORS
from zcfdocs.reviewing.people.owners import NOBODY, parse
from zcfdocs.reviewing.people.roles import roles
from zcfdocs.reviewing.people.signatures import Signature, signatures, tag_signer, unreadable, whose
from zcfdocs.reviewing.setups.generating import Cast, globs

OWNERS = parse(
    b"* @tj-gxj\n/plans/xiqing/ @xiqing-gxj clerk@xiqing.example\n/plans/xiqing/jinhe/ @jinhe-auto @xiqing-gxj clerk@xiqing.example\n"
    b"/indicators/ @tj-gxj @tj-second\n/plans/*/*/review.yaml @tj-gxj @xiqing-gxj clerk@xiqing.example @expert-wang\n"
)
JINHE = "plans/xiqing/jinhe"


@pytest.mark.parametrize(
    ("who", "held"),
    [
        ("@tj-gxj", {"city"}),
        ("tj-second", {"city"}),
        ("XiQing-GXJ", {"district"}),
        ("Clerk@xiqing.example", {"district"}),
        ("@jinhe-auto", {"factory"}),
        ("expert-wang", {"expert"}),
        ("somebody-else", set()),
    ],
)
def test_a_person_has_the_roles_that_the_code_owners_give(who: str, held: set[str]) -> None:
    standing = roles(OWNERS, who, "", JINHE)
    assert (set(standing.roles), standing.certain) == (held, True)


def test_a_factory_is_a_stranger_to_another_plan_that_names_its_own() -> None:
    owners = parse(b"* @city\n/plans/xiqing/ @x\n/plans/xiqing/a/ @a @x\n/plans/xiqing/b/ @b @x\n")
    assert roles(owners, "a", "", "plans/xiqing/a").roles == {"factory"}
    assert roles(owners, "a", "", "plans/xiqing/b").roles == frozenset()
    assert roles(owners, "x", "", "plans/xiqing/b").roles == {"district"}


def test_where_no_factory_is_named_whoever_is_no_bureau_counts_as_the_factory_but_not_for_certain() -> None:
    standing = roles(OWNERS, "anybody", "", "plans/xiqing/other")
    assert (set(standing.roles), standing.certain) == ({"factory"}, False)
    assert roles(OWNERS, "xiqing-gxj", "", "plans/xiqing/other").certain


def test_a_letter_that_only_looks_alike_is_another_name() -> None:
    """What casefold() takes for the same: the long s and the Kelvin sign are no letters of a login."""
    owners = parse(b"* @city\n/plans/xiqing/ @kss\n/plans/xiqing/a/ @shili @kss\n")
    assert roles(owners, "SHILI", "", "plans/xiqing/a").roles == {"factory"}
    for who in ("ſhili", "@ſhili", "kſs", "\u212ass", "kß"):
        standing = roles(owners, who, "", "plans/xiqing/a")
        assert (standing.roles, standing.certain) == (frozenset(), True)


def test_an_expert_is_named_for_the_opinions_and_not_for_the_folder() -> None:
    lines = b"* @city\n/plans/xiqing/ @x\n/plans/xiqing/a/ @staff @x\n/plans/xiqing/a/plan.md @boss @x\n"
    for more, held in ((b"", set()), (b"/plans/*/*/review.yaml @city @expert\n", set()), (b"review.yaml @city @staff\n", {"expert"})):
        assert roles(parse(lines + more), "staff", "", "plans/xiqing/a").roles == held
        assert roles(parse(lines + more), "boss", "", "plans/xiqing/a").roles == {"factory"}
    named = parse(lines + b"/plans/*/*/review.yaml @city @expert\n")
    assert roles(named, "expert", "", "plans/xiqing/a").roles == {"expert"}
    assert roles(parse(lines + b"/plans/xiqing/a/*.yaml @data\n"), "data", "", "plans/xiqing/a").roles == frozenset()


def test_a_district_is_not_the_district_of_another() -> None:
    owners = parse(b"* @city\n/plans/xiqing/ @x\n/plans/binhai/ @b\n")
    assert "district" not in roles(owners, "x", "", "plans/binhai/c").roles
    assert "district" in roles(owners, "city", "", "plans/heping/c").roles, "where a district has named nobody the city stands in"


def test_members_of_a_team_cannot_be_told_from_strangers() -> None:
    owners = parse(b"* @city\n/plans/xiqing/ @tj/xiqing\n/plans/xiqing/a/ @a @tj/xiqing\n")
    assert roles(owners, "a", "", "plans/xiqing/a").certain
    stranger = roles(owners, "clerk", "", "plans/xiqing/a")
    assert (stranger.roles, stranger.certain) == (frozenset(), False)
    assert roles(owners, "@tj/xiqing", "", "plans/xiqing/a").roles == {"district"}


def test_without_code_owners_nothing_is_told_of_anybody() -> None:
    standing = roles(NOBODY, "tj-gxj", "", JINHE)
    assert (standing.roles, standing.certain) == (frozenset(), False)


def test_plans_below_a_folder_of_the_repository_have_their_own_bureaus() -> None:
    owners = parse(b"/round/indicators/ @city\n/round/plans/xiqing/ @x\n/plans/xiqing/ @y\n")
    assert roles(owners, "x", "round/", "round/plans/xiqing/a").roles == {"district"}
    assert roles(owners, "city", "round/", "round/plans/xiqing/a").roles == {"city"}


CATALOGUE = Shelf(INDICATORS).get("tianjin-2025").catalogue  # type: ignore[union-attr]
KEYS = [district.key for district in CATALOGUE.districts]


@given(st.sets(st.sampled_from(KEYS)), st.booleans())
@settings(deadline=None)
def test_what_is_written_is_what_is_read_back_for_every_district(given_keys: set[str], factories: bool) -> None:
    cast = Cast(
        ("@tj",), {key: (f"@{key}-gxj",) for key in sorted(given_keys)}, ("@expert",), {f"{key}/works": (f"@{key}-works",) for key in KEYS}
    )
    owners = parse(globs(cast, CATALOGUE, factories=factories).encode())
    assert owners.broken == ()
    for key in KEYS:
        folder = f"plans/{key}/works"

        def held(who: str, folder: str = folder) -> set[str]:
            return set(roles(owners, who, "", folder).roles)

        assert held("tj") == ({"city"} if key in given_keys else {"city", "district"})
        assert held("expert") == {"expert"}
        assert (held(f"{key}-gxj") == {"district"}) is (key in given_keys)
        assert held(f"{key}-works") == {"factory"}
        assert roles(owners, f"{key}-works", "", folder).certain is factories
        other = next(one for one in KEYS if one != key)
        assert "district" not in held(f"{other}-gxj")
        assert held(f"{other}-works") == (set() if factories else {"factory"})


class Signed(Repository):
    """Commits signed with the keys of invented people."""

    def __init__(self, top: Path) -> None:
        super().__init__(top)
        self.keys = top.parent / "keys"
        self.keys.mkdir()

    def key(self, name: str) -> str:
        """The public key of a person, made where there is none."""
        path = self.keys / name
        if not path.exists():
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path], check=True)
        return path.with_suffix(".pub").read_text().strip()

    def sign(self, name: str) -> str:
        self.key(name)
        self.days += 1
        self.git("-c", "gpg.format=ssh", "-c", f"user.signingkey={self.keys / name}", "commit", "-q", "-S", "--allow-empty", "-m", "x")
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def signed(tmp_path: Path) -> Signed:
    if shutil.which("ssh-keygen") is None:
        pytest.skip("没有 ssh-keygen（openssh-client）")
    made = Signed(tmp_path / "signed")
    (made.top / "a").touch()
    made.commit()
    return made


def allowed(signed: Signed, *names: str) -> bytes:
    return "".join(f"@{name} {signed.key(name)}\n" for name in names).encode()


def test_commits_signed_by_one_person_of_the_list_are_that_persons(signed: Signed) -> None:
    base = signed.git("rev-parse", "HEAD")
    commits = [signed.sign("li"), signed.sign("li")]
    found = signatures(signed.top, base, commits[-1], allowed(signed, "li", "wang"))
    assert [(one.commit, one.state, one.who) for one in found] == [(commit, "good", "@li") for commit in reversed(commits)]
    assert whose(found).who == "@li"


def test_an_unsigned_commit_a_strangers_and_a_second_persons_leave_nobody_and_say_why(signed: Signed) -> None:
    base = signed.git("rev-parse", "HEAD")
    first, second, third = signed.sign("li"), signed.sign("wang"), signed.sign("stranger")
    last = signed.commit() if (signed.top / "b").write_text("b") else ""
    signer = whose(signatures(signed.top, base, last, allowed(signed, "li", "wang")))
    assert signer.who is None
    told = "\n".join(signer.reasons)
    assert f"{last[:12]}：没有签名" in told
    assert f"{third[:12]}：签名的密钥不在 .zcfdocs/allowed_signers 里" in told
    assert "由不同的人签名：li、wang" in told
    assert first[:12] not in told
    assert second[:12] not in told


def test_a_signed_tag_of_the_head_speaks_for_unsigned_commits(signed: Signed) -> None:
    def tag(name: str, person: str, *more: str) -> None:
        signed.key(person)
        signed.git("-c", "gpg.format=ssh", "-c", f"user.signingkey={signed.keys / person}", "tag", *more, "-m", "申请", name)

    before = signed.git("rev-parse", "HEAD")
    (signed.top / "b").write_text("b")
    head = signed.commit()
    tag("plain", "li", "-a")
    signed.git("tag", "light")
    assert tag_signer(signed.top, head, allowed(signed, "li")) is None
    tag("signed", "li", "-s")
    assert tag_signer(signed.top, head, allowed(signed, "li", "wang")) == "@li"
    assert tag_signer(signed.top, before, allowed(signed, "li")) is None
    assert tag_signer(signed.top, head, allowed(signed, "wang")) is None
    tag("also", "wang", "-s")
    assert tag_signer(signed.top, head, allowed(signed, "li", "wang")) is None


def test_a_commit_changed_after_it_was_signed_is_told(signed: Signed, tmp_path: Path) -> None:
    base, good = signed.git("rev-parse", "HEAD"), signed.sign("li")
    forged = tmp_path / "forged"
    forged.write_bytes(
        subprocess.run(["git", "cat-file", "commit", good], cwd=signed.top, check=True, capture_output=True).stdout.replace(
            b"\nx\n", b"\ny\n"
        )
    )
    head = signed.git("hash-object", "-t", "commit", "-w", str(forged))
    (one,) = signatures(signed.top, base, head, allowed(signed, "li"))
    assert (one.state, one.who) == ("bad", "")


def test_a_key_that_was_withdrawn_or_has_run_out_no_longer_counts(signed: Signed) -> None:
    base, head = signed.git("rev-parse", "HEAD"), signed.sign("li")
    assert signatures(signed.top, base, head, b"")[0].state == "unknown"
    late = f'@li valid-before="20200101" {signed.key("li")}\n'.encode()
    assert signatures(signed.top, base, head, late)[0].state != "good"


def test_no_program_or_list_that_the_repositorys_own_configuration_names_is_used(signed: Signed, tmp_path: Path) -> None:
    base, head = signed.git("rev-parse", "HEAD"), signed.sign("mallory")
    trap, caught = tmp_path / "trap", tmp_path / "caught"
    trap.write_text(f"#!/bin/sh\ntouch {caught}\nexit 0\n")
    trap.chmod(0o755)
    own = tmp_path / "own"
    own.write_bytes(allowed(signed, "mallory"))
    for name in ("gpg.program", "gpg.ssh.program", "gpg.openpgp.program", "gpg.x509.program", "core.pager", "core.fsmonitor"):
        signed.git("config", name, str(trap))
    signed.git("config", "gpg.ssh.allowedSignersFile", str(own))
    signed.git("config", "log.showSignature", "true")
    (one,) = signatures(signed.top, base, head, allowed(signed, "li"))
    assert (one.state, one.who) == ("unknown", "")
    assert not caught.exists()


@pytest.mark.skipif(shutil.which("gpg") is None, reason="没有 gpg")
def test_a_commit_signed_with_an_openpgp_key_that_the_machine_trusts_is_its_address(
    signed: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tempfile.TemporaryDirectory(prefix="zcf-gpg-") as home:  # short: the agent's socket lies in it
        monkeypatch.setenv("GNUPGHOME", home)
        gpg = ["gpg", "--batch", "--quiet", "--passphrase", ""]
        subprocess.run([*gpg, "--quick-generate-key", "李 <li@tj.example>", "ed25519", "sign", "never"], check=True, capture_output=True)
        base = signed.git("rev-parse", "HEAD")
        signed.git("-c", "user.signingkey=li@tj.example", "commit", "-q", "-S", "--allow-empty", "-m", "x")
        head = signed.git("rev-parse", "HEAD")
        found = signatures(signed.top, base, head, b"")
        subprocess.run(["gpgconf", "--kill", "gpg-agent"], check=True, capture_output=True)
    assert [(one.state, one.who) for one in found] == [("good", "li@tj.example")]


@pytest.mark.skipif(shutil.which("gpg") is None, reason="没有 gpg")
@pytest.mark.parametrize(("trust", "state"), [(2, "unknown"), (6, "good")])
def test_a_key_that_nobody_vouches_for_speaks_for_nobody_in_a_commit_or_a_tag(
    signed: Signed, monkeypatch: pytest.MonkeyPatch, trust: int, state: str
) -> None:
    """Whoever made a key chose its address: to be in the ring is not to be known."""
    with tempfile.TemporaryDirectory(prefix="zcf-gpg-") as home:
        monkeypatch.setenv("GNUPGHOME", home)

        def gpg(*words: str, told: str = "") -> str:
            command = ["gpg", "--batch", "--quiet", "--passphrase", "", *words]
            return subprocess.run(command, check=True, capture_output=True, text=True, input=told).stdout

        gpg("--quick-generate-key", "马 <city@tj.example>", "ed25519", "sign", "never")
        key = next(line.split(":")[9] for line in gpg("--list-keys", "--with-colons").splitlines() if line.startswith("fpr"))
        gpg("--import-ownertrust", told=f"{key}:{trust}:\n")
        base = signed.git("rev-parse", "HEAD")
        signed.git("-c", "user.signingkey=city@tj.example", "commit", "-q", "-S", "--allow-empty", "-m", "x")
        head = signed.git("rev-parse", "HEAD")
        signed.git("-c", "user.signingkey=city@tj.example", "tag", "-s", "-m", "x", "t")
        (one,) = signatures(signed.top, base, head, b"")
        who = tag_signer(signed.top, head, b"")
        subprocess.run(["gpgconf", "--kill", "gpg-agent"], check=True, capture_output=True)
    assert (one.state, who) == (state, "city@tj.example" if state == "good" else None)


@pytest.mark.parametrize("name", ["HEAD", "main", "--output=x", "abc123"])
def test_only_full_hashes_are_taken(signed: Signed, name: str) -> None:
    with pytest.raises(ZcfError, match="完整的提交号"):
        signatures(signed.top, None, name, b"")
    with pytest.raises(ZcfError, match="完整的提交号"):
        signatures(signed.top, name, signed.git("rev-parse", "HEAD"), b"")


def test_a_principal_that_is_not_one_person_speaks_for_nobody() -> None:
    commit = "0" * 40
    for name in ("", "*@tj.example", "a,b"):
        assert whose([Signature(commit, "good", name, "SHA256:x")]).who is None
    assert whose([]).who is None
    assert whose([Signature(commit, "good", "@Li", "SHA256:x"), Signature(commit, "good", "li", "SHA256:y")]).who == "@Li"
    assert whose([Signature(commit, "good", "@shi", "SHA256:x"), Signature(commit, "good", "ſhi", "SHA256:y")]).who is None


def test_lines_of_the_list_that_ssh_would_not_take_are_named(signed: Signed) -> None:
    key = signed.key("li")
    fine = f'# who\n\n@li {key}\nli@tj.example namespaces="git" {key} comment\n'
    assert list(unreadable(fine.encode())) == []
    wrong = f"@li\n* {key}\na,b {key}\n@li cert-authority {key}\n@li ssh-ed25519 !!!\n"
    assert [line for line, _ in unreadable(wrong.encode())] == [1, 2, 3, 4, 5]
