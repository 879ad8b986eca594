"""The door to git: what gets through it, and what planted settings never do."""

import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from crm_cli.base.errors import Refused
from crm_cli.store import git as door
from crm_cli.store import history, objects, owngit
from crm_cli.store.git import GitFailed, open_git
from crm_cli.store.identity import identity
from crm_cli.store.objects import Identity
from crm_cli.store.transaction import Write, begin
from tests.planted import plant, plant_everywhere

Git = Callable[..., str]
ASHA = "contacts/asha-k7m3q9.yaml"


def test_the_environment_is_a_short_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    monkeypatch.chdir(tmp_path)
    environ = {
        "HOME": "/home/asha",
        "LC_ALL": "hi_IN.UTF-8",
        "https_proxy": "http://proxy.example",
        "LD_PRELOAD": "x.so",
        "GIT_DIR": "/elsewhere",
        "GIT_SSH_COMMAND": "x",
        "PATH": f"bin:.:{tmp_path}/bin:/usr/bin:",
        "GIT_CONFIG_GLOBAL": "settings",
    }
    made = door.environment(tmp_path, environ)
    kept = {name: value for name, value in made.items() if name in environ}
    assert kept == {
        "HOME": "/home/asha",
        "LC_ALL": "hi_IN.UTF-8",
        "https_proxy": "http://proxy.example",
        "PATH": "/usr/bin",
        "GIT_CONFIG_GLOBAL": str(tmp_path / "settings"),
    }
    assert made["GIT_TERMINAL_PROMPT"] == "0"
    assert made["GIT_ALLOW_PROTOCOL"] == "https:ssh:file"


def test_what_a_test_of_faults_adds_reaches_git(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(door.EXTRA, "FI_AT", "3")
    assert door.environment(book)["FI_AT"] == "3"


def test_without_git_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="git is not installed"):
        door.executable(str(tmp_path))


def test_a_git_in_the_book_is_not_run(book: Path, me: Identity, monkeypatch: pytest.MonkeyPatch) -> None:
    trap = plant(book, book / "git")
    monkeypatch.chdir(book)
    monkeypatch.setenv("PATH", f".:{book}:{os.environ['PATH']}")
    with begin(book) as transaction:
        transaction.commit([Write(ASHA, b"name: x\n")], "change", me)
    assert not trap.exists()


def test_what_git_complains_of_is_one_sentence(book: Path) -> None:
    with pytest.raises(GitFailed, match=r"^git ls-tree failed: Not a valid object name nothing$"):
        open_git(book).run("ls-tree", "nothing")


