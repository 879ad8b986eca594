"""Several programs at one book and several machines at one remote, at the same time and as real processes."""

import time
from concurrent.futures import ThreadPoolExecutor

from tests.machines import Machines, start, tree
from tests.shell import Result, Shell
from tests.store.sync.conftest import ASHA


def sync(shell: Shell) -> Result:
    return start(shell, "sync").end()


def test_three_machines_push_at_once(machines: Machines) -> None:
    machines.clone()
    for shell in machines.all:
        for number in range(5):
            shell.ok(f"contact add 'Person {number} of {shell.book.parent.name}'")
        shell.ok(f"set asha title={shell.book.parent.name}")
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(sync, machines.all))
    assert all(result.code in (0, 6) for result in results), results
    machines.settle()
    machines.check()
    assert len(machines.all[0].ok("contact list --ids").lines) == 16
    shown = (machines.all[0].book / ASHA).read_text()
    assert all(name in shown for name in ("meera", "rohan", "kavya"))


def test_two_syncs_of_one_clone_at_once(machines: Machines, here: Shell, there: Shell) -> None:
    for _ in range(2):
        there.ok("contact add Bhavna")
        there.ok("sync")
        here.ok("contact add Dev")
        with ThreadPoolExecutor(2) as pool:
            results = list(pool.map(sync, [here, here]))
        assert [result.code for result in results] == [0, 0], results
        assert not list((here.book / ".git/crm").glob("arriving-*"))
    machines.settle()
    machines.check()
    assert len(here.ok("contact list --ids").lines) == 5


def test_writers_syncs_and_a_reader_at_once(machines: Machines, here: Shell, there: Shell) -> None:
    done = machines.tmp / "done"

    def write(shell: Shell) -> int:
        for number in range(4):
            result = start(shell, "contact", "add", f"Person {number}").end()
            assert result.code == 0, result.err
        return 4

    def keep_syncing(shell: Shell) -> list[Result]:
        found = []
        while not done.exists():
            found.append(sync(shell))
        return found

    def keep_reading(shell: Shell) -> list[int]:
        counts = []
        while not done.exists():
            result = start(shell, "contact", "list", "--ids").end()
            assert result.code == 0, result.err
            assert result.err == ""
            counts.append(len(result.lines))
        return counts

    with ThreadPoolExecutor(6) as pool:
        syncing = [pool.submit(keep_syncing, shell) for shell in (here, there)]
        reading = pool.submit(keep_reading, here)
        writing = [pool.submit(write, shell) for shell in (here, here, there)]
        try:
            written = sum(future.result() for future in writing)
            time.sleep(0.5)
        finally:
            done.touch()
        counts = reading.result()
        results = [result for future in syncing for result in future.result()]
    assert counts == sorted(counts)
    assert {result.code for result in results} <= {0, 8}, [result.err for result in results if result.code]
    assert all("took none of 5" in result.err for result in results if result.code == 8)
    machines.settle()
    machines.check()
    assert len(there.ok("contact list --ids").lines) == written + 1
    assert tree(here) == tree(there)
