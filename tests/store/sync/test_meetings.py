"""Rows of what two or three people do to one record at once, as `crm sync` on each machine settles them."""

import os
from collections.abc import Callable

import pytest

from tests.machines import Machines, run_git, said, tree
from tests.planted import plant
from tests.shell import Shell
from tests.store.sync.conftest import ASHA

MANY = 3000


def text(shell: Shell, path: str = ASHA) -> str:
    return (shell.book / path).read_text()


def both(here: Shell, there: Shell, before: str, mine: str, theirs: str) -> None:
    """Both machines have a file; then each writes it anew."""
    here.write(ASHA, before)
    for shell in (here, there):
        shell.ok("sync")
    here.write(ASHA, mine)
    there.write(ASHA, theirs)


def test_three_machines_three_values_of_one_field(machines: Machines, here: Shell, there: Shell) -> None:
    third = machines.clone()
    for shell, title in ((here, "Director"), (there, "Founder"), (third, "Partner")):
        shell.ok(f"set asha title={title}")
    machines.settle()
    assert text(here) == text(there) == text(third)
    assert text(here).count("\n  - field: title\n") == 2
    for title in ("Director", "Founder", "Partner"):
        assert title in text(here)
    machines.check()


def test_the_first_address_changes_here_and_one_is_added_there(machines: Machines, here: Shell, there: Shell) -> None:
    name, one, two, three = "name: Asha\n", "  - a@acme.example\n", "  - b@acme.example\n", "  - c@acme.example\n"
    both(here, there, f"{name}emails:\n{one}{two}", f"{name}emails:\n{two}{one}", f"{name}emails:\n{one}{two}{three}")
    assert set(machines.settle()) == {0}
    assert text(here).startswith(f"{name}emails:\n{two}")
    assert sorted(text(here).splitlines(keepends=True)[2:]) == [one, two, three]


@pytest.mark.parametrize("deleter", [0, 1])
def test_notes_edited_on_one_side_and_taken_out_on_the_other(machines: Machines, deleter: int) -> None:
    first, second = machines.all[deleter], machines.all[1 - deleter]
    both(first, second, "name: Asha\nnotes: old\n", "name: Asha\n", "name: Asha\nnotes: new\n")
    assert 6 in machines.settle()
    assert text(first).startswith("name: Asha\nnotes: new\n")
    assert "base: old\n    kept: new\n" in text(first)


@pytest.mark.parametrize("deleter", [0, 1])
def test_a_record_deleted_on_one_side_and_edited_on_the_other_lives(machines: Machines, deleter: int) -> None:
    first, second = machines.all[deleter], machines.all[1 - deleter]
    first.ok("rm asha --purge --yes")
    second.ok("set asha title=Founder")
    machines.settle()
    assert "title: Founder" in text(first)
    assert text(first) == text(second)
    machines.check()


def test_a_comment_here_and_a_value_there(machines: Machines, here: Shell, there: Shell) -> None:
    both(
        here, there, "name: Asha\ntitle: Owner  # ask\n", "name: Asha\ntitle: Owner  # sure\n", "name: Asha\ntitle: X\n"
    )
    there.write(ASHA, "name: Asha\ntitle: Buyer  # ask\n")
    machines.settle()
    assert text(here) == text(there) == "name: Asha\ntitle: Buyer  # sure\n"


def test_an_edit_of_a_record_that_was_merged_away_here(machines: Machines, here: Shell, there: Shell) -> None:
    ravi = "contacts/ravi-rao-k7m3q8.yaml"
    here.write(ravi, "name: Ravi Rao\n")
    machines.settle()
    here.write(ravi, "name: Ravi Rao\ntitle: Owner\n")
    here.write(ASHA, "name: Asha Sharma\narchived: 2026-11-20\nmerged_into: ravi-rao-k7m3q8\n")
    there.ok("set asha nickname=Ash")
    assert set(machines.settle()) == {0}
    assert text(there, ravi) == "name: Ravi Rao\nnickname: Ash\ntitle: Owner\n"
    assert there.ok("show asha-sharma-k7m3q9").out.startswith("Ravi Rao")
    machines.check()


