"""What a remote may not bring into a book: each is refused by name, and nothing of it is used."""

import os
import resource
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_cli.services.syncing import cloning, sync
from crm_cli.store.sync import githistory, incoming
from tests.machines import Machines, run_git, said, tree, unchanged
from tests.shell import Shell
from tests.store.sync.trees import commit, evil_commit, write
from tests.store.sync.trees import tree as make_tree

MEMORY = 6 << 30
"""Address space in bytes that a test here and each of its gits may use: trees without end ask for all there is."""
FILE, PROGRAM, LINK, FOLDER, MODULE = "100644", "100755", "120000", "40000", "160000"


@pytest.fixture(autouse=True)
def _bounded() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_AS)
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


def refused(shell: Shell, machines: Machines, *parts: str) -> None:
    """Neither a sync nor a clone takes anything of what the remote holds."""
    check, objects = unchanged(shell), shell.book / ".git/objects"
    held = sorted(objects.rglob("*"))
    outside = sorted(path for path in machines.tmp.iterdir())
    said(shell.crm("sync"), 7, *parts)
    check()
    copy = machines.tmp / "copy"
    said(shell.crm("clone", str(machines.remote), str(copy)), 7, *parts)
    assert sorted(machines.tmp.iterdir()) == outside
    assert sorted(objects.rglob("*")) == held


@pytest.mark.parametrize(
    ("name", "mode", "reason"),
    [
        ("evil", LINK, "a link"),
        ("run.sh", PROGRAM, "git update-index --chmod=-x run.sh"),
        (".gitattributes", FILE, "git rm -r --cached .gitattributes"),
        (".gitignore", FILE, "git rm -r --cached .gitignore"),
        (".gitmodules", FILE, ".gitmodules"),
        (".GIT", FILE, ".GIT"),
        (".g\u200cit", FILE, r".g"),
        ("GIT~1", FILE, "GIT~1"),
        (".git ", FILE, ".git"),
        ("．ｇｉｔ", FILE, "git itself would obey"),
        ("a\\b", FILE, "other systems cannot hold"),
        ("con.yaml", FILE, "other systems cannot hold"),
        ("COM1", FILE, "other systems cannot hold"),
        ("aux.tar.gz", FILE, "other systems cannot hold"),
        ("dot.", FILE, "other systems cannot hold"),
        ("space ", FILE, "other systems cannot hold"),
        (".. ", FILE, "other systems cannot hold"),
        ("a:b", FILE, "other systems cannot hold"),
        ("what?", FILE, "other systems cannot hold"),
        ("line\nbreak", FILE, "other systems cannot hold"),
        ("esc\x1b]52;c;x\x07", FILE, "other systems cannot hold"),
        ("\udcff\udcfe", FILE, "not text"),
        ("n" * 256, FILE, "too long"),
    ],
)
def test_a_name_or_mode_that_is_unsafe(machines: Machines, here: Shell, name: str, mode: str, reason: str) -> None:
    evil_commit(machines.remote, {name: (mode, b"/etc/passwd")})
    refused(here, machines, reason, "nothing was taken")


@pytest.mark.parametrize("name", [".git", "..", ".", "", "a/b"])
def test_a_name_that_git_itself_refuses(machines: Machines, here: Shell, name: str) -> None:
    evil_commit(machines.remote, {name: (FILE, b"x")})
    check = unchanged(here)
    result = here.crm("sync")
    assert result.code in (7, 8), result.err
    said(result, result.code)
    check()
    assert not list(here.book.glob(".git/objects/pack/tmp_*"))
    assert not list(here.book.glob(".git/crm/arriving-*"))


def test_a_submodule_and_a_folder_that_is_a_link(machines: Machines, here: Shell) -> None:
    evil_commit(machines.remote, {"module": (MODULE, "1" * 40)})
    refused(here, machines, "module, a submodule")
    run_git(machines.remote, "update-ref", "refs/heads/main", "main^")
    evil_commit(machines.remote, {"contacts": (LINK, b"/etc")})
    refused(here, machines, "contacts, a link")


@pytest.mark.parametrize(
    "names",
    [
        ("Readme", "README"),
        (unicodedata.normalize("NFC", "café"), unicodedata.normalize("NFD", "café")),
        ("STRASSE", "straße"),
    ],
)
def test_two_names_that_some_systems_take_for_one(machines: Machines, here: Shell, names: tuple[str, str]) -> None:
    evil_commit(machines.remote, dict.fromkeys(names, (FILE, b"x")))
    refused(here, machines, "some systems cannot tell from")


def test_a_name_that_some_systems_take_for_one_of_ours(here: Shell, there: Shell) -> None:
    for shell, name in ((here, "readme"), (there, "README")):
        shell.write(name, name)
        shell.git("add", name)
        shell.git("commit", "--quiet", "--message=readme")
    there.ok("sync")
    check = unchanged(here)
    said(here.crm("sync"), 7, "README", "cannot tell from readme")
    check()
    here.git("mv", "readme", "readme.txt")
    here.git("commit", "--quiet", "--message=renamed")
    here.ok("sync")
    assert (here.book / "README").read_text() == "README"


def test_a_folder_that_some_systems_take_for_one_of_ours(machines: Machines, here: Shell) -> None:
    inner = make_tree(machines.remote, {b"x": (b"100644", bytes.fromhex(write(machines.remote, "blob", b"x")))})
    evil_commit(machines.remote, {"Contacts": (FOLDER, inner)})
    refused(here, machines, "whose folder some systems cannot tell from")


