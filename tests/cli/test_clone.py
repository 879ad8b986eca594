"""Cloning a book: what there is afterwards, and what there is not when it cannot be."""

from pathlib import Path

import pytest

from tests.machines import Machines, bare, over_ssh, run_git, said, start
from tests.shell import Shell

ASHA = "contacts/asha-sharma-k7m3q9.yaml"
BOOK = {ASHA: "name: Asha Sharma\n\ncreated: 2026-11-01T09:00:00+05:30\n"}


@pytest.fixture
def machines(tmp_path: Path) -> Machines:
    return Machines(tmp_path)


def test_a_clone_is_a_book_that_syncs(machines: Machines) -> None:
    here = machines.begin(BOOK)
    there = machines.add()
    result = there.crm("clone", str(machines.remote), str(there.book))
    assert result.code == 0, result.err
    assert result.out == f"{there.book}\n"
    assert "it is your default book now" in result.err
    assert there.files() == here.files()
    assert there.git("status", "--porcelain", "--branch") == "## main...origin/main\n"
    assert there.git("config", "crm.branch") == "main\n"
    assert oct((there.book / ASHA).stat().st_mode)[-3:] == "600"
    assert oct((there.book / ".git").stat().st_mode)[-3:] == "700"
    assert there.crm("contact", "list", "--ids").lines == ["asha-sharma-k7m3q9"]
    there.ok("set asha title=Owner")
    there.ok("sync")
    here.ok("sync")
    machines.check()


def test_without_a_directory_it_is_named_after_the_address(machines: Machines) -> None:
    machines.begin(BOOK)
    there = machines.add()
    there.book.mkdir()
    result = there.crm("clone", f"file://{machines.remote}")
    assert result.out == f"{there.book / 'remote'}\n", result.err
    assert (there.book / "remote" / ASHA).is_file()


@pytest.mark.parametrize("branch", ["trunk", "shop/books"])
def test_of_a_remote_whose_head_names_a_branch_that_is_not_there(machines: Machines, branch: str) -> None:
    machines.begin(BOOK)
    run_git(machines.remote, "branch", "--move", "main", branch)
    run_git(machines.remote, "symbolic-ref", "HEAD", "refs/heads/gone")
    there = machines.clone()
    assert there.git("branch", "--show-current").strip() == branch
    there.ok("set asha title=Owner")
    there.ok("sync")
    assert "Owner" in run_git(machines.remote, "show", f"{branch}:{ASHA}")


def test_of_several_branches_the_usual_one(machines: Machines) -> None:
    machines.begin(BOOK)
    run_git(machines.remote, "branch", "other", "main")
    run_git(machines.remote, "symbolic-ref", "HEAD", "refs/heads/gone")
    assert machines.clone().git("branch", "--show-current") == "main\n"


def failing(machines: Machines, code: int, *parts: str, address: str | None = None, into: str = "deep/copy") -> None:
    """A clone that cannot be leaves nothing, not even a folder above it."""
    shell = machines.add()
    before = sorted(machines.tmp.rglob("*"))
    said(shell.crm("clone", address or str(machines.remote), str(machines.tmp / into)), code, *parts)
    assert [path for path in sorted(machines.tmp.rglob("*")) if path not in before] == []
    assert not (shell.home / ".config/crm/config.yaml").exists()


def test_of_an_empty_remote(machines: Machines) -> None:
    bare(machines.remote)
    failing(machines, 7, "holds nothing yet", "crm init DIR --remote")


def test_of_a_repository_that_is_no_book(machines: Machines) -> None:
    bare(machines.remote)
    work = machines.tmp / "work"
    run_git(machines.tmp, "init", "--quiet", "--initial-branch=main", str(work))
    (work / "README").write_text("hello")
    run_git(work, "add", "README")
    run_git(work, "commit", "--quiet", "--message=readme")
    run_git(work, "push", "--quiet", str(machines.remote), "main")
    failing(machines, 7, "holds no book", "crm.yaml")


def test_of_what_is_not_there(machines: Machines) -> None:
    failing(machines, 8, "is not there")
    failing(machines, 8, "could not be reached", address="ssh://git@host.invalid/book.git")


def test_into_a_place_that_is_taken(machines: Machines) -> None:
    machines.begin(BOOK)
    (machines.tmp / "full").mkdir()
    (machines.tmp / "full" / "letter.txt").write_text("dear")
    failing(machines, 7, "not empty", into="full")
    failing(machines, 7, "not empty", into="full/letter.txt")
    assert (machines.tmp / "full" / "letter.txt").read_text() == "dear"