@pytest.mark.parametrize("first", [0, 1])
def test_two_records_merged_into_each_other(machines: Machines, first: int) -> None:
    ravi = "contacts/ravi-rao-k7m3q8.yaml"
    here, there = machines.all[first], machines.all[1 - first]
    here.write(ravi, "name: Ravi Rao\n")
    here.ok("sync")
    there.ok("sync")
    here.write(ravi, "name: Ravi Rao\ntitle: Owner\ntags: [here]\n")
    here.write(ASHA, "name: Asha Sharma\narchived: 2026-11-20\nmerged_into: ravi-rao-k7m3q8\n")
    there.write(ravi, "name: Ravi Rao\narchived: 2026-11-20\nmerged_into: asha-sharma-k7m3q9\n")
    there.write(ASHA, "name: Asha Sharma\ntitle: Owner\ntags: [there]\n")
    machines.settle()
    assert "merged_into" not in text(here)
    for word in ("here", "there"):
        assert here.ok(f"contact list tag:{word} --ids").lines == ["asha-sharma-k7m3q9"]
    assert here.ok("show ravi-rao-k7m3q8").out.startswith("Asha Sharma")
    assert not [line for line in here.crm("doctor").out.splitlines() if "merge-circle" in line]
    machines.check()


def test_of_very_many_branches_there_only_the_one_of_the_book_comes(
    machines: Machines, here: Shell, there: Shell
) -> None:
    there.ok("set asha title=Founder")
    there.ok("sync")
    commit = run_git(machines.remote, "rev-parse", "main").strip()
    names = [f"refs/{kind}/n{number}" for number in range(MANY) for kind in ("heads", "tags", "changes")]
    (machines.remote / "packed-refs").write_text("".join(f"{commit} {name}\n" for name in sorted(names)))
    here.ok("sync")
    assert "title: Founder" in text(here)
    known = here.git("for-each-ref", "--format=%(refname)").split()
    assert sorted(known) == ["refs/heads/main", "refs/remotes/origin/main"]
    assert not list((here.book / ".git/crm").glob("arriving-*"))


def test_a_bare_repository_in_the_book_is_not_taken_for_it(machines: Machines, here: Shell, there: Shell) -> None:
    inner = here.book / "attachments" / "inner.git"
    inner.parent.mkdir()
    run_git(here.book, "init", "--quiet", "--bare", str(inner))
    trace = plant(here.book, inner / "evil.sh")
    run_git(inner, "config", "core.fsmonitor", str(inner / "evil.sh"))
    run_git(inner, "config", "core.sshCommand", str(inner / "evil.sh"))
    there.ok("set asha title=Founder")
    there.ok("sync")
    result = Shell(here.home, inner, dict(here.environ)).process("sync")
    assert result.returncode == 0, result.stderr
    assert "title: Founder" in text(here)
    assert tree(here) == machines.held()
    assert not trace.exists()


@pytest.mark.parametrize("name", ["git", "ssh", "sh", "bash"])
def test_programs_that_lie_in_the_book_are_not_run(here: Shell, name: str) -> None:
    trace = plant(here.book, here.book / name)
    here.environ["PATH"] = f".:{here.book}:{here.environ['PATH']}"
    assert here.process("sync").returncode == 0
    assert not trace.exists()


def test_a_book_of_another_user_is_not_synced_until_it_is_trusted(
    here: Shell, there: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    there.ok("set asha title=Founder")
    there.ok("sync")
    real: Callable[[], int] = os.geteuid
    for name in ("getuid", "geteuid"):
        monkeypatch.setattr(os, name, lambda: real() + 1)
    said(here.crm("sync"), 7, "belongs to another user", "crm config trust")
    assert "Founder" not in text(here)
    here.ok(f"config trust {here.book}")
    here.ok("sync")
    assert "title: Founder" in text(here)


def test_programs_named_in_the_settings_of_the_book_are_no_settings(
    machines: Machines, here: Shell, there: Shell
) -> None:
    script = machines.tmp / "evil"
    trace = plant(there.book, script)
    settings = there.book / "crm.yaml"
    names = ("editor", "pager", "browser", "notifier", "plugins", "ssh")
    settings.write_text(settings.read_text() + "".join(f"{name}: {script}\n" for name in names))
    there.ok("sync")
    here.ok("sync")
    for words in (("contact", "list"), ("show", "asha"), ("doctor",), ("sync",)):
        here.process(*words)
    here.process("edit", "asha", EDITOR="true")
    assert not trace.exists()
