"""Several programs at one book: crm beside crm, beside a person's git, and crm killed while it writes."""

import fcntl
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.effort import sample
from tests.shell import Shell

WRITERS = int(os.environ.get("CRM_TEST_WRITERS", "4"))
EACH = int(os.environ.get("CRM_TEST_EACH", "25"))
"""8 writers with 50 records each, as people set them, pass too; they take a minute."""

KILLS = sample(6, 12)

# Real processes with real locks; that one of them runs many commands only spares the start of the interpreter.
WRITER = """
import sys
from crm_cli.cli.app import run
for number in range(int(sys.argv[2])):
    code = run(["contact", "add", f"Person {sys.argv[1]} {number}", "--title", "x" * 200, "--lock-timeout", "120"])
    if code:
        sys.exit(code)
"""
READER = """
import contextlib, io, json, os, sys, time
from crm_cli.cli.app import run
rounds = last = 0
while rounds < 4 or not os.path.exists(sys.argv[1]):
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with contextlib.redirect_stdout(out):
        code = run(["contact", "list", "--json"])
    found = json.loads(out.buffer.getvalue())
    assert code == 0, code
    assert len(found) >= last, (len(found), last)
    assert all(len(one["title"]) == 200 for one in found if one["name"] != "Ravi Rao"), found
    rounds, last = rounds + 1, len(found)
    time.sleep(0.05)
"""


def _start(shell: Shell, code: str, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *words],
        cwd=shell.book,
        env=shell.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def check_whole(shell: Shell) -> None:
    """The repository is sound and nothing of ours lies about."""
    done = subprocess.run(
        ["git", "fsck", "--strict", "--no-dangling"], cwd=shell.book, env=shell.environ, capture_output=True, check=True
    )
    assert not done.stdout + done.stderr
    ours = shell.book / ".git/crm"
    assert not [path.name for path in ours.iterdir() if path.name in ("journal", "index-pending")]
    assert not list((ours / "tmp").iterdir())
    assert shell.crm("contact", "list").code == 0


def _stage(shell: Shell) -> bytes:
    shell.write("notes.txt", "mine\n")
    shell.git("add", "notes.txt")
    shell.write("notes.txt", "mine, and more\n")
    return (shell.git("ls-files", "--stage", "notes.txt") + shell.git("diff", "--cached", "--raw")).encode()


def test_writers_and_readers_at_once_lose_nothing(book: Shell, tmp_path: Path) -> None:
    before = int(book.git("rev-list", "--count", "HEAD"))
    _stage(book)
    staged = book.git("ls-files", "--stage", "notes.txt")
    end = tmp_path / "end"
    reader = _start(book, READER, str(end))
    writers = [_start(book, WRITER, str(number), str(EACH)) for number in range(WRITERS)]
    for writer in writers:
        _out, err = writer.communicate(timeout=300)
        assert writer.returncode == 0, err.decode()
    end.touch()
    _out, err = reader.communicate(timeout=60)
    assert reader.returncode == 0, err.decode()
    assert len(book.ok("contact list --ids").lines) == WRITERS * EACH + 1
    assert int(book.git("rev-list", "--count", "HEAD")) == before + WRITERS * EACH
    assert book.git("ls-files", "--stage", "notes.txt") == staged
    assert book.git("status", "--porcelain") == "AM notes.txt\n"
    check_whole(book)


