"""Commits as GitPython reads them: the same as git shows, also the odd ones, and without a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crm_cli.store import history, refs
from crm_cli.store.git import GitFailed, open_git
from tests.planted import plant

Git = Callable[..., str]
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


def stored(book: Path, head: bytes, message: bytes) -> str:
    """A commit of the empty tree whose bytes somebody else has put together; its id."""
    data = b"tree %s\n%s\n\n%s" % (EMPTY_TREE.encode(), head, message)
    words = ["git", "hash-object", "-t", "commit", "-w", "--stdin", "--literally"]
    subprocess.run([*words[:2], "-t", "tree", "-w", "--stdin"], cwd=book, input=b"", check=True, capture_output=True)
    return subprocess.run(words, cwd=book, input=data, check=True, capture_output=True).stdout.decode().strip()


def people(author: bytes = b"Asha Sharma <asha@acme.example> 1763600000 +0530", *headers: bytes) -> bytes:
    return b"\n".join((b"author " + author, b"committer Ravi <ravi@acme.example> 1763700000 -0800", *headers))


SIGNED = b"gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQEzBAABCAAdFiEE\n -----END PGP SIGNATURE-----"


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (people(), b"two\n\nwith a body\n\n\n"),
        (people(), "आशा से बात".encode()),
        (people(), b""),
        (people(b" <asha@acme.example> 1763600000 +0530"), b"nobody's name"),
        (people(b"Asha <> 1763600000 +0530"), b"nobody's address"),
        (people(b"Asha Sharma <asha@acme.example> 0 -1200"), b"long ago"),
        (people("Zoë <zoe@acme.example> 1763600000 +0530".encode("latin-1"), b"encoding ISO-8859-1"), b"caf\xe9"),
        (people(b"Asha <a@acme.example> 1763600000 +0530", b"encoding no-such-thing"), b"plain\nencoding stays here"),
        (people(b"Asha <a@acme.example> 1763600000 +0530", b"encoding rot13"), b"plain"),
        (people(b"Asha <a@acme.example> 1763600000 +0530", b"encoding idna"), b"plain"),
        (people(b"Asha <a@acme.example> 1763600000 +0530", SIGNED, b"encoding no-such-thing"), b"signed"),
        (people(b"Asha <a@acme.example> 1763600000 +0530", SIGNED), b"signed"),
    ],
)
def test_a_commit_is_read_as_git_shows_it(book: Path, git: Git, head: bytes, message: bytes) -> None:
    oid = stored(book, head, message)
    shown = git("log", "-1", "--format=%P%x00%an%x00%ae%x00%ct%x00%B%x00", "--encoding=UTF-8", oid).split("\0")
    (found,) = history.commits(open_git(book), oid)
    assert [*found.parents] == shown[0].split()
    assert [found.author_name, found.author_email, str(int(found.when.timestamp()))] == shown[1:4]
    assert found.message == shown[4].rstrip("\n")


def test_bytes_that_are_no_text_cost_themselves_alone(book: Path) -> None:
    oid = stored(book, people(b"Ash\xff <asha@acme.example> 1763600000 +0530"), b"caf\xe9 at noon")
    (found,) = history.commits(open_git(book), oid)
    assert (found.author_name, found.message) == ("Ash\ufffd", "caf\ufffd at noon")


def test_an_encoding_in_which_nothing_makes_sense_is_not_believed(book: Path) -> None:
    oid = stored(book, people(b"Asha <asha@acme.example> 1763600000 +0530", b"encoding cp500"), b"plain")
    (found,) = history.commits(open_git(book), oid)
    assert (found.author_name, found.message) == ("Asha", "plain")


def test_a_commit_from_the_far_future_has_a_day(book: Path) -> None:
    head = people().replace(b"1763700000", b"99999999999999")
    (found,) = history.commits(open_git(book), stored(book, head, b"later"))
    assert found.when == datetime(9999, 1, 1, tzinfo=UTC)


def test_a_commit_that_makes_no_sense_is_one_sentence(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    head = refs.head(book)
    assert head
    for data in (None, b"tree zz\n", b"tree"):
        monkeypatch.setattr(history, "blobs", lambda *_, data=data: [data])
        with pytest.raises(GitFailed, match="a commit cannot be understood"):
            history.commits(open_git(book), head)


def test_what_can_be_reached_is_listed_newest_first(book: Path, git: Git) -> None:
    git("commit", "--allow-empty", "-m", "two")
    git("commit", "--allow-empty", "-m", "three")
    ids = history.reachable(open_git(book), git("rev-parse", "HEAD").strip())
    assert ids == git("rev-list", "HEAD").split()
    assert len(ids) == 3


def test_paths_that_look_like_something_else(book: Path, git: Git) -> None:
    for name in ("\x01begins", "A", "two\nlines", "आशा"):
        (book / name).write_text("x\n")
    git("add", "-A")
    git("commit", "-m", "odd")
    (book / "A").unlink()
    (book / "A").symlink_to("elsewhere")
    git("commit", "-am", "link")
    link, odd, _ = history.commits(open_git(book), git("rev-parse", "HEAD").strip())
    assert set(odd.paths) == {("A", name) for name in ("\x01begins", "A", "two\nlines", "आशा")}
    assert link.paths == (("T", "A"),)


WATCHED = """
import json, os, sys
started = []
events = ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.system", "os.fork")
sys.addaudithook(lambda event, found: started.append(str(found[0])) if event in events else None)
from crm_cli.store import history
before = dict(os.environ)
history._commit_class()
import git
refused = 0
for attempt in (lambda: git.Git().version(), lambda: git.Repo(sys.argv[1]).is_dirty(), lambda: git.refresh("git")):
    try:
        attempt()
    except Exception as error:
        refused += "starts no process" in str(error)
print(json.dumps([started, refused, before == dict(os.environ)]))
"""


@pytest.mark.parametrize("given", [{}, {"GIT_PYTHON_REFRESH": "error", "GIT_PYTHON_GIT_EXECUTABLE": "git"}])
def test_gitpython_starts_nothing_not_even_at_its_import(book: Path, given: dict[str, str]) -> None:
    trace = plant(book, book / "git")
    environ = {**os.environ, **given, "PATH": f"{book}:{os.environ['PATH']}"}
    words = [sys.executable, "-c", WATCHED, str(book)]
    done = subprocess.run(words, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    started, refused, environment_is_back = json.loads(done.stdout)
    # What the import tries to run can never be run.
    assert set(started) <= {os.devnull}
    assert (refused, environment_is_back) == (3, True)
    assert not trace.exists()