def test_a_git_that_cannot_be_started_or_never_ends(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "bin" / "git"
    script.parent.mkdir()
    script.write_text("#!/nowhere\n")
    script.chmod(0o700)
    git = open_git(book, {"PATH": str(script.parent)})
    with pytest.raises(GitFailed, match="could not be started"):
        git.run("version")
    script.write_text("#!/bin/sh\nexec /bin/sleep 30\n")
    monkeypatch.setattr(door, "_LONGEST", 0.1)
    with pytest.raises(GitFailed, match="did not end"):
        git.run("version")
    script.write_text("#!/bin/sh\nexit 3\n")
    with pytest.raises(GitFailed, match="git version failed: status 3"):
        git.run("version")


def test_nothing_that_is_planted_in_the_book_is_run(book: Path, me: Identity, git: Git) -> None:
    trace = plant_everywhere(book)
    (book / "contacts/hand.yaml").write_bytes(b"name: by hand\r\n")
    with begin(book) as transaction:
        transaction.hand_edits(["contacts"], lambda *_: True)
        head = transaction.commit([Write(ASHA, b"name: one\n"), Write("deals/d.yaml", b"d: 1\r\n")], "change", me)
    assert head
    reader = open_git(book)
    assert [commit.message for commit in history.commits(reader, head)] == ["change", "edit by hand", "begin"]
    assert objects.read_file_at(reader, head, "deals/d.yaml") == b"d: 1\r\n"
    assert objects.read_file_at(reader, head, "contacts/hand.yaml") == b"name: by hand\r\n"
    assert objects.changed(reader, f"{head}^", head)
    identity(book, dict(os.environ))
    assert not trace.exists(), trace.read_text()
    git("status", check=False)
    assert trace.exists(), "the traps are real: plain git walks into them"


def test_signing_and_line_ends_of_the_users_own_settings_have_no_effect(book: Path, me: Identity, git: Git) -> None:
    settings = Path(os.environ["GIT_CONFIG_GLOBAL"])
    with settings.open("a") as config:
        config.write(
            "[commit]\n\tgpgSign = true\n[core]\n\tautocrlf = true\n\tsafecrlf = true\n\tpager = less\n"
            "[status]\n\tshowUntrackedFiles = no\n\trelativePaths = false\n[diff]\n\tnoprefix = true\n"
        )
    (book / "contacts/hand.yaml").write_bytes(b"name: by hand\r\n")
    with begin(book) as transaction:
        assert transaction.hand_edits(["contacts"], lambda *_: True, me) == ["contacts/hand.yaml"]
        head = transaction.commit([Write(ASHA, b"name: a\r\n")], "change", me)
    assert head
    assert objects.read_file_at(open_git(book), head, ASHA) == b"name: a\r\n"
    assert "gpgsig" not in git("cat-file", "commit", head)


def test_what_is_altered_in_our_own_git_directory_is_put_back(book: Path, me: Identity) -> None:
    own = book / ".git/crm/git"
    script = book.parent / "evil"
    trace = plant(book, script)
    (own / "config").write_text(f"[core]\n\tfsmonitor = {script}\n")
    (own / "commondir").write_text("../..\n")
    (own / "info/attributes").unlink()
    (own / "HEAD").unlink()
    with begin(book) as transaction:
        assert transaction.commit([Write(ASHA, b"name: x\n")], "change", me)
    assert not trace.exists()


def test_a_book_that_cannot_be_written_is_read_all_the_same(
    book: Path, tmp_path: Path, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    worktree = tmp_path / "linked"
    git("worktree", "add", "-q", "-b", "side", str(worktree))
    assert len(history.commits(open_git(worktree), git("rev-parse", "HEAD").strip())) == 1

    def refuse(*_: object) -> None:
        raise PermissionError

    original = owngit.furnish
    monkeypatch.setattr(owngit, "furnish", lambda own: refuse() if own == book / ".git/crm/git" else original(own))
    assert len(history.commits(open_git(book), git("rev-parse", "HEAD").strip())) == 1


def test_reading_where_there_is_no_repository(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="not the root of a git repository"):
        open_git(tmp_path)


def test_objects_are_read_by_path_and_by_id(book: Path, git: Git) -> None:
    reader = open_git(book)
    head = git("rev-parse", "HEAD").strip()
    tree = objects.tree(reader, head)
    assert set(tree) == {"crm.yaml", ASHA}
    mode, oid = tree[ASHA]
    assert mode == "100644"
    names = [oid, f"{head}:nothing.yaml", f"{head}:crm.yaml", f"{head}:a\nb", "0" * 40]
    assert objects.blobs(reader, names) == [b"name: Asha Sharma\n", None, b"name: Acme\n", None, None]
    assert objects.blob_id(b"name: Asha Sharma\n") == oid


def test_a_file_whose_name_needs_care(book: Path, git: Git, me: Identity) -> None:
    names = ['attachments/"quoted" and spaced.txt', "attachments/आशा.txt", '"begins.txt', "attachments/a,b 1.txt"]
    with begin(book) as transaction:
        head = transaction.commit([Write(name, b"x") for name in names], "names", me)
        assert transaction.commit([Write(name, b"y") for name in names], "names", me)
        assert transaction.commit([Write(name, None) for name in names], "names", me)
    assert head
    assert set(objects.tree(open_git(book), head)) == {"crm.yaml", ASHA, *names}
    assert git("status", "--porcelain") == ""
    assert git("fsck", "--strict", "--no-dangling") == ""


def test_history_tells_who_changed_what(book: Path, git: Git, me: Identity) -> None:
    with begin(book) as transaction:
        transaction.commit([Write("contacts/आशा.yaml", b"a: 1\n"), Write(ASHA, None)], "two\n\nwith a body", me)
    git("commit", "--allow-empty", "-m", "empty")
    git("checkout", "-q", "-b", "side", "HEAD^")
    git("commit", "--allow-empty", "-m", "side")
    git("checkout", "-q", "main")
    git("merge", "-q", "--no-edit", "side")
    reader = open_git(book)
    head = git("rev-parse", "HEAD").strip()
    everything = history.commits(reader, head)
    assert len(everything) == 5
    assert len(everything[0].parents) == 2
    two = next(commit for commit in everything if commit.message.startswith("two"))
    assert two.message == "two\n\nwith a body"
    assert (two.author_name, two.author_email) == ("Asha Sharma", "asha@acme.example")
    assert two.paths == (("D", ASHA), ("A", "contacts/आशा.yaml"))
    assert [commit.message for commit in history.commits(reader, head, [ASHA])] == [two.message, "begin"]
    assert len(history.commits(reader, head, limit=2)) == 2
    assert len(history.commits(reader, head, merges=False)) == 4
    assert {commit.message for commit in history.commits(reader, head, without=[two.oid], merges=False)} == {
        *("empty", "side"),
    }
    assert objects.merge_bases(reader, f"{head}^1", f"{head}^2") == [two.oid]
    assert objects.contains(reader, head, two.oid)
    assert not objects.contains(reader, two.oid, head)


def test_unrelated_histories_have_no_base(book: Path, git: Git) -> None:
    other = git("commit-tree", "-m", "other", "HEAD^{tree}").strip()
    assert objects.merge_bases(open_git(book), "HEAD", other) == []


def test_a_person_that_pulls_bytes_apart_gets_the_same_back(book: Path) -> None:
    mode = stat.S_IMODE((book / ".git/info/attributes").stat().st_mode)
    assert mode == 0o600
    assert "* -text" in (book / ".git/info/attributes").read_text()


def test_a_child_of_a_killed_writer_keeps_the_lock(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, ...]] = []
    original = subprocess.Popen

    def start(*args: object, **named: object) -> object:
        seen.append(tuple(named["pass_fds"]))  # type: ignore[arg-type]
        return original(*args, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "Popen", start)
    with begin(book):
        pass
    assert seen
    assert all(len(descriptors) == 1 for descriptors in seen)