def test_the_lock_is_waited_for_as_long_as_was_said(book: Shell) -> None:
    book.ok("set ravi nickname=Rav")
    with (book.book / ".git/crm/lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for words in (("--lock-timeout", "0"), ("--lock-timeout", "0.2")):
            started = time.monotonic()
            busy = book.crm("contact", "add", "Asha", *words)
            assert (busy.code, busy.out) == (75, "")
            assert len(busy.err.splitlines()) == 2
            assert time.monotonic() - started < 5
        assert book.crm("contact", "list").code == 0
        waiting = _start(book, WRITER, "late", "1")
        time.sleep(0.5)
        assert waiting.poll() is None
    assert waiting.wait(timeout=60) == 0
    waiting.communicate()
    assert len(book.ok("contact list --ids").lines) == 2


def test_a_lock_file_that_a_cleaner_removed_harms_nothing(book: Shell) -> None:
    book.ok("set ravi nickname=Rav")
    (book.book / ".git/crm/lock").unlink()
    book.ok("set ravi nickname=R")
    check_whole(book)


@pytest.mark.parametrize("words", [(), ("-a",)])
def test_a_person_in_the_middle_of_git_commit_is_not_disturbed(book: Shell, words: tuple[str, ...]) -> None:
    _stage(book)
    opened, closing = book.home / "opened", book.home / "closing"
    editor = book.home / "editor"
    editor.write_text(
        f'#!/bin/sh\necho message > "$1"\ntouch {opened}\nwhile ! test -e {closing}; do sleep 0.02; done\n'
    )
    editor.chmod(0o755)
    environ = {**book.environ, "GIT_EDITOR": str(editor)}
    person = subprocess.Popen(["git", "commit", "-q", *words], cwd=book.book, env=environ, stderr=subprocess.PIPE)
    _until(opened.exists)
    made = book.ok("contact add 'Asha Sharma'").out.strip()
    assert book.ok("set asha nickname=Ash").code == 0
    closing.touch()
    _out, err = person.communicate(timeout=30)
    assert person.returncode != 0
    assert err
    book.ok("set asha title=Buyer")
    assert book.git("log", "--format=%s").count("\n") == 5
    assert book.git("status", "--porcelain", "contacts") == ""
    assert "title: Buyer" in book.git("show", f"HEAD:contacts/{made}.yaml")
    assert book.git("status", "--porcelain")[0] == "A"
    book.git("commit", "-q", "-m", "mine")
    assert book.git("show", "--name-only", "--format=").split() == ["notes.txt"]
    check_whole(book)


def test_a_stale_lock_of_the_persons_index_is_no_obstacle(book: Shell) -> None:
    lock = book.book / ".git/index.lock"
    lock.touch()
    book.ok("contact add 'Asha Sharma'")
    assert lock.exists()
    lock.unlink()
    book.ok("set asha nickname=Ash")
    assert book.git("status", "--porcelain") == ""
    check_whole(book)


def _reset(shell: Shell) -> int:
    shell.git("reset", "-q", "--hard", "HEAD~1")
    return 1


def _amend(shell: Shell) -> int:
    shell.git("commit", "-q", "--amend", "-m", "in my own words")
    return 2


def _gc(shell: Shell) -> int:
    shell.git("gc", "-q", "--prune=now")
    return 2


def _checkout(shell: Shell) -> int:
    _edit_by_hand(shell)
    shell.git("checkout", "-q", "--", ".")
    return 2


def _stash(shell: Shell) -> int:
    _edit_by_hand(shell)
    shell.git("stash", "-q")
    return 2


def _remove_and_commit(shell: Shell) -> int:
    shell.git("rm", "-q", shell.git("ls-files", "contacts/asha*").strip())
    shell.git("commit", "-q", "-m", "gone")
    return 1


def _pack_refs(shell: Shell) -> int:
    shell.git("pack-refs", "--all")
    return 2


def _edit_by_hand(shell: Shell) -> None:
    place = next((shell.book / "contacts").glob("asha*.yaml"))
    place.write_text(place.read_text() + "nickname: by hand\n")
    assert "by hand" in shell.ok("show asha").out


@pytest.mark.parametrize("work", [_reset, _amend, _gc, _checkout, _stash, _remove_and_commit, _pack_refs])
def test_what_a_person_does_with_git_is_the_truth(book: Shell, work: Callable[[Shell], int]) -> None:
    book.ok("contact add 'Asha Sharma'")
    people = work(book)
    assert len(book.ok("contact list --ids").lines) == people
    assert "by hand" not in book.ok("export").out
    book.ok("set ravi nickname=Rav")
    assert len(book.ok("contact list --ids").lines) == people
    assert book.git("status", "--porcelain") == ""
    check_whole(book)


def test_what_a_person_has_staged_is_theirs(book: Shell) -> None:
    place = next((book.book / "contacts").glob("ravi*.yaml"))
    path = place.relative_to(book.book).as_posix()
    place.write_text("name: Ravi Rao\nnickname: staged\n")
    book.git("add", path)
    staged = book.git("ls-files", "--stage", path)
    for words in (("set", "ravi", "title=x"), ("rm", "ravi"), ("tag", "ravi", "vip")):
        refused = book.crm(*words)
        assert (refused.code, refused.out) == (7, "")
        assert path in refused.err
    book.ok("contact add 'Asha Sharma'")
    assert book.git("ls-files", "--stage", path) == staged
    assert place.read_text() == "name: Ravi Rao\nnickname: staged\n"
    book.git("commit", "-q", "-m", "mine")
    book.ok("set ravi title=x")


def _diverge(shell: Shell) -> None:
    """Two branches that collide in one record, where git has no merge driver that would settle it."""
    place = next((shell.book / "contacts").glob("ravi*.yaml"))
    main = shell.git("branch", "--show-current").strip()
    shell.ok("set ravi nickname=Here")
    shell.git("switch", "-q", "-c", "other", "HEAD~1")
    place.write_text(place.read_text().replace("Ravi Rao\n", "Ravi Rao\nnickname: There\n"))
    shell.git("commit", "-q", "-am", "there")
    shell.git("switch", "-q", main)
    shell.git("config", "merge.crm.driver", "false")


def _fails(shell: Shell, *words: str) -> None:
    done = subprocess.run(["git", *words], cwd=shell.book, env=shell.environ, capture_output=True, check=False)
    assert done.returncode


STATES: dict[str, tuple[Callable[[Shell], object], tuple[str, ...]]] = {
    "merge": (lambda shell: _fails(shell, "merge", "other"), ("merge", "--abort")),
    "rebase": (lambda shell: _fails(shell, "rebase", "other"), ("rebase", "--abort")),
    "cherry-pick": (lambda shell: _fails(shell, "cherry-pick", "other"), ("cherry-pick", "--abort")),
    "revert": (lambda shell: _fails(shell, "revert", "--no-edit", "other"), ("revert", "--abort")),
    "bisect": (lambda shell: shell.git("bisect", "start"), ("bisect", "reset")),
    "detached": (lambda shell: shell.git("switch", "-q", "--detach"), ("switch", "-q", "-")),
    "branch other": (lambda shell: shell.git("switch", "-q", "other"), ("switch", "-q", "-")),
}


@pytest.mark.parametrize("state", STATES)
def test_in_the_middle_of_git_nothing_is_written_and_all_is_read(book: Shell, state: str) -> None:
    book.ok("contact add 'Asha Sharma'")
    _diverge(book)
    enter, leave = STATES[state]
    enter(book)
    head, files = book.git("rev-parse", "HEAD"), book.files()
    for words in (("contact", "add", "Usha"), ("set", "asha", "title=x"), ("rm", "asha"), ("apply", "-")):
        refused = book.crm(*words, stdin='{"new": "contact", "set": {"name": "Usha"}}')
        assert (refused.code, refused.out) == (7, ""), words
        assert len(refused.err.splitlines()) <= 2
        assert state.split()[0] in refused.err
    assert book.crm("contact", "list").code in (0, 9)
    assert book.crm("export").code in (0, 9)
    assert (book.git("rev-parse", "HEAD"), book.files()) == (head, files)
    book.git(*leave)
    book.ok("contact add Usha")
    check_whole(book)


def test_without_a_repository_the_book_is_read(book: Shell) -> None:
    (book.book / ".git").rename(book.home / "git")
    assert book.ok("contact list --fields name").out == "Ravi Rao\n"
    for words in (("contact", "add", "Asha"), ("set", "ravi", "title=x"), ("history", "ravi"), ("undo",)):
        refused = book.crm(*words)
        assert (refused.code, refused.out) == (7, ""), words
        assert len(refused.err.splitlines()) <= 2


@pytest.mark.parametrize("damage", ["HEAD", "packed-refs", "object", "index"])
def test_a_damaged_repository_is_told_and_not_made_worse(book: Shell, damage: str) -> None:
    book.git("pack-refs", "--all")
    if damage == "object":
        name = book.git("rev-parse", "HEAD^{tree}").strip()
        place = book.book / f".git/objects/{name[:2]}/{name[2:]}"
    else:
        place = book.book / ".git" / damage
    place.chmod(0o600)
    place.write_bytes(b"\0garbage\n")
    files = book.files()
    assert book.ok("contact list --fields name").out == "Ravi Rao\n"
    result = book.crm("contact", "add", "Asha")
    assert result.code in (0, 7), result.err
    assert len(result.err.splitlines()) <= 3
    if result.code:
        assert book.files() == files
    assert damage == "index" or result.code == 7
    for words in (("doctor",), ("history", "ravi"), ("undo",)):
        assert book.crm(*words).code in (0, 1, 3, 7), words
    assert place.read_bytes() == b"\0garbage\n" or damage == "index"


def _import_and_set(shell: Shell) -> Iterator[tuple[str, ...]]:
    rows = "".join(f"Person {number},{'x' * 200}\n" for number in range(40))
    shell.write("../people.csv", "name,title\n" + rows)
    yield ("import", "../people.csv", "--kind", "contact")
    yield ("set", "ravi", "notes=" + "x" * 1000, "nickname=Rav")
    yield ("apply", "../lines.jsonl")


def test_killed_at_any_moment_nothing_is_half_done(book: Shell, tmp_path: Path) -> None:
    chance = random.Random(20)
    lines = [{"new": "contact", "set": {"name": f"Apply {number}", "title": "x" * 200}} for number in range(40)]
    (tmp_path / "lines.jsonl").write_text("\n".join(map(json.dumps, lines)))
    works = list(_import_and_set(book))
    started = time.monotonic()
    assert book.process("set", "ravi", "nickname=R").returncode == 0
    usual = time.monotonic() - started
    died = 0
    for number in range(KILLS):
        before, files = book.ok("export").out, book.files()
        process = subprocess.Popen(
            [sys.executable, "-m", "crm_cli", *works[number % 3]],
            cwd=book.book, env=book.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(usual * chance.uniform(0.4, 1.3))
        process.kill()
        killed = process.wait() == -signal.SIGKILL
        died += killed
        usual *= 1.2 if killed else 0.6  # whatever else the machine does meanwhile
        listed = book.crm("contact", "list", "--json")
        assert (listed.code, listed.err) == (0, "")
        kinds = {
            word: sum(one["name"].startswith(word) for one in json.loads(listed.out)) for word in ("Person", "Apply")
        }
        assert all(count % 40 == 0 for count in kinds.values()), kinds
        changed = book.files() != files
        assert (book.ok("export").out != before) == changed
        book.ok(f"set ravi department=D{number}")
        assert book.git("status", "--porcelain") == ""
        check_whole(book)
    assert died


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)