@pytest.mark.parametrize("ours_is_the_folder", [True, False])
def test_a_file_here_where_they_have_a_folder(here: Shell, there: Shell, ours_is_the_folder: bool) -> None:
    folder, file = (here, there) if ours_is_the_folder else (there, here)
    folder.write("plans/a.txt", "a")
    file.write("plans", "b")
    for shell in (folder, file):
        shell.git("add", "plans")
        shell.git("commit", "--quiet", "--message=plans")
    there.ok("sync")
    check = unchanged(here)
    said(here.crm("sync"), 7, "plans")
    check()


def test_what_is_too_large(machines: Machines, here: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    evil_commit(machines.remote, {"big.bin": (FILE, b"\0" * 200_000)})
    monkeypatch.setattr(incoming, "FILE_LIMIT", 100_000)
    refused(here, machines, "big.bin", "which is larger than")
    monkeypatch.undo()
    run_git(machines.remote, "update-ref", "refs/heads/main", "main^")
    contacts = {
        b"big-k7m3q3.yaml": (b"100644", bytes.fromhex(write(machines.remote, "blob", b"#" * (1 << 20) + b"\n")))
    }
    evil_commit(machines.remote, {"contacts": (FOLDER, make_tree(machines.remote, contacts))})
    refused(here, machines, "contacts/big-k7m3q3.yaml", "which is larger than 1 MiB")


def test_one_file_under_a_thousand_names(machines: Machines, here: Shell) -> None:
    here.ok("config sync.fetch_mib 1")
    evil_commit(machines.remote, {f"copy{number}": (FILE, b"\0" * 300_000) for number in range(20)})
    refused(here, machines, "5 MiB in", "crm config sync.fetch_mib 6")


def test_a_few_trees_that_stand_for_a_hundred_million_files(machines: Machines, here: Shell) -> None:
    oid, mode = write(machines.remote, "blob", b"x"), b"100644"
    for _ in range(8):
        oid, mode = make_tree(machines.remote, {b"%d" % at: (mode, bytes.fromhex(oid)) for at in range(10)}), b"40000"
    commit(machines.remote, oid)
    refused(here, machines, "more than 1,000,000 files")


@pytest.mark.skipif(sys.platform != "linux", reason="NOT TESTED: only Linux bounds the memory of a running process")
def test_such_trees_further_back_take_no_more_memory_than_allowed(
    machines: Machines, here: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = run_git(machines.remote, "rev-parse", "main^{tree}").strip()
    oid, mode = write(machines.remote, "blob", b"x"), b"100644"
    for _ in range(6):
        oid, mode = make_tree(machines.remote, {b"%d" % at: (mode, bytes.fromhex(oid)) for at in range(10)}), b"40000"
    commit(machines.remote, oid)
    commit(machines.remote, before)
    evil_commit(machines.remote, {"x": (FILE, b"theirs")})
    here.write("x", "ours")
    here.git("add", "x")
    here.git("commit", "--quiet", "--message=x")
    monkeypatch.setattr(githistory, "_MEMORY", 50 << 20)
    check = unchanged(here)
    said(here.crm("sync"), 7, "memory")
    check()


def test_unknown_files_with_safe_names_are_carried_whole(machines: Machines, here: Shell, there: Shell) -> None:
    files = {
        "Makefile": b"all:\n\trm -rf /\n",
        ".editorconfig": b"x",
        "नोट.txt": "नमस्ते".encode(),
        "bin.dat": b"\0\xff\r\n",
    }
    evil_commit(machines.remote, {name: (FILE, data) for name, data in files.items()})
    here.ok("sync")
    there.ok("sync")
    for name, data in files.items():
        assert (here.book / name).read_bytes() == data
        assert oct((here.book / name).stat().st_mode)[-3:] == "600"
    assert tree(here) == tree(there) == machines.held()


@pytest.mark.parametrize(
    ("name", "mend"),
    [
        (".gitattributes", ("rm", "--quiet", "-r", "--cached", ".gitattributes")),
        ("run.sh", ("update-index", "--chmod=-x", "run.sh")),
    ],
)
def test_the_command_that_is_named_mends_it(here: Shell, there: Shell, name: str, mend: tuple[str, ...]) -> None:
    there.write(name, "* -text\n").chmod(0o700)
    there.git("add", name)
    there.git("commit", "--quiet", "--message=oops")
    result = there.crm("sync", "--quiet")
    said(result, 0, f"{name} went along", "the other machines will refuse it", " ".join(mend).replace(" --quiet", ""))
    said(here.crm("sync"), 7, name)
    there.git(*mend)
    there.git("commit", "--quiet", "--message=mended")
    there.ok("sync")
    assert here.ok("sync").code == 0


def test_a_link_that_stands_here_is_not_followed(here: Shell, there: Shell, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.mkdir()
    there.ok("deal add Website")
    there.ok("sync")
    os.symlink(victim, here.book / "deals")
    result = here.crm("sync")
    assert result.code in (5, 7), result.err
    assert not list(victim.iterdir())


def test_nothing_is_used_before_it_was_looked_at() -> None:
    """The one function that judges is on the way of both commands."""
    assert sync.check_incoming is cloning.check_incoming is incoming.check_incoming
