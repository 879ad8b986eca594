"""A transfer ends with the crm that started it, however that ends: no git, no ssh and no lock stays behind."""

import os

import pytest

from tests.machines import Machines, ended, over_ssh, said, start, until
from tests.shell import Shell


def test_killed_while_it_waits_it_takes_git_and_ssh_along(machines: Machines, here: Shell, there: Shell) -> None:
    waiting = machines.tmp / "waiting"
    over_ssh(machines, here, f"echo $$ $PPID > {waiting}.new; mv {waiting}.new {waiting}; sleep 600")
    running = start(here, "sync")
    until(waiting)
    running.process.kill()
    assert running.end(20).code == -9
    assert ended(*waiting.read_text().split())
    there.ok("set asha title=Owner")
    there.ok("sync")


@pytest.mark.parametrize("name", ["refs/heads/main.lock", "HEAD.lock"])
def test_a_lock_that_a_killed_push_left_on_a_stick_goes_when_it_is_old(
    machines: Machines, here: Shell, there: Shell, name: str
) -> None:
    lock = machines.remote / name
    lock.touch()
    here.ok("set asha title=Boss")
    said(here.crm("sync"), 8, "left a lock there")
    assert lock.exists()
    os.utime(lock, (0, 0))
    here.ok("sync")
    there.ok("sync")
    machines.check()
