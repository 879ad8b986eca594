"""Which repositories are written and which are only read; and how a book is made."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_cli.base.errors import Refused
from crm_cli.store import refs
from crm_cli.store.create import init
from crm_cli.store.layout import interrupted, layout
from crm_cli.store.objects import Identity
from crm_cli.store.support import pairs, plain_pairs
from crm_cli.store.transaction import Write, begin

Git = Callable[..., str]


def refused(root: Path) -> str:
    with pytest.raises(Refused) as caught, begin(root):
        pass
    return caught.value.message


def test_no_repository_and_one_further_up(tmp_path: Path, book: Path) -> None:
    (tmp_path / "plain").mkdir()
    assert "has no git repository" in refused(tmp_path / "plain")
    assert f"inside the git repository {book}" in refused(book / "contacts")
    assert refs.head(tmp_path / "plain") is None
    assert refs.branch(tmp_path / "plain") is None


def test_worktrees_submodules_and_git_directories_elsewhere(tmp_path: Path, book: Path, git: Git) -> None:
    git("worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))
    assert "linked worktree" in refused(tmp_path / "linked")
    assert refs.branch(tmp_path / "linked") == "side"
    assert refs.head(tmp_path / "linked") == refs.head(book)
    git("clone", "-q", f"--separate-git-dir={tmp_path}/elsewhere", str(book), str(tmp_path / "separate"))
    assert "git directory elsewhere" in refused(tmp_path / "separate")
    (book / ".git").rename(tmp_path / "moved")
    (book / ".git").symlink_to(tmp_path / "moved")
    assert "git directory elsewhere" in refused(book)
    (book / ".git").unlink()
    (book / ".git").write_text("nonsense")
    assert layout(book) is None


def test_shallow_clones(tmp_path: Path, book: Path, git: Git, me: Identity) -> None:
    with begin(book) as transaction:
        transaction.commit([Write("contacts/x.yaml", b"x: 1\n")], "more", me)
    git("clone", "-q", "--depth=1", f"file://{book}", str(tmp_path / "shallow"))
    assert "shallow clone" in refused(tmp_path / "shallow")


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("extensions.objectFormat", "sha256", "SHA-256"),
        ("extensions.refStorage", "reftable", "reftable"),
        ("extensions.partialClone", "origin", "partial clone"),
        ("remote.origin.promisor", "true", "partial clone"),
        ("core.sparseCheckout", "true", "sparse checkout"),
        ("core.worktree", "/elsewhere", "work tree elsewhere"),
        ("core.bare", "true", "work tree elsewhere"),
    ],
)
def test_forms_that_are_only_read(book: Path, git: Git, key: str, value: str, said: str) -> None:
    git("config", key, value)
    assert said in refused(book)


def test_places_of_ours_that_are_links(book: Path, tmp_path: Path) -> None:
    (book / ".git/crm").rename(tmp_path / "away")
    (book / ".git/crm").symlink_to(tmp_path / "away")
    assert "is not a folder" in refused(book)


def test_another_file_system(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = os.lstat

    class Elsewhere:
        st_dev = -1

    monkeypatch.setattr(os, "lstat", lambda path: Elsewhere if str(path).endswith("/.git") else original(path))
    assert "another file system" in refused(book)


def test_the_first_write_notes_the_branch(tmp_path: Path, book: Path, git: Git, me: Identity) -> None:
    git("clone", "-q", str(book), str(tmp_path / "clone"))
    with begin(tmp_path / "clone") as transaction:
        assert transaction.commit([Write("deals/d.yaml", b"d: 1\n")], "change", me)
    assert "[crm]\n\tbranch = main" in (tmp_path / "clone/.git/config").read_text()


def test_our_folder_is_closed_to_others_again(book: Path) -> None:
    (book / ".git/crm").chmod(0o755)
    with begin(book):
        pass
    assert (book / ".git/crm").stat().st_mode & 0o777 == 0o700


def test_heads_are_read_without_git(book: Path, git: Git) -> None:
    head = git("rev-parse", "HEAD").strip()
    assert (refs.head(book), refs.branch(book)) == (head, "main")
    git("pack-refs", "--all", "--prune")
    assert refs.head(book) == head
    git("checkout", "-q", "--detach")
    assert (refs.head(book), refs.branch(book)) == (head, None)
    (book / ".git/HEAD").write_text("ref: refs/heads/a\n")
    (book / ".git/refs/heads/a").write_text("ref: refs/heads/a\n")
    assert refs.head(book) is None
    (book / ".git/HEAD").write_text("nonsense")
    assert refs.head(book) is None
    assert not interrupted(book)


def test_init_makes_one_commit_without_templates_and_hooks(
    tmp_path: Path, me: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = tmp_path / "template/hooks"
    template.mkdir(parents=True)
    (template / "pre-commit").write_text("#!/bin/sh\nexit 1\n")
    Path(os.environ["GIT_CONFIG_GLOBAL"]).write_text(f"[init]\n\ttemplateDir = {tmp_path}/template\n")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "wrong"))
    root = tmp_path / "a/new"
    made = init(root, [Write("crm.yaml", b"name: Acme\n")], "begin", me)
    assert refs.head(root) == made
    assert refs.branch(root) == "main"
    assert not (root / ".git/hooks").exists()
    assert root.stat().st_mode & 0o777 == 0o700
    assert init(root, [Write("crm.yaml", b"name: Acme\n")], "again", me) == made


def test_init_in_a_repository_keeps_its_branch_and_files(tmp_path: Path, me: Identity) -> None:
    root = tmp_path / "old"
    subprocess.run(["git", "init", "-q", "-b", "trunk", str(root)], check=True)
    (root / ".git/info").mkdir(exist_ok=True)
    (root / ".git/info/exclude").write_text("mine")
    (root / "README").write_text("mine")
    with pytest.raises(Refused, match="at least one file"):
        init(root, [], "begin", me)
    init(root, [Write("crm.yaml", b"name: Acme\n")], "begin", me)
    assert refs.branch(root) == "trunk"
    assert (root / ".git/info/exclude").read_text().startswith("mine\n*~\n")
    status = subprocess.run(["git", "status", "--porcelain"], cwd=root, capture_output=True, text=True, check=True)
    assert status.stdout == "?? README\n"


ODD_LINES = ("k = a; b", 'k = "q"', "k", "k =", "= v", "# c", "", "k = a\\", "k = é", "k=v", "\tk = a\tb", "[x] k = v")
ODDER_LINES = ("k = v ", "k = \u00a0v", "\ufeff[core]", "k = v\r", "k = v\rj = w", "-k = v", "k- = 1", "[a.b]")
PLAIN_LINES = ("[core]", '[Remote "A b"]', "bare = false", "Url = x y", "\turl = !a %O || b [c]")
LINES = st.lists(st.sampled_from([*PLAIN_LINES, *PLAIN_LINES, *ODD_LINES, *ODDER_LINES]), max_size=6)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=LINES)
def test_a_plain_configuration_reads_as_git_reads_it(tmp_path: Path, git: Git, lines: list[str]) -> None:
    text = "\n".join(lines)
    found = plain_pairs(text)
    if found is not None:
        (tmp_path / "config").write_bytes(text.encode())
        answer = git("config", "--file", str(tmp_path / "config"), "--no-includes", "--list", "-z")
        assert found == pairs(answer.encode())


def test_the_configuration_of_a_new_book_is_plain(book: Path) -> None:
    found = plain_pairs((book / ".git" / "config").read_text())
    assert found is not None
    assert found["core.bare"] == "false"
    assert plain_pairs('[a]\n\tk = "quoted"\n') is None
