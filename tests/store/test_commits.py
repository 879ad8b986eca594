"""Commits that are made here are those that git would have made."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from crm_cli.store.commits import Change, make_commit
from crm_cli.store.git import open_git
from crm_cli.store.objects import Identity, blob_id

Git = Callable[..., str]
ME = Identity("Asha Sharma", "asha@acme.example")
# What git sorts in a way of its own, next to each other: a folder as if its name ended in a slash.
TRICKY = ["a/b", "a/c/d", "a-b", "a.b", "a0", "आशा.yaml", "x/y/z/deep", "x/y-z", "x/y0"]


def expected(tmp_path: Path, files: dict[str, bytes]) -> str:
    """The id of the tree that git itself makes of these files."""
    place = tmp_path / f"oracle-{len(list(tmp_path.glob('oracle-*')))}"
    place.mkdir()
    for path, data in files.items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_bytes(data)
    for words in (["init", "--quiet"], ["add", "--all"], ["write-tree"]):
        done = subprocess.run(["git", *words], cwd=place, capture_output=True, check=True, text=True)
    return done.stdout.strip()


@pytest.mark.parametrize("many", [0, 150], ids=["as loose objects", "as a pack"])
def test_trees_are_gits_own(book: Path, git: Git, tmp_path: Path, many: int) -> None:
    door = open_git(book)
    files = {path: path.encode() for path in [*TRICKY, *(f"many/{n}" for n in range(many))]}
    first = make_commit(door, [], [Change(path, data) for path, data in files.items()], "first", ME)
    assert git("rev-parse", f"{first}^{{tree}}").strip() == expected(tmp_path, files)

    changes = [
        Change("a/b"),
        Change("a/c/d"),
        Change("a", b"a file now"),
        Change("a0"),
        Change("a0/b", b"a folder now"),
    ]
    changes += [Change("x/y/z/deep"), Change("nothing/here"), Change("copy", oid=blob_id(b"a-b"))]
    second = make_commit(door, [first], changes, "second", ME)
    for gone in ("a/b", "a/c/d", "a0", "x/y/z/deep"):
        del files[gone]
    files |= {"a": b"a file now", "a0/b": b"a folder now", "copy": b"a-b"}
    assert git("rev-parse", f"{second}^{{tree}}").strip() == expected(tmp_path, files)

    last = make_commit(door, [second], [Change(path) for path in files], "empty", ME)
    assert git("ls-tree", "-r", last) == ""
    git("update-ref", "refs/heads/made", last)
    assert "error" not in git("fsck", "--strict")


def test_an_entry_that_is_no_plain_file_of_ours_stays_as_it_is(book: Path, git: Git) -> None:
    (book / "run").write_text("echo\n")
    (book / "run").chmod(0o755)
    (book / "link").symlink_to("run")
    git("add", "run", "link")
    git("commit", "-q", "-m", "theirs")
    made = make_commit(open_git(book), [git("rev-parse", "HEAD").strip()], [Change("new", b"x")], "ours", ME)
    assert git("diff", "--name-status", "HEAD", made).split() == ["A", "new"]


def test_a_message_and_a_name_in_any_script(book: Path, git: Git) -> None:
    made = make_commit(
        open_git(book), [], [Change("a", b"")], "दो lines\n\nand a body\n", Identity("आशा", "a@b.example")
    )
    assert git("log", "-1", "--format=%an <%ae>%n%B", made).rstrip() == "आशा <a@b.example>\nदो lines\n\nand a body"