def test_into_an_empty_directory_that_stays_when_it_fails(machines: Machines) -> None:
    bare(machines.remote)
    (machines.tmp / "mine").mkdir()
    failing(machines, 7, "holds nothing yet", into="mine")
    assert (machines.tmp / "mine").is_dir()


def test_into_the_home_directory(machines: Machines) -> None:
    machines.begin(BOOK)
    shell = machines.add()
    said(shell.crm("clone", str(machines.remote), str(shell.home)), 7, "home directory")


@pytest.mark.parametrize("signal", [2, 15])
def test_stopped_on_the_way_it_leaves_nothing(machines: Machines, signal: int) -> None:
    here = machines.begin(BOOK)
    there = machines.add()
    waiting = machines.tmp / "waiting"
    over_ssh(machines, here, f"touch {waiting}; sleep 600")
    there.environ["PATH"] = here.environ["PATH"]
    running = start(there, "clone", f"far.example:{machines.remote}", str(there.book))
    while not waiting.exists():
        assert running.process.poll() is None
    running.process.send_signal(signal)
    assert running.end(20).code == 128 + signal
    assert not there.book.exists()


KILL = "import os, signal\ndef die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)\n"
STEPS = {
    "before there is a repository": "from crm_cli.store import create\ncreate.repository = die",
    "in a repository half made": "from crm_cli.store import gitsetup\ngitsetup.furnish = die",
    "before anything came": "from crm_cli.store.sync.network import Remote\nRemote.fetch = die",
    "before it is taken": "from crm_cli.store.sync.arrival import Arrival\nArrival.keep = die",
    "before the files": "from crm_cli.store.transaction import Transaction\nTransaction.commit = die",
    "between the files and the branch": "from crm_cli.store import landing\nlanding.land = die",
    "after the last step but one": "from crm_cli.services.syncing import cloning\ncloning.note_tracking = die",
}


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.replace(" ", "-"))
def test_killed_on_the_way_it_starts_over_the_next_time(machines: Machines, step: str) -> None:
    here = machines.begin(BOOK)
    there = machines.add()
    words = ("clone", str(machines.remote), str(there.book))
    assert start(there, *words, first=KILL + STEPS[step]).end().code == -9
    assert there.book.is_dir()
    result = there.crm(*words)
    assert result.code == 0, result.err
    assert there.files() == here.files()
    assert not there.git("status", "--porcelain")
    there.ok("set asha title=Owner")
    there.ok("sync")
    here.ok("sync")
    machines.check()
    said(there.crm(*words), 7, "not empty")


def test_what_a_person_put_into_half_a_copy_is_not_touched(machines: Machines) -> None:
    machines.begin(BOOK)
    there = machines.add()
    words = ("clone", str(machines.remote), str(there.book))
    assert start(there, *words, first=KILL + STEPS["before it is taken"]).end().code == -9
    there.write("letter.txt", "dear")
    said(there.crm(*words), 7, "not empty")
    assert (there.book / "letter.txt").read_text() == "dear"
    (there.book / "letter.txt").unlink()
    there.ok(" ".join(words))


def test_half_a_copy_that_became_another_book_is_not_touched(machines: Machines) -> None:
    machines.begin(BOOK)
    there = machines.add()
    words = ("clone", str(machines.remote), str(there.book))
    assert start(there, *words, first=KILL + STEPS["before anything came"]).end().code == -9
    there.write("crm.yaml", "format: 1\n")
    there.git("add", "crm.yaml")
    there.git("commit", "-qm", "mine")
    said(there.crm(*words), 7, "not empty")
    assert there.git("log", "--format=%s") == "mine\n"


def test_a_copy_that_another_crm_is_making_is_left_to_it(machines: Machines) -> None:
    here = machines.begin(BOOK)
    there = machines.add()
    waiting, go = machines.tmp / "waiting", machines.tmp / "go"
    over_ssh(machines, here, f"touch {waiting}; while [ ! -e {go} ]; do sleep 0.05; done")
    there.environ["PATH"] = here.environ["PATH"]
    running = start(there, "clone", f"far.example:{machines.remote}", str(there.book))
    while not waiting.exists():
        assert running.process.poll() is None
    assert there.crm("clone", str(machines.remote), str(there.book)).code == 75
    go.touch()
    assert running.end().code == 0
    assert there.files() == here.files()


def test_the_default_book_stays_where_there_is_one(machines: Machines) -> None:
    here = machines.begin(BOOK)
    result = here.crm("clone", str(machines.remote), str(machines.tmp / "second"))
    assert result.code == 0
    assert "it is your default book now" not in result.err
    assert Shell(here.home, machines.tmp / "second").ok("contact list --ids").lines == ["asha-sharma-k7m3q9"]
